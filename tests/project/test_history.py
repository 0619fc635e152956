"""The history of the object beside its contracts is what the contracts say, as a script writes it."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import ftschema
from pages import history
from support.rows import for_each

_DATES = [name for name in ftschema.contracts() if name[:2] == "20"]


def test_rows() -> None:
    """There is a row for each change from one published specification to the next, in the order of time."""
    head, rule, *rows = history.lines()
    assert head == "| from | location | change | before | after |"
    assert rule == "|---|---|---|---|---|"
    # No text of a cell has a bar of its own.
    cells = [re.findall(r"[^|]+", row) for row in rows]
    expected = [
        [f" {after} ", f" `{change.pointer}` ", f" {change.code} ", f" {change.left} ", f" {change.right} "]
        for before, after in pairwise(_DATES)
        for change in ftschema.diff(before, after)
    ]
    assert cells == expected
    assert list(dict.fromkeys(row[0].strip() for row in cells)) == _DATES[1:]


# From, place, what.
_KNOWN = (
    ("2023-11-06", "/object", "enum"),
    ("2024-04-09", "/seed", "required"),
    ("2024-04-09", "/integrations", "name"),
    ("2024-04-30", "/estimated_finish", "name"),
    ("2024-12-18", "/method", "name"),
    ("2024-12-18", "/hyperparameters/n_epochs", "required"),
    ("2025-03-11", "/metadata", "name"),
    ("2026-05-13", "/method/reinforcement", "name"),
    ("2026-05-13", "/method/type", "required"),
    ("2026-07-15", "/method/reinforcement/grader/sampling_params/reasoning_effort", "enum"),
)


@for_each(("date", "place", "what"), _KNOWN)
def test_known_rows(date: str, place: str, what: str) -> None:
    """What each specification is known for is in the table."""
    assert any(row.startswith(f"| {date} | `{place}` | {what} | ") for row in history.lines())


def test_script() -> None:
    """Run as a script, it prints the table."""
    command = [sys.executable, str(Path(history.__file__))]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.splitlines() == [*history.lines()]

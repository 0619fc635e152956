"""The figures of the README are those that were measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.shown import table, written

_ROOT = Path(__file__).parents[2]
_README = _ROOT / "README.md"
_RESULTS = json.loads((_ROOT / "tests" / "bench" / "results.json").read_text(encoding="utf-8"))


@pytest.mark.skipif(not _README.exists(), reason="these tests stand apart from the project")
def test_readme() -> None:
    """The table in the README is made of the results."""
    text = _README.read_text(encoding="utf-8")
    assert written(text, _RESULTS["ratios"]) == text
    assert "\n".join(table(_RESULTS["ratios"])) in text


def test_growth() -> None:
    """Each thing that grows was measured over sizes far apart, and the memory of lines does not grow with them."""
    sizes: dict[str, list[int]] = {}
    for row in _RESULTS["growth"]:
        sizes.setdefault(row["what"], []).append(row["size"])
    assert {what: max(each) for what, each in sizes.items()} == {
        "items of a list": 100_000,
        "unknown keys": 100_000,
        "levels": 190,
        "lines": 1_000_000,
    }
    memory = [row["megabytes"] for row in _RESULTS["growth"] if row["what"] == "lines"]
    assert max(memory) < 1.1 * min(memory)

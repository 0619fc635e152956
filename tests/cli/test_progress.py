"""The progress of a long run is one row of the terminal, however narrow that is and whatever the file is called."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import Mock

from wcwidth import wcswidth

from ftschema import fixtures
from ftschema.cli.progress import progress
from support.commands import run_cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest


class _Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2


def _shown(monkeypatch: pytest.MonkeyPatch, columns: int, label: str, *done: int) -> list[str]:
    """Return the lines that a terminal of that width was sent, the last one being that which erases it."""
    stream = _Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((columns, 24)))
    with progress(label, 1_000, lambda _: "12,345 of 1,234,567 jobs invalid, 123,456 a second") as line:
        assert line
        for size in done:
            line.show(size)
    return stream.getvalue().removeprefix("\r").removesuffix("\x1b[K").split("\x1b[K\r")


def test_one_row(monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests) -> None:
    """No line is as long as a row, in which some terminals would wrap; how much is done is always there."""
    for columns in range(20, 201):
        with subtests.test(columns=columns):
            for label in ("jobs.jsonl", "x" * 300, "日本語" * 40, "e\u0301" * 90):
                *lines, last = _shown(monkeypatch, columns, label, 0, 1, 450, 1_000, 2_000)
                assert max(map(wcswidth, lines)) < columns
                assert [re.findall(r"\d+%", line) for line in lines] == [["0%"], ["0%"], ["45%"], ["100%"], ["100%"]]
                assert last == ""


def test_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says what is done, how long the rest may take, and what was found; 80 columns are the default."""
    line, _ = _shown(monkeypatch, 200, "jobs.jsonl", 1_000)
    assert line == "jobs.jsonl: 100%, 0:00 left, 12,345 of 1,234,567 jobs invalid, 123,456 a second"
    unknown, usual = (_shown(monkeypatch, columns, "x" * 300, 1_000) for columns in (0, 80))
    assert unknown == usual


def test_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no line if the standard error is a file or is closed."""
    for stream in (io.StringIO(), None):
        monkeypatch.setattr(sys, "stderr", stream)
        with progress("jobs", 1, str) as line:
            assert line is None


def test_long_files(write: Callable[[str, bytes], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is long has a line, which says after some lines how fast the jobs of this file are checked."""
    lines = b"\n".join([json.dumps(fixtures.payload(1)).encode()] * 5)
    files = [write("a.jsonl", lines), write("short.jsonl", lines[:-1]), write("b.jsonl", lines)]
    monkeypatch.setattr("ftschema.cli.run._LONG_RUN", len(lines))
    monkeypatch.setattr("ftschema.cli.run._STEP", 2)
    shown: list[str] = []

    @contextmanager
    def recorded(label: str, _: int, status: Callable[[float], str]) -> Iterator[Mock]:
        yield Mock(show=lambda _: shown.append(f"{label}: {status(1)}"))

    monkeypatch.setattr("ftschema.cli.progress.progress", recorded)
    run_cli("check", *files)
    assert shown == [
        "a.jsonl: 0 of 2 jobs invalid, 2 a second",
        "a.jsonl: 0 of 4 jobs invalid, 4 a second",
        "b.jsonl: 1 of 12 jobs invalid, 2 a second",
        "b.jsonl: 1 of 14 jobs invalid, 4 a second",
    ]

"""A run of `check`: files in, documents out, and what was counted on the way."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from attrs import define, evolve, field

from ftschema.cli.files import READ_ERRORS, begins_with_a_line, lines_of, opened, shown, unpacked
from ftschema.cli.formats.base import Document, Totals
from ftschema.cli.shared import Exit, cannot_read, holds_lines, path_of
from ftschema.core.errors import WorkerDiedError
from ftschema.core.text import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from io import BufferedReader

    from ftschema.cli.formats.base import Format
    from ftschema.cli.repair import Copy, Mender
    from ftschema.core.report import Report
    from ftschema.validation.contract import Contract

# A larger file is read line by line, if its first line is a job.
_WHOLE = 1 << 20
# The size in bytes of a file that takes seconds, and how many of its lines are checked between two looks at the bar.
_LONG_RUN, _STEP = 20_000_000, 5_000


@define(kw_only=True)
class Run:
    """A run over some files, and what it has found so far.

    Attributes:
        contract: What the jobs have to be.
        form: What is told of them.
        lifecycle: Whether the rules across fields are checked too.
        lines: Whether each line is a job, whatever a file looks like.
        jobs: How many processes are used.
        severity: The least that is shown and makes a job invalid; for None warnings are shown, and do not.
        most: How many problems are shown; None for all.
        progress: Whether a long run on a terminal shows how far it is.
        mender: What writes mended copies of the files; None where none are wanted.
    """

    contract: Contract
    form: Format
    lifecycle: bool
    lines: bool
    jobs: int
    severity: str | None
    most: int | None
    progress: bool
    mender: Mender | None = None
    totals: Totals = field(init=False)
    exit: Exit = field(default=Exit.VALID, init=False)

    def __attrs_post_init__(self) -> None:
        self.totals = Totals(self.contract.name)

    def check(self, path: str) -> None:
        """Check a file, and tell the format of what is wrong with it."""
        if not self.mender:
            self._check(path, self._read(path))
            return
        unreadable = self.totals.unreadable
        with self.mender.copy(path) as copy:
            self._check(path, self._copied(path, copy))
            # What was read before a file broke is no copy of it.
            copy.whole = self.totals.unreadable == unreadable

    def _copied(self, path: str, copy: Copy) -> Iterator[tuple[int | None, Report, bytes]]:
        for line, report, text in self._read(path):
            copy.add(line, text, report)
            yield line, report, text

    def _check(self, path: str, jobs: Iterable[tuple[int | None, Report, bytes]]) -> None:
        totals, wants_valid = self.totals, self.form.wants_valid
        for line, report, text in jobs:
            totals.checked += 1
            if report.problems:
                self._add(path, line, report, text)
            elif wants_valid:
                self.form.add(Document(path, line, report, invalid=False))

    def fail(self, path: str, error: Exception) -> None:
        """Say that a file or a folder cannot be read, and go on."""
        self.form.add_unreadable(path, cannot_read(path, error))
        self.totals.unreadable += 1
        self.exit = max(self.exit, Exit.UNREADABLE)

    def _add(self, path: str, line: int | None, report: Report, text: bytes) -> None:
        problems = report.problems
        if self.severity == "error":
            problems = tuple(problem for problem in problems if problem.severity == "error")
        invalid = bool(problems) if self.severity else not report.ok
        room = len(problems) if self.most is None else self.most - self.totals.shown
        first = problems[:room]
        more = report.omitted + len(problems) - len(first)
        self.totals.invalid += invalid
        self.totals.problems += len(first) + more
        self.totals.shown += len(first)
        if invalid:
            self.exit = max(self.exit, Exit.INVALID if report.is_json else Exit.UNREADABLE)
        if first or self.form.wants_valid:
            told = evolve(report, problems=first, omitted=more)
            self.form.add(Document(path, line, told, invalid=invalid, text=text))

    def _read(self, path: str) -> Iterator[tuple[int | None, Report, bytes]]:
        """Yield each job of a file: its line in JSON Lines, what is wrong with it, and its text if that is wanted."""
        try:
            with opened(path_of(path)) as raw, self._bar(path) as bar:
                for found in self._reports(raw):
                    if bar and found[1].problems:
                        # The line of the bar may be that on which the problem is shown.
                        click.echo("\r\x1b[K", nl=False, err=True)
                    yield found
                    if bar and (found[0] or 0) % _STEP == 0:
                        bar.update(raw.tell() - bar.pos)
        except (*READ_ERRORS, WorkerDiedError) as error:
            self.fail(path, error)

    def _reports(self, raw: BufferedReader[Any]) -> Iterator[tuple[int | None, Report, bytes]]:
        stream = unpacked(raw)
        head = stream.read(_WHOLE)
        if not self.lines and (len(head) < _WHOLE or not begins_with_a_line(head)):
            head += stream.read()
            if not holds_lines(head):
                yield None, self.contract.check_text(head, lifecycle=self.lifecycle), head
                return
        lines: Iterable[bytes] = lines_of(stream, head)
        if self.mender:
            kept = lines = _Kept(lines)
        elif raw.seekable():
            # A file itself is read ahead, or by other processes. What unpacks a pipe says that it can go back too.
            stream.seek(-len(head), os.SEEK_CUR)
            lines = stream
        for found in self.contract.check_lines(lines, lifecycle=self.lifecycle, jobs=self.jobs):
            text = kept.line(found.number) if self.mender else found.text
            yield found.number, found.report, cast("bytes", text or b"")

    def _bar(self, path: str) -> AbstractContextManager[Any]:
        """Return a bar for a long run on a terminal: how much of a file is read, how fast, what was found; or None."""
        size = 0 if path == "-" else Path(path).stat().st_size
        if not self.progress or size < _LONG_RUN or not (sys.stderr and sys.stderr.isatty()):
            return nullcontext()
        before, begun = self.totals.checked, time.monotonic()

        def so_far(_: object) -> str:
            rate = (self.totals.checked - before) / (time.monotonic() - begun)
            return f"{count(self.totals.checked, 'job')}, {rate:,.0f} a second, {self.totals.invalid:,} invalid"

        return click.progressbar(length=size, label=shown(path), file=sys.stderr, item_show_func=so_far)


@define
class _Kept:
    """Lines that are kept from when they are asked for until their report has come: a file may be gone by then."""

    _lines: Iterable[bytes]
    _first: int = 1
    _waiting: deque[bytes] = field(factory=deque)

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._waiting.append(line)
            yield line

    def line(self, number: int) -> bytes:
        """Return the line of that number, and let go of those before it."""
        while self._first < number:
            self._waiting.popleft()
            self._first += 1
        return self._waiting[0]

"""A run of `check`: check the files, count the results, and pass them to the output format."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import define, evolve, field

from ftschema.cli.files import printable_name
from ftschema.cli.formats.base import CheckedDocument, Totals
from ftschema.cli.input import READ_ERRORS, open_binary, report_unreadable
from ftschema.cli.output import Exit, report_unwritable
from ftschema.core.errors import WorkerDiedError
from ftschema.core.report import Report
from ftschema.core.text import plural, printable
from ftschema.jsontext.decode import decode
from ftschema.validation.hidden import shown_jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from ftschema.cli.checker import CheckedText, FileChecker
    from ftschema.cli.formats.base import Format
    from ftschema.cli.progress import ProgressLine
    from ftschema.cli.repair import Repairer
    from ftschema.core.report import JobReport

# The size in bytes of files that take seconds and get a progress line, and the number of lines between two updates.
_LONG_RUN, _STEP = 20_000_000, 5_000


@define(kw_only=True)
class Run:
    """A run over some files.

    Attributes:
        checker: Checks the jobs of each file.
        output_format: Writes the results.
        severity: Lowest severity to show and fail on; None shows warnings and fails on errors.
        max_problems: Number of problems to show; None for all.
        show_values: Whether to show what is in the jobs.
        progress: Whether to show a progress line for a large file on a terminal.
        repairer: Writes repaired copies of the files; None if none are wanted.
        totals: The counts so far.
        exit: The exit status so far.
    """

    checker: FileChecker
    output_format: Format
    severity: str | None = None
    max_problems: int | None = None
    show_values: bool = True
    progress: bool = False
    repairer: Repairer | None = None
    totals: Totals = field(init=False)
    exit: Exit = field(default=Exit.VALID, init=False)

    def __attrs_post_init__(self) -> None:
        self.totals = Totals(self.checker.contract.name)

    def check_all(self, files: Iterable[str | OSError]) -> None:
        """Check the files, and write the results; an error in place of a file is reported as unreadable."""
        self.output_format.begin()
        try:
            for file in files:
                if isinstance(file, OSError):
                    self._add_unreadable(file.filename, file)
                else:
                    self._check(file)
        except KeyboardInterrupt:
            click.echo("interrupted; this is what was found so far:", err=True)
            self.totals.interrupted = True
            self.exit = Exit.INTERRUPTED
        self.output_format.end(self.totals)

    def _check(self, path: str) -> None:
        if self.repairer is None:
            self._add_all(path, self._texts(path))
            return
        unreadable = self.totals.unreadable
        with self.repairer.copy(path) as copy:
            self._add_all(path, copy.record(self._texts(path)))
            # A file that became unreadable half-way has no complete copy.
            copy.complete = self.totals.unreadable == unreadable
        if copy.error is not None:
            report_unwritable(copy.error)
            self.exit = max(self.exit, Exit.UNREADABLE)

    def _texts(self, path: str) -> Iterator[CheckedText]:
        try:
            with open_binary(path) as raw, self._progress(path) as line:
                for text in self.checker.check(raw):
                    if line and any(job.report.problems for job in text.jobs):
                        # The problem may be printed on the same terminal.
                        line.erase()
                    yield text
                    if line and (text.line or 0) % _STEP == 0:
                        line.show(raw.tell())
        except (*READ_ERRORS, WorkerDiedError) as error:
            self._add_unreadable(path, error)

    def _add_all(self, path: str, texts: Iterable[CheckedText]) -> None:
        totals, wants_valid = self.totals, self.output_format.wants_valid
        for line, text, jobs, note in texts:
            if note:
                click.echo(printable(f"{CheckedDocument(path, line, Report('')).place()}: {note}"), err=True)
            if not jobs and self.checker.at is not None:
                self._add_unreadable(path, LookupError(f"there is nothing at {self.checker.at}"))
            for job in self._shown(jobs, text):
                pointer, report = job.pointer, job.report
                totals.checked += 1
                totals.kinds[report.kind] = totals.kinds.get(report.kind, 0) + 1
                if report.problems:
                    self._add(path, line, pointer, report, text)
                elif wants_valid:
                    self.output_format.add(CheckedDocument(path, line, report, pointer=pointer, invalid=False))

    def _shown(self, jobs: tuple[JobReport, ...], text: bytes) -> tuple[JobReport, ...]:
        if self.show_values:
            return jobs
        # The pointers of most jobs are empty.
        payload = decode(text).payload if any(job.pointer for job in jobs) else None
        return shown_jobs(jobs, payload, at=self.checker.at, show_values=False)

    def _add(self, path: str, line: int | None, pointer: str, report: Report, text: bytes) -> None:
        problems = report.problems
        if self.severity == "error":
            problems = tuple(problem for problem in problems if problem.severity == "error")
        invalid = bool(problems) if self.severity else not report.ok
        room = len(problems) if self.max_problems is None else self.max_problems - self.totals.shown
        shown = problems[:room]
        omitted = report.omitted + len(problems) - len(shown)
        self.totals.invalid += invalid
        self.totals.problems += len(shown) + omitted
        self.totals.shown += len(shown)
        if invalid:
            self.exit = max(self.exit, Exit.INVALID if report.is_json else Exit.UNREADABLE)
        if shown or self.output_format.wants_valid:
            limited = evolve(report, problems=shown, omitted=omitted)
            shown_text = text if self.show_values else None
            document = CheckedDocument(path, line, limited, pointer=pointer, invalid=invalid, text=shown_text)
            self.output_format.add(document)

    def _add_unreadable(self, path: str, error: Exception) -> None:
        self.output_format.add_unreadable(path, report_unreadable(path, error))
        self.totals.unreadable += 1
        self.exit = max(self.exit, Exit.UNREADABLE)

    def _progress(self, path: str) -> AbstractContextManager[ProgressLine | None]:
        size = 0 if path == "-" else Path(path).stat().st_size
        if not self.progress or size < _LONG_RUN:
            return nullcontext()
        from ftschema.cli.progress import progress  # noqa: PLC0415  # most files are short

        before = self.totals.checked

        def status(seconds: float) -> str:
            rate = (self.totals.checked - before) / seconds
            return f"{self.totals.invalid:,} of {plural(self.totals.checked, 'job')} invalid, {rate:,.0f} a second"

        return progress(printable_name(path), size, status)

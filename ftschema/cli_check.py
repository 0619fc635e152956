"""The command `check`."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import define, field

from ftschema.checking import contract as _contract
from ftschema.cli_shared import Exit, cannot_read, contract_option, given, holds_lines, path_of, report_lines, shown
from ftschema.errors import WorkerDiedError
from ftschema.files import READ_ERRORS, lines_of, opened, unpacked
from ftschema.jsonlines import begins_with_a_line
from ftschema.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from ftschema.checking import Contract
    from ftschema.report import Report

# A larger file is read line by line, if its first line is a job.
_WHOLE = 1 << 20
# The size in bytes of a file that takes seconds, and how many of its lines are checked between two looks at the bar.
_LONG_RUN, _STEP = 20_000_000, 5_000


@click.command()
@click.argument("files", metavar="[FILE | -]...", nargs=-1, type=click.Path(allow_dash=True))
@contract_option
@click.option("--lifecycle", is_flag=True, help="Check the rules across fields too.")
@click.option("--lines", is_flag=True, help="Take each line for a job, whatever the file looks like.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="How many processes to use.")
@click.pass_context
def check(  # noqa: PLR0913  # one parameter for each option
    context: click.Context, *, files: tuple[str, ...], name: str, lifecycle: bool, lines: bool, jobs: int
) -> None:
    """Check jobs in files, or in the standard input for - or no file.

    A file holds one JSON document or JSON Lines, and may be compressed by gzip or Zstandard. Each problem is one line:
    path, place, code, message; the place of a document itself is (root). The path of JSON Lines has the number of the
    line.

    \b
    Examples:
      ftschema check job.json
      ftschema check --lifecycle --jobs 4 jobs.jsonl.gz
    \b
    Exit status:
      0  all jobs are valid
      1  some job is not
      2  the command was misused
      3  some file cannot be read, or is not JSON; the highest applies
      130  the run was interrupted
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    run = _Run(_contract(name), lifecycle=lifecycle, lines=lines, jobs=jobs)
    try:
        for file in files or (given(None),):
            run.check(file)
    except KeyboardInterrupt:
        click.echo("interrupted; this is what was found so far:", err=True)
        run.exit = Exit.INTERRUPTED
    click.echo(run.summary())
    context.exit(run.exit)


@define
class _Run:
    """A run over some files, and what it has found so far."""

    contract: Contract
    lifecycle: bool = field(kw_only=True)
    lines: bool = field(kw_only=True)
    jobs: int = field(kw_only=True)
    checked: int = 0
    invalid: int = 0
    problems: int = 0
    unreadable: int = 0
    exit: Exit = Exit.VALID

    def check(self, file: str) -> None:
        """Check a file and say what is wrong with it."""
        for number, report in self._read(file):
            self.checked += 1
            if report.problems:
                self._say(f"{shown(file)}:{number}" if number else shown(file), report)

    def _read(self, file: str) -> Iterator[tuple[int, Report]]:
        """Yield what is wrong with each line of a file, with its number; 0 is the whole file."""
        try:
            with opened(path_of(file)) as raw, self._bar(file) as bar:
                for number, report in self._reports(unpacked(raw)):
                    yield number, report
                    if bar and number % _STEP == 0:
                        bar.update(raw.tell() - bar.pos)
        except (*READ_ERRORS, WorkerDiedError) as error:
            cannot_read(file, error)
            self.unreadable += 1
            self.exit = Exit.UNREADABLE

    def _bar(self, file: str) -> AbstractContextManager[Any]:
        """Return a bar for a long run on a terminal: how much of a file is read, how fast, what was found; or None."""
        size = 0 if file == "-" else Path(file).stat().st_size
        if size < _LONG_RUN or not (sys.stderr and sys.stderr.isatty()):
            return nullcontext()
        before, begun = self.checked, time.monotonic()

        def so_far(_: object) -> str:
            rate = (self.checked - before) / (time.monotonic() - begun)
            return f"{count(self.checked, 'job')}, {rate:,.0f} a second, {self.invalid:,} invalid"

        return click.progressbar(length=size, label=shown(file), file=sys.stderr, item_show_func=so_far)

    def _reports(self, stream: BinaryIO) -> Iterator[tuple[int, Report]]:
        head = stream.read(_WHOLE)
        if not self.lines and (len(head) < _WHOLE or not begins_with_a_line(head)):
            head += stream.read()
            if not holds_lines(head):
                yield 0, self.contract.check_text(head, lifecycle=self.lifecycle)
                return
        for line in self.contract.check_lines(lines_of(stream, head), lifecycle=self.lifecycle, jobs=self.jobs):
            yield line.number, line.report

    def _say(self, place: str, report: Report) -> None:
        for line in report_lines(place, report):
            click.echo(line)
        self.problems += len(report.problems) + report.omitted
        if not report.ok:
            self.invalid += 1
            no_json = any(problem.code.startswith("json-") for problem in report)
            self.exit = max(self.exit, Exit.UNREADABLE if no_json else Exit.INVALID)

    def summary(self) -> str:
        """Return the last line of the run."""
        unreadable = f", {count(self.unreadable, 'file')} unreadable" if self.unreadable else ""
        return (
            f"{count(self.checked, 'job')} checked against {self.contract.name}: "
            f"{self.checked - self.invalid:,} valid, {self.invalid:,} invalid, "
            f"{count(self.problems, 'problem')}{unreadable}"
        )

"""The command `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from attrs import define

from ftschema.checking import contract as _contract
from ftschema.cli_shared import Exit, contract_option, documents, given, read, report_lines
from ftschema.wording import count

if TYPE_CHECKING:
    from ftschema.checking import Contract
    from ftschema.report import Report


@click.command()
@click.argument("files", metavar="[FILE | -]...", nargs=-1, type=click.Path(allow_dash=True))
@contract_option
@click.option("--lifecycle", is_flag=True, help="Check the rules across fields too.")
@click.pass_context
def check(context: click.Context, files: tuple[str, ...], name: str, *, lifecycle: bool) -> None:
    """Check jobs in files, or in the standard input for - or no file.

    A file holds one JSON document or JSON Lines. Each problem is one line: path, place, code, message; the place of a
    document itself is (root). The path of JSON Lines has the number of the line.

    \b
    Exit status:
      0  all jobs are valid
      1  some job is not
      2  the command was misused
      3  some file cannot be read, or is not JSON; the highest applies
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    tally = _Tally()
    for file in files or (given(None),):
        _check_file(file, _contract(name), tally, lifecycle=lifecycle)
    click.echo(tally.summary(name))
    context.exit(tally.exit)


@define
class _Tally:
    """What a run has found so far."""

    jobs: int = 0
    invalid: int = 0
    problems: int = 0
    unreadable: int = 0
    exit: Exit = Exit.VALID

    def add(self, report: Report) -> None:
        self.jobs += 1
        self.problems += len(report.problems) + report.omitted
        if not report.ok:
            self.invalid += 1
            no_json = any(problem.code.startswith("json-") for problem in report)
            self.exit = max(self.exit, Exit.UNREADABLE if no_json else Exit.INVALID)

    def summary(self, name: str) -> str:
        unreadable = f", {count(self.unreadable, 'file')} unreadable" if self.unreadable else ""
        return (
            f"{count(self.jobs, 'job')} checked against {name}: {self.jobs - self.invalid:,} valid, "
            f"{self.invalid:,} invalid, {count(self.problems, 'problem')}{unreadable}"
        )


def _check_file(file: str, contract: Contract, tally: _Tally, *, lifecycle: bool) -> None:
    data = read(file)
    if data is None:
        tally.unreadable += 1
        tally.exit = Exit.UNREADABLE
        return
    for place, text in documents(file, data):
        report = contract.check_text(text, lifecycle=lifecycle)
        tally.add(report)
        for line in report_lines(place, report):
            click.echo(line)

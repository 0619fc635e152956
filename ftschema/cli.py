"""The command line."""

from __future__ import annotations

import json
import sys
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from attrs import asdict, define

from ftschema import fixtures
from ftschema.checking import contract as _contract
from ftschema.checking import contracts
from ftschema.errors import CannotCombineError
from ftschema.jsonlines import is_lines, rows_of
from ftschema.wording import count, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.checking import Contract
    from ftschema.report import Report


# What a text of several documents may be taken for.
_NO_DOCUMENT = ("json-syntax", "json-encoding", "json-depth")


# As many jobs take a second or more.
_LONG_RUN = 20_000


class Exit(IntEnum):
    """How a run ends; the highest applies. 2 is a usage error, and click's."""

    VALID = 0
    INVALID = 1
    UNREADABLE = 3


_contract_option = click.option(
    "--contract",
    "name",
    metavar="NAME",
    type=click.Choice(contracts()),
    default=contracts()[0],
    show_default=True,
    help=f"The contract: {', '.join(contracts())}.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ftschema")
def main() -> None:
    """The contract of OpenAI's fine_tuning.job object that holds in practice."""
    for stream in (sys.stdout, sys.stderr):
        # A place or a name may hold what the terminal's encoding does not.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@main.command()
@click.argument("files", metavar="[FILE | -]...", nargs=-1, type=click.Path(allow_dash=True))
@_contract_option
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
    if not files and sys.stdin and sys.stdin.isatty():
        raise click.UsageError("Name a file, or pipe a job in.")
    tally = _Tally()
    for file in files or ("-",):
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
    shown = "<stdin>" if file == "-" else printable(click.format_filename(file))
    try:
        data = _read_standard_input() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        click.echo(f"{shown}: cannot be read: {getattr(error, 'strerror', None) or error}", err=True)
        tally.unreadable += 1
        tally.exit = Exit.UNREADABLE
        return
    for place, report in _reports(shown, data, contract, lifecycle=lifecycle):
        tally.add(report)
        for problem in report:
            click.echo(f"{place}: {problem}")
        if report.omitted:
            click.echo(f"{place}: … and {count(report.omitted, 'more problem')}")


def _read_standard_input() -> bytes:
    if sys.stdin is None:
        raise ValueError("it is closed")
    return sys.stdin.buffer.read()


def _reports(shown: str, data: bytes, contract: Contract, *, lifecycle: bool) -> Iterator[tuple[str, Report]]:
    whole = contract.check_text(data, lifecycle=lifecycle)
    if any(problem.code in _NO_DOCUMENT for problem in whole) and is_lines(data):
        for number, line in rows_of(data):
            yield f"{shown}:{number}", contract.check_text(line, lifecycle=lifecycle)
    else:
        yield shown, whole


@main.command()
@click.option("-n", "--number", type=click.IntRange(min=0), default=1, show_default=True, help="How many jobs.")
@click.option("--seed", default="0", show_default=True, help="The same seed gives the same bytes, on every machine.")
@_contract_option
@click.option("--status", help="Jobs of this status only.")
@click.option("--invalid", is_flag=True, help="Break each job by exactly one known fault.")
@click.option("--labels", is_flag=True, help="With --invalid: say the fault's pointer, code and description.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "json"]),
    default="jsonl",
    show_default=True,
    help="A job a line, or one document: the job, or a list of several.",
)
@click.option("-o", "--output", type=click.Path(allow_dash=True), default="-", help="The file to write.")
def generate(  # noqa: PLR0913  # one parameter for each option
    *, number: int, seed: str, name: str, status: str | None, invalid: bool, labels: bool, form: str, output: str
) -> None:
    """Make jobs for tests: valid and coherent ones, or such with one known fault.

    \b
    Examples:
      ftschema generate -n 100 --status failed > failed.jsonl
      ftschema generate -n 500 --invalid --labels -o faults.jsonl
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    if labels and not invalid:
        raise click.UsageError("--labels says what --invalid broke: use both, or neither.")
    if status is not None and invalid:
        raise click.UsageError("--status is for valid jobs: a fault may change the status.")
    if output == "-" and sys.stdout is None:
        _cannot_write(output, "it is closed")
    rows = _generated(number, seed, name, status, invalid=invalid, labels=labels)
    try:
        with click.open_file(output, "wb", lazy=False) as file:
            for line in _written(_with_progress(rows, number), form, single=number == 1):
                file.write(line)
    except BrokenPipeError:
        # Who reads has seen enough; click ends the run quietly.
        raise
    except OSError as error:
        _cannot_write(output, error.strerror or str(error))


def _cannot_write(output: str, reason: str) -> NoReturn:
    click.echo(f"{printable(output)}: cannot be written: {reason}", err=True)
    click.get_current_context().exit(Exit.UNREADABLE)


def _generated(  # noqa: PLR0913  # the options of generate
    number: int, seed: str, name: str, status: str | None, *, invalid: bool, labels: bool
) -> Iterator[dict[str, Any]]:
    if not invalid:
        fixed: dict[str, Any] = {} if status is None else {"status": status}
        try:
            return fixtures.payloads(number, seed, contract=name, **fixed)
        except CannotCombineError as error:
            raise click.UsageError(str(error)) from None
    broken = fixtures.defects(number, seed, contract=name)
    return (asdict(defect, recurse=False) if labels else defect.payload for defect in broken)


def _written(rows: Iterator[dict[str, Any]], form: str, *, single: bool) -> Iterator[bytes]:
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in rows)
    if form == "jsonl" or single:
        yield from (line + b"\n" for line in lines)
        return
    yield b"["
    for position, line in enumerate(lines):
        yield (b",\n" if position else b"\n") + line
    yield b"\n]\n"


def _with_progress(rows: Iterator[dict[str, Any]], number: int) -> Iterator[dict[str, Any]]:
    """Show a bar on a terminal while a long run goes on."""
    if number < _LONG_RUN or not (sys.stderr and sys.stderr.isatty()):
        yield from rows
        return
    with click.progressbar(rows, length=number, label="jobs", file=sys.stderr, update_min_steps=1_000) as bar:
        yield from bar

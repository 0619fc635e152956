"""The command `coverage`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ftschema.cli.files import find_files
from ftschema.cli.input import documents, first_problem, read, report_unreadable
from ftschema.cli.options import contract_option, format_option, input_path, max_size_option, output_option
from ftschema.cli.output import Exit, refuse_overwriting, write_lines
from ftschema.coverage import Coverage
from ftschema.jsontext.decode import decode
from ftschema.validation.unpack import find_jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.literals import ContractName


@click.command()
@click.argument("paths", metavar="[PATH | -]...", nargs=-1, type=click.Path(allow_dash=True))
@contract_option
@click.option("--fail-under", metavar="PERCENT", type=click.FloatRange(0, 100), help="Fail if less is covered.")
@format_option("text", "json", "html")
@output_option("Write the report to this file.")
@max_size_option
@click.pass_context
def coverage(  # noqa: PLR0913  # one parameter for each option
    context: click.Context,
    *,
    paths: tuple[str, ...],
    name: ContractName,
    fail_under: float | None,
    output_format: str,
    output: str,
    max_size: int,
) -> None:
    """Show what recordings and test data cover of a contract.

    The features of a contract are its statuses, methods, graders and other words, the types of values at each location,
    absences, nulls, limits that are reached, and rules that are violated. Each one that no job holds is listed with a
    call of ftschema.fixtures that generates it.

    A PATH is a file, a folder, a pattern, or - for the standard input, which is also the default. The files contain
    JSON or JSON Lines, and jobs, pages, arrays or wrappers of jobs. pytest --ftschema-coverage measures a test run.

    \b
    Examples:
      ftschema coverage tests/recordings/ --fail-under 60
      ftschema coverage tests/recordings/ --format html -o coverage.html

    \b
    Exit status:
      0  the report is written
      1  less is covered than --fail-under requires
      2  usage error
      3  a file cannot be read or is not JSON
    If several apply, the highest is used.
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    files = [file for path in paths or (input_path(None),) for file in find_files(path)]
    refuse_overwriting([file for file in files if isinstance(file, str)], output)
    measurement, status = Coverage(name), Exit.VALID
    for file in files:
        if isinstance(file, OSError):
            report_unreadable(file.filename, file)
        elif _see(file, measurement, max_size):
            continue
        status = Exit.UNREADABLE
    report = measurement.report()
    texts = {
        "text": report.details,
        "json": lambda: json.dumps(report.as_dict(), ensure_ascii=False, indent=2),
        "html": report.html,
    }
    write_lines(output, [texts[output_format]().encode(), b"\n"])
    if output != "-":
        click.echo(report.summary())
    if fail_under is not None and report.percent < fail_under:
        click.echo(f"{report.percent:.2f}% is less than the {fail_under:g}% of --fail-under", err=True)
        status = max(status, Exit.INVALID)
    context.exit(status)


def _see(path: str, measurement: Coverage, max_size: int) -> bool:
    """Count the jobs of a file; return whether all of it is JSON."""
    data = read(path, max_size)
    return data is not None and all([*_seen(path, data, measurement)])


def _seen(path: str, data: bytes, measurement: Coverage) -> Iterator[bool]:
    for name, text in documents(path, data):
        decoded = decode(text)
        if decoded.problems:
            click.echo(f"{name}: {first_problem(decoded)}", err=True)
        else:
            for _, job in find_jobs(decoded.payload, measurement.contract):
                measurement.see(job)
        yield not decoded.problems

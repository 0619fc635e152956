"""The command `identify`."""

from __future__ import annotations

from typing import Final

import click

from ftschema.analysis.identify import verdicts
from ftschema.cli.files import printable_name
from ftschema.cli.input import read
from ftschema.cli.options import file_argument, format_option, input_path, max_size_option, show_values_option
from ftschema.cli.output import Exit, refuse_overwriting, write_json
from ftschema.core.report import Report
from ftschema.core.text import table
from ftschema.jsontext.decode import decode
from ftschema.schemas.catalogue import DEFAULT, names
from ftschema.validation.hidden import shown


@click.command()
@file_argument
@format_option("text", "json")
@show_values_option
@max_size_option
@click.pass_context
def identify(context: click.Context, *, file: str | None, output_format: str, show_values: bool, max_size: int) -> None:
    """Find the contracts for which a job, event or page is valid.

    It is checked against every contract of its kind, and the best match is listed first.

    \b
    Exit status:
      0  the job is valid for at least one contract
      1  the job is invalid for every contract
      2  usage error
      3  the file cannot be read or is not JSON
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    path = input_path(file)
    refuse_overwriting([path], "-")
    data = read(path, max_size)
    if data is None:
        context.exit(Exit.UNREADABLE)
    decoded = decode(data)
    problems = shown(Report(DEFAULT, decoded.problems), show_values=show_values).problems
    codes = {problem.code for problem in problems}
    if codes - _OF_VALUES:
        click.echo(f"{printable_name(path)}: {problems[0]}")
        context.exit(Exit.UNREADABLE)
    if codes:
        reports = tuple(Report.of(name, problems, decoded.omitted) for name in names())
    else:
        reports = verdicts(decoded.payload, show_values=show_values)
    if output_format == "json":
        write_json([report.as_dict() for report in reports])
    else:
        click.echo(table([["contract", "verdict", "problems", "first problem"], *map(_row, reports)]))
    context.exit(Exit.VALID if reports[0].ok else Exit.INVALID)


# What is wrong with a value, such as NaN, is a problem of the job in every contract.
_OF_VALUES: Final = frozenset({"json-number", "json-surrogate", "json-depth", "json-size"})


def _row(report: Report) -> list[object]:
    number = len(report.problems) + report.omitted
    return [report.contract, "valid" if report.ok else "invalid", number or "", report.problems[0] if number else ""]

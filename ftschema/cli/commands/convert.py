"""The commands for payloads of many contracts: `convert` and `suite`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ftschema.analysis.conversion import convert as _convert
from ftschema.analysis.identify import verdicts
from ftschema.cli.files import shown
from ftschema.cli.shared import (
    Exit,
    contract_names,
    documents,
    given,
    read,
    report_lines,
    table,
    write_json,
    write_lines,
)
from ftschema.core.errors import InvalidJobError
from ftschema.core.report import Report
from ftschema.jsontext.decode import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@click.command()
@click.argument("file", metavar="[FILE | -]", required=False, type=click.Path(allow_dash=True))
@click.option("--from", "source", metavar="A", type=contract_names, required=True, help="The contract of the payload.")
@click.option("--to", "target", metavar="B", type=contract_names, required=True, help="The contract that is asked for.")
@click.option("--drop-unknown", is_flag=True, help="Leave out keys that one of the two contracts does not declare.")
@click.option("-o", "--output", type=click.Path(allow_dash=True), default="-", help="The file to write.")
@click.pass_context
def convert(  # noqa: PLR0913  # one parameter for each option
    context: click.Context, *, file: str | None, source: str, target: str, drop_unknown: bool, output: str
) -> None:
    """Turn a job of one contract, or a file of JSON Lines, into what another contract calls the same.

    What is dropped, and what the target finds wrong with the result, is said on the standard error.

    \b
    Examples:
      ftschema convert job.json --from dart --to observed
      ftschema convert jobs.jsonl --from observed --to powershell -o jobs.ps.jsonl
    \b
    Exit status:
      0  the result keeps to B
      1  it does not, or the payload does not keep to A and is left out
      2  the command was misused
      3  the file cannot be read, or is not JSON; the highest applies
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    name = given(file)
    data = read(name)
    if data is None:
        context.exit(Exit.UNREADABLE)
    run = _Run(source, target, keep_unknown=not drop_unknown)
    write_lines(output, run.converted(documents(name, data)))
    context.exit(run.exit)


class _Run:
    def __init__(self, source: str, target: str, *, keep_unknown: bool) -> None:
        self.source, self.target, self.keep_unknown = source, target, keep_unknown
        self.exit = Exit.VALID

    def converted(self, texts: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
        """Yield each document as the target has it, and say what is wrong with it."""
        for place, text in texts:
            decoded = decode(text)
            report = Report(self.source, decoded.problems)
            if not decoded.problems:
                try:
                    done = _convert(decoded.payload, self.source, self.target, keep_unknown=self.keep_unknown)
                except InvalidJobError as error:
                    report = error.report
                else:
                    yield json.dumps(done.payload, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                    report = done.report
                    for pointer in done.dropped:
                        click.echo(f"{place}: {pointer}: dropped", err=True)
            self._say(place, report)

    def _say(self, place: str, report: Report) -> None:
        for line in report_lines(place, report):
            click.echo(line, err=True)
        if report.problems:
            self.exit = max(self.exit, Exit.INVALID if report.is_json else Exit.UNREADABLE)


@click.command()
@click.argument("file", metavar="[FILE | -]", required=False, type=click.Path(allow_dash=True))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def suite(context: click.Context, *, file: str | None, form: str) -> None:
    """Show what every contract says of one job, the best match first: which of these is it?

    \b
    Exit status:
      0  some contract accepts it
      1  none does
      2  the command was misused
      3  the file cannot be read, or is not JSON
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    name = given(file)
    data = read(name)
    if data is None:
        context.exit(Exit.UNREADABLE)
    decoded = decode(data)
    if decoded.problems:
        click.echo(f"{shown(name)}: {decoded.problems[0]}")
        context.exit(Exit.UNREADABLE)
    reports = verdicts(decoded.payload)
    if form == "json":
        write_json([report.as_dict() for report in reports])
    else:
        click.echo(table([["contract", "verdict", "problems", "first problem"], *map(_row, reports)]))
    context.exit(Exit.VALID if reports[0].ok else Exit.INVALID)


def _row(report: Report) -> list[object]:
    number = len(report.problems) + report.omitted
    return [report.contract, "valid" if report.ok else "invalid", number or "", report.problems[0] if number else ""]

"""The command `convert`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from ftschema.analysis.conversion import convert as _convert
from ftschema.cli.input import documents, read
from ftschema.cli.options import (
    contract_name,
    file_argument,
    input_path,
    max_size_option,
    output_option,
    show_values_option,
)
from ftschema.cli.output import Exit, refuse_overwriting, write_lines
from ftschema.core.errors import InvalidJobError
from ftschema.core.report import Report, joined
from ftschema.core.text import plural, printable
from ftschema.jsontext.decode import decode
from ftschema.validation.hidden import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ftschema.core.literals import ContractName


@click.command()
@file_argument
@click.option("--from", "source", metavar="A", type=contract_name, required=True, help="The contract of the input.")
@click.option("--to", "target", metavar="B", type=contract_name, required=True, help="The contract of the output.")
@click.option("--drop-unknown", is_flag=True, help="Drop keys that A or B does not declare.")
@output_option("Write the jobs to this file.")
@show_values_option
@max_size_option
@click.pass_context
def convert(  # noqa: PLR0913  # one parameter for each option
    context: click.Context,
    *,
    file: str | None,
    source: ContractName,
    target: ContractName,
    drop_unknown: bool,
    output: str,
    show_values: bool,
    max_size: int,
) -> None:
    """Convert jobs from one contract to another.

    The file contains one JSON document or JSON Lines, and may be compressed with gzip or Zstandard. Keys and values are
    renamed to what the target contract calls them. Dropped keys, and problems of the result in the target contract, are
    printed on the standard error.

    \b
    Examples:
      ftschema convert job.json --from dart --to observed
      ftschema convert jobs.jsonl --from observed --to powershell -o jobs.ps.jsonl

    \b
    Exit status:
      0  every result is valid for B
      1  a result is invalid for B, or a job is invalid for A and was left out
      2  usage error
      3  the file cannot be read or is not JSON
    If several apply, the highest is used.
    """  # noqa: D301  # click keeps the lines after the character \b as they are

    def convert_one(payload: Any) -> tuple[Any, Report, Iterable[str]]:
        result = _convert(payload, source, target, keep_unknown=not drop_unknown, show_values=show_values)
        return result.payload, result.report, (f"{pointer}: dropped" for pointer in result.dropped)

    context.exit(Conversion(source, convert_one, show_values=show_values).run(file, output, max_size))


class Conversion:
    """Converts jobs to lines of JSON, and prints what there is to say on the standard error.

    Attributes:
        contract: The contract of the input.
        convert_one: Returns the result for a payload, its problems, and remarks; or raises `InvalidJobError`.
        show_values: Whether to print what is in texts that are not JSON.
        exit: The exit status so far.
    """

    def __init__(
        self,
        contract: ContractName,
        convert_one: Callable[[Any], tuple[Any, Report, Iterable[str]]],
        *,
        show_values: bool,
    ) -> None:
        self.contract = contract
        self.convert_one = convert_one
        self.show_values = show_values
        self.exit: Exit = Exit.VALID

    def run(self, file: str | None, output: str, max_size: int) -> Exit:
        """Convert the jobs of a file, and return the exit status.

        Args:
            file: The file; None for what is piped in.
            output: The file to write.
            max_size: How many bytes the file may have, decompressed.

        Raises:
            click.UsageError: There is no input, or the output would overwrite it.
        """
        path = input_path(file)
        refuse_overwriting([path], output)
        data = read(path, max_size)
        if data is None:
            return Exit.UNREADABLE
        write_lines(output, self._converted(documents(path, data)))
        return self.exit

    def _converted(self, texts: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
        """Yield the result for each document as a line, and print its remarks and problems."""
        for name, text in texts:
            decoded = decode(text)
            report = shown(Report(self.contract, decoded.problems), show_values=self.show_values)
            if not decoded.problems:
                try:
                    payload, report, remarks = self.convert_one(decoded.payload)
                except InvalidJobError as error:
                    report = error.report
                else:
                    yield printable(json.dumps(payload, ensure_ascii=False, separators=(",", ":"))).encode() + b"\n"
                    for remark in remarks:
                        click.echo(f"{name}: {printable(remark)}", err=True)
            self._print_problems(name, report)

    def _print_problems(self, name: str, report: Report) -> None:
        for problem, _ in joined(report):
            click.echo(f"{name}: {problem}", err=True)
        if report.omitted:
            click.echo(f"{name}: … and {plural(report.omitted, 'more problem')}", err=True)
        if report.problems:
            self.exit = max(self.exit, Exit.INVALID if report.is_json else Exit.UNREADABLE)

"""The command `normalize`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ftschema.analysis.normalization import normalize as _normalize
from ftschema.cli.commands.convert import Conversion
from ftschema.cli.options import contract_name, file_argument, max_size_option, output_option, show_values_option
from ftschema.core.report import Report
from ftschema.schemas.catalogue import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftschema.core.literals import ContractName


@click.command()
@file_argument
@click.option("--from", "source", metavar="NAME", type=contract_name, help="The contract of the input, if it is known.")
@output_option("Write the jobs to this file.")
@show_values_option
@max_size_option
@click.pass_context
def normalize(  # noqa: PLR0913  # one parameter for each option
    context: click.Context,
    *,
    file: str | None,
    source: ContractName | None,
    output: str,
    show_values: bool,
    max_size: int,
) -> None:
    """Bring jobs of any server and year into one shape.

    The file contains one JSON document or JSON Lines, and may be compressed with gzip or Zstandard. The result has
    every key of the newest reference, and is valid for observed. Each change is printed on the standard error with its
    reason. What a job does not tell is not invented.

    \b
    Examples:
      ftschema normalize azure.json
      ftschema normalize jobs.jsonl -o normal.jsonl 2> changes.txt

    \b
    Exit status:
      0  every job is normalized
      1  a job lacks what the result needs, or is invalid for the contract of --from, and was left out
      2  usage error
      3  the file cannot be read or is not JSON
    If several apply, the highest is used.
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    valid = Report(DEFAULT)

    def normalize_one(payload: Any) -> tuple[Any, Report, Iterable[str]]:
        result = _normalize(payload, source, show_values=show_values)
        return result.payload, valid, map(str, result.assumed)

    context.exit(Conversion(source or DEFAULT, normalize_one, show_values=show_values).run(file, output, max_size))

"""The command `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ftschema.analysis.diff import diff as _diff
from ftschema.cli.options import contract_name, format_option
from ftschema.cli.output import Exit, write_json
from ftschema.core.pointer import display

if TYPE_CHECKING:
    from ftschema.analysis.diff import ContractDiff
    from ftschema.core.literals import ContractName


@click.command()
@click.argument("left", type=contract_name, metavar="A")
@click.argument("right", type=contract_name, metavar="B")
@format_option(
    "text", "json", "markdown", help="json adds, for each difference, a payload that one accepts and the other rejects."
)
@click.pass_context
def diff(context: click.Context, left: ContractName, right: ContractName, output_format: str) -> None:
    """Compare what two contracts accept.

    Each line is a difference at one JSON Pointer.

    \b
    Examples:
      ftschema diff 2025-03-11 2026-05-13
      ftschema diff observed azure --format json

    \b
    Exit status:
      0  both contracts accept the same payloads
      1  the contracts differ
      2  usage error
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    differences = _diff(left, right)
    if output_format == "json":
        write_json(differences.as_dict())
    else:
        click.echo(_markdown(differences) if output_format == "markdown" else differences)
    context.exit(Exit.VALID if differences.equal else Exit.INVALID)


def _markdown(differences: ContractDiff) -> str:
    rows = [f"| `{display(one.pointer)}` | {one.code} | {one.left} | {one.right} |" for one in differences]
    return "\n".join([f"| pointer | code | {differences.left} | {differences.right} |", "|---|---|---|---|", *rows])

"""The commands about contracts themselves: `contracts`, `schema` and `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ftschema.analysis.diff import diff as _diff
from ftschema.cli.shared import Exit, contract_names, table, write_json, write_lines
from ftschema.core.pointer import called
from ftschema.schemas.catalogue import entry, read_text
from ftschema.schemas.reader import job_type
from ftschema.validation.contract import contract as _contract
from ftschema.validation.contract import contracts as _contracts

if TYPE_CHECKING:
    from ftschema.analysis.diff import ContractDiff


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def contracts(form: str) -> None:
    """List the contracts: name, what each says, how many keys a job has, spelling, where it comes from."""
    rows = [
        {
            "name": name,
            "about": _contract(name).about,
            "fields": len(job_type(name).properties),
            "spelling": entry(name).spelling,
            "source": entry(name).source,
        }
        for name in _contracts()
    ]
    if form == "json":
        write_json(rows)
    else:
        click.echo(table([[*rows[0]], *([*row.values()] for row in rows)]))


@click.command()
@click.argument("name", type=contract_names, metavar="NAME")
def schema(name: str) -> None:
    """Print the JSON Schema (draft 2020-12) of a contract, as its file has it."""
    write_lines("-", [read_text(name).encode()])


@click.command()
@click.argument("left", type=contract_names, metavar="A")
@click.argument("right", type=contract_names, metavar="B")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="json has a payload for each difference that one accepts and the other does not.",
)
@click.pass_context
def diff(context: click.Context, left: str, right: str, form: str) -> None:
    """Show what one contract accepts and another does not, field by field.

    \b
    Examples:
      ftschema diff 2025-03-11 2026-05-13
      ftschema diff observed azure --format json
    \b
    Exit status:
      0  the two accept the same
      1  they do not
      2  the command was misused
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    found = _diff(left, right)
    if form == "json":
        write_json(found.as_dict())
    else:
        click.echo(markdown(found) if form == "markdown" else _text(found))
    context.exit(Exit.VALID if found.equal else Exit.INVALID)


def _rows(found: ContractDiff) -> list[list[str]]:
    return [[called(change.pointer), change.code, change.left, change.right] for change in found]


def _text(found: ContractDiff) -> str:
    if found.equal:
        return f"{found.left} and {found.right} accept the same"
    return table([["place", "what", found.left, found.right], *_rows(found)])


def markdown(found: ContractDiff) -> str:
    """Return the differences as a table in Markdown."""
    rows = [f"| `{place}` | {what} | {ours} | {theirs} |" for place, what, ours, theirs in _rows(found)]
    return "\n".join([f"| place | what | {found.left} | {found.right} |", "|---|---|---|---|", *rows])

"""The command `contracts`."""

from __future__ import annotations

import click

from ftschema.cli.options import format_option
from ftschema.cli.output import write_json
from ftschema.core.text import table
from ftschema.schemas.catalogue import KINDS, entry, every_name
from ftschema.schemas.reader import root_type
from ftschema.validation.contract import contract as _contract


@click.command()
@click.option(
    "--kind", type=click.Choice(list(KINDS)), default="job", show_default=True, help="The kind of the objects."
)
@format_option("text", "json")
def contracts(kind: str, output_format: str) -> None:
    """List the contracts of a kind.

    The columns are the name, the description, the number of keys and their spelling, and the source of the contract.
    """
    rows = [
        {
            "name": name,
            "about": _contract(name).about,
            "fields": len(root_type(name).properties),
            "spelling": entry(name).spelling,
            "source": entry(name).source,
        }
        for name in every_name()
        if entry(name).kind.name == kind
    ]
    if output_format == "json":
        write_json(rows)
    else:
        click.echo(table([[*rows[0]], *([*row.values()] for row in rows)]))

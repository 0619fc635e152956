"""The command `schema`."""

from __future__ import annotations

import click

from ftschema.cli.options import contract_name
from ftschema.cli.output import write_lines
from ftschema.schemas.catalogue import read_text


@click.command()
@click.argument("name", type=contract_name, metavar="CONTRACT")
def schema(name: str) -> None:
    """Print the JSON Schema of a contract.

    The schema is of draft 2020-12, and printed exactly as in its file.
    """
    write_lines("-", [read_text(name).encode()])

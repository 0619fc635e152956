"""The command `schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ftschema.cli.options import contract_name
from ftschema.cli.output import write_lines
from ftschema.schemas.catalogue import FORMS, read_text

if TYPE_CHECKING:
    from ftschema.schemas.catalogue import Form


@click.command()
@click.argument("name", type=contract_name, metavar="CONTRACT")
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default=FORMS[0],
    show_default=True,
    help="default reports each error at its value; the others are for generators of code and data.",
)
def schema(name: str, form: Form) -> None:
    """Print the JSON Schema of a contract.

    The schema is of draft 2020-12, and printed exactly as in its file. All forms accept the same jobs: plain has anyOf
    in place of if and then, openapi is a document of OpenAPI 3.1, and draft-07 is for tools that know no newer draft.
    """
    write_lines("-", [read_text(name, form).encode()])

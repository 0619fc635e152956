"""The command line."""

from __future__ import annotations

import sys
from io import TextIOWrapper

import click

from ftschema.cli_check import check
from ftschema.cli_contracts import contracts, diff, schema
from ftschema.cli_generate import generate
from ftschema.cli_payloads import convert, suite


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ftschema")
def main() -> None:
    """The contract of OpenAI's fine_tuning.job object that holds in practice."""
    for stream in (sys.stdout, sys.stderr):
        # A place or a name may hold what the terminal's encoding does not.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


for command in (check, contracts, convert, diff, generate, schema, suite):
    main.add_command(command)

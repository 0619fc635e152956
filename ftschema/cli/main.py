"""The command line."""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Final

import click

# What only a command or a mistake needs is imported there.
# ruff: noqa: PLC0415

# Each command with the module that is imported once it is asked for.
_COMMANDS: Final = {
    "check": "check",
    "contracts": "contracts",
    "convert": "convert",
    "diff": "contracts",
    "explain": "explain",
    "generate": "generate",
    "schema": "contracts",
    "suite": "convert",
}


class _Commands(click.Group):
    """The commands, none of which pays for what another needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click calls it
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        found: click.Command = getattr(import_module(f"ftschema.cli.commands.{_COMMANDS[cmd_name]}"), cmd_name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # A shell that completes words wants no message.
        if not (args[0] in _COMMANDS or args[0].startswith("-") or ctx.resilient_parsing):
            from ftschema.cli.shared import did_you_mean

            ctx.fail(f"No such command {args[0]!r}.{did_you_mean(args[0], _COMMANDS)}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
        except KeyboardInterrupt:
            from ftschema.cli.shared import Exit

            click.echo("interrupted", err=True)
            ctx.exit(Exit.INTERRUPTED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ftschema")
def main() -> None:
    """The contract of OpenAI's fine_tuning.job object that holds in practice."""
    for stream in (sys.stdout, sys.stderr):
        # A place or a name may hold what the terminal's encoding does not.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

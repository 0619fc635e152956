"""The command line."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, Final

import click
from click.exceptions import NoArgsIsHelpError

from ftschema.cli.output import Exit, ended_by_errors
from ftschema.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

# Modules that only one command or an error needs are imported there.
# ruff: noqa: PLC0415

# Each command is the function of this name in the module of this name in `ftschema.cli.commands`.
_COMMANDS: Final = (
    "anonymize",
    "check",
    "contracts",
    "convert",
    "coverage",
    "diff",
    "explain",
    "generate",
    "identify",
    "normalize",
    "schema",
)
# Former names of commands: they still work, but are not listed.
_DEPRECATED: Final = {"suite": "identify"}


@contextmanager
def _printable_errors() -> Iterator[None]:
    """Escape what a message of click quotes from the command line, where a shell may have put any name of a file."""
    try:
        yield
    except NoArgsIsHelpError:
        # Its message is the help.
        raise
    except click.UsageError as error:
        raise click.UsageError(printable(error.format_message()), error.ctx) from None


class _Commands(click.Group):
    """The commands; the module of a command is imported when the command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click calls it
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"ftschema.cli.commands.{cmd_name}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        # A shell that completes a word must not get a message.
        if not ctx.resilient_parsing:
            if name in _DEPRECATED:
                click.echo(f"DeprecationWarning: the command {name!r} is now called {_DEPRECATED[name]!r}.", err=True)
            elif not (name in _COMMANDS or name.startswith("-")):
                from ftschema.cli.options import did_you_mean

                ctx.fail(f"No such command {name!r}.{did_you_mean(name, _COMMANDS)}")
        return super().resolve_command(ctx, [_DEPRECATED.get(name, name), *args[1:]])

    def main(self, *args: Any, **extra: Any) -> Any:
        # A usage error is printed here.
        with ended_by_errors():
            return super().main(*args, **extra)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        # The help and the version are printed here.
        with ended_by_errors(), _printable_errors():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> None:
        with ended_by_errors(), _printable_errors():
            try:
                super().invoke(ctx)
            except KeyboardInterrupt:
                click.echo("interrupted", err=True)
                ctx.exit(Exit.INTERRUPTED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ftschema")
def main() -> None:
    """Check and generate the fine_tuning.job objects of OpenAI's API, as the API really sends them."""
    for stream in (sys.stdout, sys.stderr):
        # A name or a pointer may contain characters that the encoding of the terminal lacks.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

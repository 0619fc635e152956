"""Options and arguments that several commands have."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ftschema.cli.input import LARGEST_DOCUMENT
from ftschema.core.text import closest
from ftschema.schemas.catalogue import every_name, prefix
from ftschema.validation.contract import contracts
from ftschema.validation.hidden import VARIABLE, shows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the question whether a similar known word was meant, or the empty string if none is similar."""
    near = closest(word, tuple(known))
    return f" Did you mean {near!r}?" if near else ""


# The contracts of other kinds, with and without their kind in front.
_OTHERS = {part for name in every_name() for part in (name, name.removeprefix(prefix(name)))}


class _ContractName(click.Choice[str]):
    """The name of a contract."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        # Those of other kinds are not listed: there are fifty.
        return value if value in _OTHERS else super().convert(value, param, ctx)

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        return super().get_invalid_choice_message(value, ctx) + did_you_mean(str(value), self.choices)


contract_name: click.Choice[str] = _ContractName(contracts())

contract_option: Callable[[Any], Any] = click.option(
    "--contract",
    "name",
    metavar="NAME",
    type=contract_name,
    default=contracts()[0],
    show_default=True,
    help=f"The contract: {', '.join(contracts())}; or one of another kind, such as event/azure.",
)

file_argument: Callable[[Any], Any] = click.argument(
    "file", metavar="[FILE | -]", required=False, type=click.Path(allow_dash=True)
)


def size_option(name: str, default: int, help: str) -> Callable[[Any], Any]:  # noqa: A002  # as click calls it
    """Return the option for the largest number of bytes that something may have."""
    return click.option(
        name, metavar="BYTES", type=click.IntRange(min=1), default=default, show_default=True, help=help
    )


def _show_values(_: click.Context, __: click.Parameter, hide_values: bool) -> bool:  # noqa: FBT001  # as click calls it
    return False if hide_values else shows(None)


show_values_option: Callable[[Any], Any] = click.option(
    "--hide-values",
    "show_values",
    is_flag=True,
    callback=_show_values,
    help=f"Print nothing that is in a job, as with {VARIABLE}=0.",
)

max_size_option: Callable[[Any], Any] = size_option(
    "--max-size", LARGEST_DOCUMENT, "Refuse a larger document, decompressed."
)


def format_option(*names: str, help: str | None = None) -> Callable[[Any], Any]:  # noqa: A002  # as click calls it
    """Return the option for the format of the output; the first name is the default."""
    return click.option(
        "--format", "output_format", type=click.Choice(names), default=names[0], show_default=True, help=help
    )


def output_option(help: str) -> Callable[[Any], Any]:  # noqa: A002  # as click calls it
    """Return the option for the file to write; the default is the standard output."""
    return click.option(
        "-o", "--output", type=click.Path(allow_dash=True), default="-", callback=_standard_output, help=help
    )


def _standard_output(_: click.Context, __: click.Parameter, path: str) -> str:
    # Opening the device would empty a file to which the shell has led the standard output.
    return "-" if path == "/dev/stdout" else path


def input_path(file: str | None) -> str:
    """Return the file that was named, or `-` for a job that is piped in.

    Raises:
        click.UsageError: No file was named, and the standard input is a terminal.
    """
    if file is None and sys.stdin and sys.stdin.isatty():
        raise click.UsageError("Name a file, or pipe a job in.")
    return file or "-"

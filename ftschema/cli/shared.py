"""What the commands share: how a run ends, the option for the contract, reading what they are given."""

from __future__ import annotations

import json
import os
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from ftschema.cli.files import READ_ERRORS, is_lines, opened, rows_of, shown, unpacked
from ftschema.core.text import closest, count, printable
from ftschema.jsontext.decode import decode
from ftschema.validation.contract import contracts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ftschema.core.report import Report

# What a text of several documents may be taken for.
_NO_DOCUMENT = ("json-syntax", "json-encoding", "json-depth")


class Exit(IntEnum):
    """How a run ends; the highest applies. 2 is a usage error, and click's.

    The last two are what a shell makes of the signals SIGINT and SIGPIPE.
    """

    VALID = 0
    INVALID = 1
    UNREADABLE = 3
    INTERRUPTED = 130
    UNWANTED = 141


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return the question whether another word was meant, or nothing where none is near."""
    near = closest(word, words)
    return f" Did you mean {near!r}?" if near else ""


class _ContractName(click.Choice[str]):
    """The name of a contract."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        return super().get_invalid_choice_message(value, ctx) + did_you_mean(str(value), self.choices)


contract_names = _ContractName(contracts())

contract_option = click.option(
    "--contract",
    "name",
    metavar="NAME",
    type=contract_names,
    default=contracts()[0],
    show_default=True,
    help=f"The contract: {', '.join(contracts())}.",
)


def may_colour(stream: TextIO) -> bool:
    """Return whether text that is written there may be coloured: the user decides, or else the terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (os.environ.get("TERM") != "dumb" and stream.isatty())


def given(file: str | None) -> str:
    """Return the file that was named, or `-` where none was and a job may be piped in."""
    if file is None and sys.stdin and sys.stdin.isatty():
        raise click.UsageError("Name a file, or pipe a job in.")
    return file or "-"


def path_of(file: str) -> str | None:
    """Return the path of a file, None for `-`."""
    return None if file == "-" else file


def read(file: str) -> bytes | None:
    """Return what a file holds, or the standard input for `-`; where it cannot be read, say so and return None."""
    try:
        with opened(path_of(file)) as raw:
            return unpacked(raw).read()
    except READ_ERRORS as error:
        cannot_read(file, error)
        return None


def cannot_read(file: str, error: Exception) -> str:
    """Say why a file cannot be read, and return the reason."""
    reason = str(getattr(error, "strerror", None) or error)
    click.echo(f"{shown(file)}: cannot be read: {reason}", err=True)
    return reason


def holds_lines(data: bytes) -> bool:
    """Return whether bytes are no JSON document but JSON Lines."""
    return is_lines(data) and any(problem.code in _NO_DOCUMENT for problem in decode(data).problems)


def documents(file: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the documents of a file, each with its place: the one it holds, or one for each of its lines."""
    if holds_lines(data):
        for number, line in rows_of(data):
            yield f"{shown(file)}:{number}", line
    else:
        yield shown(file), data


def cannot_write(output: str, reason: str) -> NoReturn:
    """End the run because its output cannot be written."""
    click.echo(f"{printable(output)}: cannot be written: {reason}", err=True)
    click.get_current_context().exit(Exit.UNREADABLE)


def write_lines(output: str, lines: Iterable[bytes]) -> None:
    """Write lines to a file, or to the standard output for `-`."""
    if output == "-" and sys.stdout is None:
        cannot_write(output, "it is closed")
    try:
        with click.open_file(output, "wb", lazy=False) as file:
            for line in lines:
                file.write(line)
    except BrokenPipeError:
        # Who reads has seen enough; click ends the run quietly.
        raise
    except OSError as error:
        cannot_write(output, error.strerror or str(error))


def write_json(value: Any) -> None:
    """Write JSON to the standard output: UTF-8, whatever the encoding of the terminal is."""
    write_lines("-", [json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"])


def report_lines(place: str, report: Report) -> Iterator[str]:
    """Yield what is printed of a report: a line a problem, and how many more there are."""
    for problem in report:
        yield f"{place}: {problem}"
    if report.omitted:
        yield f"{place}: … and {count(report.omitted, 'more problem')}"


def table(rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as lines with aligned columns; the first row is the head."""
    texts = [[printable(str(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in texts)

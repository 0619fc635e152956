"""The output of the commands: text and JSON, to a file or the standard output, and the exit status."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click
from attrs import frozen

from ftschema.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class Exit(IntEnum):
    """The exit statuses; if several apply, the highest is used. Click exits with 2 on a usage error.

    The last two are what a shell reports for a process that was ended by SIGINT or SIGPIPE.
    """

    VALID = 0
    INVALID = 1
    UNREADABLE = 3
    INTERRUPTED = 130
    BROKEN_PIPE = 141


@frozen
class Output:
    """A destination for text.

    Attributes:
        write: Writes text.
        color: Whether the text may be colored.
        width: Number of columns of the terminal; None if the destination is not a terminal.
    """

    write: Callable[[str], object]
    color: bool = False
    width: int | None = None


@contextmanager
def open_output(path: str, encoding: str | None) -> Iterator[Output]:
    """Open a file for text, or the standard output for `-`.

    Args:
        path: The file. Nothing is written if the path is `-` and the standard output is closed.
        encoding: The encoding; None is that of the terminal, and UTF-8 in a file.

    Raises:
        OSError: The file cannot be written.
    """
    if path != "-":
        with Path(path).open("w", encoding=encoding or "utf-8", errors="backslashreplace", newline="\n") as file:
            yield Output(file.write)
    elif sys.stdout is None:
        yield Output(str)
    else:
        if encoding and isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding=encoding)
        width = _terminal_width() if sys.stdout.isatty() else None
        yield Output(sys.stdout.write, color=_use_color(sys.stdout), width=width)
        sys.stdout.flush()


def _use_color(stream: TextIO) -> bool:
    # An empty variable counts as unset (https://no-color.org).
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (os.environ.get("TERM") != "dumb" and stream.isatty())


def _terminal_width() -> int:
    from shutil import get_terminal_size  # noqa: PLC0415  # a check in a pipe or a hook must start fast

    return get_terminal_size().columns


def write_lines(path: str, lines: Iterable[bytes]) -> None:
    """Write lines to a file, or to the standard output for `-`; end the command if that fails."""
    if path == "-" and sys.stdout is None:
        exit_unwritable(path, "it is closed")
    try:
        with click.open_file(path, "wb", lazy=False) as file:
            for line in lines:
                file.write(line)
    except BrokenPipeError:
        # Click ends the command without a message.
        raise
    except OSError as error:
        exit_unwritable(path, error.strerror or str(error))


def write_json(value: Any) -> None:
    """Write JSON to the standard output, in UTF-8 whatever the encoding of the terminal."""
    write_lines("-", [json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"])


def table(rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as lines with aligned columns; the first row is the header."""
    texts = [[printable(str(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in texts)


def exit_unwritable(path: str, reason: str) -> NoReturn:
    """End the command because its output cannot be written."""
    click.echo(f"{printable(path)}: cannot be written: {reason}", err=True)
    click.get_current_context().exit(Exit.UNREADABLE)


def exit_broken_pipe() -> NoReturn:
    """End the command because the reader of its standard output has closed the pipe."""
    click.echo("stopped: the output pipe was closed", err=True)
    # Python would otherwise flush what is left at exit, and print an error.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    click.get_current_context().exit(Exit.BROKEN_PIPE)

"""The output of the commands: text and JSON, to a file or the standard output, and the exit status."""

from __future__ import annotations

import errno
import json
import os
import sys
from contextlib import contextmanager, suppress
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, TextIO

import click
from attrs import frozen

from ftschema.cli.files import printable_name
from ftschema.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ftschema.cli.writer import NewFile


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
        with _new_file(path) as file:
            yield Output(lambda text: file.write(text.encode(encoding or "utf-8", "backslashreplace")))
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
    """Write lines to a file, or to the standard output for `-`.

    Raises:
        OSError: They cannot be written.
    """
    if path != "-":
        with _new_file(path) as file:
            for line in lines:
                file.write(line)
    elif sys.stdout is None:
        raise OSError(errno.EBADF, "it is closed")
    else:
        for line in lines:
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def _new_file(path: str) -> NewFile:
    from ftschema.cli.writer import NewFile  # noqa: PLC0415  # most runs write to the standard output

    return NewFile(path)


def write_json(value: Any) -> None:
    """Write JSON to the standard output, in UTF-8 whatever the encoding of the terminal."""
    lines = json.dumps(value, ensure_ascii=False, indent=2).split("\n")
    write_lines("-", [printable(line).encode() + b"\n" for line in lines])


def refuse_overwriting(files: Iterable[str], output: str) -> None:
    """Raise a usage error if the output is one of the files; `-` is the standard input, or output.

    If they are read, a job could be lost, or the run would never end.
    """
    target = identity(output, sys.stdout)
    for file in files:
        if target is not None and identity(file, sys.stdin) == target:
            raise click.UsageError(f"The output would overwrite {printable_name(file)}.")


def identity(path: str, stream: TextIO | None = None) -> object:
    """Return a value that is the same for all names of a file; None for a pipe or a device. `-` is the stream."""
    try:
        status = os.fstat(stream.fileno()) if stream and path == "-" else Path(path).stat()
    except (OSError, ValueError):
        # The file does not exist, or the stream is closed.
        return os.path.realpath(path) if path != "-" else None
    return (status.st_dev, status.st_ino) if S_ISREG(status.st_mode) else None


@contextmanager
def ended_by_errors() -> Iterator[None]:
    """End the command if its output cannot be written: with a message, or without one if its reader has gone away.

    It is ended with a message, too, if there is not enough memory.
    """
    try:
        try:
            yield
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except MemoryError:
        click.echo("not enough memory", err=True)
        sys.exit(Exit.UNREADABLE)
    except OSError as error:
        report_unwritable(error)
        for stream in filter(None, (sys.stdout, sys.stderr)):
            _discard(stream)
        sys.exit(Exit.BROKEN_PIPE if isinstance(error, BrokenPipeError) else Exit.UNREADABLE)


def report_unwritable(error: OSError) -> None:
    """Print on the standard error that a file, or the standard output, cannot be written, and why."""
    if not isinstance(error, BrokenPipeError):
        name = "<stdout>" if error.filename is None else printable_name(error.filename)
        with suppress(OSError):
            click.echo(f"{name}: cannot be written: {error.strerror or error}", err=True)


def _discard(stream: TextIO) -> None:
    """Discard what a stream cannot write, because Python would try again at the end."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

"""The input of the commands: the standard input or a file, plain or compressed, JSON or JSON Lines."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

import click

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd
from ftschema.cli.files import printable_name
from ftschema.core.text import printable
from ftschema.jsontext.decode import COMPRESSION_MAGIC, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import RawIOBase

READ_ERRORS: Final = (OSError, ValueError, EOFError, zlib.error, zstd.ZstdError)
"""The errors of reading a file that does not exist, is closed, or has damaged or truncated compressed data."""

_DECOMPRESSORS: Final[dict[str, Callable[[Any], Any]]] = {"gzip": gzip.open, "Zstandard": zstd.open}
_BLOCK = 1 << 20
# The problems that JSON Lines have if they are decoded as one document.
_NOT_ONE_DOCUMENT = ("json-syntax", "json-encoding", "json-depth")


@contextmanager
def open_binary(path: str) -> Iterator[BufferedReader[Any]]:
    """Open a file to read its bytes unchanged, or the standard input for `-`, which stays open.

    Raises:
        OSError: The file cannot be opened.
        ValueError: The standard input is closed, or the path is not a valid file name.
    """
    if path != "-":
        with Path(path).open("rb") as stream:
            yield stream
        return
    if sys.stdin is None:
        raise ValueError("it is closed")
    stdin: BufferedReader[Any] = BufferedReader(cast("RawIOBase", sys.stdin.buffer))
    try:
        yield stdin
    finally:
        stdin.detach()


def decompressed(stream: BufferedReader[Any]) -> BinaryIO:
    """Return a reader of the stream that decompresses it if its first bytes are those of gzip or Zstandard."""
    head = stream.peek(4)
    for magic, name in COMPRESSION_MAGIC.items():
        if head.startswith(magic):
            return cast("BinaryIO", _DECOMPRESSORS[name](stream))
    return stream


def read(path: str) -> bytes | None:
    """Return the contents of a file, or of the standard input for `-`; None, after a message, if it is unreadable."""
    try:
        with open_binary(path) as raw:
            return decompressed(raw).read()
    except READ_ERRORS as error:
        report_unreadable(path, error)
        return None


def report_unreadable(path: str, error: Exception) -> str:
    """Print on the standard error why a file cannot be read, and return the reason."""
    reason = str(getattr(error, "strerror", None) or error)
    click.echo(f"{printable_name(path)}: cannot be read: {printable(reason)}", err=True)
    return reason


def documents(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the text of each document of a file: of the whole, or of each line of JSON Lines."""
    if is_json_lines(data):
        for number, line in numbered_lines(data):
            yield f"{printable_name(path)}:{number}", line
    else:
        yield printable_name(path), data


def is_json_lines(data: bytes) -> bool:
    """Return whether the data is JSON Lines and not one JSON document."""
    return is_mostly_objects(data) and any(problem.code in _NOT_ONE_DOCUMENT for problem in decode(data).problems)


def is_mostly_objects(data: bytes) -> bool:
    """Return whether the data has several lines, and at least half of them are JSON objects."""
    objects = [_is_object(line) for _, line in numbered_lines(data)]
    return len(objects) > 1 and sum(objects) * 2 >= len(objects)


def starts_with_object_line(head: bytes) -> bool:
    """Return whether the first line of a long file that is not blank is a JSON object; `head` is its beginning."""
    first = next((line for _, line in numbered_lines(head)), b"")
    return len(first) < len(head.strip()) and _is_object(first)


def _is_object(line: bytes) -> bool:
    line = line.strip()
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def numbered_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    return ((number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip())


def split_lines(stream: BinaryIO, head: bytes = b"") -> Iterator[bytes]:
    """Yield the lines of a stream without their line feeds, reading it in blocks; `head` was read from it already."""
    block = head or stream.read(_BLOCK)
    unfinished: list[bytes] = []
    while block:
        first, *rest = block.split(b"\n")
        unfinished.append(first)
        if rest:
            yield b"".join(unfinished)
            yield from rest[:-1]
            unfinished = rest[-1:]
        block = stream.read(_BLOCK)
    yield b"".join(unfinished)

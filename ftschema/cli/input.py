"""The input of the commands: the standard input or a file, plain or compressed, JSON or JSON Lines."""

from __future__ import annotations

import gzip
import json
import re
import sys
import zlib
from codecs import BOM_UTF8
from contextlib import contextmanager
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from string import ascii_letters
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

import click

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd
from ftschema.cli.files import printable_name
from ftschema.core.report import Report
from ftschema.core.text import printable
from ftschema.jsontext.decode import COMPRESSION_MAGIC, decode, find_other_format
from ftschema.schemas.catalogue import DEFAULT
from ftschema.validation.hidden import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftschema.core.report import Problem
    from ftschema.jsontext.decode import Decoded

READ_ERRORS: Final = (OSError, ValueError, EOFError, MemoryError, zlib.error, zstd.ZstdError)
"""The errors of reading a file that does not exist, is closed, is too large, or has damaged compressed data."""

LARGEST_DOCUMENT: Final = 20_000_000
"""How many bytes a document may have by default, decompressed."""

_DECOMPRESSORS: Final[dict[str, Callable[[Any], Any]]] = {"gzip": gzip.open, "Zstandard": zstd.open}
_BLOCK = 1 << 20
# How JSON begins, and so the repr of an object, in words.
_STARTS: Final = frozenset(b'{["-0123456789<' + ascii_letters.encode())
_LINE: Final = re.compile(rb"[^ \t\r\n][^\n]*")
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


def read(path: str, max_size: int) -> bytes | None:
    """Return the contents of a file, or of the standard input for `-`; None, after a message, if it is unreadable.

    Args:
        path: The file.
        max_size: How many bytes it may have, decompressed.
    """
    try:
        with open_binary(path) as raw:
            return read_document(decompressed(raw), max_size)
    except READ_ERRORS as error:
        report_unreadable(path, error)
        return None


def read_document(stream: BinaryIO, max_size: int, head: bytes = b"") -> bytes:
    """Return the data of a stream; its head was read already.

    Raises:
        ValueError: It has more bytes than allowed.
    """
    # In blocks, because a reader may reserve as much memory as could be read.
    blocks = [head or stream.read(_BLOCK)]
    size = len(blocks[0])
    while size <= max_size and (block := stream.read(_BLOCK)):
        blocks.append(block)
        size += len(block)
    if size > max_size:
        raise ValueError(f"more than {max_size:,} bytes; see --max-size")
    return b"".join(blocks)


def report_unreadable(path: str, error: Exception) -> str:
    """Print on the standard error why a file cannot be read, and return the reason."""
    reason = "not enough memory" if isinstance(error, MemoryError) else str(getattr(error, "strerror", None) or error)
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
    data = data.removeprefix(BOM_UTF8)
    return is_mostly_objects(data) and any(problem.code in _NOT_ONE_DOCUMENT for problem in decode(data).problems)


def is_mostly_objects(data: bytes) -> bool:
    """Return whether the data has several lines, and at least half of them are JSON objects."""
    if b"\n" not in data.strip():
        # A document on one line need not be decoded here.
        return False
    lines = objects = 0
    for _, line in numbered_lines(data):
        lines += 1
        objects += _is_object(line)
    return lines > 1 and objects * 2 >= lines


def starts_with_object_line(head: bytes) -> bool:
    """Return whether the first line of a long file that is not blank is a JSON object; `head` is its beginning."""
    head = head.removeprefix(BOM_UTF8)
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


def is_hopeless(head: bytes) -> bool:
    """Return whether a long file that begins so is neither JSON, JSON Lines nor the repr of an object."""
    start = _LINE.search(head.removeprefix(BOM_UTF8))
    may_be_json = start is None or start[0][0] in _STARTS
    return find_other_format(head) is not None or not (may_be_json or is_mostly_objects(head))


def numbered_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    number, end = 1, 0
    # A file may have a hundred million blank lines.
    for match in _LINE.finditer(data):
        number += data.count(b"\n", end, match.start())
        start = data.rfind(b"\n", end, match.start()) + 1 or end
        end = match.end()
        yield number, data[start:end]


def with_head(head: bytes, stream: BinaryIO) -> BufferedReader[Any]:
    """Return a reader of a stream, and of the head that was read from it already."""
    return BufferedReader(_WithHead(head, stream), _BLOCK)


class _WithHead(RawIOBase):
    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = BytesIO(head)
        self._stream: Any = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = len(buffer)
        # What is there already, so that a line from a pipe does not wait for others.
        data = self._head.read(size) or self._stream.read1(size)
        buffer[: len(data)] = data
        return len(data)


def first_problem(decoded: Decoded) -> Problem:
    """Return the first problem of a text that is not JSON, without values if the environment says so."""
    return shown(Report(DEFAULT, decoded.problems)).problems[0]

"""Files as they are named and as they come: folders and patterns, plain or compressed, JSON or JSON Lines."""

from __future__ import annotations

import gzip
import json
import os
import sys
import zlib
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd
from ftschema.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import RawIOBase

READ_ERRORS: Final = (OSError, ValueError, EOFError, zlib.error, zstd.ZstdError)
"""What reading a file may raise: it is not there, closed, or its compressed data is broken or cut short."""

_BLOCK = 1 << 20


def named(path: str) -> str:
    """Return how a file is called, as Unicode text; `-` is the standard input."""
    return "<stdin>" if path == "-" else os.fsencode(path).decode(errors="replace")


def shown(path: str) -> str:
    """Return how a file is called in what is printed: on one line, and nothing that a terminal would obey."""
    return printable(named(path))


@contextmanager
def opened(path: str | Path | None) -> Iterator[BufferedReader[Any]]:
    """Open a file for its bytes as they are; None is the standard input, which stays open.

    Raises:
        OSError: It cannot be opened.
        ValueError: The standard input is closed, or the name is none of a file.
    """
    if path is not None:
        with Path(path).open("rb") as stream:
            yield stream
        return
    if sys.stdin is None:
        raise ValueError("it is closed")
    given: BufferedReader[Any] = BufferedReader(cast("RawIOBase", sys.stdin.buffer))
    try:
        yield given
    finally:
        given.detach()


def unpacked(stream: BufferedReader[Any]) -> BinaryIO:
    """Return what reads a stream, decompressed where its first bytes are those of gzip or Zstandard."""
    head = stream.peek(4)
    if head.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.open(stream))
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return cast("BinaryIO", zstd.open(stream))
    return stream


def lines_of(stream: BinaryIO, head: bytes = b"") -> Iterator[bytes]:
    """Yield the lines of a stream without their line feeds, holding few of them; `head` was read from it already."""
    block = head or stream.read(_BLOCK)
    begun: list[bytes] = []
    while block:
        first, *rest = block.split(b"\n")
        begun.append(first)
        if rest:
            yield b"".join(begun)
            yield from rest[:-1]
            begun = rest[-1:]
        block = stream.read(_BLOCK)
    yield b"".join(begun)


ENDINGS: Final = tuple(f"{kind}{packed}" for kind in (".json", ".jsonl", ".ndjson") for packed in ("", ".gz", ".zst"))
"""How the names of the files end that are taken from a folder."""


def files_of(name: str) -> Iterator[str | OSError]:
    """Yield the files that a name stands for, in order, and an error for what cannot be searched or holds none.

    The name is that of a file, whether it is there or not; of a folder, whose files of JSON are taken at every depth
    (links to folders are not followed); or a pattern of files, where `**` is any number of folders. Each error has
    the name of its place as `filename`.
    """
    if Path(name).is_dir():
        yield from _inside(name)
    elif os.path.lexists(name):
        yield name
    else:
        yield from _matching(name)


def _inside(folder: str) -> Iterator[str | OSError]:
    errors: list[OSError] = []
    found = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=errors.append)
        for name in names
        if name.lower().endswith(ENDINGS)
    ]
    yield from errors
    # By folders, not by characters: what is in `a` stands before what is in `a-b`.
    yield from map(str, sorted(found, key=lambda path: path.parts))
    if not (found or errors):
        yield FileNotFoundError(None, "no file of JSON or JSON Lines in this folder", folder)


def _matching(pattern: str) -> Iterator[str | OSError]:
    from glob import glob, has_magic  # noqa: PLC0415  # most runs name files

    if not has_magic(pattern):
        yield pattern
        return
    matches = sorted(glob(pattern, recursive=True))  # noqa: PTH207  # a Path takes no pattern that begins with a root
    found = [path for path in matches if not Path(path).is_dir()]
    yield from found
    if not found:
        yield FileNotFoundError(None, "no file matches this pattern", pattern)


def is_lines(data: bytes) -> bool:
    """Return whether bytes that are no JSON document hold several, by the lines: at least half are JSON objects."""
    objects = [_is_object(line) for _, line in rows_of(data)]
    return len(objects) > 1 and sum(objects) * 2 >= len(objects)


def begins_with_a_line(head: bytes) -> bool:
    """Return whether the beginning of a long file has a JSON object as its first line that is not blank."""
    first = next((line for _, line in rows_of(head)), b"")
    return len(first) < len(head.strip()) and _is_object(first)


def rows_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    return ((number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip())


def _is_object(line: bytes) -> bool:
    line = line.strip()
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True

"""Files as they come: plain or compressed, small or larger than memory."""

from __future__ import annotations

import gzip
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

"""The part of a text around an offset: short, printable, and within one line."""

from __future__ import annotations

from attrs import frozen

from ftschema.core.text import printable
from ftschema.jsontext.tokens import token_at

# The bytes that continue a character in UTF-8.
_CONTINUATION = range(0b1000_0000, 0b1100_0000)


@frozen
class Excerpt:
    """A part of a line.

    Attributes:
        before: The text before the offset; it begins with `…` if it was cut.
        marked: The string, number, word or character at the offset; empty at the end of a line.
        after: The rest of the line; it ends with `…` if it was cut.
    """

    before: str
    marked: str
    after: str


def excerpt(data: bytes, offset: int, before: int = 400, after: int = 1_200) -> Excerpt:
    """Return the line around an offset; bytes that are not UTF-8 are shown as U+FFFD.

    Args:
        data: The text.
        offset: The offset in bytes.
        before: The largest number of bytes before the offset.
        after: The largest number of bytes from the offset on.
    """
    start = data.rfind(b"\n", 0, offset) + 1
    end = data.find(b"\n", offset)
    end = len(data) if end < 0 else end
    first, last = max(start, offset - before), min(end, offset + after)
    # Cut between characters.
    while start < first < offset and data[first] in _CONTINUATION:
        first += 1
    while offset < last < end and data[last] in _CONTINUATION:
        last -= 1
    head = data[first:offset].decode(errors="replace")
    tail = data[offset:last].decode(errors="replace").removesuffix("\r")
    marked = token_at(tail)
    return Excerpt(
        before="…" * (first > start) + _printable(head),
        marked=_printable(marked),
        after=_printable(tail[len(marked) :]) + "…" * (last < end),
    )


def _printable(text: str) -> str:
    # Terminals and browsers differ in the width of a tab.
    return printable(text.replace("\t", "    "))

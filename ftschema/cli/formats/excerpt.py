"""The part of a text around a place, fit to be shown: one line, short, and printable."""

from __future__ import annotations

import re

from attrs import frozen

from ftschema.core.text import printable

# A string, even one that is not closed; a number or a word; or one character of any other kind.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|[^\s{}\[\],:"]+|.')
# The bytes of UTF-8 that are not the first of a character.
_INSIDE = range(0b1000_0000, 0b1100_0000)


@frozen
class Excerpt:
    """A part of a line.

    Attributes:
        before: What stands before the place; begins with `…` where more does.
        marked: What is at the place: a whole string, number or word, or one character; empty at the end of a line.
        after: What follows; ends with `…` where more does.
    """

    before: str
    marked: str
    after: str


def excerpt(data: bytes, offset: int, before: int = 400, after: int = 1_200) -> Excerpt:
    """Return the line around a byte of a text; what is not UTF-8 is shown as U+FFFD.

    Args:
        data: The text.
        offset: The place in it, from 0.
        before: How many bytes of the line are looked at before the place.
        after: How many from there on.
    """
    start = data.rfind(b"\n", 0, offset) + 1
    end = data.find(b"\n", offset)
    end = len(data) if end < 0 else end
    first, last = max(start, offset - before), min(end, offset + after)
    # No cut goes through a character.
    while start < first < offset and data[first] in _INSIDE:
        first += 1
    while offset < last < end and data[last] in _INSIDE:
        last -= 1
    begun = data[first:offset].decode(errors="replace")
    rest = data[offset:last].decode(errors="replace").removesuffix("\r")
    piece = _PIECE.match(rest)
    marked = piece[0] if piece else ""
    return Excerpt(
        before="…" * (first > start) + _shown(begun),
        marked=_shown(marked),
        after=_shown(rest[len(marked) :]) + "…" * (last < end),
    )


def _shown(text: str) -> str:
    # A tab is as wide as a terminal and a browser like.
    return printable(text.replace("\t", "    "))

"""How values are shown in messages: short, printable, and never a whole payload; and which words are alike."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_TEXT = 60
_LONGEST_SHOWN = 100
_LONGEST_LIST = 240
# Python refuses to write integers past 4,300 digits, and nobody reads this many.
_LARGEST_SHOWN = 10**30

# Made once: `json.dumps` makes one for each call with options.
_write = json.JSONEncoder(ensure_ascii=False).encode


def printable(text: str) -> str:
    """Return the text with what a terminal cannot show, or would obey, escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def clip(text: str, longest: int) -> str:
    """Return the text in printable form, cut to about so many characters."""
    return printable(text if len(text) <= longest else f"{text[: longest - 1]}…")


def show(value: object) -> str:
    """Return a JSON value, or its beginning or a description, in at most about 100 characters."""
    if isinstance(value, str):
        text = printable(_write(value[:_LONGEST_TEXT])[:-1])
        whole = len(value) <= _LONGEST_TEXT and len(text) < _LONGEST_SHOWN
        return f'{text}"' if whole else f'{text[:_LONGEST_SHOWN]}…"'
    if isinstance(value, dict):
        return f"an object with {count(len(value), 'key')}" if value else "an empty object"
    if isinstance(value, list):
        return f"an array of {count(len(value), 'item')}" if value else "an empty array"
    if isinstance(value, int) and not -_LARGEST_SHOWN < value < _LARGEST_SHOWN:
        return "an integer of more than 30 digits"
    return json.dumps(value)


def either(phrases: Iterable[str]) -> str:
    """Return "a", "a or b", "a, b or c"."""
    *most, last = phrases
    return clip(f"{', '.join(most)} or {last}" if most else last, _LONGEST_LIST)


def count(number: int, noun: str) -> str:
    """Return a number of things in words: `1 key`, `2,000 keys`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def closest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return the known word that is most like another, if one is at least so much like it (from 0 to 1)."""
    from difflib import get_close_matches  # noqa: PLC0415  # only a mistake needs it

    return next(iter(get_close_matches(word, [*known], n=1, cutoff=likeness)), None)


LONGEST_WORD: Final = 64
"""How long a word may be to be looked at; the longest key of a job has 29 characters. Who sends a longer one
meant none of ours."""

_JOINTS = str.maketrans("", "", "-_ \t\r\n")


def normalised(word: str) -> str:
    """Return what is left of a word without letter case, white space, hyphens and underscores.

    Nothing is left of one with letters beyond ASCII, where letter case is no simple matter, nor of a very long one.
    """
    return _normalised(word) if len(word) <= LONGEST_WORD else ""


# The same few words come again and again.
@lru_cache(maxsize=1_000)
def _normalised(word: str) -> str:
    bare = word.strip()
    return bare.translate(_JOINTS).lower() if bare.isascii() else ""


@lru_cache(maxsize=1_000)
def same(word: str, known: tuple[str, ...]) -> str | None:
    """Return the one known word that differs at most in case, white space, hyphens and underscores."""
    meant = normalised(word)
    found = [other for other in known if meant and normalised(other) == meant]
    return found[0] if len(found) == 1 else None

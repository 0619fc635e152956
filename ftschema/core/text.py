"""How values are shown in messages: short, printable, and never a whole payload."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_TEXT = 60
_LONGEST_SHOWN = 100
_LONGEST_LIST = 240
# Python refuses to write integers past 4,300 digits, and nobody reads this many.
_LARGEST_SHOWN = 10**30

# Made once: `json.dumps` makes one for each call with options.
_write = json.JSONEncoder(ensure_ascii=False).encode

_TYPE_NOUNS = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def printable(text: str) -> str:
    """Return the text with what a terminal cannot show, or would obey, escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def clip(text: str, longest: int) -> str:
    """Return the text in printable form, cut to about so many characters."""
    return printable(text if len(text) <= longest else f"{text[: longest - 1]}…")


def type_noun(json_type: str) -> str:
    """Return the name of a JSON Schema type with its article."""
    return _TYPE_NOUNS[json_type]


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


def similar(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like another, if one is like it."""
    from difflib import get_close_matches  # noqa: PLC0415  # only a mistake needs it

    return next(iter(get_close_matches(name, [*known], n=1)), None)

"""Values, words and tables as text: short, printable, never a whole payload; and "did you mean?"."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST_TEXT = 60
_LONGEST_SHOWN = 100
_LONGEST_LIST = 240
# Python does not write integers of more than 4,300 digits, and no one reads that many.
_LARGEST_SHOWN = 10**30

# `json.dumps` takes ten times as long for these, and for integers.
_CONSTANTS: Final = {None: "null", True: "true", False: "false"}

# Made once, because `json.dumps` makes one for each call with options.
_encode = json.JSONEncoder(ensure_ascii=False).encode
_escape = json.JSONEncoder().encode


def printable(text: str) -> str:
    r"""Return the text with all characters escaped that are not shown, or change how others are shown.

    These are control and format characters, such as those that reverse the direction of a line, line separators, halves
    of surrogate pairs and what Unicode does not define. The escapes are those of JSON, such as `\n` or `\u202e`, so a
    JSON text keeps its meaning.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c)[1:-1] for c in text)


def shorten(text: str, longest: int) -> str:
    """Return the text in printable form, cut to about `longest` characters."""
    return printable(text if len(text) <= longest else f"{text[: longest - 1]}…")


def format_value(value: object) -> str:
    """Return a JSON value as text of at most about 100 characters: the value, its beginning or a description."""
    if isinstance(value, str):
        text = printable(_encode(value[:_LONGEST_TEXT])[:-1])
        whole = len(value) <= _LONGEST_TEXT and len(text) <= _LONGEST_SHOWN
        return f'{text}"' if whole else f'{text[:_LONGEST_SHOWN]}…"'
    if isinstance(value, dict):
        return f"an object with {plural(len(value), 'key')}" if value else "an empty object"
    if isinstance(value, list):
        return f"an array of {plural(len(value), 'item')}" if value else "an empty array"
    if value is None or value is True or value is False:
        return _CONSTANTS[value]
    if isinstance(value, int):
        return f"{value:d}" if -_LARGEST_SHOWN < value < _LARGEST_SHOWN else "an integer of more than 30 digits"
    return json.dumps(value)


def abridged(value: Any) -> Any:
    """Return a JSON value as data of about that length: the value, or a dict of its type, its length and its start."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return {"type": "string", "length": len(value), "start": value[:_LONGEST_TEXT]}
    if isinstance(value, dict):
        return {"type": "object", "length": len(value)}
    if isinstance(value, list):
        return {"type": "array", "length": len(value)}
    if isinstance(value, int) and not -_LARGEST_SHOWN < value < _LARGEST_SHOWN:
        return {"type": "integer"}
    return value


def as_unicode(text: str) -> str:
    """Return a text with halves of surrogate pairs escaped, which Unicode text cannot have."""
    return text.encode("utf-8", "backslashreplace").decode()


def type_name(kind: type) -> str:
    """Return the name of a class with its package, because this one and the SDK both have a `FineTuningJob`."""
    package = str(kind.__module__).partition(".")[0]
    return shorten(kind.__name__ if package == "builtins" else f"{package}.{kind.__name__}", 60)


def join_or(phrases: Iterable[str]) -> str:
    """Return "a", "a or b", "a, b or c"."""
    *others, last = phrases
    return shorten(f"{', '.join(others)} or {last}" if others else last, _LONGEST_LIST)


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: `1 key`, `2,000 keys`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def table(rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as lines with aligned columns; the first row is the header."""
    texts = [[printable(str(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in texts)


LONGEST_WORD: Final = 64
"""The longest word that is compared with the known ones; the longest key of a job has 29 characters."""

_SEPARATORS = str.maketrans("", "", "-_ \t\r\n")


# The same few words come again and again, and difflib takes longer than the check that finds them wrong.
@lru_cache(maxsize=1_000)
def closest(word: str, known: tuple[str, ...], similarity: float = 0.6) -> str | None:
    """Return the known word most similar to another; None if none is as similar as required, from 0 to 1."""
    from difflib import get_close_matches  # noqa: PLC0415  # only a mistake needs it

    return next(iter(get_close_matches(word, known, n=1, cutoff=similarity)), None)


def normalize(word: str) -> str:
    """Return a word in lower case, without white space, hyphens and underscores.

    The result is empty for a very long word, and for one with letters beyond ASCII, whose case is not that simple.
    """
    return _normalize(word) if len(word) <= LONGEST_WORD else ""


@lru_cache(maxsize=1_000)
def _normalize(word: str) -> str:
    bare = word.strip()
    return bare.translate(_SEPARATORS).lower() if bare.isascii() else ""


@lru_cache(maxsize=1_000)
def same_ignoring_case(word: str, known: tuple[str, ...]) -> str | None:
    """Return the only known word that equals another but for case, white space, hyphens and underscores."""
    bare = normalize(word)
    same = [other for other in known if bare and normalize(other) == bare]
    return same[0] if len(same) == 1 else None

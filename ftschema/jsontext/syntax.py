"""Where and why a text is not JSON; asked only once it could not be read.

The place is where reading stops to make sense: the first character of what may not stand there. It is the comma for one
before a closing bracket, the beginning of a string that is never closed, and the last character but white space where
the text ends too early.
"""

from __future__ import annotations

import re
from typing import Final

from ftschema.core.report import Problem
from ftschema.core.text import clip
from ftschema.jsontext.data import DEEPEST
from ftschema.jsontext.locate import position
from ftschema.jsontext.mistakes import Wanted, named

_NO_WHITE_SPACE: Final = re.compile(r"[^ \t\n\r]")

# What a string holds; never goes back, so that a string of any length is passed once.
_CHARACTERS: Final = re.compile(r'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')

# NaN and the infinities are read, and reported as numbers that JSON does not have.
_PIECE: Final = re.compile(
    rf"""
    [ \t\n\r]*+ (?:
        (?P<mark> [{{}}\[\],:] )
        | (?P<string> "{_CHARACTERS.pattern}" )
        | (?P<scalar>
            (?: -?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+ | true | false | null | NaN | -?Infinity )
            (?![\w.+-])
        )
    )""",
    re.VERBOSE,
)

# What a value may begin with, and what is wanted then; behind a whole value that depends on what it lies in.
_VALUE: Final = {"{": Wanted.FIRST_KEY, "[": Wanted.FIRST_ITEM, "string": None, "scalar": None}
_NEXT: Final[dict[Wanted, dict[str, Wanted | None]]] = {
    Wanted.DOCUMENT: _VALUE,
    Wanted.FIRST_ITEM: _VALUE | {"]": None},
    Wanted.ITEM: _VALUE,
    Wanted.AFTER_ITEM: {",": Wanted.ITEM, "]": None},
    Wanted.FIRST_KEY: {"string": Wanted.COLON, "}": None},
    Wanted.KEY: {"string": Wanted.COLON},
    Wanted.COLON: {":": Wanted.VALUE},
    Wanted.VALUE: _VALUE,
    Wanted.AFTER_VALUE: {",": Wanted.KEY, "}": None},
    Wanted.END: {},
}
_AFTER: Final = {"[": Wanted.AFTER_ITEM, "{": Wanted.AFTER_VALUE}
_NOUNS: Final = {"[": "array", "{": "object"}


def fault(text: str) -> Problem | None:
    """Return the first thing for which a text cannot be read, with its offset in characters; None if there is none.

    It is found in one pass, which ends where a text goes deeper than a payload may.
    """
    if text.startswith("\ufeff"):
        return Problem("", "json-bom", "expected JSON text, found a byte order mark before it", offset=0)
    # The offsets of the brackets that are open.
    opened: list[int] = []
    wanted, at = Wanted.DOCUMENT, 0
    while piece := _PIECE.match(text, at):
        kind = piece["mark"] or piece.lastgroup or ""
        if kind not in _NEXT[wanted]:
            break
        at = piece.end()
        if kind in _AFTER:
            opened.append(at - 1)
            if len(opened) > DEEPEST:
                message = f"expected at most {DEEPEST} levels of nesting, found more"
                return Problem("", "json-depth", message, offset=at - 1)
        elif kind in {"]", "}"}:
            opened.pop()
        wanted = _NEXT[wanted][kind] or (_AFTER[text[opened[-1]]] if opened else Wanted.END)
    return _fault(text, at, wanted, opened)


def _fault(text: str, at: int, wanted: Wanted, opened: list[int]) -> Problem | None:
    """Return what is wrong behind the last piece that makes sense, which ends at a place."""
    rest = _NO_WHITE_SPACE.search(text, at)
    if not rest:
        if wanted is Wanted.DOCUMENT:
            return Problem("", "json-empty", "expected a JSON document, found an empty text", offset=0)
        return (
            _syntax(at, wanted, "the end of the text", f"truncated in {_innermost(text, opened)}") if opened else None
        )
    start, found = rest.start(), rest[0]
    if found in "]}":
        if wanted in {Wanted.ITEM, Wanted.KEY}:
            return _syntax(at - 1, wanted, "a trailing comma", "JSON has none before a closing bracket")
        if opened and found not in _NEXT[_AFTER[text[opened[-1]]]]:
            return _syntax(start, wanted, f'"{found}"', f"{_innermost(text, opened)} is not closed")
    if found == '"' and "string" in _NEXT[wanted]:
        return _fault_in_string(text, start)
    return _misplaced(text, start, wanted)


def _fault_in_string(text: str, start: int) -> Problem:
    end = next(_CHARACTERS.finditer(text, start + 1)).end()
    if re.compile(r"(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z").match(text, end):
        return _syntax(start, Wanted.QUOTATION_MARK, "the end of the text", "an unclosed string begins here")
    return _misplaced(text, end, Wanted.CHARACTER)


def _misplaced(text: str, offset: int, wanted: Wanted) -> Problem:
    found, reason = named(text, offset, wanted)
    return _syntax(offset, wanted, clip(found, 60) if found.startswith('"') else f'"{clip(found, 60)}"', reason)


def _innermost(text: str, opened: list[int]) -> str:
    """Return the object or array that is still open in words, with its line only where there are several."""
    line, column = position(text, opened[-1])
    place = f"line {line:,}, column {column:,}" if "\n" in text else f"column {column:,}"
    return f"the {_NOUNS[text[opened[-1]]]} that begins at {place}"


def _syntax(offset: int, wanted: Wanted, found: str, reason: str) -> Problem:
    message = f"expected {wanted.value}, found {found}"
    return Problem("", "json-syntax", f"{message}: {reason}" if reason else message, offset=offset)

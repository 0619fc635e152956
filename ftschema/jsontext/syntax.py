r"""Find the first syntax error of a text that is not JSON, and name the mistake.

The offset is that of the first character that is not allowed. For a trailing comma it is the comma, for a string that
is not closed its start, and for a truncated text the last character before white space. `MISTAKES` lists what people
and other languages often write instead of JSON.

Facts, from RFC 8259: one document, no comments, no comma before a closing bracket, strings and keys in double quotes
without line breaks, nine escapes, decimal numbers, three words in lower case, four kinds of white space.
"""

from __future__ import annotations

import re
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from attrs import frozen

from ftschema.core.report import Problem
from ftschema.core.text import as_unicode, shorten
from ftschema.jsontext.data import DEEPEST
from ftschema.jsontext.locate import place
from ftschema.jsontext.tokens import token_at


class Expected(Enum):
    """The syntax that is expected next, as messages name it."""

    DOCUMENT = "a JSON document"
    FIRST_ITEM = "a value or ]"
    ITEM = "another value"
    AFTER_ITEM = "a comma or ]"
    FIRST_KEY = "a key in double quotes or }"
    KEY = "another key in double quotes"
    COLON = "a colon"
    VALUE = "a value"
    AFTER_VALUE = "a comma or }"
    CHARACTER = "a character of the string, or its end"
    QUOTATION_MARK = "a closing quotation mark"
    END = "the end of the text"

    if TYPE_CHECKING:

        def __hash__(self) -> int: ...

    else:
        # As fast as C: this is a key for each piece of a text.
        __hash__ = object.__hash__


TOKENS: Final = MappingProxyType(
    {
        Expected.DOCUMENT: ("document",),
        Expected.FIRST_ITEM: ("value", "]"),
        Expected.ITEM: ("value",),
        Expected.AFTER_ITEM: (",", "]"),
        Expected.FIRST_KEY: ("key", "}"),
        Expected.KEY: ("key",),
        Expected.COLON: (":",),
        Expected.VALUE: ("value",),
        Expected.AFTER_VALUE: (",", "}"),
        Expected.CHARACTER: ("character", '"'),
        Expected.QUOTATION_MARK: ('"',),
        Expected.END: ("end",),
    }
)
"""The same as data: the marks of JSON that may follow, or words for a value, a key and the like."""

IN_WORDS: Final = MappingProxyType(
    {TOKENS[one]: one.value for one in Expected} | {("repr",): "the repr of an SDK object"}
)
"""The words for the data of a problem."""

_START = frozenset({Expected.DOCUMENT})
_END = frozenset({Expected.END})
_VALUES = frozenset({Expected.DOCUMENT, Expected.FIRST_ITEM, Expected.ITEM, Expected.VALUE})
_KEYS = frozenset({Expected.FIRST_KEY, Expected.KEY})
_FIRST_ITEM = frozenset({Expected.FIRST_ITEM})
_COLON = frozenset({Expected.COLON})
_AFTER_KEY = frozenset({Expected.COLON, Expected.VALUE})
_AFTER_ITEM = frozenset({Expected.AFTER_ITEM})
_AFTER = frozenset({Expected.AFTER_ITEM, Expected.AFTER_VALUE})
_AFTER_COMMA = frozenset({Expected.ITEM, Expected.KEY})
_IN_STRING = frozenset({Expected.CHARACTER})
_ANYWHERE = frozenset(Expected) - _IN_STRING


@frozen
class Mistake:
    """One kind of mistake.

    Attributes:
        looks: Regular expression of the text at the error.
        reason: Why it is not JSON, or what to write instead.
        where: The expected syntax for which this mistake is looked for.
    """

    looks: str
    reason: str
    where: frozenset[Expected]


# How much of a text at an error is shown.
_LONGEST_FOUND = 60

MISTAKES: Final = (
    # Not JSON at all.
    Mistake("<", "this looks like HTML or XML", _START),
    Mistake("```", "this looks like Markdown; remove the text around the JSON", _START),
    Mistake(r"---|[A-Za-z_]\w*:(?=[ \r\n])", "this looks like YAML, or a stream of events", _START),
    Mistake(
        r"[^\s\"\[\]{}]{1,300}\.(?:json|jsonl|ndjson)(?:\.gz|\.zst)?\Z", "this is the name of a file; open it", _START
    ),
    Mistake(r"[A-Za-z_][\w.]*\(", "this looks like the repr of a Python object, or a call", _START),
    Mistake(r"object Object\]", "a JavaScript object was converted to text", _FIRST_ITEM),
    Mistake(r'\\+"', "the quotation marks are escaped, as inside a string", _ANYWHERE),
    # More than one document.
    Mistake(r"(?<=\n)[\[{]", "this looks like JSON Lines; use check_lines or ftschema check --lines", _END),
    Mistake(r"[\[{]", "a text has only one document", _END),
    Mistake(r"[\]}]", "there are more closing brackets than opening ones", _END),
    # Between values.
    Mistake(r"//|/\*|#", "JSON has no comments", _ANYWHERE),
    Mistake(r"\.\.\.|…", "something was omitted here", _ANYWHERE),
    Mistake(r"[^\S \t\n\r]|[\u200b\u2060\ufeff]", "JSON's white space is spaces, tabs and line breaks", _ANYWHERE),
    Mistake(",", "there is nothing between two commas", _AFTER_COMMA),
    Mistake("=>?", "a colon separates a key from its value", _COLON),
    Mistake(":", "an array has no keys", _AFTER_ITEM),
    Mistake(";", "values are separated by commas", _AFTER),
    # Strings and keys.
    Mistake("'", "JSON has no single quotes, only double ones", _ANYWHERE),
    Mistake(r"[`\u00b4\u2018-\u201f\u00ab\u00bb]", "JSON strings have straight double quotes", _ANYWHERE),
    Mistake(r"[^\W\d][\w$-]*|-?\d[\d.]*", "JSON keys are strings, in double quotes", _KEYS),
    Mistake("[,}]", "a key without a value", _AFTER_KEY),
    Mistake(r'(?<=")\w+', 'a quotation mark inside a string is written as \\"', _AFTER | _COLON),
    Mistake(r"(?=[\"{\[\w+-])", "a comma is missing before it", _AFTER),
    Mistake(r"(?=[\"{\[\w+-])", "a colon is missing before it", _COLON),
    # Words.
    Mistake(r"(?:t|tr|tru|f|fa|fal|fals|n|nu|nul)\Z", "the text ends in the middle of a word", _VALUES),
    Mistake(r"(?:None|True|False)\b", "this is Python's spelling; JSON has null, true and false", _VALUES),
    Mistake(r"(?i:true|false|null)\b", "JSON has true, false and null, in lower case", _VALUES),
    Mistake(r"undefined\b", "JSON has no undefined; write null, or omit the key", _VALUES),
    Mistake(r"(?i:[+-]?nan|[+-]?inf(?:inity)?)\b", "JSON has neither NaN nor infinities", _VALUES),
    # Numbers.
    Mistake(r"[+-]?0[xXoObB]\w+", "JSON numbers are decimal", _VALUES),
    Mistake(r"[+-]?\d[\d.]*_[\d._]*", "JSON numbers have no underscores", _VALUES),
    Mistake(r"-?0\d[\d.]*", "JSON numbers have no leading zeros", _VALUES),
    Mistake(r"\++[\d.]+", "JSON numbers have no plus sign", _VALUES),
    Mistake(r"-?\.\d+", "a decimal point needs a digit before it", _VALUES),
    Mistake(r"-?\d+\.(?!\d)", "a decimal point needs a digit after it", _VALUES),
    Mistake(r"-?\d+(?:\.\d+)?[eE][+-]?(?![\w+-])", "an exponent needs a digit", _VALUES),
    Mistake(r"-(?!\d)", "a minus sign needs a digit after it", _VALUES),
    Mistake(r"-?\d[\w.+:-]*", "this is not a number, and text needs double quotes", _VALUES),
    # Any other text.
    Mistake(r"[^\W\d]\w*", "this looks like plain text", _START),
    Mistake(r"[^\W\d]\w*", "text needs double quotes", _VALUES),
    # Inside strings.
    Mistake(r"\\u\w{0,4}", r"\u is followed by four hexadecimal digits", _IN_STRING),
    Mistake(r"\\x\w{0,2}", r"JSON writes \u00e9 for \xe9", _IN_STRING),
    Mistake(r"\\'", "a single quote in a string has no backslash before it", _IN_STRING),
    Mistake(r"\\.?", r"a backslash is written as \\", _IN_STRING),
    Mistake(r"[\r\n]", r"a line break in a string is written as \n; or a quotation mark is missing", _IN_STRING),
    Mistake(r"\t", r"a tab in a string is written as \t", _IN_STRING),
    Mistake(r"[\x00-\x1f]", r"a control character in a string is written as \u and four digits", _IN_STRING),
)
"""The mistakes, in the order in which they are tried."""


def _name_mistake(text: str, offset: int, expected: Expected) -> tuple[str, str]:
    """Return the text at the error, and the reason why it is not allowed.

    The text is never empty, but may be long. The reason is empty if the mistake is not a known one.
    """
    for mistake in MISTAKES:
        if expected in mistake.where and (match := re.compile(mistake.looks).match(text, offset)):
            return match[0] or token_at(text, offset), mistake.reason
    return token_at(text, offset), ""


_NO_WHITE_SPACE: Final = re.compile(r"[^ \t\n\r]")

# The characters of a string. A string of any length is read once: what is between two escapes is not tried again. No
# group is possessive, because those are wrong before Python 3.11.5 (gh-106052).
_CHARACTERS: Final = re.compile(r'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*')

# NaN and infinities are accepted here, and reported later as numbers that JSON does not have.
_PIECE: Final = re.compile(
    rf"""
    [ \t\n\r]*+ (?:
        (?P<mark> [{{}}\[\],:] )
        | (?P<string> "{_CHARACTERS.pattern}" )
        | (?P<scalar>
            (?: -?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)? | true | false | null | NaN | -?Infinity )
            (?![\w.+-])
        )
    )""",
    re.VERBOSE,
)

# How a value may begin, and what is expected then; None after a whole value, where the container decides.
_VALUE: Final = {"{": Expected.FIRST_KEY, "[": Expected.FIRST_ITEM, "string": None, "scalar": None}
_NEXT: Final[dict[Expected, dict[str, Expected | None]]] = {
    Expected.DOCUMENT: _VALUE,
    Expected.FIRST_ITEM: _VALUE | {"]": None},
    Expected.ITEM: _VALUE,
    Expected.AFTER_ITEM: {",": Expected.ITEM, "]": None},
    Expected.FIRST_KEY: {"string": Expected.COLON, "}": None},
    Expected.KEY: {"string": Expected.COLON},
    Expected.COLON: {":": Expected.VALUE},
    Expected.VALUE: _VALUE,
    Expected.AFTER_VALUE: {",": Expected.KEY, "}": None},
    Expected.END: {},
}
_AFTER_VALUE_IN: Final = {"[": Expected.AFTER_ITEM, "{": Expected.AFTER_VALUE}
_NOUNS: Final = {"[": "array", "{": "object"}


def find_syntax_error(text: str) -> Problem | None:
    """Return the first syntax error of a text, with its offset in characters, or None if there is none.

    The text is read once, and only to the deepest level of nesting that is allowed.
    """
    if text.startswith("\ufeff"):
        message = "expected JSON text, found a byte order mark before it"
        return Problem("", "json-bom", message, offset=0, expected=["document"], found="\ufeff")
    # The offsets of the open brackets.
    opened: list[int] = []
    expected, at = Expected.DOCUMENT, 0
    while piece := _PIECE.match(text, at):
        kind = piece["mark"] or piece.lastgroup or ""
        if kind not in _NEXT[expected]:
            break
        at = piece.end()
        if kind in _AFTER_VALUE_IN:
            opened.append(at - 1)
            if len(opened) > DEEPEST:
                message = f"expected at most {DEEPEST} levels of nesting, found more"
                return Problem("", "json-depth", message, offset=at - 1, expected=DEEPEST)
        elif kind in {"]", "}"}:
            opened.pop()
        expected = _NEXT[expected][kind] or (_AFTER_VALUE_IN[text[opened[-1]]] if opened else Expected.END)
    return _error_after(text, at, expected, opened)


def _error_after(text: str, at: int, expected: Expected, opened: list[int]) -> Problem | None:
    """Return the error after the last valid piece, which ends at `at`."""
    rest = _NO_WHITE_SPACE.search(text, at)
    if not rest:
        if expected is Expected.DOCUMENT:
            message = "expected a JSON document, found an empty text"
            return Problem("", "json-empty", message, offset=0, expected=["document"], found="")
        return _syntax(at, expected, "", f"truncated in {_innermost(text, opened)}") if opened else None
    start, found = rest.start(), rest[0]
    if found in "]}":
        if expected in {Expected.ITEM, Expected.KEY}:
            return _syntax(at - 1, expected, ",", "JSON has none before a closing bracket", "a trailing comma")
        if opened and found not in _NEXT[_AFTER_VALUE_IN[text[opened[-1]]]]:
            return _syntax(start, expected, found, f"{_innermost(text, opened)} is not closed")
    if found == '"' and "string" in _NEXT[expected]:
        return _error_in_string(text, start)
    return _misplaced(text, start, expected)


def _error_in_string(text: str, start: int) -> Problem:
    end = next(_CHARACTERS.finditer(text, start + 1)).end()
    if re.compile(r"(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z").match(text, end):
        return _syntax(start, Expected.QUOTATION_MARK, "", "an unclosed string begins here")
    return _misplaced(text, end, Expected.CHARACTER)


def _misplaced(text: str, offset: int, expected: Expected) -> Problem:
    found, reason = _name_mistake(text, offset, expected)
    return _syntax(offset, expected, found, reason)


def _innermost(text: str, opened: list[int]) -> str:
    """Describe the innermost open object or array, with its line if the text has several."""
    return f"the {_NOUNS[text[opened[-1]]]} that begins at {place(text, opened[-1])}"


def _syntax(offset: int, expected: Expected, found: str, reason: str, shown: str = "") -> Problem:
    """Return a syntax error; `found` is the text there, empty at the end, and is shown in quotes or as is told."""
    text = shorten(found, _LONGEST_FOUND)
    shown = shown or ((text if found.startswith('"') else f'"{text}"') if found else "the end of the text")
    message = f"expected {expected.value}, found {shown}"
    return Problem(
        "",
        "json-syntax",
        f"{message}: {reason}" if reason else message,
        offset=offset,
        expected=[*TOKENS[expected]],
        found=as_unicode(found[:_LONGEST_FOUND]),
    )

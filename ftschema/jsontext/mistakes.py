r"""What people, and other languages, write where JSON has something else: the mistakes that have a name.

Facts: what JSON has is said by RFC 8259: one document, no comments, no comma before a closing bracket, strings and keys
in double quotes without line breaks, nine escapes, decimal numbers, three words in small letters, four kinds of white
space.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from attrs import frozen


class Wanted(Enum):
    """What may stand next in a text, in the words of messages."""

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


_START = frozenset({Wanted.DOCUMENT})
_END = frozenset({Wanted.END})
_VALUES = frozenset({Wanted.DOCUMENT, Wanted.FIRST_ITEM, Wanted.ITEM, Wanted.VALUE})
_KEYS = frozenset({Wanted.FIRST_KEY, Wanted.KEY})
_FIRST_ITEM = frozenset({Wanted.FIRST_ITEM})
_COLON = frozenset({Wanted.COLON})
_AFTER_KEY = frozenset({Wanted.COLON, Wanted.VALUE})
_AFTER_ITEM = frozenset({Wanted.AFTER_ITEM})
_AFTER = frozenset({Wanted.AFTER_ITEM, Wanted.AFTER_VALUE})
_AFTER_COMMA = frozenset({Wanted.ITEM, Wanted.KEY})
_IN_STRING = frozenset({Wanted.CHARACTER})
_ANYWHERE = frozenset(Wanted) - _IN_STRING


@frozen
class Mistake:
    """One kind of mistake.

    Attributes:
        looks: Regular expression of what stands where reading stops.
        reason: Why that is no JSON, or what to write.
        where: What could have stood there instead.
    """

    looks: str
    reason: str
    where: frozenset[Wanted]


MISTAKES: Final = (
    # Something else than JSON.
    Mistake("<", "this looks like HTML or XML", _START),
    Mistake("```", "this looks like Markdown; take away what stands around the JSON", _START),
    Mistake(r"---|[A-Za-z_]\w*:(?=[ \r\n])", "this looks like YAML, or a stream of events", _START),
    Mistake(r"[A-Za-z_][\w.]*\(", "this looks like the text of a Python object, or a call", _START),
    Mistake(r"object Object\]", "an object of JavaScript became text by itself", _FIRST_ITEM),
    Mistake(r'\\+"', "the quotation marks are escaped, as inside a string", _ANYWHERE),
    # More than one document.
    Mistake(r"(?<=\n)[\[{]", "this looks like JSON Lines, which check_lines and ftschema check --lines read", _END),
    Mistake(r"[\[{]", "a text holds one document", _END),
    Mistake(r"[\]}]", "there are more closing brackets than opening ones", _END),
    # Between values.
    Mistake(r"//|/\*|#", "JSON has no comments", _ANYWHERE),
    Mistake(r"\.\.\.|…", "something was left out here", _ANYWHERE),
    Mistake(r"[^\S \t\n\r]|[\u200b\u2060\ufeff]", "JSON's white space is spaces, tabs and line breaks", _ANYWHERE),
    Mistake(",", "there is nothing between two commas", _AFTER_COMMA),
    Mistake("=>?", "a colon stands between a key and its value", _COLON),
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
    Mistake(r"(?i:true|false|null)\b", "JSON has true, false and null, in small letters", _VALUES),
    Mistake(r"undefined\b", "JSON has no undefined; write null, or leave the key out", _VALUES),
    Mistake(r"(?i:[+-]?nan|[+-]?inf(?:inity)?)\b", "JSON has neither NaN nor infinities", _VALUES),
    # Numbers.
    Mistake(r"[+-]?0[xXoObB]\w+", "JSON numbers are decimal", _VALUES),
    Mistake(r"[+-]?\d[\d.]*_[\d._]*", "JSON numbers have no underscores", _VALUES),
    Mistake(r"-?0\d[\d.]*", "JSON numbers have no leading zeros", _VALUES),
    Mistake(r"\++[\d.]+", "JSON numbers have no plus sign", _VALUES),
    Mistake(r"-?\.\d+", "a digit stands before the decimal point", _VALUES),
    Mistake(r"-?\d+\.(?!\d)", "a digit stands after the decimal point", _VALUES),
    Mistake(r"-?\d+(?:\.\d+)?[eE][+-]?(?![\w+-])", "a digit stands after the e of a number", _VALUES),
    Mistake(r"-(?!\d)", "a digit stands after the minus sign", _VALUES),
    Mistake(r"-?\d[\w.+:-]*", "this is no number, and text stands in double quotes", _VALUES),
    # Any other text.
    Mistake(r"[^\W\d]\w*", "this looks like plain text", _START),
    Mistake(r"[^\W\d]\w*", "text stands in double quotes", _VALUES),
    # Inside strings.
    Mistake(r"\\u\w{0,4}", r"\u is followed by four hexadecimal digits", _IN_STRING),
    Mistake(r"\\x\w{0,2}", r"JSON writes \u00e9 for \xe9", _IN_STRING),
    Mistake(r"\\'", "a single quote stands in a string as it is", _IN_STRING),
    Mistake(r"\\.?", r"a backslash itself is written as \\", _IN_STRING),
    Mistake(r"[\r\n]", r"a line break in a string is written as \n; or a quotation mark is missing", _IN_STRING),
    Mistake(r"\t", r"a tab in a string is written as \t", _IN_STRING),
    Mistake(r"[\x00-\x1f]", r"a control character in a string is written as \u and four digits", _IN_STRING),
)
"""The mistakes, in the order in which they are looked for."""


def named(text: str, offset: int, wanted: Wanted) -> tuple[str, str]:
    """Return what stands at a place of a text where something else was wanted, and the reason why it may not.

    The first is never empty, but may be long. The second is empty where the mistake has no name.
    """
    for mistake in MISTAKES:
        if wanted in mistake.where and (found := re.compile(mistake.looks).match(text, offset)):
            return found[0] or _piece(text, offset), mistake.reason
    return _piece(text, offset), ""


def _piece(text: str, offset: int) -> str:
    """Return the string, word or character that begins at a place."""
    return next(re.compile(r'"[^"\\\n]*"?|[\w.+-]+|(?s:.)').finditer(text, offset))[0]

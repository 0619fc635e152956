"""From text to payload: what is JSON text and what is not, said so that a person can mend it.

Facts: Python's `json` takes NaN, Infinity, `1e999`, repeated keys and, in bytes, a byte order mark and UTF-16; RFC 8259
has none of them, and two readers of a repeated key may see two different jobs. Integers stay exact here; orjson
makes floats of those above 2^64 (tried), which is why it is not used.
"""

from __future__ import annotations

import json
import re
from typing import Any

from attrs import Factory, define, frozen

from ftschema.jsondata import LONGEST_INTEGER, TOO_LONG
from ftschema.pointer import join
from ftschema.report import Problem
from ftschema.wording import clip, show

_WHITE_SPACE = " \t\n\r"


@frozen
class Decoded:
    """What a text holds: a payload, or the problems for which it holds none."""

    payload: Any = None
    problems: tuple[Problem, ...] = ()


def decode(text: object) -> Decoded:
    """Return the payload of a JSON text, or why it has none.

    Numbers that no JSON reader can hold are left in the payload as values that are not JSON data, so that they are
    reported at their places.
    """
    if isinstance(text, bytes | bytearray | memoryview):
        try:
            text = bytes(text).decode()
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            return _fault("json-encoding", f"expected UTF-8, found the byte 0x{byte:02x} at offset {error.start:,}")
    if not isinstance(text, str):
        return _fault("json-type", f"expected text as str or bytes, found {clip(type(text).__name__, 60)}")
    if text.startswith("\ufeff"):
        return _fault("json-bom", "expected JSON text, found a byte order mark before it")
    if not text.strip(_WHITE_SPACE):
        return _fault("json-empty", "expected a JSON document, found an empty text")
    return _parsed(text)


def _parsed(text: str) -> Decoded:
    repeated = _Repeated()
    try:
        payload = json.loads(text, object_pairs_hook=repeated.collect, parse_int=_integer, parse_constant=float)
    except json.JSONDecodeError as error:
        return _fault("json-syntax", _syntax(error))
    except RecursionError:
        return _fault("json-depth", "expected a job, found too many levels of nesting to read")
    if repeated.found:
        return Decoded(problems=tuple(repeated.problems(payload)))
    return Decoded(payload)


def _fault(code: str, message: str) -> Decoded:
    return Decoded(problems=(Problem("", code, message),))


def _integer(digits: str) -> int:
    # A stand-in: the walk over the payload reports any integer as long as this one.
    return int(digits) if len(digits.lstrip("-")) <= LONGEST_INTEGER else TOO_LONG


@define
class _Repeated:
    """The objects of a text that have a key twice."""

    found: dict[int, tuple[object, list[str]]] = Factory(dict)

    def collect(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Make an object of its pairs; the decoder calls this for inner objects first."""
        members = dict(pairs)
        if len(members) < len(pairs):
            seen: set[str] = set()
            keys = [key for key, _ in pairs if key in seen or seen.add(key)]  # type: ignore[func-returns-value]  # add returns None
            # The object is kept too, so that its identity stays its own.
            self.found[id(members)] = members, list(dict.fromkeys(keys))
        return members

    def problems(self, payload: Any) -> list[Problem]:
        """Say where the repeated keys are, in the order of the document, but for those inside a replaced value."""
        problems: list[Problem] = []
        waiting: list[tuple[tuple[str | int, ...], Any]] = [((), payload)]
        while waiting:
            path, value = waiting.pop()
            _, keys = self.found.get(id(value), (None, ()))
            problems += [
                Problem(join((*path, key)), "json-duplicate-key", f"expected each key once, found {show(key)} again")
                for key in keys
            ]
            if isinstance(value, dict):
                waiting += reversed([((*path, key), member) for key, member in value.items()])
            elif isinstance(value, list):
                waiting += reversed([((*path, index), item) for index, item in enumerate(value)])
        return problems


# What stands at, or right before, the place where the decoder gave up; the first that fits is the reason.
_REASONS = (
    (r"\A\s*\Z", r"\s*<", "this looks like HTML or XML, not JSON"),
    (r"", r"\s*\Z", "the text ends in the middle of the document"),
    (r",\s*\Z", r"\s*[\]}]", "JSON allows no comma before a closing bracket"),
    (r"", r"\s*'", "JSON strings have double quotes"),
    (r"", r"\s*(//|/\*|#)", "JSON has no comments"),
    (r"", r"\s*(None|True|False)\b", "this is Python's spelling; JSON has null, true and false"),
)


# How the decoder names what it wants, in the words of the other messages.
_WANTED = {
    "Expecting value": "a value",
    "Expecting property name enclosed in double quotes": "a key in double quotes",
    "Expecting ':' delimiter": "a colon",
    "Expecting ',' delimiter": "a comma or a closing bracket",
}


def _syntax(error: json.JSONDecodeError) -> str:
    place = f"at line {error.lineno:,}, column {error.colno:,}"
    before, after = error.doc[: error.pos], error.doc[error.pos :]
    if error.msg.startswith("Unterminated string"):
        return f"expected the end of the string that begins {place}, found the end of the text"
    if error.msg == "Extra data":
        return f"expected one document, found more text after it {place}"
    wanted = _WANTED.get(error.msg)
    if not wanted:
        return f"expected JSON, found an {error.msg.removesuffix(' at').lower()} {place}"
    for left, right, reason in _REASONS:
        if re.search(left, before) and re.match(right, after):
            return f"expected {wanted} {place}: {reason}"
    return f"expected {wanted}, found {show(after[0])} {place}"

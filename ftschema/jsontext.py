"""From text to payload: what is JSON text and what is not, said so that a person can mend it.

Facts: Python's `json` takes NaN, Infinity, `1e999`, repeated keys and, in bytes, a byte order mark and UTF-16; RFC 8259
has none of them, and two readers of a repeated key may see two different jobs. msgspec has none of them either, but
for repeated keys, and keeps integers exact; orjson makes floats of those above 2^64 (tried).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
from attrs import Factory, define, frozen

from ftschema.jsondata import DEEPEST, LONGEST_INTEGER, SURROGATE, TOO_LONG
from ftschema.pointer import join
from ftschema.report import Problem
from ftschema.wording import clip, show

if TYPE_CHECKING:
    from collections.abc import Callable

_WHITE_SPACE = " \t\n\r"

_read, _write = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode

# A payload of so few bytes has fewer values than `jsondata` allows.
_LONGEST_QUICK = 1_000_000


@frozen
class Decoded:
    """What a text holds: a payload, or the problems for which it holds none; and the text, once it is one."""

    payload: Any = None
    problems: tuple[Problem, ...] = ()
    text: str = ""


def quick(text: str | bytes) -> Any:
    """Return the payload of a text that is plainly in order, or `...` where `decode` has to look closer.

    What is returned is JSON data.
    """
    try:
        data = text if isinstance(text, bytes) else text.encode()
    except (AttributeError, UnicodeError):
        return ...
    return quick_as(_read, data) if data.count(b"{") + data.count(b"[") <= DEEPEST else ...


def quick_as(read: Callable[[bytes], Any], text: str | bytes) -> Any:
    """Return what a reader of msgspec makes of a text that is plainly in order, else `...`.

    Outside its strings a text has a colon for each member of an object, so a member was repeated, or not read, exactly
    if what was read has fewer colons when it is written.
    """
    try:
        data = text if isinstance(text, bytes) else text.encode()
        if len(data) > _LONGEST_QUICK:
            return ...
        found = read(data)
        # A colon can hide in an escape.
        if b"\\" in data and b"\\u003" in data:
            return ...
        return found if _write(found).count(b":") == data.count(b":") else ...
    except (AttributeError, UnicodeError, msgspec.MsgspecError):
        return ...


def encode(payload: Any) -> bytes:
    """Return JSON data as text in UTF-8, on one line."""
    return _write(payload)


def decode(text: object) -> Decoded:
    """Return the payload of a JSON text, or why it has none.

    Numbers that no JSON reader can hold are left in the payload as values that are not JSON data, so that they are
    reported at their places.
    """
    if isinstance(text, bytes | bytearray | memoryview):
        try:
            text = bytes(text).decode()
        except UnicodeDecodeError as error:
            byte, before = error.object[error.start], error.object[: error.start].decode()
            message = f"expected UTF-8, found the byte 0x{byte:02x} at offset {error.start:,}"
            return _fault("json-encoding", message, before, len(before))
    if not isinstance(text, str):
        return _fault("json-type", f"expected text as str or bytes, found {clip(type(text).__name__, 60)}")
    if text.startswith("\ufeff"):
        return _fault("json-bom", "expected JSON text, found a byte order mark before it", text, 0)
    if not text.strip(_WHITE_SPACE):
        return _fault("json-empty", "expected a JSON document, found an empty text", text, 0)
    return _parsed(text)


def _parsed(text: str) -> Decoded:
    repeated = _Repeated()
    try:
        payload = json.loads(text, object_pairs_hook=repeated.collect, parse_int=_integer, parse_constant=float)
    except json.JSONDecodeError as error:
        return _fault("json-syntax", _syntax(error), text, error.pos)
    except RecursionError:
        return _fault("json-depth", "expected a job, found too many levels of nesting to read", text, 0)
    return Decoded(payload, tuple(repeated.problems(payload)) if repeated.found else (), text)


def _fault(code: str, message: str, text: str = "", offset: int | None = None) -> Decoded:
    return Decoded(problems=(Problem("", code, message, offset=offset),), text=text)


def _integer(digits: str) -> int:
    # The stand-in is reported by the walk over the payload. Python may have been told to read fewer digits.
    if len(digits.lstrip("-")) > LONGEST_INTEGER:
        return TOO_LONG
    try:
        return int(digits)
    except ValueError:
        return TOO_LONG


@define
class _Repeated:
    """The objects of a text that have a key twice."""

    found: dict[int, tuple[object, set[str]]] = Factory(dict)

    def collect(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Make an object of its pairs; the decoder calls this for inner objects first."""
        members = dict(pairs)
        if len(members) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            # The object is kept too, so that its identity stays its own.
            self.found[id(members)] = members, {key for key, count in counts.items() if count > 1}
        return members

    def problems(self, payload: Any) -> list[Problem]:
        """Say where the repeated keys are, in the order of the document.

        Left out are those inside a value that was itself replaced, and below keys that are no Unicode text, which
        have no pointer and are reported for that.
        """
        problems: list[Problem] = []
        waiting: list[tuple[tuple[str | int, ...], Any, bool]] = [((), payload, False)]
        while waiting:
            path, value, again = waiting.pop()
            if again:
                message = f"expected each key once, found {show(path[-1])} again"
                problems.append(Problem(join(path), "json-duplicate-key", message))
            if isinstance(value, dict):
                _, keys = self.found.get(id(value), (None, ()))
                clean = [key for key in value if not SURROGATE.search(key)]
                waiting += reversed([((*path, key), value[key], key in keys) for key in clean])
            elif isinstance(value, list):
                waiting += reversed([((*path, index), item, False) for index, item in enumerate(value)])
        return problems


# What stands at, or right before, the place where the decoder gave up; the first that fits is the reason.
_REASONS = (
    (r"\A[ \t\n\r]*\Z", r"[ \t\n\r]*<", "this looks like HTML or XML, not JSON"),
    (r"", r"[ \t\n\r]*\Z", "the text ends in the middle of the document"),
    (r",[ \t\n\r]*\Z", r"[ \t\n\r]*[\]}]", "JSON allows no comma before a closing bracket"),
    (r"", r"[ \t\n\r]*'", "JSON strings have double quotes"),
    (r"", r"[ \t\n\r]*(//|/\*|#)", "JSON has no comments"),
    (r"", r"[ \t\n\r]*(None|True|False)\b", "this is Python's spelling; JSON has null, true and false"),
)


# How the decoder names what it wants, in the words of the other messages.
_WANTED = {
    "Expecting value": "a value",
    "Expecting property name enclosed in double quotes": "a key in double quotes",
    "Expecting ':' delimiter": "a colon",
    "Expecting ',' delimiter": "a comma or a closing bracket",
    # From Python 3.13 on; earlier ones stop after the comma, for want of a value or a key.
    "Illegal trailing comma before end of object": "no comma before a closing bracket",
    "Illegal trailing comma before end of array": "no comma before a closing bracket",
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
        return f"expected JSON, found an i{error.msg.removeprefix('I').removesuffix(' at')} {place}"
    for left, right, reason in _REASONS:
        if re.search(left, before) and re.match(right, after):
            return f"expected {wanted} {place}: {reason}"
    return f"expected {wanted}, found {show(after[0])} {place}"

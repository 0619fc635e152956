"""From bytes and text to payload: what is JSON text and what is not, said so that a person can mend it.

Facts: Python's `json` takes NaN, Infinity, `1e999`, repeated keys and, in bytes, a byte order mark and UTF-16; RFC 8259
has none of them, and two readers of a repeated key may see two different jobs. msgspec has none of them either, but
for repeated keys, and keeps integers exact; orjson makes floats of those above 2^64 (tried).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec
from attrs import Factory, define, frozen

from ftschema.core.pointer import join
from ftschema.core.report import MOST_PROBLEMS, Problem
from ftschema.core.text import clip, show
from ftschema.jsontext.data import DEEPEST, LONGEST_INTEGER, SURROGATE, TOO_LONG, faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_read, _write = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode

# So few bytes hold fewer values than a payload may have.
_LONGEST_QUICK = 1_000_000
_BACKSLASH = ord("\\")


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
    """Return what a reader of msgspec makes of a text that is plainly in order, else `...`."""
    try:
        data = text if isinstance(text, bytes) else text.encode()
        if len(data) > _LONGEST_QUICK:
            return ...
        found = read(data)
        return found if _is_whole(found, data) else ...
    except (AttributeError, UnicodeError, msgspec.MsgspecError):
        return ...


def unread(read: Callable[[bytes], Any], texts: list[Any]) -> list[int]:
    """Return the places of the texts that `quick_as` may not read; they are looked at in less time together than alone.

    A text that it does read is among them only where it is not clear which of the others it does not.
    """
    found: list[Any] = []
    places = []
    rest = iter(texts)
    while True:
        try:
            found.extend(map(read, rest))
            break
        except (TypeError, UnicodeError, msgspec.MsgspecError):
            places.append(len(found))
            found.append(None)
    unclear = [*range(len(texts))]
    plain = [text for text, one in zip(texts, found, strict=True) if one is not None] if places else texts
    kinds = {*map(type, plain)}
    if kinds == {bytes}:
        data = b"".join(plain)
    elif kinds == {str}:
        data = "".join(plain).encode()
    else:
        return unclear
    return places if len(data) <= _LONGEST_QUICK and _is_whole(found, data) else unclear


def _is_whole(found: Any, data: bytes) -> bool:
    """Return whether nothing is missing in what was read of a text.

    Outside its strings a text has a colon for each member of an object, so a member was repeated, or not read, exactly
    if what was read has fewer colons when it is written.
    """
    # A colon can hide in an escape. Bytes are searched for a number eight times as fast as for other bytes.
    if _BACKSLASH in data and data.find(b"\\u003", data.find(_BACKSLASH)) >= 0:
        return False
    return _write(found).count(b":") == data.count(b":")


def encode(payload: Any) -> bytes:
    """Return JSON data as text in UTF-8, on one line."""
    return _write(payload)


def decode(text: object) -> Decoded:
    """Return the payload of a JSON text, or why it has none.

    Numbers that no JSON reader can hold are left in the payload as values that are not JSON data, so that they are
    reported at their places.
    """
    if isinstance(text, bytes | bytearray | memoryview):
        text, problem = _decoded(bytes(text))
        if problem:
            return Decoded(problems=(problem,), text=text)
    if not isinstance(text, str):
        message = f"expected text as str or bytes, found {clip(type(text).__name__, 60)}"
        return Decoded(problems=(Problem("", "json-type", message),))
    repeated = _Repeated()
    try:
        payload = json.loads(text, object_pairs_hook=repeated.collect, parse_int=_integer, parse_constant=float)
    except (json.JSONDecodeError, RecursionError):
        # Most texts are JSON, and need neither the grammar nor the table of mistakes.
        from ftschema.jsontext.syntax import fault  # noqa: PLC0415

        return Decoded(problems=(fault(text) or _NO_ROOM,), text=text)
    problems = _in_order([*repeated.problems(payload)], payload, text) if repeated.found else ()
    return Decoded(payload, tuple(problems), text)


def _in_order(repeated: list[Problem], payload: Any, text: str) -> list[Problem]:
    """Return repeated keys together with what is not JSON data, in the order of the text as far as they are shown."""
    from ftschema.jsontext.locate import with_offsets  # noqa: PLC0415

    others, _ = faults(payload, MOST_PROBLEMS)
    shown = with_offsets([*repeated[:MOST_PROBLEMS], *others], text)
    return sorted(shown, key=lambda problem: problem.offset or 0) + repeated[MOST_PROBLEMS:]


# Python reads fewer levels where its own calls are many levels deep already.
_NO_ROOM = Problem("", "json-depth", "expected fewer levels of nesting, found more than there is room for", offset=0)


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

    def problems(self, payload: Any) -> Iterator[Problem]:
        """Yield which keys are repeated.

        Left out are those inside a value that was itself replaced, and below keys that are no Unicode text, which
        have no pointer and are reported for that.
        """
        path: list[str | int] = []
        waiting = [self._members(payload)]
        while waiting:
            for key, value, again in waiting[-1]:
                if again:
                    message = f"expected each key once, found {show(key)} again"
                    yield Problem(join([*path, key]), "json-duplicate-key", message)
                if isinstance(value, dict | list):
                    path.append(key)
                    waiting.append(self._members(value))
                    break
            else:
                waiting.pop()
                del path[-1:]

    def _members(self, value: Any) -> Iterator[tuple[str | int, Any, bool]]:
        if isinstance(value, list):
            return ((index, item, False) for index, item in enumerate(value))
        _, keys = self.found.get(id(value), (None, ()))
        return ((key, member, key in keys) for key, member in value.items() if not SURROGATE.search(key))


COMPRESSION_MAGIC: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "Zstandard"}
"""The first bytes of compressed data, and the name of its format."""

# What a document in another form begins with. Where there is no mark, the first two characters of a JSON text show how
# wide they are, as they are of ASCII (RFC 4627, 3).
_FORMS: Final = (
    (rb"\xff\xfe\x00\x00|[^\x00]\x00\x00\x00", "UTF-32 (little-endian)"),
    (rb"\x00\x00\xfe\xff|\x00\x00\x00[^\x00]", "UTF-32 (big-endian)"),
    (rb"\xff\xfe|[^\x00]\x00(?:[^\x00]\x00|\Z)", "UTF-16 (little-endian)"),
    (rb"\xfe\xff|\x00[^\x00](?:\x00[^\x00]|\Z)", "UTF-16 (big-endian)"),
    *((re.escape(magic), f"data compressed by {name}") for magic, name in COMPRESSION_MAGIC.items()),
)

# What stands where UTF-8 ends; the first that fits is the reason.
_REASONS: Final = (
    (rb"\xed[\xa0-\xbf][\x80-\xbf]", "half a surrogate pair has no UTF-8"),
    (rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]", "this has a shorter form"),
    (rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z", "the text ends inside a character"),
    (rb"[\xa0-\xff](?![\x80-\xbf])", "this looks like Latin-1 or Windows-1252"),
    (rb"", "no character has this byte here"),
)


def _decoded(data: bytes) -> tuple[str, Problem | None]:
    """Return the text that bytes hold in UTF-8; or the text before the first that are none, and the problem."""
    for form, name in _FORMS:
        if re.compile(form, re.DOTALL).match(data):
            return "", Problem("", "json-encoding", f"expected UTF-8, found {name}", offset=0)
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        start, before = error.start, data[: error.start].decode()
        reason = next(reason for form, reason in _REASONS if re.compile(form).match(data, start))
        message = f"expected UTF-8, found the byte 0x{data[start]:02x}: {reason}"
        return before, Problem("", "json-encoding", message, offset=len(before))

"""Decode JSON text strictly, with errors that say how to fix the text.

Facts: Python's `json` accepts NaN, Infinity, `1e999`, repeated keys and, in bytes, a byte order mark and UTF-16; RFC
8259 allows none of them, and two parsers may see two different jobs in a text that repeats a key. msgspec accepts only
the repeated keys, and keeps integers exact; orjson makes floats of those above 2^64 (tried).

So msgspec decodes the texts that have no fault, and `json` explains the others. A text is decoded by each at most once.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec
from attrs import frozen

from ftschema.core.absent import ABSENT
from ftschema.core.pointer import join
from ftschema.core.report import MOST_PROBLEMS, Problem
from ftschema.core.text import clip, show
from ftschema.jsontext.data import DEEPEST, LONGEST_INTEGER, SURROGATE, TOO_LONG, find_non_json, is_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_decode, _encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode

# A text of this length holds fewer values than a payload may have.
_LONGEST_FAST = 1_000_000
_BACKSLASH = ord("\\")
_CONTAINERS = (dict, list)


@frozen
class Decoded:
    """A decoded text: its payload, or the problems for which it has none.

    Attributes:
        payload: JSON data if there are no problems. Otherwise what could be decoded, where a value that is not JSON
            data may stand for one that JSON does not have; None for a text that is not JSON.
        problems: Why the text is not JSON; at most as many as a report holds.
        omitted: How many more problems there are.
        text: The text as a `str`, up to the first byte that is not UTF-8.
        is_bytes: Whether the text was given as bytes, so that offsets count bytes.
    """

    payload: Any = None
    problems: tuple[Problem, ...] = ()
    omitted: int = 0
    text: str = ""
    is_bytes: bool = False


def decode(text: object) -> Decoded:
    """Return the payload of a JSON text, or the problems for which it has none."""
    payload = decode_fast(text)
    if payload is ABSENT:
        return decode_carefully(text)
    if isinstance(text, bytes):
        return Decoded(payload, text=text.decode(), is_bytes=True)
    return Decoded(payload, text=str(text))


def decode_fast(text: object) -> Any:
    """Return the payload of a text that is proved to be JSON, else `ABSENT`; the payload is JSON data."""
    data = _as_bytes(text)
    if data is None or data.count(b"{") + data.count(b"[") > DEEPEST:
        return ABSENT
    try:
        payload = _decode(data)
    except (UnicodeError, msgspec.MsgspecError):
        return ABSENT
    return payload if has_no_repeated_keys(payload, data) else ABSENT


def decode_struct(decoder: Callable[[bytes], Any], text: object) -> Any:
    """Return what the decoder of a struct makes of a text that is proved to be JSON, else None."""
    # Written out, because this is all that most calls of `loads` and `check_text` do.
    try:
        data = text if isinstance(text, bytes) else text.encode()  # type: ignore[attr-defined]  # caught below
        if len(data) > _LONGEST_FAST:
            return None
        struct = decoder(data)
        return struct if has_no_repeated_keys(struct, data) else None
    except (AttributeError, UnicodeError, msgspec.MsgspecError):
        return None


def undecided(decoder: Callable[[bytes], Any], texts: list[Any]) -> list[int]:
    """Return the indexes of the texts for which `decode_struct` returns None, in less time than one by one."""
    structs: list[Any] = []
    failed = []
    rest = iter(texts)
    while True:
        try:
            structs.extend(map(decoder, rest))
            break
        except (TypeError, UnicodeError, msgspec.MsgspecError):
            failed.append(len(structs))
            structs.append(None)
    plain = [text for text, struct in zip(texts, structs, strict=True) if struct is not None] if failed else texts
    types = {*map(type, plain)}
    if types in ({str}, {bytes}):
        data = b"".join(plain) if types == {bytes} else "".join(plain).encode()
        if len(data) <= _LONGEST_FAST and has_no_repeated_keys(structs, data):
            return failed
    # Counted one by one; no text is decoded again.
    return [index for index, struct in enumerate(structs) if struct is None or not _is_proved(struct, texts[index])]


def _is_proved(struct: Any, text: object) -> bool:
    data = _as_bytes(text)
    return data is not None and has_no_repeated_keys(struct, data)


def has_no_repeated_keys(decoded: Any, data: bytes) -> bool:
    """Return True if no key of a text is repeated, given what the text was decoded to; False is "undecided".

    Outside its strings a text has one colon for each member of an object. Of a repeated key only the last member is
    decoded, so the text has more colons than what was decoded has when it is encoded again::

        {"a": 1, "b": {"c": ":"}}   4 colons, decoded and encoded {"a":1,"b":{"c":":"}}: 4, none is repeated
        {"a": 1, "a": 2}            2 colons, decoded and encoded {"a":2}: 1, so one is repeated
    """
    # `\u003a` is a colon in what is encoded but not in the text. Searching bytes for a number is eight times as fast as
    # searching them for bytes.
    if _BACKSLASH in data and data.find(b"\\u003", data.find(_BACKSLASH)) >= 0:
        return False
    return _encode(decoded).count(b":") == data.count(b":")


def _as_bytes(text: object) -> bytes | None:
    """Return a text in UTF-8; None for what is not text, or too long for the fast path."""
    try:
        data = text.encode() if isinstance(text, str) else text
    except UnicodeError:
        return None
    return data if isinstance(data, bytes) and len(data) <= _LONGEST_FAST else None


def encode(payload: Any) -> bytes:
    """Return JSON data as text in UTF-8, on one line."""
    return _encode(payload)


def decode_carefully(text: object) -> Decoded:
    """Return what `decode` returns, for a text that `decode_fast` or `decode_struct` could not prove to be JSON."""
    is_bytes = not isinstance(text, str)
    if isinstance(text, bytes | bytearray | memoryview):
        text, problem = _as_text(bytes(text))
        if problem:
            return Decoded(problems=(problem,), text=text, is_bytes=is_bytes)
    if not isinstance(text, str):
        message = f"expected text as str or bytes, found {clip(type(text).__name__, 60)}"
        return Decoded(problems=(Problem("", "json-type", message),), is_bytes=is_bytes)
    try:
        payload = _decoder.decode(text)
    except (json.JSONDecodeError, RecursionError):
        # Most texts are JSON, and need neither the grammar nor the table of mistakes.
        from ftschema.jsontext.syntax import fault  # noqa: PLC0415

        return Decoded(problems=(fault(text) or _NO_ROOM,), text=text, is_bytes=is_bytes)
    if is_json(payload):
        return Decoded(payload, (), 0, text, is_bytes)
    repeated = [*_repeated_keys(payload)]
    problems, omitted = find_non_json(payload, MOST_PROBLEMS)
    if repeated:
        problems = _in_order(repeated, problems, text)
    shown = tuple(problems[:MOST_PROBLEMS])
    return Decoded(payload, shown, omitted + len(problems) - len(shown), text, is_bytes)


def _in_order(repeated: list[Problem], others: list[Problem], text: str) -> list[Problem]:
    """Return problems in the order of the text, as far as they are shown."""
    from ftschema.jsontext.locate import with_offsets  # noqa: PLC0415  # few texts need it

    shown = with_offsets([*repeated[:MOST_PROBLEMS], *others], text)
    return sorted(shown, key=lambda problem: problem.offset or 0) + repeated[MOST_PROBLEMS:]


# Python decodes fewer levels when the stack is deep already.
_NO_ROOM = Problem("", "json-depth", "expected fewer levels of nesting, found more than there is room for", offset=0)

# What a text may hold and JSON data may not is decoded to a value that is not JSON data, so that `is_json` answers for
# all of it at once: NaN and infinities to themselves, a number with too many digits to `TOO_LONG`, and an object with
# repeated keys to one that lists them under this key, which is not a string.
_REPEATED: Final = object()


def _members(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    members: dict[Any, Any] = dict(pairs)
    if len(members) < len(pairs):
        members[_REPEATED] = {key for key, times in Counter(key for key, _ in pairs).items() if times > 1}
    return members


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > LONGEST_INTEGER:
        return TOO_LONG
    try:
        return int(digits)
    except ValueError:
        # Python may be configured to read fewer digits.
        return TOO_LONG


# Made once: `json.loads` makes one for each call with options.
_decoder: Final = json.JSONDecoder(object_pairs_hook=_members, parse_int=_integer, parse_constant=float)


def _repeated_keys(payload: Any) -> Iterator[Problem]:
    """Yield the repeated keys of a payload, in the order of the text, and take the lists of them out of it.

    Left out are the keys below a key that is not Unicode text, which has no pointer and is reported for that. Those
    inside a value that was itself replaced are not in the payload.
    """
    repeated: dict[int, set[str]] = {}
    containers = [payload] if type(payload) in _CONTAINERS else []
    for container in containers:
        if type(container) is dict and (keys := container.pop(_REPEATED, None)):
            repeated[id(container)] = keys
        members = container.values() if type(container) is dict else container
        containers += [member for member in members if type(member) in _CONTAINERS]
    if not repeated:
        return
    path: list[str | int] = []
    waiting = [_with_repeats(payload, repeated)]
    while waiting:
        for key, value, again in waiting[-1]:
            if again:
                message = f"expected each key once, found {show(key)} again"
                yield Problem(join([*path, key]), "json-duplicate-key", message)
            if isinstance(value, dict | list):
                path.append(key)
                waiting.append(_with_repeats(value, repeated))
                break
        else:
            waiting.pop()
            del path[-1:]


def _with_repeats(value: Any, repeated: dict[int, set[str]]) -> Iterator[tuple[str | int, Any, bool]]:
    if isinstance(value, list):
        return ((index, item, False) for index, item in enumerate(value))
    keys = repeated.get(id(value), ())
    return ((key, member, key in keys) for key, member in value.items() if not SURROGATE.search(key))


COMPRESSION_MAGIC: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "Zstandard"}
"""The first bytes of compressed data, and the name of its format."""

# How other encodings of JSON text begin: with a mark, or with two ASCII characters, which every JSON text begins with
# and which show the width of a character (RFC 4627, 3).
_ENCODINGS: Final = (
    (rb"\xff\xfe\x00\x00|[^\x00]\x00\x00\x00", "UTF-32 (little-endian)"),
    (rb"\x00\x00\xfe\xff|\x00\x00\x00[^\x00]", "UTF-32 (big-endian)"),
    (rb"\xff\xfe|[^\x00]\x00(?:[^\x00]\x00|\Z)", "UTF-16 (little-endian)"),
    (rb"\xfe\xff|\x00[^\x00](?:\x00[^\x00]|\Z)", "UTF-16 (big-endian)"),
    *((re.escape(magic), f"data compressed by {name}") for magic, name in COMPRESSION_MAGIC.items()),
)
# One group for each: this is searched in every text that the fast path cannot prove.
_ENCODING: Final = re.compile(b"|".join(b"(%s)" % start for start, _ in _ENCODINGS), re.DOTALL)

# Why the bytes at an offset are not UTF-8: the first pattern that matches gives the reason.
_REASONS: Final = (
    (rb"\xed[\xa0-\xbf][\x80-\xbf]", "half a surrogate pair has no UTF-8"),
    (rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]", "this has a shorter form"),
    (rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z", "the text ends inside a character"),
    (rb"[\xa0-\xff](?![\x80-\xbf])", "this looks like Latin-1 or Windows-1252"),
    (rb"", "no character has this byte here"),
)


def _as_text(data: bytes) -> tuple[str, Problem | None]:
    """Return the text of bytes in UTF-8; or the text before the first byte that is not UTF-8, and the problem."""
    other = _ENCODING.match(data)
    if other and other.lastindex:
        _, name = _ENCODINGS[other.lastindex - 1]
        return "", Problem("", "json-encoding", f"expected UTF-8, found {name}", offset=0)
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        start, before = error.start, data[: error.start].decode()
        reason = next(reason for form, reason in _REASONS if re.compile(form).match(data, start))
        message = f"expected UTF-8, found the byte 0x{data[start]:02x}: {reason}"
        return before, Problem("", "json-encoding", message, offset=len(before))

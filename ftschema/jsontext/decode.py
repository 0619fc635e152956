"""Decode JSON text strictly, with errors that say how to fix the text.

msgspec decodes; what it rejects, or does not decode whole, is not decoded again but searched for the reason: by
`syntax` for the first character that is not JSON, by `strict` for what JSON data does not have.

Facts: Python's `json` accepts NaN, Infinity, `1e999`, repeated keys and, in bytes, a byte order mark and UTF-16; RFC
8259 allows none of them, and two parsers may see two different jobs in a text that repeats a key. msgspec accepts only
the repeated keys, and keeps integers exact; orjson makes floats of those above 2^64 (tried).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from ftschema.core.errors import expect_type
from ftschema.core.report import MOST_PROBLEMS, Problem
from ftschema.core.text import type_name
from ftschema.jsontext.data import DEEPEST, find_non_json, is_json

if TYPE_CHECKING:
    from collections.abc import Callable

_decode, _encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode

MAX_SIZE: Final = 10_000_000
"""How many bytes a text may have by default; the largest live job has less than 20,000."""

# A text of this length holds fewer values than a payload may have.
_LONGEST_FAST = 1_000_000
_BACKSLASH = ord("\\")
# A tuple, because a union takes longer to make than most texts to check.
_TEXT = (str, bytes)
# Matches an escape; its group is a colon.
_ESCAPE = re.compile(rb"\\(?:(u003[aA])|.)", re.DOTALL)


class Decoded(NamedTuple):
    """A decoded text: its payload, or the problems for which it has none.

    Attributes:
        payload: JSON data if there are no problems.
        problems: Why the text is not JSON; at most as many as a report holds, each with its offset in characters.
        omitted: How many more problems there are.
        text: The text as a `str`, up to the first byte that is not UTF-8.
        is_bytes: Whether the text was given as bytes, so that offsets count bytes.
    """

    payload: Any = None
    problems: tuple[Problem, ...] = ()
    omitted: int = 0
    text: str = ""
    is_bytes: bool = False


def is_longer(text: object, max_size: int) -> bool:
    """Return whether a text has more bytes, or characters if it is a `str`, than is allowed.

    Raises:
        TypeError: `max_size` is not a number.
    """
    try:
        return len(text) > max_size  # type: ignore[arg-type]  # caught below
    except TypeError:
        expect_type("max_size", max_size, int)
        return False


def decode(text: object, max_size: int | None = None) -> Decoded:
    """Return the payload of a JSON text, or the problems for which it has none.

    Args:
        text: The text.
        max_size: How many bytes, or characters of a `str`, it may have; None for any number.

    Raises:
        TypeError: It is neither `str` nor bytes.
    """
    if type(text) not in _TEXT and isinstance(text, bytearray | memoryview):
        text = bytes(text)
    if not isinstance(text, _TEXT):
        raise TypeError(f"expected JSON text as str or bytes, found {type_name(type(text))}{_advice(text)}")
    if max_size is not None and is_longer(text, max_size):
        is_bytes = isinstance(text, bytes)
        message = f"expected at most {max_size:,} {'bytes' if is_bytes else 'characters'}, found more"
        return Decoded(problems=(Problem("", "json-size", message, offset=0, expected=max_size),), is_bytes=is_bytes)
    try:
        data = text if isinstance(text, bytes) else text.encode()
        payload = _decode(data)
        if _is_plain(payload, data):
            return Decoded(payload, (), 0, *_as_str(text, data))
    except RecursionError:
        explained = _explained(text)
        return explained if explained.problems else explained._replace(problems=(_NO_ROOM,))
    except (UnicodeError, msgspec.MsgspecError):
        explained = _explained(text)
        # msgspec (0.22) rejects a negative integer of 4,300 digits, which is allowed.
        return explained if explained.problems else explained._replace(payload=json.loads(explained.text))
    return _searched(payload, *_as_str(text, data))


def _advice(value: object) -> str:
    """Return the advice about a value that is not text; it follows the name of its type."""
    if hasattr(value, "read_bytes"):
        return "; pass its read_bytes()"
    if hasattr(value, "read"):
        return "; pass its read()"
    if hasattr(value, "model_dump"):
        return "; from_openai takes an object of the SDK"
    return "; check and structure take a payload" if isinstance(value, dict | list) else ""


def _as_str(text: str | bytes, data: bytes) -> tuple[str, bool]:
    return (data.decode(), True) if text is data else (str(text), False)


def _is_plain(payload: Any, data: bytes) -> bool:
    """Return True if what was decoded of a text is proved to be all of it, and JSON data; False is "undecided"."""
    colons = _colons(data)
    if _encode(payload).count(b":") != colons:
        return False
    # An object has a colon, or is empty and the innermost.
    if len(data) <= _LONGEST_FAST and colons + data.count(b"[") < DEEPEST:
        return True
    return is_json(payload)


def _searched(payload: Any, text: str, is_bytes: bool) -> Decoded:  # noqa: FBT001  # a field of `Decoded`
    """Return a decoded text with the problems in it that JSON data must not have, such as repeated keys."""
    # Texts without faults need neither this module nor `syntax`.
    from ftschema.jsontext.strict import non_json  # noqa: PLC0415

    problems, omitted = non_json(text)
    if not problems:
        # Only the number of values is left to check.
        problems, omitted = find_non_json(payload, MOST_PROBLEMS)
    return Decoded(payload, tuple(problems), omitted, text, is_bytes)


def _explained(text: str | bytes) -> Decoded:
    """Return why a text could not be decoded; without problems if there is no reason in the text."""
    from ftschema.jsontext.strict import non_json  # noqa: PLC0415
    from ftschema.jsontext.syntax import find_syntax_error  # noqa: PLC0415

    is_bytes = isinstance(text, bytes)
    # A `str` of UTF-16 or of an archive was decoded with a wrong encoding.
    if problem := find_other_format(
        text if isinstance(text, bytes) else text[:_LONGEST_MAGIC].encode(errors="replace")
    ):
        return Decoded(None, (problem,), 0, "", is_bytes)
    if isinstance(text, bytes):
        text, problem = _as_text(text)
        if problem:
            return Decoded(None, (problem,), 0, text, is_bytes)
    problem = find_syntax_error(text)
    problems, omitted = ([problem], 0) if problem else non_json(text)
    return Decoded(None, tuple(problems), omitted, text, is_bytes)


# Python has room for fewer levels where its own calls are many levels deep already.
_NO_ROOM = Problem("", "json-depth", "expected fewer levels of nesting, found more than there is room for", offset=0)


def decode_struct(decoder: Callable[[bytes], Any], text: object) -> Any:
    """Return the struct of a text that is proved to be JSON, or None."""
    try:
        data = text if isinstance(text, bytes) else text.encode()  # type: ignore[attr-defined]  # caught below
        if len(data) > _LONGEST_FAST:
            return None
        struct = decoder(data)
        return struct if has_no_repeated_keys(struct, data) else None
    except (AttributeError, RecursionError, UnicodeError, msgspec.MsgspecError):
        return None


def decode_with_members(
    decoder: Callable[[bytes], Any], other: Callable[[bytes], Any], text: object
) -> tuple[Any, dict[str, Any]] | None:
    """Return the struct of a text and its other members, or None unless it is proved that the two are all of the text.

    Args:
        decoder: What decodes a text to a struct, and drops keys that the struct does not have.
        other: What decodes a text to a struct of other keys, with any values.
        text: The text.
    """
    try:
        data = text if isinstance(text, bytes) else text.encode()  # type: ignore[attr-defined]  # caught below
        struct = decoder(data)
        members = _encode(other(data))
        colons = members.count(b":")
        if (
            len(data) > _LONGEST_FAST
            or colons + members.count(b"[") > DEEPEST // 2
            or _encode(struct).count(b":") + colons != _colons(data)
        ):
            return None
        return struct, _decode(members)
    except (AttributeError, RecursionError, UnicodeError, msgspec.MsgspecError):
        return None


def decode_plain(text: object) -> Any:
    """Return the payload of a text that is proved to be JSON, or None."""
    try:
        data = text if isinstance(text, bytes) else text.encode()  # type: ignore[attr-defined]  # caught below
        payload = _decode(data)
        return payload if _is_plain(payload, data) else None
    except (AttributeError, RecursionError, UnicodeError, msgspec.MsgspecError):
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
        except (TypeError, RecursionError, UnicodeError, msgspec.MsgspecError):
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


def undecided_payloads(convert: Callable[[Any], Any], texts: list[Any]) -> tuple[set[int], list[Any]]:
    """Return the indexes that `undecided` returns, and the payloads, given the function that makes structs of these."""
    payloads: list[Any] = []

    def decoder(text: Any) -> Any:
        payloads.append(None)
        payloads[-1] = _decode(text)
        return convert(payloads[-1])

    return {*undecided(decoder, texts)}, payloads


def _is_proved(struct: Any, text: object) -> bool:
    # The text was decoded, so it can be encoded.
    data = text.encode() if isinstance(text, str) else text
    return isinstance(data, bytes) and len(data) <= _LONGEST_FAST and has_no_repeated_keys(struct, data)


def has_no_repeated_keys(decoded: Any, data: bytes) -> bool:
    """Return True if no key of a text is repeated, given what the text was decoded to; False is "undecided".

    Outside its strings a text has one colon for each member of an object. Of a repeated key only the last member is
    decoded, so the text has more colons than what was decoded has when it is encoded again::

        {"a": 1, "b": {"c": ":"}}   4 colons, decoded and encoded {"a":1,"b":{"c":":"}}: 4, none is repeated
        {"a": 1, "a": 2}            2 colons, decoded and encoded {"a":2}: 1, so one is repeated
    """
    return _encode(decoded).count(b":") == _colons(data)


def _colons(data: bytes) -> int:
    # A colon that is escaped as `\u003a` is encoded as a colon. Searching bytes for a number is eight times as fast as
    # searching them for bytes.
    if _BACKSLASH in data:
        return data.count(b":") + sum(map(bool, _ESCAPE.findall(data, data.find(_BACKSLASH))))
    return data.count(b":")


def decode_again(text: str | bytes) -> Any:
    """Return the payload of a text that is known to be JSON."""
    try:
        return _decode(text)
    except msgspec.MsgspecError:
        # msgspec (0.22) rejects a negative integer of 4,300 digits, which is allowed.
        return json.loads(text)


def encode(payload: Any) -> bytes:
    """Return JSON data as text in UTF-8, on one line."""
    return _encode(payload)


def indented(text: bytes, indent: int) -> bytes:
    """Return a JSON text with that number of spaces for each level; lines are not indented if it is 0."""
    if indent > 0:
        return msgspec.json.format(text, indent=indent)
    return json.dumps(json.loads(text), ensure_ascii=False, indent=indent).encode()


COMPRESSION_MAGIC: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "Zstandard"}
"""The first bytes of compressed data, and the name of its format."""

# How other formats and other encodings of JSON text begin: the latter with a mark, or with two ASCII characters, which
# every JSON text begins with and which show the width of a character (RFC 4627, 3).
_ENCODINGS: Final = (
    (rb"\xfd7zXZ\x00", "data compressed by xz"),
    (rb"BZh[1-9]1AY&SY", "data compressed by bzip2"),
    (rb"PK(?:\x03\x04|\x05\x06)", "a zip archive"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (rb".{257}ustar", "a tar archive"),
    (rb"\xff\xfe\x00\x00|[^\x00]\x00\x00\x00", "UTF-32 (little-endian)"),
    (rb"\x00\x00\xfe\xff|\x00\x00\x00[^\x00]", "UTF-32 (big-endian)"),
    (rb"\xff\xfe|[^\x00]\x00(?:[^\x00]\x00|\Z)", "UTF-16 (little-endian)"),
    (rb"\xfe\xff|\x00[^\x00](?:\x00[^\x00]|\Z)", "UTF-16 (big-endian)"),
    *((re.escape(magic), f"data compressed by {name}") for magic, name in COMPRESSION_MAGIC.items()),
)
# As many bytes show what a text is.
_LONGEST_MAGIC = 300
# One group for each: this is searched in every text that the fast path cannot prove.
_ENCODING: Final = re.compile(b"|".join(b"(%s)" % start for start, _ in _ENCODINGS), re.DOTALL)

# Why the bytes at an offset are not UTF-8: the first pattern that matches gives the reason.
_REASONS: Final = (
    (rb"\xed[\xa0-\xbf][\x80-\xbf]", "half of a surrogate pair has no UTF-8"),
    (rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]", "this has a shorter form"),
    (rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z", "the text ends inside a character"),
    (rb"[\xa0-\xff](?![\x80-\xbf])", "this looks like Latin-1 or Windows-1252"),
    (rb"", "no character has this byte here"),
)


def find_other_format(data: bytes) -> Problem | None:
    """Return the problem of data that begins in another encoding than UTF-8, or is compressed or an archive."""
    other = _ENCODING.match(data)
    if not (other and other.lastindex):
        return None
    _, name = _ENCODINGS[other.lastindex - 1]
    return Problem("", "json-encoding", f"expected UTF-8, found {name}", offset=0, expected="UTF-8", found=name)


def _as_text(data: bytes) -> tuple[str, Problem | None]:
    """Return the text of bytes in UTF-8; or the text before the first byte that is not UTF-8, and the problem."""
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        start, before = error.start, data[: error.start].decode()
        reason = next(reason for form, reason in _REASONS if re.compile(form).match(data, start))
        byte = f"0x{data[start]:02x}"
        message = f"expected UTF-8, found the byte {byte}: {reason}"
        return before, Problem("", "json-encoding", message, offset=len(before), expected="UTF-8", found=byte)

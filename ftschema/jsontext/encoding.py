"""From bytes to text: UTF-8, and what bytes look like that are something else."""

from __future__ import annotations

import re
from typing import Final

from ftschema.core.report import Problem

# What a document in another form begins with. Where there is no mark, the first two characters of a JSON text show how
# wide they are, as they are of ASCII (RFC 4627, 3).
_FORMS: Final = (
    (rb"\xff\xfe\x00\x00|[^\x00]\x00\x00\x00", "UTF-32 (little-endian)"),
    (rb"\x00\x00\xfe\xff|\x00\x00\x00[^\x00]", "UTF-32 (big-endian)"),
    (rb"\xff\xfe|[^\x00]\x00(?:[^\x00]\x00|\Z)", "UTF-16 (little-endian)"),
    (rb"\xfe\xff|\x00[^\x00](?:\x00[^\x00]|\Z)", "UTF-16 (big-endian)"),
    (rb"\x1f\x8b", "data compressed by gzip"),
    (rb"\x28\xb5\x2f\xfd", "data compressed by Zstandard"),
)

# What stands where UTF-8 ends; the first that fits is the reason.
_REASONS: Final = (
    (rb"\xed[\xa0-\xbf][\x80-\xbf]", "half a surrogate pair has no UTF-8"),
    (rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]", "this has a shorter form"),
    (rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z", "the text ends inside a character"),
    (rb"[\xa0-\xff](?![\x80-\xbf])", "this looks like Latin-1 or Windows-1252"),
    (rb"", "no character has this byte here"),
)


def decoded(data: bytes) -> tuple[str, Problem | None]:
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

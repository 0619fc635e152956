"""Texts with the certain repairs of what is wrong with their jobs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ftschema.jsontext.decode import decode
from ftschema.validation.repair import repaired

if TYPE_CHECKING:
    from ftschema.core.report import Report
    from ftschema.validation.contract import Contract

_INDENT: Final = re.compile(rb"\s*[\[{][ \t]*\r?\n([ \t]+)")
_SPACE: Final = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s')


def mended(text: bytes, report: Report, contract: Contract, *, lifecycle: bool) -> tuple[bytes, int]:
    """Return a text without the problems that have a certain repair, and how many those were.

    A text without any is returned as it is. Of another, the indent, the spaces and the end are kept.

    Args:
        text: One JSON document in UTF-8.
        report: What `check_text` found in it.
        contract: The contract that it was checked against.
        lifecycle: Whether the rules across fields were checked too.
    """
    payload, mends = decode(text).payload, 0
    # A repair may bring to light what else can be mended: a rule is only asked once the schema is met, and a report has
    # a hundred problems at most. It brings no other problem, so that there is an end.
    while repairs := sum(problem.repair is not None for problem in report):
        mends += repairs
        payload = repaired(payload, report)
        report = contract.check(payload, lifecycle=lifecycle)
    return (_written(payload, like=text), mends) if mends else (text, 0)


def _written(payload: Any, like: bytes) -> bytes:
    indent = _INDENT.match(like)
    colon = ": " if indent or _SPACE.match(like) else ":"
    comma = "," if indent or colon == ":" else ", "
    text = json.dumps(payload, ensure_ascii=False, indent=indent and indent[1].decode(), separators=(comma, colon))
    end = b"\r\n" if b"\r\n" in like.rstrip() else b"\n"
    return text.encode().replace(b"\n", end) + like[len(like.rstrip()) :]

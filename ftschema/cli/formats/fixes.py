"""The repair of a problem as replacements in its text, for editors that apply them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from ftschema.core.pointer import split
from ftschema.core.text import format_value
from ftschema.jsontext.tokens import LEVELS, TOKEN

if TYPE_CHECKING:
    from ftschema.core.report import Operation, Problem

# The longest text, in bytes, in which a replacement is looked for: a page may have a million problems.
_LONGEST: Final = 1 << 16


class Replacement(NamedTuple):
    """A part of a text, and what replaces it.

    Attributes:
        start: Line and column of its first character, both from 1.
        end: Line and column behind its last character.
        text: The new text.
        about: A sentence on the change.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    text: str
    about: str


def replacements(text: bytes, problem: Problem) -> list[Replacement]:
    """Return the replacements that repair a problem; none if it has no repair, or if that concerns too long a text.

    Args:
        text: The text in which the offset of the problem counts.
        problem: The problem.
    """
    if problem.repair is None or problem.offset is None:
        return []
    part = text[problem.offset : problem.offset + _LONGEST].decode(errors="ignore")
    found = [_replacement(operation, part, problem) for operation in problem.repair]
    return [one for one in found if one is not None]


def _replacement(operation: Operation, part: str, problem: Problem) -> Replacement | None:
    """Return the replacement for an operation; the text begins with the value that the problem is about."""
    *_, key = ["", *split(operation["path"])]
    if operation["op"] == "replace":
        span, value = _span(part), operation["value"]
        text, about = json.dumps(value, ensure_ascii=False), f"Replace it by {format_value(value)}."
    elif operation["op"] == "move":
        old = split(operation["from"])[-1]
        span, text = _span(part, old), json.dumps(key, ensure_ascii=False)
        about = f"Rename {format_value(old)} to {format_value(key)}."
    else:
        # It becomes the first member, behind the brace.
        member = f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(operation['value'], ensure_ascii=False)}"
        span, about = (1, 1), f"Add {member}."
        text = member if part[1:].lstrip().startswith("}") else f"{member}, "
    if span is None:
        return None
    start, end = (_position(problem, part[:offset]) for offset in span)
    return Replacement(start, end, text, about)


def _span(part: str, key: str | None = None) -> tuple[int, int] | None:
    """Return the span of the value at the start of a text, or of one of its keys; None if the text ends before."""
    level, before = 0, ""
    for match in TOKEN.finditer(part):
        piece = match[0]
        level += LEVELS.get(piece, 0)
        if match.end() == len(part) == _LONGEST:
            return None
        if key is None:
            if level == 0:
                return 0, match.end()
        elif level == 1 and before in {"{", ","} and json.loads(piece) == key:
            return match.span()
        before = piece
    return None


def _position(problem: Problem, before: str) -> tuple[int, int]:
    """Return the line and the column behind a text that begins at a problem."""
    line, column = problem.line or 1, problem.column or 1
    lines = before.split("\n")
    return line + len(lines) - 1, (column if len(lines) == 1 else 1) + len(lines[-1])

"""The line of the source on a terminal, with carets below the faulty value.

A terminal has cells: a letter takes one, an ideograph or an emoji two, a combining accent none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wcwidth import wcswidth

from ftschema.cli.formats.excerpt import excerpt

if TYPE_CHECKING:
    from ftschema.core.report import Problem

_NARROWEST = 30
_GUTTER = 4


def source_lines(text: bytes, problem: Problem, width: int) -> list[str]:
    """Return two lines of less than `width` cells: the line of the source around a problem, and the carets.

    Args:
        text: The text of the document.
        problem: One that has an offset in the text.
        width: How many cells a line of the terminal has; fewer than 30 are taken for 30.
    """
    number = str(problem.line or "")
    gutter = max(len(number), _GUTTER)
    # One cell is left for the caret at the end of a line, and one for terminals that wrap at the last.
    room = max(width, _NARROWEST) - gutter - len(" | ") - 2
    found = excerpt(text, problem.offset or 0)
    marked = _beginning(found.marked, room // 2)
    before = _end(found.before, (room - wcswidth(marked)) // 2)
    after = _beginning(found.after, room - wcswidth(before) - wcswidth(marked))
    carets = " " * wcswidth(before) + "^" * max(wcswidth(marked), 1)
    return [f"{number:>{gutter}} | {before}{marked}{after}".rstrip(), f"{'':>{gutter}} | {carets}"]


def _beginning(text: str, cells: int) -> str:
    if wcswidth(text) <= cells:
        return text
    cut = text[: cells - 1]
    while wcswidth(cut) >= cells:
        cut = cut[:-1]
    return f"{cut}…"


def _end(text: str, cells: int) -> str:
    if wcswidth(text) <= cells:
        return text
    cut = text[1 - cells :]
    while wcswidth(cut) >= cells:
        cut = cut[1:]
    return f"…{cut}"

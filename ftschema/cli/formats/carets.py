"""The source line of a problem on a terminal, with carets below the invalid value.

Widths are counted in terminal cells: a letter takes one, an ideograph or an emoji two, a combining accent none.
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
    """Return two lines that are shorter than `width` cells: the source line around a problem, and the carets.

    Args:
        text: The text of the document.
        problem: A problem that has an offset in the text.
        width: The number of cells in a line of the terminal; at least 30 are assumed.
    """
    number = str(problem.line or "")
    gutter = max(len(number), _GUTTER)
    # One cell is for a caret after the end of the line, and one for terminals that wrap at the last cell.
    room = max(width, _NARROWEST) - gutter - len(" | ") - 2
    part = excerpt(text, problem.offset or 0)
    marked = cut(part.marked, room // 2)
    before = _end(part.before, (room - wcswidth(marked)) // 2)
    after = cut(part.after, room - wcswidth(before) - wcswidth(marked))
    carets = " " * wcswidth(before) + "^" * max(wcswidth(marked), 1)
    return [f"{number:>{gutter}} | {before}{marked}{after}".rstrip(), f"{'':>{gutter}} | {carets}"]


def cut(text: str, cells: int) -> str:
    """Return the beginning of a text, in at most that many cells; it ends with `…` if it was cut."""
    if wcswidth(text) <= cells:
        return text
    start = text[: cells - 1]
    while wcswidth(start) >= cells:
        start = start[:-1]
    return f"{start}…"


def _end(text: str, cells: int) -> str:
    if wcswidth(text) <= cells:
        return text
    cut = text[1 - cells :]
    while wcswidth(cut) >= cells:
        cut = cut[1:]
    return f"…{cut}"

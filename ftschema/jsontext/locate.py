"""Find the line, column and offset of problems in a JSON text; called only if there are problems."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from ftschema.core.pointer import join, split
from ftschema.jsontext.tokens import LEVELS, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftschema.core.report import Problem


def located(problems: Iterable[Problem], text: str, *, in_bytes: bool) -> tuple[Problem, ...]:
    """Return problems with the line, column and offset of their values.

    Args:
        problems: Problems of the text, or of its payload. Those of the text have their offsets in characters already.
        text: The text.
        in_bytes: Whether offsets count bytes, because the text was given in UTF-8.
    """
    problems = list(problems)
    pointers = {problem.pointer for problem in problems if problem.offset is None}
    by_pointer = _offsets(pointers, text) if pointers else {}
    offsets = [by_pointer.get(problem.pointer) if problem.offset is None else problem.offset for problem in problems]
    positions = _positions(text, sorted({offset for offset in offsets if offset is not None}), in_bytes=in_bytes)
    return tuple(
        problem if offset is None else _placed(problem, *positions[offset])
        for problem, offset in zip(problems, offsets, strict=True)
    )


def _placed(problem: Problem, line: int, column: int, offset: int) -> Problem:
    return evolve(problem, line=line, column=column, offset=offset)


def _positions(text: str, offsets: Iterable[int], *, in_bytes: bool) -> dict[int, tuple[int, int, int]]:
    """Return line, column and final offset by offset, in one pass: a page of many jobs may have a million problems."""
    positions: dict[int, tuple[int, int, int]] = {}
    line, start, before, counted = 1, 0, 0, 0
    for offset in offsets:
        line += text.count("\n", before, offset)
        # A str may contain half of a surrogate pair, which has a length in bytes too.
        counted += len(text[before:offset].encode(errors="surrogatepass")) if in_bytes else offset - before
        # 0 if there is no further line feed.
        start = text.rfind("\n", before, offset) + 1 or start
        positions[offset] = line, offset - start + 1, counted
        before = offset
    return positions


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of a character, both from 1; lines end with a line feed."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _offsets(pointers: Iterable[str], text: str) -> dict[str, int]:
    """Return the offsets, in characters, of the values at some pointers; a value that is not in the text has none."""
    wanted: dict[str, Any] = {}
    for pointer in pointers:
        node = wanted
        for step in split(pointer):
            node = node.setdefault(step, {})
    scan = _Scan(wanted)
    scan.run(text, _size(wanted))
    return scan.offsets


def _size(tree: dict[str, Any]) -> int:
    return 1 + sum(map(_size, tree.values()))


@define
class _Frame:
    """An object or array that the scan is in, and in which a value is wanted.

    Attributes:
        wanted: The tree of the steps that lead from here to the wanted values.
        pointer: The pointer of the object or array.
        is_object: Whether it is an object.
        wants_key: Whether the next string is a key.
        step: The key or the index of the current member.
    """

    wanted: dict[str, Any]
    pointer: str
    is_object: bool
    wants_key: bool
    step: str | int = 0


@define
class _Scan:
    """One pass over a text, which enters only the objects and arrays above a wanted value."""

    wanted: dict[str, Any]
    offsets: dict[str, int] = field(factory=dict)
    _open: list[_Frame] = field(factory=list)

    def run(self, text: str, enough: int) -> None:
        """Note the offsets of the wanted values and of those above them, until there are `enough`."""
        # How many levels the scan is inside a value that it does not enter.
        below = 0
        for match in TOKEN.finditer(text):
            piece = match[0]
            if below:
                below += LEVELS.get(piece, 0)
            elif piece in {"}", "]"}:
                self._open.pop()
            elif piece == ",":
                self._next(self._open[-1])
            elif self._open and self._open[-1].wants_key:
                frame = self._open[-1]
                frame.step, frame.wants_key = json.loads(piece) if "\\" in piece else piece[1:-1], False
            elif piece != ":":
                if not self._value(piece, match.start()):
                    below = LEVELS.get(piece, 0)
                elif len(self.offsets) == enough:
                    return

    def _next(self, frame: _Frame) -> None:
        frame.wants_key = frame.is_object
        if isinstance(frame.step, int):
            frame.step += 1

    def _value(self, piece: str, start: int) -> bool:
        """Note a value; return whether it, or one inside it, is wanted."""
        pointer, wanted = "", self.wanted
        if self._open:
            frame = self._open[-1]
            if str(frame.step) not in frame.wanted:
                return False
            pointer, wanted = frame.pointer + join([frame.step]), frame.wanted[str(frame.step)]
        self.offsets[pointer] = start
        if piece in LEVELS:
            self._open.append(_Frame(wanted, pointer, piece == "{", wants_key=piece == "{"))
        return True

"""Find the lines, columns and offsets of problems in a JSON text; called only if there are problems."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import define, evolve, field

from ftschema.core.pointer import join, split
from ftschema.core.report import Position
from ftschema.jsontext.tokens import LEVELS, TOKEN, token_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftschema.core.report import Problem

    _Span: TypeAlias = tuple[int | None, int | None]

_NOWHERE: Final = (None, None)


def located(problems: Iterable[Problem], text: str, *, in_bytes: bool) -> tuple[Problem, ...]:
    """Return problems with the positions of their values.

    Args:
        problems: Problems of the text, or of its payload. Those of the text have offsets in characters already; each
            ends with the token there.
        text: The text.
        in_bytes: Whether offsets count bytes, because the text was given in UTF-8.
    """
    problems = list(problems)
    pointers = {problem.pointer for problem in problems if problem.offset is None}
    by_pointer = _spans(pointers, text) if pointers else {}
    spans = [
        by_pointer.get(problem.pointer, _NOWHERE) if problem.offset is None else _token(problem.offset, text)
        for problem in problems
    ]
    firsts = [None if problem.first is None else problem.first.offset for problem in problems]
    offsets = {offset for span in spans for offset in span} | {*firsts}
    positions = _positions(text, sorted(offset for offset in offsets if offset is not None), in_bytes=in_bytes)
    return tuple(
        problem if start is None else _placed(problem, positions[start], positions.get(end), positions.get(first))
        for problem, (start, end), first in zip(problems, spans, firsts, strict=True)
    )


def _token(offset: int, text: str) -> _Span:
    """Return the span of the token at an offset; at the end of the text there is none."""
    return offset, offset + len(token_at(text, offset)) if offset < len(text) else None


def _placed(problem: Problem, start: Position, end: Position | None, first: Position | None) -> Problem:
    return evolve(problem, line=start.line, column=start.column, offset=start.offset, end=end, first=first)


def _positions(text: str, offsets: Iterable[int], *, in_bytes: bool) -> dict[int | None, Position]:
    """Return positions by offset, in one pass: a page of many jobs may have a million problems."""
    positions: dict[int | None, Position] = {}
    line, start, before, counted = 1, 0, 0, 0
    for offset in offsets:
        line += text.count("\n", before, offset)
        # A str may contain half of a surrogate pair, which has a length in bytes too.
        counted += len(text[before:offset].encode(errors="surrogatepass")) if in_bytes else offset - before
        # 0 if there is no further line feed.
        start = text.rfind("\n", before, offset) + 1 or start
        positions[offset] = Position(line, offset - start + 1, counted)
        before = offset
    return positions


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of a character, both from 1; lines end with a line feed."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def place(text: str, offset: int) -> str:
    """Return the column of a character in words, with its line if there are several."""
    line, column = position(text, offset)
    return f"line {line:,}, column {column:,}" if "\n" in text else f"column {column:,}"


def _spans(pointers: set[str], text: str) -> dict[str, _Span]:
    """Return where the values at some pointers start and end, in characters, if they are in the text."""
    wanted: dict[str, Any] = {}
    for pointer in pointers:
        node = wanted
        for step in split(pointer):
            node = node.setdefault(step, {})
    # The document ends with the text.
    scan = _Scan(wanted, {"": len(text.rstrip())}, pointers - {""})
    scan.run(text)
    return {pointer: (start, scan.ends.get(pointer)) for pointer, start in scan.starts.items()}


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
    """One pass over a text, which enters only the objects and arrays above a wanted value, and those wanted.

    Attributes:
        wanted: The tree of the steps that lead to the wanted values.
        ends: The end of each value that was entered, by its pointer.
        left: The pointers of the values whose end was not found yet.
        starts: The start of each value.
    """

    wanted: dict[str, Any]
    ends: dict[str, int]
    left: set[str]
    starts: dict[str, int] = field(factory=dict)
    _open: list[_Frame] = field(factory=list)

    def run(self, text: str) -> None:
        """Note where the wanted values, and those above them, start and end, until none is left."""
        # How many levels the scan is inside a value that it does not enter.
        below = 0
        for match in TOKEN.finditer(text):
            piece = match[0]
            if below:
                below += LEVELS.get(piece, 0)
            elif piece in {"}", "]"}:
                self._end(self._open.pop().pointer, match.end())
            elif piece == ",":
                self._next(self._open[-1])
            elif self._open and self._open[-1].wants_key:
                frame = self._open[-1]
                frame.step, frame.wants_key = json.loads(piece) if "\\" in piece else piece[1:-1], False
            elif piece != ":" and not self._value(piece, match.start()):
                below = LEVELS.get(piece, 0)
            if not self.left and self.starts:
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
        self.starts[pointer] = start
        if piece in LEVELS:
            self._open.append(_Frame(wanted, pointer, piece == "{", wants_key=piece == "{"))
        else:
            self._end(pointer, start + len(piece))
        return True

    def _end(self, pointer: str, end: int) -> None:
        self.ends[pointer] = end
        self.left.discard(pointer)

"""Where in a JSON text the places lie that problems name; asked only once something is wrong."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from ftschema.pointer import join, split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftschema.report import Problem

# Strings, brackets and separators, numbers and words: all that a text which was read consists of besides white space.
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def located(problems: Iterable[Problem], text: str, *, in_bytes: bool) -> tuple[Problem, ...]:
    """Return problems with the line, column and offset of the faulty value; of the second key for a repeated one.

    Args:
        problems: Problems of the text, or of the payload that was read from it. An offset that is set already counts
            characters.
        text: The text.
        in_bytes: Whether it came as UTF-8, so that offsets count bytes.
    """
    problems = tuple(problems)
    scan = _Scan(_tree(problem.pointer for problem in problems))
    # A text that cannot be read has one problem, which knows where it is.
    if any(problem.offset is None for problem in problems):
        scan.run(text)
    return tuple(_at(problem, _offset(problem, scan), text, in_bytes=in_bytes) for problem in problems)


def _offset(problem: Problem, found: _Scan) -> int | None:
    if problem.offset is not None:
        return problem.offset
    places = found.again if problem.code == "json-duplicate-key" else found.values
    return places.get(problem.pointer)


def _at(problem: Problem, offset: int | None, text: str, *, in_bytes: bool) -> Problem:
    if offset is None:
        return problem
    line, column = position(text, offset)
    # Half a surrogate pair can stand in a str; it has a length in bytes too.
    counted = len(text[:offset].encode(errors="surrogatepass")) if in_bytes else offset
    return evolve(problem, line=line, column=column, offset=counted)


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of a character, both from 1; lines end with a line feed."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _tree(pointers: Iterable[str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for pointer in pointers:
        node = tree
        for step in split(pointer):
            node = node.setdefault(step, {})
    return tree


@define
class _Frame:
    """An object or array that is open."""

    pointer: str
    wanted: dict[str, Any] | None
    is_object: bool
    wants_key: bool
    key: str = ""
    key_at: int = 0
    index: int = 0
    keys: set[str] = field(factory=set)


@define
class _Scan:
    """One pass over a text, down to the places that are wanted."""

    wanted: dict[str, Any]
    values: dict[str, int] = field(factory=dict)
    again: dict[str, int] = field(factory=dict)
    _open: list[_Frame] = field(factory=list)

    def run(self, text: str) -> None:
        for match in _PIECES.finditer(text):
            piece = match[0]
            frame = self._open[-1] if self._open else None
            if piece in ("}", "]"):
                self._open.pop()
            elif frame and piece == ",":
                frame.index += 1
                frame.wants_key = frame.is_object
            elif frame and frame.wants_key:
                frame.wants_key, frame.key_at = False, match.start()
                frame.key = json.loads(piece) if frame.wanted else ""
            elif piece != ":":
                self._value(piece, match.start(), frame)

    def _value(self, piece: str, start: int, frame: _Frame | None) -> None:
        pointer = ""
        wanted: dict[str, Any] | None = self.wanted
        if frame:
            step = frame.key if frame.is_object else str(frame.index)
            wanted = (frame.wanted or {}).get(step)
            if wanted is not None:
                pointer = frame.pointer + join([step])
                self._repeated(pointer, frame)
        if wanted is not None:
            self.values[pointer] = start
        if piece in ("{", "["):
            self._open.append(_Frame(pointer, wanted, piece == "{", piece == "{"))

    def _repeated(self, pointer: str, frame: _Frame) -> None:
        """Note a key that stands in its object again; what was found below its first value does not count."""
        if not frame.is_object:
            return
        if frame.key in frame.keys:
            self.again.setdefault(pointer, frame.key_at)
            for places in (self.values, self.again):
                for below in [known for known in places if known.startswith(f"{pointer}/")]:
                    del places[below]
        frame.keys.add(frame.key)

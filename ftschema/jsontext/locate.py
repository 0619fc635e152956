"""Where in a JSON text the places lie that problems name; asked only once something is wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from math import inf
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from ftschema.core.pointer import join, split
from ftschema.jsontext.data import SURROGATE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftschema.core.report import Problem

# Strings, brackets and separators, numbers and words: all that a text which was read consists of besides white space.
_PIECES = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+')
_OF_KEYS = frozenset({"json-duplicate-key", "json-surrogate"})
_LEVELS = {"{": 1, "[": 1, "}": -1, "]": -1}


def located(problems: Iterable[Problem], text: str, *, in_bytes: bool) -> tuple[Problem, ...]:
    """Return problems with the line, column and offset of what is faulty.

    That is the value; the second key for a repeated one; the key for one that is no Unicode text.

    Args:
        problems: Problems of the text, or of the payload that was read from it. An offset that is set already counts
            characters.
        text: The text.
        in_bytes: Whether it came as UTF-8, so that offsets count bytes.
    """
    problems = with_offsets(problems, text)
    offsets = sorted({problem.offset for problem in problems if problem.offset is not None})
    places = _positions(text, offsets, in_bytes=in_bytes)
    return tuple(
        problem if problem.offset is None else _placed(problem, *places[problem.offset]) for problem in problems
    )


def _placed(problem: Problem, line: int, column: int, offset: int) -> Problem:
    return evolve(problem, line=line, column=column, offset=offset)


def _positions(text: str, offsets: Iterable[int], *, in_bytes: bool) -> dict[int, tuple[int, int, int]]:
    """Return line, column and final offset by offset, in one pass: a page of many jobs may have a million problems."""
    found: dict[int, tuple[int, int, int]] = {}
    line, start, before, counted = 1, 0, 0, 0
    for offset in offsets:
        line += text.count("\n", before, offset)
        # Half a surrogate pair can be in a str; it has a length in bytes too.
        counted += len(text[before:offset].encode(errors="surrogatepass")) if in_bytes else offset - before
        # 0 if there is no further line feed.
        start = text.rfind("\n", before, offset) + 1 or start
        found[offset] = line, offset - start + 1, counted
        before = offset
    return found


def with_offsets(problems: Iterable[Problem], text: str) -> list[Problem]:
    """Return problems with the offset, in characters, of what is faulty; those that have one keep it."""
    problems = list(problems)
    # A text that cannot be read has one problem, which knows where it is.
    if all(problem.offset is not None for problem in problems):
        return problems
    tree = _tree(problem.pointer for problem in problems)
    # No key stands further down again where none is a problem.
    enough = inf if any(problem.code in _OF_KEYS for problem in problems) else _size(tree)
    scan = _Scan(tree)
    scan.run(text, enough)
    return [evolve(problem, offset=scan.offset(problem)) if problem.offset is None else problem for problem in problems]


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


def _size(tree: dict[str, Any]) -> int:
    return 1 + sum(map(_size, tree.values()))


@define
class _Frame:
    """An object or array that is open, and in which something is wanted.

    Attributes:
        wanted: What is wanted in it.
        pointer: Where it is.
        is_object: Whether it is an object.
        no_text: Where those of its keys begin that are no Unicode text.
        step: The key or the index of the member that is read.
        wants_key: Whether a key comes next.
        times: How often the keys stood there of the members that are wanted.
    """

    wanted: dict[str, Any]
    pointer: str
    is_object: bool
    no_text: dict[str, int]
    wants_key: bool
    step: str | int = 0
    times: Counter[str] = field(factory=Counter)


@define
class _Scan:
    """One pass over a text, down to the places that are wanted.

    Where a key stands in its object again, what is noted of its last value replaces what was noted before.
    """

    wanted: dict[str, Any]
    _values: dict[str, int] = field(factory=dict)
    _again: dict[str, int] = field(factory=dict)
    _no_text: dict[str, dict[str, int]] = field(factory=dict)
    _open: list[_Frame] = field(factory=list)

    def offset(self, problem: Problem) -> int | None:
        """Return where a problem is, None where there is no text; keys of one object are asked for in their order."""
        pointer = problem.pointer
        if problem.code == "json-duplicate-key":
            return self._again[pointer]
        if problem.code == "json-surrogate" and (keys := self._no_text[pointer]):
            return keys.pop(next(iter(keys)))
        return self._values.get(pointer)

    def run(self, text: str, enough: float) -> None:
        """Note what is wanted, until so many values are found."""
        # How many levels below the last frame the pass is, where nothing is wanted.
        below = 0
        for match in _PIECES.finditer(text):
            piece = match[0]
            if below:
                below += _LEVELS.get(piece, 0)
            elif piece in {"}", "]"}:
                self._open.pop()
            elif piece == ",":
                self._next(self._open[-1])
            elif self._open and self._open[-1].wants_key:
                self._key(self._open[-1], json.loads(piece) if "\\" in piece else piece[1:-1], match.start())
            elif piece != ":":
                if not self._value(piece, match.start()):
                    below = _LEVELS.get(piece, 0)
                elif len(self._values) == enough:
                    return

    def _next(self, frame: _Frame) -> None:
        frame.wants_key = frame.is_object
        if isinstance(frame.step, int):
            frame.step += 1

    def _key(self, frame: _Frame, key: str, start: int) -> None:
        frame.step, frame.wants_key = key, False
        if key in frame.wanted:
            frame.times[key] += 1
            if frame.times[key] == 2:  # noqa: PLR2004  # the second key is the first that is too many
                self._again[frame.pointer + join([key])] = start
        elif SURROGATE.search(key):
            frame.no_text.setdefault(key, start)

    def _value(self, piece: str, start: int) -> bool:
        """Note a value; return whether it is wanted, or something in it."""
        pointer, wanted = "", self.wanted
        if self._open:
            frame = self._open[-1]
            if str(frame.step) not in frame.wanted:
                return False
            pointer, wanted = frame.pointer + join([frame.step]), frame.wanted[str(frame.step)]
        self._values[pointer] = start
        no_text = self._no_text[pointer] = {}
        if piece in _LEVELS:
            self._open.append(_Frame(wanted, pointer, piece == "{", no_text, wants_key=piece == "{"))
        return True

"""Find in a text what the grammar of JSON allows but not JSON data: the problems of a text that has no syntax error.

Those are repeated keys, numbers that are too large, half surrogate pairs, and more levels of nesting than are allowed.
NaN and infinities are among them, because `syntax` lets them pass. A text is searched only if it could not be decoded,
or if what was decoded of it is not all of it.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from attrs import Factory, define, frozen

from ftschema.core.absent import ABSENT
from ftschema.core.pointer import join
from ftschema.core.report import MOST_PROBLEMS, Position, Problem, fitting
from ftschema.core.text import abridged, as_unicode, format_value
from ftschema.jsontext.data import DEEPEST, LONGEST_INTEGER, SURROGATE
from ftschema.jsontext.tokens import LEVELS, TOKEN

if TYPE_CHECKING:
    from ftschema.core.literals import Code

_INTEGER: Final = re.compile(r"-?[0-9]+")
_WORDS: Final = frozenset({"true", "false", "null"})


def non_json(text: str) -> tuple[list[Problem], int]:
    """Return the problems of a text without syntax errors, in order, and the number of those left out.

    Each has its offset in characters: that of the value, or of the key if it is repeated or not Unicode text. The value
    of a repeated key that another one replaces is not searched.
    """
    search = _Search()
    search.run(text)
    problems = fitting(_problem(fault, text) for fault in search.faults)
    return problems, search.omitted + len(search.faults) - len(problems)


@frozen
class _Fault:
    """A problem without its pointer, which takes long to build where a key is long.

    Attributes:
        path: The path of the value.
        code: The code.
        message: The message; empty if it is about a repeated key.
        start: Where the value or the key is.
        expected: What was expected.
        found: What was found.
        first: Where the repeated key is for the first time.
    """

    path: tuple[str | int, ...]
    code: Code
    message: str
    start: int
    expected: Any = None
    found: Any = ABSENT
    first: int | None = None


def _problem(fault: _Fault, text: str) -> Problem:
    message, first = fault.message, None
    if fault.first is not None:
        # Most texts have no repeated key.
        from ftschema.jsontext.locate import place  # noqa: PLC0415

        key = format_value(fault.path[-1])
        message = f"expected each key once, found {key} again; first at {place(text, fault.first)}"
        # Its line and column are found with those of the problem.
        first = Position(0, 0, fault.first)
    return Problem(
        join(fault.path),
        fault.code,
        message,
        offset=fault.start,
        expected=fault.expected,
        found=fault.found,
        first=first,
    )


@define
class _Container:
    """An object or array that the search is in.

    Attributes:
        is_object: Whether it is an object.
        wants_key: Whether the next string is a key.
        step: The key or the index of the current member.
        first: Where each key is for the first time.
        repeated: The keys that occurred again.
    """

    is_object: bool
    wants_key: bool
    step: str | int = 0
    first: dict[str, int] = Factory(dict)
    repeated: set[str] = Factory(set)


@define
class _Search:
    faults: list[_Fault] = Factory(list)
    omitted: int = 0
    _open: list[_Container] = Factory(list)

    def run(self, text: str) -> None:
        # How many levels the search is inside a value that is not searched; a scalar is passed over at once.
        skipped = 0
        skips_next = False
        for match in TOKEN.finditer(text):
            piece = match[0]
            if skipped:
                skipped += LEVELS.get(piece, 0)
            elif piece in {"}", "]"}:
                self._open.pop()
            elif piece == ",":
                self._to_next(self._open[-1])
            elif self._open and self._open[-1].wants_key:
                skips_next = not self._visit_key(self._open[-1], piece, match.start())
            elif piece != ":":
                if skips_next or not self._visit_value(piece, match.start()):
                    skipped = LEVELS.get(piece, 0)
                skips_next = False

    def _to_next(self, container: _Container) -> None:
        container.wants_key = container.is_object
        if isinstance(container.step, int):
            container.step += 1

    def _path(self) -> tuple[str | int, ...]:
        """Return the path of the current member of the innermost object or array."""
        return tuple(container.step for container in self._open)

    def _visit_key(self, container: _Container, piece: str, start: int) -> bool:
        """Visit a key; return whether its value is searched, which needs a path."""
        key: str = json.loads(piece)
        container.step, container.wants_key = key, False
        first = container.first.setdefault(key, start)
        if SURROGATE.search(key):
            if first == start:
                message = f"expected Unicode text, found a lone surrogate in the key {format_value(key)}"
                self._add(self._path()[:-1], "json-surrogate", message, start, found=abridged(as_unicode(key)))
            return False
        if first != start:
            path = self._path()
            self._forget(path)
            # A third is the same problem.
            if key not in container.repeated:
                container.repeated.add(key)
                self._add(path, "json-duplicate-key", "", start, found=abridged(key), first=first)
        return True

    def _visit_value(self, piece: str, start: int) -> bool:
        """Visit a value; return whether to search inside it."""
        if piece in LEVELS:
            if len(self._open) == DEEPEST:
                message = f"expected at most {DEEPEST} levels of nesting, found more"
                self._add(self._path(), "json-depth", message, start, DEEPEST)
                return False
            self._open.append(_Container(piece == "{", piece == "{"))
        elif piece.startswith('"'):
            if not piece.isascii() or "\\u" in piece:
                text = json.loads(piece)
                if SURROGATE.search(text):
                    message = f"expected Unicode text, found a lone surrogate in {format_value(text)}"
                    self._add(self._path(), "json-surrogate", message, start, found=abridged(as_unicode(text)))
        elif piece not in _WORDS:
            self._visit_number(piece, start)
        return True

    def _visit_number(self, piece: str, start: int) -> None:
        if _INTEGER.fullmatch(piece):
            if not _is_short(piece):
                message = f"expected at most {LONGEST_INTEGER:,} digits, found more"
                self._add(self._path(), "json-number", message, start, LONGEST_INTEGER)
        elif not isfinite(number := float(piece)):
            found = json.dumps(number)
            self._add(self._path(), "json-number", f"expected a finite number, found {found}", start, found=found)

    def _add(  # noqa: PLR0913, PLR0917  # the fields of a fault
        self,
        path: tuple[str | int, ...],
        code: Code,
        message: str,
        start: int,
        expected: Any = None,
        found: Any = ABSENT,
        first: int | None = None,
    ) -> None:
        if len(self.faults) < MOST_PROBLEMS:
            self.faults.append(_Fault(path, code, message, start, expected, found, first))
        else:
            self.omitted += 1

    def _forget(self, path: tuple[str | int, ...]) -> None:
        """Drop the problems of a value that is replaced, but not that its key is repeated."""
        self.faults = [
            fault
            for fault in self.faults
            if fault.path[: len(path)] != path or (fault.path == path and fault.code == "json-duplicate-key")
        ]


def _is_short(integer: str) -> bool:
    if len(integer.lstrip("-")) > LONGEST_INTEGER:
        return False
    try:
        int(integer)
    except ValueError:
        # Python may be configured to read fewer digits.
        return False
    return True

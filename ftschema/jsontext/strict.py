"""Find in a text what the grammar of JSON allows but not JSON data: the problems of a text that has no syntax error.

Those are repeated keys, numbers that are too large, half surrogate pairs, and more levels of nesting than are allowed.
NaN and infinities are among them, because `syntax` lets them pass. A text is searched only if it could not be decoded,
or if what was decoded of it is not all of it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from math import isfinite
from typing import Final

from attrs import Factory, define

from ftschema.core.pointer import join
from ftschema.core.report import MOST_PROBLEMS, Problem
from ftschema.core.text import format_value
from ftschema.jsontext.data import DEEPEST, LONGEST_INTEGER, SURROGATE
from ftschema.jsontext.tokens import LEVELS, TOKEN

_INTEGER: Final = re.compile(r"-?[0-9]+")
_WORDS: Final = frozenset({"true", "false", "null"})


def non_json(text: str) -> tuple[list[Problem], int]:
    """Return the problems of a text without syntax errors, in order, and the number of those left out.

    Each has its offset in characters: that of the value, or of the key if it is repeated or not Unicode text. The value
    of a repeated key that another one replaces is not searched.
    """
    search = _Search()
    search.run(text)
    return search.problems, search.omitted


@define
class _Container:
    """An object or array that the search is in.

    Attributes:
        pointer: The pointer of it.
        is_object: Whether it is an object.
        wants_key: Whether the next string is a key.
        step: The key or the index of the current member.
        times: How often each key occurred so far.
    """

    pointer: str
    is_object: bool
    wants_key: bool
    step: str | int = 0
    times: Counter[str] = Factory(Counter)


@define
class _Search:
    problems: list[Problem] = Factory(list)
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

    def _visit_key(self, container: _Container, piece: str, start: int) -> bool:
        """Visit a key; return whether its value is searched, which needs a pointer."""
        key: str = json.loads(piece)
        container.step, container.wants_key = key, False
        container.times[key] += 1
        times = container.times[key]
        if SURROGATE.search(key):
            if times == 1:
                message = f"expected Unicode text, found a lone surrogate in the key {format_value(key)}"
                self._add(container.pointer, "json-surrogate", message, start)
            return False
        if times > 1:
            pointer = container.pointer + join([key])
            self._forget(pointer)
            if times == 2:  # noqa: PLR2004  # a third is the same problem
                self._add(
                    pointer, "json-duplicate-key", f"expected each key once, found {format_value(key)} again", start
                )
        return True

    def _visit_value(self, piece: str, start: int) -> bool:
        """Visit a value; return whether to search inside it."""
        container = self._open[-1] if self._open else None
        pointer = container.pointer + join([container.step]) if container else ""
        if piece in LEVELS:
            if len(self._open) == DEEPEST:
                message = f"expected at most {DEEPEST} levels of nesting, found more"
                self._add(pointer, "json-depth", message, start)
                return False
            self._open.append(_Container(pointer, piece == "{", piece == "{"))
        elif piece.startswith('"'):
            if not piece.isascii() or "\\u" in piece:
                text = json.loads(piece)
                if SURROGATE.search(text):
                    message = f"expected Unicode text, found a lone surrogate in {format_value(text)}"
                    self._add(pointer, "json-surrogate", message, start)
        elif piece not in _WORDS:
            self._visit_number(piece, pointer, start)
        return True

    def _visit_number(self, piece: str, pointer: str, start: int) -> None:
        if _INTEGER.fullmatch(piece):
            if not _is_short(piece):
                self._add(pointer, "json-number", f"expected at most {LONGEST_INTEGER:,} digits, found more", start)
        elif not isfinite(number := float(piece)):
            self._add(pointer, "json-number", f"expected a finite number, found {json.dumps(number)}", start)

    def _add(self, pointer: str, code: str, message: str, start: int) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(pointer, code, message, offset=start))
        else:
            self.omitted += 1

    def _forget(self, pointer: str) -> None:
        """Drop the problems of a value that is replaced, but not that its key is repeated."""
        self.problems = [
            problem
            for problem in self.problems
            if not problem.pointer.startswith(f"{pointer}/")
            and (problem.pointer != pointer or problem.code == "json-duplicate-key")
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

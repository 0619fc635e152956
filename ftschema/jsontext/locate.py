"""Find the lines, columns and offsets of problems in a JSON text; called only if there are problems."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import frozen

from ftschema.core.pointer import join, split
from ftschema.core.report import Position, placed
from ftschema.jsontext.tokens import token_at

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
        problem if start is None else placed(problem, positions[start], positions.get(end), positions.get(first))
        for problem, (start, end), first in zip(problems, spans, firsts, strict=True)
    )


def _token(offset: int, text: str) -> _Span:
    """Return the span of the token at an offset; at the end of the text there is none."""
    return offset, offset + len(token_at(text, offset)) if offset < len(text) else None


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
    start = len(text) - len(text.lstrip())
    search = _Search(text, pointers - {""}, {"": (start, len(text.rstrip()))})
    if wanted:
        # Python may have no room for the calls if its own are many levels deep already.
        with suppress(RecursionError):
            search.visit(start, wanted, "")
    return search.spans


# Numbers are not read: they may be long.
_decode = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
# What is in front of a value, behind a key, and behind a value.
_OPENING, _COLON, _COMMA = (re.compile(rf"[ \t\n\r]*{mark}[ \t\n\r]*") for mark in (r"[{\[]?", ":", ",?"))


def _skip(mark: re.Pattern[str], text: str, offset: int) -> int:
    """Return the offset behind a mark and the white space around it."""
    return mark.match(text, offset).end()  # type: ignore[union-attr]  # it is there, or may be absent


@frozen
class _Search:
    """A search that visits the values above wanted ones, and steps over all others with the scanner of `json`.

    Attributes:
        text: The text, which is JSON.
        left: The pointers of the values that were not found yet.
        spans: Where the values that were visited start and end.
    """

    text: str
    left: set[str]
    spans: dict[str, _Span]

    def visit(self, start: int, wanted: dict[str, Any], pointer: str) -> int:
        """Note the span of a value, and those of the wanted values in it; return its end.

        Once no value is left to be found, what is returned is not the end.
        """
        opening = self.text[start]
        if wanted and opening in "{[":
            end = self._visit_members(start, wanted, pointer, is_object=opening == "{")
        else:
            _, end = _decode(self.text, start)
        if pointer:
            self.spans[pointer] = start, end
            self.left.discard(pointer)
        return end

    def _visit_members(self, start: int, wanted: dict[str, Any], pointer: str, *, is_object: bool) -> int:
        text, index = self.text, 0
        offset = _skip(_OPENING, text, start)
        while text[offset] not in "}]" and self.left:
            if is_object:
                step, offset = _decode(text, offset)
                offset = _skip(_COLON, text, offset)
            else:
                step, index = str(index), index + 1
            if step in wanted:
                offset = self.visit(offset, wanted[step], pointer + join([step]))
            else:
                _, offset = _decode(text, offset)
            offset = _skip(_COMMA, text, offset)
        return offset + 1

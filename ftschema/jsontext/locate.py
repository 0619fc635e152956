"""Find the lines, columns and offsets of problems in a JSON text; called only if there are problems."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from attrs import frozen

from ftschema.core.pointer import join, split
from ftschema.core.report import Position, placed
from ftschema.jsontext.tokens import token_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftschema.core.report import Problem

    _Span: TypeAlias = tuple[int | None, int | None]

_NOWHERE: Final = (None, None)


# So few values are searched by their keys.
_FEW: Final = 20


def located(problems: Iterable[Problem], text: str, *, in_bytes: bool, line: int | None = None) -> tuple[Problem, ...]:
    """Return problems with the positions of their values.

    Args:
        problems: Problems of the text, or of its payload. Those of the text have offsets in characters already; each
            ends with the token there.
        text: The text.
        in_bytes: Whether offsets count bytes, because the text was given in UTF-8.
        line: The line of all positions, if the text is one of JSON Lines.
    """
    problems = list(problems)
    pointers = {problem.pointer for problem in problems if problem.offset is None}
    by_pointer = _spans(pointers, text) if pointers else {}
    spans = [
        by_pointer.get(problem.pointer, _NOWHERE) if problem.offset is None else _token(problem.offset, text)
        for problem in problems
    ]
    firsts = [None if problem.first is None else problem.first.offset for problem in problems]
    offsets = {*firsts, *chain.from_iterable(spans)} - {None}
    positions = _positions(text, sorted(cast("set[int]", offsets)), in_bytes=in_bytes and not text.isascii(), line=line)
    return tuple(
        problem if start is None else placed(problem, positions[start], positions.get(end), positions.get(first))
        for problem, (start, end), first in zip(problems, spans, firsts, strict=True)
    )


def _token(offset: int, text: str) -> _Span:
    """Return the span of the token at an offset; at the end of the text there is none."""
    return offset, offset + len(token_at(text, offset)) if offset < len(text) else None


def _positions(text: str, offsets: Iterable[int], *, in_bytes: bool, line: int | None) -> dict[int | None, Position]:
    """Return positions by offset, in one pass: a page of many jobs may have a million problems."""
    positions: dict[int | None, Position] = {}
    number, start, before, counted = 1, 0, 0, 0
    # Counting takes ten times as long as not finding any.
    has_breaks = "\n" in text
    for offset in offsets:
        if has_breaks:
            number += text.count("\n", before, offset)
        # A str may contain half of a surrogate pair, which has a length in bytes too.
        counted += len(text[before:offset].encode(errors="surrogatepass")) if in_bytes else offset - before
        # 0 if there is no further line feed.
        start = text.rfind("\n", before, offset) + 1 or start
        positions[offset] = Position(line or number, offset - start + 1, counted)
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
    # The document ends with the text.
    start = len(text) - len(text.lstrip())
    spans: dict[str, _Span] = {"": (start, len(text.rstrip()))}
    # Python may have no room for the calls if its own are many levels deep already.
    with suppress(RecursionError):
        if len(pointers) <= _FEW and "\\" not in text:
            spans |= {pointer: span for pointer in pointers if (span := _by_key(pointer.rpartition("/")[2], text))}
        left = pointers - spans.keys()
        if left:
            _Search(text, left, spans).visit(start, _tree(left), "")
    return spans


def _by_key(key: str, text: str) -> _Span | None:
    """Return where the value of a key starts and ends in a text without escapes, if the key is in it only once.

    Between two strings is a mark of JSON, so that what is in quotation marks is a string if it is a name.
    """
    quoted = f'"{key}"'
    at = text.find(quoted)
    if at < 0 or not key.isidentifier() or text.find(quoted, at + 1) >= 0:
        return None
    colon = _COLON.match(text, at + len(quoted))
    if colon is None:
        return None
    _, end = _decode(text, colon.end())
    return colon.end(), end


def _tree(pointers: Iterable[str]) -> dict[str, Any]:
    """Return pointers as a tree of their steps."""
    tree: dict[str, Any] = {}
    for pointer in pointers:
        node = tree
        for step in split(pointer):
            node = node.setdefault(step, {})
    return tree


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

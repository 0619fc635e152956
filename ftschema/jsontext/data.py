"""Whether a Python value is JSON data: made only of what `json.loads` returns for a job.

Facts: jsonschema and jsonschema-rs differ on Python values that are not JSON (int keys, NaN, tuples: tried), so none
is passed to them. Only the exact types that `json.loads` makes are accepted: a subclass may show one value to Python
and another to a validator (a `str` enum, a dict with its own `__getitem__`), and would not survive a round trip. The
maps and lists of a job (`core.readonly`) are accepted too: they have nothing of their own.

There are several walks over a value. `_Walk` explains: it visits everything and knows the pointer of each value.
`_count_down` decides: it stops at the first fault and keeps no path, which takes a tenth of the time. `containers`
and `keys_and_depth_are_json` are its two halves, for payloads of the size of a job: msgspec checks the keys and the
depth of the jobs that it accepts. What it accepts as a job without unknown keys needs only `has_json_types`.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from attrs import Factory, define

from ftschema.core.absent import ABSENT
from ftschema.core.pointer import join
from ftschema.core.readonly import ReadOnlyDict, ReadOnlyList
from ftschema.core.report import Problem, fitting
from ftschema.core.text import abridged, as_unicode, format_value, shorten, type_name

if TYPE_CHECKING:
    from ftschema.core.literals import Code

DEEPEST: Final = 200
"""The number of levels of objects and arrays that is allowed; the deepest live job has 10."""

LONGEST_INTEGER: Final = 4_300
"""The number of digits that an integer may have: as many as Python reads and writes by default."""

TOO_LONG: Final = 10**LONGEST_INTEGER
"""The smallest integer with too many digits."""

LARGEST: Final = 10_000_000
"""The number of values that a payload may have, each counted as often as it would be written."""

SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Matches half of a surrogate pair, which a Python `str` can contain and Unicode text cannot."""

# After this many values `_Walk` takes over, which visits a value that is used in several places only once.
_MOST_VALUES = 1_000_000
_MOST_SMALL = 1_000
# For each object and array, so that there are at most 1,000 of them; a job has fewer, unless one contains itself.
_COST = 1_000
# A constant, because negating a number of that length takes longer than checking a whole job.
_TOO_LOW = -TOO_LONG
_NOT_JSON, _TOO_MANY = -1, -2
_SCALARS = (str, int, float, bool, type(None))
_READ_ONLY = (ReadOnlyDict, ReadOnlyList)


def is_json(payload: object) -> bool:
    """Return whether a value is JSON data."""
    if is_json_of_size(payload):
        return True
    left = _count_down([payload], 0, _MOST_VALUES)
    return left >= 0 or (left == _TOO_MANY and not find_non_json(payload, 1)[0])


def is_json_of_size(payload: object, most: int = _MOST_VALUES) -> bool:
    """Return True if a payload is proved to be JSON data within a size, as in `containers`; False is "undecided"."""
    found = containers(payload, most)
    return found is not None and keys_and_depth_are_json(found)


def containers(payload: object, most: int = _MOST_VALUES) -> list[Any] | None:  # noqa: C901, PLR0911, PLR0912  # inlined
    """Return the objects and arrays of a payload, or None if it is undecided whether all their values are JSON data.

    Keys and depth are not checked; `keys_and_depth_are_json` does that.

    Args:
        payload: The payload.
        most: The largest size: the number of values and of the characters in strings, and 1,000 for each container.
    """
    if type(payload) is not dict:
        return None
    found: list[Any] = [payload]
    left = most
    for container in found:
        left -= len(container) + _COST
        if left < 0:
            return None
        for member in container.values() if type(container) is dict else container:
            if member is None:
                continue
            kind = type(member)
            if kind is str:
                left -= len(member)
                if not member.isascii() and SURROGATE.search(member):
                    return None
            elif kind is int:
                if not _TOO_LOW < member < TOO_LONG:
                    return None
            elif kind is dict or kind is list:
                if member:
                    found.append(member)
            elif kind is float:
                if not isfinite(member):
                    return None
            elif kind in _READ_ONLY:
                found.append(dict(member) if kind is ReadOnlyDict else [*member])
            elif kind is not bool:
                return None
    return found if left >= 0 else None


def has_json_types(payload: dict[str, Any]) -> bool:  # noqa: C901  # inlined for speed
    """Return whether all values of a payload that msgspec converted are JSON data; it checked keys and numbers."""
    found: list[Any] = [payload.values()]
    for members in found:
        for member in members:
            if member is None:
                continue
            kind = type(member)
            if kind is str:
                if not member.isascii() and SURROGATE.search(member):
                    return False
            elif kind is dict:
                if member:
                    found.append(member.values())
            elif kind is list:
                if member:
                    found.append(member)
            elif kind is not int and kind is not float and kind is not bool:
                return False
    return True


def keys_and_depth_are_json(found: list[Any], start: int = 0) -> bool:
    """Return True if the keys of `containers` are Unicode text and the nesting is allowed; False is "undecided".

    The keys of the objects before `start` are known to be Unicode text.
    """
    # So few containers cannot nest too deep, even with an empty one, which is not listed, inside the innermost.
    if len(found) >= DEEPEST:
        return False
    for container in found[start:]:  # noqa: SIM110  # faster
        if type(container) is dict and not has_json_keys(container):
            return False
    return True


def has_json_keys(container: dict[Any, Any]) -> bool:
    """Return whether all keys of an object are Unicode text."""
    for key in container:  # noqa: SIM110  # faster
        if type(key) is not str or (not key.isascii() and SURROGATE.search(key)):
            return False
    return True


def deep_copy(value: Any) -> Any:
    """Return a copy of JSON data that shares no object or array with it."""
    kind = type(value)
    if kind is dict or kind is ReadOnlyDict:
        return {key: deep_copy(member) for key, member in value.items()}
    if kind is list or kind is ReadOnlyList:
        return [deep_copy(item) for item in value]
    return value


def is_small_json(value: object) -> bool:
    """Return True if a value inside a payload is proved to be JSON data; False is "undecided"."""
    container = value if type(value) is dict or type(value) is list else (value,)
    # The payload may be that deep above it.
    return _count_down(container, DEEPEST // 2, _MOST_SMALL) >= 0


def copy_of_json(value: Any) -> Any:
    """Return a copy of a value inside a payload that is proved to be JSON data, or raise ValueError."""
    if not is_small_json(value):
        raise ValueError("not JSON data, or a large value")
    return deep_copy(value)


def find_non_json(payload: object, most: int) -> tuple[list[Problem], int]:
    """Return where and why a value is not JSON data: at most `most` problems, and the number of those left out.

    A value that is used in several places is visited once, at the first of them.
    """
    walk = _Walk(most)
    _, size = walk.visit(payload)
    if not walk.number and size > LARGEST:
        walk.add("json-size", f"expected at most {LARGEST:,} values, found more", LARGEST)
    problems = fitting(
        Problem(join(path), code, message, expected=expected, found=found)
        for path, code, message, expected, found in walk.faults
    )
    return problems, walk.number - len(problems)


def _count_down(container: Any, depth: int, left: int) -> int:  # noqa: C901, PLR0911, PLR0912  # inlined for speed
    """Return how many more values may be visited, `_NOT_JSON` or `_TOO_MANY`."""
    left -= len(container)
    if left < 0:
        return _TOO_MANY
    members = container
    if type(container) is dict:
        for key in container:
            if type(key) is not str or (not key.isascii() and SURROGATE.search(key)):
                return _NOT_JSON
        members = container.values()
    for member in members:
        if member is None:
            continue
        kind = type(member)
        if kind is str:
            if not member.isascii() and SURROGATE.search(member):
                return _NOT_JSON
        elif kind is dict or kind is list:
            left = _count_down(member, depth + 1, left) if depth < DEEPEST else _NOT_JSON
            if left < 0:
                return left
        elif kind is int:
            if not _TOO_LOW < member < TOO_LONG:
                return _NOT_JSON
        elif kind is float:
            if not isfinite(member):
                return _NOT_JSON
        elif kind in _READ_ONLY:
            plain = dict(member) if kind is ReadOnlyDict else [*member]
            left = _count_down(plain, depth + 1, left) if depth < DEEPEST else _NOT_JSON
            if left < 0:
                return left
        elif kind is not bool:
            return _NOT_JSON
    return left


@define
class _Walk:
    """A walk that visits each object and array once and knows its path.

    Attributes:
        most: How many faults are kept.
        faults: The path, the code and the message of each, and what was expected and found.
        number: How many there are.
    """

    most: int
    faults: list[tuple[tuple[str | int, ...], Code, str, Any, Any]] = Factory(list)
    number: int = 0
    _path: list[str | int] = Factory(list)
    _above: set[int] = Factory(set)
    # The depth and the number of values of each object and array visited, by its identity.
    _known: dict[int, tuple[int, int]] = Factory(dict)

    def add(self, code: Code, message: str, expected: Any = None, found: Any = ABSENT) -> None:
        self.number += 1
        if self.number <= self.most:
            self.faults.append((tuple(self._path), code, message, expected, found))

    def visit(self, value: Any) -> tuple[int, int]:
        kind = type(value)
        if kind in _SCALARS:
            self._visit_scalar(value)
            return 0, 1
        if kind is not dict and kind is not list and kind not in _READ_ONLY:
            name = type_name(kind)
            self.add("json-type", f"expected JSON data, found a Python value of type {name}", found=name)
            return 0, 0
        if id(value) in self._above:
            self.add("json-cycle", f"expected JSON data, found an {_noun(value)} that contains itself")
            return 0, 0
        depth, size = self._known.get(id(value), (1, 1))
        if len(self._path) + depth > DEEPEST:
            self.add("json-depth", f"expected at most {DEEPEST} levels of nesting, found more", DEEPEST)
            return 0, 0
        if id(value) in self._known:
            return depth, size
        self._above.add(id(value))
        is_object = isinstance(value, dict)
        for key, member in list(value.items()) if is_object else enumerate(value):
            if is_object and not self._visit_key(key):
                continue
            # Most of a large value; anything else takes ten times as long.
            if (
                member is None
                or (type(member) is int and -1 < member < TOO_LONG)
                or (type(member) is str and member.isascii())
            ):
                size += 1
                continue
            if (type(member) is list or type(member) is dict) and not member and len(self._path) < DEEPEST - 1:
                depth, size = max(depth, 2), size + 1
                continue
            self._path.append(key)
            below, parts = self.visit(member)
            self._path.pop()
            depth, size = max(depth, below + 1), size + parts
        self._above.discard(id(value))
        self._known[id(value)] = depth, size
        return depth, size

    def _visit_key(self, key: object) -> bool:
        if type(key) is not str:
            name = shorten(type(key).__name__, 60)
            self.add("json-key", f"expected strings as keys, found a key of type {name}", found=name)
            return False
        if SURROGATE.search(key):
            message = f"expected Unicode text, found a lone surrogate in the key {format_value(key)}"
            self.add("json-surrogate", message, found=abridged(as_unicode(key)))
            return False
        return True

    def _visit_scalar(self, value: object) -> None:
        if isinstance(value, str) and SURROGATE.search(value):
            message = f"expected Unicode text, found a lone surrogate in {format_value(value)}"
            self.add("json-surrogate", message, found=abridged(as_unicode(value)))
        elif isinstance(value, int) and not -TOO_LONG < value < TOO_LONG:
            self.add("json-number", f"expected at most {LONGEST_INTEGER:,} digits, found more", LONGEST_INTEGER)
        elif isinstance(value, float) and not isfinite(value):
            text = json.dumps(value)
            self.add("json-number", f"expected a finite number, found {text}", found=text)


def _noun(value: object) -> str:
    return "object" if isinstance(value, dict) else "array"

"""Whether a Python value is JSON data: what the JSON text of a job can hold, and nothing else.

Facts: jsonschema and jsonschema-rs differ on Python values that are not JSON (int keys, NaN, tuples: tried), so none
reaches them. Only the exact types count that `json.loads` makes: a subclass may show one value to Python and
another to an engine (a `str` enum, a dict with its own `__getitem__`), and would not survive a round trip.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from attrs import Factory, define

from ftschema.core.pointer import join
from ftschema.core.report import Problem
from ftschema.core.text import clip, show

if TYPE_CHECKING:
    from collections.abc import Collection

DEEPEST: Final = 200
"""How many objects and arrays may lie inside each other; the deepest live job has 10."""

LONGEST_INTEGER: Final = 4_300
"""How many digits an integer may have: as many as Python reads and writes by default."""

TOO_LONG: Final = 10**LONGEST_INTEGER
"""The smallest integer with too many digits."""

LARGEST: Final = 10_000_000
"""How many values a payload may hold, each counted as often as it would be written."""

SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Finds half a surrogate pair, which Python's text can hold and Unicode text cannot."""

# So many values are looked at before the careful walk takes over, which knows parts that stand in several places.
_QUICK = 1_000_000
# So many objects and arrays are more than a job has, unless one contains itself.
_FEW = 1_000
# Made once: to negate so many digits takes longer than to look at the rest of a value.
_TOO_LOW = -TOO_LONG
_FAULTY, _TOO_MANY = -1, -2
_SCALARS = (str, int, float, bool, type(None))


def is_json(payload: object) -> bool:
    """Return whether a value is JSON data."""
    left = _quick([payload], 0, _QUICK)
    return left >= 0 or (left == _TOO_MANY and not faults(payload, 1)[0])


def looked_through(values: Collection[Any]) -> list[Collection[Any]] | None:  # noqa: C901, PLR0912  # inlined for speed
    """Return these values, and those of each object and each array in them, all of which are JSON data.

    Keys are not looked at, nor how deep they are. None is returned where it is not quickly seen.
    """
    waiting = [values]
    left = _QUICK
    for members in waiting:
        left -= len(members)
        if left < 0 or len(waiting) > _FEW:
            return None
        for member in members:
            if member is None:
                continue
            kind = type(member)
            if kind is str:
                if not member.isascii() and SURROGATE.search(member):
                    return None
            elif kind is int:
                if not _TOO_LOW < member < TOO_LONG:
                    return None
            elif kind is dict or kind is list:
                if member:
                    waiting.append(member.values() if kind is dict else member)
            elif kind is float:
                if not isfinite(member):
                    return None
            elif kind is not bool:
                return None
    return waiting


def are_whole(parts: list[Any]) -> bool:
    """Return whether parts that were looked through are quickly seen to have no key and no depth that JSON has not."""
    # So few are no more levels than that, with an empty part in the last of them.
    if len(parts) >= DEEPEST:
        return False
    for part in parts:
        if type(part) is not list:
            for key in part.mapping:
                if type(key) is not str or (not key.isascii() and SURROGATE.search(key)):
                    return False
    return True


def copied(value: Any) -> Any:
    """Return a copy of JSON data that shares no object or array with it."""
    kind = type(value)
    if kind is dict:
        return {key: copied(member) for key, member in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    return value


def faults(payload: object, most: int) -> tuple[list[Problem], int]:
    """Return where and why a value is not JSON data: up to `most` problems, and how many more there are.

    A part that stands in several places is looked at once, in the first of them.
    """
    walk = _Walk(most)
    _, size = walk.visit(payload, [])
    if not walk.problems and size > LARGEST:
        walk.add([], "json-size", f"expected at most {LARGEST:,} values, found more")
    return walk.problems, walk.omitted


def _quick(container: Any, depth: int, left: int) -> int:  # noqa: C901, PLR0911, PLR0912  # inlined for speed
    """Return how many more values may be looked at: `_FAULTY` for what is not JSON, less for too many."""
    left -= len(container)
    if left < 0:
        return _TOO_MANY
    members = container
    if type(container) is dict:
        for key in container:
            if type(key) is not str or (not key.isascii() and SURROGATE.search(key)):
                return _FAULTY
        members = container.values()
    for member in members:
        if member is None:
            continue
        kind = type(member)
        if kind is str:
            if not member.isascii() and SURROGATE.search(member):
                return _FAULTY
        elif kind is dict or kind is list:
            left = _quick(member, depth + 1, left) if depth < DEEPEST else _FAULTY
            if left < 0:
                return left
        elif kind is int:
            if not _TOO_LOW < member < TOO_LONG:
                return _FAULTY
        elif kind is float:
            if not isfinite(member):
                return _FAULTY
        elif kind is not bool:
            return _FAULTY
    return left


@define
class _Walk:
    """A walk that looks at every part once and knows where it is."""

    most: int
    problems: list[Problem] = Factory(list)
    omitted: int = 0
    _above: set[int] = Factory(set)
    # By identity of an object or array that was looked at: how deep it goes and how many values it holds.
    _known: dict[int, tuple[int, int]] = Factory(dict)

    def add(self, path: list[str | int], code: str, message: str) -> None:
        if len(self.problems) < self.most:
            self.problems.append(Problem(join(path), code, message))
        else:
            self.omitted += 1

    def visit(self, value: Any, path: list[str | int]) -> tuple[int, int]:
        kind = type(value)
        if kind in _SCALARS:
            self._visit_scalar(value, path)
            return 0, 1
        if kind is not dict and kind is not list:
            name = clip(kind.__name__, 60)
            self.add(path, "json-type", f"expected JSON data, found a Python value of type {name}")
            return 0, 0
        if id(value) in self._above:
            self.add(path, "json-cycle", f"expected JSON data, found an {_noun(value)} that contains itself")
            return 0, 0
        depth, size = self._known.get(id(value), (1, 1))
        if len(path) + depth > DEEPEST:
            self.add(path, "json-depth", f"expected at most {DEEPEST} levels of nesting, found more")
            return 0, 0
        if id(value) in self._known:
            return depth, size
        self._above.add(id(value))
        for key, member in list(value.items() if kind is dict else enumerate(value)):
            if kind is dict and not self._visit_key(key, path):
                continue
            below, parts = self.visit(member, [*path, key])
            depth, size = max(depth, below + 1), size + parts
        self._above.discard(id(value))
        self._known[id(value)] = depth, size
        return depth, size

    def _visit_key(self, key: object, path: list[str | int]) -> bool:
        if type(key) is not str:
            name = clip(type(key).__name__, 60)
            self.add(path, "json-key", f"expected strings as keys, found a key of type {name}")
            return False
        if SURROGATE.search(key):
            self.add(path, "json-surrogate", f"expected Unicode text, found a lone surrogate in the key {show(key)}")
            return False
        return True

    def _visit_scalar(self, value: object, path: list[str | int]) -> None:
        if isinstance(value, str) and SURROGATE.search(value):
            self.add(path, "json-surrogate", f"expected Unicode text, found a lone surrogate in {show(value)}")
        elif isinstance(value, int) and not -TOO_LONG < value < TOO_LONG:
            self.add(path, "json-number", f"expected at most {LONGEST_INTEGER:,} digits, found more")
        elif isinstance(value, float) and not isfinite(value):
            self.add(path, "json-number", f"expected a finite number, found {json.dumps(value)}")


def _noun(value: object) -> str:
    return "object" if type(value) is dict else "array"

"""When two JSON values are the same, for a reader who tells 1, 1.0 and True apart."""

from __future__ import annotations

from typing import Any


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal with equal types throughout; the order of keys is no matter."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    # -0.0 equals 0.0, and is another number in JSON text.
    return bool(one == other) and str(one) == str(other)

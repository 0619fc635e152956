"""Settings of properties, comparison of JSON values, and interruption of processes."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator


def examples(times: float, **options: Any) -> settings:
    """Return settings with so many times the examples of the Hypothesis profile."""
    return settings(max_examples=max(1, round(times * settings().max_examples)), **options)


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal with equal types throughout: 1 is neither 1.0 nor True.

    The order of keys does not matter.
    """
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    # -0.0 equals 0.0, and is another number in JSON text.
    return bool(one == other) and str(one) == str(other)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let the processes that are started meanwhile answer an interrupt, which the background of a script ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

"""Groups of tests, settings of properties, JSON values, and interruption of processes."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, find, settings

import ftschema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hypothesis.strategies import SearchStrategy

_DATES = [name for name in ftschema.contracts() if name[:2] == "20"]
SOME_CONTRACTS: tuple[ftschema.ContractName, ...] = ("observed", "azure", "2023-10-05", "powershell")
"""Contracts for the fast group: the servers, a date, and an SDK with names and types of its own."""

VARIED_CONTRACTS: tuple[ftschema.ContractName, ...] = (
    *("observed", "azure", "2023-10-05", "2026-11-10", "dart", "powershell"),
)
"""Contracts that differ in more than a few keys, for proofs that take long."""

SOME_PAIRS = (
    *pairwise(_DATES),
    *(("observed", "azure"), ("azure", "2026-07-15"), ("observed", "powershell")),
    *(("powershell", "dart"), ("dart", "typescript-2023"), ("rust", "typescript-2024")),
)
"""Pairs of contracts for the fast group: each date and the next, servers and SDKs."""


def sample(every: Iterable[Any], *fast: Any, rest: pytest.MarkDecorator = pytest.mark.slow) -> list[Any]:
    """Return values as parameters of a test, all but a few of them with a mark that keeps them out of the fast group.

    Args:
        every: The values; a tuple holds those of several parameters.
        fast: Those of the fast group.
        rest: The mark of the others.
    """
    values = [*every]
    assert all(value in values for value in fast)
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=() if value in fast else rest)
        for value in values
    ]


def examples(times: float, **options: Any) -> settings:
    """Return settings with so many times the examples of the Hypothesis profile."""
    return settings(max_examples=max(1, round(times * settings().max_examples)), **options)


def smallest(strategy: SearchStrategy[Any], condition: Callable[[Any], Any] = lambda _: True) -> Any:
    """Return what a strategy shrinks to where a condition holds.

    Without the phase that explains a failure: it takes nine tenths of the time, and nobody reads what it says.
    """
    phases = (Phase.generate, Phase.shrink)
    options = settings(database=None, derandomize=True, max_examples=2_000, phases=phases)
    return find(strategy, condition, settings=options)


def at(value: Any, pointer: str) -> Any:
    """Return what is in a payload or a schema at a JSON Pointer."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def replaced(value: Any, path: Sequence[str | int], other: Any) -> Any:
    """Return a payload or a schema with something else at a path; what is not on the path is shared, not copied."""
    if not path:
        return other
    copied = value.copy()
    copied[path[0]] = replaced(value[path[0]], path[1:], other) if path[1:] else other
    return copied


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
    """Let the processes that are started meanwhile answer signals that background scripts and `nohup` ignore."""
    signals: dict[signal.Signals, Any] = {signal.SIGINT: signal.default_int_handler}
    if hasattr(signal, "SIGHUP"):
        signals[signal.SIGHUP] = signal.SIG_DFL
    before = {number: signal.signal(number, handler) for number, handler in signals.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

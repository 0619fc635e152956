"""Tests of many values in one test: each value may fail by itself, and costs almost nothing if it does not."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pytest


class QuietSubtests:
    """Subtests of which only those that fail are reported: a report takes longer than most subtests."""

    def __init__(self, subtests: pytest.Subtests) -> None:
        self._subtests = subtests

    @contextmanager
    def test(self, **values: Any) -> Iterator[None]:
        """Report a failure as that of a subtest with these values, and go on."""
        __tracebackhide__ = True
        try:
            yield
        except BaseException:
            with self._subtests.test(**values):
                raise


def for_each(
    names: str | tuple[str, ...], values: Iterable[Any], *, ids: Iterable[object] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that makes one test of several values, where `pytest.mark.parametrize` makes several tests.

    All values share the fixtures of the test.

    Args:
        names: The name of a parameter of the test, or the names of several.
        values: The values of that parameter, or tuples of values.
        ids: What a failure calls each value, if not by its repr.
    """
    rows = [dict(zip(names, value, strict=True)) if isinstance(names, tuple) else {names: value} for value in values]
    labels = rows if ids is None else [{"id": name} for name in ids]
    assert len(labels) == len(rows) > 0

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        parameters = dict(inspect.signature(test).parameters)

        @wraps(test)
        def each(subtests: pytest.Subtests, **fixtures: Any) -> None:
            __tracebackhide__ = True
            if "subtests" in parameters:
                fixtures["subtests"] = subtests
            for row, label in zip(rows, labels, strict=True):
                with subtests.test(**label):
                    test(**row, **fixtures)

        # pytest reads there which fixtures to give.
        needed = parameters | {"subtests": inspect.Parameter("subtests", inspect.Parameter.KEYWORD_ONLY)}
        fixtures = [parameter for name, parameter in needed.items() if name not in rows[0]]
        each.__signature__ = inspect.Signature(sorted(fixtures, key=lambda one: one.kind))  # type: ignore[attr-defined]
        return each

    return decorate

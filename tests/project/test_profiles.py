"""How tests are run: how long an example may take, and how each row of a table may fail by itself."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from support.rows import QuietSubtests, for_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("profile", ["fast", "ci", "proof"])
def test_no_profile_has_a_deadline(profile: str) -> None:
    """A test that is slow on a busy machine does not fail."""
    assert settings.get_profile(profile).deadline is None


def test_deadlines_are_those_of_the_profiles() -> None:
    """No property of the project sets a deadline of its own."""
    literal = re.compile(r"\bdeadline=(?!None\b)\w")
    assert [path.name for path in _TESTS.rglob("*.py") if literal.search(path.read_text(encoding="utf-8"))] == []


class _Subtests:
    """Subtests that list those that fail."""

    def __init__(self) -> None:
        self.failed: list[dict[str, Any]] = []

    @contextmanager
    def test(self, **values: Any) -> Iterator[None]:
        try:
            yield
        except (AssertionError, pytest.fail.Exception):
            self.failed.append(values)


def _failures(test: Callable[..., None], **fixtures: Any) -> list[dict[str, Any]]:
    """Return the values of the subtests of a test that fail, which are the same in quiet."""
    loud, inner = _Subtests(), _Subtests()
    test(subtests=loud, **fixtures)
    quiet: Any = QuietSubtests(inner)  # type: ignore[arg-type]
    test(subtests=quiet, **fixtures)
    assert loud.failed == inner.failed
    return loud.failed


def test_each_row_may_fail() -> None:
    """Of the rows of a table, those that fail are reported, and only those, whichever others do."""

    @for_each("value", range(6))
    def one(value: int) -> None:
        with pytest.raises(ZeroDivisionError):
            _ = 1 / (value % 3)

    assert _failures(one) == [{"value": 1}, {"value": 2}, {"value": 4}, {"value": 5}]

    @for_each(("left", "right"), [(1, 1), (1, 2)], ids=["equal", "other"])
    @for_each("factor", [0, 1])
    def several(left: int, right: int, factor: int, *, more: int) -> None:
        assert left * factor + more == right * factor + more

    assert _failures(several, more=5) == [{"factor": 1}]

    @for_each("value", [1, 2])
    def with_subtests(value: int, subtests: pytest.Subtests) -> None:
        for other in (1, 2):
            with subtests.test(other=other):
                assert value == other

    assert _failures(with_subtests) == [{"other": 2}, {"other": 1}]

"""How many examples properties get, and how long one may take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import settings

_TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("profile", ["fast", "ci", "proof"])
def test_no_profile_has_a_deadline(profile: str) -> None:
    """A test that is slow on a busy machine does not fail."""
    assert settings.get_profile(profile).deadline is None


def test_deadlines_are_those_of_the_profiles() -> None:
    """No property of the project sets a deadline of its own."""
    literal = re.compile(r"\bdeadline=(?!None\b)\w")
    assert [path.name for path in _TESTS.rglob("*.py") if literal.search(path.read_text(encoding="utf-8"))] == []

"""Hypothesis profiles, what saves time, and the fixtures of several rooms.

`HYPOTHESIS_PROFILE` chooses how many examples a property gets: `fast` (the default), `ci` or `proof`.
"""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from support.rows import QuietSubtests

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

# No profile has a deadline: a test that is slow on a busy machine does not break a promise. The first two have the same
# examples in every run, so that a change is not refused for what it did not do.
settings.register_profile("fast", max_examples=20, deadline=None, derandomize=True, database=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, database=None)
settings.register_profile("proof", max_examples=1_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

# Garbage collection took an eighth of the time of all tests: it went again and again through the objects that the
# import of the tests had made. Now it leaves these alone, and runs a tenth as often.
gc.set_threshold(10_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect the tests without garbage collection, and keep what exists by then out of it for good."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def subtests(subtests: pytest.Subtests) -> QuietSubtests:
    """Return subtests of which only those that fail are reported, instead of those of pytest."""
    return QuietSubtests(subtests)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a new folder, which is the working directory of the test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Callable[[str, str | bytes], str]:
    """Return a function that writes a file in the folder of the test and returns its name."""

    def _write(name: str, text: str | bytes) -> str:
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return name

    return _write

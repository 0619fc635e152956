"""Words are compared and tables are written in one way for every message."""

from __future__ import annotations

import pytest

from ftschema.core.text import LONGEST_WORD, format_value, normalize, same_ignoring_case, table
from support.rows import for_each


def test_table() -> None:
    """Columns are as wide as their longest cell, no line ends with a space, and every cell can be printed."""
    assert table([["pointer", "note"], ["/a", 5], ["/long/one", "\x1b"]]).split("\n") == [
        "pointer    note",
        "/a         5",
        r"/long/one  \u001b",
    ]


@for_each(
    ("word", "bare"),
    [
        (" In-Progress_\n", "inprogress"),
        ("x" * LONGEST_WORD, "x" * LONGEST_WORD),
        ("x" * (LONGEST_WORD + 1), ""),
        ("\u017fucceeded", ""),
    ],
    ids=["separators", "longest", "too long", "not ASCII"],
)
def test_normalize(word: str, bare: str) -> None:
    """A word is compared by its letters alone, unless it is too long or their case is not that simple."""
    assert normalize(word) == bare


@for_each(
    ("word", "same"),
    [("Queued", "queued"), ("file_ID", None), ("created", None), ("", None)],
    ids=["one", "two", "none", "empty"],
)
def test_same_ignoring_case(word: str, same: str | None) -> None:
    """A word is recognized in another spelling only if exactly one known word has its letters."""
    assert same_ignoring_case(word, ("queued", "file_id", "fileId", "-")) == same


@pytest.mark.parametrize(("value", "end"), [("\n" * 49 + "a", 'a"'), ("\n" * 49 + "ab", 'a…"'), ("a" * 61, 'a…"')])
def test_shortened_value(value: str, end: str) -> None:
    """A text that was cut ends with an ellipsis, and only such a text."""
    assert format_value(value).endswith(end)

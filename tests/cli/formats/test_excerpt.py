"""A place of a text is shown in its line: cut far from the place, and never in the middle of what is marked."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

import ftschema
from ftschema import fixtures
from ftschema.cli.formats.carets import source_lines
from ftschema.cli.formats.excerpt import excerpt
from ftschema.core.report import Problem
from support.rows import for_each

_TEXTS = st.lists(
    st.sampled_from(["a", " ", "é", "日本", "😀", "e\u0301", "\t", "\x1b[31m", "\u202e", '\\"', "\u200d"])
)


@for_each(
    ("text", "offset", "expected"),
    [
        ('{"a": 1}', 6, ('{"a": ', "1", "}")),
        ('{"a": "x\\"y", "b": 2}', 6, ('{"a": ', '"x\\"y"', ', "b": 2}')),
        ('{\r\n "a": -1.5e3,\r\n}', 9, (' "a": ', "-1.5e3", ",")),
        ('{"a": [1]}', 6, ('{"a": ', "[", "1]}")),
        ('{"a": "not closed', 6, ('{"a": ', '"not closed', "")),
        ('{"a": 1', 7, ('{"a": 1', "", "")),
        ('{"a":\n', 6, ("", "", "")),
        ('{"é": 1}', 7, ('{"é": ', "1", "}")),
        ('\t{"a": 1}', 7, ('    {"a": ', "1", "}")),
        ('{"\x1b[31m": 1}', 10, ('{"\\u001b[31m": ', "1", "}")),
    ],
)
def test_excerpt(text: str, offset: int, expected: tuple[str, str, str]) -> None:
    """What is marked is a whole string, number or word, or one character; all of it can be printed."""
    found = excerpt(text.encode(), offset)
    assert (found.before, found.marked, found.after) == expected


def test_no_unicode() -> None:
    """Bytes that are no UTF-8 are shown as such."""
    found = excerpt(b'{"a": "\xff"}', 7)
    assert (found.before, found.marked, found.after) == ('{"a": "', "\ufffd", '"}')


@given(_TEXTS, _TEXTS, st.integers(1, 40), st.integers(1, 40))
def test_cut(left: list[str], right: list[str], before: int, after: int) -> None:
    """However a line is cut, no character is: what is shown stands in the line, and is marked as cut where it is."""
    first, last = "".join(left), "".join(right)
    found = excerpt(f"{first}{last}".encode(), len(first.encode()), before, after)
    whole = excerpt(f"{first}{last}".encode(), len(first.encode()))
    assert (whole.before + whole.marked + whole.after).isprintable()
    assert whole.before.endswith(found.before.removeprefix("…"))
    assert found.before.startswith("…") is (len(first.encode()) > before)
    assert (whole.marked + whole.after).startswith(found.marked + found.after.removesuffix("…"))
    assert found.after.endswith("…") is (len(last.encode()) > after)


def _problem(text: str) -> Problem:
    (problem,) = ftschema.check_text(text.encode(), "observed").problems[-1:]
    return problem


@for_each(
    ("key", "number"),
    [("a", 4), ("日本語", 123), ("😀", 5), ("e\u0301", 5), ("\t", 5), ("\x07", 5), ("👩\u200d💻", 5), ("❤\ufe0f", 5)],
)
def test_caret(key: str, number: int) -> None:
    """The carets are right below the value, counted in cells of a terminal, whatever stands before it."""
    text = json.dumps({**fixtures.payload(1), "metadata": {key: number}}, ensure_ascii=False)
    source, carets = source_lines(text.encode(), _problem(text), 80)
    at = carets.index("^")
    assert carets.count("^") == len(str(number))
    # What stands before the value in the line that is shown takes as many cells as there are before the caret.
    before = source[: source.rindex(str(number))]
    assert wcswidth(before) == at
    assert before.endswith('": ')


@given(_TEXTS, st.integers(-(10**30), 10**30) | st.text(max_size=200), _TEXTS, st.integers(1, 200))
def test_width(left: list[str], value: object, right: list[str], width: int) -> None:
    """However long the line, what is shown fits into the terminal, and the first caret is below the value."""
    text = f"{json.dumps(''.join(left))}: {json.dumps(value)} {''.join(right)}"
    offset = len(f"{json.dumps(''.join(left))}: ")
    source, carets = source_lines(text.encode(), Problem("", "type", "x", line=7, column=1, offset=offset), width)
    assert wcswidth(source) < max(width, 30)
    assert len(carets) < max(width, 30)
    shown = excerpt(text.encode(), offset).marked
    start = next(at for at in range(len(source)) if wcswidth(source[:at]) == carets.index("^"))
    assert source[start] == shown[0]


def test_wide_characters_are_cut() -> None:
    """A long line of characters of two cells is cut on the left, and so is a long value on the right."""
    key = f'{{"{"日" * 99}": '
    problem = Problem("", "type", "x", line=1, column=1, offset=len(key.encode()))
    assert source_lines(f'{key}"{"本" * 99}"}}'.encode(), problem, 60) == [
        f'   1 | …{"日" * 4}": "{"本" * 11}…}}',
        f"     | {' ' * 12}{'^' * 24}",
    ]


def test_end_of_a_line() -> None:
    """A problem after the last character of a line has a caret there."""
    problem = Problem("", "type", "x", line=1, column=3, offset=2)
    assert source_lines(b"{ \n}", problem, 60) == ["   1 | {", "     |   ^"]

"""What is no JSON is told by name, at its place."""

from __future__ import annotations

import json
import random
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures
from ftschema.jsontext.locate import position
from ftschema.jsontext.syntax import MISTAKES, find_syntax_error
from support.data import texts
from support.helpers import examples
from support.rows import for_each
from support.strategies import Layout, pieces, values

if TYPE_CHECKING:
    from support.strategies import Piece

_FAULTS = texts("faults")


def test_fault(subtests: pytest.Subtests) -> None:
    """Each text of tests/texts/faults.json has one problem: that code, at that offset, in those words."""
    for about in _FAULTS:
        with subtests.test(about=about):
            for text in _FAULTS[about].forms:
                [problem] = ftschema.check_text(text)
                assert (problem.code, problem.message) == (_FAULTS[about].said["code"], _FAULTS[about].said["message"])
                before = _FAULTS[about].text[: _FAULTS[about].said["offset"]]
                shown = before if isinstance(before, str) else before.decode()
                assert problem.offset == len(shown if isinstance(text, str) else shown.encode())
                assert (problem.line, problem.column) == position(shown, len(shown))


@for_each("mistake", MISTAKES)
def test_every_mistake_is_a_case(mistake: Any) -> None:
    """Each row of the table of mistakes is found in some text of tests/texts/faults.json, and its reason is its own."""
    assert [other.reason for other in MISTAKES].count(mistake.reason) == 1
    named = [case for case in _FAULTS.values() if case.said["message"].endswith(f": {mistake.reason}")]
    assert named
    assert all(re.compile(mistake.looks).match(case.text, case.said["offset"]) for case in named)


def test_whole_texts_have_no_fault() -> None:
    """Where nothing is wrong, no fault is found."""
    assert all(
        find_syntax_error(job) is None for job in ('{"a": [1, {"b": null}, []]}', ' "x" ', "-0.5e3", "[NaN, -Infinity]")
    )


_PIECES = (
    *("0", "-0", "1.5", "1E5", "1e-4", "1e400", "01", "1.", ".5", "+1", "-", "0x1", "1_0", "1e", "NaN", "-Infinity"),
    *("true", "false", "null", "True", "nul", "inf", '"a"', '""', '"é"', '"a": ', '"b":', "'a'", '"', "\\", '\\"'),
    *('"\\n"', '"\\u0061"', '"\\ud800"', '"\\x"', '"\t"', '"\x7f"', '"\x00"', '"\u2028"', "{", "}", "[", "]", ",", ":"),
    *(" ", "\n", "\r", "\t", "\x0c", "\u00a0", "\ufeff", "//", "#", "\ud800", "a", "é", "\uff11", "²"),
)


def _where_json_stops(text: str) -> int | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos
    return None


@examples(5)
@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join) | st.text(max_size=8))
def test_faults_are_where_json_finds_them(text: str) -> None:
    """There is a fault exactly where Python's `json` cannot read a text, and never beyond the place where it stops."""
    stops = _where_json_stops(text)
    problem = find_syntax_error(text)
    assert (problem is None) is (stops is None)
    if problem and stops is not None:
        assert problem.offset is not None
        # It stops in the middle of numbers and words, and behind the comma before a bracket.
        assert problem.offset <= stops
        assert not re.search(r'["\[\]{}:]', text[problem.offset + 1 : stops])


def test_a_fault_or_none(subtests: pytest.Subtests) -> None:
    """What must be read has no fault, and what must not has one, but for the numbers that Python's `json` makes up."""
    for about, case in texts("verdicts").items():
        with subtests.test(about=about):
            if isinstance(case.text, str) and case.said["rfc"] != "may read" and case.said["code"] != "json-number":
                assert bool(find_syntax_error(case.text)) is (case.said["rfc"] == "must not read")


# ---------------------------------------------------------------- faults that are put into a text


def _job(seed: int) -> dict[str, Any]:
    return fixtures.payload(seed) | {"é😀/~": [1, {"": "x", "y": [[], {}, '\\"\n']}], "0": {"a": -1.5e-7, "b": [True]}}


# What is done to a piece of a kind ({0} is the piece, {1} a string without its quotation marks), how far from the
# beginning of the piece the fault is then, its code, and a word of its message.
_MADE = {
    "a comment of two slashes": ('"{}[],:0', "// x\n{0}", 0, "json-syntax", "comments"),
    "a block of comment": ('"{}[],:0', "/* x */{0}", 0, "json-syntax", "comments"),
    "a comment of a number sign": ('"{}[],:0', "# x\n{0}", 0, "json-syntax", "comments"),
    "a no-break space": ('"{}[],:0', "\u00a0{0}", 0, "json-syntax", "white space"),
    "an ellipsis": ('"{}[],:0', " ...{0}", 1, "json-syntax", "omitted"),
    "two commas": (",", ",{0}", 1, "json-syntax", "two commas"),
    "a semicolon": (",", ";", 0, "json-syntax", "commas"),
    "an equals sign": (":", "=", 0, "json-syntax", "colon"),
    "single quotes": ('"', "'x'", 0, "json-syntax", "single quotes"),
    "no quotes": ('"', "x", 0, "json-syntax", "double quotes"),
    "a line break": ('"', '"\n{1}"', 1, "json-syntax", "line break"),
    "a tab": ('"', '"\t{1}"', 1, "json-syntax", "tab"),
    "a control character": ('"', '"\x01{1}"', 1, "json-syntax", "control character"),
    "a bad escape": ('"', '"\\x{1}"', 1, "json-syntax", "found"),
    "a short escape": ('"', '"\\u12 {1}"', 1, "json-syntax", "four hexadecimal digits"),
    "a lone surrogate": ('"', '"\\ud800{1}"', 0, "json-surrogate", "surrogate"),
    "None": ("0", "None", 0, "json-syntax", "Python"),
    "undefined": ("0", "undefined", 0, "json-syntax", "undefined"),
    "hexadecimal": ("0", "0x10", 0, "json-syntax", "decimal"),
    "an underscore": ("0", "1_000", 0, "json-syntax", "underscores"),
    "a leading zero": ("0", "01", 0, "json-syntax", "leading zeros"),
    "a plus": ("0", "+1", 0, "json-syntax", "plus"),
    "a dot first": ("0", ".5", 0, "json-syntax", "a decimal point needs a digit before it"),
    "a dot last": ("0", "5.", 0, "json-syntax", "a decimal point needs a digit after it"),
    "NaN": ("0", "NaN", 0, "json-number", "finite"),
    "minus infinity": ("0", "-Infinity", 0, "json-number", "finite"),
    "a huge number": ("0", "1e999", 0, "json-number", "finite"),
    "a long integer": ("0", "9" * 4_301, 0, "json-number", "digits"),
}


def _replaced(text: str, piece: Piece, replacement: str) -> str:
    return text[: piece.start] + replacement + text[piece.start + len(piece.text) :]


def _assert_fault(text: str, offset: int, code: str, word: str) -> None:
    """Make sure that the only problem of a text is there, as str and as bytes, and that line and column say so too."""
    [problem] = ftschema.check_text(text)
    assert (problem.code, problem.offset) == (code, offset)
    assert word in problem.message
    *above, line = text[:offset].split("\n")
    assert (problem.line, problem.column) == (len(above) + 1, len(line) + 1)
    [same] = ftschema.check_text(text.encode())
    assert same.offset == len(text[:offset].encode())
    assert (same.code, same.message, same.line, same.column) == (code, problem.message, problem.line, problem.column)


_seeds = st.integers(0, 2**32)


@pytest.mark.parametrize("fault_made", _MADE)
@examples(0.25)
@given(_seeds)
def test_made_faults(fault_made: str, seed: int) -> None:
    """A fault that is put anywhere into a text of any form is found there."""
    choose = random.Random(seed)
    kinds, replacement, shift, code, word = _MADE[fault_made]
    text = Layout(choose).text(_job(seed % 50))
    piece = choose.choice([piece for piece in pieces(text) if piece.kind in kinds])
    broken = _replaced(text, piece, replacement.replace("{0}", piece.text).replace("{1}", piece.text[1:-1]))
    _assert_fault(broken, piece.start + shift, code, word)


@given(_seeds)
def test_made_faults_of_commas(seed: int) -> None:
    """A trailing comma is found at the comma, a missing one at what comes next."""
    choose = random.Random(seed)
    text = Layout(choose).text(_job(seed % 50))
    every = pieces(text)
    ends = [piece for before, piece in pairwise(every) if piece.kind in "]}" and before.kind not in "[{"]
    end = choose.choice(ends)
    _assert_fault(_replaced(text, end, f", \n{end.text}"), end.start, "json-syntax", "trailing comma")
    number = choose.choice([number for number, piece in enumerate(every) if piece.kind == ","])
    _assert_fault(_replaced(text, every[number], " "), every[number + 1].start, "json-syntax", "comma is missing")


@given(_seeds)
def test_truncated(seed: int) -> None:
    """A text that ends too early does so behind its last piece; one that ends in a string, where that begins."""
    choose = random.Random(seed)
    text = Layout(choose).text(_job(seed % 50))
    *every, _ = pieces(text)
    last = choose.choice(every)
    end = last.start + len(last.text)
    _assert_fault(text[:end] + choose.choice(["", "\n", " \r\n\n"]), end, "json-syntax", "truncated in the ")
    string = choose.choice([piece for piece in every if piece.kind == '"'])
    cut = choose.randrange(string.start + 1, string.start + len(string.text))
    _assert_fault(text[:cut], string.start, "json-syntax", "unclosed string")


@given(_seeds, st.sampled_from([b"\xff", b"\xe4", b"\x80", b"\xed\xa0\x80", b"\xc0\x80"]))
def test_made_faults_of_bytes(seed: int, wrong: bytes) -> None:
    """A byte that is no UTF-8 is found at its place in bytes, and its line and column count characters."""
    choose = random.Random(seed)
    text = Layout(choose).text(_job(seed % 50))
    at = choose.randrange(len(text))
    [problem] = ftschema.check_text(text[:at].encode() + wrong + text[at:].encode())
    assert (problem.code, problem.offset) == ("json-encoding", len(text[:at].encode()))
    assert (problem.line, problem.column) == position(text, at)


@given(values, _seeds)
def test_many_documents(value: Any, seed: int) -> None:
    """More text behind a document is found where it begins, and JSON Lines are named."""
    text = Layout(random.Random(seed)).text({"a": value})
    start = len(text) + 1
    _assert_fault(f"{text}\n{{}}", start, "json-syntax", "check_lines")
    _assert_fault(f"{text} {{}}", start, "json-syntax", "one document")


def test_lines_have_their_own_places() -> None:
    """In JSON Lines the column and the offset of a fault count from the beginning of its line, and so do its words."""
    [_, found] = ftschema.check_lines(b'{}\r\n\n {"\xc3\xa9": [1, \r\n')
    [problem] = found.report
    assert (problem.line, problem.column, problem.offset) == (3, 11, 11)
    assert problem.message.endswith("truncated in the array that begins at column 8")

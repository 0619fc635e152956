"""Problems of a text say where in it they are, whatever its white space, escapes and letters."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import strategies
from ftschema.pointer import split
from support.drawing import values

_SPACES = ("", " ", "\n", "\r\n", "\t", "\n\n  ", " \r")


class _Writer:
    """Writes JSON in one of its many forms."""

    def __init__(self, choose: random.Random) -> None:
        self._choose = choose

    def text(self, value: Any) -> str:
        return f"{self._space()}{self._value(value)}{self._space()}"

    def _space(self) -> str:
        return self._choose.choice(_SPACES)

    def _value(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + (",".join(map(self._member, value.items())) or self._space()) + "}"
        if isinstance(value, list):
            return "[" + (",".join(map(self.text, value)) or self._space()) + "]"
        return self._string(value) if isinstance(value, str) else json.dumps(value)

    def _member(self, member: tuple[str, Any]) -> str:
        return f"{self._space()}{self._string(member[0])}{self._space()}:{self.text(member[1])}"

    def _string(self, value: str) -> str:
        return '"' + "".join(map(self._letter, value)) + '"'

    def _letter(self, letter: str) -> str:
        return json.dumps(letter, ensure_ascii=self._choose.random() < 0.5)[1:-1]


def _at(payload: Any, pointer: str) -> Any:
    for step in split(pointer):
        payload = payload[int(step)] if isinstance(payload, list) else payload[step]
    return payload


def _rest(text: str | bytes, problem: ftschema.Problem) -> str:
    """Return the text from where the problem is, after making sure that line and column say the same."""
    assert problem.offset is not None
    assert problem.line is not None
    assert problem.column is not None
    before, after = text[: problem.offset], text[problem.offset :]
    start = before if isinstance(before, str) else before.decode()
    assert (problem.line, problem.column) == (start.count("\n") + 1, len(start.split("\n")[-1]) + 1)
    return after if isinstance(after, str) else after.decode()


def _assert_places(text: str, payload: Any, contract: str = "observed", *, lifecycle: bool = False) -> int:
    """Make sure that what stands at the place of each problem is the faulty value; return how many there are."""
    for form in (text, text.encode()):
        report = ftschema.check_text(form, contract, lifecycle=lifecycle)
        for problem in report:
            value, _ = json.JSONDecoder().raw_decode(_rest(form, problem))
            assert repr(value) == repr(_at(payload, problem.pointer))
    return len(report.problems)


_seeds = st.integers(0, 2**32)


@pytest.mark.parametrize("contract", ["observed", "azure", "2026-07-15", "powershell"])
@given(st.data(), _seeds)
def test_defects_are_found_in_any_form(contract: str, data: st.DataObject, seed: int) -> None:
    """The offset of a defect leads to the faulty value, or to the object that lacks a key, in any form of the text."""
    defect = data.draw(strategies.defects(contract=contract))
    text = _Writer(random.Random(seed)).text(defect.payload)
    assert _assert_places(text, defect.payload, contract, lifecycle=defect.lifecycle) == 1


@given(values, _seeds)
def test_many_problems_are_found(value: Any, seed: int) -> None:
    """Each of the many problems of a text has the place of its own value, keys that look alike included."""
    payload = {"id": value, "/~": value, "method": {"type": value, "method": value}, "result_files": [value, 5, value]}
    assert _assert_places(_Writer(random.Random(seed)).text(payload), payload) >= 10


CASES = [
    ('{"a": 1, "a": 2}', "json-duplicate-key", 9),
    ('{"a": [1, {"b": 1, "c": 2, "b": 3, "b": 4}]}', "json-duplicate-key", 27),
    ('{"a": {"b": 1, "b": 2}, "a": 5}', "json-duplicate-key", 24),
    ('{"a": {"b": 1, "b": 2}, "a": {"b": 3, "b": 4}}', "json-duplicate-key", 24),
    ('{"\\u0061": 1, "a": 2}', "json-duplicate-key", 14),
    ('{"0": {"a": 1}, "a": [{"a": 1, "a": 2}]}', "json-duplicate-key", 31),
    ('{"é": "😀", "n": NaN}', "json-number", 16),
    ('["😀", -1e999]', "json-number", 6),
    ('{"a": "\\ud800"}', "json-surrogate", 6),
    ('{"a": 1,}', "json-syntax", None),
    ('{"a": 1', "json-syntax", 7),
    ("{'a': 1}", "json-syntax", 1),
    ('{"a": 1} {', "json-syntax", 9),
    ('{"a": "1}', "json-syntax", 6),
    ("[1, // two\n2]", "json-syntax", 4),
    ("", "json-empty", 0),
    (" \n", "json-empty", 0),
    ("\ufeff{}", "json-bom", 0),
]


@pytest.mark.parametrize(("text", "code", "offset"), CASES)
def test_faults_of_the_text(text: str, code: str, offset: int | None) -> None:
    """A fault of the text is placed at what is wrong; a repeated key at the second of its keys."""
    problem = ftschema.check_text(text).problems[0]
    assert problem.code == code
    _rest(text, problem)
    # Python 3.13 names the comma, earlier ones what comes after it.
    assert problem.offset in ({7, 8} if offset is None else {offset})


@pytest.mark.parametrize(("text", "code", "offset"), CASES)
def test_bytes_are_counted(text: str, code: str, offset: int | None) -> None:
    """In bytes the offset counts bytes, while the column still counts letters."""
    problem, same = ftschema.check_text(text.encode()).problems[0], ftschema.check_text(text).problems[0]
    assert (problem.code, problem.line, problem.column) == (code, same.line, same.column)
    assert same.offset is not None
    assert problem.offset == len(text[: same.offset].encode())
    assert offset is None or problem.offset >= offset


def test_repeated_below_repeated() -> None:
    """Below a key that stands twice, what is repeated is placed in the second of its values."""
    text = '{"a": {"b": 1, "b": 2}, "a": {"b": 3, "b": 4}}'
    first, second = ftschema.check_text(text).problems
    assert (first.pointer, first.offset) == ("/a", 24)
    assert (second.pointer, second.offset) == ("/a/b", 38)


def test_no_utf_8() -> None:
    """A byte that is no UTF-8 is placed in its line, at its letter."""
    [problem] = ftschema.check_text('{"é":\n "😀'.encode() + b"\xff" + b'"}')
    assert (problem.code, problem.line, problem.column, problem.offset) == ("json-encoding", 2, 4, 13)


def test_payloads_have_no_place() -> None:
    """A payload that never was a text has problems without line, column and offset."""
    [*problems] = ftschema.check({})
    assert problems
    assert all((problem.line, problem.column, problem.offset) == (None, None, None) for problem in problems)


def test_loads_says_where() -> None:
    """The report of `loads` has the places too."""
    with pytest.raises(ftschema.InvalidJobError) as caught:
        ftschema.loads(b'{\n "id": 5}')
    by_code = {problem.code: problem for problem in caught.value.report}
    assert (by_code["type"].line, by_code["type"].column, by_code["type"].offset) == (2, 8, 9)
    assert (by_code["required"].line, by_code["required"].column, by_code["required"].offset) == (1, 1, 0)


def test_deep_and_long_texts() -> None:
    """Places are found in deep and in long texts alike."""
    deep = '{"a":' * 300 + "1" + "}" * 300
    assert ftschema.check_text(deep).problems[0].offset is not None
    long = '{"later": [' + "1, " * 200_000 + '2],\n"id": 5}'
    [found] = [problem for problem in ftschema.check_text(long) if problem.pointer == "/id"]
    assert (found.line, found.column, found.offset) == (2, 7, len(long) - 2)

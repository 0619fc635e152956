"""Problems of a text say where in it they are, whatever its white space, escapes and letters."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures, strategies
from ftschema.core.pointer import join
from ftschema.core.report import Problem
from ftschema.generation.defects import catalogue, draw_defect
from ftschema.generation.plans import seeded
from ftschema.jsontext.locate import located
from support.helpers import VARIED_CONTRACTS, at, sample
from support.rows import for_each
from support.strategies import Layout, values


def _any_order(value: Any) -> str:
    """Return what tells JSON values apart down to the types of numbers, but for the order of keys."""
    return json.dumps(value, sort_keys=True)


def _rest(text: str | bytes, problem: ftschema.Problem) -> str:
    """Return the text from where the problem is, after making sure that line and column say the same."""
    assert problem.offset is not None
    assert problem.line is not None
    assert problem.column is not None
    before, after = text[: problem.offset], text[problem.offset :]
    start = before if isinstance(before, str) else before.decode()
    assert (problem.line, problem.column) == (start.count("\n") + 1, len(start.split("\n")[-1]) + 1)
    return after if isinstance(after, str) else after.decode()


def _marked(text: str | bytes, problem: ftschema.Problem) -> str:
    """Return the text from where the problem is to where it ends, after the same for both ends."""
    assert problem.end is not None
    rest, end = _rest(text, problem), problem.end
    after = _rest(text, evolve(problem, line=end.line, column=end.column, offset=end.offset))
    assert rest.endswith(after)
    return rest.removesuffix(after)


def _assert_places(
    text: str, payload: Any, contract: ftschema.ContractName = "observed", *, lifecycle: bool = False
) -> int:
    """Make sure that what stands at the place of each problem is the faulty value; return how many there are.

    From where it starts to where it ends there is nothing else.
    """
    for form in (text, text.encode()):
        report = ftschema.check_text(form, contract, lifecycle=lifecycle)
        for problem in report:
            value = json.loads(_marked(form, problem))
            assert _any_order(value) == _any_order(at(payload, problem.pointer))
    return len(report.problems)


_seeds = st.integers(0, 2**32)


def _written(payload: Any, seed: int) -> str:
    return Layout(random.Random(seed)).text(payload)


@given(st.data(), st.sampled_from(ftschema.contracts()), _seeds)
def test_defects_are_found_in_any_form(data: st.DataObject, contract: ftschema.ContractName, seed: int) -> None:
    """The offset of a defect leads to the faulty value, or to the object that lacks a key, in any form of the text."""
    defect = data.draw(strategies.defects(contract=contract))
    text = _written(defect.payload, seed)
    assert _assert_places(text, defect.payload, contract, lifecycle=defect.lifecycle) == 1


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "2023-10-05"))
def test_every_kind_of_defect_is_found(contract: ftschema.ContractName) -> None:
    """Each kind of defect of a contract is found in the text, whatever it looks like."""
    for number, kind in enumerate(catalogue(contract)):
        defect = draw_defect(kind, seeded(number))
        text = _written(defect.payload, number)
        assert _assert_places(text, defect.payload, contract, lifecycle=defect.lifecycle) == 1


@given(strategies.payloads(coherent=False), _seeds)
def test_broken_rules_are_found(payload: Any, seed: int) -> None:
    """What breaks rules across fields has a place too, several of them in one text."""
    _assert_places(_written(payload, seed), payload, lifecycle=True)


@given(values, _seeds)
def test_many_problems_are_found(value: Any, seed: int) -> None:
    """Each of the many problems of a text has the place of its own value, keys that look alike included."""
    payload = {"id": value, "/~": value, "method": {"type": value, "method": value}, "result_files": [value, 5, value]}
    assert _assert_places(_written(payload, seed), payload) >= 10


_KEYS = st.lists(st.sampled_from(["id", "/~", "", "é", "😀", "method", "0"]), min_size=1, max_size=8)


@given(_KEYS, values, _seeds)
def test_repeated_keys_are_found(keys: list[str], value: Any, seed: int) -> None:
    """Each repeated key is placed where it stands for the second time, however it is spelled; in the text's order."""
    layout = Layout(random.Random(seed))
    text, places = "{", dict[str, list[int]]()
    for key in keys:
        member = layout.member(key, value)
        places.setdefault(join([key]), []).append(len(text) + len(member) - len(member.lstrip()))
        text += f"{member},"
    text = f"{text[:-1]}}}"
    found = [(p.pointer, p.offset) for p in ftschema.check_text(text) if p.code == "json-duplicate-key"]
    second = {pointer: starts[1] for pointer, starts in places.items() if len(starts) > 1}
    assert found == sorted(second.items(), key=lambda place: place[1])


def test_all_that_is_no_data_is_told_at_once() -> None:
    """Repeated keys, and numbers and strings that JSON has no form for, stand in one report, in the text's order."""
    text = r'{"b": {"x": NaN, "\ud800": 1, "x": 1, "\ud801": 2}, "a": "\ud800", "c": [1e999], "a": 1, "d": "\udfff"}'
    found = [(problem.pointer, problem.code, text[problem.offset :][:3]) for problem in ftschema.check_text(text)]
    assert found == [
        ("/b", "json-surrogate", r'"\u'),
        ("/b/x", "json-duplicate-key", '"x"'),
        ("/b", "json-surrogate", r'"\u'),
        ("/c/0", "json-number", "1e9"),
        ("/a", "json-duplicate-key", '"a"'),
        ("/d", "json-surrogate", r'"\u'),
    ]


_CASES = [
    ('{"a": 1, "a": 2}', "json-duplicate-key", 9),
    ('{"a": [1, {"b": 1, "c": 2, "b": 3, "b": 4}]}', "json-duplicate-key", 27),
    ('{"a": {"b": 1, "b": 2}, "a": 5}', "json-duplicate-key", 24),
    ('{"a": {"b": 1, "b": 2}, "a": {"b": 3, "b": 4}}', "json-duplicate-key", 24),
    ('{"\\u0061": 1, "a": 2}', "json-duplicate-key", 14),
    ('{"0": {"a": 1}, "a": [{"a": 1, "a": 2}]}', "json-duplicate-key", 31),
    ('{"é": "😀", "n": NaN}', "json-number", 16),
    ('["😀", -1e999]', "json-number", 6),
    ('{"a": "\\ud800"}', "json-surrogate", 6),
    ('{"a": {"\\ud800": 1, "\\ud800": 2, "\\ud801": 3}}', "json-surrogate", 7),
    ('{"a": {"\\ud800": 1}, "a": "\\ud800"}', "json-duplicate-key", 21),
]


@for_each(("text", "code", "offset"), _CASES)
def test_what_is_no_data(text: str, code: str, offset: int) -> None:
    """What JSON has no form for is placed at its value, or its key; a repeated key at the second of its keys."""
    problem = ftschema.check_text(text).problems[0]
    assert (problem.code, problem.offset) == (code, offset)
    _rest(text, problem)


@for_each(("text", "code", "offset"), _CASES)
def test_bytes_are_counted(text: str, code: str, offset: int) -> None:
    """In bytes the offset counts bytes, while the column still counts letters."""
    problem, same = ftschema.check_text(text.encode()).problems[0], ftschema.check_text(text).problems[0]
    assert (problem.code, problem.line, problem.column) == (code, same.line, same.column)
    assert same.offset is not None
    assert problem.offset == len(text[: same.offset].encode())
    assert problem.offset >= offset


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


@pytest.mark.parametrize("text", [json.dumps(fixtures.payload(1)), json.dumps(fixtures.payload(1) | {"x": "\\u003a"})])
def test_valid_texts_pay_nothing(text: str) -> None:
    """What finds places and names mistakes is not even loaded while texts are valid, read quickly or with care."""
    unused = ("ftschema.jsontext.locate", "ftschema.jsontext.syntax")
    script = f"import sys, ftschema; assert ftschema.check_text({text!r}).ok; print({{*sys.modules}} & {{*{unused}}})"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


@pytest.mark.parametrize("text", ['{"a": 1}', '{"a": "b"}', '{"a": "b", "c": ["b"]}'])
def test_a_pointer_to_nothing(text: str) -> None:
    """A problem of something that a text does not have has no place in it."""
    [problem] = located([Problem("/b", "type", "m")], text, in_bytes=False)
    assert (problem.line, problem.offset) == (None, None)


@for_each(
    ("text", "start"),
    [
        ('{"b": {"c": 1}, "a": "c", "c": 2}', 1),
        ('{"a": "\\"c\\": 1", "c": 2}', 1),
        ('{"a": "\\"", "c\\"": 1, "c": 2}', 1),
        ('{"a": 1, "\\u0063": 2}', 1),
        ('{"a": ["b", "c"], "c" :\n 2}', 2),
    ],
)
def test_a_key_and_what_looks_like_it(text: str, start: int) -> None:
    """The value of a key is found, not that of the same key elsewhere, nor a string that looks like the key."""
    [problem] = located([Problem("/c", "type", "m")], text, in_bytes=False)
    assert (problem.offset, problem.line) == (text.rindex("2"), start)


def test_places_in_a_line() -> None:
    """All that is in a line of JSON Lines has its number, even if a caller has line breaks in it."""
    [valid, line] = ftschema.check_lines([json.dumps(fixtures.payload(1)), '{"id": 5,\n"model":\n7}\n'])
    assert (valid.report.ok, {(problem.line, problem.column) for problem in line.report}) == (True, {(2, 1), (2, 8)})


@for_each(
    ("text", "marked"),
    [
        ('{"a": NaN}', "NaN"),
        ('{"a": "x\\ud800", "b": 1}', '"x\\ud800"'),
        ('{"\\ud800": 1}', '"\\ud800"'),
        ("{'a': 1}", "'a'"),
        ('{"a": 1, }', ","),
        ('{"a" true}', "true"),
        ("[1, 2", None),
        ("", None),
        (" \ufeff", "\ufeff"),
    ],
)
def test_ends_in_what_is_not_json(text: str, marked: str | None) -> None:
    """Where a text is not JSON, the problem ends with what is there: a string, a number, a word or a character."""
    for form in (text, text.encode()):
        [problem] = ftschema.check_text(form)
        assert (problem.end and _marked(form, problem)) == marked


@pytest.mark.parametrize("before", ["", "\n \n"])
def test_both_places_of_a_repeated_key(before: str) -> None:
    """The problem is at the second place of a key, and tells the first, as data and in words."""
    text = f'{{"é": {{"b": 1, {before}"status": 2,{before}"c": "status", "b": 3, "b": 4}}}}'
    for form in (text, text.encode()):
        [problem] = ftschema.check_text(form)
        first = problem.first
        assert first is not None
        assert (problem.pointer, problem.found, _marked(form, problem)) == ("/é/b", "b", '"b"')
        assert _rest(form, problem).startswith('"b": 3')
        assert _rest(form, evolve(problem, line=1, column=first.column, offset=first.offset)).startswith('"b": 1')
        place = "line 1, column 8" if before else "column 8"
        assert problem.message == f'expected each key once, found "b" again; first at {place}'
    [line] = ftschema.check_lines(["\n", '{"a": 1, "a": 2}'])
    [problem] = line.report
    assert (problem.first, problem.end) == (ftschema.Position(2, 2, 1), ftschema.Position(2, 13, 12))
    assert problem.message.endswith("; first at column 2")

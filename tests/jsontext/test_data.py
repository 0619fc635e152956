"""Python values that are no JSON data are reported at their places, whatever they are and wherever they stand."""

from __future__ import annotations

import enum
import json
import math
from collections import OrderedDict, defaultdict
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema.jsontext import data as jsondata
from support.data import corpus
from support.helpers import VARIED_CONTRACTS, examples, sample
from support.oracles.sdk_documents import in_names_of
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

# Raw as it came, with a grader in a map of graders.
_JOB: dict[str, Any] = next(
    job.payload
    for job in corpus()
    if job.kind == "live" and job.form == "raw" and '"graders": {' in json.dumps(job.payload)
)
_GRADER = next(iter(_JOB["method"]["reinforcement"]["grader"]["graders"]))
_HUGE = "x" * 2_000_000


class _Hostile:
    """What no message can show and nothing can compare."""

    def __repr__(self) -> NoReturn:
        raise RuntimeError("no repr")

    def __eq__(self, other: object) -> NoReturn:
        raise RuntimeError("no comparison")

    def __hash__(self) -> NoReturn:
        raise RuntimeError("no hash")

    def __bool__(self) -> NoReturn:
        raise RuntimeError("neither true nor false")


class _Text(str):
    __slots__ = ()


class _Integer(int):
    pass


class _Number(float):
    pass


class _List(list[Any]):
    pass


class _Object(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        return f"another {key}"


class _Pair(NamedTuple):
    left: int
    right: int


class _Status(enum.StrEnum):
    SUCCEEDED = "succeeded"


class _Seed(enum.IntEnum):
    ONE = 1


def _cyclic_list() -> list[Any]:
    cycle: list[Any] = []
    cycle.append(cycle)
    return cycle


def _cyclic_object() -> dict[str, Any]:
    cycle: dict[str, Any] = {"a": 1, "b": []}
    cycle["b"].append(cycle)
    return cycle


def _nested(levels: int, *, wrap: Callable[[Any], Any] = lambda inner: [inner]) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = wrap(value)
    return value


def _bomb() -> list[Any]:
    value: list[Any] = []
    for _ in range(150):
        value = [value, value]
    return value


# Values that are no JSON data: the one problem of each, its pointer below the place where the value stands.
_NO_JSON: dict[str, tuple[Any, str, str]] = {
    "NaN": (math.nan, "", "json-number"),
    "infinity": (math.inf, "", "json-number"),
    "minus infinity": (-math.inf, "", "json-number"),
    "4,301 digits": (10**4_300, "", "json-number"),
    "-4,301 digits": (-(10**4_300), "", "json-number"),
    "50,000 digits": (10**50_000, "", "json-number"),
    "tuple": ((1, 2), "", "json-type"),
    "empty tuple": ((), "", "json-type"),
    "set": ({1}, "", "json-type"),
    "frozenset": (frozenset({1}), "", "json-type"),
    "bytes": (b"x", "", "json-type"),
    "bytearray": (bytearray(b"x"), "", "json-type"),
    "complex": (1j, "", "json-type"),
    "Decimal": (Decimal(1), "", "json-type"),
    "datetime": (datetime(2026, 1, 1, tzinfo=UTC), "", "json-type"),
    "path": (Path("x"), "", "json-type"),
    "object": (object(), "", "json-type"),
    "hostile object": (_Hostile(), "", "json-type"),
    "class": (dict, "", "json-type"),
    "function": (len, "", "json-type"),
    "generator": ((number for number in (1, 2)), "", "json-type"),
    "ellipsis": (..., "", "json-type"),
    "ABSENT": (ftschema.ABSENT, "", "json-type"),
    "part of the model": (ftschema.JobError(), "", "json-type"),
    "str subclass": (_Text("succeeded"), "", "json-type"),
    "int subclass": (_Integer(1), "", "json-type"),
    "float subclass": (_Number(1), "", "json-type"),
    "list subclass": (_List(), "", "json-type"),
    "dict subclass": (_Object(a=1), "", "json-type"),
    "OrderedDict": (OrderedDict(a=1), "", "json-type"),
    "defaultdict": (defaultdict(list), "", "json-type"),
    "mapping proxy": (MappingProxyType({}), "", "json-type"),
    "StrEnum": (_Status.SUCCEEDED, "", "json-type"),
    "IntEnum": (_Seed.ONE, "", "json-type"),
    "namedtuple": (_Pair(1, 2), "", "json-type"),
    "key that is an integer": ({"a": 1, 2: 3}, "", "json-key"),
    "key that is None": ({None: 1}, "", "json-key"),
    "key that is true": ({True: 1}, "", "json-key"),
    "key that is a tuple": ({(1, 2): 1}, "", "json-key"),
    "key that is NaN": ({math.nan: 1}, "", "json-key"),
    "key that is a StrEnum": ({_Status.SUCCEEDED: 1}, "", "json-key"),
    "key that is a str subclass": ({_Text("a"): 1}, "", "json-key"),
    "half a pair": ("a\ud800b", "", "json-surrogate"),
    "two halves of a pair": ("\ud83d\ude00", "", "json-surrogate"),
    "half a pair in a key": ({"é\udfff": 1}, "", "json-surrogate"),
    "list in itself": (_cyclic_list(), "/0", "json-cycle"),
    "object in itself": (_cyclic_object(), "/b/0", "json-cycle"),
    "deep inside": ({"a~/b": [0, {"": math.nan}]}, "/a~0~1b/1/", "json-number"),
}


def _with_grader(value: Any) -> dict[str, Any]:
    reinforcement = _JOB["method"]["reinforcement"]
    grader = {**reinforcement["grader"], "graders": {_GRADER: value}}
    return {**_JOB, "method": {**_JOB["method"], "reinforcement": {**reinforcement, "grader": grader}}}


# Where a value may stand in a job, known to the schema and not.
_PLACES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "top": (lambda value: value, ""),
    "known key": (lambda value: {**_JOB, "seed": value}, "/seed"),
    "known closed set": (lambda value: {**_JOB, "status": value}, "/status"),
    "known object": (lambda value: {**_JOB, "method": value}, "/method"),
    "item": (lambda value: {**_JOB, "result_files": ["file-1", value]}, "/result_files/1"),
    "unknown key": (lambda value: {**_JOB, "new": value}, "/new"),
    "below an unknown key": (lambda value: {**_JOB, "new": {"a": [1, value]}}, "/new/a/1"),
    "metadata": (lambda value: {**_JOB, "metadata": {"team": value}}, "/metadata/team"),
    "grader": (_with_grader, f"/method/reinforcement/grader/graders/{_GRADER}"),
    "key of a grader": (
        lambda value: _with_grader({"type": "endpoint", "new": value}),
        f"/method/reinforcement/grader/graders/{_GRADER}/new",
    ),
}


def _agreed(payload: Any, contract: ftschema.ContractName = "observed") -> ftschema.Report:
    """Return the report on which all verbs agree."""
    report = ftschema.check(payload, contract)
    assert ftschema.is_valid(payload, contract) is report.ok
    for verb in (ftschema.validate, ftschema.structure):
        if report.ok:
            verb(payload, contract)
            continue
        with pytest.raises(ftschema.InvalidJobError) as caught:
            verb(payload, contract)
        assert caught.value.report == report
        assert len(str(caught.value)) < 4_000
    assert len(str(report)) < 4_000
    return report


def _places(report: ftschema.Report) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.code) for problem in report]


@pytest.mark.parametrize("place", sample(_PLACES, "top", "known key", "metadata"))
def test_no_json(place: str, subtests: pytest.Subtests) -> None:
    """A value that is no JSON data is one problem at its place, from every verb, whatever the schema says there."""
    put, pointer = _PLACES[place]
    for about, (value, below, code) in _NO_JSON.items():
        with subtests.test(about=about):
            assert _places(_agreed(put(value))) == [(pointer + below, code)]


@for_each(("value", "below", "code"), _NO_JSON.values(), ids=_NO_JSON)
def test_no_json_for_another_contract(value: Any, below: str, code: str) -> None:
    """Values that JSON cannot represent are reported for a contract with other validators too, at the same place."""
    assert _places(_agreed({"id": 5, "new": [value]}, "dart")) == [("/new/0" + below, code)]


def test_names_of_types() -> None:
    """A message names the Python type, as it was found, and escapes what a terminal cannot show."""
    odd = type("a\x1b[31m" + "b" * 5_000, (), {})
    for value in (b"x", odd()):
        (problem,) = ftschema.check({"a": value})
        assert problem.message.isprintable()
        assert len(problem.message) < 200
    assert ftschema.check(b"x").problems[0].message == "expected JSON data, found a Python value of type bytes"
    assert ftschema.check({1: 1}).problems[0].message == "expected strings as keys, found a key of type int"


def test_every_fault_in_order() -> None:
    """Each value that is no JSON data is a problem of its own, in the order of the document."""
    payload = {"b": math.nan, 1: 0, "a": [(), {"x": b"", "y": "\ud800"}, 1], "\udc00": ()}
    assert _places(_agreed(payload)) == [
        ("/b", "json-number"),
        ("", "json-key"),
        ("/a/0", "json-type"),
        ("/a/1/x", "json-type"),
        ("/a/1/y", "json-surrogate"),
        ("", "json-surrogate"),
    ]


def test_hidden_from_the_schema() -> None:
    """What is no JSON data is reported alone, because a schema has nothing to say of it."""
    assert _places(_agreed({"id": 5, "seed": "x", "status": ()})) == [("/status", "json-type")]


@for_each("value", [True, False, 0, -0.0, 1e308, 5e-324, "", "\x00\x7f\u2028😀", None, [], {}])
def test_json(value: Any) -> None:
    """What JSON can hold is fine under a key that nobody knows, and comes back with its type."""
    payload = {**_JOB, "new": {"\x00é": [value]}}
    assert _agreed(payload).ok
    (back,) = ftschema.unstructure(ftschema.structure(payload))["new"]["\x00é"]
    assert (type(back), repr(back)) == (type(value), repr(value))


@for_each("number", [10**4_300 - 1, 1 - 10**4_300, 2**64, -(2**63) - 1], ids=["+", "-", "2^64", "-2^63-1"])
@for_each("key", ["new", "seed"])
def test_long_integer(number: int, key: str) -> None:
    """An integer of up to 4,300 digits is fine, and comes back as it was."""
    payload = {**_JOB, key: number}
    assert _agreed(payload).ok
    assert ftschema.unstructure(ftschema.structure(payload))[key] == number


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "dart"))
@for_each("number", [10**400, -(10**400), 1e308, -1e308, 5e-324, 2**63, 2**64, 1e19])
@for_each("key", ["n_epochs", "batch_size", "learning_rate_multiplier"])
def test_numbers_that_few_languages_hold(number: float, key: str, contract: ftschema.ContractName) -> None:
    """The verbs agree on numbers that no machine word holds, where the schema has bounds for them."""
    _agreed(in_names_of(contract, {**_JOB, "hyperparameters": {"n_epochs": 1, key: number}}), contract)


@pytest.mark.parametrize(
    ("wrap", "step"), [(lambda inner: [inner], "/0"), (lambda inner: {"a": inner}, "/a")], ids=["lists", "objects"]
)
def test_nesting(wrap: Callable[[Any], Any], step: str) -> None:
    """200 levels of nesting are fine, the job itself among them; the 201st is reported where it begins."""
    assert _agreed({**_JOB, "new": _nested(199, wrap=wrap)}).ok
    for levels in (200, 5_000):
        payload = {**_JOB, "new": _nested(levels, wrap=wrap)}
        assert _places(_agreed(payload)) == [("/new" + step * 199, "json-depth")]


def test_nesting_at_the_top() -> None:
    """The level that is one too many is reported in a payload that is no object too."""
    assert _places(_agreed(_nested(200))) == [("", "type")]
    assert _places(_agreed(_nested(201))) == [("/0" * 200, "json-depth")]


def test_nesting_of_a_shared_part() -> None:
    """A part that is fine in one place is reported in another where it lies too deep."""
    part = _nested(100)
    payload = {**_JOB, "near": part, "far": _nested(150, wrap=lambda inner: [part] if inner == 1 else [inner])}
    assert _places(_agreed(payload)) == [("/far" + "/0" * 150, "json-depth")]


def test_shared_part() -> None:
    """A part that stands in two places is no cycle, and a job shares nothing with its payload."""
    part = {"a": [1]}
    payload = {**_JOB, "new": [part, part], "newer": part}
    assert _agreed(payload).ok
    job = ftschema.structure(payload)
    part["a"].append(2)
    assert job.extra["new"] == [{"a": [1]}, {"a": [1]}]


def test_faulty_shared_part() -> None:
    """What is wrong with a part that stands in two places is reported in the first of them."""
    part = [math.nan]
    assert _places(_agreed({**_JOB, "new": [part, part]})) == [("/new/0/0", "json-number")]


# Until so many values the quick walk goes on; the limit is no promise, that it changes no verdict is one.
_QUICK_WALK = pytest.mark.parametrize("limit", sample([10_000, jsondata._MOST_VALUES], 10_000))  # noqa: SLF001


@_QUICK_WALK
@pytest.mark.parametrize(
    "place", sample(["top", "known key", "below an unknown key", "metadata"], "below an unknown key")
)
def test_exponential(monkeypatch: pytest.MonkeyPatch, place: str, limit: int) -> None:
    """Shared parts that would be written 2^150 times are too large, and found to be so without writing them."""
    monkeypatch.setattr(jsondata, "_MOST_VALUES", limit)
    put, _ = _PLACES[place]
    assert _places(_agreed(put(_bomb()))) == [("", "json-size")]


def test_largest() -> None:
    """10,000,000 objects and arrays are the most, each counted as often as it would be written."""
    part: list[Any] = [[] for _ in range(238)]
    payload = [part] * 41_841
    assert jsondata.LARGEST == 1 + 239 * 41_841
    assert jsondata.find_non_json(payload, 1) == ([], 0)
    (problem,), omitted = jsondata.find_non_json([*payload, []], 1)
    assert (problem.pointer, problem.code, omitted) == ("", "json-size", 0)


@for_each(
    ("payload", "problems"),
    [
        ({**_JOB, "new": _HUGE}, []),
        ({**_JOB, "new": [{_HUGE: _HUGE}]}, []),
        ({**_JOB, "id": _HUGE}, []),
        ({**_JOB, "seed": _HUGE}, [("/seed", "type")]),
        ({**_JOB, "status": _HUGE}, [("/status", "enum")]),
        ({**_JOB, "object": _HUGE}, [("/object", "const")]),
        ({**_JOB, "result_files": _HUGE}, [("/result_files", "type")]),
        ({**_JOB, "metadata": {"a": _HUGE}}, [("/metadata/a", "maxLength")]),
        ({**_JOB, "new": {_HUGE: math.nan}}, [(f"/new/{_HUGE}", "json-number")]),
        ({**_JOB, "new": {f"{_HUGE}\ud800": 1}}, [("/new", "json-surrogate")]),
        ({**_JOB, "new": f"{_HUGE}\ud800"}, [("/new", "json-surrogate")]),
        (_HUGE, [("", "type")]),
    ],
)
def test_long_text(payload: Any, problems: list[tuple[str, str]]) -> None:
    """A string of megabytes is a string like any other, and no message, nor a report in text form, holds it."""
    report = _agreed(payload)
    assert _places(report) == problems
    assert all(len(problem.message) < 400 for problem in report)


@pytest.mark.parametrize("many", sample([2_000, 50_000], 2_000))
@pytest.mark.parametrize(
    ("key", "value", "first", "besides"),
    [
        ("result_files", lambda many: [*range(many)], ("/result_files/0", "type"), 0),
        ("metadata", lambda many: {str(n): n for n in range(many)}, ("/metadata", "maxProperties"), 1),
        ("new", lambda many: [()] * many, ("/new/0", "json-type"), 0),
        ("new", lambda many: dict.fromkeys(range(many)), ("/new", "json-key"), 0),
    ],
    ids=["items", "metadata", "no JSON", "keys"],
)
def test_many_faults(key: str, value: Callable[[int], Any], first: tuple[str, str], besides: int, many: int) -> None:
    """Of many faults the first 100 are reported, and the rest are counted to the last."""
    report = ftschema.check({**_JOB, key: value(many)})
    omitted = many + besides - 100
    assert _places(report)[0] == first
    assert (len(report.problems), report.omitted) == (100, omitted)
    assert f"… and {omitted + 100 - str(report).count(chr(10)):,} more" in str(report)
    assert len(str(report)) < 4_000


def test_first_of_many_faults() -> None:
    """The faults that are reported are the first ones of the document, without a gap."""
    report = ftschema.check({**_JOB, "result_files": [*range(5_000)]})
    assert [problem.pointer for problem in report] == [f"/result_files/{index}" for index in range(100)]


def _scalars() -> st.SearchStrategy[Any]:
    return st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


def _hostile() -> st.SearchStrategy[Any]:
    hashable = st.integers() | st.none() | st.tuples() | st.just(_Text("a")) | st.just("\ud800")
    # Hypothesis shows what it draws from, and neither this object nor integers so long can be shown.
    leaves = [value for name, (value, _, _) in _NO_JSON.items() if name != "hostile object" and "digits" not in name]
    return st.sampled_from(leaves) | st.text(st.characters()) | st.dictionaries(hashable, st.integers(), max_size=2)


_VALUES = st.recursive(
    _scalars() | _hostile() | st.just(_nested(198)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)


@_QUICK_WALK
def test_shared_scalars(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """A list that stands in itself many times over is counted as it would be written, numbers included."""
    monkeypatch.setattr(jsondata, "_MOST_VALUES", limit)
    numbers = [0] * 5_000
    assert _places(_agreed({**_JOB, "later": [numbers] * 5_000})) == [("", "json-size")]
    assert _agreed({**_JOB, "later": [numbers] * 50}).ok


# From almost no part to more than any of those values has: both ways to a verdict are taken.
_LIMITS = st.sampled_from([0, 2, jsondata._MOST_VALUES])  # noqa: SLF001  # the limit is no promise, that it changes no verdict is one


@examples(3)
@given(_VALUES, _LIMITS)
def test_quick_and_careful(value: Any, limit: int) -> None:
    """A value is JSON data exactly when there is no fault to report, however many parts it has."""
    with patch.object(jsondata, "_MOST_VALUES", limit):
        assert jsondata.is_json(value) == (not jsondata.find_non_json(value, 100)[0])


@pytest.mark.parametrize(("value", "expected"), [([[], [[1]]], True), ([[], [[b""]]], False), (_bomb(), False)])
def test_too_many_parts_to_be_quick(value: Any, *, expected: bool) -> None:
    """A value of many parts gets its verdict from the walk that looks at shared parts once."""
    with patch.object(jsondata, "_MOST_VALUES", 1):
        assert jsondata.is_json(value) is expected


@examples(2)
@given(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=10))
def test_any_web_of_parts(edges: list[list[int]]) -> None:
    """Lists that hold each other in any way, in cycles or not, get one verdict from both walks."""
    parts: list[list[Any]] = [[] for _ in edges]
    for part, targets in zip(parts, edges, strict=True):
        part += [parts[target % len(parts)] for target in targets]
    with patch.object(jsondata, "_MOST_VALUES", 1_000):
        verdict = jsondata.is_json(parts[0])
    found, _ = jsondata.find_non_json(parts[0], 100)
    assert verdict == (not found)
    assert {problem.code for problem in found} <= {"json-cycle"}


@examples(2)
@given(_VALUES, st.sampled_from([*_JOB, "new"]))
def test_any_value(value: Any, key: str) -> None:
    """All verbs agree on any value in any place, raise nothing but `InvalidJobError` and change nothing."""
    payload = {**deepcopy(_JOB), key: value}
    before = repr(payload)
    _agreed(payload)
    _agreed(value)
    assert repr(payload) == before


def test_no_value_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last of as many values as are counted quickly is looked at too."""
    monkeypatch.setattr(jsondata, "_MOST_VALUES", 4)
    assert jsondata.is_json([[1], 2.5])
    assert not jsondata.is_json([[1], math.nan])

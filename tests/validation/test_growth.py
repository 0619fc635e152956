"""What a payload costs grows with its size, and no faster, whatever is wrong with it and however often."""

from __future__ import annotations

import json
import re
import tracemalloc
from contextlib import suppress
from cProfile import Profile
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

import ftschema
from ftschema import defects, fixtures
from ftschema.core.pointer import follow, split
from ftschema.jsontext.data import deep_copy
from ftschema.validation import engine, fast_path
from support.helpers import SOME_CONTRACTS, sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    _Verb: TypeAlias = Callable[[Any, bytes], object]

_VERBS: dict[str, _Verb] = {
    "check": lambda payload, _: ftschema.check(payload),
    "check_jobs": lambda _, text: ftschema.check_jobs(text),
    "check_text": lambda _, text: ftschema.check_text(text),
    "convert": lambda payload, _: ftschema.convert(payload, "observed", "powershell", keep_unknown=False),
    "identify": lambda payload, _: ftschema.identify(payload),
    "loads": lambda _, text: ftschema.loads(text),
    "repaired": lambda payload, _: ftschema.repaired(payload, ftschema.check(payload)),
    "structure": lambda payload, _: ftschema.structure(payload),
    "validate": lambda payload, _: ftschema.validate(payload),
}


def _kinds() -> dict[str, defects.Kind]:
    """Return a kind of defect for each keyword, below an array or a map if there is one."""
    found: dict[str, defects.Kind] = {}
    for kind in defects.catalogue("observed"):
        name = f"{kind.code} of {'each' if '*' in kind.pointer else 'one'}"
        if not kind.lifecycle:
            found.setdefault(name, kind)
    return found


_KINDS = _kinds()
_JOB = fixtures.payload(1)


def _repeated(kind: defects.Kind, times: int) -> dict[str, Any]:
    """Return a job that has a defect in so many items or members, or once, beside so many unknown or faulty keys."""
    [defect] = fixtures.defects(1, contract=kind.contract, pointer=kind.pointer, code=kind.code)
    payload: dict[str, Any] = deep_copy(defect.payload)
    pattern, path = split(kind.pointer), split(defect.pointer)
    if "*" in pattern:
        end = len(pattern) - pattern[::-1].index("*")
        container = follow(payload, path[: end - 1])
        member = follow(container, path[end - 1 : end])
        if isinstance(container, list):
            container += [deep_copy(member) for _ in range(times)]
        else:
            container |= {f"{number}": deep_copy(member) for number in range(times)}
        return payload
    value = follow(payload, path)
    if isinstance(value, list):
        value += [deep_copy(value[0]) for _ in range(times) if value]
        return payload
    width = 70 if kind.code == "maxLength" else 1
    container = value if isinstance(value, dict) else follow(payload, path[:-1])
    container |= {f"{number:0{width}}": "" for number in range(times)}
    return payload


def _graders(times: int, **members: Any) -> dict[str, Any]:
    """Return a job with a grader whose name is long."""
    grader = {"type": "label_model", "name": "a", "model": "b", "labels": ["c"], "passing_labels": ["c"], "input": []}
    multi = {"type": "multi", "name": "a", "calculate_output": "a", "graders": {"k" * 300 * times: grader | members}}
    return _JOB | {"method": {"type": "reinforcement", "reinforcement": {"grader": multi}}}


_BELOW_A_KEY: dict[str, Callable[[int], Any]] = {
    "problems": lambda times: _graders(times, input=[0] * times),
    "unknown keys": lambda times: _graders(times, **{str(number): 0 for number in range(times)}),
    "not JSON": lambda times: {"k" * 300 * times: [float("nan")] * times},
    "repeated keys": lambda times: {"k" * 300 * times: {f"same{number}": 0 for number in range(times)}},
    "page": lambda times: {"k" * 300 * times: {"object": "list", "data": [{}] * times}},
}


def _cost(function: _Verb, payload: Any, text: bytes) -> tuple[int, int]:
    """Return the number of calls, and the largest number of bytes in memory."""
    profile = Profile()
    tracemalloc.start()
    profile.runcall(_read, function, payload, text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return sum(entry.callcount for entry in profile.getstats()), peak


def _read(function: _Verb, payload: Any, text: bytes) -> None:
    """Call a function and read its result, because problems are made when they are read."""
    try:
        result = function(payload, text)
    except ftschema.InvalidJobError as error:
        result = error
    repr(result)
    repr(getattr(result, "report", None))


_SOME_VERBS = ["check", "check_text", "identify"]


@pytest.fixture(autouse=True)
def _learn_from_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do for each payload with unknown keys what is done for some, so that both sizes have it."""
    monkeypatch.setattr(fast_path, "_SOME", 1)


@pytest.mark.parametrize(
    ("name", "verbs"),
    [
        ("maxLength of one", _SOME_VERBS),
        # Each kind has half of the verbs, and the next one the others.
        *(pytest.param(name, [*_VERBS][n % 2 :: 2], marks=pytest.mark.slow) for n, name in enumerate(_KINDS)),
    ],
)
def test_faults(name: str, verbs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many faults take about twice the calls and the memory, in every verb."""
    monkeypatch.setattr(engine, "_MOST_VALUES", 150)
    monkeypatch.setattr("ftschema.analysis.identify._MOST_CHANGED", 5)
    _assert_linear(partial(_repeated, _KINDS[name]), verbs)


@pytest.mark.parametrize("name", sample(_BELOW_A_KEY, "page"))
def test_long_key(name: str) -> None:
    """A long key above many faults is not copied for each of them."""
    _assert_linear(_BELOW_A_KEY[name], ["check", "check_jobs", "check_text", "convert"])


def _assert_linear(payload_of: Callable[[int], Any], verbs: list[str]) -> None:
    sizes = []
    # An object or array more than 200 others is not checked in the fastest way.
    for times in (210, 420):
        payload = payload_of(times)
        sizes.append((payload, re.sub(r"same\d+", "same", json.dumps(payload)).encode()))
    for verb in verbs:
        function = _VERBS[verb]
        # What is built at first use is not counted.
        with suppress(ftschema.InvalidJobError):
            function(*sizes[0])
        few, many = (_cost(function, *size) for size in sizes)
        assert many[0] < 2.5 * few[0], verb
        assert many[1] < 2.5 * few[1] + 50_000, verb


_EVERY = [kind for name in SOME_CONTRACTS for kind in defects.catalogue(name) if not kind.lifecycle]


@pytest.mark.parametrize("kinds", sample([_EVERY[start::40] for start in range(40)], _EVERY[::40]), ids=range(40))
def test_pieces(kinds: list[defects.Kind]) -> None:
    """A fault of a large payload, which is validated in pieces, has the problem that it has in a small one."""
    for kind in kinds:
        [defect] = fixtures.defects(1, contract=kind.contract, pointer=kind.pointer, code=kind.code)
        large = defect.payload | {"later": [0] * 600}
        assert ftschema.check(large, kind.contract) == ftschema.check(defect.payload, kind.contract)


@for_each("key", ["", "7", "007", "a/b"])
def test_odd_keys_in_pieces(key: str) -> None:
    """So has a fault below a key that is empty or looks like a number."""
    payload = _graders(1, type="endpoint", url="https://a.example", headers={key: 1})
    large = payload | {"later": [0] * 600}
    report = ftschema.check(payload)
    assert report.problems[-1].pointer.endswith(f"/headers/{key.replace('/', '~1')}")
    assert ftschema.check(large) == report

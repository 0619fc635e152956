"""Two engines find the problems of a payload; which one is asked does not show, but in time and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures
from ftschema.validation import engine
from support.rows import for_each

if TYPE_CHECKING:
    import random

_JOB = fixtures.payload(seed=1)


@for_each("key", ["", "7", "007", "-1", "a/b"])
def test_any_key_of_a_map(key: str) -> None:
    """A problem of a value in a map has the pointer of its key, even of one that jsonschema-rs omits or takes for 7."""
    [problem] = ftschema.check(_JOB | {"metadata": {key: 5}})
    assert (problem.pointer, problem.message) == (
        f"/metadata/{key.replace('/', '~1')}",
        "expected a string, found 5",
    )


def test_the_longest_key() -> None:
    """Of the keys of a map that which is too long is named, not one that is as long as allowed."""
    [problem] = ftschema.check(_JOB | {"metadata": {"a" * 64: "x", "b" * 65: "x"}})
    assert problem.message.count("bbb") > problem.message.count("aaa") == 0


_LARGE: dict[str, Any] = {
    "values": [0] * 501,
    "keys": {"new": {str(number): 0 for number in range(501)}},
    "values of lists": [[0] * 249, [0] * 250],
    "values of objects": {"a": {str(number): 0 for number in range(498)}, "b": [0]},
    "a text": ["x" * 50_000],
    "a key": {"x" * 50_000: 0},
}


@pytest.mark.parametrize("payload", _LARGE.values(), ids=_LARGE)
def test_large_payloads(payload: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The errors of jsonschema-rs hold what they are about, so it is not asked for those of a large payload."""
    monkeypatch.delattr(engine, "_fast")
    assert engine.violations("observed", payload)[0]


@pytest.mark.parametrize("payload", [[0] * 500, ["x" * 49_900], [[0] * 249, [0] * 249], _JOB], ids=range(4))
def test_other_payloads(payload: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The errors of any other payload are found by jsonschema-rs alone, because jsonschema takes long."""
    monkeypatch.delattr(engine, "_reference")
    assert bool(engine.violations("observed", payload | {"id": 5} if payload is _JOB else payload)[0])


@pytest.mark.parametrize("filler", [0, 1_000], ids=["jsonschema-rs", "jsonschema"])
@given(choose=st.randoms(use_true_random=False))
def test_order(filler: int, choose: random.Random) -> None:
    """Problems are in the order of the document, whatever the order of its keys and whichever engine found them."""
    faults = {"seed": "x", "id": 5, "model": None, "metadata": {"b": 1, "a": 2}, "result_files": [1, "file-1", 2]}
    keys = choose.sample([*faults], len(faults))
    payload = {key: faults[key] for key in keys} | {"new": [0] * filler}
    payload |= {key: value for key, value in _JOB.items() if key not in payload}
    below = {"metadata": ["/metadata/b", "/metadata/a"], "result_files": ["/result_files/0", "/result_files/2"]}
    expected = [pointer for key in keys for pointer in below.get(key, [f"/{key}"])]
    assert [problem.pointer for problem in ftschema.check(payload)] == expected


def test_order_in_a_large_object() -> None:
    """So are those of an object with many keys."""
    metadata = dict.fromkeys(map(str, range(200)), "x") | {"b": 1, "a": 2}
    found = [problem.pointer for problem in ftschema.check(_JOB | {"metadata": metadata})]
    assert found == ["/metadata", "/metadata/b", "/metadata/a"]


def _without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in _JOB.items() if key not in keys}


_ALIKE: dict[str, list[dict[str, Any]]] = {
    "values": [_JOB | {"status": value} for value in (0.0, -0.0, 1, 1.0, True, "1", "x" * 80 + "1", "x" * 80 + "2")],
    "numbers": [_JOB | {"status": value} for value in (2**53 + 1, 2**64, -(2**64), 10**25, 1e16, 5e-324, 0.1 + 0.2)],
    "keys": [_without("id"), _without("id", "seed"), _without("id") | {"Id": "x"}, _without("id") | {"ids": "x"}],
    "the only value": [_without("object"), _without("object", "id"), _without("object") | {"Object": "x"}],
}


@pytest.mark.parametrize("payloads", _ALIKE.values(), ids=_ALIKE)
def test_problems_seen_before(payloads: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a report says does not depend on the similar faults that other payloads had before."""
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_is_common", lambda _: False)
        patch.setattr(engine, "_facts", lambda _: ftschema.ABSENT)
        alone = [repr(ftschema.check(payload).as_dict()) for payload in payloads]
    for _ in range(2):
        assert [repr(ftschema.check(payload).as_dict()) for payload in payloads] == alone

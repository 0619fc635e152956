"""What goes in comes out: every key, value and type, and the input is left alone."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ftschema
from support.comparing import same
from support.drawing import NUMBERS, payloads_of, widened_jobs

CONTRACTS = ftschema.contracts()


def _goes_round(payload: Any, contract: str) -> None:
    before = copy.deepcopy(payload)
    job = ftschema.structure(payload, contract)
    assert same(payload, before)
    assert same(ftschema.unstructure(job, contract), payload)
    text = ftschema.dumps(job, contract)
    assert same(json.loads(text), payload)
    again = ftschema.loads(text, contract)
    assert again == job
    assert hash(again) == hash(job)
    assert same(ftschema.unstructure(again, contract), payload)
    for twin in (pickle.loads(pickle.dumps(job)), copy.copy(job), copy.deepcopy(job)):
        assert twin == job
        assert hash(twin) == hash(job)
        assert same(ftschema.unstructure(twin, contract), payload)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_known_payloads(contract: str) -> None:
    """Every valid payload of the corpus and the bases survives structure and loads, pickle and copy."""
    payloads = payloads_of(contract)
    assert len(payloads) > 15
    for payload in payloads:
        _goes_round(payload, contract)


@pytest.mark.parametrize("contract", CONTRACTS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_later_keys(contract: str, data: st.DataObject) -> None:
    """Unknown keys at every level are no fault, whatever they hold, and survive."""
    _goes_round(data.draw(widened_jobs(contract)), contract)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"{number!r}")
@pytest.mark.parametrize("key", ["created_at", "seed", "later"])
def test_numbers(number: float, key: str) -> None:
    """1, 1.0 and True stay three things, integers of any size stay exact, negative zero stays negative."""
    payload = {**payloads_of("observed")[0], key: number}
    if ftschema.is_valid(payload):
        _goes_round(payload, "observed")
    else:
        assert isinstance(number, bool) or number != int(number)


def test_absent_and_null() -> None:
    """A key that is absent is `ABSENT` and stays absent; one that is null is None and stays null."""
    payload = dict(payloads_of("observed")[0])
    payload.pop("seed", None)
    assert ftschema.structure(payload).seed is ftschema.ABSENT
    assert "seed" not in ftschema.unstructure(ftschema.structure(payload))
    payload["seed"] = None
    assert ftschema.structure(payload).seed is None
    assert ftschema.unstructure(ftschema.structure(payload))["seed"] is None


def test_nothing_is_shared() -> None:
    """Neither a later change of the payload nor one of what came out changes the job."""
    payload = copy.deepcopy(next(p for p in payloads_of("observed") if p.get("method")))
    payload["metadata"] = {"a": "b"}
    payload["later"] = {"list": [1, {"x": []}]}
    job = ftschema.structure(payload)
    before = copy.deepcopy(payload)
    out = ftschema.unstructure(job)
    for changed in (payload, out):
        changed["metadata"]["a"] = "changed"
        changed["later"]["list"][1]["x"].append("changed")
        changed["method"].clear()
        changed["result_files"].append("changed")
    assert same(ftschema.unstructure(job), before)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_undeclared_fields(contract: str) -> None:
    """A key that the contract does not name goes to `extra`, even where the class has a field for it."""
    payload = {**payloads_of(contract)[0], "trainingType": 5, "updated_at": "x", "usage_metrics": [1]}
    if contract != "azure":
        job = ftschema.structure(payload, contract)
        assert job.trainingType is ftschema.ABSENT
        assert job.extra["trainingType"] == 5
        assert same(ftschema.unstructure(job, contract), payload)
    else:
        assert not ftschema.is_valid(payload, contract)


def test_text_forms() -> None:
    """`dumps` writes UTF-8 on one line without spaces, or indented; text outside ASCII as it is."""
    job = ftschema.structure({**payloads_of("observed")[0], "later": "é😀"})
    line = ftschema.dumps(job)
    assert isinstance(line, bytes)
    assert "é😀".encode() in line
    assert b"\n" not in line
    assert b'": ' not in line
    assert ftschema.dumps(job, indent=2).startswith(b'{\n  "')
    assert same(json.loads(ftschema.dumps(job, indent=2)), json.loads(line))


@pytest.mark.parametrize(
    ("extra", "pointer", "code"),
    [
        ({"x": float("nan")}, "/x", "json-number"),
        ({"x": [{1, 2}]}, "/x/0", "json-type"),
        ({"x": "\ud800"}, "/x", "json-surrogate"),
    ],
)
def test_dumps_of_no_json(extra: dict[str, Any], pointer: str, code: str) -> None:
    """A job built by hand with what JSON cannot hold is reported at its place, and not written."""
    job = ftschema.FineTuningJob(id="x", created_at=1, status="running", model="m", training_file="f", extra=extra)
    with pytest.raises(ftschema.InvalidJobError) as caught:
        ftschema.dumps(job)
    assert [(p.pointer, p.code) for p in caught.value.report] == [(pointer, code)]


def test_dumps_of_a_cycle() -> None:
    """A job built by hand that contains itself is reported, and not written."""
    endless: list[Any] = []
    endless.append(endless)
    job = ftschema.FineTuningJob(
        id="x", created_at=1, status="running", model="m", training_file="f", extra={"x": endless}
    )
    with pytest.raises(ftschema.InvalidJobError, match="json-cycle"):
        ftschema.dumps(job)


@pytest.mark.parametrize("verb", [ftschema.unstructure, ftschema.dumps])
def test_no_job(verb: Any) -> None:
    """What is no job is refused with its type."""
    with pytest.raises(TypeError, match="expected a FineTuningJob, found dict"):
        verb({})

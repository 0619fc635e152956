"""Jobs survive the class of the official Python SDK, and what it does not declare is said."""

from __future__ import annotations

import json
import re
import sys
from itertools import product
from typing import Any, get_args

import pytest
from attrs import fields
from hypothesis import given
from hypothesis import strategies as st
from openai.types.fine_tuning import FineTuningJob as OpenaiJob
from pydantic import BaseModel, ValidationError

import ftschema
from ftschema import ABSENT, fixtures, strategies
from support.data import corpus
from support.helpers import examples
from support.rows import for_each

_JOBS: dict[tuple[str, str], list[dict[str, Any]]] = {}
for _contract, _captured in product(("observed", "azure"), corpus()):
    if ftschema.contract(_contract).is_valid(_captured.payload):
        _JOBS.setdefault((_contract, _captured.kind), []).append(_captured.payload)
_each_kind = pytest.mark.parametrize(("contract", "kind"), _JOBS)
_JOB = fixtures.job(1)


def _exact(payload: Any) -> str:
    """Return a payload as text that tells 2 from 2.0, whatever the order of keys."""
    return json.dumps(payload, sort_keys=True)


def _read(held: Any) -> Any:
    """Return what an object of the class says of itself, with the parts that are objects of classes."""
    if isinstance(held, BaseModel):
        return {key: _read(value) for key, value in held if key in {*held.model_fields_set, *(held.model_extra or ())}}
    if isinstance(held, dict):
        return {key: _read(value) for key, value in held.items()}
    return [_read(item) for item in held] if isinstance(held, list) else held


@_each_kind
def test_captured(contract: ftschema.ContractName, kind: str) -> None:
    """All captured jobs go into the class and come back with the same keys and values, unset and null told apart."""
    for payload in _JOBS[contract, kind]:
        job = ftschema.structure(payload, contract)
        made = ftschema.to_openai(job)
        assert type(made) is OpenaiJob
        assert _exact(_read(made)) == _exact(payload)
        assert made.model_fields_set == payload.keys() & OpenaiJob.model_fields.keys()
        assert made.model_extra is not None
        assert made.model_extra.keys() == payload.keys() - OpenaiJob.model_fields.keys()
        assert ftschema.from_openai(made, contract) == job


@_each_kind
def test_client(contract: ftschema.ContractName, kind: str) -> None:
    """What the SDK's client builds of a captured reply is the job of the reply, but for 2 that it made 2.0."""
    for payload in _JOBS[contract, kind]:
        built = OpenaiJob.model_construct(**payload)
        assert ftschema.from_openai(built, contract) == ftschema.structure(payload, contract)


@_each_kind
def test_strict(contract: ftschema.ContractName, kind: str) -> None:
    """With `strict` a job is refused just where the class itself refuses it, and the report says each place."""
    for payload in _JOBS[contract, kind]:
        job = ftschema.structure(payload, contract)
        try:
            expected = OpenaiJob.model_validate(payload)
        except ValidationError as error:
            with pytest.raises(ftschema.InvalidJobError) as caught:
                ftschema.to_openai(job, strict=True)
            report = caught.value.report
            assert report.contract == "openai"
            tops = {str(one["loc"][0]) for one in error.errors()}
            named = {
                problem.pointer.split("/")[1]
                if problem.pointer
                else json.loads(re.findall('".*?"', problem.message)[0])
                for problem in report
            }
            assert named == tops
        else:
            assert ftschema.to_openai(job, strict=True) == expected


def test_strict_messages() -> None:
    """A missing key, a word, a type and a union that the class does not know are told apart."""
    payload = fixtures.payload(1, method="reinforcement", contract="2026-07-15") | {"status": "created", "error": {}}
    payload["method"]["reinforcement"]["grader"] = {"type": "endpoint", "name": "n", "url": "u"}
    payload["result_files"] = "none"
    del payload["seed"]
    with pytest.raises(ftschema.InvalidJobError) as caught:
        ftschema.to_openai(_holding(payload), strict=True)
    found = {(problem.pointer, problem.code) for problem in caught.value.report}
    assert found == {
        ("", "required"),
        ("/error", "required"),
        ("/method/reinforcement/grader", "type"),
        ("/result_files", "type"),
        ("/status", "enum"),
    }


def _holding(payload: dict[str, Any]) -> ftschema.FineTuningJob:
    """Return a job built by hand that is the payload, valid or not."""
    empty: dict[str, Any] = dict.fromkeys(field.name for field in fields(ftschema.FineTuningJob))
    return ftschema.FineTuningJob(**dict.fromkeys(empty, ABSENT) | {"extra": payload})  # type: ignore[arg-type]  # by hand


@given(strategies.jobs(coherent=False))
def test_any_job(job: ftschema.FineTuningJob) -> None:
    """Any job goes into the class and comes back the same."""
    made = ftschema.to_openai(job)
    assert _exact(_read(made)) == _exact(ftschema.unstructure(job))
    assert ftschema.from_openai(made) == job


_NAMES = st.sampled_from(["_fields_set", "__cls", "_BaseModel__cls", "self", "model_extra", "to_dict", "_x", "", "a.b"])


@examples(0.5)
@given(st.dictionaries(_NAMES | st.text(), st.integers(0, 9) | st.dictionaries(_NAMES, st.integers())))
def test_any_key(later: dict[str, Any]) -> None:
    """Keys that nobody knows survive, those that Python or pydantic may take for their own too."""
    payload = {**later, **fixtures.payload(1), "metadata": dict.fromkeys([*later][:16], "x")}
    payload["metadata"] = {key[:64]: "x" for key in payload["metadata"]}
    payload["hyperparameters"] = later
    if not ftschema.is_valid(payload):
        return
    job = ftschema.structure(payload)
    made = ftschema.to_openai(job)
    assert _exact(_read(made)) == _exact(payload)
    assert ftschema.from_openai(made) == job


def test_validated() -> None:
    """What pydantic validated goes in, with what was not set left out."""
    payload = fixtures.payload(1, contract="2025-03-11", status="running")
    payload.pop("estimated_finish", None)
    job = ftschema.from_openai(OpenaiJob.model_validate(payload))
    assert ftschema.unstructure(job) == payload
    assert (job.estimated_finish, job.fine_tuned_model) == (ABSENT, None)


def test_invalid() -> None:
    """An object that is no job of the contract is refused with a report, whatever it holds."""
    for held, problem in (
        (OpenaiJob.model_construct(id="ftjob-1"), ("", "required")),
        (OpenaiJob.model_construct(metadata={"a": object()}), ("/metadata/a", "json-type")),
        (OpenaiJob.model_construct(**fixtures.payload(1), hidden={1, 2}), ("/hidden", "json-type")),
    ):
        with pytest.raises(ftschema.InvalidJobError) as caught:
            ftschema.from_openai(held)
        first = caught.value.report.problems[0]
        assert (first.pointer, first.code) == problem


def test_endless() -> None:
    """An object that contains itself is refused as such."""
    held = OpenaiJob.model_construct(**fixtures.payload(1))
    held.metadata = {"a": held}  # type: ignore[dict-item]  # on purpose
    with pytest.raises(ftschema.InvalidJobError) as caught:
        ftschema.from_openai(held)
    assert [problem.code for problem in caught.value.report] == ["json-cycle"]


def test_names() -> None:
    """No class of a part has a field with another name on the wire, which is read by the field's own."""
    waiting: list[Any] = [OpenaiJob]
    seen: set[Any] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel) and one not in seen:
            seen.add(one)
            assert all(field.alias is None for field in one.model_fields.values())
            waiting += [field.annotation for field in one.model_fields.values()]
        waiting += get_args(one)
    assert len(seen) >= 8


@for_each("value", [None, {}, _JOB, "job"])
def test_other_types(value: Any) -> None:
    """What is no object of the class, or no job of ours, is a TypeError that names its type."""
    with pytest.raises(TypeError, match=rf"expected an openai.*found (ftschema\.)?{type(value).__name__}"):
        ftschema.from_openai(value)
    if value is not _JOB:
        with pytest.raises(TypeError, match=f"expected a FineTuningJob, found {type(value).__name__}"):
            ftschema.to_openai(value)


def test_without_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the error says how to get it."""
    monkeypatch.setitem(sys.modules, "openai.types.fine_tuning", None)
    for call in (lambda: ftschema.to_openai(_JOB), lambda: ftschema.from_openai(ftschema.ABSENT)):  # type: ignore[arg-type]  # it comes first
        with pytest.raises(ImportError, match=r"pip install 'ftschema\[openai\]'"):
            call()

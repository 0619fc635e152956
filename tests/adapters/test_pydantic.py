"""Jobs and their parts are fields of pydantic models: the contract decides, and nothing is lost."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any

import jsonschema_rs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

import ftschema
from ftschema import ABSENT, FineTuningJob, Of, fixtures
from ftschema.core.pointer import join
from ftschema.model.kinds.job import PARTS
from support.helpers import SOME_CONTRACTS, examples, same, sample
from support.rows import for_each
from support.strategies import near_jobs, widened_jobs

if TYPE_CHECKING:
    from ftschema import Report

_JOB = fixtures.payload(1)


class _Event(BaseModel):
    name: str = "event"
    job: FineTuningJob
    jobs: list[Annotated[FineTuningJob, Of("azure", lifecycle=True)]] = []
    error: ftschema.JobError | None = None
    grader: ftschema.PythonGrader | None = None


class _MyJob(FineTuningJob):
    def shout(self) -> str:
        return self.status.upper()


def _event(**payload: Any) -> _Event:
    return _Event.model_validate(payload)


def _adapter(contract: ftschema.ContractName, **options: bool) -> TypeAdapter[FineTuningJob]:
    return TypeAdapter(Annotated[FineTuningJob, Of(contract, **options)])


def _check_errors(error: ValidationError, report: Report, *, above: tuple[str, ...] = ()) -> None:
    """Check that the errors of pydantic are the problems of a report, in a model at a path."""
    problems = [problem for problem in report if problem.severity == "error"]
    errors = error.errors()
    assert [(one["type"], one["msg"]) for one in errors] == [(problem.code, problem.message) for problem in problems]
    assert all(one["loc"][: len(above)] == above for one in errors)
    assert [join(one["loc"][len(above) :]) for one in errors] == [
        problem.pointer.encode("utf-8", "backslashreplace").decode() for problem in problems
    ]


@pytest.mark.parametrize("contract", sample(SOME_CONTRACTS, "observed"))
@given(st.data())
def test_verdicts(contract: ftschema.ContractName, data: st.DataObject) -> None:
    """A field accepts what the contract accepts, as the same job; its errors are the problems of the report."""
    payload = data.draw(near_jobs(contract) | widened_jobs(contract))
    report = ftschema.check(payload, contract)
    adapter = _adapter(contract)
    if report.ok:
        job = adapter.validate_python(payload)
        assert job == adapter.validate_json(json.dumps(payload)) == ftschema.structure(payload, contract)
        assert same(adapter.dump_python(job), payload)
    else:
        with pytest.raises(ValidationError) as caught:
            adapter.validate_python(payload)
        _check_errors(caught.value, report)


@examples(0.5)
@given(widened_jobs("observed"), st.sampled_from([{}, {"exclude_none": True}, {"exclude_defaults": True}]))
def test_serialization(payload: Any, options: Any) -> None:
    """What a model writes has the keys and values of the payload: absent keys are absent, nulls are null."""
    event = _event(job=payload)
    assert same(event.model_dump(**options)["job"], payload)
    assert same(json.loads(event.model_dump_json(**options))["job"], payload)


_SCHEMAS = [_Event.model_json_schema(mode=mode) for mode in ("validation", "serialization")]


@given(near_jobs("observed"))
def test_json_schema(payload: Any) -> None:
    """The JSON Schema of a model, for input and output, gives the same verdict on a job as the contract."""
    verdicts = [jsonschema_rs.is_valid(schema, {"job": payload}) for schema in _SCHEMAS]
    assert verdicts == [ftschema.is_valid(payload)] * 2


def test_components() -> None:
    """Each class is a definition of its own, with its name, and that of its contract if it is not the default."""
    for schema in _SCHEMAS:
        assert {"FineTuningJob", "FineTuningJob_azure", "Method", "JobError", "PythonGrader"} <= schema["$defs"].keys()
        assert all(name.partition("_")[0] == described["title"] for name, described in schema["$defs"].items())
        assert not {key for key in ("$comment", "$id") if f'"{key}"' in json.dumps(schema)}


@for_each(
    "payload",
    [
        *(None, 5, "job", [], {}, (1,), {1: 2}),
        *([{1: {"a": (object(),)}}], {"a": {(): [b""]}}),
        *({"id": math.nan}, {"\ud800": "\udc00"}, {"a": {"\ud800": {math.inf: 1, "b": (1, 2)}}}),
        _JOB | {"id": {"{contract}": "{message}{pointer}"}, "status": "{contract} {hint} {message}"},
        _JOB | {"result_files": ["file-1", 2], "metadata": {"a/b~c": 1}},
    ],
)
def test_odd_values(payload: Any) -> None:
    """Whatever a value is, its errors are the problems of the report, below the name of the field, and are JSON."""
    with pytest.raises(ValidationError) as caught:
        _event(job=payload)
    if payload is None:
        [error] = caught.value.errors()
        assert (error["loc"], error["type"], error["msg"]) == (("job",), "type", "expected an object, found null")
    else:
        _check_errors(caught.value, ftschema.check(payload), above=("job",))
    json.dumps(caught.value.errors(include_input=isinstance(payload, dict)), allow_nan=False)


def test_what_an_error_holds() -> None:
    """An error has the faulty value as its input, and in its context the hint and the repair, if there are any."""
    with pytest.raises(ValidationError) as caught:
        _event(job=_JOB | {"status": "Succeeded", "result_files": ["file-1", 2]})
    status, file = sorted(caught.value.errors(), key=lambda one: len(one["loc"]))
    assert (status["input"], file["input"]) == ("Succeeded", 2)
    assert status["ctx"]["repair"] == [{"op": "replace", "path": "/status", "value": "succeeded"}]
    assert file["ctx"].keys() == {"contract", "pointer", "message", "expected", "found"}
    assert (file["ctx"]["expected"], file["ctx"]["found"]) == ({"values": [], "types": ["string"]}, 2)
    webhook = {"type": "fine_tuning.job.succeeded", "data": {"id": "ftjob-1"}}
    with pytest.raises(ValidationError) as caught:
        _event(job=webhook)
    assert {one["ctx"]["hint"] for one in caught.value.errors()} == {ftschema.check(webhook).hint}


def test_contract_and_rules() -> None:
    """`Of` chooses the contract, and whether the lifecycle rules apply; a warning is no error."""
    azure = fixtures.payload(1, contract="azure", status="pending")
    assert _event(job=_JOB, jobs=[azure]).jobs == [ftschema.structure(azure, "azure")]
    with pytest.raises(ValidationError, match="pending"):
        _event(job=azure)
    early = fixtures.payload(2, status="running") | {"fine_tuned_model": "ft:a", "updated_at": 5}
    assert [problem.severity for problem in ftschema.check(early, "azure", lifecycle=True)] == ["error", "warning"]
    assert ftschema.is_valid(early, "azure")
    with pytest.raises(ValidationError) as caught:
        _event(job=early, jobs=[early])
    assert [(one["loc"], one["type"]) for one in caught.value.errors()] == [
        (("jobs", 0, "fine_tuned_model"), "unfinished-has-no-model")
    ]
    created = fixtures.payload(3, status="queued") | {"status": "created"}
    assert {problem.severity for problem in ftschema.check(created, lifecycle=True)} == {"warning"}
    assert _adapter("observed", lifecycle=True).validate_python(created).status == "created"
    assert Of(ftschema.contract("azure")) == Of("azure")


def test_wrong_use() -> None:
    """`Of` beside anything but a class of the model, or with what the contract lacks, is refused with a sentence."""
    cases: tuple[tuple[Any, str], ...] = (
        (Annotated[FineTuningJob | None, Of()], r"write Annotated\[FineTuningJob, Of\(…\)\] \| None"),
        (Annotated[int, Of()], "belongs to FineTuningJob or to a class of its parts, not to <class 'int'>"),
        (Annotated[ftschema.Method, Of(lifecycle=True)], "lifecycle rules are about a whole job, not about its Method"),
    )
    for wrong, sentence in cases:
        with pytest.raises(TypeError, match=sentence):
            TypeAdapter(wrong)
    with pytest.raises(LookupError, match="the contract 2023-10-05 has no Method"):
        TypeAdapter(Annotated[ftschema.Method, Of("2023-10-05")])
    with pytest.raises(ftschema.UnknownContractError, match="Did you mean 'azure'"):
        Of("azur")  # type: ignore[arg-type]  # the name is wrong on purpose


def test_objects() -> None:
    """A job is taken as it is, and checked all the same; one that is not JSON cannot be written."""
    job = ftschema.structure(_JOB)
    assert _Event(job=job).job is job
    with pytest.raises(ValidationError) as caught:
        _Event(job=evolve(job, created_at="today"))  # type: ignore[arg-type]  # the fault
    _check_errors(caught.value, ftschema.check(_JOB | {"created_at": "today"}), above=("job",))
    event = _Event(job=job).model_copy(update={"job": evolve(job, usage_metrics=math.nan)})
    with pytest.raises(PydanticSerializationError, match="NaN"):
        event.model_dump_json()


def test_subclass() -> None:
    """A field of a subclass with methods of its own gets an object of the subclass."""
    adapter = TypeAdapter(_MyJob)
    job = adapter.validate_python(_JOB | {"later": 1})
    assert (type(job), job.shout(), job.extra) == (_MyJob, _JOB["status"].upper(), {"later": 1})
    assert adapter.dump_python(job) == _JOB | {"later": 1}
    assert adapter.json_schema()["title"] == "FineTuningJob"


@for_each("name", sorted(PARTS.keys() - {"FineTuningJob"}))
def test_parts(name: str) -> None:
    """Each part is a field too: what the contract says of it decides, but null is no object."""
    adapter: TypeAdapter[Any] = TypeAdapter(PARTS[name])
    converter = ftschema.converters.make_converter()
    for payload in ({}, {"type": 5}, {"later": [None]}, {"type": "python", "name": "n", "source": "s"}):
        try:
            part: Any = converter.structure(payload, PARTS[name])
        except ftschema.InvalidJobError as error:
            with pytest.raises(ValidationError) as caught:
                adapter.validate_python(payload)
            _check_errors(caught.value, error.report)
        else:
            assert adapter.validate_python(payload) == part
            assert same(adapter.dump_python(part), payload)
    with pytest.raises(ValidationError, match="expected an object, found null"):
        adapter.validate_python(None)
    assert not jsonschema_rs.is_valid(adapter.json_schema(), None)


def test_absent_fields() -> None:
    """A key that the payload lacks is `ABSENT`, in a model as everywhere."""
    assert _event(job={key: value for key, value in _JOB.items() if key != "seed"}).job.seed is ABSENT


class _Hook(BaseModel):
    """Objects of other kinds than the job."""

    webhook: ftschema.WebhookEvent
    event: Annotated[ftschema.FineTuningEvent, Of(ftschema.event.contract("azure"), lifecycle=True)] | None = None


_WEBHOOK = {"id": "evt_1", "created_at": 1, "type": "fine_tuning.job.failed", "data": {"id": "ftjob-1"}}


def test_other_kinds() -> None:
    """Objects of other kinds are fields too: by the first contract of their kind, or by another."""
    event = fixtures.payload(1, contract=ftschema.event.contract("azure"))
    model = _Hook.model_validate({"webhook": _WEBHOOK, "event": event})
    assert model.webhook == ftschema.webhook.structure(_WEBHOOK)
    assert model.model_dump(mode="json") == {"webhook": _WEBHOOK, "event": event}
    with pytest.raises(ValidationError) as caught:
        _Hook.model_validate({"webhook": _WEBHOOK | {"data": {}}, "event": event | {"level": "warn"}})
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [
        (("webhook", "data"), "required"),
        (("event", "level"), "enum"),
    ]
    assert {"WebhookEvent", "WebhookData", "FineTuningEvent_azure"} <= _Hook.model_json_schema()["$defs"].keys()
    by_name = TypeAdapter(Annotated[ftschema.FineTuningEvent, Of("azure")])
    assert by_name.validate_python(event) == ftschema.event.structure(event, "azure")
    with pytest.raises(ValidationError, match='"warning"'):
        by_name.validate_python(event | {"level": "warn"})
    with pytest.raises(TypeError, match="belongs to FineTuningEvent or to a class of its parts"):
        TypeAdapter(Annotated[FineTuningJob, Of(ftschema.event.contract("azure"))])
    with pytest.raises(TypeError, match="about a whole event, not about its EventData"):
        TypeAdapter(Annotated[ftschema.EventData, Of(ftschema.event.contract("azure"), lifecycle=True)])

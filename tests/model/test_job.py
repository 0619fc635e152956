"""The classes: immutable, comparable, hashable, with the wire's names and room for what nobody knew."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import typing
import weakref
from typing import Any

import attrs
import pytest
from hypothesis import given

import ftschema
from ftschema import fixtures, strategies
from ftschema.core.absent import ABSENT
from ftschema.model.base import construct
from support.oracles.sdk_documents import DOCUMENTS
from support.rows import for_each
from support.strategies import payloads_of

PARTS = [
    member
    for _, member in inspect.getmembers(ftschema, attrs.has)
    if member.__module__ in {"ftschema.model.kinds.job", "ftschema.model.kinds.graders"}
]


def _job(**fields: Any) -> ftschema.FineTuningJob:
    least: dict[str, Any] = {"id": "x", "created_at": 1, "status": "running", "model": "m", "training_file": "f"}
    return ftschema.FineTuningJob(**(least | fields))


def test_parts_are_the_definitions() -> None:
    """Each object of the contracts has a class of its name, with a field for every key, in the names of the wire."""
    fields: dict[str, set[str]] = {cls.__name__: set() for cls in PARTS}
    for contract in ftschema.contracts():
        schema = ftschema.schema(contract)
        names = {name: wire for wire, name in DOCUMENTS[contract].names.items()} if contract in DOCUMENTS else {}
        for name, definition in {"FineTuningJob": schema, **schema["$defs"]}.items():
            # A union (Grader) is told apart by its type and has no class of its own.
            if "properties" in definition and "allOf" not in definition:
                fields[name] |= {names.get(key, key) for key in definition["properties"]}
    for cls in PARTS:
        assert {field.name for field in attrs.fields(cls)} - {"extra"} == fields[cls.__name__], cls


@for_each("cls", PARTS)
def test_parts_are_documented_and_frozen(cls: type) -> None:
    """Each class says what it is, and takes no attribute that it does not have."""
    assert cls.__doc__
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(construct(cls, {}), "later", 1)  # noqa: B010  # to a type checker no such attribute can be set
    assert list(attrs.fields_dict(cls))[-1] == "extra"


def test_a_job_by_hand() -> None:
    """A job takes its fields by name; what is left out is `ABSENT`, and not written."""
    job = _job(error=ftschema.JobError(code="x"))
    assert job.object == "fine_tuning.job"
    assert job.seed is ABSENT
    assert ftschema.unstructure(job) == {
        "id": "x",
        "object": "fine_tuning.job",
        "created_at": 1,
        "status": "running",
        "model": "m",
        "training_file": "f",
        "error": {"code": "x"},
    }
    assert not ftschema.is_valid(ftschema.unstructure(job))


def test_absent() -> None:
    """`ABSENT` is false, and one object in every copy."""
    assert not ABSENT
    assert ABSENT is pickle.loads(pickle.dumps(ABSENT)) is copy.deepcopy(ABSENT)
    assert isinstance(ABSENT, ftschema.Absent)


def test_immutable() -> None:
    """No field can be set."""
    job = _job()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        job.status = "succeeded"  # type: ignore[misc]  # that it cannot is the promise
    assert attrs.evolve(job, status="succeeded").status == "succeeded"


def test_tools_of_attrs() -> None:
    """What attrs and the standard library do with attrs classes they do with these, read or made by hand."""
    for job in (_job(error=ftschema.JobError(code="x")), ftschema.structure(payloads_of("observed")[0])):
        assert attrs.asdict(job, recurse=False) == {
            field.name: getattr(job, field.name) for field in attrs.fields(type(job))
        }
        assert attrs.evolve(job) == copy.copy(job) == copy.deepcopy(job) == pickle.loads(pickle.dumps(job)) == job
        assert hash(pickle.loads(pickle.dumps(job))) == hash(job)
        assert weakref.ref(job)() is job
        assert not hasattr(job, "__dict__")
    parameters = inspect.signature(ftschema.FineTuningJob).parameters.values()
    assert {parameter.kind for parameter in parameters} == {inspect.Parameter.KEYWORD_ONLY}
    assert [parameter.name for parameter in parameters] == [*attrs.fields_dict(ftschema.FineTuningJob)]
    types = typing.get_type_hints(ftschema.FineTuningJob)
    attrs.resolve_types(ftschema.FineTuningJob)
    assert {field.name: field.type for field in attrs.fields(ftschema.FineTuningJob)} == types


class _Watched(ftschema.FineTuningJob):
    """A job that knows one thing more about itself."""

    @property
    def is_over(self) -> bool:
        return self.status in {"succeeded", "failed", "cancelled"}


def test_subclasses_with_methods() -> None:
    """A subclass may add methods; it has the fields, and is copied, changed, pickled and written, as its own class."""
    job = _Watched(**{name: getattr(_job(), name) for name in attrs.fields_dict(ftschema.FineTuningJob)})
    assert not job.is_over
    assert attrs.evolve(job, status="failed").is_over
    assert type(pickle.loads(pickle.dumps(job))) is type(copy.copy(job)) is _Watched
    assert pickle.loads(pickle.dumps(job)) == job
    assert ftschema.dumps(job) == ftschema.dumps(_job())


@pytest.mark.parametrize("wrong", [{}, {"id": "x"}, {"later": 1}], ids=["nothing", "not enough", "a name unknown"])
def test_wrong_arguments(wrong: dict[str, Any]) -> None:
    """A job by hand needs what every job has, and takes no name that is no field."""
    with pytest.raises(TypeError, match=r"created_at|id|later"):
        ftschema.FineTuningJob(**wrong)
    with pytest.raises(TypeError, match="later"):
        _job(later=1)


def test_nothing_for_extra() -> None:
    """`extra` is a map, also of a job by hand that was given none in its place."""
    job = _job(extra=ABSENT)
    assert job.extra == {}
    assert job == _job()
    with pytest.raises(ftschema.InvalidJobError, match="finite"):
        ftschema.dumps(_job(extra=ABSENT, seed=float("nan")))


def test_hash_leaves_out_maps() -> None:
    """Jobs that differ in maps only have one hash and are not equal; equal jobs have equal hashes."""
    one, other = _job(metadata={"a": "b"}), _job(metadata={"a": "c"}, extra={"x": []})
    assert one != other
    assert hash(one) == hash(other)
    assert {one, _job(metadata={"a": "b"})} == {one}


def test_every_known_job_hashes() -> None:
    """Every job that can be structured can be put in a set, and found there."""
    for payload in payloads_of("observed"):
        job = ftschema.structure(payload)
        assert len({job, ftschema.structure(payload)}) == 1


_FULL_ERROR = {"code": "c", "message": "m", "param": None}


@for_each(
    ("error", "fields", "extra"),
    [
        (_FULL_ERROR, _FULL_ERROR, {}),
        ({"message": "m", "line": [7]}, {"message": "m"}, {"line": [7]}),
        ({"code": 5, "message": ["m"], "param": "p"}, {"param": "p"}, {"code": 5, "message": ["m"]}),
        ({}, {}, {}),
    ],
)
def test_an_error_of_any_form(error: dict[str, Any], fields: dict[str, Any], extra: dict[str, Any]) -> None:
    """By the newest specification an error may hold anything: a field what is of its type, and `extra` all other."""
    payload = fixtures.payload(1, contract="2026-11-10") | {"error": error}
    for job in (
        ftschema.structure(payload, "2026-11-10"),
        ftschema.loads(json.dumps(payload), "2026-11-10"),
        pickle.loads(pickle.dumps(ftschema.structure(payload, "2026-11-10"))),
    ):
        assert job.error == ftschema.JobError(**fields, extra=extra)
        assert ftschema.unstructure(job, "2026-11-10") == json.loads(ftschema.dumps(job)) == payload
        assert {job: 1}[job]


@for_each("error", ["Training failed", "", 5, 0.5, True, [], [{"code": [1.0]}]])
def test_an_error_that_is_no_object(error: Any) -> None:
    """By the newest specification an error may be any other JSON value, too, which the job holds as it is."""
    payload = fixtures.payload(1, contract="2026-11-10") | {"error": error}
    for job in (ftschema.structure(payload, "2026-11-10"), ftschema.loads(json.dumps(payload), "2026-11-10")):
        held: Any = job.error
        assert isinstance(held, type(error))
        assert held == error
        assert ftschema.unstructure(job, "2026-11-10") == json.loads(ftschema.dumps(job)) == payload
        assert {job: 1}[job]
    assert not ftschema.is_valid(payload)


def test_a_key_twice() -> None:
    """A key cannot be a field and in `extra` at once; the error names it."""
    with pytest.raises(ValueError, match="FineTuningJob has 'seed' twice"):
        _job(seed=1, extra={"seed": 2})
    assert _job(extra={"seed": 2, "extra": 3}).extra == {"seed": 2, "extra": 3}


def test_classes_of_parts() -> None:
    """The parts of a structured job are of the classes that their `type` names."""
    jobs = [ftschema.structure(payload) for payload in payloads_of("observed")]
    graders = {type(job.method.reinforcement.grader) for job in jobs if job.method and job.method.reinforcement}
    assert graders == {
        ftschema.StringCheckGrader,
        ftschema.TextSimilarityGrader,
        ftschema.PythonGrader,
        ftschema.ScoreModelGrader,
        ftschema.MultiGrader,
        ftschema.EndpointGrader,
    }


@pytest.mark.parametrize("shape", ["one", "list", "map"])
def test_graders_in_multi(shape: str) -> None:
    """The graders of a multi grader are one, a tuple or a map, as they came, whatever the map's names are."""
    python = {"type": "python", "name": "p", "source": "s"}
    endpoint = {"type": "endpoint", "name": "e", "url": "u", "headers": {"type": "x"}}
    graders: Any = {"one": python, "list": [python, endpoint], "map": {"type": python, "name": endpoint}}[shape]
    payload = {
        **payloads_of("observed")[0],
        "method": {
            "type": "reinforcement",
            "reinforcement": {"grader": {"type": "multi", "name": "m", "graders": graders, "calculate_output": "x"}},
        },
    }
    job = ftschema.structure(payload)
    assert job.method
    assert job.method.reinforcement
    grader = job.method.reinforcement.grader
    assert isinstance(grader, ftschema.MultiGrader)
    kinds: dict[str, type] = {"one": ftschema.PythonGrader, "list": tuple, "map": dict}
    assert isinstance(grader.graders, kinds[shape])
    if isinstance(grader.graders, dict):
        last = grader.graders["name"]
        assert isinstance(last, ftschema.EndpointGrader)
        assert last.headers == {"type": "x"}
    assert ftschema.unstructure(job) == payload


@given(strategies.payloads())
def test_error_is_false_unless_it_says_something(payload: dict[str, Any]) -> None:
    """The error of a job is true exactly if it has a value that is not null, however the job was made."""
    error = payload.get("error")
    expected = any(value is not None for value in (error or {}).values())
    made = (ftschema.structure(payload), ftschema.loads(json.dumps(payload)), ftschema.structure(payload | {"new": 1}))
    for job in (*made, copy.deepcopy(made[0]), pickle.loads(pickle.dumps(made[1]))):
        assert bool(job.error) is expected


def test_errors_by_hand() -> None:
    """An error that is built by hand is false if all is absent or null, and true with an unknown key."""
    assert not ftschema.JobError()
    assert not ftschema.JobError(code=None, message=None, param=None, error=None, extra={"new": None})
    assert ftschema.JobError(code="a")
    assert ftschema.JobError(extra={"new": 0})

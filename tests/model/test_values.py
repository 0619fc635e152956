"""A job is a value: nobody can change it, and its copies, its repr and its payload have all that it has."""

from __future__ import annotations

import copy
import json
import pickle
import pydoc
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
import pytest
from hypothesis import given

import ftschema
from ftschema import ABSENT, Absent, FineTuningJob, fixtures
from ftschema.core.readonly import ReadOnlyDict, ReadOnlyList, read_only
from ftschema.model.kinds.job import PARTS
from support.helpers import same, sample
from support.rows import for_each
from support.strategies import payloads_of, widened_jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAST: dict[str, Any] = {"id": "x", "created_at": 1, "status": "running", "model": "m", "training_file": "f"}
_NEW: dict[str, Any] = {"new": {"a": [1, {"b": []}], "c": {}}, "metadata": {"k": "v"}}


def _made(payload: Any, contract: ftschema.ContractName) -> Iterator[FineTuningJob]:
    """Yield the job of a payload, made in every way."""
    job = ftschema.structure(payload, contract)
    yield job
    yield ftschema.loads(json.dumps(payload), contract)
    yield pickle.loads(pickle.dumps(job))
    yield copy.deepcopy(ftschema.structure(payload, contract))
    yield attrs.evolve(ftschema.structure(payload, contract))


def _inside(value: Any) -> Iterator[Any]:
    """Yield a value and all that it holds."""
    yield value
    members: Any = ()
    if isinstance(value, msgspec.Struct):
        members = [getattr(value, name) for name in value.__struct_fields__]
    elif isinstance(value, dict):
        members = value.values()
    elif isinstance(value, list | tuple):
        members = value
    for member in members:
        yield from _inside(member)


@pytest.mark.parametrize("contract", sample(ftschema.contracts(), "observed", "2026-11-10", "dart"))
def test_nothing_can_be_changed(contract: ftschema.ContractName) -> None:
    """Every map and list in a job is read-only, however the job was made, and the job has the payload all the same."""
    for number, payload in enumerate(payloads_of(contract)):
        given = payload | _NEW if number % 2 else payload
        for job in _made(given, contract):
            for value in _inside(job):
                assert type(value) not in {dict, list}
            assert same(ftschema.unstructure(job, contract), given)
            assert same(json.loads(ftschema.dumps(job, contract)), given)
            assert job == ftschema.structure(given, contract)


_CHANGES: dict[str, Any] = {
    "set": lambda job: job.extra.__setitem__("x", 1),
    "delete": lambda job: job.metadata.__delitem__("k"),
    "clear": lambda job: job.metadata.clear(),
    "pop": lambda job: job.extra["new"].pop("a"),
    "popitem": lambda job: job.extra.popitem(),
    "setdefault": lambda job: job.extra.setdefault("y", 1),
    "update": lambda job: job.extra["new"]["a"][1].update(b=1),
    "or": lambda job: job.metadata.__ior__({"a": "b"}),
    "set item": lambda job: job.extra["new"]["a"].__setitem__(0, 1),
    "delete item": lambda job: job.extra["new"]["a"].__delitem__(0),
    "append": lambda job: job.extra["new"]["a"].append(1),
    "extend": lambda job: job.extra["new"]["a"].extend([1]),
    "insert": lambda job: job.extra["new"]["a"].insert(0, 1),
    "remove": lambda job: job.extra["new"]["a"].remove(1),
    "pop item": lambda job: job.extra["new"]["a"].pop(),
    "clear items": lambda job: job.extra["new"]["a"][1]["b"].clear(),
    "reverse": lambda job: job.extra["new"]["a"].reverse(),
    "sort": lambda job: job.extra["new"]["a"].sort(),
    "add": lambda job: job.extra["new"]["a"].__iadd__([1]),
    "multiply": lambda job: job.extra["new"]["a"].__imul__(2),
}


@for_each("change", _CHANGES.values(), ids=_CHANGES)
def test_changes_are_refused(change: Any) -> None:
    """Every way to change a map or a list in a job is an error that says what to do, on jobs read and made by hand."""
    payload = payloads_of("observed")[0] | _NEW
    by_hand = FineTuningJob(**_LEAST, metadata={"k": "v"}, extra={"new": _NEW["new"]})
    for job in (*_made(payload, "observed"), by_hand):
        with pytest.raises(TypeError, match="change a copy"):
            change(job)
        assert job.metadata == _NEW["metadata"]
        assert job.extra == {"new": _NEW["new"]}


def test_refusal_names_the_type() -> None:
    """The error says whether a dict or a list cannot be changed."""
    with pytest.raises(TypeError, match="this dict belongs to a job"):
        ReadOnlyDict().clear()
    with pytest.raises(TypeError, match="this list belongs to a job"):
        ReadOnlyList().clear()


def test_every_method_that_changes() -> None:
    """No method of `dict` or `list` that changes it is left."""
    for cls, plain in ((ReadOnlyDict, dict), (ReadOnlyList, list)):
        kept = {name for name in vars(plain) if getattr(cls, name) is getattr(plain, name)}
        changing = {"update", "pop", "append", "sort", "__setitem__", "__delitem__", "__ior__", "__iadd__", "__imul__"}
        assert kept.isdisjoint(changing | {"clear", "extend", "insert", "popitem", "remove", "reverse", "setdefault"})


def test_maps_are_made_read_only_once() -> None:
    """Each read of a map gives the same object, so that a loop over jobs does not copy it again and again."""
    for job in _made(payloads_of("observed")[0] | _NEW, "observed"):
        assert job.metadata is job.metadata
        assert job.extra is job.extra


def test_empty_extra_cannot_be_changed() -> None:
    """`extra` of a job without unknown keys is read-only, too."""
    for job in (*_made(payloads_of("observed")[0], "observed"), FineTuningJob(**_LEAST)):
        with pytest.raises(TypeError, match="cannot be changed"):
            job.extra["x"] = 1  # type: ignore[index]  # that it cannot is the promise
        assert job.extra == {}


def test_by_hand_nothing_is_shared() -> None:
    """A job by hand has copies of the maps and lists that it was given, and tuples for lists in fields of a type."""
    metadata, nested = {"a": "b"}, [1, {"x": []}]
    files: Any = ["f"]
    job = FineTuningJob(**_LEAST, metadata=metadata, extra={"y": nested}, result_files=files, usage_metrics=(nested,))
    metadata["a"] = "c"
    nested.append(2)
    files.append("g")
    assert (job.metadata, job.extra, job.result_files) == ({"a": "b"}, {"y": [1, {"x": []}]}, ("f",))
    assert job.usage_metrics == ([1, {"x": []}],)
    assert type(FineTuningJob(**_LEAST, usage_metrics=[1]).usage_metrics) is ReadOnlyList
    assert hash(job)


def test_fields_of_the_class() -> None:
    """Read on the class, a field is its descriptor, so that `help` and `inspect` see all fields alike."""
    for name in attrs.fields_dict(FineTuningJob):
        member = getattr(FineTuningJob, name)
        assert member.__get__(FineTuningJob(**_LEAST), FineTuningJob) == getattr(FineTuningJob(**_LEAST), name)
    assert "metadata" in pydoc.render_doc(FineTuningJob)


def test_copies_of_maps_can_be_changed() -> None:
    """`dict(…)`, `|`, `list(…)` and `+` make plain copies; `copy` and `pickle` make read-only ones."""
    job = ftschema.structure(payloads_of("observed")[0] | _NEW)
    new: Any = job.extra["new"]
    assert type(new | {}) is type(dict(new)) is dict
    assert type(new["a"] + []) is type(list(new["a"])) is list
    for twin in (copy.copy(new), copy.deepcopy(new), pickle.loads(pickle.dumps(new))):
        assert type(twin) is ReadOnlyDict
        assert type(copy.copy(new["a"])) is type(twin["a"]) is ReadOnlyList
        assert twin == new == _NEW["new"]
    assert json.dumps(new) == json.dumps(_NEW["new"])
    assert read_only(new) is new


@given(widened_jobs("observed"))
def test_parts_of_jobs_are_json(payload: Any) -> None:
    """The maps and lists of a job can be used in a payload, which is judged as with plain ones."""
    job = ftschema.structure(payload)
    other = fixtures.payload(1) | dict(job.extra) | {"later": [job.extra]}
    plain = json.loads(json.dumps(other))
    for value in (other, [other], other | {"id": 5}):
        assert ftschema.check(value) == ftschema.check(json.loads(json.dumps(value)))
    assert ftschema.is_valid(other)
    assert same(ftschema.unstructure(ftschema.structure(other)), plain)


def test_parts_of_jobs_are_looked_into() -> None:
    """What is not JSON in the map of a job made by hand is found in a payload, too."""
    job = FineTuningJob(**_LEAST, extra={"x": [{1, 2}], "y": {"z": float("nan")}, "w": {5: 6}})
    report = ftschema.check(fixtures.payload(1) | dict(job.extra))
    assert [(p.pointer, p.code) for p in report] == [
        ("/x/0", "json-type"),
        ("/y/z", "json-number"),
        ("/w", "json-key"),
    ]
    deep: Any = 1
    for _ in range(250):
        deep = read_only([deep])
    assert [p.code for p in ftschema.check(fixtures.payload(1) | {"x": deep})] == ["json-depth"]


# ---------------------------------------------------------------- repr


@given(widened_jobs("observed"))
def test_repr(payload: Any) -> None:
    """The repr of a job is the call that makes it: without what is absent, and without an empty `extra`."""
    for job in _made(payload, "observed"):
        text = repr(job)
        assert "ABSENT" not in text
        assert eval(text, vars(ftschema) | PARTS) == job  # noqa: S307  # that it can be evaluated is the promise


def test_repr_is_short() -> None:
    """The repr shows what is there, in the order of the fields."""
    job = FineTuningJob(**_LEAST, error=ftschema.JobError(code="c", extra={"k": [1]}), metadata={})
    assert repr(job) == (
        "FineTuningJob(id='x', object='fine_tuning.job', created_at=1, status='running', model='m', "
        "training_file='f', error=JobError(code='c', extra={'k': [1]}), metadata={})"
    )
    assert repr(ftschema.Method()) == "Method()"


def test_absent_says_what_it_is() -> None:
    """`ABSENT` shows its name, its own documentation, and errors that name the package."""
    assert repr(ABSENT) == "ABSENT"
    assert "key is absent" in (Absent.__doc__ or "")
    assert type(ABSENT).__module__.startswith("ftschema.")
    with pytest.raises(AttributeError, match="'Absent' object has no attribute 'supervised'"):
        FineTuningJob(**_LEAST).method.supervised  # type: ignore[union-attr]  # noqa: B018


# ---------------------------------------------------------------- both spellings of a key


@pytest.mark.parametrize("contract", ["dart", "typescript-2024", "powershell"])
def test_evolve_with_both_spellings(contract: ftschema.ContractName) -> None:
    """A job whose payload has a key in two spellings can be changed, and loses neither."""
    payload = payloads_of(contract)[0] | {"created_at": "mine", "fine_tuned_model": 5}
    for job in _made(payload, contract):
        changed = attrs.evolve(job, status="failed")
        assert changed.extra == job.extra == {"created_at": "mine", "fine_tuned_model": 5}
        assert attrs.evolve(changed, status=job.status) == job
        # To a type checker the classes are of attrs only.
        struct: Any = job
        assert msgspec.structs.replace(struct, status="failed") == changed
        assert same(ftschema.unstructure(attrs.evolve(job), contract), payload)


# ---------------------------------------------------------------- subclasses


def _annotated(base: Any) -> None:
    class Sub(base):  # type: ignore[misc]
        owner: str = "me"


def _defined(base: Any) -> None:
    @attrs.define
    class Sub(base):  # type: ignore[misc]
        owner: str


def _given_fields(base: Any) -> None:
    @attrs.define
    class Sub(base):  # type: ignore[misc]
        owner = attrs.field(default="me")  # type: ignore[var-annotated]  # that it has no annotation is the point


def _second(base: Any) -> None:
    class Middle(base):  # type: ignore[misc]
        def __len__(self) -> int:
            return 0

    class Sub(Middle):
        owner: str = "me"


@for_each("make", [_annotated, _defined, _given_fields, _second])
def test_subclass_with_a_field(make: Any, subtests: pytest.Subtests) -> None:
    """A subclass with a field of its own is an error where the class is made, which says what to write instead."""
    for name, cls in PARTS.items():
        refused = pytest.raises(TypeError, match=r"Sub cannot add the field 'owner' to \w+: write a class that has a")
        with subtests.test(name=name), refused:
            make(cls)


class _Named(FineTuningJob):
    """A job with a method and a constant."""

    unit = "seconds"

    def name(self) -> str:
        """Return its model and status."""
        return f"{self.model} {self.status}"


def test_subclass_without_fields() -> None:
    """A subclass with methods and constants is copied, compared, pickled, changed and written as its class."""
    job = _Named(**_LEAST, extra={"a": [1]})
    for twin in (copy.copy(job), copy.deepcopy(job), pickle.loads(pickle.dumps(job)), attrs.evolve(job)):
        assert type(twin) is _Named
        assert twin == job
        assert twin.name() == "m running"
        assert ftschema.dumps(twin) == ftschema.dumps(FineTuningJob(**_LEAST, extra={"a": [1]}))
    assert repr(job).startswith("_Named(id='x'")

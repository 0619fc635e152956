"""Jobs in classes, messages and tables of one's own: what to write instead of a subclass with fields.

Each recipe loses nothing, and is shown with the least that it needs.
"""

from __future__ import annotations

import dataclasses
import json
import pickle
import sqlite3
import typing
from contextlib import suppress
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given

import ftschema
from ftschema import FineTuningJob, converters, fixtures
from ftschema.model.kinds.job import PARTS
from support.helpers import examples, same
from support.rows import for_each
from support.strategies import widened_jobs


@attrs.define
class _Stored:
    """A job and what a service knows about it, in attrs."""

    job: FineTuningJob
    owner: str
    tries: int = 0


@dataclasses.dataclass
class _Ticket:
    """The same in a dataclass of the standard library."""

    job: FineTuningJob
    owner: str


class _Tracked:
    """A wrapper: it has all attributes of a job, and its own."""

    def __init__(self, job: FineTuningJob, owner: str) -> None:
        self.job = job
        self.owner = owner

    def __getattr__(self, name: str) -> Any:
        if name == "job":
            # Unpickling asks before there is a job.
            raise AttributeError(name)
        return getattr(self.job, name)


class _Message(msgspec.Struct):
    """A message in msgspec, which keeps the text of the job as it is."""

    owner: str
    job: msgspec.Raw


@pytest.mark.parametrize("cls", [_Stored, _Ticket])
@examples(0.3)
@given(widened_jobs("observed"))
def test_composition(cls: Any, payload: Any) -> None:
    """A class that has a job is structured with cattrs, written, compared, copied and pickled."""
    converter = converters.make_converter()
    data = {"job": payload, "owner": "me"}
    stored = converter.structure(data, cls)
    assert stored.job == ftschema.structure(payload)
    assert same({**converter.unstructure(stored), "owner": "me"}["job"], payload)
    assert stored == cls(ftschema.structure(payload), "me")
    assert pickle.loads(pickle.dumps(stored)) == stored


def test_composition_checks() -> None:
    """The job in such a class is checked."""
    converter = converters.make_converter()
    converter.detailed_validation = False
    with pytest.raises(ftschema.InvalidJobError, match="/created_at: type"):
        converter.structure({"job": fixtures.payload(1) | {"created_at": "today"}, "owner": "me"}, _Stored)


@examples(0.3)
@given(widened_jobs("observed"))
def test_wrapper(payload: Any) -> None:
    """A wrapper has the attributes of its job, and survives pickling."""
    tracked = _Tracked(ftschema.structure(payload), "me")
    copied = pickle.loads(pickle.dumps(tracked))
    assert (copied.id, copied.method, copied.extra, copied.owner) == (
        tracked.job.id,
        tracked.job.method,
        tracked.job.extra,
        "me",
    )
    assert same(ftschema.unstructure(copied.job), payload)


@examples(0.3)
@given(widened_jobs("observed"))
def test_msgspec(payload: Any) -> None:
    """A job in a message is `msgspec.Raw`: written by `dumps`, read by `loads`, checked and lossless."""
    text = msgspec.json.encode(_Message("me", msgspec.Raw(ftschema.dumps(ftschema.structure(payload)))))
    assert same(json.loads(text), {"owner": "me", "job": payload})
    job = ftschema.loads(bytes(msgspec.json.decode(text, type=_Message).job))
    assert same(ftschema.unstructure(job), payload)


@examples(0.5)
@given(widened_jobs("observed"))
def test_msgspec_encodes_right_or_not(payload: Any) -> None:
    """Encoded as the class, a job is written as its payload, or msgspec raises an error; copies are the same."""
    for job in (ftschema.structure(payload), ftschema.loads(json.dumps(payload))):
        for one in (job, attrs.evolve(job), pickle.loads(pickle.dumps(job))):
            with suppress(TypeError):
                assert same(json.loads(msgspec.json.encode({"job": one})), {"job": payload})
            assert one == job
    with pytest.raises(TypeError, match="UnknownKeys"):
        msgspec.json.encode(ftschema.structure(payload | {"later": 1}))


def test_msgspec_decodes_no_class() -> None:
    """Decoded as the class, a job would lose its unknown keys: msgspec raises an error."""
    with pytest.raises(TypeError, match="union"):
        msgspec.json.decode(json.dumps(fixtures.payload(1)), type=FineTuningJob)


@examples(0.3)
@given(widened_jobs("observed"))
def test_column(payload: Any) -> None:
    """A column holds the text of `dumps`, and `loads` reads it; with sqlite3, both are registered once."""
    sqlite3.register_adapter(FineTuningJob, ftschema.dumps)
    sqlite3.register_converter("job", ftschema.loads)
    database = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)
    database.execute("create table jobs (id text, job job)")
    job = ftschema.structure(payload)
    database.execute("insert into jobs values (?, ?)", (job.id, job))
    assert [*database.execute("select job from jobs")] == [(job,)]
    [(text,)] = database.execute("select cast(job as text) from jobs")
    assert same(json.loads(text), payload)
    assert database.execute("select job ->> '$.id' from jobs").fetchall() == [(payload["id"],)]
    database.close()


@for_each("cls", PARTS.values(), ids=PARTS)
def test_types_are_known(cls: Any) -> None:
    """Tools that read types see every field: attrs, typing and inspect agree on the names."""
    names = [field.name for field in attrs.fields(cls)]
    hints = typing.get_type_hints(cls)
    assert names == list(attrs.fields_dict(cls)) == [name for name in hints if name in names]
    attrs.resolve_types(cls)
    assert {field.name: field.type for field in attrs.fields(cls)} == {name: hints[name] for name in names}


def test_evolve() -> None:
    """`attrs.evolve` changes what it is told to, and keeps the rest, unknown keys included."""
    payload = fixtures.payload(1) | {"later": {"a": [1]}}
    job = attrs.evolve(ftschema.structure(payload), status="failed", seed=None)
    assert same(ftschema.unstructure(job), payload | {"status": "failed", "seed": None})

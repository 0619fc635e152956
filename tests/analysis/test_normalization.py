"""`normalize`: jobs of every server and year in one shape, and each change is told."""

from __future__ import annotations

import copy
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures
from ftschema.core.pointer import join
from support.data import DART_JOB, corpus
from support.helpers import SOME_CONTRACTS, VARIED_CONTRACTS, same, sample
from support.rows import for_each
from support.strategies import near_jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS = [*ftschema.schema("2026-11-10")["properties"]]
_JOB = fixtures.payload(1, status="running", method="supervised", style="edges")


def _differences(one: Any, other: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths at which two payloads differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {*one, *other}:
            if key in one and key in other:
                yield from _differences(one[key], other[key], (*path, key))
            else:
                yield (*path, key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, items in enumerate(zip(one, other, strict=True)):
            yield from _differences(*items, (*path, index))
    elif not same(one, other):
        yield path


def _check(payload: Any, contract: ftschema.ContractName | None = None) -> ftschema.Normalized:
    """Normalize a payload, and check all that is promised of the result."""
    before = copy.deepcopy(payload)
    result = ftschema.normalize(payload, contract)
    assert same(payload, before)
    assert ftschema.is_valid(result.payload)
    assert [*result.payload][: len(_KEYS)] == _KEYS
    error = result.payload["error"]
    assert error is None or {"code", "message", "param"} <= error.keys()
    told = {assumption.pointer for assumption in result.assumed}
    for path in _differences(payload, result.payload):
        assert any(join(path[:length]) in told for length in range(len(path) + 1)), path
    again = ftschema.normalize(result.payload)
    assert (again, str(again)) == (ftschema.Normalized(result.payload), "nothing to change")
    return result


def test_captured(subtests: pytest.Subtests) -> None:
    """Every job of the API, Azure and their documentation has a normal form, and the newest reference allows it."""
    for job in (job for job in corpus() if job.kind in {"live", "azure", "doc"}):
        with subtests.test(name=job.name):
            result = _check(job.payload)
            report = ftschema.check(result.payload, "2026-11-10")
            # Documented by Microsoft only.
            assert {
                problem.pointer.rpartition("/")[2] for problem in report if "endpoint" not in problem.message
            } == set()


def test_look_alikes() -> None:
    """Of servers that imitate the API, those jobs are refused that do not tell enough, or mean something else."""
    refused = {}
    for job in corpus():
        if job.kind in {"compat", "mock"}:
            try:
                _check(job.payload)
            except ftschema.InvalidJobError as error:
                refused[job.name] = [problem.code for problem in error.report]
    assert {name for name, codes in refused.items() if {*codes} != {"required"}} == {"149", "150", "156"}
    assert len(refused) == 10


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, *SOME_CONTRACTS))
@given(st.data())
def test_any_payload(contract: ftschema.ContractName, data: st.DataObject) -> None:
    """Whatever comes, it is normalized as promised, or refused with a report."""
    payload = data.draw(near_jobs(contract))
    for source in (None, contract):
        # Whatever the default accepts has a normal form.
        refusal = nullcontext() if ftschema.is_valid(payload) and source is None else suppress(ftschema.InvalidJobError)
        with refusal:
            _check(payload, source)


_HOUR = 1_721_048_493
_SAME = {"hyperparameters": {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": 2.0}}


_CHANGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"error": {}}, {"error": None}),
    ({"error": {"code": None, "message": None, "param": None, "error": None}}, {"error": None}),
    ({"error": ""}, {"error": None}),
    ({"error": "broke"}, {"error": {"code": None, "message": "broke", "param": None}}),
    ({"error": {"code": "c", "later": 1}}, {"error": {"code": "c", "later": 1, "message": None, "param": None}}),
    ({"status": "SUCCESS"}, {"status": "succeeded"}),
    ({"status": "Running"}, {"status": "running"}),
    ({"status": "pending"}, {"status": "queued"}),
    ({"status": "created"}, {"status": "validating_files"}),
    ({"status": "resuming"}, {"status": "paused"}),
    ({"object": "fine_tuning_job"}, {"object": "fine_tuning.job"}),
    ({"created_at": "2024-07-15T15:01:33.106192+02:00"}, {"created_at": _HOUR}),
    ({"created_at": _HOUR * 1000 + 7}, {"created_at": _HOUR}),
    ({"created_at": _HOUR * 10**9 + 7}, {"created_at": _HOUR}),
    ({"finished_at": 0, "trained_tokens": 0, "fine_tuned_model": ""}, {}),
    ({"finished_at": -62135596800}, {}),
    ({"status": "succeeded", "trained_tokens": 0}, {"status": "succeeded", "trained_tokens": 0}),
    ({"completed_at": "2024-07-15T13:01:33Z"}, {"finished_at": _HOUR}),
    ({"suffix": "a"}, {"user_provided_suffix": "a"}),
    ({"suffix": "a", "user_provided_suffix": "b"}, {"suffix": "a", "user_provided_suffix": "b"}),
    ({"training_file": None, "training_files": [{"file_id": "f", "weight": 1}]}, {"training_file": "f"}),
    ({"validation_files": ["f"]}, {"validation_file": "f"}),
    ({"validation_files": ["f", "g"]}, {"validation_files": ["f", "g"]}),
    ({"organization_id": None}, {"organization_id": ""}),
    ({"result_files": None, "integrations": None}, {"integrations": []}),
    (
        {"hyperparameters": {"n_epochs": -1, "batch_size": -1, "learning_rate_multiplier": 0, "lora": False}},
        {"hyperparameters": {"n_epochs": "auto", "batch_size": "auto", "lora": False}},
    ),
    ({"method": "dpo"}, {"method": {"type": "dpo"}}),
    ({"method": {"type": "sft"}}, {"method": {"type": "supervised"}}),
    (
        {"method": {"type": "supervised", "dpo": None, "reinforcement": None, "supervised": _SAME}} | _SAME,
        {"method": {"type": "supervised", "supervised": _SAME}} | _SAME,
    ),
    (
        {"method": {"type": "supervised", "supervised": _SAME}, "hyperparameters": None},
        {"method": {"type": "supervised", "supervised": _SAME}} | _SAME,
    ),
    ({"method": {"type": "supervised"}, "hyperparameters": None},) * 2,
    ({"method": None, "created_at": 1_730_419_200},) * 2,
    ({"method": None, "hyperparameters": {"n_epochs": 3}}, {"method": None, "hyperparameters": {"n_epochs": 3}}),
    (
        {"method": None, "hyperparameters": {"n_epochs": 3, "batch_size": None}, "created_at": 1_700_000_000},
        {
            "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
            "hyperparameters": {"n_epochs": 3, "batch_size": None},
            "created_at": 1_700_000_000,
        },
    ),
    (
        {"integrations": [{"type": "wandb", "project": "p", "tags": None}]},
        {"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]},
    ),
    ({"shared_with_openai": None}, {}),
]


@for_each(("change", "expected"), _CHANGES)
def test_each(change: dict[str, Any], expected: dict[str, Any]) -> None:
    """What other servers and programs write becomes what the API writes, and nothing else changes."""
    plain = ftschema.normalize(_JOB | {"created_at": 1_750_000_000}).payload
    plain = {key: value for key, value in plain.items() if key not in {"shared_with_openai", "user_provided_suffix"}}
    result = _check(plain | change)
    assert same(result.payload, plain | expected)


_LEAST = {"id": "ft-1", "status": "succeeded", "model": "m", "training_file": "f", "created_at": 1_750_000_000}


@for_each(
    "payload",
    [
        # Gateways to Vertex AI, Bedrock and Fireworks.
        _LEAST | {"object": "fine_tuning.job", "seed": 0, "organization_id": "", "hyperparameters": {"n_epochs": 0}},
        _LEAST | {"object": "finetune", "created_at": 1_750_000_000_123, "error": "no quota", "suffix": "s"},
        _LEAST | {"completed_at": "2025-06-15T16:00:00Z", "hyperparameters": {"learning_rate": 0.1}},
        # Trainers on premises.
        _LEAST | {"id": "ft-job-1", "organization_id": None, "result_files": None, "error": None, "status": "running"},
        _LEAST | {"method": {"type": "sft", "hyperparameters": {"n_epochs": 3}}, "error": "none left"},
        # An SDK of another server, and a mock.
        _LEAST,
        _LEAST | {"error": {"unexpected_error": "failed on purpose"}},
    ],
)
def test_servers(payload: Any) -> None:
    """The jobs of servers that are known by their source only go as far as they tell what a job needs."""
    result = _check(payload)
    assert ftschema.is_valid(result.payload, "2026-11-10")
    assert result.payload["object"] == "fine_tuning.job"
    for missing in ("status", "model", "training_file", "created_at"):
        with pytest.raises(ftschema.InvalidJobError, match=f'missing required key "{missing}"'):
            ftschema.normalize({"object": "fine_tuning.job"} | {key: payload[key] for key in payload if key != missing})


def test_names_of_a_client() -> None:
    """A job in the names of a client is recognized; the data of the caller is not changed."""
    for source in (None, "dart"):
        result = _check(DART_JOB, source)
        assert result.payload["metadata"] == {"createdAt": "x"}
        assert result.assumed[0] == ftschema.Assumption("", "the keys have the names of the API, not those of dart")
        assert str(result).startswith(f"(root): {result.assumed[0].reason}\n")


@for_each(
    ("payload", "code"),
    [
        (5, "type"),
        ([], "type"),
        ({}, "required"),
        ({"id": float("nan")}, "json-number"),
        (_JOB | {"status": "stopped"}, "enum"),
        (_JOB | {"created_at": "2024-07-15T15:01:33"}, "type"),
        (_JOB | {"created_at": "yesterday"}, "type"),
        (_JOB | {"finished_at": False, "trained_tokens": False}, "type"),
        (_JOB | {"hyperparameters": {"n_epochs": False}}, "type"),
        (_JOB | {"model": None}, "type"),
        (_JOB | {"object": "batch"}, "const"),
    ],
)
def test_refused(payload: Any, code: str) -> None:
    """What a job needs and the payload does not tell is in a report, not invented."""
    with pytest.raises(ftschema.InvalidJobError) as caught:
        ftschema.normalize(payload)
    assert code in {problem.code for problem in caught.value.report}


def test_source() -> None:
    """A payload that is not valid for its source is refused."""
    azure = fixtures.payload(1, contract="azure", status="pending")
    assert _check(azure, "azure").payload["status"] == "queued"
    with pytest.raises(ftschema.InvalidJobError, match="pending"):
        ftschema.normalize(azure, "observed")
    with pytest.raises(ftschema.UnknownContractError):
        ftschema.normalize(azure, "azur")  # type: ignore[arg-type]  # the name is wrong on purpose

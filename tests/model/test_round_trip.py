"""What goes in comes out: every key, value and type, and the input is left alone."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures
from ftschema.jsontext.data import deep_copy
from support.helpers import VARIED_CONTRACTS, examples, same, sample
from support.oracles.sdk_documents import DOCUMENTS
from support.rows import for_each
from support.strategies import NUMBERS, payloads_of, widened_jobs

CONTRACTS = ftschema.contracts()


def _goes_round(payload: Any, contract: ftschema.ContractName) -> None:
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


@for_each("contract", CONTRACTS)
def test_known_payloads(contract: ftschema.ContractName) -> None:
    """Every valid payload of the corpus and the bases survives structure and loads, pickle and copy."""
    payloads = payloads_of(contract)
    assert len(payloads) > 15
    for payload in payloads:
        _goes_round(payload, contract)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "azure", "powershell"))
@given(data=st.data())
@examples(0.4)
def test_later_keys(contract: ftschema.ContractName, data: st.DataObject) -> None:
    """Unknown keys at every level are no fault, whatever they hold, and survive."""
    _goes_round(data.draw(widened_jobs(contract)), contract)


@for_each("contract", DOCUMENTS)
def test_generated_jobs(contract: ftschema.ContractName) -> None:
    """So does every job that the fixtures make for an SDK."""
    for payload in fixtures.payloads(100, "lossless", contract=contract, coherent=False):
        _goes_round(payload, contract)


@for_each("number", NUMBERS)
@for_each("key", ["created_at", "seed", "later"])
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


@for_each("contract", CONTRACTS)
def test_undeclared_fields(contract: ftschema.ContractName) -> None:
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
    for indent in (2, 0):
        assert (
            ftschema.dumps(job, indent=indent)
            == json.dumps(json.loads(line), ensure_ascii=False, indent=indent).encode()
        )
    with pytest.raises(TypeError, match="expected indent as int, found str"):
        ftschema.dumps(job, indent="\t")  # type: ignore[arg-type]  # that it is refused is the promise


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


# ---------------------------------------------------------------- other spellings

_WIRE: dict[str, Any] = {
    "id": "ftjob-1",
    "object": "fine_tuning.job",
    "created_at": 1,
    "status": "running",
    "model": "m",
    "fine_tuned_model": None,
    "finished_at": None,
    "estimated_finish": 2,
    "trained_tokens": None,
    "training_file": "file-1",
    "validation_file": None,
    "result_files": ["n_epochs"],
    "organization_id": "org-1",
    "hyperparameters": {"n_epochs": 3, "batch_size": "auto", "learning_rate_multiplier": 2.0},
    "error": {"code": "c", "message": "m", "param": None},
    "seed": 7,
    "integrations": [{"type": "wandb", "wandb": {"project": "p", "name": "n", "entity": None, "tags": ["created_at"]}}],
    "method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1, "n_epochs": 3}}},
    "metadata": {"created_at": "a", "createdAt": "b", "VarError": "c"},
    "later_key": {"n_epochs": 1},
}
_CAMEL: dict[str, Any] = {
    "id": "ftjob-1",
    "object": "fine_tuning.job",
    "createdAt": 1,
    "status": "running",
    "model": "m",
    "fineTunedModel": None,
    "finishedAt": None,
    "estimatedFinish": 2,
    "trainedTokens": None,
    "trainingFile": "file-1",
    "validationFile": None,
    "resultFiles": ["n_epochs"],
    "organizationId": "org-1",
    "hyperparameters": {"nEpochs": 3, "batchSize": "auto", "learningRateMultiplier": 2.0},
    "error": {"code": "c", "message": "m", "param": None},
    "seed": 7,
    "integrations": [{"type": "wandb", "wandb": {"project": "p", "name": "n", "entity": None, "tags": ["created_at"]}}],
    "method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1, "nEpochs": 3}}},
    "metadata": {"created_at": "a", "createdAt": "b", "VarError": "c"},
    "later_key": {"n_epochs": 1},
}
_PASCAL: dict[str, Any] = {
    "Id": "ftjob-1",
    "Object": "fine_tuning.job",
    "CreatedAt": 1,
    "Status": "running",
    "Model": "m",
    "FineTunedModel": None,
    "FinishedAt": None,
    "EstimatedFinish": 2,
    "TrainedTokens": None,
    "TrainingFile": "file-1",
    "ValidationFile": None,
    "ResultFiles": ["n_epochs"],
    "OrganizationId": "org-1",
    "Hyperparameters": {"NEpochs": 3, "BatchSize": "auto", "LearningRateMultiplier": 2.0},
    "VarError": {"Code": "c", "Message": "m", "Param": None},
    "Seed": 7,
    "Integrations": [{"Type": "wandb", "Wandb": {"Project": "p", "Name": "n", "Entity": None, "Tags": ["created_at"]}}],
    "Method": {"Type": "dpo", "Dpo": {"Hyperparameters": {"Beta": 0.1, "NEpochs": 3}}},
    "Metadata": {"created_at": "a", "createdAt": "b", "VarError": "c"},
    "later_key": {"n_epochs": 1},
}
_ALL: dict[ftschema.ContractName, dict[str, Any]] = {
    "observed": _WIRE,
    "rust": _WIRE,
    "2026-07-15": _WIRE,
    "dart": _CAMEL,
    "powershell": _PASCAL,
}
# What PowerShell names, with the one setting of its time, as each spelling has it.
_NAMED = {row.wire for row in DOCUMENTS["powershell"].rows}
_OLD: dict[ftschema.ContractName, dict[str, Any]] = {
    "observed": {key: member for key, member in _WIRE.items() if key in _NAMED} | {"hyperparameters": {"n_epochs": 3}},
    "typescript-2024": {
        key: member
        for (key, member), wire in zip(_CAMEL.items(), _WIRE, strict=True)
        if wire in _NAMED and key != "hyperparameters"
    }
    | {"hyperparameters": {"nEpochs": 3}},
    "powershell": {key: member for (key, member), wire in zip(_PASCAL.items(), _WIRE, strict=True) if wire in _NAMED}
    | {"Hyperparameters": {"NEpochs": 3}},
}


@for_each("target", _ALL)
@for_each("source", ["observed", "rust", "2026-07-15", "dart"])
def test_a_job_in_other_names(source: ftschema.ContractName, target: ftschema.ContractName) -> None:
    """A job of one contract, unstructured by another, has all its names in the other's spelling, and its own data."""
    job = ftschema.structure(_ALL[source], source)
    assert job == ftschema.structure(_WIRE)
    assert same(ftschema.unstructure(job, target), _ALL[target])
    assert same(json.loads(ftschema.dumps(job, target)), _ALL[target])


@for_each("target", _OLD)
@for_each("source", _OLD)
def test_an_old_job_in_other_names(source: ftschema.ContractName, target: ftschema.ContractName) -> None:
    """The same holds for jobs that come from PowerShell and TypeScript, which name less."""
    assert same(ftschema.unstructure(ftschema.structure(_OLD[source], source), target), _OLD[target])


@for_each(
    ("contract", "key", "field"),
    [
        ("dart", "created_at", "created_at"),
        ("typescript-2023", "fine_tuned_model", "fine_tuned_model"),
        ("typescript-2024", "training_file", "training_file"),
        ("powershell", "error", "error"),
        ("powershell", "id", "id"),
        ("powershell", "created_at", "created_at"),
    ],
)
@for_each("value", [None, 5, "text", [{"created_at": []}], {"createdAt": {"n_epochs": {}}}])
def test_keys_that_look_like_fields(contract: ftschema.ContractName, key: str, field: str, value: Any) -> None:
    """A key that only the wire spells so is kept beside the field of its name, and takes nothing from it."""
    plain = payloads_of(contract)[0]
    for payload in ({**plain, key: value}, {key: value, **plain}):
        _goes_round(payload, contract)
        job = ftschema.structure(payload, contract)
        assert same(deep_copy(job.extra[key]), value)
        assert getattr(job, field) == getattr(ftschema.structure(plain, contract), field)


def test_keys_that_look_like_fields_below() -> None:
    """The same holds below the job, in lists, and in the caller's own maps."""
    payload = {
        **_CAMEL,
        "hyperparameters": {"nEpochs": 3, "n_epochs": [], "NEpochs": {}},
        "method": {"dpo": {"hyperparameters": {"batchSize": 1, "batch_size": "x"}}},
        "metadata": {"created_at": "1", "createdAt": "2", "metadata": "3", "extra": "4"},
    }
    _goes_round(payload, "dart")
    job = ftschema.structure(payload, "dart")
    assert job.hyperparameters
    assert (job.hyperparameters.n_epochs, job.hyperparameters.extra) == (3, {"n_epochs": [], "NEpochs": {}})
    assert job.metadata == payload["metadata"]


@for_each(
    ("source", "extra", "target", "message"),
    [
        ("dart", {"created_at": 5}, "observed", "FineTuningJob has 'created_at' twice"),
        ("dart", {"created_at": 1}, "rust", "FineTuningJob has 'created_at' twice"),
        ("dart", {"CreatedAt": 5}, "powershell", "FineTuningJob has 'CreatedAt' twice"),
        ("observed", {"createdAt": 5}, "dart", "FineTuningJob has 'createdAt' twice"),
        ("observed", {"VarError": None}, "powershell", "FineTuningJob has 'VarError' twice"),
        ("rust", {"hyperparameters": {"n_epochs": 1, "nEpochs": 1}}, "dart", "Hyperparameters has 'nEpochs' twice"),
        (
            "dart",
            {"integrations": [{"type": "wandb", "wandb": {"project": "p", "Project": 5}}]},
            "powershell",
            "WandbIntegration has 'Project' twice",
        ),
    ],
)
def test_two_keys_of_one_name(
    source: ftschema.ContractName, extra: dict[str, Any], target: ftschema.ContractName, message: str
) -> None:
    """Where an unknown key is a field in the other spelling there is no payload that holds both, and the error says so.

    In its own contract the job is as good as any other.
    """
    job = ftschema.structure(_ALL[source] | extra, source)
    _goes_round(_ALL[source] | extra, source)
    for verb in (ftschema.unstructure, ftschema.dumps):
        with pytest.raises(ValueError, match=message):
            verb(job, target)

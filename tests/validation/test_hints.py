"""What is taken for a job is told by name, whatever is wrong with it in detail."""

from __future__ import annotations

import json
from typing import Any

import pytest

import ftschema
from ftschema import fixtures
from ftschema.jsontext import data as jsondata
from ftschema.validation.hints import LOOK_ALIKES
from support.data import case_bases, corpus
from support.oracles.sdk_documents import in_names_of

_JOB: dict[str, Any] = case_bases()["job"]["payload"]

# What the published specification of 2026-07-15 shows of each, or the archived reference of the fine-tunes API.
_OBJECTS: dict[str, tuple[Any, ...]] = {
    "quoted": (json.dumps(_JOB), f"\n{json.dumps([_JOB], indent=2)}"),
    "list of jobs": ([_JOB], [{"object": "fine_tuning.job"}, 5]),
    "list page": (
        {"object": "list", "data": [_JOB], "has_more": False, "first_id": "ftjob-abc123", "last_id": "ftjob-abc123"},
        {"object": "list", "data": []},
    ),
    "webhook": (
        {
            "object": "event",
            "id": "evt_abc123",
            "type": "fine_tuning.job.succeeded",
            "created_at": 1_719_168_000,
            "data": {"id": "ftjob-abc123"},
        },
        {
            "id": "evt_abc123",
            "type": "fine_tuning.job.failed",
            "created_at": 1_719_168_000,
            "data": {"id": "ftjob-abc123"},
        },
    ),
    "event": (
        {
            "object": "fine_tuning.job.event",
            "id": "ftevent-abc123",
            "created_at": 1_719_168_000,
            "level": "info",
            "message": "Job started",
            "type": "message",
            "data": {},
        },
    ),
    "checkpoint": (
        {
            "object": "fine_tuning.job.checkpoint",
            "id": "ftckpt_abc123",
            "created_at": 1_719_168_000,
            "fine_tuned_model_checkpoint": "ft:gpt-4o-mini:org::abc123:ckpt-step-88",
            "fine_tuning_job_id": "ftjob-abc123",
            "metrics": {"step": 88, "train_loss": 0.5},
            "step_number": 88,
        },
    ),
    "permission": (
        {
            "object": "checkpoint.permission",
            "id": "cp_abc123",
            "created_at": 1_719_168_000,
            "project_id": "proj_abc123",
        },
    ),
    "fine-tune": (
        {
            "object": "fine-tune",
            "id": "ft-abc123",
            "model": "curie",
            "created_at": 1_614_807_352,
            "updated_at": 1_614_807_865,
            "fine_tuned_model": None,
            "hyperparams": {"n_epochs": 4},
            "organization_id": "org-abc123",
            "result_files": [],
            "status": "pending",
            "training_files": [{"object": "file", "id": "file-abc123"}],
            "validation_files": [],
            "events": [],
        },
    ),
    "batch": (
        {
            "object": "batch",
            "id": "batch_abc123",
            "endpoint": "/v1/chat/completions",
            "errors": None,
            "input_file_id": "file-abc123",
            "completion_window": "24h",
            "status": "completed",
            "created_at": 1_719_168_000,
        },
    ),
    "file": (
        {
            "object": "file",
            "id": "file-abc123",
            "bytes": 120_000,
            "created_at": 1_719_168_000,
            "filename": "train.jsonl",
            "purpose": "fine-tune",
        },
    ),
    "model": (
        {"object": "model", "id": "ft:gpt-4o-mini:org::abc123", "created": 1_719_168_000, "owned_by": "org-abc123"},
    ),
    "error": (
        {
            "error": {
                "message": "Could not find fine tune: ftjob-abc123",
                "type": "invalid_request_error",
                "param": "fine_tune_id",
                "code": "fine_tune_not_found",
            }
        },
        {"error": {"message": "The server had an error", "type": "server_error"}, "request_id": "req_abc123"},
    ),
    "request": (
        {"model": "gpt-4o-mini", "training_file": "file-abc123"},
        {
            "model": "gpt-4o-mini",
            "training_file": "file-abc123",
            "suffix": "mine",
            "seed": 7,
            "method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1}}},
        },
    ),
    "wrapped job": ({"status_code": 200, "body": _JOB}, {"job": _JOB, "ok": True}),
}


def test_every_row_is_tried() -> None:
    """There are examples of each mix-up that is known."""
    assert [look_alike.name for look_alike in LOOK_ALIKES] == list(_OBJECTS)


@pytest.mark.parametrize("contract", ftschema.contracts())
@pytest.mark.parametrize(
    ("look_alike", "payload"),
    [(look_alike, payload) for look_alike in LOOK_ALIKES for payload in _OBJECTS[look_alike.name]],
    ids=[
        f"{look_alike.name} {number}" for look_alike in LOOK_ALIKES for number in range(len(_OBJECTS[look_alike.name]))
    ],
)
def test_look_alike(look_alike: Any, payload: Any, contract: str) -> None:
    """Each is named by every contract, last in the text, with what to do; no repair pretends that it is a job."""
    report = ftschema.check(payload, contract)
    assert report.hint == f"this looks like {look_alike.advice}"
    assert str(report).endswith(f"\nhint: {report.hint}")
    assert report.as_dict()["hint"] == report.hint
    assert jsondata.is_json(report.as_dict())
    with pytest.raises(ftschema.InvalidJobError, match="hint: this looks like"):
        ftschema.structure(payload, contract)
    assert not any(problem.repair for problem in report)


@pytest.mark.parametrize("lifecycle", [True, False])
def test_jobs_have_none(*, lifecycle: bool) -> None:
    """No hint is given of captured jobs that are valid, nor of what breaks a rule of the lifecycle."""
    for job in corpus():
        if ftschema.is_valid(job.payload):
            assert ftschema.check(job.payload, lifecycle=lifecycle).hint is None


@pytest.mark.parametrize(
    "edit",
    [
        {"seed": True},
        {"id": ...},
        {"object": "list"},
        {"status": "stopped"},
        {"status": "SUCCEEDED", "seed": True},
        {"method": {"type": "pending"}},
        {"error": {"message": 5}},
        {"createdAt": 5, "created_at": ...},
    ],
    ids=str,
)
def test_single_faults_have_none(edit: dict[str, Any]) -> None:
    """A job with a fault or two of its own is not taken for something else."""
    report = ftschema.check({key: value for key, value in (_JOB | edit).items() if value is not ...})
    assert report.problems
    assert report.hint is None


@pytest.mark.parametrize(
    "payload", [5, None, True, "ftjob-abc123", "", [], [5], [[]], {}, {"a": 1}, {"error": "no"}], ids=repr
)
def test_anything_else_has_none(payload: Any) -> None:
    """Of what looks like nothing known nothing is said."""
    for contract in ftschema.contracts():
        assert ftschema.check(payload, contract).hint is None


@pytest.mark.parametrize("edit", [{"status": "pending"}, {"status": "pending", "organization_id": None}])
def test_azure(edit: dict[str, Any]) -> None:
    """A job of Azure given to another contract is told to be one, also by its status alone."""
    report = ftschema.check(_JOB | edit)
    assert report.hint == "contract azure accepts it: what Azure OpenAI has sent, including dumps by the same SDK"


def test_azure_jobs() -> None:
    """This holds for all captured jobs of Azure that the live API's contract refuses, in one place or in several."""
    jobs = [job.payload for job in corpus() if job.kind == "azure" and ftschema.is_valid(job.payload, "azure")]
    refused = [report for report in map(ftschema.check, jobs) if report.problems]
    assert {len(report.problems) > 1 for report in refused} == {True, False}
    assert all((report.hint or "").startswith("contract azure accepts it") for report in refused)


def test_another_date() -> None:
    """What another contract of the same spelling accepts is told, if that contract knows the keys that are wrong."""
    report = ftschema.check(_JOB | {"error": {}, "seed": None}, "2024-12-18")
    assert (report.hint or "").startswith("contract observed accepts it")
    report = ftschema.check(_JOB | {"object": "finetune", "status": "stopped", "error": None})
    assert (report.hint or "").startswith("contract 2023-10-05 accepts it")
    # The oldest contracts accept these because they know nothing of them.
    assert ftschema.check(_JOB | {"integrations": 5, "metadata": 5}).hint is None
    assert ftschema.is_valid(_JOB | {"integrations": 5, "metadata": 5, "error": None}, "2023-11-06")


@pytest.mark.parametrize(
    ("source", "target", "name"),
    [
        ("dart", "observed", "camelCase"),
        ("typescript-2024", "azure", "camelCase"),
        ("powershell", "observed", "PascalCase"),
        ("powershell", "dart", "PascalCase"),
        ("observed", "dart", "snake_case"),
        ("rust", "powershell", "snake_case"),
    ],
)
def test_another_spelling(source: str, target: str, name: str) -> None:
    """A job in another spelling is told to be one, with the call that renames its keys, which works."""
    payload = fixtures.payload(seed=2, contract=source)
    report = ftschema.check(payload, target)
    assert report.hint is not None
    assert f"a job in {name}, as in contract " in report.hint
    call = report.hint.partition("; ")[2].removesuffix(" renames its keys")
    converted = eval(call, {"convert": ftschema.convert, "payload": payload})  # noqa: S307  # it was made by us
    assert converted.payload.keys() == ftschema.convert(payload, source, target).payload.keys()
    assert converted.payload.keys() >= set(ftschema.schema(target)["required"]) & {"id", "Id", "createdAt", "CreatedAt"}


def test_spelling_of_no_contract() -> None:
    """This is told too of a job that no contract of that spelling accepts."""
    report = ftschema.check(in_names_of("dart", _JOB) | {"status": "paused"})
    assert "a job in camelCase, as in contract dart" in (report.hint or "")


def test_texts_and_lines() -> None:
    """The report of a text has the hint, and so has that of a line, on another process too."""
    text = json.dumps(_OBJECTS["list page"][0])
    assert ftschema.check_text(text).hint == ftschema.check(_OBJECTS["list page"][0]).hint
    [line] = ftschema.check_lines([text])
    assert line.report.hint == ftschema.check_text(text).hint
    [line] = ftschema.check_lines([text], jobs=2)
    assert line.report.hint == ftschema.check_text(text).hint


@pytest.mark.parametrize("look_alike", LOOK_ALIKES, ids=lambda look_alike: look_alike.name)
def test_whatever_stands_there(look_alike: Any) -> None:
    """No value, wherever it stands, upsets the search."""
    values: tuple[Any, ...] = (None, True, 5, 0.5, "", "list", [], [None], {}, {"object": []})
    for value in values:
        for payload in (value, *({key: value} for key in ("object", "type", "data", "error", "body"))):
            assert look_alike.test(payload) in {True, False}

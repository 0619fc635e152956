"""What is taken for a job is told by name, whatever is wrong with it in detail."""

from __future__ import annotations

import json
from typing import Any

import pytest

import ftschema
from ftschema import fixtures
from ftschema.jsontext import data as jsondata
from ftschema.schemas.catalogue import entry
from ftschema.schemas.paths import allowed
from ftschema.schemas.spelling import spelled
from ftschema.schemas.vocabulary import STATUSES
from ftschema.validation.hints import LOOK_ALIKES
from support.data import case_bases, corpus
from support.oracles.sdk_documents import in_names_of
from support.rows import for_each

_JOB: dict[str, Any] = case_bases()["job"]["payload"]

# What the published specification of 2026-07-15 shows of each, or the archived reference of the fine-tunes API.
_OBJECTS: dict[str, tuple[Any, ...]] = {
    "quoted": (json.dumps(_JOB), f"\n{json.dumps([_JOB], indent=2)}"),
    "list of jobs": ([_JOB], [{"object": "fine_tuning.job"}, 5]),
    "repr": ("FineTuningJob(id='ftjob-abc123', created_at=1700000000)", "SyncCursorPage[FineTuningJob](data=[])"),
    "job id": ("ftjob-abc123",),
    "list page": (
        {"data": [{"id": "ftjob-old", "status": "succeeded", "created_at": 1_800_000_000}], "has_more": False},
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
    "Vertex AI": (
        {"name": "projects/1/locations/us-central1/tuningJobs/2", "state": "JOB_STATE_SUCCEEDED", "baseModel": "m"},
        {"id": "projects/1/locations/us-central1/tuningJobs/2", "status": "queued", "seed": 0},
        {"tuningJobs": [], "nextPageToken": "a"},
    ),
    "Bedrock": (
        {"jobArn": "arn:aws:bedrock:us-east-1:1:model-customization-job/a", "status": "Completed"},
        {"modelCustomizationJobSummaries": [{"jobArn": "arn:aws:bedrock:us-east-1:1:model-customization-job/a"}]},
        {"id": "arn%3Aaws%3Abedrock%3Aus-east-1", "object": "finetune", "job_name": "a", "status": "succeeded"},
    ),
    "Fireworks": (
        {"name": "accounts/a/supervisedFineTuningJobs/b", "state": "JOB_STATE_COMPLETED"},
        {"supervisedFineTuningJobs": [{"name": "accounts/a/supervisedFineTuningJobs/b"}]},
        {"id": "b", "status": "queued", "completed_at": None, "hyperparameters": {"learning_rate": 0.0001}},
    ),
    "Together": (
        {"id": "ft-abc123", "object": "fine-tune", "status": "completed", "output_name": "a/b", "n_epochs": 3},
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
    "Mistral": (
        {"id": "b18d8d81", "object": "job", "model": "open-mistral-7b", "status": "RUNNING", "training_files": ["a"]},
    ),
    "training example": (
        {"messages": [{"role": "user", "content": "hello"}]},
        {"prompt": "a", "completion": "b"},
        {"input": {"messages": []}, "preferred_output": [], "non_preferred_output": []},
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
    "wrapped job": (
        {
            "info": "ok",
            "response": {"id": "ftjob-abc123", "model": "gpt-4o", "status": "validating_files", "suffix": ""},
        },
        {"body": {"id": "ftjob-abc123", "model": "gpt-4o", "status": "running"}},
        {"status_code": 200, "body": _JOB},
        {"job": _JOB, "ok": True},
        {"data": [_JOB]},
        {"status": "success", "jobs": [{"id": "ftjob-abc123", "model": "gpt-4o", "status": "running"}]},
        {"result": {"object": "list", "data": [_JOB], "has_more": False}},
    ),
    "recording": (
        {"request": {"method": "GET"}, "response": {"status": 200, "body": _JOB}},
        {"interactions": [{"request": {}, "response": {"status": {"code": 200}, "body": {"data": [_JOB]}}}]},
        [{"name": "first", "reply": _JOB}],
    ),
}


def test_every_row_is_tried() -> None:
    """There are examples of each look-alike that is known."""
    assert {look_alike.name for look_alike in LOOK_ALIKES} == _OBJECTS.keys()


@for_each(
    ("look_alike", "payload"),
    [(look_alike, payload) for look_alike in LOOK_ALIKES for payload in _OBJECTS[look_alike.name]],
    ids=[
        f"{look_alike.name} {number}" for look_alike in LOOK_ALIKES for number in range(len(_OBJECTS[look_alike.name]))
    ],
)
def test_look_alike(look_alike: Any, payload: Any, subtests: pytest.Subtests) -> None:
    """Each is named by every contract, last in the text, with what to do; no repair pretends that it is a job."""
    for contract in ftschema.contracts():
        with subtests.test(contract=contract):
            report = ftschema.check(payload, contract)
            assert report.hint == f"this looks like {look_alike.advice}"
            assert str(report).endswith(f"\nhint: {report.hint}")
            assert report.as_dict()["hint"] == report.hint
            assert jsondata.is_json(report.as_dict())
            with pytest.raises(ftschema.InvalidJobError, match="hint: this looks like"):
                ftschema.structure(payload, contract)
            assert not any(problem.repair for problem in report)


@pytest.mark.parametrize("name", ["event", "Mistral"])
def test_partial(name: str) -> None:
    """What is not a job is told of a partial one too, and nothing beside the hint suggests that it is."""
    [payload] = _OBJECTS[name]
    report = ftschema.check(payload, partial=True)
    assert report.hint == ftschema.check(payload).hint
    assert "did you mean" not in str(report)


@pytest.mark.parametrize("lifecycle", [True, False])
def test_jobs_have_none(*, lifecycle: bool) -> None:
    """No hint is given of captured jobs that are valid, nor of what breaks a rule of the lifecycle."""
    for job in corpus():
        if ftschema.is_valid(job.payload):
            assert ftschema.check(job.payload, lifecycle=lifecycle).hint is None


@for_each(
    "edit",
    [
        {"seed": True},
        {"id": ...},
        {"object": "list"},
        {"status": "stopped"},
        {"status": "SUCCEEDED", "seed": True},
        {"object": ..., "completed_at": 5, "hyperparameters": 5},
        {"method": {"type": "pending"}},
        {"error": {"message": 5}},
        {"createdAt": 5, "created_at": ...},
    ],
)
def test_single_faults_have_none(edit: dict[str, Any]) -> None:
    """A job with a fault or two of its own is not taken for something else."""
    report = ftschema.check({key: value for key, value in (_JOB | edit).items() if value is not ...})
    assert report.problems
    assert report.hint is None


@for_each("payload", [5, None, True, "abc123", "", [], [5], [[]], {}, {"a": 1}, {"error": "no"}])
def test_anything_else_has_none(payload: Any) -> None:
    """Of what looks like nothing known nothing is said."""
    for contract in ftschema.contracts():
        assert ftschema.check(payload, contract).hint is None


@pytest.mark.parametrize("edit", [{"status": "pending"}, {"status": "pending", "organization_id": None}])
def test_azure(edit: dict[str, Any]) -> None:
    """A job of Azure given to another contract is told to be one, also by its status alone."""
    report = ftschema.check(_JOB | edit)
    assert report.hint == "contract azure accepts it: what Azure OpenAI has sent, including dumps by the same SDK"
    assert "did you mean" not in str(report)


@for_each("contract", ftschema.contracts())
def test_statuses_of_others(contract: ftschema.ContractName) -> None:
    """A status of any contract is not taken for a misspelled one of another."""
    key = spelled("status", entry(contract).spelling)
    assert {*allowed(contract, None, ("properties", key))[1]} <= {*STATUSES}
    job = fixtures.payload(0, contract=contract)
    for status in STATUSES:
        assert "did you mean" not in str(ftschema.check(job | {key: status}, contract))


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


@for_each(
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
def test_another_spelling(source: ftschema.ContractName, target: ftschema.ContractName, name: str) -> None:
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


@for_each("look_alike", LOOK_ALIKES)
def test_whatever_stands_there(look_alike: Any) -> None:
    """No value, wherever it stands, upsets the search."""
    values: tuple[Any, ...] = (None, True, 5, 0.5, "", "list", [], [None], {}, {"object": []})
    for value in values:
        for payload in (value, *({key: value} for key in ("object", "type", "data", "error", "body"))):
            assert look_alike.test(payload) in {True, False}


def test_no_suggestions() -> None:
    """What is not a job has no suggestion that contradicts the hint."""
    report = ftschema.check({"object": "fine_tuning.job.event", "id": "ftevent-1"})
    assert not any("did you mean" in problem.message for problem in report)


def test_objects_of_the_sdk() -> None:
    """An object of the SDK, alone or in a list, and a job of this package: the hint names the call to use."""
    pytest.importorskip("openai")
    job = ftschema.structure(_JOB | {"error": {"code": "a", "message": "b"}})
    obj = ftschema.to_openai(job)
    assert "from_openai(obj)" in (ftschema.check(obj).hint or "")
    assert "model_dump()" in (ftschema.check(obj).hint or "")
    assert "dict(obj)" in (ftschema.check(dict(obj)).hint or "")
    assert "model_dump()" in (ftschema.check(obj.error).hint or "")
    assert "unstructure(job)" in (ftschema.check(job).hint or "")
    assert ftschema.check({"a": object()}).hint is None
    for page in ([obj], {"data": [obj, obj]}):
        assert "from_openai(obj)" in (ftschema.check(page).hint or "")
    assert "unstructure(job)" in (ftschema.check({"object": "list", "data": [job]}).hint or "")
    assert ftschema.check([[object()]]).hint is None
    names = [ftschema.check(value).problems[0].message.rpartition(" ")[2] for value in (obj, job, object(), {1})]
    assert names == ["openai.FineTuningJob", "ftschema.FineTuningJob", "object", "set"]


def test_repr_as_text() -> None:
    """A text that is the repr of an SDK object is told to be one."""
    assert "from_repr(text)" in (ftschema.check_text("FineTuningJob(id='ftjob-1')").hint or "")
    assert ftschema.check_text("{'id': 1}").hint is None


def test_zeros_of_go() -> None:
    """Two or three zero values together stand for null; the hint says so once, with the schema and with the rules."""
    zeros = {"finished_at": 0, "trained_tokens": 0, "fine_tuned_model": ""}
    hint = 'finished_at, trained_tokens, fine_tuned_model: 0 and "" stand for null here, as Go programs write it'
    waiting = {key: value for key, value in _JOB.items() if key != "error"} | {"status": "running"}
    assert ftschema.check(waiting | zeros | {"seed": True}).hint == hint
    assert ftschema.check(waiting | zeros, lifecycle=True).hint == hint
    two = waiting | {"finished_at": 0, "fine_tuned_model": ""}
    assert str(ftschema.check(two, lifecycle=True).hint).startswith("finished_at, fine_tuned_model: 0")
    assert ftschema.check(waiting | {"finished_at": 0}, lifecycle=True).hint is None


@pytest.mark.parametrize("before", ["job = ", "The job fails:\n\n  "])
def test_repr_inside(before: str) -> None:
    """The place of a repr is told that has another text around it."""
    hint = ftschema.check_text(f"{before}FineTuningJob(id='ftjob-1')\nWhy?").hint
    assert hint is not None
    line, column = (1, 7) if before == "job = " else (3, 3)
    assert hint.startswith(f"the repr of an SDK object begins at line {line}, column {column}; ")
    assert ftschema.check_text("FineTuningJob").hint is None

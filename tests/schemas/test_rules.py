"""The rules across fields: what each lets pass and what it reports, where, and how gravely."""

from __future__ import annotations

from typing import Any

import pytest

import ftschema
from ftschema import fixtures
from ftschema.schemas import rules
from ftschema.schemas.catalogue import every_name
from ftschema.schemas.rule_tests import StatusRule
from ftschema.schemas.rules import RULES
from ftschema.schemas.translate import to_wire
from ftschema.schemas.vocabulary import PAUSED, UNFINISHED
from support.data import case_bases, corpus
from support.helpers import VARIED_CONTRACTS, sample
from support.oracles.sdk_documents import DOCUMENTS, in_names_of, pointer_in_names_of
from support.rows import for_each

_KINDS: dict[str, ftschema.ContractName] = {"live": "observed", "azure": "azure"}

_SUCCEEDED: dict[str, Any] = {
    "status": "succeeded",
    "fine_tuned_model": "ft:gpt-4o-mini:org::abc",
    "finished_at": 1_800_000_000,
    "trained_tokens": 5,
    "result_files": ["file-results"],
    "hyperparameters": {"n_epochs": 3},
    "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3.0}}},
}
_FAILED: dict[str, Any] = {
    "status": "failed",
    "error": {"code": "invalid_training_file", "message": "no", "param": "training_file"},
}
_AUTO = {"n_epochs": "auto"}

_GRADED = {"hyperparameters": None}
_MULTI = {"type": "multi", "name": "m", "calculate_output": "a"}


def _score_model(limits: list[float] | None) -> dict[str, Any]:
    return {"type": "score_model", "name": "n", "model": "gpt-4o", "input": [], "range": limits}


def _method_of(grader: dict[str, Any]) -> dict[str, Any]:
    return {"type": "reinforcement", "reinforcement": {"grader": grader}}


# Rule, the coherent job that is broken, the edit that breaks it, and where it is found.
_VIOLATIONS: tuple[tuple[str, dict[str, Any], dict[str, Any], str], ...] = (
    ("succeeded-has-model", _SUCCEEDED, {"fine_tuned_model": None}, "/fine_tuned_model"),
    ("model-is-not-a-job-id", {}, {"model": "ftjob-abc123"}, "/model"),
    ("model-is-not-a-job-id", _SUCCEEDED, {"fine_tuned_model": "ftjob-abc123"}, "/fine_tuned_model"),
    ("unfinished-has-no-model", {}, {"fine_tuned_model": "ft:x"}, "/fine_tuned_model"),
    ("unfinished-has-no-model", _FAILED, {"fine_tuned_model": "ft:x"}, "/fine_tuned_model"),
    ("unfinished-has-no-model", {"status": "cancelled"}, {"fine_tuned_model": "ft:x"}, "/fine_tuned_model"),
    ("succeeded-has-tokens", _SUCCEEDED, {"trained_tokens": None}, "/trained_tokens"),
    ("unfinished-has-no-tokens", {}, {"trained_tokens": 0}, "/trained_tokens"),
    ("succeeded-has-finish-time", _SUCCEEDED, {"finished_at": None}, "/finished_at"),
    ("waiting-has-no-finish-time", {"status": "queued"}, {"finished_at": 1_734_570_000}, "/finished_at"),
    ("ended-early-has-no-finish-time", _FAILED, {"finished_at": 1_734_570_000}, "/finished_at"),
    ("ended-early-has-no-finish-time", {"status": "cancelled"}, {"finished_at": 1_734_570_000}, "/finished_at"),
    ("succeeded-has-result-file", _SUCCEEDED, {"result_files": []}, "/result_files"),
    ("succeeded-has-one-result-file", _SUCCEEDED, {"result_files": ["a", "b"]}, "/result_files"),
    ("unfinished-has-no-result-file", {}, {"result_files": ["a"]}, "/result_files"),
    ("failed-has-error", _FAILED, {"error": {}}, "/error"),
    ("failed-has-error", _FAILED, {"error": None}, "/error"),
    ("failed-has-error", _FAILED, {"error": {"code": "x", "message": None}}, "/error"),
    ("only-failed-has-error", {}, _FAILED | {"status": "running"}, "/error"),
    ("only-failed-has-error", _SUCCEEDED, {"error": {"code": "x"}}, "/error"),
    ("finish-not-before-creation", _SUCCEEDED, {"finished_at": 1}, "/finished_at"),
    ("estimate-not-before-creation", {}, {"estimated_finish": 0}, "/estimated_finish"),
    ("times-in-seconds", {}, {"created_at": 1_734_566_400_000}, "/created_at"),
    ("times-in-seconds", _SUCCEEDED, {"finished_at": 1_734_570_000_000.0}, "/finished_at"),
    ("method-has-its-member", {}, {"method": {"type": "supervised"}}, "/method"),
    ("method-has-its-member", {}, {"method": {"type": "supervised", "supervised": None}}, "/method/supervised"),
    (
        "method-has-no-other-member",
        {},
        {"method": {"type": "supervised", "supervised": {}, "dpo": {"hyperparameters": {}}}},
        "/method/dpo",
    ),
    (
        "hyperparameters-match-method",
        {},
        {"method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 4}}}},
        "/hyperparameters/n_epochs",
    ),
    ("supervised-has-hyperparameters", {}, {"hyperparameters": None}, "/hyperparameters"),
    (
        "only-supervised-has-hyperparameters",
        {"hyperparameters": None, "method": {"type": "dpo", "dpo": {}}},
        {"hyperparameters": _AUTO},
        "/hyperparameters",
    ),
    (
        "succeeded-has-numbers",
        _SUCCEEDED | {"method": None},
        {"hyperparameters": _AUTO},
        "/hyperparameters/n_epochs",
    ),
    (
        "wandb-run-is-the-job",
        {},
        {"integrations": [{"type": "wandb", "wandb": {"project": "p", "run_id": "other"}}]},
        "/integrations/0/wandb/run_id",
    ),
    (
        "range-has-two-numbers",
        _GRADED | {"method": _method_of(_score_model([0, 1]))},
        {"method": _method_of(_score_model([0, 0.5, 1]))},
        "/method/reinforcement/grader/range",
    ),
    *(
        (
            "range-has-two-numbers",
            _GRADED | {"method": _method_of(_MULTI | {"graders": good})},
            {"method": _method_of(_MULTI | {"graders": bad})},
            f"/method/reinforcement/grader/graders{place}/range",
        )
        for good, bad, place in (
            (_score_model([0, 1]), _score_model([]), ""),
            ([_score_model(None)], [_score_model(None), _score_model([7])], "/1"),
            ({"type": _score_model([0, 1])}, {"type": _score_model([1])}, "/type"),
        )
    ),
    ("created-is-of-2023", {}, {"status": "created"}, "/status"),
)

_AZURE_VIOLATIONS: tuple[tuple[str, dict[str, Any], dict[str, Any], str], ...] = (
    ("update-not-before-creation", {}, {"updated_at": 1}, "/updated_at"),
    ("times-in-seconds", {}, {"updated_at": 10**12}, "/updated_at"),
    ("unfinished-has-no-model", {"status": "pending"}, {"fine_tuned_model": "x"}, "/fine_tuned_model"),
    ("succeeded-has-numbers", _SUCCEEDED, {"hyperparameters": {"batch_size": -1}}, "/hyperparameters/batch_size"),
    ("waiting-has-no-finish-time", {"status": "pending"}, {"finished_at": 1_800_000_000}, "/finished_at"),
    ("failed-has-error", _FAILED, {"error": None}, "/error"),
)


def _job(contract: ftschema.ContractName) -> dict[str, Any]:
    job: dict[str, Any] = case_bases()["job" if contract == "observed" else "azure"]["payload"]
    return job


def _breaks(
    contract: ftschema.ContractName, coherent: dict[str, Any], edit: dict[str, Any], rule: str, pointer: str
) -> None:
    before = _job(contract) | coherent
    assert not ftschema.check(before, contract, lifecycle=True).problems
    payload = before | edit
    assert not ftschema.check(payload, contract).problems
    [problem] = ftschema.check(payload, contract, lifecycle=True)
    assert (problem.code, problem.pointer) == (rule, pointer)
    assert problem.severity == next(row.severity_for(contract) for row in RULES if row.id == rule)
    assert ftschema.contract(contract).check(payload, lifecycle=True).ok == (problem.severity == "warning")


@for_each(("rule", "coherent", "edit", "pointer"), _VIOLATIONS)
def test_a_violation(rule: str, coherent: dict[str, Any], edit: dict[str, Any], pointer: str) -> None:
    """One violation of a rule in a coherent job is one problem: the id of the rule, at the violating value."""
    _breaks("observed", coherent, edit, rule, pointer)


@for_each(("rule", "coherent", "edit", "pointer"), _AZURE_VIOLATIONS)
def test_a_violation_on_azure(rule: str, coherent: dict[str, Any], edit: dict[str, Any], pointer: str) -> None:
    """The same holds for what Azure alone sends."""
    _breaks("azure", coherent, edit, rule, pointer)


# The rules that a job of every SDK can break, and those that need a key, or an integer, which not all have.
_OF_EVERY_SDK = {
    *("succeeded-has-model", "unfinished-has-no-model", "succeeded-has-tokens", "unfinished-has-no-tokens"),
    *("succeeded-has-finish-time", "waiting-has-no-finish-time", "ended-early-has-no-finish-time"),
    *("succeeded-has-result-file", "succeeded-has-one-result-file", "unfinished-has-no-result-file"),
    *("failed-has-error", "only-failed-has-error", "finish-not-before-creation", "succeeded-has-numbers"),
}
_OF_METHOD = {"method-has-its-member", "method-has-no-other-member", "hyperparameters-match-method"}
_OF_SDKS = {
    "rust": _OF_EVERY_SDK | _OF_METHOD | {"estimate-not-before-creation"},
    "powershell": _OF_EVERY_SDK,
    "dart": _OF_EVERY_SDK | _OF_METHOD | {"estimate-not-before-creation", "times-in-seconds"},
    "typescript-2023": _OF_EVERY_SDK | {"times-in-seconds"},
    "typescript-2024": _OF_EVERY_SDK | {"estimate-not-before-creation", "times-in-seconds"},
}


@for_each("contract", DOCUMENTS)
def test_a_violation_in_an_sdk(contract: ftschema.ContractName) -> None:
    """A rule that a job of an SDK breaks is found at the value that breaks it, in the SDK's own names."""
    documented = {row.wire for row in DOCUMENTS[contract].rows}
    broken = set()
    for rule, coherent, edit, pointer in _VIOLATIONS:
        [row] = [row for row in RULES if row.id == rule]
        before = {key: value for key, value in (_job("observed") | coherent).items() if key in documented}
        if before.get("method", ...) is None:
            # Dart has no null for it.
            del before["method"]
        payload = in_names_of(contract, before | edit)
        # What no value of the language can be, its schema refuses before.
        if edit.keys() <= documented and row.holds_for(contract) and ftschema.is_valid(payload, contract):
            before = in_names_of(contract, before)
            assert not ftschema.check(before, contract, lifecycle=True).problems, rule
            [problem] = ftschema.check(payload, contract, lifecycle=True)
            found = (problem.code, problem.pointer, problem.severity)
            assert found == (rule, pointer_in_names_of(contract, pointer), row.severity)
            broken.add(rule)
    assert broken >= _OF_SDKS[contract]


@for_each(
    ("edit", "code", "pointer"),
    [
        ({"Status": "succeeded", "FinishedAt": 5, "TrainedTokens": 5}, "succeeded-has-model", "/FineTunedModel"),
        ({"VarError": {"Code": "c", "Message": "m", "Param": None}}, "only-failed-has-error", "/VarError"),
        ({"Status": "failed"}, "failed-has-error", "/VarError"),
        ({"Status": "queued", "FinishedAt": 5}, "waiting-has-no-finish-time", "/FinishedAt"),
        ({"TrainedTokens": 5}, "unfinished-has-no-tokens", "/TrainedTokens"),
        ({"ResultFiles": ["file-1"]}, "unfinished-has-no-result-file", "/ResultFiles"),
        # What PowerShell does not call so is a key like any other.
        ({"error": {"code": "c", "message": "m"}, "status": "succeeded", "finished_at": 5}, None, None),
    ],
)
def test_violations_in_powershell(edit: dict[str, Any], code: str | None, pointer: str | None) -> None:
    """The first problem of an impossible job in PowerShell stands at its place there."""
    job = {
        "Id": "ftjob-1",
        "CreatedAt": 1,
        "VarError": None,
        "FineTunedModel": None,
        "FinishedAt": None,
        "Hyperparameters": {"NEpochs": 3},
        "Model": "gpt-3.5-turbo",
        "Object": "fine_tuning.job",
        "OrganizationId": "org-1",
        "ResultFiles": [],
        "Status": "running",
        "TrainedTokens": None,
        "TrainingFile": "file-1",
        "ValidationFile": None,
        "Seed": 7,
    }
    assert not ftschema.check(job, "powershell", lifecycle=True).problems
    problems = ftschema.check(job | edit, "powershell", lifecycle=True).problems
    assert ftschema.is_valid(job | edit, "powershell")
    assert [(problem.code, problem.pointer) for problem in problems[:1]] == ([(code, pointer)] if code else [])


@for_each("contract", ["powershell", "dart", "typescript-2023", "typescript-2024"])
def test_names_of_the_wire_are_unknown(contract: ftschema.ContractName) -> None:
    """Where a contract spells a name in its own way, no rule asks anything of the wire's own spelling of it."""
    documented = {row.wire for row in DOCUMENTS[contract].rows}
    job = in_names_of(contract, {key: value for key, value in _job("observed").items() if key in documented})
    unknown = {"fine_tuned_model": "ft:x", "finished_at": 10**12, "trained_tokens": 5, "result_files": ["file-1"]}
    assert not ftschema.check(job | unknown, contract, lifecycle=True).problems


def test_a_finish_time_while_running() -> None:
    """A running job has a finish time while its model is evaluated: the end of training, not of the job."""
    for contract in ("observed", "azure"):
        payload = _job(contract) | {"status": "running", "finished_at": 1_800_000_000}
        assert not ftschema.check(payload, contract, lifecycle=True).problems


def test_every_rule_is_broken_here() -> None:
    """Each rule about a job has a violation above."""
    about_jobs = {rule.id for rule in RULES if "job" in rule.kinds}
    assert {row[0] for row in (*_VIOLATIONS, *_AZURE_VIOLATIONS)} == about_jobs


def test_captured_jobs_are_coherent(subtests: pytest.Subtests) -> None:
    """No captured job of the live API or of Azure breaks a rule, not even one that only warns."""
    for job in (job for job in corpus() if job.kind in _KINDS):
        with subtests.test(name=job.name):
            assert not ftschema.check(job.payload, _KINDS[job.kind], lifecycle=True).problems


@for_each("rule", RULES)
def test_rules_are_told(rule: Any) -> None:
    """Each rule has a kebab-case id of its own, says what it requires, and on what evidence."""
    assert rule.id == rule.id.lower().replace("_", "-").strip("-")
    assert [other.id for other in RULES].count(rule.id) == 1
    assert len(rule.requires) > 20
    assert any(letter.isdigit() for letter in rule.evidence) or rule.severity == "warning" or "all" in rule.evidence
    assert set(rule.only + rule.never) <= set(every_name())


def test_rules_know_the_statuses() -> None:
    """The statuses that the rules speak of are those of the contracts."""
    known: set[str] = set()
    for contract in ("observed", "azure"):
        known |= set(ftschema.schema(contract)["properties"]["status"]["then"]["enum"])
    assert {*UNFINISHED, *PAUSED, "succeeded"} == known
    rows = [rule.test for rule in RULES if isinstance(rule.test, StatusRule)]
    assert all(set(row.statuses) <= known for row in rows)


@for_each("missing", ["fine_tuned_model", "finished_at", "trained_tokens", "result_files"])
def test_an_absent_key(missing: str) -> None:
    """What a rule misses is reported at the job when the key is absent, and the message names the key."""
    payload = _job("azure") | _SUCCEEDED
    del payload[missing]
    [problem] = ftschema.check(payload, "azure", lifecycle=True)
    assert problem.pointer == ""
    assert missing in problem.message


def test_absent_hyperparameters() -> None:
    """A supervised job without hyperparameters is reported at the job."""
    payload = _job("observed")
    del payload["hyperparameters"]
    [problem] = ftschema.check(payload, lifecycle=True)
    assert (problem.code, problem.pointer) == ("supervised-has-hyperparameters", "")


def test_schema_first() -> None:
    """The rules are asked only of a payload that meets its schema, so that one fault is reported once."""
    payload = _job("observed") | {"status": "succeeded", "finished_at": "yesterday"}
    assert [problem.code for problem in ftschema.check(payload, lifecycle=True)] == ["type"]


def test_rules_ask_nothing_of_the_unknown() -> None:
    """A contract that does not know a key lets it hold anything, and the rules let that pass."""
    odd = {"method": 5, "integrations": {"a": 1}, "updated_at": [], "estimated_finish": "soon", "metadata": 1}
    payload = {key: value for key, value in _job("observed").items() if key not in odd} | odd
    payload["error"] = None
    assert not ftschema.check(payload, "2023-11-06", lifecycle=True).problems
    payload["integrations"] = [1, {"wandb": 2}, {"wandb": {"run_id": 3}}]
    payload["method"] = {"type": "dpo", "dpo": 5}
    codes = [problem.code for problem in ftschema.check(payload, "2023-11-06", lifecycle=True)]
    assert codes == ["method-has-its-member"]


def test_a_later_key_is_no_error() -> None:
    """A key of the error that nobody knows yet does not make a running job a failed one."""
    assert not ftschema.check(_job("observed") | {"error": {"later": 1, "code": None}}, lifecycle=True).problems


def test_azure_is_not_asked_everything() -> None:
    """A cancelled Azure job may have a finishing time, and a running one a file of results, as were seen."""
    cancelled = _job("azure") | {"status": "cancelled", "finished_at": 1_800_000_000}
    running = _job("azure") | {"status": "running", "result_files": ["file-x"]}
    for payload in (cancelled, running):
        assert not ftschema.check(payload, "azure", lifecycle=True).problems


def test_validate_counts_errors_only() -> None:
    """`validate` raises for an error of the lifecycle, and lets a warning pass."""
    with pytest.raises(ftschema.InvalidJobError, match="unfinished-has-no-tokens"):
        ftschema.validate(_job("observed") | {"trained_tokens": 1}, lifecycle=True)
    ftschema.validate(_job("observed") | {"estimated_finish": 0}, lifecycle=True)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "azure", "2026-11-10"))
def test_a_job_obeys_or_has_problems(contract: ftschema.ContractName) -> None:
    """That no rule is violated is known without making problems exactly if there are none."""
    payloads = [
        *(defect.payload for defect in fixtures.defects(150, "obeys", contract=contract)),
        *fixtures.payloads(40, "obeys", contract=contract, coherent=False),
        *fixtures.payloads(20, "obeys", contract=contract),
    ]
    verdicts = set()
    for payload in payloads:
        if ftschema.is_valid(payload, contract):
            wire = to_wire(contract, payload)
            obeys = rules._obeys(contract, wire)  # noqa: SLF001  # the promise is about it
            assert obeys == (not rules._with_repairs(contract, wire, partial=False))  # noqa: SLF001  # as above
            verdicts.add(obeys)
    assert verdicts == {True, False}

"""What a job's fields must be to each other, which no schema of single fields can state.

Every rule is a row of `RULES`. An `error` is what no captured reply of the live API or of Azure ever broke (115 and 32
jobs, 2023-08 to 2026-03); a `warning` is what is only odd: broken by the vendors' own examples, or resting on few
captures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import evolve, field, frozen

from ftschema.core import codes
from ftschema.core.pointer import join
from ftschema.core.report import Problem
from ftschema.schemas.rule_tests import (
    ByStatus,
    created_is_of_2023,
    hyperparameters_match_method,
    in_seconds,
    method_has_its_member,
    method_has_no_other_member,
    not_before_creation,
    one_result_file,
    only_supervised_has_hyperparameters,
    succeeded_has_numbers,
    supervised_has_hyperparameters,
    wandb_run_is_the_job,
)
from ftschema.schemas.times import seconds_of
from ftschema.schemas.vocabulary import ENDED_EARLY, UNFINISHED, WAITING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ftschema.core.report import Operation
    from ftschema.schemas.rule_tests import Breach, Job


@frozen
class Example:
    """How a coherent job of a status and a method comes to break a rule: by these values for these keys."""

    status: str
    method: str | None
    values: Mapping[str, Any] = field(hash=False)


@frozen(kw_only=True)
class Rule:
    """A rule across fields.

    Attributes:
        id: The code of its problems.
        requires: What it asks of a job.
        evidence: What it rests on.
        severity: `error` or `warning`.
        test: Yields where a job breaks it.
        only: The contracts that it holds for; empty for all.
        never: The contracts that it does not hold for.
        example: How a job breaks it, where the test does not say so itself.
        mend: What the value of a key of the job that breaks it was certainly meant to be; None where that is open.
    """

    id: str
    requires: str
    evidence: str
    severity: Literal["error", "warning"] = "error"
    test: Callable[[Job], Iterator[Breach]] = field(repr=False)
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    example: Example | None = None
    mend: Callable[[Any], Any] | None = field(default=None, repr=False)

    def holds_for(self, contract: str) -> bool:
        """Return whether the rule is one of that contract's."""
        return contract not in self.never and (not self.only or contract in self.only)


RULES: tuple[Rule, ...] = (
    Rule(
        id="succeeded-has-model",
        requires="a succeeded job names its model",
        evidence="28 of 28 live, 10 of 10 Azure",
        test=ByStatus(("succeeded",), "fine_tuned_model", "a string"),
    ),
    Rule(
        id="unfinished-has-no-model",
        requires="a job that has not succeeded names no model, not even when failed or cancelled",
        evidence="null on 87 of 87 live, absent or null on 22 of 22 Azure; look-alike servers set it early",
        test=ByStatus(UNFINISHED, "fine_tuned_model", "null or no such key"),
    ),
    Rule(
        id="succeeded-has-tokens",
        requires="a succeeded job counts its tokens",
        evidence="28 of 28 live, 10 of 10 Azure",
        test=ByStatus(("succeeded",), "trained_tokens", "an integer"),
    ),
    Rule(
        id="unfinished-has-no-tokens",
        requires="a job that has not succeeded counts no tokens",
        evidence="null on 87 of 87 live, absent or null on 22 of 22 Azure; gateways show them on running jobs",
        test=ByStatus(UNFINISHED, "trained_tokens", "null or no such key"),
    ),
    Rule(
        id="succeeded-has-finish-time",
        requires="a succeeded job says when it finished",
        evidence="28 of 28 live, 10 of 10 Azure",
        test=ByStatus(("succeeded",), "finished_at", "an integer"),
    ),
    Rule(
        id="waiting-has-no-finish-time",
        requires="a job that has not ended has no finishing time",
        evidence="null on 69 of 69 live, absent or null on 22 of 22 Azure",
        test=ByStatus(WAITING, "finished_at", "null or no such key"),
    ),
    Rule(
        id="ended-early-has-no-finish-time",
        requires="a failed or cancelled job has no finishing time",
        evidence="null on 18 of 18 live and on 104 more recordings, against the specification's prose; not asked of "
        "Azure, whose own example of a cancelled job has one",
        test=ByStatus(ENDED_EARLY, "finished_at", "null or no such key"),
        never=("azure",),
    ),
    Rule(
        id="succeeded-has-result-file",
        requires="a succeeded job has a file of results",
        evidence="28 of 28 live, 10 of 10 Azure",
        test=ByStatus(("succeeded",), "result_files", "at least one file"),
    ),
    Rule(
        id="succeeded-has-one-result-file",
        requires="a succeeded job has exactly one file of results",
        evidence="one on 28 of 28 live; the specification has a list",
        severity="warning",
        test=one_result_file,
        example=Example("succeeded", None, {"result_files": ["file-abc123", "file-def456"]}),
    ),
    Rule(
        id="unfinished-has-no-result-file",
        requires="a job that has not succeeded has no files of results",
        evidence="empty on 87 of 87 live; not asked of Azure, where a running job had one in 2025-01",
        test=ByStatus(UNFINISHED, "result_files", "no files"),
        never=("azure",),
    ),
    Rule(
        id="failed-has-error",
        requires="a failed job has an error with a code and a message",
        evidence="9 of 9 live",
        test=ByStatus(("failed",), "error", "an error with a code and a message"),
    ),
    Rule(
        id="only-failed-has-error",
        requires="the error of a job that has not failed is absent or null, or has no code, message or param",
        evidence="106 of 106 live, 32 of 32 Azure; hand-edited fixtures break it",
        test=ByStatus((*WAITING, "cancelled", "succeeded"), "error", "no error"),
    ),
    Rule(
        id="finish-not-before-creation",
        requires="finished_at is not before created_at",
        evidence="28 of 28 live, 10 of 10 Azure",
        test=not_before_creation("finished_at"),
        example=Example("succeeded", None, {"finished_at": 1}),
    ),
    Rule(
        id="update-not-before-creation",
        requires="updated_at is not before created_at",
        evidence="8 of 8 Azure jobs that have it; equal on the newest",
        test=not_before_creation("updated_at"),
        example=Example("running", None, {"updated_at": 1}),
    ),
    Rule(
        id="estimate-not-before-creation",
        requires="estimated_finish is not before created_at",
        evidence="all Azure jobs that have it; the vendor's reference shows 0",
        severity="warning",
        test=not_before_creation("estimated_finish"),
        example=Example("running", None, {"estimated_finish": 0}),
    ),
    Rule(
        id="times-in-seconds",
        requires="times are seconds, not milliseconds",
        evidence="every time of 147 captured jobs is below 2^31; two gateways write milliseconds",
        test=in_seconds,
        example=Example("running", None, {"created_at": 1_700_000_000_000}),
        mend=seconds_of,
    ),
    Rule(
        id="method-has-its-member",
        requires="the member of method that its type names is an object",
        evidence="38 of 38 live methods",
        test=method_has_its_member,
        example=Example("running", "dpo", {"method": {"type": "dpo"}}),
    ),
    Rule(
        id="method-has-no-other-member",
        requires="method holds no other member than the one that its type names",
        evidence="38 of 38 live methods; the reference of 2026 shows three at once",
        severity="warning",
        test=method_has_no_other_member,
        example=Example("running", "dpo", {"method": {"type": "dpo", "dpo": {}, "supervised": {}}}),
    ),
    Rule(
        id="hyperparameters-match-method",
        requires="a setting that stands at the top and below method has one value; 2 and 2.0 are one",
        evidence="all 38 live jobs with a method; 091 has 2 at the top and 2.0 below",
        test=hyperparameters_match_method,
        example=Example(
            "running",
            "supervised",
            {
                "hyperparameters": {"n_epochs": 3},
                "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 4}}},
            },
        ),
    ),
    Rule(
        id="supervised-has-hyperparameters",
        requires="a supervised job has hyperparameters at the top",
        evidence="all live jobs with a supervised method, 2024-12 to 2026-03",
        test=supervised_has_hyperparameters,
        example=Example("running", "supervised", {"hyperparameters": None}),
    ),
    Rule(
        id="only-supervised-has-hyperparameters",
        requires="a job of another method has no hyperparameters at the top",
        evidence="absent on the one live reinforcement job, null on the three live DPO jobs; the published "
        "specifications and Azure require them of every job",
        severity="warning",
        test=only_supervised_has_hyperparameters,
        example=Example("running", "dpo", {"hyperparameters": {}}),
        only=("observed",),
    ),
    Rule(
        id="succeeded-has-numbers",
        requires="the settings of a succeeded job are the numbers that were used, neither auto nor -1",
        evidence="16 of 16 live and 7 of 7 Azure jobs in the corpus",
        severity="warning",
        test=succeeded_has_numbers,
        example=Example("succeeded", None, {"hyperparameters": {"n_epochs": "auto"}}),
    ),
    Rule(
        id="wandb-run-is-the-job",
        requires="the run id of a Weights & Biases integration is the job's id",
        evidence="3 of 3 live integrations",
        test=wandb_run_is_the_job,
        example=Example(
            "running", None, {"integrations": [{"type": "wandb", "wandb": {"project": "p", "run_id": "ftjob-other"}}]}
        ),
    ),
    Rule(
        id="created-is-of-2023",
        requires="the status created stands on jobs of August and September 2023 only",
        evidence="7 of 7 live jobs; validating_files took its place by 2023-09-29",
        severity="warning",
        test=created_is_of_2023,
        example=Example("validating_files", None, {"status": "created"}),
        only=("observed",),
    ),
)


def breaches(contract: str, job: Job) -> list[Problem]:
    """Return where an accepted payload breaks the rules, in the order of the rules."""
    found = _breaches(contract, job)
    mended = {operation["path"][1:]: operation["value"] for problem in found for operation in problem.repair or ()}
    if mended:
        # Once a time is in seconds, more can be asked of it; where that fails, it is open what was meant.
        left = {(problem.pointer, problem.code) for problem in found if problem.repair is None}
        if any((problem.pointer, problem.code) not in left for problem in _breaches(contract, job | mended)):
            return [evolve(problem, repair=None) for problem in found]
    return found


def _breaches(contract: str, job: Job) -> list[Problem]:
    return [
        Problem(join(path), rule.id, message, rule.severity, repair=_repair(rule, path, job))
        for rule in RULES
        if rule.holds_for(contract)
        for path, message in rule.test(job)
    ]


def _repair(rule: Rule, path: tuple[str | int, ...], job: Job) -> tuple[Operation, ...] | None:
    meant = rule.mend(job[str(path[0])]) if rule.mend else None
    return None if meant is None else ({"op": "replace", "path": join(path), "value": meant},)


MEANINGS: Final = {**codes.KEYWORDS, **codes.CONVERSION, **codes.JSON, **{rule.id: rule.requires for rule in RULES}}
"""By code: what is wrong, or for a rule what it requires."""


def meaning(code: str) -> str:
    """Return what a code means, as a sentence; for one that is not known, the code."""
    text = MEANINGS.get(code, code)
    return f"{text[0].upper()}{text[1:]}."

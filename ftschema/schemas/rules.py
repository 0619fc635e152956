"""Rules that relate several fields of a job, of another object, or of a job and its events and checkpoints.

JSON Schema cannot express them.

Every rule is a row of `RULES`. A rule is an `error` if no captured reply of the live API or of Azure violates it (143
and 34 jobs, 2023-08 to 2026-03). It is a `warning` if the vendors' own examples violate it, or if it rests on few
captures: on fewer than 20 jobs that cannot be traced to three sources.

To add a rule about one key in some statuses, add a row with a `StatusRule`: generated jobs and defects follow it. Any
other rule needs a test in `rule_tests.py` and a counterexample in its row. If generated jobs could violate it, it also
needs a step in `make_consistent` of `generation/jobs.py`.
"""

from __future__ import annotations

from functools import cache
from functools import partial as partial_call
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from attrs import evolve, field, frozen

from ftschema.core import codes
from ftschema.core.pointer import join
from ftschema.core.report import Problem, below
from ftschema.core.times import epoch_seconds
from ftschema.schemas import expectations as must_be
from ftschema.schemas.catalogue import entry
from ftschema.schemas.rule_tests import (
    MethodRule,
    StatusRule,
    created_is_of_2023,
    data_has,
    has_its_closing_event,
    hyperparameters_match_method,
    in_seconds,
    last_checkpoint_is_the_model,
    method_has_its_settings,
    method_has_no_other_settings,
    model_is_not_a_job_id,
    names_its_ends,
    newest_first,
    not_before_creation,
    of_the_job,
    one_result_file,
    range_has_two_numbers,
    step_is_that_of_metrics,
    step_is_that_of_name,
    succeeded_has_numbers,
    suffix_is_plain,
    wandb_run_is_the_job,
    within_the_job,
)
from ftschema.schemas.vocabulary import BEFORE_TRAINING, ENDED_EARLY, UNFINISHED, WAITING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ftschema.core.literals import Code, ContractName
    from ftschema.core.report import Operation
    from ftschema.schemas.rule_tests import Job, Payload, Violation


@frozen
class Counterexample:
    """A violation of a rule: a consistent job of this status and method, with these values for these keys.

    Objects of other kinds have neither a status nor a method. Values may depend on the object; a page then has an item.
    """

    status: str
    method: str | None
    values: Mapping[str, Any] | Callable[[Payload], Mapping[str, Any]] = field(hash=False)


@frozen(kw_only=True)
class Rule:
    """A rule that relates several fields of a job.

    Attributes:
        id: The code of its problems.
        requires: The requirement on a job, as a sentence.
        evidence: The captures that support it, and known exceptions.
        severity: `error` or `warning`.
        warns_for: The contracts for which it is a warning anyway.
        test: Yields the violations in a job. A `StatusRule` also guides the generated jobs and their defects.
        only: The contracts that it holds for; empty for all.
        never: The contracts that it does not hold for.
        counterexample: How to violate it; not needed for a `StatusRule`.
        repair: Returns the value that a violating value of a key stands for, or None if that is not certain.
        kinds: The kinds of objects that it is about; `history` is a job with its events and its checkpoints.
        statuses: The statuses in which a job can violate it; empty for any.
        methods: The types of method with which a job can violate it; empty for any.
        needs: A key without which, or with null or no items, nothing violates it; empty if there is none.
    """

    id: str
    requires: str
    evidence: str
    severity: Literal["error", "warning"] = "error"
    warns_for: tuple[str, ...] = ()
    test: Callable[[Job], Iterator[Violation]] = field(repr=False)
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    repair: Callable[[Any], Any] | None = field(default=None, repr=False)
    kinds: tuple[str, ...] = ("job",)
    statuses: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    needs: str = ""

    def holds_for(self, contract: ContractName) -> bool:
        """Return whether the rule holds for a contract."""
        is_its_kind = entry(contract).kind.name in self.kinds
        return is_its_kind and contract not in self.never and (not self.only or contract in self.only)

    def severity_for(self, contract: ContractName) -> Literal["error", "warning"]:
        """Return the severity of the rule's problems in a contract."""
        return "warning" if contract in self.warns_for else self.severity


_WITH_RANGE: Final = {
    "type": "reinforcement",
    "reinforcement": {
        "grader": {"type": "score_model", "name": "grader", "model": "gpt-4o", "input": [], "range": [1]},
    },
}


def _oldest_first(page: Payload) -> dict[str, Any]:
    """Return values with which a page has an item again, after an older one with the same id."""
    item = page["data"][0]
    ends = {key: item["id"] for key in ("first_id", "last_id") if page.get(key) is not None}
    return {"data": [item | {"created_at": item["created_at"] - 60}, item], **ends}


RULES: tuple[Rule, ...] = (
    Rule(
        id="succeeded-has-model",
        requires="a succeeded job names its model",
        evidence="31 of 31 live, 10 of 10 Azure",
        test=StatusRule(("succeeded",), "fine_tuned_model", must_be.STRING),
    ),
    Rule(
        id="unfinished-has-no-model",
        requires="a job that has not succeeded names no model, not even a failed or cancelled one",
        evidence="null on 97 of 97 live, absent or null on 23 of 23 Azure; look-alike servers set it early",
        test=StatusRule(UNFINISHED, "fine_tuned_model", must_be.NULL),
    ),
    Rule(
        id="succeeded-has-tokens",
        requires="a succeeded job counts its tokens",
        evidence="31 of 31 live, 10 of 10 Azure",
        test=StatusRule(("succeeded",), "trained_tokens", must_be.INTEGER),
    ),
    Rule(
        id="unfinished-has-no-tokens",
        requires="a job that has not succeeded counts no tokens",
        evidence="null on 97 of 97 live, absent or null on 23 of 23 Azure; gateways show them on running jobs",
        test=StatusRule(UNFINISHED, "trained_tokens", must_be.NULL),
    ),
    Rule(
        id="succeeded-has-finish-time",
        requires="a succeeded job has a finish time",
        evidence="31 of 31 live, 10 of 10 Azure",
        test=StatusRule(("succeeded",), "finished_at", must_be.INTEGER),
    ),
    Rule(
        id="waiting-has-no-finish-time",
        requires="a job whose training has not begun has no finish time",
        evidence="null on 70 of 70 live, absent or null on 16 of 16 Azure; a running job has one while its model is "
        "evaluated (live, 2026-03)",
        test=StatusRule(BEFORE_TRAINING, "finished_at", must_be.NULL),
    ),
    Rule(
        id="ended-early-has-no-finish-time",
        requires="a failed or cancelled job has no finish time",
        evidence="null on 19 of 19 live and on 104 more recordings, against the specification's prose; but all of "
        "them ended before their training did, and a finish time is the end of training. Not required of Azure, whose "
        "own example of a cancelled job has one",
        severity="warning",
        test=StatusRule(ENDED_EARLY, "finished_at", must_be.NULL),
        never=("azure",),
    ),
    Rule(
        id="succeeded-has-result-file",
        requires="a succeeded job has a result file",
        evidence="31 of 31 live, 10 of 10 Azure",
        test=StatusRule(("succeeded",), "result_files", must_be.FILES),
    ),
    Rule(
        id="succeeded-has-one-result-file",
        requires="a succeeded job has exactly one result file",
        evidence="one on 31 of 31 live; the specification has a list",
        severity="warning",
        test=one_result_file,
        statuses=("succeeded",),
        counterexample=Counterexample("succeeded", None, {"result_files": ["file-abc123", "file-def456"]}),
    ),
    Rule(
        id="unfinished-has-no-result-file",
        requires="a job that has not succeeded has no result files",
        evidence="empty on 97 of 97 live; not required of Azure, where a running job had one in 2025-01",
        test=StatusRule(UNFINISHED, "result_files", must_be.NO_FILES),
        never=("azure",),
    ),
    Rule(
        id="failed-has-error",
        requires="a failed job has an error with a code and a message",
        evidence="9 of 9 live, and 3 more recordings; no failed job of Azure was captured",
        warns_for=("azure",),
        test=StatusRule(("failed",), "error", must_be.ERROR),
    ),
    Rule(
        id="only-failed-has-error",
        requires="the error of a job that has not failed is absent or null, or has no code, message or param",
        evidence="119 of 119 live, 33 of 33 Azure; hand-edited fixtures violate it",
        test=StatusRule((*WAITING, "cancelled", "succeeded"), "error", must_be.NO_ERROR),
    ),
    Rule(
        id="finish-not-before-creation",
        requires="finished_at is not before created_at",
        evidence="31 of 31 live, 10 of 10 Azure",
        test=not_before_creation("finished_at"),
        needs="finished_at",
        counterexample=Counterexample("succeeded", None, {"finished_at": 1}),
    ),
    Rule(
        id="update-not-before-creation",
        requires="updated_at is not before created_at",
        evidence="8 of 8 Azure jobs that have it; equal on the newest",
        severity="warning",
        test=not_before_creation("updated_at"),
        needs="updated_at",
        counterexample=Counterexample("running", None, {"updated_at": 1}),
    ),
    Rule(
        id="estimate-not-before-creation",
        requires="estimated_finish is not before created_at",
        evidence="all Azure jobs that have it; the vendor's reference shows 0",
        severity="warning",
        test=not_before_creation("estimated_finish"),
        needs="estimated_finish",
        counterexample=Counterexample("running", None, {"estimated_finish": 0}),
    ),
    Rule(
        id="times-in-seconds",
        requires="times are seconds, not milliseconds",
        evidence="every time of 161 captured jobs is below 2^31; two gateways write milliseconds",
        test=in_seconds,
        counterexample=Counterexample("running", None, {"created_at": 1_700_000_000_000}),
        repair=epoch_seconds,
        kinds=("job", "event", "checkpoint", "permission", "webhook"),
    ),
    Rule(
        id="method-has-its-member",
        requires="method has an object under the key that its type names",
        evidence="42 of 42 live methods",
        test=method_has_its_settings,
        needs="method",
        counterexample=Counterexample("running", "dpo", {"method": {"type": "dpo"}}),
    ),
    Rule(
        id="method-has-no-other-member",
        requires="method has no settings of another type than its own",
        evidence="42 of 42 live methods; the reference of 2026 shows three at once",
        severity="warning",
        test=method_has_no_other_settings,
        needs="method",
        counterexample=Counterexample("running", "dpo", {"method": {"type": "dpo", "dpo": {}, "supervised": {}}}),
    ),
    Rule(
        id="hyperparameters-match-method",
        requires="a setting that is given both at the top level and in method has the same value; 2 equals 2.0",
        evidence="all 42 live jobs with a method; 091 has 2 at the top level and 2.0 in method",
        test=hyperparameters_match_method,
        needs="method",
        counterexample=Counterexample(
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
        requires="a supervised job has hyperparameters at the top level",
        evidence="all 38 live jobs with a supervised method, 2024-12 to 2026-03",
        test=MethodRule(("supervised",), "hyperparameters", must_be.OBJECT),
        counterexample=Counterexample("running", "supervised", {"hyperparameters": None}),
    ),
    Rule(
        id="only-supervised-has-hyperparameters",
        requires="a job with another method has no hyperparameters at the top level",
        evidence="absent on the one live reinforcement job, null on the three live DPO jobs; the published "
        "specifications require them of every job until 2026-07-15",
        severity="warning",
        test=MethodRule(("dpo", "reinforcement"), "hyperparameters", must_be.NULL),
        counterexample=Counterexample("running", "dpo", {"hyperparameters": {}}),
        only=("observed",),
    ),
    Rule(
        id="succeeded-has-numbers",
        requires="the hyperparameters of a succeeded job are the numbers that training used, not auto or -1",
        evidence="19 of 19 live and 7 of 7 Azure jobs in the corpus",
        severity="warning",
        test=succeeded_has_numbers,
        statuses=("succeeded",),
        needs="hyperparameters",
        counterexample=Counterexample("succeeded", None, {"hyperparameters": {"n_epochs": "auto"}}),
    ),
    Rule(
        id="wandb-run-is-the-job",
        requires="the run id of a Weights & Biases integration is the job's id",
        evidence="4 of 4 live integrations",
        severity="warning",
        test=wandb_run_is_the_job,
        needs="integrations",
        counterexample=Counterexample(
            "running", None, {"integrations": [{"type": "wandb", "wandb": {"project": "p", "run_id": "ftjob-other"}}]}
        ),
    ),
    Rule(
        id="range-has-two-numbers",
        requires="the range of a grader is two numbers, the lowest score and the highest",
        evidence="the SDK openai-python 3.57.0 says that the service requires it; no captured job has a range, and the "
        "published schemas allow any length",
        severity="warning",
        test=range_has_two_numbers,
        methods=("reinforcement",),
        counterexample=Counterexample("running", "reinforcement", {"method": _WITH_RANGE}),
        only=("observed", "azure", "2026-11-10", "request/observed", "request/azure"),
        kinds=("job", "request"),
    ),
    Rule(
        id="model-is-not-a-job-id",
        requires="the name of a model does not begin like the id of a job, ftjob-",
        evidence="none of 128 live and 33 Azure jobs has one; people pass the id of a job where a model is expected",
        severity="warning",
        test=model_is_not_a_job_id,
        counterexample=Counterexample("running", None, {"model": "ftjob-abc123"}),
        kinds=("job", "request"),
    ),
    Rule(
        id="created-is-of-2023",
        requires="only jobs of August and September 2023 have the status created",
        evidence="7 of 7 live jobs; validating_files replaced it by 2023-09-29",
        severity="warning",
        test=created_is_of_2023,
        statuses=("created",),
        counterexample=Counterexample("validating_files", None, {"status": "created"}),
        only=("observed",),
    ),
    Rule(
        id="page-is-newest-first",
        requires="no item of a page is newer than the one before it, by more than a second",
        evidence="all 17 raw live pages, 11 of them with 361 jobs; in one of 2023-11, an event is a second newer",
        severity="warning",
        test=newest_first,
        counterexample=Counterexample("", None, _oldest_first),
        kinds=("page",),
    ),
    Rule(
        id="page-names-its-ends",
        requires="the first_id and last_id of a page are the ids of its first and its last item",
        evidence="5 of 5 live pages of checkpoints; other pages do not have them",
        severity="warning",
        test=names_its_ends,
        counterexample=Counterexample("", None, {"first_id": "ftckpt_other"}),
        kinds=("page",),
    ),
    Rule(
        id="checkpoint-step-is-that-of-metrics",
        requires="the step of a checkpoint is that of its metrics",
        evidence="18 of 18 checkpoints of the live API, of Azure and of the specification",
        test=step_is_that_of_metrics,
        counterexample=Counterexample("", None, {"step_number": 8, "metrics": {"step": 7}}),
        kinds=("checkpoint",),
    ),
    Rule(
        id="checkpoint-step-is-that-of-name",
        requires="the name of a model that ends with :ckpt-step- and a number has the step of its checkpoint there",
        evidence="13 of 13 checkpoints of the live API, of Azure and of the specification",
        test=step_is_that_of_name,
        counterexample=Counterexample(
            "", None, {"step_number": 8, "metrics": {}, "fine_tuned_model_checkpoint": "ft:gpt-4o:org::a1:ckpt-step-7"}
        ),
        kinds=("checkpoint",),
    ),
    Rule(
        id="metrics-event-has-step",
        requires="an event of the type metrics has a step in its data",
        evidence="every captured one: live supervised jobs since 2023-08, a reinforcement job, and Azure",
        test=data_has("step", "type", "metrics"),
        counterexample=Counterexample("", None, {"type": "metrics", "level": "info", "data": {}}),
        only=("event/observed", "event/azure"),
        kinds=("event",),
    ),
    Rule(
        id="error-event-has-code",
        requires="an event of the level error has an error_code in its data",
        evidence="the one live event of an error that was captured, 2023-11; none of Azure",
        severity="warning",
        test=data_has("error_code", "level", "error"),
        counterexample=Counterexample("", None, {"type": "message", "level": "error", "data": {}}),
        only=("event/observed",),
        kinds=("event",),
    ),
    Rule(
        id="suffix-is-plain",
        requires="the suffix in a request to Azure has only letters A to Z, digits, hyphens and underscores",
        evidence="the vendor's document; no refusal was captured",
        severity="warning",
        test=suffix_is_plain,
        counterexample=Counterexample("", None, {"suffix": "my suffix"}),
        only=("request/azure",),
        kinds=("request",),
    ),
    Rule(
        id="history-is-of-one-job",
        requires="the checkpoints of a job, and the event of its creation, have its id",
        evidence="all 11 live checkpoints, 6 of Azure, and every captured event of a creation",
        test=of_the_job,
        kinds=("history",),
    ),
    Rule(
        id="history-is-within-the-job",
        requires="no event or checkpoint is older than its job, and no checkpoint newer than the end of its training",
        evidence="no captured job violates it, but few were captured together with their events and checkpoints",
        severity="warning",
        test=within_the_job,
        kinds=("history",),
    ),
    Rule(
        id="last-checkpoint-is-the-model",
        requires="the last checkpoint of a succeeded job is its model",
        evidence="all 5 live pages of checkpoints and 2 of Azure: only the name of the last has no step at its end",
        test=last_checkpoint_is_the_model,
        kinds=("history",),
    ),
    Rule(
        id="ended-job-has-closing-event",
        requires="the events of a succeeded job say that it has completed, and those of a failed job have an error",
        evidence="live jobs since 2023-08 and Azure; an older page of events does not have the last ones",
        severity="warning",
        test=has_its_closing_event,
        kinds=("history",),
    ),
)


def history_problems(contract: ContractName, history: Payload) -> list[Problem]:
    """Return the problems that a job has with its events and its checkpoints, all of them valid."""
    return _problems(contract, history, (rule for rule in RULES if "history" in rule.kinds))


def rule_problems(contract: ContractName, payload: Payload, *, partial: bool = False) -> list[Problem]:
    """Return the problems that a valid payload in names of the wire has with the rules, in the order of the rules.

    Those of the items of a page come after its own. If the payload is partial, a rule that needs a missing key does not
    apply.
    """
    problems = _with_repairs(contract, payload, partial=partial)
    items = entry(contract).items
    if items is None:
        return problems
    for index, item in enumerate(payload.get("data", ())):
        of_item = rule_problems(items, item, partial=partial)
        problems += [below(f"/data/{index}", problem) for problem in of_item]
    return problems


@cache
def rule_checker(contract: ContractName) -> Callable[[Payload], bool]:
    """Return the function that tells whether a valid payload in names of the wire violates no rule, as most do not.

    This takes a fifth of the time of making problems.
    """
    items = entry(contract).items
    if items is None:
        return partial_call(_obeys, contract)
    obeys = rule_checker(items)
    return lambda page: _obeys(contract, page) and all(map(obeys, page.get("data", ())))


def _obeys(contract: ContractName, payload: Payload) -> bool:
    get = payload.get
    status, method = get("status"), get("method")
    kind = method.get("type") if isinstance(method, dict) else None
    nulls, expectations, tests = _rules_for(
        contract, status if isinstance(status, str) else None, kind if isinstance(kind, str) else None
    )
    for key in nulls:
        if get(key) is not None:
            return False
    for key, holds in expectations:
        if not holds(get(key)):
            return False
    for key, those in tests.items():
        if key and ((value := get(key)) is None or value == []):
            continue
        for test in those:
            for _ in test(payload):
                return False
    return True


@cache
def _rules_for(
    contract: ContractName, status: str | None, method: str | None
) -> tuple[list[str], list[tuple[str, Any]], dict[str, list[Any]]]:
    """Return the tests in a status and with a method.

    These are the keys that must be null or absent, other keys with their tests, and the tests of other rules by the
    keys that they need.
    """
    nulls, expectations = [], []
    tests: dict[str, list[Any]] = {}
    for rule in RULES:
        test = rule.test
        if not rule.holds_for(contract):
            continue
        if isinstance(test, StatusRule | MethodRule):
            if not test.applies_to(status, method):
                continue
            if test.expected is must_be.NULL:
                nulls.append(test.key)
            else:
                expectations.append((test.key, test.expected.holds))
        elif (not rule.statuses or status in rule.statuses) and (not rule.methods or method in rule.methods):
            tests.setdefault(rule.needs, []).append(test)
    return nulls, expectations, tests


def _with_repairs(contract: ContractName, job: Job, *, partial: bool) -> list[Problem]:
    rules = [rule for rule in RULES if rule.holds_for(contract)]
    problems = _problems(contract, job, rules, partial=partial)
    repairs = {operation["path"][1:]: operation["value"] for problem in problems for operation in problem.repair or ()}
    if repairs:
        # A repaired time may violate further rules. Then the repair is not certain.
        known = {(problem.pointer, problem.code) for problem in problems if problem.repair is None}
        if any(
            (problem.pointer, problem.code) not in known
            for problem in _problems(contract, job | repairs, rules, partial=partial)
        ):
            return [evolve(problem, repair=None) for problem in problems]
    return problems


def _problems(
    contract: ContractName, payload: Payload, rules: Iterable[Rule], *, partial: bool = False
) -> list[Problem]:
    return [
        Problem(
            join(path),
            cast("Code", rule.id),
            message,
            rule.severity_for(contract),
            repair=_repair(rule, path, payload),
            expected=expected,
            found=found,
        )
        for rule in rules
        for path, message, is_missing, expected, found in rule.test(payload)
        if not (partial and is_missing)
    ]


def _repair(rule: Rule, path: tuple[str | int, ...], job: Job) -> tuple[Operation, ...] | None:
    value = rule.repair(job[str(path[0])]) if rule.repair else None
    return None if value is None else ({"op": "replace", "path": join(path), "value": value},)


MEANINGS: Final = {
    **codes.KEYWORDS,
    **codes.CONVERSION,
    **codes.UNKNOWN,
    **codes.JSON,
    **{rule.id: rule.requires for rule in RULES},
}
"""By code: what is wrong, or what a rule requires."""


def meaning(code: str) -> str:
    """Return the meaning of a code as a sentence; an unknown code is its own meaning."""
    text = MEANINGS.get(code, code)
    return f"{text[0].upper()}{text[1:]}."

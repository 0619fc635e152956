"""The rules about pages, checkpoints and events: what each reports, where, and how gravely."""

from __future__ import annotations

from typing import Any

import pytest

import ftschema
from ftschema import defects, fixtures
from ftschema.schemas.catalogue import every_name
from ftschema.schemas.rules import RULES
from support.helpers import sample
from support.kinds import KINDS, bases, captured
from support.rows import for_each

_NAME = "ft:gpt-4o-mini-2024-07-18:example::abcd1234:ckpt-step-"
_OTHER = {**bases("event")["message"], "id": "ftevent-other"}
_CHECKPOINTS = bases("page/checkpoint")["page"]

_GRADER = {"type": "score_model", "name": "grader", "model": "gpt-4o", "input": [], "range": [1]}
_METHOD = {"type": "reinforcement", "reinforcement": {"grader": _GRADER}}
_RANGE = "/method/reinforcement/grader/range"

# Rule, contract, the payload that is broken, the edit that breaks it, and where it is found.
_VIOLATIONS: tuple[tuple[str, str, dict[str, Any], dict[str, Any], str], ...] = (
    (
        "page-is-newest-first",
        "page/event/observed",
        bases("page/event")["page"],
        {"data": [_OTHER, {**_OTHER, "created_at": _OTHER["created_at"] + 2}]},
        "/data/1/created_at",
    ),
    ("page-names-its-ends", "page/checkpoint/observed", _CHECKPOINTS, {"first_id": "ftckpt_x"}, "/first_id"),
    ("page-names-its-ends", "page/checkpoint/2024-04-10", _CHECKPOINTS, {"last_id": "ftckpt_x"}, "/last_id"),
    ("page-names-its-ends", "page/checkpoint/observed", _CHECKPOINTS, {"data": [], "first_id": None}, "/last_id"),
    (
        "checkpoint-step-is-that-of-metrics",
        "checkpoint/azure",
        bases("checkpoint")["checkpoint"],
        {"metrics": {"step": 81.0}},
        "/metrics/step",
    ),
    (
        "checkpoint-step-is-that-of-name",
        "checkpoint/observed",
        bases("checkpoint")["checkpoint"],
        {"fine_tuned_model_checkpoint": f"{_NAME}90"},
        "/fine_tuned_model_checkpoint",
    ),
    (
        "checkpoint-step-is-that-of-metrics",
        "page/checkpoint/observed",
        _CHECKPOINTS,
        {"data": [{**_CHECKPOINTS["data"][0], "metrics": {"step": 1}}]},
        "/data/0/metrics/step",
    ),
    ("metrics-event-has-step", "event/observed", bases("event")["metrics"], {"data": {"train_loss": 0.5}}, "/data"),
    ("metrics-event-has-step", "event/azure", bases("event")["metrics"], {"data": None}, "/data"),
    ("error-event-has-code", "event/observed", bases("event")["failed"], {"data": {}}, "/data"),
    ("suffix-is-plain", "request/azure", bases("request")["azure"], {"suffix": "support bot"}, "/suffix"),
    ("model-is-not-a-job-id", "request/observed", bases("request")["request"], {"model": "ftjob-1"}, "/model"),
    ("range-has-two-numbers", "request/azure", bases("request")["dpo"], {"method": _METHOD}, _RANGE),
    ("times-in-seconds", "event/observed", _OTHER, {"created_at": 1_734_568_000_000}, "/created_at"),
    (
        "times-in-seconds",
        "webhook/2026-05-13",
        bases("webhook")["webhook"],
        {"created_at": 1_719_168_000_000},
        "/created_at",
    ),
)
_KINDS_OF_OBJECTS = {"event", "checkpoint", "page", "request"}


@for_each(("rule", "contract", "coherent", "edit", "pointer"), _VIOLATIONS)
def test_a_violation(rule: str, contract: Any, coherent: dict[str, Any], edit: dict[str, Any], pointer: str) -> None:
    """One violation of a rule is one problem: the id of the rule, at the violating value."""
    assert not ftschema.check(coherent, contract, lifecycle=True).problems
    assert not ftschema.check(coherent | edit, contract).problems
    [problem] = ftschema.check(coherent | edit, contract, lifecycle=True)
    assert (problem.code, problem.pointer) == (rule, pointer)
    assert problem.severity == next(row.severity for row in RULES if row.id == rule)


def test_every_rule_is_broken_here() -> None:
    """Each rule about such an object has a violation above."""
    assert {row[0] for row in _VIOLATIONS} == {rule.id for rule in RULES if _KINDS_OF_OBJECTS & {*rule.kinds}}


def test_missing_data() -> None:
    """Data that is missing is reported at the event, unless the event is partial."""
    event = {key: value for key, value in bases("event")["metrics"].items() if key != "data"}
    [problem] = ftschema.event.check(event, lifecycle=True)
    assert (problem.code, problem.pointer) == ("metrics-event-has-step", "")
    assert not ftschema.event.check(event, lifecycle=True, partial=True).problems


def test_repair_in_a_page() -> None:
    """The repair of an item is at its place in the page."""
    page = bases("page/event")["page"]
    page = page | {"data": [page["data"][0] | {"created_at": 1_734_568_000_000}]}
    report = ftschema.page.check(page, lifecycle=True)
    assert [problem.pointer for problem in report] == ["/data/0/created_at"]
    repaired = ftschema.repaired(page, report)
    assert repaired["data"][0]["created_at"] == 1_734_568_000


@for_each("kind", KINDS)
def test_captured_payloads_are_coherent(kind: str) -> None:
    """No captured payload of the live API or of Azure breaks a rule, not even one that only warns."""
    for name, contract, payload in captured(kind):
        full: Any = f"{kind}/{contract}"
        assert not ftschema.check(payload, full, lifecycle=True).problems, name


_OF_OBJECTS = [name for name in every_name() if "/" in name]


@pytest.mark.parametrize("contract", sample(_OF_OBJECTS, "page/checkpoint/observed", "event/azure"))
def test_generated_payloads_are_coherent(contract: Any) -> None:
    """Generated payloads satisfy the rules of their kind, and those of the items of a page."""
    for seed in range(40):
        payload = fixtures.payload(seed, contract=contract, style="edges")
        report = ftschema.check(payload, contract, lifecycle=True)
        assert not report.problems, report


@for_each(
    ("contract", "fixed"),
    [
        ("event/observed", {"level": "error"}),
        ("event/observed", {"type": "metrics"}),
        ("event/observed", {"data": None}),
        ("checkpoint/observed", {"step_number": 7}),
        ("checkpoint/observed", {"metrics": {"step": 7}, "fine_tuned_model_checkpoint": "ft:a:b::c:ckpt-step-7"}),
        ("page/checkpoint/observed", {"data": [bases("checkpoint")["checkpoint"]]}),
        ("page/checkpoint/observed", {"data": [], "first_id": None}),
        ("request/azure", {"suffix": "x"}),
        ("request/observed", {"method": {"type": "supervised"}}),
    ],
)
def test_fixed_values(contract: Any, fixed: dict[str, Any]) -> None:
    """The rest of an object is generated to match the values that are fixed."""
    for seed in range(30):
        payload = fixtures.payload(seed, contract=contract, style="edges", **fixed)
        assert payload | fixed == payload
        assert not ftschema.check(payload, contract, lifecycle=True).problems


def test_fixed_values_that_break_a_rule() -> None:
    """Fixed values that no coherent object has are a conflict."""
    with pytest.raises(ftschema.CannotCombineError):
        fixtures.payload(1, contract="event/observed", type="metrics", data=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "contract",
    sample(_OF_OBJECTS, "checkpoint/observed", "event/observed", "page/checkpoint/observed", "request/azure"),
)
def test_defects(contract: Any) -> None:
    """Each rule that holds for a contract has a defect, which violates it and nothing else."""
    kinds = [kind for kind in defects.catalogue(contract) if kind.lifecycle]
    assert {kind.code for kind in kinds} == {rule.id for rule in RULES if rule.holds_for(contract)}
    for kind in kinds:
        for defect in fixtures.defects(5, 1, contract=contract, code=kind.code):
            [problem] = ftschema.check(defect.payload, contract, lifecycle=True)
            assert (problem.pointer, problem.code) == (defect.pointer, defect.code)

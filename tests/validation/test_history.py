"""A job, its events and its checkpoints are compared with one another."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given

import ftschema
from ftschema import fixtures, strategies
from ftschema.schemas.rules import RULES
from support.helpers import examples
from support.rows import for_each


def _history(status: str, contract: ftschema.ContractName = "observed") -> dict[str, Any]:
    """Return a job that has ended, with its pages."""
    fixed: dict[str, Any] = {"status": status, "hyperparameters": {"n_epochs": 2}}
    step = fixtures.trace(2, full=True, contract=contract, **fixed)[-1]
    return deepcopy({"job": step.job, "events": step.events, "checkpoints": step.checkpoints})


def _found(history: dict[str, Any], contract: ftschema.ContractName = "observed") -> list[tuple[str, str, str]]:
    report = ftschema.check_history(
        history["job"], events=history["events"], checkpoints=history["checkpoints"], contract=contract
    )
    return [(problem.pointer, problem.code, problem.severity) for problem in report]


@pytest.mark.parametrize("contract", ["observed", "azure"])
def test_generated(contract: ftschema.ContractName) -> None:
    """Every step of a full trace is coherent."""
    for seed in range(40):
        for step in fixtures.trace(seed, full=True, contract=contract):
            report = ftschema.check_history(
                step.job, events=step.events, checkpoints=step.checkpoints["data"], contract=contract
            )
            assert not report.problems, report


@given(strategies.traces(full=True))
@examples(0.4)
def test_drawn(trace: tuple[ftschema.TraceStep, ...]) -> None:
    """So is every step that the strategy draws."""
    for step in trace:
        assert not ftschema.check_history(step.job, events=step.events, checkpoints=step.checkpoints).problems


def test_without_events() -> None:
    """A job alone has nothing that could contradict it."""
    assert ftschema.check_history(_history("succeeded")["job"]).problems == ()


def test_other_job() -> None:
    """Checkpoints and the event of the creation have the id of the job."""
    history = _history("succeeded")
    history["job"]["id"] = "ftjob-other"
    events, checkpoints = history["events"]["data"], history["checkpoints"]["data"]
    assert _found(history) == [
        (f"/events/data/{len(events) - 1}/message", "history-is-of-one-job", "error"),
        *(
            (f"/checkpoints/data/{index}/fine_tuning_job_id", "history-is-of-one-job", "error")
            for index in range(len(checkpoints))
        ),
    ]


def test_times() -> None:
    """No event is older than the job, by more than a second, and no checkpoint newer than the end of training."""
    history = _history("succeeded")
    history["events"] = history["events"]["data"][::-1]
    created, finished = history["job"]["created_at"], history["job"]["finished_at"]
    history["events"][0]["created_at"] = created - 1
    history["events"][1]["created_at"] = created - 2
    history["checkpoints"]["data"][1]["created_at"] = finished + 1
    assert _found(history) == [
        ("/events/1/created_at", "history-is-within-the-job", "warning"),
        ("/checkpoints/data/1/created_at", "history-is-within-the-job", "warning"),
    ]


@pytest.mark.parametrize("contract", ["observed", "azure"])
def test_last_checkpoint(contract: ftschema.ContractName) -> None:
    """The checkpoint with the highest step is the model of a succeeded job, in whatever order they are."""
    history = _history("succeeded", contract)
    history["checkpoints"] = history["checkpoints"]["data"][::-1]
    assert _found(history, contract) == []
    history["job"]["fine_tuned_model"] = "ft:other:org::abc"
    last = len(history["checkpoints"]) - 1
    pointer = f"/checkpoints/{last}/fine_tuned_model_checkpoint"
    assert _found(history, contract) == [(pointer, "last-checkpoint-is-the-model", "error")]


@for_each("status", ["succeeded", "failed"])
@for_each("contract", ["observed", "azure"])
def test_closing_event(status: str, contract: ftschema.ContractName) -> None:
    """The events of a job that has ended say so, if there are any."""
    history = _history(status, contract)
    history["events"]["data"] = history["events"]["data"][-1:]
    assert _found(history, contract) == [("/events", "ended-job-has-closing-event", "warning")]
    history["events"]["data"] = []
    assert _found(history, contract) == []


def test_invalid_parts_come_first() -> None:
    """What is invalid by itself is reported at its place, and nothing is compared then."""
    history = _history("succeeded")
    history["job"]["id"] = 5
    history["events"]["data"][0]["level"] = "Info"
    history["checkpoints"] = [*history["checkpoints"]["data"], {}]
    report = ftschema.check_history(**history)
    places = {problem.pointer: problem.code for problem in report}
    assert places.keys() == {"/job/id", "/events/data/0/level", f"/checkpoints/{len(history['checkpoints']) - 1}"}
    [repair] = [problem.repair for problem in report if problem.repair]
    assert repair[0]["path"] == "/events/data/0/level"


def test_contracts() -> None:
    """Only a contract that jobs, events and checkpoints have can check a history."""
    with pytest.raises(ftschema.UnknownContractError):
        ftschema.check_history({}, contract="dart")


def test_every_rule_is_broken_here() -> None:
    """The rules about a history are those whose violations are above, and can be explained."""
    rules = [rule for rule in RULES if "history" in rule.kinds]
    assert {rule.id for rule in rules} == {
        *("history-is-of-one-job", "history-is-within-the-job"),
        *("last-checkpoint-is-the-model", "ended-job-has-closing-event"),
    }
    for rule in rules:
        assert rule.requires in str(ftschema.explain(rule.id)).lower()

"""A full trace has what a poller reads: the job with the events and the checkpoints of the same moment."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given

import ftschema
from ftschema import fixtures, strategies
from support.helpers import examples, sample
from support.kinds import schema

CONTRACTS = ("observed", "azure")
SEEDS = range(60)
Trace = tuple[ftschema.TraceStep, ...]


@cache
def _engine(kind: str, contract: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(kind, contract))


def _check(trace: Trace, contract: ftschema.ContractName) -> None:
    for step in trace:
        assert ftschema.check(step.job, contract, lifecycle=True).problems == ()
        for kind, page in (("event", step.events), ("checkpoint", step.checkpoints)):
            assert _engine(f"page/{kind}", contract).is_valid(page), page
            assert all(_engine(kind, contract).is_valid(item) for item in page["data"]), page
            times = [item["created_at"] for item in page["data"]]
            assert times == sorted(times, reverse=True)
            assert all(time >= step.job["created_at"] for time in times)
            assert len({item["id"] for item in page["data"]}) == len(times)
        _check_checkpoints(step)
    for before, after in pairwise(trace):
        # What a server has shown does not change; on a page of events, newer ones may take its place.
        known = before.events["data"]
        newer = after.events["data"]
        assert newer[len(newer) - len(known) :] == known or after.events["has_more"]
        assert not before.checkpoints["data"] or before.checkpoints == after.checkpoints


def _check_checkpoints(step: ftschema.TraceStep) -> None:
    job, checkpoints = step.job, step.checkpoints["data"]
    assert not checkpoints or job.get("finished_at") is not None
    if job["status"] == "succeeded" and job["created_at"] >= 1_712_620_800:
        assert checkpoints[0]["fine_tuned_model_checkpoint"] == job["fine_tuned_model"]
    for number, checkpoint in enumerate(checkpoints):
        assert checkpoint["fine_tuning_job_id"] == job["id"]
        assert checkpoint["created_at"] <= job["finished_at"]
        assert checkpoint["metrics"]["step"] == checkpoint["step_number"]
        name = checkpoint["fine_tuned_model_checkpoint"]
        assert name.endswith(f":ckpt-step-{checkpoint['step_number']}") or number == 0
    if "first_id" in step.checkpoints:
        ends = [checkpoints[index]["id"] if checkpoints else None for index in (0, -1)]
        assert [step.checkpoints["first_id"], step.checkpoints["last_id"]] == ends


@pytest.mark.parametrize("contract", CONTRACTS)
def test_seeded(contract: ftschema.ContractName) -> None:
    """Each step is valid and coherent; with the same seed, the jobs are those of the trace that is not full."""
    for seed in SEEDS:
        trace = fixtures.trace(seed, full=True, contract=contract)
        assert tuple(step.job for step in trace) == fixtures.trace(seed, contract=contract)
        _check(trace, contract)


@pytest.mark.parametrize("contract", sample(CONTRACTS, "observed"))
def test_drawn(contract: ftschema.ContractName) -> None:
    """The strategy draws such traces of all jobs that a contract allows."""

    @given(strategies.traces(full=True, contract=contract))
    @examples(0.6, database=None, derandomize=True)
    def run(trace: Trace) -> None:
        _check(trace, contract)

    run()


def test_poller() -> None:
    """A poller that reads events until the one that closes them gets the model, or the error, of the job."""
    for seed in SEEDS:
        messages: dict[str, dict[str, Any]] = {}
        for step in fixtures.trace(seed, full=True):
            messages |= {event["message"]: event for event in step.events["data"]}
        if step.job["status"] == "succeeded":
            assert "The job has successfully completed" in messages
            assert f"New fine-tuned model created: {step.job['fine_tuned_model']}" in messages
        if step.job["status"] == "failed":
            [error] = [event for event in messages.values() if event["level"] == "error"]
            codes = {"error_code": step.job["error"]["code"], "error_param": step.job["error"]["param"]}
            assert (error["message"], error["data"]) == (step.job["error"]["message"], codes)


def test_order_of_messages() -> None:
    """The messages of a live job are in the order of captured ones; its data is null once and else never."""
    events = fixtures.trace(0, full=True, status="succeeded", hyperparameters={"n_epochs": 1})[-1].events["data"][::-1]
    beginnings = ["Created", "Validating", "Files validated", "Fine-tuning job started", "Step 1/"]
    assert [event["message"].startswith(start) for event, start in zip(events, beginnings, strict=False)] == [True] * 5
    assert events[-1]["message"] == "The job has successfully completed"
    assert [event["message"] for event in events if event["data"] is None] == ["Fine-tuning job started"]


def test_evaluation() -> None:
    """While its model is evaluated, the events of a job say so, and not yet that it has completed."""
    traces = [fixtures.trace(seed, full=True, status="succeeded") for seed in SEEDS]
    evaluated = [step for trace in traces for step in trace[:-1] if step.job["finished_at"] is not None]
    assert len(evaluated) > 5
    for step in evaluated:
        assert step.events["data"][0]["message"] == "Evaluating model against our usage policies"
        assert step.checkpoints["data"]


def test_long_training() -> None:
    """A page has the twenty newest events, as by default, and says whether there are older ones."""
    trace = fixtures.trace(1, full=True, status="succeeded", hyperparameters={"n_epochs": 40})
    assert (len(trace[0].events["data"]), trace[0].events["has_more"]) == (2, False)
    assert (len(trace[-1].events["data"]), trace[-1].events["has_more"]) == (20, True)


def test_reinforcement() -> None:
    """Events of reinforcement training have nested metrics and no loss."""
    step = fixtures.trace(1, full=True, status="succeeded", method="reinforcement")[-1]
    metrics = [event["data"] for event in step.events["data"] if event["type"] == "metrics"]
    assert metrics
    assert all("scores" in data and "train_loss" not in data for data in metrics)
    assert step.checkpoints["data"][0]["metrics"] == {"step": step.checkpoints["data"][0]["step_number"]}


def test_old_job() -> None:
    """In 2023 there were no checkpoints, no total number of steps, and null for data that is empty now."""
    fixed: dict[str, Any] = {"status": "succeeded", "created_at": 1_693_000_000, "finished_at": 1_693_000_900}
    step = fixtures.trace(1, full=True, era="2023-08", **fixed)[-1]
    data = [event["data"] for event in step.events["data"]]
    metrics = [one for one in data if one is not None]
    assert None in data
    assert metrics
    assert all(one["step"] and "total_steps" not in one for one in metrics)
    assert step.checkpoints["data"] == []


def test_checkpoints_of_2024() -> None:
    """The metrics of checkpoints of 2024 have no type."""
    fixed: dict[str, Any] = {"status": "succeeded", "created_at": 1_723_885_698, "finished_at": 1_723_886_490}
    step = fixtures.trace(1, full=True, era="2024-08", **fixed)[-1]
    assert step.checkpoints["data"]
    assert all("type" not in checkpoint["metrics"] for checkpoint in step.checkpoints["data"])


@pytest.mark.parametrize("contract", ["2025-03-11", "dart"])
def test_other_contracts(contract: ftschema.ContractName) -> None:
    """Only the contracts of servers whose events were captured have full traces."""
    with pytest.raises(ftschema.CannotCombineError, match="full trace"):
        fixtures.trace(1, full=True, contract=contract)
    with pytest.raises(ftschema.CannotCombineError, match="full trace"):
        strategies.traces(full=True, contract=contract)


def test_repr() -> None:
    """The strategy says that its traces are full."""
    assert repr(strategies.traces(full=True)) == "traces(full=True)"

"""A trace is one job as its server shows it: each step could be a reply, and the steps follow one another."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures, strategies
from ftschema.generation.jobs import resolve_auto, restore_auto
from support.helpers import VARIED_CONTRACTS, examples, sample, smallest
from support.oracles.sdk_documents import in_wire_names
from support.rows import for_each

ENDS = {"succeeded", "failed", "cancelled"}
SEEDS = range(60)

# What follows what, from the captures: live jobs start by validating their files, Azure's are pending first. A job
# fails or is cancelled at any time before its end, and succeeds only after it ran.
LIVE = {
    None: {"validating_files"},
    "validating_files": {"queued", "running", "failed", "cancelled"},
    "queued": {"running", "failed", "cancelled"},
    # A second time while the model is evaluated.
    "running": {*ENDS, "running", "pausing"},
    "pausing": {"paused"},
    "paused": {"running"},
}
AZURE = {
    None: {"pending"},
    "pending": {"running", "failed", "cancelled"},
    "running": {*ENDS, "pausing"},
    "pausing": {"paused"},
    "paused": {"resuming"},
    "resuming": {"running"},
}

CONSTANT = ("id", "object", "created_at", "model", "training_file", "validation_file", "seed", "metadata")


def _check(spelled: tuple[dict[str, Any], ...], contract: ftschema.ContractName) -> None:
    trace = [in_wire_names(contract, step) for step in spelled]
    statuses = [step["status"] for step in trace]
    follows: dict[Any, set[str]] = AZURE if contract == "azure" else LIVE
    for before, after in zip([None, *statuses[:-1]], statuses, strict=True):
        assert after in follows[before], statuses
    assert statuses[-1] in ENDS
    assert not ENDS & set(statuses[:-1])
    for step in spelled:
        assert ftschema.check(step, contract, lifecycle=True).problems == (), step
    for key in CONSTANT:
        assert all((key in step, step.get(key)) == (key in trace[0], trace[0].get(key)) for step in trace), key
    updates = [step["updated_at"] for step in trace if "updated_at" in step]
    assert updates == sorted(updates)
    assert len(updates) in {0, len(trace)}


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "azure", "powershell"))
def test_seeded_traces(contract: ftschema.ContractName) -> None:
    """Each step of a seed's trace is valid and coherent, in a legal order, and all three ends are reached."""
    traces = [fixtures.trace(seed, contract=contract) for seed in SEEDS]
    for trace in traces:
        _check(trace, contract)
    ways = {tuple(step["status"] for step in in_wire_names(contract, list(trace))) for trace in traces}
    assert {way[-1] for way in ways} == ENDS
    assert len(ways) > 3


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "azure"))
def test_drawn_traces(contract: ftschema.ContractName) -> None:
    """The strategy draws such traces too, with all three ends."""
    ends = set()

    @given(strategies.traces(contract=contract))
    @examples(1, database=None, derandomize=True)
    def run(trace: tuple[dict[str, Any], ...]) -> None:
        _check(trace, contract)
        ends.add(in_wire_names(contract, trace[-1])["status"])

    run()
    assert ends == ENDS


def test_evaluation() -> None:
    """Some succeeded jobs run on after their training ended: with a finish time, and without a model."""
    windows = 0
    for seed in SEEDS:
        trace = fixtures.trace(seed, status="succeeded")
        for step in trace[:-1]:
            if step["finished_at"] is not None:
                windows += 1
                assert (step["status"], step["fine_tuned_model"]) == ("running", None)
                assert step["finished_at"] == trace[-1]["finished_at"]
    assert 10 < windows < 50


def test_auto_is_resolved() -> None:
    """A live job says "auto" only while its files are validated; other settings do not change."""
    seen = set()
    for seed in range(200):
        trace = fixtures.trace(seed)
        for before, after in pairwise(trace):
            for key, value in (before.get("hyperparameters") or {}).items():
                now = after["hyperparameters"][key]
                seen.add((value == "auto", now == "auto"))
                assert value in (now, "auto")
        for step in trace:
            if step["status"] in {"queued", "running"}:
                assert "auto" not in (step.get("hyperparameters") or {}).values()
    assert seen >= {(True, False), (False, False)}


@pytest.mark.parametrize("contract", ["observed", "azure", "2026-11-10"])
def test_pause(contract: ftschema.ContractName) -> None:
    """A few traces show a job that is paused and runs again; older contracts lack the status."""
    traces = [[step["status"] for step in fixtures.trace(seed, contract=contract)] for seed in range(300)]
    paused = [statuses for statuses in traces if "paused" in statuses]
    assert 0 < len(paused) < 60
    assert all(statuses[statuses.index("paused") + 1 :].count("running") >= 1 for statuses in paused)
    for seed in range(100):
        statuses = [step["status"] for step in fixtures.trace(seed, contract="2026-07-15")]
        assert "paused" not in statuses


def test_azure_updates() -> None:
    """On Azure `updated_at` starts at the creation and goes forward over the steps."""
    traces = [fixtures.trace(seed, contract="azure", era="2023-09") for seed in SEEDS]
    moving = [trace for trace in traces if "updated_at" in trace[-1]]
    assert moving
    assert all(trace[0]["updated_at"] == trace[0]["created_at"] for trace in moving)
    assert any(trace[0]["updated_at"] < trace[-1]["updated_at"] for trace in moving)


@for_each(
    "fixed",
    [
        {"status": "failed"},
        {"status": "succeeded"},
        {"status": "cancelled", "model": "gpt-4o"},
        {"method": "dpo"},
        {"method": "supervised", "hyperparameters": {"n_epochs": 4}},
        {"id": "ftjob-mine", "training_file": "file-mine"},
        # These leave one end.
        {"fine_tuned_model": "ft:gpt-4o:mine"},
        {"trained_tokens": 5},
        {"error": {"code": "c", "message": "m", "param": None}},
    ],
)
def test_fixed_parts(fixed: dict[str, Any]) -> None:
    """The end has the fixed parts, whatever the seed, and the steps before go with it."""
    for seed in SEEDS:
        trace = fixtures.trace(seed, **fixed)
        _check(trace, "observed")
        for key, value in fixed.items():
            drawn = trace[-1][key]["type"] if key == "method" else trace[-1][key]
            assert drawn == value


@for_each("key", ["status", "Status"])
@for_each("end", sorted(ENDS))
def test_end_in_either_name(key: str, end: str) -> None:
    """The end may be asked for by the wire's name of the status or by the contract's own."""
    fixed: dict[str, Any] = {key: end}
    for seed in SEEDS:
        trace = fixtures.trace(seed, contract="powershell", **fixed)
        _check(trace, "powershell")
        assert trace[-1]["Status"] == end


@pytest.mark.parametrize(
    ("fixed", "why"),
    [
        ({"status": "running"}, 'must be "succeeded", "failed" or "cancelled", found "running"'),
        ({"status": "failed", "fine_tuned_model": "ft:x"}, "unfinished-has-no-model"),
        ({"status": "failed", "error": None}, "failed-has-error"),
        ({"status": "succeeded", "error": {"code": "c", "message": "m"}}, "only-failed-has-error"),
        ({"colour": "red"}, 'no key "colour"'),
        ({"method": "magic"}, 'no method "magic"'),
    ],
    ids=repr,
)
class TestImpossible:
    """Parts that no job has at its end."""

    def test_fixture(self, fixed: dict[str, Any], why: str) -> None:
        """The fixture raises for every seed, and says why."""
        for seed in range(5):
            with pytest.raises(ftschema.CannotCombineError, match=why):
                fixtures.trace(seed, **fixed)

    def test_strategy(self, fixed: dict[str, Any], why: str) -> None:
        """The strategy raises when it is made, not when it is drawn from."""
        with pytest.raises(ftschema.CannotCombineError, match=why):
            strategies.traces(**fixed)


@pytest.mark.slow
def test_strategies_as_values() -> None:
    """A fixed part of the strategy may be a strategy itself."""
    ended = strategies.traces(status=st.sampled_from(["failed", "cancelled"]), seed=st.integers(5, 9))
    trace = smallest(ended, lambda steps: steps[-1]["status"] == "cancelled")
    _check(trace, "observed")
    assert trace[-1]["seed"] == 5


def test_steps_share_nothing() -> None:
    """A change of one step changes no other."""
    for seed in SEEDS:
        trace = fixtures.trace(seed, metadata={"a": "b"})
        for step in trace[:-1]:
            step["metadata"]["a"] = "changed"
            step["result_files"].append("changed")
        assert trace[-1]["metadata"] == {"a": "b"}
        assert "changed" not in trace[-1]["result_files"]


@pytest.mark.parametrize("end", sample(sorted(ENDS)))
def test_smallest(end: str) -> None:
    """A trace shrinks to the shortest way, and to the job that one would write by hand."""
    trace = smallest(strategies.traces(status=end))
    way = ["validating_files"] if end != "succeeded" else ["validating_files", "queued", "running"]
    assert [step["status"] for step in trace] == [*way, end]
    assert trace[0] == {
        "id": "ftjob-abc123",
        "object": "fine_tuning.job",
        "created_at": 1_700_000_000,
        "status": "validating_files",
        "model": "gpt-4o-mini-2024-07-18",
        "fine_tuned_model": None,
        "finished_at": None,
        "trained_tokens": None,
        "training_file": "file-abc123",
        "validation_file": None,
        "result_files": [],
        "organization_id": "org-abc123",
        # What failed had no error before.
        **({"error": None} if end == "failed" else {}),
    }


def test_notation_of_resolved_settings() -> None:
    """What "auto" becomes is an integer, but 1.0 for the multiplier in a method, as the live API writes it."""
    job: dict[str, Any] = {"hyperparameters": {"n_epochs": "auto", "learning_rate_multiplier": "auto"}}
    job["method"] = {"type": "supervised", "supervised": deepcopy(job)}
    resolve_auto(job)
    assert repr([*job["hyperparameters"].values()]) == "[3, 1]"
    assert repr([*job["method"]["supervised"]["hyperparameters"].values()]) == "[3, 1.0]"


def test_auto_that_a_contract_lacks() -> None:
    """A number stays a number if the contract does not declare the key."""
    job = {"hyperparameters": {"n_epochs": 3, "batch_size": 4}}
    restore_auto("2023-10-05", job)
    assert job == {"hyperparameters": {"n_epochs": "auto", "batch_size": 4}}

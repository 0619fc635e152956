"""Fixtures of the other kinds look like captured ones: whole, coherent, and with nothing that no server sends."""

from __future__ import annotations

from typing import Any

import pytest
from openai.types.fine_tuning import FineTuningJobEvent
from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint

import ftschema
from ftschema import fixtures
from ftschema.schemas.catalogue import every_name
from support.helpers import sample

_CAPTURED = [
    name
    for name in every_name()
    if "/" in name and name.rpartition("/")[2] in {"observed", "azure"} and not name.startswith("permission")
]
_SEEDS = range(30)


def _payload(seed: int, contract: Any, **fixed: Any) -> dict[str, Any]:
    payload: dict[str, Any] = fixtures.payload(seed, contract=contract, **fixed)
    return payload


@pytest.mark.parametrize(
    "contract", sample(_CAPTURED, "page/event/azure", "page/checkpoint/observed", "page/job/observed", "request/azure")
)
def test_valid_and_coherent(contract: ftschema.ContractName) -> None:
    """Each satisfies its contract and its rules, and has only keys that the contract declares."""
    payloads = [fixtures.payload(seed, contract=contract) for seed in _SEEDS]
    for payload in payloads:
        assert not ftschema.check(payload, contract, lifecycle=True, unknown="warn").problems
    assert payloads == [fixtures.payload(seed, contract=contract, style="wire") for seed in _SEEDS]
    assert len({str(payload) for payload in payloads}) > 1


def test_errors() -> None:
    """Both clouds refuse requests in their own form."""
    assert {len(_payload(seed, "error/observed")["error"]) for seed in _SEEDS} == {4}
    assert {len(_payload(seed, "error/azure")["error"]) for seed in _SEEDS} == {2}


def test_checkpoints() -> None:
    """A live checkpoint has 5 metrics if there is a validation file, or else 3; one of Azure has all 7."""
    found: dict[str, set[int]] = {"checkpoint/observed": set(), "checkpoint/azure": set()}
    for contract, numbers in found.items():
        for seed in _SEEDS:
            numbers.add(len(_payload(seed, contract)["metrics"].keys() - {"type"}))
    assert 5 in found["checkpoint/observed"] <= {1, 3, 5}
    assert found["checkpoint/azure"] == {7}


def test_the_classes_of_the_sdk() -> None:
    """The classes of the official SDK accept events and checkpoints, but for the type that they do not know."""
    for seed in _SEEDS:
        event = _payload(seed, "event/observed")
        if event["type"] != "moderation_checks":
            FineTuningJobEvent.model_validate(event)
        FineTuningJobCheckpoint.model_validate(_payload(seed, "checkpoint/observed"))


def test_fixed_values() -> None:
    """The rest matches the values that are fixed; if no captured object can have them, it is any that is allowed."""
    for seed in _SEEDS:
        event = _payload(seed, "event/observed", level="error")
        assert event["data"]["error_code"]
        checkpoint = _payload(seed, "checkpoint/observed", step_number=7)
        assert checkpoint["metrics"].get("step") in {7, None}
        request = _payload(seed, "request/observed", suffix="mine")
        assert request["suffix"] == "mine"


@pytest.mark.parametrize("contract", ["permission/2025-03-22", "webhook/2026-05-13", "event/2024-12-18"])
def test_never_captured(contract: ftschema.ContractName) -> None:
    """What was never captured has no captured form."""
    assert ftschema.is_valid(fixtures.payload(1, contract=contract), contract)
    with pytest.raises(ftschema.CannotCombineError, match="captured"):
        fixtures.payload(1, contract=contract, style="wire")


def test_webhooks() -> None:
    """A webhook has the id of a job."""
    for seed in _SEEDS:
        assert _payload(seed, "webhook/2026-05-13")["data"]["id"][:4] != "evt_"
    data = {"id": "evt_mine"}
    assert _payload(1, "webhook/2026-05-13", data=data)["data"] == data

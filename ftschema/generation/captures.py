"""Draw objects of the other kinds as the live API and Azure send or take them.

Events, checkpoints and pages are those of a job: a step of a full trace. A request is the one that created a job.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from ftschema.generation.history import full_trace
from ftschema.generation.plans import plan, trace_plan
from ftschema.generation.values import choose
from ftschema.generation.wire import LATEST
from ftschema.jsontext.data import deep_copy

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftschema.core.literals import ContractName
    from ftschema.generation.history import TraceStep
    from ftschema.generation.plans import TracePlan
    from ftschema.generation.values import Chooser

_MOST_JOBS: Final = 4

# The bodies of captured error replies, the most frequent kind first: message, param, code.
_LIVE_ERRORS: Final = (
    ("invalid training_file: file-abc123", "training_file", None),
    ("invalid validation_file: file-abc123", "validation_file", None),
    ("Could not find fine tune: ftjob-abc123", "fine_tune_id", "fine_tune_not_found"),
    ("invalid nepochs: 2, extra inputs are not permitted", "nepochs", None),
    ("This fine-tune request has been rate-limited.", None, "rate_limit_exceeded"),
    ("Fine-tuning is not available to this organization.", None, "training_not_available"),
)
_AZURE_ERRORS: Final = (
    ("invalidPayload", "The specified base model does not support fine-tuning."),
    ("404", "Resource not found"),
)
_TRAINING_TYPES: Final = ("GlobalStandard", "globalstandard", "Standard", "developerTier")


def draw_like_captured(contract: ContractName, chooser: Chooser) -> dict[str, Any] | None:
    """Return an object like captured ones; None if it is not known how those of its kind look."""
    kind, _, name = contract.rpartition("/")
    draw = _DRAW.get(kind)
    return draw(cast("ContractName", name), chooser) if draw else None


def _step(contract: ContractName, chooser: Chooser, *, has_checkpoints: bool = False) -> TraceStep:
    """Return a step of a full trace."""
    found = _plan(contract, "succeeded" if has_checkpoints else None)
    steps = full_trace(contract, found.draw(chooser), chooser)
    return steps[-1] if has_checkpoints else choose(steps[::-1], chooser)


@cache
def _plan(contract: ContractName, status: str | None) -> TracePlan:
    return trace_plan(contract, {"status": status} if status else {}, era=LATEST)


def _event(contract: ContractName, chooser: Chooser) -> dict[str, Any]:
    return choose(_step(contract, chooser).events["data"], chooser)


def _checkpoint(contract: ContractName, chooser: Chooser) -> dict[str, Any]:
    return choose(_step(contract, chooser, has_checkpoints=True).checkpoints["data"], chooser)


def _events(contract: ContractName, chooser: Chooser) -> dict[str, Any]:
    return _step(contract, chooser).events


def _checkpoints(contract: ContractName, chooser: Chooser) -> dict[str, Any]:
    return _step(contract, chooser, has_checkpoints=True).checkpoints


def _jobs(contract: ContractName, chooser: Chooser) -> dict[str, Any]:
    chosen = plan(contract, {}, era=LATEST)
    jobs = [chosen.draw(chooser) for _ in range(1 + chooser(_MOST_JOBS))]
    jobs.sort(key=lambda job: job["created_at"], reverse=True)
    return {"object": "list", "data": jobs, "has_more": bool(chooser(2))}


def _error(contract: ContractName, chooser: Chooser) -> dict[str, Any]:
    if contract == "azure":
        code, message = choose(_AZURE_ERRORS, chooser)
        return {"error": {"code": code, "message": message}}
    message, param, live_code = choose(_LIVE_ERRORS, chooser)
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": live_code}}


def _request(contract: ContractName, chooser: Chooser) -> dict[str, Any]:
    job = plan(contract, {}, era=LATEST).draw(chooser)
    keys = ("model", "training_file", "validation_file", "seed", "method")
    request = {key: deep_copy(job[key]) for key in keys if job.get(key) is not None}
    suffix = job.get("user_provided_suffix") or job.get("suffix")
    request |= {"suffix": suffix} if suffix else {}
    return request | ({"trainingType": choose(_TRAINING_TYPES, chooser)} if contract == "azure" else {})


_DRAW: Final[dict[str, Callable[[ContractName, Chooser], dict[str, Any]]]] = {
    "event": _event,
    "checkpoint": _checkpoint,
    "page/event": _events,
    "page/checkpoint": _checkpoints,
    "page/job": _jobs,
    "request": _request,
    "error": _error,
}

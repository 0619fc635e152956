"""What people would use instead, and the payloads in the nearest form that each of them takes."""

from __future__ import annotations

import json
from typing import Any

import attrs
import cattrs
from openai.types.fine_tuning import FineTuningJob as ClientJob
from pydantic import ValidationError

from support.data import corpus

LIVE: list[dict[str, Any]] = [job.payload for job in corpus() if job.kind == "live"]
TEXTS = [json.dumps(payload).encode() for payload in LIVE]

CLIENT_NOTE = "seed added; errors, statuses and graders that the class rejects removed"


def nearest(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a payload with what `openai`'s class needs and without what it refuses."""
    near = {"seed": 0, **payload, "hyperparameters": payload.get("hyperparameters") or {}}
    if not (near.get("error") or {}).get("code"):
        near["error"] = None
    if near["status"] in {"created", "pending"}:
        near["status"] = "queued"
    try:
        ClientJob.model_validate(near)
    except ValidationError:
        near.pop("method")
    return near


NEAREST = [nearest(payload) for payload in LIVE]
NEAREST_TEXTS = [json.dumps(payload).encode() for payload in NEAREST]


@attrs.define
class _Error:
    code: str | None = None
    message: str | None = None
    param: str | None = None


@attrs.define
class _Hyperparameters:
    n_epochs: Any = None
    batch_size: Any = None
    learning_rate_multiplier: Any = None


@attrs.define
class _Supervised:
    hyperparameters: _Hyperparameters | None = None


@attrs.define
class _Method:
    type: str
    supervised: _Supervised | None = None
    dpo: _Supervised | None = None
    reinforcement: dict[str, Any] | None = None


@attrs.define
class PlainJob:
    """A job as one would write it by hand for cattrs: typed, with defaults, unchecked."""

    id: str
    object: str
    model: str
    created_at: int
    status: str
    training_file: str
    organization_id: str | None = None
    fine_tuned_model: str | None = None
    finished_at: int | None = None
    estimated_finish: int | None = None
    trained_tokens: int | None = None
    validation_file: str | None = None
    result_files: list[str] | None = None
    seed: int | None = None
    user_provided_suffix: str | None = None
    error: _Error | None = None
    hyperparameters: _Hyperparameters | None = None
    method: _Method | None = None
    metadata: dict[str, str] | None = None
    integrations: list[dict[str, Any]] | None = None


PLAIN = cattrs.Converter()

"""The classes of a checkpoint of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ftschema.core.absent import ABSENT, Absent
from ftschema.model.base import classes_in, extra_field, model_class


@model_class(kw_only=True)
class CheckpointMetrics:
    """The metrics of the step at which a checkpoint was created."""

    step: float | Absent | None = ABSENT
    train_loss: float | Absent | None = ABSENT
    train_mean_token_accuracy: float | Absent | None = ABSENT
    valid_loss: float | Absent | None = ABSENT
    valid_mean_token_accuracy: float | Absent | None = ABSENT
    full_valid_loss: float | Absent | None = ABSENT
    full_valid_mean_token_accuracy: float | Absent | None = ABSENT
    type: str | Absent = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class FineTuningCheckpoint:
    """A checkpoint of a job: a model that was saved during the training."""

    id: str
    object: str = "fine_tuning.job.checkpoint"
    created_at: int
    fine_tuned_model_checkpoint: str
    fine_tuning_job_id: str
    metrics: CheckpointMetrics
    step_number: int
    extra: Mapping[str, Any] = extra_field()


PARTS: Final = classes_in(globals())

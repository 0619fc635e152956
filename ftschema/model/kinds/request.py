"""The class of the request that creates a job; its parts are those of the job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ftschema.core.absent import ABSENT, Absent
from ftschema.model.base import classes_in, extra_field, map_field, model_class
from ftschema.model.kinds import job
from ftschema.model.kinds.job import Hyperparameters, Integration, Method


@model_class(kw_only=True)
class FineTuningRequest:
    """A request to create a job."""

    model: str
    training_file: str
    validation_file: str | Absent | None = ABSENT
    suffix: str | Absent | None = ABSENT
    seed: int | Absent | None = ABSENT
    method: Method | Absent | None = ABSENT
    hyperparameters: Hyperparameters | Absent | None = ABSENT
    integrations: tuple[Integration, ...] | Absent | None = ABSENT
    metadata: Mapping[str, str] | Absent | None = map_field()
    trainingType: str | int | Absent | None = ABSENT  # noqa: N815  # the wire's own spelling
    extra: Mapping[str, Any] = extra_field()


PARTS: Final = job.PARTS | classes_in(globals())

"""The classes of an event of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ftschema.core.absent import ABSENT, Absent
from ftschema.model.base import classes_in, extra_field, map_field, model_class


@model_class(kw_only=True)
class EventData:
    """The numbers and codes of an event: the metrics of a step, or the error of a failed job.

    Such data is false if it says nothing, so that `if event.data:` is true for metrics and errors only: the API sends
    null, `{}` or no data at all with other events.
    """

    step: float | Absent | None = ABSENT
    total_steps: float | Absent | None = ABSENT
    train_loss: float | Absent | None = ABSENT
    train_mean_token_accuracy: float | Absent | None = ABSENT
    valid_loss: float | Absent | None = ABSENT
    valid_mean_token_accuracy: float | Absent | None = ABSENT
    full_valid_loss: float | Absent | None = ABSENT
    full_valid_mean_token_accuracy: float | Absent | None = ABSENT
    usage: Mapping[str, Any] | Absent | None = map_field()
    errors: Mapping[str, Any] | Absent | None = map_field()
    scores: Mapping[str, Any] | Absent | None = map_field()
    timing: Mapping[str, Any] | Absent | None = map_field()
    model_graders_token_usage: Mapping[str, Any] | Absent | None = map_field()
    error_code: str | Absent | None = ABSENT
    error_param: str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()

    def __bool__(self) -> bool:
        """Return whether a field or an unknown key has a value."""
        fields = self.__struct_fields__  # type: ignore[attr-defined]  # at run time it is a struct
        values = (*(getattr(self, name) for name in fields if name != "extra"), *self.extra.values())
        return any(value is not None and value is not ABSENT for value in values)


@model_class(kw_only=True)
class FineTuningEvent:
    """An event of a job: a message, the metrics of a step, or an error."""

    id: str
    object: str = "fine_tuning.job.event"
    created_at: int
    level: str
    message: str
    type: str | Absent = ABSENT
    data: EventData | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


PARTS: Final = classes_in(globals())

"""The classes of a webhook event about a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ftschema.core.absent import ABSENT, Absent
from ftschema.model.base import classes_in, extra_field, model_class


@model_class(kw_only=True)
class WebhookData:
    """The job that a webhook event is about."""

    id: str
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class WebhookEvent:
    """A webhook event, sent when a job has ended."""

    id: str
    object: str | Absent = ABSENT
    created_at: int
    type: str
    data: WebhookData
    extra: Mapping[str, Any] = extra_field()


PARTS: Final = classes_in(globals())

"""The classes of the body of a reply to a request that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ftschema.core.absent import ABSENT, Absent
from ftschema.model.base import classes_in, extra_field, map_field, model_class


@model_class(kw_only=True)
class ApiError:
    """Why a request failed."""

    code: str | None
    message: str
    type: str | Absent | None = ABSENT
    param: str | Absent | None = ABSENT
    target: str | Absent = ABSENT
    details: tuple[Mapping[str, Any], ...] | Absent = map_field()
    innererror: Mapping[str, Any] | Absent = map_field()
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class ErrorBody:
    """The body of a reply to a request that failed."""

    error: ApiError
    status: int | Absent = ABSENT
    extra: Mapping[str, Any] = extra_field()


PARTS: Final = classes_in(globals())

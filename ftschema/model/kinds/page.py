"""The class of a page of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

from ftschema.core.absent import ABSENT, Absent
from ftschema.model.base import classes_in, extra_field, model_class

Item = TypeVar("Item")


@model_class(kw_only=True)
class Page(Generic[Item]):
    """A page of a list: of jobs, of the events or checkpoints of one, or of permissions; the items are in `data`."""

    object: str = "list"
    data: tuple[Item, ...]
    has_more: bool | Absent = ABSENT
    first_id: str | Absent | None = ABSENT
    last_id: str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


PARTS: Final = classes_in(globals())

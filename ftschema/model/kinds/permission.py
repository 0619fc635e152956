"""The class of a permission to use a checkpoint of a job in another project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ftschema.model.base import classes_in, extra_field, model_class


@model_class(kw_only=True)
class CheckpointPermission:
    """A permission to use a checkpoint of a job, given to a project."""

    id: str
    object: str = "checkpoint.permission"
    created_at: int
    project_id: str
    extra: Mapping[str, Any] = extra_field()


PARTS: Final = classes_in(globals())

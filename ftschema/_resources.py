"""Where the schema files lie."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# A wheel carries the files inside the package; a checkout, editable or not, has them beside it.
# The packaged home comes first, so that an installed wheel never looks at a stranger's `schemas`.
_HOMES = (files("ftschema") / "_schemas", Path(__file__).parents[1] / "schemas")


def schema_root() -> Traversable:
    """Return the folder of schema files."""
    return next(home for home in _HOMES if home.is_dir())

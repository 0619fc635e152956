"""Where the schema files lie."""

from __future__ import annotations

from pathlib import Path

# A wheel carries the files inside the package; a checkout, editable or not, has them beside it.
# The packaged home comes first, so that an installed wheel never looks at a stranger's `schemas`.
_HOMES = (Path(__file__).parents[1] / "_schemas", Path(__file__).parents[2] / "schemas")


def schema_root() -> Path:
    """Return the folder of schema files."""
    return next(home for home in _HOMES if home.is_dir())

"""The Hypothesis plugin: registers a strategy for each model class, so that `from_type` can generate them.

Hypothesis calls `register` when it is imported; the strategies are imported when one of them is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from ftschema.model.kinds.job import PARTS

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Register a strategy for each model class."""
    for cls in PARTS.values():
        st.register_type_strategy(cls, _strategy)


def _strategy(cls: type) -> SearchStrategy[Any]:
    from ftschema.strategies import part_of  # noqa: PLC0415  # Hypothesis itself must start fast

    return part_of(cls)

"""What Hypothesis runs when it is imported: `from_type` knows the classes of the model.

Only the classes are loaded here; the strategies are, when one is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from ftschema.model.job import PARTS

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Tell Hypothesis how to make each class of the model."""
    for cls in PARTS.values():
        st.register_type_strategy(cls, _strategy)


def _strategy(cls: type) -> SearchStrategy[Any]:
    from ftschema.strategies import part_of  # noqa: PLC0415  # see above

    return part_of(cls)

"""What every class of the model is: immutable, hashable, with room for keys that nobody knew.

Facts: a key that is absent and one that is null are different things on the wire (only raw replies tell them
apart, and they use both), and a new key has come with nearly every quarter since 2023.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import Attribute, field, fields, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ABSENT", "Absent", "extra_keys", "part", "unhashed"]


class Absent(enum.Enum):
    """The type of `ABSENT`."""

    ABSENT = enum.auto()

    def __bool__(self) -> Literal[False]:
        """Return False, so that `if job.seed` reads the same for a key that is absent or null."""
        return False

    def __repr__(self) -> str:
        return self.name


ABSENT: Final = Absent.ABSENT
"""Marks a key that was not there; a key that was null is None."""


def _no_clash(instance: Any, _: Attribute[Any], extra: Mapping[str, Any]) -> None:
    if not extra:
        return
    for attribute in fields(type(instance)):
        # A key named "extra" is a key like any other.
        if attribute.name in extra and attribute.name != "extra" and getattr(instance, attribute.name) is not ABSENT:
            raise ValueError(f"{type(instance).__name__} has {attribute.name!r} twice: as a field and in extra")


def unhashed() -> Any:
    """Return a field for what may hold a map, `ABSENT` by default: compared, but left out of the hash."""
    return field(default=ABSENT, hash=False)


def extra_keys() -> Any:
    """Return the field for the keys that the contract does not name."""
    return field(factory=dict, hash=False, validator=_no_clash)


if TYPE_CHECKING:
    # What the classes are to a type checker: frozen attrs classes.
    from attrs import frozen as part
else:

    def part(*, kw_only: bool) -> Any:
        """Make a class of the model; setting an attribute raises `attrs.exceptions.FrozenInstanceError`.

        Without slots, because an object whose attributes are a dict is filled from a payload in one step.
        """
        return frozen(kw_only=kw_only, slots=False)

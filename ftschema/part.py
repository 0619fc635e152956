"""What every class of the model is: immutable, hashable, with room for keys that nobody knew.

Facts: a key that is absent and one that is null are different things on the wire (only raw replies tell them
apart, and they use both), and a new key has come with nearly every quarter since 2023.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import Attribute, field, fields, frozen
from msgspec import UNSET, UnsetType

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ABSENT", "Absent", "extra_keys", "part", "unhashed"]


Absent: TypeAlias = UnsetType
"""The type of `ABSENT`."""

ABSENT: Final = UNSET
"""Marks a key that was not there; a key that was null is None.

It is false, so that `if job.seed` reads the same for both, and it is msgspec's own marker, so that msgspec leaves such
a field out of what it writes.
"""


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

        def made(cls: type) -> type:
            cls = frozen(kw_only=kw_only, slots=False)(cls)
            cls.extra = _NoExtra()
            return cls

        return made


class _NoExtra:
    """The unknown keys of an object that was filled without any: an empty map, which takes no room in it.

    msgspec writes such an object as it is.
    """

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        return {}

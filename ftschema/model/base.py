"""What every class of the model is: immutable, hashable, with room for keys that nobody knew.

Each is an attrs class whose objects lie in memory as structs of msgspec do: msgspec writes them as they are, and a
struct that it read becomes one of them by taking the class.

Facts: a key that is absent and one that is null are different things on the wire (only raw replies tell them
apart, and they use both), and a new key has come with nearly every quarter since 2023.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from attrs import NOTHING, define, field, fields, frozen
from msgspec.structs import asdict

from ftschema.core.absent import ABSENT

__all__ = ["extra_keys", "filled", "layout", "part", "unhashed"]


def unhashed() -> Any:
    """Return a field for what may hold a map, `ABSENT` by default: compared, but left out of the hash."""
    return field(default=ABSENT, hash=False)


def extra_keys() -> Any:
    """Return the field for the keys that the contract does not name."""
    return field(factory=dict, hash=False)


class Layout(msgspec.Struct, weakref=True):
    """Where the fields of a class lie, each `ABSENT` by default; an object of the same layout can take the class.

    One that does has nothing in the place of `extra`, which takes no room then, and is not written.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what is there, to be filled in again without a check."""
        return filled, (type(self), {name: held for name, held in asdict(self).items() if held is not ABSENT})


@cache
def layout(cls: type) -> Any:
    """Return the layout of a class of the model, or of a subclass: it has the slots of the fields."""
    return next(base for base in cls.__mro__ if base.__base__ is Layout)


def filled(cls: type, state: dict[str, Any]) -> Any:
    """Return an object of a class of the model with these fields, which nothing checks."""
    made = layout(cls)(**state)
    made.__class__ = cls
    return made


if TYPE_CHECKING:
    # What the classes are to a type checker: frozen attrs classes.
    from attrs import frozen as part
else:

    def part(*, kw_only: bool) -> Any:
        """Make a class of the model; setting an attribute raises `attrs.exceptions.FrozenInstanceError`."""

        def made(cls: type) -> type:
            found = fields(define(cls, init=False, repr=False, eq=False, kw_only=kw_only, slots=False))
            lain = [(attribute.name, Any, ABSENT) for attribute in found]
            base = msgspec.defstruct(cls.__name__, lain, bases=(Layout,), kw_only=kw_only)
            struct = msgspec.defstruct(
                cls.__name__,
                [(attribute.name, attribute.type, *_default(attribute.default)) for attribute in found],
                bases=(base,),
                namespace={"__doc__": cls.__doc__, "__post_init__": _check_extra},
                module=cls.__module__,
                frozen=True,
                kw_only=kw_only,
            )
            these = {attribute.name: field(default=attribute.default, hash=attribute.hash) for attribute in found}
            # The constructor is the struct's.
            whole = frozen(these=these, init=False, kw_only=kw_only, match_args=False, slots=False)(struct)
            whole.extra = _Extra(base.extra)
            return whole

        return made


def _default(default: Any) -> tuple[Any, ...]:
    if default is NOTHING:
        return ()
    factory = getattr(default, "factory", None)
    return (msgspec.field(default_factory=factory),) if factory else (default,)


def _check_extra(self: Any) -> None:
    """Refuse an object that is made by hand with a key twice; give room for unknown keys to one without."""
    slot = layout(self.__class__).extra
    extra = slot.__get__(self)
    if extra is ABSENT:
        slot.__set__(self, {})
    elif extra:
        for name in self.__struct_fields__:
            # A key named "extra" is a key like any other.
            if name in extra and name != "extra" and getattr(self, name) is not ABSENT:
                raise ValueError(f"{type(self).__name__} has {name!r} twice: as a field and in extra")


class _Extra:
    """The unknown keys of an object: an empty map where it has no room for them."""

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def __get__(self, instance: object, owner: type) -> Any:
        extra = self._slot.__get__(instance, owner)
        return {} if extra is ABSENT else extra

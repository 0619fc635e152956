"""The base of the model classes: frozen attrs classes that have the memory layout of a msgspec struct.

An object of a model class keeps unknown keys in `extra`, and an absent key is `ABSENT`.

Facts: a key that is absent and one that is null are different things on the wire (only raw replies tell them apart,
and they use both), and a new key has appeared nearly every quarter since 2023.

The memory layout
-----------------

For each part of a job there are three types. They inherit their slots from the same one, and add none::

                           StructBase                    pickling, weak references
                                │
                       struct_base(Method)               a slot for each field, `ABSENT` by default
                        │               │
                     Method        the struct of Method in a contract
         frozen by attrs, its      (model.records) has the types and bounds of the schema,
         constructor is msgspec's  so that what msgspec decodes is valid

So objects of `Method` and of the structs look the same in memory, but for the pointer to their type. msgspec decodes a
text to the struct; `method.__class__ = Method` then makes it a model object, in place (model.fill)::

    ┌────────────┬──────────┬────────┬────────────┬────────┬───────────────┬────────┐
    │ references │ type  ●  │  type  │ supervised │  dpo   │ reinforcement │ extra  │
    └────────────┴───────┼──┴────────┴────────────┴────────┴───────────────┴────────┘
                         ├── the struct of a contract, while msgspec decodes
                         └── Method, afterwards; nothing else is written

Such an object has no dict in `extra`: the slot is `ABSENT`, and reading it returns an empty map. So the object can be
encoded directly, until it is copied or built by hand; `UnknownKeys` is there then, which msgspec refuses to encode, so
that no caller writes a key named `extra`. It is there from the start in an object with unknown keys; the encoder of
`model.fill` knows how to write these. msgspec leaves out a field that has its default
(`omit_defaults`), which is `ABSENT` wherever a key may be absent. All other defaults are made by functions, which
msgspec does not compare.

Maps and lists are what msgspec decoded until someone reads them: then they are replaced by read-only copies. So a job
cannot be changed, and decoding one does not take longer. The constructor makes the copies at once, because the caller
has the original.

What it buys, measured with tests/bench: 1.4 µs of 4.3 µs for `loads` and 0.24 µs of 0.97 µs for `dumps`. Taking the
class costs 60 ns a part; building the objects from the structs costs 1.8 µs a job.

There are three ways to make an object of a class, because each is needed: the constructor, for people, rejects a key
that is both a field and in `extra`, unless `extra` is that of another object; `construct`, for cattrs and unpickling,
does not, because a key of `extra` may have the name of a field in another spelling; and taking the class, for the fast
path, does not even copy.

What breaks it: a field that only one of the types has, another order of fields, `__slots__` or a `__dict__` in a class,
another setting of `gc` or `weakref`, and anything that msgspec or attrs add to an object. CPython then refuses to
assign the class; tests/model/test_layout.py says so first.
"""

from __future__ import annotations

from functools import cache, partial
from types import FunctionType, GenericAlias
from typing import TYPE_CHECKING, Any, Generic

import msgspec
from attrs import NOTHING, define, field, fields, frozen, has
from msgspec.structs import asdict

from ftschema.core.absent import ABSENT
from ftschema.core.readonly import ReadOnlyDict, read_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["classes_in", "construct", "extra_field", "map_field", "model_class", "struct_base"]

_NO_KEYS = ReadOnlyDict()


def map_field() -> Any:
    """Return a field that may hold a map, `ABSENT` by default: it is compared, but not hashed."""
    return field(default=ABSENT, hash=False)


def extra_field() -> Any:
    """Return the field for the keys that the contract does not declare."""
    return field(factory=dict, hash=False)


def classes_in(*modules: Mapping[str, Any]) -> dict[str, type]:
    """Return the model classes that modules hold, by name."""
    members = (member for module in modules for member in module.items())
    return {name: cls for name, cls in members if isinstance(cls, type) and has(cls)}


class UnknownKeys:
    """The unknown keys of an object, in its slot: msgspec raises an error instead of writing a key named `extra`.

    Attributes:
        keys: The keys, with their values.
        are_proved: Whether it is known that no key is that of a field that is set, and all in the object is JSON data.
    """

    __slots__ = ("are_proved", "keys")

    def __init__(self, keys: Mapping[str, Any], *, are_proved: bool = False) -> None:
        self.keys: Mapping[str, Any] = keys
        self.are_proved: bool = are_proved


class StructBase(msgspec.Struct, weakref=True):
    """The root of the types that share a memory layout."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the fields that are set; unpickling does not check them."""
        state = {name: value for name, value in asdict(self).items() if value is not ABSENT}
        if "extra" in state:
            state["extra"] = state["extra"].keys
        return construct, (type(self), state)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Return the schema of a field of a pydantic model: the class without `Of` is that of the default contract."""
        # The public name, because only pydantic needs what is below this room.
        import ftschema  # noqa: PLC0415

        return ftschema.Of().__get_pydantic_core_schema__(source, handler)


@cache
def struct_base(cls: type) -> Any:
    """Return the struct from which a model class, or a subclass of one, inherits the slots of its fields."""
    return next(base for base in cls.__mro__ if base.__base__ is StructBase)


def construct(cls: type, state: dict[str, Any]) -> Any:
    """Return an object of a model class with these fields, without checking them; the dict of the fields is used up."""
    if "extra" in state:
        state["extra"] = UnknownKeys(state["extra"])
    made = struct_base(cls)(**state)
    made.__class__ = cls
    return made


if TYPE_CHECKING:
    # What the classes are to a type checker: frozen attrs classes.
    from attrs import frozen as model_class
else:

    def model_class(*, kw_only: bool) -> Any:
        """Make a model class; setting an attribute raises `attrs.exceptions.FrozenInstanceError`."""

        def decorate(cls: type) -> type:
            # What attrs adds is added again below, to the struct.
            methods = {name: member for name, member in vars(cls).items() if isinstance(member, FunctionType)}
            attributes = fields(define(cls, init=False, repr=False, eq=False, kw_only=kw_only, slots=False))
            slots = [(attribute.name, Any, ABSENT) for attribute in attributes]
            base = msgspec.defstruct(cls.__name__, slots, bases=(StructBase,), kw_only=kw_only)
            struct = msgspec.defstruct(
                cls.__name__,
                [(attribute.name, attribute.type, *_default(attribute)) for attribute in attributes],
                bases=(base,),
                namespace={
                    **methods,
                    **({"__class_getitem__": classmethod(GenericAlias)} if issubclass(cls, Generic) else {}),
                    "__doc__": cls.__doc__,
                    "__post_init__": _complete,
                    "__repr__": _repr,
                    "__init_subclass__": classmethod(_refuse_fields),
                },
                module=cls.__module__,
                frozen=True,
                kw_only=kw_only,
                omit_defaults=True,
            )
            these = {attribute.name: field(default=attribute.default, hash=attribute.hash) for attribute in attributes}
            # `init=False` keeps the constructor of the struct, `slots=False` its slots.
            model = frozen(these=these, init=False, repr=False, kw_only=kw_only, match_args=False, slots=False)(struct)
            for attribute in attributes:
                if attribute.hash is False:
                    slot = getattr(base, attribute.name)
                    setattr(model, attribute.name, (_Extra if attribute.name == "extra" else _Map)(slot))
            return model

        return decorate


def _default(attribute: Any) -> tuple[Any, ...]:
    if attribute.default is NOTHING:
        return ()
    if attribute.name == "extra" or attribute.default is ABSENT:
        return (ABSENT,)
    return (msgspec.field(default_factory=partial(_same, attribute.default)),)


def _same(value: Any) -> Any:
    return value


def _complete(self: Any) -> None:
    """Reject an object built by hand that has a key both as a field and in `extra`; make what it holds read-only."""
    base = struct_base(self.__class__)
    slot = base.extra
    extra = slot.__get__(self)
    if type(extra) is UnknownKeys:
        # `msgspec.structs.replace` hands on what is in the slot.
        extra = read_only(extra.keys)
    # The `extra` of another object, as `attrs.evolve` hands it on, may have keys that mean something else there.
    if extra is not ABSENT and type(extra) is not ReadOnlyDict:
        for name in self.__struct_fields__:
            # The key "extra" has no field.
            if name in extra and name != "extra" and getattr(self, name) is not ABSENT:
                raise ValueError(f"{type(self).__name__} has {name!r} twice: as a field and in extra")
    slot.__set__(self, UnknownKeys(_NO_KEYS if extra is ABSENT else read_only(extra)))
    for name in self.__struct_fields__:
        slot = getattr(base, name)
        value = slot.__get__(self)
        if isinstance(value, list) and not isinstance(getattr(type(self), name), _Map):
            slot.__set__(self, tuple(value))
        elif isinstance(value, dict | list | tuple):
            slot.__set__(self, read_only(value))


def _repr(self: Any) -> str:
    """Return the call that makes an equal object; what is absent is left out."""
    return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in _present(self))})"


def _present(self: Any) -> Iterator[tuple[str, Any]]:
    for name in self.__struct_fields__:
        value = getattr(self, name)
        if value is not ABSENT and (name != "extra" or value):
            yield name, value


def _refuse_fields(cls: type) -> None:
    """Raise an error if a subclass of a model class has fields of its own, which would be lost in a payload."""
    attribute = type(field())
    names = [*vars(cls).get("__slots__", ()), *(name for name, value in vars(cls).items() if type(value) is attribute)]
    if names:
        whole = cls.__bases__[0].__name__
        raise TypeError(
            f"{cls.__name__} cannot add the field {names[0]!r} to {whole}: write a class that has a {whole} as one of "
            "its fields; ftschema.converters structures it"
        )


class _Map:
    """Descriptor of a field that may hold maps or lists, which are read-only from the first time that they are read."""

    def __init__(self, slot: Any) -> None:
        self._get = slot.__get__
        self._set = slot.__set__

    def __get__(self, instance: object, owner: type) -> Any:
        if instance is None:
            return self
        value = self._get(instance)
        if type(value) in _OPEN:
            value = read_only(value)
            self._set(instance, value)
        return value


class _Extra(_Map):
    """Descriptor of `extra`: the unknown keys, read-only, or no keys if the slot is `ABSENT`."""

    def __get__(self, instance: object, owner: type) -> Any:
        if instance is None:
            return self
        value = self._get(instance)
        if value is ABSENT:
            return _NO_KEYS
        if type(value.keys) in _OPEN:
            value.keys = read_only(value.keys)
        return value.keys


_OPEN = frozenset({dict, list, tuple})

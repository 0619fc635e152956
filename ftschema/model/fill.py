"""Turn a struct into model objects without copying it, and encode such objects directly.

This is possible because a struct is valid. The unknown keys that a wide struct drops are taken from its payload.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from attrs import fields

from ftschema.core.absent import ABSENT
from ftschema.core.lock import build_once
from ftschema.jsontext.decode import encode
from ftschema.model.base import UnknownKeys, struct_base
from ftschema.model.classes import classes, root_class
from ftschema.model.records import StructBuilder, used
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import ArrayType, MapType, NullType, ObjectType
from ftschema.schemas.reader import parts, root_type
from ftschema.schemas.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftschema.core.literals import ContractName
    from ftschema.schemas.json_types import Types

_Hook: TypeAlias = Callable[[Any], Any]


@build_once
def _structs(contract: ContractName, *, wide: bool = False) -> dict[str, type[msgspec.Struct]]:
    """Return the structs with the memory layout of the classes, by the names of the parts, the innermost first."""
    layouts = {name: struct_base(cls) for name, cls in classes(contract).items()}
    containers = {
        (name, one.name) for name, cls in classes(contract).items() for one in fields(cls) if one.hash is False
    }
    builder = StructBuilder(entry(contract).spelling, layouts, containers, wide)
    used(builder.build(root_type(contract)))
    return builder.made


def struct_type(contract: ContractName, *, wide: bool = False) -> type[msgspec.Struct]:
    """Return the struct for the payloads of a contract that can become an object of the class."""
    return _structs(contract, wide=wide)[root_type(contract).name]


@build_once
def model_from_struct(contract: ContractName, *, wide: bool = False) -> _Hook:
    """Return the function that turns a struct of a contract into its object, without copying it.

    Each struct takes the class that has its memory layout. The object equals the one that `model.structure` builds.
    """
    hooks: dict[type, _Hook] = {}
    of_part: dict[str, _Hook] = {}

    def fill(member: Any) -> None:
        if hook := hooks.get(type(member)):
            hook(member)

    def fill_items(items: tuple[Any, ...]) -> None:
        for item in items:
            fill(item)

    hooks[tuple] = fill_items
    hooks[dict] = lambda members: fill_items(tuple(members.values()))
    for name, cls in _structs(contract, wide=wide).items():
        properties = parts(contract)[name].properties
        inner = [
            (key, _inner_hook(field.types, of_part, fill))
            for key, field in properties.items()
            if _holds_parts(field.types)
        ]
        hooks[cls] = of_part[name] = _hook(classes(contract)[name], inner)
    return of_part[root_type(contract).name]


def _inner_hook(types: Types, of_part: Mapping[str, _Hook], of_any: _Hook) -> _Hook:
    known = {one.name if isinstance(one, ObjectType) else "" for one in types if not isinstance(one, NullType)}
    return of_part.get(known.pop(), of_any) if len(known) == 1 else of_any


def _holds_parts(types: Types) -> bool:
    return any(
        isinstance(one, ObjectType)
        or (isinstance(one, ArrayType | MapType) and any(_holds_parts(field.types) for _, field in one.children()))
        for one in types
    )


def _hook(cls: type, inner: list[tuple[str, _Hook]]) -> _Hook:
    if not inner:

        def fill_small(struct: Any) -> Any:
            struct.__class__ = cls
            return struct

        return fill_small

    def fill(struct: Any) -> Any:
        for name, hook in inner:
            # None, `ABSENT` and no items stay what they are.
            if member := getattr(struct, name):
                hook(member)
        struct.__class__ = cls
        return struct

    return fill


@build_once
def keep_unknown_keys(contract: ContractName) -> Callable[[Any, Any, _Hook], int]:
    """Return the function that gives an object, and its parts, the unknown keys in its payload, with copies of values.

    It returns 0 if there are none, 1 if only the object itself has some, and more if its parts do.
    """
    known = {cls: _keys(contract, name, cls) for name, cls in classes(contract).items() if name in parts(contract)}
    is_wire = entry(contract).spelling == "wire"

    def keep(member: Any, payload: Any, copy: _Hook) -> int:
        found = 0
        kind = type(member)
        if kind is tuple:
            for item, below in zip(member, payload, strict=True):
                found |= keep(item, below, copy)
        elif kind is dict:
            for key, below in payload.items():
                found |= keep(member[key], below, copy)
        elif kind in known:
            keys, inner, set_extra = known[kind]
            for get, key in inner:
                if (below := payload.get(key)) and keep(get(member), below, copy):
                    found = 2
            if not keys.issuperset(payload):
                unknown = {key: copy(payload[key]) for key in payload if key not in keys}
                set_extra(member, UnknownKeys(unknown, are_proved=is_wire))
                found += 1
        return found

    return keep


def add_unknown_keys(contract: ContractName) -> Callable[[Any, dict[str, Any]], None]:
    """Return the function that gives an object unknown keys, which are JSON data."""
    set_extra = struct_base(root_class(contract)).extra.__set__
    is_wire = entry(contract).spelling == "wire"
    return lambda made, unknown: set_extra(made, UnknownKeys(unknown, are_proved=is_wire))


def _keys(contract: ContractName, name: str, cls: type) -> tuple[frozenset[str], list[tuple[_Hook, str]], Any]:
    """Return the keys of a part, what reads and names its members that have parts, and what sets its unknown keys."""
    spelling, slots = entry(contract).spelling, struct_base(cls)
    properties = parts(contract)[name].properties
    # Read like this, maps are not made read-only.
    inner = [
        (getattr(slots, key).__get__, spelled(key, spelling))
        for key, field in properties.items()
        if _holds_parts(field.types)
    ]
    return frozenset(spelled(key, spelling) for key in properties), inner, slots.extra.__set__


def encoder(contract: ContractName) -> Callable[[Any], bytes | None]:
    """Return the function that writes an object that came from a struct, in the wire's spelling; None for any other.

    Such an object is valid JSON data, and so are its unknown keys.
    """
    cls = root_class(contract)
    get_extra = struct_base(cls).extra.__get__

    def encode_unchanged(made: Any) -> bytes | None:
        if type(made) is not cls:
            return None
        extra = get_extra(made)
        if extra is not ABSENT and not extra.are_proved:
            return None
        try:
            text = _encoder.encode(made)
        except TypeError:
            # A part was unpickled, which is not known to be valid.
            return None
        # Unknown keys are members of the object that has them, not of one named `extra`.
        return text.replace(_EXTRA, b"") if _MARK in text else text

    return encode_unchanged


# No JSON text has this character, so that it can mark what is taken out of a text.
_MARK = 0
_EXTRA = b'"extra":\0'


def _members(extra: Any) -> msgspec.Raw:
    """Return the unknown keys of an object for msgspec, marked, without the braces around them."""
    if type(extra) is not UnknownKeys or not extra.are_proved:
        raise TypeError("not the unknown keys of a valid object")
    return msgspec.Raw(b"\0" + encode(extra.keys)[1:-1])


_encoder = msgspec.json.Encoder(enc_hook=_members)

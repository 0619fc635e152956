"""Turn a decoded struct into model objects without copying it, and encode such objects directly.

This is possible because a struct is valid and has no unknown keys.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from ftschema.core.absent import ABSENT
from ftschema.core.lock import build_once
from ftschema.jsontext.decode import encode
from ftschema.model.base import struct_base
from ftschema.model.classes import classes, root_class
from ftschema.model.records import StructBuilder, used
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import ArrayType, NullType, ObjectType
from ftschema.schemas.reader import parts, root_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    import msgspec

    from ftschema.core.literals import ContractName
    from ftschema.schemas.json_types import Types

_Hook: TypeAlias = Callable[[Any], Any]


@build_once
def _structs(contract: ContractName) -> dict[str, type[msgspec.Struct]]:
    """Return the structs with the memory layout of the classes, by the names of the parts, the innermost first."""
    builder = StructBuilder(
        entry(contract).spelling, {name: struct_base(cls) for name, cls in classes(contract).items()}
    )
    used(builder.build(root_type(contract), maps=True))
    return builder.made


def struct_type(contract: ContractName) -> type[msgspec.Struct]:
    """Return the struct for the payloads of a contract that can become an object of the class."""
    return _structs(contract)[root_type(contract).name]


@build_once
def model_from_struct(contract: ContractName) -> _Hook:
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
    for name, cls in _structs(contract).items():
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
        isinstance(one, ObjectType) or (isinstance(one, ArrayType) and _holds_parts(one.items.types)) for one in types
    )


def _hook(cls: type, inner: list[tuple[str, _Hook]]) -> _Hook:
    if not inner:

        def fill_small(struct: Any) -> None:
            struct.__class__ = cls

        return fill_small

    def fill(struct: Any) -> Any:
        for name, hook in inner:
            # None, `ABSENT` and no items stay what they are.
            if member := getattr(struct, name):
                hook(member)
        struct.__class__ = cls
        return struct

    return fill


def encoder(contract: ContractName) -> Callable[[Any], bytes | None]:
    """Return the function that writes an object that came from a struct, in the wire's spelling; None for any other.

    Such an object is valid JSON data and has no `extra`.
    """
    cls = root_class(contract)
    extra = struct_base(cls).extra.__get__

    def encode_unchanged(made: Any) -> bytes | None:
        return encode(made) if type(made) is cls and extra(made) is ABSENT else None

    return encode_unchanged

"""Fast validation: for each contract a msgspec Struct that is stricter than its schema.

A payload that msgspec converts to the struct is valid. One that it does not convert is unknown, and left to the schema
validators: msgspec has no type for some values that schemas allow, such as a map instead of a part, `3.0` as an
integer, -1 beside a minimum, or an unknown key.

Facts, each with a test: when it decodes text, msgspec does not accept `1.0` or `true` as an integer, compares integers
of any length with bounds, and counts the length of strings in code points. When it converts Python values, it accepts
Decimal, subclasses, tuples and more, so they must be JSON data.
"""

from __future__ import annotations

from contextlib import suppress
from functools import reduce
from math import ceil, floor
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import msgspec
from attrs import Factory, frozen

from ftschema.core.absent import ABSENT
from ftschema.core.lock import build_once
from ftschema.jsontext.data import SURROGATE
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import (
    AnyType,
    ArrayType,
    BooleanType,
    EnumType,
    MapType,
    NullType,
    NumberType,
    ObjectType,
    StringType,
)
from ftschema.schemas.reader import root_type
from ftschema.schemas.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.core.literals import ContractName
    from ftschema.jsontext.data import Values
    from ftschema.schemas.json_types import JsonType, Types
    from ftschema.schemas.spelling import Spelling

# The impossible type, for what msgspec has no type for: no integer is both at least 1 and at most 0.
_IMPOSSIBLE = Annotated[int, msgspec.Meta(ge=1, le=0)]
# A type with another limit is impossible too, so that the validators decide.
_KNOWN_LIMITS = frozenset(
    {
        *("minimum", "exclusiveMinimum", "maximum", "minLength", "maxLength"),
        *("minItems", "maxItems", "minProperties", "maxProperties"),
    }
)
# Of any values, only null and texts: in a map or an array, something that is not JSON might be hidden.
_CONSTANT: Final = {BooleanType: (bool,), NullType: (None,), AnyType: (str, None)}
# The bounds of msgspec have 64 bits.
_LEAST, _MOST = -(2**63), 2**63 - 1


@build_once
def struct_type(contract: ContractName) -> type[msgspec.Struct]:
    """Return the struct for the payloads of a contract."""
    return used(StructBuilder(entry(contract).spelling).build(root_type(contract), maps=True))


def used(struct: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return a struct type once msgspec has used it, and all struct types below it, for the first time.

    Must be called under the lock of `build_once`, before another thread can see the type.
    """
    with suppress(msgspec.ValidationError):
        msgspec.json.Decoder(struct).decode(b"{}")
    return struct


@build_once
def decoder(struct: type[msgspec.Struct]) -> Callable[[bytes], Any]:
    """Return the function that decodes a text to a struct, or raises `msgspec.MsgspecError`."""
    return msgspec.json.Decoder(struct).decode


def converter(contract: ContractName, struct: type[msgspec.Struct]) -> Callable[[Any, Values | None], Any]:
    """Return the function that converts a payload, with its `scan_values`, to a struct; it returns None if it cannot.

    What it returns is valid and shares nothing mutable with the payload.
    """
    convert = msgspec.convert
    maps = [
        name
        for name, field in root_type(contract).properties.items()
        if any(isinstance(json_type, MapType) for json_type in field.types)
    ]

    def convert_or_none(payload: Any, values: Values | None) -> Any:
        if values is None:
            return None
        try:
            made = convert(payload, struct)
        except (msgspec.ValidationError, UnicodeError):
            # msgspec cannot name a key that is not Unicode text.
            return None
        # All other keys are those of the struct.
        for name in maps:
            pairs = getattr(made, name)
            if pairs and not all(type(key) is str and not SURROGATE.search(key) for key in pairs):
                return None
        return made

    return convert_or_none


@frozen
class StructBuilder:
    """Builds the structs of a contract, one for its payloads and for each part.

    Fields have wire names. A `type` that distinguishes parts is the tag of their structs.

    Attributes:
        spelling: The spelling of the contract.
        layouts: The structs whose memory layout is used, by the names of the parts.
        made: The structs built so far, by the names of the parts.
    """

    spelling: Spelling
    layouts: Mapping[str, type[msgspec.Struct]] = Factory(dict)
    made: dict[str, type[msgspec.Struct]] = Factory(dict)

    def build(self, json_type: ObjectType, *, maps: bool = False) -> type[msgspec.Struct]:
        """Return the struct of a part; only with `maps` it has maps, whose keys msgspec does not check to be text."""
        if json_type.name not in self.made:
            names = [name for name in json_type.properties if not (json_type.tag and name == "type")]
            base = self.layouts.get(json_type.name)
            # The other fields of the layout keep their defaults and are never decoded.
            others = [name for name in base.__struct_fields__ if name not in names] if base else []
            self.made[json_type.name] = msgspec.defstruct(
                json_type.name,
                [self._field(json_type, name, maps=maps) for name in names]
                + [(name, _IMPOSSIBLE, (name == "type" and json_type.tag) or ABSENT) for name in others],
                bases=(base or msgspec.Struct,),
                kw_only=True,
                forbid_unknown_fields=True,
                # Absent keys are not encoded, nor is the field for the tag, which msgspec writes by itself.
                omit_defaults=True,
                # A struct contains text, numbers and other structs, so it cannot be in a cycle. One that becomes a
                # model object needs the layout of those that users build, which can be.
                gc=base is not None,
                # The layout has a slot for `type`, and msgspec does not allow a tag to have the name of a field. So the
                # field has another name in JSON, which begins with a space; no value matches it.
                rename={name: spelled(name, self.spelling) for name in names}
                | ({"type": " type"} if json_type.tag else {}),
                tag_field="type" if json_type.tag else None,
                tag=json_type.tag,
            )
        return self.made[json_type.name]

    def _field(self, json_type: ObjectType, name: str, *, maps: bool) -> tuple[str, Any] | tuple[str, Any, Any]:
        kind = self._union(json_type.properties[name].types, maps=maps)
        return (name, kind) if name in json_type.required else (name, kind, ABSENT)

    def _union(self, types: Types, *, maps: bool = False) -> Any:
        allowed = [
            json_type
            for json_type in types
            if (maps or not isinstance(json_type, MapType)) and json_type.limits.keys() <= _KNOWN_LIMITS
        ]
        return reduce(or_, [kind for json_type in allowed for kind in self._types(json_type)] or [_IMPOSSIBLE])

    def _types(self, json_type: JsonType) -> tuple[Any, ...]:  # noqa: PLR0911  # one a type
        match json_type:
            case EnumType(values):
                return (Literal[values],)
            case StringType(max_length, min_length):
                return (_bounded(str, min_length=min_length, max_length=max_length),)
            case NumberType(minimum=float() | int(), exclusive_minimum=float() | int()):
                # msgspec allows only one lower bound, and no contract has two.
                return (_IMPOSSIBLE,)
            case NumberType(is_integer, minimum, exclusive_minimum, maximum):
                integer = _integer(minimum, exclusive_minimum, maximum)
                if is_integer:
                    return (integer,)
                return (integer, _bounded(float, ge=minimum, gt=exclusive_minimum, le=maximum))
            case ArrayType(field, min_items, max_items):
                items = tuple.__class_getitem__((self._union(field.types), ...))
                return (_bounded(items, min_length=min_items or None, max_length=max_items),)
            case MapType(field, min_properties, max_properties, max_key_length):
                pairs = dict.__class_getitem__((_bounded(str, max_length=max_key_length), self._union(field.types)))
                return (_bounded(pairs, min_length=min_properties or None, max_length=max_properties),)
            case ObjectType():
                return (self.build(json_type),)
        return _CONSTANT[type(json_type)]


def _bounded(kind: Any, **bounds: float | None) -> Any:
    present = {name: bound for name, bound in bounds.items() if bound is not None}
    return Annotated[kind, msgspec.Meta(**cast("Any", present))] if present else kind


def _integer(lowest: float | None, above: float | None, highest: float | None) -> Any:
    """Return the type of the whole numbers from `lowest`, or from more than `above`, to `highest`."""
    least = floor(above) + 1 if above is not None else ceil(lowest) if lowest is not None else None
    most = None if highest is None else floor(highest)
    if (least or 0) > _MOST or (most or 0) < _LEAST:
        return _IMPOSSIBLE
    return _bounded(
        int, ge=None if least is None else max(least, _LEAST), le=None if most is None else min(most, _MOST)
    )

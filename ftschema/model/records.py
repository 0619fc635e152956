"""Fast validation: for each contract a msgspec Struct that is stricter than its schema.

A payload that msgspec converts to the struct is valid. One that it does not convert is unknown, and left to the schema
validators: msgspec has no type for some values that schemas allow, such as -1.0 beside a minimum. The narrow struct
refuses unknown keys, so that it holds all of a payload; the wide one drops them.

Facts, each with a test: when it decodes text, msgspec does not accept `true` as an integer, compares integers of any
length with bounds, and counts the length of strings in code points. When it converts Python values, it accepts Decimal,
subclasses, tuples and more, so they must be JSON data; but the keys of structs, known or not, are Unicode text.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial, reduce
from math import ceil, floor, inf, nextafter
from operator import or_
from sys import float_info
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import msgspec
from attrs import Factory, frozen
from msgspec import ValidationError, convert

from ftschema.core.absent import ABSENT
from ftschema.core.lock import build_once
from ftschema.jsontext.data import copy_of_json, deep_copy, has_json_keys, is_small_json
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import (
    AnyType,
    ArrayType,
    BooleanType,
    EnumType,
    Field,
    MapType,
    NullType,
    NumberType,
    ObjectType,
    StringType,
)
from ftschema.schemas.reader import parts, root_type
from ftschema.schemas.spelling import spelled
from ftschema.schemas.vocabulary import WIRE_ORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from ftschema.core.literals import ContractName
    from ftschema.schemas.json_types import JsonType, Types
    from ftschema.schemas.spelling import Spelling

_ANY_OBJECT = MapType(Field((AnyType(),)))
# The impossible type, for what msgspec has no type for: no integer is both at least 1 and at most 0.
_IMPOSSIBLE = Annotated[int, msgspec.Meta(ge=1, le=0)]
# A type with another limit is impossible too, so that the validators decide.
_KNOWN_LIMITS = frozenset(
    {
        *("minimum", "exclusiveMinimum", "maximum", "minLength", "maxLength"),
        *("minItems", "maxItems", "minProperties", "maxProperties"),
    }
)
_CONSTANT: Final = {BooleanType: (bool,), NullType: (None,), AnyType: (str, None)}
# A payload with more values in an array is not converted before its size is known: if an array that is used in several
# places has items that are arrays, it may be endless when written.
_FEW, _MANY = 50, 1_000
# As many integers are listed where some outside the bounds are allowed too.
_MOST_LISTED = 1_000
_POSITIONS = {name: position for position, name in enumerate(WIRE_ORDER)}
# The bounds of msgspec have 64 bits.
_LEAST, _MOST = -(2**63), 2**63 - 1


@build_once
def struct_type(
    contract: ContractName, *, wide: bool = False, also: tuple[tuple[str, Any], ...] = ()
) -> type[msgspec.Struct]:
    """Return the struct for the payloads of a contract.

    Args:
        contract: Name of the contract.
        wide: Whether unknown keys are dropped; otherwise an object with unknown keys is not converted.
        also: Unspecified keys, as `schemas.translate.unspecified` finds them, and the types of their values. All other
            undeclared keys are unknown, and others that may have any value may have scalars only.
    """
    return used(StructBuilder(entry(contract).spelling, wide=wide, also=dict(also)).build(root_type(contract)))


@build_once
def decoder_of_members(contract: ContractName, also: tuple[str, ...]) -> Callable[[bytes], Any]:
    """Return the function that decodes a text to a struct of those of the keys that the contract does not declare."""
    fields = _fields_of(also, root_type(contract), entry(contract).spelling)
    struct = msgspec.defstruct("Members", [(name, Any, ABSENT) for name in fields], rename=fields, omit_defaults=True)
    return decoder(used(struct))


def _fields_of(also: Iterable[str], json_type: ObjectType, spelling: Spelling) -> dict[str, str]:
    """Return a name for each of the keys that a part may have although the contract does not declare them."""
    declared = {spelled(name, spelling) for name in json_type.properties}
    keys = () if json_type.closed else [key for key in also if key not in declared]
    return {f"also_{index}": key for index, key in enumerate(keys)}


def keys_of_any_value(contract: ContractName) -> set[str]:
    """Return the declared keys that may have any value."""
    spelling = entry(contract).spelling
    properties = [item for part in parts(contract).values() for item in part.properties.items()]
    return {spelled(name, spelling) for name, field in properties if field.types == (AnyType(),)}


def used(struct: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return a struct type once msgspec has used it, and all struct types below it, for the first time.

    Must be called under the lock of `build_once`, before another thread can see the type.
    """
    with suppress(ValidationError):
        msgspec.json.Decoder(struct).decode(b"{}")
    return struct


@build_once
def decoder(struct: type[msgspec.Struct]) -> Callable[[bytes], Any]:
    """Return the function that decodes a text to a struct, or raises `msgspec.MsgspecError`."""
    return msgspec.json.Decoder(struct, dec_hook=_read).decode


def converter(struct: type[msgspec.Struct]) -> Callable[[Any], Any]:
    """Return the function that converts a payload to a struct that shares nothing mutable with it, or returns None.

    The payload is valid if it is JSON data.
    """

    def convert_or_none(payload: Any) -> Any:
        try:
            return convert(payload, struct, dec_hook=_read)
        except (ValidationError, UnicodeError):
            # msgspec cannot name a key that is not Unicode text.
            return None

    return convert_or_none


def _judged_by(fits: Callable[[Any], Any]) -> Any:
    """Return a type for values that are not read: it has those for which the result of the function is true.

    The function may raise ValidationError.
    """
    # A class of its own, because then a call of the function is all that `isinstance` takes.
    judge = type("Judge", (type,), {"__instancecheck__": staticmethod(fits)})
    return judge("Judged", (), {})


class _ReadBy(type):
    """The class of types for values that a function reads, or raises ValidationError or ValueError.

    `msgspec.convert` and decoders take its result for the value if they have the hook `_read`.
    """

    read: Callable[[Any], Any]

    def __instancecheck__(cls, instance: object) -> bool:
        """Return True, because only results of the function are checked."""
        return True


def _read(kind: Any, value: Any) -> Any:
    return kind.read(value) if type(kind) is _ReadBy else value


@frozen
class StructBuilder:
    """Builds the structs of a contract, one for its payloads and for each part.

    Fields have wire names. A `type` that distinguishes parts is the tag of their structs.

    Attributes:
        spelling: The spelling of the contract.
        layouts: The structs whose memory layout is used, by the names of the parts.
        containers: The fields of the layouts, as pairs of part and key, that may have any value where the contract
            allows any.
        wide: Whether unknown keys are dropped.
        also: The types of unspecified keys, in every part. The type of others that may have any value is `SCALAR`.
        made: The structs built so far, by the names of the parts.
    """

    spelling: Spelling
    layouts: Mapping[str, type[msgspec.Struct]] = Factory(dict)
    containers: AbstractSet[tuple[str, str]] = frozenset()
    wide: bool = False
    also: Mapping[str, Any] = Factory(dict)
    made: dict[str, type[msgspec.Struct]] = Factory(dict)

    def build(self, json_type: ObjectType) -> type[msgspec.Struct]:
        """Return the struct of a part."""
        if json_type.name not in self.made:
            # msgspec looks for a key first at the field after that of the key before.
            names = sorted(json_type.properties, key=lambda name: _POSITIONS.get(name, len(_POSITIONS)))
            if json_type.tag:
                names.remove("type")
            rename = {name: spelled(name, self.spelling) for name in names}
            also = _fields_of(self.also, json_type, self.spelling)
            base = self.layouts.get(json_type.name)
            # The other fields of the layout keep their defaults and are never decoded.
            others = [name for name in base.__struct_fields__ if name not in names] if base else []
            self.made[json_type.name] = msgspec.defstruct(
                json_type.name,
                [self._field(json_type, name) for name in names]
                + [(name, self.also[key], ABSENT) for name, key in also.items()]
                + [(name, _IMPOSSIBLE, (name == "type" and json_type.tag) or ABSENT) for name in others],
                bases=(base or msgspec.Struct,),
                kw_only=True,
                forbid_unknown_fields=json_type.closed or not self.wide,
                # Absent keys are not encoded, nor is the field for the tag, which msgspec writes by itself.
                omit_defaults=True,
                # A struct contains copies of JSON data and other structs, so it cannot be in a cycle. One that becomes
                # a model object needs the layout of those that users build, which can be.
                gc=base is not None,
                # The contract may not declare a field of the layout, and msgspec does not allow a tag to have the name
                # of a field. So the field has another name in JSON, with a space in front; no value matches it.
                rename=rename | also | {name: f" {name}" for name in others},
                tag_field="type" if json_type.tag else None,
                tag=json_type.tag,
            )
        return self.made[json_type.name]

    def _field(self, json_type: ObjectType, name: str) -> tuple[str, Any] | tuple[str, Any, Any]:
        types = json_type.properties[name].types
        kind = self._union(types)
        if types == (AnyType(),):
            if self.layouts and (json_type.name, name) not in self.containers:
                # Some classes take texts only; other values are unknown to the fast path.
                kind = str | None
            elif not self.layouts and not self.wide:
                kind = self.also.get(spelled(name, self.spelling), SCALAR)
        return (name, kind) if name in json_type.required else (name, kind, ABSENT)

    def _union(self, types: Types) -> Any:
        if types == (AnyType(),):
            return _read_by(copy_of_json) | None if self.layouts else ANY_JSON
        allowed = [json_type for json_type in types if json_type.limits.keys() <= _KNOWN_LIMITS]
        maps = [json_type for json_type in allowed if isinstance(json_type, MapType)]
        if maps:
            # msgspec allows nothing but null beside what a function reads.
            others = tuple(one for one in allowed if not isinstance(one, MapType | NullType))
            kind = self._map(maps[0], others)
            kinds = [kind, *(None for one in allowed if one == NullType())]
        else:
            kinds = [kind for json_type in allowed for kind in self._types(json_type)]
        return reduce(or_, kinds or [_IMPOSSIBLE])

    def _map(self, json_type: MapType, others: Types) -> Any:
        """Return the type of a map, or of a value of other types; an object among these has a `type`."""
        if json_type == _ANY_OBJECT and not others:
            return _read_by(_copy_of_object) if self.layouts else _judged_by(_is_small_object)
        key = _bounded(str, max_length=json_type.max_key_length)
        pairs = dict.__class_getitem__((key, self._union(json_type.values.types)))
        most = self._most(json_type.max_properties, json_type.values.types)
        bounds = {"min_length": json_type.min_properties or None, "max_length": most}
        as_map, as_other = _holder(_bounded(pairs, **bounds)), _holder(self._union(others))
        objects = any(isinstance(one, ObjectType) for one in others)

        fill = partial(convert, dec_hook=_read) if self.layouts else convert

        def held(value: Any) -> Any:
            """Return a struct that has the value, or raise ValidationError."""
            holder = as_other
            if isinstance(value, dict) and not (objects and isinstance(value.get("type"), str)):
                if not has_json_keys(value):
                    raise ValidationError("a key that is not Unicode text")
                holder = as_map
            return fill({"value": value}, holder)

        # Values that become those of an object are copied.
        return _read_by(lambda value: held(value).value) if self.layouts else _judged_by(held)

    def _most(self, most: int | None, types: Types) -> int | None:
        """Return how many values of these types an array or a map may have."""
        if self.wide or self.layouts:
            return most
        return min(_MANY if most is None else most, _FEW if any(one.children() for one in types) else _MANY)

    def _types(self, json_type: JsonType) -> tuple[Any, ...]:  # noqa: PLR0911  # one a type
        match json_type:
            case EnumType(values):
                return (Literal[values],)
            case StringType(max_length, min_length):
                return (_bounded(str, min_length=min_length, max_length=max_length),)
            case NumberType(minimum=float() | int(), exclusive_minimum=float() | int()):
                # msgspec allows only one lower bound, and no contract has two.
                return (_IMPOSSIBLE,)
            case NumberType(is_integer, minimum, exclusive_minimum, maximum, also_allowed):
                least, most = _bounds(minimum, exclusive_minimum, maximum)
                integer = _integer(least, most, also_allowed)
                if is_integer:
                    return (integer, _fraction(least, None, most, whole=True))
                return (integer, _fraction(minimum, exclusive_minimum, maximum))
            case ArrayType(field, min_items, max_items):
                items = tuple.__class_getitem__((self._union(field.types), ...))
                most = self._most(max_items, field.types)
                return (_bounded(items, min_length=min_items or None, max_length=most),)
            case ObjectType():
                return (self.build(json_type),)
        return _CONSTANT[type(json_type)]


def _bounded(kind: Any, **bounds: float | None) -> Any:
    present = {name: bound for name, bound in bounds.items() if bound is not None}
    return Annotated[kind, msgspec.Meta(**cast("Any", present))] if present else kind


def _bounds(lowest: float | None, above: float | None, highest: float | None) -> tuple[int | None, int | None]:
    """Return the least and the greatest whole number from `lowest`, or from more than `above`, to `highest`."""
    least = floor(above) + 1 if above is not None else ceil(lowest) if lowest is not None else None
    return least, None if highest is None else floor(highest)


def _integer(least: int | None, most: int | None, also_allowed: tuple[int, ...]) -> Any:
    if (least or 0) > _MOST or (most or 0) < _LEAST:
        return _IMPOSSIBLE
    if also_allowed and least is not None and most is not None and most - least < _MOST_LISTED:
        return Literal[(*also_allowed, *range(least, most + 1))]
    return _bounded(
        int, ge=_LEAST if least is None else max(least, _LEAST), le=_MOST if most is None else min(most, _MOST)
    )


def _fraction(lowest: float | None, above: float | None, highest: float | None, *, whole: bool = False) -> Any:
    """Return the type of floats within bounds, perhaps such as 3.0 only; a bound that no float has is moved inward."""
    least, most = (None if bound is None else float(bound) for bound in (lowest, highest))
    if least is not None and least < lowest:  # type: ignore[operator]  # neither is None
        least = nextafter(least, inf)
    if most is not None and most > highest:  # type: ignore[operator]  # neither is None
        most = nextafter(most, -inf)
    if least is None and above is None:
        least = -float_info.max
    # So NaN and the infinities are not among them.
    most = float_info.max if most is None else most
    return _bounded(float, ge=least, gt=above, le=most, multiple_of=1 if whole else None)


def _read_by(read: Callable[[Any], Any]) -> Any:
    return _ReadBy("Read", (), {"read": staticmethod(read)})


def _is_small_object(value: object) -> bool:
    return type(value) is dict and is_small_json(value)


def _copy_of_object(value: Any) -> Any:
    if not _is_small_object(value):
        raise ValueError("not an object that is proved to be JSON data")
    return deep_copy(value)


SCALAR: Final = None | bool | str | _integer(None, None, ()) | _fraction(None, None, None)
"""The type of values that are neither objects nor arrays."""
_SCALARS = _bounded(tuple.__class_getitem__((SCALAR, ...)), max_length=_MANY)
ANY_JSON: Final = _judged_by(is_small_json) | None
"""The type of any JSON data."""
# A payload may be hostile, and msgspec raises an error for a field with a name that JSON text escapes.
_MOST_KEYS = 8
_KEY = re.compile(r'[^"\\\x00-\x1f]{,100}')


def can_be_fields(keys: Collection[str]) -> bool:
    """Return whether keys of a payload are few, short and plain, so that a struct may have fields for them."""
    return len(keys) <= _MOST_KEYS and all(map(_KEY.fullmatch, keys))


def type_like(value: Any, before: Any = SCALAR) -> Any:
    """Return a type for the values of an unspecified key, such as this value.

    It is `before`, the type until now, if that includes the value. Otherwise `SCALAR` gets arrays of scalars, or
    objects that have no other keys than the value. All else becomes `ANY_JSON`, which takes a call of a function for
    each value: large and deep objects, and any type but `SCALAR`.
    """
    try:
        convert(value, before)
    except ValidationError:
        return _type_like(value, 3) if before is SCALAR and isinstance(value, dict | list) else ANY_JSON
    return before


def _type_like(value: Any, depth: int) -> Any:
    if isinstance(value, list):
        return ANY_JSON if any(isinstance(item, dict | list) for item in value) else SCALAR | _SCALARS
    if not isinstance(value, dict):
        return SCALAR
    if not depth or not can_be_fields(value):
        return ANY_JSON
    keys = {f"key_{index}": key for index, key in enumerate(value)}
    fields = [(name, _type_like(value[key], depth - 1), ABSENT) for name, key in keys.items()]
    return SCALAR | msgspec.defstruct("Like", fields, rename=keys, forbid_unknown_fields=True, gc=False)


def _holder(kind: Any) -> type[msgspec.Struct]:
    """Return a struct with one value, because msgspec analyzes other types at each use."""
    return used(msgspec.defstruct("Holder", [("value", kind)]))

"""The features of a contract: everything that payloads can hold, and that a test suite should show to the tested code.

A feature is a kind of value at a location, the absence of a key, a limit that is reached, or a rule that is violated.
"""

from __future__ import annotations

from functools import cache
from itertools import islice, product
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from ftschema.analysis.locations import locations
from ftschema.core.pointer import join
from ftschema.core.text import format_value
from ftschema.generation.defects import catalogue
from ftschema.generation.objects import make_consistent
from ftschema.generation.placement import base_job, ensure_path, set_value
from ftschema.generation.plans import seeded
from ftschema.generation.values import simplest, type_generator
from ftschema.schemas.json_types import (
    ANY_KEY,
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
from ftschema.schemas.translate import from_wire, pointer_from_wire, to_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftschema.core.literals import ContractName
    from ftschema.schemas.json_types import JsonType, Types

KINDS: Final = ("status", "method", "grader", "value", "place", "absence", "null", "bound", "rule")
"""The kinds of features, in the order of reports: the first four are strings that a contract lists."""

ABSENT: Final = "absent"
"""The word for the absence of a key."""

_NULL: Final = "null"


@frozen(order=True)
class Feature:
    """Something that payloads of a contract can hold.

    Attributes:
        pointer: The location, with `*` for any item of an array or any key of a map; empty for a rule.
        word: What is there, in a few words, such as `"failed"`, `null`, `absent`, `an integer`, `maximum 50`; for a
            rule, its code.
        kind: One of `KINDS`.
    """

    pointer: str
    word: str
    kind: str


@cache
def features(contract: ContractName) -> tuple[Feature, ...]:
    """Return every feature of a contract: those of the schema by location, then the rules that a job can violate."""
    found: dict[Feature, None] = {}
    for location in locations(contract).values():
        for access in location.accesses:
            words = [word for one in access.field.types for word in _words(one)]
            if access.required is False:
                words.append(ABSENT)
            found |= dict.fromkeys(Feature(location.pointer, word, _kind(location.wire, word)) for word in words)
    rules = dict.fromkeys(kind.code for kind in catalogue(contract) if kind.lifecycle)
    return (*found, *(Feature("", code, "rule") for code in rules))


def held(contract: ContractName, payload: Any) -> set[tuple[str, str]]:
    """Return the pointer and the word of every feature that a payload holds; values of wrong types hold none.

    A payload violates rules only if it satisfies its schema.
    """
    found = set(_held(to_wire(contract, payload), locations(contract)[""].types, ""))
    spelled = {(_spelled(contract, pointer), word) for pointer, word in found}
    report = _contract(contract).check(payload, lifecycle=True)
    return spelled | {("", problem.code) for problem in report}


@cache
def _spelled(contract: ContractName, pointer: str) -> str:
    return pointer_from_wire(contract, pointer)


def _held(value: Any, types: Types, pointer: str) -> Iterator[tuple[str, str]]:
    matching = [one for one in types if one.matches(value)]
    for one in matching:
        yield from ((pointer, word) for word in _words_of(one, value))
        if isinstance(one, ObjectType):
            for key, field in one.properties.items():
                below = pointer + join([key])
                if key in value:
                    yield from _held(value[key], field.types, below)
                elif key not in one.required:
                    yield below, ABSENT
        elif isinstance(one, ArrayType | MapType):
            [(_, items)] = one.children()
            for item in value if isinstance(one, ArrayType) else value.values():
                yield from _held(item, items.types, pointer + join([ANY_KEY]))


def _kind(wire: str, word: str) -> str:
    if word == ABSENT:
        return "absence"
    if word == _NULL:
        return "null"
    if word.startswith('"'):
        if wire == "/status":
            return "status"
        if wire == "/method/type":
            return "method"
        return "grader" if wire.endswith("/type") and "/grader" in wire and "/input/" not in wire else "value"
    return "bound" if word.split(" ", maxsplit=1)[0] in _LIMITS else "place"


_LIMITS: Final = ("minimum", "maximum", "minItems", "maxItems", "maxLength", "maxProperties", "also")


def _limits(json_type: JsonType) -> Iterator[tuple[str, float]]:
    """Yield the limits of a type that a value can reach, with their keywords."""
    return ((keyword, limit) for keyword, limit in json_type.limits.items() if keyword in _LIMITS)


def _words(json_type: JsonType) -> Iterator[str]:  # one a type
    """Yield the words for all values of a type."""
    match json_type:
        case NullType():
            yield _NULL
        case BooleanType():
            yield from ("false", "true")
        case EnumType(values):
            yield from map(format_value, values)
        case StringType():
            yield "a string"
        case NumberType(integer=integer):
            yield from ("an integer",) if integer else ("an integer", "a number with a decimal point")
            yield from (f"also {value}" for value in json_type.also_allowed)
        case ArrayType():
            yield from ("items",) if json_type.min_items else ("items", "an empty array")
        case MapType():
            yield from ("keys", "an empty map")
        case ObjectType(tag=None):
            yield "an object"
        case AnyType():
            yield from (_NULL, "any value")
    yield from (f"{keyword} {limit}" for keyword, limit in _limits(json_type))


def _words_of(json_type: JsonType, value: Any) -> Iterator[str]:  # one a type
    """Yield the words for one value of a type."""
    size: Any = value
    match json_type:
        case NullType() | BooleanType() | EnumType():
            yield format_value(value)
        case StringType():
            yield "a string"
            size = len(value)
        case NumberType(integer=integer):
            if value in json_type.also_allowed:
                yield f"also {int(value)}"
            elif integer or isinstance(value, int):
                yield "an integer"
            else:
                yield "a number with a decimal point"
        case ArrayType():
            yield "items" if value else "an empty array"
            size = len(value)
        case MapType():
            yield "keys" if value else "an empty map"
            size = len(value)
        case ObjectType(tag=None):
            yield "an object"
        case AnyType():
            yield _NULL if value is None else "any value"
    yield from (f"{keyword} {limit}" for keyword, limit in _limits(json_type) if size == limit)


def by_kind(found: Iterable[Feature]) -> dict[str, list[Feature]]:
    """Return features by kind, in the order of `KINDS`."""
    grouped: dict[str, list[Feature]] = {kind: [] for kind in KINDS}
    for feature in found:
        grouped[feature.kind].append(feature)
    return grouped


# ---------------------------------------------------------------- examples

# A generator reaches each word of a type in a few of these draws.
_DRAWS: Final = 64


def examples_of(contract: ContractName, feature: Feature) -> Iterator[dict[str, Any]]:
    """Yield values of a top-level key with a feature, each as the only item of a dict by the key."""
    for access, is_consistent in product(locations(contract)[feature.pointer].accesses, (True, False)):
        # Any job holds the only feature of the whole job.
        last = str(access.key)
        payload = base_job(contract, access.route, last, simplest)
        holder, path = ensure_path(payload, access.route, contract, simplest)
        if feature.word == ABSENT:
            holder.pop(last, None)
            path.append(last)
        else:
            found = (value for one in access.field.types for value in _values(one, last, contract, feature.word))
            path += [set_value(holder, last, value, simplest) for value in islice(found, 1)]
        if is_consistent:
            make_consistent(contract, payload)
        payload, key = from_wire(contract, payload), _spelled(contract, join(path[:1]))[1:]
        if key in payload:
            yield {key: payload[key]}


def _values(json_type: JsonType, key: str, contract: ContractName, word: str) -> Iterator[Any]:
    """Yield values of a type that are described by a word."""
    if word not in _words(json_type):
        return
    generate = type_generator(json_type, key, contract)
    values = (generate(seeded("features", draw)) for draw in range(_DRAWS))
    limits = [int(limit) for keyword, limit in _limits(json_type) if word.startswith(keyword)]
    yield from (
        value
        for value in (None, [], {}, "a", *limits, *values)
        if json_type.matches(value) and word in _words_of(json_type, value)
    )

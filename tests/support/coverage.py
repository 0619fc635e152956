"""The coverage of generated jobs: everything that generators can reach in a contract, and what a payload reaches.

A row is one thing to reach: the name of a part, one of its keys, and a word for a value of that key.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from ftschema.schemas.json_types import (
    ArrayType,
    BooleanType,
    EnumType,
    JsonType,
    MapType,
    NullType,
    NumberType,
    ObjectType,
    StringType,
    Types,
)
from ftschema.schemas.reader import parts, root_type
from ftschema.schemas.vocabulary import TIME_KEYS
from support.oracles.sdk_documents import in_wire_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftschema.core.literals import ContractName

Row: TypeAlias = tuple[str, str, str]
Visit: TypeAlias = tuple[tuple[str, ...], ObjectType, dict[str, Any]]


def rows(contract: ContractName) -> set[Row]:
    """Return all that generators can reach in the jobs of a contract."""
    found: set[Row] = set()
    for name, part in parts(contract).items():
        found.add((name, "", "a later key"))
        for key, field in part.properties.items():
            found |= {(name, key, word) for json_type in field.types for word in _possible(json_type, key)}
            if key not in part.required:
                found.add((name, key, "absent"))
    return found


def against_rules(contract: ContractName) -> set[Row]:
    """Return what no consistent job reaches: an empty range of a grader, and an error that is not an object or null."""
    return {
        row
        for row in rows(contract)
        if row in {("ScoreModelGrader", "range", "fewest items"), ("FineTuningJob", "error", "anything")}
    }


def unreached(contract: ContractName, expected: set[Row], payloads: Iterable[dict[str, Any]]) -> set[Row]:
    """Return those of some rows that no payload reaches; no more payloads are looked at than it takes."""
    left = {*expected}
    for payload in payloads:
        left -= reached(contract, payload)
        if not left:
            break
    return left


def reached(contract: ContractName, payload: dict[str, Any]) -> set[Row]:
    """Return what a payload of a contract reaches."""
    found: set[Row] = set()
    for _, part, value in visits(contract, payload):
        if not value.keys() <= part.properties.keys():
            found.add((part.name, "", "a later key"))
        for key, field in part.properties.items():
            words = _words(_type_of(value[key], field.types), value[key]) if key in value else ("absent",)
            found |= {(part.name, key, word) for word in words}
    return found


def visits(contract: ContractName, payload: dict[str, Any]) -> Iterator[Visit]:
    """Yield each object of known keys in a payload, in the names of the wire, with the parts that it is in."""
    return _visits(root_type(contract), in_wire_names(contract, payload), ())


def _visits(json_type: JsonType, value: Any, above: tuple[str, ...]) -> Iterator[Visit]:
    if isinstance(json_type, ObjectType):
        yield above, json_type, value
        for key, field in json_type.properties.items():
            if key in value:
                yield from _visits(_type_of(value[key], field.types), value[key], (*above, json_type.name))
        return
    for _, field in json_type.children():
        for item in value if isinstance(value, list) else value.values():
            yield from _visits(_type_of(item, field.types), item, above)


def _type_of(value: Any, types: Types) -> JsonType:
    return types[0] if len(types) == 1 else next(json_type for json_type in types if json_type.matches(value))


def _possible(json_type: JsonType, key: str) -> Iterator[str]:
    """Yield all words for values of a type."""
    match json_type:
        case NullType():
            yield "null"
        case BooleanType():
            yield from ("false", "true")
        case EnumType(values):
            yield from map(json.dumps, values)
        case StringType(max_length):
            yield from ("text", "longest text") if max_length else ("text",)
        case NumberType():
            yield from _numbers(json_type, key)
        case ArrayType(items, _, most):
            yield from ("fewest items", "more items", "most items") if most else ("fewest items", "more items")
            yield from (f"holds {word}" for inner in items.types for word in _possible(inner, ""))
        case MapType(values, _, most, longest_key):
            yield from ("map", "fullest map") if most else ("map",)
            yield from ("longest name",) if longest_key else ()
            yield from (f"holds {word}" for inner in values.types for word in _possible(inner, ""))
        case ObjectType(name):
            yield name
        case _:
            # The values of a map that may be anything are never generated as null.
            yield from ("null", "anything") if key else ("anything",)


def _numbers(json_type: NumberType, key: str) -> Iterator[str]:
    yield "integer"
    if key in TIME_KEYS:
        # Times are generated as servers send them: neither with a decimal point nor before there were computers.
        return
    yield "whole float"
    if not json_type.integer:
        yield "fraction"
    yield from json_type.limits
    yield from map(str, json_type.also_allowed)


def _words(json_type: JsonType, value: Any) -> Iterator[str]:
    """Yield the words for one value of a type."""
    match json_type:
        case NullType() | BooleanType() | EnumType():
            yield json.dumps(value)
        case StringType(max_length):
            yield "longest text" if len(value) == max_length else "text"
        case NumberType():
            yield from _words_of_number(json_type, value)
        case ArrayType(items, fewest, most):
            yield "fewest items" if len(value) == fewest else "most items" if len(value) == most else "more items"
            yield from (f"holds {word}" for item in value for word in _words(_type_of(item, items.types), item))
        case MapType(values, _, most, longest_key):
            yield "fullest map" if len(value) == most else "map"
            yield from ("longest name",) if any(len(name) == longest_key for name in value) else ()
            yield from (
                f"holds {word}" for item in value.values() for word in _words(_type_of(item, values.types), item)
            )
        case ObjectType(name):
            yield name
        case _:
            yield "null" if value is None else "anything"


def _words_of_number(json_type: NumberType, value: float) -> Iterator[str]:
    if value in json_type.also_allowed:
        yield str(value)
    elif isinstance(value, int):
        yield "integer"
    else:
        yield "whole float" if value.is_integer() else "fraction"
    if value == json_type.minimum:
        yield "minimum"
    if json_type.exclusive_minimum is not None and value - json_type.exclusive_minimum < 1e-5:
        yield "exclusiveMinimum"
    if value == json_type.maximum:
        yield "maximum"

"""Generate a value for a field of a payload from a sequence of choices.

Seeded fixtures and Hypothesis strategies run the same generators with different choosers. The first option of every
choice is the simplest, so a chooser that always returns 0 gives the payload that one would write by hand. An unusual
value takes as many choices as a usual one, because Hypothesis shrinks to fewer choices first.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ftschema.core.absent import ABSENT
from ftschema.generation import samples
from ftschema.jsontext.data import deep_copy
from ftschema.schemas.catalogue import entry
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
)
from ftschema.schemas.vocabulary import TIME_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ftschema.core.literals import ContractName
    from ftschema.schemas.json_types import Types


_T = TypeVar("_T")

Chooser: TypeAlias = "Callable[[int], int]"
"""Makes the decisions: takes a number of options and returns the index of one, from 0."""
Generator: TypeAlias = "Callable[[Chooser], Any]"
"""Generates a value."""


def simplest(_: int) -> int:
    """Return 0: the chooser of the simplest values."""
    return 0


def choose(options: Sequence[_T], chooser: Chooser) -> _T:
    """Return one of the options; a single option takes no decision."""
    return options[chooser(len(options))] if len(options) > 1 else options[0]


@cache
def weight(*types: JsonType) -> int:
    """Return how many of the options a type gets: more if there is more to reach in it."""
    return sum(json_type.size for json_type in types).bit_length()


@cache
def generator_for(types: Types, key: str, contract: ContractName, *, optional: bool = False) -> Generator:
    """Return the generator of a field: it chooses a type, then a value.

    Objects that are distinguished by `type` are one option together. If the field is optional, the first option is
    `ABSENT`.
    """
    tagged = tuple(one for one in types if isinstance(one, ObjectType) and one.tag is not None)
    options: list[Generator] = [_constant(ABSENT)] if optional else []
    for json_type in types:
        if json_type not in tagged:
            options += [type_generator(json_type, key, contract)] * weight(json_type)
    if tagged:
        union = [type_generator(one, key, contract) for one in tagged for _ in range(weight(one))]
        options += [_one_of(union)] * weight(*tagged)
    return _one_of(options)


def _one_of(options: Sequence[Generator]) -> Generator:
    number = len(options)
    if len(set(options)) == 1:
        return options[0]
    return lambda chooser: options[chooser(number)](chooser)


@cache
def type_generator(json_type: JsonType, key: str, contract: ContractName) -> Generator:  # noqa: PLR0911  # one a type
    """Return the generator of values of one type for the field at a key."""
    match json_type:
        case NullType():
            return _constant(None)
        case BooleanType():
            return lambda chooser: bool(chooser(2))
        case EnumType(values):
            return _one_value_of(values)
        case StringType():
            return _string(json_type, key, contract)
        case NumberType():
            return _integer(json_type, key) if json_type.integer else _fraction(json_type)
        case ArrayType():
            return _array(json_type, key, contract)
        case MapType():
            return _map(json_type, key, contract)
        case ObjectType():
            return _object(json_type, contract)
    return _any_value


def _constant(value: Any) -> Generator:
    return lambda _: value


def _one_value_of(values: tuple[str, ...]) -> Generator:
    if len(values) == 1:
        return _constant(values[0])
    return lambda chooser: values[chooser(len(values))]


def _string(json_type: StringType, key: str, contract: ContractName) -> Generator:
    found = entry(contract)
    kind, vendor = entry(found.items or contract).kind, found.vendor
    make_id = samples.ID_KEYS.get(key)
    if key == "id" and kind.name != "job":
        make_id = samples.IDS_OF_KINDS.get(kind.name, samples.other_id)
    if make_id:
        return lambda chooser: make_id(chooser(samples.IDS), vendor)
    texts = samples.TEXTS_OF_KINDS.get(kind.name, {}).get(key) or samples.TEXTS.get(key, samples.ANY_TEXT)
    if key == "object" and kind.object:
        # Where a contract allows any string.
        texts = (kind.object,)
    texts = tuple(filter(json_type.matches, texts))
    number = len(texts)
    if json_type.max_length is None:
        return lambda chooser: texts[chooser(number)]
    longest = "é" * json_type.max_length

    def generate(chooser: Chooser) -> str:
        is_longest = _is_last(4, chooser)
        text = texts[chooser(number)]
        return longest if is_longest else text

    return generate


def _fraction(json_type: NumberType) -> Generator:
    lowest = 0.0 if json_type.exclusive_minimum is None else json_type.exclusive_minimum
    highest = 1_000.0 if json_type.maximum is None else json_type.maximum
    fractions = (1, 0.1, 2, 2.0, 1.8, highest, float(lowest) + 1e-6, 0.5)
    return lambda chooser: fractions[chooser(8)]


def _integer(json_type: NumberType, key: str) -> Generator:
    if key in TIME_KEYS:
        return lambda chooser: samples.FIRST_TIME + chooser(samples.TIME_SPAN)
    start, span = samples.INTEGERS.get(key, (0, 10))
    if json_type.minimum is not None:
        start = max(start, int(json_type.minimum))
    if json_type.maximum is not None:
        span = min(span, int(json_type.maximum) - start + 1)
    unusual = (
        start if json_type.minimum is None else int(json_type.minimum),
        start + span - 1 if json_type.maximum is None else int(json_type.maximum),
        float(start + 2),
        *json_type.also_allowed,
    )

    def generate(chooser: Chooser) -> float:
        position = chooser(3 + len(unusual)) - 3
        usual = start + chooser(span)
        return usual if position < 0 else unusual[position]

    return generate


def _is_last(number: int, chooser: Chooser) -> bool:
    """Return True once in `number` times; examples shrink to False."""
    return chooser(number) == number - 1


def _array(json_type: ArrayType, key: str, contract: ContractName) -> Generator:
    generate_item = generator_for(json_type.items.types, key, contract)
    fewest = json_type.min_items
    most = fewest + 2 if json_type.max_items is None else json_type.max_items
    if most == fewest:
        return lambda chooser: [generate_item(chooser) for _ in range(fewest)]
    return lambda chooser: [generate_item(chooser) for _ in range(fewest + chooser(most - fewest + 1))]


def _map(json_type: MapType, key: str, contract: ContractName) -> Generator:
    if key in samples.OBJECTS:
        objects = samples.OBJECTS[key]
        return lambda chooser: deep_copy(objects[chooser(len(objects))])
    names = samples.NAMES.get(key, samples.ANY_TEXT)
    generate_value = generator_for(json_type.values.types, "value", contract)
    longest_name = () if json_type.max_key_length is None else ("k" * json_type.max_key_length,)
    most_names = tuple(f"{names[0]} {number}" for number in range(json_type.max_properties or 0))

    def generate(chooser: Chooser) -> dict[str, Any]:
        is_longest = longest_name and _is_last(4, chooser)
        is_fullest = most_names and _is_last(6, chooser)
        chosen = names[: json_type.min_properties + chooser(4)]
        if is_longest:
            chosen = longest_name
        if is_fullest:
            chosen = most_names
        return {name: generate_value(chooser) for name in chosen}

    return generate


def _object(json_type: ObjectType, contract: ContractName) -> Generator:
    generators = [
        (key, generator_for(field.types, key, contract, optional=key not in json_type.required))
        for key, field in json_type.properties.items()
    ]

    def generate(chooser: Chooser) -> dict[str, Any]:
        generated: dict[str, Any] = {}
        for key, generate_member in generators:
            value = generate_member(chooser)
            if value is not ABSENT:
                generated[key] = value
        return generated if json_type.closed else with_unknown_key(generated, chooser)

    return generate


def with_unknown_key(generated: dict[str, Any], chooser: Chooser) -> dict[str, Any]:
    """Add, to one object of four, a key that no contract declares, as newer servers do."""
    if _is_last(4, chooser):
        name = samples.UNKNOWN_KEYS[chooser(len(samples.UNKNOWN_KEYS))]
        generated[name] = _any_value(chooser)
    return generated


def _any_value(chooser: Chooser) -> Any:
    return deep_copy(samples.ANY_VALUES[chooser(len(samples.ANY_VALUES))])

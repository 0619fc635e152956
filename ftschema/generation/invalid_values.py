"""Values that a field must reject, each with the keyword that rejects it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from ftschema.core.text import plural
from ftschema.schemas.json_types import ArrayType, EnumType, MapType, NumberType, StringType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.schemas.json_types import Types

FAR: Final = 10**9
"""The distance of a number that is far outside a limit."""

# One value of each JSON type, chosen to be tempting: 0.5 is not an integer, and "3" is not a number.
_SAMPLES: Final[dict[str, Any]] = {
    "null": None,
    "boolean": True,
    "integer": 3,
    "number": 0.5,
    "string": "3",
    "array": [],
    "object": {},
}
# Values that are valid in other fields.
_VALUES_OF_OTHERS: Final = ("supervised", "running")


@frozen
class InvalidValue:
    """A value that a field rejects.

    Attributes:
        value: The value.
        code: The keyword that rejects it.
        description: What is wrong with it, to be read after its location; empty if the value itself shows it.
    """

    value: Any
    code: str
    description: str = ""


def invalid_values(types: Types) -> Iterator[InvalidValue]:
    """Yield values that a field with these types rejects."""
    allowed = {name for json_type in types for name in json_type.json_types}
    yield from (InvalidValue(sample, "type") for name, sample in _SAMPLES.items() if name not in allowed)
    for json_type in types:
        match json_type:
            case EnumType(values, keyword):
                yield from (InvalidValue(value, keyword) for value in _misspelled(values))
                if not allowed.isdisjoint({"integer", "number"}):
                    yield InvalidValue("3", keyword)
            case NumberType():
                yield from _invalid_numbers(json_type)
            case StringType():
                yield from _invalid_strings(json_type)
            case ArrayType(min_items=min_items) if min_items:
                yield InvalidValue([], "minItems")
            case MapType():
                yield from _invalid_maps(json_type)
            case _:
                pass


def _misspelled(values: tuple[str, ...]) -> Iterator[str]:
    """Yield a typo, the wrong case, a trailing blank, nothing, and a value of another field."""
    yield from (f"{values[0]}x", values[0].upper(), f"{values[-1]} ", "")
    yield next(value for value in _VALUES_OF_OTHERS if value not in values)


def _invalid_strings(json_type: StringType) -> Iterator[InvalidValue]:
    if json_type.max_length is not None:
        length = json_type.max_length + 1
        yield InvalidValue("a" * length, "maxLength", f"has {plural(length, 'character')}")
    if json_type.min_length:
        length = json_type.min_length - 1
        yield InvalidValue("a" * length, "minLength", f"has {plural(length, 'character')}")


def _invalid_numbers(json_type: NumberType) -> Iterator[InvalidValue]:
    for keyword, bound in json_type.limits.items():
        if keyword == "exclusiveMinimum":
            outside: tuple[float, ...] = (bound, -1, -FAR)
        else:
            outside = _outside(json_type, bound, 1 if keyword == "maximum" else -1)
        yield from (InvalidValue(value, keyword) for value in outside)


def _outside(json_type: NumberType, bound: float, step: int) -> tuple[float, ...]:
    """Return the next integer outside a limit, one far away, and the next float if fractions are allowed."""
    integers = (bound + step, bound + step * FAR)
    return integers if json_type.integer else (*integers, math.nextafter(bound, math.inf * step))


def _invalid_maps(json_type: MapType) -> Iterator[InvalidValue]:
    if json_type.min_properties:
        yield InvalidValue({}, "minProperties")
    if json_type.max_properties is not None:
        number = json_type.max_properties + 1
        members = {f"key {position}": "value" for position in range(number)}
        yield InvalidValue(members, "maxProperties", f"has {plural(number, 'key')}")
    if json_type.max_key_length is not None:
        length = json_type.max_key_length + 1
        yield InvalidValue({"k" * length: "value"}, "maxLength", f"has a key of {plural(length, 'character')}")

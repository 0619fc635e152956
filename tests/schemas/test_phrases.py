"""Types and limits are put into words in one place, and a type matches the values that it allows."""

from __future__ import annotations

from typing import Any

from ftschema.schemas.json_types import (
    AnyType,
    ArrayType,
    BooleanType,
    EnumType,
    Field,
    JsonType,
    MapType,
    NullType,
    NumberType,
    ObjectType,
    StringType,
)
from ftschema.schemas.phrases import limit, type_names
from support.rows import for_each

_TEXT = Field((StringType(),))
_ANY = Field((AnyType(),))
_PART = ObjectType("Part", ("id",), {"id": _TEXT, "n_epochs": _TEXT}, tag="one")


@for_each(
    ("keyword", "value", "text"),
    [
        ("minimum", 1, "at least 1"),
        ("minimum", None, "no lower limit"),
        ("exclusiveMinimum", 1e-05, "more than 1e-05"),
        ("maximum", 2_147_483_647, "at most 2147483647"),
        ("maximum", None, "no upper limit"),
        ("minItems", 1, "at least 1 item"),
        ("maxLength", 512, "at most 512 characters"),
        ("maxProperties", None, "any number of keys"),
    ],
)
def test_limit(keyword: str, value: float | None, text: str) -> None:
    """A limit is said with what it counts, and so is its absence."""
    assert limit(keyword, value) == text


@for_each(
    ("types", "text"),
    [
        ((NullType(),), "null"),
        ((NullType(), BooleanType()), "true, false or null"),
        ((NullType(), EnumType(("a", "b"), "enum"), NumberType(integer=True, minimum=1)), '"a", "b", an integer of at'),
        ((NumberType(integer=False, exclusive_minimum=0, maximum=2),), "a number of more than 0 and at most 2"),
        ((NumberType(integer=True, minimum=1, also_allowed=(-1,)),), "an integer of at least 1 or -1"),
        ((StringType(512),), "a string of at most 512 characters"),
        ((StringType(), ArrayType(_TEXT, 1, 5)), "a string or an array of at least 1 item and at most 5 items"),
        ((MapType(_TEXT, 1, 16, 64),), "a map of at least 1 key and at most 16 keys, each of at most 64 characters"),
        ((MapType(_TEXT),), "a map"),
        ((_PART,), 'an object with type "one"'),
        ((AnyType(),), "anything"),
    ],
)
def test_describe(types: tuple[JsonType, ...], text: str) -> None:
    """A field is described by its types with their limits: listed values first, null last."""
    assert Field(types).describe("wire").startswith(text)


def test_describe_keys() -> None:
    """The keys of an object are described in the spelling of the contract, the required ones first."""
    assert _PART.describe_keys("camel") == "required keys: id; optional keys: nEpochs"
    assert ObjectType("Part", (), {"id": _TEXT}).describe_keys("wire") == "optional keys: id"


@for_each(
    ("types", "text"),
    [
        ((NullType(), NumberType(integer=True)), "integer or null"),
        ((NullType(), NumberType(integer=False), StringType()), "number, string or null"),
        ((_PART, MapType(_TEXT)), "object"),
        ((AnyType(),), "anything"),
    ],
)
def test_type_names(types: tuple[JsonType, ...], text: str) -> None:
    """The JSON types of a field have the names of JSON Schema, each once."""
    assert type_names(types) == text


@for_each(
    ("json_type", "matching", "others"),
    [
        (NullType(), [None], [0, False, ""]),
        (BooleanType(), [True, False], [1, "true", None]),
        (EnumType(("a",), "const"), ["a"], ["b", None, ["a"]]),
        (StringType(2), ["", "ab"], ["abc", 1]),
        (NumberType(integer=True, minimum=1, maximum=9, also_allowed=(-1,)), [1, 9, 3.0, -1], [0, 10, 1.5, True, "1"]),
        (NumberType(integer=False, exclusive_minimum=0), [0.5, 10**30], [0, -1.5]),
        (ArrayType(_TEXT), [[], [1]], [{}, "a"]),
        (MapType(_TEXT), [{}, {"type": "one"}], [[], None]),
        (_PART, [{"type": "one"}], [{}, {"type": "two"}, []]),
        (AnyType(), [None, 1, "a", [], {}], []),
    ],
)
def test_matches(json_type: JsonType, matching: list[Any], others: list[Any]) -> None:
    """A type matches the values that it allows; what is inside a value does not matter."""
    assert all(map(json_type.matches, matching))
    assert not any(map(json_type.matches, others))


def test_size() -> None:
    """The size of a type counts its values, its limits, and everything below it."""
    assert (NullType().size, EnumType(("a", "b"), "enum").size, StringType().size, StringType(5).size) == (1, 2, 1, 2)
    assert NumberType(integer=True, also_allowed=(-1,)).size == 5
    assert ArrayType(_TEXT).size == MapType(_TEXT).size == 4
    assert _PART.size == 5
    assert _ANY.types[0].size == 1

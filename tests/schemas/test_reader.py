"""The types that are read from a schema say what the schema says; unknown patterns raise."""

from __future__ import annotations

from typing import Any

import pytest

import ftschema
from ftschema.generation.samples import UNKNOWN_KEYS
from ftschema.schemas import reader
from ftschema.schemas.json_types import Field, NullType, ObjectType, StringType
from ftschema.schemas.reader import parts, root_type
from support.oracles.sdk_documents import in_names_of
from support.rows import for_each

CONTRACTS = ftschema.contracts()

# Patterns that no contract uses today. If one were ignored, generators would make invalid jobs.
STRANGE: dict[str, dict[str, Any]] = {
    "type": {"type": "date"},
    "types": {"type": ["null", "date"]},
    "pattern": {"type": "string", "pattern": "^ftjob-"},
    "format": {"type": "string", "format": "uri"},
    "multipleOf": {"type": "integer", "multipleOf": 2},
    "exclusiveMaximum": {"type": "number", "exclusiveMaximum": 1},
    "uniqueItems": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    "enum without a type": {"enum": ["a", "b"]},
    "anyOf": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    "oneOf": {"oneOf": [{"type": "string"}, {"type": "null"}]},
    "not": {"type": "string", "not": {"const": "a"}},
    "patternProperties": {"type": "object", "patternProperties": {"^x": {"type": "string"}}},
}


def _definitions(contract: ftschema.ContractName) -> dict[str, Any]:
    schema = ftschema.schema(contract)
    return {"FineTuningJob": schema, **schema["$defs"]}


@for_each("contract", CONTRACTS)
def test_every_property_is_read(contract: ftschema.ContractName) -> None:
    """Each definition with properties is a part, with all of its properties and required keys."""
    found = parts(contract)
    asked = {name: part for name, part in _definitions(contract).items() if "properties" in part}
    assert asked.keys() >= {"FineTuningJob", "JobError", "Hyperparameters"}
    for name, part in asked.items():
        if "allOf" in part and name not in found:
            # A union: its branches are the parts.
            assert part["properties"].keys() == {"type"}, name
        else:
            properties, required = dict.fromkeys(found[name].properties), dict.fromkeys(found[name].required)
            assert in_names_of(contract, properties).keys() == part["properties"].keys(), name
            assert in_names_of(contract, required).keys() == set(part.get("required", ())), name


@for_each("contract", CONTRACTS)
def test_every_part_is_a_definition(contract: ftschema.ContractName) -> None:
    """There is no part that the schema does not define."""
    assert parts(contract).keys() <= _definitions(contract).keys()


@for_each("strange", STRANGE.values(), ids=STRANGE)
def test_unknown_patterns(strange: dict[str, Any]) -> None:
    """A schema with an unknown type or keyword raises; it is not silently misread."""
    with pytest.raises((ValueError, TypeError)):
        reader._Reader({}).types(strange, "name")  # noqa: SLF001  # no contract has such a pattern


def test_branch_that_is_not_an_object() -> None:
    """A dispatch on `type` to something that is not an object raises."""
    branch = {"if": {"properties": {"type": {"const": "x"}}, "required": ["type"]}, "then": {"type": "string"}}
    union = {"type": "object", "properties": {"type": {"type": "string"}}, "allOf": [branch]}
    with pytest.raises(TypeError, match="is not an object"):
        reader._Reader({"Union": union}).types({"$ref": "#/$defs/Union"}, "")  # noqa: SLF001  # see above


def test_job_that_is_not_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract whose jobs are not objects raises."""
    monkeypatch.setattr(reader, "root_field", lambda _: Field((StringType(),)))
    with pytest.raises(TypeError, match="a job of the contract observed is not an object"):
        # Past its cache, which has the type of the real schema.
        root_type.__wrapped__("observed")


@for_each("contract", CONTRACTS)
def test_simplest_type_first(contract: ftschema.ContractName) -> None:
    """A field that may be null has that type first, because a failing example shrinks to the first type."""
    fields = [field for part in parts(contract).values() for field in part.properties.values()]
    nullable = [field.types for field in fields if NullType() in field.types]
    assert nullable
    assert all(types[0] == NullType() for types in nullable)
    assert isinstance(root_type(contract), ObjectType)


def test_later_keys_are_later() -> None:
    """No contract declares a key that the generators add as an unknown one."""
    named = {key for contract in ftschema.contracts() for part in parts(contract).values() for key in part.properties}
    assert not named & set(UNKNOWN_KEYS)

"""The shape that jobs are drawn by says what the schema says, and refuses to read what it does not know."""

from __future__ import annotations

from typing import Any

import pytest

import ftschema
from ftschema.generation.samples import LATER_KEYS
from ftschema.schemas import shape
from ftschema.schemas.shape import Members, job_shape, parts
from support.oracles.sdk_documents import in_names_of

CONTRACTS = ftschema.contracts()

# What no contract uses today. Each would be drawn wrongly if it were passed over.
STRANGE: dict[str, dict[str, Any]] = {
    "type": {"type": "date"},
    "types": {"type": ["null", "date"]},
    "pattern": {"type": "string", "pattern": "^ftjob-"},
    "minLength": {"type": "string", "minLength": 1},
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


def _definitions(contract: str) -> dict[str, Any]:
    schema = ftschema.schema(contract)
    return {"FineTuningJob": schema, **schema["$defs"]}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_property_is_in_the_shape(contract: str) -> None:
    """Each definition with properties is a part of the shape, with all of its properties and required keys."""
    found = parts(contract)
    asked = {name: part for name, part in _definitions(contract).items() if "properties" in part}
    assert asked.keys() >= {"FineTuningJob", "JobError", "Hyperparameters"}
    for name, part in asked.items():
        if "allOf" in part and name not in found:
            # A union: its branches are the parts.
            assert part["properties"].keys() == {"type"}, name
        else:
            members, required = dict.fromkeys(found[name].members), dict.fromkeys(found[name].required)
            assert in_names_of(contract, members).keys() == part["properties"].keys(), name
            assert in_names_of(contract, required).keys() == set(part.get("required", ())), name


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_part_is_a_definition(contract: str) -> None:
    """The shape has no part that the schema does not define."""
    assert parts(contract).keys() <= _definitions(contract).keys()


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_unknown_patterns(strange: dict[str, Any]) -> None:
    """A schema with a type or keyword that is not known raises, rather than being drawn wrongly in silence."""
    with pytest.raises((ValueError, TypeError)):
        shape._Reader({}).shape(strange, "name")  # noqa: SLF001  # no contract has such a pattern


def test_branch_that_is_no_object() -> None:
    """A dispatch on `type` to something that is no object raises."""
    branch = {"if": {"properties": {"type": {"const": "x"}}, "required": ["type"]}, "then": {"type": "string"}}
    union = {"type": "object", "properties": {"type": {"type": "string"}}, "allOf": [branch]}
    with pytest.raises(TypeError, match="is no object"):
        shape._Reader({"Union": union}).shape({"$ref": "#/$defs/Union"}, "")  # noqa: SLF001  # see above


def test_job_that_is_no_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract whose jobs are no objects raises."""
    monkeypatch.setattr(shape, "read_schema", lambda _: {"type": "string", "$defs": {}})
    with pytest.raises(TypeError, match="a job of observed is no object"):
        # Past its cache, which has the shape of the true schema.
        job_shape.__wrapped__("observed")


@pytest.mark.parametrize("contract", CONTRACTS)
def test_simplest_form_first(contract: str) -> None:
    """A place that may be null has that form first, because the first is what a failing example shrinks to."""
    shapes = [members for part in parts(contract).values() for members in part.members.values()]
    nullable = [forms for forms in shapes if shape.Null() in forms]
    assert nullable
    assert all(forms[0] == shape.Null() for forms in nullable)
    assert isinstance(job_shape(contract), Members)


def test_later_keys_are_later() -> None:
    """No contract names a key that the generators add as one that nobody knows yet."""
    named = {key for contract in ftschema.contracts() for part in parts(contract).values() for key in part.members}
    assert not named & set(LATER_KEYS)

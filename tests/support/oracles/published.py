"""A second opinion on the published contracts and on those of SDKs: the published structure, read as JSON Schema.

`tests/upstream` holds what the specification said at each date, in its own style. It needs four corrections to mean in
draft 2020-12 what it was meant to mean: `nullable` becomes an alternative, `exclusiveMinimum: true` takes its number
from `minimum`, `format` and words that are no keywords assert nothing, and the limits on metadata come from the prose.

What a document of an SDK says is the structure of its time in its own names: with the integers of its language, and
without what its types leave open, which are words, ranges and lengths.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from support.oracles.sdk_documents import DOCUMENTS

if TYPE_CHECKING:
    from ftschema.core.literals import ContractName

_UPSTREAM = Path(__file__).parents[2] / "upstream"
_FAMILY = _UPSTREAM / "family"
_REFERENCE = "#/components/schemas/"

# Every word of the structures is in one of these sets: a new one must be judged before it is used.
_COPIED = {"type", "required", "enum", "minimum", "maximum", "minLength", "maxLength", "maxItems"}
_TRANSLATED = {"$ref", "properties", "items", "additionalProperties", "anyOf", "oneOf", "exclusiveMinimum", "nullable"}
# `min_items` and `max_items` are no keywords of any draft, and stand on numbers, where `minItems` would say nothing.
_SILENT = {"default", "format", "max_items", "min_items"}

# What the type of a language does not say.
_LEFT_OPEN = {"minimum", "maximum", "exclusiveMinimum", "maxItems"}

# The specification states these limits in the description of Metadata only.
_PROSE = {
    "Metadata": {
        "maxProperties": 16,
        "propertyNames": {"maxLength": 64},
        "additionalProperties": {"maxLength": 512},
    }
}


def published_dates() -> tuple[str, ...]:
    """Return the dates from which the specification said something new of the job, oldest first."""
    return tuple(sorted(path.stem for path in _UPSTREAM.glob("*.json")))


def published_structure(date: str) -> dict[str, Any]:
    """Return the specification's structure as of that date, uncorrected."""
    structure: dict[str, Any] = json.loads((_UPSTREAM / f"{date}.json").read_bytes())
    return structure


def published_schema(date: str) -> dict[str, Any]:
    """Return the structure as a draft 2020-12 schema, in the structure's own style."""
    definitions = {
        name: _with_prose(name, _corrected(schema)) for name, schema in published_structure(date)["schemas"].items()
    }
    return {"$ref": "#/$defs/FineTuningJob", "$defs": definitions}


@cache
def published_oracle(date: str) -> jsonschema_rs.Draft202012Validator:
    """Return what decides whether the specification of that date accepts a payload."""
    return jsonschema_rs.Draft202012Validator(published_schema(date))


def family_structure(date: str) -> dict[str, Any]:
    """Return the specification's structures of a date, uncorrected, by name: those of jobs and of the other kinds."""
    schemas: dict[str, Any] = {}
    for folder in (_FAMILY, _UPSTREAM):
        paths = [path for path in sorted(folder.glob("*.json")) if path.stem <= date]
        schemas |= json.loads(paths[-1].read_bytes())["schemas"] if paths else {}
    return schemas


def family_schema(roots: tuple[str, ...], date: str) -> dict[str, Any]:
    """Return structures of a date as one draft 2020-12 schema of them all, in the structure's own style."""
    structure = family_structure(date)
    definitions = {name: _with_prose(name, _object(_corrected(schema))) for name, schema in structure.items()}
    return {"anyOf": [{"$ref": f"#/$defs/{root}"} for root in roots], "$defs": definitions}


def _object(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that says it is of an object, which the first structures of an event leave out."""
    return {"type": "object", **schema} if "properties" in schema else schema


def _corrected(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with its OpenAPI words translated, and those of its parts."""
    if unknown := schema.keys() - _COPIED - _SILENT - _TRANSLATED:
        raise ValueError(f"the structure has words that this oracle does not know: {sorted(unknown)}")
    corrected = {word: value for word, value in schema.items() if word in _COPIED}
    if "$ref" in schema:
        corrected["$ref"] = f"#/$defs/{schema['$ref'].removeprefix(_REFERENCE)}"
    if "properties" in schema:
        corrected["properties"] = {name: _corrected(part) for name, part in schema["properties"].items()}
    for word in ("items", "additionalProperties"):
        if word in schema:
            corrected[word] = _corrected(schema[word])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            corrected[word] = [_corrected(part) for part in schema[word]]
    if schema.get("exclusiveMinimum") is True:
        corrected["exclusiveMinimum"] = corrected.pop("minimum")
    if schema.get("nullable") is True:
        return {"anyOf": [corrected, {"type": "null"}]}
    return corrected


def _with_prose(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"allOf": [schema, _PROSE[name]]} if name in _PROSE else schema


def documented_schema(contract: ContractName) -> dict[str, Any]:
    """Return what the document of an SDK says as a draft 2020-12 schema, in the published structure's style."""
    document = DOCUMENTS[contract]
    definitions = {
        name: _documented(_corrected(schema), document.names, document.width)
        for name, schema in published_structure(document.published)["schemas"].items()
    }
    properties = definitions["FineTuningJob"]["properties"]
    for row in document.rows:
        if row.type == "string":
            properties[row.name].pop("enum", None)
        if row.null == ("type",):
            properties[row.name] = {"anyOf": [properties[row.name], {"type": "null"}]}
    return {"$ref": "#/$defs/FineTuningJob", "$defs": definitions}


@cache
def documented_oracle(contract: ContractName) -> jsonschema_rs.Draft202012Validator:
    """Return what decides whether the document of an SDK accepts a payload."""
    return jsonschema_rs.Draft202012Validator(documented_schema(contract))


def _documented(schema: dict[str, Any], names: dict[str, str], width: tuple[int, int]) -> dict[str, Any]:
    """Return a corrected schema in other names, with integers of a width and without what is left open."""
    documented = {word: value for word, value in schema.items() if word not in _LEFT_OPEN}
    if schema.get("type") == "integer":
        documented["minimum"], documented["maximum"] = width
    if "properties" in schema:
        parts = schema["properties"].items()
        documented["properties"] = {names[name]: _documented(part, names, width) for name, part in parts}
    if "required" in schema:
        documented["required"] = [names[name] for name in schema["required"]]
    for word in ("items", "additionalProperties"):
        if word in schema:
            documented[word] = _documented(schema[word], names, width)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            documented[word] = [_documented(part, names, width) for part in schema[word]]
    return documented

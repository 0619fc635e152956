"""The plain form of every contract: the same verdicts, in the JSON Schema that generators of code and data understand.

`PYTHONPATH=tests python -m pages.plain` writes it below `schemas/plain`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import Factory, frozen

from ftschema.schemas.catalogue import entry, every_name, read_schema
from ftschema.schemas.json_types import (
    AnyType,
    ArrayType,
    EnumType,
    MapType,
    NullType,
    NumberType,
    ObjectType,
)
from ftschema.schemas.reader import root_field
from ftschema.schemas.spelling import spelled

if TYPE_CHECKING:
    import ftschema
    from ftschema.schemas.json_types import Field, JsonType, Types
    from ftschema.schemas.spelling import Spelling

FOLDER = Path(__file__).parents[2] / "schemas" / "plain"

_WIDTH = 100


def plain(contract: ftschema.ContractName) -> dict[str, Any]:
    """Return the plain form of a contract."""
    source = read_schema(contract)
    field = root_field(contract)
    [job] = field.types
    writer = _Writer(source.get("$defs", {}), entry(contract).spelling)
    root = writer.object_of(job, field.description)
    return {
        "$schema": source["$schema"],
        "$id": f"{source['$id']}:plain",
        **root,
        **({"$defs": dict(sorted(writer.written.items()))} if writer.written else {}),
    }


@frozen
class _Writer:
    """Writes the types of one contract.

    Attributes:
        definitions: The `$defs` of the contract, for their descriptions.
        spelling: The spelling of its keys.
        written: The `$defs` of the plain form.
    """

    definitions: dict[str, Any]
    spelling: Spelling
    written: dict[str, Any] = Factory(dict)

    def field(self, field: Field, key: str) -> dict[str, Any]:
        """Return the schema of a field; `key` is the nearest key above its value."""
        described = {"description": field.description} if field.description else {}
        schema = self._one_of_types(field.types, key)
        # json-schema-to-typescript 16 takes a schema with a description and nothing else for that of an object.
        return described | ({"anyOf": [{}]} if described and not schema else schema)

    def _one_of_types(self, types: Types, key: str) -> dict[str, Any]:
        tagged = [one for one in types if isinstance(one, ObjectType) and one.tag is not None]
        others = [one for one in types if one not in tagged]
        alternatives = [
            alternative
            for one in sorted(others, key=lambda one: isinstance(one, NullType))
            for alternative in self._alternatives(one, key)
        ]
        if tagged:
            union = {
                "type": "object",
                "oneOf": [self._reference(one) for one in tagged],
                "discriminator": {"propertyName": spelled("type", self.spelling)},
            }
            alternatives.insert(0, union)
        return alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}

    def _alternatives(self, one: JsonType, key: str) -> list[dict[str, Any]]:
        """Return the schemas of a type, more than one if it has values beside its limits."""
        others = one.also_allowed if isinstance(one, NumberType) else ()
        # A number's last name is `number`, if it may be one.
        return [self._one(one, key), *({"type": one.json_types[-1], "const": other} for other in others)]

    def _one(self, one: JsonType, key: str) -> dict[str, Any]:
        match one:
            case AnyType():
                return {}
            case ObjectType():
                return self._reference(one)
            case MapType():
                return self._map(one, key)
        schema: dict[str, Any] = {"type": one.json_types[-1], **one.limits}
        if isinstance(one, EnumType):
            schema |= {"const": one.values[0]} if len(one.values) == 1 else {"enum": list(one.values)}
        if isinstance(one, ArrayType):
            schema["items"] = self.field(one.items, key)
        return schema

    def _map(self, one: MapType, key: str) -> dict[str, Any]:
        keys = {} if one.max_key_length is None else {"type": "string", "maxLength": one.max_key_length}
        return {
            "title": spelled(key, "pascal"),
            "type": "object",
            **one.limits,
            **({"propertyNames": keys} if keys else {}),
            "additionalProperties": self.field(one.values, key) or True,
        }

    def _reference(self, one: ObjectType) -> dict[str, Any]:
        if one.name not in self.written:
            self.written[one.name] = {}
            self.written[one.name] = self.object_of(one, self.definitions[one.name].get("description", ""))
        return {"$ref": f"#/$defs/{one.name}"}

    def object_of(self, one: JsonType, description: str) -> dict[str, Any]:
        """Return the schema of an object; other keys are allowed in each."""
        assert isinstance(one, ObjectType)
        return {
            "title": one.name,
            "description": description,
            "type": "object",
            **({"required": [spelled(key, self.spelling) for key in one.required]} if one.required else {}),
            "properties": {
                spelled(key, self.spelling): self.field(field, key) | self._tag(one, key)
                for key, field in one.properties.items()
            },
            "additionalProperties": not one.closed,
        }

    def _tag(self, one: ObjectType, key: str) -> dict[str, str]:
        """Return the description of a tag by the definition of its object; that of the field is of all objects."""
        if one.tag is None or key != "type":
            return {}
        return {"description": self.definitions[one.name]["properties"][spelled(key, self.spelling)]["description"]}


def text_of(value: Any, indent: str = "", prefix: str = "") -> str:
    """Return a value as JSON, each array or object on one line if it fits and has no other inside."""
    line = json.dumps(value, ensure_ascii=False)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    nested = any(
        isinstance(one, dict | list) for member in inner if isinstance(member, dict) for one in member.values()
    )
    if not inner or (len(indent) + len(prefix) + len(line) <= _WIDTH and not nested and "description" not in value):
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        keys = {f"{json.dumps(key)}: ": member for key, member in value.items()}
        lines = [f"{deeper}{key}{text_of(member, deeper, key)}" for key, member in keys.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(f"{deeper}{text_of(one, deeper)}" for one in value) + f"\n{indent}]"


def files() -> dict[str, str]:
    """Return the text of each file by its name."""
    return {
        f"{name}.json": text_of(_alone(name)) + "\n"
        for name in every_name()
        if not entry(name).items or entry(name).file == f"{name}.json"
    }


def _alone(contract: ftschema.ContractName) -> dict[str, Any]:
    """Return the plain form of a contract, that of a page without its items."""
    form = plain(contract)
    if entry(contract).items:
        del form["$defs"]
        form["properties"]["data"]["items"] = {}
    return form


if __name__ == "__main__":
    for file, text in files().items():
        (FOLDER / file).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / file).write_text(text, encoding="utf-8")

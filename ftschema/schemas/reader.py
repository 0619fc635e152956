"""Read a contract's schema: the one place that interprets JSON Schema.

The schemas use few patterns: lists of types, `if` on a type, and objects that are distinguished by `type`. Any other
pattern raises ValueError or TypeError, so that no generator silently ignores it. (`paths.py` looks up single
keywords for error messages.)
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import Factory, evolve, frozen

from ftschema.schemas.catalogue import entry, read_schema
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
    simplest_first,
)
from ftschema.schemas.spelling import wire_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.literals import ContractName
    from ftschema.schemas.json_types import JsonType, Types
    from ftschema.schemas.spelling import Spelling

_ANNOTATIONS = frozenset({"$comment", "$defs", "$id", "$schema", "description", "title"})
_KNOWN = _ANNOTATIONS | {
    *("$ref", "type", "const", "enum", "allOf", "if", "then", "else", "minLength", "maxLength", "minimum", "maximum"),
    *("exclusiveMinimum", "items", "minItems", "maxItems", "properties", "required", "additionalProperties"),
    *("propertyNames", "minProperties", "maxProperties"),
}
# An integer is a number.
_ALL_TYPES = frozenset(AnyType().json_types) - {"integer"}


@cache
def root_field(contract: ContractName) -> Field:
    """Return a contract's schema of a payload, with its description and comments."""
    schema = read_schema(contract)
    return _Reader(schema.get("$defs", {}), entry(contract).spelling).field(schema, entry(contract).kind.root)


@cache
def root_type(contract: ContractName) -> ObjectType:
    """Return the type of a contract's payloads."""
    [root] = root_field(contract).types
    if not isinstance(root, ObjectType):
        raise TypeError(f"a {entry(contract).kind.name} of the contract {contract} is not an object")
    return root


@cache
def parts(contract: ContractName) -> dict[str, ObjectType]:
    """Return the type of a payload and of every part of it that has a class of its own, by name."""
    known: dict[str, ObjectType] = {}
    waiting: list[JsonType] = [root_type(contract)]
    while waiting:
        json_type = waiting.pop()
        if isinstance(json_type, ObjectType):
            if json_type.name in known:
                continue
            known[json_type.name] = json_type
        waiting += [below for _, child in json_type.children() for below in child.types]
    return known


@frozen
class _Reader:
    """Reads the schemas of one contract.

    Attributes:
        definitions: The `$defs` of the contract.
        spelling: How the contract spells the names of the wire.
        known: The types of the definitions that have been read, by name.
    """

    definitions: dict[str, Any]
    spelling: Spelling = "wire"
    known: dict[str, Types] = Factory(dict)

    def field(self, schema: dict[str, Any], name: str) -> Field:
        """Return the field that a schema describes; `name` is that of the definition that it is in."""
        applied = list(self._applied(schema))
        descriptions = (one["description"] for one in applied if "description" in one)
        comments = dict.fromkeys(one["$comment"] for one in applied if "$comment" in one)
        return Field(self.types(schema, name), next(descriptions, ""), tuple(comments))

    def _applied(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield a schema and all others that it applies to the same value; their conditions are ignored."""
        yield schema
        if "$ref" in schema:
            yield from self._applied(self._definition(schema)[1])
        branches = (schema[keyword] for keyword in ("then", "else") if keyword in schema)
        for branch in (*schema.get("allOf", ()), *branches):
            yield from self._applied(branch)

    def _definition(self, schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        name = schema["$ref"].rpartition("/")[2]
        return name, self.definitions[name]

    def types(self, schema: dict[str, Any], name: str) -> Types:
        """Return the types that a schema allows."""
        if unknown := schema.keys() - _KNOWN:
            raise ValueError(f"cannot read {', '.join(sorted(unknown))} in the schema of {name}")
        if "$ref" in schema:
            name, definition = self._definition(schema)
            if name not in self.known:
                self.known[name] = self.types(definition, name)
            return self.known[name]
        if "const" in schema:
            return (EnumType((schema["const"],), "const"),)
        if "type" not in schema:
            if keywords := schema.keys() - _ANNOTATIONS:
                raise ValueError(f"cannot read {', '.join(sorted(keywords))} without a type in the schema of {name}")
            return (AnyType(),)
        names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        if {*names} >= _ALL_TYPES:
            return (*self._of_object(schema, name), AnyType())
        types: list[JsonType] = []
        for json_type in names:
            types += self._of_json_type(json_type, self._keywords(schema, json_type), name)
        return simplest_first(types)

    def _keywords(self, schema: dict[str, Any], json_type: str) -> dict[str, Any]:
        """Return the keywords that apply to values of one JSON type, the conditions on the type resolved."""
        keywords = {key: value for key, value in schema.items() if key not in {"if", "then", "else", "allOf", "type"}}
        for branch in (schema, *schema.get("allOf", ())):
            condition = branch.get("if")
            if condition is None or condition.get("required"):
                continue
            if condition == {"const": -1}:
                keywords |= branch["else"] | {"also_allowed": (-1,)}
            elif "type" in condition:
                chosen = branch.get("then" if condition["type"] == json_type else "else", {})
                keywords |= self._keywords(chosen, json_type)
            else:
                keywords |= {"object": branch["then"], "map": branch["else"]}
        return keywords

    def _of_json_type(self, json_type: str, keywords: dict[str, Any], name: str) -> Types:  # noqa: PLR0911  # one a JSON type
        match json_type:
            case "null":
                return (NullType(),)
            case "boolean":
                return (BooleanType(),)
            case "string":
                if "const" in keywords:
                    return (EnumType((keywords["const"],), "const"),)
                if "enum" in keywords:
                    return (EnumType(tuple(keywords["enum"]), "enum"),)
                return (StringType(keywords.get("maxLength"), keywords.get("minLength")),)
            case "integer" | "number":
                return (
                    NumberType(
                        integer=json_type == "integer",
                        minimum=keywords.get("minimum"),
                        exclusive_minimum=keywords.get("exclusiveMinimum"),
                        maximum=keywords.get("maximum"),
                        also_allowed=keywords.get("also_allowed", ()),
                    ),
                )
            case "array":
                items = self.field(keywords["items"], name)
                return (ArrayType(items, keywords.get("minItems", 0), keywords.get("maxItems")),)
            case "object":
                return self._of_object(keywords, name)
        raise ValueError(f"no JSON type {json_type!r}")

    def _of_object(self, keywords: dict[str, Any], name: str) -> Types:
        if "$ref" in keywords:
            return self.types(keywords, name)
        if "object" in keywords:
            return (*self.types(keywords["object"], name), self._map(keywords["map"], name))
        closed = keywords.get("additionalProperties") is False
        if "additionalProperties" in keywords and not closed:
            return (self._map(keywords, name),)
        if "properties" not in keywords:
            return (MapType(Field((AnyType(),))),)
        properties = {self._wire(key): self.field(schema, name) for key, schema in keywords["properties"].items()}
        branches = self.definitions.get(name, {}).get("allOf", ())
        if branches:
            return tuple(self._tagged(branch, properties["type"]) for branch in branches)
        return (ObjectType(name, tuple(map(self._wire, keywords.get("required", ()))), properties, closed=closed),)

    def _wire(self, key: str) -> str:
        return wire_name(key, self.spelling)

    def _tagged(self, branch: dict[str, Any], of_all: Field) -> ObjectType:
        """Return one of several objects that are distinguished by `type`; `of_all` is that field of all of them."""
        [found] = self.types(branch["then"], "")
        if not isinstance(found, ObjectType):
            raise TypeError(f"the branch {branch} is not an object")
        own = found.properties["type"]
        field = Field(
            # Another value violates the `enum` that lists all tags, not the `const` of this object.
            tuple(evolve(one, keyword="enum") if isinstance(one, EnumType) else one for one in own.types),
            of_all.description or own.description,
            tuple(dict.fromkeys(of_all.comments + own.comments)),
        )
        tag = branch["if"]["properties"]["type"]["const"]
        return evolve(found, properties={**found.properties, "type": field}, tag=tag)

    def _map(self, keywords: dict[str, Any], name: str) -> MapType:
        return MapType(
            self.field(keywords["additionalProperties"], name),
            keywords.get("minProperties", 0),
            keywords.get("maxProperties"),
            keywords.get("propertyNames", {}).get("maxLength"),
        )

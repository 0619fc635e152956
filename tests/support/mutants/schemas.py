"""A schema with one keyword changed: dropped, weakened or tightened, everywhere in turn.

Names what it does not know instead of passing over it, so that a new keyword in a schema needs a line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from ftschema.core.pointer import join
from support.helpers import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANNOTATIONS = {"$schema", "$id", "$comment", "title", "description"}
_ONE_SCHEMA = {"items", "additionalProperties", "propertyNames", "not", "if", "then", "else"}
_SCHEMAS_BY_NAME = {"properties", "$defs"}
_BOUNDS = {
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minProperties",
    "maxProperties",
}
_DROPPED_WHOLE = {"const", "enum", "type", "$ref"} | _BOUNDS | _ONE_SCHEMA


@frozen
class Mutant:
    """A schema that differs in one keyword.

    Attributes:
        pointer: Where the change is, in the schema.
        change: What it is.
        schema: The schema as changed; shares what did not change with the original.
    """

    pointer: str
    change: str
    schema: Any

    def __str__(self) -> str:
        """Return what identifies the mutant among those of its schema."""
        return f"{self.pointer} {self.change}"


def mutants(schema: Any) -> Iterator[Mutant]:
    """Yield the schema with each single keyword changed in each way."""
    # A definition that accepts every value describes only; so does a reference to it.
    free = {f"#/$defs/{name}" for name, part in schema.get("$defs", {}).items() if not _constrains(part)}
    for path, node in _nodes(_without_references(schema, free), ()):
        for change, keyword, changed in _changes(node, asserts="if" not in path):
            yield Mutant(join((*path, keyword)), change, replaced(schema, path, changed))


def _nodes(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Yield each schema in a schema with its path."""
    if not isinstance(node, dict):
        return
    yield path, node
    for keyword, value in node.items():
        if keyword in _ONE_SCHEMA:
            yield from _nodes(value, (*path, keyword))
        elif keyword in _SCHEMAS_BY_NAME:
            for name, member in value.items():
                yield from _nodes(member, (*path, keyword, name))
        elif keyword == "allOf":
            for index, member in enumerate(value):
                yield from _nodes(member, (*path, keyword, index))


def _changes(node: dict[str, Any], *, asserts: bool) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each change of the keywords of one schema: its name, the keyword, and the changed schema.

    Args:
        node: The schema.
        asserts: Whether it says what must be, not what an `if` asks.
    """
    for keyword, value in node.items():
        if keyword in _DROPPED_WHOLE and not (keyword == "type" and _is_any(value)):
            # `then` and `else` say nothing without `if`.
            gone = {keyword, "then", "else"} if keyword == "if" else {keyword}
            yield "dropped", keyword, {key: node[key] for key in node if key not in gone}
        for change, changed in _changed_values(keyword, value, node):
            yield change, keyword, {**node, keyword: changed}
    if asserts and "type" in node and "null" not in node["type"]:
        yield "with 'null'", "type", {**node, "type": [*_listed(node["type"]), "null"]}


def _changed_values(keyword: str, value: Any, node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if keyword in _BOUNDS:
        for moved in _moved(value):
            yield f"{moved} for {value}", moved
    elif keyword == "type":
        yield from _changed_types(_listed(value))
    elif keyword in {"required", "enum", "allOf"}:
        for index, member in enumerate(value):
            named = f"member {index}" if keyword == "allOf" else repr(member)
            yield f"without {named}", value[:index] + value[index + 1 :]
    elif keyword == "properties":
        for name, member in value.items():
            # An unconstrained property still counts where the other ones are constrained.
            if "additionalProperties" in node or _constrains(member):
                yield f"without {name!r}", {key: value[key] for key in value if key != name}
    elif keyword not in _ANNOTATIONS | _DROPPED_WHOLE | {"$defs"}:
        raise NotImplementedError(f"no change is known for the keyword {keyword!r}")


def _changed_types(types: list[str]) -> Iterator[tuple[str, list[str]]]:
    if len(types) > 1:
        for name in types:
            yield f"without {name!r}", [other for other in types if other != name]
    if "integer" in types:
        yield "'number' for 'integer'", ["number" if name == "integer" else name for name in types]


def _listed(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types


def _moved(bound: float) -> tuple[float, float]:
    """Return a bound a step lower and higher; steps of 1 would be blind next to a bound like 0.00001."""
    return (bound * 0.95, bound * 1.05) if 0 < bound < 1 else (bound - 1, bound + 1)


def _constrains(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    keywords = schema.keys() - _ANNOTATIONS - {"properties"}
    if _is_any(schema.get("type", ())):
        keywords.remove("type")
    return bool(keywords) or any(map(_constrains, schema.get("properties", {}).values()))


def _is_any(types: Any) -> bool:
    """Return whether a list of types has them all, so that it refuses nothing."""
    return {*_listed(types)} >= {"object", "array", "string", "number", "boolean", "null"}


def _without_references(schema: Any, targets: set[str]) -> Any:
    if isinstance(schema, list):
        return [_without_references(one, targets) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_references(value, targets)
        for key, value in schema.items()
        if not (key == "$ref" and isinstance(value, str) and value in targets)
    }

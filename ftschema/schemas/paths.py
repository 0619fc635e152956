"""Ways through a contract's schema: what is asked at the end of one, and what may stand where it leads.

A way is a path of keywords and names, as if what is referred to stood in place of its `$ref`. There are as many as a
schema has keywords, so what is read off them is kept.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from jsonschema_rs import Draft202012Validator

from ftschema.schemas.catalogue import read_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Way: TypeAlias = tuple[str | int, ...]

DOWN: Final = frozenset({"properties", "items", "additionalProperties"})
"""The keywords that lead to a part of the payload."""


@cache
def schema_of(contract: str, part: str | None) -> dict[str, Any]:
    """Return the schema of a contract, or of its definition of one part of a job; it must not be changed."""
    schema = read_schema(contract)
    return schema if part is None else {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}


@cache
def asked(contract: str, part: str | None, way: Way) -> tuple[Any, tuple[str, ...]]:
    """Return what the keyword at the end of a way asks, and the JSON types that are allowed where it does."""
    found: Any = None
    types: tuple[str, ...] = ()
    for step, node, found in _steps(schema_of(contract, part), way):  # noqa: B007  # the last is meant
        if step in DOWN:
            types = ()
        elif isinstance(node, dict) and "type" in node:
            types = _types(node)
    return found, types


def leading(way: Way) -> Way:
    """Return the part of a way that leads to its place in the payload, without the keywords that apply there."""
    end = 0
    steps = iter(enumerate(way, 1))
    for number, step in steps:
        if step == "properties":
            end, _ = next(steps)
        elif step in DOWN:
            end = number
    return way[:end]


def node_at(contract: str, part: str | None, way: Way) -> dict[str, Any]:
    """Return the schema at the end of a way."""
    schema = schema_of(contract, part)
    node: Any = schema
    for _, _, node in _steps(schema, way):  # noqa: B007  # the last is meant
        pass
    return _followed(schema, node)


@cache
def allowed(contract: str, part: str | None, way: Way) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the JSON types that are allowed where a way leads, and the strings, where only some are."""
    node = node_at(contract, part, way)
    # A schema asks for words of strings only, in a condition.
    for branch in (node, node.get("then", {}), *(one.get("then", {}) for one in node.get("allOf", ()))):
        if "const" in branch:
            return _types(node), (branch["const"],)
        if "enum" in branch:
            return _types(node), tuple(branch["enum"])
    return _types(node), ()


@cache
def declared(contract: str, part: str | None, way: Way) -> frozenset[str]:
    """Return the keys that an object may have where a way leads, whichever of several objects it is."""
    node = node_at(contract, part, way)
    branches = [node_at(contract, part, (*way, "allOf", at, "then")) for at in range(len(node.get("allOf", ())))]
    return frozenset(key for one in (node, *branches) for key in one.get("properties", ()))


@cache
def decides(contract: str, part: str | None, way: Way) -> bool:
    """Return whether a key of the object where a way leads decides what else the object must hold."""
    return node_at(contract, part, way).keys() >= {"properties", "allOf"}


@cache
def acceptor_at(contract: str, part: str | None, way: Way) -> Callable[[Any], bool]:
    """Return what says whether a value may stand where a way leads."""
    schema = schema_of(contract, part)
    return Draft202012Validator({**node_at(contract, part, way), "$defs": schema.get("$defs", {})}).is_valid


def _types(node: dict[str, Any]) -> tuple[str, ...]:
    types = node.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)


def _steps(schema: dict[str, Any], way: Way) -> Iterator[tuple[str | int, Any, Any]]:
    """Yield each step of a way, the schema that it is taken in, and what it leads to."""
    node: Any = schema
    steps = iter(way)
    for step in steps:
        if isinstance(node, dict) and step not in node:
            node = _followed(schema, node)
        below = node[step]
        if step == "properties":
            below = below[next(steps)]
        yield step, node, below
        node = below


def _followed(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node

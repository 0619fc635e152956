"""What a schema asks of each place in a valid payload: the ground from which single faults are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import Factory, frozen
from jsonschema_rs import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]


@frozen
class Place:
    """A place in a payload, its value, and every keyword that was applied to it with the values they had."""

    path: Path
    value: Any
    asked: dict[str, list[Any]] = Factory(dict)


def places(schema: dict[str, Any], payload: Any) -> list[Place]:
    """Return the places of a payload that a schema says something of, in the order of the document."""
    found: dict[Path, Place] = {}
    for path, value, keyword, argument in _applied(schema, schema, payload, ()):
        found.setdefault(path, Place(path, value)).asked.setdefault(keyword, []).append(argument)
    return list(found.values())


def _applied(
    root: dict[str, Any], node: dict[str, Any], value: Any, path: Path
) -> Iterator[tuple[Path, Any, str, Any]]:
    for keyword, argument in node.items():
        if keyword == "$ref":
            yield from _applied(root, root["$defs"][argument.rpartition("/")[2]], value, path)
        elif keyword == "allOf":
            for branch in argument:
                yield from _applied(root, branch, value, path)
        elif keyword == "if":
            condition = {"$defs": root["$defs"], **argument}
            branch = node.get("then" if Draft202012Validator(condition).is_valid(value) else "else", {})
            yield from _applied(root, branch, value, path)
        elif keyword not in {"then", "else", "$defs", "properties", "items", "additionalProperties"}:
            yield path, value, keyword, argument
    yield from _applied_below(root, node, value, path)


def _applied_below(
    root: dict[str, Any], node: dict[str, Any], value: Any, path: Path
) -> Iterator[tuple[Path, Any, str, Any]]:
    if isinstance(value, dict):
        named, rest = node.get("properties", {}), node.get("additionalProperties", {})
        for key, member in value.items():
            yield from _applied(root, named.get(key, rest), member, (*path, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _applied(root, node.get("items", {}), item, (*path, index))

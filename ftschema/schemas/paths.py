"""Look up a contract's schema by evaluation path: the value of a keyword, the allowed types, the allowed strings.

An evaluation path consists of keywords and names, with every `$ref` resolved. Results are cached: there are only as
many paths as the schema has keywords.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from jsonschema_rs import Draft202012Validator

from ftschema.core.pointer import join
from ftschema.schemas.catalogue import read_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftschema.core.literals import ContractName

SchemaPath: TypeAlias = tuple[str | int, ...]

CHILD_KEYWORDS: Final = frozenset({"properties", "items", "additionalProperties"})
"""The keywords whose schemas apply to a child of the value, not to the value itself."""


@cache
def schema_of(contract: ContractName, part: str | None) -> dict[str, Any]:
    """Return the schema of a contract, or of its definition of one part of a job; it must not be changed."""
    schema = read_schema(contract)
    return schema if part is None else {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}


@cache
def keyword_value(contract: ContractName, part: str | None, path: SchemaPath) -> tuple[Any, tuple[str, ...]]:
    """Return the value of the keyword at the end of a path, and the JSON types that are allowed at its location."""
    value: Any = None
    types: tuple[str, ...] = ()
    for step, schema, value in _steps(schema_of(contract, part), path):  # noqa: B007  # the last one is returned
        if step in CHILD_KEYWORDS:
            types = ()
        elif isinstance(schema, dict) and "type" in schema:
            types = _types(schema)
    return value, types


@cache
def keyword_location(contract: ContractName, part: str | None, path: SchemaPath) -> tuple[str, str]:
    """Return the JSON Pointer of the keyword at the end of a path, with every `$ref` on the way, and its address."""
    root: Any = schema_of(contract, part)
    evaluated: list[str | int] = []
    located: list[str | int] = []
    schema = root
    is_key = False
    for step in path:
        while not is_key and isinstance(schema, dict) and step not in schema:
            evaluated.append("$ref")
            located = schema["$ref"].split("/")[1:]
            schema = root["$defs"][located[-1]]
        evaluated.append(step)
        located.append(step)
        schema = schema[step]
        is_key = step == "properties" and not is_key
    return join(evaluated), f"{schema_of(contract, None)['$id']}#{join(located)}"


def property_path(path: SchemaPath) -> SchemaPath:
    """Return the start of a path that leads to a value of the payload, without the keywords that apply to the value."""
    end = 0
    steps = iter(enumerate(path, 1))
    for number, step in steps:
        if step == "properties":
            end, _ = next(steps)
        elif step in CHILD_KEYWORDS:
            end = number
    return path[:end]


def _schema_at(contract: ContractName, part: str | None, path: SchemaPath) -> dict[str, Any]:
    root = schema_of(contract, part)
    schema: Any = root
    for _, _, schema in _steps(root, path):  # noqa: B007  # the last one is returned
        pass
    return _resolved(root, schema)


@cache
def allowed(contract: ContractName, part: str | None, path: SchemaPath) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the JSON types that are allowed at a path, and the strings if only some are allowed."""
    schema = _schema_at(contract, part, path)
    # The strings are listed in a condition, which applies to strings only.
    for branch in (schema, schema.get("then", {}), *(one.get("then", {}) for one in schema.get("allOf", ()))):
        if "const" in branch:
            return _types(schema), (branch["const"],)
        if "enum" in branch:
            return _types(schema), tuple(branch["enum"])
    return _types(schema), ()


@cache
def known_keys(contract: ContractName, part: str | None, path: SchemaPath) -> frozenset[str]:
    """Return the keys that the contract declares for the object at a path, or for any of several possible objects."""
    schema = _schema_at(contract, part, path)
    indices = range(len(schema.get("allOf", ())))
    branches = [_schema_at(contract, part, (*path, "allOf", index, "then")) for index in indices]
    return frozenset(key for one in (schema, *branches) for key in one.get("properties", ()))


@cache
def required_keys(contract: ContractName, part: str | None, path: SchemaPath) -> frozenset[str]:
    """Return the keys that the object at a path must have."""
    return frozenset(_schema_at(contract, part, path).get("required", ()))


@cache
def is_discriminated(contract: ContractName, part: str | None, path: SchemaPath) -> bool:
    """Return whether the value of one key of the object at a path decides what else it must contain."""
    return _schema_at(contract, part, path).keys() >= {"properties", "allOf"}


@cache
def validator_at(contract: ContractName, part: str | None, path: SchemaPath) -> Callable[[Any], bool]:
    """Return the function that tells whether a value is valid at a path."""
    definitions = schema_of(contract, part).get("$defs", {})
    return Draft202012Validator({**_schema_at(contract, part, path), "$defs": definitions}).is_valid


def _types(schema: dict[str, Any]) -> tuple[str, ...]:
    types = schema.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)


def _steps(root: dict[str, Any], path: SchemaPath) -> Iterator[tuple[str | int, Any, Any]]:
    """Yield each step of a path, the schema in which it is taken, and the value that it leads to."""
    schema: Any = root
    steps = iter(path)
    for step in steps:
        if isinstance(schema, dict) and step not in schema:
            schema = _resolved(root, schema)
        value = schema[step]
        if step == "properties":
            value = value[next(steps)]
        yield step, schema, value
        schema = value


def _resolved(root: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema

"""Look up a contract's schema by evaluation path: the value of a keyword, the allowed types, the allowed strings.

An evaluation path consists of keywords and names, with every `$ref` resolved. Results are cached: there are only as
many paths as the schema has keywords.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from attrs import frozen
from jsonschema_rs import Draft202012Validator

from ftschema.core.pointer import join
from ftschema.schemas.catalogue import read_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftschema.core.literals import Code, ContractName

SchemaPath: TypeAlias = tuple[str | int, ...]

CHILD_KEYWORDS: Final = frozenset({"properties", "items", "additionalProperties"})
"""The keywords whose schemas apply to a child of the value, not to the value itself."""

CLOSED: Final = "additionalProperties"
"""The keyword of objects that refuse unknown keys."""


@frozen(eq=False)
class Keyword:
    """A keyword of a schema, and what is known of its violations before there is one.

    Attributes:
        contract: Name of the contract.
        part: The part of a job that is checked; None for a whole job.
        path: The evaluation path of the keyword, with every `$ref` resolved.
        code: The keyword.
        value: Its value.
        types: The JSON types that are allowed at its location.
        location: The JSON Pointer of the keyword, with every `$ref` on the way, and its address.
        depth: How many steps lead to a value that violates it.
        names_keys: Whether it is about the keys of an object: missing, too long or not allowed.
        declared: The keys that the contract declares for that object.
        is_in_map: Whether a step of the path is the key of a map, of any length.
        decides_alone: Whether a problem depends on nothing but the value: its object may have other keys.
    """

    contract: ContractName
    part: str | None
    path: SchemaPath
    code: Code
    value: Any
    types: tuple[str, ...]
    location: tuple[str, str]
    depth: int
    names_keys: bool
    declared: frozenset[str]
    is_in_map: bool
    decides_alone: bool


@cache
def keyword_at(contract: ContractName, part: str | None, evaluation_path: SchemaPath) -> Keyword:
    """Return the keyword at an evaluation path, always the same object."""
    path = tuple([step for step in evaluation_path if step != "$ref"])
    location = property_path(path)
    in_object = location[-2:-1] == ("properties",)
    names_keys = path[-1] in {"required", CLOSED} or "propertyNames" in path
    value, types = _keyword_value(contract, part, path)
    return Keyword(
        contract,
        part,
        path,
        # The schemas have no other keywords.
        cast("Code", path[-1]),
        value,
        types,
        _keyword_location(contract, part, path),
        depth_of(path),
        names_keys,
        known_keys(contract, part, path[:-1]) if names_keys else frozenset(),
        CLOSED in _children(path),
        not (names_keys or (in_object and is_discriminated(contract, part, location[:-2]))),
    )


def depth_of(path: SchemaPath) -> int:
    """Return how many steps lead to a value that violates the keyword at the end of an evaluation path."""
    return len(_children(path)) - (path[-1] == CLOSED)


def _children(path: SchemaPath) -> list[str | int]:
    """Return the keywords of an evaluation path that lead from a value to its children."""
    found: list[str | int] = []
    steps = iter(path)
    for step in steps:
        if step in CHILD_KEYWORDS:
            found.append(step)
        if step == "properties":
            next(steps)
    return found


@cache
def schema_of(contract: ContractName, part: str | None) -> dict[str, Any]:
    """Return the schema of a contract, or of its definition of one part of a job; it must not be changed."""
    schema = read_schema(contract)
    return schema if part is None else {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}


def _keyword_value(contract: ContractName, part: str | None, path: SchemaPath) -> tuple[Any, tuple[str, ...]]:
    """Return the value of the keyword at the end of a path, and the JSON types that are allowed at its location."""
    value: Any = None
    types: tuple[str, ...] = ()
    for step, schema, value in _steps(schema_of(contract, part), path):  # noqa: B007  # the last one is returned
        if step in CHILD_KEYWORDS:
            types = ()
        elif isinstance(schema, dict) and "type" in schema:
            types = _types(schema)
    return value, types


def _keyword_location(contract: ContractName, part: str | None, path: SchemaPath) -> tuple[str, str]:
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

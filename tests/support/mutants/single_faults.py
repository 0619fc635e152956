"""Single faults: every way to break a valid payload in one place, with the problem that must be found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import Factory, frozen
from jsonschema_rs import Draft202012Validator

from ftschema.core.pointer import join
from support.helpers import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]


# One value of each JSON type; the second number is none that an integer may be.
_SAMPLES: tuple[tuple[str, Any], ...] = (
    ("null", None),
    ("boolean", True),
    ("integer", 3),
    ("number", 0.5),
    ("string", "3"),
    ("array", []),
    ("object", {}),
)


@frozen
class Place:
    """A place in a payload, its value, and every keyword that was applied to it with the values they had."""

    path: Path
    value: Any
    asked: dict[str, list[Any]] = Factory(dict)


@frozen
class Fault:
    """One fault: the broken payload, and the place and code of its only problem.

    The payload shares what is not broken with the valid one, and must not be changed.
    """

    payload: Any
    pointer: str
    code: str
    edit: str


def faults(schema: dict[str, Any], payload: Any) -> Iterator[Fault]:
    """Yield every single fault of a valid payload."""
    for place in places(schema, payload):
        for value, code in _wrong_values(place):
            yield Fault(
                replaced(payload, place.path, value), join(place.path), code, f"{join(place.path)} = {value!r:.60}"
            )
        for keys in place.asked.get("required", ()):
            for key in sorted(set(keys) & set(place.value or ())):
                broken = {name: member for name, member in place.value.items() if name != key}
                yield Fault(replaced(payload, place.path, broken), join(place.path), "required", f"no {key}")
        if False in place.asked.get("additionalProperties", ()):
            path = (*place.path, "surprise")
            yield Fault(
                replaced(payload, path, {"deep": None}), join(path), "additionalProperties", f"{join(path)} added"
            )


def _wrong_values(place: Place) -> Iterator[tuple[Any, str]]:
    asked = place.asked
    if "type" in asked:
        # Where a union is told apart by JSON type, its own word comes before those of its branches.
        for name, sample in _SAMPLES:
            if not _allows(asked["type"][0], name):
                yield sample, "type"
    yield from _wrong_strings(place)
    yield from _wrong_numbers(place)
    yield from _wrong_sizes(place)


def _allows(types: str | list[str], name: str) -> bool:
    allowed = [types] if isinstance(types, str) else types
    return name in allowed or (name == "integer" and "number" in allowed)


def _wrong_strings(place: Place) -> Iterator[tuple[str, str]]:
    # A discriminator is an enum in the union and a const in its branch; a typo meets the union only.
    code = next((keyword for keyword in ("enum", "const") if keyword in place.asked), None)
    if code and isinstance(place.value, str):
        yield from ((wrong, code) for wrong in (f"{place.value}x", place.value.upper(), f" {place.value}", ""))
    if "minLength" in place.asked:
        yield "", "minLength"
    for bound in place.asked.get("maxLength", ()):
        yield "é" * (bound + 1), "maxLength"


def _wrong_numbers(place: Place) -> Iterator[tuple[Any, str]]:
    if isinstance(place.value, bool) or not isinstance(place.value, int | float):
        return
    # Where 64 bits end, the float next to a bound may be the bound itself.
    for bound in place.asked.get("minimum", ()):
        yield from ((wrong, "minimum") for wrong in (bound - 1, float(bound - 1), -(10**30)) if wrong < bound)
    for bound in place.asked.get("maximum", ()):
        yield from ((wrong, "maximum") for wrong in (bound + 1, float(bound + 1), 10**30) if wrong > bound)
    for bound in place.asked.get("exclusiveMinimum", ()):
        yield from ((wrong, "exclusiveMinimum") for wrong in (bound, float(bound), -0.5, -(10**30)))


def _wrong_sizes(place: Place) -> Iterator[tuple[Any, str]]:
    asked, value = place.asked, place.value
    for bound in asked.get("maxItems", ()):
        if value:
            yield [value[0]] * (bound + 1), "maxItems"
    for bound in asked.get("maxProperties", ()):
        if value is not None:
            yield {f"key {number}": "x" for number in range(bound + 1)}, "maxProperties"
    for names in asked.get("propertyNames", ()):
        if value is not None:
            yield {"k" * (names["maxLength"] + 1): "x"}, "maxLength"
    if "minItems" in asked:
        yield [], "minItems"
    if "minProperties" in asked:
        yield {}, "minProperties"


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
        elif argument is False or keyword not in {
            "then",
            "else",
            "$defs",
            "properties",
            "items",
            "additionalProperties",
        }:
            yield path, value, keyword, argument
    yield from _applied_below(root, node, value, path)


def _applied_below(
    root: dict[str, Any], node: dict[str, Any], value: Any, path: Path
) -> Iterator[tuple[Path, Any, str, Any]]:
    if isinstance(value, dict):
        named, rest = node.get("properties", {}), node.get("additionalProperties", {}) or {}
        for key, member in value.items():
            yield from _applied(root, named.get(key, rest), member, (*path, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _applied(root, node.get("items", {}), item, (*path, index))

"""What a contract's schema finds in a payload.

Two engines, one verdict: jsonschema-rs says yes or no in microseconds; where it says no, jsonschema, the reference
implementation, says where and why. The schemas are written so that each fault is found once, at its leaf.
"""

from __future__ import annotations

from functools import cache
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from jsonschema_rs import Draft202012Validator

from ftschema.catalogue import read_schema
from ftschema.pointer import join
from ftschema.report import Problem
from ftschema.wording import either, show, type_noun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jsonschema import ValidationError
    from jsonschema.protocols import Validator


# jsonschema-rs 0.60 takes the float -2^63 for less than the integer, which is the lowest of the 64-bit contract.
_SECOND_OPINION = frozenset({"dart"})


def accepts(contract: str, payload: Any, part: str | None = None) -> bool:
    """Return whether the contract, or the definition of one part of a job in it, accepts JSON data."""
    if _fast(contract, part).is_valid(payload):
        return True
    return contract in _SECOND_OPINION and not any(_explaining(contract, part).iter_errors(payload))


def findings(contract: str, payload: Any, most: int, part: str | None = None) -> tuple[list[Problem], int]:
    """Return what is wrong with JSON data, in the order of the document, and how much more there is.

    An object that lacks keys comes before what is wrong inside it.
    """
    engine = _explaining(contract, part)
    place = _Places(payload)
    total = 0

    def counted() -> Iterable[ValidationError]:
        nonlocal total
        for error in engine.iter_errors(payload):
            total += 1
            yield error

    first = nsmallest(most, counted(), key=lambda error: place.of(error.absolute_path))
    schema: Any = engine.schema
    return [_problem(error, schema) for error in first], total - len(first)


def _schema(contract: str, part: str | None) -> dict[str, Any]:
    schema = read_schema(contract)
    return schema if part is None else {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}


@cache
def _fast(contract: str, part: str | None) -> Draft202012Validator:
    return Draft202012Validator(_schema(contract, part))


@cache
def _explaining(contract: str, part: str | None) -> Validator:
    # Takes longer to import than all the rest together, and services that get valid jobs never need it.
    from jsonschema import Draft202012Validator as Reference  # noqa: PLC0415

    return Reference(_schema(contract, part))


class _Places:
    """Where in a document the path of a problem leads, as something that sorts in the document's order."""

    def __init__(self, payload: Any) -> None:
        self._payload = payload
        self._positions: dict[int, dict[str, int]] = {}

    def of(self, path: Iterable[str | int]) -> tuple[int, ...]:
        value = self._payload
        place = []
        for step in path:
            place.append(step if isinstance(step, int) else self._position(value, step))
            value = value[step]
        return tuple(place)

    def _position(self, members: dict[str, Any], key: str) -> int:
        if id(members) not in self._positions:
            self._positions[id(members)] = {name: position for position, name in enumerate(members)}
        return self._positions[id(members)][key]


def _problem(error: ValidationError, schema: dict[str, Any]) -> Problem:
    code = str(error.validator)
    expected, found = _WORDINGS[code](error)
    if code in {"const", "enum"}:
        expected = either([expected, *_other_types(error, schema)])
    return Problem(join(error.absolute_path), code, f"expected {expected}, found {found}")


def _other_types(error: ValidationError, schema: dict[str, Any]) -> list[str]:
    """Return what else may stand where only some strings may: `auto` *or an integer*."""
    types: list[str] = []
    node: Any = schema
    for step in error.absolute_schema_path:
        while isinstance(node, dict) and step not in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        if step in {"properties", "items", "additionalProperties"}:
            types = []
        elif isinstance(node, dict) and isinstance(node.get("type"), list):
            types = node["type"]
        node = node[step]
    return [type_noun(name) for name in types if name != "string"]


def _shown(error: ValidationError) -> str:
    return show(error.instance)


def _length(unit: str) -> Callable[[ValidationError], tuple[str, str]]:
    def wording(error: ValidationError) -> tuple[str, str]:
        bound = "at most" if str(error.validator).startswith("max") else "at least"
        number: Any = error.validator_value
        instance: Any = error.instance
        shown = f" in {show(instance)}" if isinstance(instance, str) else ""
        return f"{bound} {number} {unit}{'' if number == 1 else 's'}", f"{len(instance):,}{shown}"

    return wording


def _types(error: ValidationError) -> tuple[str, str]:
    types: Any = error.validator_value
    return either(type_noun(name) for name in ([types] if isinstance(types, str) else types)), _shown(error)


def _members(error: ValidationError) -> tuple[str, str]:
    members: Any = error.validator_value
    return either(show(member) for member in members), _shown(error)


def _missing(error: ValidationError) -> tuple[str, str]:
    # The reference names the missing key in its message only; it reports them in the order of `required`.
    required: Any = error.validator_value
    missing = next(key for key in required if error.message.startswith(f"{key!r} "))
    return f"the key {show(missing)}", "an object without it"


# By keyword: what was expected, and what was found.
_WORDINGS: dict[str, Callable[[ValidationError], tuple[str, str]]] = {
    "const": lambda error: (show(error.validator_value), _shown(error)),
    "enum": _members,
    "exclusiveMinimum": lambda error: (f"more than {show(error.validator_value)}", _shown(error)),
    "maximum": lambda error: (f"at most {show(error.validator_value)}", _shown(error)),
    "maxItems": _length("item"),
    "maxLength": _length("character"),
    "maxProperties": _length("key"),
    "minimum": lambda error: (f"at least {show(error.validator_value)}", _shown(error)),
    "minItems": _length("item"),
    "minProperties": _length("key"),
    "required": _missing,
    "type": _types,
}

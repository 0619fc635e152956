"""What a contract's schema finds in a payload.

Two engines, one verdict: jsonschema-rs says yes or no, and where, in microseconds; jsonschema, the reference
implementation, decides where that one is known to err. The schemas are written so that each fault is found once, at
its leaf.
"""

from __future__ import annotations

from functools import cache
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen
from jsonschema_rs import Draft202012Validator

from ftschema.catalogue import read_schema
from ftschema.pointer import join
from ftschema.report import Problem
from ftschema.wording import either, show, type_noun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jsonschema.protocols import Validator

    # From what a keyword asks, the value, and a key of it, to what was expected and what was found.
    _Wording = Callable[[Any, Any, str | None], tuple[str, str]]


# jsonschema-rs 0.60 takes the float -2^63 for less than the integer, which is the lowest of the 64-bit contract.
_SECOND_OPINION = frozenset({"dart"})


@cache
def acceptor(contract: str, part: str | None = None) -> Callable[[Any], bool]:
    """Return what says whether a contract, or its definition of one part of a job, accepts JSON data."""
    fast = _fast(contract, part).is_valid
    if contract not in _SECOND_OPINION:
        return fast
    return lambda payload: fast(payload) or not any(_explaining(contract, part).iter_errors(payload))


def findings(contract: str, payload: Any, most: int, part: str | None = None) -> tuple[list[Problem], int]:
    """Return what is wrong with JSON data, in the order of the document, and how much more there is.

    An object that lacks keys comes before what is wrong inside it.
    """
    place = _Places(payload)
    total = 0

    def counted() -> Iterable[_Finding]:
        nonlocal total
        for finding in _found(contract, payload, part):
            total += 1
            yield finding

    first = nsmallest(most, counted(), key=lambda finding: place.of(finding.path))
    schema = _schema(contract, part)
    return [_problem(finding, payload, schema) for finding in first], total - len(first)


@frozen
class _Finding:
    """What an engine found.

    Attributes:
        path: The way to the faulty value in the payload.
        way: The way to the keyword that is not met in the schema, as if what is referred to stood in its place.
        key: The key that is missing or faulty, where it is one.
    """

    path: tuple[str | int, ...]
    way: tuple[str | int, ...]
    key: str | None = None


def _found(contract: str, payload: Any, part: str | None) -> Iterator[_Finding]:
    found = []
    if contract not in _SECOND_OPINION:
        errors = _fast(contract, part).iter_errors(payload)
        found = [_finding(error, error.instance_path, error.evaluation_path) for error in errors]
    if not found or not all(_is_exact(finding, payload) for finding in found):
        slower = _explaining(contract, part).iter_errors(payload)
        found = [_finding(error, error.absolute_path, error.absolute_schema_path) for error in slower]
    return _with_missing_keys(found, payload, _schema(contract, part))


def _finding(error: Any, path: Iterable[str | int], way: Iterable[str | int]) -> _Finding:
    way = tuple(step for step in way if step != "$ref")
    return _Finding(tuple(path), way, error.instance if "propertyNames" in way else None)


def _with_missing_keys(found: Iterable[_Finding], payload: Any, schema: dict[str, Any]) -> Iterator[_Finding]:
    """Yield findings with the keys that are missing; both engines name them in messages, in the order of `required`."""
    missing: dict[_Finding, Iterator[str]] = {}
    for finding in found:
        if finding.way[-1] == "required":
            if finding not in missing:
                required, _ = _asked(schema, finding.way)
                value = _at(payload, finding.path)
                missing[finding] = iter([key for key in required if key not in value])
            yield evolve(finding, key=next(missing[finding]))
        else:
            yield finding


def _at(payload: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        payload = payload[step]
    return payload


def _is_exact(finding: _Finding, payload: Any) -> bool:
    """Return whether a path leads as far down as the schema does: in jsonschema-rs 0.60 it lacks empty keys (tried).

    It also has the keys `7` and `007` of an object as the number 7.
    """
    for step in finding.path:
        if isinstance(step, int) is not isinstance(payload, list):
            return False
        payload = payload[step]
    steps = iter(finding.way)
    depth = 0
    for step in steps:
        depth += step in _DOWN
        if step == "properties":
            next(steps)
    return depth == len(finding.path)


@cache
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


def _problem(finding: _Finding, payload: Any, schema: dict[str, Any]) -> Problem:
    code = str(finding.way[-1])
    asked, others = _asked(schema, finding.way)
    expected, found = _WORDINGS[code](asked, _at(payload, finding.path), finding.key)
    if code in {"const", "enum"}:
        expected = either([expected, *others])
    return Problem(join(finding.path), code, f"expected {expected}, found {found}")


def _asked(schema: dict[str, Any], way: Iterable[str | int]) -> tuple[Any, list[str]]:
    """Return what a keyword asks, and what else may stand where only some strings may: `auto` *or an integer*."""
    types: list[str] = []
    node: Any = schema
    steps = iter(way)
    for step in steps:
        while isinstance(node, dict) and step not in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        if step in _DOWN:
            types = []
        elif isinstance(node, dict) and isinstance(node.get("type"), list):
            types = node["type"]
        node = node[step]
        if step == "properties":
            node = node[next(steps)]
    return node, [type_noun(name) for name in types if name != "string"]


# The keywords that lead to a part of the payload.
_DOWN = frozenset({"properties", "items", "additionalProperties"})


def _length(bound: str, unit: str) -> _Wording:
    def wording(asked: Any, value: Any, key: str | None) -> tuple[str, str]:
        value = value if key is None else key
        shown = f" in {show(value)}" if isinstance(value, str) else ""
        return f"{bound} {asked} {unit}{'' if asked == 1 else 's'}", f"{len(value):,}{shown}"

    return wording


def _bound(words: str) -> _Wording:
    return lambda asked, value, _: (f"{words} {show(asked)}".lstrip(), show(value))


def _types(asked: Any, value: Any, _: str | None) -> tuple[str, str]:
    return either(type_noun(name) for name in ([asked] if isinstance(asked, str) else asked)), show(value)


def _members(asked: Any, value: Any, _: str | None) -> tuple[str, str]:
    return either(show(member) for member in asked), show(value)


def _missing(_: Any, __: Any, key: str | None) -> tuple[str, str]:
    return f"the key {show(key)}", "an object without it"


# By keyword: what was expected, and what was found.
_WORDINGS: dict[str, _Wording] = {
    "const": _bound(""),
    "enum": _members,
    "exclusiveMinimum": _bound("more than"),
    "maximum": _bound("at most"),
    "maxItems": _length("at most", "item"),
    "maxLength": _length("at most", "character"),
    "maxProperties": _length("at most", "key"),
    "minimum": _bound("at least"),
    "minItems": _length("at least", "item"),
    "minProperties": _length("at least", "key"),
    "required": _missing,
    "type": _types,
}

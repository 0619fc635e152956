"""What a contract's schema finds in a payload.

Two engines, one verdict: jsonschema-rs says yes or no, and where, in microseconds; jsonschema, the reference
implementation, decides where that one is known to err. The schemas are written so that each fault is found once, at
its leaf.
"""

from __future__ import annotations

from functools import cache
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from attrs import frozen
from jsonschema_rs import Draft202012Validator

from ftschema.core.pointer import follow, join
from ftschema.core.report import Problem
from ftschema.core.text import format_value, join_or
from ftschema.schemas.catalogue import entry, names
from ftschema.schemas.paths import CHILD_KEYWORDS, allowed, keyword_value, property_path, schema_of
from ftschema.schemas.phrases import LENGTHS, LIMITS, TYPE_NAMES, limit
from ftschema.validation.suggestions import Fault, suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jsonschema.protocols import Validator

    from ftschema.schemas.paths import SchemaPath

# The contracts for which only jsonschema decides.
_REFERENCE_ONLY = frozenset(name for name in names() if entry(name).needs_reference)


@cache
def validator_for(contract: str, part: str | None = None) -> Callable[[Any], bool]:
    """Return what says whether a contract, or its definition of one part of a job, accepts JSON data."""
    fast = _fast(contract, part).is_valid
    if contract not in _REFERENCE_ONLY:
        return fast
    return lambda payload: fast(payload) or not any(_explaining(contract, part).iter_errors(payload))


def violations(
    contract: str, payload: Any, most: int, part: str | None = None, *, partial: bool = False
) -> tuple[list[Problem], int]:
    """Return what is wrong with JSON data, in the order of the document, and how much more there is.

    An object that lacks keys comes before what is wrong inside it; missing keys of a partial job are not reported.
    """
    place = _Places(payload)
    total = 0

    def counted() -> Iterable[_Finding]:
        nonlocal total
        for finding in _found(contract, payload, part):
            if not (partial and finding.way[-1] == "required"):
                total += 1
                yield finding

    first = nsmallest(most, counted(), key=lambda finding: place.of(finding.path))
    return [_problem(contract, part, finding, payload) for finding in first], total - len(first)


# Without slots a frozen object is made in half the time.
@frozen(slots=False)
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
    if contract not in _REFERENCE_ONLY:
        errors = _fast(contract, part).iter_errors(payload)
        found = [_finding(error.instance_path, error.evaluation_path) for error in errors]
    if not found or not all(_is_exact(finding, payload) for finding in found):
        slower = _explaining(contract, part).iter_errors(payload)
        found = [_finding(error.absolute_path, error.absolute_schema_path) for error in slower]
    return _with_keys(found, payload, contract, part)


def _finding(path: Iterable[str | int], way: Iterable[str | int]) -> _Finding:
    return _Finding(tuple(path), tuple(step for step in way if step != "$ref"))


def _with_keys(found: Iterable[_Finding], payload: Any, contract: str, part: str | None) -> Iterator[_Finding]:
    """Yield findings with the keys that are missing or too long: the fast engine names them in its messages only."""
    keys: dict[_Finding, Iterator[str]] = {}
    for finding in found:
        if finding.way[-1] == "required" or "propertyNames" in finding.way:
            if finding not in keys:
                what, _ = keyword_value(contract, part, finding.way)
                keys[finding] = iter(_faulty_keys(what, follow(payload, finding.path)))
            yield _Finding(finding.path, finding.way, next(keys[finding]))
        else:
            yield finding


def _faulty_keys(what: list[str] | int, members: dict[str, Any]) -> list[str]:
    """Return the required keys that an object lacks, or those of its keys that are longer than they may be."""
    if isinstance(what, int):
        return [key for key in members if len(key) > what]
    return [key for key in what if key not in members]


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
        depth += step in CHILD_KEYWORDS
        if step == "properties":
            next(steps)
    return depth == len(finding.path)


@cache
def _fast(contract: str, part: str | None) -> Draft202012Validator:
    return Draft202012Validator(schema_of(contract, part))


@cache
def _explaining(contract: str, part: str | None) -> Validator:
    # Takes longer to import than all the rest together, and services that get valid jobs never need it.
    from jsonschema import Draft202012Validator as Reference  # noqa: PLC0415

    return Reference(schema_of(contract, part))


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


def _problem(contract: str, part: str | None, finding: _Finding, payload: Any) -> Problem:
    code = str(finding.way[-1])
    above = follow(payload, finding.path[:-1])
    value = above[finding.path[-1]] if finding.path else above
    said, repair = suggest(Fault(contract, part, finding.path, finding.way, value, above, finding.key))
    if code == "required":
        message = f"expected the key {format_value(finding.key)}, found an object without it{said}"
    elif finding.key is not None:
        message = (
            f"expected keys of {_expected(contract, part, finding.way)}, found one of {_found_length(finding.key)}"
        )
    else:
        found = _found_length(value) if code in LENGTHS else format_value(value)
        message = f"expected {_expected(contract, part, finding.way)}, found {found}{said}"
    return Problem(join(finding.path), code, message, repair=repair)


@cache
def _expected(contract: str, part: str | None, way: SchemaPath) -> str:
    code = str(way[-1])
    value, types = keyword_value(contract, part, way)
    if code in LIMITS:
        return limit(code, value)
    _, strings = allowed(contract, part, property_path(way))
    if strings:
        return join_or([*map(format_value, strings), *(TYPE_NAMES[name] for name in types if name != "string")])
    return join_or(TYPE_NAMES[name] for name in ([value] if isinstance(value, str) else value))


def _found_length(value: str | list[Any] | dict[str, Any]) -> str:
    shown = f" in {format_value(value)}" if isinstance(value, str) else ""
    return f"{len(value):,}{shown}"

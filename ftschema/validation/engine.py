"""Validate payloads by a contract's schema.

Two validators give one verdict: jsonschema-rs, in microseconds, and jsonschema, the reference implementation, where
jsonschema-rs is known to be wrong. The schemas are written so that each fault is reported once, at the innermost value.
"""

from __future__ import annotations

from functools import cache, lru_cache
from heapq import nsmallest
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import evolve, frozen
from jsonschema_rs import Draft202012Validator

from ftschema.core.absent import ABSENT
from ftschema.core.pointer import follow, join
from ftschema.core.report import LONGEST_POINTER, MISSING, MOST_PROBLEMS, Problem, fitting
from ftschema.core.text import abridged, format_value, join_or
from ftschema.schemas.catalogue import entry, names
from ftschema.schemas.paths import (
    CHILD_KEYWORDS,
    allowed,
    is_discriminated,
    keyword_location,
    keyword_value,
    known_keys,
    property_path,
    schema_of,
)
from ftschema.schemas.phrases import LENGTHS, LIMITS, TYPE_NAMES, limit, one_of
from ftschema.validation.suggestions import Violation, advise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jsonschema.protocols import Validator

    from ftschema.core.literals import Code, ContractName
    from ftschema.schemas.paths import SchemaPath

# The contracts for which only jsonschema decides.
_REFERENCE_ONLY = frozenset(name for name in names() if entry(name).needs_reference)

# The keyword of objects that refuse unknown keys.
CLOSED: Final = "additionalProperties"

# A payload with more values is large, where a string of that length counts as one more. A job has about fifty.
_MOST_VALUES, _VALUE_LENGTH = 500, 100

# The positions of so few keys are not remembered: a million objects may have them.
_FEW_KEYS = 100

# The types of values that are often faulty in the same way, and the longest such text.
_COMMON, _LONGEST_COMMON = frozenset({str, int, bool, type(None)}), 64

MOST_COUNTED: Final = 250_000
"""How many violations are looked for: millions of faulty items must not stop a service for minutes."""


@cache
def validator_for(contract: ContractName, part: str | None = None) -> Callable[[Any], bool]:
    """Return the function that tells whether JSON data is valid by a contract, or by its definition of one part."""
    fast = _fast(contract, part).is_valid
    if contract not in _REFERENCE_ONLY:
        return fast
    return lambda payload: fast(payload) or not any(_reference(contract, part).iter_errors(payload))


def violations(  # noqa: PLR0913  # one parameter for each option
    contract: ContractName,
    payload: Any,
    part: str | None = None,
    *,
    partial: bool = False,
    suggestions: bool = True,
    most: int = MOST_PROBLEMS,
    text: str | bytes | None = None,
) -> tuple[list[Problem], int]:
    """Return the schema violations of JSON data, in the order of the document, and the number of those left out.

    An object that lacks keys comes before the violations inside it. Missing keys of a partial job are not reported.
    The text of the payload saves time if it is small.
    """
    order = _DocumentOrder(payload)
    total = 0

    def counted() -> Iterable[_Error]:
        nonlocal total
        for error in islice(_errors(contract, payload, part, text), MOST_COUNTED):
            if not (partial and error.schema_path[-1] == "required"):
                total += 1
                yield error

    errors = counted()
    first = [*islice(errors, most)]
    if len(first) > 1:
        first = nsmallest(most, chain(first, errors), key=lambda error: order.of(error.instance_path))
    problems = fitting((_problem(contract, part, error, payload, suggestions=suggestions) for error in first), most)
    return problems, total - len(problems)


# Without slots, because a frozen object with slots takes twice the time to make.
@frozen(slots=False)
class _Error:
    """An error that a validator reports.

    Attributes:
        instance_path: The path of the faulty value in the payload.
        schema_path: The evaluation path of the violated keyword, with every `$ref` resolved.
        key: The key that is missing or faulty, if it is one.
    """

    instance_path: tuple[str | int, ...]
    schema_path: SchemaPath
    key: str | None = None


def _errors(
    contract: ContractName, payload: Any, part: str | None, text: str | bytes | None = None
) -> Iterator[_Error]:
    is_large = not (text and _is_small(text)) and _is_large(payload)
    if contract not in _REFERENCE_ONLY and not is_large:
        fast = _fast(contract, part).iter_errors(payload)
        errors = [_error(error.instance_path, error.evaluation_path) for error in fast]
        if errors and all(_is_exact(error, payload) for error in errors):
            return _with_keys(errors, payload, contract, part)
    # One by one: there may be a million, and a hundred are needed.
    slow = _reference(contract, part, in_pieces=is_large).iter_errors(payload)
    return _with_keys(
        (_error(error.absolute_path, error.absolute_schema_path) for error in slow), payload, contract, part
    )


def _is_large(payload: Any) -> bool:
    """Return whether a payload is larger than jobs are, so that errors must not each hold a copy of a part of it.

    An error of jsonschema-rs (0.61) holds the value that it is about: 4,000 keys that were too long took 10 s and 3 GB,
    because each held the object.
    """
    left = _MOST_VALUES
    values = [payload]
    for value in values:
        if isinstance(value, str):
            left -= len(value) // _VALUE_LENGTH
        elif isinstance(value, dict | list):
            left -= len(value)
            if left > 0:
                values += [*value, *value.values()] if isinstance(value, dict) else value
        if left < 0:
            return True
    return False


def _is_small(text: str | bytes) -> bool:
    """Return True if the payload of a text is known not to be large."""
    marks: Any = ",{[" if isinstance(text, str) else (b",", b"{", b"[")
    return sum(map(text.count, marks)) + len(text) // _VALUE_LENGTH <= _MOST_VALUES


def _error(instance_path: Iterable[str | int], schema_path: Iterable[str | int]) -> _Error:
    return _Error(tuple(instance_path), tuple([step for step in schema_path if step != "$ref"]))


def _with_keys(errors: Iterable[_Error], payload: Any, contract: ContractName, part: str | None) -> Iterator[_Error]:
    """Yield errors with the keys that are missing or too long; jsonschema-rs names them in its messages only."""
    keys: Iterator[str] = iter(())
    before: _Error | None = None
    for error in errors:
        if error.schema_path[-1] == CLOSED:
            # One error for all unknown keys of an object.
            members = follow(payload, error.instance_path)
            declared = known_keys(contract, part, error.schema_path[:-1])
            yield from (
                _Error((*error.instance_path, key), error.schema_path) for key in members if key not in declared
            )
        elif error.schema_path[-1] == "required" or "propertyNames" in error.schema_path:
            # The errors about the keys of one object follow each other.
            if error != before:
                keyword, _ = keyword_value(contract, part, error.schema_path)
                keys = iter(_faulty_keys(keyword, follow(payload, error.instance_path)))
            before = error
            yield _Error(error.instance_path, error.schema_path, next(keys))
        else:
            yield error


def _faulty_keys(keyword: list[str] | int, members: dict[str, Any]) -> list[str]:
    """Return the keys of `required` that an object lacks, or its keys that are longer than a `maxLength`."""
    if isinstance(keyword, int):
        return [key for key in members if len(key) > keyword]
    return [key for key in keyword if key not in members]


def _is_exact(error: _Error, payload: Any) -> bool:
    """Return whether an instance path is as long as its schema path: jsonschema-rs 0.60 leaves out empty keys (tried).

    It also takes the keys `7` and `007` of an object for the number 7.
    """
    for step in error.instance_path:
        if isinstance(step, int) is not isinstance(payload, list):
            return False
        payload = payload[step]
    steps = iter(error.schema_path)
    depth = 0
    for step in steps:
        depth += step in CHILD_KEYWORDS
        if step == "properties":
            next(steps)
    return depth == len(error.instance_path) + (error.schema_path[-1] == CLOSED)


@cache
def _fast(contract: ContractName, part: str | None) -> Draft202012Validator:
    return Draft202012Validator(schema_of(contract, part))


@cache
def _reference(contract: ContractName, part: str | None, *, in_pieces: bool = False) -> Validator:
    # It takes longer to import than everything else together, and a service that receives valid jobs never needs it.
    from jsonschema import Draft202012Validator as Reference  # noqa: PLC0415
    from jsonschema.validators import extend  # noqa: PLC0415

    schema = schema_of(contract, part)
    if not in_pieces or contract in _REFERENCE_ONLY:
        return Reference(schema)
    pieces = _Pieces(schema.get("$defs", {}))
    keywords = {"items": pieces.items, "additionalProperties": pieces.additional_properties}
    validator: Validator = extend(Reference, keywords)(schema)  # type: ignore[no-untyped-call]  # it has no types
    return validator


class _Pieces:
    """Keywords of jsonschema for large payloads: items of arrays and members of maps are validated by jsonschema-rs.

    This takes a twentieth of the time, and no error holds a copy of more than one of them.
    """

    def __init__(self, definitions: dict[str, Any]) -> None:
        self._definitions = definitions
        # By identity, because a schema has no hash; the schemas live as long as this object.
        self._validators: dict[int, Draft202012Validator] = {}

    def items(self, validator: Any, schema: Any, instance: Any, _: object) -> Iterator[Any]:
        """Yield the errors of the items of an array."""
        if isinstance(instance, list):
            for index, item in enumerate(instance):
                yield from self._errors(validator, schema, item, index)

    def additional_properties(self, validator: Any, schema: Any, instance: Any, parent: Any) -> Iterator[Any]:
        """Yield the errors of the members of an object that its schema does not declare."""
        from jsonschema import ValidationError  # noqa: PLC0415  # as above

        if isinstance(instance, dict):
            declared = parent.get("properties", ())
            if schema is False:
                if not instance.keys() <= declared.keys():
                    yield ValidationError("")
                return
            for key, member in instance.items():
                if key not in declared:
                    yield from self._errors(validator, schema, member, key)

    def _errors(self, validator: Any, schema: Any, value: Any, step: str | int) -> Iterator[Any]:
        from jsonschema import ValidationError  # noqa: PLC0415  # as above

        if _is_large(value):
            yield from validator.descend(value, schema, path=step)
            return
        if id(schema) not in self._validators:
            self._validators[id(schema)] = Draft202012Validator({**schema, "$defs": self._definitions})
        fast = self._validators[id(schema)]
        if fast.is_valid(value):
            return
        errors = [_error(error.instance_path, error.evaluation_path) for error in fast.iter_errors(value)]
        if not all(_is_exact(error, value) for error in errors):
            yield from validator.descend(value, schema, path=step)
            return
        for error in errors:
            yield ValidationError("", path=(step, *error.instance_path), schema_path=error.schema_path)


class _DocumentOrder:
    """Sorts paths in the order of a document."""

    def __init__(self, payload: Any) -> None:
        self._payload = payload
        self._positions: dict[int, dict[str, int]] = {}

    def of(self, path: Iterable[str | int]) -> tuple[int, ...]:
        """Return the sort key of a path: the position of each step among its siblings."""
        value = self._payload
        key = []
        for step in path:
            key.append(step if isinstance(step, int) else self._position(value, step))
            value = value[step]
        return tuple(key)

    def _position(self, members: dict[str, Any], key: str) -> int:
        if len(members) <= _FEW_KEYS:
            return list(members).index(key)
        if id(members) not in self._positions:
            self._positions[id(members)] = {name: position for position, name in enumerate(members)}
        return self._positions[id(members)][key]


def _problem(contract: ContractName, part: str | None, error: _Error, payload: Any, *, suggestions: bool) -> Problem:
    parent = follow(payload, error.instance_path[:-1])
    value = parent[error.instance_path[-1]] if error.instance_path else parent
    is_short = (
        type(value) in _COMMON and error.key is None and (type(value) is not str or len(value) <= _LONGEST_COMMON)
    )
    is_short = is_short and len(join(error.instance_path)) <= LONGEST_POINTER
    if is_short and _depends_on_value(contract, part, error.schema_path):
        problem = _common_problem(
            contract, part, error.instance_path, error.schema_path, value, suggestions=suggestions
        )
        # A caller may change it.
        return problem if problem.repair is None else evolve(problem, repair=tuple(map(dict, problem.repair)))
    return _made_problem(contract, part, error, value, parent, suggestions=suggestions)


# Typed, because true is not 1; without floats, because 0.0 is not -0.0.
@lru_cache(maxsize=1_000, typed=True)
def _common_problem(  # noqa: PLR0913  # the facts that it depends on
    contract: ContractName,
    part: str | None,
    instance_path: tuple[str | int, ...],
    schema_path: SchemaPath,
    value: Any,
    *,
    suggestions: bool,
) -> Problem:
    """Return the problem of a short value: in a file, the same fault is in one line after another."""
    return _made_problem(contract, part, _Error(instance_path, schema_path), value, None, suggestions=suggestions)


@cache
def _depends_on_value(contract: ContractName, part: str | None, path: SchemaPath) -> bool:
    """Return whether the problem at a schema path depends on nothing but the value: its object may have other keys."""
    location = property_path(path)
    in_object = location[-2:-1] == ("properties",)
    return path[-1] != CLOSED and not (in_object and is_discriminated(contract, part, location[:-2]))


def _made_problem(  # noqa: PLR0913  # as many facts
    contract: ContractName, part: str | None, error: _Error, value: Any, parent: Any, *, suggestions: bool
) -> Problem:
    code = str(error.schema_path[-1])
    violation = Violation(contract, part, error.instance_path, error.schema_path, value, parent, error.key)
    advice, repair = advise(violation) if suggestions else ("", None)
    expected: Any = None
    found: Any = ABSENT
    if code == CLOSED:
        found = abridged(error.instance_path[-1])
        message = f"unexpected key {format_value(error.instance_path[-1])}{advice}"
    elif code == "required":
        message, expected = f"{MISSING} {format_value(error.key)}{advice}", error.key
    elif error.key is not None:
        text, expected = _expected(contract, part, error.schema_path)
        message, found = f"expected keys of {text}, found one of {_format_length(error.key)}", len(error.key)
    else:
        text, expected = _expected(contract, part, error.schema_path)
        shown, found = (
            (_format_length(value), len(value)) if code in LENGTHS else (format_value(value), abridged(value))
        )
        message = f"expected {text}, found {shown}{advice}"
    return Problem(
        join(error.instance_path),
        # The schemas have no other keywords.
        cast("Code", code),
        message,
        repair=repair,
        keyword=keyword_location(contract, part, error.schema_path),
        expected=expected,
        found=found,
    )


@cache
def _expected(contract: ContractName, part: str | None, path: SchemaPath) -> tuple[str, Any]:
    """Return the requirement of a keyword, in words and as data."""
    code = str(path[-1])
    value, types = keyword_value(contract, part, path)
    if code in LIMITS:
        return limit(code, value), value
    _, strings = allowed(contract, part, property_path(path))
    if not strings:
        types = (value,) if isinstance(value, str) else value
    names = [name for name in types if not (strings and name == "string")]
    return join_or([*map(format_value, strings), *(TYPE_NAMES[name] for name in names)]), one_of(strings, names)


def _format_length(value: str | list[Any] | dict[str, Any]) -> str:
    shown = f" in {format_value(value)}" if isinstance(value, str) else ""
    return f"{len(value):,}{shown}"

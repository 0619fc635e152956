"""Validate payloads by a contract's schema.

Two validators give one verdict: jsonschema-rs, in microseconds, and jsonschema, the reference implementation, where
jsonschema-rs is known to be wrong. The schemas are written so that each fault is reported once, at the innermost value.
"""

from __future__ import annotations

from functools import cache, lru_cache
from heapq import nsmallest
from itertools import chain, count, islice, repeat
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
from attrs import frozen
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
_COMMON, _LONGEST_COMMON = frozenset({str, int, bool, float, type(None)}), 1_000

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
    errors: Iterator[_Error] = islice(_errors(contract, payload, part, text), MOST_COUNTED)
    if partial:
        errors = (error for error in errors if error.keyword.code != "required")
    first = [*islice(errors, most)]
    total = len(first)
    if total > 1:
        order = _DocumentOrder(payload)

        def further() -> Iterator[_Error]:
            nonlocal total
            for error in errors:
                total += 1
                yield error

        if total == most:
            first = nsmallest(most, chain(first, further()), key=order.of)
        else:
            first.sort(key=order.of)
    problems = fitting(map(_problem, first, repeat(suggestions)), most)
    return problems, total - len(problems)


@frozen(eq=False)
class _Keyword:
    """A keyword of a schema, and what is known of its violations before there is one; cached by its path.

    Attributes:
        contract: Name of the contract.
        part: The part of a job that is checked; None for a whole job.
        path: The evaluation path of the keyword, with every `$ref` resolved.
        code: The keyword.
        depth: How many steps lead to a value that violates it.
        names_keys: Whether it is about the keys of an object: missing, too long or not allowed.
        is_in_map: Whether a step of the path is the key of a map, of any length.
        decides_alone: Whether a problem depends on nothing but the value: its object may have other keys.
    """

    contract: ContractName
    part: str | None
    path: SchemaPath
    code: Code
    depth: int
    names_keys: bool
    is_in_map: bool
    decides_alone: bool


@cache
def _keyword(contract: ContractName, part: str | None, evaluation_path: SchemaPath) -> _Keyword:
    path = tuple([step for step in evaluation_path if step != "$ref"])
    children = _children(path)
    location = property_path(path)
    in_object = location[-2:-1] == ("properties",)
    names_keys = path[-1] in {"required", CLOSED} or "propertyNames" in path
    return _Keyword(
        contract,
        part,
        path,
        # The schemas have no other keywords.
        cast("Code", path[-1]),
        _depth(path),
        names_keys,
        CLOSED in children,
        not (names_keys or (in_object and is_discriminated(contract, part, location[:-2]))),
    )


def _depth(path: SchemaPath) -> int:
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


# A struct, because it is made in a quarter of the time of a tuple with names.
class _Error(msgspec.Struct, gc=False):
    """An error that a validator reports.

    Attributes:
        path: The path of the faulty value in the payload.
        keyword: The keyword that is violated.
        value: The faulty value.
        parent: The object or array that has it; None for the whole payload.
        key: The key that is missing or faulty, if it is one.
    """

    path: tuple[str | int, ...]
    keyword: _Keyword
    value: Any
    parent: Any
    key: str | None = None


def _errors(
    contract: ContractName, payload: Any, part: str | None, text: str | bytes | None = None
) -> Iterator[_Error]:
    is_large = not (text and _is_small(text)) and _is_large(payload)
    if contract not in _REFERENCE_ONLY and not is_large:
        errors: list[_Error] = []
        is_complete = True
        for error in _fast(contract, part).iter_errors(payload):
            path = tuple(error.instance_path)
            keyword = _keyword(contract, part, tuple(error.evaluation_path))
            place = _place(payload, path) if len(path) == keyword.depth else None
            if place is None:
                errors = []
                break
            errors.append(_Error(path, keyword, *place))
            is_complete = is_complete and not keyword.names_keys
        if errors:
            return iter(errors) if is_complete else _with_keys(errors)
    # One by one: there may be a million, and a hundred are needed.
    slow = _reference(contract, part, in_pieces=is_large).iter_errors(payload)
    return _with_keys(_referenced(contract, part, error, payload) for error in slow)


def _place(payload: Any, path: tuple[str | int, ...]) -> tuple[Any, Any] | None:
    """Return the value at an instance path of jsonschema-rs, and its parent; None if the path is not exact.

    jsonschema-rs 0.60 leaves out empty keys, so that the path is shorter than that of the keyword (tried). It also
    takes the keys `7` and `007` of an object for the number 7.
    """
    parent, value = None, payload
    for step in path:
        if isinstance(step, int) is not isinstance(value, list):
            return None
        parent, value = value, value[step]
    return value, parent


def _referenced(contract: ContractName, part: str | None, error: Any, payload: Any) -> _Error:
    """Return an error of jsonschema, whose paths are exact."""
    path = tuple(error.absolute_path)
    parent: Any = follow(payload, path[:-1]) if path else None
    value = parent[path[-1]] if path else payload
    return _Error(path, _keyword(contract, part, tuple(error.absolute_schema_path)), value, parent)


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
    # Such a text has not many more, and its errors hold little.
    if len(text) <= 4 * _MOST_VALUES:
        return True
    commas = text.count(",") if isinstance(text, str) else text.count(b",")
    # What has no comma before it is the first in its object or array; they nest only as deep as their text is long.
    return commas + len(text) // _VALUE_LENGTH <= _MOST_VALUES


def _with_keys(errors: Iterable[_Error]) -> Iterator[_Error]:
    """Yield errors with the keys that are missing or too long; jsonschema-rs names them in its messages only."""
    keys: Iterator[str] = iter(())
    before: _Error | None = None
    for error in errors:
        keyword, members = error.keyword, error.value
        if not keyword.names_keys:
            yield error
        elif keyword.code == CLOSED:
            # One error for all unknown keys of an object.
            declared = known_keys(keyword.contract, keyword.part, keyword.path[:-1])
            for key in members:
                if key not in declared:
                    yield _Error((*error.path, key), keyword, members[key], members)
        else:
            # The errors about the keys of one object follow each other.
            if before is None or before.path != error.path or before.keyword is not keyword:
                limit, _ = keyword_value(keyword.contract, keyword.part, keyword.path)
                keys = iter(_faulty_keys(limit, members))
            before = error
            error.key = next(keys)
            yield error


def _faulty_keys(keyword: list[str] | int, members: dict[str, Any]) -> list[str]:
    """Return the keys of `required` that an object lacks, or its keys that are longer than a `maxLength`."""
    if isinstance(keyword, int):
        return [key for key in members if len(key) > keyword]
    return [key for key in keyword if key not in members]


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
        errors = [(tuple(error.instance_path), tuple(error.evaluation_path)) for error in fast.iter_errors(value)]
        if any(len(path) != _depth(keyword) or _place(value, path) is None for path, keyword in errors):
            yield from validator.descend(value, schema, path=step)
            return
        for path, keyword in errors:
            yield ValidationError("", path=(step, *path), schema_path=keyword)


class _DocumentOrder:
    """Sorts errors in the order of a document."""

    def __init__(self, payload: Any) -> None:
        self._payload = payload
        self._positions: dict[int, dict[str, int]] = {}

    def of(self, error: _Error) -> tuple[int, ...]:
        """Return the sort key of an error: the position of each step of its path among its siblings."""
        value = self._payload
        key = []
        for step in error.path:
            if isinstance(step, int):
                key.append(step)
            elif positions := self._positions.get(id(value)):
                key.append(positions[step])
            else:
                key.append(self._position(value, step))
            value = value[step]
        return tuple(key)

    def _position(self, members: dict[str, Any], key: str) -> int:
        if members is not self._payload and len(members) <= _FEW_KEYS:
            return list(members).index(key)
        positions = self._positions[id(members)] = dict(zip(members, count(), strict=False))
        return positions[key]


def _problem(error: _Error, suggestions: bool) -> Problem:  # noqa: FBT001  # called by `map`
    path, keyword = error.path, error.keyword
    facts = _facts(error)
    if facts is ABSENT or (keyword.is_in_map and len(str(path)) > LONGEST_POINTER):
        return _made_problem(error, suggestions=suggestions)
    problem = _common_problem(keyword, path, facts, error.key, suggestions)
    if problem.repair is None:
        return problem
    # A caller may change it. This takes a third of the time of `attrs.evolve`.
    return Problem(
        problem.pointer,
        problem.code,
        problem.message,
        repair=tuple(map(dict, problem.repair)),
        keyword=problem.keyword,
        expected=problem.expected,
        found=problem.found,
    )


def _facts(error: _Error) -> Any:
    """Return the facts that decide a problem besides its place, a short value or known keys; `ABSENT` if others do."""
    keyword, value = error.keyword, error.value
    if keyword.code == "required":
        contract, part, path = keyword.contract, keyword.part, keyword.path
        if not value.keys() <= known_keys(contract, part, path[:-1]):
            # One of them may be the missing key, misspelled.
            return ABSENT
        required, _ = keyword_value(contract, part, path)
        return tuple([key for key in required if key in value])
    kind = type(value)
    if not keyword.decides_alone or kind not in _COMMON or (kind is str and len(value) > _LONGEST_COMMON):
        return ABSENT
    # 0.0 equals -0.0.
    return value if value or kind is not float else ABSENT


# Typed, because true is not 1.
@lru_cache(maxsize=1_000, typed=True)
def _common_problem(
    keyword: _Keyword,
    path: tuple[str | int, ...],
    facts: Any,
    key: str | None,
    suggestions: bool,  # noqa: FBT001  # faster than by name
) -> Problem:
    """Return the problem of such facts: in a file, the same fault is in one line after another."""
    return _made_problem(_Error(path, keyword, facts, None, key), suggestions=suggestions)


def _made_problem(error: _Error, *, suggestions: bool) -> Problem:
    path, keyword, value, key = error.path, error.keyword, error.value, error.key
    code, contract, part = keyword.code, keyword.contract, keyword.part
    violation = Violation(contract, part, path, keyword.path, value, error.parent, key)
    advice, repair = advise(violation) if suggestions else ("", None)
    expected: Any = None
    found: Any = ABSENT
    if code == CLOSED:
        found = abridged(path[-1])
        message = f"unexpected key {format_value(path[-1])}{advice}"
    elif code == "required":
        message, expected = f"{MISSING} {format_value(key)}{advice}", key
    elif key is not None:
        text, expected = _expected(contract, part, keyword.path)
        message, found = f"expected keys of {text}, found one of {_format_length(key)}", len(key)
    else:
        text, expected = _expected(contract, part, keyword.path)
        shown, found = (
            (_format_length(value), len(value)) if code in LENGTHS else (format_value(value), abridged(value))
        )
        message = f"expected {text}, found {shown}{advice}"
    return Problem(
        join(path),
        code,
        message,
        repair=repair,
        keyword=keyword_location(contract, part, keyword.path),
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

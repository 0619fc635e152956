"""Validate payloads by a contract's schema.

Two validators give one verdict: jsonschema-rs, in microseconds, and jsonschema, the reference implementation, where
jsonschema-rs is known to be wrong. The schemas are written so that each fault is reported once, at the innermost value.
"""

from __future__ import annotations

from functools import cache, lru_cache
from heapq import nsmallest
from itertools import count, islice, repeat
from typing import TYPE_CHECKING, Any, Final

from jsonschema_rs import Draft202012Validator

from ftschema.core.absent import ABSENT
from ftschema.core.pointer import follow, join
from ftschema.core.report import LONGEST_POINTER, MISSING, MOST_PROBLEMS, Problem, fitting
from ftschema.core.text import abridged, format_value, join_or
from ftschema.schemas.catalogue import entry, names
from ftschema.schemas.paths import (
    CLOSED,
    Keyword,
    allowed,
    depth_of,
    keyword_at,
    property_path,
    schema_of,
)
from ftschema.schemas.phrases import LENGTHS, LIMITS, TYPE_NAMES, limit, one_of
from ftschema.validation.suggestions import Violation, advise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jsonschema.protocols import Validator

    from ftschema.core.literals import ContractName

# The contracts for which only jsonschema decides.
_REFERENCE_ONLY = frozenset(name for name in names() if entry(name).needs_reference)

# A payload with more values is large, where a string of that length counts as one more. A job has about fifty.
_MOST_VALUES, _VALUE_LENGTH = 500, 100

# The positions of so few keys are not remembered: a million objects may have them.
_FEW_KEYS = 100

# The types of values that are often faulty in the same way, and the longest such text.
_COMMON, _LONGEST_COMMON = frozenset({int, bool, float, type(None)}), 1_000

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
    is_large = not (text and _is_small(text)) and _is_large(payload)
    errors: Iterable[Violation] = ()
    if contract not in _REFERENCE_ONLY and not is_large:
        errors = _fast_errors(contract, payload, part, suggestions=suggestions)
    errors = errors or _slow_errors(contract, payload, part, is_large=is_large)
    if partial:
        errors = [error for error in errors if error.keyword.code != "required"]
    if isinstance(errors, list):
        total = len(errors)
        if total == 1:
            return [_problem(errors[0], suggestions)], 0
        errors.sort(key=_document_order(payload))
        first = errors[:most]
    else:
        number = count()
        counted = (error for error, _ in zip(errors, number, strict=False))
        first = nsmallest(most, counted, key=_document_order(payload))
        total = next(number)
    problems = fitting(map(_problem, first, repeat(suggestions)), most)
    return problems, total - len(problems)


def _slow_errors(contract: ContractName, payload: Any, part: str | None, *, is_large: bool) -> Iterator[Violation]:
    """Yield the errors that jsonschema finds, one by one: there may be a million, and a hundred are needed."""
    found = _reference(contract, part, in_pieces=is_large).iter_errors(payload)
    return islice(_with_keys(_referenced(contract, part, error, payload) for error in found), MOST_COUNTED)


def _fast_errors(contract: ContractName, payload: Any, part: str | None, *, suggestions: bool) -> list[Violation]:
    """Return the errors that jsonschema-rs finds; none if a path is not exact."""
    errors: list[Violation] = []
    is_complete = True
    for error in _fast(contract, part).iter_errors(payload):
        path = tuple(error.instance_path)
        keyword = keyword_at(contract, part, tuple(error.evaluation_path))
        value: Any = error.instance
        if keyword.decides_alone and not keyword.is_in_map and _is_common(value):
            # Its path is exact, because only the keys of maps are not declared.
            problem = _common_problem(keyword, path, value, None, suggestions)
            errors.append(Violation(path, keyword, value, None, None, problem))
            continue
        place = _place(payload, path) if len(path) == keyword.depth else None
        if place is None:
            return []
        errors.append(Violation(path, keyword, *place))
        if keyword.names_keys:
            is_complete = False
    return errors if is_complete else [*_with_keys(errors)]


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


def _referenced(contract: ContractName, part: str | None, error: Any, payload: Any) -> Violation:
    """Return an error of jsonschema, whose paths are exact."""
    path = tuple(error.absolute_path)
    parent: Any = follow(payload, path[:-1]) if path else None
    value = parent[path[-1]] if path else payload
    return Violation(path, keyword_at(contract, part, tuple(error.absolute_schema_path)), value, parent)


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


def _with_keys(errors: Iterable[Violation]) -> Iterator[Violation]:
    """Yield errors with the keys that are missing or too long; jsonschema-rs names them in its messages only."""
    keys: Iterator[str] = iter(())
    before: Violation | None = None
    for error in errors:
        keyword, members = error.keyword, error.value
        if not keyword.names_keys:
            yield error
        elif keyword.code == CLOSED:
            # One error for all unknown keys of an object.
            for key in members:
                if key not in keyword.declared:
                    yield Violation((*error.path, key), keyword, members[key], members)
        else:
            # The errors about the keys of one object follow each other.
            if before is None or before.path != error.path or before.keyword is not keyword:
                keys = iter(_faulty_keys(keyword.value, members))
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
        if any(len(path) != depth_of(keyword) or _place(value, path) is None for path, keyword in errors):
            yield from validator.descend(value, schema, path=step)
            return
        for path, keyword in errors:
            yield ValidationError("", path=(step, *path), schema_path=keyword)


def _document_order(payload: Any) -> Callable[[Violation], list[int]]:
    """Return the key that sorts errors in the order of the document: the position of each step among its siblings."""
    # An index is its own position.
    root: Any = _positions(payload) if isinstance(payload, dict) else range(10**9)
    large: dict[int, dict[str, int]] = {}

    def position(members: dict[str, Any], key: str) -> int:
        if len(members) <= _FEW_KEYS:
            return list(members).index(key)
        positions = large.get(id(members)) or large.setdefault(id(members), _positions(members))
        return positions[key]

    def order(error: Violation) -> list[int]:
        path = error.path
        if len(path) == 1:
            return [root[path[0]]]
        value, found = payload, []
        for step in path:
            if isinstance(step, int):
                found.append(step)
            else:
                found.append(root[step] if value is payload else position(value, step))
            value = value[step]
        return found

    return order


def _positions(members: dict[str, Any]) -> dict[str, int]:
    return {key: number for number, key in enumerate(members)}


def _problem(error: Violation, suggestions: bool) -> Problem:  # noqa: FBT001  # called by `map`
    problem = error.problem
    if problem is None:
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


def _facts(error: Violation) -> Any:
    """Return the facts that decide a problem besides its place, a short value or known keys; `ABSENT` if others do."""
    keyword, value = error.keyword, error.value
    if keyword.decides_alone:
        return value if _is_common(value) else ABSENT
    # An undeclared key may be the missing one, misspelled.
    if keyword.code == "required" and value.keys() <= keyword.declared:
        return tuple([key for key in keyword.value if key in value])
    return ABSENT


def _is_common(value: Any) -> bool:
    """Return whether a value is of those that are often faulty in the same way."""
    kind = type(value)
    if kind is str:
        return len(value) <= _LONGEST_COMMON
    # 0.0 equals -0.0.
    return kind in _COMMON and (kind is not float or value != 0)


# Typed, because true is not 1.
@lru_cache(maxsize=1_000, typed=True)
def _common_problem(
    keyword: Keyword,
    path: tuple[str | int, ...],
    facts: Any,
    key: str | None,
    suggestions: bool,  # noqa: FBT001  # faster than by name
) -> Problem:
    """Return the problem of such facts: in a file, the same fault is in one line after another."""
    return _made_problem(Violation(path, keyword, facts, None, key), suggestions=suggestions)


def _made_problem(error: Violation, *, suggestions: bool) -> Problem:
    path, keyword, value, key = error.path, error.keyword, error.value, error.key
    code = keyword.code
    advice, repair = advise(error) if suggestions else ("", None)
    expected: Any = None
    found: Any = ABSENT
    if code == CLOSED:
        found = abridged(path[-1])
        message = f"unexpected key {format_value(path[-1])}{advice}"
    elif code == "required":
        message, expected = f"{MISSING} {format_value(key)}{advice}", key
    elif key is not None:
        text, expected = _expected(keyword)
        message, found = f"expected keys of {text}, found one of {_format_length(key)}", len(key)
    else:
        text, expected = _expected(keyword)
        shown, found = (
            (_format_length(value), len(value)) if code in LENGTHS else (format_value(value), abridged(value))
        )
        message = f"expected {text}, found {shown}{advice}"
    return Problem(
        join(path),
        code,
        message,
        repair=repair,
        keyword=keyword.location,
        expected=expected,
        found=found,
    )


@cache
def _expected(keyword: Keyword) -> tuple[str, Any]:
    """Return the requirement of a keyword, in words and as data."""
    value, types = keyword.value, keyword.types
    if keyword.code in LIMITS:
        return limit(keyword.code, value), value
    _, strings = allowed(keyword.contract, keyword.part, property_path(keyword.path))
    if not strings:
        types = (value,) if isinstance(value, str) else value
    names = [name for name in types if not (strings and name == "string")]
    return join_or([*map(format_value, strings), *(TYPE_NAMES[name] for name in names)]), one_of(strings, names)


def _format_length(value: str | list[Any] | dict[str, Any]) -> str:
    shown = f" in {format_value(value)}" if isinstance(value, str) else ""
    return f"{len(value):,}{shown}"

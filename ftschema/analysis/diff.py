"""Compare two contracts: every difference, with a payload that proves it.

Possible differences are read off the types of the two contracts. One that no payload proves is not reported.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import field, frozen

from ftschema.analysis.conversion import convert
from ftschema.core.absent import ABSENT
from ftschema.core.literals import ContractName  # noqa: TC001  # for `typing.get_type_hints`
from ftschema.core.pointer import display, join, split
from ftschema.core.report import as_data
from ftschema.core.text import format_value, table
from ftschema.generation.invalid_values import FAR, invalid_values
from ftschema.generation.placement import Route, base_job, ensure_path, set_value
from ftschema.generation.plans import choosers
from ftschema.generation.values import simplest, type_generator
from ftschema.jsontext.data import deep_copy
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import (
    ANY_KEY,
    AnyType,
    ArrayType,
    EnumType,
    Field,
    JsonType,
    MapType,
    NumberType,
    ObjectType,
    StringType,
    Types,
)
from ftschema.schemas.phrases import limit, type_names
from ftschema.schemas.reader import root_type
from ftschema.schemas.spelling import spelled
from ftschema.schemas.translate import from_wire, pointer_from_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.report import Problem
    from ftschema.validation.contract import Contract

_Collection: TypeAlias = ArrayType | MapType

# A key that no contract declares.
_OTHER_KEY: Final = "other key"

# Enough jobs to find one that differs for the two contracts in the one respect only.
_TRIALS = 8


@frozen
class Change:
    """One difference between two contracts.

    Attributes:
        pointer: The location, in the names of the wire, with `*` for any item of an array or any key of a map; for a
            key that only one of them requires, that of the key.
        code: What differs: `required`, `type`, `null`, `enum`, a limit by its keyword, `name` for a key that only one
            of them declares, `additionalProperties` for all keys that none declares, or `spelling`.
        left: What the first contract says.
        right: What the second says.
        accepted_by: The contract that accepts the witness.
        witness: A payload in the names of the contract that accepts it.
        problem: The problem that the other contract reports for it, once it is converted to its names.
    """

    pointer: str
    code: str
    left: str
    right: str
    accepted_by: ContractName
    witness: dict[str, Any] = field(hash=False)
    problem: Problem


@frozen
class ContractDiff:
    """The differences between two contracts, in the order of the fields.

    Attributes:
        left: Name of the first contract.
        right: Name of the second.
        changes: Each difference, with a payload that one of them accepts and the other rejects.
    """

    left: ContractName
    right: ContractName
    changes: tuple[Change, ...]

    @property
    def equal(self) -> bool:
        """Whether no difference was found."""
        return not self.changes

    def as_dict(self) -> dict[str, Any]:
        """Return the differences as JSON data."""
        return {
            "left": self.left,
            "right": self.right,
            "equal": self.equal,
            "changes": [as_data(change) for change in self.changes],
        }

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __str__(self) -> str:
        """Return a table with a line for each difference, as the command `diff` prints it."""
        if self.equal:
            return f"{self.left} and {self.right} accept the same payloads"
        rows = ([display(change.pointer), change.code, change.left, change.right] for change in self.changes)
        return table([["pointer", "code", self.left, self.right], *rows])


def diff(left: ContractName | Contract[Any], right: ContractName | Contract[Any]) -> ContractDiff:
    """Return the differences between two contracts, field by field.

    Fields are compared by their names on the wire. A different spelling is a change of its own; for the others, the
    witness is converted before the second contract checks it.

    Raises:
        UnknownContractError: There is no such contract.
    """
    first, second = _contract(left), _contract(right)
    proved = (*_spelling(first, second), *_accepted(first, second, first), *_accepted(second, first, first))
    # Several objects of a union may differ in the same way.
    changes = list({(change.pointer, change.code, change.left, change.right): change for change in proved}.values())
    keys = [*dict.fromkeys((*root_type(first.name).properties, *root_type(second.name).properties))]
    keys.append(ANY_KEY)
    changes.sort(key=lambda change: keys.index(split(change.pointer)[0]) if change.pointer else -1)
    return ContractDiff(first.name, second.name, tuple(changes))


def _spelling(left: Contract, right: Contract) -> Iterator[Change]:
    spellings = entry(left.name).spelling, entry(right.name).spelling
    if spellings[0] == spellings[1]:
        return
    witness = from_wire(left.name, base_job(left.name, (), None, simplest))
    yield Change("", "spelling", *spellings, left.name, witness, right.check(witness, show_values=True).problems[0])


def _accepted(accepting: Contract, rejecting: Contract, left: Contract) -> Iterator[Change]:
    """Yield the differences that one contract accepts and the other rejects, each with a payload as proof."""
    for difference in differences(root_type(accepting.name), root_type(rejecting.name), accepting.name):
        candidates = _candidates(difference, accepting, rejecting)
        proofs = (_proof(difference, payload, accepting, rejecting) for payload in candidates)
        texts = (
            (difference.accepting, difference.rejecting)
            if accepting is left
            else (difference.rejecting, difference.accepting)
        )
        pointer = difference.pointer + join([difference.key]) if difference.code == "required" else difference.pointer
        for witness, problem in islice(filter(None, proofs), 1):
            yield Change(pointer, difference.code, *texts, accepting.name, witness, problem)


def _proof(
    difference: Difference, payload: dict[str, Any], accepting: Contract, rejecting: Contract
) -> tuple[dict[str, Any], Problem] | None:
    """Return a payload in the accepting contract's names and its one problem, or None if it proves nothing."""
    witness = from_wire(accepting.name, payload)
    if not accepting.is_valid(witness):
        return None
    problems = convert(witness, accepting, rejecting, show_values=True).report.problems
    if len(problems) == 1 and _is_at(pointer_from_wire(rejecting.name, difference.pointer), problems[0].pointer):
        return witness, problems[0]
    return None


def _is_at(pattern: str, pointer: str) -> bool:
    expected, steps = pattern.split("/"), pointer.split("/")
    return len(steps) == len(expected) and all(
        pair[0] in {ANY_KEY, pair[1]} for pair in zip(expected, steps, strict=True)
    )


def _candidates(difference: Difference, accepting: Contract, rejecting: Contract) -> Iterator[dict[str, Any]]:
    """Yield jobs, in the names of the wire, that have the value at the location, the simplest first.

    A key that the accepting contract does not declare is spelled as in the other, because it will not be translated.
    """
    key = spelled(difference.key, entry(rejecting.name).spelling) if difference.code == "name" else difference.key
    for chooser in choosers("witness", _TRIALS):
        ours = base_job(accepting.name, difference.route, difference.key, chooser)
        top = difference.route[0][0] if difference.route else difference.key
        theirs = _spelled_if_undeclared(base_job(rejecting.name, (), top, chooser), accepting, rejecting)
        for job in (ours, _merged(ours, theirs), _merged(theirs, ours)):
            for value in difference.values:
                payload = deep_copy(job)
                container, _ = ensure_path(payload, difference.route, accepting.name, chooser)
                if value is ABSENT:
                    container.pop(key, None)
                else:
                    set_value(container, key, deep_copy(value), chooser)
                yield payload


def _spelled_if_undeclared(job: dict[str, Any], accepting: Contract, rejecting: Contract) -> dict[str, Any]:
    """Return a job in the names of the wire, but with the keys that only the rejecting contract declares as it does."""
    declared, spelling = root_type(accepting.name).properties, entry(rejecting.name).spelling
    translated = from_wire(rejecting.name, job)
    return {
        **{key: value for key, value in job.items() if key in declared},
        **{spelled(key, spelling): translated[spelled(key, spelling)] for key in job if key not in declared},
    }


def _merged(first: Any, second: Any) -> Any:
    """Return a job with the keys that only another has added, at every depth."""
    if isinstance(first, dict) and isinstance(second, dict):
        return {
            **first,
            **{key: _merged(first[key], value) if key in first else value for key, value in second.items()},
        }
    return first


# ---------------------------------------------------------------- possible differences


@frozen
class Difference:
    """A possible difference: what two contracts say of a location, and values that only the first should accept.

    Attributes:
        route: The keys down to the holder of the location, with the types of the accepting contract.
        key: The key of the location.
        pointer: Where the problem will be, in the names of the wire.
        code: What differs.
        accepting: What the accepting contract says.
        rejecting: What the other says.
        values: Values for the location; `ABSENT` removes the key.
    """

    route: Route
    key: str
    pointer: str
    code: str
    accepting: str
    rejecting: str
    values: tuple[Any, ...] = field(hash=False)


def differences(accepting: ObjectType, rejecting: ObjectType, contract: ContractName) -> Iterator[Difference]:
    """Yield the differences that `contract` may accept and the other contract may reject."""
    yield from _Comparison(contract).of_objects(accepting, rejecting, (), "")


@frozen
class _Comparison:
    contract: ContractName

    def of_objects(self, one: ObjectType, other: ObjectType, route: Route, pointer: str) -> Iterator[Difference]:
        for key, rejecting in other.properties.items():
            if key in other.required and key not in one.required:
                text = "optional" if key in one.properties else "not declared"
                yield Difference(route, key, pointer, "required", text, "required", (ABSENT,))
            below = pointer + join([key])
            if key in one.properties:
                yield from self.of_fields(one.properties[key], rejecting, route, key, below)
            elif values := _invalid(rejecting):
                yield Difference(route, key, below, "name", "not declared", type_names(rejecting.types), values)
        if other.closed:
            yield from self._of_closed(one, other, route, pointer)

    def _of_closed(self, one: ObjectType, other: ObjectType, route: Route, pointer: str) -> Iterator[Difference]:
        """Yield the keys that the other contract refuses."""
        for key, accepting in one.properties.items():
            if key not in other.properties:
                value = self._simplest(accepting.types[-1], key)
                texts = type_names(accepting.types), "not allowed"
                yield Difference(route, key, pointer + join([key]), "name", *texts, (value,))
        # If both are closed, there is no proof of it.
        texts = "any other key", "no other key"
        yield Difference(route, _OTHER_KEY, pointer + join([ANY_KEY]), "additionalProperties", *texts, (0,))

    def of_fields(self, one: Field, other: Field, route: Route, key: str, pointer: str) -> Iterator[Difference]:
        if _has(other.types, AnyType):
            return
        names = type_names(one.types), type_names(other.types)
        if _has(one.types, AnyType):
            yield Difference(route, key, pointer, "type", *names, _invalid(other))
            return
        known = {name for json_type in other.types for name in json_type.json_types}
        for json_type in one.types:
            for name in json_type.json_types:
                if name not in known:
                    values: tuple[Any, ...] = (self._simplest(json_type, key),)
                    if name == "number" and isinstance(json_type, NumberType):
                        values = _fractions(json_type)
                    code = "null" if name == "null" else "type"
                    yield Difference(route, key, pointer, code, *names, values)
                    known.add(name)
            for rejecting in other.types:
                yield from self.of_types(json_type, rejecting, route, key, pointer)
        yield from self._of_unions(one, other, route, key, pointer)

    def _of_unions(self, one: Field, other: Field, route: Route, key: str, pointer: str) -> Iterator[Difference]:
        """Yield the objects and maps that the other contract lacks although it has objects with a tag."""
        tags = {json_type.tag for json_type in other.types if isinstance(json_type, ObjectType)}
        if not tags or None in tags:
            return
        for json_type in one.types:
            value = self._simplest(json_type, key)
            if isinstance(json_type, ObjectType) and json_type.tag not in tags:
                yield Difference(
                    route, key, f"{pointer}/type", "enum", _values((str(json_type.tag),)), "not allowed", (value,)
                )
            elif isinstance(json_type, MapType) and not _has(other.types, MapType):
                yield Difference(route, key, pointer, "type", "a map", "an object", (self._of_size(json_type, 1, key),))

    def of_types(self, one: JsonType, other: JsonType, route: Route, key: str, pointer: str) -> Iterator[Difference]:
        def row(code: str, accepting: str, rejecting: str, *values: Any) -> Difference:
            return Difference(route, key, pointer, code, accepting, rejecting, values)

        match one, other:
            case ((EnumType() | StringType()), (EnumType() | StringType())):
                yield from _strings(one, other, row)
            case NumberType(), NumberType():
                yield from _numbers(one, other, row)
            case ArrayType(), ArrayType():
                yield from self._counts(one, other, row, key)
                yield from self.of_fields(
                    one.items, other.items, (*route, (key, one)), ANY_KEY, pointer + join([ANY_KEY])
                )
            case MapType(), MapType():
                yield from self._counts(one, other, row, key)
                yield from self._key_lengths(one, other, row, key)
                yield from self.of_fields(
                    one.values, other.values, (*route, (key, one)), ANY_KEY, pointer + join([ANY_KEY])
                )
            case ObjectType(), ObjectType() if one.tag == other.tag:
                yield from self.of_objects(one, other, (*route, (key, one)), pointer)
            case _:
                pass

    def _counts(self, one: _Collection, other: _Collection, row: Any, key: str) -> Iterator[Difference]:
        low, high = ("minItems", "maxItems") if isinstance(one, ArrayType) else ("minProperties", "maxProperties")
        fewest, least = (int(json_type.limits.get(low, 0)) for json_type in (one, other))
        if fewest < least:
            texts = (limit(low, number or None) for number in (fewest, least))
            yield row(low, *texts, self._of_size(one, fewest, key))
        most, maximum = (json_type.limits.get(high) for json_type in (one, other))
        if maximum is not None and _exceeds(most, maximum):
            value = self._of_size(one, max(fewest, int(maximum) + 1), key)
            yield row(high, limit(high, most), limit(high, maximum), value)

    def _key_lengths(self, one: MapType, other: MapType, row: Any, key: str) -> Iterator[Difference]:
        longest = other.max_key_length
        if longest is not None and _exceeds(one.max_key_length, longest):
            texts = (f"keys of {limit('maxLength', length)}" for length in (one.max_key_length, longest))
            yield row("maxLength", *texts, {"k" * (longest + 1): self._item(one, key)})

    def _of_size(self, json_type: _Collection, number: int, key: str) -> Any:
        item = self._item(json_type, key)
        if isinstance(json_type, ArrayType):
            return [item] * number
        return {f"key {position}": item for position in range(number)}

    def _item(self, json_type: _Collection, key: str) -> Any:
        [(_, below)] = json_type.children()
        return self._simplest(below.types[0], key)

    def _simplest(self, json_type: JsonType, key: str) -> Any:
        return type_generator(json_type, key, self.contract)(simplest)


def _invalid(rejecting: Field) -> tuple[Any, ...]:
    return tuple(invalid.value for invalid in invalid_values(rejecting.types))


def _strings(one: EnumType | StringType, other: EnumType | StringType, row: Any) -> Iterator[Difference]:
    match one, other:
        case EnumType(values), EnumType(allowed):
            added = tuple(value for value in values if value not in allowed)
            if added:
                yield row("enum", _values(added), "not allowed", *added)
        case StringType(), EnumType(values):
            yield row("enum", "any string", _values(values), "other")
        case StringType(), StringType():
            for keyword, bound in other.limits.items():
                rejected = (invalid.value for invalid in invalid_values((other,)) if invalid.code == keyword)
                accepted = tuple(filter(one.matches, rejected))
                if accepted:
                    yield row(keyword, limit(keyword, one.limits.get(keyword)), limit(keyword, bound), *accepted)
        case _:
            pass


def _numbers(one: NumberType, other: NumberType, row: Any) -> Iterator[Difference]:
    bounds = [*one.limits.values(), *other.limits.values()]
    near = {value for bound in bounds for value in (bound - 1, bound, bound + 1, math.nextafter(bound, math.inf))}
    for code, far, in_words in (("minimum", -1, _lower), ("maximum", 1, _upper)):
        tried = sorted(
            {0, far, far * FAR, far * 10**20, *one.also_allowed, *near}, key=lambda value: (abs(value), value)
        )
        differing = (value for value in tried if one.matches(value) and not other.matches(value))
        values = tuple(value for value in differing if _is_beyond(other, value, code))
        if values:
            yield row(code, in_words(one), in_words(other), *values)


def _is_beyond(json_type: NumberType, value: float, code: str) -> bool:
    for keyword, bound in json_type.limits.items():
        if keyword == "maximum":
            beyond = value > bound
        else:
            beyond = value <= bound if keyword == "exclusiveMinimum" else value < bound
        if beyond and (code == "maximum") is (keyword == "maximum"):
            return True
    return False


def _fractions(json_type: NumberType) -> tuple[float, ...]:
    candidates = (value + half for value in (0, 1, *json_type.limits.values()) for half in (0.5, -0.5))
    return tuple(filter(json_type.matches, candidates))


def _lower(json_type: NumberType) -> str:
    if json_type.exclusive_minimum is not None:
        text = limit("exclusiveMinimum", json_type.exclusive_minimum)
    else:
        text = limit("minimum", json_type.minimum)
    return " or ".join([text, *map(format_value, json_type.also_allowed)])


def _upper(json_type: NumberType) -> str:
    return limit("maximum", json_type.maximum)


def _exceeds(bound: float | None, other: float) -> bool:
    """Return whether an upper limit is above another; None means no limit."""
    return bound is None or bound > other


def _has(types: Types, cls: type[JsonType]) -> bool:
    return any(isinstance(json_type, cls) for json_type in types)


def _values(values: tuple[str, ...]) -> str:
    return ", ".join(map(format_value, values))

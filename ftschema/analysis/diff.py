"""What one contract accepts and another does not, each difference with a payload that proves it.

What may differ is read off the shapes of the two; what no payload proves is no difference.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.analysis.conversion import convert
from ftschema.core.pointer import join, split
from ftschema.core.report import as_data
from ftschema.generation.invalid_values import json_types, wrong_values
from ftschema.generation.placement import ANY, Route, base, put, reached
from ftschema.generation.plans import seeded
from ftschema.generation.values import form_drawer, simplest
from ftschema.jsontext.data import copied
from ftschema.schemas.catalogue import entry
from ftschema.schemas.shape import Anything, Form, Items, Members, Number, Pairs, Shape, Text, Words, job_shape
from ftschema.schemas.spelling import spelled
from ftschema.schemas.translate import from_wire, pointer_from_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.report import Problem
    from ftschema.validation.contract import Contract

# Enough base jobs to meet one that both contracts accept but for the difference.
_TRIALS = 8


@frozen
class Change:
    """One thing that two contracts see differently.

    Attributes:
        pointer: The place, in the names of the wire, with `*` for any item of a list or any name in a map; for a key
            that only one of them requires, the key's.
        code: What differs: `required`, `type`, `null`, `enum`, a bound by its keyword, `name` for a key that only one
            of them declares, or `spelling`.
        left: What the first contract says.
        right: What the second says.
        accepted_by: The contract that accepts the witness.
        witness: A payload in the names of the contract that accepts it.
        problem: What the other finds in it, converted to its names.
    """

    pointer: str
    code: str
    left: str
    right: str
    accepted_by: str
    witness: dict[str, Any] = field(hash=False)
    problem: Problem


@frozen
class ContractDiff:
    """What two contracts see differently, in the order of the fields.

    Attributes:
        left: Name of the first contract.
        right: Name of the second.
        changes: Each difference, with a payload that one accepts and the other does not.
    """

    left: str
    right: str
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


def diff(left: str | Contract, right: str | Contract) -> ContractDiff:
    """Return what two contracts see differently, field by field.

    Names are compared as the wire has them: where the two spell differently, this is one change of its own, and a
    witness of the others is converted before the other contract judges it.

    Raises:
        UnknownContractError: There is no such contract.
    """
    first, second = _contract(left), _contract(right)
    found = (*_spelling(first, second), *_accepted(first, second, first), *_accepted(second, first, first))
    # Parts of a union that share a place may differ in the same way.
    changes = list({(change.pointer, change.code, change.left, change.right): change for change in found}.values())
    fields = [*dict.fromkeys((*job_shape(first.name).members, *job_shape(second.name).members))]
    changes.sort(key=lambda change: fields.index(split(change.pointer)[0]) if change.pointer else -1)
    return ContractDiff(first.name, second.name, tuple(changes))


def _spelling(left: Contract, right: Contract) -> Iterator[Change]:
    ours, theirs = entry(left.name).spelling, entry(right.name).spelling
    if ours == theirs:
        return
    witness = from_wire(left.name, base(left.name, (), None, simplest))
    yield Change("", "spelling", ours, theirs, left.name, witness, right.check(witness).problems[0])


def _accepted(accepting: Contract, refusing: Contract, left: Contract) -> Iterator[Change]:
    """Yield what one contract accepts and the other refuses, as far as a payload proves it."""
    for found in differences(job_shape(accepting.name), job_shape(refusing.name), accepting.name):
        tried = (_proof(found, payload, accepting, refusing) for payload in _tried(found, accepting, refusing))
        said = (found.accepting, found.refusing) if accepting is left else (found.refusing, found.accepting)
        pointer = found.pointer + join([found.key]) if found.code == "required" else found.pointer
        for witness, problem in islice(filter(None, tried), 1):
            yield Change(pointer, found.code, *said, accepting.name, witness, problem)


def _proof(
    found: Difference, payload: dict[str, Any], accepting: Contract, refusing: Contract
) -> tuple[dict[str, Any], Problem] | None:
    """Return a job as the one contract has it, if that accepts it and the other refuses it for this reason alone."""
    witness = from_wire(accepting.name, payload)
    problems = convert(witness, accepting, refusing).report.problems if accepting.is_valid(witness) else ()
    if len(problems) == 1 and _is_at(pointer_from_wire(refusing.name, found.pointer), problems[0].pointer):
        return witness, problems[0]
    return None


def _is_at(pattern: str, pointer: str) -> bool:
    wanted, steps = pattern.split("/"), pointer.split("/")
    return len(steps) == len(wanted) and all(ours in {"*", step} for ours, step in zip(wanted, steps, strict=True))


def _tried(found: Difference, accepting: Contract, refusing: Contract) -> Iterator[dict[str, Any]]:
    """Yield jobs, in the names of the wire, that hold the value at the place, the simplest first.

    A key that the accepting contract does not declare is no name to it, so it stands there as the other spells it.
    """
    key = spelled(found.key, entry(refusing.name).spelling) if found.code == "name" else found.key
    for source in (simplest, *(seeded("witness", number) for number in range(_TRIALS))):
        ours = base(accepting.name, found.route, found.key, source)
        theirs = _half_spelled(
            base(refusing.name, (), found.route[0][0] if found.route else found.key, source), accepting, refusing
        )
        for job in (ours, _merged(ours, theirs), _merged(theirs, ours)):
            for value in found.values:
                payload = copied(job)
                container, _ = reached(payload, found.route, accepting.name, source)
                if value is ...:
                    container.pop(key, None)
                else:
                    put(container, key, copied(value), source)
                yield payload


def _half_spelled(job: dict[str, Any], accepting: Contract, refusing: Contract) -> dict[str, Any]:
    """Return a job in the names of the wire where one contract has such keys, and elsewhere as the other spells it."""
    declared, spelling = job_shape(accepting.name).members, entry(refusing.name).spelling
    other = from_wire(refusing.name, job)
    return {
        **{key: value for key, value in job.items() if key in declared},
        **{spelled(key, spelling): other[spelled(key, spelling)] for key in job if key not in declared},
    }


def _merged(first: Any, second: Any) -> Any:
    """Return all of one job, and what only another has."""
    if isinstance(first, dict) and isinstance(second, dict):
        return {
            **first,
            **{key: _merged(first[key], value) if key in first else value for key, value in second.items()},
        }
    return first


_FAR = 10**9


@frozen
class Difference:
    """What two contracts say of one place, and values that the first of the two should accept and the other refuse.

    Attributes:
        route: The way to the place, with the forms of the contract that accepts.
        key: The key of the place.
        pointer: The place of the problem, in the names of the wire.
        code: What differs.
        accepting: What the contract that accepts says.
        refusing: What the other says.
        values: Values for the place; `...` takes the key away.
    """

    route: Route
    key: str
    pointer: str
    code: str
    accepting: str
    refusing: str
    values: tuple[Any, ...] = field(hash=False)


def differences(accepting: Members, refusing: Members, contract: str) -> Iterator[Difference]:
    """Yield where one contract may accept what another refuses; `contract` is the name of the one that accepts."""
    yield from _Comparison(contract).members(accepting, refusing, (), "")


@frozen
class _Comparison:
    contract: str

    def members(self, one: Members, other: Members, route: Route, pointer: str) -> Iterator[Difference]:
        for key, refused in other.members.items():
            if key in other.required and key not in one.required:
                said = "optional" if key in one.members else "not declared"
                yield Difference(route, key, pointer, "required", said, "required", (...,))
            place = pointer + join([key])
            if key in one.members:
                yield from self.place(one.members[key], refused, route, key, place)
            elif wrong := tuple(wrong.value for wrong in wrong_values(refused)):
                yield Difference(route, key, place, "name", "not declared", _types(refused), wrong)

    def place(self, one: Shape, other: Shape, route: Route, key: str, pointer: str) -> Iterator[Difference]:
        if _has(other, Anything):
            return
        if _has(one, Anything):
            wrong = tuple(wrong.value for wrong in wrong_values(other))
            yield Difference(route, key, pointer, "type", "anything", _types(other), wrong)
            return
        known = {name for form in other for name in json_types(form)}
        for form in one:
            for name in json_types(form):
                if name not in known:
                    values: tuple[Any, ...] = (self._simplest(form, key),)
                    if name == "number" and isinstance(form, Number):
                        values = _fractions(form)
                    code = "null" if name == "null" else "type"
                    yield Difference(route, key, pointer, code, _types(one), _types(other), values)
                    known.add(name)
            for refused in other:
                yield from self.forms(form, refused, route, key, pointer)
        tags = {form.tag for form in other if isinstance(form, Members)}
        for form in one:
            if isinstance(form, Members) and tags and form.tag not in tags and None not in tags:
                value = self._simplest(form, key)
                yield Difference(
                    route, key, f"{pointer}/type", "enum", _quoted((str(form.tag),)), "no such word", (value,)
                )

    def forms(self, one: Form, other: Form, route: Route, key: str, pointer: str) -> Iterator[Difference]:
        def row(code: str, accepting: str, refusing: str, *values: Any) -> Difference:
            return Difference(route, key, pointer, code, accepting, refusing, values)

        match one, other:
            case ((Words() | Text()), (Words() | Text())):
                yield from _strings(one, other, row)
            case Number(), Number():
                yield from _numbers(one, other, row)
            case Items(), Items():
                yield from self._counts(one, other, row, ("minItems", "maxItems", "items"), key)
                yield from self.place(one.item, other.item, (*route, (key, one)), ANY, f"{pointer}/{ANY}")
            case Pairs(), Pairs():
                yield from self._counts(one, other, row, ("minProperties", "maxProperties", "keys"), key)
                yield from self._key_lengths(one, other, row, key)
                yield from self.place(one.value, other.value, (*route, (key, one)), ANY, f"{pointer}/{ANY}")
            case Members(), Members() if one.tag == other.tag:
                yield from self.members(one, other, (*route, (key, one)), pointer)
            case _:
                pass

    def _counts(
        self, one: Items | Pairs, other: Items | Pairs, row: Any, names: tuple[str, str, str], key: str
    ) -> Iterator[Difference]:
        fewest, most, things = names
        if one.fewest < other.fewest:
            value = self._filled(one, one.fewest, key)
            yield row(fewest, f"at least {one.fewest}", f"at least {other.fewest}", value)
        if other.most is not None and _exceeds(one.most, other.most):
            value = self._filled(one, max(one.fewest, other.most + 1), key)
            yield row(most, _limit(one.most, things), _limit(other.most, things), value)

    def _key_lengths(self, one: Pairs, other: Pairs, row: Any, key: str) -> Iterator[Difference]:
        if other.longest_key is not None and _exceeds(one.longest_key, other.longest_key):
            said = _limit(one.longest_key, "characters a key"), _limit(other.longest_key, "characters a key")
            yield row("maxLength", *said, {"k" * (other.longest_key + 1): self._item(one, key)})

    def _filled(self, form: Items | Pairs, number: int, key: str) -> Any:
        item = self._item(form, key)
        return [item] * number if isinstance(form, Items) else {f"key {at}": item for at in range(number)}

    def _item(self, form: Items | Pairs, key: str) -> Any:
        return self._simplest((form.item if isinstance(form, Items) else form.value)[0], key)

    def _simplest(self, form: Form, key: str) -> Any:
        return form_drawer(form, key, self.contract)(simplest)


def _strings(one: Words | Text, other: Words | Text, row: Any) -> Iterator[Difference]:
    match one, other:
        case Words(words), Words(fewer):
            more = tuple(word for word in words if word not in fewer)
            if more:
                yield row("enum", _quoted(more), "no such word" if len(more) == 1 else "no such words", *more)
        case Text(), Words(words):
            yield row("enum", "any string", _quoted(words), "other")
        case Text(longest), Text(shorter) if shorter is not None and _exceeds(longest, shorter):
            yield row("maxLength", *(_limit(most, "characters") for most in (longest, shorter)), "a" * (shorter + 1))
        case _:
            pass


def _numbers(one: Number, other: Number, row: Any) -> Iterator[Difference]:
    bounds = [bound for form in (one, other) for bound in (form.lowest, form.above, form.highest) if bound is not None]
    near = {value for bound in bounds for value in (bound - 1, bound, bound + 1, math.nextafter(bound, math.inf))}
    for code, far, said in (("minimum", -1, _lower), ("maximum", 1, _upper)):
        tried = sorted({0, far, far * _FAR, far * 10**20, *one.besides, *near}, key=lambda value: (abs(value), value))
        differing = (value for value in tried if _holds(one, value) and not _holds(other, value))
        values = tuple(value for value in differing if _is_beyond(other, value, code))
        if values:
            yield row(code, said(one), said(other), *values)


def _holds(form: Number, value: float) -> bool:
    if value in form.besides:
        return True
    return (
        (form.lowest is None or value >= form.lowest)
        and (form.above is None or value > form.above)
        and (form.highest is None or value <= form.highest)
        and (not form.whole or float(value).is_integer())
    )


def _is_beyond(form: Number, value: float, bound: str) -> bool:
    if bound == "maximum":
        return form.highest is not None and value > form.highest
    return (form.lowest is not None and value < form.lowest) or (form.above is not None and value <= form.above)


def _fractions(form: Number) -> tuple[float, ...]:
    bounds = [bound for bound in (form.lowest, form.above, form.highest) if bound is not None]
    return tuple(value + half for value in (0, 1, *bounds) for half in (0.5, -0.5) if _holds(form, value + half))


def _lower(form: Number) -> str:
    said = "no lower limit"
    if form.lowest is not None:
        said = f"at least {form.lowest:,}"
    if form.above is not None:
        said = f"above {form.above:,}"
    return " or ".join([said, *map(str, form.besides)])


def _upper(form: Number) -> str:
    return "no upper limit" if form.highest is None else f"at most {form.highest:,}"


def _limit(number: int | None, things: str) -> str:
    return f"any number of {things}" if number is None else f"at most {number} {things}"


def _exceeds(number: int | None, other: int) -> bool:
    return number is None or number > other


def _has(shape: Shape, kind: type[Form]) -> bool:
    return any(isinstance(form, kind) for form in shape)


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _types(shape: Shape) -> str:
    names = {name: None for form in shape for name in json_types(form)}
    if "number" in names:
        names.pop("integer", None)
    return " or ".join(sorted(names, key=lambda name: (name == "null", name)))

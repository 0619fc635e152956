"""Generate jobs with exactly one known defect.

The kinds of defects are derived from a contract's schema and from the lifecycle rules: a new keyword or rule adds its
own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.core.absent import ABSENT
from ftschema.core.errors import CannotCombineError, expect_type
from ftschema.core.literals import ContractName  # noqa: TC001  # for `typing.get_type_hints`
from ftschema.core.pointer import display, join, split
from ftschema.core.text import format_value, plural
from ftschema.generation.invalid_values import invalid_values
from ftschema.generation.jobs import counterexamples
from ftschema.generation.objects import ObjectGenerator, make_consistent, object_generator
from ftschema.generation.placement import Route, base_job, ensure_path, set_value
from ftschema.generation.values import choose, simplest, type_generator
from ftschema.jsontext.data import deep_copy
from ftschema.schemas.catalogue import DEFAULT, entry
from ftschema.schemas.json_types import ANY_KEY, ArrayType, ObjectType
from ftschema.schemas.reader import root_type
from ftschema.schemas.rule_tests import StatusRule
from ftschema.schemas.rules import RULES, Counterexample
from ftschema.schemas.translate import from_wire, pointer_from_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.generation.values import Chooser
    from ftschema.schemas.json_types import JsonType
    from ftschema.schemas.rules import Rule
    from ftschema.validation.contract import Contract


@frozen
class Defect:
    """A payload with one known defect.

    Attributes:
        payload: The payload.
        pointer: RFC 6901 pointer of the defect, as `check` reports it.
        code: Its code, as `check` reports it.
        description: What is wrong, in words.
        lifecycle: Whether only `check(..., lifecycle=True)` finds it; the payload is valid for the schema then.
    """

    payload: dict[str, Any] = field(hash=False)
    pointer: str
    code: str
    description: str
    lifecycle: bool = False


@frozen
class _Variant:
    """One way to make a defect: an invalid value, a missing key, or too many items, at the end of a route."""

    route: Route
    key: str | None
    value: Any = field(default=None, hash=False)
    description: str = ""
    removes_key: bool = False
    example: Counterexample | None = None


@frozen
class Kind:
    """A kind of defect: the defects of a contract with the same code at the same location.

    Attributes:
        contract: Name of the contract.
        pointer: The location, with `*` for any item of an array or any key of a map.
        code: The code.
        lifecycle: Whether it violates a lifecycle rule, not the schema.
    """

    contract: ContractName
    pointer: str
    code: str
    lifecycle: bool
    variants: tuple[_Variant, ...] = field(repr=False, eq=False)

    def __str__(self) -> str:
        """Return a unique name, to be used as the id of a parametrized test."""
        return f"{display(self.pointer)} {self.code}"


def catalogue(contract: ContractName | Contract[Any] = DEFAULT) -> tuple[Kind, ...]:
    """Return every kind of defect of a contract: those of the schema by location, then those of the lifecycle rules.

    Raises:
        UnknownContractError: There is no such contract.
    """
    return _catalogue(_contract(contract).name)


@cache
def _catalogue(contract: ContractName) -> tuple[Kind, ...]:
    grouped: dict[tuple[str, str, bool], list[_Variant]] = {}
    for pointer, code, variant in _schema_variants(root_type(contract), (), ""):
        grouped.setdefault((pointer_from_wire(contract, pointer), code, False), []).append(variant)
    for rule in RULES:
        if rule.holds_for(contract):
            for pointer, variant in _rule_variants(contract, rule):
                grouped.setdefault((pointer, rule.id, True), []).append(variant)
    return tuple(
        Kind(contract, pointer, code, lifecycle, tuple(variants))
        for (pointer, code, lifecycle), variants in grouped.items()
    )


def kinds(
    contract: ContractName | Contract[Any], *, code: str | None = None, pointer: str | None = None
) -> tuple[Kind, ...]:
    """Return the kinds of defects of a contract, optionally only those with a code or at a location.

    Raises:
        CannotCombineError: There are none.
        TypeError: The code or the pointer is not a `str`.
        UnknownContractError: There is no such contract.
    """
    expect_type("code", code, str, type(None))
    expect_type("pointer", pointer, str, type(None))
    chosen = _contract(contract)
    matching = tuple(
        kind for kind in catalogue(chosen) if code in {None, kind.code} and pointer in {None, kind.pointer}
    )
    if not matching:
        conditions = {"code": code, "pointer": pointer}
        text = " and ".join(f"{name} {value}" for name, value in conditions.items() if value is not None)
        raise CannotCombineError(f"the contract {chosen.name} has no defects with {text}")
    return matching


# ---------------------------------------------------------------- violations of the schema


def _schema_variants(json_type: JsonType, route: Route, pointer: str) -> Iterator[tuple[str, str, _Variant]]:
    """Yield pointers, in the names of the wire, with a code and a way to make such a defect there."""
    if isinstance(json_type, ObjectType):
        for key in json_type.required:
            yield pointer, "required", _Variant(route, key, removes_key=True)
        if json_type.closed:
            unknown = next(key.replace("_", "") for key in json_type.properties if "_" in key)
            description = "is a key that is not allowed"
            yield pointer + join([unknown]), "additionalProperties", _Variant(route, unknown, 3, description)
    for key, child in json_type.children():
        below = pointer + join([key])
        for invalid in invalid_values(child.types):
            yield below, invalid.code, _Variant(route, key, invalid.value, invalid.description)
        for one in child.types:
            yield from _schema_variants(one, (*route, (key, one)), below)
    if isinstance(json_type, ArrayType) and json_type.max_items is not None:
        yield pointer, "maxItems", _Variant(route, None, json_type.max_items + 1)


# ---------------------------------------------------------------- violations of lifecycle rules


def _rule_variants(contract: ContractName, rule: Rule) -> Iterator[tuple[str, _Variant]]:
    """Yield the ways to violate a rule that the contract's schema allows."""
    for example in _examples(contract, rule):
        payload = from_wire(contract, _violating_job(contract, example, simplest))
        report = _contract(contract).check(payload, lifecycle=True, show_values=True)
        if [problem.code for problem in report] == [rule.id]:
            yield _with_wildcards(report.problems[0].pointer), _Variant((), None, example=example)


def _examples(contract: ContractName, rule: Rule) -> Iterator[Counterexample]:
    if rule.counterexample:
        yield rule.counterexample
    elif isinstance(rule.test, StatusRule):
        for status in rule.test.statuses:
            for value in counterexamples(contract, rule.test):
                yield Counterexample(status, None, {rule.test.key: value})


def _violating_job(contract: ContractName, example: Counterexample, chooser: Chooser) -> dict[str, Any]:
    jobs = object_generator(contract)
    method = example.method if example.method in jobs.methods else None
    payload = jobs.consistent_job(chooser, example.status, (method,), {})
    if isinstance(jobs, ObjectGenerator) and entry(contract).items:
        payload["data"] = payload["data"] or [jobs.item(chooser)]
    values = example.values(payload) if callable(example.values) else example.values
    for key, value in values.items():
        if value is ABSENT:
            payload.pop(key, None)
        else:
            payload[key] = deep_copy(value)
    return payload


def _with_wildcards(pointer: str) -> str:
    return "/".join(ANY_KEY if step.isdigit() else step for step in pointer.split("/"))


# ---------------------------------------------------------------- generation


def draw_defect(kind: Kind, chooser: Chooser) -> Defect:
    """Generate a defect of a kind."""
    variant = choose(kind.variants, chooser)
    if variant.example:
        payload = from_wire(kind.contract, _violating_job(kind.contract, variant.example, chooser))
        [problem] = _contract(kind.contract).check(payload, lifecycle=True, show_values=True)
        requires = next(rule.requires for rule in RULES if rule.id == kind.code)
        return Defect(payload, problem.pointer, kind.code, f"broken: {requires}", lifecycle=True)
    payload = base_job(kind.contract, variant.route, variant.key, chooser)
    container, path = ensure_path(payload, variant.route, kind.contract, chooser)
    make_consistent(kind.contract, payload)
    if variant.removes_key:
        del container[variant.key]
        key = split(pointer_from_wire(kind.contract, join([*path, str(variant.key)])))[-1]
        description = f"lacks the key {format_value(key)}"
    elif variant.key is None:
        item = _item(variant.route, kind.contract, chooser)
        container[:] = [deep_copy(item) for _ in range(variant.value)]
        description = f"holds {plural(variant.value, 'item')}"
    else:
        path.append(set_value(container, variant.key, deep_copy(variant.value), chooser))
        description = variant.description or f"is {format_value(variant.value)}"
    pointer = pointer_from_wire(kind.contract, join(path))
    description = f"{pointer or f'the {entry(kind.contract).kind.name}'} {description}"
    return Defect(from_wire(kind.contract, payload), pointer, kind.code, description)


def _item(route: Route, contract: ContractName, chooser: Chooser) -> Any:
    key, json_type = route[-1]
    [(_, items)] = json_type.children()
    return type_generator(items.types[0], key, contract)(chooser)

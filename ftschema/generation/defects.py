"""One valid job and exactly one known fault.

The kinds of fault are read off the contract's schema and the table of the lifecycle, so that a new keyword or rule
brings its defects with it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.core.errors import CannotCombineError
from ftschema.core.pointer import called, join, split
from ftschema.core.text import show
from ftschema.generation.invalid_values import wrong_values
from ftschema.generation.jobs import composer, counterexamples, settle
from ftschema.generation.placement import ANY, Route, base, put, reached
from ftschema.generation.values import form_drawer, pick, simplest
from ftschema.jsontext.data import copied
from ftschema.schemas.catalogue import DEFAULT
from ftschema.schemas.rule_tests import ByStatus
from ftschema.schemas.rules import RULES, Example
from ftschema.schemas.shape import Form, Items, Members, Pairs, Shape, job_shape
from ftschema.schemas.translate import from_wire, pointer_from_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftschema.generation.values import Source
    from ftschema.schemas.rules import Rule
    from ftschema.validation.contract import Contract


@frozen
class Defect:
    """A payload with one known fault.

    Attributes:
        payload: The payload.
        pointer: RFC 6901 pointer of the fault, as `check` reports it.
        code: Its code, as `check` reports it.
        description: What the fault is, in words.
        lifecycle: Whether `check` finds it with `lifecycle=True` only; the payload is valid for the schema then.
    """

    payload: dict[str, Any] = field(hash=False)
    pointer: str
    code: str
    description: str
    lifecycle: bool = False


@frozen
class _Break:
    """One way to break a job: at the end of a route, a value, or a key that is taken away; or a rule, by an example."""

    route: Route = ()
    key: str | None = None
    value: Any = field(default=None, hash=False)
    said: str = ""
    removed: bool = False
    example: Example | None = None


@frozen
class Kind:
    """A kind of defect: the faults of a contract with one code at one place.

    Attributes:
        contract: Name of the contract.
        pointer: Where it is, with `*` for any item of a list or any name in a map.
        code: Its code.
        lifecycle: Whether it is a rule of the lifecycle that is broken.
    """

    contract: str
    pointer: str
    code: str
    lifecycle: bool
    breaks: tuple[_Break, ...] = field(repr=False, eq=False)

    def __str__(self) -> str:
        """Return a name for a test that is run once for each kind."""
        return f"{called(self.pointer)} {self.code}"


def catalogue(contract: str | Contract = DEFAULT) -> tuple[Kind, ...]:
    """Return every kind of defect of a contract: first those of the schema, by place, then those of the lifecycle.

    Raises:
        UnknownContractError: There is no such contract.
    """
    return _catalogue(_contract(contract).name)


@cache
def _catalogue(contract: str) -> tuple[Kind, ...]:
    found: dict[tuple[str, str, bool], list[_Break]] = {}
    for pointer, code, one in _breaks_of_schema(job_shape(contract), (), ""):
        found.setdefault((pointer_from_wire(contract, pointer), code, False), []).append(one)
    for rule in RULES:
        if rule.holds_for(contract):
            for pointer, one in _breaks_of_rule(contract, rule):
                found.setdefault((pointer, rule.id, True), []).append(one)
    return tuple(
        Kind(contract, pointer, code, lifecycle, tuple(breaks)) for (pointer, code, lifecycle), breaks in found.items()
    )


def kinds(contract: str | Contract, *, code: str | None = None, pointer: str | None = None) -> tuple[Kind, ...]:
    """Return the kinds of defect of a contract that have a code and are at a place, where those are given.

    Raises:
        CannotCombineError: There is none.
        UnknownContractError: There is no such contract.
    """
    chosen = _contract(contract)
    found = tuple(kind for kind in catalogue(chosen) if code in {None, kind.code} and pointer in {None, kind.pointer})
    if not found:
        asked = [f"code {code}" if code is not None else "", f"pointer {pointer}" if pointer is not None else ""]
        raise CannotCombineError(f"the contract {chosen.name} has no defect of {' and '.join(filter(None, asked))}")
    return found


# ---------------------------------------------------------------- what breaks the schema


def _breaks_of_schema(form: Form, route: Route, pointer: str) -> Iterator[tuple[str, str, _Break]]:
    if isinstance(form, Members):
        for key in form.required:
            yield pointer, "required", _Break(route, key, removed=True)
        for key, shape in form.members.items():
            is_tag = form.tag is not None and key == "type"
            yield from _breaks_of_place(shape, route, key, pointer + join([key]), is_tag=is_tag)
    elif isinstance(form, Items):
        yield from _breaks_of_place(form.item, route, ANY, f"{pointer}/{ANY}")
        if form.most is not None:
            yield pointer, "maxItems", _Break(route, None, form.most + 1)
    elif isinstance(form, Pairs):
        yield from _breaks_of_place(form.value, route, ANY, f"{pointer}/{ANY}")


def _breaks_of_place(
    shape: Shape, route: Route, key: str, pointer: str, *, is_tag: bool = False
) -> Iterator[tuple[str, str, _Break]]:
    for wrong in wrong_values(shape, is_tag=is_tag):
        yield pointer, wrong.code, _Break(route, key, wrong.value, wrong.said)
    for form in shape:
        yield from _breaks_of_schema(form, (*route, (key, form)), pointer)


# ---------------------------------------------------------------- what breaks the lifecycle


def _breaks_of_rule(contract: str, rule: Rule) -> Iterator[tuple[str, _Break]]:
    """Yield what breaks a rule, as far as the contract's schema lets it be broken."""
    for example in _examples(contract, rule):
        payload = from_wire(contract, _broken_by(contract, example, simplest))
        report = _contract(contract).check(payload, lifecycle=True)
        if [problem.code for problem in report] == [rule.id]:
            yield _template(report.problems[0].pointer), _Break(example=example)


def _examples(contract: str, rule: Rule) -> Iterator[Example]:
    if rule.example:
        yield rule.example
    elif isinstance(rule.test, ByStatus):
        for status in rule.test.statuses:
            for value in counterexamples(contract, rule.test):
                yield Example(status, None, {rule.test.key: value})


def _broken_by(contract: str, example: Example, source: Source) -> dict[str, Any]:
    jobs = composer(contract)
    method = example.method if example.method in jobs.methods else None
    payload = jobs.coherent_job(source, example.status, (method,), {})
    for key, value in example.values.items():
        if value is Ellipsis:
            payload.pop(key, None)
        else:
            payload[key] = copied(value)
    return payload


def _template(pointer: str) -> str:
    return "/".join(ANY if step.isdigit() else step for step in pointer.split("/"))


# ---------------------------------------------------------------- drawing


def draw_defect(kind: Kind, source: Source) -> Defect:
    """Draw a defect of a kind."""
    one = pick(kind.breaks, source)
    if one.example:
        payload = from_wire(kind.contract, _broken_by(kind.contract, one.example, source))
        [problem] = _contract(kind.contract).check(payload, lifecycle=True)
        requires = next(rule.requires for rule in RULES if rule.id == kind.code)
        return Defect(payload, problem.pointer, kind.code, f"broken: {requires}", lifecycle=True)
    return _draw_broken(kind, one, source)


def _draw_broken(kind: Kind, one: _Break, source: Source) -> Defect:
    payload = base(kind.contract, one.route, one.key, source)
    container, path = reached(payload, one.route, kind.contract, source)
    settle(payload)
    if one.removed:
        del container[one.key]
        key = split(pointer_from_wire(kind.contract, join([*path, str(one.key)])))[-1]
        return _defect(kind, payload, path, lambda place: f"{place or 'the job'} lacks the key {show(key)}")
    if one.key is None:
        form = one.route[-1][1]
        item = form_drawer(form.item[0], one.route[-1][0], kind.contract)(source)  # type: ignore[union-attr]  # a list
        container[:] = [copied(item) for _ in range(one.value)]
        return _defect(kind, payload, path, lambda place: f"{place} holds {one.value} items")
    step = put(container, one.key, copied(one.value), source)
    return _defect(kind, payload, [*path, step], lambda place: f"{place} {one.said or f'is {show(one.value)}'}")


def _defect(kind: Kind, payload: dict[str, Any], path: list[str | int], describe: Callable[[str], str]) -> Defect:
    """Return a defect in the names of its contract."""
    pointer = pointer_from_wire(kind.contract, join(path))
    return Defect(from_wire(kind.contract, payload), pointer, kind.code, describe(pointer))

"""Find the statuses and methods that are possible for the values a caller fixed, and generate such jobs or traces."""

from __future__ import annotations

import json
import random
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

from attrs import frozen

from ftschema.core.absent import ABSENT
from ftschema.core.errors import CannotCombineError, expect_type
from ftschema.core.text import format_value, join_or
from ftschema.generation.jobs import before_it_ended, job_generator, narrowed_types, resolve_auto, restore_auto
from ftschema.generation.objects import make_consistent, object_generator
from ftschema.generation.values import choose, simplest
from ftschema.generation.wire import LATEST, Style, archetypes, archetypes_of, draw_captured, unset_error
from ftschema.jsontext.data import deep_copy
from ftschema.schemas.catalogue import KINDS, entry
from ftschema.schemas.reader import root_type
from ftschema.schemas.spelling import spelled
from ftschema.schemas.translate import from_wire, to_wire, wire_writer
from ftschema.schemas.vocabulary import TERMINAL
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ftschema.core.literals import ContractName
    from ftschema.core.report import Problem, Report
    from ftschema.generation.values import Chooser
    from ftschema.generation.wire import Archetype
    from ftschema.validation.contract import Contract

# Few are enough: fixed values are in conflict with a status or a method, not with a rare value.
_TRIAL_JOBS = 4
# Only their published contracts are known.
_NEVER_CAPTURED = ("permission", "webhook", "page/permission")
# One trace in eight has a pause.
_SELDOM = 8


def seeded(*seed: object) -> Chooser:
    """Return the chooser that a seed determines, the same on every machine.

    It uses `random.random`, the only method that Python promises to keep reproducible between versions, and seeds it
    with text, because hashes of numbers may change.
    """
    draw = random.Random("/".join(map(str, seed))).random  # noqa: S311  # fixtures, not secrets
    return lambda number: int(draw() * number)


def choosers(name: str, number: int) -> Iterator[Chooser]:
    """Yield the simplest chooser and then some seeded ones, for code that tries several jobs."""
    yield simplest
    yield from (seeded(name, position) for position in range(number))


@frozen
class Plan:
    """The jobs that a call may generate.

    Attributes:
        contract: The contract.
        coherent: Whether the jobs satisfy the lifecycle rules.
        fixed: Their fixed values, by key in the names of the wire.
        methods: The possible types of method for each possible status; empty if the jobs need not be coherent.
        captures: The archetypes that the jobs have; empty for all that the contract allows.
        like_captured: Whether objects of another kind look like captured ones.
    """

    contract: Contract
    coherent: bool
    fixed: Mapping[str, Any]
    methods: Mapping[str, tuple[str | None, ...]]
    captures: tuple[Archetype, ...] = ()
    like_captured: bool = False

    def draw(self, chooser: Chooser) -> dict[str, Any]:
        """Generate a payload."""
        payload: dict[str, Any] = wire_writer(self.contract.name)(self.draw_in_wire_names(chooser))
        return payload

    def draws(self, chooser: Chooser) -> Iterator[dict[str, Any]]:
        """Generate payloads without end; captured ones come in any order, and each as often as it was captured."""
        fitting = self._fitting(self.captures)
        write = wire_writer(self.contract.name)
        deck: list[Archetype] = []
        while True:
            if not deck:
                deck = [*fitting]
                for last in range(len(deck) - 1, 0, -1):
                    other = chooser(last + 1)
                    deck[last], deck[other] = deck[other], deck[last]
            yield write(self.draw_in_wire_names(chooser, deck.pop() if deck else None))

    def draw_in_wire_names(self, chooser: Chooser, capture: Archetype | None = None) -> dict[str, Any]:
        """Generate a payload in the names of the wire, if possible with the archetype."""
        if not self.coherent:
            return object_generator(self.contract.name).valid_job(chooser, self.fixed)
        captured = self._captured_job(chooser, capture) if self.captures else None
        if self.like_captured:
            captured = self._captured_object(chooser)
        if captured:
            return captured
        status = choose(tuple(self.methods), chooser)
        jobs = object_generator(self.contract.name)
        return jobs.consistent_job(chooser, status, self.methods[status], self.fixed)

    def _fitting(self, captures: tuple[Archetype, ...]) -> tuple[Archetype, ...]:
        return tuple(one for one in captures if one.method in self.methods.get(one.status, ()))

    def _captured_job(self, chooser: Chooser, capture: Archetype | None) -> dict[str, Any] | None:
        """Return a job that has the form of a captured one, or None if there is none with the fixed values.

        If no captured job has a status and method that are possible, one gets another status; or it is of another era.
        """
        for captures in (self.captures, archetypes(self.contract.name)):
            fitting = (capture,) if capture else self._fitting(captures)
            if fitting:
                chosen = choose(fitting, chooser)
                job = draw_captured(chosen, chooser, self.fixed, chosen.status)
                if not self.fixed or not self._problems(job):
                    return job
            others = [one for one in captures if one.status != "failed" and self._statuses(one.method)]
            if others:
                chosen = choose(others, chooser)
                job = draw_captured(chosen, chooser, self.fixed, choose(self._statuses(chosen.method), chooser))
                if not self._problems(job):
                    return job
        return None

    def _captured_object(self, chooser: Chooser) -> dict[str, Any] | None:
        """Return an object of another kind like captured ones, or None if there is none with the fixed values."""
        # It needs plans itself.
        from ftschema.generation.captures import draw_like_captured  # noqa: PLC0415

        made = draw_like_captured(self.contract.name, chooser)
        if made is None:
            return None
        made.update((key, deep_copy(value)) for key, value in self.fixed.items())
        make_consistent(self.contract.name, made, self.fixed)
        return made if not self.fixed or not self._problems(made) else None

    def _statuses(self, method: str | None) -> tuple[str, ...]:
        return tuple(status for status, methods in self.methods.items() if method in methods)

    def _problems(self, job: dict[str, Any]) -> tuple[Problem, ...]:
        return self.contract.check(job, lifecycle=True, show_values=True).problems


def plan(  # noqa: C901, PLR0913  # what the callers of all generators may ask for
    contract: ContractName | Contract,
    fixed: Mapping[str, Any],
    *,
    coherent: bool = True,
    style: Style | None = None,
    era: str | None = None,
    is_tried: bool = True,
) -> Plan:
    """Return the plan for jobs with fixed values.

    Args:
        contract: The contract, or its name.
        fixed: Values by top-level key, in the names of the wire or of the contract. The method may be its type alone.
        coherent: Whether the jobs satisfy the lifecycle rules.
        style: Whether the jobs look like captured ones; None for "wire" if there are any for the contract.
        era: The era of these.
        is_tried: Whether every possible status and method is tried first, which takes 30 ms. If not, a few jobs of the
            plan may violate rules that relate several keys.

    Raises:
        CannotCombineError: No job of the contract can have these values, or the contract does not have such a key.
    """
    chosen = _contract(contract)
    is_job = entry(chosen.name).is_job
    like_captured = not is_job and coherent and style != "edges" and is_captured(chosen.name)
    captures = _captures(chosen.name, None if like_captured else style, era, coherent=coherent)
    jobs = object_generator(chosen.name)
    rest = in_wire_names(chosen.name, fixed)
    methods = jobs.methods
    if is_job and isinstance(rest.get("method"), str):
        methods = (rest.pop("method"),)
        if methods[0] not in jobs.methods:
            raise CannotCombineError(f"contract {format_value(chosen.name)} has no method {format_value(methods[0])}")
    if rest:
        # The code below relies on valid values.
        report = chosen.check(from_wire(chosen.name, jobs.valid_job(simplest, rest)))
        if not report.ok:
            raise CannotCombineError(_conflict(report, rest))
    if not is_job:
        # Whether other rules allow the values is tried once.
        if rest and coherent and not (report := _worst(chosen, rest, "", None)).ok:
            raise CannotCombineError(_conflict(report, rest))
        return Plan(chosen, coherent, rest, {"": (None,)}, like_captured=like_captured)
    if not coherent:
        return Plan(chosen, coherent, rest if "method" in rest else _with_method(chosen, rest, methods), {})
    if "method" in rest:
        methods = ((rest["method"] or {}).get("type"),)
    statuses = (rest.pop("status"),) if "status" in rest else jobs.statuses
    possible = dict.fromkeys(statuses, methods)
    if rest and is_tried:
        possible = _possible_methods(chosen, json.dumps(rest), statuses, methods)
    elif rest:
        possible = _allowed_methods(chosen.name, rest, statuses, methods)
    return Plan(chosen, coherent, rest, possible, captures)


def is_captured(contract: ContractName) -> bool:
    """Return whether objects of another kind than the job were captured that a contract describes."""
    kind, _, name = contract.rpartition("/")
    return kind not in _NEVER_CAPTURED and name in {"observed", "azure"}


def _captures(contract: ContractName, style: Style | None, era: str | None, *, coherent: bool) -> tuple[Archetype, ...]:
    """Return the archetypes for a style, which may be left open.

    Raises:
        CannotCombineError: The style or the era is unknown, or the contract has no captured jobs.
        TypeError: One of them is not a `str`.
    """
    expect_type("style", style, str, type(None))
    expect_type("era", era, str, type(None))
    if style not in {None, *get_args(Style)}:
        allowed = join_or(map(format_value, get_args(Style)))
        raise CannotCombineError(f"the style must be {allowed}, found {format_value(style)}")
    if style == "wire" or (style is None and coherent and archetypes(contract)):
        return archetypes_of(contract, era)
    if era not in {None, LATEST}:
        raise CannotCombineError('an era is of captured jobs, which have the style "wire"')
    return ()


def in_wire_names(contract: ContractName, fixed: Mapping[str, Any]) -> dict[str, Any]:
    """Return fixed values in the names of the wire.

    Raises:
        CannotCombineError: The contract does not have such a key.
    """
    keys = _keys(contract)
    for key in fixed:
        if key not in keys:
            raise CannotCombineError(f"contract {format_value(contract)} has no key {format_value(key)}")
    renamed: dict[str, Any] = to_wire(contract, {keys[key]: value for key, value in fixed.items()})
    return renamed


@cache
def _keys(contract: ContractName) -> Mapping[str, str]:
    """Return the keys of a contract by their names on the wire and by themselves."""
    keys = {name: spelled(name, entry(contract).spelling) for name in root_type(contract).properties}
    return keys | {key: key for key in keys.values()}


def _with_method(contract: Contract, fixed: dict[str, Any], methods: tuple[str | None, ...]) -> dict[str, Any]:
    """Add the simplest method if the caller fixed its type."""
    jobs = job_generator(contract.name)
    if methods == jobs.methods:
        return fixed
    return fixed | {"method": jobs.consistent_job(simplest, jobs.statuses[0], methods, {})["method"]}


@lru_cache(maxsize=256)
def _possible_methods(
    contract: Contract, fixed: str, statuses: tuple[str, ...], methods: tuple[str | None, ...]
) -> dict[str, tuple[str | None, ...]]:
    """Return the statuses that are possible with fixed values, each with the methods that are possible then.

    This is found by trial: the rules can tell whether a job violates them, but not how to satisfy them.
    """
    values = json.loads(fixed)
    reports = {(status, method): _worst(contract, values, status, method) for status in statuses for method in methods}
    # A warning is acceptable if there is no job without one.
    possible = [pair for pair, report in reports.items() if not report.problems]
    possible = possible or [pair for pair, report in reports.items() if report.ok]
    if not possible:
        report = list(reports.values())[-1]
        raise CannotCombineError(_conflict(report, [*values, "status"] if len(statuses) == 1 else values))
    return {
        status: tuple(method for other, method in possible if other == status)
        for status in dict.fromkeys(status for status, _ in possible)
    }


def _allowed_methods(
    contract: ContractName, fixed: Mapping[str, Any], statuses: tuple[str, ...], methods: tuple[str | None, ...]
) -> dict[str, tuple[str | None, ...]]:
    """Return the statuses in which the rules about single keys allow the fixed values, each with such methods."""

    def allows(status: str, method: str | None) -> bool:
        allowed = ((value, narrowed_types(contract, key, status=status, method=method)) for key, value in fixed.items())
        return all(any(one.matches(value) for one in types) for value, (types, _) in allowed)

    possible = {status: tuple(method for method in methods if allows(status, method)) for status in statuses}
    possible = {status: found for status, found in possible.items() if found}
    if not possible:
        raise CannotCombineError(f"the rules do not allow this {_listed(fixed)} in any status")
    return possible


def _worst(contract: Contract, fixed: Mapping[str, Any], status: str, method: str | None) -> Report:
    """Return the worst report on a few jobs with a status, a method and the fixed values."""
    jobs = object_generator(contract.name)
    trials = (jobs.consistent_job(chooser, status, (method,), fixed) for chooser in choosers("trial", _TRIAL_JOBS))
    reports = []
    for job in trials:
        report = contract.check(from_wire(contract.name, job), lifecycle=True)
        if not report.ok:
            return report
        reports.append(report)
    return min(reports, key=lambda report: not report.problems)


def _conflict(report: Report, keys: Iterable[str]) -> str:
    contract = format_value(report.contract)
    return f"cannot generate {KINDS[report.kind].about} for contract {contract} with this {_listed(keys)}:\n{report}"


def _listed(keys: Iterable[str]) -> str:
    *others, last = keys
    return f"{', '.join(others)} and {last}" if others else last


@frozen
class TracePlan:
    """The traces that a call may generate: the plan of the last step by its status."""

    contract: ContractName
    ends: Mapping[str, Plan]

    def draw(self, chooser: Chooser) -> tuple[dict[str, Any], ...]:
        """Generate the steps of a job from its creation to its end."""
        end = choose(list(self.ends), chooser)
        plan = self.ends[end]
        last = plan.draw_in_wire_names(chooser)
        vendor = entry(self.contract).vendor
        statuses = choose(vendor.histories[end], chooser)
        if "running" in statuses and self._allows_all(vendor.pause) and chooser(_SELDOM) == _SELDOM - 1:
            after = statuses.index("running") + 1
            statuses = (*statuses[:after], *vendor.pause, "running", *statuses[after:])
        resolves = vendor.resolves_auto and plan.fixed.keys().isdisjoint({"hyperparameters", "method"})
        if resolves and statuses[-1] != "validating_files":
            resolve_auto(last)
        steps = [before_it_ended(self.contract, last, status) for status in statuses]
        if plan.captures:
            error = last.get("error", ABSENT) if end != "failed" else unset_error(plan.captures)
            for step in steps:
                _set(step, "error", error)
        for before, step in pairwise(steps):
            if before["status"] == step["status"] == "running":
                step["finished_at"] = last["finished_at"]
        if resolves and choose((False, True), chooser):
            restore_auto(self.contract, steps[0])
        if "updated_at" in last:
            _spread_updates(steps, last)
        return tuple(from_wire(self.contract, step) for step in (*steps, last))

    def _allows_all(self, statuses: Iterable[str]) -> bool:
        types = root_type(self.contract).properties["status"].types
        return all(any(one.matches(status) for one in types) for status in statuses)


def trace_plan(
    contract: ContractName | Contract,
    fixed: Mapping[str, Any],
    *,
    style: Style | None = None,
    era: str | None = None,
    is_tried: bool = True,
) -> TracePlan:
    """Return the plan for traces whose last step has fixed values; see `plan`.

    Raises:
        CannotCombineError: No job that has ended can have these values.
    """
    chosen = _contract(contract)
    found = entry(chosen.name)
    if not found.is_job:
        raise CannotCombineError(f"a trace is of a job; contract {format_value(chosen.name)} is of {found.kind.about}")
    values = in_wire_names(chosen.name, fixed)
    statuses = (values["status"],) if "status" in values else TERMINAL
    rest = {key: value for key, value in fixed.items() if "status" not in in_wire_names(chosen.name, {key: value})}
    if statuses[0] not in TERMINAL:
        allowed = join_or(map(format_value, TERMINAL))
        raise CannotCombineError(f"the last status of a trace must be {allowed}, found {format_value(statuses[0])}")
    # An unknown style or era is not a conflict of one end.
    _captures(chosen.name, style, era, coherent=True)
    ends: dict[str, Plan] = {}
    conflict = CannotCombineError()
    for status in statuses:
        try:
            ends[status] = plan(chosen, {**rest, "status": status}, style=style, era=era, is_tried=is_tried)
        except CannotCombineError as error:
            conflict = error
    if not ends:
        raise conflict
    return TracePlan(chosen.name, ends)


def _set(job: dict[str, Any], key: str, value: Any) -> None:
    """Set a key of a job, or remove it if the value is `ABSENT`."""
    if value is ABSENT:
        job.pop(key, None)
    else:
        job[key] = deep_copy(value)


def _spread_updates(steps: list[dict[str, Any]], last: dict[str, Any]) -> None:
    """Spread `updated_at` evenly from the creation to the last step."""
    created, updated = int(last["created_at"]), int(last["updated_at"])
    for number, step in enumerate(steps):
        step["updated_at"] = created + (updated - created) * number // len(steps)

"""What the fixed parts of a job leave open, and the jobs, alone or over time, that may then be drawn."""

from __future__ import annotations

import json
import random
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ftschema.core.errors import CannotCombineError
from ftschema.generation.jobs import before_it_ended, job_generator
from ftschema.generation.values import choose, simplest
from ftschema.schemas.catalogue import entry
from ftschema.schemas.reader import job_type
from ftschema.schemas.spelling import spelled
from ftschema.schemas.translate import from_wire, to_wire
from ftschema.schemas.vocabulary import TERMINAL
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ftschema.core.report import Report
    from ftschema.generation.values import Chooser
    from ftschema.validation.contract import Contract

# Enough draws to meet what the fixed parts clash with: a clash is with a status or a method, not with a rare value.
_TRIALS = 4


def seeded(*seed: object) -> Chooser:
    """Return the chooser that a seed determines, the same on every machine.

    `random.random` is the one method whose numbers Python promises to keep from release to release; the seed is made
    text, because the hash of a number is not promised.
    """
    draw = random.Random("/".join(map(str, seed))).random  # noqa: S311  # fixtures, not secrets
    return lambda number: int(draw() * number)


def choosers(name: str, number: int) -> Iterator[Chooser]:
    """Yield the simplest chooser and then some seeded ones, for code that tries several jobs."""
    yield simplest
    yield from (seeded(name, position) for position in range(number))


@frozen
class Plan:
    """Which jobs may be drawn: of these statuses and methods, with these parts fixed."""

    contract: Contract
    coherent: bool
    fixed: Mapping[str, Any]
    # The methods that go with each status; of no matter where the jobs need not be coherent.
    kinds: Mapping[str, tuple[str | None, ...]]

    def draw(self, chooser: Chooser) -> dict[str, Any]:
        """Draw a payload."""
        payload: dict[str, Any] = from_wire(self.contract.name, self.draw_on_wire(chooser))
        return payload

    def draw_on_wire(self, chooser: Chooser) -> dict[str, Any]:
        """Draw a payload in the names of the wire."""
        jobs = job_generator(self.contract.name)
        if not self.coherent:
            return jobs.valid_job(chooser, self.fixed)
        status = choose(tuple(self.kinds), chooser)
        return jobs.consistent_job(chooser, status, self.kinds[status], self.fixed)


def plan(contract: str | Contract, fixed: Mapping[str, Any], *, coherent: bool = True) -> Plan:
    """Return the plan for jobs with some of their top-level keys fixed.

    Args:
        contract: The contract, or its name.
        fixed: Values by key: the wire's, or the contract's own. The method may be given by its type alone.
        coherent: Whether the rules of the lifecycle hold too.

    Raises:
        CannotCombineError: No job of the contract has these parts together, or a key is none of the contract's.
    """
    chosen = _contract(contract)
    jobs = job_generator(chosen.name)
    rest = on_wire(chosen.name, fixed)
    methods = jobs.methods
    if isinstance(rest.get("method"), str):
        methods = (rest.pop("method"),)
        if methods[0] not in jobs.methods:
            raise CannotCombineError(f"the contract {chosen.name} has no method {methods[0]!r}")
    if rest:
        # What the schema refuses is refused first: the rest takes the values at their word.
        report = chosen.check(from_wire(chosen.name, jobs.valid_job(simplest, rest)))
        if not report.ok:
            raise CannotCombineError(_reason(report, rest))
    if not coherent:
        return Plan(chosen, coherent, rest if "method" in rest else _with_method(chosen, rest, methods), {})
    if "method" in rest:
        methods = ((rest["method"] or {}).get("type"),)
    statuses = (rest.pop("status"),) if "status" in rest else jobs.statuses
    kinds = _possible(chosen, json.dumps(rest), statuses, methods) if rest else dict.fromkeys(statuses, methods)
    return Plan(chosen, coherent, rest, kinds)


def on_wire(contract: str, fixed: Mapping[str, Any]) -> dict[str, Any]:
    """Return fixed parts in the names of the wire.

    Raises:
        CannotCombineError: The contract has no such key.
    """
    spelling = entry(contract).spelling
    keys = {name: spelled(name, spelling) for name in job_type(contract).properties}
    keys |= {key: key for key in keys.values()}
    for key in fixed:
        if key not in keys:
            raise CannotCombineError(f"the contract {contract} has no key {key!r}")
    renamed: dict[str, Any] = to_wire(contract, {keys[key]: value for key, value in fixed.items()})
    return renamed


def _with_method(contract: Contract, fixed: dict[str, Any], methods: tuple[str | None, ...]) -> dict[str, Any]:
    """Add the simplest method of the one type that was asked for."""
    jobs = job_generator(contract.name)
    if methods == jobs.methods:
        return fixed
    return fixed | {"method": jobs.consistent_job(simplest, jobs.statuses[0], methods, {})["method"]}


@lru_cache(maxsize=256)
def _possible(
    contract: Contract, fixed: str, statuses: tuple[str, ...], methods: tuple[str | None, ...]
) -> dict[str, tuple[str | None, ...]]:
    """Return the statuses that go with fixed parts, and the methods that go with each.

    They are tried, because the rules of the lifecycle say what is wrong with a job, not what would be right.
    """
    parts = json.loads(fixed)
    found = {(status, method): _found(contract, parts, status, method) for status in statuses for method in methods}
    # One that is only odd will do where nothing else is left.
    good = [kind for kind, report in found.items() if not report.problems]
    good = good or [kind for kind, report in found.items() if report.ok]
    if not good:
        report = list(found.values())[-1]
        raise CannotCombineError(_reason(report, {**parts, "status": ""} if len(statuses) == 1 else parts))
    return {
        status: tuple(method for other, method in good if other == status)
        for status in dict.fromkeys(status for status, _ in good)
    }


def _found(contract: Contract, parts: Mapping[str, Any], status: str, method: str | None) -> Report:
    """Return the worst that is wrong with jobs of a status and a method that have the fixed parts."""
    jobs = job_generator(contract.name)
    drawn = (jobs.consistent_job(chooser, status, (method,), parts) for chooser in choosers("trial", _TRIALS))
    reports = [contract.check(from_wire(contract.name, job), lifecycle=True) for job in drawn]
    return min(reports, key=lambda report: (report.ok, not report.problems))


def _reason(report: Report, parts: Iterable[str]) -> str:
    return f"no job of the contract {report.contract} has this {', '.join(parts)}:\n{report}"


@frozen
class TracePlan:
    """Which traces may be drawn: to these ends, each with the plan of its last job."""

    contract: str
    ends: Mapping[str, Plan]

    def draw(self, chooser: Chooser) -> tuple[dict[str, Any], ...]:
        """Draw the steps of a job from its creation to its end."""
        ends = list(self.ends)
        end = choose(ends, chooser)
        last = self.ends[end].draw_on_wire(chooser)
        statuses = choose(entry(self.contract).vendor.histories[end], chooser)
        steps = [before_it_ended(job_generator(self.contract), last, status) for status in statuses]
        if "updated_at" in last:
            _spread_updates(steps, last)
        return tuple(from_wire(self.contract, step) for step in (*steps, last))


def trace_plan(contract: str | Contract, fixed: Mapping[str, Any]) -> TracePlan:
    """Return the plan for traces whose end has some of its top-level keys fixed.

    Raises:
        CannotCombineError: No job that has ended has these parts together.
    """
    chosen = _contract(contract)
    parts = on_wire(chosen.name, fixed)
    wanted = (parts["status"],) if "status" in parts else TERMINAL
    rest = {key: value for key, value in fixed.items() if "status" not in on_wire(chosen.name, {key: value})}
    if wanted[0] not in TERMINAL:
        raise CannotCombineError(f"a trace ends with {', '.join(TERMINAL)}, not with {wanted[0]!r}")
    ends: dict[str, Plan] = {}
    clash = CannotCombineError()
    for end in wanted:
        try:
            ends[end] = plan(chosen, {**rest, "status": end})
        except CannotCombineError as error:
            clash = error
    if not ends:
        raise clash
    return TracePlan(chosen.name, ends)


def _spread_updates(steps: list[dict[str, Any]], last: dict[str, Any]) -> None:
    """Let `updated_at` go from the creation to its value at the end."""
    created, updated = int(last["created_at"]), int(last["updated_at"])
    for number, step in enumerate(steps):
        step["updated_at"] = created + (updated - created) * number // len(steps)

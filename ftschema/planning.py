"""What the fixed parts of a job leave open, and the jobs that may then be drawn."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from ftschema.checking import contract as _contract
from ftschema.composing import composer
from ftschema.drawing import Simplest
from ftschema.errors import CannotCombineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftschema.checking import Contract
    from ftschema.drawing import Source
    from ftschema.report import Report

# Enough draws to meet what the fixed parts clash with: a clash is with a status or a method, not with a rare value.
_TRIALS = 4


@frozen
class Seeded:
    """A source of choices that a seed decides, the same on every machine.

    `random.random` is the one method whose numbers Python promises to keep from release to release.
    """

    _random: random.Random

    @classmethod
    def of(cls, *seed: object) -> Seeded:
        """Return the source of a seed; text, because the hash of a number is not promised."""
        return cls(random.Random("/".join(map(str, seed))))  # noqa: S311  # fixtures, not secrets

    def below(self, number: int) -> int:
        """Return an integer from 0 up to, and not including, a number."""
        return int(self._random.random() * number)


@frozen
class Plan:
    """Which jobs may be drawn: of these statuses and methods, with these parts fixed."""

    contract: Contract
    coherent: bool
    fixed: Mapping[str, Any]
    # The methods that go with each status.
    kinds: Mapping[str, tuple[str | None, ...]]

    def draw(self, source: Source) -> dict[str, Any]:
        """Draw a payload."""
        jobs = composer(self.contract.name)
        if not self.coherent:
            return jobs.any_job(source, self.fixed)
        # In two choices, because each spreads better than one among all pairs.
        statuses = list(self.kinds)
        status = statuses[source.below(len(statuses))] if len(statuses) > 1 else statuses[0]
        methods = self.kinds[status]
        method = methods[source.below(len(methods))] if len(methods) > 1 else methods[0]
        return jobs.coherent_job(source, status, method, self.fixed)


def plan(contract: str | Contract, fixed: Mapping[str, Any], *, coherent: bool = True) -> Plan:
    """Return the plan for jobs with some of their top-level keys fixed.

    Args:
        contract: The contract, or its name.
        fixed: Values by key. The method may be given by its type alone.
        coherent: Whether the rules of the lifecycle hold too.

    Raises:
        CannotCombineError: No job of the contract has these parts together, or a key is none of the contract's.
    """
    chosen = _contract(contract)
    jobs = composer(chosen.name)
    unknown = [key for key in fixed if key not in jobs.job.members]
    if unknown:
        raise CannotCombineError(f"the contract {chosen.name} has no key {unknown[0]!r}")
    rest = dict(fixed)
    statuses = (rest.pop("status"),) if "status" in rest and coherent else jobs.statuses
    methods = jobs.methods
    if isinstance(rest.get("method"), str):
        methods = (rest.pop("method"),)
        if methods[0] not in jobs.methods:
            raise CannotCombineError(f"the contract {chosen.name} has no method {methods[0]!r}")
        if not coherent:
            rest["method"] = _method_of(chosen, methods[0])
    elif "method" in rest:
        methods = (_type_of(rest["method"]),)
    candidate = Plan(chosen, coherent, rest, dict.fromkeys(statuses, methods))
    if not rest and set(statuses) <= set(jobs.statuses):
        return candidate
    # Values that the schema refuses by themselves are refused first: the rest takes them at their word.
    report = chosen.check(jobs.any_job(Simplest(), rest | {"status": statuses[0]}))
    if not report.ok:
        raise CannotCombineError(_reason(candidate, report))
    return _possible(candidate) if coherent else candidate


def _method_of(contract: Contract, method: str | None) -> Any:
    status = composer(contract.name).statuses[0]
    return composer(contract.name).coherent_job(Simplest(), status, method, {})["method"]


def _type_of(method: Any) -> str | None:
    return method.get("type") if isinstance(method, dict) else None


def _possible(candidate: Plan) -> Plan:
    """Return the plan with the statuses and methods that go with its fixed parts."""
    kinds: dict[str, tuple[str | None, ...]] = {}
    last: Report | None = None
    for status, methods in candidate.kinds.items():
        clashes = {method: _clash(candidate, status, method) for method in methods}
        last = next((report for report in clashes.values() if report), last)
        kept = tuple(method for method, clash in clashes.items() if clash is None)
        if kept:
            kinds[status] = kept
    if not kinds:
        raise CannotCombineError(_reason(candidate, last))
    return evolve(candidate, kinds=kinds)


def _clash(candidate: Plan, status: str, method: str | None) -> Report | None:
    """Return what is wrong with jobs of a status and a method that have the fixed parts, or None."""
    sources: list[Source] = [Simplest(), *(Seeded.of("trial", number) for number in range(_TRIALS))]
    for source in sources:
        job = composer(candidate.contract.name).coherent_job(source, status, method, candidate.fixed)
        report = candidate.contract.check(job, lifecycle=True)
        if not report.ok:
            return report
    return None


def _reason(candidate: Plan, report: Report | None) -> str:
    parts = ", ".join(candidate.fixed) or "status"
    return f"no job of the contract {candidate.contract.name} has this {parts}:\n{report}"

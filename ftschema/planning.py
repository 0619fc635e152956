"""What the fixed parts of a job leave open, and the jobs that may then be drawn."""

from __future__ import annotations

import json
import random
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ftschema.checking import contract as _contract
from ftschema.composing import composer
from ftschema.drawing import Simplest, pick
from ftschema.errors import CannotCombineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    # The methods that go with each status; of no matter where the jobs need not be coherent.
    kinds: Mapping[str, tuple[str | None, ...]]

    def draw(self, source: Source) -> dict[str, Any]:
        """Draw a payload."""
        jobs = composer(self.contract.name)
        if not self.coherent:
            return jobs.any_job(source, self.fixed)
        # In two choices, because each spreads better than one among all pairs.
        statuses = list(self.kinds)
        status = pick(statuses, source)
        methods = _weighed(self.kinds[status])
        method = pick(methods, source)
        return jobs.coherent_job(source, status, method, self.fixed)


@lru_cache(maxsize=64)
def _weighed(methods: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Return the methods with reinforcement twice, which has most below it."""
    return tuple(method for method in methods for _ in range(1 + (method == "reinforcement")))


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
    methods = jobs.methods
    if isinstance(rest.get("method"), str):
        methods = (rest.pop("method"),)
        if methods[0] not in jobs.methods:
            raise CannotCombineError(f"the contract {chosen.name} has no method {methods[0]!r}")
    if rest:
        # What the schema refuses is refused first: the rest takes the values at their word.
        report = chosen.check(jobs.any_job(Simplest(), rest))
        if not report.ok:
            raise CannotCombineError(_reason(report, rest))
    if not coherent:
        return Plan(chosen, coherent, rest if "method" in rest else _with_method(chosen, rest, methods), {})
    if "method" in rest:
        methods = ((rest["method"] or {}).get("type"),)
    statuses = (rest.pop("status"),) if "status" in rest else jobs.statuses
    kinds = _possible(chosen, json.dumps(rest), statuses, methods) if rest else dict.fromkeys(statuses, methods)
    return Plan(chosen, coherent, rest, kinds)


def _with_method(contract: Contract, fixed: dict[str, Any], methods: tuple[str | None, ...]) -> dict[str, Any]:
    """Add the simplest method of the one type that was asked for."""
    jobs = composer(contract.name)
    if methods == jobs.methods:
        return fixed
    return fixed | {"method": jobs.coherent_job(Simplest(), jobs.statuses[0], methods[0], {})["method"]}


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
    sources: list[Source] = [Simplest(), *(Seeded.of("trial", number) for number in range(_TRIALS))]
    drawn = (composer(contract.name).coherent_job(source, status, method, parts) for source in sources)
    reports = [contract.check(job, lifecycle=True) for job in drawn]
    return min(reports, key=lambda report: (report.ok, not report.problems))


def _reason(report: Report, parts: Iterable[str]) -> str:
    return f"no job of the contract {report.contract} has this {', '.join(parts)}:\n{report}"

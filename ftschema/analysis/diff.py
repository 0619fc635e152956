"""What one contract accepts and another does not, each difference with a payload that proves it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.analysis.comparing import differences
from ftschema.analysis.conversion import convert
from ftschema.core.pointer import join, split
from ftschema.core.report import as_data
from ftschema.generation.placement import base, put, reached
from ftschema.generation.plans import seeded
from ftschema.generation.values import simplest
from ftschema.jsontext.data import copied
from ftschema.schemas.catalogue import entry
from ftschema.schemas.shape import job_shape
from ftschema.schemas.spelling import spelled
from ftschema.schemas.translate import from_wire, pointer_from_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.analysis.comparing import Difference
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

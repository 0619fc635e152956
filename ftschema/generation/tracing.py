"""One job as its server shows it over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from ftschema.core.errors import CannotCombineError
from ftschema.generation.jobs import composer, resting
from ftschema.generation.plans import Plan, on_wire, plan
from ftschema.generation.values import pick
from ftschema.schemas.translate import from_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftschema.generation.values import Source
    from ftschema.validation.contract import Contract

ENDS: Final = ("succeeded", "failed", "cancelled")

# The ways to each end, the simplest first. Live jobs were seen in all of these statuses; a job fails while its files
# are validated (9 of 9 captures) or later, and can be cancelled at any time. Azure shows `pending` first (15 of 32).
_WAYS: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "observed": {
        "succeeded": (("validating_files", "queued", "running"), ("validating_files", "running")),
        "failed": (("validating_files",), ("validating_files", "queued", "running")),
        "cancelled": (("validating_files",), ("validating_files", "queued"), ("validating_files", "queued", "running")),
    },
    "azure": {
        "succeeded": (("pending", "running"),),
        "failed": (("pending",), ("pending", "running")),
        "cancelled": (("pending",), ("pending", "running")),
    },
}


@frozen
class TracePlan:
    """Which traces may be drawn: to these ends, each with the plan of its last job."""

    contract: str
    ends: Mapping[str, Plan]

    def draw(self, source: Source) -> tuple[dict[str, Any], ...]:
        """Draw the steps of a job from its creation to its end."""
        ends = list(self.ends)
        end = pick(ends, source)
        last = self.ends[end].draw_on_wire(source)
        ways = _WAYS.get(self.contract, _WAYS["observed"])[end]
        way = pick(ways, source)
        steps = [resting(composer(self.contract), last, status) for status in way]
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
    wanted = (parts["status"],) if "status" in parts else ENDS
    rest = {key: value for key, value in fixed.items() if "status" not in on_wire(chosen.name, {key: value})}
    if wanted[0] not in ENDS:
        raise CannotCombineError(f"a trace ends with {', '.join(ENDS)}, not with {wanted[0]!r}")
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

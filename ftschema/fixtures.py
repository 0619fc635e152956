"""Seeded fixtures: realistic jobs without Hypothesis, the same for the same seed on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftschema.generation.defects import draw_defect, kinds
from ftschema.generation.plans import plan, seeded, trace_plan
from ftschema.schemas.catalogue import DEFAULT
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.generation.defects import Defect
    from ftschema.model.job import FineTuningJob
    from ftschema.validation.contract import Contract

# Stands for a seed that was given by name, or not at all. By position, it leaves the name to the job's own key `seed`.
_BY_NAME = object()


def payload(
    seed: object = _BY_NAME, /, *, contract: str | Contract = DEFAULT, coherent: bool = True, **fixed: Any
) -> dict[str, Any]:
    """Return the payload of a seed.

    Args:
        seed: A number or a text. Given by position, it leaves the name to the job's own key: `payload(1, seed=42)`.
        contract: The contract that it keeps to.
        coherent: Whether it keeps to the rules of the lifecycle too, or may be impossible.
        **fixed: Values of top-level keys; the method may be given by its type alone (`method="dpo"`).

    Raises:
        CannotCombineError: No job has the fixed parts together.
        UnknownContractError: There is no such contract.
    """
    chosen_seed, parts = _split(seed, fixed)
    return plan(contract, parts, coherent=coherent).draw(seeded(chosen_seed))


def _split(seed: object, fixed: dict[str, Any], default: object = _BY_NAME) -> tuple[object, dict[str, Any]]:
    """Return the seed of the draw, and the fixed parts without it."""
    if seed is not _BY_NAME:
        return seed, fixed
    parts = dict(fixed)
    chosen = parts.pop("seed", default)
    if chosen is _BY_NAME:
        raise TypeError("expected a seed")
    return chosen, parts


def job(
    seed: object = _BY_NAME, /, *, contract: str | Contract = DEFAULT, coherent: bool = True, **fixed: Any
) -> FineTuningJob:
    """Return the job of a seed: `payload`, structured."""
    chosen = _contract(contract)
    return chosen.structure(payload(seed, contract=chosen, coherent=coherent, **fixed))


def payloads(
    number: int,
    seed: object = _BY_NAME,
    /,
    *,
    contract: str | Contract = DEFAULT,
    coherent: bool = True,
    **fixed: Any,
) -> Iterator[dict[str, Any]]:
    """Yield a number of payloads of one seed; see `payload`. The first is not the payload of the seed alone."""
    chosen_seed, parts = _split(seed, fixed, default=0)
    chosen = plan(contract, parts, coherent=coherent)
    chooser = seeded(chosen_seed, "payloads")
    return (chosen.draw(chooser) for _ in range(number))


def trace(
    seed: object = _BY_NAME, /, *, contract: str | Contract = DEFAULT, **fixed: Any
) -> tuple[dict[str, Any], ...]:
    """Return one job as its server shows it over time, from creation to its end.

    Each step is valid and coherent, and the statuses go the way that servers let them go. The fixed parts are those of
    the end.

    Raises:
        CannotCombineError: No job that has ended has the fixed parts together.
        UnknownContractError: There is no such contract.
    """
    chosen_seed, parts = _split(seed, fixed)
    return trace_plan(contract, parts).draw(seeded(chosen_seed, "trace"))


def defects(
    number: int,
    seed: object = 0,
    *,
    contract: str | Contract = DEFAULT,
    code: str | None = None,
    pointer: str | None = None,
) -> Iterator[Defect]:
    """Yield a number of jobs with exactly one known fault each, spread evenly over the kinds of fault.

    Args:
        number: How many.
        seed: A number or a text.
        contract: The contract that is broken.
        code: Only faults of this code.
        pointer: Only faults at this place, as in `ftschema.defects.catalogue`: `*` stands for any item or name.

    Raises:
        CannotCombineError: The contract has no such fault.
        UnknownContractError: There is no such contract.
    """
    choices = kinds(contract, code=code, pointer=pointer)
    chooser = seeded(seed, "defects")
    return (draw_defect(choices[chooser(len(choices))], chooser) for _ in range(number))

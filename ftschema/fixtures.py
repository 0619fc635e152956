"""Seeded fixtures: jobs like captured ones, without Hypothesis; the same seed gives the same job on every machine."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, overload

from ftschema.core.errors import expect_type
from ftschema.generation.defects import draw_defect, kinds
from ftschema.generation.history import full_trace, require_captured_history
from ftschema.generation.plans import plan, seeded, trace_plan
from ftschema.generation.values import simplest
from ftschema.generation.wire import LATEST
from ftschema.schemas.catalogue import DEFAULT, entry
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.literals import ContractName
    from ftschema.generation.defects import Defect
    from ftschema.generation.history import TraceStep
    from ftschema.generation.wire import Style
    from ftschema.model.kinds.job import FineTuningJob
    from ftschema.validation.contract import Contract

# The default of a positional seed. A seed given by position leaves the name `seed` to the key of the job.
_BY_NAME = object()


def payload(
    seed: object = _BY_NAME,
    /,
    *,
    contract: ContractName | Contract[Any] = DEFAULT,
    coherent: bool = True,
    style: Style | None = None,
    era: str | None = LATEST,
    **fixed: Any,
) -> dict[str, Any]:
    """Return the payload for a seed.

    Args:
        seed: A number or a string. Given by position, it leaves the name `seed` to the key of the job:
            `payload(1, seed=42)`.
        contract: The contract for which the payload is valid.
        coherent: Whether the payload satisfies the lifecycle rules too.
        style: "wire" for a job as it was captured from the live API or Azure, the default for `observed` and `azure`;
            "edges" for all that the contract allows, the default for other contracts and for incoherent jobs.
        era: The months whose captures a job of the style "wire" is like: that of a month, such as "2025-06", dumps of
            the SDK among them; "latest", as the wire sent it last; or None for any.
        **fixed: Values of top-level keys. The method may be its type alone: `method="dpo"`.

    Raises:
        CannotCombineError: No job can have the fixed values, or none was captured in the era.
        UnknownContractError: There is no such contract.
    """
    chosen_seed, parts = _split("payload", seed, fixed)
    return plan(contract, parts, coherent=coherent, style=style, era=era).draw(seeded(chosen_seed))


def example(
    *, contract: ContractName | Contract[Any] = DEFAULT, status: str = "succeeded", method: str | None = None
) -> dict[str, Any]:
    """Return the simplest job of a status, and of a type of method, as the wire sent it last; for documentation.

    An object of another kind has neither.

    Raises:
        CannotCombineError: The contract has no such job.
        UnknownContractError: There is no such contract.
    """
    chosen = _contract(contract)
    fixed = {"status": status} | ({} if method is None else {"method": method})
    is_job = entry(chosen.name).is_job
    return plan(chosen, fixed if is_job else {}, era=LATEST).draw(simplest)


def _split(
    caller: str, seed: object, fixed: dict[str, Any], default: object = _BY_NAME
) -> tuple[object, dict[str, Any]]:
    """Return the seed of a call, and the fixed values without the seed."""
    if seed is not _BY_NAME:
        return seed, fixed
    parts = dict(fixed)
    chosen = parts.pop("seed", default)
    if chosen is _BY_NAME:
        raise TypeError(f"{caller}() missing 1 required argument: 'seed'")
    return chosen, parts


def job(
    seed: object = _BY_NAME,
    /,
    *,
    contract: ContractName | Contract[Any] = DEFAULT,
    coherent: bool = True,
    style: Style | None = None,
    era: str | None = LATEST,
    **fixed: Any,
) -> FineTuningJob:
    """Return the job for a seed: the structured `payload`."""
    chosen = _contract(contract)
    chosen_seed, parts = _split("job", seed, fixed)
    return chosen.structure(payload(chosen_seed, contract=chosen, coherent=coherent, style=style, era=era, **parts))


def payloads(  # noqa: PLR0913  # each is an argument by name
    number: int,
    seed: object = _BY_NAME,
    /,
    *,
    contract: ContractName | Contract[Any] = DEFAULT,
    coherent: bool = True,
    style: Style | None = None,
    era: str | None = None,
    **fixed: Any,
) -> Iterator[dict[str, Any]]:
    """Yield a number of payloads for one seed; see `payload`. The first differs from `payload(seed)`.

    They are of any era, each form as often as it was captured, if none is given.
    """
    expect_type("number", number, int)
    chosen_seed, parts = _split("payloads", seed, fixed, default=0)
    chosen = plan(contract, parts, coherent=coherent, style=style, era=era)
    chooser = seeded(chosen_seed, "payloads")
    return islice(chosen.draws(chooser), number)


@overload
def trace(
    seed: object = ...,
    /,
    *,
    full: Literal[False] = False,
    contract: ContractName | Contract[Any] = DEFAULT,
    style: Style | None = None,
    era: str | None = LATEST,
    **fixed: Any,
) -> tuple[dict[str, Any], ...]: ...


@overload
def trace(
    seed: object = ...,
    /,
    *,
    full: Literal[True],
    contract: ContractName | Contract[Any] = DEFAULT,
    style: Style | None = None,
    era: str | None = LATEST,
    **fixed: Any,
) -> tuple[TraceStep, ...]: ...


def trace(  # each is an argument by name
    seed: object = _BY_NAME,
    /,
    *,
    full: bool = False,
    contract: ContractName | Contract[Any] = DEFAULT,
    style: Style | None = None,
    era: str | None = LATEST,
    **fixed: Any,
) -> tuple[dict[str, Any], ...] | tuple[TraceStep, ...]:
    """Return one job as the API shows it over time, from its creation to its end.

    Each step is a valid and coherent payload. The statuses follow one another as in captured jobs. The fixed values are
    those of the last step; for the style and the era, see `payload`.

    Args:
        seed: As in `payload`.
        full: Whether each step has the pages of events and checkpoints that the server shows then: `step.job`,
            `step.events` and `step.checkpoints`. For the contracts `observed` and `azure` only.
        contract: As in `payload`.
        style: As in `payload`.
        era: As in `payload`.
        **fixed: As in `payload`.

    Raises:
        CannotCombineError: No job that has ended can have the fixed values, none was captured in the era, or the
            contract has no full traces.
        UnknownContractError: There is no such contract.
    """
    chosen_seed, parts = _split("trace", seed, fixed)
    chosen = trace_plan(contract, parts, style=style, era=era)
    chooser = seeded(chosen_seed, "trace")
    if not full:
        return chosen.draw(chooser)
    require_captured_history(chosen.contract)
    return full_trace(chosen.contract, chosen.draw(chooser), chooser)


def defects(
    number: int,
    seed: object = 0,
    *,
    contract: ContractName | Contract[Any] = DEFAULT,
    code: str | None = None,
    pointer: str | None = None,
) -> Iterator[Defect]:
    """Yield a number of defects, each a job with exactly one known problem; all kinds are equally likely.

    Args:
        number: The number of defects.
        seed: A number or a string.
        contract: The contract that the jobs violate.
        code: Only defects with this code.
        pointer: Only defects at this pointer, as in `ftschema.defects.catalogue`: `*` stands for any item or key.

    Raises:
        CannotCombineError: The contract has no such defect.
        UnknownContractError: There is no such contract.
    """
    expect_type("number", number, int)
    choices = kinds(contract, code=code, pointer=pointer)
    chooser = seeded(seed, "defects")
    return (draw_defect(choices[chooser(len(choices))], chooser) for _ in range(number))

"""Hypothesis strategies for jobs, payloads, traces and defects (extra `hypothesis`).

Jobs are valid by construction: no strategy uses `filter` or `assume`.
"""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from ftschema.generation.defects import draw_defect, kinds
from ftschema.generation.plans import plan, trace_plan
from ftschema.generation.values import choose, type_generator
from ftschema.model.job import FineTuningJob
from ftschema.model.structure import structuring_converter
from ftschema.schemas.catalogue import DEFAULT
from ftschema.schemas.reader import parts
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.generation.defects import Defect, Kind
    from ftschema.generation.values import Chooser
    from ftschema.validation.contract import Contract

__all__ = ["defects", "jobs", "payloads", "traces"]


@cache
def _choice(position: int, number: int) -> st.SearchStrategy[int]:
    # After its first draw, Hypothesis repeats values of equal strategies in five of six attempts. With one
    # strategy for all choices, most jobs would be near copies of the one before. Different ranges are not equal.
    start = position << 32
    return st.sampled_from(range(start, start + number))


def _chooser(draw: st.DrawFn) -> Chooser:
    """Return a chooser whose decisions Hypothesis makes, and shrinks towards the first option."""
    positions = count()
    return lambda number: draw(_choice(next(positions), number)) & 0xFFFFFFFF


def payloads(
    *, contract: str | Contract = DEFAULT, coherent: bool = True, **fixed: Any
) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for payloads.

    Args:
        contract: The contract for which the payloads are valid.
        coherent: Whether the payloads satisfy the lifecycle rules too.
        **fixed: Values of top-level keys, or strategies for them. The method may be its type alone: `method="dpo"`.

    Raises:
        CannotCombineError: No job can have the fixed values. If some are strategies, this is raised when a payload is
            drawn.
        UnknownContractError: There is no such contract.
    """
    chosen = _contract(contract)
    return _planned(fixed, lambda parts: plan(chosen, parts, coherent=coherent))


def _planned(fixed: Mapping[str, Any], make_plan: Callable[[dict[str, Any]], Any]) -> st.SearchStrategy[Any]:
    """Return a strategy that draws from a plan. The plan is made at once if no fixed value is a strategy."""
    strategies = {key: value for key, value in fixed.items() if isinstance(value, st.SearchStrategy)}
    constants = {key: value for key, value in fixed.items() if key not in strategies}
    if strategies:
        return st.fixed_dictionaries(strategies).flatmap(lambda drawn: _of_plan(make_plan({**constants, **drawn})))
    return _of_plan(make_plan(constants))


@st.composite
def _of_plan(draw: st.DrawFn, chosen: Any) -> Any:
    return chosen.draw(_chooser(draw))


def jobs(
    *, contract: str | Contract = DEFAULT, coherent: bool = True, **fixed: Any
) -> st.SearchStrategy[FineTuningJob]:
    """Return a strategy for jobs: structured `payloads`."""
    chosen = _contract(contract)
    build = structuring_converter(chosen.name)
    return payloads(contract=chosen, coherent=coherent, **fixed).map(
        lambda payload: build.structure(payload, FineTuningJob)
    )


def traces(*, contract: str | Contract = DEFAULT, **fixed: Any) -> st.SearchStrategy[tuple[dict[str, Any], ...]]:
    """Return a strategy for one job as the API shows it over time; see `ftschema.fixtures.trace`.

    Raises:
        CannotCombineError: No job that has ended can have the fixed values. If some are strategies, this is raised when
            a trace is drawn.
        UnknownContractError: There is no such contract.
    """
    chosen = _contract(contract)
    return _planned(fixed, lambda parts: trace_plan(chosen, parts))


@st.composite
def _parts(draw: st.DrawFn, cls: type) -> Any:
    payload = type_generator(parts(DEFAULT)[cls.__name__], "", DEFAULT)(_chooser(draw))
    return structuring_converter(DEFAULT).structure(payload, cls)


def part_of(cls: type) -> st.SearchStrategy[Any]:
    """Return a strategy for a class of the model: jobs, or one kind of their parts."""
    return jobs() if cls is FineTuningJob else _parts(cls)


def defects(
    *, contract: str | Contract = DEFAULT, code: str | None = None, pointer: str | None = None
) -> st.SearchStrategy[Defect]:
    """Return a strategy for defects, each a job with exactly one known problem; all kinds are equally likely.

    Args:
        contract: The contract that the jobs violate.
        code: Only defects with this code.
        pointer: Only defects at this pointer, as in `ftschema.defects.catalogue`: `*` stands for any item or key.

    Raises:
        CannotCombineError: The contract has no such defect.
        UnknownContractError: There is no such contract.
    """
    return _defects(kinds(contract, code=code, pointer=pointer))


@st.composite
def _defects(draw: st.DrawFn, choices: tuple[Kind, ...]) -> Defect:
    chooser = _chooser(draw)
    return draw_defect(choose(choices, chooser), chooser)

"""Hypothesis strategies for jobs, payloads, traces and defects (extra `hypothesis`).

Jobs are valid by construction: no strategy uses `filter` or `assume`.
"""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, overload

from ftschema.core.errors import CannotCombineError
from ftschema.core.text import shorten
from ftschema.generation.defects import draw_defect, kinds
from ftschema.generation.history import full_trace, require_captured_history
from ftschema.generation.plans import plan, trace_plan
from ftschema.generation.values import choose, type_generator
from ftschema.model.kinds.job import PARTS, FineTuningJob
from ftschema.model.structure import structuring_converter
from ftschema.schemas.catalogue import DEFAULT
from ftschema.schemas.reader import parts
from ftschema.validation.contract import contract as _contract
from ftschema.validation.contract import structure

try:
    from hypothesis import event, reject
    from hypothesis import strategies as st
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        "this needs the package hypothesis: pip install 'ftschema[hypothesis]'", name=_error.name
    ) from _error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.core.literals import ContractName
    from ftschema.generation.defects import Defect
    from ftschema.generation.history import TraceStep
    from ftschema.generation.plans import Plan, TracePlan
    from ftschema.generation.values import Chooser
    from ftschema.generation.wire import Style
    from ftschema.validation.contract import Contract

__all__ = ["defects", "jobs", "payloads", "traces"]

_T = TypeVar("_T")
_Drawn_co = TypeVar("_Drawn_co", covariant=True)


class _AnyPlan(Protocol[_Drawn_co]):
    """A plan for payloads or traces."""

    def draw(self, chooser: Chooser) -> _Drawn_co: ...


class _MakePlan(Protocol[_Drawn_co]):
    """Makes a plan; see `ftschema.generation.plans.plan`."""

    def __call__(self, parts: dict[str, Any], *, is_tried: bool = True) -> _AnyPlan[_Drawn_co]: ...


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


def _named(name: str, arguments: Mapping[str, Any], draw: Callable[[st.DrawFn], _T]) -> st.SearchStrategy[_T]:
    """Return a strategy whose repr is the call that made it."""

    def build(hypothesis_draw: st.DrawFn, /, **_: Any) -> _T:
        return draw(hypothesis_draw)

    build.__name__ = name
    return st.composite(build)(**arguments)


_DEFAULTS = {"contract": DEFAULT, "full": False, "coherent": True, "style": "edges", "era": None}


def _arguments(contract: Contract, fixed: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    """Return the arguments of a call without those that are the defaults."""
    given = {"contract": contract.name, **options}
    return {name: value for name, value in given.items() if value != _DEFAULTS[name]} | dict(fixed)


def payloads(
    *,
    contract: ContractName | Contract[Any] = DEFAULT,
    coherent: bool = True,
    style: Style = "edges",
    era: str | None = None,
    **fixed: Any,
) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for payloads.

    Args:
        contract: The contract for which the payloads are valid.
        coherent: Whether the payloads satisfy the lifecycle rules too.
        style: "edges" for all that the contract allows, "wire" for jobs as they were captured.
        era: The months whose captures those are like, such as "2025-06", "latest", or None for any.
        **fixed: Values of top-level keys, or strategies for them. The method may be its type alone: `method="dpo"`.

    Raises:
        CannotCombineError: No job can have the fixed values. If some are strategies, a draw that no job can have is
            rejected, as by `hypothesis.reject`.
        UnknownContractError: There is no such contract.
    """
    chosen = _contract(contract)

    def make_plan(parts: dict[str, Any], *, is_tried: bool = True) -> Plan:
        return plan(chosen, parts, coherent=coherent, style=style, era=era, is_tried=is_tried)

    def is_possible(payload: dict[str, Any]) -> bool:
        return not chosen.check(payload, lifecycle=coherent, show_values=True).problems

    draw = _planned(fixed, make_plan, is_possible)
    return _named("payloads", _arguments(chosen, fixed, coherent=coherent, style=style, era=era), draw)


def _planned(
    fixed: Mapping[str, Any], make_plan: _MakePlan[_T], is_possible: Callable[[_T], bool]
) -> Callable[[st.DrawFn], _T]:
    """Return a function that draws from a plan. The plan is made at once if no fixed value is a strategy."""
    strategies = {key: value for key, value in fixed.items() if isinstance(value, st.SearchStrategy)}
    constants = {key: value for key, value in fixed.items() if key not in strategies}
    chosen = make_plan(constants)
    if not strategies:
        return lambda draw: chosen.draw(_chooser(draw))
    values = st.fixed_dictionaries(strategies)

    def draw_all(draw: st.DrawFn) -> _T:
        parts, chooser = constants | draw(values), _chooser(draw)
        try:
            drawn = make_plan(parts, is_tried=False).draw(chooser)
            if is_possible(drawn):
                return drawn
            return make_plan(parts).draw(chooser)
        except CannotCombineError as error:
            event("rejected: " + str(error).replace("\n", " "))
            reject()

    return draw_all


def jobs(
    *,
    contract: ContractName | Contract[Any] = DEFAULT,
    coherent: bool = True,
    style: Style = "edges",
    era: str | None = None,
    **fixed: Any,
) -> st.SearchStrategy[FineTuningJob]:
    """Return a strategy for jobs: structured `payloads`. A failing job is printed as code that makes it."""
    chosen = _contract(contract)
    drawn = payloads(contract=chosen, coherent=coherent, style=style, era=era, **fixed)
    return st.builds(structure, drawn, **{name: st.just(value) for name, value in _arguments(chosen, {}).items()})


@overload
def traces(
    *,
    full: Literal[False] = False,
    contract: ContractName | Contract[Any] = DEFAULT,
    style: Style = "edges",
    era: str | None = None,
    **fixed: Any,
) -> st.SearchStrategy[tuple[dict[str, Any], ...]]: ...


@overload
def traces(
    *,
    full: Literal[True],
    contract: ContractName | Contract[Any] = DEFAULT,
    style: Style = "edges",
    era: str | None = None,
    **fixed: Any,
) -> st.SearchStrategy[tuple[TraceStep, ...]]: ...


def traces(
    *,
    full: bool = False,
    contract: ContractName | Contract[Any] = DEFAULT,
    style: Style = "edges",
    era: str | None = None,
    **fixed: Any,
) -> st.SearchStrategy[Any]:
    """Return a strategy for one job as the API shows it over time; see `ftschema.fixtures.trace`.

    Raises:
        CannotCombineError: No job that has ended can have the fixed values, or the contract has no full traces. If some
            are strategies, a draw that no job can have is rejected.
        UnknownContractError: There is no such contract.
    """
    chosen = _contract(contract)

    def make_plan(parts: dict[str, Any], *, is_tried: bool = True) -> TracePlan:
        return trace_plan(chosen, parts, style=style, era=era, is_tried=is_tried)

    def is_possible(trace: tuple[dict[str, Any], ...]) -> bool:
        return not chosen.check(trace[-1], lifecycle=True, show_values=True).problems

    draw = _planned(fixed, make_plan, is_possible)
    arguments = _arguments(chosen, fixed, full=full, style=style, era=era)
    if not full:
        return _named("traces", arguments, draw)
    require_captured_history(chosen.name)
    return _named("traces", arguments, lambda one: full_trace(chosen.name, draw(one), _chooser(one)))


@st.composite
def _part(draw: st.DrawFn, cls: type) -> Any:
    payload = type_generator(parts(DEFAULT)[cls.__name__], "", DEFAULT)(_chooser(draw))
    return structuring_converter(DEFAULT).structure(payload, cls)


def part_of(cls: type) -> st.SearchStrategy[Any]:
    """Return a strategy for a class of the model: jobs, or one kind of their parts.

    Raises:
        TypeError: It is not a class of the model.
    """
    if cls not in PARTS.values():
        raise TypeError(f"expected cls as a class of the model, found {shorten(repr(cls), 100)}")
    return jobs() if cls is FineTuningJob else _part(cls)


def defects(
    *, contract: ContractName | Contract[Any] = DEFAULT, code: str | None = None, pointer: str | None = None
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
    choices = kinds(contract, code=code, pointer=pointer)

    def draw_one(draw: st.DrawFn) -> Defect:
        chooser = _chooser(draw)
        return draw_defect(choose(choices, chooser), chooser)

    conditions = {"code": code, "pointer": pointer}
    chosen = {name: value for name, value in conditions.items() if value is not None}
    return _named("defects", _arguments(_contract(contract), chosen), draw_one)

"""Hypothesis strategies for JSON values, for payloads near a job, and for what is no JSON at all."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from hypothesis import strategies as st

import ftschema
from support.bases import bases
from support.cases import bases as case_bases
from support.cases import corpus
from support.documents import DOCUMENTS, in_names_of
from support.mutation import mutants

# Numbers at which implementations part: beyond 2^53, 2^63, 2^64, beyond a double, whole floats, negative zero.
NUMBERS = (0, -0.0, 1, 1.0, True, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 10**30, 10**400, 5e-324, 1e300, 1.5, False)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(NUMBERS)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["auto", "type", "python", "fine_tuning.job", "é", "😀"])
)

values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


@cache
def known(contract: str) -> list[tuple[Any, Any]]:
    """Return the payloads that the tests know to be valid for a contract, in the wire's names and in the contract's.

    They must not be changed.
    """
    every = [*bases().values(), *(base["payload"] for base in case_bases().values())]
    every += [job.payload for job in corpus()]
    both = [(payload, in_names_of(contract, payload)) for payload in every]
    return [(payload, spelled) for payload, spelled in both if ftschema.is_valid(spelled, contract)]


def payloads_of(contract: str) -> list[Any]:
    """Return the same in the contract's names only."""
    return [spelled for _, spelled in known(contract)]


@st.composite
def near_jobs(draw: st.DrawFn, contract: str) -> Any:
    """Draw a payload that is valid for a contract, or up to three edits away from it."""
    payload, spelled = draw(st.sampled_from(known(contract)))
    if draw(st.booleans()):
        return spelled
    # An edit is informed by names of the wire.
    mutant = next(iter(mutants(payload, random.Random(draw(st.integers(0, 2**32))), 1)))
    return in_names_of(contract, mutant.payload)


@st.composite
def widened_jobs(draw: st.DrawFn, contract: str) -> Any:
    """Draw a valid payload with later keys, of any value, in any of its objects that is no map of the caller's."""
    payload = draw(st.sampled_from(payloads_of(contract)))
    declared = DOCUMENTS[contract].names.values() if contract in DOCUMENTS else _WIRE
    later = [key for key in _LATER if key not in declared]
    return _widened(draw, payload, later)


# Keys that no contract declares, and some that only those of another spelling do.
_WIRE = frozenset({"created_at", "n_epochs", "error", "type"})
_LATER = (
    *("extra", "later key", "", "/~", "__weakref__"),
    *("createdAt", "nEpochs", "CreatedAt", "VarError", "Type", *sorted(_WIRE)),
)
_MAPS = frozenset({"metadata", "graders", "headers"})


def _widened(draw: st.DrawFn, value: Any, later: list[str]) -> Any:
    if isinstance(value, list):
        return [_widened(draw, item, later) for item in value]
    if not isinstance(value, dict):
        return value
    wider = {key: member if key in _MAPS else _widened(draw, member, later) for key, member in value.items()}
    for key in draw(st.lists(st.sampled_from(later), max_size=2, unique=True)):
        wider[key] = draw(values)
    return wider

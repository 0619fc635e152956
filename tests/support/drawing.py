"""Hypothesis strategies for JSON values, for payloads near a job, and for what is no JSON at all."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

import ftschema
from support.bases import bases
from support.cases import bases as case_bases
from support.cases import corpus
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


def payloads_of(contract: str) -> list[Any]:
    """Return all the payloads that the tests know to be valid for a contract."""
    every = [*bases().values(), *(base["payload"] for base in case_bases().values())]
    every += [job.payload for job in corpus()]
    return [payload for payload in every if ftschema.is_valid(payload, contract)]


@st.composite
def near_jobs(draw: st.DrawFn, contract: str) -> Any:
    """Draw a payload that is valid for a contract, or up to three edits away from it."""
    payload = draw(st.sampled_from(payloads_of(contract)))
    if draw(st.booleans()):
        return payload
    return next(iter(mutants(payload, random.Random(draw(st.integers(0, 2**32))), 1))).payload


@st.composite
def widened_jobs(draw: st.DrawFn, contract: str) -> Any:
    """Draw a valid payload with later keys, of any value, in any of its objects that is no map of the caller's."""
    payload = draw(st.sampled_from(payloads_of(contract)))
    return _widened(draw, payload)


_MAPS = frozenset({"metadata", "graders", "headers"})


def _widened(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, list):
        return [_widened(draw, item) for item in value]
    if not isinstance(value, dict):
        return value
    wider = {key: member if key in _MAPS else _widened(draw, member) for key, member in value.items()}
    for key in draw(
        st.lists(st.sampled_from(["extra", "later key", "", "/~", "__weakref__"]), max_size=2, unique=True)
    ):
        wider[key] = draw(values)
    return wider

"""What is drawn: JSON values, payloads near a job, and JSON texts in many layouts."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

import ftschema
from support.data import case_bases, corpus, published_jobs
from support.mutants.payloads import mutants
from support.oracles.sdk_documents import DOCUMENTS, in_names_of

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
def known(contract: ftschema.ContractName) -> list[tuple[Any, Any]]:
    """Return the payloads that the tests know to be valid for a contract, in the wire's names and in the contract's.

    They must not be changed.
    """
    every = [*published_jobs().values(), *(base["payload"] for base in case_bases().values())]
    every += [job.payload for job in corpus()]
    both = [(payload, in_names_of(contract, payload)) for payload in every]
    return [(payload, spelled) for payload, spelled in both if ftschema.is_valid(spelled, contract)]


def payloads_of(contract: ftschema.ContractName) -> list[Any]:
    """Return the same in the contract's names only."""
    return [spelled for _, spelled in known(contract)]


@st.composite
def near_jobs(draw: st.DrawFn, contract: ftschema.ContractName) -> Any:
    """Draw a payload that is valid for a contract, or up to three edits away from it."""
    payload, spelled = draw(st.sampled_from(known(contract)))
    if draw(st.booleans()):
        return spelled
    # An edit is informed by names of the wire.
    mutant = next(iter(mutants(payload, random.Random(draw(st.integers(0, 2**32))), 1)))
    return in_names_of(contract, mutant.payload)


@st.composite
def widened_jobs(draw: st.DrawFn, contract: ftschema.ContractName) -> Any:
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


_SPACES = ("", " ", "\n", "\r\n", "\r", "\t", "\n\n  ", " \r")


@frozen
class Layout:
    """A way to write payloads: white space, escapes, and the order of keys are chosen at random."""

    choose: random.Random

    def text(self, value: Any) -> str:
        """Return the text of a payload."""
        return f"{self._space()}{self._value(value)}{self._space()}"

    def _space(self) -> str:
        return self.choose.choice(_SPACES)

    def _value(self, value: Any) -> str:
        if isinstance(value, dict):
            members = self.choose.sample(list(value.items()), len(value))
            return "{" + (",".join(self.member(*member) for member in members) or self._space()) + "}"
        if isinstance(value, list):
            return "[" + (",".join(map(self.text, value)) or self._space()) + "]"
        return self._string(value) if isinstance(value, str) else json.dumps(value)

    def member(self, key: str, value: Any) -> str:
        """Return the text of a key and its value, as it stands between the commas of an object."""
        return f"{self._space()}{self._string(key)}{self._space()}:{self.text(value)}"

    def _string(self, value: str) -> str:
        return '"' + "".join(map(self._letter, value)) + '"'

    def _letter(self, letter: str) -> str:
        if self.choose.random() < 0.1:
            units = letter.encode("utf-16-be", "surrogatepass").hex()
            return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
        if letter == "/" and self.choose.random() < 0.5:
            return "\\/"
        return json.dumps(letter, ensure_ascii=self.choose.random() < 0.5)[1:-1]


@frozen
class Piece:
    """A string, a bracket, a comma, a colon, or a number or word."""

    start: int
    text: str

    @property
    def kind(self) -> str:
        """Return what it is: its first character, or `0` for a number or word."""
        return self.text[0] if self.text[0] in '"{}[],:' else "0"


def pieces(text: str) -> list[Piece]:
    """Return what a JSON text consists of besides white space."""
    found = re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^ \t\r\n{}\[\],:"]+', text)
    return [Piece(match.start(), match[0]) for match in found]

"""What a place of a job, or the code of a problem, is about: the rule, since when, why, and an example of each verdict.

Everything is read off the contracts, their comments and the table of the lifecycle; the examples are judged as they are
shown.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Any, Literal

from attrs import asdict, evolve, frozen

from ftschema.analysis.diff import diff
from ftschema.analysis.examples import (
    Example,
    right_at,
    right_by_rule,
    wrong_at,
    wrong_by,
    wrong_conversion,
    wrong_json,
)
from ftschema.analysis.places import Note, find, notes, places
from ftschema.core import codes
from ftschema.core.errors import UnknownSubjectError
from ftschema.core.pointer import split
from ftschema.core.text import closest
from ftschema.generation.defects import catalogue
from ftschema.generation.placement import ANY
from ftschema.schemas.catalogue import DEFAULT, entry, names
from ftschema.schemas.phrases import keys, phrase
from ftschema.schemas.rules import MEANINGS, RULES
from ftschema.schemas.shape import Members
from ftschema.schemas.translate import pointer_from_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.analysis.diff import ContractDiff
    from ftschema.analysis.places import Place
    from ftschema.schemas.rules import Rule
    from ftschema.validation.contract import Contract

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@frozen
class Past:
    """One thing that a published specification changed at a place; see `ftschema.diff` for the words."""

    date: str
    code: str
    before: str
    after: str


@frozen(kw_only=True)
class Explanation:
    """What a contract says of a place, or what a code means in it.

    Attributes:
        subject: The place in the names of the contract, with `*` for any item of a list or any name in a map; or the
            code.
        kind: `place`; or of a code `keyword` (of JSON Schema), `rule` (of the lifecycle), `json` or `conversion`.
        contract: Name of the contract.
        about: What it is, in a sentence.
        asks: What the contract asks of it, each in a few words.
        severity: `error` or `warning`, of the problems with a code; None for a place.
        places: Where the contract asks for a keyword.
        since: The first published specification that has the place; None where none has it, and for a code.
        changes: What later ones changed there.
        why: What it rests on, each note with the place that it is about; the nearest first.
        right: Something that is accepted; None for the faults of a text, and where the contract asks nothing.
        wrong: Something that is refused, with the problem; None where nothing is.
    """

    subject: str
    kind: Literal["place", "keyword", "rule", "json", "conversion"]
    contract: str
    about: str
    asks: tuple[str, ...] = ()
    severity: Literal["error", "warning"] | None = None
    places: tuple[str, ...] = ()
    since: str | None = None
    changes: tuple[Past, ...] = ()
    why: tuple[Note, ...] = ()
    right: Example | None = None
    wrong: Example | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON data; what is given to show a fault of the text is null, as it may be none."""
        if self.kind == "json" and self.wrong:
            return asdict(evolve(self, wrong=evolve(self.wrong, given=None)))
        return asdict(self)


def explain(subject: str, contract: str | Contract = DEFAULT) -> Explanation:
    """Return what a contract says of a place, or what a code means in it.

    Args:
        subject: The code of a problem, or a JSON Pointer in the names of the contract, with an index or `*` for the
            items of a list, and any name or `*` for those of a map. The empty text is the whole job.
        contract: The contract that is asked.

    Raises:
        UnknownContractError: There is no such contract.
        UnknownSubjectError: No contract has such a place, or this one spells it otherwise; or there is no such code.
    """
    name = _contract(contract).name
    if not isinstance(subject, str):
        raise UnknownSubjectError(subject, name, None)
    rule = next((rule for rule in RULES if rule.id == subject), None)
    if rule:
        return _of_rule(name, rule)
    if subject in codes.KEYWORDS:
        return _of_keyword(name, subject)
    if subject in codes.JSON:
        wrong = wrong_json(name, subject)
        return Explanation(
            subject=subject, kind="json", contract=name, about=codes.JSON[subject], severity="error", wrong=wrong
        )
    if subject in codes.CONVERSION:
        about, wrong = codes.CONVERSION[subject], wrong_conversion(name)
        return Explanation(
            subject=subject, kind="conversion", contract=name, about=about, severity="error", wrong=wrong
        )
    if subject[:1] in {"", "/"}:
        place = find(name, subject)
        if place:
            return _of_place(name, place)
        # A name of the wire may have its own spelling here.
        place = find(name, pointer_from_wire(name, subject))
        if place:
            raise UnknownSubjectError(subject, name, place.pointer)
        declaring = {other: place.pointer for other in names() for place in _elsewhere(name, subject, other)}
        if declaring:
            return _undeclared(name, declaring)
    raise UnknownSubjectError(subject, name, _nearest(name, subject))


def _nearest(contract: str, subject: str) -> str | None:
    if subject.startswith("/"):
        return _nearest_place(contract, subject)
    return closest(subject, MEANINGS) or _nearest_place(contract, f"/{subject}")


def _nearest_place(contract: str, pointer: str) -> str | None:
    """Return the place that is spelled most like a pointer, or the uppermost whose last key is."""
    pointers = sorted(filter(None, places(contract)), key=lambda known: known.count("/"))
    uppermost = {known.rpartition("/")[2]: known for known in reversed(pointers)}
    key = closest(pointer.rpartition("/")[2], uppermost)
    return closest(pointer, pointers) or (uppermost[key] if key else None)


# ---------------------------------------------------------------- a place


def _of_place(contract: str, place: Place) -> Explanation:
    about = notes(contract, place.pointer, "description")
    since, changes = _history(place.wire)
    return Explanation(
        subject=place.pointer,
        kind="place",
        contract=contract,
        about=next(note.text for note in about if note.pointer == about[-1].pointer),
        asks=tuple(_asked(contract, place)),
        since=since,
        changes=changes,
        why=notes(contract, place.pointer, "$comment")[::-1],
        right=right_at(contract, place),
        wrong=wrong_at(contract, place),
    )


def _elsewhere(contract: str, pointer: str, other: str) -> Iterator[Place]:
    """Yield the place that a pointer of one contract is in another, where only that one declares it."""
    for place in places(other).values():
        here = pointer_from_wire(contract, place.wire)
        steps = zip_longest(split(here), split(pointer))
        if here not in places(contract) and all(known in {step, ANY} for known, step in steps):
            yield place


def _undeclared(contract: str, declaring: dict[str, str]) -> Explanation:
    """Return what is to say of a place that only other contracts declare: their sentence, and its history."""
    other, pointer = next(iter(declaring.items()))
    there = explain(pointer, other)
    asks = "anything, as of every key that this contract does not declare", f"declared by {', '.join(declaring)}"
    here = pointer_from_wire(contract, places(other)[pointer].wire)
    return evolve(there, subject=here, contract=contract, asks=asks, why=(), right=None, wrong=None)


def _asked(contract: str, place: Place) -> list[str]:
    spelling = entry(contract).spelling
    asked = [phrase(place.shape, spelling)]
    needs = {way.key in way.holder.required for way in place.ways if isinstance(way.holder, Members)}
    if needs:
        asked.append("required" if all(needs) else "required by some" if any(needs) else "optional")
    asked += [keys(form, spelling) for form in place.shape if isinstance(form, Members) and form.tag is None]
    return asked


def _dates() -> list[str]:
    return [name for name in names() if _DATE.fullmatch(name)]


@cache
def _changes(before: str, after: str) -> ContractDiff:
    return diff(before, after)


def _history(wire: str) -> tuple[str | None, tuple[Past, ...]]:
    """Return the first published specification that has a place of the wire, and what later ones changed there."""
    having = [date for date in _dates() if wire in places(date)]
    if not having:
        return None, ()
    changes = [
        Past(after, change.code, change.left, change.right)
        for before, after in pairwise(having)
        for change in _changes(before, after)
        if change.pointer == wire
    ]
    return having[0], tuple(changes)


# ---------------------------------------------------------------- a code


def _of_keyword(contract: str, keyword: str) -> Explanation:
    asking = dict.fromkeys(kind.pointer for kind in catalogue(contract) if kind.code == keyword)
    first = places(contract).get(next(iter(asking), "-"))
    return Explanation(
        subject=keyword,
        kind="keyword",
        contract=contract,
        about=codes.KEYWORDS[keyword],
        asks=() if first else ("this contract asks it of nothing",),
        severity="error",
        places=tuple(asking),
        right=right_at(contract, first) if first else None,
        wrong=wrong_by(contract, keyword),
    )


def _of_rule(contract: str, rule: Rule) -> Explanation:
    holds = rule.holds_for(contract)
    return Explanation(
        subject=rule.id,
        kind="rule",
        contract=contract,
        about=rule.requires,
        asks=("checked with lifecycle only" if holds else "not asked by this contract",),
        severity=rule.severity,
        why=(Note("", rule.evidence),),
        right=right_by_rule(contract, rule) if holds else None,
        wrong=wrong_by(contract, rule.id) if holds else None,
    )

"""Explain a location of a job, or the code of a problem, with examples.

Explanations are taken from the schemas, their comments and the table of lifecycle rules; the contract itself checks
the examples.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from attrs import evolve

from ftschema.analysis.diff import diff
from ftschema.analysis.examples import (
    ambiguous_key_example,
    invalid_at,
    invalid_by,
    invalid_json,
    unknown_key_example,
    valid_at,
    valid_by_rule,
)
from ftschema.analysis.explanation import Explanation, Note, Past
from ftschema.analysis.locations import find, lineage, locations
from ftschema.core import codes
from ftschema.core.errors import UnknownSubjectError
from ftschema.core.pointer import ROOT, split
from ftschema.core.text import closest
from ftschema.generation.defects import catalogue
from ftschema.schemas.catalogue import DEFAULT, entry, names, prefix
from ftschema.schemas.json_types import ANY_KEY, EnumType, Field, ObjectType
from ftschema.schemas.rules import MEANINGS, RULES
from ftschema.schemas.translate import pointer_from_wire
from ftschema.schemas.vocabulary import STATUS_WORDS
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.analysis.diff import ContractDiff
    from ftschema.analysis.locations import Location
    from ftschema.core.literals import ContractName
    from ftschema.schemas.rules import Rule
    from ftschema.validation.contract import Contract

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# How alike a key, or a string that is allowed somewhere, must be to be suggested (from 0 to 1).
_ALIKE = 0.8


def explain(subject: str, contract: ContractName | Contract[Any] = DEFAULT) -> Explanation:
    """Explain a location of a contract, or a problem code.

    Args:
        subject: The code of a problem, or a JSON Pointer in the names of the contract, with an index or `*` for the
            items of an array, and any key or `*` for those of a map. The empty string, and `(root)`, is the whole job.
            A pointer may be written as the fragment of a URI, `#/id`.
        contract: The contract, or its name.

    Raises:
        UnknownContractError: There is no such contract.
        UnknownSubjectError: There is no such code, or no such location in any contract, or the contract spells it
            differently.
    """
    name = _contract(contract).name
    if not isinstance(subject, str):
        raise UnknownSubjectError(subject, name, None)
    pointer = _pointer(subject)
    explanation = _of_code(name, subject) if pointer is None else _of_pointer(name, pointer)
    if explanation is None:
        raise UnknownSubjectError(subject, name, _suggestion(name, subject if pointer is None else pointer))
    return explanation


def _pointer(subject: str) -> str | None:
    """Return the JSON Pointer that a subject is; None for a code."""
    if subject == ROOT:
        return ""
    if subject.startswith("#"):
        # The fragment of a URI, as `problem_details` writes a pointer.
        subject = unquote(subject[1:])
    return subject if subject[:1] in {"", "/"} else None


def _of_code(contract: ContractName, code: str) -> Explanation | None:
    rule = next((rule for rule in RULES if rule.id == code), None)
    if rule:
        return _of_rule(contract, rule)
    if code in codes.KEYWORDS:
        return _of_keyword(contract, code)
    if code in codes.JSON:
        wrong = invalid_json(contract, code)
        return Explanation(
            subject=code, kind="json", contract=contract, about=codes.JSON[code], severity="error", wrong=wrong
        )
    if code in codes.CONVERSION:
        about, other = codes.CONVERSION[code], ambiguous_key_example(contract)
        return Explanation(
            subject=code, kind="conversion", contract=contract, about=about, severity="error", wrong=other
        )
    if code in codes.UNKNOWN:
        about, wrong = codes.UNKNOWN[code], unknown_key_example(contract)
        return Explanation(
            subject=code, kind="unknown", contract=contract, about=about, severity="warning", wrong=wrong
        )
    return None


def _of_pointer(contract: ContractName, pointer: str) -> Explanation | None:
    location = find(contract, pointer)
    if location:
        return _of_location(contract, location)
    # The contract may spell a name of the wire differently.
    location = find(contract, pointer_from_wire(contract, pointer))
    if location:
        raise UnknownSubjectError(pointer, contract, location.pointer)
    above, _, key = pointer.rpartition("/")
    parent = find(contract, above)
    if key == "extra" and parent and parent.is_object:
        return _of_extra(contract, parent)
    declaring = {
        other: found.pointer for other in names(contract) for found in _only_elsewhere(contract, pointer, other)
    }
    return _undeclared(contract, declaring) if declaring else None


def _suggestion(contract: ContractName, subject: str) -> str | None:
    """Return the code or pointer that is most like an unknown one, if any is like it."""
    pointers = sorted(filter(None, locations(contract)), key=lambda pointer: pointer.count("/"))
    near = closest(subject, tuple(pointers if subject.startswith("/") else MEANINGS))
    if near:
        return near
    # A key alone, or an allowed string such as a status, stands for the topmost location that has it.
    topmost: dict[str, str] = {}
    for pointer in pointers:
        types = locations(contract)[pointer].types
        values = [value for json_type in types if isinstance(json_type, EnumType) for value in json_type.values]
        words = [word for word, status in STATUS_WORDS.items() if status in values]
        for word in (split(pointer)[-1], *values, *words):
            topmost.setdefault(word, pointer)
    return topmost.get(closest(subject.rpartition("/")[2], tuple(topmost), _ALIKE) or "")


# ---------------------------------------------------------------- a location


def _of_location(contract: ContractName, location: Location) -> Explanation:
    line = lineage(contract, location)
    notes = [Note(above.pointer, comment) for above in line for comment in above.comments]
    since, changes = _history(contract, location.wire)
    return Explanation(
        subject=location.pointer,
        kind="place",
        contract=contract,
        about=next(above.description for above in reversed(line) if above.description),
        requirements=tuple(_requirements(contract, location)),
        since=since,
        changes=changes,
        why=tuple(reversed(notes)),
        right=valid_at(contract, location),
        wrong=invalid_at(contract, location),
    )


def _only_elsewhere(contract: ContractName, pointer: str, other: ContractName) -> Iterator[Location]:
    """Yield the location of another contract that a pointer leads to, if the first contract does not declare it."""
    for location in locations(other).values():
        here = pointer_from_wire(contract, location.wire)
        steps = zip_longest(split(here), split(pointer))
        if here not in locations(contract) and all(known in {step, ANY_KEY} for known, step in steps):
            yield location


def _undeclared(contract: ContractName, declaring: dict[ContractName, str]) -> Explanation:
    """Return the explanation of a location that only other contracts declare: their description and its history."""
    other, pointer = next(iter(declaring.items()))
    there = explain(pointer, other)
    requirements = "anything: this contract does not declare the key", f"declared by {', '.join(declaring)}"
    here = pointer_from_wire(contract, locations(other)[pointer].wire)
    return evolve(there, subject=here, contract=contract, requirements=requirements, why=(), right=None, wrong=None)


def _of_extra(contract: ContractName, parent: Location) -> Explanation:
    """Return the explanation of `extra`, a field of the classes that is not a key of payloads."""
    return Explanation(
        subject=f"{parent.pointer}/extra",
        kind="place",
        contract=contract,
        about="The keys that the contract does not declare: in a payload among the others, in an object in extra.",
        requirements=("anything",),
    )


def _requirements(contract: ContractName, location: Location) -> Iterator[str]:
    spelling = entry(contract).spelling
    types = location.types
    yield Field(types).describe(spelling)
    required = {access.required for access in location.accesses} - {None}
    if required:
        yield "required by some" if len(required) > 1 else "required" if True in required else "optional"
    for json_type in types:
        if isinstance(json_type, ObjectType) and json_type.tag is None:
            yield json_type.describe_keys(spelling)


def _dates(contract: ContractName) -> list[ContractName]:
    """Return the dated contracts of the same kind."""
    return [name for name in names(contract) if _DATE.fullmatch(name.removeprefix(prefix(name)))]


@cache
def _changes(before: ContractName, after: ContractName) -> ContractDiff:
    return diff(before, after)


def _history(contract: ContractName, wire: str) -> tuple[str | None, tuple[Past, ...]]:
    """Return the first published specification that has a location, and the changes that later ones made there."""
    having = [date for date in _dates(contract) if wire in locations(date)]
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


def _of_keyword(contract: ContractName, keyword: str) -> Explanation:
    pointers = dict.fromkeys(kind.pointer for kind in catalogue(contract) if kind.code == keyword)
    first = locations(contract).get(next(iter(pointers), "-"))
    return Explanation(
        subject=keyword,
        kind="keyword",
        contract=contract,
        about=codes.KEYWORDS[keyword],
        requirements=() if pointers else ("not used by this contract",),
        severity="error",
        places=tuple(pointers),
        right=valid_at(contract, first) if first else None,
        wrong=invalid_by(contract, keyword),
    )


def _of_rule(contract: ContractName, rule: Rule) -> Explanation:
    holds = rule.holds_for(contract)
    return Explanation(
        subject=rule.id,
        kind="rule",
        contract=contract,
        about=rule.requires,
        requirements=("checked only with lifecycle=True" if holds else "does not apply to this contract",),
        severity=rule.severity_for(contract),
        why=(Note("", rule.evidence),),
        right=valid_by_rule(contract, rule) if holds else None,
        wrong=invalid_by(contract, rule.id) if holds else None,
    )

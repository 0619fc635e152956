"""What a problem's message says beyond what was expected and found, and its repair where one is certain.

Advice is what a faulty value, or a missing key, was meant to be. It is certain only where nothing else can have been
meant; the rest is for people to judge. A repair is offered only when the contract accepts what it puts in place. Where
a key decides what else an object must hold, the whole object has to be accepted, so that no repair uncovers another
fault.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import frozen

from ftschema.core.pointer import join
from ftschema.core.text import LONGEST_WORD, closest, format_value, normalize, same_ignoring_case
from ftschema.schemas.catalogue import entry
from ftschema.schemas.paths import (
    SchemaPath,
    allowed,
    is_discriminated,
    keyword_value,
    known_keys,
    property_path,
    validator_at,
)
from ftschema.schemas.spelling import SPELLINGS, spelled, wire_name
from ftschema.schemas.times import parse_epoch, parse_iso8601
from ftschema.schemas.vocabulary import TIME_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ftschema.core.report import Operation
    from ftschema.schemas.times import ParsedTime

    _Suggestion: TypeAlias = tuple[str, tuple[Operation, ...] | None]

# In an object with more keys none is looked for, and no longer text is read; a job has about thirty keys.
_MOST_KEYS = 100
_LONGEST_TEXT = 200
_LIKE_A_WORD, _LIKE_A_KEY = 0.6, 0.8

# No more digits than a float keeps, and no zero in front, which some readers take for octal and some for text.
_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}|-?(?:0|[1-9][0-9]{0,6})\.[0-9]{1,8}")
_FLAGS: Final = {"true": True, "false": False}


@frozen
class Place:
    """What a contract allows where a faulty value stands.

    Attributes:
        name: The key that it stands at, in the wire's spelling; empty for an item of a list.
        types: The JSON types that are allowed.
        words: The strings that are allowed, where only some are.
    """

    name: str
    types: Collection[str]
    words: tuple[str, ...] = ()


@frozen
class Advice:
    """What can be told of a fault beyond what was expected and what was found.

    Attributes:
        seen: What the faulty value is, to be read after it.
        meant: What should stand there; `...` where that cannot be told.
        certain: Whether nothing else can have been meant.
    """

    seen: str = ""
    meant: Any = ...
    certain: bool = False


def advise(place: Place, value: object) -> Advice:
    """Return what a faulty value was meant to be."""
    if isinstance(value, str):
        text = value.strip() if len(value) <= _LONGEST_TEXT else ""
        return next((advice for reading in _READINGS if (advice := reading(place, text))), Advice())
    if isinstance(value, int | float) and place.name in TIME_KEYS:
        instant = parse_epoch(value)
        return _of_instant("as large as ", instant) if instant else Advice()
    if value is None and len(place.words) == 1 and {*place.types} == {"string"}:
        return Advice(meant=place.words[0], certain=True)
    return Advice()


def _same_word(place: Place, text: str) -> Advice | None:
    word = same_ignoring_case(text, place.words)
    return Advice(meant=word, certain=True) if word else None


def _number(place: Place, text: str) -> Advice | None:
    if {"integer", "number"}.isdisjoint(place.types) or not _NUMBER.fullmatch(text):
        return None
    number = json.loads(text)
    instant = parse_epoch(number) if place.name in TIME_KEYS else None
    return (
        _of_instant("in quotes and as large as ", instant) if instant else Advice(", a number in quotes", number, True)
    )


def _flag(place: Place, text: str) -> Advice | None:
    if "boolean" not in place.types or text.lower() not in _FLAGS:
        return None
    return Advice(", a boolean in quotes", _FLAGS[text.lower()], certain=True)


def _null(place: Place, text: str) -> Advice | None:
    return Advice(", null in quotes", None, certain=True) if "null" in place.types and text == "null" else None


def _time(place: Place, text: str) -> Advice | None:
    instant = parse_iso8601(text) if place.name in TIME_KEYS else None
    return _of_instant("", instant) if instant else None


def _document(place: Place, text: str) -> Advice | None:
    looks_like_one = text[:1] + text[-1:] in {"{}", "[]"}
    return Advice(", JSON in quotes") if looks_like_one and not {"object", "array"}.isdisjoint(place.types) else None


def _near_word(place: Place, text: str) -> Advice | None:
    word = _closest(text, place.words, _LIKE_A_WORD)
    return Advice(meant=word) if word else None


# The ways to read a text, the surest first.
_READINGS: Final[tuple[Callable[[Place, str], Advice | None], ...]] = (
    _same_word,
    _number,
    _flag,
    _null,
    _time,
    _document,
    _near_word,
)


def _of_instant(before: str, instant: ParsedTime) -> Advice:
    seen = f", {before}{instant.notation}, not seconds since 1970"
    return Advice(seen) if instant.seconds is None else Advice(seen, instant.seconds, certain=True)


def _closest(word: str, known: tuple[str, ...], similarity: float) -> str | None:
    return closest(word.strip().lower(), known, similarity) if 0 < len(word) <= LONGEST_WORD else None


@cache
def _cores(name: str) -> frozenset[str]:
    return frozenset(normalize(spelled(name, spelling)) for spelling in SPELLINGS)


@frozen
class KeyAdvice:
    """The key that stands in the place of a missing one, and whether it is the same word in another spelling."""

    key: str
    certain: bool


def advise_key(name: str, key: str, keys: Collection[str], declared: Collection[str]) -> KeyAdvice | None:
    """Return the key of an object that stands in the place of one that is missing.

    Args:
        name: The missing key in the wire's spelling.
        key: The missing key.
        keys: Those that the object has.
        declared: Those that the contract knows there, which mean something else.
    """
    if len(keys) > _MOST_KEYS:
        return None
    strange = tuple(other for other in keys if other not in declared and len(other) <= LONGEST_WORD)
    if not strange:
        return None
    cores = _cores(name)
    alike = [other for other in strange if normalize(other) in cores]
    if alike:
        return KeyAdvice(alike[0], certain=len(alike) == 1)
    near = _closest(key, strange, _LIKE_A_KEY)
    return KeyAdvice(near, certain=False) if near else None


_NOTHING: _Suggestion = ("", None)


# Without slots a frozen object is made in half the time.
@frozen(slots=False)
class Fault:
    """A place that does not meet its schema.

    Attributes:
        contract: Name of the contract.
        part: The part of a job that is checked; None for a whole job.
        path: Where it is in the payload.
        way: Where the keyword that is not met is in the schema.
        value: What stands there.
        above: The object or array that it stands in.
        key: The key that is missing or faulty, where it is one.
    """

    contract: str
    part: str | None
    path: tuple[str | int, ...]
    way: SchemaPath
    value: Any
    above: Any
    key: str | None = None

    def accepts(self, way: SchemaPath, value: Any) -> bool:
        """Return whether a value may stand where a way leads."""
        return validator_at(self.contract, self.part, way)(value)

    def is_discriminated(self, way: SchemaPath) -> bool:
        """Return whether a key of the object where a way leads decides what else the object must hold."""
        return is_discriminated(self.contract, self.part, way)


def suggest(fault: Fault) -> _Suggestion:
    """Return what the message of a problem ends with, and its repair."""
    match fault.way[-1]:
        case "required":
            return _of_key(fault, str(fault.key))
        case "type" | "enum" | "const" | "maximum":
            return _of_value(fault)
    return _NOTHING


def _of_value(fault: Fault) -> _Suggestion:
    way, place = _place(fault.contract, fault.part, fault.way)
    advice = advise(place, fault.value)
    if advice.certain and not (fault.accepts(way, advice.meant) and _fits(fault, way, advice.meant)):
        return advice.seen, None
    repair = ({"op": "replace", "path": join(fault.path), "value": advice.meant},) if advice.certain else None
    return _said(advice), repair


@cache
def _place(contract: str, part: str | None, way: SchemaPath) -> tuple[SchemaPath, Place]:
    """Return the way to the place of a keyword, and what is allowed there."""
    way = property_path(way)
    key = str(way[-1]) if way[-2:-1] == ("properties",) else ""
    return way, Place(wire_name(key, entry(contract).spelling), *allowed(contract, part, way))


def _said(advice: Advice) -> str:
    return advice.seen + ("" if advice.meant is ... else f"; did you mean {format_value(advice.meant)}?")


def _fits(fault: Fault, way: SchemaPath, value: Any) -> bool:
    """Return whether the object above is accepted with a new value, where that value decides what else it holds."""
    above, last = way[:-2], way[-2:]
    if last[:1] != ("properties",) or not fault.is_discriminated(above):
        return True
    return fault.accepts(property_path(above), fault.above | {last[1]: value})


def _of_key(fault: Fault, key: str) -> _Suggestion:
    ground = fault.way[:-1]
    target = (*ground, "properties", key)
    name = wire_name(key, entry(fault.contract).spelling)
    advice = advise_key(name, key, fault.value, known_keys(fault.contract, fault.part, ground))
    if advice is None:
        return _of_only_value(fault, key, target)
    said = f", but with {format_value(advice.key)}"
    if not advice.certain or not fault.accepts(target, fault.value[advice.key]):
        return said, None
    if fault.is_discriminated(ground):
        renamed = {(key if other == advice.key else other): member for other, member in fault.value.items()}
        if not fault.accepts(property_path(ground), renamed):
            return said, None
    return said, ({"op": "move", "from": join([*fault.path, advice.key]), "path": join([*fault.path, key])},)


def _of_only_value(fault: Fault, key: str, target: SchemaPath) -> _Suggestion:
    """Return what is said of a key that can have one value only, which is certain where no other key is missing."""
    required, _ = keyword_value(fault.contract, fault.part, fault.way)
    types, words = allowed(fault.contract, fault.part, target)
    if types != ("string",) or len(words) != 1 or sum(other not in fault.value for other in required) > 1:
        return _NOTHING
    addition = {"op": "add", "path": join([*fault.path, key]), "value": words[0]}
    return f"; it can only be {format_value(words[0])}", (addition,)

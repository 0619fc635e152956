"""Suggest what faulty values were meant to be: "did you mean …?", and automatic repairs.

A suggestion is certain only if nothing else can have been meant; only then is there a repair, and only if the contract
accepts the repaired value. Where one key decides which others an object must have, it must accept the whole object, so
that no repair reveals another error.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from attrs import field, frozen

from ftschema.core.absent import ABSENT
from ftschema.core.pointer import join
from ftschema.core.report import MOST_PROBLEMS, Problem, fitting
from ftschema.core.text import LONGEST_WORD, abridged, closest, format_value, normalize, same_ignoring_case
from ftschema.core.times import parse_epoch, parse_iso8601
from ftschema.schemas.catalogue import entry
from ftschema.schemas.paths import (
    Keyword,
    SchemaPath,
    allowed,
    is_discriminated,
    known_keys,
    property_path,
    required_keys,
    validator_at,
)
from ftschema.schemas.spelling import SPELLINGS, spelled, wire_name
from ftschema.schemas.translate import undeclared
from ftschema.schemas.vocabulary import STATUS_WORDS, STATUSES, TIME_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ftschema.core.literals import ContractName
    from ftschema.core.report import Operation
    from ftschema.core.times import ParsedTime

    _Advice: TypeAlias = tuple[str, tuple[Operation, ...] | None]
    _Reading: TypeAlias = Callable[["Allowed", str], "Suggestion | None"]

# An object with more keys is not searched for a misspelled one, and a longer text is not parsed; a job has about thirty
# keys.
_MOST_KEYS = 100
_LONGEST_TEXT = 200
_SIMILAR_WORD, _SIMILAR_KEY, _SIMILAR_STATUS, _SIMILAR_UNKNOWN = 0.6, 0.8, 0.7, 0.7

# No more digits than a float keeps, and no leading zero, which some parsers take for octal and some for text.
_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}|-?(?:0|[1-9][0-9]{0,6})\.[0-9]{1,8}")
_BOOLEANS: Final = {"true": True, "false": False}


@frozen
class Allowed:
    """The types and strings that a contract allows at a location.

    Attributes:
        name: The key of the location in the wire's spelling; empty for an item of an array.
        types: The JSON types that are allowed.
        strings: The strings that are allowed, if only some are.
        readings: The ways to read a text that may give a value that is allowed, the most certain first.
    """

    name: str
    types: Collection[str]
    strings: tuple[str, ...] = ()
    readings: tuple[_Reading, ...] = field(init=False, eq=False, repr=False)

    @readings.default
    def _readings(self) -> tuple[_Reading, ...]:
        """Return the readings that are possible, because trying all takes as long as the rest of a problem."""
        is_status, is_number = self.name == "status", not {"integer", "number"}.isdisjoint(self.types)
        possible = (
            (bool(self.strings), _same_word),
            (is_number, _number),
            ("boolean" in self.types, _boolean),
            ("null" in self.types, _null),
            (self.name in TIME_KEYS, _time),
            (not {"object", "array"}.isdisjoint(self.types), _document),
            (is_status, _status_of_others),
            (is_status, _status),
            (bool(self.strings), _similar_word),
        )
        return tuple(read for is_possible, read in possible if is_possible)


@frozen
class Suggestion:
    """The value that a faulty one was probably meant to be.

    Attributes:
        note: What the faulty value is; it follows the value in the message.
        value: The intended value; `ABSENT` if it is unknown.
        certain: Whether nothing else can have been meant.
    """

    note: str = ""
    value: Any = ABSENT
    certain: bool = False


_NO_SUGGESTION: Final = Suggestion()


def suggest_value(allowed: Allowed, value: object) -> Suggestion:
    """Return the suggestion for a faulty value."""
    if isinstance(value, str):
        text = value.strip() if len(value) <= _LONGEST_TEXT else ""
        for read in allowed.readings:
            if suggestion := read(allowed, text):
                return suggestion
    elif value is None:
        if len(allowed.strings) == 1 and {*allowed.types} == {"string"}:
            return Suggestion(value=allowed.strings[0], certain=True)
    elif allowed.name in TIME_KEYS and isinstance(value, int | float) and (time := parse_epoch(value)):
        return _of_time("as large as ", time)
    return _NO_SUGGESTION


def _same_word(allowed: Allowed, text: str) -> Suggestion | None:
    word = same_ignoring_case(text, allowed.strings)
    return Suggestion(value=word, certain=True) if word else None


def _number(allowed: Allowed, text: str) -> Suggestion | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = json.loads(text)
    time = parse_epoch(number) if allowed.name in TIME_KEYS else None
    return _of_time("in quotes and as large as ", time) if time else Suggestion(", a number in quotes", number, True)


def _boolean(_: Allowed, text: str) -> Suggestion | None:
    value = _BOOLEANS.get(text.lower())
    return None if value is None else Suggestion(", a boolean in quotes", value, certain=True)


def _null(_: Allowed, text: str) -> Suggestion | None:
    return Suggestion(", null in quotes", None, certain=True) if text == "null" else None


def _time(_: Allowed, text: str) -> Suggestion | None:
    time = parse_iso8601(text)
    return _of_time("", time) if time else None


def _document(_: Allowed, text: str) -> Suggestion | None:
    return Suggestion(", JSON in quotes") if text[:1] + text[-1:] in {"{}", "[]"} else None


def _status_of_others(_: Allowed, text: str) -> Suggestion | None:
    # It is not misspelled: a hint names the contract that allows it.
    return _NO_SUGGESTION if text in STATUSES else None


def _status(allowed: Allowed, text: str) -> Suggestion | None:
    words = _status_words(allowed.strings)
    near = _closest(normalize(text), tuple(words), _SIMILAR_STATUS)
    return Suggestion(value=words[near]) if near else None


@cache
def _status_words(statuses: tuple[str, ...]) -> dict[str, str]:
    words = {normalize(word): word for word in statuses}
    return words | {word: status for word, status in STATUS_WORDS.items() if status in statuses}


def _similar_word(allowed: Allowed, text: str) -> Suggestion | None:
    word = _closest(text, allowed.strings, _SIMILAR_WORD)
    return Suggestion(value=word) if word else None


def _of_time(before: str, time: ParsedTime) -> Suggestion:
    note = f", {before}{time.notation}, not seconds since 1970"
    return Suggestion(note) if time.seconds is None else Suggestion(note, time.seconds, certain=True)


def _closest(word: str, known: tuple[str, ...], similarity: float) -> str | None:
    return closest(word.strip().lower(), known, similarity) if 0 < len(word) <= LONGEST_WORD else None


@cache
def _normalized_spellings(name: str) -> frozenset[str]:
    return frozenset(normalize(spelled(name, spelling)) for spelling in SPELLINGS)


@frozen
class KeySuggestion:
    """The key that an object has instead of a missing one; it is certain if only the spelling differs."""

    key: str
    certain: bool


def suggest_key(name: str, key: str, keys: Collection[str], known: Collection[str]) -> KeySuggestion | None:
    """Return the key that an object has instead of a missing one.

    Args:
        name: The missing key in the wire's spelling.
        key: The missing key.
        keys: The keys of the object.
        known: The keys that the contract knows there, which mean something else.
    """
    if len(keys) > _MOST_KEYS:
        return None
    unknown = tuple(other for other in keys if other not in known and len(other) <= LONGEST_WORD)
    if not unknown:
        return None
    spellings = _normalized_spellings(name)
    same = [other for other in unknown if normalize(other) in spellings]
    if same:
        return KeySuggestion(same[0], certain=len(same) == 1)
    similar = _closest(key, unknown, _SIMILAR_KEY)
    return KeySuggestion(similar, certain=False) if similar else None


_NOTHING: _Advice = ("", None)


# A struct, because it is made in a sixth of the time of an attrs class.
class Violation(msgspec.Struct, gc=False):
    """A value that violates a keyword of the schema.

    Attributes:
        path: The path of the value in the payload.
        keyword: The keyword.
        value: The value.
        parent: The object or array that has the value; None for the whole payload.
        key: The key that is missing or faulty, if it is one.
        problem: Its problem, if that is known already; then the parent may be unknown.
    """

    path: tuple[str | int, ...]
    keyword: Keyword
    value: Any
    parent: Any = None
    key: str | None = None
    problem: Problem | None = None

    def accepts(self, path: SchemaPath, value: Any) -> bool:
        """Return whether the schema at a path accepts a value."""
        return validator_at(self.keyword.contract, self.keyword.part, path)(value)

    def is_discriminated(self, path: SchemaPath) -> bool:
        """Return whether a key of the object at a schema path decides which others it must have."""
        return is_discriminated(self.keyword.contract, self.keyword.part, path)

    def known_keys(self, path: SchemaPath) -> Collection[str]:
        """Return the keys that the contract declares for the object at a schema path."""
        return known_keys(self.keyword.contract, self.keyword.part, path)


def advise(violation: Violation) -> _Advice:
    """Return the end of the message about a violation, and its repair."""
    match violation.keyword.code:
        case "required":
            return _of_key(violation, str(violation.key))
        case "type" | "enum" | "const" | "maximum":
            return _of_value(violation)
        case "additionalProperties":
            return _of_unknown_key(violation)
    return _NOTHING


def _of_value(violation: Violation) -> _Advice:
    path, allowed_there = _allowed_at(violation.keyword)
    suggestion = suggest_value(allowed_there, violation.value)
    if suggestion is _NO_SUGGESTION:
        return _NOTHING
    value = suggestion.value
    if not suggestion.certain:
        return suggestion.note + _did_you_mean(value), None
    if not (violation.accepts(path, value) and _parent_accepts(violation, path, value)):
        return suggestion.note, None
    repair = {"op": "replace", "path": join(violation.path), "value": value}
    return suggestion.note + _did_you_mean(value), (repair,)


def _did_you_mean(value: Any) -> str:
    return "" if value is ABSENT else f"; did you mean {format_value(value)}?"


@cache
def _allowed_at(keyword: Keyword) -> tuple[SchemaPath, Allowed]:
    """Return the schema path of the location of a keyword, and what is allowed there."""
    path = property_path(keyword.path)
    key = str(path[-1]) if path[-2:-1] == ("properties",) else ""
    name = wire_name(key, entry(keyword.contract).spelling)
    return path, Allowed(name, *allowed(keyword.contract, keyword.part, path))


def _parent_accepts(violation: Violation, path: SchemaPath, value: Any) -> bool:
    """Return whether the parent is valid with a new value, if that value decides which keys the parent must have."""
    parent, last = path[:-2], path[-2:]
    if last[:1] != ("properties",) or not violation.is_discriminated(parent):
        return True
    return violation.accepts(property_path(parent), violation.parent | {last[1]: value})


def _of_key(violation: Violation, key: str) -> _Advice:
    path = violation.keyword.path[:-1]
    target = (*path, "properties", key)
    members = violation.value
    name = wire_name(key, entry(violation.keyword.contract).spelling)
    suggestion = suggest_key(name, key, members, violation.known_keys(path))
    if suggestion is None:
        return _of_only_value(violation, key, target)
    note = f", found {format_value(suggestion.key)} instead"
    if not suggestion.certain or not violation.accepts(target, members[suggestion.key]):
        return note, None
    if violation.is_discriminated(path):
        renamed = {(key if other == suggestion.key else other): member for other, member in members.items()}
        if not violation.accepts(property_path(path), renamed):
            return note, None
    old, new = (join([*violation.path, name]) for name in (suggestion.key, key))
    return note, ({"op": "move", "from": old, "path": new},)


def _of_unknown_key(violation: Violation) -> _Advice:
    """Return the advice for a key that its object does not allow: the declared key that was perhaps meant."""
    keyword, members = violation.keyword, violation.parent
    path, key = keyword.path[:-1], str(violation.path[-1])
    known = violation.known_keys(path)
    if len(members) > _MOST_KEYS:
        return _NOTHING
    lacking = {normalize(name): name for name in known if name not in members}
    meant = lacking.get(_closest(normalize(key), tuple(lacking), _SIMILAR_UNKNOWN) or "")
    if meant is None:
        below = _place_below(keyword.contract, keyword.part, path, normalize(key))
        return _did_you_mean(join([*violation.path[:-1], *below]) if below else ABSENT), None
    others = [other for other in members if other not in known and normalize(other) == normalize(meant)]
    certain = (
        others == [key]
        # What is said of a missing key repairs it.
        and meant not in required_keys(keyword.contract, keyword.part, path)
        and violation.accepts((*path, "properties", meant), violation.value)
    )
    old, new = (join([*violation.path[:-1], name]) for name in (key, meant))
    return _did_you_mean(meant), ({"op": "move", "from": old, "path": new},) if certain else None


@cache
def _place_below(contract: ContractName, part: str | None, path: SchemaPath, key: str) -> tuple[str, str] | None:
    """Return the key of the object at a path, and the key inside, where a key belongs that is one level too high."""
    for name in sorted(known_keys(contract, part, path)):
        for inner in known_keys(contract, part, (*path, "properties", name)):
            if normalize(inner) == key:
                return name, inner
    return None


def _of_only_value(violation: Violation, key: str, target: SchemaPath) -> _Advice:
    """Return the advice for a key with one valid value; it is certain if no other key is missing."""
    keyword = violation.keyword
    types, strings = allowed(keyword.contract, keyword.part, target)
    if types != ("string",) or len(strings) != 1 or sum(other not in violation.value for other in keyword.value) > 1:
        return _NOTHING
    addition = {"op": "add", "path": join([*violation.path, key]), "value": strings[0]}
    return f"; its only valid value is {format_value(strings[0])}", (addition,)


def unknown_keys(contract: ContractName, payload: dict[str, Any]) -> tuple[list[Problem], int]:
    """Return a warning for each key that a contract does not declare, and the number of those left out.

    `$schema`, which names the schema for an editor, is not a key of the job.
    """
    found = [(path, lacking) for path, lacking in undeclared(contract, payload) if path != ("$schema",)]
    warnings = fitting(_warning(path, str(path[-1]), lacking) for path, lacking in found[:MOST_PROBLEMS])
    return warnings, len(found) - len(warnings)


def _warning(path: tuple[str | int, ...], key: str, lacking: Sequence[str]) -> Problem:
    meant = _meant(key, lacking)
    message = f"unknown key {format_value(key)}{f'; did you mean {format_value(meant)}?' if meant else ''}"
    return Problem(join(path), "unknown-key", message, "warning", expected=meant, found=abridged(key))


def _meant(key: str, lacking: Sequence[str]) -> str | None:
    """Return the declared key, of those that the object lacks, that was probably meant."""
    bare = normalize(key)
    words = {normalize(name): name for name in lacking}
    return words.get(closest(bare, tuple(words), _SIMILAR_UNKNOWN) or "")

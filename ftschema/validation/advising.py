"""What a faulty value, or a missing key, was meant to be.

Advice is certain only where nothing else can have been meant; the rest is for people to judge.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from ftschema.core.likeness import LONGEST_WORD, core, nearest, same
from ftschema.schemas.spelling import SPELLINGS, spelled
from ftschema.schemas.times import TIMES, in_other_unit, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ftschema.schemas.times import Instant

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
    if isinstance(value, int | float) and place.name in TIMES:
        instant = in_other_unit(value)
        return _of_instant("as large as ", instant) if instant else Advice()
    if value is None and len(place.words) == 1 and {*place.types} == {"string"}:
        return Advice(meant=place.words[0], certain=True)
    return Advice()


def _same_word(place: Place, text: str) -> Advice | None:
    word = same(text, place.words)
    return Advice(meant=word, certain=True) if word else None


def _number(place: Place, text: str) -> Advice | None:
    if {"integer", "number"}.isdisjoint(place.types) or not _NUMBER.fullmatch(text):
        return None
    number = json.loads(text)
    instant = in_other_unit(number) if place.name in TIMES else None
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
    instant = in_words(text) if place.name in TIMES else None
    return _of_instant("", instant) if instant else None


def _document(place: Place, text: str) -> Advice | None:
    looks_like_one = text[:1] + text[-1:] in {"{}", "[]"}
    return Advice(", JSON in quotes") if looks_like_one and not {"object", "array"}.isdisjoint(place.types) else None


def _near_word(place: Place, text: str) -> Advice | None:
    word = nearest(text, place.words, _LIKE_A_WORD)
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


def _of_instant(before: str, instant: Instant) -> Advice:
    seen = f", {before}{instant.form}, not seconds since 1970"
    return Advice(seen) if instant.seconds is None else Advice(seen, instant.seconds, certain=True)


@cache
def _cores(name: str) -> frozenset[str]:
    return frozenset(core(spelled(name, spelling)) for spelling in SPELLINGS)


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
    alike = [other for other in strange if core(other) in cores]
    if alike:
        return KeyAdvice(alike[0], certain=len(alike) == 1)
    near = nearest(key, strange, _LIKE_A_KEY)
    return KeyAdvice(near, certain=False) if near else None

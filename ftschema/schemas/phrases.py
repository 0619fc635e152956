"""JSON types and limits in words, as messages, `explain` and `diff` print them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ftschema.core.readonly import ReadOnlyDict, ReadOnlyList
from ftschema.core.text import format_value, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftschema.schemas.json_types import JsonType

TYPE_NAMES: Final = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
"""The names of JSON Schema types, each with its article."""


def one_of(values: Iterable[Any], types: Iterable[str] = ()) -> dict[str, Any]:
    """Return as data what a problem expects: one of some values, or any value of some JSON types."""
    return ReadOnlyDict(values=ReadOnlyList(values), types=ReadOnlyList(types))


LIMITS: Final = {
    "minimum": ("at least", ""),
    "exclusiveMinimum": ("more than", ""),
    "maximum": ("at most", ""),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minProperties": ("at least", "key"),
    "maxProperties": ("at most", "key"),
}
"""The keywords that limit a value, each with words for the limit, and what it counts."""

LENGTHS: Final = frozenset(keyword for keyword, (_, noun) in LIMITS.items() if noun)
"""The keywords that limit how many items, keys or characters there are."""


def limit(keyword: str, value: float | None) -> str:
    """Return a limit in words, or its absence: `at least 1`, `at most 16 keys`, `any number of keys`."""
    words, noun = LIMITS[keyword]
    if value is None:
        return f"any number of {noun}s" if noun else f"no {'upper' if words == 'at most' else 'lower'} limit"
    return f"{words} {plural(int(value), noun) if noun else format_value(value)}"


def with_limits(noun: str, limits: Mapping[str, float]) -> str:
    """Return a noun with limits, given by keyword: `an integer of at least 1 and at most 50`."""
    texts = [limit(keyword, value) for keyword, value in limits.items()]
    return f"{noun} of {' and '.join(texts)}" if texts else noun


def any_of(texts: Iterable[str]) -> str:
    """Return different texts as "a", "a or b", "a, b or c"."""
    *others, last = dict.fromkeys(texts)
    return f"{', '.join(others)} or {last}" if others else last


def type_names(types: Iterable[JsonType]) -> str:
    """Return the names of the JSON types of some types: `integer, string or null`."""
    names = {name for json_type in types for name in json_type.json_types}
    if names >= TYPE_NAMES.keys():
        return "anything"
    if "number" in names:
        names.remove("integer")
    return any_of(sorted(names, key=lambda name: (name == "null", name)))

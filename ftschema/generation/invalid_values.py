"""Every way to break a place: values that it must refuse, with the keyword that refuses them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ftschema.schemas.shape import Anything, Flag, Form, Items, Members, Null, Number, Pairs, Shape, Text, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

# One value of each JSON type, and what it looks like to a reader of the label. 0.5 is no integer, and "3" no number.
_SAMPLES: tuple[tuple[str, Any], ...] = (
    ("null", None),
    ("boolean", True),
    ("integer", 3),
    ("number", 0.5),
    ("string", "3"),
    ("array", []),
    ("object", {}),
)
_TYPES = {
    Null: "null",
    Flag: "boolean",
    Words: "string",
    Text: "string",
    Items: "array",
    Pairs: "object",
    Members: "object",
}
_NEIGHBOURS = ("supervised", "running")
_FAR = 10**9


@frozen
class Wrong:
    """A value that a place refuses, the code of the problem, and what is wrong where the value does not show it."""

    value: Any
    code: str
    said: str = ""


def wrong_values(shape: Shape, *, is_tag: bool = False) -> Iterator[Wrong]:
    """Yield what a place of this shape refuses.

    Args:
        shape: What the place may hold.
        is_tag: Whether it is the `type` that tells the parts of a union apart: one word here, an enum in the schema.
    """
    if any(isinstance(form, Anything) for form in shape):
        return
    allowed = {name for form in shape for name in json_types(form)}
    yield from (Wrong(sample, "type") for name, sample in _SAMPLES if name not in allowed)
    numeric = any(isinstance(form, Number) for form in shape)
    for form in shape:
        if isinstance(form, Words):
            keyword = "enum" if is_tag else form.keyword
            yield from (Wrong(word, keyword) for word in _wrong_words(form.words, numeric=numeric))
        yield from _wrong_for(form)


def json_types(form: Form) -> tuple[str, ...]:
    """Return the JSON types that a form takes, but for `Anything`."""
    if isinstance(form, Number):
        return ("integer",) if form.whole else ("integer", "number")
    return (_TYPES[type(form)],)


def _wrong_words(words: tuple[str, ...], *, numeric: bool) -> Iterator[str]:
    """Yield typos, the wrong case, another place's word, and where numbers may stand too, one as a string."""
    yield from (f"{words[0]}x", words[0].upper(), f"{words[-1]} ", "")
    yield next(word for word in _NEIGHBOURS if word not in words)
    if numeric:
        yield "3"


def _wrong_for(form: Form) -> Iterator[Wrong]:
    match form:
        case Number():
            yield from _wrong_numbers(form)
        case Text(longest) if longest is not None:
            yield Wrong("a" * (longest + 1), "maxLength", f"has {longest + 1:,} characters")
        case Items(fewest=fewest) if fewest:
            yield Wrong([], "minItems")
        case Pairs():
            yield from _wrong_pairs(form)
        case _:
            pass


def _wrong_numbers(form: Number) -> Iterator[Wrong]:
    if form.lowest is not None:
        yield from (Wrong(value, "minimum") for value in _outside(form, form.lowest, -1))
    if form.above is not None:
        yield from (Wrong(value, "exclusiveMinimum") for value in (form.above, -1, -_FAR))
    if form.highest is not None:
        yield from (Wrong(value, "maximum") for value in _outside(form, form.highest, 1))


def _outside(form: Number, bound: float, step: int) -> tuple[float, ...]:
    """Return the next whole number, one far away, and where fractions may stand, the next of those as well."""
    whole = (bound + step, bound + step * _FAR)
    return whole if form.whole else (*whole, math.nextafter(bound, math.inf * step))


def _wrong_pairs(form: Pairs) -> Iterator[Wrong]:
    if form.fewest:
        yield Wrong({}, "minProperties")
    if form.most is not None:
        pairs = {f"key {number}": "value" for number in range(form.most + 1)}
        yield Wrong(pairs, "maxProperties", f"has {form.most + 1:,} keys")
    if form.longest_key is not None:
        pairs = {"k" * (form.longest_key + 1): "value"}
        yield Wrong(pairs, "maxLength", f"has a key of {form.longest_key + 1:,} characters")

"""Every way to break a place: values that it must refuse, with the keyword that refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from ftschema.shape import Anything, Flag, Form, Items, Members, Null, Number, Pairs, Shape, Text, Words

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
_FAR = 10**9


@frozen
class Wrong:
    """A value that a place refuses, and the code of the problem."""

    value: Any
    code: str


def wrong_values(shape: Shape, *, is_tag: bool = False) -> Iterator[Wrong]:
    """Yield what a place of this shape refuses.

    Args:
        shape: What the place may hold.
        is_tag: Whether it is the `type` that tells the parts of a union apart: one word here, an enum in the schema.
    """
    if any(isinstance(form, Anything) for form in shape):
        return
    allowed = {name for form in shape for name in _types(form)}
    yield from (Wrong(sample, "type") for name, sample in _SAMPLES if name not in allowed)
    for form in shape:
        yield from _wrong_for(form, is_tag=is_tag)


def _types(form: Form) -> tuple[str, ...]:
    if isinstance(form, Number):
        return ("integer",) if form.whole else ("integer", "number")
    return (_TYPES[type(form)],)


def _wrong_for(form: Form, *, is_tag: bool) -> Iterator[Wrong]:
    match form:
        case Words(words, keyword):
            typos = (f"{words[0]}x", words[0].upper(), f"{words[-1]} ", "")
            yield from (Wrong(typo, "enum" if is_tag else keyword) for typo in typos)
        case Number():
            yield from _wrong_numbers(form)
        case Text(longest) if longest is not None:
            yield Wrong("a" * (longest + 1), "maxLength")
        case Items(fewest=fewest) if fewest:
            yield Wrong([], "minItems")
        case Pairs():
            yield from _wrong_pairs(form)
        case _:
            pass


def _wrong_numbers(form: Number) -> Iterator[Wrong]:
    if form.lowest is not None:
        yield from (Wrong(value, "minimum") for value in (form.lowest - 1, -_FAR))
    if form.above is not None:
        yield from (Wrong(value, "exclusiveMinimum") for value in (form.above, -1, -_FAR))
    if form.highest is not None:
        yield from (Wrong(value, "maximum") for value in (form.highest + 1, _FAR))


def _wrong_pairs(form: Pairs) -> Iterator[Wrong]:
    if form.fewest:
        yield Wrong({}, "minProperties")
    if form.most is not None:
        yield Wrong({f"key {number}": "value" for number in range(form.most + 1)}, "maxProperties")
    if form.longest_key is not None:
        yield Wrong({"k" * (form.longest_key + 1): "value"}, "maxLength")

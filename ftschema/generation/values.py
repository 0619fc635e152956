"""A value for any place of a payload, made of choices.

Both ways to draw a job, seeded and by Hypothesis, run this one description and differ in the source of choices only.
The first of every choice is the simplest, so that a source which always says 0 gives what one would write by hand.
Odd values take as many choices as plain ones, because an example shrinks to fewer choices before simpler ones.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ftschema.core.absent import ABSENT
from ftschema.generation import samples
from ftschema.jsontext.data import copied
from ftschema.schemas.catalogue import entry
from ftschema.schemas.shape import Anything, Flag, Items, Members, Null, Number, Pairs, Text, Words, rows
from ftschema.schemas.vocabulary import TIME_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ftschema.schemas.shape import Form, Shape

_T = TypeVar("_T")

Source: TypeAlias = "Callable[[int], int]"
"""What decides: it takes a number, and returns an integer from 0 up to, and not including, that number."""
Drawer: TypeAlias = "Callable[[Source], Any]"
"""What draws a value for a place."""


def simplest(_: int) -> int:
    """Return 0: the source of the simplest values."""
    return 0


def pick(options: Sequence[_T], source: Source) -> _T:
    """Return one of some options; where there is one only, nothing is decided."""
    return options[source(len(options))] if len(options) > 1 else options[0]


def weight(*forms: Form) -> int:
    """Return how often something stands among the choices: more often, the more there is to reach in it."""
    return sum(map(rows, forms)).bit_length()


@cache
def drawer(shape: Shape, key: str, contract: str, *, optional: bool = False) -> Drawer:
    """Return what draws a value for the place that a key of a contract names: one of its forms, then a value.

    The parts of a union are one choice together. Where the place may be absent, the first choice is that it is, which
    gives `ABSENT`.
    """
    parts = tuple(form for form in shape if isinstance(form, Members) and form.tag is not None)
    options: list[Drawer] = [lambda _: ABSENT] if optional else []
    for form in shape:
        if form not in parts:
            options += [form_drawer(form, key, contract)] * weight(form)
    if parts:
        union = [form_drawer(part, key, contract) for part in parts for _ in range(weight(part))]
        options += [_one_of(union)] * weight(*parts)
    return _one_of(options)


def _one_of(options: Sequence[Drawer]) -> Drawer:
    number = len(options)
    if len(set(options)) == 1:
        return options[0]
    return lambda source: options[source(number)](source)


@cache
def form_drawer(form: Form, key: str, contract: str) -> Drawer:
    """Return what draws a value of one form, for the place that a key of a contract names."""
    return _DRAWERS[type(form)](form, key, contract)


def _constant(value: Any) -> Drawer:
    return lambda _: value


def _null(_: Null, __: str, ___: str) -> Drawer:
    return _constant(None)


def _flag(_: Flag, __: str, ___: str) -> Drawer:
    return lambda source: bool(source(2))


def _words(form: Words, _: str, __: str) -> Drawer:
    words = form.words
    if len(words) == 1:
        return _constant(words[0])
    return lambda source: words[source(len(words))]


def _text(form: Text, key: str, contract: str) -> Drawer:
    make_id, vendor = samples.ID_KEYS.get(key), entry(contract).vendor
    if make_id:
        return lambda source: make_id(source(samples.IDS), vendor)
    texts = samples.TEXTS.get(key, samples.ANY_TEXT)
    number = len(texts)
    if form.longest is None:
        return lambda source: texts[source(number)]
    edge = "é" * form.longest

    def draw(source: Source) -> str:
        longest = _is_last(4, source)
        text = texts[source(number)]
        return edge if longest else text

    return draw


def _number(form: Number, key: str, _: str) -> Drawer:
    if not form.whole:
        lowest = 0.0 if form.above is None else form.above
        highest = 1_000.0 if form.highest is None else form.highest
        fractions = (1, 0.1, 2, 2.0, 1.8, highest, float(lowest) + 1e-6, 0.5)
        return lambda source: fractions[source(8)]
    if key in TIME_KEYS:
        return lambda source: samples.FIRST_TIME + source(samples.TIME_SPAN)
    start, span = samples.INTEGERS.get(key, (0, 10))
    if form.lowest is not None:
        start = max(start, int(form.lowest))
    if form.highest is not None:
        span = min(span, int(form.highest) - start + 1)
    odd = (
        start if form.lowest is None else int(form.lowest),
        start + span - 1 if form.highest is None else int(form.highest),
        float(start + 2),
        *form.besides,
    )

    def draw(source: Source) -> float:
        kind = source(3 + len(odd)) - 3
        plain = start + source(span)
        return plain if kind < 0 else odd[kind]

    return draw


def _is_last(number: int, source: Source) -> bool:
    """Return True once in so many times: the last choice is the odd one, and never what an example shrinks to."""
    return source(number) == number - 1


def _items(form: Items, key: str, contract: str) -> Drawer:
    draw_item = drawer(form.item, key, contract)
    fewest, most = form.fewest, form.fewest + 2 if form.most is None else form.most
    if most == fewest:
        return lambda source: [draw_item(source) for _ in range(fewest)]
    return lambda source: [draw_item(source) for _ in range(fewest + source(most - fewest + 1))]


def _pairs(form: Pairs, key: str, contract: str) -> Drawer:
    if key == "response_format":
        formats = samples.RESPONSE_FORMATS
        return lambda source: copied(formats[source(len(formats))])
    names = samples.NAMES.get(key, samples.ANY_TEXT)
    draw_value = drawer(form.value, "value", contract)
    longest_name = () if form.longest_key is None else ("k" * form.longest_key,)
    most_names = tuple(f"{names[0]} {number}" for number in range(form.most or 0))

    def draw(source: Source) -> dict[str, Any]:
        longest = longest_name and _is_last(4, source)
        most = most_names and _is_last(6, source)
        wanted = names[: form.fewest + source(4)]
        if longest:
            wanted = longest_name
        if most:
            wanted = most_names
        return {name: draw_value(source) for name in wanted}

    return draw


def _members(form: Members, _: str, contract: str) -> Drawer:
    drawers = [
        (key, drawer(shape, key, contract, optional=key not in form.required)) for key, shape in form.members.items()
    ]

    def draw(source: Source) -> dict[str, Any]:
        drawn: dict[str, Any] = {}
        for key, draw_member in drawers:
            value = draw_member(source)
            if value is not ABSENT:
                drawn[key] = value
        return with_later_key(drawn, source)

    return draw


def with_later_key(drawn: dict[str, Any], source: Source) -> dict[str, Any]:
    """Add, now and then, a key that the contract does not name."""
    if _is_last(4, source):
        name = samples.LATER_KEYS[source(len(samples.LATER_KEYS))]
        drawn[name] = _any_value(source)
    return drawn


def _any_value(source: Source) -> Any:
    return copied(samples.ANY_VALUES[source(len(samples.ANY_VALUES))])


def _anything(_: Anything, __: str, ___: str) -> Drawer:
    return _any_value


_DRAWERS: Mapping[type, Callable[[Any, str, str], Drawer]] = {
    Null: _null,
    Flag: _flag,
    Words: _words,
    Text: _text,
    Number: _number,
    Items: _items,
    Pairs: _pairs,
    Members: _members,
    Anything: _anything,
}

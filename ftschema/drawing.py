"""A value for any place of a payload, made of choices.

Both ways to draw a job, seeded and by Hypothesis, run this one description and differ in the source of choices only.
The first of every choice is the simplest, so that a source which always says 0 gives what one would write by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ftschema import samples
from ftschema.building import copied
from ftschema.part import ABSENT
from ftschema.shape import Anything, Flag, Form, Items, Members, Null, Number, Pairs, Text, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ftschema.shape import Choices


_T = TypeVar("_T")


class Source(Protocol):
    """What decides."""

    def below(self, number: int) -> int:
        """Return an integer from 0 up to, and not including, a number."""


class Simplest:
    """The source that always says 0."""

    def below(self, _: int) -> int:
        """Return 0."""
        return 0


def pick(options: Sequence[_T], source: Source) -> _T:
    """Return one of some options; where there is one only, nothing is decided."""
    return options[source.below(len(options))] if len(options) > 1 else options[0]


def draw_choice(choices: Choices, source: Source, key: str, contract: str, *, optional: bool = False) -> Any:
    """Draw a value for a place: one of its forms, then a value of that form.

    Where the place may be absent, the first choice is that it is, which gives `ABSENT`.
    """
    number = len(choices) + optional
    choice = (source.below(number) if number > 1 else 0) - optional
    if choice < 0:
        return ABSENT
    group = choices[choice]
    form = pick(group, source)
    return _DRAWERS[type(form)](form, source, key, contract)


def draw_form(form: Form, source: Source, key: str, contract: str) -> Any:
    """Draw a value of one form, for the place that a key of a contract names."""
    return _DRAWERS[type(form)](form, source, key, contract)


def _null(_: Null, __: Source, ___: str, ____: str) -> None:
    return None


def _flag(_: Flag, source: Source, __: str, ___: str) -> bool:
    return bool(source.below(2))


def _word(form: Words, source: Source, _: str, __: str) -> str:
    return pick(form.words, source)


def _text(form: Text, source: Source, key: str, contract: str) -> str:
    make_id = samples.ID_KEYS.get(key)
    if make_id:
        return make_id(source.below(samples.IDS), azure=contract == "azure")
    # Odd values take as many choices as plain ones: an example shrinks to fewer choices before simpler ones.
    longest = form.longest is not None and _is_last(4, source)
    texts = samples.TEXTS.get(key, samples.ANY_TEXT)
    text = pick(texts, source)
    return "é" * (form.longest or 0) if longest else text


def _number(form: Number, source: Source, key: str, _: str) -> float:
    if not form.whole:
        return _fraction(form, source)
    if key in samples.TIME_KEYS:
        return samples.FIRST_TIME + source.below(samples.TIME_SPAN)
    start, span = samples.INTEGERS.get(key, (0, 10))
    lowest = int(start if form.lowest is None else form.lowest)
    kind = source.below(8)
    plain = lowest + source.below(span if form.highest is None else min(10, int(form.highest) - lowest + 1))
    match kind:
        case 5:
            return lowest + span - 1 if form.highest is None else int(form.highest)
        case 6:
            return float(lowest + 2)
        case 7 if form.besides:
            return form.besides[0]
        case _:
            return plain


def _fraction(form: Number, source: Source) -> float:
    lowest = form.above if form.above is not None else 0
    highest = 1_000.0 if form.highest is None else form.highest
    return (1, 0.1, 2, 2.0, 1.8, highest, float(lowest) + 1e-6, 0.5)[source.below(8)]


def _is_last(number: int, source: Source) -> bool:
    """Return True once in so many times: the last choice is the odd one, and never what an example shrinks to."""
    return source.below(number) == number - 1


def draw_items(form: Items, source: Source, key: str, contract: str) -> list[Any]:
    """Draw a list."""
    most = form.fewest + 2 if form.most is None else form.most
    count = form.fewest + (source.below(most - form.fewest + 1) if most > form.fewest else 0)
    return [draw_choice(form.choices, source, key, contract) for _ in range(count)]


def _pairs(form: Pairs, source: Source, key: str, contract: str) -> dict[str, Any]:
    if key == "response_format":
        return dict(samples.RESPONSE_FORMATS[source.below(len(samples.RESPONSE_FORMATS))])
    names = samples.NAMES.get(key, samples.ANY_TEXT)
    longest = form.longest_key is not None and _is_last(4, source)
    most = form.most is not None and _is_last(6, source)
    wanted = list(names[: form.fewest + source.below(4)])
    if longest:
        wanted = ["k" * (form.longest_key or 0)]
    if most:
        wanted = [f"{names[0]} {number}" for number in range(form.most or 0)]
    return {name: draw_choice(form.choices, source, "value", contract) for name in wanted}


def draw_members(form: Members, source: Source, _: str, contract: str) -> dict[str, Any]:
    """Draw an object of known keys."""
    drawn: dict[str, Any] = {}
    for key, choices in form.choices.items():
        drawn[key] = draw_choice(choices, source, key, contract, optional=key not in form.required)
    present = {key: value for key, value in drawn.items() if value is not ABSENT}
    return with_later_key(present, source)


def with_later_key(drawn: dict[str, Any], source: Source) -> dict[str, Any]:
    """Add, now and then, a key that the contract does not name."""
    if _is_last(6, source):
        name = samples.LATER_KEYS[source.below(len(samples.LATER_KEYS))]
        drawn[name] = _anything(Anything(), source, name, "")
    return drawn


def _anything(_: Anything, source: Source, __: str, ___: str) -> Any:
    return copied(samples.ANY_VALUES[source.below(len(samples.ANY_VALUES))])


_DRAWERS: Mapping[type, Callable[[Any, Source, str, str], Any]] = {
    Null: _null,
    Flag: _flag,
    Words: _word,
    Text: _text,
    Number: _number,
    Items: draw_items,
    Pairs: _pairs,
    Members: draw_members,
    Anything: _anything,
}

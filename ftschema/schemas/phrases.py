"""What a place may hold, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftschema.core.text import count
from ftschema.schemas.shape import Flag, Form, Items, Members, Null, Number, Pairs, Shape, Text, Words
from ftschema.schemas.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftschema.schemas.spelling import Spelling


def phrase(shape: Shape, spelling: Spelling) -> str:
    """Return what a place of this shape may hold: `"auto", an integer of at least 1 or null`."""
    words = [f'"{word}"' for form in shape if isinstance(form, Words) for word in form.words]
    others = [_form(form, spelling) for form in shape if not isinstance(form, Words | Null)]
    null = ["null"] if any(isinstance(form, Null) for form in shape) else []
    *most, last = dict.fromkeys([*words, *others, *null])
    return f"{', '.join(most)} or {last}" if most else last


def keys(form: Members, spelling: Spelling) -> str:
    """Return the keys of an object, those that it must have first."""
    must = [spelled(key, spelling) for key in form.required]
    may = [spelled(key, spelling) for key in form.members if key not in form.required]
    said = [f"must have {', '.join(must)}"] if must else []
    said += [f"may have {', '.join(may)}"] if may else []
    return "; ".join(said)


def _form(form: Form, spelling: Spelling) -> str:  # noqa: PLR0911  # one a form
    match form:
        case Flag():
            return "true or false"
        case Text(longest):
            return _with("a string", [_most(longest, "character")])
        case Number():
            return _number(form)
        case Items():
            return _with("a list", [_least(form.fewest, "item"), _most(form.most, "item")])
        case Pairs():
            said = _with("a map", [_least(form.fewest, "key"), _most(form.most, "key")])
            return said if form.longest_key is None else f"{said}, each of {_most(form.longest_key, 'character')}"
        case Members(tag=None):
            return "an object"
        case Members(tag=tag):
            return f'an object with the {spelled("type", spelling)} "{tag}"'
        case _:
            return "anything"


def _number(form: Number) -> str:
    limits = (
        f"at least {form.lowest:,}" if form.lowest is not None else "",
        f"more than {form.above:,}" if form.above is not None else "",
        f"at most {form.highest:,}" if form.highest is not None else "",
    )
    return " or ".join([_with("an integer" if form.whole else "a number", limits), *map(str, form.besides)])


def _with(noun: str, limits: Iterable[str]) -> str:
    said = " and ".join(filter(None, limits))
    return f"{noun} of {said}" if said else noun


def _least(number: int, noun: str) -> str:
    return f"at least {count(number, noun)}" if number else ""


def _most(number: int | None, noun: str) -> str:
    return "" if number is None else f"at most {count(number, noun)}"

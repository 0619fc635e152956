"""What there is to reach in the jobs of a contract, and what a payload reaches of it.

A row is one thing to reach: the name of a part, a key of it, and what may be said of what lies there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from ftschema.schemas.shape import Flag, Form, Items, Members, Null, Number, Pairs, Shape, Text, Words, job_shape, parts
from ftschema.schemas.vocabulary import TIME_KEYS
from support.oracles.sdk_documents import in_wire_names

if TYPE_CHECKING:
    from collections.abc import Iterator

Row: TypeAlias = tuple[str, str, str]
Visit: TypeAlias = tuple[tuple[str, ...], Members, dict[str, Any]]


def rows(contract: str) -> set[Row]:
    """Return all that there is to reach in the jobs of a contract."""
    found: set[Row] = set()
    for name, part in parts(contract).items():
        found.add((name, "", "a later key"))
        for key, shape in part.members.items():
            found |= {(name, key, said) for form in shape for said in _possible(form, key)}
            if key not in part.required:
                found.add((name, key, "absent"))
    return found


def reached(contract: str, payload: dict[str, Any]) -> set[Row]:
    """Return what a payload of a contract reaches."""
    found: set[Row] = set()
    for _, part, value in visits(contract, payload):
        if not value.keys() <= part.members.keys():
            found.add((part.part, "", "a later key"))
        for key, shape in part.members.items():
            said = _shown(_form_of(value[key], shape), value[key]) if key in value else ("absent",)
            found |= {(part.part, key, one) for one in said}
    return found


def visits(contract: str, payload: dict[str, Any]) -> Iterator[Visit]:
    """Yield each object of known keys in a payload, in the names of the wire, with the parts that it is in."""
    return _visits(job_shape(contract), in_wire_names(contract, payload), ())


def _visits(form: Form, value: Any, above: tuple[str, ...]) -> Iterator[Visit]:
    match form:
        case Members():
            yield above, form, value
            for key, shape in form.members.items():
                if key in value:
                    yield from _visits(_form_of(value[key], shape), value[key], (*above, form.part))
        case Items(inside) | Pairs(inside):
            for item in value if isinstance(value, list) else value.values():
                yield from _visits(_form_of(item, inside), item, above)
        case _:
            pass


def _form_of(value: Any, shape: Shape) -> Form:
    return next(form for form in shape if _is_of(value, form))


def _is_of(value: Any, form: Form) -> bool:  # noqa: PLR0911  # one a form
    match form:
        case Null():
            return value is None
        case Flag():
            return isinstance(value, bool)
        case Words():
            return value in form.words
        case Text():
            return isinstance(value, str)
        case Number():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Items():
            return isinstance(value, list)
        case Members():
            return isinstance(value, dict) and (form.tag is None or value.get("type") == form.tag)
        case Pairs():
            return isinstance(value, dict)
        case _:
            return True


def _possible(form: Form, key: str) -> Iterator[str]:
    """Yield all that may be said of the values of a form."""
    match form:
        case Null():
            yield "null"
        case Flag():
            yield from ("false", "true")
        case Words(words):
            yield from map(json.dumps, words)
        case Text(longest):
            yield from ("text", "longest text") if longest else ("text",)
        case Number():
            yield from _numbers(form, key)
        case Items(inside, _, most):
            yield from ("fewest items", "more items", "most items") if most else ("fewest items", "more items")
            yield from (f"holds {said}" for inner in inside for said in _possible(inner, ""))
        case Pairs(inside, _, most, longest_name):
            yield from ("map", "fullest map") if most else ("map",)
            yield from ("longest name",) if longest_name else ()
            yield from (f"holds {said}" for inner in inside for said in _possible(inner, ""))
        case Members(part):
            yield part
        case _:
            # What a map holds is never drawn as null where it may be anything.
            yield from ("null", "anything") if key else ("anything",)


def _numbers(form: Number, key: str) -> Iterator[str]:
    yield "integer"
    if key in TIME_KEYS:
        # Times are drawn as servers send them: neither with a point nor before there were computers.
        return
    yield "whole float"
    if not form.whole:
        yield "fraction"
    bounds = {"lowest": form.lowest, "next to the lowest": form.above, "highest": form.highest}
    yield from (said for said, bound in bounds.items() if bound is not None)
    yield from map(str, form.besides)


def _shown(form: Form, value: Any) -> Iterator[str]:
    """Yield what may be said of a value of a form."""
    match form:
        case Null() | Flag() | Words():
            yield json.dumps(value)
        case Text(longest):
            yield "longest text" if len(value) == longest else "text"
        case Number():
            yield from _shown_of_number(form, value)
        case Items(inside, fewest, most):
            yield "fewest items" if len(value) == fewest else "most items" if len(value) == most else "more items"
            yield from (f"holds {said}" for item in value for said in _shown(_form_of(item, inside), item))
        case Pairs(inside, _, most, longest_name):
            yield "fullest map" if len(value) == most else "map"
            yield from ("longest name",) if any(len(name) == longest_name for name in value) else ()
            yield from (f"holds {said}" for item in value.values() for said in _shown(_form_of(item, inside), item))
        case Members(part):
            yield part
        case _:
            yield "null" if value is None else "anything"


def _shown_of_number(form: Number, value: float) -> Iterator[str]:
    if value in form.besides:
        yield str(value)
    elif isinstance(value, int):
        yield "integer"
    else:
        yield "whole float" if value.is_integer() else "fraction"
    if value == form.lowest:
        yield "lowest"
    if form.above is not None and value - form.above < 1e-5:
        yield "next to the lowest"
    if value == form.highest:
        yield "highest"

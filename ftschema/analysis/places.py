"""The places of a contract: where something may stand in a job, and what the schema says of it in prose."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.core.pointer import join, split
from ftschema.generation.placement import ANY, Route
from ftschema.schemas.paths import schema_of
from ftschema.schemas.shape import Form, Items, Members, Pairs, Shape, job_shape
from ftschema.schemas.translate import pointer_from_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@frozen
class Way:
    """One way to a place: by the forms on the route, and then by a key of the last of them, which holds it."""

    route: Route
    key: str | None
    shape: Shape
    holder: Form | None = None


@frozen
class Place:
    """Where something may stand in a job.

    Attributes:
        pointer: The place in the names of the contract, with `*` for any item of a list or any name in a map.
        wire: The same in the names of the wire.
        ways: The ways there; more than one, where the parts of a union have a key in common.
    """

    pointer: str
    wire: str
    ways: tuple[Way, ...] = field(repr=False)

    @property
    def shape(self) -> Shape:
        """What may stand there, whichever the way."""
        return tuple(dict.fromkeys(form for way in self.ways for form in way.shape))


@cache
def places(contract: str) -> dict[str, Place]:
    """Return the places of a contract by their pointers, in the order of the schema; the first is the job itself."""
    job = job_shape(contract)
    found: dict[str, list[Way]] = {"": [Way((), None, (job,))]}
    for pointer, way in _below(job, (), ""):
        found.setdefault(pointer, []).append(way)
    listed = [Place(pointer_from_wire(contract, pointer), pointer, tuple(ways)) for pointer, ways in found.items()]
    return {place.pointer: place for place in listed}


def _below(form: Form, route: Route, pointer: str) -> Iterator[tuple[str, Way]]:
    inside: Iterable[tuple[str, Shape]] = ()
    if isinstance(form, Members):
        inside = form.members.items()
    elif isinstance(form, Items | Pairs):
        inside = [(ANY, form.item if isinstance(form, Items) else form.value)]
    for key, shape in inside:
        place = pointer + join([key])
        yield place, Way(route, key, shape, form)
        for one in shape:
            yield from _below(one, (*route, (key, one)), place)


def find(contract: str, pointer: str) -> Place | None:
    """Return the place that a pointer leads to: `/result_files/0` and `/result_files/*` lead to the same."""
    known = places(contract)
    found = [known[""]]
    for step in split(pointer):
        tails = [(place, tail) for place in found for tail in _tails(place, step)]
        found = [known[place.pointer + tail] for place, tail in tails if place.pointer + tail in known]
    return found[0] if found else None


def _tails(place: Place, step: str) -> Iterator[str]:
    """Yield how the pointer of a place may go on for a step: by a key, an index or a name."""
    yield join([step])
    is_index = step.isdecimal() or step == ANY
    if any(isinstance(form, Pairs) or (isinstance(form, Items) and is_index) for form in place.shape):
        yield f"/{ANY}"


@frozen
class Note:
    """What the schema says in prose of one step on the way to a place."""

    pointer: str
    text: str


def notes(contract: str, pointer: str, word: str) -> tuple[Note, ...]:
    """Return what the schema's `description` or `$comment` says of a place and of each step on the way to it."""
    schema = schema_of(contract, None)
    nodes, found = [schema], _written(schema, [schema], word, "")
    path: list[str] = []
    for step in split(pointer):
        path.append(step)
        nodes = [inner for node in nodes for inner in _inside(schema, node, step)]
        found += _written(schema, nodes, word, join(path))
    return tuple(found)


def _written(schema: dict[str, Any], nodes: list[dict[str, Any]], word: str, pointer: str) -> list[Note]:
    texts = (applied.get(word) for node in nodes for applied in _applied(schema, node))
    return [Note(pointer, text) for text in dict.fromkeys(filter(None, texts))]


def _inside(schema: dict[str, Any], node: dict[str, Any], step: str) -> Iterator[dict[str, Any]]:
    """Yield the schemas of what lies below a key, or for `*` in a list or a map."""
    for applied in _applied(schema, node):
        candidates = (
            [applied.get("items"), applied.get("additionalProperties")]
            if step == ANY
            else [applied.get("properties", {}).get(step)]
        )
        yield from (inner for inner in candidates if isinstance(inner, dict))


def _applied(schema: dict[str, Any], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and all that it may apply to the same value, but for the conditions on it."""
    yield node
    if "$ref" in node:
        yield from _applied(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    for branch in (*node.get("allOf", ()), *(node[word] for word in ("then", "else") if word in node)):
        yield from _applied(schema, branch)

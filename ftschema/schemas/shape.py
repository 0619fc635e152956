"""What each place of a payload may hold, read off a contract's schema: the ground for drawing jobs and breaking them.

A place is described by its forms, each a way to be of one JSON type, the simplest first. The schemas keep to a few
patterns (type lists, `if` on a type, a dispatch on `type`); what fits none of them raises, so that a new pattern is not
drawn wrongly in silence.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import evolve, field, frozen

from ftschema.schemas.catalogue import entry, read_schema
from ftschema.schemas.spelling import wire_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftschema.schemas.spelling import Spelling


@frozen
class Null:
    """null."""


@frozen
class Flag:
    """true or false."""


@frozen
class Words:
    """One of a few strings; `keyword` is what the schema calls them, `enum` or `const`."""

    words: tuple[str, ...]
    keyword: str


@frozen
class Text:
    """Any string, up to a length."""

    longest: int | None = None


@frozen
class Number:
    """A number within bounds, whole or not; `besides` are numbers outside the bounds that are allowed all the same."""

    whole: bool
    lowest: float | None = None
    above: float | None = None
    highest: float | None = None
    besides: tuple[int, ...] = ()


@frozen
class Items:
    """A list."""

    item: Shape
    fewest: int = 0
    most: int | None = None


@frozen
class Pairs:
    """A map with keys of the caller's."""

    value: Shape
    fewest: int = 0
    most: int | None = None
    longest_key: int | None = None


@frozen
class Members:
    """An object of known keys; `part` is its name in the schema, `tag` the `type` that tells it from others.

    The keys are the wire's, in every contract.
    """

    part: str
    required: tuple[str, ...]
    members: dict[str, Shape] = field(hash=False)
    tag: str | None = None


@frozen
class Anything:
    """What the contract asks nothing of."""


Form: TypeAlias = Null | Flag | Words | Text | Number | Items | Pairs | Members | Anything
Shape: TypeAlias = tuple[Form, ...]

_JOB = "FineTuningJob"

_ANNOTATIONS = frozenset({"$comment", "$defs", "$id", "$schema", "description", "title"})
_READ = _ANNOTATIONS | {
    *("$ref", "type", "const", "enum", "allOf", "if", "then", "else", "maxLength", "minimum", "maximum"),
    *("exclusiveMinimum", "items", "minItems", "maxItems", "properties", "required", "additionalProperties"),
    *("propertyNames", "minProperties", "maxProperties"),
}


@cache
def rows(form: Form) -> int:
    """Return how many things there are to reach in a form: words, edges, and what lies below it."""
    below: Iterable[Form] = ()
    own = 1
    match form:
        case Words(words):
            own = len(words)
        case Text(longest):
            own = 1 + (longest is not None)
        case Number():
            own = 4 + len(form.besides)
        case Items(inside) | Pairs(inside):
            own, below = 3, inside
        case Members():
            shapes = form.members.values()
            own, below = 1 + len(shapes), chain(*shapes)
    return own + sum(map(rows, below))


@cache
def job_shape(contract: str) -> Members:
    """Return what a job may hold by a contract."""
    schema = read_schema(contract)
    [job] = _Reader(schema["$defs"], entry(contract).spelling).shape(schema, _JOB)
    if not isinstance(job, Members):
        raise TypeError(f"a job of {contract} is no object")
    return job


@cache
def parts(contract: str) -> dict[str, Members]:
    """Return every object of a job that has a class of its own, by name."""
    found: dict[str, Members] = {}
    waiting: list[Form] = [job_shape(contract)]
    while waiting:
        form = waiting.pop()
        if isinstance(form, Members) and form.part not in found:
            found[form.part] = form
            waiting += [inner for shape in form.members.values() for inner in shape]
        elif isinstance(form, Items):
            waiting += form.item
        elif isinstance(form, Pairs):
            waiting += form.value
    return found


@frozen
class _Reader:
    definitions: dict[str, Any]
    spelling: Spelling = "wire"

    def shape(self, schema: dict[str, Any], name: str) -> Shape:
        """Return the forms of a place that a schema describes."""
        if unread := schema.keys() - _READ:
            raise ValueError(f"cannot read {', '.join(sorted(unread))} in the schema of {name}")
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.shape(self.definitions[name], name)
        if "const" in schema:
            return (Words((schema["const"],), "const"),)
        if "type" not in schema:
            if asked := schema.keys() - _ANNOTATIONS:
                raise ValueError(f"cannot read {', '.join(sorted(asked))} without a type in the schema of {name}")
            return (Anything(),)
        types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        forms: list[Form] = []
        for json_type in types:
            forms += self._of_type(json_type, self._asked(schema, json_type), name)
        return tuple(sorted(forms, key=_simplicity))

    def _asked(self, schema: dict[str, Any], json_type: str) -> dict[str, Any]:
        """Return all that a schema asks of values of one JSON type, the conditions on the type resolved."""
        asked = {key: value for key, value in schema.items() if key not in {"if", "then", "else", "allOf", "type"}}
        for branch in (schema, *schema.get("allOf", ())):
            condition = branch.get("if")
            if condition is None or condition.get("required"):
                continue
            if condition == {"const": -1}:
                asked |= branch["else"] | {"besides": (-1,)}
            elif "type" in condition:
                chosen = branch.get("then" if condition["type"] == json_type else "else", {})
                asked |= self._asked(chosen, json_type)
            else:
                asked |= {"one": branch["then"], "map": branch["else"]}
        return asked

    def _of_type(self, json_type: str, asked: dict[str, Any], name: str) -> Shape:  # noqa: PLR0911  # one a JSON type
        match json_type:
            case "null":
                return (Null(),)
            case "boolean":
                return (Flag(),)
            case "string":
                for keyword in ("const", "enum"):
                    if keyword in asked:
                        words = asked[keyword] if keyword == "enum" else [asked[keyword]]
                        return (Words(tuple(words), keyword),)
                return (Text(asked.get("maxLength")),)
            case "integer" | "number":
                return (
                    Number(
                        json_type == "integer",
                        asked.get("minimum"),
                        asked.get("exclusiveMinimum"),
                        asked.get("maximum"),
                        asked.get("besides", ()),
                    ),
                )
            case "array":
                item = self.shape(asked["items"], name)
                return (Items(item, asked.get("minItems", 0), asked.get("maxItems")),)
            case "object":
                return self._of_object(asked, name)
        raise ValueError(f"no JSON type {json_type!r}")

    def _of_object(self, asked: dict[str, Any], name: str) -> Shape:
        if "$ref" in asked:
            return self.shape(asked, name)
        if "one" in asked:
            return (*self.shape(asked["one"], name), self._pairs(asked["map"], name))
        if "additionalProperties" in asked:
            return (self._pairs(asked, name),)
        if "properties" not in asked:
            return (Pairs((Anything(),)),)
        members = {self._wire(key): self.shape(member, name) for key, member in asked["properties"].items()}
        branches = self.definitions.get(name, {}).get("allOf", ())
        if branches:
            return tuple(self._branch(branch) for branch in branches)
        return (Members(name, tuple(map(self._wire, asked.get("required", ()))), members),)

    def _wire(self, key: str) -> str:
        return wire_name(key, self.spelling)

    def _branch(self, branch: dict[str, Any]) -> Members:
        [members] = self.shape(branch["then"], "")
        if not isinstance(members, Members):
            raise TypeError(f"the branch {branch} is no object")
        return evolve(members, tag=branch["if"]["properties"]["type"]["const"])

    def _pairs(self, asked: dict[str, Any], name: str) -> Pairs:
        return Pairs(
            self.shape(asked["additionalProperties"], name),
            asked.get("minProperties", 0),
            asked.get("maxProperties"),
            asked.get("propertyNames", {}).get("maxLength"),
        )


def _simplicity(form: Form) -> int:
    return (Null, Flag, Words, Number, Text, Members, Items, Pairs, Anything).index(type(form))

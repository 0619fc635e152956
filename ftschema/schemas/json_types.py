"""A contract's schema as Python objects: a class for each kind of value, as in `msgspec.inspect`.

`reader.py` makes them from the JSON Schema. Generators, defects, `diff`, `explain`, translation and the fast path are
built on them. Property names are those of the wire in every contract; attributes are named after the keywords.

To support another keyword, touch five files: an attribute here, in `limits` and `matches` of its type; `reader.py`,
which reads it; `phrases.py` and `core/codes.py`, which put the limit and its violation into words; and
`generation/invalid_values.py`, which violates it. If contracts differ in it, `analysis/diff.py` must compare it, unless
it is one of strings; if generated values should reach it, extend `generation/values.py`. `model/records.py` leaves
values with a limit that it does not know to the validators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

from attrs import field, frozen

from ftschema.core.text import format_value
from ftschema.schemas.phrases import any_of, limit, with_limits
from ftschema.schemas.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftschema.schemas.spelling import Spelling

ANY_KEY = "*"
"""Stands for any item of an array, or any key of a map."""


class JsonType:
    """The base class of the nine types; by itself it allows any value."""

    __slots__ = ()

    _json_types: ClassVar[tuple[str, ...]] = ("null", "boolean", "integer", "number", "string", "array", "object")

    @property
    def json_types(self) -> tuple[str, ...]:
        """The names that JSON Schema has for the values of the type."""
        return self._json_types

    def matches(self, value: object) -> bool:
        """Return whether a value has this type; items, members of maps and properties are not examined."""
        return True

    def alternatives(self, spelling: Spelling) -> list[str]:
        """Return the type in words, with its limits; more than one text for a choice of values."""
        return ["anything"]

    @property
    def limits(self) -> dict[str, float]:
        """The limits that there are, by keyword."""
        return {}

    def children(self) -> Iterable[tuple[str, Field]]:
        """Return the fields below, each with its key: a property, or `ANY_KEY`."""
        return ()

    @property
    def size(self) -> int:
        """The number of things that a generator can reach in the type: values, limits, and all below."""
        return self._own_size() + sum(below.size for _, child in self.children() for below in child.types)

    def _own_size(self) -> int:
        return 1


Types: TypeAlias = tuple[JsonType, ...]
"""The types that a value may have, the simplest first."""


@frozen
class Field:
    """The schema of one property, of the items of an array, or of the values of a map.

    Attributes:
        types: The types that its value may have, the simplest first.
        description: The `description` of the property, or else of its definition; empty if there is none.
        comments: Every `$comment` that applies there, that of the property first.
    """

    types: Types
    description: str = field(default="", eq=False)
    comments: tuple[str, ...] = field(default=(), eq=False)

    def describe(self, spelling: Spelling) -> str:
        """Return the values that the field may have, in words: `"auto", an integer of at least 1 or null`."""
        types = tuple(one for one in self.types if isinstance(one, AnyType)) or self.types
        # Strings that are listed come first, and null comes last.
        ranked = sorted(types, key=lambda one: (isinstance(one, NullType), not isinstance(one, EnumType)))
        return any_of(text for json_type in ranked for text in json_type.alternatives(spelling))


@frozen
class NullType(JsonType):
    """null."""

    _json_types = ("null",)

    def matches(self, value: object) -> bool:
        return value is None

    def alternatives(self, spelling: Spelling) -> list[str]:
        return ["null"]


@frozen
class BooleanType(JsonType):
    """true or false."""

    _json_types = ("boolean",)

    def matches(self, value: object) -> bool:
        return isinstance(value, bool)

    def alternatives(self, spelling: Spelling) -> list[str]:
        return ["true", "false"]


@frozen
class EnumType(JsonType):
    """One of a few strings; `keyword` is the one that allows them, `enum` or `const`."""

    values: tuple[str, ...]
    keyword: str

    _json_types = ("string",)

    def _own_size(self) -> int:
        return len(self.values)

    def matches(self, value: object) -> bool:
        return isinstance(value, str) and value in self.values

    def alternatives(self, spelling: Spelling) -> list[str]:
        return list(map(format_value, self.values))


@frozen
class StringType(JsonType):
    """Any string, within limits of its length."""

    max_length: int | None = None
    min_length: int | None = None

    _json_types = ("string",)

    def _own_size(self) -> int:
        return 1 + (self.max_length is not None)

    def matches(self, value: object) -> bool:
        return (
            isinstance(value, str)
            and len(value) >= (self.min_length or 0)
            and (self.max_length is None or len(value) <= self.max_length)
        )

    def alternatives(self, spelling: Spelling) -> list[str]:
        return [with_limits("a string", self.limits)]

    @property
    def limits(self) -> dict[str, float]:
        return _present({"minLength": self.min_length, "maxLength": self.max_length})


@frozen
class NumberType(JsonType):
    """A number within limits; `also_allowed` are numbers outside the limits that are valid as well."""

    integer: bool
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    also_allowed: tuple[int, ...] = ()

    @property
    def json_types(self) -> tuple[str, ...]:
        """`number` includes `integer`, as in JSON Schema."""
        return ("integer",) if self.integer else ("integer", "number")

    @property
    def limits(self) -> dict[str, float]:
        return _present({"minimum": self.minimum, "exclusiveMinimum": self.exclusive_minimum, "maximum": self.maximum})

    def _own_size(self) -> int:
        return 4 + len(self.also_allowed)

    def matches(self, value: object) -> bool:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        if value in self.also_allowed:
            return True
        return (
            (self.minimum is None or value >= self.minimum)
            and (self.exclusive_minimum is None or value > self.exclusive_minimum)
            and (self.maximum is None or value <= self.maximum)
            and (not self.integer or float(value).is_integer())
        )

    def alternatives(self, spelling: Spelling) -> list[str]:
        noun = "an integer" if self.integer else "a number"
        return [with_limits(noun, self.limits), *map(format_value, self.also_allowed)]


@frozen
class ArrayType(JsonType):
    """An array whose items have the same types."""

    items: Field
    min_items: int = 0
    max_items: int | None = None

    _json_types = ("array",)

    @property
    def limits(self) -> dict[str, float]:
        return _present({"minItems": self.min_items or None, "maxItems": self.max_items})

    def children(self) -> Iterable[tuple[str, Field]]:
        return ((ANY_KEY, self.items),)

    def _own_size(self) -> int:
        return 3

    def matches(self, value: object) -> bool:
        return isinstance(value, list)

    def alternatives(self, spelling: Spelling) -> list[str]:
        return [with_limits("an array", self.limits)]


@frozen
class MapType(JsonType):
    """An object with keys of the caller's choice, whose values have the same types."""

    values: Field
    min_properties: int = 0
    max_properties: int | None = None
    max_key_length: int | None = None

    _json_types = ("object",)

    @property
    def limits(self) -> dict[str, float]:
        return _present({"minProperties": self.min_properties or None, "maxProperties": self.max_properties})

    def children(self) -> Iterable[tuple[str, Field]]:
        return ((ANY_KEY, self.values),)

    def _own_size(self) -> int:
        return 3

    def matches(self, value: object) -> bool:
        return isinstance(value, dict)

    def alternatives(self, spelling: Spelling) -> list[str]:
        text = with_limits("a map", self.limits)
        return [text if self.max_key_length is None else f"{text}, each of {limit('maxLength', self.max_key_length)}"]


@frozen
class ObjectType(JsonType):
    """An object with known properties.

    Attributes:
        name: Its name in the schema's `$defs`.
        required: The keys that it must have, in the order of the schema.
        properties: The fields by key.
        tag: The value of `type` that distinguishes it from the other objects that are allowed in its place.
        closed: Whether other keys are refused.
    """

    name: str
    required: tuple[str, ...]
    properties: dict[str, Field] = field(hash=False)
    tag: str | None = None
    closed: bool = False

    _json_types = ("object",)

    def children(self) -> Iterable[tuple[str, Field]]:
        return self.properties.items()

    def _own_size(self) -> int:
        return 1 + len(self.properties)

    def matches(self, value: object) -> bool:
        return isinstance(value, dict) and (self.tag is None or value.get("type") == self.tag)

    def alternatives(self, spelling: Spelling) -> list[str]:
        return ["an object" if self.tag is None else f'an object with {spelled("type", spelling)} "{self.tag}"']

    def describe_keys(self, spelling: Spelling) -> str:
        """Return the keys in words, the required ones first."""
        optional = [key for key in self.properties if key not in self.required]
        texts = {"required": self.required, "optional": optional}
        lists = [
            f"{word} keys: {', '.join(spelled(key, spelling) for key in keys)}" for word, keys in texts.items() if keys
        ]
        return "; ".join([*lists, "no others"] if self.closed else lists)


@frozen
class AnyType(JsonType):
    """Any JSON value: the contract says nothing of it."""


def _present(limits: dict[str, float | None]) -> dict[str, float]:
    return {keyword: value for keyword, value in limits.items() if value is not None}


_SIMPLEST_FIRST = (
    NullType,
    BooleanType,
    EnumType,
    NumberType,
    StringType,
    ObjectType,
    ArrayType,
    MapType,
    AnyType,
)


def simplest_first(types: Iterable[JsonType]) -> Types:
    """Return types in the order in which generators prefer them: an example shrinks to the first."""
    return tuple(sorted(types, key=lambda json_type: _SIMPLEST_FIRST.index(type(json_type))))

"""Requirements on the value of one key, for the lifecycle rules.

An expectation tests a value, and also narrows the types of the key to values that meet or violate it, so that jobs and
defects can be generated. A new one needs one object at the end of this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from ftschema.schemas.json_types import AnyType, ArrayType, Field, NullType, ObjectType, StringType
from ftschema.schemas.vocabulary import ERROR_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftschema.schemas.json_types import Types


@frozen(kw_only=True, eq=False)
class Expectation:
    """A requirement on the value of a key.

    Attributes:
        text: The requirement in words, to be read after "must be".
        types: The JSON types of the values that meet it.
        holds: Returns whether a value meets the expectation. An absent key counts as null.
        met_by: Narrows the types of the key to those whose values all meet the expectation.
        violated_by: Narrows the types of the key to those whose simplest values violate the expectation.
    """

    text: str
    types: tuple[str, ...]
    holds: Callable[[object], bool]
    met_by: Callable[[Types], Types]
    violated_by: Callable[[Types], Types]

    @property
    def may_be_absent(self) -> bool:
        """Whether the key may be absent."""
        return self.holds(None)


def is_integer(value: object) -> bool:
    """Return whether a value is an integer by JSON Schema: 3.0 is one, True is not."""
    # Most are of this type, and JSON data has no others but these.
    return type(value) is int or (type(value) is float and value.is_integer())


def _is_error(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("code", "message"))


def _is_no_error(value: object) -> bool:
    return value is None or (isinstance(value, dict) and [*map(value.get, ERROR_KEYS)] == [None] * len(ERROR_KEYS))


def only_null(types: Types) -> Types:
    """Return the null type if some types allow null."""
    if AnyType() in types:
        return (NullType(),)
    return tuple(one for one in types if isinstance(one, NullType))


def without_null(types: Types) -> Types:
    """Return types without null."""
    return tuple(one for one in types if not isinstance(one, NullType))


def _one_item(types: Types) -> Types:
    return tuple(evolve(one, min_items=1, max_items=1) for one in types if isinstance(one, ArrayType))


def _no_items(types: Types) -> Types:
    return tuple(evolve(one, max_items=0) if isinstance(one, ArrayType) else one for one in types)


def _error(types: Types) -> Types:
    return tuple(_with_texts(one) for one in types if isinstance(one, ObjectType))


def _with_texts(error: ObjectType) -> ObjectType:
    allowed = {key: error.properties[key].types for key in ERROR_KEYS}
    texts = {key: (StringType(),) if AnyType() in types else without_null(types) for key, types in allowed.items()}
    # The param is a string on the 9 failed live jobs, but the specification lets it be null.
    texts["param"] = (*texts["param"], NullType())
    fields = {key: Field(types) for key, types in texts.items()}
    return evolve(error, properties={**error.properties, **fields}, required=ERROR_KEYS)


def _no_error(types: Types) -> Types:
    """Keep null, and objects that may be empty, with nulls only."""
    empty = (_with_nulls(one) for one in types if isinstance(one, ObjectType) and not one.required)
    return (*only_null(types), *empty)


def _with_nulls(error: ObjectType) -> ObjectType:
    return evolve(error, properties={**error.properties, **dict.fromkeys(ERROR_KEYS, Field((NullType(),)))})


NULL: Final = Expectation(
    text="null or absent",
    types=("null",),
    holds=lambda value: value is None,
    met_by=only_null,
    violated_by=without_null,
)
STRING: Final = Expectation(
    text="a string",
    types=("string",),
    holds=lambda value: isinstance(value, str),
    met_by=without_null,
    violated_by=only_null,
)
INTEGER: Final = Expectation(
    text="an integer", types=("integer",), holds=is_integer, met_by=without_null, violated_by=only_null
)
OBJECT: Final = Expectation(
    text="an object",
    types=("object",),
    holds=lambda value: isinstance(value, dict),
    met_by=without_null,
    violated_by=only_null,
)
FILES: Final = Expectation(
    text="an array with at least one file",
    types=("array",),
    holds=lambda value: isinstance(value, list) and bool(value),
    met_by=_one_item,
    violated_by=_no_items,
)
NO_FILES: Final = Expectation(
    text="an empty array",
    types=("array",),
    holds=lambda value: not value,
    met_by=_no_items,
    violated_by=_one_item,
)
ERROR: Final = Expectation(
    text="an error with a code and a message",
    types=("object",),
    holds=_is_error,
    met_by=_error,
    violated_by=_no_error,
)
NO_ERROR: Final = Expectation(
    text="null, absent or an empty error",
    types=("object", "null"),
    holds=_is_no_error,
    met_by=_no_error,
    violated_by=_error,
)

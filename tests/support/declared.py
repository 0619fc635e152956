"""The part of a payload that a contract declares: a contract accepts other keys, and says nothing of them."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from support.helpers import at

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]


def _applying(schema: Schema, value: Any, root: Schema) -> Iterator[Schema]:
    """Yield a schema and all others that it applies to the same value."""
    yield schema
    if "$ref" in schema:
        yield from _applying(at(root, schema["$ref"].removeprefix("#")), value, root)
    for part in schema.get("allOf", ()):
        yield from _applying(part, value, root)
    if "if" in schema:
        branch = "then" if _condition(json.dumps(schema["if"])).is_valid(value) else "else"
        yield from _applying(schema.get(branch, {}), value, root)


def declared_part(schema: Schema, value: Any, root: Schema) -> Any:
    """Return a valid value without the members that no schema applied to it has a word for."""
    if not isinstance(value, (dict, list)):
        return value
    parts = list(_applying(schema, value, root))
    if isinstance(value, list):
        items = {"allOf": [part["items"] for part in parts if "items" in part]}
        return [declared_part(items, item, root) for item in value]
    open_ended = [part["additionalProperties"] for part in parts if "additionalProperties" in part]
    members = {}
    for name, member in value.items():
        named = [part["properties"][name] for part in parts if name in part.get("properties", ())]
        if named or open_ended:
            members[name] = declared_part({"allOf": named or open_ended}, member, root)
    return members


@cache
def _condition(text: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(text))

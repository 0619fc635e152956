"""The definitions that a request shares with the job: method, integrations, and their parts.

`PYTHONPATH=tests python -m pages.requests` copies them into `schemas/request` from the contracts of jobs. What is above
them in a file, and its `Hyperparameters`, are written by hand.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pages.plain import text_of
from support.data import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = SCHEMAS / "request"

_OWN = "Hyperparameters"
_STRICT = "observed"
_CLOSED = ("SupervisedHyperparameters", "DpoHyperparameters", "ReinforcementHyperparameters")
# Evidence for null in replies, and in dumps of them.
_NULL = re.compile(r" ?Null in [^.]+\.")


def request(name: str) -> dict[str, Any]:
    """Return the contract for requests of that name, its definitions copied from the contracts of jobs."""
    schema: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_bytes())
    own = schema.pop("$defs")[_OWN]
    sources = _sources(name)
    definitions = {_OWN: own}
    waiting = [*_references(schema), *_references(own)]
    while waiting:
        definition = waiting.pop(0)
        if definition not in definitions:
            copied = deepcopy(next(source[definition] for source in sources if definition in source))
            definitions[definition] = _strict(definition, copied) if name == _STRICT else copied
            waiting += _references(copied)
    return {**schema, "$defs": definitions}


def _sources(name: str) -> list[dict[str, Any]]:
    """Return the definitions of the contracts of jobs, that of the same name or date first, then later dates."""
    files = sorted((SCHEMAS / "published").glob("*.json"))
    if name[0].isdigit():
        ordered = [
            *reversed([path for path in files if path.stem <= name]),
            *(path for path in files if path.stem > name),
        ]
    else:
        ordered = [SCHEMAS / f"{name}.json"]
    return [json.loads(path.read_bytes())["$defs"] for path in ordered]


def _references(schema: Any) -> Iterator[str]:
    """Yield the name of each definition that a schema refers to."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].rpartition("/")[2]
        for member in schema.values():
            yield from _references(member)
    elif isinstance(schema, list):
        for member in schema:
            yield from _references(member)


def _strict(name: str, definition: dict[str, Any]) -> dict[str, Any]:
    """Return a definition as the live API takes it in a request: only published nulls, no unknown hyperparameters."""
    known = json.loads((SCHEMAS / "published" / "2026-07-15.json").read_bytes())["$defs"].get(name)
    if known is not None:
        definition = _published_nulls(definition, known)
        definition["properties"] = {
            key: _published_nulls(member, known["properties"][key]) if key in known["properties"] else member
            for key, member in definition.get("properties", {}).items()
        }
        if not definition["properties"]:
            del definition["properties"]
    return definition | ({"additionalProperties": False} if name in _CLOSED else {})


def _published_nulls(schema: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that allows null only if the published one does."""
    types = schema.get("type")
    if not isinstance(types, list) or "null" in known.get("type", ()):
        return schema
    left = [one for one in types if one != "null"]
    comment = _NULL.sub("", schema.get("$comment", "")).strip()
    changed = {"type": left[0] if len(left) == 1 else left, "$comment": comment}
    return {key: changed.get(key, value) for key, value in schema.items() if changed.get(key, value) != ""}


def files() -> dict[str, str]:
    """Return the text of each file by its name."""
    return {path.name: text_of(request(path.stem)) + "\n" for path in sorted(FOLDER.glob("*.json"))}


if __name__ == "__main__":
    for file, text in files().items():
        (FOLDER / file).write_text(text, encoding="utf-8")

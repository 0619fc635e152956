"""Which contracts there are: their names, files, and what each says."""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen

from ftschema._resources import schema_root
from ftschema.errors import UnknownContractError


@frozen
class Entry:
    """One contract: its name, its file below `schemas/`, and what it says in half a sentence."""

    name: str
    file: str
    about: str


def _published(date: str, about: str) -> Entry:
    return Entry(date, f"published/{date}.json", about)


_ENTRIES = {
    entry.name: entry
    for entry in (
        Entry("observed", "observed.json", "what the live API has sent, dumps by its Python SDK included"),
        Entry("azure", "azure.json", "what Azure OpenAI has sent, dumps by the same SDK included"),
        _published("2023-10-05", "the first published specification of the object"),
        _published("2023-11-06", "object and status become closed sets"),
        _published("2024-04-09", "adds seed and integrations"),
        _published("2024-04-30", "adds estimated_finish"),
        _published("2024-12-18", "adds method (supervised, dpo); opens hyperparameters"),
        _published("2025-03-11", "adds metadata"),
        _published("2026-05-13", "adds reinforcement and its graders; method.type is required"),
        _published("2026-07-15", "adds the effort max and prompt cache breakpoints"),
    )
}

DEFAULT = next(iter(_ENTRIES))


def names() -> tuple[str, ...]:
    """Return the name of every contract, the default first."""
    return tuple(_ENTRIES)


def entry(name: object) -> Entry:
    """Return the entry of that name.

    Raises:
        UnknownContractError: There is none.
    """
    if isinstance(name, str) and name in _ENTRIES:
        return _ENTRIES[name]
    raise UnknownContractError(name, names())


def read_schema(name: str) -> dict[str, Any]:
    """Return a fresh copy of the JSON Schema of a contract."""
    text = (schema_root() / entry(name).file).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema

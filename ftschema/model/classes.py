"""The classes of a contract's objects and of their parts, by the names that the schema has for them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from ftschema.schemas.catalogue import entry

if TYPE_CHECKING:
    from ftschema.core.literals import ContractName


@cache
def classes(contract: ContractName) -> dict[str, type]:
    """Return the classes of a contract's objects and of their parts, by name."""
    found = entry(contract)
    # Only the classes of kinds that are used are made.
    parts: dict[str, type] = import_module(f"ftschema.model.kinds.{found.kind.name}").PARTS
    return parts | classes(found.items) if found.items else parts


def root_class(contract: ContractName) -> type:
    """Return the class of a contract's objects."""
    return classes(contract)[entry(contract).kind.root]

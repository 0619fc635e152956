"""The locations of a contract: everything that a pointer into a job can lead to."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from attrs import field, frozen

from ftschema.core.pointer import join, split
from ftschema.schemas.json_types import ANY_KEY, ArrayType, Field, JsonType, MapType, ObjectType, Types
from ftschema.schemas.reader import root_field
from ftschema.schemas.translate import pointer_from_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.literals import ContractName
    from ftschema.generation.placement import Route


@frozen
class Access:
    """One way to reach a location.

    Attributes:
        route: The keys from the job down to the object, array or map that holds the location, with their types.
        key: The key in the last of these; None for the job itself.
        field: The schema of the location.
        required: Whether its holder requires the key.
    """

    route: Route
    key: str | None
    field: Field
    required: bool | None = None


@frozen
class Location:
    """Something that a pointer into a job can lead to.

    Attributes:
        pointer: Its pointer in the names of the contract, with `*` for any item of an array or any key of a map.
        wire: The same in the names of the wire.
        accesses: The ways to reach it; more than one if several objects of a union have the key.
    """

    pointer: str
    wire: str
    accesses: tuple[Access, ...] = field(repr=False)

    @property
    def types(self) -> Types:
        """The types that are allowed there, by any access."""
        return tuple(dict.fromkeys(json_type for access in self.accesses for json_type in access.field.types))

    @property
    def is_object(self) -> bool:
        """Whether an object with declared keys is allowed there."""
        return any(isinstance(json_type, ObjectType) for json_type in self.types)

    @property
    def description(self) -> str:
        """The description of the first access that has one."""
        return next((access.field.description for access in self.accesses if access.field.description), "")

    @property
    def comments(self) -> tuple[str, ...]:
        """The comments of all accesses."""
        return tuple(dict.fromkeys(comment for access in self.accesses for comment in access.field.comments))


@cache
def locations(contract: ContractName) -> dict[str, Location]:
    """Return the locations of a contract by pointer, in the order of the schema; the first is the job itself."""
    job = root_field(contract)
    grouped: dict[str, list[Access]] = {"": [Access((), None, job)]}
    for json_type in job.types:
        for pointer, access in _below(json_type, (), ""):
            grouped.setdefault(pointer, []).append(access)
    found = [Location(pointer_from_wire(contract, wire), wire, tuple(accesses)) for wire, accesses in grouped.items()]
    return {location.pointer: location for location in found}


def _below(json_type: JsonType, route: Route, pointer: str) -> Iterator[tuple[str, Access]]:
    for key, child in json_type.children():
        below = pointer + join([key])
        required = key in json_type.required if isinstance(json_type, ObjectType) else None
        yield below, Access(route, key, child, required)
        for one in child.types:
            yield from _below(one, (*route, (key, one)), below)


def find(contract: ContractName, pointer: str) -> Location | None:
    """Return the location that a pointer leads to: `/result_files/0` and `/result_files/*` lead to the same."""
    known = locations(contract)
    reached = [known[""]]
    for key in split(pointer):
        pointers = [location.pointer + step for location in reached for step in _steps(location, key)]
        reached = [known[below] for below in pointers if below in known]
    return reached[0] if reached else None


def lineage(contract: ContractName, location: Location) -> list[Location]:
    """Return a location and those above it, the job first."""
    known = locations(contract)
    steps = location.pointer.split("/")
    return [known["/".join(steps[:number])] for number in range(1, len(steps) + 1)]


def _steps(location: Location, key: str) -> Iterator[str]:
    """Yield how the pointer of a location can go on for a key of a user's pointer."""
    yield join([key])
    is_index = key.isdecimal() or key == ANY_KEY
    if any(isinstance(one, MapType) or (isinstance(one, ArrayType) and is_index) for one in location.types):
        yield join([ANY_KEY])

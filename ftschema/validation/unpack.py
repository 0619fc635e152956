"""Find the jobs in JSON data that is not one job: a page, an array, an object of jobs by name, or a wrapper.

Facts: the list endpoint replies with a page, `{"object": "list", "data": […]}`; people save arrays of jobs, jobs by id,
and replies of their own services that hold a job under a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ftschema.core.pointer import split
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import ANY_KEY
from ftschema.schemas.reader import root_type
from ftschema.schemas.spelling import spelled
from ftschema.validation.recognition import kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.literals import ContractName
    from ftschema.schemas.json_types import ObjectType

FoundJob: TypeAlias = tuple[tuple[str | int, ...], Any]
"""The path of a job in the JSON data, and the job."""

# An object without the right `object` counts as a job if it has an id and this many other required keys.
_MIN_KEYS = 2


def find_jobs(payload: Any, contract: ContractName) -> Iterator[FoundJob]:
    """Yield the jobs in JSON data; data in which no job is recognized is returned as one job, for its problems.

    Each item of a page or an array counts as a job, and so does each value of an object if one of them looks like a
    job and all are objects, so that a broken job is not overlooked.
    """
    finder = _Finder(contract)
    found = None if finder.is_job(payload) else finder.inside(payload)
    if found is None:
        yield (), payload
    else:
        yield from found


def select(payload: Any, pointer: str) -> Iterator[FoundJob]:
    """Yield the values at a JSON Pointer in which `*` stands for every item of an array or every key of an object."""
    yield from _selected(payload, split(pointer), ())


def _selected(value: Any, steps: list[str], path: tuple[str | int, ...]) -> Iterator[FoundJob]:
    if not steps:
        yield path, value
        return
    step, *rest = steps
    members: Any = ()
    if isinstance(value, dict):
        members = (
            value.items() if step == ANY_KEY and step not in value else [(step, value[step])] if step in value else ()
        )
    elif isinstance(value, list):
        indexed = enumerate(value)
        members = indexed if step == ANY_KEY else ((index, item) for index, item in indexed if str(index) == step)
    for key, member in members:
        yield from _selected(member, rest, (*path, key))


class _Finder:
    def __init__(self, contract: ContractName) -> None:
        job: ObjectType = root_type(contract)
        spelling = entry(contract).spelling
        self._kind = entry(contract).kind
        self._object, self._id = spelled("object", spelling), spelled("id", spelling)
        self._required = frozenset(spelled(key, spelling) for key in job.required) - {self._id}

    def is_job(self, value: Any) -> bool:
        """Return whether a value looks like a job, valid or not."""
        if not isinstance(value, dict):
            return False
        if self._kind.object is None:
            return kind(value) == self._kind.name
        if value.get(self._object) == self._kind.object:
            return True
        return self._object not in value and self._id in value and len(self._required & value.keys()) >= _MIN_KEYS

    def inside(self, payload: Any) -> Iterator[FoundJob] | None:
        """Return the jobs in a container, or None if it is not recognized as one."""
        if isinstance(payload, list):
            return (((at,), item) for at, item in enumerate(payload)) if any(map(self.is_job, payload)) else None
        if not isinstance(payload, dict):
            return None
        if _is_page(payload):
            return ((("data", at), item) for at, item in enumerate(payload["data"]))
        jobs = [key for key, value in payload.items() if self.is_job(value)]
        if jobs:
            keys = payload if all(isinstance(value, dict) for value in payload.values()) else jobs
            return (((key,), payload[key]) for key in keys)
        # A wrapper of a page or an array.
        inner = [(key, found) for key, value in payload.items() if (found := self._in_wrapper(value)) is not None]
        return (((key, *path), job) for key, found in inner for path, job in found) if inner else None

    def _in_wrapper(self, value: Any) -> Iterator[FoundJob] | None:
        return self.inside(value) if isinstance(value, list) or _is_page(value) else None


def _is_page(value: Any) -> bool:
    return isinstance(value, dict) and value.get("object") == "list" and isinstance(value.get("data"), list)

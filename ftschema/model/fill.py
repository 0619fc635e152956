"""From the record of a job to the classes, and from these straight to text.

What came from a record has no unknown keys and needs no second look, so that msgspec reads and writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from ftschema.core.absent import ABSENT
from ftschema.core.lock import build_once
from ftschema.jsontext.data import is_json
from ftschema.jsontext.decode import encode
from ftschema.model.base import layout
from ftschema.model.job import PARTS, FineTuningJob
from ftschema.model.records import Maker, used
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import ArrayType, ObjectType
from ftschema.schemas.reader import job_type, parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import msgspec

    from ftschema.schemas.json_types import Types

_Hook: TypeAlias = Callable[[Any], Any]

_extra = layout(FineTuningJob).extra.__get__


@build_once
def _records(contract: str) -> dict[str, type[msgspec.Struct]]:
    """Return the records that lie as the classes do, by the names of their parts; a part comes after its own parts."""
    maker = Maker(entry(contract).spelling, {name: layout(cls) for name, cls in PARTS.items()})
    used(maker.record(job_type(contract), maps=True))
    return maker.made


def record(contract: str) -> type[msgspec.Struct]:
    """Return the class of the records of a contract's jobs that can be filled."""
    return _records(contract)[FineTuningJob.__name__]


@build_once
def filler(contract: str) -> _Hook:
    """Return what makes the job of a record of a contract, as `structure.builder` does of its payload.

    The record becomes the job: each of its records takes the class that has its layout.
    """
    hooks: dict[type, _Hook] = {}
    of_part: dict[str, _Hook] = {}

    def fill(member: Any) -> None:
        if hook := hooks.get(type(member)):
            hook(member)

    def fill_items(items: tuple[Any, ...]) -> None:
        for item in items:
            fill(item)

    hooks[tuple] = fill_items
    for name, cls in _records(contract).items():
        properties = parts(contract)[name].properties
        inner = [
            (key, _inner_hook(field.types, of_part, fill))
            for key, field in properties.items()
            if _holds_parts(field.types)
        ]
        hooks[cls] = of_part[name] = _hook(PARTS[name], inner)
    return of_part[FineTuningJob.__name__]


def _inner_hook(types: Types, of_part: Mapping[str, _Hook], of_any: _Hook) -> _Hook:
    known = {one.name if isinstance(one, ObjectType) else "" for one in types if _holds_parts((one,))}
    return of_part.get(known.pop(), of_any) if len(known) == 1 else of_any


def _holds_parts(types: Types) -> bool:
    return any(
        isinstance(one, ObjectType) or (isinstance(one, ArrayType) and _holds_parts(one.items.types)) for one in types
    )


def _hook(cls: type, inner: list[tuple[str, _Hook]]) -> _Hook:
    if not inner:

        def fill_small(record: Any) -> None:
            record.__class__ = cls

        return fill_small

    def fill(record: Any) -> Any:
        for name, hook in inner:
            # None, `ABSENT` and no items stay what they are.
            if member := getattr(record, name):
                hook(member)
        record.__class__ = cls
        return record

    return fill


def written(job: Any) -> bytes | None:
    """Return the JSON text of a job that was filled from a record, in the spelling of the wire; None for any other."""
    # What was accepted then cannot have changed since, but for the one map.
    if type(job) is not FineTuningJob or _extra(job) is not ABSENT:
        return None
    return encode(job) if not job.metadata or is_json(job.metadata) else None

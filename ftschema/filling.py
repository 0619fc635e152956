"""From the record of a job to the classes, and from these straight to text.

What came from a record has no unknown keys and needs no second look, so that msgspec reads and writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import fields_dict
from msgspec import structs

from ftschema.jsondata import is_json
from ftschema.jsontext import encode
from ftschema.model import PARTS, FineTuningJob
from ftschema.part import ABSENT
from ftschema.records import records
from ftschema.shape import Items, Members, parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftschema.shape import Shape

_Hook: TypeAlias = Callable[[Any], Any]


@cache
def filler(contract: str) -> _Hook:
    """Return what builds the job of a record of a contract, as `building.builder` does of its payload."""
    hooks: dict[type, _Hook] = {}
    of_part: dict[str, _Hook] = {}

    def built(member: Any) -> Any:
        hook = hooks.get(type(member))
        return hook(member) if hook else member

    hooks[tuple] = lambda items: tuple(map(built, items))
    # The parts of a part come before it.
    for name, record in records(contract).items():
        form = parts(contract)[name]
        inner = {key: _inner_hook(shape, of_part, built) for key, shape in form.members.items() if _holds_parts(shape)}
        hooks[record] = of_part[name] = _hook(PARTS[name], form, inner)
    return of_part[FineTuningJob.__name__]


def _inner_hook(shape: Shape, of_part: Mapping[str, _Hook], of_any: _Hook) -> _Hook:
    known = {form.part if isinstance(form, Members) else "" for form in shape if _holds_parts((form,))}
    return of_part.get(known.pop(), of_any) if len(known) == 1 else of_any


def _holds_parts(shape: Shape) -> bool:
    return any(isinstance(form, Members) or (isinstance(form, Items) and _holds_parts(form.item)) for form in shape)


def _hook(cls: type, form: Members, inner: Mapping[str, _Hook]) -> _Hook:
    """Return what builds a class from its record, as the hooks of `building` do from a payload."""
    order = [name for name in fields_dict(cls) if name in form.members and not (form.tag and name == "type")]
    tag = {"type": form.tag} if form.tag else {}
    undeclared = {name: ABSENT for name in fields_dict(cls) if name not in form.members and name != "extra"}
    new, fill = object.__new__, cls.__dict__["__dict__"].__set__
    members = structs.asdict
    if order != [name for name in form.members if name in order]:

        def members(record: Any) -> dict[str, Any]:
            return {name: getattr(record, name) for name in order}

    if not (inner or tag or undeclared):

        def build_small(record: Any) -> Any:
            built: Any = new(cls)
            fill(built, members(record))
            return built

        return build_small

    def build(record: Any) -> Any:
        state = tag | members(record) if tag else members(record)
        for name, hook in inner.items():
            # None, `ABSENT` and no items stay what they are.
            if state[name]:
                state[name] = hook(state[name])
        state.update(undeclared)
        built: Any = new(cls)
        fill(built, state)
        return built

    return build


def written(job: Any) -> bytes | None:
    """Return the JSON text of a job that was filled from a record, in the spelling of the wire; None for any other."""
    # What was accepted then cannot have changed since, but for the one map.
    if type(job) is not FineTuningJob or "extra" in vars(job):
        return None
    return encode(job) if not job.metadata or is_json(job.metadata) else None

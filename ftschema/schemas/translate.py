"""The same payload in the names of another contract.

Names are translated where both contracts declare them, and never inside the caller's own data: what a contract does not
declare, and the keys of its maps, stay as they are.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.core.pointer import join, split
from ftschema.jsontext.data import copied
from ftschema.schemas.catalogue import entry
from ftschema.schemas.shape import Items, Members, Pairs, job_shape
from ftschema.schemas.spelling import spelled

if TYPE_CHECKING:
    from ftschema.schemas.shape import Shape
    from ftschema.schemas.spelling import Spelling

    _Path = tuple[str | int, ...]


def to_wire(contract: str, payload: Any) -> Any:
    """Return a payload of a contract in the names of the wire; the same object where those are the contract's."""
    spelling = entry(contract).spelling
    if spelling == "wire":
        return payload
    shape = (job_shape(contract),)
    return Renamer(spelling, "wire").place(payload, shape, shape, ())


def from_wire(contract: str, payload: Any) -> Any:
    """Return a payload with the names of the wire as a contract spells it; the same object where it is the same."""
    spelling = entry(contract).spelling
    if spelling == "wire":
        return payload
    shape = (job_shape(contract),)
    return Renamer("wire", spelling).place(payload, shape, shape, ())


def pointer_from_wire(contract: str, pointer: str) -> str:
    """Return the place in a payload of a contract that a pointer means in the names of the wire."""
    spelling = entry(contract).spelling
    if spelling == "wire":
        return pointer
    shape: Shape = (job_shape(contract),)
    path = []
    for step in split(pointer):
        known = next((form for form in shape if isinstance(form, Members) and step in form.members), None)
        path.append(spelled(step, spelling) if known else step)
        shape = known.members[step] if known else _inside(shape)
    return join(path)


@frozen
class Renamer:
    """Renames from one spelling to another, and remembers what found no place.

    Attributes:
        source: How the payload spells its names.
        target: How the result spells them.
        keep_unknown: Whether keys that only one of the two contracts declares, or none, stay.
        dropped: The places in the payload of what did not stay.
        ambiguous: Those of them that the result would take for another key: `created_at` beside `createdAt`.
    """

    source: Spelling
    target: Spelling
    keep_unknown: bool = True
    dropped: list[_Path] = field(factory=list, init=False)
    ambiguous: list[_Path] = field(factory=list, init=False)

    def place(self, value: Any, source: Shape, target: Shape, path: _Path) -> Any:
        """Return a copy of what lies at a place, renamed as far as both shapes know it."""
        if isinstance(value, dict):
            before, after = _members(source, value, self.source), _members(target, value, self.source)
            if before and after:
                return self._members(value, before, after, path)
            pairs = _form(source, Pairs), _form(target, Pairs)
            if not before and not after and pairs[0] and pairs[1]:
                return {
                    key: self.place(one, pairs[0].value, pairs[1].value, (*path, key)) for key, one in value.items()
                }
        elif isinstance(value, list):
            items = _form(source, Items), _form(target, Items)
            if items[0] and items[1]:
                return [self.place(one, items[0].item, items[1].item, (*path, at)) for at, one in enumerate(value)]
        return copied(value)

    def _members(self, value: dict[str, Any], source: Members, target: Members, path: _Path) -> dict[str, Any]:
        names, meant = _names(source, self.source), _names(target, self.target)
        renamed: dict[str, Any] = {}
        for key, member in value.items():
            here = (*path, key)
            name = names.get(key)
            if name in target.members:
                below = self.place(member, source.members[name], target.members[name], here)
                renamed[spelled(name, self.target)] = below
            elif meant.get(key) in source.members:
                # It would come back as another key.
                self.ambiguous.append(here)
                self.dropped.append(here)
            elif self.keep_unknown:
                renamed[key] = copied(member)
            else:
                self.dropped.append(here)
        return renamed


def _names(form: Members, spelling: Spelling) -> dict[str, str]:
    return _names_of(tuple(form.members), spelling)


@cache
def _names_of(members: tuple[str, ...], spelling: Spelling) -> dict[str, str]:
    return {spelled(name, spelling): name for name in members}


def _members(shape: Shape, value: dict[str, Any], spelling: Spelling) -> Members | None:
    """Return the form of known keys that an object is of."""
    tag = value.get(spelled("type", spelling))
    return next((form for form in shape if isinstance(form, Members) and form.tag in (None, tag)), None)


def _form(shape: Shape, kind: type[Any]) -> Any:
    return next((form for form in shape if isinstance(form, kind)), None)


def _inside(shape: Shape) -> Shape:
    """Return the forms of what a list or a map holds."""
    for form in shape:
        if isinstance(form, Items | Pairs):
            return form.item if isinstance(form, Items) else form.value
    return ()

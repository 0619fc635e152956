"""Translate payloads and pointers between the spellings of contracts.

A name is translated if both contracts declare it. Data of the caller's own is never changed: undeclared keys, and the
keys of maps.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.core.pointer import join, split
from ftschema.jsontext.data import deep_copy
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import AnyType, ArrayType, MapType, ObjectType
from ftschema.schemas.reader import root_type
from ftschema.schemas.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftschema.core.literals import ContractName
    from ftschema.schemas.json_types import Types
    from ftschema.schemas.spelling import Spelling

    _Path = tuple[str | int, ...]


def to_wire(contract: ContractName, payload: Any) -> Any:
    """Return a payload of a contract in the names of the wire; the payload itself if the contract uses these."""
    return _translated(contract, payload, entry(contract).spelling, "wire")


@cache
def wire_reader(contract: ContractName) -> Callable[[Any], Any]:
    """Return the function that does the same in a fifth of the time; its result shares values with the payload."""
    return _renamer((root_type(contract),), entry(contract).spelling, "wire") or (lambda payload: payload)


@cache
def wire_writer(contract: ContractName) -> Callable[[Any], Any]:
    """Return the function that does what `from_wire` does as fast, and shares values as well."""
    return _renamer((root_type(contract),), "wire", entry(contract).spelling) or (lambda payload: payload)


def _renamer(types: Types, source: Spelling, target: Spelling) -> Callable[[Any], Any] | None:
    """Return the function that renames the keys in values of some types, or None if they keep their names."""
    if source == target:
        return None
    objects = [one for one in types if isinstance(one, ObjectType)]
    below = [_renamer(one.items.types, source, target) for one in types if isinstance(one, ArrayType)]
    if len(objects) + sum(map(bool, below)) + sum(isinstance(one, MapType) for one in types) > 1:
        return lambda value: Translator(source, target).translate(value, types, types, ())
    if not objects:
        return _each(below[0]) if below and below[0] else None
    properties = objects[0].properties
    names = {
        spelled(name, source): (spelled(name, target), _renamer(field.types, source, target))
        for name, field in properties.items()
    }
    if all(name == (key, None) for key, name in names.items()):
        return None
    # An unknown key that would mean another one.
    ambiguous = {name for name, _ in names.values()} - names.keys()

    def rename(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        renamed = {}
        for key, member in value.items():
            if key in names:
                name, of_member = names[key]
                renamed[name] = member if of_member is None else of_member(member)
            elif key not in ambiguous:
                renamed[key] = member
        return renamed

    return rename


def _each(rename: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: [*map(rename, value)] if isinstance(value, list) else value


def from_wire(contract: ContractName, payload: Any) -> Any:
    """Return a payload in the names of the wire as a contract spells it; the payload itself if that is the same."""
    return _translated(contract, payload, "wire", entry(contract).spelling)


def _translated(contract: ContractName, payload: Any, source: Spelling, target: Spelling) -> Any:
    if source == target:
        return payload
    types = (root_type(contract),)
    return Translator(source, target).translate(payload, types, types, ())


def pointer_from_wire(contract: ContractName, pointer: str) -> str:
    """Return a pointer in the names of the wire as a contract spells it."""
    spelling = entry(contract).spelling
    if spelling == "wire":
        return pointer
    types: Types = (root_type(contract),)
    path = []
    for key in split(pointer):
        known = next((one for one in types if isinstance(one, ObjectType) and key in one.properties), None)
        path.append(spelled(key, spelling) if known else key)
        types = known.properties[key].types if known else _below(types)
    return join(path)


@frozen
class Translator:
    """Translates names from one spelling to another, and records what it dropped.

    Attributes:
        source: How the payload spells its names.
        target: How the result spells them.
        keep_unknown: Whether to keep keys that only one of the two contracts declares, or neither.
        dropped: The paths, in the payload, of what was dropped.
        ambiguous: Those of them that would mean another key in the result: `created_at` beside `createdAt`.
    """

    source: Spelling
    target: Spelling
    keep_unknown: bool = True
    dropped: list[_Path] = field(factory=list, init=False)
    ambiguous: list[_Path] = field(factory=list, init=False)

    def translate(self, value: Any, source: Types, target: Types, path: _Path) -> Any:
        """Return a copy of the value at a path, translated where the types of both contracts declare its names."""
        if isinstance(value, dict):
            before, after = _object_type(source, value, self.source), _object_type(target, value, self.source)
            if before and after:
                return self._object(value, before, after, path)
            maps = _first(source, MapType), _first(target, MapType)
            if not before and not after and maps[0] and maps[1]:
                below = maps[0].values.types, maps[1].values.types
                return {key: self.translate(member, *below, (*path, key)) for key, member in value.items()}
        elif isinstance(value, list):
            arrays = _first(source, ArrayType), _first(target, ArrayType)
            if arrays[0] and arrays[1]:
                below = arrays[0].items.types, arrays[1].items.types
                return [self.translate(item, *below, (*path, index)) for index, item in enumerate(value)]
        return deep_copy(value)

    def _object(self, value: dict[str, Any], source: ObjectType, target: ObjectType, path: _Path) -> dict[str, Any]:
        names, names_of_target = _names(source, self.source), _names(target, self.target)
        translated: dict[str, Any] = {}
        for key, member in value.items():
            here = (*path, key)
            name = names.get(key)
            if name in target.properties:
                below = source.properties[name].types, target.properties[name].types
                translated[spelled(name, self.target)] = self.translate(member, *below, here)
            elif names_of_target.get(key) in source.properties:
                # Translated back, it would be another key.
                self.ambiguous.append(here)
                self.dropped.append(here)
            elif self.keep_unknown:
                translated[key] = deep_copy(member)
            else:
                self.dropped.append(here)
        return translated


def undeclared(contract: ContractName, payload: Any) -> Iterator[tuple[_Path, list[str]]]:
    """Yield the path of each key that a contract does not declare, and the declared keys that its object lacks.

    The keys of maps are the caller's own, and what is below an undeclared key is not searched.
    """
    for path, _, lacking in _unspecified(payload, (root_type(contract),), (), entry(contract).spelling):
        if lacking is not None:
            yield path, lacking


def unspecified(contract: ContractName, payload: Any) -> Iterator[tuple[str, Any]]:
    """Yield the key and the value of each unspecified member of the objects of a payload.

    Its key is undeclared, or its value is an object or array where the contract allows any value.
    """
    for path, value, _ in _unspecified(payload, (root_type(contract),), (), entry(contract).spelling):
        yield str(path[-1]), value


def _unspecified(
    value: Any, types: Types, path: _Path, spelling: Spelling
) -> Iterator[tuple[_Path, Any, list[str] | None]]:
    """Yield the path and the value of such members, and of an undeclared key also the declared ones that are absent."""
    if isinstance(value, list):
        arrays = _first(types, ArrayType)
        for index, item in enumerate(value if arrays else ()):
            yield from _unspecified(item, arrays.items.types, (*path, index), spelling)
    elif isinstance(value, dict):
        known, maps = _object_type(types, value, spelling), _first(types, MapType)
        names = _names(known, spelling) if known else {}
        for key, member in value.items():
            if known and key not in names:
                yield (*path, key), member, [name for name in names if name not in value]
            elif known or maps:
                below = known.properties[names[key]].types if known else maps.values.types
                if known and below == (AnyType(),) and isinstance(member, dict | list):
                    yield (*path, key), member, None
                yield from _unspecified(member, below, (*path, key), spelling)


def _names(json_type: ObjectType, spelling: Spelling) -> dict[str, str]:
    return _by_spelling(tuple(json_type.properties), spelling)


@cache
def _by_spelling(names: tuple[str, ...], spelling: Spelling) -> dict[str, str]:
    return {spelled(name, spelling): name for name in names}


def _object_type(types: Types, value: dict[str, Any], spelling: Spelling) -> ObjectType | None:
    """Return the type that an object has, if its keys are known."""
    tag = value.get(spelled("type", spelling))
    return next((one for one in types if isinstance(one, ObjectType) and one.tag in (None, tag)), None)


def _first(types: Types, cls: type[Any]) -> Any:
    return next((one for one in types if isinstance(one, cls)), None)


def _below(types: Types) -> Types:
    """Return the types of the items of an array, or of the values of a map."""
    for json_type in types:
        if isinstance(json_type, ArrayType | MapType):
            [(_, below)] = json_type.children()
            return below.types
    return ()

"""Structure valid payloads as the classes, and unstructure them, with cattrs.

A key that the contract does not declare goes to `extra`, even if the class has a field of that name, because its value
may be anything then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin

from attrs import fields, has, resolve_types
from cattrs import Converter
from msgspec.structs import astuple

from ftschema.core.absent import ABSENT, Absent
from ftschema.core.literals import ContractName  # noqa: TC001  # for `typing.get_type_hints`
from ftschema.core.lock import build_once
from ftschema.core.text import type_name
from ftschema.jsontext.data import deep_copy
from ftschema.model.base import StructBase, construct
from ftschema.model.classes import root_class
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import AnyType
from ftschema.schemas.reader import parts
from ftschema.schemas.spelling import Spelling, spelled

_Hook: TypeAlias = Callable[[Any], Any]

_SCALARS = frozenset({str, int, float, bool, type(None)})


@build_once
def structuring_converter(contract: ContractName) -> Converter:
    """Return the converter between the valid payloads of a contract and the classes.

    It does not validate; the converters of `ftschema.converters` do.
    """
    spelling = entry(contract).spelling
    declared = {
        name: {key: spelled(key, spelling) for key in part.properties} for name, part in parts(contract).items()
    }
    untyped = {
        name: {key for key, field in part.properties.items() if field.types == (AnyType(),)}
        for name, part in parts(contract).items()
    }
    converter = Converter()
    items = entry(contract).items
    if items:
        # The items of a page have the class of their contract.
        converter.register_structure_hook_factory(
            _is_variable, lambda _: converter.get_structure_hook(root_class(items))
        )

    def structure_hook(cls: type, converter: Converter) -> Callable[[Any, Any], Any]:
        name = cls.__name__
        return _structure_hook(cls, declared.get(name, {}), untyped.get(name, set()), converter)

    converter.register_structure_hook_factory(has, structure_hook)
    unstructure = unstructure_hook(spelling)
    converter.register_unstructure_hook_factory(has, lambda _: unstructure)
    # A hook resolves the annotations of its class, which all threads share.
    converter.get_structure_hook(root_class(contract))
    return converter


def root_hooks(contract: ContractName) -> tuple[_Hook, Callable[[Any], dict[str, Any]]]:
    """Return the functions that structure and unstructure the objects of a contract."""
    converter, cls = structuring_converter(contract), root_class(contract)
    unstructure_hook = converter.get_unstructure_hook(cls)

    def unstructure(made: Any) -> dict[str, Any]:
        if not isinstance(made, cls):
            article = "an" if cls.__name__[0] in "AEIO" else "a"
            raise TypeError(f"expected {article} {cls.__name__}, found {type_name(type(made))}")
        payload: dict[str, Any] = unstructure_hook(made)
        return payload

    return cast("_Hook", converter.get_structure_hook(cls)), unstructure


def _structure_hook(
    cls: type, declared: Mapping[str, str], untyped: AbstractSet[str], converter: Converter
) -> Callable[[Any, Any], Any]:
    """Return the hook that structures a class; `declared` maps its fields to the contract's keys.

    A field that is `untyped`, because the contract allows any value, takes only the types of its annotation. Any other
    value stays in `extra`.

    It does not call `__init__`: a valid payload needs no check, and a key in `extra` may be the name of a field in
    another spelling.
    """
    attributes = fields(resolve_types(cls))
    names = {declared[attribute.name]: attribute.name for attribute in attributes if attribute.name in declared}
    hooks = [
        (attribute.name, _member_hook(attribute.type, converter))
        for attribute in attributes
        if attribute.name in declared and not _is_scalar(attribute.type)
    ]

    guarded = [
        (attribute.name, frozenset(_choices(attribute.type)))
        for attribute in attributes
        if attribute.name in untyped and _is_scalar(attribute.type)
    ]

    def structure(payload: Any, _: Any = None) -> Any:
        # Some parts may be null, and in some contracts anything.
        if not isinstance(payload, dict):
            return deep_copy(payload)
        state = {names[key]: member for key, member in payload.items() if key in names}
        for name, types in guarded:
            if name in state and type(state[name]) not in types:
                del state[name]
        for name, hook in hooks:
            if (member := state.get(name)) is not None:
                state[name] = hook(member)
        known = len(state) == len(payload)
        state["extra"] = (
            {} if known else {key: deep_copy(payload[key]) for key in payload if names.get(key) not in state}
        )
        return construct(cls, state)

    return structure


def _is_variable(annotation: Any) -> bool:
    return isinstance(annotation, TypeVar)


def _choices(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)


def _is_scalar(annotation: Any) -> bool:
    return all(
        choice in _SCALARS or choice is Absent or get_origin(choice) is Literal for choice in _choices(annotation)
    )


def _member_hook(annotation: Any, converter: Converter) -> _Hook:
    """Return the hook that structures a value by its JSON type, and then by what the annotation allows."""
    choices = _choices(annotation)
    classes = [choice for choice in choices if has(choice)]
    if not classes:
        items = [get_args(choice)[0] for choice in choices if get_origin(choice) is tuple]
        if not items:
            return deep_copy
    from_object = _object_hook(choices, classes, converter)
    from_lists = [_items_hook(choice, converter) for choice in choices if get_origin(choice) is tuple]
    if len(classes) == 1 and not from_lists:
        return from_object
    [from_items] = from_lists or [deep_copy]

    def build(value: Any) -> Any:
        if isinstance(value, dict):
            return from_object(value)
        return from_items(value) if isinstance(value, list) else value

    return build


def _items_hook(annotation: Any, converter: Converter) -> _Hook:
    """Return the hook that structures an array as a tuple."""
    [item, _] = get_args(annotation)
    if item is str:
        return tuple
    hook = cast("_Hook", converter.get_structure_hook(item)) if _is_variable(item) else _member_hook(item, converter)
    return lambda value: tuple(map(hook, value))


def _object_hook(choices: tuple[Any, ...], classes: list[type], converter: Converter) -> _Hook:
    """Return the hook that structures a JSON object as a part, or as a map of parts."""
    if len(classes) == 1:
        return cast("_Hook", converter.get_structure_hook(classes[0]))
    by_type = {fields(cls).type.default: cast("_Hook", converter.get_structure_hook(cls)) for cls in classes}

    def build_one(value: dict[str, Any]) -> Any:
        return by_type[value["type"]](value)

    if not any(get_origin(choice) is Mapping for choice in choices):
        return build_one

    def build_one_or_map(value: dict[str, Any]) -> Any:
        # In a valid payload, the values of a map are objects, and the `type` of a part is a string.
        if isinstance(value.get("type"), str):
            return build_one(value)
        return {name: build_one(member) for name, member in value.items()}

    return build_one_or_map


@cache
def unstructure_hook(spelling: Spelling) -> _Hook:
    """Return the hook that unstructures a job or part: the fields that are not `ABSENT`, then the unknown keys.

    It raises ValueError if an unknown key has the name of a field.
    """

    def unbuild(value: Any) -> Any:
        kind: type = type(value)
        if kind in _SCALARS:
            return value
        keys = _keys(kind, spelling)
        if keys:
            # Read like this, maps are not made read-only, because they are copied here.
            *members, extra = astuple(value)
            payload = {}
            for key, member in zip(keys, members, strict=True):
                if member is not ABSENT:
                    payload[key] = member if type(member) in _SCALARS else unbuild(member)
            if extra is not ABSENT and extra.keys:
                if twice := payload.keys() & extra.keys.keys():
                    raise ValueError(f"{kind.__name__} has {min(twice)!r} twice: as a field and in extra")
                payload.update((key, unbuild(member)) for key, member in extra.keys.items())
            return payload
        if isinstance(value, tuple | list):
            return [unbuild(item) for item in value]
        if isinstance(value, Mapping):
            return {key: unbuild(member) for key, member in value.items()}
        return value

    return unbuild


@cache
def _keys(cls: type, spelling: Spelling) -> tuple[str, ...]:
    """Return the keys of the fields of a model class; `extra`, the last field, has none."""
    if not issubclass(cls, StructBase):
        return ()
    return tuple(spelled(name, spelling) for name in cls.__struct_fields__[:-1])

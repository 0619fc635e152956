"""The types of a part share one memory layout, on which `loads`, `structure` and `dumps` rely."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
import pytest

import ftschema
from ftschema.core.absent import ABSENT
from ftschema.model import fill
from ftschema.model.base import StructBase, model_class, struct_base
from ftschema.model.kinds.job import PARTS
from ftschema.schemas.reader import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHANGED = (
    f"msgspec {version('msgspec')} or attrs {version('attrs')} gives objects another memory layout than "
    "ftschema.model.base relies on; read its docstring. If the layout cannot be restored, let FastPath build jobs with "
    "ftschema.model.structure"
)


def _types() -> Iterator[tuple[type, type[msgspec.Struct]]]:
    """Yield each model class with each struct that takes it."""
    for contract in ftschema.contracts():
        for name, struct in fill._structs(contract).items():  # noqa: SLF001  # the promise is about them
            yield PARTS[name], struct


def _layout(cls: type) -> tuple[int, ...]:
    return cls.__basicsize__, cls.__itemsize__, cls.__dictoffset__, cls.__weakrefoffset__


def test_one_layout() -> None:
    """A model class and its structs inherit the slots of one struct, and add none."""
    for cls, struct in _types():
        base: Any = struct_base(cls)
        assert base.__base__ is StructBase, _CHANGED
        assert struct.__bases__ == (base,), _CHANGED
        assert _layout(cls) == _layout(struct) == _layout(base), _CHANGED
        assert vars(struct).keys().isdisjoint(base.__struct_fields__), _CHANGED
        maps = {attribute.name for attribute in attrs.fields(cls) if attribute.hash is False}
        assert vars(cls).keys() & {*base.__struct_fields__} == maps, _CHANGED
        assert tuple(attribute.name for attribute in attrs.fields(cls)) == base.__struct_fields__, _CHANGED


def test_a_struct_becomes_a_model_object() -> None:
    """A struct with any values in its slots takes the class and keeps the values; `extra` is empty and not encoded."""
    for cls, struct in _types():
        base = struct_base(cls)
        values: dict[str, Any] = {name: f"the {name}" for name in base.__struct_fields__}
        values["extra"] = ABSENT
        made = base(**values)
        try:
            made.__class__ = struct
            made.__class__ = cls
        except TypeError as error:
            pytest.fail(f"{_CHANGED}: {error}")
        assert {name: getattr(made, name) for name in values} == values | {"extra": {}}, _CHANGED
        assert msgspec.json.decode(msgspec.json.encode(made)) == {
            name: value for name, value in values.items() if name != "extra"
        }, _CHANGED


def test_only_absent_keys_have_defaults() -> None:
    """What a class requires, or sets by itself, every contract requires: such a field is never `ABSENT` in a struct."""
    for contract in ftschema.contracts():
        for name, part in parts(contract).items():
            needed = {attribute.name for attribute in attrs.fields(PARTS[name]) if attribute.default is not ABSENT}
            assert needed - {"extra"} <= {*part.required}, _CHANGED


def test_another_layout_is_refused() -> None:
    """A class with one field more cannot be taken, so that a difference in layout never goes unnoticed."""

    @model_class(kw_only=True)
    class Longer:
        name: Any = ABSENT
        other: Any = ABSENT
        extra: Any = attrs.field(factory=dict, hash=False)

    @model_class(kw_only=True)
    class Shorter:
        name: Any = ABSENT
        extra: Any = attrs.field(factory=dict, hash=False)

    made = struct_base(Shorter)()
    with pytest.raises(TypeError, match="layout"):
        made.__class__ = Longer

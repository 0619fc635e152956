"""JSON Pointers (RFC 6901)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = "(root)"
"""Shown to people instead of the empty pointer of the whole document."""


def join(path: Iterable[str | int]) -> str:
    """Return the JSON Pointer of a path of keys and indices; it is empty for the whole document."""
    return "".join([f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path])


def display(pointer: str) -> str:
    """Return the form of a JSON Pointer that is shown to people."""
    return pointer or ROOT


def split(pointer: str) -> list[str]:
    """Return the path of a JSON Pointer; indices stay text."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def follow(value: Any, path: Iterable[str | int]) -> Any:
    """Return the value at a path of keys and indices; an index may be text, as in a JSON Pointer."""
    for step in path:
        value = value[int(step) if isinstance(value, list) else step]
    return value

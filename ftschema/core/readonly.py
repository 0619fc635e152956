"""Maps and lists that cannot be changed, for JSON values inside a job or a report."""

from __future__ import annotations

from typing import Any, NoReturn


class ReadOnlyDict(dict[str, Any]):
    """A dict that cannot be changed; `dict(value)` and `value | other` are plain copies."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle by the members, because a dict is otherwise filled after it is made."""
        return ReadOnlyDict, (dict(self),)


class ReadOnlyList(list[Any]):
    """A list that cannot be changed; `list(value)` and `value + other` are plain copies."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle by the items, because a list is otherwise filled after it is made."""
        return ReadOnlyList, (list(self),)


def _refuse(self: object, *_: object, **__: object) -> NoReturn:
    kind = "dict" if isinstance(self, dict) else "list"
    raise TypeError(
        f"this {kind} belongs to a job or a report and cannot be changed; change a copy, and use attrs.evolve"
    )


for _name in ("__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault", "update"):
    setattr(ReadOnlyDict, _name, _refuse)
for _name in ("__setitem__", "__delitem__", "__iadd__", "__imul__", "append", "clear", "extend", "insert", "pop"):
    setattr(ReadOnlyList, _name, _refuse)
for _name in ("remove", "reverse", "sort"):
    setattr(ReadOnlyList, _name, _refuse)


def read_only(value: Any) -> Any:
    """Return a value with each dict and list in it as a read-only copy; tuples are searched, other objects are not.

    A value that contains itself is returned unchanged.
    """
    try:
        return _copy(value)
    except RecursionError:
        return value


def _copy(value: Any) -> Any:
    if isinstance(value, ReadOnlyDict | ReadOnlyList):
        return value
    if isinstance(value, dict):
        return ReadOnlyDict({key: _copy(member) for key, member in value.items()})
    if isinstance(value, list):
        return ReadOnlyList(map(_copy, value))
    return tuple(map(_copy, value)) if type(value) is tuple else value

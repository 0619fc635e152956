"""A payload with the certain repairs of its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftschema.core.pointer import split
from ftschema.jsontext.data import copied, is_json

if TYPE_CHECKING:
    from ftschema.core.report import Operation, Report


def repaired(payload: Any, report: Report) -> Any:
    """Return a copy of a payload with every `repair` of its report; all else, order included, is as it was.

    What is not JSON data has no repairs, and is returned itself.

    Args:
        payload: The payload that was checked; it stays as it is.
        report: What was found in it, by a check of the payload or of its text.

    Raises:
        ValueError: The report is about another payload, in which a place to repair is not there.
    """
    if not is_json(payload):
        return payload
    result = copied(payload)
    for problem in report:
        for operation in problem.repair or ():
            _apply(operation, result)
    return result


def _apply(operation: Operation, payload: Any) -> None:
    """Apply one of the operations that repairs are made of, in place; those have an object or array above them."""
    *above, last = split(operation["path"])
    try:
        container = payload
        for step in above:
            container = _member(container, step)
        if operation["op"] == "move":
            _rename(container, split(operation["from"])[-1], last)
        elif operation["op"] == "add":
            container[last] = operation["value"]
        else:
            _member(container, last)
            container[int(last) if isinstance(container, list) else last] = operation["value"]
    except (LookupError, TypeError, ValueError):
        raise ValueError(f"the report is of another payload: {operation} finds no place in this one") from None


def _member(container: Any, step: str) -> Any:
    return container[int(step) if isinstance(container, list) else step]


def _rename(members: dict[str, Any], old: str, new: str) -> None:
    """Give a key another name, in place and where it stands."""
    pairs = [(new if key == old else key, member) for key, member in members.items()]
    del members[old]
    members.clear()
    members.update(pairs)

"""Put a value at a given location of a generated job, creating the objects above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ftschema.core.absent import ABSENT
from ftschema.generation.objects import object_generator
from ftschema.generation.values import choose, type_generator
from ftschema.schemas.json_types import ANY_KEY, JsonType, MapType

if TYPE_CHECKING:
    from ftschema.core.literals import ContractName
    from ftschema.generation.values import Chooser

Route: TypeAlias = tuple[tuple[str, JsonType], ...]
"""The keys from the job down to a value, in the names of the wire, each with the type of the value at the key.

`ANY_KEY` stands for any item of an array, or any key of a map.
"""


def base_job(contract: ContractName, route: Route, key: str | None, chooser: Chooser) -> dict[str, Any]:
    """Generate a consistent job of a status and a method that allow a value at the end of a route."""
    jobs = object_generator(contract)
    keys = [step for step, _ in route] + ([key] if key else [])
    statuses = ("failed",) if keys[:1] == ["error"] else jobs.statuses
    methods = jobs.methods
    if keys[:1] == ["method"]:
        methods = tuple(method for method in methods if method == keys[1]) if len(keys) > 1 else methods
        methods = methods or tuple(method for method in jobs.methods if method)
    elif keys[:1] == ["hyperparameters"]:
        # With a method, the same settings would have to be changed there too.
        methods = (None,)
    status = choose(statuses, chooser)
    return jobs.consistent_job(chooser, status, methods, {})


def ensure_path(
    payload: dict[str, Any], route: Route, contract: ContractName, chooser: Chooser
) -> tuple[Any, list[str | int]]:
    """Return the value at the end of a route and the path to it; what is missing on the way is generated."""
    container: Any = payload
    path: list[str | int] = []
    for key, json_type in route:
        step = _step(container, key, chooser)
        if not _has_type(_value_at(container, step), json_type):
            _set(container, step, type_generator(json_type, key, contract)(chooser))
        container = _value_at(container, step)
        path.append(step)
    return container, path


def set_value(container: Any, key: str, value: Any, chooser: Chooser) -> str | int:
    """Set the value at a key, or for `ANY_KEY` that of an item or of a key of a map; return the key or index."""
    step = _step(container, key, chooser)
    _set(container, step, value)
    return step


def _step(container: Any, key: str, chooser: Chooser) -> str | int:
    if key != ANY_KEY:
        return key
    if isinstance(container, list):
        return chooser(len(container)) if len(container) > 1 else 0
    return next(iter(container), "name")


def _value_at(container: Any, step: str | int) -> Any:
    if isinstance(container, list):
        return container[int(step)] if int(step) < len(container) else ABSENT
    return container.get(step, ABSENT)


def _set(container: Any, step: str | int, value: Any) -> None:
    if isinstance(container, list) and int(step) == len(container):
        container.append(value)
    else:
        container[step] = value


def _has_type(value: Any, json_type: JsonType) -> bool:
    # A multi grader may have a single grader, with a `type`, instead of a map of graders.
    is_one_grader = isinstance(value, dict) and isinstance(value.get("type"), str)
    return json_type.matches(value) and not (isinstance(json_type, MapType) and is_one_grader)

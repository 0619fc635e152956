"""A way down to a place of a job, and how a drawn job comes to hold something there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ftschema.generation.jobs import composer
from ftschema.generation.values import form_drawer, pick
from ftschema.schemas.shape import Form, Items, Members

if TYPE_CHECKING:
    from ftschema.generation.values import Source

Route: TypeAlias = tuple[tuple[str, Form], ...]
"""Keys of the wire, `*` for an item of a list or a name in a map, each with the form of what lies there."""
ANY = "*"


def base(contract: str, route: Route, key: str | None, source: Source) -> dict[str, Any]:
    """Draw a coherent job that goes well with what lies on a route."""
    jobs = composer(contract)
    keys = [step for step, _ in route] + ([key] if key else [])
    statuses = ("failed",) if keys[:1] == ["error"] else jobs.statuses
    methods = jobs.methods
    if keys[:1] == ["method"]:
        methods = tuple(method for method in methods if method == keys[1]) if len(keys) > 1 else methods
        methods = methods or tuple(method for method in jobs.methods if method)
    elif keys[:1] == ["hyperparameters"]:
        # What lies below a method would have to be the same.
        methods = (None,)
    status = pick(statuses, source)
    return jobs.coherent_job(source, status, methods, {})


def reached(payload: dict[str, Any], route: Route, contract: str, source: Source) -> tuple[Any, list[str | int]]:
    """Return what lies at the end of a route, drawn where the payload has it not yet, and the path to it."""
    container: Any = payload
    path: list[str | int] = []
    for key, form in route:
        step = _step(container, key, source)
        if not _is_of(form, _at(container, step)):
            _put(container, step, form_drawer(form, key, contract)(source))
        container = _at(container, step)
        path.append(step)
    return container, path


def put(container: Any, key: str, value: Any, source: Source) -> str | int:
    """Put a value under a key, or for `*` in the place of an item or of what a map holds; return where it is."""
    step = _step(container, key, source)
    _put(container, step, value)
    return step


def _step(container: Any, key: str, source: Source) -> str | int:
    if key != ANY:
        return key
    if isinstance(container, list):
        return source(len(container)) if len(container) > 1 else 0
    return next(iter(container), "name")


def _at(container: Any, step: str | int) -> Any:
    if isinstance(container, list):
        return container[int(step)] if int(step) < len(container) else ...
    return container.get(step, ...)


def _put(container: Any, step: str | int, value: Any) -> None:
    if isinstance(container, list) and int(step) == len(container):
        container.append(value)
    else:
        container[step] = value


def _is_of(form: Form, value: Any) -> bool:
    """Return whether a value of a valid job is of a form that has something below it."""
    if isinstance(form, Items):
        return isinstance(value, list)
    if not isinstance(value, dict):
        return False
    is_part = isinstance(value.get("type"), str)
    if isinstance(form, Members):
        return form.tag is None or value.get("type") == form.tag
    return not is_part

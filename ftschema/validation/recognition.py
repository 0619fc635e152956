"""Recognize of which kind a payload is, valid or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ftschema.schemas.catalogue import KINDS
from ftschema.schemas.vocabulary import JOB_OBJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def is_job(value: Any) -> bool:
    """Return whether a value says that it is a job."""
    return isinstance(value, dict) and value.get("object") == JOB_OBJECT


def is_page(payload: Any) -> bool:
    """Return whether a payload is a page of a list."""
    if not isinstance(payload, dict) or not isinstance(payload.get("data"), list):
        return False
    # Some servers leave out `object`.
    return payload.get("object") == "list" or ("has_more" in payload and "object" not in payload)


def is_error(payload: Any) -> bool:
    """Return whether a payload is the body of a reply to a request that failed."""
    error = payload.get("error") if isinstance(payload, dict) else None
    # One live body of 2026 has the status of HTTP beside the error.
    if not isinstance(error, dict) or "message" not in error or isinstance(payload.get("status"), str):
        return False
    return payload.keys().isdisjoint({"id", "object"})


def is_request(payload: Any) -> bool:
    """Return whether a payload is the request that creates a job."""
    return (
        isinstance(payload, dict)
        and payload.keys() >= {"model", "training_file"}
        and payload.keys().isdisjoint({"id", "object", "status", "created_at"})
    )


def is_webhook(payload: Any) -> bool:
    """Return whether a payload is what a webhook receives about a job."""
    # `object` is optional on it.
    name = payload.get("type") if isinstance(payload, dict) else None
    return isinstance(name, str) and name.startswith(f"{JOB_OBJECT}.") and isinstance(payload.get("data"), dict)


_BY_SHAPE: Final[Mapping[str, Callable[[Any], bool]]] = {
    "page": is_page,
    "webhook": is_webhook,
    "error": is_error,
    "request": is_request,
}
_BY_OBJECT: Final = {kind.object: kind.name for kind in KINDS.values() if kind.object}


def kind(payload: Any) -> str | None:
    """Return the kind of object that a payload is, valid or not: `job`, `page`, …; None if it is none of them.

    It is what the payload says of itself in its key `object`, or else the kind whose keys it has.
    """
    if not isinstance(payload, dict):
        return None
    said = payload.get("object")
    if isinstance(said, str) and said in _BY_OBJECT:
        return _BY_OBJECT[said]
    return next((name for name, test in _BY_SHAPE.items() if name in KINDS and test(payload)), None)

"""Recognize the kind of a payload, valid or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ftschema.schemas.catalogue import KINDS, PAGES
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
    if "object" not in payload:
        # Some servers leave it out.
        return "has_more" in payload
    return str(payload["object"]) == "list"


def is_error(payload: Any) -> bool:
    """Return whether a payload is the body of a reply to a request that failed."""
    error = payload.get("error") if isinstance(payload, dict) else None
    # One live body of 2026 has the status of HTTP beside the error.
    if not isinstance(error, dict) or "message" not in error or isinstance(payload.get("status"), str):
        return False
    return {"id", "object"}.isdisjoint(payload)


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
    if not isinstance(payload, dict):
        return False
    name = payload.get("type")
    return isinstance(name, str) and name.startswith(f"{JOB_OBJECT}.") and isinstance(payload.get("data"), dict)


BY_OBJECT: Final = {kind.object: kind.name for kind in KINDS.values() if kind.object}
"""The kinds by the value of `object` that no other kind has."""

_BY_SHAPE: Final[Mapping[str, Callable[[Any], bool]]] = {
    "page": is_page,
    "webhook": is_webhook,
    "error": is_error,
    "request": is_request,
}


def kind(payload: Any) -> str | None:
    """Return the kind of object that a payload is, valid or not: `job`, `page`, …; None if it is none of them.

    It is what the payload says of itself in its key `object`, or else the kind whose keys it has.
    """
    if not isinstance(payload, dict):
        return None
    said = payload.get("object")
    if isinstance(said, str) and said in BY_OBJECT:
        return BY_OBJECT[said]
    by_shape = (name for name, test in _BY_SHAPE.items() if test(payload))
    by_keys = (kind.name for kind in KINDS.values() if kind.keys and all(key in payload for key in kind.keys))
    return next(by_shape, None) or next(by_keys, None)


def items_of(payload: Any) -> str:
    """Return the kind of the items of a page, which is the same for all; the job if none is recognized.

    Their keys count for more than what they say in `object`, which may be the fault of an item.
    """
    items = payload.get("data") if isinstance(payload, dict) else None
    scores = dict.fromkeys(PAGES, 0.0)
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            for name in PAGES:
                known = KINDS[name]
                scores[name] += 2 * sum(key in item for key in known.keys) / len(known.keys)
                scores[name] += item.get("object") == known.object
    return max(scores, key=scores.__getitem__)

"""Recognize payloads that are something else: another object of the API, or a job of another contract.

Facts: the objects are those of the published specification of 2026-07-15, and of the API that was shut down in 2024-01
(`fine-tune`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from ftschema.core.pointer import split
from ftschema.schemas.catalogue import entry, names
from ftschema.schemas.paths import allowed, keyword_value, known_keys
from ftschema.schemas.spelling import SPELLINGS, spelled, wire_name
from ftschema.schemas.vocabulary import JOB_OBJECT
from ftschema.validation.engine import validator_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ftschema.core.report import Problem
    from ftschema.schemas.spelling import Spelling


@frozen
class LookAlike:
    """Something that people mistake for a job.

    Attributes:
        name: Its name.
        test: Whether a payload that is not valid by any contract is one.
        advice: What it is and what to do with it; follows "this looks like" in the hint.
    """

    name: str
    test: Callable[[Any], bool]
    advice: str


def _object(name: str) -> Callable[[Any], bool]:
    return lambda payload: isinstance(payload, dict) and payload.get("object") == name


def _is_quoted_json(payload: Any) -> bool:
    return isinstance(payload, str) and payload.lstrip()[:1] in {"{", "["}


def _is_job(value: Any) -> bool:
    return isinstance(value, dict) and value.get("object") == JOB_OBJECT


def _is_error(payload: Any) -> bool:
    error = payload.get("error") if isinstance(payload, dict) else None
    return isinstance(error, dict) and "message" in error and payload.keys().isdisjoint({"id", "object", "status"})


def _is_request(payload: Any) -> bool:
    return (
        isinstance(payload, dict)
        and payload.keys() >= {"model", "training_file"}
        and payload.keys().isdisjoint({"id", "object", "status", "created_at"})
    )


def _is_webhook_event(payload: Any) -> bool:
    # `object` is optional on it.
    kind = payload.get("type") if isinstance(payload, dict) else None
    return isinstance(kind, str) and kind.startswith(f"{JOB_OBJECT}.") and isinstance(payload.get("data"), dict)


LOOK_ALIKES: Final = (
    LookAlike(
        "quoted", _is_quoted_json, "JSON text inside a string; decode it once more, or give the text to check_text"
    ),
    LookAlike(
        "list of jobs",
        lambda payload: isinstance(payload, list) and bool(payload) and _is_job(payload[0]),
        "a list of jobs; check each of its items",
    ),
    LookAlike("list page", _object("list"), "a page of a list; check each item of its data"),
    LookAlike("webhook", _is_webhook_event, "a webhook event about a job; its data has the id of the job to retrieve"),
    LookAlike("event", _object(f"{JOB_OBJECT}.event"), "an event of a job; retrieve the job itself"),
    LookAlike(
        "checkpoint",
        _object(f"{JOB_OBJECT}.checkpoint"),
        "a checkpoint of a job; its fine_tuning_job_id is the id of the job to retrieve",
    ),
    LookAlike("permission", _object("checkpoint.permission"), "a permission to use a checkpoint of a job"),
    LookAlike("fine-tune", _object("fine-tune"), "a job of the fine-tunes API, which was shut down in January 2024"),
    LookAlike("batch", _object("batch"), "a batch, not a job"),
    LookAlike("file", _object("file"), "an uploaded file; its id is the training_file of the jobs that use it"),
    LookAlike("model", _object("model"), "a model; its id is the fine_tuned_model of the job that trained it"),
    LookAlike("error", _is_error, "the API's reply to a request that failed; its error says why"),
    LookAlike("request", _is_request, "the request that creates a job; check the reply to it"),
    LookAlike(
        "wrapped job",
        lambda payload: isinstance(payload, dict) and any(map(_is_job, payload.values())),
        "an object with a job inside; check the job itself",
    ),
)
"""The look-alikes; the first that matches is reported."""


def explained(contract: str, payload: Any, problems: list[Problem]) -> tuple[list[Problem], str | None]:
    """Return the problems of an invalid payload, and a hint at what the payload as a whole seems to be.

    Repairs are dropped if the payload is not a job.
    """
    lacks_keys = any(problem.code == "required" and not problem.pointer for problem in problems)
    if lacks_keys or not isinstance(payload, dict):
        for look_alike in LOOK_ALIKES:
            if look_alike.test(payload):
                return [evolve(problem, repair=None) for problem in problems], f"this looks like {look_alike.advice}"
    if not isinstance(payload, dict):
        return problems, None
    spelling = _other_spelling(contract, payload) if lacks_keys else None
    return problems, spelling or _other_contract(contract, payload, problems)


_NAMES: Final[dict[Spelling, str]] = {"wire": "snake_case", "camel": "camelCase", "pascal": "PascalCase"}


def _other_spelling(contract: str, payload: dict[str, Any]) -> str | None:
    """Return the hint for a job whose keys are spelled as in another contract."""
    for theirs in SPELLINGS:
        if len(_foreign_names(contract, theirs) & payload.keys()) > 1:
            known = [name for name in names() if entry(name).spelling == theirs]
            source = next((name for name in known if validator_for(name)(payload)), known[0])
            return (
                f"this looks like a job in {_NAMES[theirs]}, as in contract {source}; "
                f'convert(payload, "{source}", "{contract}") renames its keys'
            )
    return None


@cache
def _foreign_names(contract: str, theirs: Spelling) -> frozenset[str]:
    """Return the keys of a job in another spelling, without those that are the same in both."""
    ours = known_keys(contract, None, ())
    wire = {wire_name(key, entry(contract).spelling) for key in ours}
    return frozenset(spelled(key, theirs) for key in wire) - ours


def _other_contract(contract: str, payload: dict[str, Any], problems: Sequence[Problem]) -> str | None:
    """Return a hint at the contract that accepts a job, if there is one.

    If there is one problem, only the contracts are tried that treat its key differently.
    """
    faults = [problem for problem in problems if problem.pointer.count("/") <= 1]
    keys = {split(problem.pointer)[0] for problem in faults if problem.pointer}
    if len(faults) > 1:
        others = [name for name in names() if entry(name).spelling == entry(contract).spelling]
    elif len(problems) == 1 and faults and not keys:
        missing = next((key for key in _required(contract) if key not in payload), "")
        others = [name for name in _with_key(missing, names()) if missing not in _required(name)]
    elif len(problems) == 1 and faults:
        [key] = keys
        ours, _ = allowed(contract, None, ("properties", key))
        # A contract that allows any string there gives no hint.
        by_type = faults[0].code == "type"
        others = [
            name
            for name, types, strings in _allowed_at(key, names())
            if (types != ours if by_type else payload[key] in strings)
        ]
    else:
        return None
    for other in others:
        # A contract accepts any value of a key that it does not declare, which gives no hint.
        if other != contract and keys <= known_keys(other, None, ()) and validator_for(other)(payload):
            return f"contract {other} accepts it: {entry(other).about}"
    return None


@cache
def _with_key(key: str, contracts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in contracts if key in known_keys(name, None, ()))


def _required(contract: str) -> tuple[str, ...]:
    required, _ = keyword_value(contract, None, ("required",))
    return tuple(required)


@cache
def _allowed_at(key: str, contracts: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Return the contracts that declare a key of a job, with the JSON types and the strings that they allow there."""
    return tuple((name, *allowed(name, None, ("properties", key))) for name in _with_key(key, contracts))

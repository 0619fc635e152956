"""What a payload seems to be that is no job of its contract: another object of the API, or a job of another contract.

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
class MixUp:
    """Something that is taken for a job.

    Attributes:
        name: What it is called.
        test: Whether a payload that no contract takes for a job is one.
        advice: What it is and what to do with it, to be read after "this looks like".
    """

    name: str
    test: Callable[[Any], bool]
    advice: str


def _object(name: str) -> Callable[[Any], bool]:
    return lambda payload: isinstance(payload, dict) and payload.get("object") == name


def _is_quoted(payload: Any) -> bool:
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


def _is_notice(payload: Any) -> bool:
    # `object` is optional on it.
    kind = payload.get("type") if isinstance(payload, dict) else None
    return isinstance(kind, str) and kind.startswith(f"{JOB_OBJECT}.") and isinstance(payload.get("data"), dict)


MIXUPS: Final = (
    MixUp("quoted", _is_quoted, "JSON text inside a string; decode it once more, or give the text to check_text"),
    MixUp(
        "list of jobs",
        lambda payload: isinstance(payload, list) and bool(payload) and _is_job(payload[0]),
        "a list of jobs; check each of its items",
    ),
    MixUp("list page", _object("list"), "a page of a list; check each item of its data"),
    MixUp("webhook", _is_notice, "a webhook event about a job; its data has the id of the job to retrieve"),
    MixUp("event", _object(f"{JOB_OBJECT}.event"), "an event of a job; retrieve the job itself"),
    MixUp(
        "checkpoint",
        _object(f"{JOB_OBJECT}.checkpoint"),
        "a checkpoint of a job; its fine_tuning_job_id names the job to retrieve",
    ),
    MixUp("permission", _object("checkpoint.permission"), "a permission to use a checkpoint of a job"),
    MixUp("fine-tune", _object("fine-tune"), "a job of the fine-tunes API, which was shut down in January 2024"),
    MixUp("batch", _object("batch"), "a batch; a job has another object"),
    MixUp("file", _object("file"), "an uploaded file; the jobs that use it name its id as their training_file"),
    MixUp("model", _object("model"), "a model; the job that trained it names it as its fine_tuned_model"),
    MixUp("error", _is_error, "the API's reply to a request that failed; its error says why"),
    MixUp("request", _is_request, "the request that creates a job; check the reply to it"),
    MixUp(
        "wrapped job",
        lambda payload: isinstance(payload, dict) and any(map(_is_job, payload.values())),
        "an object with a job inside; check the job itself",
    ),
)
"""What is taken for a job; the first row that fits is meant."""


def explained(contract: str, payload: Any, problems: list[Problem]) -> tuple[list[Problem], str | None]:
    """Return the problems of a payload that breaks a contract, and a hint at what it seems to be as a whole.

    Of what is no job at all nothing is to be repaired.
    """
    lacks_keys = any(problem.code == "required" and not problem.pointer for problem in problems)
    if lacks_keys or not isinstance(payload, dict):
        for mixup in MIXUPS:
            if mixup.test(payload):
                return [evolve(problem, repair=None) for problem in problems], f"this looks like {mixup.advice}"
    if not isinstance(payload, dict):
        return problems, None
    spelling = _other_spelling(contract, payload) if lacks_keys else None
    return problems, spelling or _other_contract(contract, payload, problems)


_NAMES: Final[dict[Spelling, str]] = {"wire": "snake_case", "camel": "camelCase", "pascal": "PascalCase"}


def _other_spelling(contract: str, payload: dict[str, Any]) -> str | None:
    """Return what to do with a job whose keys are spelled as another contract has them."""
    for theirs in SPELLINGS:
        if len(_strange_names(contract, theirs) & payload.keys()) > 1:
            known = [name for name in names() if entry(name).spelling == theirs]
            source = next((name for name in known if validator_for(name)(payload)), known[0])
            return (
                f"this looks like a job in {_NAMES[theirs]}, as the contract {source} has it; "
                f'convert(payload, "{source}", "{contract}") renames its keys'
            )
    return None


@cache
def _strange_names(contract: str, theirs: Spelling) -> frozenset[str]:
    """Return the keys of a job in another spelling, those that are the same in both left out."""
    ours = known_keys(contract, None, ())
    wire = {wire_name(key, entry(contract).spelling) for key in ours}
    return frozenset(spelled(key, theirs) for key in wire) - ours


def _other_contract(contract: str, payload: dict[str, Any], problems: Sequence[Problem]) -> str | None:
    """Return which contract accepts a job; only those are asked that treat the key of a single fault differently."""
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
        # That another contract takes any word says nothing.
        by_type = faults[0].code == "type"
        others = [
            name for name, types, words in _at(key, names()) if (types != ours if by_type else payload[key] in words)
        ]
    else:
        return None
    for other in others:
        # What a contract does not declare it accepts whatever it is.
        if other != contract and keys <= known_keys(other, None, ()) and validator_for(other)(payload):
            return f"the contract {other} accepts it: {entry(other).about}"
    return None


@cache
def _with_key(key: str, contracts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in contracts if key in known_keys(name, None, ()))


def _required(contract: str) -> tuple[str, ...]:
    required, _ = keyword_value(contract, None, ("required",))
    return tuple(required)


@cache
def _at(key: str, contracts: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Return the contracts that have a key of a job, with the JSON types and the words that they allow there."""
    return tuple((name, *allowed(name, None, ("properties", key))) for name in _with_key(key, contracts))

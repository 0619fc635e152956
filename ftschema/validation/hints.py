"""Recognize payloads that are something else: another object, another server's job, or another contract's job.

Facts: the objects are those of the published specification of 2026-07-15, and of the API that was shut down in 2024-01
(`fine-tune`). The jobs of other servers are told by the names of their own references, as of 2026.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from ftschema.core.pointer import split
from ftschema.schemas.catalogue import KINDS, entry, names
from ftschema.schemas.paths import allowed, known_keys, required_keys
from ftschema.schemas.spelling import SPELLINGS, spelled, wire_name
from ftschema.schemas.vocabulary import JOB_OBJECT
from ftschema.validation.engine import validator_for
from ftschema.validation.recognition import is_error, is_job, is_page, is_request, is_webhook, kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ftschema.core.literals import ContractName
    from ftschema.core.report import Problem
    from ftschema.schemas.spelling import Spelling

# `FineTuningJob(id=`, a list of them, and `SyncCursorPage[FineTuningJob](data=`; the SDK before 1.0 printed
# `<FineTuningJob … JSON: {`.
_REPR: Final = re.compile(
    r"\s*(?:\[?[A-Za-z_]\w{0,99}(?:\[[\w.]{1,99}\])?\([A-Za-z_]\w{0,99}=|<[^<>]{1,500}> JSON: \{)"
)
_REPR_INSIDE: Final = re.compile(r"\bFineTuningJob\([a-z_]{1,99}=")
_JOB_ID: Final = re.compile(r"e?ftjob-\w{1,64}")
_SDK_PACKAGE: Final = "openai"
# A recording has a job at /interactions/0/response/body/data/0.
_DEEPEST_WRAPPER: Final = 6


@frozen
class LookAlike:
    """Something that is taken for a job.

    Attributes:
        name: Its name.
        test: Whether a payload that lacks keys of a job is this.
        advice: What it is and what to do with it; follows "this looks like".
    """

    name: str
    test: Callable[[Any], bool]
    advice: str


def is_repr(text: str) -> bool:
    """Return whether a text begins as the repr of an SDK object does."""
    return bool(_REPR.match(text))


def _object(name: str) -> Callable[[Any], bool]:
    return lambda payload: isinstance(payload, dict) and payload.get("object") == name


def _is_quoted(payload: Any) -> bool:
    return isinstance(payload, str) and payload.lstrip()[:1] in {"{", "["}


def _is_training_example(payload: Any) -> bool:
    if not isinstance(payload, dict) or "id" in payload or "status" in payload:
        return False
    return isinstance(payload.get("messages"), list) or any(
        payload.keys() >= keys
        for keys in ({"prompt", "completion"}, {"input", "preferred_output"}, {"input", "non_preferred_output"})
    )


def _has(*keys: str, **patterns: str) -> Callable[[Any], bool]:
    """Return the test whether an object has one of some keys, or a string that matches the pattern of its key."""
    named = frozenset(keys)
    # `re.match` takes as long to find the pattern in its cache as the others of these tests together.
    matches = [(key, re.compile(pattern).match) for key, pattern in patterns.items()]

    def test(payload: Any) -> bool:
        if not isinstance(payload, dict):
            return False
        if not payload.keys().isdisjoint(named):
            return True
        for key, match in matches:
            value = payload.get(key)
            if isinstance(value, str) and match(value):
                return True
        return False

    return test


def _seems_job(value: Any) -> bool:
    return is_job(value) or (isinstance(value, dict) and {"id", "status", "model"} <= value.keys())


def _is_list_of_jobs(payload: Any) -> bool:
    return isinstance(payload, list) and any(map(_seems_job, payload))


def _is_wrapper(payload: Any) -> bool:
    if not isinstance(payload, dict) or _seems_job(payload):
        return False
    return any(_seems_job(value) or _is_list_of_jobs(value) or is_page(value) for value in payload.values())


def _holds_job(value: Any, depth: int = _DEEPEST_WRAPPER) -> bool:
    """Return whether a value is a job, or has one inside; only the first item of an array is looked at."""
    inside = value.values() if isinstance(value, dict) else value[:1] if isinstance(value, list) else ()
    return _seems_job(value) or (depth > 0 and any(_holds_job(member, depth - 1) for member in inside))


_is_of_fireworks: Final = _has("supervisedFineTuningJobs", name=r"accounts/.{1,200}/(?:supervisedF|f)ineTuningJobs/")


def _is_of_fireworks_by_gateway(payload: Any) -> bool:
    # Portkey's, by its source code of 2026.
    if not isinstance(payload, dict) or "object" in payload or "completed_at" not in payload:
        return False
    settings = payload.get("hyperparameters")
    return isinstance(settings, dict) and "learning_rate" in settings


_EACH: Final = "`ftschema check` and check_jobs check each of its jobs"

LOOK_ALIKES: Final = (
    LookAlike("quoted", _is_quoted, "JSON text inside a string; decode it once more, or give the text to check_text"),
    LookAlike(
        "repr",
        lambda payload: isinstance(payload, str) and is_repr(payload),
        "the repr of an SDK object; from_repr(text) reads it",
    ),
    LookAlike(
        "job id",
        lambda payload: isinstance(payload, str) and _JOB_ID.fullmatch(payload) is not None,
        "the id of a job; retrieve the job itself",
    ),
    LookAlike(
        "list of jobs",
        _is_list_of_jobs,
        f"a list of jobs; {_EACH}",
    ),
    LookAlike("list page", is_page, f"a page of a list; ftschema.page checks it, and {_EACH}"),
    LookAlike(
        "webhook",
        is_webhook,
        "a webhook event about a job, which ftschema.webhook checks; its data has the id of the job to retrieve",
    ),
    LookAlike(
        "event",
        _object(f"{JOB_OBJECT}.event"),
        "an event of a job, which ftschema.event checks; retrieve the job itself",
    ),
    LookAlike(
        "checkpoint",
        _object(f"{JOB_OBJECT}.checkpoint"),
        "a checkpoint of a job, which ftschema.checkpoint checks; its fine_tuning_job_id names the job to retrieve",
    ),
    LookAlike(
        "permission",
        _object("checkpoint.permission"),
        "a permission to use a checkpoint of a job, which ftschema.permission checks",
    ),
    LookAlike("batch", _object("batch"), "a batch, not a job"),
    LookAlike("file", _object("file"), "an uploaded file; its id is the training_file of the jobs that use it"),
    LookAlike("model", _object("model"), "a model; its id is the fine_tuned_model of the job that trained it"),
    LookAlike(
        "Vertex AI",
        _has(
            "tunedModel",
            "tuningJobs",
            "supervisedTuningSpec",
            name=r"projects/.{1,200}/tuningJobs/",
            id=r"projects/.{1,200}/tuningJobs/",
        ),
        "a tuning job of Google Vertex AI, which has a schema of its own",
    ),
    LookAlike(
        "Bedrock",
        _has("jobArn", "baseModelArn", "modelCustomizationJobSummaries", id=r"arn(?::|%3A)aws"),
        "a model customization job of Amazon Bedrock, which has a schema of its own",
    ),
    LookAlike(
        "Fireworks",
        lambda payload: _is_of_fireworks(payload) or _is_of_fireworks_by_gateway(payload),
        "a fine-tuning job of Fireworks AI, which has a schema of its own",
    ),
    LookAlike(
        "Together",
        _has("output_name", "model_output_name", "training_type"),
        "a fine-tuning job of Together AI, which has a schema of its own",
    ),
    LookAlike("fine-tune", _object("fine-tune"), "a job of the fine-tunes API, which was shut down in January 2024"),
    LookAlike(
        "Mistral",
        _has(
            "auto_start",
            "job_type",
            "training_files",
            status=r"(?:QUEUED|STARTED|VALIDATING|VALIDATED|RUNNING|SUCCESS)\Z",
        ),
        "a fine-tuning job of Mistral AI, which has a schema of its own",
    ),
    LookAlike(
        "training example",
        _is_training_example,
        "a line of a training file; the jobs that use the file name its id as their training_file",
    ),
    LookAlike(
        "error", is_error, "the API's reply to a request that failed, which ftschema.error checks; its error says why"
    ),
    LookAlike(
        "request",
        is_request,
        "the request that creates a job, which ftschema.request checks; a job is in the reply to it",
    ),
    LookAlike("wrapped job", _is_wrapper, f"an object with a job inside; {_EACH}"),
    LookAlike(
        "recording",
        lambda payload: not _seems_job(payload) and _holds_job(payload),
        "data with a job deep inside; give its place to `ftschema check --at POINTER`, or check_jobs(text, at=pointer)",
    ),
)
"""The look-alikes, in the order in which they are tried."""


def look_alike_hint(contract: ContractName, payload: Any) -> str | None:
    """Return the hint for an invalid payload, without all keys, that is something else."""
    expected, found = entry(contract).kind.name, kind(payload)
    if expected != "job" and found:
        # What is said below is said of jobs.
        return None if found == expected else f"this looks like {KINDS[found].about}; ftschema.{found} checks it"
    look_alike = next((look_alike for look_alike in LOOK_ALIKES if look_alike.test(payload)), None)
    return None if look_alike is None else f"this looks like {look_alike.advice}"


def python_hint(payload: object) -> str | None:
    """Return the hint for a Python value that is not JSON data: an object of the SDK, or a job of this package."""
    hint = _object_hint(payload)
    if hint is None and isinstance(payload, dict) and any(_is_of(value, _SDK_PACKAGE) for value in payload.values()):
        return (
            "this holds objects of the openai SDK, as dict(obj) returns them; use from_openai(obj) or obj.model_dump()"
        )
    inside = payload.values() if isinstance(payload, dict) else [payload]
    items = [value[0] for value in inside if isinstance(value, list) and value]
    return hint or next((f"of each item: {hint}" for item in items if (hint := _object_hint(item))), None)


def _object_hint(value: object) -> str | None:
    # The names are compared, because the SDK must not be imported here.
    if _is_of(value, "ftschema", "FineTuningJob"):
        return "this is a ftschema.FineTuningJob; unstructure(job) returns its payload, and dumps(job) its text"
    if _is_of(value, _SDK_PACKAGE, "FineTuningJob"):
        return "this is an object of the openai SDK; use from_openai(obj), or check obj.model_dump()"
    if _is_of(value, _SDK_PACKAGE):
        return "this is an object of the openai SDK; check obj.model_dump()"
    return None


def _is_of(value: object, package: str, name: str | None = None) -> bool:
    kind = type(value)
    return f"{kind.__module__}.".startswith(f"{package}.") and name in (None, kind.__name__)


def text_hint(text: str) -> str | None:
    """Return the hint for a text that is the repr of an SDK object, or has one inside."""
    if is_repr(text):
        return "this looks like the repr of an SDK object; from_repr(text) reads it"
    inside = _REPR_INSIDE.search(text)
    if inside is None:
        return None
    before = text[: inside.start()]
    line, column = before.count("\n") + 1, inside.start() - before.rfind("\n")
    return (
        f"the repr of an SDK object begins at line {line}, column {column}; without the text around it, "
        "`ftschema check` and from_repr(text) read it"
    )


def whole_hint(contract: ContractName, payload: dict[str, Any], problems: Sequence[Problem]) -> str | None:
    """Return a hint about an invalid payload as a whole, or about the contract that accepts it."""
    zeros = zero_hint(payload) if entry(contract).is_job else None
    return zeros or _other_spelling(contract, payload) or _other_contract(contract, payload, problems)


_ZEROS: Final = (("finished_at", 0), ("trained_tokens", 0), ("fine_tuned_model", ""))


def zero_hint(payload: dict[str, Any]) -> str | None:
    """Return the hint for a job that a Go program wrote, whose structs have zero values where the API has null."""
    zeros = [key for key, zero in _ZEROS if _is_zero(payload.get(key), zero)]
    if len(zeros) > 1:
        return f'{", ".join(zeros)}: 0 and "" stand for null here, as Go programs write it'
    return None


def _is_zero(value: object, zero: object) -> bool:
    return type(value) is type(zero) and value == zero


_NAMES: Final[dict[Spelling, str]] = {"wire": "snake_case", "camel": "camelCase", "pascal": "PascalCase"}


def _other_spelling(contract: ContractName, payload: dict[str, Any]) -> str | None:
    """Return the hint for a job whose keys are spelled as in another contract."""
    if payload.keys() >= required_keys(contract, None, ()):
        return None
    for theirs in SPELLINGS:
        if len(_foreign_names(contract, theirs) & payload.keys()) > 1:
            known = [name for name in names(contract) if entry(name).spelling == theirs]
            source = next((name for name in known if validator_for(name)(payload)), known[0])
            return (
                f"this looks like a job in {_NAMES[theirs]}, as in contract {source}; "
                f'convert(payload, "{source}", "{contract}") renames its keys'
            )
    return None


@cache
def _foreign_names(contract: ContractName, theirs: Spelling) -> frozenset[str]:
    """Return the keys of a job in another spelling, without those that are the same in both."""
    ours = known_keys(contract, None, ())
    wire = {wire_name(key, entry(contract).spelling) for key in ours}
    return frozenset(spelled(key, theirs) for key in wire) - ours


def _other_contract(contract: ContractName, payload: dict[str, Any], problems: Sequence[Problem]) -> str | None:
    """Return a hint at the contract that accepts a job, if there is one.

    If there is one problem, only the contracts are tried that treat its key differently.
    """
    faults = [problem for problem in problems if problem.pointer.count("/") <= 1]
    keys = {split(problem.pointer)[0] for problem in faults if problem.pointer}
    if len(faults) > 1:
        others = [name for name in names(contract) if entry(name).spelling == entry(contract).spelling]
    elif len(problems) == 1 and faults and not keys:
        missing = next(iter(required_keys(contract, None, ()) - payload.keys()), "")
        others = [name for name in _with_key(missing, names(contract)) if missing not in required_keys(name, None, ())]
    elif len(problems) == 1 and faults and faults[0].code == "additionalProperties":
        others = list(_with_key(next(iter(keys)), names(contract)))
    elif len(problems) == 1 and faults:
        [key] = keys
        ours, _ = allowed(contract, None, ("properties", key))
        # A contract that allows any string there gives no hint.
        by_type = faults[0].code == "type"
        others = [
            name
            for name, types, strings in _allowed_at(key, names(contract))
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
def _with_key(key: str, contracts: tuple[ContractName, ...]) -> tuple[ContractName, ...]:
    return tuple(name for name in contracts if key in known_keys(name, None, ()))


@cache
def _allowed_at(
    key: str, contracts: tuple[ContractName, ...]
) -> tuple[tuple[ContractName, tuple[str, ...], tuple[str, ...]], ...]:
    """Return the contracts that declare a key of a job, with the JSON types and the strings that they allow there."""
    return tuple((name, *allowed(name, None, ("properties", key))) for name in _with_key(key, contracts))

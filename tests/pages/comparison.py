"""Errors in a job, and which ways of checking it find them.

Every checker accepts each job without its error, so a job that is rejected is rejected for the error.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import field, frozen
from jsonschema import Draft202012Validator
from openai.types.fine_tuning import FineTuningJob as OpenaiJob
from pydantic import ValidationError

import ftschema
from support.data import corpus
from support.oracles.published import published_dates, published_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SOUND: dict[str, Any] = {
    "id": "ftjob-abc123",
    "object": "fine_tuning.job",
    "created_at": 1_734_566_400,
    "status": "succeeded",
    "model": "gpt-4o-mini-2024-07-18",
    "fine_tuned_model": "ft:gpt-4o-mini-2024-07-18:org::abc123",
    "finished_at": 1_734_570_000,
    "estimated_finish": None,
    "trained_tokens": 5_768,
    "training_file": "file-abc123",
    "validation_file": None,
    "result_files": ["file-def456"],
    "organization_id": "org-abc123",
    "error": None,
    "seed": 7,
    "integrations": [],
    "hyperparameters": {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 1.8},
    "method": {"type": "supervised", "supervised": {}},
    "metadata": None,
}
"""A job that every checker accepts."""


@frozen
class Fault:
    """One error in a job.

    Attributes:
        name: Its name in the table.
        text: The job with the error.
        sound: The same job without it.
        language: The contract of the client that reads the job, if it matters.
    """

    name: str
    text: str = field(repr=False)
    sound: str = field(repr=False)
    language: ftschema.ContractName | None = None


def _changed(
    name: str, base: Mapping[str, Any] | None = None, /, language: ftschema.ContractName | None = None, **values: Any
) -> Fault:
    """Return the error of these values in a job; `ABSENT` removes a key."""
    sound = SOUND | dict(base or {})
    payload = {key: value for key, value in (sound | values).items() if value is not ftschema.ABSENT}
    return Fault(name, json.dumps(payload), json.dumps(sound), language)


def _written(name: str, right: str, wrong: str, base: Mapping[str, Any] | None = None) -> Fault:
    """Return the error of a text in which a part is replaced by another."""
    sound = json.dumps(SOUND | dict(base or {}))
    if right not in sound:
        raise ValueError(f"no {right} in the job")
    return Fault(name, sound.replace(right, wrong), sound)


_SETTINGS = SOUND["hyperparameters"]

FAULTS = (
    _written("a repeated key", '"seed": 7', '"seed": 7, "seed": 8'),
    _written("`NaN` as a number", "1.8", "NaN"),
    _written("half of a surrogate pair", '"ftjob-abc123"', r'"ftjob-\ud83d"'),
    _changed("`true` as a time", created_at=True),
    _changed('`"3"` as the number of epochs', hyperparameters=_SETTINGS | {"n_epochs": "3"}),
    _changed("a wrong type inside `method`", method={"type": "supervised", "supervised": {"hyperparameters": []}}),
    _changed("an unknown status", status="stopped"),
    _changed("names in camel case", created_at=ftschema.ABSENT, createdAt=1_734_566_400),
    _changed("18 pairs in `metadata`", metadata={f"key {number}": "" for number in range(18)}),
    _changed("milliseconds instead of seconds", created_at=1_734_566_400_000, finished_at=1_734_570_000_000),
    _changed("a queued job with a finish time", status="queued", finished_at=1_734_570_000),
    _changed(
        "different settings at the top and in `method`",
        hyperparameters=_SETTINGS | {"n_epochs": 4},
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
    ),
    _changed("2^53 + 1, which JavaScript rounds", language="typescript-2024", trained_tokens=2**53 + 1),
)


def _by_ftschema(text: str, language: ftschema.ContractName | None) -> bool:
    report = ftschema.check_text(text, lifecycle=True)
    if report.ok and language:
        return ftschema.convert(json.loads(text), "observed", language).report.ok
    return report.ok


def _by_openai(text: str, _: str | None) -> bool:
    try:
        OpenaiJob.model_validate_json(text)
    except ValidationError:
        return False
    return True


_PUBLISHED = Draft202012Validator(published_schema(published_dates()[-1]))
_OBSERVED = Draft202012Validator(ftschema.schema())


def _by_specification(text: str, _: str | None) -> bool:
    return _PUBLISHED.is_valid(json.loads(text))


def _by_schema(text: str, _: str | None) -> bool:
    return _OBSERVED.is_valid(json.loads(text))


CHECKERS: Mapping[str, Callable[[str, ftschema.ContractName | None], bool]] = {
    "ftschema": _by_ftschema,
    "openai's class": _by_openai,
    "the specification": _by_specification,
    "our schema alone": _by_schema,
}
"""The functions that accept or reject a job, by their names in the table."""


def table() -> Iterator[str]:
    """Yield the lines of the table, in Markdown: who finds which error, and how many captured jobs each accepts."""
    yield f"| | {' | '.join(CHECKERS)} |"
    yield "|---" * (len(CHECKERS) + 1) + "|"
    for fault in FAULTS:
        verdicts = (accepts(fault.text, fault.language) for accepts in CHECKERS.values())
        yield f"| {fault.name} | {' | '.join('missed' if verdict else '**found**' for verdict in verdicts)} |"
    live = [json.dumps(job.payload) for job in corpus() if job.kind == "live"]
    accepted = (sum(accepts(text, None) for text in live) for accepts in CHECKERS.values())
    yield f"| accepted, of {len(live)} jobs modeled on captured ones | {' | '.join(map(str, accepted))} |"

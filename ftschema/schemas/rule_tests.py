"""The tests behind the lifecycle rules. Each yields the violations that it finds in a job, or in another object.

The object must be valid for its contract, except that a partial one may lack keys. Values that a contract does not
describe may be anything, and violate nothing.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeGuard

from attrs import frozen

from ftschema.core.absent import ABSENT
from ftschema.core.text import abridged, format_value
from ftschema.core.times import TOO_LATE, parse_epoch
from ftschema.schemas.expectations import is_integer
from ftschema.schemas.phrases import one_of
from ftschema.schemas.vocabulary import METHODS, SETTINGS, TIME_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftschema.schemas.expectations import Expectation

Job: TypeAlias = dict[str, Any]

Payload: TypeAlias = dict[str, Any]
"""An object of another kind, or the history of a job."""

END_OF_CREATED: Final = 1_696_118_400
"""No live job was `created` after 2023-09-14; the first `validating_files` came on 2023-09-29."""


class Violation(NamedTuple):
    """A value that violates a rule, or an object that lacks a key for it.

    Attributes:
        path: Path to the value or the object.
        message: What the value must be, and what it is.
        is_missing: Whether a key is missing; a partial job may lack it.
        expected: What it must be as data, or what it is compared with; None if the rule says it all.
        found: What it is, as data; `ABSENT` if a key is missing.
    """

    path: tuple[str | int, ...]
    message: str
    is_missing: bool = False
    expected: Any = None
    found: Any = ABSENT


def _violation(path: tuple[str | int, ...], must: str, value: Any, expected: Any = None) -> Violation:
    return Violation(path, f"{must}, found {format_value(value)}", expected=expected, found=abridged(value))


@frozen
class StatusRule:
    """While the status is one of these, the value of a key must meet an expectation."""

    statuses: tuple[str, ...]
    key: str
    expected: Expectation

    def applies_to(self, status: str | None, _: str | None) -> bool:
        """Return whether the rule applies to jobs of a status, whatever the type of their method."""
        return status in self.statuses

    def __call__(self, job: Job) -> Iterator[Violation]:
        """Yield the value that does not meet the expectation, or the job if the key is absent."""
        status = job.get("status")
        if self.applies_to(status, None):
            yield from _unmet(job, self.key, self.expected, "status", status)


@frozen
class MethodRule:
    """While the type of the method is one of these, the value of a key must meet an expectation."""

    methods: tuple[str, ...]
    key: str
    expected: Expectation

    def applies_to(self, _: object, method: str | None) -> bool:
        """Return whether the rule applies to jobs with a type of method, whatever their status."""
        return method in self.methods

    def __call__(self, job: Job) -> Iterator[Violation]:
        """Yield the value that does not meet the expectation, or the job if the key is absent."""
        name, _ = _method(job)
        if self.applies_to(None, name):
            yield from _unmet(job, self.key, self.expected, "the method", name)


def _unmet(job: Job, key: str, expected: Expectation, what: str, state: object) -> Iterator[Violation]:
    value = job.get(key)
    if not expected.holds(value):
        must, data = f"must be {expected.text} while {what} is {format_value(state)}", one_of((), expected.types)
        if key in job:
            yield _violation((key,), must, value, data)
        else:
            yield Violation((), f"missing required key {format_value(key)}: {must}", is_missing=True, expected=data)


def _is_time(value: object) -> TypeGuard[float]:
    return is_integer(value) and value < TOO_LATE  # type: ignore[operator]  # it is a number


def not_before_creation(key: str) -> Callable[[Job], Iterator[Violation]]:
    """Return the test that a time is not before the creation."""

    def test(job: Job) -> Iterator[Violation]:
        created, later = job.get("created_at"), job.get(key)
        if _is_time(created) and _is_time(later) and later < created:
            yield _violation((key,), f"must not be before created_at, {format_value(created)}", later, created)

    return test


def in_seconds(job: Job) -> Iterator[Violation]:
    """Yield the times that are too late to be seconds."""
    for key in TIME_KEYS:
        number = job.get(key)
        # Nearly all times are.
        if number is None or (type(number) is int and number < TOO_LATE):
            continue
        time = parse_epoch(number) if is_integer(number) and number >= TOO_LATE else None
        if time:
            hint = "" if time.seconds is None else f"; did you mean {time.seconds}?"
            message = (
                f"must be seconds since 1970, found {format_value(job[key])}, which looks like {time.notation}{hint}"
            )
            yield Violation((key,), message, expected=one_of((), ["integer"]), found=job[key])


def _method(job: Job) -> tuple[str | None, dict[str, Any]]:
    """Return the type of the method and the method, or None and an empty dict if the job does not have both."""
    method = job.get("method")
    if isinstance(method, dict) and isinstance(method.get("type"), str):
        return method["type"], method
    return None, {}


def method_has_its_settings(job: Job) -> Iterator[Violation]:
    """Yield the method if it lacks the key that its type names, or what it has there instead of an object."""
    name, method = _method(job)
    if name is None:
        return
    if isinstance(method.get(name), dict):
        return
    must, data = f"must be an object while type is {format_value(name)}", one_of((), ["object"])
    if name not in method:
        message = f"missing required key {format_value(name)}: {must}"
        yield Violation(("method",), message, is_missing=True, expected=data)
    else:
        yield _violation(("method", name), must, method[name], data)


def method_has_no_other_settings(job: Job) -> Iterator[Violation]:
    """Yield the settings that the method has for another type."""
    name, method = _method(job)
    for other in METHODS:
        if other != name and method.get(other) is not None:
            must = f"must be null or absent while type is {format_value(name)}"
            yield _violation(("method", other), must, method[other], one_of((), ["null"]))


def hyperparameters_match_method(job: Job) -> Iterator[Violation]:
    """Yield the settings that have another value in the method."""
    name, method = _method(job)
    settings = method.get(name) if name else None
    inner = settings.get("hyperparameters") if isinstance(settings, dict) else None
    outer = job.get("hyperparameters")
    if isinstance(inner, dict) and isinstance(outer, dict) and inner != outer:
        for key in SETTINGS:
            ours, theirs = outer.get(key), inner.get(key)
            if ours is not None and theirs is not None and ours != theirs:
                must = f"must be {format_value(theirs)}, as in method"
                yield _violation(("hyperparameters", key), must, ours, one_of([abridged(theirs)]))


def graders(job: Job) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Yield the path to each grader of a job, and the grader: that of its method, then those in a multi grader."""
    reinforcement = _method(job)[1].get("reinforcement")
    grader = reinforcement.get("grader") if isinstance(reinforcement, dict) else None
    if isinstance(grader, dict):
        path = ("method", "reinforcement", "grader")
        yield path, grader
        inner = grader.get("graders")
        if isinstance(inner, dict) and not isinstance(inner.get("type"), str):
            yield from (((*path, "graders", name), one) for name, one in inner.items() if isinstance(one, dict))
        elif isinstance(inner, dict):
            yield (*path, "graders"), inner
        elif isinstance(inner, list):
            yield from (((*path, "graders", index), one) for index, one in enumerate(inner) if isinstance(one, dict))


def range_has_two_numbers(job: Job) -> Iterator[Violation]:
    """Yield the ranges of graders that are longer or shorter."""
    for path, grader in graders(job):
        limits = grader.get("range")
        if isinstance(limits, list) and len(limits) != 2:  # noqa: PLR2004  # the lowest score and the highest
            yield _violation((*path, "range"), "must be two numbers", limits, one_of((), ["array"]))


def succeeded_has_numbers(job: Job) -> Iterator[Violation]:
    """Yield the settings of a succeeded job that are not numbers."""
    settings = job.get("hyperparameters")
    if job.get("status") == "succeeded" and isinstance(settings, dict):
        for key, value in settings.items():
            if value in ("auto", -1):
                must = 'must be the number that was used while status is "succeeded"'
                yield _violation(("hyperparameters", key), must, value, one_of((), ["number"]))


def one_result_file(job: Job) -> Iterator[Violation]:
    """Yield the files of a succeeded job that has several."""
    files = job.get("result_files")
    if job.get("status") == "succeeded" and isinstance(files, list) and len(files) > 1:
        must = 'must be an array of one file while status is "succeeded"'
        yield _violation(("result_files",), must, files, one_of((), ["array"]))


def model_is_not_a_job_id(job: Job) -> Iterator[Violation]:
    """Yield the ids of jobs that are in the place of the name of a model."""
    for key in ("model", "fine_tuned_model"):
        value = job.get(key)
        if isinstance(value, str) and value.startswith("ftjob-"):
            message = f"must be the name of a model, found the id of a job, {format_value(value)}"
            yield Violation((key,), message, expected=one_of((), ["string"]), found=abridged(value))


def wandb_run_is_the_job(job: Job) -> Iterator[Violation]:
    """Yield the run ids that differ from the id of the job."""
    integrations = job.get("integrations")
    for index, integration in enumerate(integrations if isinstance(integrations, list) else ()):
        settings = integration.get("wandb") if isinstance(integration, dict) else None
        run = settings.get("run_id") if isinstance(settings, dict) else None
        if isinstance(run, str) and run != job.get("id", run):
            must = f"must be the job's id, {format_value(job['id'])}"
            yield _violation(("integrations", index, "wandb", "run_id"), must, run, one_of([abridged(job["id"])]))


def created_is_of_2023(job: Job) -> Iterator[Violation]:
    """Yield the status `created` of a job that is too new for it."""
    created = job.get("created_at")
    if job.get("status") == "created" and _is_time(created) and created >= END_OF_CREATED:
        yield _violation(("status",), "must be another status in a job created after September 2023", job["status"])


# ---------------------------------------------------------------- pages, checkpoints and events

STEP_IN_NAME: Final = re.compile(r":ckpt-step-([0-9]{1,15})")
"""The step at the end of the name of a checkpoint that is not the last of its job."""


def newest_first(page: Payload) -> Iterator[Violation]:
    """Yield the times of items that are more than a second later than that of the item before them."""
    for index, (before, item) in enumerate(pairwise(page.get("data", ())), 1):
        newer, older = before.get("created_at"), item.get("created_at")
        if _is_time(newer) and _is_time(older) and older > newer + 1:
            must = f"must not be later than {format_value(newer)}, the time of the item before it"
            yield _violation(("data", index, "created_at"), must, older, newer)


def names_its_ends(page: Payload) -> Iterator[Violation]:
    """Yield the ids in a page that are not those of its first and its last item."""
    items = page.get("data")
    for key, index in (("first_id", 0), ("last_id", -1)):
        found = page.get(key)
        expected = items[index].get("id") if items else None
        if found is not None and found != expected:
            yield _violation((key,), f"must be {format_value(expected)}", found, one_of([abridged(expected)]))


def step_is_that_of_metrics(checkpoint: Payload) -> Iterator[Violation]:
    """Yield the step of the metrics if it is not that of the checkpoint."""
    metrics, step = checkpoint.get("metrics", {}), checkpoint.get("step_number")
    found = metrics.get("step")
    if found is not None and step is not None and found != step:
        yield _violation(("metrics", "step"), f"must be step_number, {format_value(step)}", found, one_of([step]))


def step_is_that_of_name(checkpoint: Payload) -> Iterator[Violation]:
    """Yield the name of a model that ends with another step than that of its checkpoint."""
    name, step = checkpoint.get("fine_tuned_model_checkpoint", ""), checkpoint.get("step_number")
    found = STEP_IN_NAME.search(name)
    if found and step is not None and int(found[1]) != step:
        must = f"must end with step_number, {format_value(step)}"
        yield _violation(("fine_tuned_model_checkpoint",), must, name, step)


def data_has(key: str, attribute: str, state: str) -> Callable[[Payload], Iterator[Violation]]:
    """Return the test that the data of an event has a key while another key of the event has a value."""

    def test(event: Payload) -> Iterator[Violation]:
        data = event.get("data")
        if event.get(attribute) != state or (isinstance(data, dict) and data.get(key) is not None):
            return
        must = f"must have {key} while {attribute} is {format_value(state)}"
        if "data" in event:
            yield _violation(("data",), must, data, key)
        else:
            message = f"missing required key {format_value('data')}: {must}"
            yield Violation((), message, is_missing=True, expected=key)

    return test


# ---------------------------------------------------------------- requests

NOT_IN_SUFFIX: Final = re.compile(r"[^A-Za-z0-9_-]")
"""A character that Azure does not allow in a suffix."""


def suffix_is_plain(request: Payload) -> Iterator[Violation]:
    """Yield the suffix of a request if it has a character that Azure does not allow."""
    suffix = request.get("suffix")
    if isinstance(suffix, str) and NOT_IN_SUFFIX.search(suffix):
        yield _violation(("suffix",), "must be of the letters A to Z, digits, hyphens and underscores", suffix)


# ---------------------------------------------------------------- a job with its events and its checkpoints

_CREATION: Final = re.compile(r"Created fine-tun(?:ing job|e): (.+)")
_SUCCESS: Final = re.compile(r"successfully completed|job succeeded", re.IGNORECASE)


def _members(history: Payload, key: str) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Return the events or the checkpoints of a history, which are a list or a page of one, each with its path."""
    found = history[key]
    if isinstance(found, dict):
        return [((key, "data", index), item) for index, item in enumerate(found["data"])]
    return [((key, index), item) for index, item in enumerate(found)]


def of_the_job(history: Payload) -> Iterator[Violation]:
    """Yield the ids of other jobs in checkpoints, and in the messages of events."""
    job = history["job"]["id"]
    must = f"must be of the job {format_value(job)}"
    for path, event in _members(history, "events"):
        created = _CREATION.fullmatch(event["message"])
        if created and created[1] != job:
            yield _violation((*path, "message"), must, event["message"], one_of([job]))
    for path, checkpoint in _members(history, "checkpoints"):
        if checkpoint["fine_tuning_job_id"] != job:
            yield _violation((*path, "fine_tuning_job_id"), must, checkpoint["fine_tuning_job_id"], one_of([job]))


def within_the_job(history: Payload) -> Iterator[Violation]:
    """Yield the times of events and checkpoints before the job, and of checkpoints after the end of its training."""
    job = history["job"]
    created, finished = job["created_at"], job.get("finished_at")
    for key in ("events", "checkpoints"):
        for path, item in _members(history, key):
            time = item["created_at"]
            # Events of the same moment may be a second apart from it.
            if time < created - 1:
                must = f"must not be before created_at of the job, {format_value(created)}"
                yield _violation((*path, "created_at"), must, time, created)
            elif key == "checkpoints" and finished is not None and time > finished:
                must = f"must not be after finished_at of the job, {format_value(finished)}"
                yield _violation((*path, "created_at"), must, time, finished)


def last_checkpoint_is_the_model(history: Payload) -> Iterator[Violation]:
    """Yield the name of the last checkpoint if it is not that of the succeeded job's model."""
    checkpoints, job = _members(history, "checkpoints"), history["job"]
    if job["status"] == "succeeded" and checkpoints:
        path, last = max(checkpoints, key=lambda one: one[1]["step_number"])
        found, model = last["fine_tuned_model_checkpoint"], job.get("fine_tuned_model")
        if model is not None and found != model:
            must = f"must be fine_tuned_model of the job, {format_value(model)}"
            yield _violation((*path, "fine_tuned_model_checkpoint"), must, found, one_of([model]))


def has_its_closing_event(history: Payload) -> Iterator[Violation]:
    """Yield the events of a succeeded or failed job if none of them says so."""
    status, events = history["job"]["status"], [event for _, event in _members(history, "events")]
    closing = {
        "succeeded": any(_SUCCESS.search(event["message"]) for event in events),
        "failed": any(event["level"] == "error" for event in events),
    }
    if events and not closing.get(status, True):
        need = "an event of the level error" if status == "failed" else "an event that says that the job has completed"
        yield Violation(("events",), f"must have {need} while status of the job is {format_value(status)}")

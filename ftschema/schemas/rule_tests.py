"""The tests behind the lifecycle rules. Each yields the violations that it finds in a job.

The job must be valid for its contract, except that a partial job may lack keys. Values that a contract does not
describe may be anything, and violate nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeGuard

from attrs import frozen

from ftschema.core.text import format_value
from ftschema.core.times import TOO_LATE, parse_epoch
from ftschema.schemas.expectations import is_integer
from ftschema.schemas.vocabulary import METHODS, SETTINGS, TIME_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftschema.schemas.expectations import Expectation

Job: TypeAlias = dict[str, Any]

END_OF_CREATED: Final = 1_696_118_400
"""No live job was `created` after 2023-09-14; the first `validating_files` came on 2023-09-29."""


class Violation(NamedTuple):
    """A value that violates a rule, or an object that lacks a key for it.

    Attributes:
        path: Path to the value or the object.
        message: What the value must be.
        is_missing: Whether a key is missing; a partial job may lack it.
    """

    path: tuple[str | int, ...]
    message: str
    is_missing: bool = False


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
        must = f"must be {expected.text} while {what} is {format_value(state)}"
        if key in job:
            yield Violation((key,), f"{must}, found {format_value(value)}")
        else:
            yield Violation((), f"missing required key {format_value(key)}: {must}", is_missing=True)


def _is_time(value: object) -> TypeGuard[float]:
    return is_integer(value) and value < TOO_LATE  # type: ignore[operator]  # it is a number


def not_before_creation(key: str) -> Callable[[Job], Iterator[Violation]]:
    """Return the test that a time is not before the creation."""

    def test(job: Job) -> Iterator[Violation]:
        created, later = job.get("created_at"), job.get(key)
        if _is_time(created) and _is_time(later) and later < created:
            yield Violation(
                (key,), f"must not be before created_at, {format_value(created)}, found {format_value(later)}"
            )

    return test


def in_seconds(job: Job) -> Iterator[Violation]:
    """Yield the times that are too late to be seconds."""
    for key in TIME_KEYS:
        time = parse_epoch(job[key]) if is_integer(job.get(key)) else None
        if time:
            hint = "" if time.seconds is None else f"; did you mean {time.seconds}?"
            message = (
                f"must be seconds since 1970, found {format_value(job[key])}, which looks like {time.notation}{hint}"
            )
            yield Violation((key,), message)


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
    must = f"must be an object while type is {format_value(name)}"
    if name not in method:
        yield Violation(("method",), f"missing required key {format_value(name)}: {must}", is_missing=True)
    elif not isinstance(method[name], dict):
        yield Violation(("method", name), f"{must}, found {format_value(method[name])}")


def method_has_no_other_settings(job: Job) -> Iterator[Violation]:
    """Yield the settings that the method has for another type."""
    name, method = _method(job)
    for other in METHODS:
        if other != name and method.get(other) is not None:
            message = f"must be null or absent while type is {format_value(name)}, found {format_value(method[other])}"
            yield Violation(("method", other), message)


def hyperparameters_match_method(job: Job) -> Iterator[Violation]:
    """Yield the settings that have another value in the method."""
    name, method = _method(job)
    settings = method.get(name) if name else None
    inner = settings.get("hyperparameters") if isinstance(settings, dict) else None
    outer = job.get("hyperparameters")
    if isinstance(inner, dict) and isinstance(outer, dict):
        for key in SETTINGS:
            ours, theirs = outer.get(key), inner.get(key)
            if ours is not None and theirs is not None and ours != theirs:
                yield Violation(
                    ("hyperparameters", key),
                    f"must be {format_value(theirs)}, as in method, found {format_value(ours)}",
                )


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
            yield Violation((*path, "range"), f"must be two numbers, found {format_value(limits)}")


def succeeded_has_numbers(job: Job) -> Iterator[Violation]:
    """Yield the settings of a succeeded job that are not numbers."""
    settings = job.get("hyperparameters")
    if job.get("status") == "succeeded" and isinstance(settings, dict):
        for key, value in settings.items():
            if value in ("auto", -1):
                message = f'must be the number that was used while status is "succeeded", found {format_value(value)}'
                yield Violation(("hyperparameters", key), message)


def one_result_file(job: Job) -> Iterator[Violation]:
    """Yield the files of a succeeded job that has several."""
    files = job.get("result_files")
    if job.get("status") == "succeeded" and isinstance(files, list) and len(files) > 1:
        message = f'must be an array of one file while status is "succeeded", found {format_value(files)}'
        yield Violation(("result_files",), message)


def model_is_not_a_job_id(job: Job) -> Iterator[Violation]:
    """Yield the ids of jobs that are in the place of the name of a model."""
    for key in ("model", "fine_tuned_model"):
        value = job.get(key)
        if isinstance(value, str) and value.startswith("ftjob-"):
            message = f"must be the name of a model, found the id of a job, {format_value(value)}"
            yield Violation((key,), message)


def wandb_run_is_the_job(job: Job) -> Iterator[Violation]:
    """Yield the run ids that differ from the id of the job."""
    integrations = job.get("integrations")
    for index, integration in enumerate(integrations if isinstance(integrations, list) else ()):
        settings = integration.get("wandb") if isinstance(integration, dict) else None
        run = settings.get("run_id") if isinstance(settings, dict) else None
        if isinstance(run, str) and run != job.get("id", run):
            message = f"must be the job's id, {format_value(job['id'])}, found {format_value(run)}"
            yield Violation(("integrations", index, "wandb", "run_id"), message)


def created_is_of_2023(job: Job) -> Iterator[Violation]:
    """Yield the status `created` of a job that is too new for it."""
    created = job.get("created_at")
    if job.get("status") == "created" and _is_time(created) and created >= END_OF_CREATED:
        yield Violation(("status",), 'must be another status in a job created after September 2023, found "created"')

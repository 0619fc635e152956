"""What the rules of the lifecycle ask: tests that yield where a job breaks them.

They take accepted payloads and ask nothing of values that they do not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from ftschema.core.text import show
from ftschema.schemas.times import TOO_LATE, in_other_unit
from ftschema.schemas.vocabulary import ERROR_KEYS, METHODS, SETTINGS, TIME_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Where a rule is broken, and what was expected and found there.
Breach: TypeAlias = tuple[tuple[str | int, ...], str]
Job: TypeAlias = dict[str, Any]

# No live job was `created` after 2023-09-14; the first `validating_files` came on 2023-09-29.
_END_OF_CREATED = 1_696_118_400


def _is_integer(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _is_nothing(value: object) -> bool:
    return value is None


def _is_no_error(value: object) -> bool:
    return value is None or (isinstance(value, dict) and all(value.get(key) is None for key in ERROR_KEYS))


def _is_full_error(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("code", "message"))


# What a value must be, in the words of the message. A key that is absent counts as null.
EXPECTATIONS: Mapping[str, Callable[[object], bool]] = {
    "a string": lambda value: isinstance(value, str),
    "an integer": _is_integer,
    "null or no such key": _is_nothing,
    "at least one file": lambda value: isinstance(value, list) and bool(value),
    "no files": lambda value: not value,
    "an error with a code and a message": _is_full_error,
    "no error": _is_no_error,
}


@frozen
class ByStatus:
    """In these statuses, the value of this key must be that."""

    statuses: tuple[str, ...]
    key: str
    expected: str

    def __call__(self, job: Job) -> Iterator[Breach]:
        """Yield the place of the value where it is something else, or of the job where the key is absent."""
        value = job.get(self.key)
        if job.get("status") not in self.statuses or EXPECTATIONS[self.expected](value):
            return
        when = f"when status is {show(job['status'])}"
        if self.key in job:
            yield (self.key,), f"expected {self.expected} {when}, found {show(value)}"
        else:
            yield (), f"expected the key {show(self.key)} with {self.expected} {when}, found an object without it"


def _is_time(value: object) -> bool:
    return _is_integer(value) and value < TOO_LATE  # type: ignore[operator]  # it is a number


def not_before_creation(key: str) -> Callable[[Job], Iterator[Breach]]:
    """Return the rule that a time is not before the creation."""

    def test(job: Job) -> Iterator[Breach]:
        created, later = job["created_at"], job.get(key)
        if _is_time(created) and _is_time(later) and later < created:
            yield (key,), f"expected no time before created_at, {show(created)}, found {show(later)}"

    return test


def in_seconds(job: Job) -> Iterator[Breach]:
    """Yield the times that are too late to be seconds."""
    for key in TIME_KEYS:
        instant = in_other_unit(job[key]) if _is_integer(job.get(key)) else None
        if instant:
            meant = "" if instant.seconds is None else f"; did you mean {instant.seconds}?"
            yield (key,), f"expected seconds since 1970, found {show(job[key])}, as large as {instant.form}{meant}"


def _method(job: Job) -> tuple[str, dict[str, Any]] | None:
    """Return the type of the method and the method, where a job has both."""
    method = job.get("method")
    if isinstance(method, dict) and isinstance(method.get("type"), str):
        return method["type"], method
    return None


def method_has_its_member(job: Job) -> Iterator[Breach]:
    """Yield the method that lacks the member which its type names."""
    if found := _method(job):
        kind, method = found
        if kind not in method:
            yield ("method",), f"expected the key {show(kind)}, as type has it, found an object without it"
        elif not isinstance(method[kind], dict):
            yield ("method", kind), f"expected an object when type is {show(kind)}, found {show(method[kind])}"


def method_has_no_other_member(job: Job) -> Iterator[Breach]:
    """Yield the members that the type of the method does not name."""
    if found := _method(job):
        kind, method = found
        for other in METHODS:
            if other != kind and method.get(other) is not None:
                yield ("method", other), f"expected null or no such key when type is {show(kind)}, found an object"


def hyperparameters_match_method(job: Job) -> Iterator[Breach]:
    """Yield the settings that have another value below the method."""
    if found := _method(job):
        kind, method = found
        detail = method.get(kind)
        inner = detail.get("hyperparameters") if isinstance(detail, dict) else None
        outer = job.get("hyperparameters")
        if isinstance(inner, dict) and isinstance(outer, dict):
            for key in SETTINGS:
                ours, theirs = outer.get(key), inner.get(key)
                if ours is not None and theirs is not None and ours != theirs:
                    message = f"expected {show(theirs)}, as method has it, found {show(ours)}"
                    yield ("hyperparameters", key), message


def supervised_has_hyperparameters(job: Job) -> Iterator[Breach]:
    """Yield the place of the settings that a supervised job lacks."""
    found = _method(job)
    if found and found[0] == "supervised" and not isinstance(job.get("hyperparameters"), dict):
        when = 'when the method is "supervised"'
        if "hyperparameters" in job:
            yield ("hyperparameters",), f"expected an object {when}, found null"
        else:
            yield (), f'expected the key "hyperparameters" {when}, found an object without it'


def only_supervised_has_hyperparameters(job: Job) -> Iterator[Breach]:
    """Yield the settings of a job of another method."""
    found = _method(job)
    if found and found[0] != "supervised" and isinstance(job.get("hyperparameters"), dict):
        yield ("hyperparameters",), f"expected null or no such key when the method is {show(found[0])}, found an object"


def succeeded_has_numbers(job: Job) -> Iterator[Breach]:
    """Yield the settings of a succeeded job that are no numbers."""
    settings = job.get("hyperparameters")
    if job.get("status") == "succeeded" and isinstance(settings, dict):
        for key, value in settings.items():
            if value in ("auto", -1):
                yield (
                    ("hyperparameters", key),
                    f'expected the number that was used when status is "succeeded", found {show(value)}',
                )


def one_result_file(job: Job) -> Iterator[Breach]:
    """Yield the files of a succeeded job that has several."""
    files = job.get("result_files")
    if job.get("status") == "succeeded" and isinstance(files, list) and len(files) > 1:
        yield ("result_files",), f'expected exactly one file when status is "succeeded", found {len(files):,}'


def wandb_run_is_the_job(job: Job) -> Iterator[Breach]:
    """Yield the run ids that are not the id of the job."""
    integrations = job.get("integrations")
    for index, integration in enumerate(integrations if isinstance(integrations, list) else ()):
        settings = integration.get("wandb") if isinstance(integration, dict) else None
        run = settings.get("run_id") if isinstance(settings, dict) else None
        if isinstance(run, str) and run != job["id"]:
            yield (
                ("integrations", index, "wandb", "run_id"),
                f"expected the job's id, {show(job['id'])}, found {show(run)}",
            )


def created_is_of_2023(job: Job) -> Iterator[Breach]:
    """Yield the status `created` of a job that is too new for it."""
    created = job["created_at"]
    if job.get("status") == "created" and _is_time(created) and created >= _END_OF_CREATED:
        yield ("status",), 'expected another status of a job of 2023-10 or later, found "created"'

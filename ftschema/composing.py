"""A job that hangs together: the rules of the lifecycle, turned from questions into choices."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from ftschema import samples
from ftschema.building import copied
from ftschema.drawing import Simplest, draw_choice, draw_form, draw_members, with_later_key
from ftschema.lifecycle import RULES, ByStatus
from ftschema.part import ABSENT
from ftschema.shape import Form, Items, Members, Null, Pairs, Shape, Words, choices_of, job_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.drawing import Source
    from ftschema.shape import Choices

SETTINGS = ("n_epochs", "batch_size", "learning_rate_multiplier")
"""The hyperparameters that stand both at the top of a job and below its method."""

# The last choice is the odd one, and never what an example shrinks to.
_LAST_OF_3 = 2

USUAL_STATUSES = ("validating_files", "queued", "running", "succeeded", "failed", "cancelled")


def _is_given(form: Form) -> bool:
    return not isinstance(form, Null)


def _nothing(shape: Shape) -> Shape:
    return tuple(form for form in shape if isinstance(form, Null))


def _no_files(shape: Shape) -> Shape:
    return tuple(evolve(form, most=0) if isinstance(form, Items) else form for form in shape)


def _one_file(shape: Shape) -> Shape:
    return tuple(evolve(form, fewest=1, most=1) for form in shape if isinstance(form, Items))


def _full_error(shape: Shape) -> Shape:
    return tuple(_all_given(form) for form in shape if isinstance(form, Members))


def _no_error(shape: Shape) -> Shape:
    """Keep null, and objects that may be empty or hold nulls only."""
    empty = (_all_null(form) for form in shape if isinstance(form, Members) and not form.required)
    return (*_nothing(shape), *empty)


def _all_given(form: Members) -> Members:
    # The param is a string on the 9 failed live jobs, but the specification lets it be null.
    given = {key: tuple(filter(_is_given, form.members[key])) for key in ("code", "message", "param")}
    given["param"] = (*given["param"], Null())
    return evolve(form, members={**form.members, **given}, required=("code", "message", "param"))


def _all_null(form: Members) -> Members:
    return evolve(form, members={**form.members, **dict.fromkeys(("code", "message", "param"), (Null(),))})


# What is left of a key's forms where a rule of the lifecycle expects something of it, and whether it may be absent.
_NARROWED: Mapping[str, tuple[Callable[[Shape], Shape], bool]] = {
    "a string": (lambda shape: tuple(filter(_is_given, shape)), False),
    "an integer": (lambda shape: tuple(filter(_is_given, shape)), False),
    "null or no such key": (_nothing, True),
    "at least one file": (_one_file, False),
    "no files": (_no_files, True),
    "an error with a code and a message": (_full_error, False),
    "no error": (_no_error, True),
}


@frozen
class Composer:
    """Draws the jobs of one contract."""

    contract: str
    job: Members
    # What has most below it comes last: a failing example then shrinks there without upsetting the rest.
    order: tuple[str, ...]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that a job may have, the usual ones where the contract leaves them open."""
        [form] = self.job.members["status"]
        # The usual ones first: the first is what an example shrinks to.
        words = form.words if isinstance(form, Words) else USUAL_STATUSES
        return tuple(sorted(words, key=(*USUAL_STATUSES, *words).index))

    @property
    def methods(self) -> tuple[str | None, ...]:
        """The types of method that a job may have; None is a job without one."""
        for form in self.job.members.get("method", ()):
            if isinstance(form, Members):
                [types] = form.members["type"]
                return (None, *types.words) if isinstance(types, Words) else (None,)
        return (None,)

    def any_job(self, source: Source, fixed: Mapping[str, Any]) -> dict[str, Any]:
        """Draw a job that is valid, and may be impossible."""
        rest = evolve(self.job, members={key: s for key, s in self.job.members.items() if key not in fixed})
        drawn = draw_members(rest, source, "", self.contract)
        return drawn | {key: copied(value) for key, value in fixed.items()}

    def coherent_job(self, source: Source, status: str, method: str | None, fixed: Mapping[str, Any]) -> dict[str, Any]:
        """Draw a job of a status and a method that keeps to the rules of the lifecycle."""
        drawn: dict[str, Any] = {"status": status}
        start, span = samples.FIRST_TIME, samples.TIME_SPAN
        if status == "created":
            start, span = samples.CREATED_TIME, samples.CREATED_SPAN
        later = [
            value for key, value in fixed.items() if key in samples.TIME_KEYS[1:] and isinstance(value, int | float)
        ]
        if later:
            start = max(0, int(min(later)) - 86_400)
            span = max(1, int(min(later)) - start)
        drawn["created_at"] = fixed["created_at"] if "created_at" in fixed else start + source.below(span)
        for key in self.order:
            if key in fixed:
                drawn[key] = copied(fixed[key])
            elif key == "method" and method is not None:
                drawn[key] = self._method(source, method)
            elif key not in drawn:
                self._draw_key(key, source, drawn, method)
        settle(drawn, fixed)
        return with_later_key({key: drawn[key] for key in self.job.members if key in drawn}, source)

    def _draw_key(self, key: str, source: Source, drawn: dict[str, Any], method: str | None) -> None:
        choices, optional = _choices(self.contract, key, drawn["status"], method)
        value = draw_choice(choices, source, key, self.contract, optional=optional)
        if value is ABSENT:
            return
        drawn[key] = value
        if key in samples.TIME_KEYS and value is not None:
            drawn[key] = drawn["created_at"] + (value - samples.FIRST_TIME) % 86_400
        elif key == "fine_tuned_model" and value is not None:
            number = source.below(samples.IDS)
            drawn[key] = samples.trained_model(drawn["model"], number, azure=self.contract == "azure")

    def _method(self, source: Source, method: str) -> dict[str, Any]:
        [form] = [form for form in self.job.members["method"] if isinstance(form, Members)]
        drawn: dict[str, Any] = {"type": method}
        for key, shape in form.members.items():
            if key == method:
                [details] = [detail for detail in shape if isinstance(detail, Members)]
                drawn[key] = draw_members(details, source, key, self.contract)
            elif key != "type" and Null() in shape and source.below(3) == _LAST_OF_3:
                drawn[key] = None
        return with_later_key(drawn, source)


def settle(job: dict[str, Any], fixed: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Make the parts of a job agree that were drawn apart: settings that stand in two places, and run ids."""
    method, outer = job.get("method"), job.get("hyperparameters")
    details = method.get(method.get("type")) if isinstance(method, dict) else None
    inner = details.get("hyperparameters") if isinstance(details, dict) else None
    first, second = (outer, inner) if "hyperparameters" in fixed else (inner, outer)
    numbers = job["status"] == "succeeded"
    for settings, others in ((first, None), (second, first)):
        if isinstance(settings, dict) and not any(settings is job.get(key, {}) for key in fixed):
            _settle(settings, others, numbers=numbers)
    if "integrations" not in fixed:
        for integration in job.get("integrations") or ():
            if "run_id" in integration["wandb"]:
                integration["wandb"]["run_id"] = job["id"]


def _settle(settings: dict[str, Any], others: Any, *, numbers: bool) -> None:
    """Give settings the values of the other place that has them, and numbers where training used some."""
    for key in SETTINGS:
        other = others.get(key) if isinstance(others, dict) else None
        if settings.get(key) is None:
            continue
        if other is not None:
            # 091 of the survey has 2 at the top and 2.0 below.
            settings[key] = other
        elif numbers and settings[key] in ("auto", -1):
            settings[key] = 3 if key == "n_epochs" else 1


@cache
def _choices(contract: str, key: str, status: str, method: str | None) -> tuple[Choices, bool]:
    """Return the choices for a key of a coherent job, and whether it may be absent."""
    job = job_shape(contract)
    shape, optional = _narrowed(contract, key, status)
    if key == "method":
        # A method without a type is the one kind that says nothing of how the job was trained.
        bare = (evolve(form, members={}) for form in shape if isinstance(form, Members) and not form.required)
        shape, optional = (*_nothing(shape), *bare), key not in job.required
    elif key == "hyperparameters" and method == "supervised":
        shape, optional = tuple(filter(_is_given, shape)), False
    elif key == "hyperparameters" and method and contract == "observed":
        shape = _nothing(shape)
    return choices_of(shape), optional


@cache
def _narrowed(contract: str, key: str, status: str) -> tuple[Shape, bool]:
    """Return what is left of a key's forms in a status by the rules of the lifecycle, and whether it may be absent."""
    job = job_shape(contract)
    shape, optional = job.members[key], key not in job.required
    for rule in RULES:
        if (
            isinstance(rule.test, ByStatus)
            and rule.holds_for(contract)
            and (rule.test.key, status in rule.test.statuses) == (key, True)
        ):
            narrow, may_be_absent = _NARROWED[rule.test.expected]
            shape, optional = narrow(shape), optional and may_be_absent
    return shape, optional


@cache
def composer(contract: str) -> Composer:
    """Return what draws the jobs of a contract."""
    job = job_shape(contract)

    def depth(key: str) -> int:
        if key in {"hyperparameters", "method"}:
            return 2 + (key == "method")
        return int(any(isinstance(form, Items | Members | Pairs) for form in job.members[key]))

    return Composer(contract, job, tuple(sorted(job.members, key=depth)))


def resting(composer: Composer, ended: Mapping[str, Any], status: str) -> dict[str, Any]:
    """Return a job that has ended as it was before, in a status that is no end.

    What only the end brings is null, or absent where the contract has no null; all the rest stays as it is.
    """
    before: dict[str, Any] = copied({**ended, "status": status})
    for key in ended.keys() & composer.job.members.keys():
        shape, optional = _narrowed(composer.contract, key, status)
        if shape == composer.job.members[key]:
            continue
        if optional and composer.contract == "azure":
            # Azure leaves out what is not there yet.
            del before[key]
        else:
            before[key] = [] if isinstance(shape[0], Items) else None
    return before


def counterexamples(contract: str, test: ByStatus) -> list[Any]:
    """Return values of a key that break what a rule expects of it in some status; `...` takes the key away."""
    job = job_shape(contract)
    shape, optional = job.members.get(test.key, ()), test.key not in job.required
    given = tuple(filter(_is_given, shape))
    if test.expected in {"null or no such key", "no files", "no error"}:
        if test.key in samples.TIME_KEYS:
            return [samples.LAST_TIME]
        narrow = {"no files": _one_file, "no error": _full_error}.get(test.expected, tuple)
        return [draw_form(form, Simplest(), test.key, contract) for form in narrow(given)]
    found: list[Any] = [None] if Null() in shape else []
    if optional and shape:
        found.append(...)
    found += [[] for form in given if isinstance(form, Items)]
    found += [{} for form in given if isinstance(form, Members) and not form.required]
    return found

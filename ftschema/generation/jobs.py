"""A job that hangs together: the rules of the lifecycle, turned from questions into choices."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from ftschema.core.absent import ABSENT
from ftschema.generation import samples
from ftschema.generation.values import drawer, form_drawer, pick, simplest, weight, with_later_key
from ftschema.jsontext.data import copied
from ftschema.schemas.catalogue import entry
from ftschema.schemas.rule_tests import ByStatus
from ftschema.schemas.rules import RULES
from ftschema.schemas.shape import Form, Items, Members, Null, Pairs, Shape, Words, job_shape
from ftschema.schemas.vocabulary import ERROR_KEYS, SETTINGS, TIME_KEYS, USUAL_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.generation.values import Drawer, Source

# How often a job without a method stands among the choices, where others stand as often as their weight.
_PLAIN = 6


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
    given = {key: tuple(filter(_is_given, form.members[key])) for key in ERROR_KEYS}
    given["param"] = (*given["param"], Null())
    return evolve(form, members={**form.members, **given}, required=ERROR_KEYS)


def _all_null(form: Members) -> Members:
    return evolve(form, members={**form.members, **dict.fromkeys(ERROR_KEYS, (Null(),))})


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
    # A failing example shrinks at one choice without upsetting those before it. So what has most below it comes late,
    # and last of all comes what depends on the status.
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
        drawn: dict[str, Any] = _any_job(self.contract, frozenset(fixed))(source)
        return drawn | {key: copied(value) for key, value in fixed.items()}

    def coherent_job(
        self, source: Source, status: str, methods: tuple[str | None, ...], fixed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Draw a job of a status and of one of some methods that keeps to the rules of the lifecycle."""
        start, span = _creation(status, fixed)
        created = fixed["created_at"] if "created_at" in fixed else start + source(span)
        drawn: dict[str, Any] = {"status": status, "created_at": created}
        for key, draw in _steps(self.contract, status, *pick(_trainings(self.contract, methods), source)):
            if key in fixed:
                continue
            value = draw(source)
            if value is ABSENT:
                continue
            if value is not None and key in TIME_KEYS:
                value = created + (value - samples.FIRST_TIME) % 86_400
            elif value is not None and key == "fine_tuned_model":
                base = fixed if "model" in fixed else drawn
                value = samples.trained_model(base["model"], source(samples.IDS), entry(self.contract).vendor)
            drawn[key] = value
        drawn.update((key, copied(value)) for key, value in fixed.items())
        settle(drawn, fixed)
        return with_later_key({key: drawn[key] for key in self.job.members if key in drawn}, source)


@cache
def _any_job(contract: str, fixed: frozenset[str]) -> Drawer:
    job = job_shape(contract)
    members = {key: shape for key, shape in job.members.items() if key not in fixed}
    return form_drawer(evolve(job, members=members), "", contract)


def _creation(status: str, fixed: Mapping[str, Any]) -> tuple[int, int]:
    """Return the first time that a job may be created at, and how many seconds there are to choose from."""
    later = [value for key, value in fixed.items() if key in TIME_KEYS[1:] and isinstance(value, int | float)]
    if later:
        start = max(0, int(min(later)) - 86_400)
        return start, max(1, int(min(later)) - start)
    if status == "created":
        return samples.CREATED_TIME, samples.CREATED_SPAN
    return samples.FIRST_TIME, samples.TIME_SPAN


@cache
def _trainings(contract: str, methods: tuple[str | None, ...]) -> tuple[tuple[Shape, Shape], ...]:
    """Return the ways to say how a job is trained, each as often as it should be drawn.

    Each is a form of `method` and one of `hyperparameters`, or none where the key is absent. They are one choice, those
    that hold less first, so that an example which needs only one of the two shrinks to it.
    """
    job = job_shape(contract)
    settings = _each(job.members["hyperparameters"], optional="hyperparameters" not in job.required)
    found: list[tuple[Shape, Shape]] = []
    for method in methods:
        allowed = settings
        if method == "supervised":
            allowed = [one for one in settings if one and _is_given(one[0])]
        elif method and contract == "observed":
            allowed = [one for one in settings if not one or not _is_given(one[0])]
        forms = _methods(contract, method)
        often = (_PLAIN if method is None else weight(*forms[0])) // (len(forms) * len(allowed))
        found += [(form, one) for form in forms for one in allowed for _ in range(max(1, often))]
    return tuple(found)


def _each(shape: Shape, *, optional: bool) -> list[Shape]:
    """Return the forms of a place one by one, before them none where it may be absent."""
    return [*([()] if optional else []), *((form,) for form in shape)]


def _methods(contract: str, method: str | None) -> list[Shape]:
    """Return the forms of a method of a type, or those without a type."""
    job = job_shape(contract)
    shape = job.members.get("method")
    if shape is None:
        return [()]
    [form] = [form for form in shape if isinstance(form, Members)]
    if method is None:
        # A method without a type is the one kind that says nothing of how the job was trained.
        bare = (evolve(form, members={}),) if not form.required else ()
        return _each((*_nothing(shape), *bare), optional="method" not in job.required)
    given = {"type": (Words((method,), "const"),), method: tuple(filter(_is_given, form.members[method]))}
    members = {key: given.get(key) or _nothing(inner) for key, inner in form.members.items()}
    members = {key: inner for key, inner in members.items() if inner}
    return [(evolve(form, members=members, required=tuple(given)),)]


@cache
def _steps(contract: str, status: str, method: Shape, settings: Shape) -> tuple[tuple[str, Drawer], ...]:
    """Return the keys of a coherent job in the order in which they are drawn, each with what draws it."""
    drawers: dict[str, Drawer] = {}
    for key in composer(contract).order:
        if key in {"hyperparameters", "method"}:
            if shape := method if key == "method" else settings:
                drawers[key] = form_drawer(shape[0], key, contract)
        elif key not in {"status", "created_at"}:
            shape, optional = _narrowed(contract, key, status)
            drawers[key] = drawer(shape, key, contract, optional=optional)
    return tuple(drawers.items())


def settle(job: dict[str, Any], fixed: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Make the parts of a job agree that were drawn apart: settings that stand in two places, and run ids."""
    method, outer = job.get("method"), job.get("hyperparameters")
    details = method.get(method.get("type")) if isinstance(method, dict) else None
    inner = details.get("hyperparameters") if isinstance(details, dict) else None
    first, second = (inner, outer) if "method" in fixed and "hyperparameters" not in fixed else (outer, inner)
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

    def depth(key: str) -> tuple[bool, int]:
        of_status = any(isinstance(rule.test, ByStatus) and rule.test.key == key for rule in RULES)
        is_deep = any(isinstance(form, Items | Members | Pairs) for form in job.members[key])
        return of_status, is_deep + (key == "hyperparameters") + 2 * (key == "method")

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
        if optional and entry(composer.contract).vendor.omits_unset:
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
        if test.key in TIME_KEYS:
            return [samples.LAST_TIME]
        narrow = {"no files": _one_file, "no error": _full_error}.get(test.expected, tuple)
        return [form_drawer(form, test.key, contract)(simplest) for form in narrow(given)]
    found: list[Any] = [None] if Null() in shape else []
    if optional and shape:
        found.append(...)
    found += [[] for form in given if isinstance(form, Items)]
    found += [{} for form in given if isinstance(form, Members) and not form.required]
    return found

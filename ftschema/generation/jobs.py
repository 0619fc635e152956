"""A job that hangs together: the rules of the lifecycle, turned from questions into choices."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from ftschema.core.absent import ABSENT
from ftschema.generation import samples
from ftschema.generation.values import choose, generator_for, simplest, type_generator, weight, with_unknown_key
from ftschema.jsontext.data import copied
from ftschema.schemas.catalogue import entry
from ftschema.schemas.json_types import (
    ArrayType,
    EnumType,
    Field,
    MapType,
    NullType,
    ObjectType,
    Types,
)
from ftschema.schemas.reader import job_type
from ftschema.schemas.rule_tests import ByStatus
from ftschema.schemas.rules import RULES
from ftschema.schemas.vocabulary import ERROR_KEYS, SETTINGS, TIME_KEYS, USUAL_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.generation.values import Chooser, Generator

# How often a job without a method stands among the choices, where others stand as often as their weight.
_PLAIN = 6


def _not_null(types: Types) -> Types:
    return tuple(one for one in types if not isinstance(one, NullType))


def _only_null(types: Types) -> Types:
    return tuple(one for one in types if isinstance(one, NullType))


def _no_files(types: Types) -> Types:
    return tuple(evolve(one, max_items=0) if isinstance(one, ArrayType) else one for one in types)


def _one_file(types: Types) -> Types:
    return tuple(evolve(one, min_items=1, max_items=1) for one in types if isinstance(one, ArrayType))


def _full_error(types: Types) -> Types:
    return tuple(_all_given(one) for one in types if isinstance(one, ObjectType))


def _no_error(types: Types) -> Types:
    """Keep null, and objects that may be empty or hold nulls only."""
    empty = (_all_null(one) for one in types if isinstance(one, ObjectType) and not one.required)
    return (*_only_null(types), *empty)


def _all_given(error: ObjectType) -> ObjectType:
    given = {key: _not_null(error.properties[key].types) for key in ERROR_KEYS}
    # The param is a string on the 9 failed live jobs, but the specification lets it be null.
    given["param"] = (*given["param"], NullType())
    fields = {key: Field(types) for key, types in given.items()}
    return evolve(error, properties={**error.properties, **fields}, required=ERROR_KEYS)


def _all_null(error: ObjectType) -> ObjectType:
    nulls = dict.fromkeys(ERROR_KEYS, Field((NullType(),)))
    return evolve(error, properties={**error.properties, **nulls})


# What is left of a key's forms where a rule of the lifecycle expects something of it, and whether it may be absent.
_NARROWED: Mapping[str, tuple[Callable[[Types], Types], bool]] = {
    "a string": (_not_null, False),
    "an integer": (_not_null, False),
    "null or no such key": (_only_null, True),
    "at least one file": (_one_file, False),
    "no files": (_no_files, True),
    "an error with a code and a message": (_full_error, False),
    "no error": (_no_error, True),
}


@frozen
class Composer:
    """Draws the jobs of one contract."""

    contract: str
    job: ObjectType
    # A failing example shrinks at one choice without upsetting those before it. So what has most below it comes late,
    # and last of all comes what depends on the status.
    order: tuple[str, ...]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that a job may have, the usual ones where the contract leaves them open."""
        [status] = self.job.properties["status"].types
        # The usual ones first: the first is what an example shrinks to.
        values = status.values if isinstance(status, EnumType) else USUAL_STATUSES
        return tuple(sorted(values, key=(*USUAL_STATUSES, *values).index))

    @property
    def methods(self) -> tuple[str | None, ...]:
        """The types of method that a job may have; None is a job without one."""
        method = self.job.properties.get("method", Field(()))
        for one in method.types:
            if isinstance(one, ObjectType):
                [allowed] = one.properties["type"].types
                return (None, *allowed.values) if isinstance(allowed, EnumType) else (None,)
        return (None,)

    def any_job(self, chooser: Chooser, fixed: Mapping[str, Any]) -> dict[str, Any]:
        """Draw a job that is valid, and may be impossible."""
        drawn: dict[str, Any] = _any_job(self.contract, frozenset(fixed))(chooser)
        return drawn | {key: copied(value) for key, value in fixed.items()}

    def coherent_job(
        self, chooser: Chooser, status: str, methods: tuple[str | None, ...], fixed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Draw a job of a status and of one of some methods that keeps to the rules of the lifecycle."""
        start, span = _creation(status, fixed)
        created = fixed["created_at"] if "created_at" in fixed else start + chooser(span)
        drawn: dict[str, Any] = {"status": status, "created_at": created}
        for key, draw in _steps(self.contract, status, *choose(_trainings(self.contract, methods), chooser)):
            if key in fixed:
                continue
            value = draw(chooser)
            if value is ABSENT:
                continue
            if value is not None and key in TIME_KEYS:
                value = created + (value - samples.FIRST_TIME) % 86_400
            elif value is not None and key == "fine_tuned_model":
                base = fixed if "model" in fixed else drawn
                value = samples.trained_model(base["model"], chooser(samples.IDS), entry(self.contract).vendor)
            drawn[key] = value
        drawn.update((key, copied(value)) for key, value in fixed.items())
        settle(drawn, fixed)
        return with_unknown_key({key: drawn[key] for key in self.job.properties if key in drawn}, chooser)


@cache
def _any_job(contract: str, fixed: frozenset[str]) -> Generator:
    job = job_type(contract)
    properties = {key: field for key, field in job.properties.items() if key not in fixed}
    return type_generator(evolve(job, properties=properties), "", contract)


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
def _trainings(contract: str, methods: tuple[str | None, ...]) -> tuple[tuple[Types, Types], ...]:
    """Return the ways to say how a job is trained, each as often as it should be drawn.

    Each is a form of `method` and one of `hyperparameters`, or none where the key is absent. They are one choice, those
    that hold less first, so that an example which needs only one of the two shrinks to it.
    """
    job = job_type(contract)
    settings = _each(job.properties["hyperparameters"].types, optional="hyperparameters" not in job.required)
    found: list[tuple[Types, Types]] = []
    for method in methods:
        allowed = settings
        if method == "supervised":
            allowed = [one for one in settings if _not_null(one)]
        elif method and contract == "observed":
            allowed = [one for one in settings if not _not_null(one)]
        forms = _methods(contract, method)
        often = (_PLAIN if method is None else weight(*forms[0])) // (len(forms) * len(allowed))
        found += [(form, one) for form in forms for one in allowed for _ in range(max(1, often))]
    return tuple(found)


def _each(types: Types, *, optional: bool) -> list[Types]:
    """Return the forms of a place one by one, before them none where it may be absent."""
    return [*([()] if optional else []), *((one,) for one in types)]


def _methods(contract: str, method: str | None) -> list[Types]:
    """Return the forms of a method of a type, or those without a type."""
    job = job_type(contract)
    if "method" not in job.properties:
        return [()]
    types = job.properties["method"].types
    [known] = [one for one in types if isinstance(one, ObjectType)]
    if method is None:
        # A method without a type is the one kind that says nothing of how the job was trained.
        bare = (evolve(known, properties={}),) if not known.required else ()
        return _each((*_only_null(types), *bare), optional="method" not in job.required)
    given: dict[str, Types] = {
        "type": (EnumType((method,), "const"),),
        method: _not_null(known.properties[method].types),
    }
    allowed = {key: given.get(key) or _only_null(field.types) for key, field in known.properties.items()}
    properties = {key: Field(one) for key, one in allowed.items() if one}
    return [(evolve(known, properties=properties, required=tuple(given)),)]


@cache
def _steps(contract: str, status: str, method: Types, settings: Types) -> tuple[tuple[str, Generator], ...]:
    """Return the keys of a coherent job in the order in which they are drawn, each with what draws it."""
    generators: dict[str, Generator] = {}
    for key in composer(contract).order:
        if key in {"hyperparameters", "method"}:
            if types := method if key == "method" else settings:
                generators[key] = type_generator(types[0], key, contract)
        elif key not in {"status", "created_at"}:
            types, optional = _narrowed(contract, key, status)
            generators[key] = generator_for(types, key, contract, optional=optional)
    return tuple(generators.items())


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
def _narrowed(contract: str, key: str, status: str) -> tuple[Types, bool]:
    """Return what is left of a key's forms in a status by the rules of the lifecycle, and whether it may be absent."""
    job = job_type(contract)
    types, optional = job.properties[key].types, key not in job.required
    for rule in RULES:
        if (
            isinstance(rule.test, ByStatus)
            and rule.holds_for(contract)
            and (rule.test.key, status in rule.test.statuses) == (key, True)
        ):
            narrow, may_be_absent = _NARROWED[rule.test.expected]
            types, optional = narrow(types), optional and may_be_absent
    return types, optional


@cache
def composer(contract: str) -> Composer:
    """Return what draws the jobs of a contract."""
    job = job_type(contract)

    def depth(key: str) -> tuple[bool, int]:
        of_status = any(isinstance(rule.test, ByStatus) and rule.test.key == key for rule in RULES)
        is_deep = any(isinstance(one, ArrayType | MapType | ObjectType) for one in job.properties[key].types)
        return of_status, is_deep + (key == "hyperparameters") + 2 * (key == "method")

    return Composer(contract, job, tuple(sorted(job.properties, key=depth)))


def resting(composer: Composer, ended: Mapping[str, Any], status: str) -> dict[str, Any]:
    """Return a job that has ended as it was before, in a status that is no end.

    What only the end brings is null, or absent where the contract has no null; all the rest stays as it is.
    """
    before: dict[str, Any] = copied({**ended, "status": status})
    for key in ended.keys() & composer.job.properties.keys():
        types, optional = _narrowed(composer.contract, key, status)
        if types == composer.job.properties[key].types:
            continue
        if optional and entry(composer.contract).vendor.omits_unset:
            del before[key]
        else:
            before[key] = [] if isinstance(types[0], ArrayType) else None
    return before


def counterexamples(contract: str, test: ByStatus) -> list[Any]:
    """Return values of a key that break what a rule expects of it in some status; `...` takes the key away."""
    job = job_type(contract)
    types, optional = job.properties.get(test.key, Field(())).types, test.key not in job.required
    given = _not_null(types)
    if test.expected in {"null or no such key", "no files", "no error"}:
        if test.key in TIME_KEYS:
            return [samples.LAST_TIME]
        narrow = {"no files": _one_file, "no error": _full_error}.get(test.expected, tuple)
        return [type_generator(one, test.key, contract)(simplest) for one in narrow(given)]
    found: list[Any] = [None] if NullType() in types else []
    if optional and types:
        found.append(...)
    found += [[] for one in given if isinstance(one, ArrayType)]
    found += [{} for one in given if isinstance(one, ObjectType) and not one.required]
    return found

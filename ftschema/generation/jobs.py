"""Generate jobs that satisfy the lifecycle rules."""

from __future__ import annotations

from functools import cache
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from ftschema.core.absent import ABSENT
from ftschema.generation import samples
from ftschema.generation.values import choose, generator_for, simplest, type_generator, weight, with_unknown_key
from ftschema.jsontext.data import deep_copy
from ftschema.schemas.catalogue import entry
from ftschema.schemas.expectations import only_null, without_null
from ftschema.schemas.json_types import ArrayType, EnumType, Field, JsonType, MapType, NullType, ObjectType, Types
from ftschema.schemas.reader import parts, root_type
from ftschema.schemas.rule_tests import MethodRule, StatusRule, graders
from ftschema.schemas.rules import RULES
from ftschema.schemas.vocabulary import PAUSED, SETTINGS, TIME_KEYS, USUAL_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftschema.core.literals import ContractName
    from ftschema.generation.values import Chooser, Generator

# The weight of a job without a method among the choices of a method.
_WEIGHT_WITHOUT_METHOD = 6


@frozen
class JobGenerator:
    """Generates the jobs of one contract.

    Attributes:
        contract: Name of the contract.
        job: The type of a job.
        order: The keys in the order in which their values are chosen.
    """

    contract: ContractName
    job: ObjectType
    order: tuple[str, ...]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that a job may have; the usual ones if the contract allows any string."""
        [status] = self.job.properties["status"].types
        # An example shrinks to the first.
        values = status.values if isinstance(status, EnumType) else USUAL_STATUSES
        return tuple(sorted(values, key=(*USUAL_STATUSES, *values).index))

    @property
    def methods(self) -> tuple[str | None, ...]:
        """The types of method that a job may have; None stands for no method."""
        method = self.job.properties.get("method", Field(()))
        for one in method.types:
            if isinstance(one, ObjectType):
                [allowed] = one.properties["type"].types
                return (None, *allowed.values) if isinstance(allowed, EnumType) else (None,)
        return (None,)

    def valid_job(self, chooser: Chooser, fixed: Mapping[str, Any]) -> dict[str, Any]:
        """Generate a job that is valid for the contract, but may violate the lifecycle rules."""
        job: dict[str, Any] = _valid_job(self.contract, frozenset(fixed))(chooser)
        return job | {key: deep_copy(value) for key, value in fixed.items()}

    def consistent_job(
        self, chooser: Chooser, status: str, methods: tuple[str | None, ...], fixed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Generate a job that satisfies the lifecycle rules, of this status and with one of these methods."""
        start, span = creation_times(status, fixed)
        created = fixed["created_at"] if "created_at" in fixed else start + chooser(span)
        job: dict[str, Any] = {"status": status, "created_at": created}
        method, settings = choose(_method_choices(self.contract, status, methods), chooser)
        for key, generate in _generators(self.contract, status, method, settings):
            if key in fixed:
                continue
            value = generate(chooser)
            if value is ABSENT:
                continue
            if value is not None and key in TIME_KEYS:
                value = created + (value - samples.FIRST_TIME) % 86_400
            elif value is not None and key == "fine_tuned_model":
                base = fixed if "model" in fixed else job
                value = samples.trained_model(base["model"], chooser(samples.IDS), entry(self.contract).vendor)
            job[key] = value
        job.update((key, deep_copy(value)) for key, value in fixed.items())
        make_consistent(job, fixed)
        return with_unknown_key({key: job[key] for key in self.job.properties if key in job}, chooser)


@cache
def _valid_job(contract: ContractName, fixed: frozenset[str]) -> Generator:
    job = root_type(contract)
    properties = {key: field for key, field in job.properties.items() if key not in fixed}
    return type_generator(evolve(job, properties=properties), "", contract)


def creation_times(status: str, fixed: Mapping[str, Any]) -> tuple[int, int]:
    """Return the earliest time for `created_at`, and the number of seconds to choose from."""
    later = [value for key, value in fixed.items() if key in TIME_KEYS[1:] and isinstance(value, int | float)]
    if later:
        start = max(0, int(min(later)) - 86_400)
        return start, max(1, int(min(later)) - start)
    if status == "created":
        return samples.CREATED_TIME, samples.CREATED_SPAN
    return samples.FIRST_TIME, samples.TIME_SPAN


@cache
def _method_choices(
    contract: ContractName, status: str, methods: tuple[str | None, ...]
) -> tuple[tuple[Types, Types], ...]:
    """Return the combinations of a type for `method` and one for `hyperparameters`, each repeated by its weight.

    No type means an absent key. The two keys are one choice, with absent keys and null first, so that an example that
    needs only one of the two shrinks to it.
    """
    choices: list[tuple[Types, Types]] = []
    for method in methods:
        types, optional = narrowed_types(contract, "hyperparameters", status=status, method=method)
        settings_types = _alternatives(types, optional=optional)
        method_types = _method_types(contract, method)
        pairs = list(product(method_types, settings_types))
        repeats = (_WEIGHT_WITHOUT_METHOD if method is None else weight(*method_types[0])) // len(pairs)
        choices += [pair for pair in pairs for _ in range(max(1, repeats))]
    return tuple(choices)


def _alternatives(types: Types, *, optional: bool) -> list[Types]:
    """Return each type by itself, after no type if the key may be absent."""
    return [*([()] if optional else []), *((one,) for one in types)]


def _method_types(contract: ContractName, method: str | None) -> list[Types]:
    """Return the types of `method` for one type of method, or without one; each by itself."""
    job = root_type(contract)
    if "method" not in job.properties:
        return [()]
    types = job.properties["method"].types
    [known] = [one for one in types if isinstance(one, ObjectType)]
    if method is None:
        # A method without a `type` does not say how the job was trained.
        bare = (evolve(known, properties={}),) if not known.required else ()
        return _alternatives((*only_null(types), *bare), optional="method" not in job.required)
    given: dict[str, Types] = {
        "type": (EnumType((method,), "const"),),
        method: without_null(known.properties[method].types),
    }
    allowed = {key: given.get(key) or only_null(field.types) for key, field in known.properties.items()}
    properties = {key: Field(one) for key, one in allowed.items() if one}
    return [(evolve(known, properties=properties, required=tuple(given)),)]


@cache
def _generators(
    contract: ContractName, status: str, method: Types, settings: Types
) -> tuple[tuple[str, Generator], ...]:
    """Return the generator of each key, in the order of the keys; status and creation time are chosen before."""
    generators: dict[str, Generator] = {}
    for key in job_generator(contract).order:
        if key in {"hyperparameters", "method"}:
            if types := method if key == "method" else settings:
                generators[key] = type_generator(types[0], key, contract)
        elif key not in {"status", "created_at"}:
            types, optional = narrowed_types(contract, key, status=status)
            generators[key] = generator_for(types, key, contract, optional=optional)
            if (status, key) == ("running", "finished_at"):
                unset = generator_for(only_null(types), key, contract, optional=optional)
                generators[key] = _seldom(generators[key], unset)
    return tuple(generators.items())


def _seldom(generate: Generator, otherwise: Generator) -> Generator:
    # One in eight, and not the first choice, to which an example shrinks.
    return lambda chooser: (generate if chooser(8) == 7 else otherwise)(chooser)  # noqa: PLR2004  # the last of eight


def make_consistent(job: dict[str, Any], fixed: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Change a job so that it satisfies the rules that relate parts which were generated separately."""
    method, outer = job.get("method"), job.get("hyperparameters")
    method_settings = method.get(method.get("type")) if isinstance(method, dict) else None
    inner = method_settings.get("hyperparameters") if isinstance(method_settings, dict) else None
    first, second = (inner, outer) if "method" in fixed and "hyperparameters" not in fixed else (outer, inner)
    needs_numbers = job["status"] == "succeeded"
    for settings, others in ((first, None), (second, first)):
        if isinstance(settings, dict) and not any(settings is job.get(key, {}) for key in fixed):
            _copy_settings(settings, others, needs_numbers=needs_numbers)
    if "method" not in fixed:
        complete_ranges(job)
    if "integrations" not in fixed:
        for integration in job.get("integrations") or ():
            if "run_id" in integration["wandb"]:
                integration["wandb"]["run_id"] = job["id"]


def complete_ranges(made: dict[str, Any]) -> None:
    """Give each range of a grader two numbers."""
    for _, grader in graders(made):
        if grader.get("range") is not None:
            grader["range"][:] = sorted([*grader["range"], 0, 1][:2])


def _copy_settings(settings: dict[str, Any], others: Any, *, needs_numbers: bool) -> None:
    """Copy the values of the settings in the other place, and replace "auto" and -1 if numbers are needed."""
    for key in SETTINGS:
        other = others.get(key) if isinstance(others, dict) else None
        if settings.get(key) is None:
            continue
        if other is not None:
            settings[key] = other
        elif needs_numbers and settings[key] in ("auto", -1):
            settings[key] = 3 if key == "n_epochs" else 1


@cache
def narrowed_types(contract: ContractName, key: str, *, status: str, method: str | None = None) -> tuple[Types, bool]:
    """Return the types that the rules allow for a key, and whether it may be absent."""
    job = root_type(contract)
    types, optional = job.properties[key].types, key not in job.required
    if status in PAUSED:
        # No rule says what a paused job has. It has not ended, so it is generated like one that waits to start.
        status = "queued"
    for rule in RULES:
        test = rule.test
        if (
            isinstance(test, StatusRule | MethodRule)
            and test.key == key
            and test.applies_to(status, method)
            and rule.holds_for(contract)
        ):
            types, optional = test.expected.met_by(types), optional and test.expected.may_be_absent
    return types, optional


@cache
def job_generator(contract: ContractName) -> JobGenerator:
    """Return the generator of the jobs of a contract."""
    job = root_type(contract)

    # When a failing example shrinks at one choice, the choices after it may change. So keys with many choices come
    # late, and those that depend on the status come last.
    def depth(key: str) -> tuple[bool, int]:
        depends_on_status = any(isinstance(rule.test, StatusRule) and rule.test.key == key for rule in RULES)
        is_deep = any(isinstance(one, ArrayType | MapType | ObjectType) for one in job.properties[key].types)
        return depends_on_status, is_deep + (key == "hyperparameters") + 2 * (key == "method")

    return JobGenerator(contract, job, tuple(sorted(job.properties, key=depth)))


def _settings(job: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the settings of a job and those of its method, each with the name of their type."""
    method = job.get("method")
    names = {"supervised": "SupervisedHyperparameters", "dpo": "DpoHyperparameters"}
    if isinstance(job.get("hyperparameters"), dict):
        yield "Hyperparameters", job["hyperparameters"]
    if isinstance(method, dict):
        inner = method.get(method.get("type"))
        if isinstance(inner, dict) and isinstance(inner.get("hyperparameters"), dict):
            yield names.get(method["type"], "ReinforcementHyperparameters"), inner["hyperparameters"]


def resolve_auto(job: dict[str, Any]) -> None:
    """Replace "auto" in the settings of a job by the numbers that were chosen."""
    multiplier = "learning_rate_multiplier"
    for name, settings in _settings(job):
        was_auto = settings.get(multiplier) == "auto"
        _copy_settings(settings, None, needs_numbers=True)
        if was_auto and name != "Hyperparameters":
            # A live job of 2025 has 2 at the top level and 2.0 in its method.
            settings[multiplier] = float(settings[multiplier])


def restore_auto(contract: ContractName, job: dict[str, Any]) -> None:
    """Replace the numbers in the settings of a job by "auto", if the contract allows it everywhere."""
    for key in SETTINGS:
        places = [(name, settings) for name, settings in _settings(job) if settings.get(key) is not None]
        if all(_allows_auto(contract, name, key) for name, _ in places):
            for _, settings in places:
                settings[key] = "auto"


@cache
def _allows_auto(contract: ContractName, name: str, key: str) -> bool:
    part = parts(contract).get(name)
    return (
        part is not None and key in part.properties and any(one.matches("auto") for one in part.properties[key].types)
    )


def before_it_ended(contract: ContractName, ended: Mapping[str, Any], status: str) -> dict[str, Any]:
    """Return a job that has ended as it was in an earlier status.

    A value that the rules do not allow in that status becomes null or an empty array, or its key is removed, as the
    vendor does it. All other values are the same.
    """
    properties = root_type(contract).properties
    before: dict[str, Any] = deep_copy({**ended, "status": status})
    for key in ended.keys() & properties.keys():
        types, optional = narrowed_types(contract, key, status=status)
        if key == "finished_at":
            # A running job has one only while its model is evaluated.
            types = only_null(types)
        if types == properties[key].types:
            continue
        if optional and entry(contract).vendor.omits_unset:
            del before[key]
        else:
            before[key] = [] if isinstance(types[0], ArrayType) else None
    return before


def counterexamples(contract: ContractName, rule: StatusRule) -> list[Any]:
    """Return values for the key of a rule that violate the rule; `ABSENT` means that the key is removed."""
    job = root_type(contract)
    key, expected = rule.key, rule.expected
    if key not in job.properties:
        return []
    types = expected.violated_by(job.properties[key].types)
    values = [_violating_value(one, key, contract) for one in types]
    if key not in job.required and not expected.may_be_absent:
        values.append(ABSENT)
    return values


def _violating_value(json_type: JsonType, key: str, contract: ContractName) -> Any:
    if key in TIME_KEYS and not isinstance(json_type, NullType):
        # An earlier time could violate other rules as well.
        return samples.LAST_TIME
    return type_generator(json_type, key, contract)(simplest)

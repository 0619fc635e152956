"""Convert jobs from and to the class of the official Python SDK, `openai.types.fine_tuning.FineTuningJob`.

Facts (openai 1.80 to 3.54, tried): the client builds responses without validation, so its objects may hold values that
the class does not declare, such as `{}` as the error or `created` as the status. `model_fields_set` distinguishes unset
from null, and unknown keys are in `model_extra`. All fields have their wire names. `model_construct` builds the nested
objects too, but it turns 2 into 2.0 where the class declares a float, and mistakes a key `_fields_set` for an argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftschema.core.errors import InvalidJobError
from ftschema.core.pointer import join
from ftschema.core.report import Problem, Report, cycle_report
from ftschema.core.text import format_value, shorten, type_name
from ftschema.schemas.catalogue import DEFAULT
from ftschema.validation.contract import contract as _contract
from ftschema.validation.hidden import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openai.types.fine_tuning import FineTuningJob as OpenaiJob
    from pydantic import ValidationError

    from ftschema.core.literals import Code, ContractName
    from ftschema.model.kinds.job import FineTuningJob
    from ftschema.validation.contract import Contract

# The error types of pydantic that correspond to a keyword of JSON Schema; all others are reported as `type`.
_CODES: dict[str, Code] = {"literal_error": "enum"}


def from_openai(
    obj: OpenaiJob, contract: ContractName | Contract = DEFAULT, *, show_values: bool | None = None
) -> FineTuningJob:
    """Return the job in an object of the SDK's class; fields that are not set are `ABSENT`.

    Args:
        obj: The object.
        contract: The contract that the job must be valid for.
        show_values: As in `check`, for the report of the error.

    Raises:
        ImportError: `openai` is not installed; it comes with the extra `ftschema[openai]`.
        InvalidJobError: The object is not valid for the contract.
        TypeError: The object is not an `openai.types.fine_tuning.FineTuningJob`.
    """
    if not isinstance(obj, _class()):
        raise TypeError(f"expected an openai.types.fine_tuning.FineTuningJob, found {type_name(type(obj))}")
    chosen = _contract(contract)
    try:
        return chosen.structure(_payload(obj), show_values=show_values)
    except RecursionError:
        raise InvalidJobError(cycle_report(chosen.name)) from None


def to_openai(job: FineTuningJob, *, strict: bool = False, show_values: bool | None = None) -> OpenaiJob:
    """Return a job as an object of the SDK's class, with the same keys set and the same values.

    Like the SDK's client, it keeps unknown keys in `model_extra`, and values that the class does not declare.

    Args:
        job: The job.
        strict: Whether to raise if a value is not what the class declares.
        show_values: As in `check`, for the report of the error.

    Raises:
        ImportError: `openai` is not installed; it comes with the extra `ftschema[openai]`.
        InvalidJobError: With `strict`, a value is not what the class declares; the contract of the report is `openai`.
        TypeError: The job is not an `ftschema.FineTuningJob`.
    """
    cls = _class()
    payload = _contract(DEFAULT).unstructure(job)
    if strict:
        report = _undeclared(cls, payload)
        if not report.ok:
            raise InvalidJobError(shown(report, show_values=show_values))
    obj: OpenaiJob = _with_exact_values(cls.model_construct(**_without_arguments(payload)), payload)
    return obj


def _class() -> type[OpenaiJob]:
    try:
        from openai.types.fine_tuning import FineTuningJob as OpenaiJob  # noqa: PLC0415  # takes half a second
    except ImportError as error:
        raise ImportError("this needs the package openai: pip install 'ftschema[openai]'") from error
    return OpenaiJob


def _payload(value: Any) -> Any:
    """Return the fields that are set on an object, at every depth, as JSON data.

    `to_dict` fails for nested objects whose class was never used for validation (openai 1.80, 2.8: tried).
    """
    if hasattr(value, "model_fields_set"):
        declared = {key: getattr(value, key) for key in type(value).model_fields if key in value.model_fields_set}
        return {key: _payload(member) for key, member in (declared | (value.model_extra or {})).items()}
    if isinstance(value, dict):
        return {key: _payload(member) for key, member in value.items()}
    return [_payload(item) for item in value] if isinstance(value, list) else value


def _without_arguments(value: Any) -> Any:
    """Return a payload without the keys that `model_construct` may mistake for its own arguments."""
    if isinstance(value, dict):
        return {key: _without_arguments(member) for key, member in value.items() if not key.startswith("_")}
    return [_without_arguments(item) for item in value] if isinstance(value, list) else value


def _with_exact_values(built: Any, value: Any) -> Any:
    """Return an object that `model_construct` built from a value, with all keys, and no value converted."""
    if isinstance(value, dict) and hasattr(built, "model_extra"):
        for key, member in value.items():
            if key in type(built).model_fields:
                setattr(built, key, _with_exact_values(getattr(built, key), member))
            else:
                built.model_extra[key] = member
        return built
    if isinstance(value, dict) and isinstance(built, dict):
        return {key: _with_exact_values(built.get(key), member) for key, member in value.items()}
    if isinstance(value, list) and isinstance(built, list):
        return [_with_exact_values(inner, item) for inner, item in zip(built, value, strict=True)]
    return value


def _undeclared(cls: type[OpenaiJob], payload: dict[str, Any]) -> Report:
    """Return the report of the values that are not what the class declares; unknown keys are allowed."""
    from pydantic import ValidationError  # noqa: PLC0415  # comes with openai

    try:
        cls.model_validate(payload)
    except ValidationError as error:
        return Report.of("openai", [*_problems(error, payload)])
    return Report("openai")


def _problems(error: ValidationError, payload: dict[str, Any]) -> Iterator[Problem]:
    messages: dict[tuple[str, Code], list[str]] = {}
    for detail in error.errors(include_url=False, include_context=False):
        path, rest = _resolved(detail["loc"], payload)
        # What is left of the location is a missing key, or pydantic's name for a branch of a union.
        if detail["type"] == "missing" and len(rest) == 1:
            message = f"missing key {format_value(rest[0])}, which openai's class requires"
            yield Problem(join(path), "required", message, expected=rest[0])
        else:
            code: Code = "type" if rest else _CODES.get(detail["type"], "type")
            messages.setdefault((join(path), code), []).append(detail["msg"])
    for (pointer, code), texts in messages.items():
        yield Problem(pointer, code, f"rejected by openai's class: {shorten('; or '.join(dict.fromkeys(texts)), 300)}")


def _resolved(steps: Sequence[Any], value: Any) -> tuple[list[str | int], Sequence[Any]]:
    """Return the steps of a location that exist in a value, and the rest."""
    path: list[str | int] = []
    for number, step in enumerate(steps):
        if not (isinstance(value, dict) and step in value) and not (isinstance(value, list) and isinstance(step, int)):
            return path, steps[number:]
        value = value[step]
        path.append(step)
    return path, ()

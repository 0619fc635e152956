"""Jobs from and to the class of the official Python SDK, `openai.types.fine_tuning.FineTuningJob`.

Facts (openai 1.80 to 3.54, tried): its client builds replies without checking them, so that its objects hold what the
class does not declare, `{}` as an error or `created` as a status; unset and null are told apart by `model_fields_set`,
and unknown keys are in `model_extra`. No field has another name on the wire. `model_construct` builds the parts as
well, but makes 2 into 2.0 where the class declares a float, and takes a key `_fields_set` for an argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftschema.core.errors import InvalidJobError
from ftschema.core.pointer import join
from ftschema.core.report import Problem, Report, limited
from ftschema.core.text import clip, show
from ftschema.schemas.catalogue import DEFAULT
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openai.types.fine_tuning import FineTuningJob as OpenaiJob
    from pydantic import ValidationError

    from ftschema.model.job import FineTuningJob
    from ftschema.validation.contract import Contract

# What pydantic calls what JSON Schema has a keyword for; all else is a matter of the type.
_CODES = {"literal_error": "enum"}


def from_openai(obj: OpenaiJob, contract: str | Contract = DEFAULT) -> FineTuningJob:
    """Return the job that an object of the SDK's class holds: a field that is not set is `ABSENT`.

    Raises:
        ImportError: `openai` is not installed; the extra `ftschema[openai]` brings it.
        InvalidJobError: The object does not keep to the contract.
        TypeError: It is no `openai.types.fine_tuning.FineTuningJob`.
    """
    if not isinstance(obj, _class()):
        raise TypeError(f"expected an openai.types.fine_tuning.FineTuningJob, found {type(obj).__name__}")
    chosen = _contract(contract)
    try:
        return chosen.structure(_payload(obj))
    except RecursionError:
        endless = Problem(
            "", "json-cycle", "expected JSON data, found an object that contains itself or nests too deep"
        )
        raise InvalidJobError(Report(chosen.name, (endless,))) from None


def to_openai(job: FineTuningJob, *, strict: bool = False) -> OpenaiJob:
    """Return a job as an object of the SDK's class, with the same keys set and the same values.

    Like the SDK's client it keeps what the class does not declare: unknown keys in `model_extra`, and other values
    as they are.

    Args:
        job: The job.
        strict: Whether a job is refused that holds what the class does not declare.

    Raises:
        ImportError: `openai` is not installed; the extra `ftschema[openai]` brings it.
        InvalidJobError: With `strict`, the class does not declare all that the job holds. The report says where; its
            contract is `openai`.
        TypeError: It is no `ftschema.FineTuningJob`.
    """
    made = _class()
    payload = _contract(DEFAULT).unstructure(job)
    if strict:
        report = _undeclared(made, payload)
        if not report.ok:
            raise InvalidJobError(report)
    filled: OpenaiJob = _with_all(made.model_construct(**_without_arguments(payload)), payload)
    return filled


def _class() -> type[OpenaiJob]:
    try:
        from openai.types.fine_tuning import FineTuningJob as OpenaiJob  # noqa: PLC0415  # takes half a second
    except ImportError as error:
        raise ImportError("this needs the package openai: pip install 'ftschema[openai]'") from error
    return OpenaiJob


def _payload(held: Any) -> Any:
    """Return what was set of an object and of its parts.

    Not by `to_dict`: it fails where a part was built and its class never used to validate (openai 1.80, 2.8: tried).
    """
    if hasattr(held, "model_fields_set"):
        known = {key: getattr(held, key) for key in type(held).model_fields if key in held.model_fields_set}
        return {key: _payload(member) for key, member in (known | (held.model_extra or {})).items()}
    if isinstance(held, dict):
        return {key: _payload(member) for key, member in held.items()}
    return [_payload(item) for item in held] if isinstance(held, list) else held


def _without_arguments(value: Any) -> Any:
    """Return a payload without the keys that `model_construct` may take for arguments of its own."""
    if isinstance(value, dict):
        return {key: _without_arguments(member) for key, member in value.items() if not key.startswith("_")}
    return [_without_arguments(item) for item in value] if isinstance(value, list) else value


def _with_all(held: Any, value: Any) -> Any:
    """Return what an object holds at a place with all values as they were, and with those that it lacks."""
    if isinstance(value, dict) and hasattr(held, "model_extra"):
        for key, member in value.items():
            if key in type(held).model_fields:
                setattr(held, key, _with_all(getattr(held, key), member))
            else:
                held.model_extra[key] = member
        return held
    if isinstance(value, dict) and isinstance(held, dict):
        return {key: _with_all(held.get(key), member) for key, member in value.items()}
    if isinstance(value, list) and isinstance(held, list):
        return [_with_all(inner, item) for inner, item in zip(held, value, strict=True)]
    return value


def _undeclared(made: type[OpenaiJob], payload: dict[str, Any]) -> Report:
    """Return what a payload holds that the class does not declare; its keys are open."""
    from pydantic import ValidationError  # noqa: PLC0415  # comes with openai

    try:
        made.model_validate(payload)
    except ValidationError as error:
        return limited("openai", [*_problems(error, payload)])
    return Report("openai")


def _problems(error: ValidationError, payload: dict[str, Any]) -> Iterator[Problem]:
    said: dict[tuple[str, str], list[str]] = {}
    for one in error.errors(include_url=False, include_context=False):
        path, rest = _resolved(one["loc"], payload)
        # A missing key is left over, and so is what pydantic calls the branches of a union, which all fail.
        if one["type"] == "missing" and len(rest) == 1:
            expected = f"the key {show(rest[0])}"
            yield Problem(join(path), "required", f"expected {expected} by openai's class, found an object without it")
        else:
            code = "type" if rest else _CODES.get(one["type"], "type")
            said.setdefault((join(path), code), []).append(one["msg"])
    for (pointer, code), messages in said.items():
        yield Problem(pointer, code, f"openai's class says: {clip('; or '.join(dict.fromkeys(messages)), 300)}")


def _resolved(steps: Sequence[Any], value: Any) -> tuple[list[str | int], Sequence[Any]]:
    """Return how far steps lead into a value, and those that are left."""
    path: list[str | int] = []
    for number, step in enumerate(steps):
        if not (isinstance(value, dict) and step in value) and not (isinstance(value, list) and isinstance(step, int)):
            return path, steps[number:]
        value = value[step]
        path.append(step)
    return path, ()

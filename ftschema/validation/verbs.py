"""The verbs as functions: each is a method of `Contract` too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftschema.schemas.catalogue import DEFAULT
from ftschema.validation.contract import Contract
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftschema.core.report import LineReport, Report
    from ftschema.model.job import FineTuningJob


def schema(contract: str | Contract = DEFAULT) -> dict[str, Any]:
    """Return a fresh copy of the JSON Schema (draft 2020-12) of a contract; see `Contract.schema`."""
    return _contract(contract).schema()


def is_valid(payload: object, contract: str | Contract = DEFAULT) -> bool:
    """Return whether a payload keeps to a contract; see `Contract.is_valid`."""
    return _contract(contract).is_valid(payload)


def check(payload: object, contract: str | Contract = DEFAULT, *, lifecycle: bool = False) -> Report:
    """Return what is wrong with a payload; see `Contract.check`."""
    return _contract(contract).check(payload, lifecycle=lifecycle)


def validate(payload: object, contract: str | Contract = DEFAULT, *, lifecycle: bool = False) -> None:
    """Raise `InvalidJobError` for a payload that does not keep to a contract; see `Contract.validate`."""
    _contract(contract).validate(payload, lifecycle=lifecycle)


def structure(payload: object, contract: str | Contract = DEFAULT) -> FineTuningJob:
    """Return the job that a payload holds, or raise `InvalidJobError`; see `Contract.structure`."""
    return _contract(contract).structure(payload)


def unstructure(job: FineTuningJob, contract: str | Contract = DEFAULT) -> dict[str, Any]:
    """Return the payload of a job; see `Contract.unstructure`."""
    return _contract(contract).unstructure(job)


def loads(text: str | bytes, contract: str | Contract = DEFAULT) -> FineTuningJob:
    """Return the job that a JSON text holds, or raise `InvalidJobError`; see `Contract.loads`."""
    return _contract(contract).loads(text)


def dumps(job: FineTuningJob, contract: str | Contract = DEFAULT, *, indent: int | None = None) -> bytes:
    """Return a job as JSON text in UTF-8; see `Contract.dumps`."""
    return _contract(contract).dumps(job, indent=indent)


def check_text(text: str | bytes, contract: str | Contract = DEFAULT, *, lifecycle: bool = False) -> Report:
    """Return what is wrong with a JSON text or its payload; see `Contract.check_text`."""
    return _contract(contract).check_text(text, lifecycle=lifecycle)


def check_lines(
    lines: Iterable[str | bytes] | str | bytes,
    contract: str | Contract = DEFAULT,
    *,
    lifecycle: bool = False,
    jobs: int = 1,
) -> Iterator[LineReport]:
    """Yield what is wrong with each line of JSON Lines; see `Contract.check_lines`."""
    return _contract(contract).check_lines(lines, lifecycle=lifecycle, jobs=jobs)

"""cattrs converters that check, for jobs inside a service's own classes."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen
from cattrs import Converter
from cattrs.errors import ClassValidationError
from cattrs.preconf.json import make_converter as make_json_converter

import ftschema
from ftschema.converters import configure_converter, make_converter
from support.comparing import same
from support.drawing import payloads_of


@frozen
class Webhook:
    """What a service might have: jobs, and a part of one, inside a class of its own."""

    event: str
    job: ftschema.FineTuningJob
    others: list[ftschema.FineTuningJob]
    method: ftschema.Method | None = None


def _event(contract: str = "observed") -> dict[str, Any]:
    payloads = payloads_of(contract)
    return {"event": "x", "job": payloads[0], "others": payloads[1:4], "method": {"type": "dpo", "dpo": {"later": 1}}}


@pytest.mark.parametrize("contract", ["observed", "azure", "2026-07-15"])
def test_jobs_inside_classes(contract: str) -> None:
    """A converter structures and unstructures jobs wherever they stand, losing nothing."""
    converter = make_converter(contract)
    event = _event(contract)
    webhook = converter.structure(event, Webhook)
    assert webhook.job == ftschema.structure(event["job"], contract)
    assert isinstance(webhook.method, ftschema.Method)
    assert same(converter.unstructure(webhook), event)


@pytest.mark.parametrize("base", [Converter, make_json_converter], ids=["plain", "json"])
def test_a_converter_of_ones_own(base: Any) -> None:
    """A converter that a service already has learns the same."""
    converter = base()
    configure_converter(converter)
    assert same(converter.unstructure(converter.structure(_event(), Webhook)), _event())


@pytest.mark.parametrize("detailed", [True, False])
def test_faulty_jobs_are_refused(detailed: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A faulty job raises the error with its report, inside the group that cattrs makes of it."""
    converter = Converter(detailed_validation=detailed)
    configure_converter(converter)
    event = _event() | {"job": {"id": 5}}
    if detailed:
        with pytest.raises(ClassValidationError) as group:
            converter.structure(event, Webhook)
        [error] = group.value.exceptions
    else:
        with pytest.raises(ftschema.InvalidJobError) as caught:
            converter.structure(event, Webhook)
        error = caught.value
    assert isinstance(error, ftschema.InvalidJobError)
    assert error.report == ftschema.check({"id": 5})


@pytest.mark.parametrize(
    ("part", "payload", "pointer", "code"),
    [
        (ftschema.Method, {"type": "sft"}, "/type", "enum"),
        (ftschema.Hyperparameters, {"n_epochs": -7}, "/n_epochs", "minimum"),
        (ftschema.Hyperparameters, {"n_epochs": float("nan")}, "/n_epochs", "json-number"),
        (ftschema.PythonGrader, {"type": "multi", "name": "x", "source": "y"}, "/type", "const"),
        (ftschema.Integration, None, "", "type"),
    ],
)
def test_faulty_parts_are_refused(part: type, payload: Any, pointer: str, code: str) -> None:
    """A part by itself is checked against its definition: nothing is coerced."""
    with pytest.raises(ftschema.InvalidJobError) as caught:
        make_converter().structure(payload, part)
    [problem] = caught.value.report
    assert (problem.pointer, problem.code) == (pointer, code)


def test_parts_that_may_be_null() -> None:
    """A part that the contract lets be null is None."""
    assert make_converter().structure(None, ftschema.JobError) is None


def test_parts_that_a_contract_has_not() -> None:
    """A part that the contract does not know cannot be checked, and says so."""
    with pytest.raises(LookupError, match="the contract 2023-10-05 has no Method"):
        make_converter("2023-10-05").structure({}, ftschema.Method)


def test_unknown_contract() -> None:
    """A converter for a contract that there is not raises at once."""
    with pytest.raises(ftschema.UnknownContractError):
        make_converter("nope")

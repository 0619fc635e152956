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
from support.helpers import same
from support.rows import for_each
from support.strategies import payloads_of


@frozen
class Webhook:
    """What a service might have: jobs, and a part of one, inside a class of its own."""

    event: str
    job: ftschema.FineTuningJob
    others: list[ftschema.FineTuningJob]
    method: ftschema.Method | None = None


def _event(contract: ftschema.ContractName = "observed") -> dict[str, Any]:
    payloads = payloads_of(contract)
    return {"event": "x", "job": payloads[0], "others": payloads[1:4], "method": {"type": "dpo", "dpo": {"later": 1}}}


@for_each("contract", ["observed", "azure", "2026-07-15", "rust", "dart"])
def test_jobs_inside_classes(contract: ftschema.ContractName) -> None:
    """A converter structures and unstructures jobs wherever they stand, losing nothing."""
    converter = make_converter(contract)
    event = _event(contract)
    webhook = converter.structure(event, Webhook)
    assert webhook.job == ftschema.structure(event["job"], contract)
    assert isinstance(webhook.method, ftschema.Method)
    assert same(converter.unstructure(webhook), event)


@pytest.mark.parametrize("contract", ["powershell", "typescript-2023", "typescript-2024"])
def test_jobs_without_a_method(contract: ftschema.ContractName) -> None:
    """So does one for a contract that has no method, in the names of the contract inside the class's own."""
    converter = make_converter(contract)
    event = _event(contract) | {"method": None}
    webhook = converter.structure(event, Webhook)
    assert webhook.others == [ftschema.structure(payload, contract) for payload in event["others"]]
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


@for_each(
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


@for_each(
    ("contract", "part", "payload", "pointer", "code"),
    [
        ("powershell", ftschema.Hyperparameters, {"NEpochs": 0.5}, "/NEpochs", "type"),
        ("powershell", ftschema.Hyperparameters, {"n_epochs": 3}, "", "required"),
        ("powershell", ftschema.JobError, {"Code": "c", "Message": 5, "Param": None}, "/Message", "type"),
        ("powershell", ftschema.WandbIntegration, {"Project": None}, "/Project", "type"),
        ("dart", ftschema.Method, {"type": "reinforcement"}, "/type", "enum"),
        ("dart", ftschema.DpoHyperparameters, {"nEpochs": 2**63}, "/nEpochs", "maximum"),
        ("rust", ftschema.SupervisedHyperparameters, {"batch_size": 2**31}, "/batch_size", "maximum"),
        ("typescript-2023", ftschema.Hyperparameters, {"nEpochs": "Auto"}, "/nEpochs", "const"),
    ],
)
def test_faulty_parts_of_sdks(
    contract: ftschema.ContractName, part: type, payload: Any, pointer: str, code: str
) -> None:
    """A part of an SDK's job is checked in the SDK's names."""
    with pytest.raises(ftschema.InvalidJobError) as caught:
        make_converter(contract).structure(payload, part)
    [problem] = caught.value.report
    assert (problem.pointer, problem.code) == (pointer, code)


def test_parts_in_other_names() -> None:
    """A part is structured from, and unstructured to, the names of the converter's contract."""
    error = {"Code": "c", "Message": "m", "Param": None, "error": 5, "Later": {"n_epochs": 1}}
    part = make_converter("powershell").structure(error, ftschema.JobError)
    assert (part.code, part.message, part.param) == ("c", "m", None)
    assert part.extra == {"error": 5, "Later": {"n_epochs": 1}}
    assert make_converter("powershell").unstructure(part) == error
    settings = ftschema.Hyperparameters(n_epochs=3, extra={"later_key": 1})
    assert make_converter("dart").unstructure(settings) == {"nEpochs": 3, "later_key": 1}


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
        make_converter("nope")  # type: ignore[arg-type]  # the name is wrong on purpose

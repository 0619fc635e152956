"""One fault is one problem, at the leaf; several faults are several, in the order of the document."""

from __future__ import annotations

import random
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

import ftschema
from support.data import case_bases, corpus, published_jobs
from support.helpers import VARIED_CONTRACTS, sample
from support.mutants.single_faults import Fault, faults
from support.oracles.sdk_documents import in_names_of
from support.rows import for_each


@cache
def _payloads(contract: ftschema.ContractName) -> dict[str, Any]:
    """Return valid payloads of a contract that hold each of its parts, by name."""
    payloads = {**published_jobs(), **{name: base["payload"] for name, base in case_bases().items()}}
    payloads |= {job.name: job.payload for job in corpus() if job.name in {"089", "110", "128"}}
    if contract == "azure":
        own = case_bases()["azure"]["payload"]
        methods = {name: payload["method"] for name, payload in payloads.items() if payload.get("method")}
        payloads |= {f"azure {name}": {**own, "method": method} for name, method in methods.items()}
    spelled = {name: in_names_of(contract, payload) for name, payload in payloads.items()}
    return {name: payload for name, payload in spelled.items() if ftschema.is_valid(payload, contract)}


@cache
def _faults(contract: ftschema.ContractName) -> tuple[tuple[str, Fault], ...]:
    """Return every single fault of those payloads."""
    schema = ftschema.schema(contract)
    return tuple((name, fault) for name, payload in _payloads(contract).items() for fault in faults(schema, payload))


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_one_fault_is_one_problem(contract: ftschema.ContractName) -> None:
    """Any single fault in an otherwise valid job gives one problem, at its pointer, with the keyword as code."""
    for name, fault in _faults(contract):
        found = [(problem.pointer, problem.code) for problem in ftschema.check(fault.payload, contract)]
        assert found == [(fault.pointer, fault.code)], (name, fault.edit)


_CODES: list[tuple[str, set[str]]] = [
    ("observed", {"type", "required", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "maxItems"}),
    ("observed", {"minItems", "maxProperties", "maxLength"}),
    ("azure", {"type", "required", "enum", "const", "minimum", "maximum", "exclusiveMinimum"}),
    ("2023-10-05", {"type", "required", "const", "minimum", "maximum"}),
    ("2026-07-15", {"type", "required", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "maxItems"}),
    ("2026-11-10", {"type", "required", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "maxItems"}),
    ("rust", {"type", "required", "enum", "const", "minimum", "maximum"}),
    ("powershell", {"type", "required", "const", "minimum", "maximum"}),
    ("dart", {"type", "required", "enum", "const", "minimum", "maximum"}),
    ("typescript-2023", {"type", "required", "const", "minimum", "maximum"}),
    ("typescript-2024", {"type", "required", "enum", "const", "minimum", "maximum"}),
]


@pytest.mark.parametrize(
    ("contract", "codes"),
    sample(_CODES, *(row for row in _CODES if row[0] == "2023-10-05"), rest=pytest.mark.proof),
)
def test_faults_of_every_kind(contract: ftschema.ContractName, codes: set[str]) -> None:
    """The faults that are tried cover the keywords of a contract, hundreds of them."""
    assert codes <= {fault.code for _, fault in _faults(contract)}
    assert len(_faults(contract)) > 300


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_deep_faults(contract: ftschema.ContractName) -> None:
    """Every definition of a contract is broken somewhere: no part of a job escapes the faults that are tried."""
    pointers = {fault.pointer for _, fault in _faults(contract)}
    for name, definition in ftschema.schema(contract)["$defs"].items():
        for key in definition.get("properties", ()):
            unconstrained = set(definition["properties"][key]) <= {"description", "$comment"}
            assert unconstrained or any(pointer.endswith(f"/{key}") for pointer in pointers), (name, key)


def _merged(payload: Any, chosen: list[Fault]) -> Any:
    """Return a payload with the faults of several broken copies of it, which lie under different top-level keys."""
    merged = deepcopy(payload)
    for fault in chosen:
        key = fault.pointer.split("/")[1]
        merged[key] = fault.payload[key]
    return merged


@pytest.mark.parametrize(
    "contract",
    sample(["observed", "2024-04-09", "2026-11-10", "powershell", "dart"], "2024-04-09", rest=pytest.mark.proof),
)
def test_several_faults(contract: ftschema.ContractName) -> None:
    """Faults in different places are all found, in the order of the document, whatever the order of its keys."""
    rng = random.Random(7)
    by_base: dict[str, list[Fault]] = {}
    for name, fault in _faults(contract):
        if fault.pointer:
            by_base.setdefault(name, []).append(fault)
    for name, found in by_base.items():
        for _ in range(20):
            chosen = list({fault.pointer.split("/")[1]: fault for fault in rng.sample(found, 3)}.values())
            merged = _merged(_payloads(contract)[name], chosen)
            keys = rng.sample(list(merged), len(merged))
            payload = {key: merged[key] for key in keys}
            expected = sorted(chosen, key=lambda fault: keys.index(fault.pointer.split("/")[1]))
            report = ftschema.check(payload, contract)
            assert [(p.pointer, p.code) for p in report] == [(f.pointer, f.code) for f in expected]


def test_missing_keys_before_what_is_inside() -> None:
    """Missing keys stand in the order of the schema, before the faults inside the object that lacks them."""
    report = ftschema.check({"object": "x", "id": 5})
    assert [problem.code for problem in report] == ["required"] * 10 + ["const", "type"]
    assert [problem.pointer for problem in report][-2:] == ["/object", "/id"]
    assert '"created_at"' in report.problems[0].message


@for_each(
    ("edit", "pointer", "code", "message"),
    [
        ({"n_epochs": "three"}, "n_epochs", "const", 'expected "auto", an integer or null, found "three"'),
        ({"n_epochs": []}, "n_epochs", "type", 'expected "auto", an integer or null, found an empty array'),
        ({"n_epochs": 0}, "n_epochs", "minimum", "expected at least 1, found 0"),
        ({"n_epochs": 51.0}, "n_epochs", "maximum", "expected at most 50, found 51.0"),
        ({"n_epochs": 0.5}, "n_epochs", "type", 'expected "auto", an integer or null, found 0.5'),
        ({"n_epochs": True}, "n_epochs", "type", 'expected "auto", an integer or null, found true'),
        (
            {"learning_rate_multiplier": 0},
            "learning_rate_multiplier",
            "exclusiveMinimum",
            "expected more than 0, found 0",
        ),
    ],
)
def test_messages(edit: dict[str, Any], pointer: str, code: str, message: str) -> None:
    """A message says what was expected and what was found."""
    payload = {**case_bases()["job"]["payload"], "hyperparameters": edit}
    [problem] = ftschema.check(payload)
    assert (problem.pointer, problem.code, problem.message) == (f"/hyperparameters/{pointer}", code, message)


def test_many_keys_that_are_too_long() -> None:
    """20,000 faulty keys of one map, which took more than 24 GB once, are 20,000 problems, of which 100 are shown."""
    metadata = {f"{number:070}": "" for number in range(20_000)}
    report = ftschema.check(case_bases()["job"]["payload"] | {"metadata": metadata})
    codes = [problem.code for problem in report]
    assert codes == ["maxProperties", *["maxLength"] * 99]
    assert report.omitted == 19_901

"""Names that a contract declares are translated, and the caller's own data is never changed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures, strategies
from ftschema.schemas.catalogue import entry
from ftschema.schemas.reader import root_type
from ftschema.schemas.spelling import spelled
from ftschema.schemas.translate import (
    Translator,
    _renamer,
    from_wire,
    pointer_from_wire,
    to_wire,
    wire_reader,
    wire_writer,
)
from support.helpers import at, examples, same
from support.oracles.sdk_documents import DOCUMENTS, EXAMPLE_OF_2024
from support.rows import for_each

CONTRACTS = ftschema.contracts()
SPELLED = [contract for contract in CONTRACTS if contract in DOCUMENTS and DOCUMENTS[contract].spelling != "wire"]
UNCHANGED = [contract for contract in CONTRACTS if contract not in SPELLED]

# What a caller may put into a map of their own: names of the wire, and the same as others spell them.
OWN = {
    "created_at": "a",
    "createdAt": "b",
    "CreatedAt": "c",
    "n_epochs": "d",
    "type": "e",
    "error": "f",
    "VarError": "g",
    "metadata": "h",
}

# A job of `observed` with every kind of data that is the caller's, and the same in camel case, both by hand.
WIRE: dict[str, Any] = {
    "id": "ftjob-1",
    "created_at": 1,
    "trainingType": "globalStandard",
    "metadata": OWN,
    "result_files": ["created_at"],
    "hyperparameters": {"n_epochs": 3, "warmup_ratio": {"n_epochs": 1}},
    "integrations": [{"type": "wandb", "wandb": {"project": "created_at", "run_id": "r", "tags": ["n_epochs", "b"]}}],
    "method": {
        "type": "reinforcement",
        "reinforcement": {
            "response_format": {"type": "json_schema", "json_schema": {"created_at": [{"n_epochs": OWN}]}},
            "hyperparameters": {"eval_interval": 2, "n_epochs": "auto"},
            "grader": {
                "type": "multi",
                "name": "m",
                "calculate_output": "created_at + type",
                "graders": {
                    "created_at": {"type": "python", "name": "n", "source": "s", "image_tag": "t"},
                    "type": {"type": "endpoint", "name": "e", "url": "u", "headers": OWN},
                    "calculate_output": {
                        "type": "score_model",
                        "name": "j",
                        "model": "m",
                        "input": [{"role": "user", "content": {"type": "input_image", "image_url": "u"}}],
                        "sampling_params": {"top_p": 1, "max_completions_tokens": 5, "later_key": {"top_p": 1}},
                    },
                },
            },
        },
    },
    "surprise_key": {"created_at": OWN},
}
CAMEL: dict[str, Any] = {
    "id": "ftjob-1",
    "createdAt": 1,
    "trainingType": "globalStandard",
    "metadata": OWN,
    "resultFiles": ["created_at"],
    "hyperparameters": {"nEpochs": 3, "warmup_ratio": {"n_epochs": 1}},
    "integrations": [{"type": "wandb", "wandb": {"project": "created_at", "runId": "r", "tags": ["n_epochs", "b"]}}],
    "method": {
        "type": "reinforcement",
        "reinforcement": {
            "responseFormat": {"type": "json_schema", "json_schema": {"created_at": [{"n_epochs": OWN}]}},
            "hyperparameters": {"evalInterval": 2, "nEpochs": "auto"},
            "grader": {
                "type": "multi",
                "name": "m",
                "calculateOutput": "created_at + type",
                "graders": {
                    "created_at": {"type": "python", "name": "n", "source": "s", "imageTag": "t"},
                    "type": {"type": "endpoint", "name": "e", "url": "u", "headers": OWN},
                    "calculate_output": {
                        "type": "score_model",
                        "name": "j",
                        "model": "m",
                        "input": [{"role": "user", "content": {"type": "input_image", "imageUrl": "u"}}],
                        "samplingParams": {"topP": 1, "maxCompletionsTokens": 5, "later_key": {"top_p": 1}},
                    },
                },
            },
        },
    },
    "surprise_key": {"created_at": OWN},
}


def _renamed(translator: Translator, payload: Any) -> Any:
    types = (root_type("observed"),)
    return translator.translate(payload, types, types, ())


def _listed(value: Any) -> Any:
    """Return a value with its objects as lists of pairs, so that the order of keys counts."""
    if isinstance(value, dict):
        return [(key, _listed(member)) for key, member in value.items()]
    return [_listed(item) for item in value] if isinstance(value, list) else value


def test_own_data_stays() -> None:
    """Metadata, tags, response formats, names in maps of graders, headers and unknown keys are not changed."""
    payload = deepcopy(WIRE)
    there = Translator("wire", "camel")
    assert _listed(_renamed(there, payload)) == _listed(CAMEL)
    assert not there.dropped
    assert payload == WIRE


def test_own_data_stays_on_the_way_back() -> None:
    """The same holds in the other direction, and for graders alone or in an array."""
    back = Translator("camel", "wire")
    assert _listed(_renamed(back, CAMEL)) == _listed(WIRE)
    assert not back.dropped
    for graders in (CAMEL["method"]["reinforcement"]["grader"]["graders"]["type"], [{"type": "python", "imageTag": 1}]):
        grader = {"type": "multi", "calculateOutput": "x", "graders": graders}
        renamed = _renamed(back, {"method": {"reinforcement": {"grader": grader}}})
        found = renamed["method"]["reinforcement"]["grader"]
        assert found["calculate_output"] == "x"
        expected = [{"type": "python", "image_tag": 1}] if isinstance(graders, list) else graders
        assert found["graders"] == expected


@for_each("contract", SPELLED)
def test_generated_payloads(contract: ftschema.ContractName) -> None:
    """Translating to wire names gives a valid job, and translating back the same payload in the same order."""
    wire_keys = {row.wire for row in DOCUMENTS[contract].rows}
    for payload in fixtures.payloads(300, "renaming", contract=contract, coherent=False):
        before = deepcopy(payload)
        wire = to_wire(contract, payload)
        assert same(wire_reader(contract)(payload), wire)
        assert _listed(payload) == _listed(before)
        assert {row.wire for row in DOCUMENTS[contract].rows if row.required} <= wire.keys()
        assert not (wire.keys() - wire_keys) & {row.name for row in DOCUMENTS[contract].rows}
        assert same(from_wire(contract, wire), payload)
        assert same(wire_writer(contract)(wire), payload)
        assert _listed(from_wire(contract, wire)) == _listed(payload)


@pytest.mark.parametrize("contract", SPELLED)
@given(data=st.data())
@examples(0.5)
def test_drawn_payloads(contract: ftschema.ContractName, data: st.DataObject) -> None:
    """The same holds for generated jobs, in both directions."""
    payload = data.draw(strategies.payloads(contract=contract, coherent=False))
    wire = to_wire(contract, payload)
    assert same(from_wire(contract, wire), payload)
    assert same(to_wire(contract, from_wire(contract, wire)), wire)


@for_each("contract", UNCHANGED)
def test_contracts_of_the_wire(contract: ftschema.ContractName) -> None:
    """For a contract that uses wire names, the payload itself is returned, and pointers are unchanged."""
    payload = fixtures.payload(1, contract=contract)
    assert to_wire(contract, payload) is payload
    assert from_wire(contract, payload) is payload
    assert pointer_from_wire(contract, "/method/dpo/created_at") == "/method/dpo/created_at"


def test_by_hand() -> None:
    """The documented example of the TypeScript SDK of 2024 is translated to wire names, then to PowerShell's."""
    wire = to_wire("typescript-2024", EXAMPLE_OF_2024)
    assert wire["hyperparameters"] == {"n_epochs": 367562}
    assert wire["training_file"] == "<value>"
    assert wire["integrations"] == EXAMPLE_OF_2024["integrations"]
    shell = from_wire("powershell", wire)
    assert shell["VarError"] == {"Code": "<value>", "Message": "<value>", "Param": "<value>"}
    assert shell["Hyperparameters"] == {"NEpochs": 367562}
    assert shell["Integrations"] == [
        {"Type": "wandb", "Wandb": {"Project": "my-wandb-project", "Tags": ["custom-tag"]}}
    ]
    assert to_wire("powershell", shell) == wire


@for_each("contract", SPELLED)
def test_nothing_is_shared(contract: ftschema.ContractName) -> None:
    """Changing the translated payload does not change the original."""
    payload = fixtures.payload(1, contract=contract) | {"metadata": {"a": "b"}, "later": [{"a": []}]}
    before = deepcopy(payload)
    assert same(wire_reader(contract)(payload), to_wire(contract, payload))
    for renamed in (to_wire(contract, payload), from_wire(contract, to_wire(contract, payload))):
        renamed["metadata"]["a"] = "changed"
        renamed["later"][0]["a"].append("changed")
        for member in renamed.values():
            if isinstance(member, dict | list):
                member.clear()
    assert payload == before


@for_each("value", [None, True, 5, "created_at", [], [{"created_at": 1}], {}])
def test_no_job(value: Any) -> None:
    """A value that is not an object with known keys is copied unchanged."""
    assert same(_renamed(Translator("wire", "camel"), value), value)
    for key in ("metadata", "method", "integrations", "error", "hyperparameters"):
        odd = {key: value if value != {} else {"a_b": 1}}
        assert same(_renamed(Translator("wire", "camel"), odd), odd)


# ---------------------------------------------------------------- what finds no place


@for_each(
    ("payload", "renamed", "dropped"),
    [
        ({"createdAt": 1, "created_at": 2}, {"created_at": 1}, [("created_at",)]),
        ({"created_at": 2, "createdAt": 1}, {"created_at": 1}, [("created_at",)]),
        # It would be taken for the field that is not there.
        ({"created_at": 2}, {}, [("created_at",)]),
        (
            {"hyperparameters": {"n_epochs": 1, "nEpochs": 2, "NEpochs": 3}},
            {"hyperparameters": {"n_epochs": 2, "NEpochs": 3}},
            [("hyperparameters", "n_epochs")],
        ),
        (
            {"integrations": [{"type": "wandb"}, {"wandb": {"run_id": 1, "project": "p"}}]},
            {"integrations": [{"type": "wandb"}, {"wandb": {"project": "p"}}]},
            [("integrations", 1, "wandb", "run_id")],
        ),
        # Spelled alike, or of another part of a job.
        ({"id": 1, "nEpochs": 2, "n_epochs": 3}, {"id": 1, "nEpochs": 2, "n_epochs": 3}, []),
        ({"metadata": {"created_at": 1, "createdAt": 2}}, {"metadata": {"created_at": 1, "createdAt": 2}}, []),
    ],
)
def test_two_names_for_one(payload: Any, renamed: Any, dropped: list[Any]) -> None:
    """A key that would mean another one on the wire is dropped, and its path recorded."""
    translator = Translator("camel", "wire")
    assert same(_renamed(translator, payload), renamed)
    assert translator.dropped == dropped
    assert translator.ambiguous == dropped


def test_two_names_for_one_on_the_way_back() -> None:
    """The same holds for a key on the wire that means another one in the target spelling."""
    translator = Translator("wire", "pascal")
    payload = {"created_at": 1, "error": {"code": "c", "Code": "d"}, "VarError": 2, "Error": 3}
    assert _renamed(translator, payload) == {"CreatedAt": 1, "VarError": {"Code": "c"}, "Error": 3}
    assert translator.ambiguous == [("error", "Code"), ("VarError",)]


def test_unknown_keys_may_go() -> None:
    """Without `keep_unknown`, unknown keys are dropped and their paths recorded; the caller's own data is kept."""
    payload = {
        "createdAt": 1,
        "later": {"a": 1},
        "metadata": OWN,
        "hyperparameters": {"nEpochs": 1, "warmup": 2, "n_epochs": 3},
        "resultFiles": ["a"],
    }
    translator = Translator("camel", "wire", keep_unknown=False)
    assert _renamed(translator, payload) == {
        "created_at": 1,
        "metadata": OWN,
        "hyperparameters": {"n_epochs": 1},
        "result_files": ["a"],
    }
    assert translator.dropped == [("later",), ("hyperparameters", "warmup"), ("hyperparameters", "n_epochs")]
    assert translator.ambiguous == [("hyperparameters", "n_epochs")]


def test_names_of_one_contract_only() -> None:
    """A key that only one of two contracts declares is an unknown key, and is not changed."""
    old, new = (root_type("2023-10-05"),), (root_type("2026-07-15"),)
    payload = {"createdAt": 1, "estimatedFinish": 2, "hyperparameters": {"nEpochs": 1, "batchSize": 2}}
    translator = Translator("camel", "wire")
    assert translator.translate(payload, new, old, ()) == {
        "created_at": 1,
        "estimatedFinish": 2,
        "hyperparameters": {"n_epochs": 1, "batchSize": 2},
    }
    assert not translator.dropped


# ---------------------------------------------------------------- pointers


@for_each(
    ("contract", "pointer", "spelled"),
    [
        ("powershell", "", ""),
        ("powershell", "/status", "/Status"),
        ("powershell", "/error/code", "/VarError/Code"),
        ("powershell", "/hyperparameters/n_epochs", "/Hyperparameters/NEpochs"),
        ("powershell", "/integrations/10/wandb/tags/0", "/Integrations/10/Wandb/Tags/0"),
        ("powershell", "/result_files/0", "/ResultFiles/0"),
        # What the contract does not declare.
        ("powershell", "/method/dpo", "/method/dpo"),
        ("powershell", "/hyperparameters/batch_size", "/Hyperparameters/batch_size"),
        ("powershell", "/hyperparameters/later/n_epochs", "/Hyperparameters/later/n_epochs"),
        ("powershell", "/created_at~1/id", "/created_at~1/id"),
        ("dart", "/created_at", "/createdAt"),
        ("dart", "/error", "/error"),
        ("dart", "/error/code", "/error/code"),
        ("dart", "/metadata/created_at", "/metadata/created_at"),
        ("dart", "/method/dpo/hyperparameters/n_epochs", "/method/dpo/hyperparameters/nEpochs"),
        ("dart", "/integrations/0/wandb/run_id", "/integrations/0/wandb/run_id"),
        ("dart", "/integrations/*/wandb", "/integrations/*/wandb"),
        ("dart", "/a~1b/~0/created_at", "/a~1b/~0/created_at"),
        ("typescript-2023", "/fine_tuned_model", "/fineTunedModel"),
        ("typescript-2023", "/estimated_finish", "/estimated_finish"),
        ("typescript-2024", "/estimated_finish", "/estimatedFinish"),
        ("rust", "/estimated_finish", "/estimated_finish"),
    ],
)
def test_pointers(contract: ftschema.ContractName, pointer: str, spelled: str) -> None:
    """A pointer is translated as far as the contract declares its keys."""
    assert pointer_from_wire(contract, pointer) == spelled


@for_each("contract", SPELLED)
def test_pointers_lead_to_the_same(contract: ftschema.ContractName) -> None:
    """A translated pointer leads to the same value in the translated payload."""
    for payload in fixtures.payloads(50, "pointers", contract=contract, coherent=False):
        wire = to_wire(contract, payload)
        for pointer, value in _places(wire, ""):
            assert same(at(payload, pointer_from_wire(contract, pointer)), value)


def _places(value: Any, pointer: str) -> Any:
    """Yield the pointer and the value of each scalar, empty object and empty array of a payload."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from _places(member, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    if not members:
        yield pointer, value


@for_each("contract", SPELLED)
def test_writer_drops_what_means_another_key(contract: ftschema.ContractName) -> None:
    """The fast writer leaves out what the translator does, and keeps what is no object."""
    for wire in (WIRE | {spelled("created_at", entry(contract).spelling): 1}, {"method": 1, "integrations": 2, "a": 3}):
        assert same(wire_writer(contract)(wire), from_wire(contract, wire))


def test_reader_of_any_contract() -> None:
    """What reads names of the wire fast does what the translator does, where graders differ by their types, too."""
    types = (root_type("observed"),)
    read = _renamer(types, "camel", "wire")
    assert read
    for payload in (
        CAMEL,
        {"method": {"reinforcement": {"grader": {"type": "python", "imageTag": 1}}}},
        {"created_at": 1},
    ):
        assert same(read(payload), Translator("camel", "wire").translate(payload, types, types, ()))

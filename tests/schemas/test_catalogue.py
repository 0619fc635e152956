"""The contracts as users see them, and the format of their files."""

from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

import ftschema
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterator

VERBS = ("schema", "is_valid", "check", "validate", "structure", "unstructure", "loads", "dumps", "check_text")


def _nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, member in node.items():
            yield from _nodes(member, f"{path}/{key}")
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _nodes(item, f"{path}/{index}")


def test_names() -> None:
    """The default comes first, then Azure, then the published specifications by date, then the SDKs."""
    names = ftschema.contracts()
    assert names[:2] == ("observed", "azure")
    assert list(names[2:11]) == sorted(names[2:11])
    assert all(name[0].isdigit() for name in names[2:11])
    assert names[11:] == ("rust", "powershell", "dart", "typescript-2023", "typescript-2024")


def test_default() -> None:
    """The default contract is `observed`."""
    assert ftschema.contract().name == "observed"
    assert ftschema.schema()["$id"] == "urn:ftschema:observed"


@for_each("name", ftschema.contracts())
def test_one_object_a_name(name: ftschema.ContractName) -> None:
    """A name always gives the same contract object, also by pickle and copy; a contract gives itself."""
    contract = ftschema.contract(name)
    assert contract is ftschema.contract(name) is ftschema.contract(contract)
    assert contract is pickle.loads(pickle.dumps(contract)) is copy.deepcopy(contract) is copy.copy(contract)
    assert hash(contract) == hash(ftschema.contract(name))


def test_contract_is_immutable() -> None:
    """A contract cannot be changed."""
    with pytest.raises(AttributeError):
        ftschema.contract().name = "azure"  # type: ignore[misc]  # that it cannot is the promise


@for_each("verb", VERBS)
def test_verbs_are_methods(verb: str) -> None:
    """Each verb is a function of the package and a method of a contract, and takes a name or a contract."""
    payload = {"id": "x"}
    contract = ftschema.contract("azure")
    if verb in {"is_valid", "check"}:
        function = getattr(ftschema, verb)
        assert function(payload, "azure") == function(payload, contract=contract) == getattr(contract, verb)(payload)
    assert callable(getattr(ftschema, verb))
    assert callable(getattr(contract, verb))


@for_each("name", ["", "nope", "Observed", "2023-10-06", None, 5, [], b"observed"])
def test_unknown_contract(name: Any) -> None:
    """An unknown name, or a value that is not a name, raises an error that lists the known names."""
    with pytest.raises(ftschema.UnknownContractError) as caught:
        ftschema.check({}, contract=name)
    assert isinstance(caught.value, LookupError)
    assert all(known in str(caught.value) for known in ftschema.contracts())


def test_unknown_contract_hint() -> None:
    """The error for a misspelled name suggests the right one."""
    with pytest.raises(ftschema.UnknownContractError, match="Did you mean 'observed'"):
        ftschema.contract("Observed")
    for name in ("event", "event/", "event/nope", "event/error/azure"):
        with pytest.raises(ftschema.UnknownContractError, match="Known: event/observed, event/azure, event/2023"):
            ftschema.contract(name)
    for name in ("page", "page/azure"):
        with pytest.raises(ftschema.UnknownContractError, match=r"Known: page/job/observed, .*page/permission/2025"):
            ftschema.contract(name)


@for_each("name", ftschema.contracts())
def test_schema_is_fresh(name: ftschema.ContractName) -> None:
    """Each call returns a copy: changing it does not change the contract."""
    ftschema.schema(name)["properties"].clear()
    assert ftschema.schema(name)["properties"]


@for_each("name", ftschema.contracts())
def test_schema_is_valid(name: ftschema.ContractName) -> None:
    """Each file is a JSON Schema of draft 2020-12 with an id and a title of its own."""
    schema = ftschema.schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(name)
    assert schema["title"]
    assert schema["description"]


def test_titles_differ() -> None:
    """No two contracts have the same title."""
    assert len({ftschema.schema(name)["title"] for name in ftschema.contracts()}) == len(ftschema.contracts())


@for_each("name", ftschema.contracts())
def test_schema_is_whole(name: ftschema.ContractName) -> None:
    """Every reference resolves inside its file, and no definition is unused."""
    schema = ftschema.schema(name)
    used = {node["$ref"] for _, node in _nodes(schema) if isinstance(node.get("$ref"), str)}
    assert used == {f"#/$defs/{definition}" for definition in schema["$defs"]}


@for_each("name", ftschema.contracts())
def test_schema_has_no_alternatives(name: ftschema.ContractName) -> None:
    """No `anyOf` and no `oneOf`: they would say "not valid under any of the given schemas" instead of the leaf."""
    text = json.dumps(ftschema.schema(name))
    assert '"anyOf"' not in text
    assert '"oneOf"' not in text


@for_each("name", ftschema.contracts())
def test_every_property_is_described(name: ftschema.ContractName) -> None:
    """Every property has a description of one sentence, its own or that of its definition."""
    schema = ftschema.schema(name)
    for path, node in _nodes(schema):
        if path.endswith("/properties") and "/if" not in path and "/not" not in path:
            for key, described in node.items():
                target = schema["$defs"].get(described.get("$ref", "").rpartition("/")[2], {})
                text = described.get("description") or target.get("description", "")
                assert text.endswith((".", ";")), f"{path}/{key}"


@pytest.mark.parametrize("name", ["observed", "azure"])
def test_differences_have_evidence(name: ftschema.ContractName) -> None:
    """Every difference from the newest published contract has a `$comment`, on the property or its definition."""
    ours, theirs = ftschema.schema(name), ftschema.schema("2026-11-10")
    for path, node in _nodes(ours):
        if not path.endswith("/properties") or "/if" in path or "/not" in path:
            continue
        holder = _at(ours, path.rpartition("/")[0])
        published = _at(theirs, path) or {}
        for key, described in node.items():
            bare = {word: value for word, value in described.items() if word not in {"description", "$comment"}}
            other = published.get(key) or {}
            if bare != {word: value for word, value in other.items() if word not in {"description", "$comment"}}:
                assert described.get("$comment") or holder.get("$comment"), f"{path}/{key}"


def _at(schema: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        schema = schema.get(step) if isinstance(schema, dict) else schema[int(step)] if schema else None
        if schema is None:
            return None
    return schema

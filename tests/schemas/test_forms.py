"""Every form of a contract has the same verdicts; the plain form has nothing that generators cannot read."""

from __future__ import annotations

import json
import random
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import jsonschema_rs
import pytest

import ftschema
from ftschema.schemas.catalogue import FORMS, every_name, read_schema
from ftschema.validation.engine import validator_for
from pages import plain
from support.data import SCHEMAS, cases, corpus, published_jobs, read
from support.helpers import VARIED_CONTRACTS, sample
from support.mutants.payloads import mutants
from support.oracles.sdk_documents import in_names_of
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_UPSTREAM = Path(__file__).parents[1] / "upstream" / "2026-11-10.json"

_KEYWORDS = {
    *("$schema", "$id", "$defs", "$ref", "title", "description", "type", "enum", "const", "anyOf", "oneOf"),
    *("discriminator", "properties", "required", "additionalProperties", "propertyNames", "items"),
    *("minimum", "exclusiveMinimum", "maximum", "minLength", "maxLength"),
    *("minItems", "maxItems", "maxProperties"),
}
# Parts of the job that the published document writes in place, and a grader that it does not have.
_OWN_COMPONENTS = {
    *("FineTuningIntegrationWandb", "FineTuningJobError", "FineTuningJobHyperparameters", "InputAudioData"),
    *("GraderEndpoint", "GraderScoreModelSamplingParams"),
}


_OTHERS = [name for name in every_name() if "/" in name]
_EVERY = [*ftschema.contracts(), *sample(_OTHERS, "request/observed", "page/event/azure")]


def _schemas(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema of a form, with its path."""
    yield path, node
    for keyword in ("properties", "$defs"):
        for key, schema in node.get(keyword, {}).items():
            yield from _schemas(schema, f"{path}/{key}")
    for keyword in ("anyOf", "oneOf"):
        for schema in node.get(keyword, ()):
            yield from _schemas(schema, f"{path}/{keyword}")
    for keyword in ("items", "additionalProperties", "propertyNames"):
        if isinstance(node.get(keyword), dict):
            yield from _schemas(node[keyword], f"{path}/{keyword}")


def _payloads(contract: ftschema.ContractName, number: int) -> Iterator[Any]:
    """Yield the cases of a contract, the corpus, and that many mutants of published and captured jobs."""
    yield from (case.payload for case in cases() if case.contract == contract and case.part is None)
    yield from (in_names_of(contract, job.payload) for job in corpus())
    jobs = {**published_jobs(), **{str(job): job.payload for job in corpus()[::12]}}
    for place, (name, job) in enumerate(jobs.items()):
        share = number * (place + 1) // len(jobs) - number * place // len(jobs)
        for mutant in mutants(job, random.Random(f"{contract} {name}"), share):
            yield in_names_of(contract, mutant.payload)


def _accepts(contract: ftschema.ContractName, form: str) -> Callable[[Any], bool]:
    """Return the function that tells whether a payload is valid by a form."""
    match form:
        case "draft-07":
            return jsonschema_rs.Draft7Validator(ftschema.schema(contract, "draft-07")).is_valid
        case "openapi":
            document = ftschema.schema(contract, "openapi")
            return jsonschema_rs.Draft202012Validator(
                document | {"$ref": "#/components/schemas/FineTuningJob"}
            ).is_valid
        case "reference":
            return jsonschema.Draft202012Validator(ftschema.schema(contract, "plain")).is_valid
    return jsonschema_rs.Draft202012Validator(ftschema.schema(contract, "plain")).is_valid


def _differences(contract: ftschema.ContractName, number: int, *forms: str) -> tuple[list[str], int, int]:
    """Return the payloads of which a form says something else than the contract, and how many are valid and invalid."""
    expected = validator_for(contract)
    verdicts = {form: _accepts(contract, form) for form in forms}
    found, counts = [], [0, 0]
    for payload in _payloads(contract, number):
        valid = expected(payload)
        counts[valid] += 1
        found += [f"{form}: {json.dumps(payload)}" for form, accepts in verdicts.items() if accepts(payload) != valid]
    return found, counts[True], counts[False]


def test_files() -> None:
    """The files are those that the script generates from the contracts."""
    folder = SCHEMAS / "plain"
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in plain.files()}
    assert texts == plain.files(), "run PYTHONPATH=tests python -m pages.plain"
    assert {*texts} == {path.relative_to(folder).as_posix() for path in folder.rglob("*.json")}
    for name in every_name():
        # That of a page has the items put in.
        assert read_schema(name, "plain") == plain.plain(name)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "powershell"))
def test_same_verdicts(contract: ftschema.ContractName) -> None:
    """Each form accepts the jobs that the contract accepts, and no other."""
    found, valid, invalid = _differences(contract, 400, "plain", "openapi", "draft-07")
    assert found == []
    assert min(valid, invalid) > 20


@pytest.mark.slow
@pytest.mark.parametrize("contract", ["observed", "powershell"])
def test_reference_agrees(contract: ftschema.ContractName) -> None:
    """So does the reference implementation by the plain form."""
    assert _differences(contract, 50, "reference")[0] == []


@pytest.mark.proof
@pytest.mark.parametrize("contract", ["observed", "2026-11-10", "powershell"])
def test_same_verdicts_of_many(contract: ftschema.ContractName) -> None:
    """A hundred thousand mutants for each contract have the same verdict by the plain form."""
    found, valid, invalid = _differences(contract, 100_000, "plain")
    assert found == []
    assert valid + invalid > 100_000
    assert min(valid, invalid) > 1_000


def test_differences_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain form that accepts more is found out."""
    other = ftschema.schema("2023-10-05", "plain")
    monkeypatch.setattr(ftschema, "schema", lambda *_: other)
    assert _differences("2023-11-06", 0, "plain")[0]


@pytest.mark.parametrize("contract", _EVERY)
def test_plain_is_plain(contract: ftschema.ContractName) -> None:
    """There are no conditions: a value has one type with its limits, or a list of alternatives that each have.

    Values are listed beside their type, and every object has a title.
    """
    for path, schema in _schemas(ftschema.schema(contract, "plain")):
        assert schema.keys() <= _KEYWORDS, path
        assert isinstance(schema.get("type", ""), str), path
        assert "type" in schema or not schema.keys() & {"enum", "const"}, path
        assert ("title" in schema) == (schema.get("type") == "object" and "oneOf" not in schema), path
        assert "anyOf" not in schema or not schema.keys() - {"anyOf", "description"}, path


@pytest.mark.parametrize("contract", _EVERY)
def test_unions_have_tags(contract: ftschema.ContractName) -> None:
    """The objects of a `oneOf` are told apart by a required key that is a constant of each."""
    root = ftschema.schema(contract, "plain")
    for path, schema in _schemas(root):
        if "oneOf" not in schema:
            continue
        key = schema["discriminator"]["propertyName"]
        members = [root["$defs"][one["$ref"].removeprefix("#/$defs/")] for one in schema["oneOf"]]
        assert len({one["properties"][key]["const"] for one in members}) == len(members), path
        assert all(key in one["required"] for one in members), path


@pytest.mark.parametrize("contract", _EVERY)
def test_descriptions_are_kept(contract: ftschema.ContractName) -> None:
    """Every property has the description that it has in the contract, and so has every part."""
    forms = ftschema.schema(contract), ftschema.schema(contract, "plain")
    parts = [{"": root, **root.get("$defs", {})} for root in forms]
    for name, part in parts[1].items():
        source = parts[0][name]
        assert part["description"] == source["description"]
        for key, schema in part["properties"].items():
            own = source["properties"][key]
            target = parts[0].get(own.get("$ref", "").rpartition("/")[2], {})
            assert schema["description"] == own.get("description", target.get("description")), f"{name}/{key}"


@for_each("form", FORMS)
def test_ids(form: Any) -> None:
    """Each form of each contract has a stable `$id` of its own; a document of OpenAPI has none."""
    contracts = [*ftschema.contracts(), *_OTHERS[::9]]
    ids = [ftschema.schema(contract, form).get("$id") for contract in contracts]
    if form == "openapi":
        assert not any(ids)
    else:
        end = "" if form == "default" else f":{form}"
        assert ids == [ftschema.schema(contract)["$id"] + end for contract in contracts]
        assert len({*ids}) == len(ids)


@pytest.mark.parametrize("contract", _EVERY)
def test_draft_07(contract: ftschema.ContractName) -> None:
    """The form for draft-07 is a schema of that draft, in which nothing is beside a reference."""
    schema = ftschema.schema(contract, "draft-07")
    jsonschema.Draft7Validator.check_schema(schema)
    nodes = chain(_schemas(schema), *(_schemas(one) for one in schema.get("definitions", {}).values()))
    assert not [path for path, node in nodes if "$ref" in node and len(node) > 1]


def test_component_names() -> None:
    """Components have the names of the published document, where it has one."""
    names = {*ftschema.schema("observed", "openapi")["components"]["schemas"]}
    assert names - {*read(_UPSTREAM)["schemas"]} == _OWN_COMPONENTS


@for_each("form", ["", "Plain", "draft-04", None, []])
def test_unknown_form(form: Any) -> None:
    """An unknown form raises an error that lists the known ones."""
    with pytest.raises(ValueError, match="default, plain, openapi, draft-07"):
        ftschema.schema("observed", form)

"""Other tools can use the plain form: generators of code and data, editors, and services with OpenAPI.

The newest versions of the tools from npm are tried where node finds them, and those from PyPI where they are installed.
"""

from __future__ import annotations

import json
import os
import random
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import ftschema
from ftschema.schemas.catalogue import read_text
from pages import tools
from support.data import published_jobs, read
from support.mutants.payloads import mutants

if TYPE_CHECKING:
    from pathlib import Path

_REQUIRED = "FTSCHEMA_REQUIRE_TOOLS"
_FACTS = read(tools.FACTS)
_REFERENCE: dict[str, Any] = {"$ref": "#/components/schemas/FineTuningJob"}

# The answers take seconds.
pytestmark = pytest.mark.slow


def _do_without(reason: str) -> NoReturn:
    if os.environ.get(_REQUIRED):
        pytest.fail(f"{reason} ({_REQUIRED} is set)")
    pytest.skip(reason)


def _require(module: str) -> None:
    if find_spec(module) is None:
        _do_without(f"{module} is not installed")


@cache
def _mutants() -> list[Any]:
    rng = random.Random("tools")
    return [mutant.payload for job in published_jobs().values() for mutant in mutants(job, rng, 150)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the tools run."""
    return tmp_path_factory.mktemp("tools")


@pytest.fixture(scope="module")
def answers(folder: Path) -> Any:
    """Return what the tools from npm answer."""
    modules = tools.node_modules()
    if modules is None:
        _do_without(f"node finds not all of {', '.join(tools.PACKAGES)} above the working directory or in NODE_PATH")
    return tools.javascript(modules, folder, _mutants())


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the model of pydantic that datamodel-code-generator makes."""
    _require("datamodel_code_generator")
    return tools.pydantic_models(tmp_path_factory.mktemp("models"))


def _assert_not_worse(name: str, facts: dict[str, Any]) -> None:
    """Fail if a tool does less than the table of the page says."""
    told = _FACTS[name]
    renew = "run PYTHONPATH=tests python -m pages.tools, then pages.tables"
    assert {*facts.get("misses", ())} <= {*told.get("misses", ())}, renew
    assert int(facts.get("refuses", "0%")[:-1]) >= int(told.get("refuses", "0%")[:-1]) - 2, renew


def test_javascript(answers: Any, folder: Path) -> None:
    """Each tool from npm reads the form, accepts all captured live jobs, and does what the table of the page says."""
    for name, facts in tools.facts_of_javascript(answers, folder).items():
        _assert_not_worse(name, facts)


def test_validators_refuse_all(answers: Any) -> None:
    """Tools that validate refuse every invalid job of the cases."""
    assert len(tools.BROKEN) > 200
    for name in ("ajv", "zod", "editor"):
        assert not any(answers[name]["broken"]), name


def test_ajv_agrees(answers: Any) -> None:
    """By the plain form, and by it in draft-07, ajv gives each mutant the verdict of the contract."""
    verdicts = [*map(ftschema.is_valid, _mutants())]
    assert min(verdicts.count(True), verdicts.count(False)) > 100
    assert answers["ajv"]["others"] == [[valid, valid] for valid in verdicts]


def test_editor(answers: Any) -> None:
    """An editor offers the statuses, and shows the description of a key."""
    status = ftschema.schema("observed", "plain")["properties"]["status"]
    assert [*map(json.loads, answers["editor"]["completions"])] == status["enum"]
    assert answers["editor"]["hover"][0].replace("\\", "") == status["description"]


def test_drawn_jobs_are_valid(answers: Any) -> None:
    """At least 95% of the jobs that json-schema-faker draws are valid."""
    draws = answers["faker"]["draws"]
    assert tools.valid(draws) >= 0.95 * len(draws) == 0.95 * tools.DRAWS


def test_jobs_of_jsf_are_valid() -> None:
    """At least 95% of the jobs that jsf draws are valid."""
    _require("jsf")
    assert tools.valid(tools.jsf_draws()) >= 0.95 * tools.DRAWS


def test_models(model: Any) -> None:
    """Generated models accept every live job, give it back, and refuse each invalid job that types can refuse."""
    assert len(tools.LIVE) > 70
    for payload in tools.LIVE:
        assert model.model_validate_json(json.dumps(payload)).model_dump(mode="json") == payload
    _assert_not_worse("datamodel-code-generator", tools.of_model(model).facts())


def test_models_of_openapi(tmp_path: Path) -> None:
    """So do models generated from the OpenAPI form."""
    _require("datamodel_code_generator")
    facts = tools.of_model(tools.pydantic_models(tmp_path, "openapi")).facts()
    _assert_not_worse("datamodel-code-generator", facts)


def test_documents_may_refer_to_the_files(tmp_path: Path) -> None:
    """A document of OpenAPI 3.1 that refers to a plain file by its path describes notices with jobs in them."""
    _require("datamodel_code_generator")
    (tmp_path / "observed.json").write_text(read_text("observed", "plain"), encoding="utf-8")
    notice = {
        "type": "object",
        "required": ["job"],
        "properties": {"job": {"$ref": "./observed.json"}, "attempt": {"type": "integer"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "A service that is told of jobs", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Notice": notice}},
    }
    made = tools.pydantic_module(tmp_path, document, "openapi").Notice
    assert made.model_validate({"job": tools.LIVE[0], "attempt": 2}).attempt == 2
    with pytest.raises(ValueError, match="created_at"):
        made.model_validate({"job": {**tools.LIVE[0], "created_at": "today"}})


@pytest.mark.parametrize("contract", ftschema.contracts())
def test_openapi_is_valid(contract: ftschema.ContractName) -> None:
    """The OpenAPI form is a document of OpenAPI 3.1."""
    _require("openapi_spec_validator")
    from openapi_spec_validator import validate  # noqa: PLC0415

    validate(ftschema.schema(contract, "openapi"))


def test_served_document_is_valid() -> None:
    """A FastAPI service that takes over the components serves a valid document that shows the job."""
    _require("openapi_spec_validator")
    from openapi_spec_validator import validate  # noqa: PLC0415

    app = FastAPI()
    response = {"content": {"application/json": {"schema": _REFERENCE}}, "description": "The job."}

    @app.get("/job", responses={200: response})
    def _job() -> Any:
        return tools.LIVE[0]

    app.openapi_schema = app.openapi() | {"components": ftschema.schema("observed", "openapi")["components"]}
    document = TestClient(app).get("/openapi.json").json()
    validate(document)
    shown = document["paths"]["/job"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert _REFERENCE.items() <= shown.items()
    assert document["components"]["schemas"]["FineTuningJob"]["properties"]["status"]["enum"]


def test_without_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the tools are missing these tests are skipped and say why; where they are demanded they fail."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(tmp_path)
    assert tools.node_modules() is None
    monkeypatch.delenv(_REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="nothing_of_that_name"):
        _require("nothing_of_that_name")
    monkeypatch.setenv(_REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="nothing_of_that_name"):
        _require("nothing_of_that_name")

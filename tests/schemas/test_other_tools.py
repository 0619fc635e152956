"""The schema files serve other tools as they are: generators of models, and OpenAPI documents that refer to them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import ftschema
from ftschema.schemas.catalogue import read_text
from support.data import corpus

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

LIVE = [job.payload for job in corpus() if job.kind == "live"]

# What a payload must be by JSON type and by what is required: the part of the contract that models carry.
BROKEN: list[dict[str, Any]] = [
    {"created_at": "2024-01-01T00:00:00Z"},
    {"created_at": None},
    {"result_files": "file-abc123"},
    {"result_files": [None]},
    {"hyperparameters": []},
    {"metadata": {"key": {}}},
    {"integrations": [{"type": "wandb"}]},
    {"method": {"type": "reinforcement", "reinforcement": {}}},
]

OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "A service that is told of jobs", "version": "1"},
    "paths": {},
    "components": {
        "schemas": {
            "Notice": {
                "type": "object",
                "required": ["job"],
                "properties": {"job": {"$ref": "./observed.json"}, "attempt": {"type": "integer"}},
            }
        }
    },
}


def _generated(folder: Path, source: Path, kind: str) -> ModuleType:
    """Return the module of models that datamodel-code-generator makes of a file."""
    output = folder / "models.py"
    command = [sys.executable, "-m", "datamodel_code_generator", "--input", str(source), "--input-file-type", kind]
    options = ["--output-model-type", "pydantic_v2.BaseModel", "--extra-fields", "allow", "--disable-timestamp"]
    run = subprocess.run([*command, *options, "--output", str(output)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    spec = importlib.util.spec_from_file_location("models", output)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["models"] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules["models"]
    return module


@pytest.fixture(scope="module")
def job_model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the model of a job that is made of the contract `observed`."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "observed.json").write_text(read_text("observed"), encoding="utf-8")
    module = _generated(folder, folder / "observed.json", "jsonschema")
    return next(model for name, model in vars(module).items() if name.startswith("FineTuningJob"))


def test_models_accept_the_live_corpus(job_model: Any) -> None:
    """Models generated from `observed.json` accept every live payload, and give it back."""
    assert len(LIVE) > 70
    for payload in LIVE:
        model = job_model.model_validate(payload)
        assert model.model_dump(mode="json", exclude_unset=True) == payload


@pytest.mark.parametrize("broken", BROKEN, ids=json.dumps)
def test_models_reject_wrong_types(job_model: Any, broken: dict[str, Any]) -> None:
    """Models generated from `observed.json` reject wrong types and missing keys, as the contract does."""
    payload = LIVE[0] | broken
    assert not ftschema.is_valid(payload)
    with pytest.raises(ValueError, match="validation error"):
        job_model.model_validate(payload)


def test_openapi_documents_may_refer_to_the_files(tmp_path: Path) -> None:
    """A document of OpenAPI 3.1 that refers to the file by its path describes notices with jobs in them."""
    (tmp_path / "observed.json").write_text(read_text("observed"), encoding="utf-8")
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(OPENAPI), encoding="utf-8")
    notice = _generated(tmp_path, document, "openapi").Notice
    assert notice.model_validate({"job": LIVE[0], "attempt": 2}).attempt == 2
    with pytest.raises(ValueError, match="created_at"):
        notice.model_validate({"job": {**LIVE[0], "created_at": "today"}})
    with pytest.raises(ValueError, match="validation error"):
        notice.model_validate({"job": {}})

"""The results of tools that read the plain form of `observed`.

`PYTHONPATH=tests python -m pages.tools` tries them all, and writes the facts of the table in `schemas/README.md`. It
needs jsf, and node with the packages in `PACKAGES`, below a `node_modules` here or in NODE_PATH.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal
from warnings import catch_warnings

import jsonschema_rs
from attrs import frozen

import ftschema
from support.data import cases, corpus, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType

FACTS = Path(__file__).with_name("tools.json")

PACKAGES = (
    *("ajv", "json-schema-to-typescript", "typescript", "zod", "quicktype-core", "vscode-json-languageservice"),
    "json-schema-faker",
)
"""The packages from npm that are tried."""

DRAWS = 200
"""How many jobs a generator of data draws."""

_SCRIPT = Path(__file__).parents[1] / "javascript" / "tools.mjs"

LIVE = [job.payload for job in corpus() if job.kind == "live"]
_BROKEN = [case for case in cases() if case.contract == "observed" and case.part is None and not case.valid]
BROKEN = [case.payload for case in _BROKEN]


@frozen
class Verdicts:
    """The verdicts of a tool, or of the code that it generates.

    Attributes:
        live: For each captured live job, whether it is accepted.
        broken: For each invalid job of the cases, whether it is accepted.
    """

    live: list[bool]
    broken: list[bool]

    @property
    def misses(self) -> list[str]:
        """The codes of the problems that are not noticed."""
        accepted = (case for case, accepts in zip(_BROKEN, self.broken, strict=True) if accepts)
        return sorted({code for case in accepted for _, code in case.problems})

    def facts(self) -> dict[str, Any]:
        """Return the facts for the table."""
        assert all(self.live)
        return {"refuses": f"{self.broken.count(False) * 100 // len(self.broken)}%", "misses": self.misses}


def node_modules() -> Path | None:
    """Return the folder with all packages, or None if there is none, or no node."""
    paths = [Path(path) for path in os.environ.get("NODE_PATH", "").split(os.pathsep) if path]
    paths += [folder / "node_modules" for folder in (Path.cwd(), *Path.cwd().parents)]
    found = (path for path in paths if all((path / name / "package.json").exists() for name in PACKAGES))
    return next(found, None) if shutil.which("node") else None


def javascript(modules: Path, folder: Path, others: Sequence[Any] = ()) -> dict[str, Any]:
    """Return the answers of the script, run in a new folder; `others` are more jobs for validators."""
    (folder / "node_modules").symlink_to(modules)
    script = Path(shutil.copy(_SCRIPT, folder))
    forms = {"schema": ftschema.schema("observed", "plain"), "draft07": ftschema.schema("observed", "draft-07")}
    question = {**forms, "live": LIVE, "broken": BROKEN, "others": [*others]}
    (folder / "question.json").write_text(json.dumps(question), encoding="utf-8")
    answers: dict[str, Any] = json.loads(_run(["node", script.name, "question.json"], folder))
    return answers


def typescript(code: str, folder: Path) -> Verdicts:
    """Return the verdicts of the compiler on jobs that are assigned to the generated type, one a line."""
    jobs = [*LIVE, *BROKEN]
    lines = [f"export const job{number}: FineTuningJob = {json.dumps(job)};" for number, job in enumerate(jobs)]
    (folder / "jobs.ts").write_text("\n".join([code.rstrip("\n"), *lines]), encoding="utf-8")
    command = ["node", "node_modules/typescript/bin/tsc", "--strict", "--noEmit", "--pretty", "false", "jobs.ts"]
    output = _run(command, folder, statuses=(0, 1, 2))
    start = len(code.rstrip("\n").split("\n")) + 1
    wrong = {int(line) - start for line in re.findall(r"^jobs\.ts\((\d+),", output, flags=re.MULTILINE)}
    verdicts = [number not in wrong for number in range(len(jobs))]
    assert all(number >= 0 for number in wrong), output
    return Verdicts(verdicts[: len(LIVE)], verdicts[len(LIVE) :])


def pydantic_models(folder: Path, form: Literal["plain", "openapi"] = "plain") -> Any:
    """Return the model of a job that datamodel-code-generator makes of a form."""
    kind = "openapi" if form == "openapi" else "jsonschema"
    return pydantic_module(folder, ftschema.schema("observed", form), kind).FineTuningJob


def pydantic_module(folder: Path, document: dict[str, Any], kind: str) -> ModuleType:
    """Return the module that datamodel-code-generator makes of a document."""
    source, output = folder / "document.json", folder / "models.py"
    source.write_text(json.dumps(document), encoding="utf-8")
    command = [sys.executable, "-m", "datamodel_code_generator", "--input", source.name, "--input-file-type", kind]
    options = ["--output-model-type", "pydantic_v2.BaseModel", "--use-missing-sentinel", "--disable-timestamp"]
    _run([*command, *options, "--output", output.name], folder)
    spec = importlib.util.spec_from_file_location("models", output)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["models"] = module
    try:
        # The generator imports the sentinel from its place before pydantic 2.14.
        with catch_warnings(category=DeprecationWarning, action="ignore"):
            spec.loader.exec_module(module)
    finally:
        del sys.modules["models"]
    return module


def of_model(model: Any) -> Verdicts:
    """Return the verdicts of a model of pydantic, in its strict mode."""

    def accepts(payload: Any) -> bool:
        try:
            model.model_validate_json(json.dumps(payload), strict=True)
        except ValueError:
            return False
        return True

    return Verdicts([*map(accepts, LIVE)], [*map(accepts, BROKEN)])


def jsf_draws() -> list[Any]:
    """Return jobs that jsf draws."""
    from jsf import JSF  # noqa: PLC0415  # not everyone who runs the tests has it

    random.seed(1)
    generator = JSF(ftschema.schema("observed", "plain"))
    return [generator.generate() for _ in range(DRAWS)]


def valid(draws: Iterable[Any]) -> int:
    """Return how many of the jobs are valid."""
    validator = jsonschema_rs.Draft202012Validator(ftschema.schema())
    return sum(map(validator.is_valid, draws))


def _run(command: list[str], folder: Path, statuses: tuple[int, ...] = (0,)) -> str:
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode in statuses, run.stderr
    return run.stdout


def facts_of_javascript(answers: dict[str, Any], folder: Path) -> dict[str, dict[str, Any]]:
    """Return the facts of the tools from npm, by their answers."""

    def of(name: str) -> dict[str, Any]:
        return Verdicts(answers[name]["live"], answers[name]["broken"]).facts()

    return {
        "ajv": of("ajv"),
        "vscode-json-languageservice": of("editor"),
        "zod": of("zod"),
        "json-schema-to-typescript": typescript(answers["typescript"]["code"], folder).facts(),
        "quicktype-core": of("quicktype"),
        "json-schema-faker": {"valid": valid(answers["faker"]["draws"])},
    }


def _all_facts(modules: Path, folder: Path) -> dict[str, dict[str, Any]]:
    rows = {
        **facts_of_javascript(javascript(modules, folder), folder),
        "datamodel-code-generator": of_model(pydantic_models(folder)).facts(),
        "jsf": {"valid": valid(jsf_draws())},
    }
    return {
        name: {
            "version": read(modules / name / "package.json")["version"] if name in PACKAGES else version(name),
            **facts,
        }
        for name, facts in rows.items()
    }


if __name__ == "__main__":
    found = node_modules()
    assert found, f"needs node with {', '.join(PACKAGES)}"
    with TemporaryDirectory() as name:
        FACTS.write_text(json.dumps(_all_facts(found, Path(name)), indent=2) + "\n", encoding="utf-8")

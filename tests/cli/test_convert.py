"""The command `convert`: jobs in the names that were asked for, on one line each."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ftschema
from ftschema import fixtures
from ftschema.core.report import joined
from support.commands import run_cli, run_process
from support.data import DART_JOB
from support.helpers import sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

_CONTRACTS = ftschema.contracts()
_TEXT = json.dumps(DART_JOB)
_WIRE = ftschema.convert(DART_JOB, "dart", "observed").payload
_INVALID = json.dumps({**DART_JOB, "createdAt": "today"})
_PROBLEM = '/createdAt: type: expected an integer, found "today"'
_NO_JSON = '{"id": "ftjob-1",'


def _convert(*arguments: object, data: Any = None) -> Result:
    return run_cli("convert", "--from", "dart", "--to", "observed", *arguments, data=data)


def test_convert(write: Callable[[str, str | bytes], str]) -> None:
    """A job comes out on one line in the names that were asked for, from a file as from the standard input."""
    for result in (_convert(write("job.json", _TEXT)), _convert(data=_TEXT), _convert("-", data=_TEXT)):
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == json.dumps(_WIRE, ensure_ascii=False, separators=(",", ":")) + "\n"


@pytest.mark.parametrize("source", sample(_CONTRACTS, "observed", "dart"))
def test_between_all(source: ftschema.ContractName) -> None:
    """Every contract can be converted from and to, and what is printed is what the library gives."""
    jobs = [*fixtures.payloads(5, "commands", contract=source)]
    for target in _CONTRACTS:
        lines = "\n".join(map(json.dumps, jobs))
        result = run_cli("convert", "--from", source, "--to", target, data=lines)
        done = [ftschema.convert(job, source, target) for job in jobs]
        assert [json.loads(line) for line in result.stdout.splitlines()] == [one.payload for one in done]
        assert result.stderr.splitlines() == [
            f"<stdin>:{number}: {problem}" for number, one in enumerate(done, 1) for problem, _ in joined(one.report)
        ]
        assert result.exit_code == (0 if all(one.report.ok for one in done) else 1)


def test_pretty_document(write: Callable[[str, str | bytes], str]) -> None:
    """One document over many lines is one job."""
    result = _convert(write("job.json", json.dumps(DART_JOB, indent=2)))
    assert result.exit_code == 0
    assert json.loads(result.stdout) == _WIRE
    assert result.stdout.count("\n") == 1


@for_each("position", range(3))
@for_each(
    ("bad", "status", "said"),
    [
        (_INVALID, 1, _PROBLEM),
        ("{}", 1, "(root): required: missing required keys: id, "),
        (_NO_JSON, 3, "(root): json-syntax: "),
        ('{"id": NaN}', 3, "/id: json-number: "),
        ('{"id": 1, "id": 2}', 3, "/id: json-duplicate-key: "),
        ("null,", 3, "(root): json-syntax: "),
        (b'{"id": "\xff"}', 3, "(root): json-encoding: "),
    ],
    ids=["invalid", "empty", "truncated", "NaN", "duplicate", "comma", "encoding"],
)
def test_bad_line(
    write: Callable[[str, str | bytes], str], position: int, bad: str | bytes, status: int, said: str
) -> None:
    """A bad line among good ones is reported with its number and left out; the good ones are written."""
    lines = [_TEXT.encode(), b"", _TEXT.encode()]
    lines.insert(position, bad.encode() if isinstance(bad, str) else bad)
    result = _convert(write("jobs.jsonl", b"\n".join(lines)))
    assert result.exit_code == status
    assert [json.loads(line) for line in result.stdout.splitlines()] == [_WIRE] * 2
    errors = result.stderr.splitlines()
    assert errors[0].startswith(f"jobs.jsonl:{position + 1}: {said}")
    assert all(line.startswith(f"jobs.jsonl:{position + 1}: ") for line in errors)


def test_worst_of_all() -> None:
    """The worst line decides the exit status, wherever it stands."""
    for lines in ([_INVALID, _NO_JSON, _TEXT, _TEXT], [_TEXT, _NO_JSON, _INVALID, _TEXT]):
        result = _convert(data="\n".join(lines))
        assert result.exit_code == 3
        assert result.stdout.count("\n") == 2


@for_each(
    ("text", "status", "said"),
    [
        (_INVALID, 1, _PROBLEM),
        ("[]", 1, "(root): type: "),
        (_NO_JSON, 3, "(root): json-syntax: "),
        ("", 3, "(root): json-empty: "),
        (b"\xff", 3, "(root): json-encoding: "),
        ("[" * 200_000, 3, "(root): json-depth: "),
    ],
)
def test_nothing(text: str | bytes, status: int, said: str) -> None:
    """What is not a job of the first contract is said on the standard error, and nothing is written."""
    result = _convert(data=text)
    assert (result.exit_code, result.stdout) == (status, "")
    assert result.stderr.startswith(f"<stdin>: {said}")


def test_result_is_invalid() -> None:
    """A result that its contract refuses is written all the same, with what is wrong in its own names."""
    result = run_cli("convert", "--from", "dart", "--to", "powershell", data=json.dumps({**DART_JOB, "seed": 2**31}))
    assert result.exit_code == 1
    assert json.loads(result.stdout)["Seed"] == 2**31
    assert result.stderr == "<stdin>: /Seed: maximum: expected at most 2147483647, found 2147483648\n"


def test_ambiguity() -> None:
    """A key that is unclear is said to be, and that it was dropped."""
    result = _convert(data=json.dumps({**DART_JOB, "created_at": 5}))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == _WIRE
    assert sorted(line.split(": ")[1:3] for line in result.stderr.splitlines()) == [
        ["/created_at", "ambiguous-key"],
        ["/created_at", "dropped"],
    ]


def test_drop_unknown() -> None:
    """With --drop-unknown keys that one of the two does not know go, and each is named; without it they stay."""
    job = {**DART_JOB, "later": 1, "a/b": {"x": 2}}
    result = _convert("--drop-unknown", data=json.dumps(job))
    assert (result.exit_code, json.loads(result.stdout)) == (0, _WIRE)
    assert result.stderr == "<stdin>: /later: dropped\n<stdin>: /a~1b: dropped\n"
    result = _convert(data=json.dumps(job))
    assert (result.exit_code, json.loads(result.stdout)) == (0, {**_WIRE, "later": 1, "a/b": {"x": 2}})
    assert result.stderr == ""


def test_many_problems() -> None:
    """A job with more problems than are shown says how many more there are."""
    integration = {"type": "wandb", "wandb": {"project": "p", "run_id": 5}}
    result = _convert(data=json.dumps({**DART_JOB, "integrations": [integration] * 150}))
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 101
    # More integrations than there may be are a problem too.
    assert lines[-1] == "<stdin>: … and 51 more problems"


def test_text_is_compact_utf8() -> None:
    """Letters are written as they are, in UTF-8, and numbers as they were."""
    job = {**DART_JOB, "metadata": {"é 😀": "ü"}, "trainedTokens": 5.0, "later": [2**70, -0.0, 1e300]}
    result = _convert(data=json.dumps(job))
    assert '"metadata":{"é 😀":"ü"}'.encode() in result.stdout_bytes
    assert b'"trained_tokens":5.0' in result.stdout_bytes
    assert b'"later":[1180591620717411303424,-0.0,1e+300]' in result.stdout_bytes


@pytest.mark.parametrize("option", ["-o", "--output"])
def test_output(write: Callable[[str, str | bytes], str], option: str) -> None:
    """With -o the jobs go to the file, in place of what it held, and nothing is printed."""
    name = write("é jobs", "old" * 10_000)
    result = _convert(option, name, data=f"{_TEXT}\n{_TEXT}")
    assert (result.exit_code, result.output) == (0, "")
    assert Path(name).read_bytes() == (json.dumps(_WIRE, ensure_ascii=False, separators=(",", ":")) + "\n").encode() * 2


def test_output_over_input(write: Callable[[str, str | bytes], str]) -> None:
    """A file that is read is never written over, by whatever name; it is refused before anything is opened."""
    text = f"{_TEXT}\n{_TEXT}\n"
    name = write("jobs.jsonl", text)
    Path("link").symlink_to(name)
    for output in (name, f"./{name}", "link"):
        run = _convert(name, "-o", output)
        assert (run.exit_code, run.stdout) == (2, "")
        assert f"would overwrite {name}" in run.stderr
    assert Path(name).read_text() == text


@pytest.mark.parametrize("name", ["", "no folder/jobs", "folder", "no folder/a\nb\x1b[31m"], ids=ascii)
def test_unwritable(write: Callable[[str, str | bytes], str], name: str) -> None:
    """A file that cannot be written ends the run with 3 and one line that says why."""
    Path("folder").mkdir()
    result = _convert(write("job.json", _TEXT), "-o", name)
    assert (result.exit_code, result.stdout) == (3, "")
    [line] = result.stderr.split("\n")[:-1]
    assert line.isprintable()
    assert line.startswith(f"{json.dumps(name)[1:-1]}: cannot be written: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_full_disk() -> None:
    """A disk that is full ends the run with 3 and one line."""
    result = _convert("-o", "/dev/full", data=_TEXT)
    assert result.exit_code == 3
    assert result.stderr == "/dev/full: cannot be written: No space left on device\n"


def test_through_a_pipe_and_back() -> None:
    """What is converted and converted back by a second process is the same text."""
    lines = "".join(
        json.dumps(job, ensure_ascii=False, separators=(",", ":")) + "\n" for job in [DART_JOB] * 3
    ).encode()
    there = run_cli("convert", "--from", "dart", "--to", "powershell", data=lines)
    back = run_process("convert", "--from", "powershell", "--to", "dart", input=there.stdout_bytes)
    assert (there.exit_code, back.returncode) == (0, 0)
    assert back.stdout.replace(os.linesep.encode(), b"\n") == lines

"""The command: one line a problem, a summary, and an exit status that says the worst of it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ftschema
from ftschema import fixtures
from ftschema.cli.input import is_mostly_objects, numbered_lines
from support.commands import Terminal, run_cli, run_process
from support.helpers import sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

_EXAMPLES = Path(__file__).parents[1] / "examples"
_LINES = (_EXAMPLES / "replies.jsonl").read_bytes().splitlines()
_JOB: dict[str, Any] = json.loads(_LINES[-1])
_VALID = json.dumps(_JOB)
_INVALID = json.dumps({**_JOB, "seed": True})
_AT_SEED = _INVALID.index("true", _INVALID.index('"seed"')) + 1
_SEED = f"{_AT_SEED}: type /seed: expected an integer or null, found true"
_NO_JSON = '{"id": "ftjob-1",'
_PRETTY = json.dumps(_JOB, indent=2)
# As rules across fields see it: an error, and what is only odd.
_NO_RESULT = json.dumps({**_JOB, "result_files": []})
_TWO_RESULTS = json.dumps({**_JOB, "result_files": ["file-1", "file-2"]})
_LINE = re.compile(
    r"(?P<path>.+):(?P<line>\d+):(?P<column>\d+): (?P<code>[a-zA-Z-]+) (?P<pointer>\(root\)|/[^ ]*): (?P<message>.+)"
)


def _said(path: object, problem: ftschema.Problem) -> str:
    """Return the line that the command has for a problem."""
    pointer = problem.pointer or "(root)"
    mark = "warning: " if problem.severity == "warning" else ""
    return f"{path}:{problem.line}:{problem.column}: {problem.code} {pointer}: {mark}{problem.message}"


def _summary(result: Result) -> str:
    last: str = result.output.splitlines()[-1]
    return last


@for_each(
    ("text", "status", "summary"),
    [
        (_VALID, 0, "1 valid, 0 invalid, 0 problems"),
        (_INVALID, 1, "0 valid, 1 invalid, 1 problem"),
        ('{"seed": true}', 1, "0 valid, 1 invalid, 13 problems"),
        ("[]", 1, "0 valid, 1 invalid, 1 problem"),
        (_NO_JSON, 3, "0 valid, 1 invalid, 1 problem"),
        ("", 3, "0 valid, 1 invalid, 1 problem"),
        ("\n \n", 3, "0 valid, 1 invalid, 1 problem"),
        ("<html></html>", 3, "0 valid, 1 invalid, 1 problem"),
        (b"\xef\xbb\xbf" + _VALID.encode(), 3, "0 valid, 1 invalid, 1 problem"),
        (_VALID.encode("utf-16"), 3, "0 valid, 1 invalid, 1 problem"),
        ('{"a": NaN, "b": [1e999]}', 3, "0 valid, 1 invalid, 2 problems"),
        ('{"a": 1, "a": 1}', 3, "0 valid, 1 invalid, 1 problem"),
        ("[" * 200_000, 3, "0 valid, 1 invalid, 1 problem"),
    ],
)
def test_one_document(write: Callable[[str, str | bytes], str], text: str | bytes, status: int, summary: str) -> None:
    """A file of one document is one job, from the standard input as from a file; missing keys share a line."""
    for result, name in ((run_cli("check", write("a.json", text)), "a.json"), (run_cli("check", data=text), "<stdin>")):
        assert result.exit_code == status
        *problems, last = result.output.splitlines()
        assert last == f"1 job checked against observed: {summary}"
        # The missing keys share a line.
        number = sum(line.count(",") if "missing required keys" in line else 0 for line in problems) + len(problems)
        assert number == int(re.findall(r"\d+(?= problem)", summary)[0])
        for line in problems:
            found = _LINE.fullmatch(line)
            assert found
            assert (found["path"], found["line"]) == (name, "1")


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["valid"], 0),
        (["valid", "valid"], 0),
        (["valid", "invalid"], 1),
        (["invalid", "valid"], 1),
        (["invalid", "missing"], 3),
        (["missing", "invalid", "valid"], 3),
        (["broken", "invalid"], 3),
        (["invalid", "broken", "valid"], 3),
        (["folder", "valid"], 3),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
def test_worst_of_all(write: Callable[[str, str | bytes], str], names: list[str], status: int) -> None:
    """All files are checked, whatever is wrong with one of them, and the worst decides the exit status."""
    for name, text in (("valid", _VALID), ("invalid", _INVALID), ("broken", _NO_JSON)):
        write(name, text)
    Path("folder").mkdir()
    result = run_cli("check", *names)
    assert result.exit_code == status
    unreadable = len({"missing", "folder"} & {*names})
    jobs, bad = len(names) - unreadable, len({"invalid", "broken"} & {*names})
    assert _summary(result) == (
        f"{jobs} job{'' if jobs == 1 else 's'} checked against observed: {jobs - bad} valid, {bad} invalid, "
        f"{bad} problem{'' if bad == 1 else 's'}" + (", 1 file unreadable" if unreadable else "")
    )


def test_lines_of_the_example() -> None:
    """The shipped examples give what the README shows, with a line for each problem."""
    faulty = _EXAMPLES / "faulty.json"
    result = run_cli("check", _EXAMPLES / "replies.jsonl", faulty)
    assert result.exit_code == 1
    report = ftschema.check_text(faulty.read_bytes())
    assert result.output.splitlines() == [
        *(_said(faulty, problem) for problem in report),
        "8 jobs checked against observed: 7 valid, 1 invalid, 4 problems",
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing", "No such file or directory"),
        ("folder", "no JSON or JSON Lines file in this folder"),
        ("*.jsonl", "no file matches this pattern"),
    ],
)
def test_unreadable(write: Callable[[str, str | bytes], str], name: str, reason: str) -> None:
    """A file that cannot be read is named with the reason, and counted by itself."""
    write("valid", _VALID)
    Path("folder").mkdir()
    result = run_cli("check", "valid", name, name)
    assert result.exit_code == 3
    assert result.output.count(f"{name}: cannot be read: {reason}\n") == 2
    assert _summary(result).endswith("1 valid, 0 invalid, 0 problems, 2 files unreadable")


def test_forbidden(write: Callable[[str, str | bytes], str]) -> None:
    """A file without permission to read it is named like any other that cannot be read."""
    name = write("secret.json", _VALID)
    Path(name).chmod(0)
    if os.access(name, os.R_OK):
        pytest.skip("this user may read everything")
    result = run_cli("check", name)
    assert result.exit_code == 3
    assert f"{name}: cannot be read: Permission denied" in result.output


def test_standard_input(write: Callable[[str, str | bytes], str]) -> None:
    """A dash among files is the standard input, in its turn."""
    result = run_cli("check", write("a.json", _INVALID), "-", write("b.json", _INVALID), data=_INVALID)
    assert result.exit_code == 1
    assert result.output.splitlines()[:-1] == [f"{name}:1:{_SEED}" for name in ("a.json", "<stdin>", "b.json")]


def test_nothing_to_read() -> None:
    """Without a file at a terminal the command says how to use it, and waits for nothing."""
    result = run_cli("check", data=Terminal())
    assert result.exit_code == 2
    assert "Name a file, or pipe a job in." in result.output


def test_dash_at_a_terminal() -> None:
    """A dash reads what is typed at a terminal too."""
    assert run_cli("check", "-", data=Terminal(_VALID.encode())).exit_code == 0


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_json_lines(write: Callable[[str, str | bytes], str], end: str, *, last: bool) -> None:
    """Each line that is not blank is a job, and a problem has the number of its line in the file."""
    name = write("jobs.jsonl", end.join(["", _VALID, "", " \t", _INVALID, _VALID]) + end * last)
    result = run_cli("check", name)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"jobs.jsonl:5:{_SEED}",
        "3 jobs checked against observed: 2 valid, 1 invalid, 1 problem",
    ]


@for_each("position", range(3))
@for_each(
    ("broken", "place"),
    [
        (_VALID.encode()[:-20], "json-syntax (root)"),
        (_VALID.encode() * 2, "json-syntax (root)"),
        (b"null,", "json-syntax (root)"),
        (b'{"id": "\xff"}', "json-encoding (root)"),
        (b'{"id": NaN}', "json-number /id"),
        (b'{"id": 1, "id": 2}', "json-duplicate-key /id"),
        (b"[" * 200_000, "json-depth (root)"),
    ],
    ids=["truncated", "two", "comma", "encoding", "NaN", "duplicate", "brackets"],
)
def test_broken_line(write: Callable[[str, str | bytes], str], broken: bytes, place: str, position: int) -> None:
    """A line that is not JSON, wherever it stands, is reported at its number, and hides nothing of the others."""
    lines = [_VALID.encode(), _INVALID.encode()]
    lines.insert(position, broken)
    result = run_cli("check", write("jobs.jsonl", b"\n".join(lines)))
    assert result.exit_code == 3
    *problems, last = result.output.splitlines()
    expected = {lines.index(_INVALID.encode()) + 1: _SEED.partition(": ")[2], position + 1: f"{place}: "}
    assert len(problems) == 2
    for line, (number, start) in zip(problems, sorted(expected.items()), strict=True):
        assert re.match(rf"jobs\.jsonl:{number}:\d+: {re.escape(start)}", line)
    assert last == "3 jobs checked against observed: 1 valid, 2 invalid, 2 problems"


def test_pretty_document(write: Callable[[str, str | bytes], str]) -> None:
    """One document over many lines is one job."""
    result = run_cli("check", write("job.json", _PRETTY))
    assert (result.exit_code, result.output) == (
        0,
        "1 job checked against observed: 1 valid, 0 invalid, 0 problems\n",
    )


@pytest.mark.parametrize(
    "text",
    [
        _PRETTY[:-2],
        _PRETTY.replace('"seed"', "'seed'"),
        _PRETTY[:-2] + ",\n}",
        _PRETTY[:-2] + ',\n  "new": [\n    {}\n  ],\n}',
        _PRETTY[:-2] + ',\n  "messages": [\n    {"role": "user", "content": "Hi"}\n  ],\n}',
    ],
    ids=["truncated", "single quotes", "comma", "object on a line", "message on a line"],
)
def test_broken_pretty_document(write: Callable[[str, str | bytes], str], text: str) -> None:
    """One document over many lines with a fault in its syntax is one job with one problem, not a job a line."""
    result = run_cli("check", write("job.json", text))
    assert result.exit_code == 3
    assert re.match(r"job\.json:\d+:\d+: json-syntax \(root\): expected ", result.output)
    assert _summary(result) == "1 job checked against observed: 0 valid, 1 invalid, 1 problem"


def test_contract() -> None:
    """The contract that is named is the one that is meant."""
    azure = json.dumps({**_JOB, "hyperparameters": {"n_epochs": -1}, "status": "pending"})
    results = {name: run_cli("check", "--contract", name, data=azure) for name in ("observed", "azure")}
    for name, result in results.items():
        report = ftschema.contract(name).check_text(azure)
        assert result.exit_code == (0 if report.ok else 1)
        assert result.output.splitlines()[:-1] == [_said("<stdin>", problem) for problem in report]
        assert _summary(result).startswith(f"1 job checked against {name}: ")
    assert results["azure"].output != results["observed"].output


@for_each("name", ftschema.contracts())
def test_every_contract(name: ftschema.ContractName) -> None:
    """Each contract that there is can be named, and is shown in the help."""
    assert run_cli("check", "--contract", name, data="[]").exit_code == 1
    assert run_cli("check", "--contract", name, data=json.dumps(fixtures.payload(1, contract=name))).exit_code == 0
    assert name in run_cli("check", "--help").output


def test_names_of_an_sdk() -> None:
    """A fault in a job of PowerShell, of its schema or of a rule, is shown at its place in PowerShell's names."""
    job = fixtures.payload(1, contract="powershell", status="running", VarError=None)
    faults = {"VarError": {"Code": "c", "Message": 5}, "Hyperparameters": {"NEpochs": "3"}, "Seed": 2**31}
    places = [
        line.split(": ")[1].partition(" ")[2]
        for line in run_cli("check", "--contract", "powershell", data=json.dumps(job | faults)).output.splitlines()
    ]
    assert places[:-1] == ["/VarError", "/VarError/Message", "/Hyperparameters/NEpochs", "/Seed"]
    impossible = json.dumps(job | {"FineTunedModel": "ft:x"})
    result = run_cli("check", "--contract", "powershell", "--lifecycle", data=impossible)
    assert result.output.split(": ")[1] == "unfinished-has-no-model /FineTunedModel"


@for_each(
    ("arguments", "says"),
    [
        (["--contract", "openai"], [*ftschema.contracts(), "openai"]),
        (["--contract", ""], [*ftschema.contracts()]),
        (["--contract"], ["requires an argument"]),
        (["--colour"], ["No such option"]),
    ],
    ids=["unknown", "empty", "none", "option"],
)
def test_misuse(arguments: list[str], says: list[str]) -> None:
    """A misuse has a status of its own, and the message says what could have been meant."""
    result = run_cli("check", *arguments, data=_VALID)
    assert result.exit_code == 2
    for word in says:
        assert word in result.output
    assert "checked against" not in result.output


def test_unknown_command() -> None:
    """A command that there is not is a misuse too."""
    assert run_cli("chekc").exit_code == 2


@for_each(
    ("text", "status", "problems"),
    [
        (_VALID, 0, []),
        (_NO_RESULT, 1, ["succeeded-has-result-file /result_files: must be "]),
        (_TWO_RESULTS, 0, ["succeeded-has-one-result-file /result_files: warning: must be "]),
        (_INVALID, 1, ["type /seed: expected "]),
    ],
    ids=["valid", "error", "warning", "schema"],
)
def test_lifecycle(text: str, status: int, problems: list[str]) -> None:
    """With --lifecycle errors across fields make a job invalid, and warnings are shown but do not."""
    result = run_cli("check", "--lifecycle", data=text)
    assert result.exit_code == status
    *lines, summary = result.output.splitlines()
    assert len(lines) == len(problems)
    for line, start in zip(lines, problems, strict=True):
        assert re.match(rf"<stdin>:1:\d+: {start}", line)
    counts = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
    assert summary == f"1 job checked against observed: {1 - status} valid, {status} invalid, {counts}"


@pytest.mark.parametrize("text", [_NO_RESULT, _TWO_RESULTS])
def test_no_lifecycle(text: str) -> None:
    """Without --lifecycle nothing is said of rules across fields."""
    result = run_cli("check", data=text)
    assert (result.exit_code, _summary(result)) == (0, result.output.strip())


def test_lifecycle_of_lines() -> None:
    """The rules across fields hold for each of JSON Lines."""
    result = run_cli("check", "--lifecycle", data=f"{_NO_RESULT}\n{_VALID}\n{_TWO_RESULTS}")
    assert [re.findall(r">:(\d+):\d+: \S+ (/\w+):", line) for line in result.output.splitlines()[:-1]] == [
        [("1", "/result_files")],
        [("3", "/result_files")],
    ]
    assert _summary(result) == "3 jobs checked against observed: 2 valid, 1 invalid, 2 problems"


@pytest.mark.parametrize(("items", "more"), [(100, None), (101, "1 more problem"), (1_500, "1,400 more problems")])
def test_many_problems(items: int, more: str | None) -> None:
    """A job shows 100 problems and says how many more it has; the summary counts them all."""
    result = run_cli("check", data=json.dumps({**_JOB, "result_files": [*range(items)]}))
    lines = result.output.splitlines()
    assert [line.split(": ", 1)[1] for line in lines[:100]] == [
        f"type /result_files/{index}: expected a string, found {index}" for index in range(100)
    ]
    said = [f"<stdin>: … and {more}", f"100 of {items:,} problems shown"]
    assert lines[100:-1] == (said if more else [])
    assert lines[-1].endswith(f"1 invalid, {items:,} problems")


@for_each(
    "name",
    [
        "a b.json",
        "é 日本 😀.json",
        "a:1.json",
        "%s.json",
        "-v",
        "-",
        "a\nb.json",
        "a\x1b[31m.json",
        "a\x07b.json",
        "a\udcff.json",
    ],
)
@for_each("text", [_INVALID, f"{_INVALID}\n{_VALID}", _NO_JSON], ids=["job", "lines", "no JSON"])
def test_odd_file_name(write: Callable[[str, str | bytes], str], name: str, text: str) -> None:
    """Whatever a file is called, a problem in it is one line that can be shown and read by a program."""
    write(name, text)
    result = run_cli("check", "--", f"./{name}")
    assert result.exit_code == (3 if text == _NO_JSON else 1)
    problem, summary = result.output.split("\n")[:-1]
    assert problem.isprintable()
    found = _LINE.fullmatch(problem)
    assert found
    assert found["line"] == "1"
    assert "1 invalid, 1 problem" in summary


def test_odd_missing_file() -> None:
    """A file that is not there is one line too, whatever it is called."""
    result = run_cli("check", "a\udcff 日本.json")
    assert result.exit_code == 3
    assert len(result.output.splitlines()) == 2


@for_each(
    ("data", "expected"),
    [
        (b"", False),
        (b"\n \r\n", False),
        (b"{}", False),
        (b"{}\n", False),
        (b"\n\n{}\n\n", False),
        (b"{}\n{}", True),
        (b"{}\r\n{}\r\n", True),
        (b"{\n{}", True),
        (b"{}\n{", True),
        (b'x\n{"a": 1}', True),
        (b'x\n{"a": 1}\ny', False),
        (b'x\n{"a": 1}\n\ny\n{}', True),
        (b'{"a": "\xff"}\n{}', True),
        (b"{\n}", False),
        (b"{\n{", False),
        (b"[]\n[]", False),
        (b"1\n2", False),
        (b"{'a': 1}\n{'a': 2}", False),
        (b"{\n" + b'{"a":' * 100_000 + b"1" + b"}" * 100_000, False),
        (b"<html>\n<body>{}</body>", False),
    ],
)
def test_is_mostly_objects(data: bytes, *, expected: bool) -> None:
    """Several lines of which half are objects by themselves are JSON Lines; all else is a document, or nothing."""
    assert is_mostly_objects(data) is expected


def test_numbered_lines() -> None:
    """Lines that are not blank have the numbers that an editor shows, and end at line feeds only."""
    data = b"a\n\n \r\nb\rc\x0bd\x85\xe2\x80\xa8e\n"
    assert list(numbered_lines(data)) == [(1, b"a"), (4, b"b\rc\x0bd\x85\xe2\x80\xa8e")]


def test_pipe() -> None:
    """A job can be piped in, and the status of the process is that of the run."""
    for text, status in ((_VALID, 0), (_INVALID, 1), (_NO_JSON, 3)):
        expected = run_cli("check", data=text)
        assert (expected.exit_code, expected.stderr) == (status, "")
        assert "1 job checked against observed" in expected.stdout
    run = run_process("check", input=_NO_JSON.encode())
    assert (run.returncode, run.stderr, run.stdout.decode().splitlines()) == (3, b"", expected.stdout.splitlines())


def test_help() -> None:
    """Help says what each exit status means."""
    for status in ("0    all jobs are valid", "1    a job", "2    usage error", "3    a file"):
        assert f"\n    {status}" in run_cli("check", "-h").output


def test_help_of_the_module() -> None:
    """`python -m ftschema` calls itself by the name of the command."""
    run = run_process("-h")
    assert run.returncode == 0
    assert run.stdout.startswith(b"Usage: ftschema ")


def test_version() -> None:
    """The version is that of the package that is installed."""
    run = run_cli("--version")
    assert run.exit_code == 0
    assert run.stdout.split()[-1] == importlib.metadata.version("ftschema")


@pytest.mark.parametrize(
    ("encoding", "shown"),
    sample(
        [("ascii", b"\\xe9 \\U0001f600"), ("latin-1", b"\xe9 \\U0001f600"), ("cp437:strict", b"\x82 \\U0001f600")],
        ("latin-1", b"\xe9 \\U0001f600"),
    ),
)
def test_narrow_terminal(encoding: str, shown: bytes) -> None:
    """What the encoding of the terminal does not have is escaped, not the end of the run."""
    job = json.dumps({**_JOB, "metadata": {"é 😀": 5}})
    run = run_process("check", "-", "\u2603.json", input=job.encode(), env={**os.environ, "PYTHONIOENCODING": encoding})
    assert run.returncode == 3
    assert b": type /metadata/" + shown + b": expected a string, found 5" in run.stdout
    assert b"1 job checked against observed: 0 valid, 1 invalid, 1 problem, 1 file unreadable" in run.stdout
    assert run.stderr.count(b"\n") == 1
    assert b".json: cannot be read: No such file or directory" in run.stderr


def test_broken_pipe(tmp_path: Path) -> None:
    """A reader that has seen enough ends the run without a traceback."""
    path = tmp_path / "jobs.jsonl"
    path.write_text(f"{_INVALID}\n" * 2_000)
    command = [sys.executable, "-m", "ftschema", "check", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stderr
        assert run.stdout.readline() == f"{path}:1:{_SEED}\n".encode()
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(60) == 141


@pytest.mark.parametrize("layout", ["document", "lines", "page"])
def test_unknown(tmp_path: Path, layout: str) -> None:
    """With --unknown warn, keys that the contract does not declare are warnings, as in the library."""
    slip = {**_JOB, "hyperparameters": {"nEpochs": 1}}
    text = json.dumps({"object": "list", "data": [slip, slip]} if layout == "page" else slip)
    (tmp_path / "jobs").write_text(f"{text}\n{text}\n" if layout == "lines" else text)
    quiet, warned = (run_cli("check", tmp_path / "jobs", "--unknown", choice) for choice in ("allow", "warn"))
    assert (quiet.exit_code, quiet.stdout.count("\n"), warned.exit_code) == (0, 1, 0)
    expected = [problem for problem in ftschema.check(slip, unknown="warn") if "nEpochs" in problem.pointer]
    assert len(expected) == 1
    found = [line for line in warned.stdout.splitlines() if "/hyperparameters/nEpochs: " in line]
    assert len(found) == (1 if layout == "document" else 2)
    assert all(line.endswith(expected[0].labeled_message) for line in found)
    assert run_cli("check", tmp_path / "jobs", "--unknown", "warn", "--severity", "warning").exit_code == 1

"""The commands `convert`, `suite`, `diff`, `schema` and `contracts`: what they print, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ftschema
from ftschema import fixtures
from ftschema.analysis.identify import verdicts
from support.commands import Terminal, run_cli, run_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

_ROOT = Path(__file__).parents[2]
_CONTRACTS = ftschema.contracts()
_COMMANDS = ("contracts", "convert", "diff", "schema", "suite")
_posix = pytest.mark.skipif(os.name != "posix", reason="the shell is a POSIX one")

_JOB: dict[str, Any] = {
    "id": "ftjob-1",
    "createdAt": 1734433855,
    "error": None,
    "fineTunedModel": "ft:gpt-4o-mini-2024-07-18:org::abc123",
    "finishedAt": 1734434000,
    "hyperparameters": {"nEpochs": 3, "batchSize": 1, "learningRateMultiplier": 1.8},
    "model": "gpt-4o-mini-2024-07-18",
    "object": "fine_tuning.job",
    "organizationId": "org-",
    "resultFiles": ["file-1"],
    "status": "succeeded",
    "trainedTokens": 5049,
    "trainingFile": "file-2",
    "validationFile": "file-3",
    "seed": 42,
    "metadata": {"createdAt": "x"},
}
_TEXT = json.dumps(_JOB)
_WIRE = ftschema.convert(_JOB, "dart", "observed").payload
_INVALID = json.dumps({**_JOB, "createdAt": "today"})
_PROBLEM = '/createdAt: type: expected an integer, found "today"'
_NO_JSON = '{"id": "ftjob-1",'


def _convert(*arguments: object, data: Any = None) -> Result:
    return run_cli("convert", "--from", "dart", "--to", "observed", *arguments, data=data)


# ---------------------------------------------------------------- convert


def test_convert(write: Callable[[str, str | bytes], str]) -> None:
    """A job comes out on one line in the names that were asked for, from a file as from the standard input."""
    for result in (_convert(write("job.json", _TEXT)), _convert(data=_TEXT), _convert("-", data=_TEXT)):
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == json.dumps(_WIRE, ensure_ascii=False, separators=(",", ":")) + "\n"


@pytest.mark.parametrize("source", _CONTRACTS)
def test_convert_between_all(source: str) -> None:
    """Every contract can be converted from and to, and what is printed is what the library gives."""
    jobs = [*fixtures.payloads(5, "commands", contract=source)]
    for target in _CONTRACTS:
        lines = "\n".join(map(json.dumps, jobs))
        result = run_cli("convert", "--from", source, "--to", target, data=lines)
        done = [ftschema.convert(job, source, target) for job in jobs]
        assert [json.loads(line) for line in result.stdout.splitlines()] == [one.payload for one in done]
        assert result.stderr.splitlines() == [
            f"<stdin>:{number}: {problem}" for number, one in enumerate(done, 1) for problem in one.report
        ]
        assert result.exit_code == (0 if all(one.report.ok for one in done) else 1)


def test_convert_pretty_document(write: Callable[[str, str | bytes], str]) -> None:
    """One document over many lines is one job."""
    result = _convert(write("job.json", json.dumps(_JOB, indent=2)))
    assert result.exit_code == 0
    assert json.loads(result.stdout) == _WIRE
    assert result.stdout.count("\n") == 1


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize(
    ("bad", "status", "said"),
    [
        (_INVALID, 1, _PROBLEM),
        ("{}", 1, '(root): required: expected the key "id", found an object without it'),
        (_NO_JSON, 3, "(root): json-syntax: "),
        ('{"id": NaN}', 3, "/id: json-number: "),
        ('{"id": 1, "id": 2}', 3, "/id: json-duplicate-key: "),
        ("null,", 3, "(root): json-syntax: "),
        (b'{"id": "\xff"}', 3, "(root): json-encoding: "),
    ],
    ids=["invalid", "empty", "truncated", "NaN", "duplicate", "comma", "encoding"],
)
def test_convert_bad_line(
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


def test_convert_worst_of_all() -> None:
    """The worst line decides the exit status, wherever it stands."""
    for lines in ([_INVALID, _NO_JSON, _TEXT, _TEXT], [_TEXT, _NO_JSON, _INVALID, _TEXT]):
        result = _convert(data="\n".join(lines))
        assert result.exit_code == 3
        assert result.stdout.count("\n") == 2


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (_INVALID, 1, _PROBLEM),
        ("[]", 1, "(root): type: "),
        (_NO_JSON, 3, "(root): json-syntax: "),
        ("", 3, "(root): json-empty: "),
        (b"\xff", 3, "(root): json-encoding: "),
        ("[" * 200_000, 3, "(root): json-depth: "),
    ],
    ids=range(6),
)
def test_convert_nothing(text: str | bytes, status: int, said: str) -> None:
    """What is not a job of the first contract is said on the standard error, and nothing is written."""
    result = _convert(data=text)
    assert (result.exit_code, result.stdout) == (status, "")
    assert result.stderr.startswith(f"<stdin>: {said}")


def test_convert_result_is_invalid() -> None:
    """A result that its contract refuses is written all the same, with what is wrong in its own names."""
    result = run_cli("convert", "--from", "dart", "--to", "powershell", data=json.dumps({**_JOB, "seed": 2**31}))
    assert result.exit_code == 1
    assert json.loads(result.stdout)["Seed"] == 2**31
    assert result.stderr == "<stdin>: /Seed: maximum: expected at most 2147483647, found 2147483648\n"


def test_convert_ambiguity() -> None:
    """A key that is unclear is said to be, and that it was dropped."""
    result = _convert(data=json.dumps({**_JOB, "created_at": 5}))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == _WIRE
    assert sorted(line.split(": ")[1:3] for line in result.stderr.splitlines()) == [
        ["/created_at", "ambiguous-key"],
        ["/created_at", "dropped"],
    ]


def test_convert_drop_unknown() -> None:
    """With --drop-unknown keys that one of the two does not know go, and each is named; without it they stay."""
    job = {**_JOB, "later": 1, "a/b": {"x": 2}}
    result = _convert("--drop-unknown", data=json.dumps(job))
    assert (result.exit_code, json.loads(result.stdout)) == (0, _WIRE)
    assert result.stderr == "<stdin>: /later: dropped\n<stdin>: /a~1b: dropped\n"
    result = _convert(data=json.dumps(job))
    assert (result.exit_code, json.loads(result.stdout)) == (0, {**_WIRE, "later": 1, "a/b": {"x": 2}})
    assert result.stderr == ""


def test_convert_many_problems() -> None:
    """A job with more problems than are shown says how many more there are."""
    integration = {"type": "wandb", "wandb": {"project": "p", "run_id": 5}}
    result = _convert(data=json.dumps({**_JOB, "integrations": [integration] * 150}))
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 101
    # More integrations than there may be are a problem too.
    assert lines[-1] == "<stdin>: … and 51 more problems"


def test_convert_text_is_compact_utf8() -> None:
    """Letters are written as they are, in UTF-8, and numbers as they were."""
    job = {**_JOB, "metadata": {"é 😀": "ü"}, "trainedTokens": 5.0, "later": [2**70, -0.0, 1e300]}
    result = _convert(data=json.dumps(job))
    assert '"metadata":{"é 😀":"ü"}'.encode() in result.stdout_bytes
    assert b'"trained_tokens":5.0' in result.stdout_bytes
    assert b'"later":[1180591620717411303424,-0.0,1e+300]' in result.stdout_bytes


@pytest.mark.parametrize("option", ["-o", "--output"])
def test_convert_output(write: Callable[[str, str | bytes], str], option: str) -> None:
    """With -o the jobs go to the file, in place of what it held, and nothing is printed."""
    name = write("é jobs", "old" * 10_000)
    result = _convert(option, name, data=f"{_TEXT}\n{_TEXT}")
    assert (result.exit_code, result.output) == (0, "")
    assert Path(name).read_bytes() == (json.dumps(_WIRE, ensure_ascii=False, separators=(",", ":")) + "\n").encode() * 2


def test_convert_in_place(write: Callable[[str, str | bytes], str]) -> None:
    """A file can be read and written in one run."""
    name = write("jobs.jsonl", f"{_TEXT}\n{_TEXT}\n")
    assert _convert(name, "-o", name).exit_code == 0
    assert [json.loads(line) for line in Path(name).read_text().splitlines()] == [_WIRE] * 2


@pytest.mark.parametrize("name", ["", "no folder/jobs", "folder", "no folder/a\nb\x1b[31m"], ids=ascii)
def test_convert_unwritable(write: Callable[[str, str | bytes], str], name: str) -> None:
    """A file that cannot be written ends the run with 3 and one line that says why."""
    Path("folder").mkdir()
    result = _convert(write("job.json", _TEXT), "-o", name)
    assert (result.exit_code, result.stdout) == (3, "")
    [line] = result.stderr.split("\n")[:-1]
    assert line.isprintable()
    assert line.startswith(f"{ascii(name)[1:-1]}: cannot be written: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_convert_full_disk() -> None:
    """A disk that is full ends the run with 3 and one line."""
    result = _convert("-o", "/dev/full", data=_TEXT)
    assert result.exit_code == 3
    assert result.stderr == "/dev/full: cannot be written: No space left on device\n"


@pytest.mark.parametrize("command", [("convert", "--from", "dart", "--to", "observed"), ("suite",)], ids=" ".join)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.json", "missing.json: cannot be read: No such file or directory"),
        ("folder", "folder: cannot be read: Is a directory"),
        ("a\nb\x1b[31m", "a\\nb\\x1b[31m: cannot be read: No such file or directory"),
    ],
    ids=ascii,
)
def test_unreadable(write: Callable[[str, str | bytes], str], command: tuple[str, ...], name: str, said: str) -> None:
    """A file that cannot be read ends the run with 3 and one line that says why; nothing is written."""
    write("out", "precious")
    Path("folder").mkdir()
    result = run_cli(*command, name, *(("-o", "out") if command[0] == "convert" else ()))
    assert (result.exit_code, result.stdout, result.stderr) == (3, "", f"{said}\n")
    assert Path("out").read_text() == "precious"


@pytest.mark.parametrize("command", [("convert", "--from", "dart", "--to", "dart"), ("suite",)], ids=" ".join)
def test_terminal(command: tuple[str, ...]) -> None:
    """Without a file at a terminal the command says how to use it, and waits for nothing."""
    result = run_cli(*command, data=Terminal())
    assert result.exit_code == 2
    assert "Name a file, or pipe a job in." in result.output


# ---------------------------------------------------------------- suite


def test_suite() -> None:
    """The table has a line for each contract, the best match first, with the first problem of each that refuses."""
    result = run_cli("suite", data=_TEXT)
    assert (result.exit_code, result.stderr) == (0, "")
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["contract", "verdict", "problems", "first", "problem"]
    reports = verdicts(_JOB)
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


def test_suite_of_no_contract(write: Callable[[str, str | bytes], str]) -> None:
    """A job of no contract ends the run with 1, with the least wrong first."""
    name = write("job.json", json.dumps({**_WIRE, "created_at": "x", "result_files": [*range(150)]}))
    result = run_cli("suite", name)
    assert result.exit_code == 1
    rows = [line.split()[:3] for line in result.stdout.splitlines()[1:]]
    assert {row[1] for row in rows} == {"invalid"}
    numbers = [int(row[2]) for row in rows]
    assert numbers == sorted(numbers)
    assert {row[0]: int(row[2]) for row in rows}["observed"] == 151


def test_suite_as_json() -> None:
    """With --format json there is one list with the report of every contract, as the library gives it."""
    for job, status in ((_JOB, 0), ({**_JOB, "createdAt": "é 😀"}, 1)):
        result = run_cli("suite", "--format", "json", data=json.dumps(job))
        assert result.exit_code == status
        assert json.loads(result.stdout_bytes) == [report.as_dict() for report in verdicts(job)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (_NO_JSON, "json-syntax"),
        ("", "json-empty"),
        (f"{_TEXT}\n{_TEXT}", "json-syntax"),
        (b"\xff", "json-encoding"),
        ('{"a": 1, "a": 2}', "json-duplicate-key"),
    ],
    ids=range(5),
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_suite_without_json(write: Callable[[str, str | bytes], str], text: str | bytes, code: str, form: str) -> None:
    """What is not one JSON document ends the run with 3 and one line that says why."""
    result = run_cli("suite", "--format", form, write("job.json", text))
    assert result.exit_code == 3
    [line] = result.output.splitlines()
    assert line.startswith("job.json: ")
    assert f": {code}: " in line


def test_suite_of_odd_numbers() -> None:
    """Numbers that no JSON has are of no contract."""
    result = run_cli("suite", data='{"id": NaN}')
    assert result.exit_code == 1
    assert result.stdout.count("json-number") == len(_CONTRACTS)


def test_suite_is_printable() -> None:
    """Whatever a job holds, its line can be shown."""
    job = json.dumps({**_JOB, "metadata": {"a\nb\x1b[31m": 5}})
    result = run_cli("suite", data=job)
    assert len(result.stdout.splitlines()) == len(_CONTRACTS) + 1
    assert all(line.isprintable() for line in result.stdout.splitlines())
    assert "/metadata/a\\nb\\x1b[31m: type:" in result.stdout


# ---------------------------------------------------------------- diff


@pytest.mark.parametrize(("left", "right"), [("2025-03-11", "2026-05-13"), ("dart", "observed"), ("azure", "rust")])
def test_diff(left: str, right: str) -> None:
    """The table has a line for each difference, and the run ends with 1."""
    result = run_cli("diff", left, right)
    assert (result.exit_code, result.stderr) == (1, "")
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["place", "what", left, right]
    found = ftschema.diff(left, right)
    place, what = head.index("what"), head.index(f" {left} ") + 1
    side = head.rindex(right)
    assert [
        (line[:place].rstrip(), line[place:what].rstrip(), line[what:side].rstrip(), line[side:]) for line in lines
    ] == [(change.pointer or "(root)", change.code, change.left, change.right) for change in found]


def test_diff_as_text() -> None:
    """A step from one specification to the next reads like this."""
    assert run_cli("diff", "2025-03-11", "2026-05-13").stdout == (
        "place                        what      2025-03-11         2026-05-13\n"
        "/hyperparameters/batch_size  null      integer or string  integer or string or null\n"
        "/method/type                 required  optional           required\n"
        "/method/reinforcement        name      not declared       object\n"
        '/method/type                 enum      no such word       "reinforcement"\n'
    )


def test_diff_as_markdown() -> None:
    """With --format markdown there is a table for release notes."""
    result = run_cli("diff", "2024-04-09", "2024-04-30", "--format", "markdown")
    assert result.exit_code == 1
    assert result.stdout == (
        "| place | what | 2024-04-09 | 2024-04-30 |\n"
        "|---|---|---|---|\n"
        "| `/estimated_finish` | name | not declared | integer or null |\n"
    )


@pytest.mark.parametrize(("left", "right"), [("observed", "azure"), ("dart", "powershell"), ("dart", "dart")])
def test_diff_as_json(left: str, right: str) -> None:
    """With --format json there is all that the library gives, the witnesses too."""
    result = run_cli("diff", "--format", "json", left, right)
    assert result.exit_code == (left != right)
    assert json.loads(result.stdout_bytes) == ftschema.diff(left, right).as_dict()


@pytest.mark.parametrize("contract", _CONTRACTS)
def test_diff_of_equals(contract: str) -> None:
    """A contract and itself accept the same, and the run ends with 0."""
    result = run_cli("diff", contract, contract)
    assert (result.exit_code, result.output) == (0, f"{contract} and {contract} accept the same\n")


# ---------------------------------------------------------------- schema and contracts


@pytest.mark.parametrize("contract", _CONTRACTS)
def test_schema(contract: str) -> None:
    """The schema is printed to the byte as its file has it."""
    result = run_cli("schema", contract)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout_bytes) == ftschema.schema(contract)
    files = [path for path in (_ROOT / "schemas").rglob("*.json") if path.stem == contract]
    if not files:
        pytest.skip("these tests stand apart from the project")
    assert [path.read_bytes() for path in files] == [result.stdout_bytes]


def test_contracts() -> None:
    """Each contract has a line: name, what it says, how many keys a job has, spelling, where it comes from."""
    result = run_cli("contracts")
    assert (result.exit_code, result.stderr) == (0, "")
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["name", "about", "fields", "spelling", "source"]
    starts = [head.index(name) for name in head.split()]
    rows = [
        [line[start:end].rstrip() for start, end in zip(starts, [*starts[1:], None], strict=True)] for line in lines
    ]
    assert [row[0] for row in rows] == [*_CONTRACTS]
    for name, about, fields, spelling, source in rows:
        keys = ftschema.schema(name)["properties"]
        assert about == ftschema.contract(name).about
        assert int(fields) == len(keys)
        assert {"wire": "created_at", "camel": "createdAt", "pascal": "CreatedAt"}[spelling] in keys
        assert source


def test_contracts_as_json() -> None:
    """With --format json the same is data."""
    result = run_cli("contracts", "--format", "json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout_bytes)
    assert [row["name"] for row in rows] == [*_CONTRACTS]
    for row in rows:
        assert [*row] == ["name", "about", "fields", "spelling", "source"]
        assert row["fields"] == len(ftschema.schema(row["name"])["properties"])
    text = run_cli("contracts").stdout
    assert all(f"{row['about']}  " in text and row["source"] in text for row in rows)


# ---------------------------------------------------------------- misuse and help


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("convert", "--from", "dart"), ("--to",)),
        (("convert", "--to", "dart"), ("--from",)),
        (("convert", "--from", "nope", "--to", "dart"), ("--from", "nope", "observed")),
        (("convert", "--from", "dart", "--to", "nope"), ("--to", "nope", "observed")),
        (("convert", "--from", "dart", "--to", "dart", "a.json", "b.json"), ("b.json",)),
        (("convert", "--from", "dart", "--to", "dart", "--lifecycle"), ("--lifecycle",)),
        (("suite", "a.json", "b.json"), ("b.json",)),
        (("suite", "--format", "csv"), ("--format", "csv", "json")),
        (("suite", "--contract", "dart"), ("--contract",)),
        (("diff",), ("A",)),
        (("diff", "dart"), ("B",)),
        (("diff", "dart", "nope"), ("nope", "observed")),
        (("diff", "nope", "dart"), ("nope", "observed")),
        (("diff", "dart", "rust", "azure"), ("azure",)),
        (("diff", "dart", "rust", "--format", "html"), ("--format", "html", "markdown")),
        (("schema",), ("NAME",)),
        (("schema", "nope"), ("nope", "observed")),
        (("schema", "dart", "rust"), ("rust",)),
        (("contracts", "dart"), ("dart",)),
        (("contracts", "--format", "markdown"), ("--format", "markdown")),
    ],
    ids=" ".join,
)
def test_misuse(tmp_path: Path, arguments: tuple[str, ...], said: tuple[str, ...]) -> None:
    """A misuse ends with 2, says what is wrong with what, and writes nothing."""
    path = tmp_path / "jobs"
    path.write_text("precious")
    output = ("-o", path) if arguments[0] == "convert" else ()
    result = run_cli(*arguments, *output, data=_TEXT)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: ")
    message = result.stderr.partition("Error: ")[2]
    for word in said:
        assert word in message
    assert path.read_text() == "precious"


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", _COMMANDS)
def test_help(command: str, option: str) -> None:
    """Help says how the command is called, what each option is, and how it ends where that may differ."""
    result = run_cli(command, option)
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: main {command} [OPTIONS]")
    lines = result.output.splitlines()
    options = {"convert": ("--from", "--to", "--drop-unknown", "-o"), "schema": ()}.get(command, ("--format",))
    for name in options:
        assert any(line.startswith(f"  {name}") for line in lines)
    statuses = [line.split()[0] for line in lines if line.startswith("    ") and line.split()[0].isdigit()]
    expected = {"convert": ["0", "1", "2", "3"], "suite": ["0", "1", "2", "3"], "diff": ["0", "1", "2"]}
    assert statuses == expected.get(command, [])


@pytest.mark.parametrize("command", ["convert", "diff"])
def test_examples_of_the_help(write: Callable[[str, str | bytes], str], command: str) -> None:
    """The examples that help shows can be run as they are."""
    write("job.json", _TEXT)
    write("jobs.jsonl", f"{json.dumps(_WIRE)}\n{json.dumps(_WIRE)}\n")
    examples = [line.split() for line in run_cli(command, "-h").output.splitlines() if line.startswith("    ftschema ")]
    assert len(examples) >= 2
    for example in examples:
        result = run_cli(*example[1:])
        assert result.exit_code == (command == "diff")
        if "-o" in example:
            rows = Path(example[example.index("-o") + 1]).read_text().splitlines()
            assert [json.loads(row)["Id"] for row in rows] == [_WIRE["id"]] * 2
        else:
            assert result.stdout


def test_all_commands_are_listed() -> None:
    """The help of the program has a line for each command."""
    lines = run_cli("-h").output.splitlines()
    for command in _COMMANDS:
        [line] = [line for line in lines if line.startswith(f"  {command} ")]
        assert len(line.split()) > 3


# ---------------------------------------------------------------- processes and pipes


def test_processes() -> None:
    """What is piped through a process is what the library gives, with the status of the run."""
    for text, status in ((_TEXT, 0), (_INVALID, 1), (_NO_JSON, 3)):
        assert run_process("convert", "--from", "dart", "--to", "observed", input=text.encode()).returncode == status
        assert run_process("suite", input=text.encode()).returncode == status
    assert run_process("diff", "dart", "dart").returncode == 0
    assert run_process("diff", "dart", "rust").returncode == 1
    assert run_process("schema", "nope").returncode == 2


def test_convert_through_a_pipe_and_back() -> None:
    """What is converted and converted back by a second process is the same text."""
    lines = "".join(json.dumps(job, ensure_ascii=False, separators=(",", ":")) + "\n" for job in [_JOB] * 3).encode()
    there = run_process("convert", "--from", "dart", "--to", "powershell", input=lines)
    back = run_process("convert", "--from", "powershell", "--to", "dart", input=there.stdout)
    assert (there.returncode, back.returncode) == (0, 0)
    assert back.stdout.replace(os.linesep.encode(), b"\n") == lines


_NARROW = {**os.environ, "PYTHONIOENCODING": "latin-1"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("suite", "--format", "json"),
        ("diff", "observed", "azure", "--format", "json"),
        ("contracts", "--format", "json"),
        ("schema", "observed"),
        ("convert", "--from", "dart", "--to", "observed"),
    ],
    ids=" ".join,
)
def test_json_is_utf8(arguments: tuple[str, ...]) -> None:
    """What is JSON is UTF-8, whatever the encoding of the terminal is, and the same bytes as anywhere."""
    data = json.dumps({**_JOB, "metadata": {"é 😀": "ü"}, "later": "日本"}).encode()
    if arguments[0] == "suite":
        data = json.dumps({**_WIRE, "metadata": {"é 😀": 5}}).encode()
    narrow, usual = (run_process(*arguments, input=data, env=surroundings) for surroundings in (_NARROW, None))
    assert narrow.returncode == usual.returncode
    assert json.loads(narrow.stdout.decode("utf-8"))
    assert narrow.stdout == usual.stdout


def test_narrow_terminal() -> None:
    """In a table, what the encoding of the terminal does not have is escaped, not the end of the run."""
    job = json.dumps({**_WIRE, "metadata": {"é 😀": 5}}).encode()
    run = run_process("suite", input=job, env=_NARROW)
    assert (run.returncode, run.stderr) == (0, b"")
    assert b"/metadata/\xe9 \\U0001f600: type: " in run.stdout


@_posix
@pytest.mark.parametrize(
    "arguments", ["diff dart observed", "diff dart observed --format json", "schema observed", "contracts"]
)
def test_broken_pipe(arguments: str) -> None:
    """A reader that has seen enough ends the run without a word."""
    script = f'"$0" -m ftschema {arguments} | head -n 1'
    run = subprocess.run(["/bin/sh", "-c", script, sys.executable], capture_output=True, check=False, timeout=60)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.count(b"\n") == 1


@_posix
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
@pytest.mark.parametrize("arguments", ["convert --from dart --to observed", "suite", "diff dart rust", "contracts"])
def test_closed_stream(arguments: str, closed: str) -> None:
    """Where a standard stream is closed there is no traceback; a closed input cannot be read."""
    script = f'"$0" -m ftschema {arguments} {closed}'
    run = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable], capture_output=True, check=False, timeout=60, input=_TEXT.encode()
    )
    assert b"Traceback" not in run.stderr
    command = arguments.partition(" ")[0]
    if closed == "<&-" and command in {"convert", "suite"}:
        assert run.returncode == 3
        assert b"cannot be read" in run.stderr
    elif closed == ">&-" and command == "convert":
        assert run.returncode == 3
        assert b"cannot be written" in run.stderr
    else:
        assert run.returncode == (command == "diff")

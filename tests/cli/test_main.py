"""What all commands have in common: help, misuse, exit statuses, and how they end in pipes and at terminals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ftschema
from ftschema.cli.output import identity, open_output
from support.commands import Terminal, run_cli, run_process
from support.data import DART_JOB
from support.helpers import sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).parents[2]
_posix = pytest.mark.skipif(os.name != "posix", reason="the shell is a POSIX one")

_TEXT = json.dumps(DART_JOB)
_WIRE = ftschema.convert(DART_JOB, "dart", "observed").payload
_INVALID = json.dumps({**DART_JOB, "createdAt": "today"})
_NO_JSON = '{"id": "ftjob-1",'


# ---------------------------------------------------------------- misuse and help


@for_each(
    ("arguments", "said"),
    [
        (("convert", "--from", "dart"), ("--to",)),
        (("convert", "--to", "dart"), ("--from",)),
        (("convert", "--from", "nope", "--to", "dart"), ("--from", "nope", "observed")),
        (("convert", "--from", "dart", "--to", "nope"), ("--to", "nope", "observed")),
        (("convert", "--from", "dart", "--to", "dart", "a.json", "b.json"), ("b.json",)),
        (("convert", "--from", "dart", "--to", "dart", "--lifecycle"), ("--lifecycle",)),
        (("identify", "a.json", "b.json"), ("b.json",)),
        (("identify", "--format", "csv"), ("--format", "csv", "json")),
        (("identify", "--contract", "dart"), ("--contract",)),
        (("diff",), ("A",)),
        (("diff", "dart"), ("B",)),
        (("diff", "dart", "nope"), ("nope", "observed")),
        (("diff", "nope", "dart"), ("nope", "observed")),
        (("diff", "dart", "rust", "azure"), ("azure",)),
        (("diff", "dart", "rust", "--format", "html"), ("--format", "html", "markdown")),
        (("schema",), ("CONTRACT",)),
        (("schema", "nope"), ("nope", "observed")),
        (("schema", "dart", "rust"), ("rust",)),
        (("schema", "dart", "--form", "yaml"), ("--form", "yaml", "plain")),
        (("contracts", "dart"), ("dart",)),
        (("contracts", "--format", "markdown"), ("--format", "markdown")),
    ],
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


# The options of each command, and the exit statuses that its help explains.
_HELP: dict[str, tuple[tuple[str, ...], str]] = {
    "anonymize": (("-o", "--key", "--keep", "--overwrite"), "023"),
    "check": (("--contract", "--lifecycle", "--severity", "--lines", "--jobs", "--format", "-o", "--repair"), "0123"),
    "contracts": (("--format",), ""),
    "convert": (("--from", "--to", "--drop-unknown", "-o"), "0123"),
    "coverage": (("--contract", "--fail-under", "--format", "-o"), "0123"),
    "diff": (("--format",), "012"),
    "explain": (("--contract", "--format"), "02"),
    "generate": (("-n", "--seed", "--contract", "--status", "--invalid", "--labels", "--format", "-o"), ""),
    "identify": (("--format",), "0123"),
    "normalize": (("--from", "-o"), "0123"),
    "schema": (("--form",), ""),
}


@for_each("command", _HELP)
def test_help(command: str) -> None:
    """Help says how the command is called, what each option does, and what the exit statuses mean."""
    result = run_cli(command, "-h")
    assert result.exit_code == 0
    assert result.output == run_cli(command, "--help").output
    assert result.output.startswith(f"Usage: main {command} [OPTIONS]")
    lines = result.output.splitlines()
    options, statuses = _HELP[command]
    for name in options:
        assert any(line.startswith(f"  {name}") for line in lines)
    listed = [line.split()[0] for line in lines if line.startswith("    ") and line.split()[0].isdigit()]
    assert [status for status in listed if len(status) == 1] == [*statuses]


def test_all_commands_are_listed() -> None:
    """The help of the program has a line for each command."""
    lines = run_cli("-h").output.splitlines()
    for command in _HELP:
        [line] = [line for line in lines if line.startswith(f"  {command} ")]
        assert len(line.split()) > 3
        assert not line.endswith("...")


def test_former_name() -> None:
    """The former name of a command still works; a note on the standard error says the new one."""
    note = "DeprecationWarning: the command 'suite' is now called 'identify'.\n"
    for data, status in ((_TEXT, 0), (_INVALID, 1), (_NO_JSON, 3)):
        old, new = run_cli("suite", data=data), run_cli("identify", data=data)
        assert (old.exit_code, new.exit_code) == (status, status)
        assert (old.stdout, old.stderr, new.stderr) == (new.stdout, note, "")
    assert run_cli("suite", "--nothing").exit_code == 2
    assert " suite " not in run_cli("-h").output


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


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize("command", [("convert", "--from", "dart", "--to", "observed"), ("identify",)], ids=" ".join)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.json", "missing.json: cannot be read: No such file or directory"),
        ("folder", "folder: cannot be read: Is a directory"),
        ("a\nb\x1b[31m", "a\\nb\\u001b[31m: cannot be read: No such file or directory"),
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


@pytest.mark.parametrize("command", [("convert", "--from", "dart", "--to", "dart"), ("identify",)], ids=" ".join)
def test_terminal(command: tuple[str, ...]) -> None:
    """Without a file at a terminal the command says how to use it, and waits for nothing."""
    result = run_cli(*command, data=Terminal())
    assert result.exit_code == 2
    assert "Name a file, or pipe a job in." in result.output


# ---------------------------------------------------------------- processes and pipes


def test_processes() -> None:
    """What is piped through a process is what the library gives, with the status of the run."""
    for text, status, expected in ((_TEXT, 0, [_WIRE]), (_NO_JSON, 3, [])):
        run = run_process("convert", "--from", "dart", "--to", "observed", input=text.encode())
        assert (run.returncode, [json.loads(line) for line in run.stdout.splitlines()]) == (status, expected)


_NARROW = {**os.environ, "PYTHONIOENCODING": "latin-1"}


_JSON = (
    *("identify --format json", "diff observed azure --format json", "contracts --format json", "schema observed"),
    "convert --from dart --to observed",
)


@pytest.mark.parametrize("arguments", sample(_JSON, _JSON[-1]))
def test_json_is_utf8(arguments: str) -> None:
    """What is JSON is UTF-8, whatever the encoding of the terminal is, and the same bytes as anywhere."""
    data = json.dumps({**DART_JOB, "metadata": {"é 😀": "ü"}, "later": "日本"}).encode()
    if arguments.startswith("identify"):
        data = json.dumps({**_WIRE, "metadata": {"é 😀": 5}}).encode()
    narrow, usual = run_process(*arguments.split(), input=data, env=_NARROW), run_cli(*arguments.split(), data=data)
    assert narrow.returncode == usual.exit_code
    assert json.loads(narrow.stdout.decode("utf-8"))
    assert narrow.stdout.replace(os.linesep.encode(), b"\n") == usual.stdout_bytes


def test_narrow_terminal() -> None:
    """In a table, what the encoding of the terminal does not have is escaped, not the end of the run."""
    job = json.dumps({**_WIRE, "metadata": {"é 😀": 5}}).encode()
    run = run_process("identify", input=job, env=_NARROW)
    assert (run.returncode, run.stderr) == (0, b"")
    assert b"/metadata/\xe9 \\U0001f600: type: " in run.stdout


_PIPED = (
    *("diff dart observed", "diff dart observed --format json", "schema observed", "contracts", "explain type"),
    *("generate -n 30000", "generate -n 30000 --format json", "generate -n 3000 --invalid --labels", "generate -n 1"),
)


@_posix
@pytest.mark.parametrize("arguments", sample(_PIPED, "schema observed", "generate -n 3000 --invalid --labels"))
def test_broken_pipe(arguments: str) -> None:
    """A reader that closes the pipe early ends the run without a message."""
    script = f'"$0" -m ftschema {arguments} | head -n 1'
    run = subprocess.run(["/bin/sh", "-c", script, sys.executable], capture_output=True, check=False, timeout=60)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.count(b"\n") == 1


_PRINTING = (
    *("--help", "--version", "check --help", "contracts", "contracts --format json", "diff dart rust", "suite"),
    *("diff dart rust --format json", "explain type", "explain type --format json", "schema observed", "generate"),
    *("identify", "identify --format json", "check", "check --format sarif", "convert --from dart --to rust"),
)


@_posix
@pytest.mark.parametrize(
    ("arguments", "gone", "buffered"),
    sample(
        (
            (arguments, gone, gone is (number % 2 == 0))
            for number, arguments in enumerate(_PRINTING)
            for gone in (True, False)
        ),
        ("--help", False, False),
        ("identify", True, True),
    ),
)
def test_output_that_cannot_be_written(arguments: str, *, gone: bool, buffered: bool) -> None:
    """A full disk ends every command with 3 and one line; a reader that went away with 141 and no word."""
    if gone:
        reader, output = os.pipe()
        os.close(reader)
    else:
        output = os.open("/dev/full", os.O_WRONLY)
    with open(output, "wb") as closed:  # noqa: PTH123  # no Path has it
        run = subprocess.run(
            [sys.executable, "-m", "ftschema", *arguments.split()],
            input=_TEXT.encode(),
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
            env={**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"},
        )
    *others, last = run.stderr.decode().splitlines() or [""]
    said = "" if gone else "<stdout>: cannot be written: No space left on device"
    assert (run.returncode, last.partition("DeprecationWarning")[0]) == (141 if gone else 3, said)
    assert all("DeprecationWarning" in line or ": missing required key" in line for line in others)


@_posix
def test_usage_error_that_cannot_be_written() -> None:
    """A usage error for a full disk ends with 3 too."""
    with Path("/dev/full").open("wb") as full:
        assert (
            subprocess.run([sys.executable, "-m", "ftschema", "x"], stderr=full, check=False, timeout=60).returncode
            == 3
        )


# The exit status of each command with its standard input, output and error closed in turn.
_CLOSED = {
    "check -": (3, 1, 1),
    "check": (3, 1, 1),
    f"check {_ROOT}/tests/examples/faulty.json": (1, 1, 1),
    "convert --from dart --to observed": (3, 3, 0),
    "identify": (3, 0, 0),
    "diff dart rust": (1, 1, 1),
    "contracts": (0, 0, 0),
    "explain type": (0, 0, 0),
    "generate": (0, 3, 0),
    "schema observed": (0, 3, 0),
}
_STREAMS = ("<&-", ">&-", "2>&-")


@_posix
@pytest.mark.parametrize(
    ("arguments", "closed"),
    sample(
        product(_CLOSED, _STREAMS), ("check", "<&-"), ("convert --from dart --to observed", ">&-"), ("identify", "2>&-")
    ),
)
def test_closed_stream(arguments: str, closed: str) -> None:
    """With a closed standard stream there is no traceback; a command that needs it says so, and ends with 3."""
    script = f'"$0" -m ftschema {arguments} {closed}'
    run = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable], capture_output=True, check=False, timeout=60, input=_TEXT.encode()
    )
    assert b"Traceback" not in run.stderr
    status = _CLOSED[arguments][_STREAMS.index(closed)]
    assert run.returncode == status
    assert (b"cannot be read" in run.stderr) is (status == 3 and closed == "<&-")
    assert (b"cannot be written" in run.stderr) is (status == 3 and closed == ">&-")
    if arguments == "generate" and closed != ">&-":
        assert run.stdout == run_cli("generate").stdout_bytes


@_posix
def test_device_of_the_standard_output(tmp_path: Path) -> None:
    """`-o /dev/stdout` is the standard output, and does not empty the file that it leads to."""
    script = '(echo first; "$0" -m ftschema generate -o /dev/stdout; echo last) > file'
    subprocess.run(["/bin/sh", "-c", script, sys.executable], check=True, timeout=60, cwd=tmp_path)
    assert (tmp_path / "file").read_text().splitlines() == ["first", run_cli("generate").stdout[:-1], "last"]


@_posix
def test_devices_may_be_read_and_written() -> None:
    """A terminal or another device may be the input and the output of a run."""
    assert identity("/dev/null") is None
    assert run_cli("convert", "/dev/null", "--from", "dart", "--to", "dart", "-o", "/dev/null").exit_code == 3


def test_no_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written if the standard output is closed, as it is for a process without a terminal."""
    monkeypatch.setattr(sys, "stdout", None)
    with open_output("-", None) as output:
        output.write("nothing")

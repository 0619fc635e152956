"""`ftschema generate`: jobs as lines or as one document, that `ftschema check` says of what was asked for."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ftschema
from ftschema import fixtures
from ftschema.cli.commands import generate
from support.commands import run_cli, run_process
from support.helpers import SOME_CONTRACTS, sample
from support.rows import for_each

_each_contract = pytest.mark.parametrize("contract", sample(ftschema.contracts(), *SOME_CONTRACTS))
_posix = pytest.mark.skipif(os.name != "posix", reason="the shell and the terminal are POSIX ones")


def _generate(*arguments: object, status: int = 0) -> bytes:
    """Return what a run wrote to standard output, and assert that there was nothing else."""
    result = run_cli("generate", *arguments)
    assert result.exit_code == status, result.output
    assert status or not result.stderr
    return result.stdout_bytes


def _refused(*arguments: object, status: int = 2) -> str:
    """Return what a run said that did not end well."""
    result = run_cli("generate", *arguments)
    assert result.exit_code == status, result.output
    assert isinstance(result.exception, SystemExit)
    assert not result.stdout
    return result.stderr


def _rows(lines: bytes) -> list[Any]:
    assert lines.endswith(b"\n") or not lines
    return [json.loads(line) for line in lines.split(b"\n")[:-1]]


def _checked(lines: bytes, contract: ftschema.ContractName) -> tuple[int, list[str]]:
    """Return the exit status and the lines of `ftschema check --lifecycle`."""
    result = run_cli("check", "--lifecycle", "--contract", contract, data=lines)
    return result.exit_code, result.output.splitlines()


# ---------------------------------------------------------------- what is made


@_each_contract
def test_valid_jobs(contract: ftschema.ContractName) -> None:
    """The lines are jobs that `ftschema check --lifecycle` accepts, with not so much as a warning."""
    lines = _generate("-n", 60, "--contract", contract)
    assert _checked(lines, contract) == (
        0,
        [f"60 jobs checked against {contract}: 60 valid, 0 invalid, 0 problems"],
    )


@_each_contract
def test_invalid_jobs(contract: ftschema.ContractName) -> None:
    """With --invalid every line has exactly one problem, and `ftschema check --lifecycle` ends with 1."""
    lines = _generate("-n", 60, "--contract", contract, "--invalid")
    rows = _rows(lines)
    assert [len(ftschema.check(row, contract, lifecycle=True).problems) for row in rows] == [1] * 60
    status, output = _checked(lines, contract)
    assert status == 1
    problems = [line for line in output[:-1] if ": hint: " not in line]
    assert [line.split(":")[1] for line in problems] == [str(number) for number in range(1, 61)]
    assert output[-1].endswith("60 problems")


@_each_contract
def test_labels(contract: ftschema.ContractName) -> None:
    """With --labels each line says what its fault is, and it is that; the payloads are those without --labels."""
    asked = ("-n", 60, "--contract", contract, "--seed", "labels", "--invalid")
    rows = _rows(_generate(*asked, "--labels"))
    for row in rows:
        assert list(row) == ["payload", "pointer", "code", "description", "lifecycle"]
        [problem] = ftschema.check(row["payload"], contract, lifecycle=True)
        assert (problem.pointer, problem.code) == (row["pointer"], row["code"])
        assert ftschema.is_valid(row["payload"], contract) is row["lifecycle"]
        assert row["description"]
    assert [row["payload"] for row in rows] == _rows(_generate(*asked))
    assert len({(row["pointer"], row["code"]) for row in rows}) > 20


def test_one_by_default() -> None:
    """Without options there is one job, of the default contract and the seed 0."""
    lines = _generate()
    assert lines.count(b"\n") == 1
    assert lines == _generate("-n", 1, "--seed", 0, "--contract", "observed", "--format", "jsonl", "-o", "-")
    assert _rows(lines) == list(fixtures.payloads(1))


@for_each("options", [(), ("--invalid",), ("--invalid", "--labels"), ("--format", "json")])
def test_seed(options: tuple[str, ...]) -> None:
    """The same seed, a number or a text, gives the same bytes, and another seed others."""
    texts = {seed: _generate("-n", 5, "--seed", seed, *options) for seed in (0, 1, "é text", "")}
    assert len({*texts.values()}) == len(texts)
    for seed, text in texts.items():
        assert _generate("-n", 5, "--seed", seed, *options) == text


def test_the_library_makes_the_same() -> None:
    """The jobs are those that the fixtures of the package give for the seed."""
    assert _rows(_generate("-n", 5, "--seed", "x")) == list(fixtures.payloads(5, "x"))
    defects = [defect.payload for defect in fixtures.defects(5, "x", contract="azure")]
    assert _rows(_generate("-n", 5, "--seed", "x", "--contract", "azure", "--invalid")) == defects


@for_each(
    ("contract", "statuses"),
    [
        ("observed", ("created", "validating_files", "queued", "running", "succeeded", "failed", "cancelled")),
        ("azure", ("pending", "succeeded")),
        ("2023-10-05", ("queued", "failed")),
        ("2026-07-15", ("running", "cancelled")),
    ],
)
def test_status(contract: ftschema.ContractName, statuses: tuple[str, ...]) -> None:
    """With --status all jobs have that status, and hang together with it."""
    for status in statuses:
        lines = _generate("-n", 20, "--contract", contract, "--status", status)
        assert [row["status"] for row in _rows(lines)] == [status] * 20
        assert _checked(lines, contract)[0] == 0


def test_style_and_era() -> None:
    """The style and the era are those of the fixtures."""
    rows = _rows(_generate("-n", 5, "--style", "wire", "--era", "2025-06", "--seed", "x"))
    assert rows == list(fixtures.payloads(5, "x", style="wire", era="2025-06"))
    assert _rows(_generate("-n", 5, "--style", "edges")) == list(fixtures.payloads(5, style="edges"))


def test_statuses_without_the_option() -> None:
    """Without --status the usual statuses are all there."""
    usual = {"validating_files", "queued", "running", "succeeded", "failed", "cancelled"}
    assert usual <= {row["status"] for row in _rows(_generate("-n", 200))}


# ---------------------------------------------------------------- how it is written


@pytest.mark.parametrize("options", [(), ("--invalid",), ("--invalid", "--labels")], ids=str)
def test_one_document(options: tuple[str, ...]) -> None:
    """With --format json there is one document: the job where one is asked for, and a list else."""
    for number in (0, 1, 3):
        rows = _rows(_generate("-n", number, *options))
        text = _generate("-n", number, *options, "--format", "json")
        assert text.endswith(b"\n")
        assert json.loads(text) == (rows[0] if number == 1 else rows)


def test_no_jobs() -> None:
    """No jobs are an empty file of JSON Lines."""
    assert _generate("-n", 0) == _generate("-n", 0, "--invalid", "--labels") == b""


def test_text_is_compact_utf8() -> None:
    """A line is compact JSON in UTF-8, with letters as they are."""
    lines = _generate("-n", 200, "--style", "edges")
    assert "é".encode() in lines
    assert b"\\u" not in lines

    for line in lines.split(b"\n")[:-1]:
        assert line.decode() == json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_output_file(tmp_path: Path, form: str) -> None:
    """With -o the same bytes go to the file, in place of what it held, and nothing is printed."""
    path = tmp_path / "é jobs"
    path.write_text("old" * 100_000)
    for option in ("-o", "--output"):
        assert _generate("-n", 3, "--format", form, option, path) == b""
        assert path.read_bytes() == _generate("-n", 3, "--format", form)


# ---------------------------------------------------------------- misuse


@for_each(
    ("arguments", "said"),
    [
        (("--labels",), ("--labels", "--invalid")),
        (("--status", "failed", "--invalid"), ("--status", "--invalid")),
        (("--status", "nope"), ("this status: /status: enum", '"nope"', '"failed"')),
        (("--style", "edges", "--invalid"), ("--style", "--invalid")),
        (("--style", "raw"), ("--style", "wire", "edges")),
        (("--era", "last"), ("era", '"last"', '"latest"')),
        (("--style", "wire", "--contract", "dart"), ("dart", "captured")),
        (("--status", "pending"), ("observed", '"pending"')),
        (("--status", ""), ("status",)),
        (("--contract", "azure", "--status", "created"), ("azure", '"created"')),
        (("--contract", "azur"), ("--contract", "azur", "observed")),
        (("-n", "-1"), ("-n", "-1")),
        (("-n", "many"), ("-n", "many")),
        (("-n", "1.5"), ("-n", "1.5")),
        (("--format", "csv"), ("--format", "csv", "jsonl")),
        (("job.json",), ("job.json",)),
        (("--lifecycle",), ("--lifecycle",)),
    ],
)
def test_usage_errors(arguments: tuple[str, ...], said: tuple[str, ...]) -> None:
    """A misuse ends with 2 and says what is wrong with what."""
    text = _refused(*arguments)
    assert text.startswith("Usage: ")
    message = text.partition("Error: ")[2]
    for word in said:
        assert word in message


@pytest.mark.parametrize("arguments", [("--status", "nope"), ("--labels",), ("-n", "-1")], ids=" ".join)
def test_misuse_writes_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A misuse leaves the file alone that would have been written."""
    path = tmp_path / "jobs"
    path.write_text("precious")
    _refused(*arguments, "-o", path)
    assert path.read_text() == "precious"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["", "no folder/jobs", "folder", "no folder/a\nb\x1b[31m"], ids=ascii)
def test_unwritable_file(name: str) -> None:
    """A file that cannot be written ends the run with 3 and one line that says why."""
    Path("folder").mkdir()
    [line] = _refused("-o", name, status=3).split("\n")[:-1]
    assert line.isprintable()
    assert ": cannot be written: " in line
    assert line.startswith(json.dumps(name)[1:-1])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
@pytest.mark.parametrize("number", [1, 2_000])
def test_full_disk(number: int) -> None:
    """A disk that is full ends the run with 3 and one line, however many jobs were written before."""
    asked = ("-n", str(number), "-o", "/dev/full")
    assert _refused(*asked, status=3) == "/dev/full: cannot be written: No space left on device\n"


# ---------------------------------------------------------------- processes, pipes and terminals


def test_same_bytes_in_every_process() -> None:
    """Neither the hash seed nor the encoding of the terminal changes a byte."""
    expected = _generate("-n", 100, "--seed", 5)
    surroundings = {"PYTHONHASHSEED": "1", "PYTHONIOENCODING": "latin-1"}
    run = run_process("generate", "-n", "100", "--seed", "5", env={**os.environ, **surroundings})
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.replace(os.linesep.encode(), b"\n") == expected


@_posix
def test_reader_that_never_reads() -> None:
    """A pipe that is closed from the start ends the run without a word, and not with success."""
    command = [sys.executable, "-m", "ftschema", "generate", "-n", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stderr
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(60) != 0


class _Stream(io.StringIO):
    """A standard error that says whether it is a terminal."""

    def fileno(self) -> int:
        return 2

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("terminal", "long", "shown"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_progress(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, long: bool, shown: bool) -> None:
    """A line is shown for a long run on a terminal, and only there; the jobs go through untouched."""
    stream = _Stream(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((80, 24)))
    number = generate._LONG_RUN - (not long)  # noqa: SLF001  # the least that is long, and the most that is not
    rows: list[dict[str, Any]] = [{"row": row} for row in range(number)]
    assert list(generate._with_progress(iter(rows), number)) == rows  # noqa: SLF001  # a real run takes seconds
    assert ("jobs" in stream.getvalue()) is shown
    assert ("100%" in stream.getvalue()) is shown
    assert bool(stream.getvalue()) is shown


def test_progress_without_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process without a standard error, as under pythonw, makes long runs all the same."""
    monkeypatch.setattr(sys, "stderr", None)
    rows = ({"row": row} for row in range(3))
    assert len(list(generate._with_progress(rows, generate._LONG_RUN))) == 3  # noqa: SLF001  # see above


@_posix
@pytest.mark.parametrize("number", sample([100, 20_000], 100))
def test_terminal(number: int) -> None:
    """On a real terminal the progress goes to standard error, and the output holds the jobs alone."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "ftschema", "generate", "-n", str(number)]
    environment = {**os.environ, "TERM": "xterm"}
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=60, env=environment)
    os.close(theirs)
    try:
        shown = os.read(ours, 100_000)
    except OSError:
        # What Linux says when there is nothing to read and nobody to write.
        shown = b""
    os.close(ours)
    assert (b"100%" in shown) is (number == 20_000)
    assert bool(shown) is (number == 20_000)
    lines = run.stdout.split(b"\n")
    assert (len(lines), lines[-1]) == (number + 1, b"")
    assert all(line[:1] == b"{" and line[-1:] == b"}" for line in lines[:-1])


# ---------------------------------------------------------------- help


def test_help() -> None:
    """Help shows examples, and names every contract."""
    output = run_cli("generate", "-h").output
    assert output.count("\n    ftschema generate ") >= 2
    assert {*ftschema.contracts()} <= {*re.split(r"[\s,;.]+", output)}


@pytest.mark.usefixtures("folder")
def test_examples_of_the_help() -> None:
    """The examples that help shows do what they say."""
    for line in run_cli("generate", "-h").output.splitlines():
        if line.startswith("    ftschema generate "):
            arguments, _, target = line.partition(" > ")
            written = _generate(*arguments.split()[2:])
            if target:
                Path(target).write_bytes(written)
    assert {row["status"] for row in _rows(Path("failed.jsonl").read_bytes())} == {"failed"}
    assert len(_rows(Path("failed.jsonl").read_bytes())) == 100
    assert len(_rows(Path("defects.jsonl").read_bytes())) == 500
    assert all(row["code"] for row in _rows(Path("defects.jsonl").read_bytes()))

"""The command as people and shells run it: on a terminal, in a pipe, broken off."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from wcwidth import wcswidth

from ftschema import fixtures
from ftschema.cli.formats.base import FORMATS
from support.commands import run_cli, timeless
from support.helpers import interruptible, sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals, signals and shells are those of POSIX")

_JOB = fixtures.payload(1, status="succeeded")
_GOOD = json.dumps(_JOB)
_BAD = json.dumps({**_JOB, "metadata": {"日本語 😀\t": 5}}, ensure_ascii=False)
_ODD = json.dumps({**_JOB, "result_files": ["file-1", "file-2"]})
_COMMAND = [sys.executable, "-m", "ftschema", "check"]
# Python looks for signals before it reads and when a read is interrupted, and not in the instant between the two.
_SETTLED = 0.5
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
# What would decide the colour, taken out of the environment of whoever runs the tests.
_PLAIN = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"}}


@pytest.fixture(autouse=True)
def _files(write: Callable[[str, str | bytes], str]) -> None:
    write("bad.json", _BAD)
    write("good.json", _GOOD)
    write("odd.json", _ODD)


def _blocks(leader: int) -> Iterator[bytes]:
    try:
        while block := os.read(leader, 1 << 16):
            yield block
    except OSError:
        # On Linux this is how the other end is found closed.
        return


def _on_terminal(*arguments: str, width: int = 80, variables: dict[str, str] | None = None) -> tuple[int, str]:
    """Return the exit status, and what a terminal of that width was sent."""
    import fcntl  # noqa: PLC0415  # not everywhere
    import pty  # noqa: PLC0415
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {**_PLAIN, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **(variables or {})}
    with subprocess.Popen([*_COMMAND, *arguments], stdout=follower, stderr=follower, env=environment) as run:
        os.close(follower)
        shown = b"".join(_blocks(leader))
    os.close(leader)
    return run.returncode, shown.decode().replace("\r\n", "\n")


def _run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    options = {"env": _PLAIN, "input": "", **options}
    return subprocess.run([*_COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=60, **options)


@pytest.mark.parametrize("width", sample([30, 80, 200], 30))
def test_caret(width: int) -> None:
    """On a terminal, the line of the source stands below the problem, with a caret below the value, on one row each."""
    status, shown = _on_terminal("bad.json", "good.json", width=width)
    problem, source, caret, summary = _STYLE.sub("", shown).splitlines()
    assert status == 1
    assert problem.startswith(f"bad.json:1:{_BAD.index(': 5}') + 3}: type /metadata/日本語 😀\\t: expected a string")
    assert re.fullmatch(r" {5}\| +\^", caret)
    assert wcswidth(source) < width
    at = next(at for at in range(len(source)) if wcswidth(source[:at]) == len(caret) - 1)
    assert source[at] == "5"
    assert summary == "2 jobs checked against observed: 1 valid, 1 invalid, 1 problem"


def test_caret_of_lines() -> None:
    """The source of JSON Lines is the line, with its number, from a pipe too."""
    Path("jobs.jsonl").write_text(f"{_GOOD}\n\n{_BAD}\n", encoding="utf-8")
    _, shown = _on_terminal("jobs.jsonl", variables={"NO_COLOR": "1"})
    assert not _STYLE.search(shown)
    source, caret = shown.splitlines()[1:3]
    assert source.startswith("   3 | …")
    assert source[len(caret) - 1 - (wcswidth(source[: source.index("5}")]) - source.index("5}"))] == "5"


def test_no_terminal() -> None:
    """In a pipe there is neither colour nor a caret, and nothing else changes."""
    _, shown = _on_terminal("bad.json", width=200)
    lines = _STYLE.sub("", shown).splitlines()
    run = run_cli("check", "bad.json")
    assert (run.exit_code, run.stdout.splitlines()) == (1, [lines[0], lines[-1]])


_COLOURS: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"NO_COLOR": "1"}, False),
    ({"NO_COLOR": ""}, True),
    ({"TERM": "dumb"}, False),
    ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
]


@pytest.mark.parametrize(
    ("variables", "coloured"),
    sample(_COLOURS, _COLOURS[0]),
    ids=str,
)
def test_colour(variables: dict[str, str], *, coloured: bool) -> None:
    """Colour is for terminals that have it; NO_COLOR forbids and FORCE_COLOR asks for it; carets stay either way."""
    _, shown = _on_terminal("bad.json", "odd.json", "--lifecycle", variables=variables)
    assert bool(_STYLE.search(shown)) is coloured
    assert shown.count("^") >= 2
    assert ("\x1b[31mtype" in shown, "\x1b[33msucceeded-has-one-result-file" in shown) == (coloured, coloured)


def test_forced_colour() -> None:
    """FORCE_COLOR colours a pipe, which has no carets all the same."""
    run = _run("bad.json", env={**_PLAIN, "FORCE_COLOR": "1"})
    assert "\x1b[31mtype" in run.stdout
    assert len(run.stdout.splitlines()) == 2


@pytest.mark.parametrize("form", sample([form for form in FORMATS if form != "text"], "json"))
def test_formats_on_a_terminal(form: str) -> None:
    """A format for programs is the same on a terminal as in a pipe."""
    _, shown = _on_terminal("bad.json", "--format", form)
    assert timeless(shown) == timeless(_run("bad.json", "--format", form).stdout)


@pytest.mark.parametrize("size", sample([0, 5_000], 5_000))
def test_file_that_is_cut_while_it_is_read(size: int) -> None:
    """A file that is cut short while it is read is checked as far as it goes; what was read before is shown."""
    import pty  # noqa: PLC0415  # not everywhere

    path = Path("long.jsonl")
    path.write_text(f"{_BAD}\n" + f"{_GOOD}\n" * (30_000_000 // len(_GOOD)), encoding="utf-8")
    leader, follower = pty.openpty()
    with subprocess.Popen([*_COMMAND, str(path)], stdout=follower, stderr=subprocess.PIPE, env=_PLAIN) as run:
        os.close(follower)
        blocks = _blocks(leader)
        shown = next(blocks)
        os.truncate(path, size)
        shown += b"".join(blocks)
        assert run.stderr
        assert run.stderr.read() == b""
    os.close(leader)
    lines = _STYLE.sub("", shown.decode()).splitlines()
    assert run.returncode in {1, 3}
    assert lines[2].endswith("^")
    assert " jobs checked against observed: " in lines[-1]


@pytest.mark.parametrize("form", sample(["text", "json", "sarif", "junit", "html"], "text"))
def test_interrupt(form: str) -> None:
    """An interrupt ends the run with what was found so far, in a whole document."""
    command = [*_COMMAND, "--lines", "--format", form, "-"]
    with (
        interruptible(),
        Path("out").open("wb") as out,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE, env=_PLAIN) as run,
    ):
        assert run.stdin
        # More than is read at once, and than a pipe holds: when all is written, the first lines were checked.
        run.stdin.write(f"{_BAD}\n".encode() * (2_200_000 // len(_BAD)))
        run.stdin.flush()
        time.sleep(_SETTLED)
        run.send_signal(signal.SIGINT)
        assert run.stderr
        errors = run.stderr.read()
    output = Path("out").read_text(encoding="utf-8")
    assert (run.returncode, errors) == (130, b"interrupted; this is what was found so far:\n")
    if form == "text":
        assert " jobs checked against observed: " in output.splitlines()[-1]
    elif form == "json":
        found = json.loads(output)
        assert found["summary"]["interrupted"] is True
        assert len(found["documents"]) == found["summary"]["invalid"] > 100
    elif form == "sarif":
        assert json.loads(output)["runs"][0]["invocations"][0]["executionSuccessful"] is False
    else:
        assert output.endswith({"junit": "</testsuites>\n", "html": "</html>\n"}[form])


def test_interrupt_of_another_command() -> None:
    """An interrupt of any command is one line."""
    command = [*_COMMAND[:-1], "identify", "-"]
    with (
        interruptible(),
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_PLAIN
        ) as run,
    ):
        assert run.stdin
        run.stdin.write(b" " * 1_000_000)
        run.stdin.flush()
        time.sleep(_SETTLED)
        run.send_signal(signal.SIGINT)
        assert run.stderr
        assert run.stderr.read() == b"interrupted\n"
    assert run.returncode == 130


@pytest.mark.parametrize("form", sample(["text", "jsonl", "sarif", "html"], "jsonl"))
def test_reader_that_goes(form: str) -> None:
    """A reader that goes away ends the run without a message, whatever the format, also at the very end."""
    Path("long.jsonl").write_text(f"{_BAD}\n" * 2_000, encoding="utf-8")
    for file in ("long.jsonl", "good.json"):
        reader, writer = os.pipe()
        os.close(reader)
        run = subprocess.run(
            [*_COMMAND, file, "--format", form], stdout=writer, stderr=subprocess.PIPE, check=False, env=_PLAIN
        )
        os.close(writer)
        if form == "jsonl" and file == "good.json":
            assert (run.returncode, run.stderr) == (0, b"")
        else:
            assert (run.returncode, run.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_full_disk() -> None:
    """An output that cannot take more is told of on one line."""
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run([*_COMMAND, "bad.json"], stdout=full, stderr=subprocess.PIPE, check=False, env=_PLAIN)
    assert (run.returncode, run.stderr) == (3, b"<stdout>: cannot be written: No space left on device\n")


def test_every_fault_of_a_file() -> None:
    """What cannot be read is one line on the standard error each, and hides nothing of what can."""
    Path("empty").mkdir()
    Path("corrupt.gz").write_bytes(b"\x1f\x8b\x08\x00 this is no deflated data at all")
    run = run_cli("check", "missing.json", "empty", "corrupt.gz", "*.txt", "bad.json")
    assert run.exit_code == 3
    reasons = [line.split(": ")[:2] for line in run.stderr.splitlines()]
    assert reasons == [[name, "cannot be read"] for name in ("missing.json", "empty", "corrupt.gz", "*.txt")]
    assert run.stdout.splitlines()[-1].endswith("0 valid, 1 invalid, 1 problem, 4 files unreadable")


def test_output_into_itself() -> None:
    """A run whose output grows a file that it would check is refused: it had no end."""
    with Path("out.jsonl").open("wb") as out:
        command = [*_COMMAND, ".", "--format", "jsonl"]
        run = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False, timeout=60, env=_PLAIN)
    assert run.returncode == 2
    assert b"would overwrite out.jsonl" in run.stderr


_MEANT: list[tuple[list[str], str]] = [
    (["chekc"], "'check'"),
    (["check", "--contract", "obsrved"], "'observed'"),
    (["check", "--contract", "2025-03-12"], "'2025-03-11'"),
    (["check", "--formt", "text"], "--format"),
    (["diff", "azur", "observed"], "'azure'"),
]


@for_each(("arguments", "meant"), _MEANT)
def test_did_you_mean(arguments: list[str], meant: str) -> None:
    """A word that is nearly one that there is leads to the question whether that one was meant."""
    run = run_cli(*arguments)
    assert run.exit_code == 2
    assert meant in run.stderr.splitlines()[-1]


def test_nothing_near() -> None:
    """A word that is near to nothing leads to no question."""
    assert run_cli("xyz").stderr.splitlines()[-1] == "Error: No such command 'xyz'."


_COMPLETED: list[tuple[list[str], set[str]]] = [
    (["ch"], {"check"}),
    (["chekc", "--f"], set()),
    (["check", "--contract", "typ"], {"typescript-2023", "typescript-2024"}),
    (["check", "--format", "js"], {"json", "jsonl"}),
    (["check", "--l"], {"--lifecycle", "--lines"}),
]


@pytest.mark.parametrize(
    ("words", "expected"),
    sample(_COMPLETED, *_COMPLETED[:2]),
)
def test_completion(words: list[str], expected: set[str]) -> None:
    """Bash completes commands, options and their words, from what the command itself has it evaluate."""
    bash, command = shutil.which("bash"), Path(sys.executable).with_name("ftschema")
    if bash is None or not command.exists():
        pytest.skip("bash or the command is not installed")
    script = f"""
        eval "$(_FTSCHEMA_COMPLETE=bash_source {command})"
        COMP_WORDS=({command} {" ".join(words)}); COMP_CWORD={len(words)}
        _ftschema_completion {command} {words[-1]}; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        [bash, "-c", script], capture_output=True, text=True, check=True, env={**_PLAIN, "PATH": path}, timeout=60
    )
    assert {*run.stdout.split()} == expected, run.stderr

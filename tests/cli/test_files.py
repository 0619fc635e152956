"""Files are checked as they come: compressed, larger than memory should hold, as one document or as lines."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ftschema import fixtures
from ftschema.cli.input import split_lines
from support.commands import run_cli
from support.helpers import sample

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


_GOOD = json.dumps(fixtures.payload(1)).encode()
_BROKEN = json.dumps(fixtures.payload(1) | {"seed": "7"}).encode()
_PACKED = pytest.mark.parametrize("packed", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])


@_PACKED
@pytest.mark.parametrize("rows", [[_GOOD], [_BROKEN], [_GOOD, b"", _BROKEN], [_GOOD] * 2_000 + [_BROKEN]])
def test_compressed(tmp_path: Path, packed: Callable[[bytes], bytes], rows: list[bytes]) -> None:
    """A compressed file, and compressed data on the standard input, is checked as if it were not, whatever its name."""
    plain, small = tmp_path / "plain", tmp_path / "small"
    plain.write_bytes(b"\n".join(rows))
    small.write_bytes(packed(b"\n".join(rows)))
    expected, found = run_cli("check", str(plain)), run_cli("check", str(small))
    assert (found.exit_code, found.output) == (expected.exit_code, expected.output.replace(str(plain), str(small)))
    piped = run_cli("check", "-", data=small.read_bytes())
    assert (piped.exit_code, piped.output) == (expected.exit_code, expected.output.replace(str(plain), "<stdin>"))


@_PACKED
@pytest.mark.parametrize("end", [10, -4], ids=["head", "tail"])
def test_cut_short(tmp_path: Path, packed: Callable[[bytes], bytes], end: int) -> None:
    """Compressed data that is broken off cannot be read, and what comes after it is checked all the same."""
    cut, good = tmp_path / "cut", tmp_path / "good"
    cut.write_bytes(packed(_GOOD)[:end])
    good.write_bytes(_GOOD)
    run = run_cli("check", str(cut), str(good))
    assert run.exit_code == 3
    assert run.stderr.startswith(f"{cut}: cannot be read: ")
    assert run.stdout == "1 job checked against observed: 1 valid, 0 invalid, 0 problems, 1 file unreadable\n"


@pytest.mark.parametrize("head", [b"\x1f\x8b", b"\x1f\x8b\x08 no gzip at all", b"\x28\xb5\x2f\xfd no zstd at all"])
def test_not_what_it_seems(tmp_path: Path, head: bytes) -> None:
    """What begins like compressed data and is none cannot be read."""
    path = tmp_path / "job"
    path.write_bytes(head)
    assert (run_cli("check", str(path)).exit_code, run_cli("check", str(path)).stderr.count("cannot be read")) == (3, 1)


def test_convert_compressed(tmp_path: Path) -> None:
    """The other commands read compressed files too."""
    path = tmp_path / "job"
    path.write_bytes(zstd.compress(_GOOD))
    run = run_cli("convert", "--from", "observed", "--to", "observed", path)
    assert json.loads(run.stdout) == json.loads(_GOOD)


def test_long_lines_file(tmp_path: Path) -> None:
    """A long file of lines, some of them faulty, has the reports of its lines."""
    path = tmp_path / "jobs"
    number = 2_000_000 // len(_GOOD)
    path.write_bytes(b"\n" + (_GOOD + b"\r\n") * number + _BROKEN + b"\n{\n\n")
    run = run_cli("check", str(path))
    problem, fault = run.stdout.splitlines()[:2]
    assert re.match(rf"{path}:{number + 2}:\d+: type /seed: ", problem)
    assert re.match(rf"{path}:{number + 3}:\d+: json-syntax \(root\): ", fault)
    assert run.stdout.splitlines()[2].startswith(f"{number + 2:,} jobs checked against observed: {number:,} valid, 2 ")
    assert run.exit_code == 3


def test_long_document(tmp_path: Path) -> None:
    """A long file that holds one job, on one line or on many, is one job."""
    job = fixtures.payload(1) | {"later": ["x" * 50] * 60_000}
    for indent in (None, 1):
        path = tmp_path / f"job{indent}"
        path.write_text(json.dumps(job, indent=indent) + "\n")
        assert run_cli("check", str(path)).stdout == "1 job checked against observed: 1 valid, 0 invalid, 0 problems\n"


def test_lines_are_forced(tmp_path: Path) -> None:
    """With --lines each line is a job, also where only one is there, or none is JSON."""
    path = tmp_path / "jobs"
    path.write_bytes(_BROKEN)
    assert re.match(rf"{path}:1:\d+: type /seed: ", run_cli("check", "--lines", str(path)).stdout)
    path.write_bytes(b"no\njson\n")
    run = run_cli("check", "--lines", str(path))
    assert [line.rpartition(": json-")[0].rpartition(":")[0] for line in run.stdout.splitlines()[:2]] == [
        f"{path}:1",
        f"{path}:2",
    ]
    assert run.exit_code == 3


@pytest.mark.parametrize("jobs", sample(["2", "3"], "2"))
def test_jobs(tmp_path: Path, jobs: str) -> None:
    """On several processes the output is the same."""
    path = tmp_path / "jobs"
    path.write_bytes(b"\n".join([_GOOD, _BROKEN, b"", b"{"] * 700))
    alone, together = run_cli("check", str(path)), run_cli("check", "--jobs", jobs, str(path))
    assert (together.exit_code, together.output) == (alone.exit_code, alone.output)
    assert run_cli("check", "--jobs", "0", str(path)).exit_code == 2


@pytest.mark.parametrize("number", sample([3, 3_000], 3), ids=["few", "more than is read at once"])
@pytest.mark.parametrize(
    "pack", sample([bytes, gzip.compress, zstd.compress], gzip.compress), ids=["plain", "gzip", "zstd"]
)
@pytest.mark.parametrize("jobs", sample(["1", "2"], "1"))
def test_ways_in(tmp_path: Path, number: int, pack: Callable[[bytes], bytes], jobs: str) -> None:
    """Lines have the same reports from a pipe, from the standard input and from a file, packed or not."""
    path = tmp_path / "jobs"
    path.write_bytes(pack(b"\n".join([_GOOD] * number + [_BROKEN])))
    command = [sys.executable, "-m", "ftschema", "check", "--jobs", jobs]
    piped = subprocess.run([*command, "-"], input=path.read_bytes(), capture_output=True, check=False)
    with path.open("rb") as file:
        given = subprocess.run([*command, "-"], stdin=file, capture_output=True, check=False)
    named = subprocess.run([*command, str(path)], capture_output=True, check=False)
    assert (named.returncode, named.stderr, named.stdout.count(b"\n")) == (1, b"", 2)
    for run in (piped, given):
        assert (run.returncode, run.stderr) == (1, b"")
        assert run.stdout.replace(b"<stdin>", bytes(path)) == named.stdout


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("text", [b"", b"a", b"\n", b"a\n", b"a\nb", b"\n\na\r\n\n", "é\u2028\n😀".encode()])
def test_split_lines(text: bytes, size: int) -> None:
    """Lines are those between line feeds, wherever the blocks that are read begin and end."""

    class Slow(io.BytesIO):
        def read(self, _: int | None = None, /) -> bytes:
            return super().read(size)

    expected = text.split(b"\n")
    assert [line for line in split_lines(Slow(text)) if line] == [line for line in expected if line]
    stream = Slow(text)
    assert b"\n".join(split_lines(stream, stream.read())) == text


def test_progress(tmp_path: Path) -> None:
    """A long run on a terminal shows how far it is, how fast, and what it has found."""
    pty = pytest.importorskip("pty", reason="the terminal is a POSIX one")
    path = tmp_path / "jobs"
    path.write_bytes((_GOOD + b"\n") * (21_000_000 // len(_GOOD)) + _BROKEN)
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "ftschema", "check", str(path)]
    shown = b""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=follower) as run:
        os.close(follower)
        try:
            while block := os.read(leader, 1 << 16):
                shown += block
        except OSError:
            # The other end is closed.
            pass
        assert run.stdout
        assert b"1 invalid" in run.stdout.read()
    assert re.search(rb"\d+%, \d:\d\d left, 0 of [\d,]+ jobs invalid, ", shown)

"""Files are checked as they come: compressed, larger than memory should hold, as one document or as lines."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import subprocess
import sys
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from ftschema import fixtures
from ftschema.cli import checker
from ftschema.cli.input import with_head
from support.commands import run_cli
from support.helpers import sample
from support.rows import for_each

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable


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


# 3,000 lines are more than is read at once.
_WAYS: dict[str, tuple[int, Callable[[bytes], bytes], str]] = {
    "few, gzip": (3, gzip.compress, "1"),
    "few, plain, two processes": (3, bytes, "2"),
    "many, plain": (3_000, bytes, "1"),
    "many, gzip, two processes": (3_000, gzip.compress, "2"),
    "many, zstd": (3_000, zstd.compress, "1"),
}


@pytest.mark.parametrize("way", sample(_WAYS, "few, gzip"))
def test_ways_in(tmp_path: Path, way: str) -> None:
    """Lines have the same reports from a pipe, from the standard input and from a file, packed or not."""
    number, pack, jobs = _WAYS[way]
    path = tmp_path / "jobs"
    path.write_bytes(pack(b"\n".join([_GOOD] * number + [_BROKEN])))
    command = [sys.executable, "-m", "ftschema", "check", "--jobs", jobs]
    piped = subprocess.run([*command, "-"], input=path.read_bytes(), capture_output=True, check=False)
    with path.open("rb") as file:
        given = subprocess.run([*command, "-"], stdin=file, capture_output=True, check=False)
    named = run_cli("check", "--jobs", jobs, path)
    assert (named.exit_code, named.stderr, named.stdout.count("\n")) == (1, "", 2)
    for run in (piped, given):
        assert (run.returncode, run.stderr) == (1, b"")
        assert run.stdout.replace(b"<stdin>", bytes(path)) == named.stdout_bytes


@for_each("size", [1, 7, 1 << 20])
@for_each("text", [b"", b"a", b"\n", b"a\n", b"a\nb", b"\n\na\r\n\n", "é\u2028\n😀".encode()])
def test_with_head(text: bytes, size: int) -> None:
    """What was read of a stream is read again before the rest, wherever its blocks begin and end."""

    class Slow(io.BytesIO):
        def read1(self, _: int | None = None, /) -> bytes:
            return super().read(size)

    stream = Slow(text)
    assert with_head(stream.read(size), stream).readlines() == text.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (gzip.compress(b"\n" * 3_000_000), "more than 2,000,000 bytes; see --max-size"),
        (zstd.compress(b" " * 3_000_000), "more than 2,000,000 bytes; see --max-size"),
        (b"[" + b"[]," * 700_000, "more than 2,000,000 bytes; see --max-size"),
        (
            gzip.compress(_GOOD + b"\n" + _GOOD + b" " * (1 << 20) + b"\n" * 2_000),
            "more than 1,000 blank lines in a row",
        ),
    ],
    ids=["line feeds", "blanks", "arrays", "blank lines"],
)
def test_max_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, says: str) -> None:
    """What is larger than allowed cannot be read, however small it is while compressed."""
    path = tmp_path / "job"
    path.write_bytes(data)
    monkeypatch.setattr("ftschema.jsontext.lines._MOST_BLANK", 1_000)
    run = run_cli("check", path, "--max-size", 2_000_000)
    assert (run.exit_code, run.stderr) == (3, f"{path}: cannot be read: {says}\n")


@pytest.mark.parametrize("command", ["identify", "convert --from observed --to azure"])
def test_max_size_of_other_commands(tmp_path: Path, command: str) -> None:
    """The other commands refuse it as well."""
    path = tmp_path / "job"
    path.write_bytes(gzip.compress(_GOOD + b" " * 1_000))
    assert run_cli(*command.split(), path, "--max-size", len(_GOOD) + 1_000).exit_code == 0
    run = run_cli(*command.split(), path, "--max-size", len(_GOOD) + 999)
    says = f"more than {len(_GOOD) + 999:,} bytes; see --max-size"
    assert (run.exit_code, run.stderr) == (3, f"{path}: cannot be read: {says}\n")


@pytest.mark.parametrize("options", [[], ["--partial"], ["--at", "/job"], ["--jobs", "2"]], ids=str)
def test_max_line(tmp_path: Path, options: list[str]) -> None:
    """A line that is longer than allowed is a problem of that line."""
    path = tmp_path / "jobs.jsonl"
    row = b'{"job": ' + _GOOD + b"}"
    path.write_bytes(b"\n".join([row, row + b" ", b" " * (len(row) + 1), b" ", row]))
    run = run_cli("check", path, "--max-line", len(row), *options)
    assert run.exit_code == 3
    assert [line.split(": ")[:2] for line in run.stdout.splitlines() if "json-size" in line] == [
        [f"{path}:{number}:1", "json-size (root)"] for number in (2, 3)
    ]
    assert f"expected at most {len(row):,} bytes, found more" in run.stdout
    assert "4 jobs checked" in run.stdout


def test_repair_of_a_long_line(tmp_path: Path) -> None:
    """A file that has a line which is not read to its end has no repaired copy, because that would lack the rest."""
    path = tmp_path / "jobs.jsonl"
    path.write_bytes(b"\n".join([_BROKEN, _BROKEN + b" "]))
    run = run_cli("check", path, "--max-line", len(_BROKEN), "--repair", tmp_path / "copy")
    says = f"line 2 has more than {len(_BROKEN):,} bytes; see --max-line"
    assert (run.exit_code, run.stderr.splitlines()[0]) == (3, f"{path}: cannot be read: {says}")
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("start", [b"\0", b"]", b"\xff\xfe", b"PK\3\4", b"\n\n, "])
def test_long_file_that_is_not_json(tmp_path: Path, start: bytes) -> None:
    """A verdict that its beginning decides is not delayed by reading the rest."""
    path = tmp_path / "job"
    path.write_bytes(start + b"\0" * (1 << 20))
    run = run_cli("check", path, "--max-size", 1 << 20)
    assert run.exit_code == 3
    assert re.search(": json-(syntax|encoding) ", run.stdout)


def test_endless_file() -> None:
    """A device that never ends is not JSON, and not JSON Lines either."""
    if not Path("/dev/zero").exists():
        pytest.skip("there is no such device")
    assert ": json-syntax (root): " in run_cli("check", "/dev/zero").stdout
    with patch("ftschema.jsontext.lines._MOST_SKIPPED", 1_000_000):
        run = run_cli("check", "--lines", "/dev/zero", "--max-line", 1_000)
    assert (run.exit_code, run.stderr) == (3, "/dev/zero: cannot be read: a line of more than 1,000,000 bytes\n")


def test_memory(tmp_path: Path) -> None:
    """A file that does not fit into memory cannot be read, and what comes after it is checked all the same."""
    for name in ("one", "other"):
        (tmp_path / name).write_bytes(_GOOD)
    with patch.object(checker, "is_json_lines", side_effect=[MemoryError, False]):
        run = run_cli("check", tmp_path / "one", tmp_path / "other")
    assert (run.exit_code, run.stderr) == (3, f"{tmp_path / 'one'}: cannot be read: not enough memory\n")
    assert "1 job checked" in run.stdout
    with patch("ftschema.cli.commands.identify.verdicts", side_effect=MemoryError):
        run = run_cli("identify", tmp_path / "one")
    assert (run.exit_code, run.stderr) == (3, "not enough memory\n")


@pytest.mark.parametrize("name", ["jobs.jsonl", "jobs.NDJSON", "jobs.jsonl.gz"])
@pytest.mark.parametrize("text", [b"", b"\n \r\n"], ids=["empty", "blank"])
def test_no_lines(tmp_path: Path, name: str, text: bytes) -> None:
    """A file of JSON Lines without a line has no jobs; any other file without text is not JSON."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    run = run_cli("check", path)
    assert (run.exit_code, run.output) == (0, "0 jobs checked against observed: 0 valid, 0 invalid, 0 problems\n")
    path.rename(tmp_path / "job.json")
    assert run_cli("check", tmp_path / "job.json").exit_code == 3


@pytest.mark.parametrize("rows", [[_GOOD], [_BROKEN], [_GOOD, _BROKEN], [_BROKEN, _BROKEN], [b"{"]], ids=range(5))
@pytest.mark.parametrize("options", [[], ["--lines"]], ids=str)
def test_byte_order_mark(tmp_path: Path, rows: list[bytes], options: list[str]) -> None:
    """A byte order mark is a problem besides those of the jobs after it, and a repaired copy has none."""
    plain, marked, copy = (tmp_path / name for name in ("plain", "marked", "copy"))
    plain.write_bytes(b"\n".join(rows))
    marked.write_bytes(BOM_UTF8 + b"\n".join(rows))
    found = {path: run_cli("check", path, "--format", "json", *options) for path in (plain, marked)}
    places = {
        path: [
            (document["line"], problem["code"], problem["line"], problem["column"], problem["offset"])
            for document in json.loads(run.stdout)["documents"]
            for problem in document["problems"]
        ]
        for path, run in found.items()
    }
    first = 1 if options or len(rows) > 1 else None
    assert found[marked].exit_code == 3
    assert places[marked] == [
        (first, "json-bom", 1, 1, 0),
        *(
            (number, code, line, column + 1, offset + 3) if line == 1 else (number, code, line, column, offset)
            for number, code, line, column, offset in places[plain]
        ),
    ]
    repaired = int(run_cli("check", plain, "--repair", copy, *options).stderr.split()[0])
    run = run_cli("check", marked, "--repair", tmp_path / "other", *options)
    assert int(run.stderr.split()[0]) == repaired + 1
    assert (tmp_path / "other").read_bytes() == copy.read_bytes()


def test_byte_order_mark_without_jobs(tmp_path: Path) -> None:
    """A byte order mark is a problem even if there is nothing at the pointer."""
    path = tmp_path / "job.json"
    path.write_bytes(BOM_UTF8 + _GOOD)
    run = run_cli("check", path, "--at", "/jobs/*")
    assert (run.exit_code, run.stdout.count("json-bom")) == (3, 1)


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


def test_blank_lines_of_partial_jobs(tmp_path: Path) -> None:
    """A blank line is no job, however lines are checked."""
    path = tmp_path / "jobs.jsonl"
    path.write_bytes(b'{"status": "queued"}\n \n\n{"status": "running"}\n')
    run = run_cli("check", path, "--partial")
    assert (run.exit_code, run.stdout.partition(" jobs")[0]) == (0, "2")

"""JSON Lines are checked line by line, in order, holding few at a time."""

from __future__ import annotations

import gc
import gzip
import io
import json
import os
import re
import sys
import tracemalloc
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures
from ftschema.cli.input import decompressed
from support.helpers import sample
from support.rows import for_each

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = json.dumps(fixtures.payload(1), ensure_ascii=False)
BROKEN = json.dumps(next(fixtures.defects(1, 7, code="enum", pointer="/status")).payload, ensure_ascii=False)
_rows = st.lists(st.sampled_from([GOOD, BROKEN, "", "  ", "{", "5", '{"a": "\u2028"}']), max_size=12)


@given(_rows, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_each_line_has_the_report_of_its_text(rows: list[str], end: str, last: bool) -> None:  # noqa: FBT001  # drawn
    """Whether lines come from a file of text or bytes, a list or one text, each has the report of its own text."""
    text = end.join(rows) + end * last
    expected = [(number, row) for number, row in enumerate(rows, 1) if row.strip()]
    for lines in (io.StringIO(text, newline="\n"), io.BytesIO(text.encode()), rows, text, text.encode()):
        found = list(ftschema.check_lines(lines))
        assert [one.number for one in found] == [number for number, _ in expected]
        for one, (number, row) in zip(found, expected, strict=True):
            alone = ftschema.check_text(row)
            assert one.report.ok == alone.ok
            assert [(p.pointer, p.code, p.message, p.column) for p in one.report] == [
                (p.pointer, p.code, p.message, p.column) for p in alone
            ]
            assert {problem.line for problem in one.report} <= {number}


def test_contract_and_lifecycle() -> None:
    """The contract and the rules of the lifecycle are those that are asked for."""
    job = fixtures.payload(2, status="succeeded") | {"fine_tuned_model": None}
    [plain] = ftschema.check_lines([json.dumps(job)])
    [strict] = ftschema.check_lines([json.dumps(job)], lifecycle=True)
    assert (plain.report.ok, [problem.code for problem in strict.report]) == (True, ["succeeded-has-model"])
    dart = json.dumps(fixtures.payload(1, contract="dart"))
    assert [one.report.ok for one in ftschema.check_lines([dart, GOOD], "dart")] == [True, False]
    assert [one.report.ok for one in ftschema.contract("dart").check_lines([dart])] == [True]


def test_unknown_contract() -> None:
    """A contract that there is not raises before the first line is asked for."""
    with pytest.raises(ftschema.UnknownContractError):
        ftschema.check_lines([], "none")  # type: ignore[arg-type]  # the name is wrong on purpose


def test_bytes_that_are_no_text() -> None:
    """A line that is no UTF-8 is a problem of that line only."""
    found = list(ftschema.check_lines([GOOD.encode(), b"\xff", BROKEN.encode()]))
    assert [[problem.code for problem in one.report] for one in found] == [[], ["json-encoding"], ["enum"]]


def test_a_file(tmp_path: Path) -> None:
    """An open file is read as it is checked."""
    path = tmp_path / "jobs.jsonl"
    path.write_text(f"{GOOD}\n\n{BROKEN}\n", encoding="utf-8")
    with path.open("rb") as file:
        assert [(one.number, one.report.ok) for one in ftschema.check_lines(file)] == [(1, True), (3, False)]


def _endless() -> Iterator[str]:
    while True:
        yield BROKEN


def test_lines_are_asked_for_one_by_one() -> None:
    """The first report is there before the last line is, and memory does not grow with the lines."""
    reports = ftschema.check_lines(_endless())
    for _ in range(100):
        next(reports)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(300):
        next(reports)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 300 * len(BROKEN) / 10


def test_a_pipe() -> None:
    """What may have to wait for its lines is not read ahead: a report is there once its line is."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", 0) as lines, os.fdopen(writing, "wb", 0) as other:
        reports = ftschema.check_lines(lines)
        for row in (GOOD, BROKEN, GOOD):
            other.write(row.encode() + b"\n")
            assert next(reports).report.ok == (row == GOOD)


def test_long_lines_of_a_file(tmp_path: Path) -> None:
    """Of a file that is read ahead, few lines are in memory, however long they are."""
    path = tmp_path / "jobs.jsonl"
    row = json.dumps(fixtures.payload(1) | {"later": "x" * 200_000}).encode() + b"\n"
    path.write_bytes(row * 100)
    for mode in ("rb", "r"):
        with path.open(mode) as file:
            tracemalloc.start()
            assert sum(one.report.ok for one in ftschema.check_lines(file)) == 100
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert most < 60 * len(row)


@pytest.mark.parametrize("kind", ["rb", "r", "gzip", "zst", "bytes", "list"])
@pytest.mark.parametrize("broken_at", sample([0, 15, 16, 17, 500, 999], 0, 16))
def test_many_lines(kind: str, broken_at: int, tmp_path: Path) -> None:
    """Each line has its own number and report, wherever it lies among those that are looked at together."""
    rows = [GOOD] * 1_000
    rows[broken_at] = BROKEN
    data = "\n".join(rows).encode()
    path = tmp_path / "jobs.jsonl"
    path.write_bytes(gzip.compress(data) if kind == "gzip" else zstd.compress(data) if kind == "zst" else data)
    with ExitStack() as stack:
        lines: Any = data if kind == "bytes" else rows
        if kind == "r":
            lines = stack.enter_context(path.open())
        elif kind in {"rb", "gzip", "zst"}:
            lines = decompressed(stack.enter_context(path.open("rb")))
        found = list(ftschema.check_lines(lines))
    assert [one.number for one in found] == [*range(1, 1_001)]
    assert [one.number for one in found if not one.report.ok] == [broken_at + 1]
    assert {problem.line for one in found for problem in one.report} == {broken_at + 1}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("kind", ["list", "str", "bytes", "rb", "r", "pipe"])
def test_max_size(kind: str, jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is longer than allowed is a problem of that line, and of it no more than is allowed is kept."""
    monkeypatch.setattr("ftschema.jsontext.lines._SLICE", 60)
    monkeypatch.setattr("ftschema.jsontext.lines._BLOCK", 7)
    most = len(GOOD)
    blank = " " * most
    rows = [GOOD, f"{GOOD}\r", f"{GOOD} ", blank, f"{blank} ", "x" * 5 * most, GOOD[:-1], "\r" * 3 * most, "{}"]
    path = tmp_path / "jobs.jsonl"
    path.write_bytes("\n".join(rows).encode())
    sources: dict[str, Any] = {"list": rows, "str": "\n".join(rows), "bytes": path.read_bytes(), "pipe": iter(rows)}
    with ExitStack() as stack:
        lines = sources.get(kind) or stack.enter_context(path.open(kind, newline="\n" if kind == "r" else None))
        found = list(ftschema.check_lines(lines, jobs=jobs, max_size=most))
    codes = {one.number: [problem.code for problem in one.report][:1] for one in found}
    too_long = ["json-size"]
    assert codes == {
        1: [],
        2: [],
        3: too_long,
        5: too_long,
        6: too_long,
        7: ["json-syntax"],
        8: too_long,
        9: ["required"],
    }
    assert all(len(one.text or "") <= most for one in found)


def test_a_line_that_does_not_end() -> None:
    """Of a line that is longer than allowed only the beginning is read into memory."""
    tracemalloc.start()
    found = [one.number for one in ftschema.check_lines(_Long(50_000_000), max_size=1_000) if not one.report.is_json]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [1]
    assert most < 5_000_000


class _Long(io.RawIOBase):
    """A file of one long line."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size
        length = min(size, self.left)
        self.left -= length
        return b"x" * length


@for_each("blank", ["\u2028", "\xa0", "\x85", "\x1c", "\v", "\f", "\u3000"])
def test_what_is_no_blank_line(blank: str) -> None:
    """A line is blank if it has only the white space of JSON; with any other it is not JSON, as text and as bytes."""
    for lines in ([blank], [f" {blank}\t\r\n"], blank, [blank.encode()], blank.encode()):
        assert [[problem.code for problem in one.report] for one in ftschema.check_lines(lines)] == [["json-syntax"]]
    assert not [*ftschema.check_lines(["", " \t\r\n", b"\n"])]


@for_each(
    ("lines", "message"),
    [
        (Path("jobs.jsonl"), f"expected lines as str or bytes, found {type(Path()).__name__}; open it"),
        (None, "expected lines as str or bytes, found NoneType"),
        ({}, "expected lines as str or bytes, found dict"),
        ([{}], "expected JSON text as str or bytes, found dict; check and structure take a payload"),
        ([GOOD, None], "expected JSON text as str or bytes, found NoneType"),
    ],
)
def test_slips(lines: Any, message: str) -> None:
    """What has no lines of text is a slip of the programmer, not an invalid job."""
    for jobs in (1, 2):
        with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
            list(ftschema.check_lines(lines, jobs=jobs))


@pytest.mark.parametrize(
    ("jobs", "error"),
    [
        (0, ValueError("expected jobs to be 1 or more, found 0")),
        (True, TypeError("expected jobs as int, found bool")),
        ("2", TypeError("expected jobs as int, found str")),
    ],
)
def test_number_of_processes(jobs: Any, error: Exception) -> None:
    """So is a number of processes that is none."""
    with pytest.raises(type(error), match=f"^{error}$"):
        ftschema.check_lines([], jobs=jobs)


def test_kinds_of_bytes() -> None:
    """Lines may be any kind of bytes."""
    data = f"{GOOD}\n{BROKEN}\n".encode()
    expected = [one.report for one in ftschema.check_lines(data)]
    kinds: tuple[Any, ...] = (bytearray, memoryview)
    for kind in kinds:
        for lines in (kind(data), map(kind, data.split(b"\n"))):
            assert [one.report for one in ftschema.check_lines(lines) if one.report.problems] == expected[1:]


def test_lines_before_an_error(tmp_path: Path) -> None:
    """What is wrong with the lines before the one that cannot be read is told before the error is raised."""
    path = tmp_path / "jobs.jsonl"
    path.write_bytes((GOOD + "\n").encode() * 40 + BROKEN.encode() + b"\n" + b"\xff\n" * 9_000)
    with path.open(encoding="utf-8", errors="strict") as file:
        reports = ftschema.check_lines(file)
        found: list[ftschema.LineReport] = []
        with pytest.raises(UnicodeDecodeError):
            found.extend(reports)
    # Text is decoded in blocks, of which the broken one has no lines.
    assert len(found) > 8_000 // len(GOOD) - 2
    assert [one.number for one in found] == [*range(1, len(found) + 1)]

"""JSON Lines are checked line by line, in order, holding one at a time."""

from __future__ import annotations

import gc
import io
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
        ftschema.check_lines([], "none")


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
    for _ in range(1_000):
        next(reports)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 1_000 * len(BROKEN) / 10

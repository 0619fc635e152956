"""Problems are rows of a table: of one file, of many, and of many on a cluster."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import ftschema
from ftschema import fixtures

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = [*ftschema.PROBLEM_COLUMNS]
_GOOD = json.dumps(fixtures.payload(1))


def _files(folder: Path) -> dict[str, list[str]]:
    """Write files of lines, faulty and fine, and return their lines."""
    files = {}
    for number in range(4):
        faulty = [json.dumps(defect.payload) for defect in fixtures.defects(3, seed=number)]
        lines = [_GOOD, faulty[0], "", *[_GOOD] * number, faulty[1], "{", faulty[2]]
        path = folder / f"jobs{number}.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        files[str(path)] = lines
    return files


def _expected(files: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {"file": file, "line": number, "pointer": problem.pointer, "code": problem.code}
        for file, lines in files.items()
        for number, line in enumerate(lines, 1)
        if line
        for problem in ftschema.check_text(line, lifecycle=True)
    ]


def _part(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in ("file", "line", "pointer", "code")} for row in rows]


def test_rows_of_lines(tmp_path: Path) -> None:
    """Lines without a file have rows whose file is null; each has every column."""
    file, lines = next(iter(_files(tmp_path).items()))
    rows = ftschema.problem_rows(lines, lifecycle=True)
    assert _part(rows) == [row | {"file": None} for row in _expected({file: lines})]
    assert all(list(row) == _COLUMNS for row in rows)
    assert ftschema.problem_rows([_GOOD, _GOOD]) == []


def test_rows_of_files(tmp_path: Path) -> None:
    """Lines that come with their files are counted in each."""
    files = _files(tmp_path)
    pairs = [(line + "\n", file) for file, lines in files.items() for line in lines]
    assert _part(ftschema.problem_rows(pairs, lifecycle=True)) == _expected(files)


def test_job_ids() -> None:
    """Each row has the id of its job, in the spelling of the contract; it is null where there is none."""
    for contract, key in ((ftschema.contract("observed"), "id"), (ftschema.contract("powershell"), "Id")):
        job = fixtures.payload(1, contract=contract) | {"seed": "x", "Seed": "x"}
        lines: list[str | bytes] = [
            json.dumps(job),
            json.dumps(job | {key: 5}),
            "{",
            "[]",
            json.dumps(job | {key: "é"}).encode(),
        ]
        found: dict[int, set[str | None]] = {}
        for row in ftschema.problem_rows(lines, contract):
            found.setdefault(row["line"], set()).add(row["job_id"])
        assert found == {1: {job[key]}, 2: {None}, 3: {None}, 4: {None}, 5: {"é"}}


@pytest.mark.parametrize("end", ["\n", ""])
def test_part_of_a_file(tmp_path: Path, end: str) -> None:
    """A part of a file has no numbers of lines, so it is refused; a file that is not at hand is not asked for."""
    path = tmp_path / "jobs.jsonl"
    path.write_text("\n".join(["{}"] * 3) + end)
    pairs = [("{}\n", str(path))] * 3
    assert {row["line"] for row in ftschema.problem_rows(pairs)} == {1, 2, 3}
    found = f"{path} has {3 if end else 2} lines, found only 1"
    with pytest.raises(ValueError, match=re.escape(f"{found}: a file must not be split")):
        ftschema.problem_rows(pairs[:1])
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert ftschema.problem_rows(pairs[:1])
    path.unlink()
    assert ftschema.problem_rows(pairs[:1])


def test_max_size(tmp_path: Path) -> None:
    """A line that is longer than allowed is a row; of a file, only so much of it is read."""
    path = tmp_path / "jobs.jsonl"
    path.write_text("{}\n" + "x" * 50 + "\n")
    with path.open("rb") as file:
        for lines in (file, path.read_text(), path.read_text().splitlines()):
            rows = ftschema.problem_rows(lines, max_size=10)
            assert [row["code"] for row in rows if row["line"] == 2] == ["json-size"]
    with pytest.raises(TypeError, match=r"; open it$"):
        ftschema.problem_rows(path)  # type: ignore[arg-type]


def test_contract() -> None:
    """The contract is the one that is asked for."""
    dart = json.dumps(fixtures.payload(1, contract="dart"))
    assert ftschema.problem_rows([dart], "dart") == []
    assert ftschema.problem_rows([dart])
    with pytest.raises(ftschema.UnknownContractError):
        ftschema.problem_rows([], "none")  # type: ignore[arg-type]  # the name is wrong on purpose


def test_data_frame(tmp_path: Path) -> None:
    """The rows make a data frame as they are."""
    file, lines = next(iter(_files(tmp_path).items()))
    frame = pl.DataFrame(ftschema.problem_rows([(line, file) for line in lines], lifecycle=True))
    assert frame.columns == _COLUMNS
    assert frame.height == len(_expected({file: lines}))
    assert frame["line"].dtype == pl.Int64


def test_no_problems() -> None:
    """Without problems a data frame has the same columns and types."""
    schema = ftschema.PROBLEM_COLUMNS
    empty, full = (pl.DataFrame(ftschema.problem_rows([line]), schema=schema) for line in (_GOOD, "{}"))
    assert (empty.height, empty.schema) == (0, full.schema)
    assert full.columns == _COLUMNS
    for row in full.rows(named=True):
        assert all(row[name] is None or type(row[name]) is kind for name, kind in schema.items())


@pytest.mark.slow
def test_cluster(tmp_path: Path) -> None:
    """A cluster of processes gives the rows that one process gives, in the order of the files."""
    distributed = pytest.importorskip("distributed")
    bag = pytest.importorskip("dask.bag")
    files = _files(tmp_path)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
    ):
        lines = bag.read_text(sorted(files), include_path=True)
        rows = lines.map_partitions(ftschema.problem_rows, lifecycle=True).compute()
    assert _part(rows) == _expected(files)


@pytest.mark.slow
def test_blocks_of_a_file(tmp_path: Path) -> None:
    """A file that Dask cuts into blocks is refused, because each block would have its own line 1."""
    bag = pytest.importorskip("dask.bag")
    [file, *_] = _files(tmp_path)
    lines = bag.read_text(file, include_path=True, blocksize=1_000)
    with pytest.raises(ValueError, match="must not be split"):
        lines.map_partitions(ftschema.problem_rows).compute(scheduler="sync")

"""Batches hold all lines of a file, in order, whoever reads them."""

from __future__ import annotations

import io
import os
import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import ftschema
from ftschema.jsontext.lines import Batches, FileSlice
from support.helpers import examples, sample

if TYPE_CHECKING:
    from pathlib import Path


def _lines(found: Batches) -> list[str | bytes]:
    return [line for batch in found for line in (batch.lines() if isinstance(batch, FileSlice) else batch)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches so small that a few lines are several."""
    monkeypatch.setattr("ftschema.jsontext.lines._SLICE", 7)
    monkeypatch.setattr("ftschema.jsontext.lines._STEP", 2)
    monkeypatch.setattr("ftschema.jsontext.lines._SIZE", 11)


@pytest.mark.usefixtures("small")
@given(st.lists(st.sampled_from([b"a", b"b", b"\r", b"\n"]), max_size=80).map(b"".join), st.data())
@examples(5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file(tmp_path: Path, data: bytes, choose: st.DataObject) -> None:
    """The parts of a plain file hold the lines that the file itself gives from where it stands, which is read then."""
    (tmp_path / "lines").write_bytes(data)
    with (tmp_path / "lines").open("rb") as file:
        file.seek(choose.draw(st.just(0) | st.integers(0, len(data))))
        start = file.tell()
        expected = [line.removesuffix(b"\n") for line in file]
        file.seek(start)
        assert all(isinstance(batch, FileSlice) for batch in Batches(file))
        file.seek(start)
        assert _lines(Batches(file)) == expected
        assert file.read() == b""


@pytest.mark.usefixtures("small")
@given(st.lists(st.text("ab") | st.binary(max_size=20), max_size=30))
def test_other_lines(lines: list[str | bytes]) -> None:
    """So do the batches of any other lines."""
    assert _lines(Batches(iter(lines))) == lines


def test_what_only_this_process_can_read(tmp_path: Path) -> None:
    """What is no plain file under its own name is read here."""
    path = tmp_path / "lines"
    path.write_bytes(b"a\nb\n")
    reading, writing = os.pipe()
    os.write(writing, b"a\nb\n")
    os.close(writing)
    with path.open("rb") as moved, path.open() as text, os.fdopen(reading, "rb") as pipe, path.open("rb", 0) as raw:
        path.rename(tmp_path / "other")
        for file in (moved, text, pipe, raw, io.BytesIO(b"a\nb\n")):
            found = [*Batches(file)]
            assert not any(isinstance(batch, FileSlice) for batch in found)
            assert [[line.strip() for line in batch] for batch in found if isinstance(batch, list)] in (
                [[b"a", b"b"]],
                [["a", "b"]],
            )
    with (tmp_path / "other").open("rb") as old:
        path.write_bytes(b"c\n")
        path.replace(tmp_path / "other")
        assert _lines(Batches(old)) == [b"a\n", b"b\n"]


def test_a_file_that_is_replaced(tmp_path: Path) -> None:
    """A part of a file that is another one by then is an error, not lines of the other one."""
    path = tmp_path / "lines"
    path.write_bytes(b"a\n")
    with path.open("rb") as file:
        [part] = Batches(file)
    assert isinstance(part, FileSlice)
    again = pickle.loads(pickle.dumps(part))
    assert again.lines() == [b"a"]
    (tmp_path / "new").write_bytes(b"b\n")
    (tmp_path / "new").replace(path)
    with pytest.raises(OSError, match="replaced"):
        again.lines()


@pytest.mark.parametrize("size", sample([0, 10, 3_000, 30_000], 10, 3_000))
def test_same_reports(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file has the same reports on one process and on two, with the texts of the faulty lines."""
    monkeypatch.setattr("ftschema.jsontext.lines._SLICE", 4_000)
    path = tmp_path / "jobs.jsonl"
    lines = (b"{}\n", b"\n", b'{"id": "\xff"}\r\n', b"[]\n", b" \n", b'{"a": 1\n')
    path.write_bytes(b"".join(lines[at * at % 6] for at in range(size // 6)) + b"{}")
    with path.open("rb") as one, path.open("rb") as two:
        found = list(ftschema.check_lines(one))
        assert list(ftschema.check_lines(two, jobs=2)) == found
    assert {line.text for line in found} <= {b"{}", b'{"id": "\xff"}', b"[]", b'{"a": 1'}


def test_a_closed_file(tmp_path: Path) -> None:
    """A file that cannot be read is an error, as it is on one process."""
    (tmp_path / "lines").touch()
    with (tmp_path / "lines").open("rb") as file:
        pass
    with pytest.raises(ValueError, match="closed"):
        list(ftschema.check_lines(file, jobs=2))

"""Many lines on several processes: the same reports in the same order, whatever happens to a process."""

from __future__ import annotations

import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import time
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

import ftschema
from ftschema import fixtures
from ftschema.jsontext import workers
from ftschema.jsontext.workers import in_order
from support.helpers import interruptible, sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterator

_linux = pytest.mark.skipif(sys.platform != "linux", reason="the processes are found as Linux shows them")

_GOOD = [json.dumps(payload).encode() for payload in fixtures.payloads(40)]
_BROKEN = [json.dumps(defect.payload).encode() for defect in fixtures.defects(10)]


def _lines(number: int) -> list[bytes]:
    """Return lines of which some are faulty, blank or no JSON, in no order that repeats with the batches."""
    others = {0: _BROKEN[0], 5: b"", 7: b"{", 8: b"\xff", 9: b" \r"}
    return [
        _BROKEN[at % 10] if at % 101 == 1 else others.get(at % 97, _GOOD[at % 40]) + b"\r" * (at % 3 == 0)
        for at in range(number)
    ]


@pytest.mark.parametrize("number", sample([0, 1, 999, 1_000, 1_001, 5_500], 0, 1_001, 5_500))
@pytest.mark.parametrize("jobs", sample([2, 3], 2))
def test_same_reports(number: int, jobs: int) -> None:
    """On several processes, lines have the reports that they have on one, in the same order."""
    lines = _lines(number)
    assert list(ftschema.check_lines(lines, jobs=jobs)) == list(ftschema.check_lines(lines))


@pytest.mark.parametrize("number", [1_000, 2_500])
def test_batches(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that are checked by the batch, in this very process, have the same reports."""
    monkeypatch.setattr(workers, "in_order", lambda work, items, _: map(work, items))
    lines = _lines(number)
    assert list(ftschema.check_lines(lines, jobs=2)) == list(ftschema.check_lines(lines))


@for_each("jobs", [1, 2])
@for_each("number", [0, 70, 3_210])
def test_lines_that_cannot_be_read(number: int, jobs: int) -> None:
    """What could be read before an error is checked first, whatever the number of processes."""
    lines = _lines(number)

    def broken() -> Iterator[bytes]:
        yield from lines
        raise OSError("the disk is gone")

    found: list[ftschema.LineReport] = []
    with pytest.raises(OSError, match="gone"):
        found.extend(ftschema.check_lines(broken(), jobs=jobs))
    assert found == list(ftschema.check_lines(lines))


def test_contract_and_lifecycle() -> None:
    """The contract and the rules that are asked for are those of the other processes."""
    jobs = (*fixtures.payloads(5, contract="powershell"), *fixtures.payloads(30, contract="powershell", coherent=False))
    lines = [json.dumps(job) for job in jobs]
    # More lines than one process gets at once.
    lines = [*lines, *[""] * 1_000, *lines]
    found = list(ftschema.check_lines(lines, "powershell", lifecycle=True, jobs=2))
    assert found == list(ftschema.check_lines(lines, "powershell", lifecycle=True))
    assert {one.report.ok for one in found} == {True, False}


def test_lines_are_asked_for_as_they_are_needed() -> None:
    """Lines without end are checked a few batches ahead, and no further."""
    asked = 0

    def endless() -> Iterator[bytes]:
        nonlocal asked
        for at in count():
            asked += 1
            yield _GOOD[at % 40]

    found = list(islice(ftschema.check_lines(endless(), jobs=2), 3_000))
    assert [one.number for one in found] == list(range(1, 3_001))
    assert asked < 20_000


# ---------------------------------------------------------------- processes that die


def _tenfold(number: int) -> int:
    return number * 10


def _fatal_once(item: tuple[int, str]) -> int:
    """Die where a file is still there, which is taken away first."""
    number, path = item
    if os.path.exists(path):  # noqa: PTH110  # a string crosses to the process
        os.unlink(path)  # noqa: PTH108
        os._exit(1)
    return number


def _slow(path: str) -> str:
    """Write to a file after a while, if there is one."""
    if path:
        time.sleep(3)
        Path(path).write_text("done", encoding="utf-8")
    return path


def _fatal(_: int) -> None:
    os._exit(1)


def _ignores_interrupts(_: int) -> bool:
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_in_order() -> None:
    """Results come in the order of the items."""
    assert list(in_order(_tenfold, range(100), 2)) == [number * 10 for number in range(100)]


def test_only_the_caller_handles_an_interrupt() -> None:
    """A worker ignores an interrupt, which reaches every process of a terminal."""
    assert list(in_order(_ignores_interrupts, range(3), 2)) == [True] * 3


def test_a_process_that_dies(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """When a process dies, this is logged, and nothing is lost or there twice."""
    fatal = tmp_path / "fatal"
    fatal.touch()
    items = [(number, str(fatal) if number == 30 else "") for number in range(60)]
    with caplog.at_level(logging.WARNING):
        assert list(in_order(_fatal_once, items, 2)) == list(range(60))
    assert [record.getMessage() for record in caplog.records] == ["a worker process died; its work is done again"]


def test_processes_that_die_now_and_then(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Processes may die any number of times, as long as some work is done in between."""
    items = [(number, "") for number in range(80)]
    for number in (10, 30, 50, 70):
        fatal = tmp_path / str(number)
        fatal.touch()
        items[number] = number, str(fatal)
    assert list(in_order(_fatal_once, items, 2)) == list(range(80))
    assert len(caplog.records) == 4


def test_work_that_kills(caplog: pytest.LogCaptureFixture) -> None:
    """Work that kills each process that tries it ends with an error of its own."""
    with pytest.raises(ftschema.WorkerDiedError, match="3 times in a row") as caught:
        list(in_order(_fatal, range(5), 2))
    assert len(caplog.records) == 2
    assert pickle.loads(pickle.dumps(caught.value)) == caught.value


def test_an_interrupt_ends_the_work(tmp_path: Path) -> None:
    """An interrupt of the caller ends work that has begun; nothing waits for it."""
    files = [str(tmp_path / str(number)) for number in range(4)]
    results = in_order(_slow, ["", *files], 2)
    assert next(results) == ""
    time.sleep(0.2)
    with pytest.raises(KeyboardInterrupt):
        results.throw(KeyboardInterrupt)  # type: ignore[attr-defined]  # it is a generator
    assert list(tmp_path.iterdir()) == []


def _children(process: int) -> list[int]:
    """Return the processes that a process of Linux has started."""
    found = Path(f"/proc/{process}/task/{process}/children")
    return [int(number) for number in found.read_text().split()] if found.exists() else []


def _started(path: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ftschema", "check", "--jobs", "2", *options, str(path)]
    with interruptible():
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _workers(process: int) -> list[int]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := _children(process):
            return found
        time.sleep(0.01)
    raise TimeoutError


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that takes a second or more."""
    path = tmp_path_factory.mktemp("long") / "jobs.jsonl"
    path.write_bytes((b"\n".join(_GOOD) + b"\n") * 1_500)
    return path


@_linux
def test_killed_in_the_middle(long_file: Path) -> None:
    """A worker of the command that is killed is told of, and every line is counted once."""
    with _started(long_file) as run:
        os.kill(_workers(run.pid)[-1], signal.SIGKILL)
        output, errors = run.communicate(timeout=120)
    assert (run.returncode, errors) == (0, "a worker process died; its work is done again\n")
    assert output == "60,000 jobs checked against observed: 60,000 valid, 0 invalid, 0 problems\n"


@_linux
@pytest.mark.parametrize("number", sample(["SIGKILL", "SIGTERM", "SIGHUP"], "SIGKILL"))
def test_workers_end_with_the_command(long_file: Path, number: str) -> None:
    """However the command is ended, its workers end too, so that a reader of its output does not wait forever."""
    with _started(long_file) as run:
        _workers(run.pid)
        run.send_signal(signal.Signals[number])
        output, _ = run.communicate(timeout=20)
    assert (run.returncode, output) == (-signal.Signals[number], "")


class _Parent:
    """A parent process that lives for some looks at it."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def is_alive(self) -> bool:
        return self.looks > 0

    def join(self, _: float) -> None:
        self.looks -= 1


@pytest.mark.parametrize(("looks", "numbers"), [(0, [5]), (3, [5, 5, 5, 5]), (9, [5, 5, 5, 1])])
def test_a_worker_without_a_parent(monkeypatch: pytest.MonkeyPatch, looks: int, numbers: list[int]) -> None:
    """A worker ends when its parent is gone, or when it has another one."""
    given = iter(numbers)
    monkeypatch.setattr(workers, "parent_process", lambda: _Parent(looks))
    monkeypatch.setattr(os, "getppid", lambda: next(given))
    with patch.object(os, "_exit", sys.exit), pytest.raises(SystemExit):
        workers._end_with_parent()  # noqa: SLF001  # it ends its process
    assert list(given) == []


@_linux
def test_interrupted(long_file: Path) -> None:
    """An interrupt ends the command at once, with what was found so far."""
    # A fast machine may be done before the first interrupts.
    for wait in (0.2, 0.1, 0.05, 0.02, 0.0):
        with _started(long_file) as run:
            _workers(run.pid)
            time.sleep(wait)
            run.send_signal(signal.SIGINT)
            output, errors = run.communicate(timeout=20)
        if run.returncode == 130:
            break
    assert (run.returncode, errors) == (130, "interrupted; this is what was found so far:\n")
    assert "checked against observed" in output

"""Check JSON Lines, in this process or in batches by several, which read slices of a plain file themselves."""

from __future__ import annotations

import os
import stat
from functools import partial
from io import BufferedReader, BytesIO, FileIO, StringIO
from itertools import chain, islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from attrs import define, evolve, frozen

from ftschema.core.report import LineReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ftschema.core.report import Report

Line: TypeAlias = str | bytes
_Item = TypeVar("_Item")

# A batch for a worker process: the most lines, about the most bytes, and the lines read at once.
_LINES, _SIZE, _STEP = 1_000, 500_000, 16
# A chunk, whose lines are checked together: the most lines, and about the most bytes.
_CHUNK_LINES, _CHUNK_SIZE = 200, 100_000
# The bytes of a slice of a file: larger than a batch, because reading it costs this process nothing.
_SLICE = 2_000_000


def chunked(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the lines, a few at a time."""
    return _lists(iter(lines), _CHUNK_LINES, _CHUNK_SIZE)


def can_read_ahead(lines: object) -> bool:
    """Return whether reading ahead cannot block: lines in memory, or a regular file."""
    if isinstance(lines, list | tuple | BytesIO | StringIO):
        return True
    try:
        return stat.S_ISREG(os.fstat(lines.fileno()).st_mode)  # type: ignore[attr-defined]  # where they are a file
    except (AttributeError, OSError, TypeError, ValueError):
        return False


def split_lines(lines: Iterable[Line] | Line) -> Iterable[Line]:
    """Split a text into lines; return any other iterable unchanged."""
    # Only a line feed ends a line: U+2028 and others, at which `splitlines` splits too, are allowed in a string.
    if isinstance(lines, str):
        return lines.split("\n")
    return lines.split(b"\n") if isinstance(lines, bytes) else lines


@frozen
class FileSlice:
    """Some lines of a file.

    Attributes:
        path: The file.
        identity: Its device and inode, by which a file that replaced it is recognized.
        start: Offset of the first line.
        end: Offset of the end of the last line.
    """

    path: str
    identity: tuple[int, int]
    start: int
    end: int

    def lines(self) -> list[bytes]:
        """Return the lines, without their line feeds.

        Raises:
            OSError: The file cannot be read any more, or was replaced.
        """
        with Path(self.path).open("rb") as file:
            if _identity(os.fstat(file.fileno())) != self.identity:
                raise OSError(None, "it was replaced while it was read", self.path)
            file.seek(self.start)
            lines = file.read(self.end - self.start).split(b"\n")
        # The last line feed ends a line and begins none.
        return lines if lines[-1] else lines[:-1]


@define
class Batches:
    """The batches of some lines, up to an error in reading them.

    Attributes:
        lines: A file, or any other lines.
        here: Whether the batches are for this process: then they are small, and none is a slice of a file.
        error: The error, to be raised once the lines before it are checked.
    """

    lines: Iterable[Line]
    here: bool = False
    error: Exception | None = None

    def __iter__(self) -> Iterator[_Batch]:
        path = None if self.here else _path_of(self.lines)
        if path is None:
            lines = self._until_error(self.lines)
            yield from chunked(lines) if self.here else _lists(lines, _LINES, _SIZE)
        else:
            yield from self._until_error(_slices(self.lines, path))

    def _until_error(self, items: Iterable[_Item]) -> Iterator[_Item]:
        try:
            yield from items
        except Exception as error:  # noqa: BLE001  # it is raised later
            self.error = error


def _path_of(lines: object) -> str | None:
    """Return the path of a plain file that is open for bytes; None for lines that only this process can read."""
    if not isinstance(lines, BufferedReader) or not isinstance(lines.raw, FileIO):
        return None
    status = os.fstat(lines.fileno())
    if not (stat.S_ISREG(status.st_mode) and isinstance(lines.name, str)):
        return None
    path = Path(lines.name).absolute()
    try:
        return str(path) if _identity(path.stat()) == _identity(status) else None
    except OSError:
        return None


def _slices(file: Any, path: str) -> Iterator[FileSlice]:
    identity = _identity(os.fstat(file.fileno()))
    start = file.tell()
    while file.read(1):
        file.seek(start + _SLICE - 1)
        file.readline()
        # Seeking past the end of the file is allowed, and leaves the position there.
        end = min(file.tell(), os.fstat(file.fileno()).st_size)
        yield FileSlice(path, identity, start, end)
        start = file.seek(end)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _lists(lines: Iterator[Line], most: int, size: int) -> Iterator[list[Line]]:
    while batch := [*islice(lines, _STEP)]:
        room = size - sum(map(len, batch))
        while room > 0 and len(batch) < most and (more := [*islice(lines, _STEP)]):
            batch += more
            room -= sum(map(len, more))
        yield batch


_Batch: TypeAlias = FileSlice | list[Line]
# How many lines there are, and the reports of those not proved valid, by their indexes; a blank line has none.
_Checked: TypeAlias = tuple[int, list[tuple[int, LineReport | None]]]


class FastPath(Protocol):
    """Proves lines valid; see `validation.fast_path`."""

    def proves_text(self, text: Line, /) -> bool:
        """Return True if a line is proved valid; False means "unknown"."""

    def undecided(self, texts: list[Line], /) -> list[int]:
        """Return the indexes of the lines that are not proved valid."""


@frozen
class LineChecker:
    """The checks applied to each line; with several processes it is pickled.

    Attributes:
        fast: Proves most lines valid; None if it cannot, because there are more checks than its own.
        report: Returns the report of a line that is not proved valid.
    """

    fast: FastPath | None
    report: Callable[[Line], Report]

    def undecided(self, lines: list[Line]) -> Sequence[int]:
        """Return the indexes of the lines that are not proved valid."""
        return self.fast.undecided(lines) if self.fast else range(len(lines))

    def report_for(self, number: int, line: Line) -> LineReport | None:
        """Return the report of a line that is not proved valid; None for a blank one."""
        if not line.strip():
            return None
        text = line.rstrip("\r\n") if isinstance(line, str) else line.rstrip(b"\r\n")
        report = self.report(text)
        return _at_line(LineReport(number, report, text), 0) if report.problems else LineReport(number, report)


def line_reports(
    checker: LineChecker, valid: Report, lines: Iterable[Line] | Line, processes: int
) -> Iterator[LineReport]:
    """Return an iterator over the reports of the lines, in their order.

    Args:
        checker: The checks applied to each line.
        valid: The report of a valid line.
        lines: A file, other lines, or all of them as one text.
        processes: How many processes to use.

    Raises:
        WorkerDiedError: Processes died again and again over the same lines.
    """
    lines = split_lines(lines)
    if processes > 1 or can_read_ahead(lines):
        return chain.from_iterable(_in_batches(checker, valid, lines, processes))
    return _one_by_one(checker, valid, lines)


def _one_by_one(checker: LineChecker, valid: Report, lines: Iterable[Line]) -> Iterator[LineReport]:
    proves = checker.fast and checker.fast.proves_text
    for number, line in enumerate(lines, 1):
        if proves and proves(line):
            yield LineReport(number, valid)
        elif report := checker.report_for(number, line):
            yield report


def _in_batches(
    checker: LineChecker, valid: Report, lines: Iterable[Line], processes: int
) -> Iterator[Iterable[LineReport]]:
    batches = Batches(lines, here=processes == 1)
    before = 0
    for length, others in _results(partial(_check_batch, checker), batches, processes):
        start = 0
        for index, report in [*others, (length, None)]:
            # Most lines of most files are in such runs of valid lines.
            yield map(LineReport, range(before + start + 1, before + index + 1), repeat(valid))
            if report:
                yield (_at_line(report, before),)
            start = index + 1
        before += length
    if batches.error:
        raise batches.error


def _results(work: Callable[[_Batch], _Checked], batches: Iterable[_Batch], processes: int) -> Iterable[_Checked]:
    if processes == 1:
        return map(work, batches)
    from ftschema.jsontext.workers import in_order  # noqa: PLC0415  # most checks need one process

    return in_order(work, batches, processes)


def _check_batch(checker: LineChecker, batch: _Batch) -> _Checked:
    reports: list[tuple[int, LineReport | None]] = []
    before = 0
    for lines in chunked(batch.lines() if isinstance(batch, FileSlice) else batch):
        reports += [
            (before + index, checker.report_for(before + index + 1, lines[index])) for index in checker.undecided(lines)
        ]
        before += len(lines)
    return before, reports


def _at_line(report: LineReport, by: int) -> LineReport:
    """Return the report of a line that is `by` lines further down; each problem has the number of the line."""
    number = report.number + by
    problems = tuple(evolve(problem, line=number) for problem in report.report)
    return LineReport(number, evolve(report.report, problems=problems), report.text)

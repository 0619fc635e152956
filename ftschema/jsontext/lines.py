"""JSON Lines, checked line by line: in this process or, batch by batch, in several, which read plain files."""

from __future__ import annotations

import os
import stat
from functools import partial
from io import BufferedReader, BytesIO, FileIO, StringIO
from itertools import chain, islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import define, evolve, frozen

from ftschema.core.report import LineReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ftschema.core.report import Report

Line: TypeAlias = str | bytes
_Item = TypeVar("_Item")

# How many lines, and about how many bytes of them, go to a process at once, and how many of them are read in a step.
_LINES, _SIZE, _STEP = 1_000, 500_000, 16
# How many lines, and about how many bytes of them, are looked at in one go.
_FEW, _LITTLE = 200, 100_000
# How many bytes of a file are one batch: what is read by the process itself costs this one nothing.
_PART = 2_000_000


def in_little(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the lines, few at a time."""
    return _lists(iter(lines), _FEW, _LITTLE)


def are_at_hand(lines: object) -> bool:
    """Return whether the next lines are there already, so that to read some ahead keeps nobody waiting."""
    if isinstance(lines, list | tuple | BytesIO | StringIO):
        return True
    try:
        return stat.S_ISREG(os.fstat(lines.fileno()).st_mode)  # type: ignore[attr-defined]  # where they are a file
    except (AttributeError, OSError, TypeError, ValueError):
        return False


def lines_of(lines: Iterable[Line] | Line) -> Iterable[Line]:
    """Return the lines of a text, or such as they are given."""
    # Only a line feed ends a line: U+2028 and others, which `splitlines` takes for an end, may stand in a string.
    if isinstance(lines, str):
        return lines.split("\n")
    return lines.split(b"\n") if isinstance(lines, bytes) else lines


@frozen
class Part:
    """Some lines of a file.

    Attributes:
        path: The file.
        identity: Its device and number, by which another file in its place is known.
        start: Where the first line begins.
        end: Where the last line ends.
    """

    path: str
    identity: tuple[int, int]
    start: int
    end: int

    def lines(self) -> list[bytes]:
        """Return the lines, without their line feeds.

        Raises:
            OSError: The file cannot be read any more, or is another one.
        """
        with Path(self.path).open("rb") as file:
            if _identity(os.fstat(file.fileno())) != self.identity:
                raise OSError(None, "it was replaced while it was read", self.path)
            file.seek(self.start)
            lines = file.read(self.end - self.start).split(b"\n")
        # Behind the last line feed there is no line.
        return lines if lines[-1] else lines[:-1]


@define
class Batches:
    """The batches of some lines, up to where these cannot be read.

    Attributes:
        lines: A file, or any other lines.
        here: Whether they are for this process, and therefore small.
        error: Why the lines came to an end, so that it can be raised once those before are checked.
    """

    lines: Iterable[Line]
    here: bool = False
    error: Exception | None = None

    def __iter__(self) -> Iterator[Part | list[Line]]:
        path = None if self.here else _path_of(self.lines)
        if path is None:
            lines = self._until_error(self.lines)
            yield from in_little(lines) if self.here else _lists(lines, _LINES, _SIZE)
        else:
            yield from self._until_error(_parts(self.lines, path))

    def _until_error(self, items: Iterable[_Item]) -> Iterator[_Item]:
        try:
            yield from items
        except Exception as error:  # noqa: BLE001  # it is raised later
            self.error = error


def _path_of(lines: object) -> str | None:
    """Return the path of a plain file that is open for bytes; None for all that only this process can read."""
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


def _parts(file: Any, path: str) -> Iterator[Part]:
    identity = _identity(os.fstat(file.fileno()))
    start = file.tell()
    while file.read(1):
        file.seek(start + _PART - 1)
        file.readline()
        # Where the file has no more lines, it is shorter than that.
        end = min(file.tell(), os.fstat(file.fileno()).st_size)
        yield Part(path, identity, start, end)
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


_Batch: TypeAlias = Part | list[Line]
# How many lines, and the reports of those that are not quickly seen to be fine by their places; a blank one has none.
_Looked: TypeAlias = tuple[int, list[tuple[int, LineReport | None]]]


@frozen
class Look:
    """What each line is looked at with.

    Attributes:
        is_fine: Whether it is quickly seen that nothing is wrong with a line.
        unclear: The places of the lines of which this is not so.
        check: What is wrong with a text that is not quickly seen to be fine.
    """

    is_fine: Callable[[Line], bool]
    unclear: Callable[[list[Line]], list[int]]
    check: Callable[[Line], Report]

    def closer(self, number: int, line: Line) -> LineReport | None:
        """Return the report of a line that is not quickly seen to be fine; None for a blank one."""
        if not line.strip():
            return None
        text = line.rstrip("\r\n") if isinstance(line, str) else line.rstrip(b"\r\n")
        found = LineReport(number, self.check(text), text)
        return _moved(found, 0) if found.report.problems else LineReport(number, found.report)


def line_reports(look: Look, nothing: Report, lines: Iterable[Line] | Line, jobs: int) -> Iterator[LineReport]:
    """Return an iterator over what is wrong with each line, in their order.

    Args:
        look: What each line is looked at with; with several processes it goes to them.
        nothing: The report of a line with which nothing is wrong.
        lines: A file, other lines, or all of them as one text.
        jobs: How many processes to use.

    Raises:
        WorkerDiedError: Processes died again and again over the same lines.
    """
    lines = lines_of(lines)
    if jobs > 1 or are_at_hand(lines):
        return chain.from_iterable(_in_batches(look, nothing, lines, jobs))
    return _one_by_one(look, nothing, lines)


def _one_by_one(look: Look, nothing: Report, lines: Iterable[Line]) -> Iterator[LineReport]:
    is_fine = look.is_fine
    for number, line in enumerate(lines, 1):
        if is_fine(line):
            yield LineReport(number, nothing)
        elif found := look.closer(number, line):
            yield found


def _in_batches(look: Look, nothing: Report, lines: Iterable[Line], jobs: int) -> Iterator[Iterable[LineReport]]:
    batches = Batches(lines, here=jobs == 1)
    before = 0
    for length, others in _results(partial(_looked_at, look), batches, jobs):
        start = 0
        for at, found in [*others, (length, None)]:
            # So many in a row are most lines of most files.
            yield map(LineReport, range(before + start + 1, before + at + 1), repeat(nothing))
            if found:
                yield (_moved(found, before),)
            start = at + 1
        before += length
    if batches.error:
        raise batches.error


def _results(work: Callable[[_Batch], _Looked], batches: Iterable[_Batch], jobs: int) -> Iterable[_Looked]:
    if jobs == 1:
        return map(work, batches)
    from ftschema.jsontext.workers import in_order  # noqa: PLC0415  # most checks need one process

    return in_order(work, batches, jobs)


def _looked_at(look: Look, batch: _Batch) -> _Looked:
    found: list[tuple[int, LineReport | None]] = []
    before = 0
    for lines in in_little(batch.lines() if isinstance(batch, Part) else batch):
        found += [(before + at, look.closer(before + at + 1, lines[at])) for at in look.unclear(lines)]
        before += len(lines)
    return before, found


def _moved(found: LineReport, by: int) -> LineReport:
    """Return the report of a line further down, in which every problem has the number of the line."""
    number = found.number + by
    problems = tuple(evolve(problem, line=number) for problem in found.report)
    return LineReport(number, evolve(found.report, problems=problems), found.text)

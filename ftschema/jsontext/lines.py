"""Check JSON Lines, in this process or in batches by several, which read slices of a plain file themselves."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from functools import partial
from io import BufferedReader, BytesIO, FileIO, IOBase, StringIO
from itertools import chain, islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar

from attrs import define, frozen

from ftschema.core.errors import expect_type
from ftschema.core.report import LineReport, has_problems, in_line
from ftschema.jsontext.decode import MAX_SIZE, is_longer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ftschema.core.report import Report

Line: TypeAlias = str | bytes
_Item = TypeVar("_Item")

WHITE_SPACE: Final = b" \t\r\n"
"""The characters that JSON calls white space; a line that has no others is blank."""

# A batch for a worker process: the most lines, about the most bytes, and the lines read at once.
_LINES, _SIZE, _STEP = 1_000, 500_000, 16
# A chunk, whose lines are checked together: the most lines, and about the most bytes.
_CHUNK_LINES, _CHUNK_SIZE = 200, 100_000
# The bytes that are read at once of a line that is skipped.
_BLOCK = 1 << 16
# A compressed file of a megabyte may have a line of a gigabyte, or a billion blank lines.
_MOST_SKIPPED, _MOST_BLANK = 1_000_000_000, 1_000_000
_BREAKS = frozenset({"\n", "\r\n", b"\n", b"\r\n"})
# By how much what is read of a line is longer than what is allowed: a line break of two characters, and one more.
_BREAK = 3
# The bytes of a slice of a file: larger than a batch, because reading it costs this process nothing.
_SLICE = 2_000_000


def chunked(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the lines, a few at a time."""
    return _lists(iter(lines), _CHUNK_LINES, _CHUNK_SIZE)


def can_read_ahead(lines: object) -> bool:
    """Return whether reading ahead cannot block: lines in memory, or a regular file."""
    if isinstance(lines, str | bytes | list | tuple | BytesIO | StringIO):
        return True
    try:
        return stat.S_ISREG(os.fstat(lines.fileno()).st_mode)  # type: ignore[attr-defined]  # where they are a file
    except (AttributeError, OSError, TypeError, ValueError):
        return False


def lines_of(source: Any, max_size: int) -> Iterable[Any]:
    """Return the lines of a text or of any other source; of a long line in a file only the beginning.

    Raises:
        TypeError: The source has no lines.
    """
    _refuse_no_lines(source)
    expect_type("max_size", max_size, int)
    if isinstance(source, str | bytes):
        return _split(source)
    return cut_lines(source, max_size) if isinstance(source, IOBase) else source


def _refuse_no_lines(source: object) -> None:
    if not isinstance(source, Iterable) or isinstance(source, Mapping):
        open_it = "; open it" if isinstance(source, Path) else ""
        raise TypeError(f"expected lines as str or bytes, found {type(source).__name__}{open_it}")


def _split(text: Any) -> Iterator[Line]:
    # Only a line feed ends a line: U+2028 and others, at which `splitlines` splits too, are allowed in a string.
    feed = "\n" if isinstance(text, str) else b"\n"
    start = 0
    while (end := text.find(feed, start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def cut_lines(file: Any, max_size: int) -> Iterator[Any]:
    """Yield the lines of a file; of a line that is longer than `max_size`, only so much that this can be seen.

    Raises:
        ValueError: The file seems to have no end.
    """
    longest = max_size + _BREAK
    blank = 0
    while line := file.readline(longest):
        blank = blank + 1 if line in _BREAKS else 0
        if blank > _MOST_BLANK:
            raise ValueError(f"more than {_MOST_BLANK:,} blank lines in a row")
        if len(line) == longest and not _ends_line(line):
            skip_line(file)
        yield line


def skip_line(file: Any) -> None:
    """Read a file to the end of the line that it is in.

    Raises:
        ValueError: The line seems to have no end.
    """
    skipped = 0
    while (piece := file.readline(_BLOCK)) and not _ends_line(piece):
        skipped += len(piece)
        if skipped > _MOST_SKIPPED:
            raise ValueError(f"a line of more than {_MOST_SKIPPED:,} bytes")


def _ends_line(piece: Line) -> bool:
    return piece.endswith("\n") if isinstance(piece, str) else piece.endswith(b"\n")


@frozen
class FileSlice:
    """Some lines of a file.

    Attributes:
        path: The file.
        identity: Its device and inode, by which a file that replaced it is recognized.
        start: Offset of the first line.
        end: Offset of the end of the last line.
        longest: How many of its bytes are read; then only the last line is not whole, and too long.
    """

    path: str
    identity: tuple[int, int]
    start: int
    end: int
    longest: int

    def lines(self) -> list[bytes]:
        """Return the lines, without their line feeds.

        Raises:
            OSError: The file cannot be read any more, or was replaced.
        """
        with Path(self.path).open("rb") as file:
            if _identity(os.fstat(file.fileno())) != self.identity:
                raise OSError(None, "it was replaced while it was read", self.path)
            file.seek(self.start)
            lines = file.read(min(self.end - self.start, self.longest)).split(b"\n")
        # The last line feed ends a line and begins none.
        return lines if lines[-1] else lines[:-1]


@define
class Batches:
    """The batches of some lines, up to an error in reading them.

    Attributes:
        lines: A file, any other lines, or all of them as one text.
        max_size: How many bytes or characters a line may have.
        here: Whether the batches are for this process: then they are small, and none is a slice of a file.
        error: The error, to be raised once the lines before it are checked.
    """

    lines: Iterable[Line] | Line
    max_size: int = MAX_SIZE
    here: bool = False
    error: Exception | None = None

    def __iter__(self) -> Iterator[_Batch]:
        path = None if self.here else _path_of(self.lines)
        if path is None:
            lines = self._until_error(lines_of(self.lines, self.max_size))
            yield from chunked(lines) if self.here else _lists(lines, _LINES, _SIZE)
        else:
            yield from self._until_error(_slices(self.lines, path, _SLICE + self.max_size + _BREAK))

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


def _slices(file: Any, path: str, longest: int) -> Iterator[FileSlice]:
    identity = _identity(os.fstat(file.fileno()))
    start = file.tell()
    while file.read(1):
        file.seek(start + _SLICE - 1)
        skip_line(file)
        # Seeking past the end of the file is allowed, and leaves the position there.
        end = min(file.tell(), os.fstat(file.fileno()).st_size)
        yield FileSlice(path, identity, start, end, longest)
        start = file.seek(end)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _lists(lines: Iterator[Line], most: int, size: int) -> Iterator[list[Line]]:
    while batch := [*islice(lines, _STEP)]:
        room = size - _total_size(batch)
        while room > 0 and len(batch) < most and (more := [*islice(lines, _STEP)]):
            batch += more
            room -= _total_size(more)
        yield batch


def _total_size(lines: list[Line]) -> int:
    try:
        return sum(map(len, lines))
    except TypeError:
        # The line that is not text is reported when it is checked.
        return len(lines)


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
        report: Returns the report of a line that is not proved valid, given its number.
        max_size: How many bytes or characters a line may have.
        keep_text: Whether the text of a line with problems is kept with its report.
    """

    fast: FastPath | None
    report: Callable[[Line, int], Report]
    max_size: int
    keep_text: bool = True

    def proves(self, line: Line) -> bool:
        """Return True if a line is proved valid; False means "unknown"."""
        return self.fast is not None and not is_longer(line, self.max_size) and self.fast.proves_text(line)

    def undecided(self, lines: list[Line]) -> Sequence[int]:
        """Return the indexes of the lines that are not proved valid."""
        if self.fast is None:
            return range(len(lines))
        if _total_size(lines) > self.max_size:
            return [index for index, line in enumerate(lines) if not self.proves(line)]
        return self.fast.undecided(lines)

    def report_for(self, number: int, line: Line) -> LineReport | None:
        """Return the report of a line that is not proved valid; None for a blank one."""
        text, is_blank = _without_break(line)
        if is_blank and not is_longer(text, self.max_size):
            return None
        report = self.report(text, number)
        if not has_problems(report):
            return LineReport(number, report)
        return LineReport(number, report, text[: self.max_size] if self.keep_text else None)


def _without_break(line: Any) -> tuple[Any, bool]:
    """Return a line without its line break, and whether it has only what JSON calls white space."""
    if isinstance(line, str):
        return line.removesuffix("\n").removesuffix("\r"), not line.strip(WHITE_SPACE.decode())
    if isinstance(line, bytes | bytearray | memoryview):
        data = bytes(line)
        return data.removesuffix(b"\n").removesuffix(b"\r"), not data.strip(WHITE_SPACE)
    # `decode` refuses it.
    return line, False


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
        TypeError: The lines, or one of them, are not text.
        ValueError: There are no processes.
        WorkerDiedError: Processes died again and again over the same lines.
    """
    _refuse_slips(lines, processes)
    expect_type("max_size", checker.max_size, int)
    if isinstance(lines, bytearray | memoryview):
        lines = bytes(lines)
    if processes > 1 or can_read_ahead(lines):
        return chain.from_iterable(_in_batches(checker, valid, lines, processes))
    return _one_by_one(checker, valid, lines)


def _refuse_slips(lines: object, processes: int) -> None:
    _refuse_no_lines(lines)
    expect_type("jobs", processes, int)
    if processes < 1:
        raise ValueError(f"expected jobs to be 1 or more, found {processes}")


def _one_by_one(checker: LineChecker, valid: Report, lines: Iterable[Line] | Line) -> Iterator[LineReport]:
    for number, line in enumerate(lines_of(lines, checker.max_size), 1):
        if checker.proves(line):
            yield LineReport(number, valid)
        elif report := checker.report_for(number, line):
            yield report


def _in_batches(
    checker: LineChecker, valid: Report, lines: Iterable[Line] | Line, processes: int
) -> Iterator[Iterable[LineReport]]:
    batches = Batches(lines, checker.max_size, here=processes == 1)
    checked = _check_here(checker, batches) if processes == 1 else _check_elsewhere(checker, batches, processes)
    before = 0
    for length, others in checked:
        start = 0
        for index, report in [*others, (length, None)]:
            # Most lines of most files are in such runs of valid lines.
            if index > start:
                yield map(LineReport, range(before + start + 1, before + index + 1), repeat(valid))
            if report:
                yield (report,)
            start = index + 1
        before += length
    if batches.error:
        raise batches.error


def _check_here(checker: LineChecker, batches: Iterable[Any]) -> Iterator[_Checked]:
    before = 0
    for lines in batches:
        yield _check_chunk(checker, lines, before)
        before += len(lines)


def _check_elsewhere(checker: LineChecker, batches: Iterable[_Batch], processes: int) -> Iterator[_Checked]:
    from ftschema.jsontext.workers import in_order  # noqa: PLC0415  # most checks need one process

    before = 0
    for length, others in in_order(partial(_check_batch, checker), batches, processes):
        # A process does not know how many lines are before its own.
        yield length, [(index, report and _at_line(report, before)) for index, report in others]
        before += length


def _check_batch(checker: LineChecker, batch: _Batch) -> _Checked:
    reports: list[tuple[int, LineReport | None]] = []
    before = 0
    for lines in chunked(batch.lines() if isinstance(batch, FileSlice) else batch):
        length, others = _check_chunk(checker, lines, before)
        reports += [(before + index, report) for index, report in others]
        before += length
    return before, reports


def _check_chunk(checker: LineChecker, lines: list[Line], before: int) -> _Checked:
    others = [(index, checker.report_for(before + index + 1, lines[index])) for index in checker.undecided(lines)]
    return len(lines), others


def _at_line(report: LineReport, by: int) -> LineReport:
    """Return the report of a line that is `by` lines further down; each problem has the number of the line."""
    number = report.number + by
    return LineReport(number, in_line(report.report, number), report.text)

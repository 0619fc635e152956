"""Check the jobs of a file, which may be JSON or JSON Lines and of any size."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from attrs import define, field, frozen

from ftschema.cli.input import decompressed, is_json_lines, split_lines, starts_with_object_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader

    from ftschema.core.report import Report
    from ftschema.validation.contract import Contract

CheckedJob: TypeAlias = "tuple[int | None, Report, bytes]"
"""The line number of a job in JSON Lines (None if the whole file is one job), its report, and its text."""

# A file of this size or more, in bytes, is read line by line if its first line is a JSON object.
_LARGE = 1 << 20


@frozen(kw_only=True)
class FileChecker:
    """Checks the jobs of files.

    Attributes:
        contract: The contract of the jobs.
        lifecycle: Whether to check the lifecycle rules too.
        lines: Whether each line is a job, whatever the file looks like.
        processes: Number of processes that check the lines.
        keep_text: Whether the text of valid jobs is returned too; otherwise it may be empty.
    """

    contract: Contract
    lifecycle: bool = False
    lines: bool = False
    processes: int = 1
    keep_text: bool = False

    def check(self, raw: BufferedReader[Any]) -> Iterator[CheckedJob]:
        """Yield each job of an open file."""
        stream = decompressed(raw)
        head = stream.read(_LARGE)
        if not self.lines and (len(head) < _LARGE or not starts_with_object_line(head)):
            head += stream.read()
            if not is_json_lines(head):
                yield None, self.contract.check_text(head, lifecycle=self.lifecycle), head
                return
        lines: Iterable[bytes] = split_lines(stream, head)
        if self.keep_text:
            kept = lines = _KeptLines(lines)
        elif raw.seekable():
            # `check_lines` reads a file ahead, or has worker processes read it. The raw stream is tested because a
            # decompressor claims to be seekable even if it reads a pipe.
            stream.seek(-len(head), os.SEEK_CUR)
            lines = stream
        for line in self.contract.check_lines(lines, lifecycle=self.lifecycle, jobs=self.processes):
            text = kept.pop_until(line.number) if self.keep_text else line.text
            yield line.number, line.report, cast("bytes", text or b"")


@define
class _KeptLines:
    """Lines that are kept from when they are read until their reports arrive; the file may be gone by then."""

    _lines: Iterable[bytes]
    _first: int = 1
    _waiting: deque[bytes] = field(factory=deque)

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._waiting.append(line)
            yield line

    def pop_until(self, number: int) -> bytes:
        """Return the line of that number, and forget the lines before it."""
        while self._first < number:
            self._waiting.popleft()
            self._first += 1
        return self._waiting[0]

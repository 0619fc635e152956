"""Check the jobs of a file, which may be JSON or JSON Lines and of any size."""

from __future__ import annotations

import json
import os
from codecs import BOM_UTF8
from collections import deque
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, cast

from attrs import define, evolve, field, frozen

from ftschema.cli.files import LINES_SUFFIXES
from ftschema.cli.input import (
    LARGEST_DOCUMENT,
    decompressed,
    is_hopeless,
    is_json_lines,
    read_document,
    starts_with_object_line,
    with_head,
)
from ftschema.core.report import JobReport, Position, Report, in_line, moved_in_text
from ftschema.jsontext.decode import MAX_SIZE
from ftschema.jsontext.lines import WHITE_SPACE, cut_lines
from ftschema.schemas.catalogue import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from ftschema.core.report import LineReport
    from ftschema.validation.contract import Contract, Unknown
    from ftschema.validation.dispatch import Dispatcher


class CheckedText(NamedTuple):
    """A file, or a line of JSON Lines, with the reports of its jobs.

    Attributes:
        line: Number of the line; None for a whole file.
        text: The text; it may be empty if no job has a problem.
        jobs: The reports; most texts are one job. Empty if there is nothing at the pointer of `--at`.
        note: How the text was read if it is not JSON; else empty.
    """

    line: int | None
    text: bytes
    jobs: tuple[JobReport, ...]
    note: str = ""


# A file of this size or more, in bytes, is read line by line if its first line is a JSON object.
_LARGE: Final = 1 << 20
_REPR_NOTE: Final = "read as the repr of an SDK object, in which None may stand for an absent key"


@frozen(kw_only=True)
class FileChecker:
    """Checks the jobs of files; the reports hold the values, which are needed to repair them.

    Attributes:
        contract: The contract of the jobs, or what chooses the contract for each payload.
        lifecycle: Whether to check the lifecycle rules too.
        lines: Whether each line is JSON of its own, whatever the file looks like.
        processes: Number of processes that check the lines.
        at: JSON Pointer of the jobs in each document, in which `*` is any key or index; None finds them.
        partial: Whether keys may be missing.
        unknown: What to do with keys that the contract does not declare.
        keep_text: Whether the text of valid jobs is returned too; otherwise it may be empty.
        max_size: How many bytes a document may have, decompressed.
        max_line: How many bytes a line of JSON Lines may have.
        says_kinds: Whether to note what the objects of a document were taken for.
    """

    contract: Contract[Any] | Dispatcher
    lifecycle: bool = False
    lines: bool = False
    processes: int = 1
    at: str | None = None
    partial: bool = False
    unknown: Unknown = "allow"
    keep_text: bool = False
    max_size: int = LARGEST_DOCUMENT
    max_line: int = MAX_SIZE
    says_kinds: bool = False

    def check(self, raw: BufferedReader[Any]) -> Iterator[CheckedText]:
        """Yield an open file, if it is one document, or else each line, with the reports of its jobs.

        Raises:
            ValueError: The document has more bytes than allowed, or a line has, and its text is to be kept.
        """
        stream = decompressed(raw)
        text, is_document = self._read_document(stream)
        if is_document:
            # A file of JSON Lines without a line has no jobs.
            if text.strip(WHITE_SPACE) or not str(getattr(raw, "name", "")).lower().endswith(LINES_SUFFIXES):
                yield self._check_text(text)
            return
        if raw.seekable():
            # `check_lines` reads a file ahead, or has worker processes read it. The raw stream is tested because a
            # decompressor claims to be seekable even if it reads a pipe.
            stream.seek(-len(text), os.SEEK_CUR)
        else:
            stream = with_head(text, stream)
        yield from self._check_lines(stream)

    def _read_document(self, stream: BinaryIO) -> tuple[bytes, bool]:
        """Return the text that was read of a file, and whether it is the document; otherwise the file is JSON Lines."""
        head = stream.read(_LARGE)
        is_long = len(head) == _LARGE
        if self.lines or (is_long and starts_with_object_line(head)):
            return head, False
        if is_long and is_hopeless(head):
            return head, True
        text = read_document(stream, self.max_size, head)
        return text, not is_json_lines(text)

    def _check_lines(self, stream: BinaryIO) -> Iterator[CheckedText]:
        if self.at is not None or self.partial:
            for number, line in enumerate(cut_lines(stream, self.max_line), 1):
                if line.strip(WHITE_SPACE) or len(line) > self.max_line:
                    yield self._check_text(line.removesuffix(b"\n"), number)
            return
        kept = _KeptLines(stream, self.max_line)
        lines = self.contract.check_lines(
            kept if self.keep_text else stream,
            lifecycle=self.lifecycle,
            jobs=self.processes,
            unknown=self.unknown,
            max_size=self.max_line,
            show_values=True,
        )
        for line in lines:
            text = kept.pop_until(line.number) if self.keep_text else cast("bytes", line.text or b"")
            if _may_hold_jobs(line):
                yield self._check_text(text, line.number)
            else:
                yield CheckedText(line.number, text, (JobReport("", line.report),))

    def _check_text(self, text: bytes, line: int | None = None) -> CheckedText:
        """Return a text with the reports of its jobs; the problems in a line have its number."""
        jobs, note = self._job_reports(text, self.max_size if line is None else self.max_line)
        if line is None and jobs and self.says_kinds:
            note = "; ".join(filter(None, (note, _taken_for(jobs))))
        if line is not None:
            jobs = tuple(evolve(job, report=in_line(job.report, line)) for job in jobs)
        return CheckedText(line, text, jobs, note)

    def _job_reports(self, text: bytes, max_size: int) -> tuple[tuple[JobReport, ...], str]:
        jobs = self._check_jobs(text, max_size)
        if any(problem.code == "json-bom" for job in jobs for problem in job.report):
            return _after_bom(jobs, self._check_jobs(text.removeprefix(BOM_UTF8), max_size)), ""
        if any(problem.code == "json-syntax" for job in jobs for problem in job.report):
            # Most files are JSON.
            from ftschema.adapters.openai_repr import ReprError, payload_from_repr  # noqa: PLC0415
            from ftschema.validation.hints import is_repr  # noqa: PLC0415

            decoded = text.decode(errors="replace")
            if is_repr(decoded):
                try:
                    payload = payload_from_repr(decoded)
                except ReprError as error:
                    return (JobReport("", Report(self.contract.name, (error.problem,))),), ""
                jobs = self._check_jobs(json.dumps(payload), max_size)
                return tuple(evolve(job, report=_without_positions(job.report)) for job in jobs), _REPR_NOTE
        return jobs, ""

    def _check_jobs(self, text: str | bytes, max_size: int) -> tuple[JobReport, ...]:
        return self.contract.check_jobs(
            text,
            at=self.at,
            lifecycle=self.lifecycle,
            partial=self.partial,
            unknown=self.unknown,
            max_size=max_size,
            show_values=True,
        )


def _taken_for(jobs: tuple[JobReport, ...]) -> str:
    """Return for what the objects of a document were taken, with their contracts."""
    taken = dict.fromkeys(f"{KINDS[job.report.kind].about} ({job.report.contract})" for job in jobs)
    return f"taken for {', '.join(taken)}"


def _may_hold_jobs(line: LineReport) -> bool:
    """Return whether a line may be something else than one job: a page, an array, a wrapper, or not JSON."""
    root = [problem for problem in line.report if not problem.pointer]
    return any(problem.severity == "error" and problem.code != "json-size" for problem in root)


def _after_bom(jobs: tuple[JobReport, ...], others: tuple[JobReport, ...]) -> tuple[JobReport, ...]:
    """Return the reports of a text that begins with a byte order mark: of the mark, and of the jobs after it."""
    [bom] = jobs[0].report
    if not others:
        return jobs
    moved = [evolve(job, report=_moved(job.report)) for job in others]
    first = moved[0].report
    report = Report.of(first.contract, (bom, *first.problems), first.omitted, first.hint)
    return (evolve(moved[0], report=report), *moved[1:])


def _moved(report: Report) -> Report:
    """Return a report whose problems are as much further in the text as a byte order mark is long."""

    def move(at: Position) -> Position:
        return Position(at.line, at.column + (at.line == 1), at.offset + len(BOM_UTF8))

    return evolve(report, problems=tuple(moved_in_text(problem, move) for problem in report))


def _without_positions(report: Report) -> Report:
    """Return a report of JSON that is not the text that people see; nothing in that text can be repaired."""
    nowhere: dict[str, Any] = dict.fromkeys(("line", "column", "offset", "end", "first", "repair"))
    problems = (evolve(problem, **nowhere) for problem in report)
    return evolve(report, problems=tuple(problems))


@define
class _KeptLines:
    """Lines that are kept from when they are read until their reports arrive; the file may be gone by then."""

    _file: BinaryIO
    _max_line: int
    _first: int = 1
    _waiting: deque[bytes] = field(factory=deque)

    def __iter__(self) -> Iterator[bytes]:
        for number, cut in enumerate(cut_lines(self._file, self._max_line), 1):
            line = cut.removesuffix(b"\n")
            if len(line.removesuffix(b"\r")) > self._max_line:
                # A copy would hold only the beginning of it.
                raise ValueError(f"line {number:,} has more than {self._max_line:,} bytes; see --max-line")
            self._waiting.append(line)
            yield line

    def pop_until(self, number: int) -> bytes:
        """Return the line of that number, and forget the lines before it."""
        while self._first < number:
            self._waiting.popleft()
            self._first += 1
        return self._waiting[0]

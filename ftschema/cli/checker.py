"""Check the jobs of a file, which may be JSON or JSON Lines and of any size."""

from __future__ import annotations

import json
import os
from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from attrs import define, evolve, field, frozen

from ftschema.cli.input import decompressed, is_json_lines, split_lines, starts_with_object_line
from ftschema.core.report import JobReport, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader

    from ftschema.core.report import LineReport
    from ftschema.validation.contract import Contract


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
    """Checks the jobs of files.

    Attributes:
        contract: The contract of the jobs.
        lifecycle: Whether to check the lifecycle rules too.
        lines: Whether each line is JSON of its own, whatever the file looks like.
        processes: Number of processes that check the lines.
        at: JSON Pointer of the jobs in each document, in which `*` is any key or index; None finds them.
        partial: Whether keys may be missing.
        keep_text: Whether the text of valid jobs is returned too; otherwise it may be empty.
    """

    contract: Contract
    lifecycle: bool = False
    lines: bool = False
    processes: int = 1
    at: str | None = None
    partial: bool = False
    keep_text: bool = False

    def check(self, raw: BufferedReader[Any]) -> Iterator[CheckedText]:
        """Yield an open file, if it is one document, or else each line, with the reports of its jobs."""
        stream = decompressed(raw)
        head = stream.read(_LARGE)
        if not self.lines and (len(head) < _LARGE or not starts_with_object_line(head)):
            head += stream.read()
            if not is_json_lines(head):
                yield self._check_text(head)
                return
        lines: Iterable[bytes] = split_lines(stream, head)
        if self.at is not None or self.partial:
            yield from (self._check_text(line, number) for number, line in enumerate(lines, 1) if line.strip())
            return
        if self.keep_text:
            kept = lines = _KeptLines(lines)
        elif raw.seekable():
            # `check_lines` reads a file ahead, or has worker processes read it. The raw stream is tested because a
            # decompressor claims to be seekable even if it reads a pipe.
            stream.seek(-len(head), os.SEEK_CUR)
            lines = stream
        for line in self.contract.check_lines(lines, lifecycle=self.lifecycle, jobs=self.processes):
            text = kept.pop_until(line.number) if self.keep_text else cast("bytes", line.text or b"")
            if _may_hold_jobs(line):
                yield self._check_text(text, line.number)
            else:
                yield CheckedText(line.number, text, (JobReport("", line.report),))

    def _check_text(self, text: bytes, line: int | None = None) -> CheckedText:
        """Return a text with the reports of its jobs; the problems in a line have its number."""
        jobs, note = self._job_reports(text)
        if line is not None:
            jobs = tuple(evolve(job, report=_in_line(job.report, line)) for job in jobs)
        return CheckedText(line, text, jobs, note)

    def _job_reports(self, text: bytes) -> tuple[tuple[JobReport, ...], str]:
        jobs = self._check_jobs(text)
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
                jobs = self._check_jobs(json.dumps(payload))
                return tuple(evolve(job, report=_without_positions(job.report)) for job in jobs), _REPR_NOTE
        return jobs, ""

    def _check_jobs(self, text: str | bytes) -> tuple[JobReport, ...]:
        return self.contract.check_jobs(text, at=self.at, lifecycle=self.lifecycle, partial=self.partial)


def _may_hold_jobs(line: LineReport) -> bool:
    """Return whether a line may be something else than one job: a page, an array, a wrapper, or not JSON."""
    return any(not problem.pointer and problem.severity == "error" for problem in line.report)


def _in_line(report: Report, number: int) -> Report:
    problems = (problem if problem.line is None else evolve(problem, line=number) for problem in report)
    return evolve(report, problems=tuple(problems))


def _without_positions(report: Report) -> Report:
    """Return a report of JSON that is not the text that people see; nothing in that text can be repaired."""
    problems = (evolve(problem, line=None, column=None, offset=None, repair=None) for problem in report)
    return evolve(report, problems=tuple(problems))


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

"""JSON Lines, checked line by line: in this process or, batch by batch, in several."""

from __future__ import annotations

from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve, frozen

from ftschema.core.report import LineReport
from ftschema.jsontext.batches import Batches, Line, Part, are_at_hand, in_little, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ftschema.core.report import Report

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

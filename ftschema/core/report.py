"""The results of a check: problems, and the report that holds them."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Protocol, TypeAlias

import msgspec
from attrs import asdict, evolve, field, frozen

from ftschema.core.absent import ABSENT
from ftschema.core.literals import Code, Severity  # noqa: TC001  # for `typing.get_type_hints`
from ftschema.core.pointer import display
from ftschema.core.readonly import ReadOnlyDict, ReadOnlyList
from ftschema.core.text import printable, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from attrs import Attribute, AttrsInstance

    from ftschema.core.output import OutputFormat

Operation: TypeAlias = dict[str, Any]
"""An operation of JSON Patch: `op`, `path`, and `value` or `from`."""

MOST_PROBLEMS: Final = 100
"""How many problems a report holds: 200,000 wrong items must not make 200,000 messages that no one reads."""

MISSING: Final = "missing required key"
"""The start of the message about a missing key; the key follows, as JSON, and advice."""

# A key without advice.
_MISSING_KEY = re.compile(f'{MISSING} "([^"\\\\]+)"')

LONGEST_POINTER: Final = 200
"""The longest pointer that is shown whole."""

# The longest text of a report, and of its hint.
_LONGEST_TEXT = 3_600
_LONGEST_HINT = 240


@frozen
class Position:
    """A position in a text.

    Attributes:
        line: Line, from 1.
        column: Column in that line, from 1, in code points.
        offset: Offset, from 0: in bytes if the text is bytes, else in characters.
    """

    line: int
    column: int
    offset: int


@frozen
class Problem:
    """One error, or warning, about a payload.

    Attributes:
        pointer: JSON Pointer (RFC 6901) of the faulty value, or of the object that lacks a key. It is empty for the
            whole document.
        code: The JSON Schema keyword that is violated (`type`, `required`, `enum`, …), the id of a lifecycle rule, or
            `json-…` if the text or the payload is not JSON.
        message: What was expected and what was found, in at most a few hundred characters.
        severity: `error`, or `warning` for what is unusual but valid.
        line: Line in the text, from 1, of the faulty value, of the object that lacks a key, or of the repeated key.
            None if a payload was checked, not a text.
        column: Column in that line, from 1, in code points.
        offset: Offset in the text, from 0: in bytes if the text is bytes, else in characters.
        repair: A JSON Patch (RFC 6902) that corrects the value, as a tuple of operations, if the intended value is
            certain; else None. It removes this problem and causes no other, alone or with the others of its report.
        keyword: JSON Pointer, by evaluation, of the keyword of the schema that is violated, and its address; None if
            the problem is not about the schema. It is only in `Report.as_output`.
        expected: What was expected, as JSON data whose form the code decides; None if the code says it all.
        found: What was found, as JSON data: the value, or a dict of its `type` and `length` if it may be long; `ABSENT`
            if nothing was. The message says both in English.
        end: Where the value, or the repeated key, ends: the position behind its last character. None if `line` is None,
            and where the text has nothing, such as at its end.
        first: Where a repeated key is for the first time; None for other problems.

    Two problems are equal if what precedes `keyword` is.
    """

    pointer: str
    code: Code
    message: str
    severity: Severity = "error"
    line: int | None = None
    column: int | None = None
    offset: int | None = None
    repair: tuple[Operation, ...] | None = field(default=None, hash=False)
    keyword: tuple[str, str] | None = field(default=None, eq=False, repr=False)
    expected: Any = field(default=None, eq=False, repr=False)
    found: Any = field(default=ABSENT, eq=False, repr=False)
    end: Position | None = field(default=None, eq=False, repr=False)
    first: Position | None = field(default=None, eq=False, repr=False)

    @property
    def display_pointer(self) -> str:
        """The pointer in the form shown to people: `(root)` for the whole document, at most about 200 characters."""
        return display(shorten(self.pointer, LONGEST_POINTER))

    @property
    def labeled_message(self) -> str:
        """The message, with the label `warning: ` in front if the problem is only a warning."""
        return self.message if self.severity == "error" else f"{self.severity}: {self.message}"

    def __str__(self) -> str:
        """Return `pointer: code: message`, and the position in the text if it is known."""
        in_text = "" if self.line is None else f" (line {self.line:,}, column {self.column:,})"
        return f"{self.display_pointer}: {self.code}: {printable(self.labeled_message)}{in_text}"


class Source(Protocol):
    """The maker of the problems and the hint of a report, used when they are first read."""

    def problems(self) -> tuple[Sequence[Problem], int]:
        """Return the problems, at least one of them an error, and the number of those left out."""

    def hint(self, problems: Sequence[Problem]) -> str | None:
        """Return the hint, given the problems."""


class _Deferred:
    """The base of `Report`, whose attributes may be made when they are first read: most callers read only `ok`."""

    __slots__ = ("_source",)

    if TYPE_CHECKING:
        _source: Source | None
    else:

        def __attrs_post_init__(self) -> None:
            object.__setattr__(self, "_source", None)

        def __getattr__(self, name: str) -> Any:
            """Return an attribute that was not made yet; threads that read it together make equal ones."""
            if name == "_source":
                # The report was unpickled.
                return None
            source = self._source
            if source is None:
                # Another thread has made it by now, or there is none.
                return object.__getattribute__(self, name)
            if name == "hint":
                object.__setattr__(self, "hint", source.hint(self.problems))
                object.__setattr__(self, "_source", None)
            else:
                problems, omitted = _first(*source.problems())
                object.__setattr__(self, "omitted", omitted)
                object.__setattr__(self, "problems", problems)
            return object.__getattribute__(self, name)


@frozen
class Report(_Deferred):
    """The result of checking one payload against one contract; iterates over its problems.

    Attributes:
        contract: Name of the contract; in front of it the kind of object, if that is not a job: `event/observed`.
        problems: The problems, in the order of the document; at most 100.
        omitted: How many more problems there are; violations of the schema are counted up to 250,000.
        hint: What the payload as a whole seems to be instead, and what to do with it; None if that is unknown.
    """

    contract: str
    problems: tuple[Problem, ...] = ()
    omitted: int = 0
    hint: str | None = None

    @classmethod
    def of(cls, contract: str, problems: Sequence[Problem], omitted: int = 0, hint: str | None = None) -> Report:
        """Return a report that shows the first problems, and counts the rest with those omitted already."""
        return cls(contract, *_first(problems, omitted), hint)

    @property
    def ok(self) -> bool:
        """Whether the payload is valid: there are no problems, or only warnings."""
        return self._source is None and all(problem.severity == "warning" for problem in self.problems)

    @property
    def kind(self) -> str:
        """The kind of object that the contract describes, such as `job`, `event` or `page`."""
        kind, slash, _ = self.contract.partition("/")
        return kind if slash else "job"

    @property
    def is_json(self) -> bool:
        """Whether the text, or the payload, is JSON, valid or not."""
        codes = {problem.code for problem in self.problems} - {"json-not-an-object"}
        return not any(code.startswith("json-") for code in codes)

    def __bool__(self) -> NoReturn:
        """Raise an error, because some would read `if report` as "it is valid", and others as "it has problems"."""
        raise TypeError("a report is neither true nor false: ask report.ok, or whether there are report.problems")

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __str__(self) -> str:
        """Return one line per problem, then the hint, in less than 4,000 characters.

        The missing keys of an object share a line.
        """
        if not self.problems:
            return f"valid for contract {self.contract!r}"
        lines: list[str] = []
        hint = [] if self.hint is None else [f"hint: {shorten(self.hint, _LONGEST_HINT)}"]
        room = _LONGEST_TEXT - sum(map(len, hint))
        more = self.omitted + len(self.problems)
        for problem, number in joined(self.problems):
            line = str(problem)
            room -= len(line) + 1
            if room < 0:
                break
            lines.append(line)
            more -= number
        if more:
            lines.append(f"… and {more:,} more")
        return "\n".join([*lines, *hint])

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON data, which shares nothing mutable with the report."""
        return {
            "ok": self.ok,
            "contract": self.contract,
            "problems": [as_data(problem) for problem in self.problems],
            "omitted": self.omitted,
            "hint": self.hint,
        }

    def as_output(self, format: OutputFormat = "basic") -> dict[str, Any]:  # noqa: A002  # as JSON Schema calls it
        """Return the report as JSON data in the output format of JSON Schema.

        Args:
            format: `basic` is of draft 2020-12, and `list` of the draft after it. Both have each problem that the
                report shows; a warning is an annotation.
        """
        from ftschema.core.output import output  # noqa: PLC0415  # few programs use it

        return output(self, format)


@frozen
class JobReport:
    """The report of one of the jobs in a text.

    Attributes:
        pointer: JSON Pointer of the job in the text; empty if the text is one job.
        report: Its report. Pointers and positions of the problems are those of the whole text.
    """

    pointer: str
    report: Report

    def __str__(self) -> str:
        """Return the report as text; the pointer of each problem begins with that of the job."""
        return str(self.report) if self.report.problems else f"{display(self.pointer)}: {self.report}"


def _first(problems: Sequence[Problem], omitted: int) -> tuple[tuple[Problem, ...], int]:
    """Return the problems that a report shows, and the number of all others."""
    shown = tuple(problems[:MOST_PROBLEMS])
    return shown, omitted + len(problems) - len(shown)


def moved_in_text(problem: Problem, move: Callable[[Position], Position]) -> Problem:
    """Return a problem with each of its positions moved; one without a position is returned unchanged."""
    if problem.line is None or problem.column is None or problem.offset is None:
        return problem
    start = move(Position(problem.line, problem.column, problem.offset))
    return placed(problem, start, problem.end and move(problem.end), problem.first and move(problem.first))


def placed(problem: Problem, start: Position, end: Position | None, first: Position | None) -> Problem:
    """Return a problem with its positions, in a fifth of the time that `attrs.evolve` takes."""
    return Problem(
        problem.pointer,
        problem.code,
        problem.message,
        problem.severity,
        start.line,
        start.column,
        start.offset,
        problem.repair,
        problem.keyword,
        problem.expected,
        problem.found,
        end,
        first,
    )


def later(contract: str, source: Source) -> Report:
    """Return the report of an invalid payload that makes its problems when they are first read."""
    report = Report.__new__(Report)
    object.__setattr__(report, "contract", contract)
    object.__setattr__(report, "_source", source)
    return report


def has_problems(report: Report) -> bool:
    """Return whether a report has problems, perhaps only warnings, without making them."""
    return report._source is not None or bool(report.problems)  # noqa: SLF001  # of this module


def changed(report: Report, change: Callable[[Sequence[Problem]], Sequence[Problem]]) -> Report:
    """Return a report with its problems changed, when they are first read if they are not made yet."""
    if report._source is None:  # noqa: SLF001  # of this module
        return evolve(report, problems=tuple(change(report.problems))) if report.problems else report
    return later(report.contract, _Changed(report, change))


class _Changed(NamedTuple):
    """The source of a report that is another one with its problems changed."""

    report: Report
    change: Callable[[Sequence[Problem]], Sequence[Problem]]

    def problems(self) -> tuple[Sequence[Problem], int]:
        return self.change(self.report.problems), self.report.omitted

    def hint(self, _: object) -> str | None:
        return self.report.hint


def in_line(report: Report, number: int) -> Report:
    """Return the report of a line of a text with the number of the line as that of its positions."""

    def move(at: Position) -> Position:
        return Position(number, at.column, at.offset)

    return changed(report, lambda problems: [moved_in_text(problem, move) for problem in problems])


def below(pointer: str, problem: Problem) -> Problem:
    """Return a problem of a value as one of the document that has the value at a pointer."""
    repair = problem.repair and tuple(
        {key: pointer + value if key in {"path", "from"} else value for key, value in operation.items()}
        for operation in problem.repair
    )
    return evolve(problem, pointer=pointer + problem.pointer, repair=repair)


def fitting(problems: Iterable[Problem], most: int = MOST_PROBLEMS) -> list[Problem]:
    """Return problems until their pointers have a thousand characters each on average, because a key may have millions.

    Args:
        problems: The problems.
        most: How many there are at most.
    """
    found: list[Problem] = []
    room = 1_000 * most
    for problem in problems:
        found.append(problem)
        room -= len(problem.pointer)
        if room < 0:
            break
    return found


def joined(problems: Iterable[Problem]) -> Iterator[tuple[Problem, int]]:
    """Yield each problem as it is shown to people, and how many it stands for: missing keys of an object are joined.

    A key for which there is advice keeps a line of its own.
    """
    for place, group in groupby(problems, _missing_from):
        first, *others = group
        if place is None or not others:
            for problem in (first, *others):
                yield problem, 1
        else:
            keys = [problem.message[len(MISSING) + 2 : -1] for problem in (first, *others)]
            yield evolve(first, message=f"{MISSING}s: {', '.join(keys)}"), len(keys)


def _missing_from(problem: Problem) -> tuple[Any, ...] | None:
    """Return the place of the object that lacks a key; None for another problem, and if there is advice."""
    if problem.code != "required" or not _MISSING_KEY.fullmatch(problem.message):
        return None
    return problem.pointer, problem.line, problem.column


def as_data(value: AttrsInstance) -> dict[str, Any]:
    """Return an object as JSON data: a dict of its attributes, with lists for tuples."""
    return asdict(value, filter=is_data, value_serializer=lambda _, __, member: _plain(member))


def is_data(attribute: Attribute[Any], member: Any) -> bool:
    """Return whether an attribute is in JSON data: of a problem, `found` and `first` are only if there is something."""
    return not (attribute.name == "keyword" or member is ABSENT or (attribute.name == "first" and member is None))


def _plain(value: Any) -> Any:
    if isinstance(value, ReadOnlyDict):
        return {key: _plain(member) for key, member in value.items()}
    return [*value] if isinstance(value, tuple | ReadOnlyList) else value


def cycle_report(contract: str) -> Report:
    """Return the report of an object in which Python's recursion limit was exceeded."""
    message = "expected JSON data, found an object that contains itself or is nested too deeply"
    return Report(contract, (Problem("", "json-cycle", message),))


# A struct, because it is made in a quarter of the time of an attrs class, and a file may have millions of lines.
class LineReport(msgspec.Struct, frozen=True, gc=False):
    """The result of checking one line of JSON Lines.

    Attributes:
        number: Number of the line, from 1; blank lines count, but have no report.
        report: The report. In its problems `line` is this number, and `offset` counts from the start of the line.
        text: The line without its line break, if there are problems; else None.
    """

    number: int
    report: Report
    text: str | bytes | None = None

    def __str__(self) -> str:
        """Return the report as text; each problem says the line."""
        return str(self.report) if self.report.problems else f"line {self.number:,}: {self.report}"

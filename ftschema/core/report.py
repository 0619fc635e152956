"""What a check found: problems, each at a place, and the report that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec
from attrs import asdict, field, frozen

from ftschema.core.pointer import called
from ftschema.core.text import clip, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrs import AttrsInstance

Operation: TypeAlias = dict[str, Any]
"""An operation of JSON Patch: `op`, `path`, and `value` or `from`."""

MOST_PROBLEMS: Final = 100
"""How many problems a report holds: nobody reads more, and 200,000 wrong items shall not make 200,000 messages."""

# What str() of a report may take, and the pointer in one of its lines, and its hint.
_LONGEST_TEXT = 3_600
_LONGEST_POINTER = 200
_LONGEST_HINT = 240


@frozen
class Problem:
    """One thing that is wrong, or odd, with a payload.

    Attributes:
        pointer: RFC 6901 JSON Pointer of the faulty value, or of the object that lacks a key. The empty
            string is the whole document.
        code: The JSON Schema keyword that is not met (`type`, `required`, `enum`, …), the id of a lifecycle
            rule, or `json-…` for what is not JSON.
        message: What was expected and what was found, in at most a few hundred characters.
        severity: `error`, or `warning` for what is only odd.
        line: Line in the text, from 1, of the faulty value, of the object that lacks a key, or of the second key where
            one is repeated. None where a payload was checked and no text.
        column: Column in that line, from 1, in code points.
        offset: Where it begins in the text, from 0: in bytes where the text is bytes, else in characters.
        repair: A JSON Patch (RFC 6902) that mends it, as a tuple of operations, where it is certain what was meant;
            None elsewhere. It removes this problem and brings no other, alone and with the others of its report.
    """

    pointer: str
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"
    line: int | None = None
    column: int | None = None
    offset: int | None = None
    repair: tuple[Operation, ...] | None = field(default=None, hash=False)

    @property
    def display_pointer(self) -> str:
        """The pointer as people read it: `(root)` for the whole document, and cut to about 200 characters."""
        return called(clip(self.pointer, _LONGEST_POINTER))

    @property
    def labeled_message(self) -> str:
        """The message, with the label `warning: ` in front if the problem is only a warning."""
        return self.message if self.severity == "error" else f"{self.severity}: {self.message}"

    def __str__(self) -> str:
        """Return `pointer: code: message`, and the place in the text; the whole document is shown as `(root)`."""
        in_text = "" if self.line is None else f" (line {self.line:,}, column {self.column:,})"
        return f"{self.display_pointer}: {self.code}: {printable(self.labeled_message)}{in_text}"


@frozen
class Report:
    """What a check of one payload against one contract found; iterates over its problems.

    Attributes:
        contract: Name of the contract.
        problems: What was found, in the order of the document; at most 100.
        omitted: How many more problems there were.
        hint: What the payload seems to be instead, and what to do with it, where that can be told of it as a whole.
    """

    contract: str
    problems: tuple[Problem, ...] = ()
    omitted: int = 0
    hint: str | None = None

    @classmethod
    def of(cls, contract: str, problems: Sequence[Problem], omitted: int = 0, hint: str | None = None) -> Report:
        """Return a report that shows the first problems, and counts the rest with those omitted already."""
        shown = tuple(problems[:MOST_PROBLEMS])
        return cls(contract, shown, omitted + len(problems) - len(shown), hint)

    @property
    def ok(self) -> bool:
        """Whether the payload keeps to the contract: there are no problems but warnings."""
        return all(problem.severity == "warning" for problem in self.problems)

    @property
    def is_json(self) -> bool:
        """Whether what was checked is JSON, a job or not."""
        codes = {problem.code for problem in self.problems} - {"json-not-an-object"}
        return not any(code.startswith("json-") for code in codes)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __str__(self) -> str:
        """Return one line a problem, and the hint below them, in less than 4,000 characters."""
        if not self.problems:
            return f"valid for the contract {self.contract}"
        lines: list[str] = []
        hint = [] if self.hint is None else [f"hint: {clip(self.hint, _LONGEST_HINT)}"]
        room = _LONGEST_TEXT - sum(map(len, hint))
        for problem in self.problems:
            line = str(problem)
            room -= len(line) + 1
            if room < 0:
                break
            lines.append(line)
        more = self.omitted + len(self.problems) - len(lines)
        if more:
            lines.append(f"… and {more:,} more")
        return "\n".join([*lines, *hint])

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON data, all problems with all their attributes; it shares nothing with the report."""
        return {
            "ok": self.ok,
            "contract": self.contract,
            "problems": [as_data(problem) for problem in self.problems],
            "omitted": self.omitted,
            "hint": self.hint,
        }


@frozen
class JobReport:
    """The report of one of the jobs in a text.

    Attributes:
        pointer: JSON Pointer of the job in the text; empty if the text is one job.
        report: Its report. Pointers and positions of the problems are those of the whole text.
    """

    pointer: str
    report: Report


def as_data(value: AttrsInstance) -> dict[str, Any]:
    """Return an object as JSON data: with its attributes as keys, and lists for tuples."""
    return asdict(value, value_serializer=lambda _, __, member: list(member) if isinstance(member, tuple) else member)


def cycle_report(contract: str) -> Report:
    """Return the report of an object in which Python's recursion limit was exceeded."""
    message = "expected JSON data, found an object that contains itself or is nested too deeply"
    return Report(contract, (Problem("", "json-cycle", message),))


# Made in a quarter of the time that a class of attrs takes, and there is one for each of millions of lines.
class LineReport(msgspec.Struct, frozen=True, gc=False):
    """What a check of one line of JSON Lines found.

    Attributes:
        number: Number of the line, from 1; blank lines count, and have no report.
        report: What was found. In its problems `line` is this number, and `offset` counts from the start of the line.
        text: The line without its end, where something was found; else None.
    """

    number: int
    report: Report
    text: str | bytes | None = None

"""The table of the output formats of `check`, and their base class.

To add a format, write a subclass of `Format` in a module of its own, and add a row to `FORMATS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Final

from attrs import Factory, define, frozen

from ftschema.cli.files import display_name
from ftschema.core.text import plural

if TYPE_CHECKING:
    from ftschema.cli.output import Output
    from ftschema.core.report import Problem, Report

FORMATS: Final = {
    "text": ("text", "Text"),
    "json": ("json", "Json"),
    "jsonl": ("json", "JsonLines"),
    "github": ("github", "GitHub"),
    "sarif": ("sarif", "Sarif"),
    "junit": ("junit", "JUnit"),
    "html": ("html", "Html"),
}
"""Each format with its module, which is imported when the format is used, and its class."""


def format_class(name: str) -> type[Format]:
    """Return the class of a format."""
    module, class_name = FORMATS[name]
    cls: type[Format] = getattr(import_module(f"ftschema.cli.formats.{module}"), class_name)
    return cls


@frozen
class CheckedDocument:
    """A job that was checked.

    Attributes:
        path: The file as it was named; `-` is the standard input.
        line: Number of the line in JSON Lines; None if the file is one document.
        report: The problems to show.
        pointer: Where the job is in the file or the line; empty if that is the job.
        invalid: Whether the job counts as invalid.
        text: The text in which the offsets of the problems count; empty for a job without problems, and None if it must
            not be shown.
    """

    path: str
    line: int | None
    report: Report
    pointer: str = ""
    invalid: bool = True
    text: bytes | None = b""

    @property
    def is_whole(self) -> bool:
        """Whether the job is the whole file."""
        return self.line is None and not self.pointer

    def line_of(self, problem: Problem | None) -> int | None:
        """Return the line of a problem in the file; for None that of the job."""
        return self.line if problem is None or problem.line is None else problem.line

    def place(self, problem: Problem | None = None) -> str:
        """Return `path:line:column` of a problem, or `path:line#pointer` of the job, as far as these are known."""
        numbers = (self.line_of(problem), None if problem is None else problem.column)
        place = ":".join([display_name(self.path), *(str(number) for number in numbers if number is not None)])
        return f"{place}#{self.pointer}" if problem is None and self.pointer else place

    def notes(self) -> list[str]:
        """Return the notes about the whole job: how many problems are not shown, and the hint."""
        more, hint = self.report.omitted, self.report.hint
        return [*([f"… and {plural(more, 'more problem')}"] if more else []), *([f"hint: {hint}"] if hint else [])]


@define
class Totals:
    """The counts of a run.

    Attributes:
        contract: Name of the contract.
        checked: Number of jobs that were checked.
        invalid: Number of those that are invalid.
        problems: Number of problems, including warnings.
        shown: Number of problems that the format was given.
        unreadable: Number of files that could not be read.
        interrupted: Whether the run was interrupted.
        kinds: Number of objects of each kind.
    """

    contract: str
    checked: int = 0
    invalid: int = 0
    problems: int = 0
    shown: int = 0
    unreadable: int = 0
    interrupted: bool = False
    kinds: dict[str, int] = Factory(dict)

    def summary(self) -> str:
        """Return the counts as one line."""
        unreadable = f", {plural(self.unreadable, 'file')} unreadable" if self.unreadable else ""
        return (
            f"{self._checked()} checked against {self.contract}: "
            f"{self.checked - self.invalid:,} valid, {self.invalid:,} invalid, "
            f"{plural(self.problems, 'problem')}{unreadable}"
        )

    def _checked(self) -> str:
        """Return how many objects were checked, by their kinds if they are of several."""
        if len(self.kinds) < 2:  # noqa: PLR2004  # one kind has the same number
            return plural(self.checked, next(iter(self.kinds), "job"))
        each = ", ".join(plural(number, kind) for kind, number in self.kinds.items())
        return f"{plural(self.checked, 'object')} ({each})"


@define
class Format:
    """Writes the results of a run, one document at a time; this base class writes nothing.

    Attributes:
        encoding: The encoding of the output; None is that of the terminal.
        wants_valid: Whether `add` is called for valid documents too.
        output: The destination.
        contract: Name of the contract.
    """

    encoding: ClassVar[str | None] = "utf-8"
    wants_valid: ClassVar[bool] = False

    output: Output
    contract: str

    def begin(self) -> None:
        """Write what comes before the first document."""

    def add(self, document: CheckedDocument) -> None:
        """Write a document."""

    def add_unreadable(self, path: str, reason: str) -> None:
        """Write that a file cannot be read."""

    def end(self, totals: Totals) -> None:
        """Write what comes after the last document."""

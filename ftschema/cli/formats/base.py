"""What the formats of a run's output have in common: each is told of documents, one after the other, and of the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from ftschema.core.text import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftschema.core.report import Report


@frozen
class Document:
    """A job that was checked.

    Attributes:
        path: The file that it stands in, as it was named; `-` is the standard input.
        line: The number of its line where the file has one job on each; None where the file is the job.
        report: What is shown of what is wrong with it.
        invalid: Whether it counts as invalid.
        text: What the offsets of the problems count in; empty unless the format wants it.
    """

    path: str
    line: int | None
    report: Report
    invalid: bool = True
    text: bytes = b""

    def notes(self) -> list[str]:
        """Return what is to be said of the whole: how many problems are left out, and what the job seems to be."""
        more, hint = self.report.omitted, self.report.hint
        return [*([f"… and {count(more, 'more problem')}"] if more else []), *([f"hint: {hint}"] if hint else [])]


@define
class Totals:
    """What a run has counted.

    Attributes:
        contract: Name of the contract.
        checked: How many jobs were checked.
        invalid: How many of them are invalid.
        problems: How many problems there are, warnings included.
        shown: How many of these were told to the format.
        unreadable: How many files could not be read.
        interrupted: Whether the run was broken off.
    """

    contract: str
    checked: int = 0
    invalid: int = 0
    problems: int = 0
    shown: int = 0
    unreadable: int = 0
    interrupted: bool = False

    def summary(self) -> str:
        """Return the counts as one line."""
        unreadable = f", {count(self.unreadable, 'file')} unreadable" if self.unreadable else ""
        return (
            f"{count(self.checked, 'job')} checked against {self.contract}: "
            f"{self.checked - self.invalid:,} valid, {self.invalid:,} invalid, "
            f"{count(self.problems, 'problem')}{unreadable}"
        )


@frozen
class Sink:
    """Where the output goes.

    Attributes:
        write: Takes text.
        colour: Whether it may be coloured.
        width: How many characters a line of the terminal holds; None where there is no terminal.
    """

    write: Callable[[str], object]
    colour: bool = False
    width: int | None = None


@define
class Format:
    """How the output of a run is written; this one writes nothing.

    Attributes:
        sink: Where it goes.
        wants_text: Whether the documents shall come with their text.
        wants_valid: Whether valid documents shall come too.
    """

    sink: Sink
    wants_text: bool = field(default=False, init=False)
    wants_valid: bool = field(default=False, init=False)

    def begin(self, contract: str) -> None:
        """Write what stands before all documents."""

    def add(self, document: Document) -> None:
        """Write a document."""

    def add_unreadable(self, path: str, reason: str) -> None:
        """Write that a file cannot be read."""

    def end(self, totals: Totals) -> None:
        """Write what stands after all documents."""

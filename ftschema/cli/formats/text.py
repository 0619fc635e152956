"""The format `text`: one line a problem, for people and for tools that parse `path:line:column:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import click
from attrs import define

from ftschema.cli.formats.base import Format
from ftschema.core.report import joined
from ftschema.core.text import plural, printable

if TYPE_CHECKING:
    from ftschema.cli.formats.base import CheckedDocument, Totals
    from ftschema.core.report import Problem

_COLORS = {"error": "red", "warning": "yellow"}


@define
class Text(Format):
    """One line a problem, or for all missing keys of an object; on a terminal, the line of the file is below."""

    encoding: ClassVar[str | None] = None

    def add(self, document: CheckedDocument) -> None:
        for problem, _ in joined(document.report):
            self.output.write(f"{self._line(document, problem)}\n")
            text = document.text
            if self.output.width is not None and problem.offset is not None and text is not None:
                from ftschema.cli.formats.carets import source_lines  # noqa: PLC0415  # only a terminal has carets

                for line in source_lines(text, problem, self.output.width):
                    self.output.write(f"{self._styled(line, dim=True)}\n")
        for note in document.notes():
            self.output.write(printable(f"{document.place()}: {note}") + "\n")

    def _line(self, document: CheckedDocument, problem: Problem) -> str:
        place = self._styled(f"{printable(document.place(problem))}:", bold=True)
        code = self._styled(problem.code, fg=_COLORS[problem.severity])
        pointer = self._styled(f"{problem.display_pointer}:", fg="cyan")
        return f"{place} {code} {pointer} {printable(problem.labeled_message)}"

    def _styled(self, text: str, **style: Any) -> str:
        return click.style(text, **style) if self.output.color else text

    def end(self, totals: Totals) -> None:
        if totals.shown < totals.problems:
            self.output.write(f"{totals.shown:,} of {plural(totals.problems, 'problem')} shown\n")
        self.output.write(f"{totals.summary()}\n")

"""The format `text`: one line a problem, for people and for the tools that know `path:line:column:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from attrs import define

from ftschema.cli.files import shown
from ftschema.cli.formats.base import Format
from ftschema.core.pointer import called
from ftschema.core.text import clip, count, printable

if TYPE_CHECKING:
    from ftschema.cli.formats.base import Document, Totals
    from ftschema.core.report import Problem

_LONGEST_POINTER = 200
_COLOURS = {"error": "red", "warning": "yellow"}


@define
class Text(Format):
    """Lines of text, on a terminal with the line of the source below each."""

    def __attrs_post_init__(self) -> None:
        self.wants_text = self.sink.width is not None

    def add(self, document: Document) -> None:
        for problem in document.report:
            self.sink.write(f"{self._line(document, problem)}\n")
            if self.sink.width is not None and problem.offset is not None:
                from ftschema.cli.formats.carets import source_lines  # noqa: PLC0415  # only a terminal has carets

                for line in source_lines(document.text, problem, self.sink.width):
                    self.sink.write(f"{self._paint(line, dim=True)}\n")
        for note in document.notes():
            self.sink.write(f"{_place(document)}: {printable(note)}\n")

    def _line(self, document: Document, problem: Problem) -> str:
        mark = "" if problem.severity == "error" else f"{problem.severity}: "
        place = self._paint(f"{_place(document, problem)}:", bold=True)
        code = self._paint(problem.code, fg=_COLOURS[problem.severity])
        pointer = self._paint(f"{called(clip(problem.pointer, _LONGEST_POINTER))}:", fg="cyan")
        return f"{place} {code} {pointer} {mark}{printable(problem.message)}"

    def _paint(self, text: str, **style: Any) -> str:
        return click.style(text, **style) if self.sink.colour else text

    def end(self, totals: Totals) -> None:
        if totals.shown < totals.problems:
            self.sink.write(f"{totals.shown:,} of {count(totals.problems, 'problem')} shown\n")
        self.sink.write(f"{totals.summary()}\n")


def _place(document: Document, problem: Problem | None = None) -> str:
    line = document.line if problem is None or problem.line is None else problem.line
    column = None if problem is None else problem.column
    return ":".join([shown(document.path), *(str(number) for number in (line, column) if number is not None)])

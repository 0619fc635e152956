"""The format `github`: workflow commands, which GitHub Actions shows as annotations of the changed lines.

Facts, from the source of the toolkit (actions/toolkit, packages/core/src/command.ts): `%`, carriage returns and line
feeds are escaped in the message; in a property, colons and commas are escaped too. The latter two have other escapes
here, as in every format, since GitHub would break the line. Columns must not be given for a range of several lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from attrs import define

from ftschema.cli.files import display_name
from ftschema.cli.formats.base import Format
from ftschema.core.pointer import display
from ftschema.core.text import printable

if TYPE_CHECKING:
    from ftschema.cli.formats.base import CheckedDocument, Totals

_IN_MESSAGE = str.maketrans({"%": "%25"})
_IN_PROPERTY = {**_IN_MESSAGE, **str.maketrans({":": "%3A", ",": "%2C"})}


@define
class GitHub(Format):
    """A command for each problem and for each file that cannot be read, and the summary."""

    encoding: ClassVar[str | None] = None

    def add(self, document: CheckedDocument) -> None:
        for problem in document.report:
            message = f"{display(problem.pointer)}: {problem.message}"
            line = document.line_of(problem)
            place: dict[str, Any] = {"line": line}
            if problem.end is None:
                place |= {"col": problem.column}
            elif problem.end.line == line:
                place |= {"endLine": line, "col": problem.column, "endColumn": problem.end.column}
            else:
                place |= {"endLine": problem.end.line}
            self._command(problem.severity, document.path, message, **place, title=problem.code)
        for note in document.notes():
            self._command("notice", document.path, note, line=document.line)

    def add_unreadable(self, path: str, reason: str) -> None:
        self._command("error", path, f"cannot be read: {reason}")

    def end(self, totals: Totals) -> None:
        self.output.write(f"{totals.summary()}\n")

    def _command(self, name: str, path: str, message: str, **values: int | str | None) -> None:
        # The standard input is not a file of the change.
        values = {"file": "" if path == "-" else display_name(path), **values}
        properties = ",".join(
            f"{key}={printable(str(value)).translate(_IN_PROPERTY)}" for key, value in values.items() if value
        )
        self.output.write(f"::{name} {properties}".rstrip() + f"::{printable(message).translate(_IN_MESSAGE)}\n")

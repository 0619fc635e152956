"""The format `junit`: the XML that CI servers read, with a suite for each file and a test case for each job.

Facts: the schema of Jenkins (jenkins-junit.xsd) requires the number of tests in the start tag of a suite; XML 1.0
cannot represent most control characters, U+FFFE and U+FFFF, not even as references.
"""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, ClassVar
from xml.sax.saxutils import escape, quoteattr

from attrs import define, field

from ftschema.cli.files import display_name
from ftschema.cli.formats.base import Format
from ftschema.core.pointer import display
from ftschema.core.text import printable

if TYPE_CHECKING:
    from typing import IO

    from ftschema.cli.formats.base import CheckedDocument, Totals
    from ftschema.core.report import Problem

# The test cases of a suite are buffered until their number is known; above this size, in bytes, on disk.
_IN_MEMORY = 1 << 20


def _buffer() -> IO[str]:
    return SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8")


@define
class _Suite:
    """The test cases of a file."""

    path: str
    contract: str
    tests: int = 0
    failures: int = 0
    errors: int = 0
    cases: IO[str] = field(factory=_buffer)

    def add(self, name: str, *content: str) -> None:
        self.tests += 1
        self.cases.write(f"<testcase classname={_quoted(self.contract)} name={_quoted(name)}>{''.join(content)}")
        self.cases.write("</testcase>\n")


@define
class JUnit(Format):
    """A test suite for each file; a job without problems, or with warnings only, is a test case that passed."""

    wants_valid: ClassVar[bool] = True

    _suite: _Suite | None = field(default=None, init=False)

    def begin(self) -> None:
        self.output.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="ftschema">\n')

    def add(self, document: CheckedDocument) -> None:
        suite = self._suite_of(document.path)
        lines = [_line(document, problem) for problem in document.report]
        lines += document.notes()
        if document.invalid:
            suite.failures += 1
            codes = [*(problem.code for problem in document.report), *("note" for _ in document.notes())]
            content = [_element("failure", code, line) for code, line in zip(codes, lines, strict=True)]
        else:
            content = [f"<system-out>{_text(lines)}</system-out>"] if lines else []
        suite.add(document.place(), *content)

    def add_unreadable(self, path: str, reason: str) -> None:
        suite = self._suite_of(path)
        suite.errors += 1
        suite.add(
            display_name(path), _element("error", "unreadable", f"{display_name(path)}: cannot be read: {reason}")
        )

    def end(self, totals: Totals) -> None:
        self._close()
        self.output.write("</testsuites>\n")

    def _suite_of(self, path: str) -> _Suite:
        if self._suite is None or self._suite.path != path:
            self._close()
            self._suite = _Suite(path, f"ftschema.{self.contract}")
        return self._suite

    def _close(self) -> None:
        suite = self._suite
        if suite is None:
            return
        counts = f'tests="{suite.tests}" failures="{suite.failures}" errors="{suite.errors}"'
        self.output.write(f"<testsuite name={_quoted(display_name(suite.path))} {counts}>\n")
        with suite.cases as cases:
            cases.seek(0)
            while block := cases.read(_IN_MEMORY):
                self.output.write(block)
        self.output.write("</testsuite>\n")
        self._suite = None


def _line(document: CheckedDocument, problem: Problem) -> str:
    return f"{document.place(problem)}: {problem.code} {display(problem.pointer)}: {problem.labeled_message}"


def _element(name: str, kind: str, message: str) -> str:
    return f"<{name} type={_quoted(kind)} message={_quoted(message)}/>"


def _quoted(text: str) -> str:
    return quoteattr(printable(text))


def _text(lines: list[str]) -> str:
    return escape("\n".join(map(printable, lines)))

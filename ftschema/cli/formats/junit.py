"""The format `junit`: the XML that CI servers read, with a suite for each file and a test case for each job.

Facts: most readers show one failure of a test case, its message as heading and its body below. The schema of Jenkins
(jenkins-junit.xsd) requires the number of tests in the start tag of a suite. XML 1.0 cannot represent most control
characters, U+FFFE and U+FFFF, not even as references. Times have the form that pytest writes.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
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
    timestamp: str = field(factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    start: float = field(factory=time.monotonic)
    seconds: float = 0

    def add(self, name: str, content: str) -> None:
        self.tests += 1
        # A case takes the time since the one before it.
        before, self.seconds = self.seconds, time.monotonic() - self.start
        attributes = f'name={_quoted(name)} time="{self.seconds - before:.3f}"'
        self.cases.write(f"<testcase classname={_quoted(self.contract)} {attributes}>{content}</testcase>\n")


@define
class JUnit(Format):
    """A test suite for each file; a job without problems, or with warnings only, is a test case that passed."""

    wants_valid: ClassVar[bool] = True

    _suite: _Suite | None = field(default=None, init=False)

    def begin(self) -> None:
        self.output.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="ftschema">\n')

    def add(self, document: CheckedDocument) -> None:
        suite = self._suite_of(document.path)
        problems = document.report.problems
        lines = [*(_line(document, problem) for problem in problems), *document.notes()]
        if document.invalid:
            suite.failures += 1
            suite.add(document.place(), _element("failure", problems[0].code if problems else "note", lines))
        else:
            suite.add(document.place(), f"<system-out>{_text(lines)}</system-out>" if lines else "")

    def add_unreadable(self, path: str, reason: str) -> None:
        suite = self._suite_of(path)
        suite.errors += 1
        line = f"{display_name(path)}: cannot be read: {reason}"
        suite.add(display_name(path), _element("error", "unreadable", [line]))

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
        times = f'time="{suite.seconds:.3f}" timestamp="{suite.timestamp}"'
        self.output.write(f"<testsuite name={_quoted(display_name(suite.path))} {counts} {times}>\n")
        with suite.cases as cases:
            cases.seek(0)
            while block := cases.read(_IN_MEMORY):
                self.output.write(block)
        self.output.write("</testsuite>\n")
        self._suite = None


def _line(document: CheckedDocument, problem: Problem) -> str:
    return f"{document.place(problem)}: {problem.code} {display(problem.pointer)}: {problem.labeled_message}"


def _element(name: str, kind: str, lines: list[str]) -> str:
    """Return the one failure or error of a test case: its first line is the message, and the body has all."""
    return f"<{name} type={_quoted(kind)} message={_quoted(lines[0])}>{_text(lines)}</{name}>"


def _quoted(text: str) -> str:
    return quoteattr(printable(text))


def _text(lines: list[str]) -> str:
    return escape("\n".join(map(printable, lines)))

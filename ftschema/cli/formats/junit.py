"""The format `junit`: XML as CI servers read it for tests, a suite for each file and a case for each job.

Facts: the schema of Jenkins (jenkins-junit.xsd) asks each suite how many tests it holds, before the tests; XML 1.0 has
no form at all for most control characters, U+FFFE and U+FFFF.
"""

from __future__ import annotations

import re
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from attrs import define, field

from ftschema.cli.files import named
from ftschema.cli.formats.base import Format
from ftschema.core.pointer import called

if TYPE_CHECKING:
    from typing import IO

    from ftschema.cli.formats.base import Document, Totals
    from ftschema.core.report import Problem

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The cases of a suite wait here until it is known how many there are; more of them than this, in bytes, on disk.
_IN_MEMORY = 1 << 20


def _room() -> IO[str]:
    return SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8")


@define
class _Suite:
    """The cases of a file."""

    path: str
    contract: str
    tests: int = 0
    failures: int = 0
    errors: int = 0
    cases: IO[str] = field(factory=_room)

    def add(self, name: str, *content: str) -> None:
        self.tests += 1
        self.cases.write(f"<testcase classname={_quoted(self.contract)} name={_quoted(name)}>{''.join(content)}")
        self.cases.write("</testcase>\n")


@define
class JUnit(Format):
    """Suites of XML; a job without problems is a case that passed, and so is one with warnings only."""

    wants_valid: bool = field(default=True, init=False)
    _contract: str = field(default="", init=False)
    _suite: _Suite | None = field(default=None, init=False)

    def begin(self, contract: str) -> None:
        self._contract = contract
        self.sink.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="ftschema">\n')

    def add(self, document: Document) -> None:
        suite = self._of(document.path)
        lines = [_line(document, problem) for problem in document.report]
        lines += document.notes()
        if document.invalid:
            suite.failures += 1
            codes = [*(problem.code for problem in document.report), *("note" for _ in document.notes())]
            content = [_element("failure", code, line) for code, line in zip(codes, lines, strict=True)]
        else:
            content = [f"<system-out>{_text(chr(10).join(lines))}</system-out>"] if lines else []
        suite.add(_name(document), *content)

    def add_unreadable(self, path: str, reason: str) -> None:
        suite = self._of(path)
        suite.errors += 1
        suite.add(named(path), _element("error", "unreadable", f"{named(path)}: cannot be read: {reason}"))

    def end(self, totals: Totals) -> None:  # noqa: ARG002  # as each format is told
        self._close()
        self.sink.write("</testsuites>\n")

    def _of(self, path: str) -> _Suite:
        if self._suite is None or self._suite.path != path:
            self._close()
            self._suite = _Suite(path, f"ftschema.{self._contract}")
        return self._suite

    def _close(self) -> None:
        suite = self._suite
        if suite is None:
            return
        counts = f'tests="{suite.tests}" failures="{suite.failures}" errors="{suite.errors}"'
        self.sink.write(f"<testsuite name={_quoted(named(suite.path))} {counts}>\n")
        with suite.cases as cases:
            cases.seek(0)
            while block := cases.read(_IN_MEMORY):
                self.sink.write(block)
        self.sink.write("</testsuite>\n")
        self._suite = None


def _name(document: Document) -> str:
    return named(document.path) if document.line is None else f"{named(document.path)}:{document.line}"


def _line(document: Document, problem: Problem) -> str:
    place = _name(document) if document.line or problem.line is None else f"{_name(document)}:{problem.line}"
    mark = "" if problem.severity == "error" else f"{problem.severity}: "
    what = f"{problem.code} {called(problem.pointer)}: {mark}{problem.message}"
    return f"{place}{'' if problem.column is None else f':{problem.column}'}: {what}"


def _element(name: str, kind: str, message: str) -> str:
    return f"<{name} type={_quoted(kind)} message={_quoted(message)}/>"


def _quoted(text: str) -> str:
    return quoteattr(_allowed(text))


def _text(text: str) -> str:
    return escape(_allowed(text))


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)

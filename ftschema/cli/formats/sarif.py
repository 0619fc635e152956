"""The format `sarif`: SARIF 2.1.0, for code scanning and editors.

Facts, from the specification (OASIS, SARIF 2.1.0 plus errata 01): lines and columns count from 1 (3.30.2), columns in
the unit of `columnKind` (3.14.27), and a region ends behind its last character (3.30.8); a relative URI has a base that
`uriBaseId` names (3.4.4); a fingerprint identifies a result even if its line moves (3.27.17). The keys of an object
have no order, so results are written as they come, and the rules they refer to at the end.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from attrs import define, field

from ftschema.cli.files import display_name
from ftschema.cli.formats.base import Format
from ftschema.cli.formats.fixes import replacements
from ftschema.core.pointer import display
from ftschema.core.text import printable
from ftschema.schemas.rules import meaning

if TYPE_CHECKING:
    from ftschema.cli.formats.base import CheckedDocument, Totals
    from ftschema.cli.formats.fixes import Replacement
    from ftschema.core.report import Problem

# Where the standard publishes its schema.
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
# As in pyproject.toml.
_DOCUMENTATION = "https://ftschema.invalid/README.md"


@define
class Sarif(Format):
    """One run, with a result for each problem and a notification for each file that cannot be read."""

    _separator: str = field(default="\n", init=False)
    # The index of each code in the list of rules.
    _rules: dict[str, int] = field(factory=dict, init=False)
    _notifications: list[dict[str, Any]] = field(factory=list, init=False)
    # The current file, its location, and how often each fingerprint occurred in it.
    _path: str = field(default="", init=False)
    _artifact: dict[str, str] = field(factory=dict, init=False)
    _seen: Counter[str] = field(factory=Counter, init=False)

    def begin(self) -> None:
        self.output.write(f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{{"results": [')

    def add(self, document: CheckedDocument) -> None:
        if document.path != self._path:
            self._path, self._artifact, self._seen = document.path, _artifact(document.path), Counter()
        for problem in document.report:
            self.output.write(f"{self._separator}{json.dumps(self._result(document, problem))}")
            self._separator = ",\n"

    def add_unreadable(self, path: str, reason: str) -> None:
        self._notifications.append(
            {
                "level": "error",
                "message": {"text": printable(f"cannot be read: {reason}")},
                "locations": [{"physicalLocation": {"artifactLocation": _artifact(path)}}],
            }
        )

    def end(self, totals: Totals) -> None:
        driver = {
            "name": "ftschema",
            "semanticVersion": version("ftschema"),
            "informationUri": _DOCUMENTATION,
            "rules": [_rule(code) for code in self._rules],
        }
        invocation = {
            # Whether the tool itself worked, whatever problems it found.
            "executionSuccessful": not (totals.unreadable or totals.interrupted),
            "toolExecutionNotifications": self._notifications,
        }
        rest = {
            "tool": {"driver": driver},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "properties": {"contract": totals.contract, "summary": totals.summary()},
        }
        self.output.write(f"\n], {json.dumps(rest)[1:-1]}}}]}}\n")

    def _result(self, document: CheckedDocument, problem: Problem) -> dict[str, Any]:
        report = document.report
        hint = [f"hint: {report.hint}"] if report.hint and problem is report.problems[0] else []
        physical: dict[str, Any] = {"artifactLocation": self._artifact}
        if region := _region(document, problem):
            physical["region"] = region
        logical = {"fullyQualifiedName": problem.pointer, "kind": "value"}
        result = {
            "ruleId": problem.code,
            "ruleIndex": self._rules.setdefault(problem.code, len(self._rules)),
            "level": problem.severity,
            "message": {"text": "\n".join(map(printable, [f"{display(problem.pointer)}: {problem.message}", *hint]))},
            "locations": [{"physicalLocation": physical, "logicalLocations": [logical]}],
            "partialFingerprints": {"problem/v1": self._fingerprint(problem)},
        }
        # Nothing can be replaced in what was piped in or is compressed.
        is_fixed = document.path.endswith(("-", ".gz", ".zst"))
        changes = [] if is_fixed or document.text is None else replacements(document.text, problem)
        return result | ({"fixes": [_fix(self._artifact, changes)]} if changes else {})

    def _fingerprint(self, problem: Problem) -> str:
        text = f"{self.contract}\n{problem.code}\n{problem.pointer}"
        digest = hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:32]
        self._seen[digest] += 1
        return f"{digest}:{self._seen[digest]}"


def _region(document: CheckedDocument, problem: Problem) -> dict[str, int]:
    """Return the region of a problem; empty if its line is not known."""
    line, end = document.line_of(problem), problem.end
    region = {} if line is None else {"startLine": line}
    if line is not None and problem.column is not None:
        region["startColumn"] = problem.column
    if end is not None:
        region |= {"endLine": end.line, "endColumn": end.column}
    # The offset is one of the file, and of a character: it counts bytes, and in JSON Lines from the start of the line.
    is_ascii = document.is_whole and document.text is not None and document.text.isascii()
    if is_ascii and end is not None and problem.offset is not None:
        region |= {"charOffset": problem.offset, "charLength": end.offset - problem.offset}
    return region


def _fix(artifact: dict[str, str], changes: list[Replacement]) -> dict[str, Any]:
    return {
        "description": {"text": printable(" ".join(change.about for change in changes))},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": [*map(_replacement, changes)]}],
    }


def _replacement(change: Replacement) -> dict[str, Any]:
    (line, column), (end_line, end_column) = change.start, change.end
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"deletedRegion": region, "insertedContent": {"text": change.text}}


def _rule(code: str) -> dict[str, Any]:
    text = {"text": meaning(code)}
    # GitHub requires all three.
    return {"id": code, "shortDescription": text, "fullDescription": text, "help": text}


def _artifact(path: str) -> dict[str, str]:
    """Return the location of a file: relative to the current folder if it is inside it, otherwise absolute."""
    if path == "-":
        return {"uri": quote(display_name(path))}
    whole = Path(os.path.abspath(path))  # noqa: PTH100  # a link keeps the name that the user gave
    try:
        below = whole.relative_to(Path.cwd())
    except ValueError:
        return {"uri": whole.as_uri()}
    return {"uri": quote(os.fsencode(below.as_posix())), "uriBaseId": _ROOT}

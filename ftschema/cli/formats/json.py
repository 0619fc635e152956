"""The formats `jsonl`, one object for each invalid document, and `json`, one document for the whole run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import asdict, define, field

from ftschema.cli.files import display_name
from ftschema.cli.formats.base import Format
from ftschema.core.text import printable

if TYPE_CHECKING:
    from ftschema.cli.formats.base import CheckedDocument, Totals


@define
class JsonLines(Format):
    """Lines of JSON, each with `path`, `line` (null if the file is one document), `pointer` and the report's keys."""

    def add(self, document: CheckedDocument) -> None:
        self.output.write(f"{_line(_as_dict(document))}\n")


@define
class Json(Format):
    """One object with `documents` (the objects of `jsonl`), `unreadable` (with `path` and `reason`) and `summary`."""

    _separator: str = field(default="\n", init=False)
    _unreadable: list[dict[str, str]] = field(factory=list, init=False)

    def begin(self) -> None:
        self.output.write(f'{{"contract": {json.dumps(self.contract)}, "documents": [')

    def add(self, document: CheckedDocument) -> None:
        self.output.write(f"{self._separator}{_line(_as_dict(document))}")
        self._separator = ",\n"

    def add_unreadable(self, path: str, reason: str) -> None:
        self._unreadable.append({"path": display_name(path), "reason": reason})

    def end(self, totals: Totals) -> None:
        summary = {key: value for key, value in asdict(totals).items() if key not in {"contract", "kinds"}}
        self.output.write(f'\n], "unreadable": {_line(self._unreadable)}, "summary": {_line(summary)}}}\n')


def _as_dict(document: CheckedDocument) -> dict[str, Any]:
    place = {"path": display_name(document.path), "line": document.line, "pointer": document.pointer}
    return {**place, **document.report.as_dict(), "ok": not document.invalid}


def _line(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False))

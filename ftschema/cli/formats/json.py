"""The formats `jsonl`, an object for each faulty document, and `json`, one document of the whole run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import asdict, define, field

from ftschema.cli.files import named
from ftschema.cli.formats.base import Format

if TYPE_CHECKING:
    from ftschema.cli.formats.base import Document, Totals


@define
class JsonLines(Format):
    """Lines of JSON, each with `path`, `line` (null where the file is one document) and the keys of the report."""

    def add(self, document: Document) -> None:
        self.sink.write(f"{_line(_as_dict(document))}\n")


@define
class Json(Format):
    """One object: `documents`, of which each is what `jsonl` has; `unreadable`, with `path` and `reason`; `summary`."""

    _separator: str = field(default="\n", init=False)
    _unreadable: list[dict[str, str]] = field(factory=list, init=False)

    def begin(self, contract: str) -> None:
        self.sink.write(f'{{"contract": {json.dumps(contract)}, "documents": [')

    def add(self, document: Document) -> None:
        self.sink.write(f"{self._separator}{_line(_as_dict(document))}")
        self._separator = ",\n"

    def add_unreadable(self, path: str, reason: str) -> None:
        self._unreadable.append({"path": named(path), "reason": reason})

    def end(self, totals: Totals) -> None:
        summary = {key: value for key, value in asdict(totals).items() if key != "contract"}
        self.sink.write(f'\n], "unreadable": {_line(self._unreadable)}, "summary": {_line(summary)}}}\n')


def _as_dict(document: Document) -> dict[str, Any]:
    place = {"path": named(document.path), "line": document.line}
    return {**place, **document.report.as_dict(), "ok": not document.invalid}


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

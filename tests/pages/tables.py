"""The tables of the pages, written from the source; `PYTHONPATH=tests python -m pages.tables` puts them there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import ftschema
from ftschema.core import codes
from ftschema.schemas.catalogue import entry
from ftschema.schemas.rules import RULES
from pages import comparison, history
from support.data import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ROOT = Path(__file__).parents[2]
PAGES = (_ROOT / "README.md", _ROOT / "schemas" / "published" / "README.md", _ROOT / "tests" / "texts" / "README.md")


def _contracts() -> Iterator[str]:
    yield "| name | what it says |"
    yield "|---|---|"
    for name in ftschema.contracts():
        yield f"| `{name}` | {entry(name).about} |"


def _codes() -> Iterator[str]:
    yield "| code | what is wrong |"
    yield "|---|---|"
    keywords = " ".join(f"`{keyword}`" for keyword in codes.KEYWORDS)
    yield (
        f"| {keywords} | the JSON Schema keyword that is not met; a wrong JSON type is always `type`, a missing key is "
        "`required` at the object that lacks it |"
    )
    for code, means in (codes.JSON | codes.CONVERSION).items():
        yield f"| `{code}` | {means} |"


def _rules() -> Iterator[str]:
    yield "| rule | what it requires | severity |"
    yield "|---|---|---|"
    for rule in RULES:
        yield f"| `{rule.id}` | {rule.requires} | {rule.severity} |"


def _readers() -> Iterator[str]:
    yield "| text | here | `json` | `orjson` | why |"
    yield "|---|---|---|---|---|"
    for case in texts("differences").values():
        here = f"`{case.said['code']}`" if case.said["code"] else "reads it"
        others = ["reads it" if case.said[reader] else "refuses" for reader in ("json", "orjson")]
        yield f"| {case.about} | {here} | {' | '.join(others)} | {case.said['why']} |"


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "beside": comparison.table,
    "contracts": _contracts,
    "codes": _codes,
    "readers": _readers,
    "rules": _rules,
    "history": history.lines,
}
"""What yields the lines of each table, by the comment that stands before it."""


def written(page: str) -> str:
    """Return a page with each table in its place, between its mark and the mark of the end."""

    def table(mark: re.Match[str]) -> str:
        lines = TABLES[mark[1]]() if mark[1] in TABLES else [mark[2].strip()]
        return "\n".join([f"<!-- {mark[1]} -->", *lines, "<!-- end -->"])

    return re.sub("<!-- ([a-z]+) -->(.*?)<!-- end -->", table, page, flags=re.DOTALL)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")

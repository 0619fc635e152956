"""The history of the object as a table: the changes of each published specification.

`python tests/pages/history.py` prints it; `pages.tables` writes it beside the contracts.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import ftschema

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = ("from", "location", "change", "before", "after")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def lines() -> Iterator[str]:
    """Yield the lines of the table, in Markdown."""
    yield _line(_HEAD)
    yield "|---" * len(_HEAD) + "|"
    dates = [name for name in ftschema.contracts() if _DATE.fullmatch(name)]
    for before, after in pairwise(dates):
        for change in ftschema.diff(before, after):
            yield _line((after, f"`{change.pointer}`", change.code, change.left, change.right))


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


if __name__ == "__main__":
    print("\n".join(lines()))  # noqa: T201  # it is what the script is for

"""The texts that are told apart as JSON and not: cases as data, below tests/texts."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen

_TEXTS = Path(__file__).parents[1] / "texts"


@frozen
class Case:
    """One text, and what is said of it.

    Attributes:
        about: What it is, in words.
        text: The text; bytes where it is no Unicode text, or its encoding matters.
        said: The other members of its row.
    """

    about: str
    text: str | bytes
    said: dict[str, Any]

    @property
    def forms(self) -> list[str | bytes]:
        """Return the text as it is, and a str as bytes too, unless it has no UTF-8 or the two differ by a mark."""
        text = self.text
        if isinstance(text, bytes) or any("\ud800" <= letter <= "\udfff" or letter == "\ufeff" for letter in text):
            return [text]
        return [text, text.encode()]


@cache
def texts(name: str) -> dict[str, Case]:
    """Return the cases of a file by what they are about; a `text` stands there `times` times, with as many an `end`."""
    rows = json.loads((_TEXTS / f"{name}.json").read_text(encoding="utf-8"))
    cases = {}
    for row in rows:
        about = row.pop("about", None) or row["what"]
        times = row.pop("times", 1)
        text = bytes.fromhex(row.pop("hex")) if "hex" in row else row.pop("text") * times + row.pop("end", "") * times
        assert about not in cases, about
        cases[about] = Case(about, text, row)
    return cases

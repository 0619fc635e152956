"""JSON texts of one payload in their many forms, and the pieces that such a text is made of."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    import random

_SPACES = ("", " ", "\n", "\r\n", "\r", "\t", "\n\n  ", " \r")


@frozen
class Layout:
    """A way to write payloads: white space, escapes, and the order of keys are chosen at random."""

    choose: random.Random

    def text(self, value: Any) -> str:
        """Return the text of a payload."""
        return f"{self._space()}{self._value(value)}{self._space()}"

    def _space(self) -> str:
        return self.choose.choice(_SPACES)

    def _value(self, value: Any) -> str:
        if isinstance(value, dict):
            members = self.choose.sample(list(value.items()), len(value))
            return "{" + (",".join(self.member(*member) for member in members) or self._space()) + "}"
        if isinstance(value, list):
            return "[" + (",".join(map(self.text, value)) or self._space()) + "]"
        return self._string(value) if isinstance(value, str) else json.dumps(value)

    def member(self, key: str, value: Any) -> str:
        """Return the text of a key and its value, as it stands between the commas of an object."""
        return f"{self._space()}{self._string(key)}{self._space()}:{self.text(value)}"

    def _string(self, value: str) -> str:
        return '"' + "".join(map(self._letter, value)) + '"'

    def _letter(self, letter: str) -> str:
        if self.choose.random() < 0.1:
            units = letter.encode("utf-16-be", "surrogatepass").hex()
            return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
        if letter == "/" and self.choose.random() < 0.5:
            return "\\/"
        return json.dumps(letter, ensure_ascii=self.choose.random() < 0.5)[1:-1]


@frozen
class Piece:
    """A string, a bracket, a comma, a colon, or a number or word."""

    start: int
    text: str

    @property
    def kind(self) -> str:
        """Return what it is: its first character, or `0` for a number or word."""
        return self.text[0] if self.text[0] in '"{}[],:' else "0"


def pieces(text: str) -> list[Piece]:
    """Return what a JSON text consists of besides white space."""
    found = re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^ \t\r\n{}\[\],:"]+', text)
    return [Piece(match.start(), match[0]) for match in found]

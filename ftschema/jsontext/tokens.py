"""The tokens of JSON text, for readers that only need to know where a value begins and ends.

`syntax` has a pattern of its own, because it must find the character at which a text stops being JSON.
"""

from __future__ import annotations

import re
from typing import Final

# Linear, and without a possessive group: those are wrong before Python 3.11.5 (gh-106052).
STRING: Final = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*"?'
"""Matches a string, or the rest of the line if it is not closed."""

TOKEN: Final = re.compile(rf'{STRING}|[{{}}\[\],:]|[^\s{{}}\[\],:"]++')
"""Matches a string, a bracket, a separator, a number or a word."""

LEVELS: Final = {"{": 1, "[": 1, "}": -1, "]": -1}
"""By how many levels of nesting a token changes."""


def token_at(text: str, offset: int = 0) -> str:
    """Return the token at an offset; one character if no token begins there, and nothing at the end of the text."""
    match = TOKEN.match(text, offset)
    return match[0] if match else text[offset : offset + 1]

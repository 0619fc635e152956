"""A token is what a reader of the text takes for one thing."""

from __future__ import annotations

from ftschema.jsontext.tokens import token_at
from support.rows import for_each


@for_each(
    ("offset", "token"),
    [(0, "{"), (1, " "), (3, '"a\\"b"'), (9, ":"), (10, "-1.5e3"), (16, "\n"), (17, '"open'), (22, "\n"), (23, "")],
)
def test_token_at(offset: int, token: str) -> None:
    """It is a whole string, bracket, separator, number or word; one character between them, and nothing at the end."""
    assert token_at('{  "a\\"b":-1.5e3\n"open\n', offset) == token

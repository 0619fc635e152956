"""What a file holds: one JSON document, or one on each line (JSON Lines)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_lines(data: bytes) -> bool:
    """Return whether bytes that are no JSON document hold several, by the lines: at least half are JSON objects."""
    objects = [_is_object(line) for _, line in rows_of(data)]
    return len(objects) > 1 and sum(objects) * 2 >= len(objects)


def begins_with_a_line(head: bytes) -> bool:
    """Return whether the beginning of a long file has a JSON object as its first line that is not blank."""
    first = next((line for _, line in rows_of(head)), b"")
    return len(first) < len(head.strip()) and _is_object(first)


def rows_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    return ((number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip())


def _is_object(line: bytes) -> bool:
    line = line.strip()
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True

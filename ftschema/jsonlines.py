"""JSON Lines: whether a file holds one document or one on each line, and its lines, one by one or by the batch."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

from attrs import define

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# How many lines, and about how many bytes of them, go to a process at once, and how many of them are read in a step.
_BATCH_LINES, _BATCH_SIZE, _BATCH_STEP = 1_000, 500_000, 50


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


def batches(lines: Iterable[str | bytes]) -> Iterator[tuple[int, list[str | bytes]]]:
    """Yield runs of lines, each with the number of its first."""
    waiting = iter(lines)
    first = 1
    while batch := [*islice(waiting, _BATCH_STEP)]:
        size = sum(map(len, batch))
        while size < _BATCH_SIZE and len(batch) < _BATCH_LINES and (more := [*islice(waiting, _BATCH_STEP)]):
            batch += more
            size += sum(map(len, more))
        yield first, batch
        first += len(batch)


@define
class UpToAnError:
    """Lines up to where they cannot be read, so that what comes before is checked before the error is raised."""

    lines: Iterable[str | bytes]
    error: Exception | None = None

    def __iter__(self) -> Iterator[str | bytes]:
        try:
            yield from self.lines
        except Exception as error:  # noqa: BLE001  # it is raised once the lines before it are checked
            self.error = error


def lines_of(lines: Iterable[str | bytes] | str | bytes) -> Iterable[str | bytes]:
    """Return the lines of a text, or such as they are given."""
    # Only a line feed ends a line: U+2028 and others, which `splitlines` takes for an end, may stand in a string.
    if isinstance(lines, str):
        return lines.split("\n")
    return lines.split(b"\n") if isinstance(lines, bytes) else lines


def _is_object(line: bytes) -> bool:
    line = line.strip()
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True

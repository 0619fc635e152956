"""How cost grows with what is given: time for each unit, and the memory of a long run."""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from attrs import frozen

import ftschema
from bench.peers import LIVE, TEXTS
from bench.timing import seconds

if TYPE_CHECKING:
    from collections.abc import Callable

_ITEMS = (1, 10, 100, 1_000, 10_000, 100_000)
_LINES = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)


@frozen
class Growth:
    """What one size costs.

    Attributes:
        what: What grows.
        size: How large it is.
        microseconds: Time in all.
        megabytes: Memory of the process at its largest, where that was measured.
    """

    what: str
    size: int
    microseconds: float
    megabytes: float | None = None


def growth() -> list[Growth]:
    """Return the cost of each size of each thing that grows."""
    job = LIVE[0]
    grown: dict[str, Callable[[int], dict[str, Any]]] = {
        "items of a list": lambda size: job | {"result_files": ["file-abc123"] * size},
        "unknown keys": lambda size: job | {f"later_{at}": at for at in range(size)},
    }
    found = []
    for what, make in grown.items():
        for size in _ITEMS:
            payload = make(size)
            found.append(Growth(what, size, _shortest(lambda given=payload: ftschema.is_valid(given))))  # type: ignore[misc]
    for depth in (1, 10, 100, 190):
        value: Any = 1
        for _ in range(depth):
            value = {"a": value}
        deep = job | {"later": value}
        found.append(Growth("levels", depth, _shortest(lambda given=deep: ftschema.is_valid(given))))  # type: ignore[misc]
    return found + [_lines(size) for size in _LINES]


def _shortest(work: Callable[[], object]) -> float:
    return min(seconds(work) for _ in range(9)) * 1e6


def _lines(size: int) -> Growth:
    """Check so many lines in a process of their own, whose memory nothing else has touched."""
    command = [sys.executable, "-m", "bench.growth", str(size)]
    time, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return Growth("lines", size, float(time), float(memory))


def _measure(size: int) -> None:
    lines = (TEXTS[at % len(TEXTS)] for at in range(size))
    time = seconds(lambda: sum(1 for _ in ftschema.check_lines(lines)))
    print(time * 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201  # read by `_lines`


if __name__ == "__main__":
    _measure(int(sys.argv[1]))

"""Times of contenders that take turns, so that what else the machine does falls on all of them alike."""

from __future__ import annotations

from math import ceil
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable


@frozen
class Ratio:
    """How long one thing takes beside another.

    Attributes:
        what: The one.
        against: The other.
        least: The shortest time of the one over the shortest of the other.
        median: The median of the ratios of the rounds.
        microseconds: The shortest time of the one, for one payload.
        bar: The ratio that is asked for at most.
        aim: The ratio that is hoped for.
        note: What a reader has to know of the other.
        variation: How the payloads, or the options, differ from those of the first row of the call.
    """

    what: str
    against: str
    least: float
    median: float
    microseconds: float
    bar: float
    aim: float
    note: str = ""
    variation: str = ""


# A turn takes so many seconds at least: what the other left in the caches weighs little then.
_TURN = 0.01


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def _turn(work: Callable[[], object]) -> Callable[[], float]:
    """Return what does work as often as a turn needs, and gives the seconds that one time took."""
    work()
    times = ceil(_TURN / seconds(work))
    return lambda: seconds(lambda: [work() for _ in range(times)]) / times


def compare(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """Return the ratio of the shortest times, the median of the ratios of each round, and our shortest time."""
    turns = [_turn(work) for work in (ours, theirs)]
    times = [(turns[0](), turns[1]()) for _ in range(rounds)]
    shortest, other = (min(column) for column in zip(*times, strict=True))
    return shortest / other, median(one / two for one, two in times), shortest

"""Times that were written as something else than the seconds since 1970 that a job has.

Facts: two gateways write milliseconds, and three look-alike servers ISO 8601 (captured 2023 to 2025).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from attrs import frozen

TOO_LATE: Final = 10**11
"""Seconds reach this in the year 5138; milliseconds did in 1973."""

# Within 2020 to 2100 nothing else can be meant. The object is of 2023; year 1 is what .NET writes for no time at all.
_EARLIEST, _LATEST = 1_577_836_800, 4_102_444_800
_UNITS: Final = {"milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?P<seconds>:\d\d(?:\.(?P<rest>\d{1,9}))?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


@frozen
class Instant:
    """A time as it was written.

    Attributes:
        form: What it is written in, in words.
        seconds: The same time in seconds since 1970, where it is certainly this one and a whole number.
    """

    form: str
    seconds: int | None = None


def in_other_unit(number: float) -> Instant | None:
    """Return the time that a number is which is too large for seconds; None for one that is not."""
    if number < TOO_LATE:
        return None
    for unit, parts in _UNITS.items():
        seconds, rest = divmod(number, parts)
        if _EARLIEST <= seconds < _LATEST:
            return Instant(unit, None if rest else int(seconds))
    return Instant("milliseconds")


def seconds_of(number: float) -> int | None:
    """Return the seconds that a number of milliseconds, microseconds or nanoseconds certainly means."""
    instant = in_other_unit(number)
    return instant.seconds if instant else None


def in_words(text: str) -> Instant | None:
    """Return the time that a text in ISO 8601 is; None for another text."""
    found = _ISO.fullmatch(text)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        # The thirtieth of February.
        return None
    if moment.tzinfo is None:
        return Instant("an ISO 8601 time without its zone")
    seconds = int(moment.timestamp())
    is_whole = bool(found["seconds"]) and not (found["rest"] or "").strip("0")
    return Instant("an ISO 8601 time", seconds if is_whole and _EARLIEST <= seconds < _LATEST else None)

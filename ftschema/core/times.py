"""Recognize times that are not in seconds since 1970, as a job has them: milliseconds, ISO 8601 and the like.

Facts: two gateways write milliseconds, and three look-alike servers ISO 8601 (captured 2023 to 2025).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from attrs import frozen

TOO_LATE: Final = 10**11
"""Seconds reach this in the year 5138; milliseconds did in 1973."""

# A time between 2020 and 2100 is certain. The object dates from 2023; .NET writes year 1 for "no time".
_EARLIEST, _LATEST = 1_577_836_800, 4_102_444_800
_UNITS: Final = {"milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?P<seconds>:\d\d(?:\.(?P<fraction>\d{1,9}))?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


@frozen
class ParsedTime:
    """A time that is not in seconds since 1970.

    Attributes:
        notation: How it is written, in words: `milliseconds`, `an ISO 8601 time`.
        seconds: The time in seconds since 1970 if that is certain and a whole number, or None.
        parts: Number of its units in a second; 1000 for milliseconds.
    """

    notation: str
    seconds: int | None = None
    parts: int = 1


def parse_epoch(number: float) -> ParsedTime | None:
    """Return the time of a number that is too large for seconds, or None for a smaller one."""
    if number < TOO_LATE:
        return None
    for unit, parts in _UNITS.items():
        seconds, rest = divmod(number, parts)
        if _EARLIEST <= seconds < _LATEST:
            return ParsedTime(unit, None if rest else int(seconds), parts)
    return ParsedTime("milliseconds", parts=1_000)


def epoch_seconds(number: float) -> int | None:
    """Return a time in milliseconds, microseconds or nanoseconds as seconds, or None if that is not certain."""
    time = parse_epoch(number)
    return time.seconds if time else None


def parse_iso8601(text: str) -> ParsedTime | None:
    """Return the time of a text in ISO 8601, or None for another text."""
    match = _ISO.fullmatch(text)
    if not match:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        # A day that does not exist, such as February 30.
        return None
    if moment.tzinfo is None:
        return ParsedTime("an ISO 8601 time without a time zone")
    seconds = int(moment.timestamp())
    is_whole = bool(match["seconds"]) and not (match["fraction"] or "").strip("0")
    return ParsedTime("an ISO 8601 time", seconds if is_whole and _EARLIEST <= seconds < _LATEST else None)

"""Times that are not in seconds are recognized, and converted only if they are certain."""

from __future__ import annotations

from ftschema.core.times import ParsedTime, parse_epoch, parse_iso8601
from support.rows import for_each


@for_each(
    ("number", "notation", "seconds", "parts"),
    [
        (1_577_836_800_000, "milliseconds", 1_577_836_800, 10**3),
        (1_577_836_799_999, "milliseconds", None, 10**3),
        (4_102_444_799_000, "milliseconds", 4_102_444_799, 10**3),
        (4_102_444_800_000, "milliseconds", None, 10**3),
        (1_700_000_000_000_500, "microseconds", None, 10**6),
        (1_700_000_000 * 10**9, "nanoseconds", 1_700_000_000, 10**9),
        (10**11, "milliseconds", None, 10**3),
    ],
)
def test_epoch(number: int, notation: str, seconds: int | None, parts: int) -> None:
    """A number that is too large for seconds is converted if it is a whole second from 2020 to 2099."""
    assert parse_epoch(number) == ParsedTime(notation, seconds, parts)


@for_each("text", ["20260715", "20260715T101112Z", "2026-W29-3", "2026-W29-3T10:11:12Z", "2026-02-30"])
def test_other_texts(text: str) -> None:
    """Forms of ISO 8601 that no job was seen with, and days that do not exist, are not recognized."""
    assert parse_iso8601(text) is None

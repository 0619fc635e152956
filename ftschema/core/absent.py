"""`ABSENT`, the one marker of a value that is not there."""

from __future__ import annotations

from typing import Final, TypeAlias

from msgspec import UNSET, UnsetType

Absent: TypeAlias = UnsetType
"""The type of `ABSENT`."""

ABSENT: Final = UNSET
"""Marks a key that is absent; a key that is null is None.

It is false, so that `if job.seed` reads the same for both. It is msgspec's own marker, so that msgspec leaves such a
field out when it encodes an object.
"""

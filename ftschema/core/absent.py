"""`ABSENT`, the one marker of a value that is not there."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal


class Absent(Enum):
    """The type of `ABSENT`, the value of a field whose key is absent; a key that is null is None.

    `ABSENT` is false, so that `if job.seed` reads the same for both; `job.seed is ABSENT` tells them apart.
    """

    ABSENT = "ABSENT"

    def __bool__(self) -> Literal[False]:
        """Return False."""
        return False

    def __repr__(self) -> str:
        """Return the name by which the package has it."""
        return self.name


# An enum, because type checkers understand `is not ABSENT` of its members only.
ABSENT: Final = Absent.ABSENT
"""Marks a key that is absent; a key that is null is None."""

"""Which known word a wrong one was meant to be.

Long words are not looked at: who sends those meant none of ours.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import Final

LONGEST_WORD: Final = 64
"""How long a word may be to be looked at; the longest key of a job has 29 characters."""

_JOINTS = str.maketrans("", "", "-_ \t\r\n")


def core(word: str) -> str:
    """Return what is left of a word without letter case, white space, hyphens and underscores.

    Nothing is left of one with letters beyond ASCII, where letter case is no simple matter, nor of a very long one.
    """
    return _core(word) if len(word) <= LONGEST_WORD else ""


# The same few words come again and again, and difflib takes longer than the check that finds them wrong.
@lru_cache(maxsize=1_000)
def _core(word: str) -> str:
    bare = word.strip()
    return bare.translate(_JOINTS).lower() if bare.isascii() else ""


@lru_cache(maxsize=1_000)
def same(word: str, known: tuple[str, ...]) -> str | None:
    """Return the one known word that differs at most in case, white space, hyphens and underscores."""
    meant = core(word)
    found = [other for other in known if meant and core(other) == meant]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=1_000)
def nearest(word: str, known: tuple[str, ...], likeness: float) -> str | None:
    """Return the known word that is most like another, if one is at least so much like it (from 0 to 1)."""
    if not 0 < len(word) <= LONGEST_WORD:
        return None
    near = get_close_matches(word.strip().lower(), known, n=1, cutoff=likeness)
    return near[0] if near else None

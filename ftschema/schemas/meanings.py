"""What each code of a problem means, those of the rules across fields too."""

from __future__ import annotations

from typing import Final

from ftschema.core import codes
from ftschema.schemas.rules import RULES

MEANINGS: Final = {**codes.KEYWORDS, **codes.CONVERSION, **codes.JSON, **{rule.id: rule.requires for rule in RULES}}
"""By code: what is wrong, or for a rule what it requires."""


def meaning(code: str) -> str:
    """Return what a code means, as a sentence; for one that is not known, the code."""
    text = MEANINGS.get(code, code)
    return f"{text[0].upper()}{text[1:]}."

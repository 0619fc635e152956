"""Report the keys of a valid job that its contract does not declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftschema.core.pointer import join
from ftschema.core.report import MOST_PROBLEMS, Problem, fitting
from ftschema.core.text import abridged, closest, format_value, normalize
from ftschema.schemas.translate import undeclared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftschema.core.literals import ContractName

_SIMILAR = 0.7


def unknown_keys(contract: ContractName, payload: dict[str, Any]) -> tuple[list[Problem], int]:
    """Return a warning for each key that a contract does not declare, and the number of those left out.

    `$schema`, which names the schema for an editor, is not a key of the job.
    """
    found = [(path, lacking) for path, lacking in undeclared(contract, payload) if path != ("$schema",)]
    warnings = fitting(_warning(path, str(path[-1]), lacking) for path, lacking in found[:MOST_PROBLEMS])
    return warnings, len(found) - len(warnings)


def _warning(path: tuple[str | int, ...], key: str, lacking: Sequence[str]) -> Problem:
    meant = _meant(key, lacking)
    message = f"unknown key {format_value(key)}{f'; did you mean {format_value(meant)}?' if meant else ''}"
    return Problem(join(path), "unknown-key", message, "warning", expected=meant, found=abridged(key))


def _meant(key: str, lacking: Sequence[str]) -> str | None:
    """Return the declared key, of those that the object lacks, that was probably meant."""
    bare = normalize(key)
    words = {normalize(name): name for name in lacking}
    return words.get(closest(bare, tuple(words), _SIMILAR) or "")

"""Make the archetypes of captured jobs, from which wire-like fixtures are drawn.

`PYTHONPATH=.:tests python -m pages.archetypes` writes `ftschema/generation/archetypes.json` from the corpus. An
archetype keeps the keys of a capture, their order, absences, nulls, types, words and settings; ids, names and texts
become placeholders, and durations and numbers of tokens are rounded. `ftschema/generation/wire.py` fills them in again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ftschema
from support.data import corpus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support.data import CorpusJob

PATH = Path(__file__).parents[2] / "ftschema" / "generation" / "archetypes.json"
KINDS: dict[str, ftschema.ContractName] = {"live": "observed", "azure": "azure"}
"""The contracts with captures, by the kind of a capture."""

ERAS = {
    "observed": (
        "2023-08",
        # The other two hyperparameters.
        "2023-11",
        # An error of nulls, and the suffix.
        "2024-03",
        # An empty error; the seed, the integrations and the estimated finish.
        "2024-05",
        # The method.
        "2024-12",
        # Metadata, and keys that no reference has.
        "2025-06",
        # Four more of these.
        "2026-03",
    ),
    # The seed, the estimated finish and the suffix came together.
    "azure": ("2023-09", "2024-05"),
}
"""The first month of each era, in which jobs were created that the server still shows with the same keys."""

# Keys with words of the API: whatever is in them is kept.
_WORDS = {"object", "status", "type", "code", "param", "reasoning_effort", "trainingType", "calculate_output"}
_WORDS |= {"n_epochs", "batch_size", "learning_rate_multiplier", "compute_multiplier", "eval_interval", "eval_samples"}
_LATER_TIMES = ("finished_at", "estimated_finish", "updated_at")
_FILE_KEYS = {"training_file", "validation_file", "result_files"}


def archetypes(captures: Iterable[CorpusJob]) -> list[dict[str, Any]]:
    """Return the archetypes of captures, in the order of their months; equal ones are counted."""
    counted: dict[str, dict[str, Any]] = {}
    for capture in sorted(captures, key=lambda one: (one.month, one.name)):
        contract = KINDS.get(capture.kind)
        # Where a capture has a rare warning, its archetype would give a job with one.
        if contract is None or ftschema.check(capture.payload, contract, lifecycle=True).problems:
            continue
        made = {
            "contract": contract,
            "era": max(first for first in ERAS[contract] if first <= capture.month),
            "month": capture.month,
            "dump": capture.form != "raw",
            "count": 0,
            "job": _archetype(capture.payload),
        }
        counted.setdefault(json.dumps(made), made)["count"] += 1
    return list(counted.values())


def text(captures: Iterable[CorpusJob]) -> str:
    """Return the file for captures: an archetype a line."""
    lines = (json.dumps(one, separators=(",", ":")) for one in archetypes(captures))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _archetype(payload: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {key: _without_values(value, key, payload) for key, value in payload.items()}
    for key in _LATER_TIMES:
        if made.get(key) is not None:
            made[key] = _rounded(payload[key] - payload["created_at"])
    made["created_at"] = 0
    if made.get("trained_tokens") is not None:
        made["trained_tokens"] = _rounded(payload["trained_tokens"])
    if made.get("seed") not in (None, 42):
        made["seed"] = 0
    return made


def _rounded(number: int) -> int:
    """Return a number with its two first digits."""
    return int(float(f"{number:.1e}"))


def _without_values(value: Any, key: str, payload: dict[str, Any]) -> Any:  # noqa: PLR0911  # one a kind of value
    if isinstance(value, dict) and "properties" in value:
        # The schema of a response.
        return value | {"required": [*value["properties"]]}
    if isinstance(value, dict):
        return {name: _without_values(one, name, payload) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_values(one, key, payload) for one in value]
    if not isinstance(value, str) or key in _WORDS or set(value) == {"*"}:
        return value
    if key in {"id", "run_id"}:
        return "{job}"
    if key in _FILE_KEYS:
        length = len(value) - len("file-")
        return "file-{hex32}" if length == 32 else "file-{letters24}" if length == 24 else "file-{letters22}"
    if key == "organization_id":
        return "org-{letters24}"
    if key in {"user_provided_suffix", "suffix"}:
        return "{suffix}"
    if key in {"model", "fine_tuned_model"}:
        return _model(value, payload["model"])
    return "{message}" if key == "message" else "{text}"


def _model(name: str, trained_from: str) -> str:
    """Return the name of a model, with placeholders if it was trained."""
    if name.startswith("ft:"):
        _, base, _, suffix, _ = name.split(":")
        base = base if name == trained_from else "{base}"
        return f"ft:{base}:{{slug}}:{'{suffix}' if suffix else ''}:{{letters8}}"
    if ".ft-" in name:
        return "{base}.ft-{hex32}" + ("-{suffix}" if "-" in name.partition(".ft-")[2] else "")
    return name


if __name__ == "__main__":
    PATH.write_text(text(corpus()), encoding="utf-8", newline="\n")

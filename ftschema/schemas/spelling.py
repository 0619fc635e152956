"""The spellings of wire names: unchanged, in camel case, or in Pascal case."""

from __future__ import annotations

from functools import cache
from typing import Final, Literal, TypeAlias, get_args

Spelling: TypeAlias = Literal["wire", "camel", "pascal"]
SPELLINGS: Final[tuple[Spelling, ...]] = get_args(Spelling)

# The generated PowerShell client renames the property because PowerShell has a variable $Error; Azure's key is in camel
# case on the wire.
_IRREGULAR: Final[dict[str, dict[str, str]]] = {
    "camel": {"trainingType": "trainingType"},
    "pascal": {"trainingType": "TrainingType", "error": "VarError"},
}


@cache
def spelled(name: str, spelling: Spelling) -> str:
    """Return a wire name in a spelling: `n_epochs`, `nEpochs`, `NEpochs`."""
    if spelling == "wire":
        return name
    if name in _IRREGULAR[spelling]:
        return _IRREGULAR[spelling][name]
    first, *rest = name.split("_")
    if spelling == "pascal":
        first = first.capitalize()
    return first + "".join(word.capitalize() for word in rest)


@cache
def wire_name(name: str, spelling: Spelling) -> str:
    """Return the wire name of a name in a spelling: the inverse of `spelled`."""
    if spelling == "wire":
        return name
    for wire, irregular in _IRREGULAR[spelling].items():
        if name == irregular:
            return wire
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")

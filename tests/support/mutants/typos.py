"""Valid payloads with the slips that people and programs make, each with the repair that must be found, or none."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ftschema.core.pointer import join
from ftschema.schemas.catalogue import entry
from ftschema.schemas.spelling import SPELLINGS, spelled, wire_name
from support.helpers import at, replaced
from support.mutants.single_faults import places

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from ftschema.core.literals import ContractName
    from support.mutants.single_faults import Path, Place

TIMES = ("created_at", "finished_at", "estimated_finish", "updated_at")


@frozen
class Slip:
    """A change of one value: what is written instead, if the value is one that it happens to.

    Attributes:
        name: What it is called.
        write: Returns what is written for a value, or the value itself.
        certain: Whether what was meant is certain, so that it must be offered as a repair.
    """

    name: str
    write: Callable[[Any], Any]
    certain: bool = True


def _text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: change(value) if isinstance(value, str) else value


def _number(change: Callable[[float], Any]) -> Callable[[Any], Any]:
    return lambda value: change(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _iso(value: float) -> str:
    return datetime.fromtimestamp(value, UTC).isoformat()


def _iso_elsewhere(value: float) -> str:
    return datetime.fromtimestamp(value, timezone(timedelta(hours=-9, minutes=-30))).isoformat(" ")


WORD_SLIPS = (
    Slip("upper case", _text(str.upper)),
    Slip("capitalised", _text(str.capitalize)),
    Slip("spaces around", _text(lambda word: f" {word}\n")),
    Slip("hyphens", _text(lambda word: word.replace("_", "-"))),
    Slip("spaces", _text(lambda word: word.replace("_", " "))),
    Slip("camel case", _text(lambda word: spelled(word, "camel"))),
    Slip("Pascal case", _text(lambda word: spelled(word, "pascal"))),
    Slip("a letter too many", _text(lambda word: f"{word}x"), certain=False),
    Slip("a letter too few", _text(lambda word: word[:-1]), certain=False),
    Slip("quotes", _text(lambda word: f"'{word}'"), certain=False),
)
NUMBER_SLIPS = (
    Slip("as text", _number(json.dumps)),
    Slip("as text with spaces", _number(lambda value: f" {json.dumps(value)} ")),
    Slip("with separators", _number(lambda value: f"{value:,}" if value > 999 else value), certain=False),
    Slip("with a zero in front", _number(lambda value: f"0{value}"), certain=False),
    Slip("with a unit", _number(lambda value: f"{value} s"), certain=False),
)
TIME_SLIPS = (
    Slip("ISO 8601", _number(_iso)),
    Slip("ISO 8601 with Z", _number(lambda value: _iso(value).replace("+00:00", "Z"))),
    Slip("ISO 8601 elsewhere", _number(_iso_elsewhere)),
    Slip("milliseconds as text", _number(lambda value: f"{int(value)}000")),
    Slip("ISO 8601 without its zone", _number(lambda value: _iso(value)[:19]), certain=False),
    Slip("a day", _number(lambda value: _iso(value)[:10]), certain=False),
    Slip("ISO 8601 with a fraction", _number(lambda value: _iso(value).replace("+", ".5+")), certain=False),
)
FLAG_SLIPS = (
    Slip("a flag as text", lambda value: json.dumps(value) if isinstance(value, bool) else value),
    Slip("a flag as Python writes it", lambda value: str(value) if isinstance(value, bool) else value),
    Slip("a flag as a word", lambda value: ("no", "yes")[value] if isinstance(value, bool) else value, certain=False),
)
NULL_SLIPS = (Slip("null as text", lambda value: "null" if value is None else value),)


@frozen
class Slipped:
    """One slip in a payload.

    Attributes:
        path: Where it is: the value, or the object that has a key in another spelling.
        name: What it is called.
        written: What stands there.
        certain: Whether the payload as it was must be found again.
        key: For a key in another spelling, the key and how it is spelled.
    """

    path: Path
    name: str
    written: Any
    certain: bool
    key: tuple[str, str] | None = None

    def into(self, payload: Any) -> Any:
        """Return a payload with this slip; it shares the rest with the valid one, and must not be changed."""
        written = self.written
        if self.key is not None:
            old, new = self.key
            members = at(payload, join(self.path)).items()
            written = {(new if name == old else name): member for name, member in members}
        return replaced(payload, self.path, written)


def slips(contract: ContractName, schema: dict[str, Any], payload: Any) -> Iterator[Slipped]:
    """Yield every slip in every place of a valid payload that its schema asks something of."""
    for place in places(schema, payload):
        if "type" not in place.asked:
            continue
        for slip in _slips_at(contract, place):
            written = slip.write(place.value)
            if written != place.value:
                yield Slipped(place.path, slip.name, written, slip.certain)
        for keys in place.asked.get("required", ()):
            for key in sorted(set(keys) & set(place.value or ())):
                for other in sorted(_spellings_of(contract, key)):
                    yield Slipped(place.path, f"{key} as {other!r}", None, True, (key, other))


def several(payload: Any, found: list[Slipped], rng: random.Random) -> Any:
    """Return a payload with several slips at once, at most one in each place."""
    chosen = {one.path: one for one in rng.sample(found, min(len(found), 6))}
    # A key in another spelling hides what lies below it.
    for one in sorted(chosen.values(), key=lambda one: (one.key is not None, -len(one.path))):
        payload = one.into(payload)
    return payload


def _slips_at(contract: ContractName, place: Place) -> Iterator[Slip]:
    asked = place.asked
    key = place.path[-1] if place.path else ""
    is_word = bool(asked.keys() & {"enum", "const"})
    if is_word:
        yield from WORD_SLIPS
    if is_word or "string" not in asked["type"][0]:
        yield from NUMBER_SLIPS
        yield from FLAG_SLIPS
        yield from NULL_SLIPS
    if isinstance(key, str) and wire_name(key, entry(contract).spelling) in TIMES:
        yield from TIME_SLIPS


def _spellings_of(contract: ContractName, key: str) -> set[str]:
    wire = wire_name(key, entry(contract).spelling)
    every = {spelled(wire, spelling) for spelling in SPELLINGS} | {wire.upper(), wire.replace("_", "-"), f"{key} "}
    return every - {key}

"""The contracts of the kinds that are not jobs, with their cases and their captured payloads."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonpatch
from attrs import frozen

from ftschema.schemas import catalogue
from support.data import SCHEMAS, read

if TYPE_CHECKING:
    from collections.abc import Iterator

_TESTS = Path(__file__).parents[1]

PAGES = tuple(f"page/{items}" for items in catalogue.PAGES)
KINDS = (*(kind for kind in catalogue.KINDS if kind not in {"job", "page"}), *PAGES)

# What the survey calls a payload, where the word is not that of its kind.
_OTHER_NAMES = {
    "page.jobs": "page/job",
    "page.events": "page/event",
    "page.checkpoints": "page/checkpoint",
    "page.permissions": "page/permission",
}
_CONTRACTS = {"live": "observed", "azure": "azure"}


@frozen(kw_only=True)
class KindCase:
    """What one contract of a kind says of one payload; the attributes are those of `support.data.Case`."""

    kind: str
    description: str
    contract: str
    payload: Any
    valid: bool
    problems: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Return what a test is called by."""
        return f"{self.kind}-{self.description}-{self.contract}"


def contracts(kind: str) -> list[str]:
    """Return the names of the contracts of a kind, the observed ones first."""
    names = sorted(path.stem for path in (SCHEMAS / kind).glob("*.json"))
    return sorted(names, key=lambda name: (name != "observed", name != "azure", name))


@cache
def schema_text(kind: str, contract: str) -> bytes:
    """Return the file of a contract."""
    return (SCHEMAS / kind / f"{contract}.json").read_bytes()


def schema(kind: str, contract: str) -> dict[str, Any]:
    """Return a fresh copy of the schema of a contract."""
    loaded: dict[str, Any] = json.loads(schema_text(kind, contract))
    return loaded


def pairs() -> list[tuple[str, str]]:
    """Return each kind with each of its contracts."""
    return [(kind, contract) for kind in KINDS for contract in contracts(kind)]


def bases(kind: str) -> dict[str, Any]:
    """Return the payloads that the cases of a kind edit, by name."""
    named = read(_TESTS / "cases" / kind / "bases.json")
    return {name: base["payload"] for name, base in named.items()}


def case_files(kind: str) -> list[Path]:
    """Return the files with cases of a kind."""
    return [path for path in sorted((_TESTS / "cases" / kind).glob("*.json")) if path.name != "bases.json"]


@cache
def kind_cases(kind: str) -> list[KindCase]:
    """Return every case of a kind, once for each contract that it names."""
    return [
        KindCase(
            kind=kind,
            description=case["description"],
            contract=contract,
            payload=payload,
            valid=case["valid"],
            problems=tuple((problem["pointer"], problem["code"]) for problem in case.get("problems", ())),
        )
        for path in case_files(kind)
        for case in read(path)["cases"]
        for payload in [_payload(case, bases(kind))]
        for contract in _named(case["contracts"], contracts(kind))
    ]


def _payload(case: dict[str, Any], payloads: dict[str, Any]) -> Any:
    if "payload" in case:
        return case["payload"]
    return jsonpatch.apply_patch(payloads[case["base"]], case.get("edit", []))


def _named(ranges: list[str | dict[str, str]], names: list[str]) -> Iterator[str]:
    for item in ranges:
        if isinstance(item, str):
            assert item in names, item
            yield item
        else:
            assert {*item.values()} <= {*names}, item
            dates = (name for name in names if name[0].isdigit())
            yield from (date for date in dates if item.get("since", "") <= date <= item.get("until", date))


@cache
def captured(kind: str) -> list[tuple[str, str, Any]]:
    """Return the captured payloads of a kind: name, the contract that describes their server, and payload."""
    return [
        (row["name"], _CONTRACTS[row["origin"]], row["payload"])
        for row in read(_TESTS / "corpus" / "neighbours.json")
        if _OTHER_NAMES.get(row["kind"], row["kind"]) == kind and row["origin"] in _CONTRACTS
    ]


def of_origin(kind: str, origin: str) -> list[tuple[str, Any]]:
    """Return payloads of a kind with their names: of documents, `doc`, or of the tests of other projects, `mock`."""
    return [
        (row["name"], row["payload"])
        for row in read(_TESTS / "corpus" / "neighbours.json")
        if _OTHER_NAMES.get(row["kind"], row["kind"]) == kind and row["origin"] == origin
    ]

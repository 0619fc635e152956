"""`ftschema.diff`: every difference between two contracts is reported, each with a payload that proves it."""

from __future__ import annotations

import copy
import json
import pickle
from collections import Counter
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from attrs import evolve

import ftschema
from ftschema.analysis import diff
from ftschema.analysis.diff import Difference, differences
from ftschema.core.pointer import join
from ftschema.generation.defects import catalogue as kinds_of
from ftschema.generation.defects import draw_defect
from ftschema.generation.plans import seeded
from ftschema.schemas import catalogue
from ftschema.schemas.reader import root_type
from ftschema.schemas.translate import from_wire, to_wire
from support.helpers import SOME_PAIRS, VARIED_CONTRACTS, sample
from support.mutants.schemas import Mutant, mutants
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ftschema import Change, ContractDiff, Defect

CONTRACTS = ftschema.contracts()
DATES = tuple(name for name in CONTRACTS if name[:2] == "20")
_each_pair = pytest.mark.parametrize(
    ("left", "right"),
    sample(dict.fromkeys([*permutations(VARIED_CONTRACTS, 2), *SOME_PAIRS]), *SOME_PAIRS, rest=pytest.mark.proof),
)

# What a change of a code looks like in a check of its witness.
_KEYWORDS = {
    "required": {"required"},
    "name": {"type"},
    # A map lacks the keys that an object must have.
    "type": {"type", "required"},
    "null": {"type"},
    "enum": {"enum", "const"},
    "minimum": {"minimum", "exclusiveMinimum"},
    "maximum": {"maximum"},
    "minItems": {"minItems"},
    "maxItems": {"maxItems"},
    "minProperties": {"minProperties"},
    "maxProperties": {"maxProperties"},
    "maxLength": {"maxLength"},
}


@cache
def _schema(contract: ftschema.ContractName) -> dict[str, Any]:
    return ftschema.schema(contract)


@cache
def _diff(left: ftschema.ContractName, right: ftschema.ContractName) -> ContractDiff:
    return ftschema.diff(left, right)


@cache
def _judge(contract: ftschema.ContractName) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(_schema(contract))


def _found(contract: ftschema.ContractName, payload: Any) -> list[tuple[str, str]]:
    return [(join(error.absolute_path), str(error.validator)) for error in _judge(contract).iter_errors(payload)]


@cache
def _names(contract: ftschema.ContractName) -> dict[str, str]:
    """Return the names of a contract by wire name, at every depth of a job."""
    return {_wire(name): name for name in _declared(_schema(contract))}


def _declared(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", ())
        for member in node.values():
            yield from _declared(member)
    elif isinstance(node, list):
        for member in node:
            yield from _declared(member)


def _wire(name: str) -> str:
    if name == "VarError":
        return "error"
    # The one name of the wire that is in camel case is Azure's.
    return name if name == "trainingType" else "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _is_at(pointer: str, template: str, contract: ftschema.ContractName) -> bool:
    """Return whether a pointer into a payload matches the pointer of a change."""
    names = _names(contract)
    steps, wanted = pointer.split("/"), [names.get(step, step) for step in template.split("/")]
    return len(steps) == len(wanted) and all(want in {step, "*"} for step, want in zip(steps, wanted, strict=True))


def _other(found: ContractDiff, change: Change) -> ftschema.ContractName:
    return found.right if change.accepted_by == found.left else found.left


def _prove(found: ContractDiff, change: Change) -> None:
    """Assert that one contract accepts the witness of a change, and the other rejects it for this reason alone."""
    assert change.accepted_by in {found.left, found.right}
    refusing = _other(found, change)
    assert _judge(change.accepted_by).is_valid(change.witness)
    if change.code == "spelling":
        assert (change.problem.pointer, change.problem.code) in _found(refusing, change.witness)
        return
    done = ftschema.convert(change.witness, change.accepted_by, refusing)
    assert done.dropped == ()
    [(pointer, keyword)] = _found(refusing, done.payload)
    assert (change.problem,) == done.report.problems
    assert (change.problem.pointer, change.problem.code) == (pointer, keyword)
    assert keyword in _KEYWORDS[change.code]
    place = change.pointer.rpartition("/")[0] if change.code == "required" else change.pointer
    assert _is_at(pointer, place, refusing)


# ---------------------------------------------------------------- proven, and none overlooked


@for_each("contract", CONTRACTS)
def test_no_difference_to_itself(contract: ftschema.ContractName) -> None:
    """A contract does not differ from itself."""
    found = ftschema.diff(contract, contract)
    assert found == ftschema.ContractDiff(contract, contract, ())
    assert found.equal
    assert list(found) == []


@_each_pair
def test_witnesses(left: ftschema.ContractName, right: ftschema.ContractName) -> None:
    """Any two contracts differ, and each witness is rejected for its difference alone, by another validator too."""
    found = _diff(left, right)
    assert (found.left, found.right) == (left, right)
    assert not found.equal
    for change in found:
        _prove(found, change)
        assert change.left != change.right
        # Small enough to read, but for texts and maps past their limits.
        assert len(json.dumps(change.witness)) < 3_000


@_each_pair
def test_every_difference_has_a_witness(left: ftschema.ContractName, right: ftschema.ContractName) -> None:
    """Every possible difference between the types of two contracts is reported: none lacks a witness."""
    shown = {(change.pointer, change.code, change.left, change.right) for change in _diff(left, right)}
    for found in differences(root_type(left), root_type(right), left):
        key = f"/{found.key}" if found.code == "required" else ""
        assert (found.pointer + key, found.code, found.accepting, found.rejecting) in shown


@pytest.mark.parametrize("value", [5, "x"], ids=["accepted by both", "refused by both"])
def test_no_difference_without_a_witness(value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A possible difference that no payload proves is not reported."""
    suspected = Difference((), "seed", "/seed", "type", "this", "that", (value,))
    monkeypatch.setattr(diff, "differences", lambda *_: iter([suspected]))
    assert ftschema.diff("observed", "2026-07-15").equal


@cache
def _defects(contract: ftschema.ContractName) -> tuple[tuple[str, Defect], ...]:
    """Return defects of a contract's schema, two of each kind, with their pointers in wire names."""
    return tuple(
        ("/".join(map(_wire, kind.pointer.split("/"))), draw_defect(kind, seeded("differing", number)))
        for kind in kinds_of(contract)
        if not kind.lifecycle
        for number in range(2)
    )


@_each_pair
def test_nothing_is_overlooked(left: ftschema.ContractName, right: ftschema.ContractName) -> None:
    """Every defect of one contract that the other accepts is at the pointer of a difference, or below one."""
    changes = [change for change in _diff(left, right) if change.accepted_by == left]
    alike = _names(left).items() & _names(right).items()
    for place, defect in _defects(right):
        payload = defect.payload
        if len(alike) < min(len(_names(left)), len(_names(right))):
            payload = from_wire(left, to_wire(right, payload))
        if ftschema.is_valid(payload, left):
            assert any(_covers(change, place, defect) for change in changes), (place, defect)


def _covers(change: Change, place: str, defect: Defect) -> bool:
    if change.code == "required":
        return defect.code == "required" and change.pointer.rpartition("/")[0] == place
    # Where a key is declared by the one only, it asks nothing of what lies below.
    below = place.startswith(f"{change.pointer}/") and change.code in {"name", "type"}
    return change.pointer == place or below


@_each_pair
def test_mirror(left: ftschema.ContractName, right: ftschema.ContractName) -> None:
    """Exchanging two contracts exchanges the sides of each difference, and changes nothing else."""
    found, mirrored = _diff(left, right), _diff(right, left)

    def rows(changes: ContractDiff, *, exchanged: bool) -> Counter[tuple[str, str, str, str]]:
        return Counter(
            (change.pointer, change.code, *((change.right, change.left) if exchanged else (change.left, change.right)))
            for change in changes
        )

    assert rows(found, exchanged=False) == rows(mirrored, exchanged=True)


@_each_pair
def test_rows_are_few(left: ftschema.ContractName, right: ftschema.ContractName) -> None:
    """No change is repeated, and changes are in the order of the fields of the first contract, then of the second."""
    found = _diff(left, right)
    rows = [(change.pointer, change.code, change.left, change.right) for change in found]
    assert len({*rows}) == len(rows)
    fields = [_wire(key) for key in (*_schema(left)["properties"], *_schema(right)["properties"])]
    # A difference of spelling is one of the whole job.
    places = [fields.index(row[0].split("/")[1]) if row[0] else -1 for row in rows]
    assert places == sorted(places)


@_each_pair
def test_spelling(left: ftschema.ContractName, right: ftschema.ContractName) -> None:
    """A different spelling is one change, at the root, and comes first."""
    spellings = {
        name: next(way for way in ("created_at", "createdAt", "CreatedAt") if way in _schema(name)["properties"])
        for name in (left, right)
    }
    found = [change for change in _diff(left, right) if change.code == "spelling"]
    assert len(found) == (spellings[left] != spellings[right])
    for change in found:
        said = {"wire": "created_at", "camel": "createdAt", "pascal": "CreatedAt"}
        assert (said[change.left], said[change.right]) == (spellings[left], spellings[right])
        assert (change.pointer, change.accepted_by) == ("", left)
        assert change is _diff(left, right).changes[0]


# ---------------------------------------------------------------- written by hand

_Row = tuple[str, str, str, str, str]
_STATUSES = '"validating_files", "queued", "running", "succeeded", "failed", "cancelled"'
_STEPS: dict[tuple[str, str], list[_Row]] = {
    ("2023-10-05", "2023-11-06"): [
        ("/object", "enum", "any string", '"fine_tuning.job"', "left"),
        ("/status", "enum", "any string", _STATUSES, "left"),
    ],
    ("2024-04-09", "2024-04-30"): [
        ("/estimated_finish", "name", "not declared", "integer or null", "left"),
    ],
    ("2024-12-18", "2025-03-11"): [
        ("/metadata", "name", "not declared", "object or null", "left"),
    ],
    ("2025-03-11", "2026-05-13"): [
        ("/hyperparameters/batch_size", "null", "integer or string", "integer, string or null", "right"),
        ("/method/reinforcement", "name", "not declared", "object", "left"),
        ("/method/type", "enum", "not allowed", '"reinforcement"', "right"),
        ("/method/type", "required", "optional", "required", "left"),
    ],
}


def _rows(found: ContractDiff) -> list[_Row]:
    sides = {found.left: "left", found.right: "right"}
    return sorted(
        (change.pointer, change.code, change.left, change.right, sides[change.accepted_by]) for change in found
    )


@for_each(("dates", "rows"), _STEPS.items(), ids=[step[1] for step in _STEPS])
def test_steps(dates: tuple[ftschema.ContractName, ftschema.ContractName], rows: list[_Row]) -> None:
    """The changes from one published specification to the next are exactly these."""
    assert _rows(ftschema.diff(*dates)) == rows


_KNOWN: dict[tuple[str, str], list[_Row]] = {
    ("observed", "azure"): [
        ("/status", "enum", '"created"', "not allowed", "left"),
        ("/status", "enum", "not allowed", '"pending", "resuming"', "right"),
        ("/validation_file", "required", "required", "optional", "right"),
        ("/hyperparameters/n_epochs", "minimum", "at least 1", "at least 1 or -1", "right"),
        ("/method/dpo/hyperparameters/batch_size", "minimum", "at least 1", "at least 1 or -1", "right"),
        ("/result_files", "required", "required", "optional", "right"),
        ("/result_files", "null", "array", "array or null", "right"),
        ("/user_provided_suffix", "name", "string or null", "not declared", "right"),
        ("/suffix", "name", "not declared", "string", "left"),
        ("/trainingType", "name", "not declared", "string", "left"),
    ],
    ("dart", "observed"): [
        ("", "spelling", "camel", "wire", "left"),
        ("/object", "enum", "any string", '"fine_tuning.job"', "left"),
        ("/metadata", "maxProperties", "any number of keys", "at most 16 keys", "left"),
        ("/metadata", "maxLength", "keys of any number of characters", "keys of at most 64 characters", "left"),
        ("/metadata/*", "maxLength", "any number of characters", "at most 512 characters", "left"),
        ("/integrations", "maxItems", "any number of items", "at most 5 items", "left"),
        ("/integrations/*/wandb/run_id", "name", "not declared", "string", "left"),
        ("/method", "null", "object", "object or null", "right"),
        ("/method/dpo/hyperparameters/beta", "minimum", "no lower limit", "more than 0", "left"),
        ("/error/code", "required", "required", "optional", "right"),
    ],
    ("rust", "dart"): [
        ("", "spelling", "wire", "camel", "left"),
        ("/seed", "minimum", "at least -2147483648", "at least -9223372036854775808", "right"),
        ("/seed", "maximum", "at most 2147483647", "at most 9223372036854775807", "right"),
        ("/method", "null", "object or null", "object", "left"),
    ],
    ("powershell", "rust"): [
        ("", "spelling", "pascal", "wire", "left"),
        ("/hyperparameters/n_epochs", "required", "required", "optional", "right"),
        ("/estimated_finish", "name", "not declared", "integer or null", "left"),
    ],
    ("2026-07-15", "2026-11-10"): [
        ("/status", "enum", "not allowed", '"pausing", "paused"', "right"),
        ("/hyperparameters", "required", "required", "optional", "right"),
        ("/error", "type", "object or null", "anything", "right"),
        ("/seed", "null", "integer", "integer or null", "right"),
        ("/method", "null", "object", "object or null", "right"),
        ("/method/reinforcement/grader/graders", "type", "an object", "a map", "right"),
    ],
    ("2026-05-13", "2026-07-15"): [
        (
            "/method/reinforcement/grader/sampling_params/reasoning_effort",
            "enum",
            "not allowed",
            '"max"',
            "right",
        ),
        (
            "/method/reinforcement/grader/input/*/content/*/prompt_cache_breakpoint",
            "name",
            "not declared",
            "object",
            "left",
        ),
    ],
}


@for_each(("pair", "rows"), _KNOWN.items())
def test_known_differences(pair: tuple[ftschema.ContractName, ftschema.ContractName], rows: list[_Row]) -> None:
    """Differences that are known from the documents and from captured replies are reported."""
    found = _rows(ftschema.diff(*pair))
    assert [row for row in rows if row not in found] == []


# ---------------------------------------------------------------- contracts with one thing changed


@pytest.fixture
def edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[ftschema.ContractName, dict[str, Any]], ftschema.Contract]:
    """Return a function that registers a changed schema as a contract and returns it."""
    made = Counter[str]()

    def make(contract: ftschema.ContractName, schema: dict[str, Any]) -> ftschema.Contract:
        made[contract] += 1
        # The package reads a contract once in a process, so that no name may be used again.
        name = f"{contract} edited in {tmp_path} {made[contract]}"
        path = tmp_path / f"{contract}-{made[contract]}.json"
        path.write_text(json.dumps(schema), encoding="utf-8")
        entry = evolve(catalogue.entry(contract), name=name, file=str(path))  # type: ignore[arg-type]  # a new name
        monkeypatch.setitem(catalogue._ENTRIES, entry.name, entry)  # noqa: SLF001  # there is no public way to add one
        return ftschema.contract(name)

    return make


def _definition(schema: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"][name]
    return found


def _require(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda schema: schema["required"].append(key)


def _release(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda schema: schema["required"].remove(key)


def _declare(key: str, member: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda schema: schema["properties"].update({key: member})


def _forget(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda schema: schema["properties"].pop(key)


def _ask(key: str, **asked: Any) -> Callable[[dict[str, Any]], None]:
    return lambda schema: schema["properties"][key].update(asked)


def _ask_part(part: str, **asked: Any) -> Callable[[dict[str, Any]], None]:
    return lambda schema: _definition(schema, part).update(asked)


def _drop_from_part(part: str, keyword: str) -> Callable[[dict[str, Any]], None]:
    return lambda schema: _definition(schema, part).pop(keyword)


def _ask_branch(part: str, branch: int, **asked: Any) -> Callable[[dict[str, Any]], None]:
    return lambda schema: _definition(schema, part)["allOf"][branch]["then"].update(asked)


def _without_grader(word: str) -> Callable[[dict[str, Any]], None]:
    def edit(schema: dict[str, Any]) -> None:
        part = _definition(schema, "GraderInMulti")
        part["properties"]["type"]["then"]["enum"].remove(word)
        part["allOf"] = [one for one in part["allOf"] if one["if"]["properties"]["type"]["const"] != word]

    return edit


def _in_metadata(keyword: str, **asked: Any) -> Callable[[dict[str, Any]], None]:
    return lambda schema: schema["properties"]["metadata"][keyword].update(asked)


_GRADERS = "/method/reinforcement/grader/graders"
_Edit = tuple[str, "Callable[[dict[str, Any]], object]", list[_Row]]
_EDITS: dict[str, _Edit] = {
    "key optional": ("2026-07-15", _release("seed"), [("/seed", "required", "required", "optional", "right")]),
    "key required": ("2026-07-15", _require("metadata"), [("/metadata", "required", "optional", "required", "left")]),
    "new key that is required": (
        "2023-11-06",
        lambda schema: (_declare("seed", {"type": "integer"})(schema), _require("seed")(schema)),
        [
            ("/seed", "name", "not declared", "integer", "left"),
            ("/seed", "required", "not declared", "required", "left"),
        ],
    ),
    "part's key optional": (
        "observed",
        lambda schema: _definition(schema, "WandbIntegration")["required"].remove("project"),
        [("/integrations/*/wandb/project", "required", "required", "optional", "right")],
    ),
    "new key": (
        "dart",
        _declare("updatedAt", {"type": "integer"}),
        [("/updated_at", "name", "not declared", "integer", "left")],
    ),
    "new key of several types": (
        "2025-03-11",
        _declare("suffix", {"type": ["string", "null", "number"]}),
        [("/suffix", "name", "not declared", "number, string or null", "left")],
    ),
    "new key that may hold anything": ("2025-03-11", _declare("suffix", {}), []),
    "key forgotten": (
        "observed",
        _forget("user_provided_suffix"),
        [("/user_provided_suffix", "name", "string or null", "not declared", "right")],
    ),
    "more words": (
        "2026-07-15",
        lambda schema: schema["properties"]["status"]["then"]["enum"].extend(["paused", "lost"]),
        [("/status", "enum", "not allowed", '"paused", "lost"', "right")],
    ),
    "fewer words": (
        "observed",
        lambda schema: schema["properties"]["status"]["then"]["enum"].remove("queued"),
        [("/status", "enum", '"queued"', "not allowed", "left")],
    ),
    "any word": (
        "2026-07-15",
        lambda schema: schema["properties"]["object"].pop("then"),
        [("/object", "enum", '"fine_tuning.job"', "any string", "right")],
    ),
    "null too": (
        "2026-07-15",
        _ask("seed", type=["integer", "null"]),
        [("/seed", "null", "integer", "integer or null", "right")],
    ),
    "null no more": (
        "observed",
        _ask("user_provided_suffix", type="string"),
        [("/user_provided_suffix", "null", "string or null", "string", "left")],
    ),
    "another type": (
        "2024-04-30",
        _ask("seed", type="string"),
        [("/seed", "type", "integer", "string", "right")],
    ),
    "fractions": (
        "2026-07-15",
        _ask("trained_tokens", type=["number", "null"]),
        [("/trained_tokens", "type", "integer or null", "number or null", "right")],
    ),
    "fractions far from zero": (
        "2026-07-15",
        _ask("seed", type="number", minimum=10),
        [
            ("/seed", "minimum", "no lower limit", "at least 10", "left"),
            ("/seed", "type", "integer", "number", "right"),
        ],
    ),
    "anything": (
        "2026-07-15",
        lambda schema: schema["properties"].update({"seed": {}}),
        [("/seed", "type", "integer", "anything", "right")],
    ),
    "bound moved": (
        "2023-11-06",
        _ask_branch("n_epochs", 1, maximum=49),
        [("/hyperparameters/n_epochs", "maximum", "at most 50", "at most 49", "left")],
    ),
    "bound gone": (
        "2023-11-06",
        lambda schema: _definition(schema, "n_epochs")["allOf"][1]["then"].pop("minimum"),
        [("/hyperparameters/n_epochs", "minimum", "at least 1", "no lower limit", "right")],
    ),
    "bounds across zero": (
        "2023-11-06",
        _ask_branch("n_epochs", 1, minimum=-1_000_000, maximum=-1),
        [
            ("/hyperparameters/n_epochs", "maximum", "at most 50", "at most -1", "left"),
            ("/hyperparameters/n_epochs", "minimum", "at least 1", "at least -1000000", "right"),
        ],
    ),
    "bound of fractions": (
        "2026-07-15",
        _drop_from_part("beta", "maximum"),
        [("/method/dpo/hyperparameters/beta", "maximum", "at most 2", "no upper limit", "right")],
    ),
    "open bound of fractions": (
        "2025-03-11",
        _ask_part("beta", exclusiveMinimum=0.25),
        [("/method/dpo/hyperparameters/beta", "minimum", "more than 0", "more than 0.25", "left")],
    ),
    "items at most": (
        "2026-07-15",
        _ask("result_files", maxItems=3),
        [("/result_files", "maxItems", "any number of items", "at most 3 items", "left")],
    ),
    "too many items": (
        "2026-07-15",
        _ask("integrations", minItems=7, maxItems=8),
        [
            ("/integrations", "maxItems", "at most 5 items", "at most 8 items", "right"),
            ("/integrations", "minItems", "any number of items", "at least 7 items", "left"),
        ],
    ),
    "more items": (
        "2026-07-15",
        _ask("integrations", maxItems=6),
        [("/integrations", "maxItems", "at most 5 items", "at most 6 items", "right")],
    ),
    "items at least": (
        "2026-07-15",
        _ask("result_files", minItems=1),
        [("/result_files", "minItems", "any number of items", "at least 1 item", "left")],
    ),
    "keys at least": (
        "2025-03-11",
        _ask("metadata", minProperties=1),
        [("/metadata", "minProperties", "any number of keys", "at least 1 key", "left")],
    ),
    "more keys": (
        "2025-03-11",
        _ask("metadata", maxProperties=17),
        [("/metadata", "maxProperties", "at most 16 keys", "at most 17 keys", "right")],
    ),
    "longer keys": (
        "observed",
        _in_metadata("propertyNames", maxLength=65),
        [("/metadata", "maxLength", "keys of at most 64 characters", "keys of at most 65 characters", "right")],
    ),
    "shorter values": (
        "observed",
        _in_metadata("additionalProperties", maxLength=511),
        [("/metadata/*", "maxLength", "at most 512 characters", "at most 511 characters", "left")],
    ),
    "longest text": (
        "powershell",
        _ask("OrganizationId", maxLength=40),
        [("/organization_id", "maxLength", "any number of characters", "at most 40 characters", "left")],
    ),
    "values of a map": (
        "2026-07-15",
        _in_metadata("additionalProperties", type=["string", "boolean"]),
        [("/metadata/*", "type", "string", "boolean or string", "right")],
    ),
    "part of a union gone": (
        "observed",
        _without_grader("label_model"),
        [
            (f"{_GRADERS}/*/type", "enum", '"label_model"', "not allowed", "left"),
            (f"{_GRADERS}/type", "enum", '"label_model"', "not allowed", "left"),
        ],
    ),
    "part of a union asks less": (
        "observed",
        lambda schema: _definition(schema, "EndpointGrader")["required"].remove("url"),
        [
            (f"{_GRADERS}/*/url", "required", "required", "optional", "right"),
            (f"{_GRADERS}/url", "required", "required", "optional", "right"),
            (f"{_GRADERS.removesuffix('/graders')}/url", "required", "required", "optional", "right"),
        ],
    ),
}


@for_each(("contract", "edit", "rows"), _EDITS.values(), ids=_EDITS)
def test_edits(
    edited: Callable[[ftschema.ContractName, dict[str, Any]], ftschema.Contract],
    contract: ftschema.ContractName,
    edit: Callable[[dict[str, Any]], object],
    rows: list[_Row],
) -> None:
    """One change of a schema is the only difference, from either side."""
    schema = ftschema.schema(contract)
    edit(schema)
    assert schema != ftschema.schema(contract)
    changed = edited(contract, schema)
    found = ftschema.diff(contract, changed)
    assert _rows(found) == rows
    for change in found:
        _prove(found, change)
    mirrored = ftschema.diff(changed, contract)
    assert sorted(row[:4] for row in _rows(mirrored)) == sorted((*row[:2], row[3], row[2]) for row in rows)
    for change in mirrored:
        _prove(mirrored, change)


@pytest.mark.parametrize(
    ("part", "keyword", "least"),
    [("then", "minItems", "at least 1 item"), ("else", "minProperties", "any number of keys")],
)
def test_one_more_at_least(
    edited: Callable[[ftschema.ContractName, dict[str, Any]], ftschema.Contract], part: str, keyword: str, least: str
) -> None:
    """If one contract requires some items and the other more, the witness has enough for the first only."""
    schema = ftschema.schema("observed")
    asked = _definition(schema, "MultiGrader")["properties"]["graders"][part]
    (asked if part == "then" else asked["else"])[keyword] = 3
    found = ftschema.diff("observed", edited("observed", schema))
    noun = "items" if keyword == "minItems" else "keys"
    assert _rows(found) == [(_GRADERS, keyword, least, f"at least 3 {noun}", "left")]
    for change in found:
        _prove(found, change)


_BOUNDS = {"exclusiveMinimum": "minimum"} | {
    keyword: keyword for keyword in ("minimum", "maximum", "maxItems", "maxLength", "maxProperties")
}
# Without these no job can be drawn: no witness either.
_VITAL = {"/type", "/properties/status/type", "/properties/Status/type", "/$defs/Method/properties/type/type"}


def _expected(mutant: Mutant) -> str | None:
    """Return the code of the difference that a mutation of a schema makes; None if it is not tested here."""
    keyword = mutant.pointer.rpartition("/")[2]
    if mutant.pointer in _VITAL:
        return None
    if mutant.change == "with 'null'":
        return "null"
    if keyword in {"required", "enum"} and mutant.change.startswith("without "):
        return keyword
    return _BOUNDS.get(keyword)


@pytest.mark.parametrize("contract", sample(["2023-11-06", "2025-03-11", "powershell", "dart"], "powershell"))
def test_every_edit(
    edited: Callable[[ftschema.ContractName, dict[str, Any]], ftschema.Contract], contract: ftschema.ContractName
) -> None:
    """Every moved or dropped limit, every optional key, every removed value and every added null is found."""
    tried = Counter[str]()
    for mutant in mutants(ftschema.schema(contract)):
        code = _expected(mutant)
        if code:
            found = ftschema.diff(contract, edited(contract, mutant.schema))
            assert {change.code for change in found} == {code}, str(mutant)
            for change in found:
                _prove(found, change)
            tried[code] += 1
    assert tried["required"] > 10
    assert tried["null"] > 10
    assert len(tried) > 3


# ---------------------------------------------------------------- what comes back


def test_as_dict() -> None:
    """`as_dict` returns JSON data with all attributes of the changes."""
    found = ftschema.diff("observed", "powershell")
    data = json.loads(json.dumps(found.as_dict()))
    assert data == found.as_dict()
    assert (data["left"], data["right"], data["equal"]) == ("observed", "powershell", False)
    for row, change in zip(data["changes"], found, strict=True):
        assert [*row] == ["pointer", "code", "left", "right", "accepted_by", "witness", "problem"]
        problem = row.pop("problem")
        assert problem["message"] == change.problem.message
        assert row == {name: getattr(change, name) for name in row}
    assert ftschema.diff("dart", "dart").as_dict() == {"left": "dart", "right": "dart", "equal": True, "changes": []}


def test_diff_is_a_value() -> None:
    """Diffs are values: iterable, comparable, hashable, and equal to their copies by pickle and copy."""
    found, again = (ftschema.diff("2025-03-11", "2026-05-13") for _ in range(2))
    assert tuple(found) == found.changes
    assert len({change.witness["id"] for change in found}) >= 1
    assert found == again
    assert hash(found) == hash(again)
    assert found != ftschema.diff("2026-05-13", "2025-03-11")
    for twin in (pickle.loads(pickle.dumps(found)), copy.copy(found), copy.deepcopy(found)):
        assert twin == found
        assert [change.witness for change in twin] == [change.witness for change in found]


def test_witnesses_are_ones_own() -> None:
    """Changing a witness changes neither another witness nor that of the next diff."""
    first = ftschema.diff("dart", "observed")
    before = json.dumps(ftschema.diff("dart", "observed").as_dict())
    for change in first:
        change.witness.clear()
    assert json.dumps(ftschema.diff("dart", "observed").as_dict()) == before


def test_contract_objects() -> None:
    """Contracts may be given by name or as objects."""
    assert ftschema.diff(ftschema.contract("dart"), ftschema.contract("rust")) == ftschema.diff("dart", "rust")


@pytest.mark.parametrize(("left", "right"), [("nope", "dart"), ("dart", "nope"), ("nope", "nope")])
def test_unknown_contract(left: ftschema.ContractName, right: ftschema.ContractName) -> None:
    """An unknown contract raises `UnknownContractError`."""
    with pytest.raises(ftschema.UnknownContractError):
        ftschema.diff(left, right)

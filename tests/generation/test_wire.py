"""Fixtures of the style "wire" look like captured jobs, as a whole and not key by key."""

from __future__ import annotations

import json
import random
import statistics
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

import ftschema
from ftschema import fixtures, strategies
from ftschema.core.pointer import join
from ftschema.generation import wire
from ftschema.generation.jobs import job_generator
from ftschema.generation.plans import seeded
from pages import archetypes
from support.data import corpus
from support.helpers import examples, sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.data import CorpusJob

_KINDS = archetypes.KINDS
_JSON_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
# Keys with free text, ids or names, of which no word is a fact about the API.
_FREE = {"id", "run_id", "training_file", "validation_file", "result_files", "organization_id", "fine_tuned_model"}
_FREE |= {"user_provided_suffix", "suffix", "message", "project", "name", "source", "url", "required"}


def _captures(contract: ftschema.ContractName) -> list[CorpusJob]:
    return [job for job in corpus() if _KINDS.get(job.kind) == contract]


def _triples(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str, str | None]]:
    """Yield the pointer, the JSON type and the word of each value in a payload; every index of an array is 0."""
    is_word = isinstance(value, str) and not _FREE & {*path} and not value.startswith("ft:")
    yield join(path), _JSON_TYPES[type(value)], value if is_word else None
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _triples(member, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _triples(item, (*path, "0"))


def _shape(payload: Any) -> frozenset[tuple[str, str]]:
    return frozenset((pointer, json_type) for pointer, json_type, _ in _triples(payload))


# ---------------------------------------------------------------- the data


def _packaged() -> str:
    return files("ftschema.generation").joinpath("archetypes.json").read_text(encoding="utf-8")


def test_archetypes_are_those_of_the_corpus() -> None:
    """The file in the package is what the script makes of the corpus."""
    assert _packaged() == archetypes.text(corpus())


def test_nothing_of_a_capture_is_left() -> None:
    """No id, name, text or time of a capture is in the file."""
    text = _packaged()
    for job in (*_captures("observed"), *_captures("azure")):
        for key in _FREE & job.payload.keys():
            values = job.payload[key] if isinstance(job.payload[key], list) else [job.payload[key]]
            assert not any(value and f'"{value}"' in text for value in values), (str(job), key)
        assert str(job.payload.get("created_at")) not in text


# ---------------------------------------------------------------- like the captures


@pytest.mark.parametrize("contract", _KINDS.values())
def test_only_what_was_captured(contract: ftschema.ContractName) -> None:
    """Each payload holds only places, types and words that captures of its era hold."""
    every = wire.archetypes(contract)
    for era in dict.fromkeys(one.era for one in every):
        last = max(one.month for one in every if one.era == era)
        months = {one.month for one in every if one.era == era}
        captured = {row for job in _captures(contract) if job.month in months for row in _triples(job.payload)}
        for payload in fixtures.payloads(100, era, contract=contract, era=last):
            assert {*_triples(payload)} <= captured
    newest = {row for job in _captures(contract) if job.month >= every[0].era for row in _triples(job.payload)}
    newest.add(("/error", "object", None))
    for seed in range(100):
        assert {*_triples(fixtures.payload(seed, contract=contract))} <= newest


def _found_out(left: list[Any], right: list[Any]) -> float:
    """Return how often the nearest other payload is of the same list; equally near ones count in part."""
    rows = [(_shape(payload), side) for side, payloads in enumerate((left, right)) for payload in payloads]
    right_answers = 0.0
    for number, (shape, side) in enumerate(rows):
        others = [
            (len(shape ^ other) / len(shape | other), its_side)
            for position, (other, its_side) in enumerate(rows)
            if position != number
        ]
        nearest = min(distance for distance, _ in others)
        sides = [its_side for distance, its_side in others if distance == nearest]
        right_answers += sides.count(side) / len(sides)
    return right_answers / len(rows)


@pytest.mark.parametrize("contract", sample(_KINDS.values(), "azure"))
def test_a_classifier_cannot_tell(contract: ftschema.ContractName) -> None:
    """By its shape, a payload from the archetypes of half of the captures cannot be told from the other captures."""
    found_out, edges_found_out = [], []
    for split in range(8):
        captures = _captures(contract)
        random.Random(split).shuffle(captures)
        half = len(captures) // 2
        known, kept_aside = captures[:half], [capture.payload for capture in captures[half:]]
        payloads = [
            wire.draw_captured(one, seeded(split), {}, one.status)
            for one in (wire.Archetype(**row) for row in archetypes.archetypes(known))
            for _ in range(one.count)
        ]
        found_out.append(_found_out(payloads, kept_aside))
        edges = fixtures.payloads(len(kept_aside), split, contract=contract, style="edges")
        edges_found_out.append(_found_out([*edges], kept_aside))
    assert statistics.mean(found_out) < 0.6
    assert statistics.mean(edges_found_out) > 0.8


# ---------------------------------------------------------------- what may be asked for


@for_each("contract", _KINDS.values())
@for_each("era", [None, "2024-06", "latest"])
def test_every_status_and_method(contract: ftschema.ContractName, era: str | None) -> None:
    """With any status and method there are valid and coherent jobs, of the era if it has such a method at all."""
    for status in job_generator(contract).statuses:
        for method in ("supervised", "dpo", "reinforcement", None):
            fixed: dict[str, Any] = {"status": status} | ({"method": method} if method else {})
            for payload in (
                *fixtures.payloads(3, contract=contract, era=era, **fixed),
                fixtures.payload(1, contract=contract, era=era, **fixed),
            ):
                assert ftschema.check(payload, contract, lifecycle=True).problems == (), payload
                assert payload["status"] == status
                assert method is None or payload["method"]["type"] == method


def test_era() -> None:
    """The creation lies in a month of the era, and the latest era has the keys that came last."""
    for seed in range(20):
        payload = fixtures.payload(seed, era="2024-07")
        month = datetime.fromtimestamp(payload["created_at"], UTC).strftime("%Y-%m")
        assert "2024-05" <= month <= "2024-11"
        assert "method" not in payload or payload["method"] is None
        assert "eval_experiment_id" in fixtures.payload(seed)
    assert {payload["error"] == {} for payload in fixtures.payloads(50, era="latest")} == {True}
    assert fixtures.payload(1, era="2026-12").keys() == fixtures.payload(1).keys()


@for_each(
    ("asked", "why"),
    [
        ({"era": "2023-07"}, 'the era must be "latest" or a month since 2023-08, such as "2026-03", found "2023-07"'),
        ({"era": "2025-13"}, 'the era must be "latest" or a month since 2023-08, such as "2026-03", found "2025-13"'),
        ({"era": "last"}, 'found "last"'),
        ({"style": "raw"}, 'the style must be "wire" or "edges", found "raw"'),
        ({"style": "wire", "contract": "dart"}, 'no job of the contract "dart" was captured'),
        ({"style": "edges", "era": "2025-06"}, "an era is of captured jobs"),
        ({"coherent": False, "era": "2025-06"}, "an era is of captured jobs"),
    ],
)
def test_impossible(asked: dict[str, Any], why: str) -> None:
    """An unknown style or era raises, and one that the contract does not have."""
    for ask in (fixtures.payload, fixtures.job, fixtures.payloads):
        with pytest.raises(ftschema.CannotCombineError, match=why):
            ask(1, **asked)
    if "coherent" not in asked:
        with pytest.raises(ftschema.CannotCombineError, match=why):
            fixtures.trace(1, **asked)


@for_each(
    "fixed",
    [
        {"fine_tuned_model": "ft:gpt-4o:mine"},
        {"finished_at": 1_760_000_000, "status": "succeeded"},
        {"metadata": {"a": "b"}},
        {"model": "ftjob-mine"},
        {"id": "ftjob-mine", "integrations": [{"type": "wandb", "wandb": {"project": "p", "run_id": "ftjob-mine"}}]},
        {"method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 7}}}},
        {"hyperparameters": {"n_epochs": 4}},
        {"error": {"code": "c", "message": "m", "param": None}},
        {"created_at": 1_692_700_000, "status": "created"},
        {"result_files": []},
    ],
)
def test_fixed_values(fixed: dict[str, Any]) -> None:
    """Fixed values are as given, and the job is coherent with them; a warning is accepted if no job is without one."""
    for payload in (fixtures.payload(1, **fixed), *fixtures.payloads(30, **fixed)):
        assert {key: payload[key] for key in fixed} == fixed
        assert ftschema.check(payload, lifecycle=True).ok


@for_each("contract", _KINDS.values())
@for_each("era", [None, "2023-09", "latest"])
def test_traces(contract: ftschema.ContractName, era: str | None) -> None:
    """A trace keeps the keys of its era; what a job that has not ended lacks is as the server shows it then."""
    for seed in range(20):
        trace = fixtures.trace(seed, contract=contract, era=era)
        for step in trace:
            assert ftschema.check(step, contract, lifecycle=True).problems == (), step
        if contract == "observed":
            assert len({(*step,) for step in trace}) == 1
            assert trace[-1]["status"] == "failed" or len({json.dumps(step.get("error")) for step in trace}) == 1


def test_examples() -> None:
    """There is one example of each status and method, which never changes."""
    example = fixtures.example()
    assert example == fixtures.example(status="succeeded")
    assert (example["id"], example["fine_tuned_model"]) == (
        "ftjob-abc123",
        "ft:gpt-4.1-nano-2025-04-14:personal:support-bot:abc123",
    )
    for contract in ftschema.contracts():
        for status in ("failed", "running"):
            payload = fixtures.example(contract=contract, status=status)
            assert ftschema.check(payload, contract, lifecycle=True).problems == ()
    assert fixtures.example(method="dpo", status="queued")["method"]["type"] == "dpo"
    with pytest.raises(ftschema.CannotCombineError):
        fixtures.example(status="nope")


def test_strategy() -> None:
    """Strategies draw what is captured if they are asked for it."""
    shapes = {_shape(job.payload) for job in _captures("observed")}

    @given(
        strategies.payloads(style="wire"), strategies.jobs(style="wire", era="latest"), strategies.traces(style="wire")
    )
    @examples(1, database=None, derandomize=True)
    def run(payload: dict[str, Any], job: ftschema.FineTuningJob, trace: tuple[dict[str, Any], ...]) -> None:
        assert _shape(payload) in shapes
        assert job.eval_experiment_id is None
        assert not ftschema.check(trace[0], lifecycle=True).problems

    run()

"""The contracts of events, checkpoints and the other kinds hold: cases, captured payloads, published structures."""

from __future__ import annotations

import random
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

import ftschema
from ftschema.schemas.catalogue import every_name
from pages import requests
from support.data import case_schema, part_of, read, reference_problems
from support.declared import declared_part
from support.helpers import sample
from support.kinds import KINDS, PAGES, bases, captured, case_files, contracts, kind_cases, of_origin, pairs, schema
from support.mutants import schemas as schema_mutants
from support.mutants.payloads import Mutant, mutants, neighbours
from support.mutants.single_faults import faults
from support.oracles.published import family_schema
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_RANDOM_MUTANTS_PER_BASE = 60
_ROOTS = {
    "error": ("ErrorResponse",),
    "checkpoint": ("FineTuningJobCheckpoint",),
    "event": ("FineTuningJobEvent",),
    "permission": ("FineTuningCheckpointPermission",),
    "webhook": ("WebhookFineTuningJobCancelled", "WebhookFineTuningJobFailed", "WebhookFineTuningJobSucceeded"),
    "page/job": ("ListPaginatedFineTuningJobsResponse",),
    "page/event": ("ListFineTuningJobEventsResponse",),
    "page/checkpoint": ("ListFineTuningJobCheckpointsResponse",),
    "page/permission": ("ListFineTuningCheckpointPermissionResponse",),
    "request": ("CreateFineTuningJobRequest",),
}
# The specification declares error replies without a date of their own.
_DATES = {("error", "observed"): "2026-05-13"}
_PUBLISHED = [pair for pair in pairs() if pair[1][0].isdigit()] + list(_DATES)
_FAST = (("permission", "2025-03-22"), ("error", "azure"), ("page/checkpoint", "observed"), ("request", "2023-08-31"))
_NEVER_CAPTURED = {"permission", "webhook", "page/permission"}
# Before this date the `object` of an event was an open string.
_FIRST_CLOSED = "2023-11-06"


@cache
def _engine(kind: str, contract: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(kind, contract))


@cache
def _oracle(kind: str, contract: str) -> jsonschema_rs.Draft202012Validator:
    structure = family_schema(_ROOTS[kind], _DATES.get((kind, contract), contract))
    if kind in PAGES:
        # The file of a page is its envelope; the items have contracts of their own.
        structure["$defs"][_ROOTS[kind][0]]["properties"]["data"]["items"] = {}
    return jsonschema_rs.Draft202012Validator(structure)


def _valid_bases(kind: str, contract: str) -> list[Any]:
    return [payload for payload in bases(kind).values() if _engine(kind, contract).is_valid(payload)]


def _mutants(kind: str) -> Iterator[Mutant]:
    """Yield every payload that is one edit away from one of the bases, then random ones further off."""
    for name, payload in bases(kind).items():
        yield from neighbours(payload)
        yield from mutants(payload, random.Random(f"{kind} {name}"), _RANDOM_MUTANTS_PER_BASE)


def _found(kind: str, contract: str, payload: Any) -> tuple[tuple[str, str], ...]:
    """Return pointer and keyword of each problem, after checking that the fast engine has the same."""
    found = reference_problems(schema(kind, contract), payload)
    fast = []
    for error in _engine(kind, contract).iter_errors(payload):
        code = str(error.schema_path[-1])
        # One error of a closed object names all its unknown keys.
        fast += [code] * (len(_unexpected(error)) if code == "additionalProperties" else 1)
    assert sorted(fast) == sorted(code for _, code in found), payload
    return found


def _unexpected(error: Any) -> list[str]:
    keys: list[str] = error.kind.unexpected
    return keys


@for_each(("kind", "contract"), pairs())
def test_cases(kind: str, contract: str) -> None:
    """A payload gets the verdict of its case, and exactly its problems."""
    for case in kind_cases(kind):
        if case.contract == contract:
            assert _found(kind, contract, case.payload) == case.problems, case
            assert case.valid is not bool(case.problems)


@for_each("kind", KINDS)
def test_captured(kind: str) -> None:
    """What the live API and Azure have sent is valid for the contract that describes them."""
    assert captured(kind) or kind in _NEVER_CAPTURED
    for name, contract, payload in captured(kind):
        assert _found(kind, contract, payload) == (), name


@for_each("kind", KINDS)
def test_documented(kind: str) -> None:
    """The examples of the vendors' documents are valid for a contract of their kind."""
    for name, payload in of_origin(kind, "doc"):
        assert any(_engine(kind, contract).is_valid(payload) for contract in contracts(kind)), name


def test_webhooks_written_by_hand() -> None:
    """Of the webhooks that people write into their tests, few are possible."""
    verdicts = [_engine("webhook", "2026-05-13").is_valid(payload) for _, payload in of_origin("webhook", "mock")]
    assert sorted(verdicts) == [False, False, False, True]


@for_each("kind", KINDS)
def test_bases(kind: str) -> None:
    """Each payload that cases edit is valid for a contract, and each contract has one."""
    for name, payload in bases(kind).items():
        assert any(_engine(kind, contract).is_valid(payload) for contract in contracts(kind)), name
    assert all(_valid_bases(kind, contract) for contract in contracts(kind))


@for_each("path", [path for kind in KINDS for path in case_files(kind)])
def test_file(path: Path) -> None:
    """Each file of cases satisfies the schema of such files, and so does the file of the payloads that they edit."""
    assert reference_problems(case_schema(), read(path)) == ()
    named = read(path.with_name("bases.json"))
    assert reference_problems(part_of(case_schema(), "Bases"), named) == ()
    used = {case.get("base") for other in path.parent.glob("*.json") for case in read(other).get("cases", ())}
    assert used - {None} == named.keys()


@pytest.mark.parametrize(("kind", "contract"), sample(pairs(), *_FAST, rest=pytest.mark.proof))
def test_one_fault_is_one_problem(kind: str, contract: str) -> None:
    """Any single fault in a valid payload gives one problem, at its pointer, in both engines."""
    tried = 0
    for payload in _valid_bases(kind, contract):
        for fault in faults({"$defs": {}, **schema(kind, contract)}, payload):
            assert _found(kind, contract, fault.payload) == ((fault.pointer, fault.code),), fault.edit
            tried += 1
    assert tried > 10


@pytest.mark.parametrize(("kind", "contract"), sample(pairs(), *_FAST, rest=pytest.mark.proof))
def test_every_keyword_is_noticed(kind: str, contract: str) -> None:
    """Drop, weaken or tighten any single keyword of a schema: some case tells it from the original."""
    facts = [case for case in kind_cases(kind) if case.contract == contract]
    for mutant in schema_mutants.mutants(schema(kind, contract)):
        if _is_of_another_contract(kind, contract, mutant):
            continue
        engine = jsonschema_rs.Draft202012Validator(mutant.schema)
        assert any(engine.is_valid(case.payload) is not case.valid for case in facts) or any(
            reference_problems(mutant.schema, case.payload) != case.problems for case in facts if case.problems
        ), str(mutant)


def _is_of_another_contract(kind: str, contract: str, mutant: schema_mutants.Mutant) -> bool:
    """Return whether a change is of something that another contract tests: an item, or what a request has of a job."""
    if kind in PAGES:
        return mutant.pointer.startswith("/properties/data/items")
    if kind != "request" or not mutant.pointer.startswith("/$defs/"):
        return False
    own = mutant.pointer.startswith("/$defs/Hyperparameters/")
    return not own and (contract != "observed" or not mutant.pointer.endswith("Hyperparameters/additionalProperties"))


@pytest.mark.parametrize(("kind", "contract"), sample(pairs(), *_FAST, rest=pytest.mark.proof))
def test_engines_agree_on_mutants(kind: str, contract: str) -> None:
    """The two engines have one verdict on payloads near those of the kind, and neither verdict is rare."""
    reference = Draft202012Validator(schema(kind, contract))
    verdicts = {True: 0, False: 0}
    for mutant in [*_mutants(kind)][::7]:
        verdict = _engine(kind, contract).is_valid(mutant.payload)
        assert verdict == reference.is_valid(mutant.payload), str(mutant)
        verdicts[verdict] += 1
    assert min(verdicts.values()) > 5


@pytest.mark.parametrize(("kind", "contract"), sample(_PUBLISHED, ("permission", "2025-03-22"), ("error", "observed")))
def test_published(kind: str, contract: str) -> None:
    """A published contract accepts exactly what the published structure accepts; `observed` errors do so too."""
    verdicts = {True: 0, False: 0}
    for mutant in _mutants(kind):
        verdict = _engine(kind, contract).is_valid(mutant.payload)
        assert verdict == _oracle(kind, contract).is_valid(mutant.payload), str(mutant)
        verdicts[verdict] += 1
    assert min(verdicts.values()) > 20


@pytest.mark.parametrize(
    ("kind", "contract"),
    sample(
        [
            (kind, date)
            for kind, date in pairs()
            if date[0] == "2" and date >= _FIRST_CLOSED and "observed" in contracts(kind)
        ],
        ("checkpoint", "2024-04-10"),
    ),
)
def test_observed_accepts(kind: str, contract: str) -> None:
    """What a published contract accepts, `observed` accepts, but for keys that the published one does not declare.

    The exception is a page of events without `has_more`, which the specification forgot until 2025-02-10.
    """
    declared = schema(kind, contract)
    for mutant in _mutants(kind):
        if _engine(kind, contract).is_valid(mutant.payload):
            payload = declared_part(declared, mutant.payload, declared)
            if (kind, contract) == ("page/event", "2023-11-06"):
                payload["has_more"] = False
            assert _engine(kind, "observed").is_valid(payload), str(mutant)


_FULL = [name for name in every_name() if "/" in name]


def _kind_of(contract: str) -> str:
    return contract.rpartition("/")[0]


@pytest.mark.parametrize(
    "contract", sample(_FULL, "permission/2025-03-22", "page/checkpoint/azure", rest=pytest.mark.proof)
)
def test_library_and_forms_agree(contract: ftschema.ContractName) -> None:
    """The library and every form of a contract have the verdict of its schema, for pages with the items inside."""
    kind = _kind_of(contract)
    default, plain, draft_07 = (ftschema.schema(contract, form) for form in ("default", "plain", "draft-07"))
    engine = jsonschema_rs.Draft202012Validator(default)
    others: list[Callable[[Any], bool]] = [
        partial(ftschema.is_valid, contract=contract),
        jsonschema_rs.Draft202012Validator(plain).is_valid,
        jsonschema_rs.Draft7Validator(draft_07).is_valid,
    ]
    verdicts = {True: 0, False: 0}
    for name, payload in bases(kind).items():
        rng = random.Random(f"{contract} {name}")
        every = [*neighbours(payload)]
        for mutant in [*rng.sample(every, min(100, len(every))), *mutants(payload, rng, 30)]:
            verdict = engine.is_valid(mutant.payload)
            verdicts[verdict] += 1
            for other in others:
                assert other(mutant.payload) is verdict, f"{mutant} {other}"
    assert min(verdicts.values()) > 5


_PAGES_BY_DATE = [name for name in _FULL if name.startswith("page/") and name.rpartition("/")[2][0].isdigit()]


@pytest.mark.parametrize("contract", sample(_PAGES_BY_DATE, "page/permission/2025-03-22", rest=pytest.mark.proof))
def test_published_pages(contract: ftschema.ContractName) -> None:
    """With its items inside, a published page accepts exactly what the published structure of its date accepts."""
    kind, _, date = contract.rpartition("/")
    engine = jsonschema_rs.Draft202012Validator(ftschema.schema(contract))
    oracle = jsonschema_rs.Draft202012Validator(family_schema(_ROOTS[kind], date))
    verdicts = {True: 0, False: 0}
    for mutant in _mutants(kind):
        verdict = engine.is_valid(mutant.payload)
        assert verdict == oracle.is_valid(mutant.payload), str(mutant)
        verdicts[verdict] += 1
    assert min(verdicts.values()) > 20


# No permission was captured; the reference of 2026-11-10 allows any error of a job.
_NOT_IN_OBSERVED = {"page/permission/2025-03-22", "page/job/2026-11-10"}


@pytest.mark.proof
@pytest.mark.parametrize(
    "contract",
    [name for name in _PAGES_BY_DATE if name[-10:] >= _FIRST_CLOSED and name not in _NOT_IN_OBSERVED],
)
def test_observed_accepts_published_pages(contract: ftschema.ContractName) -> None:
    """So does `observed`, with what the page and its items declare, but for `has_more` and the error of a job."""
    kind = _kind_of(contract)
    declared = ftschema.schema(contract)
    for mutant in _mutants(kind):
        if ftschema.is_valid(mutant.payload, contract):
            payload = declared_part(declared, mutant.payload, declared)
            if kind == "page/event":
                payload.setdefault("has_more", False)
            observed: Any = f"{kind}/observed"
            assert ftschema.is_valid(payload, observed), str(mutant)


@pytest.mark.parametrize("contract", sample(_FULL, "error/observed", "page/event/observed"))
def test_cases_in_the_library(contract: ftschema.ContractName) -> None:
    """The library says the same of each case and of each captured payload, at the same places."""
    kind, name = _kind_of(contract), contract.rpartition("/")[2]
    for case in kind_cases(kind):
        if case.contract == name:
            found = ftschema.check(case.payload, contract).problems
            assert tuple((problem.pointer, problem.code) for problem in found) == case.problems, case
            assert ftschema.is_valid(case.payload, contract) is case.valid
    for _, described, payload in captured(kind):
        if described == name:
            assert not ftschema.check(payload, contract).problems


def test_requests_have_the_definitions_of_jobs() -> None:
    """What a request shares with a job is copied from the contracts of jobs; `python -m pages.requests` does it."""
    assert requests.files() == {path.name: path.read_text(encoding="utf-8") for path in requests.FOLDER.glob("*.json")}

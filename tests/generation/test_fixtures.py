"""Fixtures: the same seed gives the same bytes, and what it gives looks like a job.

`golden/fixtures.jsonl` holds what seeds gave when it was written; a major version may write it anew, with
`PYTHONPATH=.:tests python tests/generation/test_fixtures.py > tests/golden/fixtures.jsonl`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import ftschema
from ftschema import fixtures
from support import coverage
from support.helpers import SOME_CONTRACTS, VARIED_CONTRACTS, sample
from support.oracles.sdk_documents import DOCUMENTS, in_wire_names
from support.rows import for_each

CONTRACTS = ftschema.contracts()
_NEWEST = max(name for name in CONTRACTS if name[0].isdigit())
SEEDS = range(200)
_GOLDEN = Path(__file__).parents[1] / "golden" / "fixtures.jsonl"


def _golden_lines() -> list[str]:
    made: list[Any] = []
    for contract in ("observed", "azure", "2023-10-05", "2024-12-18", "2026-07-15", "2026-11-10"):
        made += [fixtures.payload(seed, contract=contract) for seed in (0, 1, "text", "é")]
        made += [fixtures.payload(seed, contract=contract, coherent=False) for seed in range(2)]
        made += [fixtures.payload(2, contract=contract, status="failed")]
        made += fixtures.payloads(3, 7, contract=contract)
        made += [fixtures.trace(seed, contract=contract) for seed in range(2)]
        for defect in fixtures.defects(5, 11, contract=contract):
            made.append([defect.pointer, defect.code, defect.description, defect.payload])
    made += [fixtures.payload(3, method=method) for method in ("supervised", "dpo", "reinforcement")]
    return [json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in made]


def test_no_seed() -> None:
    """A payload needs a seed, by position or by name."""
    with pytest.raises(TypeError, match=r"^payload\(\) missing 1 required argument: 'seed'$"):
        fixtures.payload()
    assert fixtures.payload(seed=7) == fixtures.payload(7)


def test_golden() -> None:
    """What the seeds gave in the first release of this major version, they give today, byte for byte."""
    expected = _GOLDEN.read_bytes().decode().splitlines(keepends=True)
    assert _golden_lines() == expected


@pytest.mark.slow
def test_golden_in_another_process() -> None:
    """The bytes depend on nothing that changes from one process to the next, such as the hash of a text."""
    # The optimised mode has no asserts, which nothing may rest on either.
    command = [sys.executable, "-O", __file__]
    env = {"PYTHONHASHSEED": "4", "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(command, capture_output=True, check=True, env=env)
    assert run.stdout == _GOLDEN.read_bytes()


@for_each("seed", [0, 1, 2**70, -5, "0", "a text", "é😀", ""])
def test_same_seed(seed: object) -> None:
    """The same seed gives the same, twice in a row and with other draws in between."""

    def drawn() -> str:
        parts = [
            fixtures.payload(seed),
            list(fixtures.payloads(5, seed)),
            fixtures.trace(seed),
            [[d.pointer, d.code, d.payload] for d in fixtures.defects(5, seed)],
        ]
        return json.dumps(parts)

    first = drawn()
    list(fixtures.payloads(3, "another"))
    assert drawn() == first


def test_different_seeds() -> None:
    """Different seeds give different jobs, traces and defects."""
    seeds = [*SEEDS, *(f"text {number}" for number in SEEDS)]
    assert len({json.dumps(fixtures.payload(seed)) for seed in seeds}) == len(seeds)
    assert len({json.dumps(fixtures.trace(seed)) for seed in seeds}) == len(seeds)
    assert len({json.dumps([d.payload for d in fixtures.defects(3, seed)]) for seed in seeds}) == len(seeds)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, *SOME_CONTRACTS))
def test_valid_and_coherent(contract: ftschema.ContractName) -> None:
    """Every seed gives a payload that is valid and keeps to all the rules of the lifecycle, warnings included."""
    for seed in SEEDS:
        payload = fixtures.payload(seed, contract=contract)
        assert ftschema.check(payload, contract, lifecycle=True).problems == (), payload
    for payload in fixtures.payloads(len(SEEDS), contract=contract):
        assert ftschema.check(payload, contract, lifecycle=True).problems == (), payload


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, *SOME_CONTRACTS))
def test_incoherent(contract: ftschema.ContractName) -> None:
    """Without coherence payloads stay valid, and some are impossible."""
    payloads = list(fixtures.payloads(len(SEEDS), contract=contract, coherent=False))
    assert all(ftschema.is_valid(payload, contract) for payload in payloads)
    codes = {p.code for payload in payloads for p in ftschema.check(payload, contract, lifecycle=True)}
    assert {"succeeded-has-model", "finish-not-before-creation", "unfinished-has-no-tokens"} <= codes


@pytest.mark.parametrize("contract", sample(["observed", "azure", _NEWEST]))
def test_every_row_is_reached(contract: ftschema.ContractName) -> None:
    """2,000 payloads reach every form, word, bound and length of every key, and a later key in every part.

    By the rules of the lifecycle, a range has two numbers, and an error is an object or null, whatever a contract
    allows; payloads that need not be coherent reach these too.
    """

    def unreached(rows: set[coverage.Row], *, coherent: bool) -> set[coverage.Row]:
        payloads = fixtures.payloads(2_000, contract=contract, coherent=coherent, style="edges")
        return coverage.unreached(contract, rows, payloads)

    assert unreached(coverage.rows(contract), coherent=True) == coverage.against_rules(contract)
    assert unreached(coverage.against_rules(contract), coherent=False) == set()


@for_each("contract", CONTRACTS)
def test_realistic(contract: ftschema.ContractName) -> None:
    """Ids, models and times look like those of servers, and times are in order."""
    job_id, file_id, trained = (
        (r"ftjob-[0-9a-f]{32}", r"file-[0-9a-f]{32}", r"[a-z0-9.-]+\.ft-[0-9a-f]{32}(-[a-z0-9-]+)?")
        if contract == "azure"
        else (
            r"ftjob-[0-9A-Za-z]{24}",
            r"file-([0-9A-Za-z]{22}|[0-9A-Za-z]{24})",
            r"ft:[a-z0-9.-]+:[a-z-]+:[a-z0-9-]*:[0-9A-Za-z]{8}",
        )
    )
    # The edges of a contract's integers are reached too, wherever no rule of the lifecycle forbids it.
    edges = DOCUMENTS[contract].width if contract in DOCUMENTS else ()
    succeeded = 0
    for spelled in fixtures.payloads(len(SEEDS), contract=contract):
        payload = in_wire_names(contract, spelled)
        assert re.fullmatch(job_id, payload["id"])
        for file in (payload["training_file"], payload.get("validation_file"), *(payload.get("result_files") or ())):
            assert file is None or re.fullmatch(file_id, file)
        assert re.match(r"(ft:)?gpt-|o4-mini|davinci-002", payload["model"])
        assert 1_690_000_000 < payload["created_at"] < 1_800_000_000
        for key in ("finished_at", "estimated_finish", "updated_at"):
            later = payload.get(key)
            # Azure estimated a finish after 12 weeks.
            assert later is None or 0 <= later - payload["created_at"] < (100_000 if key != "estimated_finish" else 2e7)
        if payload["status"] == "succeeded":
            succeeded += 1
            assert re.fullmatch(trained, payload["fine_tuned_model"])
            # A model may be trained further.
            assert payload["model"].removeprefix("ft:").partition(":")[0] in payload["fine_tuned_model"]
            assert payload["trained_tokens"] >= 1_000 or payload["trained_tokens"] in edges
            assert len(payload["result_files"]) == 1
    assert succeeded


def test_ids_differ() -> None:
    """No id stands twice in many jobs, nor does a file."""
    payloads = list(fixtures.payloads(2_000))
    assert len({payload["id"] for payload in payloads}) == len(payloads)
    assert len({payload["training_file"] for payload in payloads}) == len(payloads)


@for_each("coherent", [True, False])
@for_each(
    "fixed",
    [
        {"status": "failed"},
        {"status": "succeeded", "method": "reinforcement"},
        {"method": "dpo"},
        {"model": "mine", "metadata": {"a": "b"}, "organization_id": "org-mine"},
        {"finished_at": 1_760_000_000},
        {"finished_at": 0},
        {"created_at": 1_760_000_000},
        {"error": {"code": "c", "message": "m", "param": None}},
        {"method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 7}}}},
    ],
)
def test_fixed_parts(fixed: dict[str, Any], coherent: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Fixed parts are as given, for every seed, and the rest is coherent with them if it is at all."""
    for payload in fixtures.payloads(100, coherent=coherent, **fixed):
        for key, value in fixed.items():
            assert (payload[key]["type"] if key == "method" and isinstance(value, str) else payload[key]) == value
        assert ftschema.check(payload, lifecycle=coherent).problems == (), payload


def test_the_job_s_own_seed() -> None:
    """`seed` is a key of jobs too, and may be fixed where the seed of the fixture is given by its place."""
    fixed: dict[str, Any] = {"seed": 5}
    assert fixtures.payload(1, **fixed)["seed"] == 5
    assert fixtures.job(1, **fixed).seed == 5
    assert fixtures.trace(1, **fixed)[-1]["seed"] == 5


def test_fixed_values_are_not_shared() -> None:
    """A change of one payload changes neither the next nor the value that was given."""
    given = {"a": "b"}
    for payload in fixtures.payloads(20, metadata=given):
        assert payload["metadata"] == {"a": "b"}
        payload["metadata"]["a"] = "changed"
    assert given == {"a": "b"}


@for_each(
    ("fixed", "why"),
    [
        ({"status": "running", "fine_tuned_model": "ft:x"}, "unfinished-has-no-model"),
        ({"status": "failed", "error": None}, "failed-has-error"),
        ({"colour": "red"}, 'no key "colour"'),
        ({"method": "magic"}, 'no method "magic"'),
        ({"model": 5}, "/model: type"),
        ({"status": "resuming"}, "/status: enum"),
        ({"status": "succeeded", "created_at": 1_700_000_000, "finished_at": 5}, "finish-not-before-creation"),
    ],
)
def test_impossible_parts(fixed: dict[str, Any], why: str) -> None:
    """Parts that no job has together raise at once, saying why, also where many jobs are asked for."""
    for ask in (fixtures.payload, fixtures.job, fixtures.payloads):
        with pytest.raises(ftschema.CannotCombineError, match=why):
            ask(1, **fixed)


def test_job() -> None:
    """`job` is `payload`, structured by the same contract."""
    for contract in CONTRACTS:
        for seed in range(20):
            payload = fixtures.payload(seed, contract=contract, status="failed")
            job = fixtures.job(seed, contract=ftschema.contract(contract), status="failed")
            assert job == ftschema.structure(payload, contract)


def test_unknown_contract() -> None:
    """A name that is no contract raises, for each of the fixtures."""
    for ask in (fixtures.payload, fixtures.job, fixtures.payloads, fixtures.trace, fixtures.defects):
        with pytest.raises(ftschema.UnknownContractError):
            ask(1, contract="none")  # type: ignore[arg-type, call-overload]  # the name is wrong on purpose


def test_number_of_payloads() -> None:
    """As many payloads come as were asked for, and none is made before it is taken."""
    assert list(fixtures.payloads(0)) == []
    assert len(list(fixtures.payloads(17, "seed"))) == 17
    endless = fixtures.payloads(10**12)
    assert list(islice(endless, 3)) == list(fixtures.payloads(3))


def test_defects() -> None:
    """As many defects come as were asked for, of the asked code and place, and an unknown one raises."""
    assert len(list(fixtures.defects(17))) == 17
    assert {d.code for d in fixtures.defects(30, code="maximum")} == {"maximum"}
    assert {d.pointer for d in fixtures.defects(30, pointer="/created_at")} == {"/created_at"}
    with pytest.raises(ftschema.CannotCombineError, match="nope"):
        fixtures.defects(1, code="nope")


def test_without_hypothesis() -> None:
    """The fixtures, traces and defects load no Hypothesis."""
    code = (
        "import sys; from ftschema import fixtures as f;"
        "f.payload(1); f.job(1); list(f.payloads(1)); f.trace(1); list(f.defects(1));"
        "print([name for name in sys.modules if name.partition('.')[0] in {'hypothesis', 'pytest'}])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # it is a text stream
    sys.stdout.writelines(_golden_lines())

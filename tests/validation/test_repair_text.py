"""A mended text holds what was meant, and keeps its layout."""

from __future__ import annotations

import json
import random
from typing import Any
from unittest.mock import patch

import pytest

import ftschema
from ftschema.validation.repair import repaired_text
from support.data import corpus
from support.helpers import VARIED_CONTRACTS, sample
from support.mutants.typos import several, slips
from support.rows import for_each
from support.strategies import payloads_of

_JOB: dict[str, Any] = next(
    job.payload for job in corpus() if job.kind == "live" and job.payload["status"] == "succeeded"
)
_LAYOUTS: dict[str, dict[str, Any]] = {
    "one line": {},
    "compact": {"separators": (",", ":")},
    "two spaces": {"indent": 2},
    "four spaces": {"indent": 4},
    "tabs": {"indent": "\t"},
}


def _repaired(
    text: bytes, contract: ftschema.ContractName = "observed", *, lifecycle: bool = False
) -> tuple[bytes, int]:
    chosen = ftschema.contract(contract)
    return repaired_text(text, chosen.check_jobs(text, lifecycle=lifecycle), chosen, lifecycle=lifecycle)


@for_each("layout", _LAYOUTS)
@for_each("end", ["", "\n", "\r\n"])
def test_layout(layout: str, end: str) -> None:
    """The indent, the spaces, the line ends and the characters of a text stay; so does all of it where nothing is."""

    def written(payload: Any) -> bytes:
        text = json.dumps(payload, ensure_ascii=False, **_LAYOUTS[layout]) + end
        return (text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r" in end else text).encode()

    job = _JOB | {"user_provided_suffix": "é\n😀"}
    assert _repaired(written(job)) == (written(job), 0)
    assert _repaired(written(job | {"status": "Succeeded"})) == (written(job), 1)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "powershell"))
def test_slips(contract: ftschema.ContractName) -> None:
    """What is left in a mended text has no repair, and what was mended is gone."""
    choose = random.Random(7)
    schema = ftschema.schema(contract)
    mends = 0
    for payload in payloads_of(contract)[::6]:
        found = list(slips(contract, schema, payload))
        broken = several(payload, choose.sample(found, min(4, len(found))), choose)
        text, number = _repaired(json.dumps(broken).encode(), contract)
        before, after = ftschema.check(broken, contract), ftschema.check_text(text, contract)
        assert all(problem.repair is None for problem in after)
        assert len(after.problems) <= len(before.problems) - number
        mends += number
    assert mends


def test_step_by_step() -> None:
    """What only a mended job shows is mended too: times in milliseconds below keys in another spelling."""
    job = {("createdAt" if key == "created_at" else key): value for key, value in _JOB.items()}
    job["createdAt"] = _JOB["created_at"] * 1_000
    text, number = _repaired(json.dumps(job).encode(), lifecycle=True)
    assert json.loads(text) == _JOB
    assert number == 2


def test_many() -> None:
    """More are mended than a report holds."""
    grader = {"type": "score_model", "name": "a", "model": "b", "input": [{"role": "User", "content": "c"}] * 250}
    method = {"type": "reinforcement", "reinforcement": {"grader": grader}}
    text, number = _repaired(json.dumps(_JOB | {"method": method}).encode())
    assert number == 250
    assert ftschema.check_text(text).ok


@for_each("text", [b"", b"{", b"\xff", b"[1]", b'{"id": 1, "id": 2}', b'{"status": "RUNNING", "a": NaN}'])
def test_no_repair(text: bytes) -> None:
    """What has no certain repair stays, to the byte."""
    assert _repaired(text) == (text, 0)


def test_many_repairs() -> None:
    """Thousands of problems are repaired together: a check for each hundred would take minutes for a megabyte."""
    integrations = [{"type": "WANDB", "wandb": {"project": "p"}} for _ in range(300)]
    payload = _JOB | {"integrations": integrations}
    contract = ftschema.contract("observed")
    text = json.dumps(payload).encode()
    jobs = contract.check_jobs(text)
    with patch.object(ftschema.Contract, "check", autospec=True, side_effect=ftschema.Contract.check) as checks:
        result, number = repaired_text(text, jobs, contract, lifecycle=False)
    assert (number, checks.call_count) == (300, 2)
    assert all(integration["type"] == "wandb" for integration in json.loads(result)["integrations"])

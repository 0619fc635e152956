"""With `unknown="warn"` every key that a contract does not declare is listed, and nothing else changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures
from ftschema.schemas.translate import undeclared
from support.helpers import VARIED_CONTRACTS, sample
from support.rows import for_each
from support.strategies import payloads_of, widened_jobs

_EACH = sample(VARIED_CONTRACTS, "observed", "2026-11-10", "dart")


def _listed(payload: Any, contract: ftschema.ContractName) -> list[str]:
    return [problem.pointer for problem in ftschema.check(payload, contract, unknown="warn")]


@pytest.mark.parametrize("contract", _EACH)
@given(data=st.data())
def test_as_convert_drops(contract: ftschema.ContractName, data: st.DataObject) -> None:
    """What is listed is what `convert` drops as unknown, each key as one warning, in the order of the document."""
    payload = data.draw(widened_jobs(contract))
    report = ftschema.check(payload, contract, unknown="warn")
    assert report.ok
    assert {(p.code, p.severity, p.repair) for p in report} <= {("unknown-key", "warning", None)}
    dropped = ftschema.convert(payload, contract, contract, keep_unknown=False).dropped
    assert [problem.pointer for problem in report] == [*dropped]
    assert report.problems == ftschema.check(payload, contract, unknown="warn", partial=True).problems
    assert not ftschema.check(payload, contract).problems


@pytest.mark.parametrize("contract", _EACH)
def test_declared_keys_are_not_listed(contract: ftschema.ContractName) -> None:
    """No key that a contract declares is listed, wherever it is; nor are the caller's own keys in maps."""
    for payload in payloads_of(contract):
        plain = ftschema.convert(payload, contract, contract, keep_unknown=False).payload
        assert _listed(plain, contract) == []
    assert _listed(fixtures.payload(1, metadata={"nEpochs": "3"}), "observed").count("/metadata/nEpochs") == 0


@given(widened_jobs("observed"))
def test_every_verb(payload: Any) -> None:
    """Texts, lines and pages get the same warnings, with their places."""
    expected = _listed(payload, "observed")
    text = json.dumps(payload)
    [line] = ftschema.check_lines([text], unknown="warn")
    [job] = ftschema.check_jobs(text, unknown="warn")
    for report in (ftschema.check_text(text, unknown="warn"), line.report, job.report):
        assert [problem.pointer for problem in report] == expected
        assert all(problem.line == 1 and problem.offset for problem in report)
    assert not ftschema.check_text(text).problems


@for_each(
    ("key", "meant"),
    [
        ("nEpochs", "n_epochs"),
        ("n_epoch", "n_epochs"),
        ("NEpochs", "n_epochs"),
        ("learning_rate", "learning_rate_multiplier"),
        ("batchsize", "batch_size"),
        ("later", None),
        ("é" * 10, None),
        ("n" * 1_000, None),
    ],
)
def test_did_you_mean(key: str, meant: str | None) -> None:
    """A warning names the key that was probably meant, if the object lacks it."""
    job = payloads_of("observed")[0]
    [problem] = ftschema.check(job | {"hyperparameters": {key: 1}}, unknown="warn")
    assert problem.message.startswith("unknown key ")
    assert problem.message.partition("; ")[2] == (f'did you mean "{meant}"?' if meant else "")
    if meant:
        [problem] = ftschema.check(job | {"hyperparameters": {key: 1, meant: 1}}, unknown="warn")
        assert "did you mean" not in problem.message


def test_with_other_problems() -> None:
    """Unknown keys come after the problems of the rules; an invalid payload has only its errors."""
    payload = payloads_of("observed")[0] | {"status": "succeeded", "fine_tuned_model": None, "later": 1}
    codes = [problem.code for problem in ftschema.check(payload, lifecycle=True, unknown="warn")]
    assert codes[-1] == "unknown-key"
    assert len(codes) > 1
    assert codes[:-1] == [problem.code for problem in ftschema.check(payload, lifecycle=True)]
    assert [p.code for p in ftschema.check(payload | {"id": 5}, unknown="warn")] == ["type"]


def test_many_keys() -> None:
    """A report has the first hundred warnings, and counts the others."""
    payload = payloads_of("observed")[0] | {str(number): number for number in range(1_000)}
    report = ftschema.check(payload, unknown="warn")
    assert (len(report.problems), report.omitted) == (100, 900)
    assert len([*undeclared("observed", payload)]) == 1_000


def test_schema_key() -> None:
    """`$schema` of a job, by which editors find its schema, is not unknown; elsewhere it is."""
    job = payloads_of("observed")[0]
    assert _listed(job | {"$schema": "./observed.json"}, "observed") == []
    assert _listed(job | {"error": {"$schema": 1}}, "observed") == ["/error/$schema"]


def test_another_word() -> None:
    """Only `allow` and `warn` are known."""
    job: Any = payloads_of("observed")[0]
    wrong: Any = "forbid"
    for call in (
        lambda: ftschema.check(job, unknown=wrong),
        lambda: ftschema.check_text("{}", unknown=wrong),
        lambda: ftschema.check_jobs("{}", unknown=wrong),
        lambda: ftschema.check_lines("{}", unknown=wrong),
    ):
        with pytest.raises(ValueError, match='expected unknown to be "allow" or "warn", found \'forbid\''):
            call()

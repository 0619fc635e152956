"""The features of contracts, and the coverage of what a program hands to the package."""

from __future__ import annotations

import copy
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import coverage, fixtures, strategies
from ftschema.analysis.features import KINDS, Feature, features, held
from ftschema.schemas.vocabulary import METHODS
from ftschema.validation.contract import Contract
from support.data import corpus
from support.helpers import sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

JOB = fixtures.payload(0, status="queued")
TEXT = json.dumps(JOB)
STRUCTURED = ftschema.structure(JOB)
_GRADER = {"type": "endpoint", "url": "u", "rate_limit": 2.0}
_SMALL: ftschema.ContractName = "2023-10-05"


@given(st.data())
def test_held_features_are_features(data: st.DataObject) -> None:
    """Whatever a payload holds is a feature of its contract, also if the payload is invalid, and each has a kind."""
    contract = data.draw(st.sampled_from(ftschema.contracts()))
    known = {(one.pointer, one.word): one.kind for one in features(contract)}
    defects = strategies.defects(contract=contract).map(lambda defect: defect.payload)
    payload = data.draw(strategies.payloads(contract=contract, coherent=False) | defects)
    before = copy.deepcopy(payload)
    codes = {problem.code for problem in ftschema.check(payload, contract)}
    assert {feature for feature in held(contract, payload) if feature[1] not in codes} <= known.keys()
    assert set(known.values()) <= {*KINDS}
    assert payload == before


def test_what_a_job_holds() -> None:
    """Words, absences, nulls, limits and rules are told apart, and each has the pointer of its location."""
    job = {
        **JOB,
        "status": "failed",
        "error": {"code": "x", "message": "m"},
        "integrations": [{"type": "wandb", "wandb": {"project": "p", "tags": []}}] * 5,
        "metadata": {"k": "v" * 512},
        "method": {
            "type": "reinforcement",
            "reinforcement": {"grader": {"type": "endpoint", "url": "u", "rate_limit": 2.0}},
        },
        "trained_tokens": 5,
        "seed": None,
    }
    job.pop("hyperparameters", None)
    at = "/method/reinforcement/grader"
    assert held("observed", job) >= {
        ("/status", '"failed"'),
        ("/error", "an object"),
        ("/error/param", "absent"),
        ("/hyperparameters", "absent"),
        ("/integrations", "maxItems 5"),
        ("/integrations/*/wandb/tags", "an empty array"),
        ("/metadata/*", "maxLength 512"),
        ("/seed", "null"),
        ("/method/type", '"reinforcement"'),
        (f"{at}/type", '"endpoint"'),
        (f"{at}/headers", "absent"),
        (f"{at}/rate_limit", "a number with a decimal point"),
        ("", "unfinished-has-no-tokens"),
    }
    assert ("/hyperparameters/n_epochs", "also -1") in held("azure", {"hyperparameters": {"n_epochs": -1}})
    assert not {word for pointer, word in held("observed", job) if pointer == "/status"} - {'"failed"'}


@pytest.mark.parametrize(
    "contract", sample(("2025-03-11", "observed", "powershell", "event/observed"), "2025-03-11", "event/observed")
)
def test_a_call_for_each_feature(contract: ftschema.ContractName) -> None:
    """Each feature has a call of a fixture, and the payload of the call holds it."""
    calls = coverage.calls(contract, features(contract))
    assert calls.keys() == {*features(contract)}
    payloads = {}
    for call in {*calls.values()}:
        made = eval(call, {"fixtures": fixtures})  # noqa: S307  # our own text
        payloads[call] = held(contract, made.payload if call.startswith("next") else made)
    for feature, call in calls.items():
        assert (feature.pointer, feature.word) in payloads[call], call


def test_calls_with_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A feature that no seed gives by chance has a call with a value that holds it, unless a whole key is absent."""
    monkeypatch.setattr(coverage, "_FEW", 0)
    monkeypatch.setattr(coverage, "_MANY", 0)
    at = "/method/reinforcement/grader"
    wanted = {
        (f"{at}/headers", "absent"),
        (f"{at}/range", "an empty array"),
        ("/integrations", "maxItems 5"),
        ("/metadata/*", "maxLength 512"),
    }
    every = [one for one in features("observed") if (one.pointer, one.word) in wanted]
    calls = coverage.calls("observed", every)
    assert {(one.pointer, one.word) for one in calls} == wanted
    assert coverage.calls("observed", [Feature("/seed", "absent", "absence")]) == {}
    [call] = coverage.calls("dart", [Feature("/createdAt", f"maximum {2**63 - 1}", "bound")]).values()
    assert call == f"fixtures.payload(0, coherent=False, createdAt={2**63 - 1}, contract='dart')"
    assert all(call.startswith("fixtures.payload(0, ") for call in calls.values())


def test_report_of_known_holes() -> None:
    """A report shows exactly what a suite left out, as a table, JSON and a page."""
    measurement = coverage.Coverage("2023-11-06")
    known = {(one.pointer, one.word): one for one in features("2023-11-06")}
    holes = {("/status", '"failed"'), ("/finished_at", "null"), ("", "finish-not-before-creation")}
    measurement.add({"payloads": 7, "held": sorted(known.keys() - holes)})
    report = measurement.report()
    assert {(one.pointer, one.word) for one in report.missed} == holes
    numbers = f"{len(known) - 3} of {len(known)} features"
    assert report.summary() == f"7 payloads covered {numbers} of 2023-11-06: {int(report.percent)}%"
    assert "fixtures.payload(0, status='failed', contract='2023-11-06')" in report.details()
    assert str(report).splitlines()[1].split() == ["status", "6", "1", "83%", '"failed"']
    data = json.loads(json.dumps(report.as_dict()))
    assert {(row["pointer"], row["word"]) for row in data["features"] if not row["covered"]} == holes
    assert all(row["covered"] != (row["call"] is not None) for row in data["features"])
    assert sum(kind["features"] - kind["covered"] for kind in data["kinds"].values()) == 3
    page = report.html()
    assert page.count('class="miss">') == 3
    assert "fixtures.payload(0, status=&#x27;failed&#x27;, contract=&#x27;2023-11-06&#x27;)" in page
    assert measurement.as_dict()["payloads"] == 7


def test_report_without_holes() -> None:
    """A report of all features says 100%, and names nothing that is missing."""
    measurement = coverage.Coverage("2023-10-05")
    for call in {*coverage.calls("2023-10-05", features("2023-10-05")).values()}:
        made = eval(call, {"fixtures": fixtures})  # noqa: S307  # our own text
        measurement.see(made.payload if call.startswith("next") else made)
    report = measurement.report()
    assert (report.missed, report.percent) == ((), 100)
    assert report.details().endswith("of 2023-10-05: 100%")
    assert "<details>" not in report.html()


# ---------------------------------------------------------------- what is seen


CALLS: dict[str, Callable[[], Any]] = {
    "check": lambda: ftschema.check(JOB),
    "is_valid": lambda: ftschema.contract().is_valid(payload=JOB),
    "validate": lambda: ftschema.validate(JOB),
    "structure": lambda: ftschema.structure(JOB),
    "loads": lambda: ftschema.loads(TEXT),
    "check_text": lambda: ftschema.check_text(TEXT.encode()),
    "check_jobs": lambda: ftschema.check_jobs(json.dumps([JOB])),
    "check_lines": lambda: list(ftschema.check_lines(iter([TEXT, "{"]))),
    "check_lines of a text": lambda: list(ftschema.check_lines(f"{TEXT}\n")),
    "problem_rows": lambda: ftschema.problem_rows([TEXT]),
    "unstructure": lambda: ftschema.unstructure(STRUCTURED),
    "dumps": lambda: ftschema.dumps(STRUCTURED),
    "payload": lambda: fixtures.payload(0, status="queued"),
    "payloads": lambda: list(fixtures.payloads(2)),
    "example": lambda: fixtures.example(status="failed"),
    "trace": lambda: fixtures.trace(1, status="cancelled"),
    "defects": lambda: [*fixtures.defects(1, code="enum", pointer="/status")],
    "see": lambda: coverage.see(JOB),
}


@for_each("name", CALLS)
def test_payloads_are_seen(name: ftschema.ContractName) -> None:
    """Each function that takes or makes payloads shows them to the measurement, and works as before."""
    with coverage.measure() as measurement:
        result = CALLS[name]()
    assert measurement.payloads >= 1
    assert {one.pointer for one in measurement.report().covered} > {"/id"}
    assert result == CALLS[name]()


def test_verbs_of_kinds_are_seen() -> None:
    """So does each verb of a kind, once."""
    name: Any = "page/event/observed"
    page = fixtures.payload(1, contract=name)
    with coverage.measure(name) as measurement:
        ftschema.page.check(page)
        made = ftschema.page.loads(json.dumps(page))
        ftschema.page.unstructure(made, "event/observed")
    assert measurement.payloads == 3


@given(st.data())
def test_draws_are_seen(data: st.DataObject) -> None:
    """Payloads that Hypothesis draws are seen, those of traces and defects too."""
    with coverage.measure(_SMALL) as measurement:
        data.draw(strategies.payloads(contract=_SMALL))
        assert measurement.payloads == 1
        data.draw(strategies.defects(contract=_SMALL))
        assert measurement.payloads == 2
        steps = data.draw(strategies.traces(contract=_SMALL))
        assert measurement.payloads == 2 + len(steps)


def test_own_work_is_not_seen() -> None:
    """Payloads that the package makes and checks for work of its own do not count, nor do those of other contracts."""
    with coverage.measure(_SMALL) as measurement:
        ftschema.explain("/id", _SMALL)
        ftschema.identify(JOB)
        ftschema.check(JOB)
        fixtures.payload(0)
        list(fixtures.payloads(1))
        list(ftschema.check_lines([TEXT]))
        measurement.report().details()
    assert measurement.payloads == 0
    with coverage.measure() as measurement:
        fixtures.payload(0, metadata={"a": "b"})
    assert measurement.payloads == 1


def test_bad_data_is_seen() -> None:
    """What is not JSON, or not a payload at all, is refused as before, and holds nothing."""
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    with coverage.measure() as measurement:
        assert not ftschema.is_valid(cyclic)
        assert not ftschema.check_text("{").ok
        with pytest.raises(TypeError):
            ftschema.loads(None)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            ftschema.check_lines(5)  # type: ignore[arg-type]
    assert measurement.report().covered == frozenset()


def test_functions_are_those_of_before() -> None:
    """Outside of a measurement nothing is replaced, and inside another one nothing is replaced twice."""
    names = ("check", "check_lines", "is_valid", "loads")
    before = [getattr(Contract, name) for name in names]
    coverage.see(JOB)
    with coverage.measure() as outer:
        with coverage.measure("azure") as inner:
            ftschema.check(JOB, "azure")
        ftschema.check(JOB)
    assert (outer.payloads, inner.payloads) == (1, 1)
    assert [getattr(Contract, name) for name in names] == before
    kept = partial(Contract.check, ftschema.contract())
    with coverage.measure():
        replaced = Contract.check
    assert replaced(ftschema.contract(), JOB) == kept(JOB)


def test_captures_cover_what_they_have() -> None:
    """The modeled captures hold all three methods, and no pausing job."""
    measurement = coverage.Coverage("observed")
    for job in corpus():
        measurement.see(job.payload)
    covered = {(one.pointer, one.word) for one in measurement.report().covered}
    assert {("/method/type", f'"{method}"') for method in METHODS} <= covered
    assert ("/status", '"pausing"') not in covered

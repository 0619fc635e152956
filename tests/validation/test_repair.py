"""What was certainly meant is offered as a JSON Patch that mends its problem and nothing else."""

from __future__ import annotations

import json
import pickle
import random
from collections import Counter
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonpatch
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures, strategies
from support.data import case_bases, corpus, published_jobs
from support.helpers import VARIED_CONTRACTS, examples, sample
from support.mutants.payloads import mutants
from support.mutants.single_faults import faults
from support.mutants.typos import several, slips
from support.oracles.sdk_documents import in_names_of
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterable

_JOB: dict[str, Any] = case_bases()["job"]["payload"]


@cache
def _payloads(contract: ftschema.ContractName) -> tuple[dict[str, Any], ...]:
    """Return valid payloads of a contract, between them with most of its parts."""
    found = [*published_jobs().values(), *(base["payload"] for base in case_bases().values())]
    found += [job.payload for job in corpus() if job.name in {"089", "110", "128"}]
    spelled = [in_names_of(contract, payload) for payload in (*found, fixtures.payload(seed=1))]
    return tuple(payload for payload in spelled if ftschema.is_valid(payload, contract))


def _named(problems: Iterable[ftschema.Problem]) -> Counter[tuple[str, str]]:
    return Counter((problem.pointer, problem.code) for problem in problems)


def _assert_mends(payload: Any, contract: ftschema.ContractName, *, lifecycle: bool = False) -> int:
    """Hold that each repair, and all in any order, remove their problems and bring none; return how many there are."""
    text = json.dumps(payload)
    report = ftschema.check(payload, contract, lifecycle=lifecycle)
    repairable = [problem for problem in report if problem.repair]
    for chosen in [[problem] for problem in repairable] + [repairable] * (len(repairable) > 1):
        result = ftschema.repaired(payload, evolve(report, problems=tuple(chosen)))
        steps = [step for problem in chosen for step in problem.repair or ()]
        assert result == jsonpatch.apply_patch(payload, steps)
        assert len(chosen) == 1 or result == jsonpatch.apply_patch(payload, steps[::-1])
        if not report.omitted:
            found = ftschema.check(result, contract, lifecycle=lifecycle)
            assert _named(found) == _named(report) - _named(chosen), (payload, report)
    assert json.dumps(payload) == text
    return len(repairable)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "powershell"))
def test_slips(contract: ftschema.ContractName) -> None:
    """A slip whose meaning is certain is mended to the payload as it was; no other slip has a repair."""
    certain = Counter[bool]()
    for payload in _payloads(contract)[:4]:
        for slip in slips(contract, ftschema.schema(contract), payload):
            faulty = slip.into(payload)
            report = ftschema.check(faulty, contract)
            certain[slip.certain] += 1
            assert len(report.problems) == 1, (slip, report)
            if slip.certain:
                mended = ftschema.repaired(faulty, report)
                assert json.dumps(mended) == json.dumps(payload), (slip, report)
            else:
                assert report.problems[0].repair is None, (slip, report)
    assert min(certain[True], certain[False]) > 30


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "azure", "powershell"))
def test_defects(contract: ftschema.ContractName) -> None:
    """A repair of a defect removes its problem and brings no other."""
    assert sum(
        _assert_mends(defect.payload, contract, lifecycle=defect.lifecycle)
        for defect in fixtures.defects(200, seed=1, contract=contract)
    )


@examples(0.5)
@given(strategies.defects())
def test_any_defect(defect: ftschema.Defect) -> None:
    """This holds for any defect that Hypothesis draws."""
    _assert_mends(defect.payload, "observed", lifecycle=defect.lifecycle)


@pytest.mark.proof
@pytest.mark.parametrize("contract", ["observed", "2026-11-10", "powershell"])
def test_faults(contract: ftschema.ContractName) -> None:
    """A repair of any single fault, of several slips, and of mutants, removes its problem and brings no other."""
    rng = random.Random(7)
    schema = ftschema.schema(contract)
    for payload in _payloads(contract):
        found = list(slips(contract, schema, payload))
        for slip in rng.sample(found, min(len(found), 15)):
            assert _assert_mends(slip.into(payload), contract) == slip.certain
        assert sum(_assert_mends(several(payload, found, rng), contract) for _ in range(10)) >= 10
        for fault in faults(schema, payload):
            _assert_mends(fault.payload, contract)
        for mutant in mutants(payload, rng, 10):
            _assert_mends(mutant.payload, contract)


@pytest.mark.proof
@pytest.mark.parametrize("contract", ["observed", "azure", "2026-07-15", "powershell", "dart"])
def test_corpus(contract: ftschema.ContractName) -> None:
    """The same holds for what is a few edits away from captured jobs, valid for the contract or not."""
    rng = random.Random(7)
    for job in corpus():
        for mutant in mutants(in_names_of(contract, job.payload), rng, 10):
            _assert_mends(mutant.payload, contract)


_TIMES = st.dictionaries(
    st.sampled_from(["created_at", "finished_at", "estimated_finish", "updated_at"]),
    st.builds(
        lambda seconds, parts, rest: seconds * parts + rest,
        st.integers(1_500_000_000, 1_800_000_000) | st.sampled_from([0, 1, 4_102_444_799]),
        st.sampled_from([1, 1_000, 1_000.0, 10**6, 10**9]),
        st.sampled_from([0, 0, 7]),
    ),
)


@pytest.mark.parametrize("contract", ["observed", "azure", "dart"])
@given(times=_TIMES)
def test_times(contract: ftschema.ContractName, times: dict[str, float]) -> None:
    """Times in other units are mended to seconds, unless these would break another rule."""
    payload = in_names_of(contract, fixtures.payload(seed=3, contract="observed", status="running") | times)
    _assert_mends(payload, contract, lifecycle=True)


_AT = 1_692_661_014


@for_each(
    ("edit", "repair"),
    [
        ({"status": "SUCCEEDED"}, {"op": "replace", "path": "/status", "value": "succeeded"}),
        ({"status": " validating-files "}, {"op": "replace", "path": "/status", "value": "validating_files"}),
        ({"object": None}, {"op": "replace", "path": "/object", "value": "fine_tuning.job"}),
        ({"object": ...}, {"op": "add", "path": "/object", "value": "fine_tuning.job"}),
        ({"seed": "42"}, {"op": "replace", "path": "/seed", "value": 42}),
        ({"seed": "-42"}, {"op": "replace", "path": "/seed", "value": -42}),
        ({"trained_tokens": "5807250.0"}, {"op": "replace", "path": "/trained_tokens", "value": 5_807_250.0}),
        ({"hyperparameters": {"n_epochs": "3"}}, {"op": "replace", "path": "/hyperparameters/n_epochs", "value": 3}),
        ({"hyperparameters": {"n_epochs": "Auto "}}, {"op": "replace", "path": "/hyperparameters/n_epochs"}),
        ({"shared_with_openai": "False"}, {"op": "replace", "path": "/shared_with_openai", "value": False}),
        ({"estimated_finish": "null"}, {"op": "replace", "path": "/estimated_finish", "value": None}),
        ({"created_at": "2023-08-21T23:36:54Z"}, {"op": "replace", "path": "/created_at", "value": _AT}),
        ({"created_at": "2023-08-22 01:36:54.000+02:00"}, {"op": "replace", "path": "/created_at", "value": _AT}),
        ({"created_at": f"{_AT}000"}, {"op": "replace", "path": "/created_at", "value": _AT}),
        ({"created_at": _AT * 1_000}, {"op": "replace", "path": "/created_at", "value": _AT}),
        ({"created_at": _AT * 1_000_000}, {"op": "replace", "path": "/created_at", "value": _AT}),
        ({"created_at": _AT * 1e9}, {"op": "replace", "path": "/created_at", "value": _AT}),
        ({"id": ..., "ID": "x"}, {"op": "move", "from": "/ID", "path": "/id"}),
        ({"created_at": ..., "createdAt": 5}, {"op": "move", "from": "/createdAt", "path": "/created_at"}),
        ({"model": ..., " a/b~c ": 1, "Model": "m"}, {"op": "move", "from": "/Model", "path": "/model"}),
        (
            {"integrations": [{"type": "wandb", "Wandb": {"project": "p"}}]},
            {"op": "move", "from": "/integrations/0/Wandb", "path": "/integrations/0/wandb"},
        ),
        (
            {"integrations": [{"wandb": {"project": "p"}}]},
            {"op": "add", "path": "/integrations/0/type", "value": "wandb"},
        ),
    ],
)
def test_certain(edit: dict[str, Any], repair: dict[str, Any]) -> None:
    """What was certainly meant is offered as one operation of RFC 6902."""
    payload = {key: value for key, value in (_JOB | edit).items() if value is not ...}
    [problem] = ftschema.check(payload, lifecycle=True)
    assert problem.repair is not None
    [operation] = problem.repair
    assert repair.items() <= operation.items()
    assert type(operation.get("value")) is type(repair.get("value", operation.get("value")))
    assert ftschema.check(ftschema.repaired(payload, ftschema.Report("observed", (problem,)))).ok
    assert pickle.loads(pickle.dumps(problem)) == problem


@for_each(
    "edit",
    [
        {"status": "canceled"},
        {"status": "success"},
        {"status": "\N{LATIN SMALL LETTER LONG S}ucceeded"},
        {"status": ""},
        {"object": "fine-tune"},
        {"object": "fine-tuning-job"},
        {"seed": "042"},
        {"seed": "4 2"},
        {"seed": "1,000"},
        {"seed": "1e3"},
        {"seed": "0x2a"},
        {"seed": "٤٢"},
        {"seed": "9" * 19},
        {"seed": ""},
        {"seed": "None"},
        {"seed": 4.5},
        {"seed": True},
        {"shared_with_openai": "1"},
        {"shared_with_openai": 1},
        {"hyperparameters": {"n_epochs": "0"}},
        {"hyperparameters": {"n_epochs": "51"}},
        {"hyperparameters": {"learning_rate_multiplier": "0.123456789012345678"}},
        {"created_at": "2023-08-21T23:36:54"},
        {"created_at": "2023-08-21"},
        {"created_at": "2023-08-21T23:36Z"},
        {"created_at": "2023-08-21T23:36:54.5Z"},
        {"created_at": "2023-08-21T23:36:54.0000001Z"},
        {"created_at": "2023-02-30T23:36:54Z"},
        {"created_at": "0001-01-01T00:00:00Z"},
        {"created_at": f"{_AT}001"},
        {"created_at": _AT * 1_000 + 1},
        {"created_at": 10**11},
        {"created_at": 10**300},
        {"id": "2023-08-21T23:36:54Z", "created_at": None},
        {"created_at": ..., "createdAt": "today"},
        {"created_at": ..., "createdAt": 5, "CreatedAt": 5},
        {"created_at": ..., "creatd_at": 5},
        {"training_file": ..., "training_files": "file-abc"},
        {"id": ..., "object": ...},
        {"hyperparameters": '{"n_epochs": 3}'},
    ],
)
def test_open(edit: dict[str, Any]) -> None:
    """Where something else may have been meant there is no repair."""
    payload = {key: value for key, value in (_JOB | edit).items() if value is not ...}
    report = ftschema.check(payload, lifecycle=True)
    assert not report.ok
    assert [problem.repair for problem in report] == [None] * len(report.problems)
    assert ftschema.repaired(payload, report) == payload


_GRADER = {"type": "python", "name": "g", "source": "def grade(): ..."}


@for_each(
    ("grader", "has_repair"),
    [
        (_GRADER | {"type": "Python"}, True),
        ({"type": "Python", "name": "g"}, False),
        ({"Type": "python", "name": "g", "source": "s"}, True),
        ({"Type": "python", "name": "g"}, False),
        ({"Type": "python", "Name": "g", "source": "s"}, False),
        ({"type": "python", "name": "g", "Source": "s"}, True),
    ],
)
def test_what_decides(grader: dict[str, Any], *, has_repair: bool) -> None:
    """The type of a grader is mended only where the grader is whole then, so that no other fault comes to light."""
    payload = deepcopy(next(job.payload for job in corpus() if job.name == "110"))
    payload["method"]["reinforcement"]["grader"] = grader
    assert _assert_mends(payload, "observed") == has_repair


def test_in_every_spelling() -> None:
    """Repairs are in the names of the contract."""
    payload = fixtures.payload(seed=1, contract="powershell")
    payload["Created-At"] = payload.pop("CreatedAt")
    payload["error"] = payload.pop("VarError")
    payload["Seed"] = "7"
    report = ftschema.check(payload, "powershell")
    assert ftschema.repaired(payload, report)["Seed"] == 7
    assert {"CreatedAt", "VarError"} <= ftschema.repaired(payload, report).keys()
    late = fixtures.payload(seed=1, contract="dart") | {"createdAt": _AT * 1_000}
    [problem] = ftschema.check(late, "dart", lifecycle=True)
    assert problem.repair == ({"op": "replace", "path": "/createdAt", "value": _AT},)
    [problem] = ftschema.check(fixtures.payload(seed=1, contract="rust") | {"created_at": _AT * 1_000}, "rust")
    assert (problem.code, problem.repair) == ("maximum", ({"op": "replace", "path": "/created_at", "value": _AT},))


def test_order_of_keys() -> None:
    """A key that is renamed stays where it stands."""
    payload = {("createdAt" if key == "created_at" else key): value for key, value in _JOB.items()}
    assert list(ftschema.repaired(payload, ftschema.check(payload))) == list(_JOB)


def test_report_of_a_text() -> None:
    """The report of a text has the same repairs, for its payload."""
    text = json.dumps({**_JOB, "status": "RUNNING", "seed": "7"})
    report = ftschema.check_text(text)
    assert [problem.line for problem in report] == [1, 1]
    assert ftschema.repaired(json.loads(text), report) == {**_JOB, "status": "running", "seed": 7}


def test_nothing_is_shared() -> None:
    """What comes back shares nothing with the payload, mended or not; what is no JSON data comes back itself."""
    result = ftschema.repaired(_JOB, ftschema.check(_JOB))
    assert result == _JOB
    assert result["hyperparameters"] is not _JOB["hyperparameters"]
    endless: list[Any] = []
    endless.append(endless)
    assert ftschema.repaired(endless, ftschema.check(endless)) is endless


@for_each(
    ("edit", "other"),
    [
        ({"status": "RUNNING"}, {}),
        ({"status": "RUNNING"}, []),
        ({"status": "RUNNING"}, 5),
        ({"createdAt": 5, "created_at": ...}, {"created_at": 5}),
        ({"hyperparameters": {"n_epochs": "3"}}, {"hyperparameters": None}),
        ({"integrations": [{"wandb": {"project": "p"}}]}, {"integrations": []}),
        ({"integrations": [{"wandb": {"project": "p"}}]}, {"integrations": ["wandb"]}),
    ],
)
def test_another_payload(edit: dict[str, Any], other: Any) -> None:
    """A report of another payload raises a ValueError that says so."""
    report = ftschema.check({key: value for key, value in (_JOB | edit).items() if value is not ...})
    with pytest.raises(ValueError, match="the report belongs to another payload"):
        ftschema.repaired(other, report)


def test_huge_payloads() -> None:
    """Words, keys and objects of any size are told of in short messages, and nothing is looked for in them."""
    word = "succeeded" * 200_000
    keys = {f"key {number}": 5 for number in range(50_000)} | {word: 5}
    report = ftschema.check({**keys, "status": word, "createdAt": 5, "seed": "1" * 1_000_000})
    assert all(len(problem.message) < 400 for problem in report)
    assert not any(problem.repair for problem in report)

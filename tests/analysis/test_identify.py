"""`ftschema.identify`: the contracts that accept a payload, the most specific first."""

from __future__ import annotations

import copy
import json
import math
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures, strategies
from ftschema.analysis.identify import verdicts
from support.data import CorpusJob, corpus, published_jobs
from support.helpers import VARIED_CONTRACTS, examples, sample
from support.rows import for_each
from support.strategies import near_jobs, values

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACTS = ftschema.contracts()
# Contracts whose names or words no other payload has.
OWN = ("powershell", "dart", "typescript-2023", "typescript-2024")
_some_contracts = pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "2023-10-05", "powershell"))


def _jobs(kind: str) -> list[CorpusJob]:
    return [job for job in corpus() if job.kind == kind]


# ---------------------------------------------------------------- which contracts


@pytest.mark.parametrize("job", sample(_jobs("live"), *_jobs("live")[::4]), ids=str)
def test_live_jobs(job: CorpusJob) -> None:
    """Every captured reply of the live API is identified as `observed`."""
    assert "observed" in ftschema.identify(job.payload)


@for_each("job", _jobs("azure"))
def test_azure_jobs(job: CorpusJob) -> None:
    """Every captured reply of Azure is identified as `azure`."""
    assert "azure" in ftschema.identify(job.payload)


@_some_contracts
def test_exactly_those_that_accept(contract: ftschema.ContractName) -> None:
    """The result lists exactly the contracts that accept the payload, each once."""
    for coherent in (True, False):
        for payload in fixtures.payloads(3, "identifying", contract=contract, coherent=coherent):
            named = ftschema.identify(payload)
            assert contract in named
            assert sorted(named) == sorted(name for name in CONTRACTS if ftschema.is_valid(payload, name))


@_some_contracts
def test_defects(contract: ftschema.ContractName) -> None:
    """A contract that rejects the payload is not listed; lifecycle rules are not checked."""
    for defect in fixtures.defects(12, "identifying", contract=contract):
        assert (contract in ftschema.identify(defect.payload)) is defect.lifecycle


@pytest.mark.parametrize("contract", sample(OWN, "powershell"))
def test_best_match_of_clients(contract: ftschema.ContractName) -> None:
    """A job in the form of an SDK is identified first as that SDK's."""
    for payload in fixtures.payloads(15, "identifying", contract=contract):
        assert ftschema.identify(payload)[0] == contract


# A job of the contract with what no other accepts beside it, or accepts as narrowly.
_TELLING: dict[str, tuple[str, dict[str, Any]]] = {
    "no seed, null names": ("observed", {"user_provided_suffix": None, "shared_with_openai": False, "seed": None}),
    "the status of 2023": ("observed", {"status": "created", "hyperparameters": None}),
    "no error": ("azure", {"status": "pending", "result_files": None, "suffix": "a"}),
    "default settings": ("azure", {"updated_at": 1, "hyperparameters": {"n_epochs": -1, "batch_size": None}}),
}


@for_each(("contract", "telling"), _TELLING.values(), ids=_TELLING)
def test_best_match_of_servers(contract: ftschema.ContractName, telling: dict[str, Any]) -> None:
    """A job with a key that only one server sends is identified first as that server's."""
    payload = {**published_jobs()["minimal"], "validation_file": "file-v", **telling}
    assert ftschema.identify(payload)[0] == contract


@pytest.mark.parametrize("date", sample([name for name in CONTRACTS if name[:2] == "20"], "2024-04-09"))
def test_dates(date: ftschema.ContractName) -> None:
    """A job of a published specification is identified as a specification's before a server's.

    The exception is 2026-11-10, which accepts any error, so that `observed` may accept fewer variants of the job.
    """
    for payload in fixtures.payloads(3, "identifying", contract=date):
        named = ftschema.identify(payload)
        dates = [name for name in named if name[:2] == "20"]
        assert date in dates
        assert named[0] in dates or date == "2026-11-10"


# ---------------------------------------------------------------- the narrowest first

_CHANGES: tuple[Any, ...] = (None, True, -1, 0, 0.5, 10**9, "other", [], ["other"], {}, {"other": []})


def _mutants(value: Any) -> Iterator[Any]:
    """Yield a value with one key removed or one value changed, at every depth."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield {other: value[other] for other in value if other != key}
            yield from ({**value, key: changed} for changed in (*_CHANGES, *_mutants(member)))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from ([*value[:at], changed, *value[at + 1 :]] for changed in (*_CHANGES, *_mutants(item)))


@cache
def _engine(contract: ftschema.ContractName) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(ftschema.schema(contract))


def _count(payload: Any, contract: ftschema.ContractName) -> int:
    return sum(map(_engine(contract).is_valid, _mutants(payload)))


_FEW = [
    *(name for name in ("minimal", "failed", "dpo", "score_model_parts", "metadata_at_its_limits")),
    *("five_integrations", "supervised_auto", "nulls"),
]


@pytest.mark.parametrize("name", sample(_FEW, *_FEW[:3]))
def test_narrowest_first(name: str) -> None:
    """A contract comes before one that accepts more variants of the payload; of equals, the later comes first."""
    payload = published_jobs()[name]
    named = ftschema.identify(payload)
    assert len(named) > 1
    order = [(_count(payload, contract), -CONTRACTS.index(contract)) for contract in named]
    assert order == sorted(order)
    assert len({count for count, _ in order}) > 1


@_some_contracts
def test_narrowest_first_of_drawn_jobs(contract: ftschema.ContractName) -> None:
    """The same holds for jobs of every contract."""
    for payload in fixtures.payloads(2, "narrow", contract=contract):
        counts = [_count(payload, name) for name in ftschema.identify(payload)]
        assert counts == sorted(counts)


# ---------------------------------------------------------------- verdicts


@cache
def _payloads() -> list[Any]:
    return [
        *published_jobs().values(),
        {},
        [],
        None,
        {"id": 1},
        {**published_jobs()["minimal"], "status": 5},
        {**published_jobs()["minimal"], "result_files": [*range(150)]},
        *(defect.payload for name in CONTRACTS for defect in fixtures.defects(2, "verdicts", contract=name)),
    ]


@pytest.mark.parametrize("start", sample(range(12), 0))
def test_verdicts(start: int) -> None:
    """`verdicts` has the report of each contract by `check`: valid ones first, then by number of problems."""
    for payload in _payloads()[start::12]:
        found = verdicts(payload)
        assert sorted(report.contract for report in found) == sorted(CONTRACTS)
        assert all(report == ftschema.contract(report.contract).check(payload) for report in found)
        named = ftschema.identify(payload)
        assert tuple(report.contract for report in found[: len(named)]) == named
        wrong = [len(report.problems) + report.omitted for report in found]
        assert wrong == sorted(wrong)
        assert wrong.count(0) == len(named)


def test_verdicts_count_what_is_omitted() -> None:
    """A report with omitted problems comes after one with slightly fewer problems."""
    payload = {**published_jobs()["minimal"], "result_files": [*range(150)], "eval_id": 1, "suffix": 5}
    found = {report.contract: len(report.problems) + report.omitted for report in verdicts(payload)}
    # Only Azure's jobs have a suffix, which is a string.
    assert (found["observed"], found["azure"]) == (150, 151)
    assert [*found][-1] == "azure"


# ---------------------------------------------------------------- bad data


class _Hostile:
    """An object that can be neither compared nor hashed."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]  # unhashable on purpose

    def __bool__(self) -> bool:
        raise RuntimeError

    def __iter__(self) -> Iterator[object]:
        raise RuntimeError


def _nested(levels: int, *, lists: bool) -> Any:
    value: Any = None
    for _ in range(levels):
        value = [value] if lists else {"a": value}
    return value


def _endless() -> Any:
    value: dict[str, Any] = {}
    value["a"] = value
    return value


_BAD: dict[str, Any] = {
    "object": {},
    "array": [],
    "null": None,
    "text": "job",
    "number": 1,
    "boolean": True,
    "NaN": math.nan,
    "infinity": math.inf,
    "NaN inside": {**published_jobs()["minimal"], "later": math.nan},
    "Python object": object(),
    "hostile object": _Hostile(),
    "hostile object inside": {"id": _Hostile()},
    "tuple": (1,),
    "bytes": b"{}",
    "key": {1: 2},
    "surrogate": {**published_jobs()["minimal"], "\ud800": 1},
    "itself": _endless(),
    "objects in objects": _nested(100_000, lists=False),
    "arrays in arrays": _nested(100_000, lists=True),
    "huge integer": {**published_jobs()["minimal"], "seed": 10**5_000},
}


@for_each("payload", _BAD.values(), ids=_BAD)
def test_bad_data(payload: Any) -> None:
    """A value that is not a job, or not JSON data, is identified as nothing, and nothing is raised."""
    assert ftschema.identify(payload) == ()
    assert len(verdicts(payload)) == len(CONTRACTS)
    assert not any(report.ok for report in verdicts(payload))


@given(values)
@examples(0.6)
def test_any_json(payload: Any) -> None:
    """No JSON value raises an error, and random ones are identified as nothing."""
    assert ftschema.identify(payload) == ()


_near = st.sampled_from(CONTRACTS).flatmap(near_jobs)
_drawn = st.sampled_from(CONTRACTS).flatmap(lambda name: strategies.payloads(contract=name, coherent=False))


@given(_near | _drawn)
@examples(0.3)
def test_payload_is_left_alone(payload: Any) -> None:
    """The payload is not changed, not even the order of its keys, and a second call returns the same."""
    before = copy.deepcopy(payload)
    named = ftschema.identify(payload)
    assert json.dumps(payload) == json.dumps(before)
    assert ftschema.identify(before) == named


@pytest.mark.parametrize("keys", sample([16, 120], 16))
def test_large_jobs(keys: int) -> None:
    """A very large job is identified like any other."""
    payload = {**published_jobs()["minimal"], "later": {f"key {number}": [number] for number in range(keys)}}
    named = ftschema.identify(payload)
    assert sorted(named) == sorted(ftschema.identify(published_jobs()["minimal"]))


@pytest.mark.slow
def test_nested_at_the_limit() -> None:
    """A job with the deepest nesting that JSON data may have is identified."""
    payload = {**published_jobs()["minimal"], "later": _nested(199, lists=True)}
    assert "observed" in ftschema.identify(payload)
    assert ftschema.identify({**payload, "later": _nested(200, lists=True)}) == ()

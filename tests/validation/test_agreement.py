"""The engines never disagree, and neither do the verbs."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema_rs import Draft202012Validator as FastValidator

import ftschema
from support.data import published_jobs
from support.helpers import VARIED_CONTRACTS, examples, sample
from support.mutants.payloads import mutants
from support.oracles.sdk_documents import in_names_of
from support.strategies import known, near_jobs, payloads_of, values

CONTRACTS = ftschema.contracts()


def _raises(verb: Any, *args: Any) -> bool:
    try:
        verb(*args)
    except ftschema.InvalidJobError:
        return True
    return False


def _agree(payload: Any, contract: ftschema.ContractName) -> bool:
    """Return the verdict that all verbs share."""
    report = ftschema.check(payload, contract)
    verdict = ftschema.is_valid(payload, contract)
    assert report.ok == verdict
    assert bool(report.problems) != verdict
    assert _raises(ftschema.validate, payload, contract) != verdict
    assert _raises(ftschema.structure, payload, contract) != verdict
    return verdict


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "powershell"))
def test_engines_agree_on_mutants(contract: ftschema.ContractName) -> None:
    """The fast engine accepts a payload exactly when the explaining one finds nothing."""
    schema = ftschema.schema(contract)
    fast, explaining = FastValidator(schema), Draft202012Validator(schema)
    rng = random.Random(3)
    verdicts = {True: 0, False: 0}
    for payload, _ in known(contract)[::3]:
        for mutant in mutants(payload, rng, 20):
            spelled = in_names_of(contract, mutant.payload)
            verdict = fast.is_valid(spelled)
            assert verdict == explaining.is_valid(spelled), mutant
            verdicts[verdict] += 1
    assert min(verdicts.values()) > 20


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "azure", "powershell"))
@given(data=st.data())
@examples(0.6)
def test_verbs_agree_near_jobs(contract: ftschema.ContractName, data: st.DataObject) -> None:
    """`is_valid`, `check`, `validate` and `structure` have one verdict on payloads near a job."""
    _agree(data.draw(near_jobs(contract)), contract)


@given(values, st.sampled_from(CONTRACTS))
@examples(3)
def test_verbs_agree_on_any_value(value: Any, contract: ftschema.ContractName) -> None:
    """They have one verdict on any JSON value, and it is no for all that Hypothesis finds."""
    assert not _agree(value, contract)


@given(st.sampled_from(CONTRACTS), st.data())
@examples(3)
def test_verbs_agree_with_any_value_inside(contract: ftschema.ContractName, data: st.DataObject) -> None:
    """They have one verdict on a job with any JSON value in any one of its places."""
    payload = in_names_of(contract, data.draw(st.sampled_from(list(published_jobs().values()))))
    container = payload
    while True:
        key = data.draw(st.sampled_from(sorted(container) if isinstance(container, dict) else range(len(container))))
        inner = container[key]
        if not (isinstance(inner, dict | list) and inner and data.draw(st.booleans())):
            break
        container = inner
    container[key] = data.draw(values)
    _agree(payload, contract)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "powershell"))
def test_both_verdicts_are_reached(contract: ftschema.ContractName) -> None:
    """The payloads that the other tests start from hold valid and invalid ones for every contract."""
    payloads = in_names_of(contract, [*published_jobs().values(), *payloads_of("azure"), {}])
    verdicts = {_agree(payload, contract) for payload in payloads}
    assert verdicts == {True, False}

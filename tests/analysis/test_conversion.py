"""`ftschema.convert`: jobs of every contract are converted to every other and back, and every loss is reported."""

from __future__ import annotations

import copy
import itertools
import json
import math
import pickle
import random
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures, strategies
from ftschema.core.pointer import join
from support.data import corpus, published_jobs, reference_problems
from support.helpers import SOME_PAIRS, at, examples, sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACTS = ftschema.contracts()
WIRE = tuple(name for name in CONTRACTS if "created_at" in ftschema.schema(name)["properties"])
CAMEL = ("dart", "typescript-2023", "typescript-2024")
_each_contract = pytest.mark.parametrize("source", CONTRACTS)
_each_pair = pytest.mark.parametrize(
    ("source", "target"),
    sample(product(CONTRACTS, repeat=2), *SOME_PAIRS, ("observed", "observed"), rest=pytest.mark.proof),
)

# How many jobs of each kind go from each contract to each.
_JOBS = 5


# ---------------------------------------------------------------- the jobs that are converted


def _names(node: Any) -> Iterator[str]:
    """Yield every name that a schema declares."""
    if isinstance(node, dict):
        yield from node.get("properties", ())
        for member in node.values():
            yield from _names(member)
    elif isinstance(node, list):
        for member in node:
            yield from _names(member)


# Unknown keys that are likeliest to be taken for something else: the names of other contracts.
_POOL = sorted({name for contract in CONTRACTS for name in _names(ftschema.schema(contract))})
_VALUES: tuple[Any, ...] = (
    "text",
    1.0,
    -0.0,
    None,
    2**40,
    {"created_at": [1.0, {"createdAt": 2}]},
    [{"NEpochs": [{}]}],
)


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for member in value.values() if isinstance(value, dict) else value:
            yield from _containers(member)


def _leaves(value: Any) -> Iterator[str]:
    """Yield the scalars and empty containers in a value."""
    if isinstance(value, dict | list) and value:
        for member in value.values() if isinstance(value, dict) else value:
            yield from _leaves(member)
    else:
        yield json.dumps(value)


def _with_odd_keys(payload: dict[str, Any], contract: ftschema.ContractName, choices: random.Random) -> dict[str, Any]:
    """Add up to three keys anywhere, also to the caller's own maps, if the contract still accepts the job."""
    odd = copy.deepcopy(payload)
    for _ in range(choices.randrange(4)):
        place = choices.choice([one for one in _containers(odd) if isinstance(one, dict)])
        key = choices.choice(_POOL)
        if key not in place:
            place[key] = copy.deepcopy(choices.choice(_VALUES))
            if not ftschema.is_valid(odd, contract):
                del place[key]
    return odd


@cache
def _own_jobs(contract: ftschema.ContractName) -> tuple[dict[str, Any], ...]:
    choices = random.Random(contract)
    return tuple(
        _with_odd_keys(job, contract, choices)
        for coherent in (True, False)
        for job in fixtures.payloads(_JOBS, "converting", contract=contract, coherent=coherent)
    )


@cache
def _jobs(source: ftschema.ContractName, target: ftschema.ContractName) -> tuple[dict[str, Any], ...]:
    """Return jobs of the source, and jobs converted from the target, which may reject some of the former."""
    theirs = [ftschema.convert(job, target, source) for job in _simple_jobs(target)]
    return (*_own_jobs(source), *(done.payload for done in theirs if done.report.ok and not done.dropped))


@cache
def _simple_jobs(contract: ftschema.ContractName) -> tuple[dict[str, Any], ...]:
    drawn = [*fixtures.payloads(_JOBS, "simple", contract=contract)]
    # Whoever asks for less is asked for a job that has more, and few drawn ones hold all that the others require.
    full: dict[str, Any] = {
        "seed": 1,
        "fine_tuned_model": None,
        "finished_at": None,
        "trained_tokens": None,
        "result_files": [],
    }
    drawn.append(_plain(contract, **full))
    return tuple(job for job in drawn if ftschema.is_valid(job, contract))


def _plain(contract: ftschema.ContractName, **changes: Any) -> dict[str, Any]:
    """Return a job that every contract accepts, in the names of one, with changes given in wire names."""
    job = {**published_jobs()["minimal"], "hyperparameters": {"n_epochs": 3}, "validation_file": "file-v", **changes}
    return {_SPELL[contract](key): value for key, value in job.items()} | {
        _SPELL[contract]("hyperparameters"): {
            _SPELL[contract](key): value for key, value in job["hyperparameters"].items()
        }
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _pascal(name: str) -> str:
    return "VarError" if name == "error" else "".join(map(str.capitalize, name.split("_")))


_SPELL = dict.fromkeys(CONTRACTS, str) | dict.fromkeys(CAMEL, _camel) | {"powershell": _pascal}


# ---------------------------------------------------------------- there and back


@_each_pair
def test_there_and_back(source: ftschema.ContractName, target: ftschema.ContractName) -> None:
    """A job that the target accepts, and that lost nothing, is the same text after converting back."""
    went = 0
    for job in _jobs(source, target):
        done = ftschema.convert(job, source, target)
        if done.report.ok and not done.dropped:
            back = ftschema.convert(done.payload, target, source)
            # As text, so that the order of keys counts, and 1 is not 1.0.
            assert json.dumps(back.payload) == json.dumps(job)
            assert (back.report, back.dropped) == (ftschema.Report(source), ())
            went += 1
    assert went
    if source == target:
        assert went == len(_jobs(source, target))


@_each_pair
def test_nothing_is_lost(source: ftschema.ContractName, target: ftschema.ContractName) -> None:
    """Every value of a job is in the result or below a dropped key, whose pointer leads to it in the source."""
    for job in _jobs(source, target):
        done = ftschema.convert(job, source, target)
        dropped = [at(job, pointer) for pointer in done.dropped]
        held = [*_leaves(done.payload), *(leaf for value in dropped for leaf in _leaves(value))]
        # An object that loses its only key is left empty.
        assert sorted(leaf for leaf in held if leaf != "{}") == sorted(leaf for leaf in _leaves(job) if leaf != "{}")
        assert len({*done.dropped}) == len(done.dropped)


@_each_pair
def test_report(source: ftschema.ContractName, target: ftschema.ContractName) -> None:
    """After the ambiguous keys, the report has the problems that the reference implementation finds in the result."""
    for job in (*_own_jobs(source)[::3], *_jobs(source, target)[-2:]):
        done = ftschema.convert(job, source, target)
        unclear = tuple(problem for problem in done.report if problem.code == "ambiguous-key")
        assert done.report.problems[: len(unclear)] == unclear
        assert tuple(problem.pointer for problem in unclear) == done.dropped
        found = tuple((problem.pointer, problem.code) for problem in done.report.problems[len(unclear) :])
        assert found == reference_problems(ftschema.schema(target), done.payload)
        assert done.report.ok is (not unclear and ftschema.is_valid(done.payload, target))
        assert (done.report.contract, done.report.omitted) == (target, 0)


@pytest.mark.parametrize("source", sample(CONTRACTS, "observed", "powershell"))
def test_shares_nothing(source: ftschema.ContractName) -> None:
    """The result shares no object and no array with the source, which is not changed."""
    for target in CONTRACTS:
        for keep in (True, False):
            for job in _own_jobs(source):
                before = json.dumps(job)
                done = ftschema.convert(job, source, target, keep_unknown=keep)
                assert json.dumps(job) == before
                assert not {*map(id, _containers(job))} & {*map(id, _containers(done.payload))}


_Pair = tuple[ftschema.ContractName, ftschema.ContractName, dict[str, Any]]


@st.composite
def _drawn(draw: st.DrawFn) -> _Pair:
    source, target = draw(st.sampled_from(CONTRACTS)), draw(st.sampled_from(CONTRACTS))
    return source, target, draw(strategies.payloads(contract=source, coherent=draw(st.booleans())))


@given(_drawn())
@examples(3)
def test_drawn_jobs(drawn: _Pair) -> None:
    """Generated jobs come back unchanged from every contract that accepts them, and no key is dropped."""
    source, target, job = drawn
    done = ftschema.convert(job, source, target)
    assert done.dropped == ()
    assert done.report == ftschema.check(done.payload, target)
    if done.report.ok:
        assert json.dumps(ftschema.convert(done.payload, target, source).payload) == json.dumps(job)


@pytest.mark.parametrize("target", sample(CONTRACTS, "observed", "dart"))
def test_live_jobs(target: ftschema.ContractName) -> None:
    """Captured jobs come back unchanged from every contract that accepts them."""
    went = 0
    for job in corpus():
        if ftschema.is_valid(job.payload):
            done = ftschema.convert(job.payload, "observed", target)
            assert done.dropped == ()
            if done.report.ok:
                assert json.dumps(ftschema.convert(done.payload, target, "observed").payload) == json.dumps(job.payload)
                went += 1
    assert went


# ---------------------------------------------------------------- names, written by hand

_DART: dict[str, Any] = {
    "object": "fine_tuning.job",
    "id": "ftjob-1",
    "createdAt": 1,
    "error": {"code": "c", "message": "m", "param": None},
    "fineTunedModel": None,
    "finishedAt": 2,
    "hyperparameters": {"nEpochs": 3, "batchSize": "auto", "learningRateMultiplier": 1.0},
    "model": "gpt",
    "organizationId": "org-",
    "resultFiles": ["created_at"],
    "status": "failed",
    "trainedTokens": 4.0,
    "trainingFile": "file-1",
    "validationFile": "file-2",
    "integrations": [{"type": "wandb", "wandb": {"project": "p", "name": None, "entity": "e", "tags": ["created_at"]}}],
    "seed": 5,
    "estimatedFinish": None,
    "method": {
        "type": "dpo",
        "dpo": {
            "hyperparameters": {"learningRateMultiplier": 0.5, "beta": "auto", "batchSize": 6, "nEpochs": 7},
        },
        "supervised": {"hyperparameters": {"nEpochs": "auto", "batchSize": 8, "learningRateMultiplier": 2.0}},
    },
    "metadata": {"createdAt": "a", "created_at": "b", "n_epochs": "c", "NEpochs": "d"},
}
_OBSERVED: dict[str, Any] = {
    "object": "fine_tuning.job",
    "id": "ftjob-1",
    "created_at": 1,
    "error": {"code": "c", "message": "m", "param": None},
    "fine_tuned_model": None,
    "finished_at": 2,
    "hyperparameters": {"n_epochs": 3, "batch_size": "auto", "learning_rate_multiplier": 1.0},
    "model": "gpt",
    "organization_id": "org-",
    "result_files": ["created_at"],
    "status": "failed",
    "trained_tokens": 4.0,
    "training_file": "file-1",
    "validation_file": "file-2",
    "integrations": [{"type": "wandb", "wandb": {"project": "p", "name": None, "entity": "e", "tags": ["created_at"]}}],
    "seed": 5,
    "estimated_finish": None,
    "method": {
        "type": "dpo",
        "dpo": {
            "hyperparameters": {"learning_rate_multiplier": 0.5, "beta": "auto", "batch_size": 6, "n_epochs": 7},
        },
        "supervised": {"hyperparameters": {"n_epochs": "auto", "batch_size": 8, "learning_rate_multiplier": 2.0}},
    },
    "metadata": {"createdAt": "a", "created_at": "b", "n_epochs": "c", "NEpochs": "d"},
}
_POWERSHELL: dict[str, Any] = {
    "VarError": {"Message": "m", "Code": "c", "Param": "p"},
    "Id": "ftjob-1",
    "CreatedAt": 1,
    "FineTunedModel": None,
    "FinishedAt": 2,
    "Hyperparameters": {"NEpochs": 3},
    "Model": "gpt",
    "Object": "fine_tuning.job",
    "OrganizationId": "org-",
    "ResultFiles": ["CreatedAt"],
    "Status": "failed",
    "TrainedTokens": 4,
    "TrainingFile": "file-1",
    "ValidationFile": "file-2",
    "Seed": 5,
    "Integrations": [
        {"Type": "wandb", "Wandb": {"Project": "p", "Name": "n", "Entity": None, "Tags": ["VarError", "error"]}},
        {"Wandb": {"Project": "q"}, "Type": "wandb"},
    ],
}
_RUST: dict[str, Any] = {
    "error": {"message": "m", "code": "c", "param": "p"},
    "id": "ftjob-1",
    "created_at": 1,
    "fine_tuned_model": None,
    "finished_at": 2,
    "hyperparameters": {"n_epochs": 3},
    "model": "gpt",
    "object": "fine_tuning.job",
    "organization_id": "org-",
    "result_files": ["CreatedAt"],
    "status": "failed",
    "trained_tokens": 4,
    "training_file": "file-1",
    "validation_file": "file-2",
    "seed": 5,
    "integrations": [
        {"type": "wandb", "wandb": {"project": "p", "name": "n", "entity": None, "tags": ["VarError", "error"]}},
        {"wandb": {"project": "q"}, "type": "wandb"},
    ],
}
_TYPESCRIPT: dict[str, Any] = {
    "id": "ftjob-1",
    "createdAt": 1,
    "error": None,
    "fineTunedModel": None,
    "finishedAt": None,
    "hyperparameters": {"nEpochs": "auto"},
    "model": "gpt",
    "object": "fine_tuning.job",
    "organizationId": "org-",
    "resultFiles": [],
    "status": "running",
    "trainedTokens": None,
    "trainingFile": "file-1",
    "validationFile": None,
    "integrations": [{"type": "wandb", "wandb": {"project": "p", "tags": []}}],
    "seed": -1,
    "estimatedFinish": 9,
}
_APRIL: dict[str, Any] = {
    "id": "ftjob-1",
    "created_at": 1,
    "error": None,
    "fine_tuned_model": None,
    "finished_at": None,
    "hyperparameters": {"n_epochs": "auto"},
    "model": "gpt",
    "object": "fine_tuning.job",
    "organization_id": "org-",
    "result_files": [],
    "status": "running",
    "trained_tokens": None,
    "training_file": "file-1",
    "validation_file": None,
    "integrations": [{"type": "wandb", "wandb": {"project": "p", "tags": []}}],
    "seed": -1,
    "estimated_finish": 9,
}
_TWINS = (
    ("dart", _DART, "observed", _OBSERVED),
    ("powershell", _POWERSHELL, "rust", _RUST),
    ("typescript-2024", _TYPESCRIPT, "2024-04-30", _APRIL),
)


@pytest.mark.parametrize(("left", "ours", "right", "theirs"), _TWINS, ids=[twin[0] for twin in _TWINS])
def test_names(
    left: ftschema.ContractName, ours: dict[str, Any], right: ftschema.ContractName, theirs: dict[str, Any]
) -> None:
    """Names are translated at every depth, in both directions, and keep their order."""
    for source, job, target, twin in ((left, ours, right, theirs), (right, theirs, left, ours)):
        done = ftschema.convert(job, source, target)
        assert json.dumps(done.payload) == json.dumps(twin)
        assert (done.report, done.dropped) == (ftschema.Report(target), ())


def test_powershell_in_camel() -> None:
    """A job is converted directly between two spellings that both differ from the wire names."""
    done = ftschema.convert(_POWERSHELL, "powershell", "dart")
    assert done.payload["error"] == {"message": "m", "code": "c", "param": "p"}
    assert done.payload["integrations"][0]["wandb"]["tags"] == ["VarError", "error"]
    assert done.payload["hyperparameters"] == {"nEpochs": 3}
    assert done.report.ok
    assert ftschema.convert(done.payload, "dart", "powershell").payload == _POWERSHELL


_GRADER = {"type": "string_check", "name": "n", "input": "i", "reference": "r", "operation": "eq"}
_GRADERS = {"created_at": _GRADER, "createdAt": _GRADER, "type": _GRADER, "VarError": {**_GRADER, "createdAt": 1}}
_FORMAT = {
    "type": "json_schema",
    "json_schema": {"schema": {"properties": {"created_at": {}, "createdAt": {}}, "required": ["created_at"]}},
}
_REINFORCEMENT = {
    "type": "reinforcement",
    "reinforcement": {
        "grader": {"type": "multi", "name": "m", "graders": _GRADERS, "calculate_output": "created_at"},
        "response_format": _FORMAT,
    },
}
_USER_KEYS = {"created_at": "a", "createdAt": "b", "CreatedAt": "c", "error": "d", "VarError": "e"}
_OWN_DATA: tuple[tuple[str, dict[str, Any], str, dict[str, Any]], ...] = (
    ("dart", _DART, "metadata", _USER_KEYS),
    ("observed", _OBSERVED, "metadata", _USER_KEYS),
    ("rust", _RUST, "metadata", _USER_KEYS),
    # Nothing is known of what lies below a key that the source does not declare.
    ("powershell", _POWERSHELL, "metadata", _USER_KEYS),
    ("powershell", _POWERSHELL, "Later", {**_USER_KEYS, "Hyperparameters": {"NEpochs": 1, "n_epochs": 2}}),
    ("typescript-2024", _TYPESCRIPT, "later", {**_USER_KEYS, "hyperparameters": [{"nEpochs": 1, "n_epochs": 2}]}),
    ("typescript-2024", _TYPESCRIPT, "method", {"supervised": {"hyperparameters": {"nEpochs": 1, "n_epochs": 2}}}),
    ("typescript-2023", _TYPESCRIPT, "seed", _USER_KEYS),
    ("typescript-2023", _TYPESCRIPT, "integrations", {"type": "wandb", "wandb": {"project": "p"}}),
    ("observed", _OBSERVED, "later", {"error": {"code": 1, "Code": 2}, "hyperparameters": {"n_epochs": 3}}),
)


@for_each(("source", "job", "key", "data"), _OWN_DATA)
def test_own_data(source: ftschema.ContractName, job: dict[str, Any], key: str, data: dict[str, Any]) -> None:
    """In the caller's own data, and below undeclared keys, no key is renamed or reported as ambiguous."""
    payload = {**job, key: data}
    for target in CONTRACTS:
        done = ftschema.convert(payload, source, target)
        assert json.dumps(done.payload[key]) == json.dumps(data)
        assert done.dropped == ()


@pytest.mark.parametrize("source", ["observed", "azure"])
def test_graders(source: ftschema.ContractName) -> None:
    """The names of graders in a map, and the response format, are never changed."""
    job = {**_OBSERVED, "method": _REINFORCEMENT, "hyperparameters": {"n_epochs": 3}}
    for target in CONTRACTS:
        done = ftschema.convert(job, source, target)
        assert json.dumps(done.payload["method"]) == json.dumps(_REINFORCEMENT)
        assert done.dropped == ()
        kept = ftschema.convert(job, source, target, keep_unknown=False)
        if target in {"observed", "azure"}:
            # Of all that looks known in there, only the unknown key of one grader is no name of a map.
            assert kept.dropped == ("/method/reinforcement/grader/graders/VarError/createdAt",)
            assert [*kept.payload["method"]["reinforcement"]["grader"]["graders"]] == [*_GRADERS]
            assert kept.payload["method"]["reinforcement"]["response_format"] == _FORMAT


def test_tags() -> None:
    """The tags of an integration are the caller's strings, and are never changed."""
    tags = ["created_at", "createdAt", "CreatedAt", "VarError", "error"]
    job = {**_POWERSHELL, "Integrations": [{"Type": "wandb", "Wandb": {"Project": "p", "Tags": tags}}]}
    for target in ("observed", "dart", "typescript-2024"):
        done = ftschema.convert(job, "powershell", target)
        assert done.payload["integrations"] == [{"type": "wandb", "wandb": {"project": "p", "tags": tags}}]


@_each_contract
def test_numbers(source: ftschema.ContractName) -> None:
    """An integer stays an integer, a whole float a float, and negative zero negative."""
    job = _plain(source, trained_tokens=5.0, finished_at=1.0, later=[-0.0, 2**400, 1e300, True, 1])
    for target in CONTRACTS:
        done = ftschema.convert(job, source, target)
        assert [*_leaves(done.payload)] == [*_leaves(job)]
        assert "1.0" in _leaves(done.payload)


# ---------------------------------------------------------------- ambiguity

# Source, a job of it, target, the place of an object, and the key that is unclear there.
_Case = tuple[ftschema.ContractName, dict[str, Any], ftschema.ContractName, str, str]
_UNCLEAR: tuple[_Case, ...] = (
    ("dart", _DART, "observed", "", "created_at"),
    ("dart", _DART, "powershell", "", "CreatedAt"),
    ("dart", _DART, "observed", "/hyperparameters", "n_epochs"),
    ("dart", _DART, "rust", "/method/dpo/hyperparameters", "learning_rate_multiplier"),
    ("dart", _DART, "powershell", "", "VarError"),
    ("observed", _OBSERVED, "dart", "", "createdAt"),
    ("observed", _OBSERVED, "dart", "/method/supervised/hyperparameters", "batchSize"),
    ("observed", _OBSERVED, "powershell", "", "VarError"),
    ("observed", _OBSERVED, "powershell", "/error", "Code"),
    ("observed", _OBSERVED, "powershell", "/integrations/0/wandb", "Tags"),
    ("rust", _RUST, "powershell", "/integrations/1", "Wandb"),
    ("powershell", _POWERSHELL, "observed", "", "error"),
    ("powershell", _POWERSHELL, "typescript-2023", "", "error"),
    ("powershell", _POWERSHELL, "2023-10-05", "", "created_at"),
    ("powershell", _POWERSHELL, "rust", "/Integrations/1/Wandb", "project"),
    ("powershell", _POWERSHELL, "dart", "/VarError", "param"),
    ("powershell", _POWERSHELL, "typescript-2024", "/Hyperparameters", "nEpochs"),
    ("typescript-2024", _TYPESCRIPT, "2024-04-30", "", "estimated_finish"),
    ("2024-04-30", _APRIL, "typescript-2024", "", "estimatedFinish"),
)


@for_each("case", _UNCLEAR)
def test_ambiguity(case: _Case, subtests: pytest.Subtests) -> None:
    """An unknown key that would mean another key in the target is one problem, and never replaces that key."""
    source, job, target, place, key = case
    for value, first, keep in itertools.product(("x", None, 7), (True, False), (True, False)):
        with subtests.test(value=value, first=first, keep=keep):
            expected = ftschema.convert(job, source, target, keep_unknown=keep)
            payload = copy.deepcopy(job)
            container = at(payload, place)
            members = dict(container)
            container.clear()
            container.update({key: value, **members} if first else {**members, key: value})
            done = ftschema.convert(payload, source, target, keep_unknown=keep)
            pointer = f"{place}/{key}"
            [problem, *others] = done.report.problems
            assert (problem.pointer, problem.code, problem.severity) == (pointer, "ambiguous-key", "error")
            assert problem.message == f'dropped the key "{key}": it would mean another key in {target}'
            assert tuple(others) == expected.report.problems
            assert not done.report.ok
            assert [one for one in done.dropped if one not in expected.dropped] == [pointer]
            assert len(done.dropped) == len(expected.dropped) + 1
            assert json.dumps(done.payload) == json.dumps(expected.payload)


# Source, a job of it, a key that is taken away, how the target spells it, target.
_LONE: tuple[tuple[str, dict[str, Any], str, str, str], ...] = (
    ("dart", _DART, "estimatedFinish", "estimated_finish", "observed"),
    ("observed", _OBSERVED, "seed", "Seed", "powershell"),
    ("observed", _OBSERVED, "error", "VarError", "powershell"),
    ("observed", _OBSERVED, "estimated_finish", "estimatedFinish", "dart"),
    ("powershell", _POWERSHELL, "Integrations", "integrations", "rust"),
)


@for_each(("source", "job", "known", "unknown", "target"), _LONE)
def test_lone_ambiguity(
    source: ftschema.ContractName, job: dict[str, Any], known: str, unknown: str, target: ftschema.ContractName
) -> None:
    """A key in another contract's spelling is ambiguous too: it would come back as a different key."""
    payload = {key: value for key, value in job.items() if key != known}
    expected = ftschema.convert(payload, source, target)
    done = ftschema.convert({**payload, unknown: 5}, source, target)
    assert done.payload == expected.payload
    assert done.dropped == (f"/{unknown}",)
    [problem, *others] = done.report.problems
    assert (problem.pointer, problem.code) == (f"/{unknown}", "ambiguous-key")
    assert tuple(others) == expected.report.problems


_CLEAR: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    # The same spelling: a key in another one is a key like any other.
    ("dart", _DART, "typescript-2024", "created_at"),
    ("dart", _DART, "typescript-2023", "VarError"),
    ("observed", _OBSERVED, "rust", "createdAt"),
    ("observed", _OBSERVED, "observed", "CreatedAt"),
    ("powershell", _POWERSHELL, "powershell", "error"),
    # Another spelling than the target's.
    ("dart", _DART, "powershell", "created_at"),
    ("dart", _DART, "powershell", "error_"),
    ("observed", _OBSERVED, "dart", "VarError"),
    ("powershell", _POWERSHELL, "observed", "createdAt"),
    # A name of the target's alone.
    ("dart", _DART, "observed", "user_provided_suffix"),
    ("powershell", _POWERSHELL, "dart", "metadata"),
    ("typescript-2024", _TYPESCRIPT, "observed", "method"),
    # A name of the source's alone.
    ("observed", _OBSERVED, "dart", "userProvidedSuffix"),
    ("dart", _DART, "powershell", "Method"),
)


@for_each(("source", "job", "target", "key"), _CLEAR)
def test_no_ambiguity(
    source: ftschema.ContractName, job: dict[str, Any], target: ftschema.ContractName, key: str
) -> None:
    """A key that is ambiguous in neither contract is kept, there and back."""
    assert key not in job
    payload = {**job, key: None}
    done = ftschema.convert(payload, source, target)
    assert done.payload[key] is None
    assert done.dropped == ()
    assert "ambiguous-key" not in {problem.code for problem in done.report}
    if done.report.ok:
        assert ftschema.convert(done.payload, target, source).payload == payload


# ---------------------------------------------------------------- unknown keys


def _applied(schema: dict[str, Any], root: dict[str, Any], value: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema and all others that it applies to the same value."""
    yield schema
    if "$ref" in schema:
        yield from _applied(root["$defs"][schema["$ref"].rpartition("/")[2]], root, value)
    for part in schema.get("allOf", ()):
        yield from _applied(part, root, value)
    if "if" in schema:
        met = not reference_problems({**schema["if"], "$defs": root["$defs"]}, value)
        yield from _applied(schema.get("then" if met else "else", {}), root, value)


def _undeclared(
    schemas: list[list[dict[str, Any]]], roots: list[dict[str, Any]], value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of the keys of a value that one of two schemas does not declare.

    Where they do not see the same kind of thing, a list here and an object there, keys mean nothing to both.
    """
    sides = [
        [part for schema in side for part in _applied(schema, root, value)]
        for side, root in zip(schemas, roots, strict=True)
    ]
    if isinstance(value, list):
        items = [[part["items"] for part in parts if "items" in part] for parts in sides]
        for index, item in enumerate(value if all(items) else ()):
            yield from _undeclared(items, roots, item, (*path, index))
    elif isinstance(value, dict):
        names = [[part["properties"] for part in parts if "properties" in part] for parts in sides]
        rest = [[part["additionalProperties"] for part in parts if "additionalProperties" in part] for parts in sides]
        for key, member in value.items():
            declared = [[members[key] for members in side if key in members] for side in names]
            if all(rest):
                yield from _undeclared(rest, roots, member, (*path, key))
            elif all(declared):
                yield from _undeclared(declared, roots, member, (*path, key))
            elif all(names):
                yield (*path, key)


@cache
def _schema(contract: ftschema.ContractName) -> dict[str, Any]:
    return ftschema.schema(contract)


def _without(payload: dict[str, Any], paths: list[tuple[str | int, ...]]) -> dict[str, Any]:
    left = copy.deepcopy(payload)
    for path in paths:
        container: Any = left
        for step in path[:-1]:
            container = container[step]
        del container[path[-1]]
    return left


_ALIKE = [pair for group in (WIRE, CAMEL) for pair in product(group, repeat=2)]


@pytest.mark.parametrize(("source", "target"), sample(_ALIKE, *{*SOME_PAIRS} & {*_ALIKE}))
def test_drop_unknown(source: ftschema.ContractName, target: ftschema.ContractName) -> None:
    """With `keep_unknown=False`, exactly the keys that one of the contracts does not declare are dropped and listed."""
    for job in (*_own_jobs(source), *_simple_jobs(source)):
        roots = [_schema(source), _schema(target)]
        paths = [*_undeclared([[root] for root in roots], roots, job, ())]
        done = ftschema.convert(job, source, target, keep_unknown=False)
        assert done.dropped == tuple(map(join, paths))
        assert json.dumps(done.payload) == json.dumps(_without(job, paths))


@pytest.mark.parametrize(("left", "ours", "right", "theirs"), _TWINS, ids=[twin[0] for twin in _TWINS])
def test_nothing_unknown(
    left: ftschema.ContractName, ours: dict[str, Any], right: ftschema.ContractName, theirs: dict[str, Any]
) -> None:
    """With `keep_unknown=False`, a job whose keys both contracts declare loses nothing."""
    for source, job, target, twin in ((left, ours, right, theirs), (right, theirs, left, ours)):
        assert ftschema.convert(job, source, target, keep_unknown=False) == ftschema.Conversion(
            twin, ftschema.Report(target)
        )


def test_drop_unknown_between_spellings() -> None:
    """Dropped keys are listed in the names and the order of the source, as escaped pointers."""
    job = copy.deepcopy(_DART)
    job["a/~b"] = 1
    job["hyperparameters"]["x"] = {"n_epochs": 1}
    job["error"][""] = 2
    job["integrations"][0]["wandb"]["run_id"] = 3
    job["method"]["dpo"]["y"] = [4]
    job["metadata"]["own"] = "stays"
    done = ftschema.convert(job, "dart", "powershell", keep_unknown=False)
    assert done.dropped == (
        "/error/",
        "/hyperparameters/batchSize",
        "/hyperparameters/learningRateMultiplier",
        "/hyperparameters/x",
        "/integrations/0/wandb/run_id",
        "/estimatedFinish",
        "/method",
        "/metadata",
        "/a~1~0b",
    )
    assert done.payload == {
        "Object": "fine_tuning.job",
        "Id": "ftjob-1",
        "CreatedAt": 1,
        "VarError": {"Code": "c", "Message": "m", "Param": None},
        "FineTunedModel": None,
        "FinishedAt": 2,
        "Hyperparameters": {"NEpochs": 3},
        "Model": "gpt",
        "OrganizationId": "org-",
        "ResultFiles": ["created_at"],
        "Status": "failed",
        "TrainedTokens": 4.0,
        "TrainingFile": "file-1",
        "ValidationFile": "file-2",
        "Integrations": [
            {"Type": "wandb", "Wandb": {"Project": "p", "Name": None, "Entity": "e", "Tags": ["created_at"]}}
        ],
        "Seed": 5,
    }
    assert done.report.ok


# ---------------------------------------------------------------- what is wrong with the source or the target


@_each_contract
def test_invalid_source(source: ftschema.ContractName) -> None:
    """A payload that the source rejects raises `InvalidJobError` with the source's report."""
    for defect in fixtures.defects(20, "converting", contract=source):
        if defect.lifecycle:
            # Rules across fields are no part of what a contract's payload is.
            assert ftschema.convert(defect.payload, source, source).payload == defect.payload
            continue
        with pytest.raises(ftschema.InvalidJobError) as raised:
            ftschema.convert(defect.payload, source, "observed")
        assert raised.value.report == ftschema.check(defect.payload, source)
        assert raised.value.report.contract == source


def _nested(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def _endless() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


@for_each(
    ("payload", "codes"),
    [
        (None, ["type"]),
        ([], ["type"]),
        ("text", ["type"]),
        (object(), ["json-type"]),
        ({**_OBSERVED, "later": math.nan}, ["json-number"]),
        ({**_OBSERVED, "later": (1,)}, ["json-type"]),
        (dict([*_OBSERVED.items(), (1, 2)]), ["json-key"]),
        ({**_OBSERVED, "later": _nested(1_000)}, ["json-depth"]),
        ({**_OBSERVED, "later": _endless()}, ["json-cycle"]),
        ({**_OBSERVED, "\ud800": 1}, ["json-surrogate"]),
    ],
)
def test_no_json(payload: Any, codes: list[str]) -> None:
    """A value that is not a job, or not JSON data, raises `InvalidJobError` with a report that says so."""
    for target in ("observed", "dart"):
        with pytest.raises(ftschema.InvalidJobError) as raised:
            ftschema.convert(payload, "observed", target)
        assert [problem.code for problem in raised.value.report] == codes


def test_deepest() -> None:
    """A job with the deepest nesting that JSON data may have is converted, and comes back."""
    payload = {**_OBSERVED, "later": _nested(198)}
    done = ftschema.convert(payload, "observed", "powershell")
    assert ftschema.convert(done.payload, "powershell", "observed").payload == payload


@for_each(("source", "target"), [("nope", "dart"), ("dart", "nope"), ("", "dart"), ("dart", "")])
def test_unknown_contract(source: ftschema.ContractName, target: ftschema.ContractName) -> None:
    """An unknown contract raises `UnknownContractError`, whether the payload is valid or not."""
    for payload in (_DART, None):
        with pytest.raises(ftschema.UnknownContractError):
            ftschema.convert(payload, source, target)  # type: ignore[arg-type]  # None is what is wrong


def test_contract_objects() -> None:
    """Contracts may be given by name or as objects."""
    expected = ftschema.convert(_DART, "dart", "observed")
    assert ftschema.convert(_DART, ftschema.contract("dart"), ftschema.contract("observed")) == expected


# Target, the highest and the lowest integer that it holds.
_WIDTHS = (
    ("rust", 2**31 - 1, -(2**31)),
    ("powershell", 2**31 - 1, -(2**31)),
    ("typescript-2023", 2**53 - 1, 1 - 2**53),
    ("typescript-2024", 2**53 - 1, 1 - 2**53),
    ("dart", 2**63 - 1, -(2**63)),
)


@for_each("key", ["created_at", "finished_at", "trained_tokens", "seed", "estimated_finish"])
@for_each(("target", "highest", "lowest"), _WIDTHS, ids=[width[0] for width in _WIDTHS])
def test_widths(target: ftschema.ContractName, highest: int, lowest: int, key: str) -> None:
    """An integer that is too large for the target is a problem, in its names; the largest allowed one is not."""
    spelled = _SPELL[target](key)
    declared = spelled in ftschema.schema(target)["properties"]
    for inside, outside, code in ((highest, highest + 1, "maximum"), (lowest, lowest - 1, "minimum")):
        done = ftschema.convert(_plain("observed", **{key: inside}), "observed", target)
        assert done.payload[spelled if declared else key] == inside
        assert done.report.ok
        done = ftschema.convert(_plain("observed", **{key: outside}), "observed", target)
        assert done.payload[spelled if declared else key] == outside
        assert done.dropped == ()
        expected = [(f"/{spelled}", code)] if declared else []
        assert [(problem.pointer, problem.code) for problem in done.report] == expected


@for_each(
    ("source", "target", "pointer"),
    [
        ("dart", "powershell", "/Hyperparameters/NEpochs"),
        ("dart", "rust", "/hyperparameters/n_epochs"),
        ("dart", "typescript-2024", "/hyperparameters/nEpochs"),
        ("typescript-2024", "powershell", "/Hyperparameters/NEpochs"),
    ],
)
def test_nested_widths(source: ftschema.ContractName, target: ftschema.ContractName, pointer: str) -> None:
    """The limit of integers also holds below the top level."""
    limit = 2**53 - 1 if target == "typescript-2024" else 2**31 - 1
    for number, expected in ((limit, []), (limit + 1, [(pointer, "maximum")])):
        job = {**_TYPESCRIPT, "hyperparameters": {"nEpochs": min(number, 2**53 - 1)}}
        if source == "dart":
            job["hyperparameters"] = {"nEpochs": number}
        done = ftschema.convert(job, source, target)
        assert [(problem.pointer, problem.code) for problem in done.report] == expected


def test_many_problems() -> None:
    """A report lists at most 100 problems and counts the others."""
    integration = {"Type": "wandb", "Wandb": {"Project": "p", "project": "q"}}
    job = {**_POWERSHELL, "Integrations": [integration] * 150, "later": None}
    done = ftschema.convert(job, "powershell", "observed")
    assert len(done.dropped) == 150
    assert len(done.report.problems) == 100
    # More integrations than there may be are a problem too.
    assert done.report.omitted == 51


# ---------------------------------------------------------------- what comes back


def test_conversion_is_a_value() -> None:
    """Conversions are values: comparable, hashable, and equal to their copies by pickle and copy."""
    done = ftschema.convert({**_DART, "created_at": 1}, "dart", "observed")
    again = ftschema.convert({**_DART, "created_at": 1}, "dart", "observed")
    assert done == again
    assert hash(done) == hash(again)
    assert done != ftschema.convert(_DART, "dart", "observed")
    for twin in (pickle.loads(pickle.dumps(done)), copy.copy(done), copy.deepcopy(done)):
        assert twin == done
        assert (twin.payload, twin.report, twin.dropped) == (done.payload, done.report, ("/created_at",))


def test_conversion_text() -> None:
    """A conversion reads as a line for each dropped value, and its report."""
    done = ftschema.convert({**_DART, "created_at": 1, "seed": 2**40}, "dart", "rust")
    assert str(done) == f"/created_at: dropped\n{done.report}"
    assert str(ftschema.convert(_DART, "dart", "dart")) == "valid for contract 'dart'"


def test_conversion_cannot_change() -> None:
    """The attributes of a conversion cannot be set."""
    done = ftschema.convert(_DART, "dart", "observed")
    for name in ("payload", "report", "dropped"):
        with pytest.raises(AttributeError):
            setattr(done, name, None)

"""The contracts of the five SDKs say what their documents say, row by row, and no more."""

from __future__ import annotations

import random
from copy import deepcopy
from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema_rs import Draft202012Validator

import ftschema
from support.data import published_jobs, reference_problems
from support.helpers import sample
from support.mutants.payloads import mutants, neighbours
from support.oracles.probes import probes
from support.oracles.published import documented_oracle, published_structure
from support.oracles.sdk_documents import DOCUMENTS, EXAMPLE_OF_2024, NESTED, WORDS, in_names_of
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support.oracles.sdk_documents import Row

_ROWS = [(contract, row) for contract, document in DOCUMENTS.items() for row in document.rows]
_each_row = for_each(("contract", "row"), _ROWS, ids=[f"{contract}-{row.name}" for contract, row in _ROWS])
_each_contract = pytest.mark.parametrize("contract", DOCUMENTS)

_SETTINGS = {"n_epochs": "auto", "batch_size": 4, "learning_rate_multiplier": 0.5}
# A job in the names of the wire with every key of every document, and an object wherever there can be one.
_FULL: dict[str, Any] = {
    "id": "ftjob-1",
    "created_at": 1_700_000_000,
    "error": {"code": "c", "message": "m", "param": None},
    "fine_tuned_model": None,
    "finished_at": None,
    "hyperparameters": _SETTINGS,
    "model": "gpt-4o-mini",
    "object": "fine_tuning.job",
    "organization_id": "org-1",
    "result_files": ["file-2"],
    "status": "running",
    "trained_tokens": None,
    "training_file": "file-1",
    "validation_file": None,
    "integrations": [{"type": "wandb", "wandb": {"project": "p", "tags": ["a"]}}],
    "seed": 7,
    "estimated_finish": 1_700_000_060,
    "method": {
        "type": "dpo",
        "dpo": {"hyperparameters": {"beta": 0.1, **_SETTINGS}},
        "supervised": {"hyperparameters": _SETTINGS},
    },
    "metadata": {"created_at": "yesterday", "createdAt": "today"},
}
# How many mutants of each job are judged beside its nearest neighbours.
_MUTANTS = 100


def _full(contract: ftschema.ContractName) -> dict[str, Any]:
    """Return a job of a contract with every key of its document."""
    documented = {row.wire for row in DOCUMENTS[contract].rows}
    full = {key: value for key, value in _FULL.items() if key in documented}
    assert full.keys() == documented
    job: dict[str, Any] = in_names_of(contract, deepcopy(full))
    return job


def _judge(contract: ftschema.ContractName, payload: Any, problems: Iterable[tuple[str, str]]) -> None:
    """Hold that a payload has exactly these problems, by the reference implementation and by the verbs."""
    expected = tuple(problems)
    shown = f"{payload!r:.1000}"
    assert reference_problems(ftschema.schema(contract), payload) == expected, shown
    assert tuple((problem.pointer, problem.code) for problem in ftschema.check(payload, contract)) == expected, shown
    assert ftschema.is_valid(payload, contract) is not bool(expected), shown


# ---------------------------------------------------------------- the schemas and the table


@_each_contract
def test_names(contract: ftschema.ContractName) -> None:
    """A contract names the properties of its document, in its order, and no other."""
    assert list(ftschema.schema(contract)["properties"]) == [row.name for row in DOCUMENTS[contract].rows]


@_each_contract
def test_required(contract: ftschema.ContractName) -> None:
    """A contract requires what its document does not call optional, and nothing else."""
    required = [row.name for row in DOCUMENTS[contract].rows if row.required]
    assert ftschema.schema(contract)["required"] == required


@_each_row
def test_row(contract: ftschema.ContractName, row: Row) -> None:
    """A property has the type of its row, with the width of the language, and may be null where something says so."""
    lowest, highest = DOCUMENTS[contract].width
    forms: dict[str, dict[str, Any]] = {
        "string": {"type": "string"},
        "integer": {"type": "integer", "minimum": lowest, "maximum": highest},
        "list of strings": {"type": "array", "items": {"type": "string"}},
        "list of Integration": {"type": "array", "items": {"type": "object", "class": "Integration"}},
        "map of strings": {"type": "object", "additionalProperties": {"type": "string"}},
        "one of OBJECTS": {"type": "string", "const": "fine_tuning.job"},
        "one of STATUSES": {"type": "string", "enum": list(WORDS["one of STATUSES"])},
    }
    expected = forms.get(row.type, {"type": "object", "class": row.type})
    if row.null:
        expected = {**expected, "type": [expected["type"], "null"]}
    schema = ftschema.schema(contract)
    assert _told(schema, schema["properties"][row.name]) == expected


def _told(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return what a schema asks of a place: of a class its name and type only, of limits no matter how they are put."""
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        return {"type": schema["$defs"][name]["type"], "class": name}
    told = {word: value for word, value in node.items() if word not in {"description", "if", "then", "else"}}
    for branch in ("then", "else"):
        told |= node.get(branch, {})
    return {word: _told(schema, value) if isinstance(value, dict) else value for word, value in told.items()}


@_each_contract
def test_documents_are_of_their_time(contract: ftschema.ContractName) -> None:
    """A document has the rows of the specification that was published in its time, and requires the same."""
    document = DOCUMENTS[contract]
    published = published_structure(document.published)["schemas"]
    job = published["FineTuningJob"]
    assert {row.wire for row in document.rows} == job["properties"].keys()
    assert {row.wire for row in document.rows if row.required} == set(job["required"])
    for row in document.rows:
        part = job["properties"][row.wire]
        part = published[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        assert ("published" in row.null) is part.get("nullable", False), row


# ---------------------------------------------------------------- each row, just inside and just outside


@pytest.mark.parametrize(
    ("contract", "row"),
    sample(_ROWS, *(pair for pair in _ROWS if pair[0] in {"powershell", "typescript-2024"})),
    ids=[f"{contract}-{row.name}" for contract, row in _ROWS],
)
def test_values(contract: ftschema.ContractName, row: Row) -> None:
    """What a row allows is valid up to its limits; what it does not is found, at its place and with its keyword."""
    job, verdicts = _full(contract), set()
    for probe in probes(contract, row):
        _judge(contract, job | probe.member, probe.problems)
        verdicts.add(not probe.problems)
    assert verdicts == {True, False}


@_each_row
def test_missing_key(contract: ftschema.ContractName, row: Row) -> None:
    """A job without the key of a row is valid where the document calls it optional; otherwise the job lacks it."""
    job = _full(contract)
    del job[row.name]
    _judge(contract, job, [("", "required")] if row.required else [])


@_each_contract
def test_lowest_integer_as_a_float(contract: ftschema.ContractName) -> None:
    """The lowest integer of a language is valid in the form of a float too."""
    lowest = float(DOCUMENTS[contract].width[0])
    assert lowest == DOCUMENTS[contract].width[0]
    _judge(contract, _full(contract) | {DOCUMENTS[contract].names["created_at"]: lowest}, [])


@for_each("contract", ["rust", "powershell", "dart", "typescript-2023"])
def test_open_words(contract: ftschema.ContractName) -> None:
    """Where the document says no more than that it is a string, a status of any time or server is valid."""
    names = DOCUMENTS[contract].names
    for word in ("created", "pending", "paused", "SUCCEEDED", "", "fine-tune"):
        _judge(contract, _full(contract) | {names["status"]: word, names["object"]: word}, [])


def test_closed_words() -> None:
    """In TypeScript of 2024 the status and the object are the words of their time."""
    job = _full("typescript-2024")
    for status in ("validating_files", "queued", "running", "succeeded", "failed", "cancelled"):
        _judge("typescript-2024", job | {"status": status}, [])
    for status in ("created", "pending", "paused"):
        _judge("typescript-2024", job | {"status": status}, [("/status", "enum")])
    _judge("typescript-2024", job | {"object": "fine-tune"}, [("/object", "const")])


def test_example_of_2024() -> None:
    """The example that the document of 2024 prints is valid as it stands, and survives."""
    _judge("typescript-2024", EXAMPLE_OF_2024, [])
    job = ftschema.structure(EXAMPLE_OF_2024, "typescript-2024")
    assert (job.created_at, job.seed, job.status) == (652103, 703889, "cancelled")
    assert job.hyperparameters == ftschema.Hyperparameters(n_epochs=367562)
    assert ftschema.unstructure(job, "typescript-2024") == EXAMPLE_OF_2024


# ---------------------------------------------------------------- names


@for_each(
    ("contract", "holder", "key"),
    [
        ("rust", "hyperparameters", "n_epochs"),
        ("powershell", "Hyperparameters", "NEpochs"),
        ("dart", "hyperparameters", "nEpochs"),
        ("typescript-2023", "hyperparameters", "nEpochs"),
        ("typescript-2024", "hyperparameters", "nEpochs"),
    ],
)
def test_names_below_the_job(contract: ftschema.ContractName, holder: str, key: str) -> None:
    """Below the job names are spelled as in it: the contract judges its own spelling, and no other."""
    job = _full(contract)
    for other in {"n_epochs", "NEpochs", "nEpochs", "Nepochs", "nepochs", "N_EPOCHS"} - {key}:
        _judge(contract, job | {holder: {key: 3, other: []}}, [])
    _judge(contract, job | {holder: {key: []}}, [(f"/{holder}/{key}", "type")])


@for_each("contract", ["powershell", "dart", "typescript-2023", "typescript-2024"])
def test_names_of_the_wire(contract: ftschema.ContractName) -> None:
    """Where a contract spells a name in its own way, the wire's name is a key like any other, at every depth."""
    job = _full(contract)
    names = {wire: name for wire, name in DOCUMENTS[contract].names.items() if wire != name}
    assert {"created_at", "n_epochs"} <= names.keys()
    for wire in names:
        for holder in _objects(job):
            widened = deepcopy(job)
            _at(widened, holder)[wire] = [{"no": "such value"}]
            _judge(contract, widened, [])


@for_each("contract", ["powershell", "dart", "typescript-2023", "typescript-2024"])
def test_job_of_the_wire(contract: ftschema.ContractName) -> None:
    """A job in the wire's names lacks all that the contract requires and spells in another way."""
    missing = [row for row in DOCUMENTS[contract].rows if row.required and row.name != row.wire]
    assert len(missing) >= 8
    _judge(contract, _FULL | {"hyperparameters": {"nEpochs": 3}}, [("", "required")] * len(missing))


@_each_contract
def test_unknown_keys(contract: ftschema.ContractName) -> None:
    """A key that the document does not name is no fault, in whichever object it stands and whatever it holds."""
    job = _full(contract)
    holders = list(_objects(job))
    assert len(holders) == {"typescript-2023": 3, "rust": 10, "dart": 10}.get(contract, 5)
    for holder in holders:
        widened = deepcopy(job)
        _at(widened, holder).update({"later": 5, "": None, "a/b~c": [{}], "Surprise": {"deep": 0.5}})
        _judge(contract, widened, [])


def _objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of each object that is no map of the caller's."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _objects(item, (*path, index))
    elif isinstance(value, dict):
        yield path
        for key, member in value.items():
            if key != "metadata":
                yield from _objects(member, (*path, key))


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    return reduce(lambda holder, step: holder[step], path, value)


def test_nested_names() -> None:
    """The table of names below the job holds those of the published structures of the time, and no other."""
    published = {
        name
        for document in DOCUMENTS.values()
        for name in _properties(published_structure(document.published)["schemas"])
    }
    assert published == {wire for wire, _, _ in NESTED} | {row.wire for _, row in _ROWS}


def _properties(node: Any) -> Iterator[str]:
    """Yield every name that stands below `properties`."""
    for key, member in node.items() if isinstance(node, dict) else ():
        if key == "properties":
            yield from member
        yield from _properties(member)


# ---------------------------------------------------------------- the structure of the time


@pytest.mark.parametrize(
    ("contract", "step"),
    sample([("powershell", 300), *((name, 6) for name in DOCUMENTS)], ("powershell", 300), rest=pytest.mark.proof),
)
def test_structure_of_the_time(contract: ftschema.ContractName, step: int) -> None:
    """A contract accepts exactly what the published structure of its time does in its names, types and width."""
    ours, oracle = Draft202012Validator(ftschema.schema(contract)), documented_oracle(contract)
    verdicts = {True: 0, False: 0}
    for name, payload in published_jobs().items():
        for mutant in [*neighbours(payload), *mutants(payload, random.Random(name), _MUTANTS)][::step]:
            spelled = in_names_of(contract, mutant.payload)
            verdict = ours.is_valid(spelled)
            assert verdict == oracle.is_valid(spelled), f"{mutant}: {contract} says {verdict}: {spelled}"
            verdicts[verdict] += 1
    assert min(verdicts.values()) > 2_000 // step

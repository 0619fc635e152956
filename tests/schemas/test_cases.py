"""The cases and the corpus hold: verdict, place and keyword of every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonpatch
import pytest
from jsonschema import Draft202012Validator

import ftschema
from support.data import (
    Case,
    case_bases,
    case_schema,
    cases,
    contracts_of,
    corpus,
    part_of,
    read,
    reference_problems,
    subject_files,
)
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The contract that each kind of captured job was read off.
_CONTRACTS: dict[str, ftschema.ContractName] = {"live": "observed", "azure": "azure"}
_CAPTURED = [job for job in corpus() if job.kind in _CONTRACTS]
# Maps whose keys are the caller's: a new key in them is data, and must be as the others are.
_MAPS = {"metadata", "headers"}


# The fast group has each case of the files for one contract.
_ONCE = {(case.subject, case.description, case.part): case for case in reversed(cases())}.values()
_SUBJECTS = sorted({case.subject for case in cases()})


def _assert_case(case: Case) -> None:
    if case.part is not None:
        schema = part_of(ftschema.schema(case.contract), case.part)
        assert reference_problems(schema, case.payload) == case.problems, case
        assert Draft202012Validator(schema).is_valid(case.payload) is case.valid, case
        return
    report = ftschema.check(case.payload, contract=case.contract)
    assert tuple((problem.pointer, problem.code) for problem in report.problems) == case.problems, case
    assert report.ok is case.valid
    assert ftschema.is_valid(case.payload, contract=case.contract) is case.valid, case


@for_each("subject", _SUBJECTS)
def test_case(subject: str, subtests: pytest.Subtests) -> None:
    """A job gets the verdict of its case, and exactly its problems, in their order."""
    for case in (case for case in _ONCE if case.subject == subject and case.part is None):
        with subtests.test(case=str(case)):
            _assert_case(case)


@for_each("subject", _SUBJECTS)
def test_case_of_a_part(subject: str, subtests: pytest.Subtests) -> None:
    """A definition says of a part by itself what its case says, so it can be used by itself."""
    for case in (case for case in _ONCE if case.subject == subject and case.part is not None):
        with subtests.test(case=str(case)):
            _assert_case(case)


@pytest.mark.slow
@pytest.mark.parametrize("contract", ftschema.contracts())
def test_every_case(contract: ftschema.ContractName) -> None:
    """The same holds for each contract that a case names."""
    for case in cases():
        if case.contract == contract:
            _assert_case(case)


def test_corpus(subtests: pytest.Subtests) -> None:
    """What the live API and Azure have sent is valid for the contract that describes them."""
    for job in _CAPTURED:
        with subtests.test(name=job.name):
            report = ftschema.check(job.payload, contract=_CONTRACTS[job.kind])
            assert report.ok, str(report)
            assert ftschema.is_valid(job.payload, contract=_CONTRACTS[job.kind])


def test_unknown_keys(subtests: pytest.Subtests) -> None:
    """A key that nobody knows yet is no fault, in whichever object of a real job it comes."""
    for job in _CAPTURED:
        with subtests.test(name=job.name):
            refused = [
                pointer
                for pointer in _open_objects(job.payload)
                if not ftschema.is_valid(_with_unknown_key(job.payload, pointer), contract=_CONTRACTS[job.kind])
            ]
            assert refused == []


def test_open_objects() -> None:
    """Unknown keys are tried in every object, a grader in a map among them, but not in the caller's maps."""
    grader = {"type": "endpoint", "headers": {"X-Key": "****"}}
    payload = {
        "metadata": {"team": "search"},
        "integrations": [{"wandb": {}}],
        "grader": {"graders": {"service": grader}},
        "alone": {"graders": grader},
    }
    assert list(_open_objects(payload)) == [
        "",
        "/integrations/0",
        "/integrations/0/wandb",
        "/grader",
        "/grader/graders/service",
        "/alone",
        "/alone/graders",
    ]


def test_corpus_is_whole() -> None:
    """The corpus holds every twin of the survey that may be shown."""
    assert len(corpus()) == 157
    assert len(_CAPTURED) == 107


@for_each("path", subject_files())
def test_file(path: Path) -> None:
    """Each file of cases keeps to the schema of such files."""
    assert reference_problems(case_schema(), read(path)) == ()


def test_file_of_bases() -> None:
    """So does the file of the payloads that they edit, and each of these is used."""
    assert reference_problems(part_of(case_schema(), "Bases"), case_bases()) == ()
    used = {case.get("base") for path in subject_files() for case in read(path)["cases"]}
    assert used - {None} == case_bases().keys()


@for_each("name", case_bases())
def test_base(name: str) -> None:
    """A payload that cases edit is itself valid, so that an edit is the only fault of its case."""
    payload = case_bases()[name]["payload"]
    assert ftschema.is_valid(payload, contract=name if name in ftschema.contracts() else "observed")


@for_each("change", [{"verdict": True}, {"problems": []}, {"contracts": ["2023-10-05"]}, {"payload": {}}])
def test_schema_of_files_is_strict(change: dict[str, Any]) -> None:
    """A file with a key too many, a verdict without problems, a single date or two payloads is refused."""
    path = next(path for path in subject_files() if path.stem == "status")
    file = read(path)
    file["cases"][-1] |= change
    assert reference_problems(case_schema(), file) != ()


def test_ranges() -> None:
    """A range of dates holds both its ends; every date that a file names is one of a contract."""
    assert contracts_of([{"since": "2023-11-06", "until": "2024-04-09"}]) == ["2023-11-06", "2024-04-09"]
    assert contracts_of(["azure", {"since": "2026-05-13"}]) == ["azure", "2026-05-13", "2026-07-15", "2026-11-10"]
    named = {
        name
        for path in subject_files()
        for case in read(path)["cases"]
        for item in case["contracts"]
        for name in ([item] if isinstance(item, str) else item.values())
    }
    assert named <= set(ftschema.contracts())


def _open_objects(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield the pointer of each object that is no map of the caller's."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _open_objects(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        name = pointer.rpartition("/")[2]
        a_map_of_graders = name == "graders" and all(isinstance(member, dict) for member in value.values())
        if name not in _MAPS and not a_map_of_graders:
            yield pointer
        for key, member in value.items():
            yield from _open_objects(member, f"{pointer}/{key}")


def _with_unknown_key(payload: dict[str, Any], pointer: str) -> Any:
    operation = {"op": "add", "path": f"{pointer}/unheard_of", "value": {"nested": [1, None]}}
    return jsonpatch.apply_patch(payload, [operation])

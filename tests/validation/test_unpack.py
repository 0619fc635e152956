"""The jobs in a page, an array, an object of jobs by name and a wrapper are each checked, at their place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures, strategies
from ftschema.core.pointer import follow, split
from ftschema.validation import pipeline
from support.helpers import examples, sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

_GOOD = fixtures.payload(seed=1)
_BAD = _GOOD | {"status": "faild"}
# Nothing in it tells that it is a job.
_FOREIGN = {"id": 5}


def _page(jobs: list[Any]) -> dict[str, Any]:
    return {"object": "list", "data": jobs, "has_more": False}


def _by_name(jobs: list[Any]) -> dict[str, Any]:
    return {f"job {number}": job for number, job in enumerate(jobs)}


_CONTAINERS: dict[str, tuple[Callable[[list[Any]], Any], str]] = {
    "page": (_page, "/data/{}"),
    "array": (list, "/{}"),
    "jobs by name": (_by_name, "/job {}"),
    "wrapped page": (lambda jobs: {"status": 200, "body": _page(jobs)}, "/body/data/{}"),
    "wrapped array": (lambda jobs: {"info": "ok", "jobs": jobs}, "/jobs/{}"),
}


@pytest.mark.parametrize("container", _CONTAINERS)
@examples(0.5)
@given(jobs=st.lists(strategies.payloads(), max_size=3), indent=st.sampled_from([None, 2]))
def test_each_job(container: str, jobs: list[dict[str, Any]], indent: int | None) -> None:
    """Each job has the report that it has alone, with pointers and positions of the whole text."""
    wrap, pointer = _CONTAINERS[container]
    jobs = [_GOOD, *jobs, _BAD, _FOREIGN]
    document = wrap(jobs)
    text = json.dumps(document, indent=indent)
    reports = ftschema.check_jobs(text, lifecycle=True)
    assert [report.pointer for report in reports] == [pointer.format(number) for number in range(len(jobs))]
    lines = text.split("\n")
    for job, (at, report) in zip(jobs, [(one.pointer, one.report) for one in reports], strict=True):
        alone = ftschema.check(job, lifecycle=True)
        assert [(at + one.pointer, one.code, one.message) for one in alone] == [
            (one.pointer, one.code, one.message) for one in report
        ]
        for problem in report:
            assert problem.line is not None
            assert problem.column is not None
            value = json.dumps(follow(document, split(problem.pointer)), indent=indent)
            assert lines[problem.line - 1][problem.column - 1 :].startswith(value.split("\n")[0])


def test_one_job() -> None:
    """A text that is one job has one report, with an empty pointer: that of `check_text`."""
    for job in (_GOOD, _BAD, _FOREIGN, [], [1], "text", {}):
        text = json.dumps(job)
        assert ftschema.check_jobs(text) == (ftschema.JobReport("", ftschema.check_text(text)),)
    texts: list[str | bytes] = ["", "{", b"\xff", '{"id": 1, "id": 2}', '[{"object": "fine_tuning.job", "seed": NaN}]']
    for other in texts:
        assert ftschema.check_jobs(other) == (ftschema.JobReport("", ftschema.check_text(other)),)


def test_wrapped_job() -> None:
    """One job under a key is found, even if it lacks `object`; other members of the wrapper are no jobs."""
    job = {"id": "ftjob-1", "model": "gpt-4o", "organization_id": "org-1", "status": "validating_files"}
    [report] = ftschema.check_jobs(json.dumps({"info": "ok", "response": job}))
    assert report.pointer == "/response"
    assert {problem.pointer for problem in report.report} == {"/response"}


def test_what_looks_like_a_job() -> None:
    """Without `object`, an object with an id and two other required keys looks like a job; with fewer, it does not."""
    job = {"id": "ftjob-1", "model": "gpt-4o", "status": "running"}
    for part, pointer in [
        (job, "/0"),
        (job | {"object": "model"}, ""),
        ({"id": "ftjob-1", "model": "gpt-4o"}, ""),
        ({"model": "gpt-4o", "status": "running", "seed": 1}, ""),
    ]:
        assert [report.pointer for report in ftschema.check_jobs(json.dumps([part]))] == [pointer]


def test_no_jobs() -> None:
    """An empty page has no jobs, and so no reports."""
    assert ftschema.check_jobs(json.dumps(_page([]))) == ()


def _checked(jobs: list[Any]) -> list[str]:
    """Return the pointers of the jobs that were checked, and the code of what is said about the whole text."""
    return [one.pointer or one.report.problems[0].code for one in ftschema.check_jobs(json.dumps(jobs))]


def test_many_faulty_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs after the last faulty one that is reported are not checked, and the last report says so."""
    monkeypatch.setattr(pipeline, "_MOST_INVALID", 2)
    assert _checked([_BAD, _GOOD, _BAD]) == ["/0", "/1", "/2"]
    assert _checked([_GOOD, _BAD, _GOOD, _BAD, _GOOD]) == ["/0", "/1", "/2", "/3", "json-size"]


def test_long_pointers_of_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pointers of jobs and problems have a limit together, because the key above them may be long."""
    monkeypatch.setattr(pipeline, "_LONGEST_POINTERS", 8)
    assert _checked([_GOOD, _BAD, _BAD, _BAD]) == ["/0", "/1", "/2", "json-size"]
    assert _checked([_GOOD] * 5) == ["/0", "/1", "/2", "/3", "/4"]
    assert _checked([_GOOD] * 6) == ["/0", "/1", "/2", "/3", "/4", "json-size"]


def test_at() -> None:
    """`at` names the jobs: `*` is any index or key, unless the object has that key."""
    document = {"runs": [{"job": _GOOD, "x": 1}, {"job": _BAD}, {}], "*": {"a": _BAD}, "~/": _GOOD}
    text = json.dumps(document)

    def found(at: str) -> dict[str, bool]:
        return {one.pointer: one.report.ok for one in ftschema.check_jobs(text, at=at)}

    assert found("/runs/*/job") == {"/runs/0/job": True, "/runs/1/job": False}
    assert found("/runs/1/job") == {"/runs/1/job": False}
    assert found("/*/*") == {"/*/a": False}
    assert found("/~0~1") == {"/~0~1": True}
    assert found("") == {"": False}
    assert found("/~0~1/id/x") == {}
    assert found("/runs/7") == found("/runs/job") == found("/runs/01/job") == found("/no") == {}
    # A text that is one valid job is not the job that is named.
    assert ftschema.check_jobs(json.dumps(_GOOD), at="/no") == ()
    for at in ("runs", "#/runs"):
        with pytest.raises(ValueError, match="expected a JSON Pointer"):
            ftschema.check_jobs(text, at=at)


@for_each("contract", ["powershell", "dart", "typescript-2024", "azure"])
def test_spelling(contract: ftschema.ContractName) -> None:
    """Jobs are recognized in the spelling of the contract."""
    jobs = [fixtures.payload(seed=seed, contract=contract) for seed in range(3)]
    reports = ftschema.check_jobs(json.dumps(jobs), contract)
    assert [(one.pointer, one.report.ok) for one in reports] == [("/0", True), ("/1", True), ("/2", True)]


def test_repairs_apply() -> None:
    """The repairs of a job in a page apply to the page."""
    page = _page([_GOOD, _GOOD | {"status": "Succeeded"}])
    _, report = ftschema.check_jobs(json.dumps(page))
    repaired = ftschema.repaired(page, report.report)
    assert repaired["data"][1]["status"] == "succeeded"


@pytest.mark.parametrize("number", sample([500, 10_000], 500))
def test_linear(number: int) -> None:
    """A page on one line with a problem in each of many jobs is located in one pass."""
    text = json.dumps(_page([{"object": "fine_tuning.job"}] * number))
    reports = ftschema.check_jobs(text)
    last = reports[-1].report.problems[0]
    assert len(reports) == number
    assert (last.line, last.column) == (1, text.rindex('{"object": "fine_tuning.job"}') + 1)

"""What type checkers know of the package; .ci/run checks this file with mypy and pyright, and no test runs it.

A call with a wrong type is an error that an `ignore` expects: without the error, the checkers report the `ignore`.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, assert_type

import attrs
from hypothesis.strategies import SearchStrategy
from pydantic import BaseModel

import ftschema
from ftschema import ABSENT, Absent, FineTuningJob, Problem, Report, converters, defects, fixtures, strategies


def verdicts(payload: object, text: bytes) -> None:
    """A verdict is a bool, or a report of problems."""
    assert_type(ftschema.is_valid(payload), bool)
    assert_type(ftschema.check(payload, "azure", lifecycle=True), Report)
    assert_type(ftschema.check_text(text), Report)
    assert_type(ftschema.validate(payload), None)
    for line in ftschema.check_lines([text, "{}"], jobs=2):
        assert_type(line, ftschema.LineReport)
        assert_type(line.report, Report)
    for problem in ftschema.check(payload):
        assert_type(problem, Problem)
        assert_type(problem.severity, Literal["error", "warning"])
        assert_type(problem.code, ftschema.Code)
        problem.code == "requird"  # type: ignore[comparison-overlap]  # noqa: B015
        problem.severity == "eror"  # type: ignore[comparison-overlap]  # noqa: B015
        assert_type(problem.line, int | None)
    ftschema.check(payload, 5)  # type: ignore[arg-type]
    ftschema.check(payload, "azur")  # type: ignore[arg-type]
    ftschema.check(payload, "observed", True)  # type: ignore[call-arg]


def models(payload: dict[str, Any]) -> None:
    """A job has typed fields, of which some may be absent, and none can be set."""
    job = ftschema.structure(payload)
    assert_type(job, FineTuningJob)
    assert_type(job.status, ftschema.Status)
    job.status == "faild"  # type: ignore[comparison-overlap]  # noqa: B015
    assert_type(job.method, ftschema.Method | Absent | None)
    if job.method is not None and job.method is not ABSENT:
        assert_type(job.method, ftschema.Method)
    if job.method and job.method.supervised and job.method.supervised.hyperparameters:
        # As on the first page: what is null or absent is false.
        assert_type(job.method.supervised.hyperparameters, ftschema.SupervisedHyperparameters)
    if job.seed is not ABSENT:
        assert_type(job.seed, int | None)
    assert_type(ftschema.unstructure(job), dict[str, Any])
    assert_type(ftschema.dumps(job, indent=2), bytes)
    assert_type(ftschema.loads(b"{}"), FineTuningJob)
    job.status = "failed"  # type: ignore[misc]
    job.colour  # type: ignore[attr-defined]  # noqa: B018
    ftschema.JobError(code="c", message="m", later=5)  # type: ignore[call-arg]
    ftschema.dumps(payload)  # type: ignore[arg-type]


def kinds(payload: object, text: bytes) -> None:
    """Each kind reads and writes objects of its class."""
    assert_type(ftschema.job.loads(text), FineTuningJob)
    ftschema.job.check(payload, "azur")  # type: ignore[arg-type]
    event = ftschema.event.loads(text, "azure")
    assert_type(event, ftschema.FineTuningEvent)
    if event.data:
        assert_type(event.data, ftschema.EventData)
        assert_type(event.data.train_loss, float | Absent | None)
    assert_type(ftschema.event.contract("azure"), ftschema.Contract[ftschema.FineTuningEvent])
    assert_type(ftschema.event.contracts(), tuple[str, ...])
    assert_type(ftschema.event.check(payload, ftschema.event.contract()), Report)
    assert_type(ftschema.checkpoint.structure(payload).metrics, ftschema.CheckpointMetrics)
    page: ftschema.Page[ftschema.FineTuningEvent] = ftschema.page.loads(text)
    assert_type(page.data, tuple[ftschema.FineTuningEvent, ...])
    assert_type(ftschema.page.dumps(page), bytes)
    assert_type(ftschema.kind(payload), str | None)
    fixtures.payload(1, contract=ftschema.event.contract("azure"))
    ftschema.event.dumps(page)  # type: ignore[arg-type]
    ftschema.event.check(payload, 5)  # type: ignore[arg-type]


def generators() -> None:
    """Fixtures are jobs and payloads, strategies are strategies for them."""
    assert_type(fixtures.payload(seed=1, status="failed"), dict[str, Any])
    assert_type(fixtures.job(1), FineTuningJob)
    assert_type(fixtures.payloads(3), Iterator[dict[str, Any]])
    assert_type(fixtures.defects(3), Iterator[defects.Defect])
    assert_type(strategies.payloads(), SearchStrategy[dict[str, Any]])
    assert_type(strategies.jobs(), SearchStrategy[FineTuningJob])


def contracts(payload: dict[str, Any]) -> None:
    """Contracts can be named, compared and explained."""
    assert_type(ftschema.contracts(), tuple[ftschema.ContractName, ...])
    contract = ftschema.contract("dart")
    assert_type(contract, ftschema.Contract)
    assert_type(contract.check(payload), Report)
    assert_type(ftschema.schema(contract), dict[str, Any])
    assert_type(ftschema.convert(payload, "dart", contract), ftschema.Conversion)
    assert_type(ftschema.identify(payload), tuple[ftschema.ContractName, ...])
    for change in ftschema.diff("observed", "azure"):
        assert_type(change, ftschema.Change)
    assert_type(converters.make_converter().structure(payload, FineTuningJob), FineTuningJob)


class Event(BaseModel):
    """A job is a field of a model, with a contract of its own if wanted."""

    job: FineTuningJob
    other: Annotated[FineTuningJob, ftschema.Of("azure", lifecycle=True)] | None = None


def services(event: Event, app: object) -> None:
    """Fields of models and classes have the types of the job, and tools that change jobs know them."""
    assert_type(event.job, FineTuningJob)
    assert_type(event.other, FineTuningJob | None)
    assert_type(attrs.evolve(event.job, status="failed"), FineTuningJob)
    assert_type(attrs.fields_dict(FineTuningJob), dict[str, attrs.Attribute[Any]])
    ftschema.add_problem_handler(app)
    assert_type(ftschema.problem_responses(), dict[int | str, dict[str, Any]])
    ftschema.Of(5)  # type: ignore[arg-type]
    ftschema.Of("azur")  # type: ignore[arg-type]

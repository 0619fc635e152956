"""Fixtures for pytest: a job, and its payload, by a seed that a failure names.

`@pytest.mark.fine_tuning_job(seed=7, contract="azure", status="failed")` sets the seed, the contract, and fixed parts;
`--ftschema-seed` sets the seed of all tests that do not set their own. Nothing of the package is loaded until a test
asks for one of the fixtures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from ftschema.model.job import FineTuningJob

_SEED = pytest.StashKey[object]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the seed."""
    parser.addoption("--ftschema-seed", default="0", help="seed of the fixtures fine_tuning_job and …_payload")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "fine_tuning_job(seed=…, contract=…, coherent=…, **fixed): what the fixtures fine_tuning_job and "
        "fine_tuning_job_payload give",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say the seed where a test that used it fails."""
    report = yield
    if report.failed and _SEED in item.stash:
        report.sections.append(("ftschema", f"the job is that of --ftschema-seed={item.stash[_SEED]}"))
    return report


def _asked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what the markers ask for: those of the test before those of its class, and these before its module's."""
    asked: dict[str, Any] = {}
    for marker in request.node.iter_markers("fine_tuning_job"):
        if marker.args:
            raise pytest.UsageError("the marker fine_tuning_job takes arguments by name only, such as seed=7")
        asked = marker.kwargs | asked
    return asked


@pytest.fixture
def fine_tuning_job_payload(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the payload of a valid and coherent job; the marker `fine_tuning_job` says which."""
    from ftschema import fixtures  # noqa: PLC0415  # costs nothing while unused

    asked = _asked(request)
    seed = asked.pop("seed", request.config.getoption("--ftschema-seed"))
    request.node.stash[_SEED] = seed
    return fixtures.payload(seed, **asked)


@pytest.fixture
def fine_tuning_job(request: pytest.FixtureRequest, fine_tuning_job_payload: dict[str, Any]) -> FineTuningJob:
    """Return the job of `fine_tuning_job_payload`."""
    from ftschema.validation.contract import structure  # noqa: PLC0415  # costs nothing while unused

    return structure(fine_tuning_job_payload, _asked(request).get("contract", "observed"))

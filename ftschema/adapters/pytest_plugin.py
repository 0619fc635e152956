"""The pytest plugin: fixtures for a generated job and its payload.

`@pytest.mark.fine_tuning_job(seed=7, contract="azure", status="failed")` sets the seed, the contract and fixed fields.
`--ftschema-seed` sets the seed of all tests that do not set their own, and failing tests report it. The rest of the
package is not imported until a test requests a fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from ftschema.model.job import FineTuningJob

_SEED = pytest.StashKey[object]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--ftschema-seed`."""
    parser.addoption("--ftschema-seed", default="0", help="seed of the fixtures fine_tuning_job and …_payload")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker `fine_tuning_job`."""
    config.addinivalue_line(
        "markers",
        "fine_tuning_job(seed=…, contract=…, coherent=…, **fixed): arguments for generating the fixtures "
        "fine_tuning_job and fine_tuning_job_payload",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the seed to the report of a failing test that used it."""
    report = yield
    if report.failed and _SEED in item.stash:
        report.sections.append(("ftschema", f"generated with --ftschema-seed={item.stash[_SEED]}"))
    return report


def _arguments(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the arguments of all markers; those of the test override those of its class, and these its module's."""
    arguments: dict[str, Any] = {}
    for marker in request.node.iter_markers("fine_tuning_job"):
        if marker.args:
            raise pytest.UsageError("the marker fine_tuning_job takes keyword arguments only, such as seed=7")
        arguments = marker.kwargs | arguments
    return arguments


@pytest.fixture
def fine_tuning_job_payload(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the payload of a valid and consistent job; the marker `fine_tuning_job` sets its seed and fields."""
    from ftschema import fixtures  # noqa: PLC0415  # imported when first used

    arguments = _arguments(request)
    seed = arguments.pop("seed", request.config.getoption("--ftschema-seed"))
    request.node.stash[_SEED] = seed
    return fixtures.payload(seed, **arguments)


@pytest.fixture
def fine_tuning_job(request: pytest.FixtureRequest, fine_tuning_job_payload: dict[str, Any]) -> FineTuningJob:
    """Return the job of `fine_tuning_job_payload`."""
    from ftschema.validation.contract import structure  # noqa: PLC0415  # imported when first used

    return structure(fine_tuning_job_payload, _arguments(request).get("contract", "observed"))

"""The pytest plugin: fixtures for a generated job and its payload, and the coverage of a test run.

`@pytest.mark.fine_tuning_job(ftschema_seed=7, contract="azure", status="failed")` sets the seed, the contract and fixed
fields. `--ftschema-seed` sets the seed of all tests that do not set their own, and failing tests report the one that
was used. The rest of the package is not imported until a test requests a fixture, or `--ftschema-coverage` measures the
run.

pytest loads the plugin wherever the package is installed, even if no test uses it. So it does without what old versions
lack: the stash, which came with pytest 7, and hook wrappers of the new style, which came with pluggy 1.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from weakref import WeakKeyDictionary

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from ftschema.model.kinds.job import FineTuningJob

# What set the seed of a test that used a fixture.
_SEEDS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
_OLD_SEED = (
    "seed=… of the marker fine_tuning_job is the seed of the generator; write ftschema_seed=…, "
    "because the other keys are those of the job"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    parser.addoption("--ftschema-seed", default="0", help="seed of the fixtures fine_tuning_job and …_payload")
    group = parser.getgroup("ftschema", "coverage of the payloads in a test run")
    group.addoption(
        "--ftschema-coverage",
        nargs="?",
        const="",
        metavar="FILE",
        help="report what the payloads cover of a contract; FILE is a .json, .html or text file for all details",
    )
    group.addoption(
        "--ftschema-coverage-contract", default="observed", metavar="NAME", help="the contract [default: observed]"
    )
    group.addoption(
        "--ftschema-coverage-fail-under", type=float, metavar="PERCENT", help="fail if less than this is covered"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker `fine_tuning_job`, and begin to measure if that is wanted."""
    config.addinivalue_line(
        "markers",
        "fine_tuning_job(ftschema_seed=…, contract=…, coherent=…, style=…, era=…, **fixed): arguments for generating "
        "the fixtures fine_tuning_job and fine_tuning_job_payload",
    )
    if config.getoption("--ftschema-coverage") is not None:
        from ftschema.adapters.pytest_coverage import CoveragePlugin  # noqa: PLC0415  # imported when first used

        config.pluginmanager.register(CoveragePlugin(config))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Add the seed to the report of a failing test that used it."""
    outcome = yield
    report = outcome.get_result()
    if report.failed and item in _SEEDS:
        report.sections.append(("ftschema", f"generated with {_SEEDS[item]}"))


def _arguments(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the arguments of all markers; a test's override its class's, which override its module's."""
    arguments: dict[str, Any] = {}
    for marker in request.node.iter_markers("fine_tuning_job"):
        if marker.args:
            _refuse("takes keyword arguments only, such as ftschema_seed=7")
        arguments = marker.kwargs | arguments
    return arguments


def _refuse(why: str) -> NoReturn:
    """End a test whose marker is wrong, without a traceback of the plugin."""
    pytest.fail(f"the marker fine_tuning_job {why}", pytrace=False)


@pytest.fixture
def fine_tuning_job_payload(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the payload of a valid and consistent job; the marker `fine_tuning_job` sets its seed and fields."""
    from ftschema import fixtures  # noqa: PLC0415  # imported when first used
    from ftschema.core.errors import CannotCombineError, UnknownContractError  # noqa: PLC0415  # the same

    arguments = _arguments(request)
    # Beside ftschema_seed, seed is the key of the job.
    name = next((name for name in ("ftschema_seed", "seed") if name in arguments), None)
    if name == "seed":
        request.node.warn(pytest.PytestDeprecationWarning(_OLD_SEED))
    seed = arguments.pop(name) if name else request.config.getoption("--ftschema-seed")
    origin = f"{name}={seed!r} of the marker fine_tuning_job" if name else f"--ftschema-seed={seed}"
    conflict = ""
    try:
        payload = fixtures.payload(seed, **arguments)
    except (CannotCombineError, UnknownContractError) as error:
        conflict = str(error)
    if conflict:
        # Here, so that pytest does not show the error once more as the cause.
        _refuse(f"cannot be used: {conflict}")
    _SEEDS[request.node] = origin
    return payload


@pytest.fixture
def fine_tuning_job(request: pytest.FixtureRequest, fine_tuning_job_payload: dict[str, Any]) -> FineTuningJob:
    """Return the job of `fine_tuning_job_payload`."""
    from ftschema.validation.contract import structure  # noqa: PLC0415  # imported when first used

    return structure(fine_tuning_job_payload, _arguments(request).get("contract", "observed"))

"""The coverage of a test run, for `pytest --ftschema-coverage`; see `ftschema.coverage`.

With pytest-xdist each worker measures its tests, and the controller adds up.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftschema.core.errors import UnknownContractError
from ftschema.core.text import printable
from ftschema.coverage import measure

if TYPE_CHECKING:
    from ftschema.coverage import Coverage, CoverageReport

_KEY = "ftschema_coverage"


class CoveragePlugin:
    """Measures a test run, and reports what its payloads covered."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.file: str = config.getoption("--ftschema-coverage")
        self.fail_under: float | None = config.getoption("--ftschema-coverage-fail-under")
        if Path(self.file).suffix == ".py" or Path(config.invocation_params.dir, self.file or "file").is_dir():
            raise pytest.UsageError(f"--ftschema-coverage={printable(self.file)}: name a report, not tests")
        self.measuring: ExitStack = ExitStack()
        try:
            measurement = measure(config.getoption("--ftschema-coverage-contract"))
            self.coverage: Coverage = self.measuring.enter_context(measurement)
        except UnknownContractError as error:
            raise pytest.UsageError(f"--ftschema-coverage-contract: {error}") from None
        self.report: CoverageReport | None = None
        self.failures: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add the measurement of a worker of pytest-xdist, unless it has crashed."""
        measurement = getattr(node, "workeroutput", {}).get(_KEY)
        if measurement:
            self.coverage.add(measurement)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End the measurement, write the report, and fail the run if too little is covered."""
        self.measuring.close()
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output[_KEY] = self.coverage.as_dict()
            return
        self.report = report = self.coverage.report()
        if self.file:
            self._write(report)
        if self.fail_under is not None and report.percent < self.fail_under:
            self.failures.append(
                f"{report.percent:.2f}% is less than the {self.fail_under:g}% of --ftschema-coverage-fail-under"
            )
        if self.failures and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _write(self, report: CoverageReport) -> None:
        path = Path(self.config.invocation_params.dir, self.file)
        if path.suffix == ".json":
            text = json.dumps(report.as_dict(), ensure_ascii=False, indent=2)
        else:
            text = report.html() if path.suffix in {".html", ".htm"} else report.details()
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            temporary.write_text(f"{text}\n", encoding="utf-8")
            temporary.replace(path)
        except OSError as error:
            self.failures.append(f"{printable(self.file)}: cannot be written: {error.strerror}")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the table of the report."""
        if self.report is None:
            return
        terminalreporter.section("ftschema coverage")
        terminalreporter.write_line(str(self.report))
        terminalreporter.write_line(self.report.summary())
        for failure in self.failures:
            terminalreporter.write_line(failure, red=True)

    def pytest_unconfigure(self) -> None:
        """End the measurement of a run that had no session."""
        self.measuring.close()

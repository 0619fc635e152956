"""A report goes into a log as data: with the standard library's logging, and with structlog."""

from __future__ import annotations

import json
import logging
from logging import LogRecord
from typing import TYPE_CHECKING

import structlog
from hypothesis import HealthCheck, given, settings

import ftschema
from ftschema import strategies

if TYPE_CHECKING:
    import pytest

_LOGGER = logging.getLogger("my_service")
_REPORT = ftschema.check({"id": 5})


def test_caplog(caplog: pytest.LogCaptureFixture) -> None:
    """Given as `extra`, each key of the report is an attribute of the record."""
    _LOGGER.warning("refused a job", extra=_REPORT.as_dict())
    [record] = caplog.records
    assert record.__dict__["ok"] is False
    assert record.__dict__["contract"] == "observed"
    assert record.__dict__["problems"][0]["code"] == "required"
    assert record.getMessage() == "refused a job"


def test_no_key_is_taken() -> None:
    """No key of a report is one that a record of the standard library has, and would refuse."""
    record = LogRecord("n", logging.INFO, "p", 1, "m", None, None)
    assert not {*_REPORT.as_dict()} & {*record.__dict__, "message", "asctime"}


@given(strategies.defects())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_structlog(defect: ftschema.Defect) -> None:
    """Whatever was wrong, structlog writes the report as one line of JSON, and it reads back the same."""
    report = ftschema.check(defect.payload, lifecycle=True)
    lines: list[str] = []
    logger = structlog.wrap_logger(_Lines(lines), processors=[structlog.processors.JSONRenderer()])
    logger.warning("refused a job", **report.as_dict())
    [line] = lines
    assert "\n" not in line
    assert json.loads(line) == {"event": "refused a job", **json.loads(json.dumps(report.as_dict()))}


class _Lines:
    def __init__(self, lines: list[str]) -> None:
        self.warning = lines.append

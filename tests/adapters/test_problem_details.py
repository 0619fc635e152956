"""A report is the body of an HTTP reply that RFC 9457 knows."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures, strategies

_JOB = fixtures.payload(1)


@given(strategies.defects())
def test_any_defect(defect: ftschema.Defect) -> None:
    """Of each defect the body says the place, the code and the message, and is JSON."""
    report = ftschema.check(defect.payload, lifecycle=True)
    if report.ok:
        return
    body = json.loads(json.dumps(ftschema.problem_details(report)))
    assert (body["status"], body["contract"]) == (422, "observed")
    assert [(unquote(error["pointer"]), error["code"]) for error in body["errors"]] == [
        (f"#{defect.pointer}", defect.code)
    ]
    assert body["detail"] == str(report.problems[0])


@given(st.text(min_size=1, max_size=9).filter(lambda key: not re.search("[\ud800-\udfff]", key)))
def test_pointers_are_fragments(key: str) -> None:
    """Whatever a key is, its pointer is a fragment of a URI, and the same once it is read back."""
    report = ftschema.check(_JOB | {"metadata": {key: 5}})
    [error] = ftschema.problem_details(report)["errors"]
    assert re.fullmatch(r"#(?:[A-Za-z0-9/?:@!$&'()*+,;=._~-]|%[0-9A-F]{2})*", error["pointer"])
    assert unquote(error["pointer"][1:]) == report.problems[0].pointer


def test_text() -> None:
    """For a text each error has its line and column; what is not JSON is a bad request."""
    body = ftschema.problem_details(ftschema.check_text('{\n "id": 5}'))
    assert (body["status"], body["errors"][-1]["line"], body["errors"][-1]["column"]) == (422, 2, 8)
    assert body["detail"].endswith(f" … and {len(body['errors']) - 1} more problems")
    body = ftschema.problem_details(ftschema.check_text("{"))
    assert (body["status"], [error["code"] for error in body["errors"]]) == (400, ["json-syntax"])


def test_valid_job() -> None:
    """A valid job, even one that is odd, has no problem details."""
    odd = ftschema.check(_JOB | {"status": "created"}, lifecycle=True)
    for report in (ftschema.check(_JOB), ftschema.Report("observed", tuple(p for p in odd if p.severity == "warning"))):
        with pytest.raises(ValueError, match="no errors"):
            ftschema.problem_details(report)

"""A report as the body of an HTTP response, by RFC 9457 (Problem Details for HTTP APIs)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from ftschema.core.errors import expect_type
from ftschema.core.report import Report
from ftschema.core.text import plural

# The characters that need no escape in the fragment of a URI (RFC 3986, 3.5).
_UNESCAPED: Final = "/?:@!$&'()*+,;=-._~"


def problem_details(report: Report) -> dict[str, Any]:
    """Return the `application/problem+json` body of the response to an invalid job.

    The `status` is 400 for a text that is not JSON, otherwise 422. Each of the `errors` has the `pointer` of a problem
    as a URI fragment, like the RFC's own example, its `code` and `detail`, the `line` and `column` if a text was
    checked, and its `repair` if there is one. The `hint` of the report is included if there is one. Warnings are left
    out.

    Raises:
        TypeError: The report is not a `Report`.
        ValueError: The report has no errors.
    """
    expect_type("report", report, Report)
    errors = [problem for problem in report if problem.severity == "error"]
    if not errors:
        raise ValueError("the report has no errors to describe")
    more = report.omitted + len(errors) - 1
    return {
        "type": f"urn:ftschema:invalid-{report.kind}",
        "title": "Not a fine_tuning.job" if report.kind == "job" else f"Not a valid {report.kind}",
        "status": 422 if report.is_json else 400,
        "detail": f"{errors[0]}" + (f" … and {plural(more, 'more problem')}" if more else ""),
        "contract": report.contract,
        **({} if report.hint is None else {"hint": report.hint}),
        "errors": [
            {"pointer": f"#{quote(problem.pointer, safe=_UNESCAPED)}", "code": problem.code, "detail": problem.message}
            | ({} if problem.line is None else {"line": problem.line, "column": problem.column})
            | ({} if problem.repair is None else {"repair": [*problem.repair]})
            for problem in errors
        ],
    }

"""A report as the body of an HTTP reply, by RFC 9457 (Problem Details for HTTP APIs)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ftschema.core.text import count

if TYPE_CHECKING:
    from ftschema.core.report import Report

# What may stand in the fragment of a URI as it is (RFC 3986, 3.5).
_PLAIN: Final = "/?:@!$&'()*+,;=-._~"


def problem_details(report: Report) -> dict[str, Any]:
    """Return the body of the reply to a job that is not accepted, for `application/problem+json`.

    Its `status` is 400 for what is not JSON, else 422. Each of its `errors` has the `pointer` of a problem as a URI
    fragment, as the RFC's own example has it, with `code`, `detail`, `line` and `column` where a text was checked, and
    `repair` where it has one. The `hint` of the report is there if it has one; warnings are left out.

    Raises:
        ValueError: There is nothing wrong with the job.
    """
    errors = [problem for problem in report if problem.severity == "error"]
    if not errors:
        raise ValueError("the report is of a valid job, which has no problem details")
    more = report.omitted + len(errors) - 1
    return {
        "type": "urn:ftschema:invalid-job",
        "title": "Not a fine_tuning.job",
        "status": 422 if report.is_json else 400,
        "detail": f"{errors[0]}" + (f" … and {count(more, 'more problem')}" if more else ""),
        "contract": report.contract,
        **({} if report.hint is None else {"hint": report.hint}),
        "errors": [
            {"pointer": f"#{quote(problem.pointer, safe=_PLAIN)}", "code": problem.code, "detail": problem.message}
            | ({} if problem.line is None else {"line": problem.line, "column": problem.column})
            | ({} if problem.repair is None else {"repair": [*problem.repair]})
            for problem in errors
        ],
    }

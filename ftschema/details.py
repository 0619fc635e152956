"""A report as the body of an HTTP reply, by RFC 9457 (Problem Details for HTTP APIs)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ftschema.wording import count

if TYPE_CHECKING:
    from ftschema.report import Report

# What may stand in the fragment of a URI as it is (RFC 3986, 3.5).
_PLAIN: Final = "/?:@!$&'()*+,;=-._~"


def problem_details(report: Report) -> dict[str, Any]:
    """Return the body of the reply to a job that is not accepted, for `application/problem+json`.

    Its `status` is 400 for what is not JSON, else 422. Each of its `errors` has the `pointer` of a problem as a URI
    fragment, as the RFC's own example has it, with `code`, `detail`, and `line` and `column` where a text was checked.
    Warnings are left out.

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
        "status": 400 if errors[0].code.startswith("json-") else 422,
        "detail": f"{errors[0]}" + (f" … and {count(more, 'more problem')}" if more else ""),
        "contract": report.contract,
        "errors": [
            {"pointer": f"#{quote(problem.pointer, safe=_PLAIN)}", "code": problem.code, "detail": problem.message}
            | ({} if problem.line is None else {"line": problem.line, "column": problem.column})
            for problem in errors
        ],
    }

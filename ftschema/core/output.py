"""Reports in the output formats of JSON Schema: `basic` of draft 2020-12, and `list` of the draft after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from ftschema.core.report import Problem, Report

OutputFormat: TypeAlias = Literal["basic", "list"]

_FORMATS: Final[tuple[OutputFormat, ...]] = get_args(OutputFormat)


def output(report: Report, output_format: OutputFormat) -> dict[str, Any]:
    """Return a report in a format.

    Raises:
        ValueError: There is no such format.
    """
    if output_format not in _FORMATS:
        raise ValueError(f"expected one of the formats {', '.join(_FORMATS)}, found {output_format!r}")
    return _basic(report) if output_format == "basic" else _list(report)


def _basic(report: Report) -> dict[str, Any]:
    units: dict[str, list[dict[str, Any]]] = {"errors": [], "annotations": []}
    for problem in report.problems:
        path, uri = _location(problem)
        is_error = problem.severity == "error"
        unit = {
            "valid": not is_error,
            "keywordLocation": path,
            "absoluteKeywordLocation": uri,
            "instanceLocation": problem.pointer,
            "error" if is_error else "annotation": problem.message,
        }
        units["errors" if is_error else "annotations"].append(unit)
    top = {"valid": report.ok, "keywordLocation": "", "instanceLocation": ""}
    return top | {key: found for key, found in units.items() if found}


def _list(report: Report) -> dict[str, Any]:
    details = []
    for problem in report.problems:
        path, uri = _location(problem)
        is_error = problem.severity == "error"
        # A unit is about a schema, and names the keyword inside.
        place, _, keyword = path.rpartition("/")
        unit = {
            "valid": not is_error,
            "evaluationPath": place,
            "schemaLocation": uri.removesuffix(f"/{keyword}") if path else uri,
            "instanceLocation": problem.pointer,
            "errors" if is_error else "annotations": {problem.code: problem.message},
        }
        details.append(unit)
    return {"valid": report.ok, "details": details}


def _location(problem: Problem) -> tuple[str, str]:
    """Return the evaluation path and the address of the violated keyword; of a rule, of no keyword and of its code."""
    return problem.keyword or ("", f"urn:ftschema:code:{problem.code}")

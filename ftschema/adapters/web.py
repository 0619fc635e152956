"""Answers of web services to invalid jobs, in one call: FastAPI, Starlette, Flask, Django.

Nothing here imports a framework that the caller does not use already.
"""

from __future__ import annotations

import sys
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import evolve, frozen

from ftschema.adapters.problem_details import problem_details
from ftschema.core.absent import ABSENT
from ftschema.core.errors import InvalidPayloadError
from ftschema.core.pointer import join
from ftschema.core.report import Problem, Report, below
from ftschema.validation.contract import check_text
from ftschema.validation.hidden import shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest, HttpResponseBase
    from fastapi.exceptions import RequestValidationError
    from starlette.requests import Request
    from starlette.responses import Response

_MEDIA_TYPE: Final = "application/problem+json"


def problem_responses() -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` of a FastAPI route that takes a job: OpenAPI then documents the problem details."""
    content = {_MEDIA_TYPE: {"schema": _SCHEMA}}
    return {
        400: {"description": "The body is not JSON", "content": content},
        422: {"description": "The body is not a valid fine_tuning.job", "content": content},
    }


def add_problem_handler(app: Any, *, show_values: bool | None = None) -> None:
    """Let an application of FastAPI, Starlette or Flask answer invalid jobs with problem details (RFC 9457).

    The answer is `problem_details(report)`, for each `InvalidJobError` that a view raises, and in FastAPI for each
    faulty body that is a job. For Django, add `"ftschema.problem_middleware"` to `MIDDLEWARE` instead.

    Args:
        app: The application.
        show_values: Whether answers may hold values that are in the reports. None: yes, but by the environment variable
            FTSCHEMA_SHOW_VALUES no report may; see `check`.

    Raises:
        TypeError: The application is of another kind.
    """
    answers = _Answers(show_values)
    if hasattr(app, "register_error_handler"):
        app.register_error_handler(InvalidPayloadError, answers.of_flask)
        return
    if not hasattr(app, "add_exception_handler"):
        raise TypeError(
            f"expected an application of FastAPI, Starlette or Flask, found {type(app).__name__}; "
            'for Django, add "ftschema.problem_middleware" to MIDDLEWARE'
        )
    app.add_exception_handler(InvalidPayloadError, answers.of_starlette)
    fastapi = sys.modules.get("fastapi")
    if fastapi and isinstance(app, fastapi.FastAPI):
        kind = fastapi.exceptions.RequestValidationError
        app.add_exception_handler(kind, answers.of_fastapi(app.exception_handlers[kind]))


def problem_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware of Django that answers each `InvalidJobError` of a view with problem details (RFC 9457).

    Add `"ftschema.problem_middleware"` to the setting `MIDDLEWARE`.
    """
    from asgiref.sync import iscoroutinefunction  # noqa: PLC0415  # comes with Django

    async def respond_later(request: HttpRequest) -> Any:
        return await get_response(request)

    def respond(request: HttpRequest) -> Any:
        return get_response(request)

    middleware: Any = respond_later if iscoroutinefunction(get_response) else respond
    middleware.process_exception = _django_answer
    return middleware  # type: ignore[no-any-return]  # either of the two


# Django looks for both.
problem_middleware.sync_capable = problem_middleware.async_capable = True  # type: ignore[attr-defined]


def _django_answer(_: HttpRequest, error: Exception) -> HttpResponseBase | None:
    from django.http import JsonResponse  # noqa: PLC0415

    if not isinstance(error, InvalidPayloadError):
        return None
    details = problem_details(error.report)
    return JsonResponse(details, status=details["status"], content_type=_MEDIA_TYPE)


@frozen
class _Answers:
    """The handlers of an application, and whether their answers may hold values; None if the reports may hold them."""

    show_values: bool | None

    def of_flask(self, error: InvalidPayloadError) -> tuple[dict[str, Any], int, dict[str, str]]:
        details = problem_details(self._shown(error.report))
        return details, details["status"], {"Content-Type": _MEDIA_TYPE}

    async def of_starlette(self, _: Request, error: InvalidPayloadError) -> Response:
        return _json_response(self._shown(error.report))

    def of_fastapi(
        self, other: Callable[[Request, RequestValidationError], Any]
    ) -> Callable[[Request, RequestValidationError], Awaitable[Response]]:
        """Return the handler of what FastAPI finds in a request; what is not about a job goes to another handler."""

        async def answer(request: Request, error: RequestValidationError) -> Response:
            report = self._report(request, error)
            if report is not None:
                return _json_response(report)
            response = other(request, error)
            return cast("Response", await response if isawaitable(response) else response)

        return answer

    def _shown(self, report: Report) -> Report:
        # Without a choice here, the field of the model has made its own.
        return shown(report, show_values=self.show_values is not False)

    def _report(self, request: Request, error: RequestValidationError) -> Report | None:
        """Return the report of a faulty body, if the body is a job."""
        errors = error.errors()
        # Made by `adapters.pydantic`.
        contexts = [one.get("ctx", {}) for one in errors if one["loc"][0] == "body"]
        if len(contexts) == len(errors) and all("contract" in context for context in contexts):
            report = self._shown(
                Report(contexts[0]["contract"], tuple(map(_problem, errors)), hint=contexts[0].get("hint"))
            )
            # The job may be inside the body.
            above = [join(one["loc"][1:]).removesuffix(one["ctx"]["pointer"]) for one in errors]
            return evolve(report, problems=tuple(map(below, above, report)))
        # FastAPI itself found that the body is not JSON, or is empty: it is of a job if its route documents our answer.
        documented = getattr(request.scope.get("route"), "responses", {}).get(422, {}).get("content", {})
        if _MEDIA_TYPE in documented and (errors[0]["type"] == "json_invalid" or errors[0]["loc"] == ("body",)):
            return check_text(error.body or "", show_values=self.show_values)
        return None


def _json_response(report: Report) -> Response:
    from starlette.responses import JSONResponse  # noqa: PLC0415

    details = problem_details(report)
    return JSONResponse(details, details["status"], media_type=_MEDIA_TYPE)


def _problem(error: dict[str, Any]) -> Problem:
    """Return an error of pydantic about a job as a problem of the job."""
    context = error["ctx"]
    return Problem(
        context["pointer"],
        error["type"],
        error["msg"],
        repair=context.get("repair"),
        expected=context["expected"],
        found=context.get("found", ABSENT),
    )


_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer", "minimum": 1}
_ERROR: Final = {
    "title": "Problem",
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON Pointer of the faulty value, as a URI fragment."},
        "code": {"type": "string", "description": "The keyword or rule that the value violates."},
        "detail": {"type": "string", "description": "What was expected, and what was found."},
        "line": _NUMBER,
        "column": _NUMBER,
        "repair": {
            "type": "array",
            "items": {"type": "object"},
            "description": "A JSON Patch that corrects the value.",
        },
    },
}
_SCHEMA: Final = {
    "title": "ProblemDetails",
    "description": "Why a body is not a job (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "contract", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer", "enum": [400, 422]},
        "detail": _TEXT,
        "contract": {"type": "string", "description": "The contract that the job was checked against."},
        "hint": {"type": "string", "description": "What the body seems to be instead."},
        "errors": {"type": "array", "items": _ERROR, "minItems": 1},
    },
}

"""The services of tests/examples, and others, as real servers: a job is taken, anything else gets problem details."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any

import jsonschema
import pytest
import uvicorn
from fastapi import Body, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from werkzeug.serving import make_server

import ftschema
from examples import fastapi_service, flask_service
from ftschema import fixtures
from support.marked import SECRET
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

_JOB = fixtures.payload(1)
_MOST = flask_service.MOST_BYTES


@contextmanager
def _uvicorn(app: Any) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()


@contextmanager
def _werkzeug(app: Any) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


async def _take_job(request: Request) -> JSONResponse:
    job = ftschema.loads(await request.body())
    return JSONResponse({"id": job.id, "status": job.status}, 202)


def _starlette(**options: bool) -> Starlette:
    app = Starlette(routes=[Route("/jobs", _take_job, methods=["POST"])])
    ftschema.add_problem_handler(app, **options)
    return app


def _django(name: str) -> Any:
    """Return the application of Django's service, for WSGI or ASGI."""
    pytest.importorskip("django")
    os.environ["DJANGO_SETTINGS_MODULE"] = "examples.django_service"
    return getattr(import_module(f"django.core.{name}"), f"get_{name}_application")()


_FROM_TEXT = {
    "flask": lambda: _werkzeug(flask_service.app),
    "starlette": lambda: _uvicorn(_starlette()),
    "django": lambda: _werkzeug(_django("wsgi")),
    "django, asynchronous": lambda: _uvicorn(_django("asgi")),
}
"""Services that pass the text of a body to `loads`, so that they see all of it."""
_SERVICES = _FROM_TEXT | {"fastapi": lambda: _uvicorn(fastapi_service.app)}


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """Give the name and the port of a server that runs one of the services."""
    with _SERVICES[request.param]() as port:
        yield request.param, port


_each = pytest.mark.parametrize("server", _SERVICES, indirect=True)
_each_from_text = pytest.mark.parametrize("server", _FROM_TEXT, indirect=True)


def _post(server: tuple[str, int], body: bytes, kind: str | None = "application/json") -> tuple[int, str, Any]:
    """Post a body, and return the status, the type and the JSON of the answer, if it is JSON."""
    connection = HTTPConnection("127.0.0.1", server[1], timeout=30)
    connection.request("POST", "/jobs", body, {"Content-Type": kind} if kind else {})
    response = connection.getresponse()
    text, kind = response.read(), response.headers["Content-Type"].partition(";")[0]
    connection.close()
    return response.status, kind, json.loads(text) if "json" in kind else None


@_each
def test_valid(server: tuple[str, int]) -> None:
    """A job is taken."""
    status, kind, answer = _post(server, json.dumps(_JOB).encode())
    assert (status, kind) == (202, "application/json")
    assert answer == {"id": _JOB["id"], "status": _JOB["status"]}


@_each_from_text
def test_type_of_body(server: tuple[str, int]) -> None:
    """Where a service reads the text itself, a job is taken whatever type the sender says that it has."""
    assert [_post(server, json.dumps(_JOB).encode(), kind)[0] for kind in (None, "text/plain")] == [202, 202]


@_each
@for_each("seed", range(4))
def test_invalid(server: tuple[str, int], seed: int) -> None:
    """What is no job gets 422, and the problem details of its report; with places where the service reads the text."""
    defect = next(one for one in fixtures.defects(100, seed) if not one.lifecycle)
    body = json.dumps(defect.payload, indent=1).encode()
    status, kind, answer = _post(server, body)
    assert (status, kind) == (422, "application/problem+json")
    from_text = server[0] in _FROM_TEXT
    assert answer == ftschema.problem_details(
        ftschema.check_text(body) if from_text else ftschema.check(defect.payload)
    )


@_each
@for_each("body", [b"", b"{", b"<html>"])
def test_no_json(server: tuple[str, int], body: bytes) -> None:
    """What is no JSON, or nothing at all, gets 400 and its problem details."""
    _assert_no_json(server, body)


def _assert_no_json(server: tuple[str, int], body: bytes) -> None:
    status, kind, answer = _post(server, body)
    assert (status, kind) == (400, "application/problem+json")
    assert answer == ftschema.problem_details(ftschema.check_text(body))


@_each_from_text
@for_each("body", [b"\xff", b'{"id": 1, "id": 2}', b"[" * 100_000])
def test_odd_text(server: tuple[str, int], body: bytes) -> None:
    """What other decoders of JSON let pass, or cannot bear, gets 400 and its problem details."""
    _assert_no_json(server, body)


@pytest.mark.parametrize("server", ["fastapi", "flask"], indirect=True)
def test_huge(server: tuple[str, int]) -> None:
    """A body up to the limit is taken; a larger one gets 413."""
    body = json.dumps(_JOB).encode()
    assert _post(server, body + b" " * (_MOST - len(body)))[0] == 202
    for more in (1, 20 * _MOST):
        assert _post(server, body + b" " * (_MOST - len(body) + more))[0] == 413
    assert _post(server, body)[0] == 202


@pytest.mark.parametrize("server", ["fastapi", "flask"], indirect=True)
def test_chunks(server: tuple[str, int]) -> None:
    """A body that comes in chunks, of no length that is known before, is treated the same."""
    body = json.dumps(_JOB).encode()
    for more, expected in ((0, 202), (20 * _MOST, 413)):
        connection = HTTPConnection("127.0.0.1", server[1], timeout=30)
        whole = body + b" " * more
        pieces = (whole[at : at + 50_000] for at in range(0, len(whole), 50_000))
        headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
        connection.request("POST", "/jobs", pieces, headers, encode_chunked=True)
        assert connection.getresponse().status == expected
        connection.close()


@_each
def test_many(server: tuple[str, int]) -> None:
    """Many requests at a time get each its own answer."""
    bodies = [json.dumps(fixtures.payload(seed)).encode() for seed in range(40)]
    bodies[::2] = [b'{"id": %d}' % number for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: _post(server, body), bodies))
    assert [status for status, *_ in answers] == [422, 202] * 20
    assert [answer["id"] for *_, answer in answers[1::2]] == [json.loads(body)["id"] for body in bodies[1::2]]


def test_other_errors() -> None:
    """A fault of a request that is not about a job gets the answer that FastAPI gives without the handler."""
    app = FastAPI()
    app.exception_handler(RequestValidationError)(lambda _, error: JSONResponse(error.errors()[0]["loc"], 418))
    ftschema.add_problem_handler(app)

    @app.post("/{number}")
    def take(number: int, job: Annotated[ftschema.FineTuningJob, Body()]) -> None:
        """Take a number and a job."""

    client = TestClient(app)
    assert client.post("/1", json=_JOB).status_code == 200
    answer = client.post("/one", json=_JOB | {"id": 5})
    assert (answer.status_code, answer.json()) == (418, ["path", "number"])
    # Whether an empty body would be a job is unknown: the route does not document it.
    assert client.post("/1").json() == ["body"]
    answer = client.post("/1", json=_JOB | {"id": 5})
    assert answer.json() == ftschema.problem_details(ftschema.check(_JOB | {"id": 5}))
    plain = FastAPI()
    ftschema.add_problem_handler(plain)
    plain.post("/{number}")(take)
    assert [error["loc"] for error in TestClient(plain).post("/one", json=_JOB).json()["detail"]] == [
        ["path", "number"]
    ]


def test_job_inside_a_body() -> None:
    """Where the job is only a part of the body, pointers and repairs begin in the body."""
    app = FastAPI()
    ftschema.add_problem_handler(app)

    @app.post("/")
    def take(jobs: list[Annotated[ftschema.FineTuningJob, ftschema.Of("azure")]]) -> None:
        """Take several jobs."""

    body = TestClient(app).post("/", json=[_JOB, _JOB | {"status": "Succeeded"}]).json()
    [problem] = body["errors"]
    assert (body["contract"], problem["pointer"], problem["code"]) == ("azure", "#/1/status", "enum")
    assert problem["repair"] == [{"op": "replace", "path": "/1/status", "value": "succeeded"}]


def test_answers_without_values() -> None:
    """Answers hold no values if the application says so, whatever the body is and wherever the job is in it."""
    app = FastAPI()
    ftschema.add_problem_handler(app, show_values=False)

    @app.post("/", responses=ftschema.problem_responses())
    def take(jobs: list[ftschema.FineTuningJob]) -> None:
        """Take several jobs."""

    client, other = TestClient(app), TestClient(_starlette(show_values=False))
    broken = _JOB | {"status": SECRET, "metadata": {SECRET: 5}, "seed": "1"}
    bodies = [json.dumps([_JOB, broken]), f'[{{"id": "{SECRET}"', json.dumps([SECRET])]
    answers = [client.post("/", content=body, headers={"Content-Type": "application/json"}) for body in bodies]
    answers += [other.post("/jobs", content=content) for content in (json.dumps(broken), SECRET)]
    assert [answer.status_code for answer in answers] == [422, 400, 422, 422, 400]
    assert not any(SECRET in answer.text for answer in answers)
    assert {one["pointer"] for one in answers[0].json()["errors"]} == {"#/1/status", "#/1/metadata/*", "#/1/seed"}


def test_other_exceptions_in_django() -> None:
    """The middleware of Django leaves other exceptions to Django."""
    pytest.importorskip("django")
    middleware: Any = ftschema.problem_middleware(lambda request: request)
    assert middleware.process_exception(None, KeyError("id")) is None


def test_kind_of_middleware() -> None:
    """The middleware of Django is asynchronous where the rest is, so that Django does not switch between threads."""
    coroutines = pytest.importorskip("asgiref.sync").iscoroutinefunction

    async def answer(_: object) -> None:
        """Answer nothing."""

    assert coroutines(ftschema.problem_middleware(answer))
    assert not coroutines(ftschema.problem_middleware(lambda request: request))


def test_of_no_framework() -> None:
    """What is no application of a known framework is refused."""
    with pytest.raises(
        TypeError, match="expected an application of FastAPI, Starlette or Flask, found object; for Dja"
    ):
        ftschema.add_problem_handler(object())


def test_openapi() -> None:
    """OpenAPI shows the job with its parts, and the problem details, whose schema holds for a real answer."""
    document = fastapi_service.app.openapi()
    operation = document["paths"]["/jobs"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/FineTuningJob"
    }
    assert {"Method", "JobError", "Hyperparameters", "PythonGrader"} <= document["components"]["schemas"].keys()
    # The references of discriminators too.
    references = re.findall('"#/components/schemas/([^"]*)"', json.dumps(document))
    assert {*references} <= document["components"]["schemas"].keys()
    assert len(references) > len(document["components"]["schemas"])
    for status, payload in ((422, {"id": 5}), (400, "{")):
        described = operation["responses"][str(status)]["content"]["application/problem+json"]["schema"]
        report = ftschema.check_text(json.dumps(payload) if isinstance(payload, dict) else payload)
        jsonschema.validate(ftschema.problem_details(report), described)
        assert not jsonschema.Draft202012Validator(described).is_valid({"status": status})

"""The services of tests/examples, as real servers: a job is taken, anything else gets its problem details."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from werkzeug.serving import make_server

import ftschema
from examples import fastapi_service, flask_service
from ftschema import fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator

_JOB = fixtures.payload(1)
_MOST = fastapi_service.MOST_BYTES


@contextmanager
def _uvicorn() -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(fastapi_service.app, log_level="warning", lifespan="off"))
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
def _werkzeug() -> Iterator[int]:
    server = make_server("127.0.0.1", 0, flask_service.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module", params=[_uvicorn, _werkzeug], ids=["fastapi", "flask"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """Give the port of a server that runs one of the services."""
    with request.param() as number:
        yield number


def _post(port: int, body: bytes, **headers: str) -> tuple[int, str, Any]:
    """Post a body, and return the status, the type and the JSON of the answer, if it is JSON."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/jobs", body, headers)
    response = connection.getresponse()
    text, kind = response.read(), response.headers["Content-Type"].partition(";")[0]
    connection.close()
    return response.status, kind, json.loads(text) if "json" in kind else None


def test_valid(port: int) -> None:
    """A job is taken, whatever type the sender says that its body has."""
    for headers in ({}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}):
        status, kind, answer = _post(port, json.dumps(_JOB).encode(), **headers)
        assert (status, kind) == (202, "application/json")
        assert answer == {"id": _JOB["id"], "status": _JOB["status"]}


@pytest.mark.parametrize("seed", range(8))
def test_invalid(port: int, seed: int) -> None:
    """What is no job gets 422, and the problem details of its report with the lines and columns."""
    defect = next(one for one in fixtures.defects(100, seed) if not one.lifecycle)
    body = json.dumps(defect.payload, indent=1).encode()
    status, kind, answer = _post(port, body)
    assert (status, kind) == (422, "application/problem+json")
    assert answer == ftschema.problem_details(ftschema.check_text(body))
    assert answer["errors"][0]["line"] >= 1


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"<html>", b'{"id": 1, "id": 2}', b"[" * 100_000])
def test_no_json(port: int, body: bytes) -> None:
    """What is no JSON, or nothing at all, gets 400 and its problem details."""
    status, kind, answer = _post(port, body)
    assert (status, kind) == (400, "application/problem+json")
    assert answer == ftschema.problem_details(ftschema.check_text(body))


def test_huge(port: int) -> None:
    """A body up to the limit is taken; a larger one gets 413, and is never held whole."""
    body = json.dumps(_JOB).encode()
    assert _post(port, body + b" " * (_MOST - len(body)))[0] == 202
    for more in (1, 20 * _MOST):
        assert _post(port, body + b" " * (_MOST - len(body) + more))[0] == 413
    assert _post(port, body)[0] == 202


def test_chunks(port: int) -> None:
    """A body that comes in chunks, of no length that is known before, is treated the same."""
    body = json.dumps(_JOB).encode()
    for more, expected in ((0, 202), (20 * _MOST, 413)):
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        whole = body + b" " * more
        pieces = (whole[at : at + 50_000] for at in range(0, len(whole), 50_000))
        connection.request("POST", "/jobs", pieces, {"Transfer-Encoding": "chunked"}, encode_chunked=True)
        assert connection.getresponse().status == expected
        connection.close()


def test_many(port: int) -> None:
    """Many requests at a time get each its own answer."""
    bodies = [json.dumps(fixtures.payload(seed)).encode() for seed in range(40)]
    bodies[::2] = [b'{"id": %d}' % number for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: _post(port, body), bodies))
    assert [status for status, *_ in answers] == [422, 202] * 20
    assert [answer["id"] for *_, answer in answers[1::2]] == [json.loads(body)["id"] for body in bodies[1::2]]

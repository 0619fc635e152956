"""`ftschema check` counts each job of a page, an array or a wrapper, and reads the repr of an SDK object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ftschema
from ftschema import fixtures
from support.commands import run_cli

if TYPE_CHECKING:
    from collections.abc import Callable

_GOOD = fixtures.payload(seed=1, hyperparameters={"n_epochs": 1}, integrations=[], method=None)
_BAD = _GOOD | {"status": "Succeeded"}
_PAGE = {"object": "list", "data": [_GOOD, _BAD, _GOOD], "has_more": False}


def test_page() -> None:
    """A problem in a page has the pointer and the position of the file, and the summary counts jobs."""
    text = json.dumps(_PAGE, indent=2)
    result = run_cli("check", "-", data=text)
    line = text[: text.index('"Succeeded"')].count("\n") + 1
    assert result.exit_code == 1
    assert f"<stdin>:{line}:17: enum /data/1/status: " in result.stdout
    assert result.stdout.splitlines()[-1].startswith("3 jobs checked against observed: 2 valid, 1 invalid")


def test_lines_of_pages() -> None:
    """Each line of JSON Lines may be a page, a wrapper or a job; a problem has the number of its line."""
    lines = [_GOOD, _PAGE, {"response": _BAD}, _BAD]
    result = run_cli("check", "-", "--format", "jsonl", data="\n".join(map(json.dumps, lines)))
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["line"], one["pointer"], one["problems"][0]["line"]) for one in found] == [
        (2, "/data/1", 2),
        (3, "/response", 3),
        (4, "", 4),
    ]


def test_at() -> None:
    """`--at` names the jobs of each document; a document with nothing there is reported, with exit 3."""
    lines = [{"x": [{"job": _GOOD}, {"job": _BAD}]}, {"x": []}]
    result = run_cli("check", "-", "--at", "/x/*/job", data="\n".join(map(json.dumps, lines)))
    assert result.exit_code == 3
    assert "<stdin>:1:" in result.stdout
    assert "enum /x/1/job/status: " in result.stdout
    assert "there is nothing at /x/*/job" in result.stderr
    assert run_cli("check", "-", "--at", "x", data="{}").exit_code == 2


def test_empty_page() -> None:
    """An empty page has no jobs, and is valid."""
    result = run_cli("check", "-", data='{"object": "list", "data": []}')
    assert (result.exit_code, result.stdout) == (
        0,
        "0 jobs checked against observed: 0 valid, 0 invalid, 0 problems\n",
    )


@pytest.mark.parametrize("layout", [json.dumps, lambda value: json.dumps(value, indent=4)])
@pytest.mark.usefixtures("folder")
def test_repair(layout: Callable[[object], str]) -> None:
    """The copy of a page has the repairs of all its jobs, and its layout."""
    Path("page.json").write_text(layout(_PAGE), encoding="utf-8")
    run_cli("check", "page.json", "--repair", "repaired.json")
    fixed = _PAGE | {"data": [_GOOD, _GOOD | {"status": "succeeded"}, _GOOD]}
    assert Path("repaired.json").read_text(encoding="utf-8") == layout(fixed)


def test_repr() -> None:
    """The repr of an SDK object is checked, with a note; its problems have no position, and nothing is repaired."""
    pytest.importorskip("openai")
    text = repr(ftschema.to_openai(ftschema.structure(_GOOD)))
    good, bad = run_cli("check", "-", data=text), run_cli("check", "-", data=text.replace("status='", "status='x"))
    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert good.stderr == "<stdin>: read as the repr of an SDK object, in which None may stand for an absent key\n"
    assert bad.stdout.startswith("<stdin>: enum /status: ")
    broken = run_cli("check", "-", data=text[:-1])
    assert broken.exit_code == 3
    assert "json-syntax (root): expected the repr of an SDK object" in broken.stdout

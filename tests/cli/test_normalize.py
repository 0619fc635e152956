"""The command `normalize`: jobs in one shape on one line each, and each change on the standard error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import ftschema
from ftschema import fixtures
from support.commands import run_cli
from support.data import DART_JOB

if TYPE_CHECKING:
    from collections.abc import Callable

_AZURE = fixtures.payload(1, contract="azure", status="pending")
_BAD = {"id": "ftjob-1", "status": "stopped"}


def test_normalize(write: Callable[[str, str | bytes], str]) -> None:
    """Jobs come out as the library normalizes them; one that cannot be is left out, with its problems."""
    name = write("jobs.jsonl", "\n".join(map(json.dumps, (_AZURE, _BAD, DART_JOB))))
    result = run_cli("normalize", name)
    assert result.exit_code == 1
    expected = [ftschema.normalize(job) for job in (_AZURE, DART_JOB)]
    assert [json.loads(line) for line in result.stdout.splitlines()] == [one.payload for one in expected]
    first, second = ([(one.pointer or "(root)", one.reason) for one in each.assumed] for each in expected)
    lines = result.stderr.splitlines()
    assert lines[: len(first)] == [f"jobs.jsonl:1: {pointer}: {reason}" for pointer, reason in first]
    assert lines[-len(second) :] == [f"jobs.jsonl:3: {pointer}: {reason}" for pointer, reason in second]
    assert lines[len(first)].startswith("jobs.jsonl:2: (root): required: ")


def test_source(write: Callable[[str, str | bytes], str]) -> None:
    """With --from, the job is checked against that contract first; with -o, the result is in the file."""
    result = run_cli("normalize", "--from", "observed", write("job.json", json.dumps(_AZURE)))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "/status: enum: " in result.stderr
    result = run_cli("normalize", "--from", "azure", "-o", "out.json", "job.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(Path("out.json").read_text()) == ftschema.normalize(_AZURE).payload


def test_unreadable() -> None:
    """A file that is absent, or no JSON, ends the run with 3."""
    assert run_cli("normalize", "nothing.json").exit_code == 3
    assert run_cli("normalize", data="{").exit_code == 3

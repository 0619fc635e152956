"""The command `coverage`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ftschema import fixtures
from support.commands import run_cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftschema.core.literals import ContractName

CONTRACT: ContractName = "2023-11-06"
JOBS = list(fixtures.payloads(3, contract=CONTRACT, status="failed"))


def test_formats(write: Callable[[str, str | bytes], str]) -> None:
    """The report of pages and lines is a text, JSON or a page, on the terminal or in a file."""
    write("page.json", json.dumps({"object": "list", "data": JOBS}))
    write("lines.jsonl", "".join(f"{json.dumps(job)}\n" for job in JOBS))
    run = run_cli("coverage", ".", "--contract", CONTRACT)
    assert run.exit_code == 0
    assert run.stdout.splitlines()[-1].startswith("6 payloads covered ")
    assert any(line.startswith('"succeeded": fixtures.payload(') for line in run.stdout.splitlines())
    data = json.loads(run_cli("coverage", ".", "--contract", CONTRACT, "--format", "json").stdout)
    [failed] = [row for row in data["features"] if row["word"] == '"failed"']
    assert failed == {"pointer": "/status", "word": '"failed"', "kind": "status", "covered": True, "call": None}
    run = run_cli("coverage", "--contract", CONTRACT, "--format", "html", "-o", "report.html", data=json.dumps(JOBS[0]))
    assert run.stdout.startswith("1 payload covered ")
    assert "<!doctype html>" in Path("report.html").read_text(encoding="utf-8")


def test_exit_status(write: Callable[[str, str | bytes], str]) -> None:
    """Too low a coverage ends with 1; a file that cannot be read, or has a line that is not JSON, with 3."""
    write("job.json", json.dumps(JOBS[0]))
    write("bad.jsonl", json.dumps(JOBS[0]) + "\n" + json.dumps(JOBS[0]) + "\n{\n")
    run = run_cli("coverage", "job.json", "--contract", CONTRACT, "--fail-under", "95.5")
    assert (run.exit_code, run.stderr.endswith("% is less than the 95.5% of --fail-under\n")) == (1, True)
    assert run_cli("coverage", "job.json", "--contract", CONTRACT, "--fail-under", "5").exit_code == 0
    for path in ("none.json", "no*.json", "bad.jsonl"):
        run = run_cli("coverage", "job.json", path, "--contract", CONTRACT, "--fail-under", "99")
        assert run.exit_code == 3
        assert path in run.stderr


def test_output_over_input(write: Callable[[str, str | bytes], str]) -> None:
    """A file that is measured is never replaced by the report; it is refused before anything is opened."""
    write("job.json", json.dumps(JOBS[0]))
    for path in ("job.json", "."):
        run = run_cli("coverage", path, "--contract", CONTRACT, "-o", "job.json")
        assert (run.exit_code, run.stdout) == (2, "")
        assert "would overwrite job.json" in run.stderr
    assert json.loads(Path("job.json").read_text(encoding="utf-8")) == JOBS[0]

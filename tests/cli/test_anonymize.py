"""The command `anonymize`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import ftschema
from support.commands import run_cli
from support.data import corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[str, str | bytes], str]

JOBS = [job.payload for job in corpus() if job.kind == "live" and job.payload["status"] == "succeeded"][:2]
NEW = [ftschema.anonymize(job, key="k") for job in JOBS]
LINES = "".join(f"{json.dumps(job)}\n\n" for job in JOBS)


def test_copies(folder: Path, write: Write) -> None:
    """JSON, JSON Lines, pages and compressed files of a folder have copies with the same pseudonyms and layout."""
    (folder / "in" / "deep").mkdir(parents=True)
    write("in/page.json", json.dumps({"object": "list", "data": JOBS}, indent=4))
    write("in/deep/lines.jsonl.gz", gzip.compress(LINES.encode()))
    write("in/one.json", json.dumps(JOBS[0]))
    run = run_cli("anonymize", "in", "-o", "out", "--key", "k")
    assert (run.exit_code, run.stderr) == (0, "3 files written to out\n")
    page = Path("out/page.json").read_text(encoding="utf-8")
    assert json.loads(page) == {"object": "list", "data": NEW}
    assert page.count("\n") == Path("in/page.json").read_text(encoding="utf-8").count("\n")
    lines = Path("out/deep/lines.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line) for line in lines.split("\n") if line] == NEW
    assert lines.count("\n") == LINES.count("\n")
    assert json.loads(Path("out/one.json").read_text(encoding="utf-8")) == NEW[0]


def test_names_of_files(write: Write) -> None:
    """Ids in names of files are replaced like those in jobs; the standard input has a name of its own."""
    write(f"{JOBS[0]['id']}.json", json.dumps(JOBS[0]))
    run = run_cli(
        "anonymize", "-", f"{JOBS[0]['id']}.json", "-o", "out", data=json.dumps(JOBS[1]), env={"FTSCHEMA_KEY": "k"}
    )
    assert run.exit_code == 0
    assert {path.name for path in Path("out").iterdir()} == {f"{NEW[0]['id']}.json", "stdin.json"}


def test_keys_to_keep(write: Write) -> None:
    """Keys that no contract declares are listed, unless they are to be kept."""
    write("job.json", json.dumps(JOBS[0] | {"gpu_hours": 1, "node\x1b": 2}))
    run = run_cli("anonymize", "job.json", "-o", "out", "--key", "k", "--keep", "gpu_hours")
    assert run.stderr.splitlines()[1:] == [
        r"replaced keys that no contract declares (--keep KEY keeps one): node\u001b"
    ]
    assert "gpu_hours" in json.loads(Path("out/job.json").read_text(encoding="utf-8"))


def test_refused_files(write: Write) -> None:
    """A file that cannot be read, or is not JSON throughout, has no copy; the others have."""
    write("good.json", json.dumps(JOBS[0]))
    write("bad.json", '{"id": }')
    write("bad.jsonl", LINES + "x")
    run = run_cli("anonymize", "good.json", "bad.json", "bad.jsonl", "none.json", "no*.json", "-o", "out", "--key", "k")
    assert run.exit_code == 3
    assert [path.name for path in Path("out").iterdir()] == ["good.json"]
    places = [line.split(" ")[0] for line in run.stderr.splitlines()]
    assert places == ["no*.json:", "bad.json:", "bad.jsonl:5:", "none.json:", "1"]


def test_lines_that_only_look_blank(write: Write) -> None:
    """Only the white space of JSON makes a line blank; a line with any other character is not JSON."""
    write("a.jsonl", f"{json.dumps(JOBS[0])}\n \t\r\n{json.dumps(JOBS[1])}\n")
    write("b.jsonl", f"{json.dumps(JOBS[0])}\n\v\n{json.dumps(JOBS[1])}\n")
    run = run_cli("anonymize", "a.jsonl", "b.jsonl", "-o", "out", "--key", "k")
    assert run.exit_code == 3
    assert run.stderr.startswith("b.jsonl:2: (root): json-syntax: ")
    assert [path.name for path in Path("out").iterdir()] == ["a.jsonl"]


def test_existing_files(folder: Path, write: Write) -> None:
    """Existing files are replaced with --overwrite only, and a copy that cannot be written does not stop the others."""
    write("a.json", json.dumps(JOBS[0]))
    write("b.json", json.dumps(JOBS[1]))
    assert run_cli("anonymize", "a.json", "-o", ".", "--key", "k").exit_code == 2
    assert run_cli("anonymize", "a.json", "-o", ".", "--key", "k", "--overwrite").exit_code == 0
    assert json.loads(Path("a.json").read_text(encoding="utf-8")) == NEW[0]
    (folder / "out" / "a.json").mkdir(parents=True)
    run = run_cli("anonymize", "a.json", "b.json", "-o", "out", "--key", "k", "--overwrite")
    assert run.exit_code == 3
    assert run.stderr.splitlines() == [
        "out/a.json: cannot be written: it is not a regular file",
        "1 file written to out",
    ]


def test_key(write: Write) -> None:
    """A key is required, and must not be empty."""
    write("a.json", "{}")
    assert "Missing option '--key'" in run_cli("anonymize", "a.json", "-o", "out").stderr
    assert "must not be empty" in run_cli("anonymize", "a.json", "-o", "out", "--key", "").stderr

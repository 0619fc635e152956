"""`check --repair` writes what was meant elsewhere, and nothing is lost."""

from __future__ import annotations

import gzip
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ftschema
from ftschema.cli.run import Run
from support.commands import run_cli
from support.data import corpus

_JOB: dict[str, Any] = next(job.payload for job in corpus() if job.kind == "live")
_GOOD = json.dumps(_JOB).encode()
_SLIP = json.dumps(_JOB | {"status": "Running"}).encode()
_REPAIRED = json.dumps(_JOB | {"status": "running"}).encode()


def _names(folder: str | Path) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Return a file with a job that has one slip."""
    path = tmp_path / "job.json"
    path.write_bytes(_SLIP)
    return path


def test_a_file(job: Path, tmp_path: Path) -> None:
    """The copy is repaired, the file stays, and the report and the exit status are those of the file."""
    before = run_cli("check", job)
    after = run_cli("check", job, "--repair", tmp_path / "repaired.json")
    assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout) == (1, after.stdout)
    assert after.stderr == f"1 problem repaired in {tmp_path / 'repaired.json'}\n"
    assert (tmp_path / "repaired.json").read_bytes() == _REPAIRED
    assert job.read_bytes() == _SLIP
    assert run_cli("check", tmp_path / "repaired.json").exit_code == 0


def test_rights(job: Path, tmp_path: Path) -> None:
    """A copy may be read by whom any new file may be read by."""
    run_cli("check", job, "--repair", tmp_path / "repaired.json")
    (tmp_path / "new").touch()
    assert (tmp_path / "repaired.json").stat().st_mode == (tmp_path / "new").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_rights_of_a_private_file(job: Path, tmp_path: Path, mode: int) -> None:
    """A copy of a private file is private."""
    job.chmod(mode)
    run_cli("check", job, "--repair", tmp_path / "repaired.json")
    assert stat.S_IMODE((tmp_path / "repaired.json").stat().st_mode) == mode


@pytest.mark.parametrize("jobs", [1, 2])
def test_lines(tmp_path: Path, jobs: int) -> None:
    """Of JSON Lines only those are written anew that have a repair; what is no JSON stays as it is."""
    lines = [b" " + _GOOD, _SLIP, b"{", _SLIP + b"\r", b"\xff", _GOOD] * 30
    (tmp_path / "jobs.jsonl").write_bytes(b"\n\n".join(lines))
    run = run_cli("check", tmp_path / "jobs.jsonl", "--lines", "--repair", tmp_path / "repaired.jsonl", "--jobs", jobs)
    repaired = [line.replace(b'"Running"', b'"running"') for line in lines]
    assert (tmp_path / "repaired.jsonl").read_bytes() == b"".join(line + b"\n" for line in repaired)
    assert run.stderr.startswith("60 problems repaired")


def test_the_standard_input(tmp_path: Path) -> None:
    """What is piped in is repaired too."""
    assert run_cli("check", "-", "--repair", tmp_path / "repaired.json", data=_SLIP).exit_code == 1
    assert (tmp_path / "repaired.json").read_bytes() == _REPAIRED
    run_cli("check", "-", "--repair", f"{tmp_path}{os.sep}", data=_SLIP)
    assert (tmp_path / "stdin.json").read_bytes() == _REPAIRED


def test_a_folder(job: Path, tmp_path: Path) -> None:
    """Copies of several files lie in a folder as the files do; those of compressed ones are not compressed."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "job.json").write_bytes(_GOOD)
    (tmp_path / "sub" / "more.jsonl.gz").write_bytes(gzip.compress(_SLIP + b"\n" + _SLIP))
    assert run_cli("check", job, tmp_path / "sub", "--repair", tmp_path / "out").stderr.startswith(
        "3 problems repaired"
    )
    copies = {str(path.relative_to(tmp_path / "out")): path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    assert copies == {
        "job.json": _REPAIRED,
        "sub/job.json": _GOOD,
        "sub/more.jsonl": _REPAIRED + b"\n" + _REPAIRED + b"\n",
    }


def test_one_file_into_a_folder(job: Path, tmp_path: Path) -> None:
    """The copy of a single file goes into a folder that is there, or that is named as one."""
    (tmp_path / "there").mkdir()
    for folder in (str(tmp_path / "there"), f"{tmp_path / 'new'}{os.sep}"):
        run_cli("check", job, "--repair", folder)
        assert _names(folder) == ["job.json"]


def test_nothing_is_written_over(job: Path, tmp_path: Path) -> None:
    """What is there stays, the file itself too, unless it is told otherwise."""
    (tmp_path / "other.json").write_bytes(b"mine")
    for target in (job, tmp_path / "other.json"):
        run = run_cli("check", job, "--repair", target)
        assert run.exit_code == 2
        assert "exists; use --overwrite to replace it" in " ".join(run.stderr.split())
    assert (job.read_bytes(), (tmp_path / "other.json").read_bytes()) == (_SLIP, b"mine")
    for target in (job, tmp_path / "other.json"):
        run_cli("check", job, "--repair", target, "--overwrite")
        assert target.read_bytes() == _REPAIRED


def test_in_place(job: Path, tmp_path: Path) -> None:
    """A folder can be repaired in place."""
    (tmp_path / "other.json").write_bytes(_SLIP)
    assert run_cli("check", tmp_path, "--repair", tmp_path, "--overwrite", "--quiet").output == ""
    assert _names(tmp_path) == ["job.json", "other.json"]
    assert job.read_bytes() == (tmp_path / "other.json").read_bytes() == _REPAIRED


def test_in_place_of_what_is_valid(tmp_path: Path) -> None:
    """In place, only what is repaired is written; a file keeps its rights, and its links are followed or told of."""
    for name in ("good.json", "job.json", "linked.json"):
        (tmp_path / name).write_bytes(_GOOD if name == "good.json" else _SLIP)
    (tmp_path / "good.jsonl").write_bytes(b"\n\n" + _GOOD + b"\n\n" + _GOOD)
    for name in ("good.json", "linked.json"):
        (tmp_path / f"other {name}.txt").hardlink_to(tmp_path / name)
    (tmp_path / "job.json").chmod(0o600)
    before = {path.name: path.stat() for path in tmp_path.iterdir()}
    run = run_cli("check", tmp_path, "--repair", tmp_path, "--overwrite")
    after = {path.name: path.stat() for path in tmp_path.iterdir()}
    assert run.exit_code == 3
    assert run.stderr.startswith(f"{tmp_path / 'linked.json'}: cannot be written: it has 2 hard links")
    assert run.stderr.endswith(f"1 problem repaired in {tmp_path}\n")
    assert after.pop("job.json").st_mode == before.pop("job.json").st_mode
    assert {name: (found.st_ino, found.st_mtime_ns) for name, found in after.items()} == {
        name: (found.st_ino, found.st_mtime_ns) for name, found in before.items()
    }
    assert (tmp_path / "job.json").read_bytes() == _REPAIRED


def test_link_in_place(job: Path, tmp_path: Path) -> None:
    """What a link leads to is repaired, and the link stays."""
    (tmp_path / "link.json").symlink_to(job)
    run_cli("check", tmp_path / "link.json", "--repair", tmp_path / "link.json", "--overwrite")
    assert (tmp_path / "link.json").is_symlink()
    assert job.read_bytes() == _REPAIRED


@pytest.mark.parametrize("named", [("jobs", "../other"), ("../*/*.json", "jobs"), ("jobs/a.json", "jobs/../../x.json")])
def test_never_outside(folder: Path, monkeypatch: pytest.MonkeyPatch, named: tuple[str, ...]) -> None:
    """Copies are inside the folder, however the files are named."""
    for name in ("here/jobs/a.json", "other/b.json", "x.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(_SLIP)
    (folder / "here" / "x.json").write_bytes(_SLIP)
    monkeypatch.chdir(folder / "here")
    assert run_cli("check", *named, "--repair", "out/deep", "--overwrite").exit_code == 1
    assert all(path.read_bytes() == _SLIP for path in folder.rglob("*.json") if "out" not in path.parts)
    assert len([*Path("out/deep").rglob("*.json")]) >= 2


@pytest.mark.parametrize("link", ["out/a.json", "out/sub"])
@pytest.mark.parametrize("there", [True, False])
def test_link_out_of_the_folder(folder: Path, link: str, *, there: bool) -> None:
    """A link that leads out of the folder is refused before anything is written."""
    for name in ("jobs/a.json", "jobs/sub/b.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(_SLIP)
    Path("out").mkdir()
    Path(link).symlink_to(folder / "precious")
    if there:
        Path("precious").mkdir() if link == "out/sub" else Path("precious").write_bytes(b"mine")
    run = run_cli("check", "jobs", "--repair", "out", "--overwrite")
    assert run.exit_code == 2
    assert "is a link to a file outside of out" in " ".join(run.stderr.split())
    assert _names("out") == [Path(link).name]
    assert _names(".") == ["jobs", "out", *(["precious"] if there else [])]


def test_links_inside_the_folder(folder: Path) -> None:
    """Two names of one file are refused in place, and a link that leads nowhere is not written without --overwrite."""
    (folder / "a.json").write_bytes(_SLIP)
    (folder / "link.json").symlink_to("a.json")
    run = run_cli("check", ".", "--repair", ".", "--overwrite")
    assert (run.exit_code, (folder / "a.json").read_bytes()) == (2, _SLIP)
    assert "would have the same copy" in " ".join(run.stderr.split())
    (folder / "later").symlink_to("b.json")
    assert run_cli("check", "a.json", "--repair", "later").exit_code == 2
    assert run_cli("check", "a.json", "--repair", "later", "--overwrite").exit_code == 1
    assert (folder / "b.json").read_bytes() == _REPAIRED


@pytest.mark.parametrize("output", ["out", "out/a.json", "./out"])
def test_output_that_is_a_copy(folder: Path, output: str) -> None:
    """The results and the copies are not written to the same file."""
    (folder / "a.json").write_bytes(_SLIP)
    run = run_cli("check", "a.json", "--repair", output, "-o", output)
    assert run.exit_code == 2
    assert "would overwrite" in run.stderr
    assert _names(".") == ["a.json"]


def test_a_copy_that_cannot_be_written(folder: Path) -> None:
    """Where one copy cannot be written, the other files are checked and repaired all the same."""
    for name in ("a.json", "b.json"):
        (folder / name).write_bytes(_SLIP)
    Path("out/a.json").mkdir(parents=True)
    run = run_cli("check", "a.json", "b.json", "--repair", "out", "--overwrite")
    assert run.exit_code == 3
    assert run.stderr.splitlines()[1:] == ["1 problem repaired in out"]
    assert run.stdout.splitlines()[-1].endswith("2 problems")
    assert Path("out/b.json").read_bytes() == _REPAIRED


@pytest.mark.skipif(os.name != "posix", reason="the signal is one of POSIX")
def test_terminated(tmp_path: Path) -> None:
    """A signal that ends the run leaves no half copy behind, and is how the process ended."""
    command = [sys.executable, "-m", "ftschema", "check", "-", "--lines", "--repair", str(tmp_path / "copy.jsonl")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin
        assert run.stdout
        run.stdin.write((_SLIP + b"\n") * 3_000)
        run.stdin.flush()
        run.stdout.readline()
        assert len(_names(tmp_path)) == 1
        run.terminate()
        run.wait(60)
    assert run.returncode == -signal.SIGTERM
    assert _names(tmp_path) == []


def test_one_copy_of_two_files(tmp_path: Path) -> None:
    """Two files that would become one are refused before anything is written."""
    (tmp_path / "job.json").write_bytes(_SLIP)
    (tmp_path / "job.json.gz").write_bytes(gzip.compress(_SLIP))
    run = run_cli("check", tmp_path, "--repair", tmp_path / "out")
    assert run.exit_code == 2
    assert "would have the same copy" in " ".join(run.stderr.split())
    assert not (tmp_path / "out").exists()


def test_overwrite_alone(job: Path) -> None:
    """--overwrite without --repair is a misuse."""
    assert run_cli("check", job, "--overwrite").exit_code == 2


def test_a_file_that_breaks(tmp_path: Path) -> None:
    """Of a file that cannot be read to its end there is no copy, and none of it is left behind."""
    (tmp_path / "jobs.jsonl.gz").write_bytes(gzip.compress(b"\n".join([_SLIP] + [_GOOD] * 3_000))[:-9])
    run = run_cli("check", tmp_path / "jobs.jsonl.gz", "--lines", "--repair", tmp_path / "repaired.jsonl")
    assert run.exit_code == 3
    assert _names(tmp_path) == ["jobs.jsonl.gz"]


def test_a_place_that_cannot_be_written(job: Path) -> None:
    """A place where nothing can be written is named."""
    run = run_cli("check", job, "--repair", "/proc/repaired.json")
    assert run.exit_code == 3
    assert run.stderr.startswith("/proc/repaired.json: cannot be written: ")


def test_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt leaves no half copy behind."""
    (tmp_path / "jobs.jsonl").write_bytes(b"\n".join([_SLIP] * 10))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "_add", interrupted)
    assert run_cli("check", tmp_path / "jobs.jsonl", "--repair", tmp_path / "repaired.jsonl").exit_code == 130
    assert _names(tmp_path) == ["jobs.jsonl"]


def test_rules(tmp_path: Path) -> None:
    """With --lifecycle the rules' repairs are made too."""
    late = _JOB | {"created_at": _JOB["created_at"] * 1_000}
    (tmp_path / "job.json").write_text(json.dumps(late), encoding="utf-8")
    run_cli("check", tmp_path / "job.json", "--lifecycle", "--repair", tmp_path / "repaired.json")
    assert json.loads((tmp_path / "repaired.json").read_bytes()) == _JOB
    assert ftschema.check(late).ok

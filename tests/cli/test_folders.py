"""What is named on the command line stands for files: itself, what is in a folder, what a pattern matches."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ftschema.cli.files import SUFFIXES, find_files
from support.commands import run_cli

_FILES = (
    "a-b/x.json",
    "a/b/.hidden.json",
    "a/b/y.JSONL",
    "a/x.json",
    "a/x.json.bak",
    "a/z.ndjson.gz",
    "a/z.yaml",
    "b.jsonl.zst",
    "json",
    "odd[1].json",
)


@pytest.fixture(autouse=True)
def _tree(folder: Path) -> None:
    """Make the files."""
    for name in _FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "empty" / "deeper").mkdir(parents=True)


def _found(name: str) -> list[str]:
    found = []
    for file in find_files(name):
        assert isinstance(file, str)
        found.append(file)
    return found


def _fault(name: str) -> OSError:
    (fault,) = find_files(name)
    assert isinstance(fault, OSError)
    return fault


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/x.json", ["a/x.json"]),
        ("a/z.yaml", ["a/z.yaml"]),
        ("missing.json", ["missing.json"]),
        ("odd[1].json", ["odd[1].json"]),
        ("a/b/.hidden.json", ["a/b/.hidden.json"]),
        ("a", ["a/b/y.JSONL", "a/x.json", "a/z.ndjson.gz"]),
        ("a/", ["a/b/y.JSONL", "a/x.json", "a/z.ndjson.gz"]),
        (
            ".",
            [
                *("a/b/y.JSONL", "a/x.json", "a/z.ndjson.gz"),
                *("a-b/x.json", "b.jsonl.zst", "odd[1].json"),
            ],
        ),
        ("*/x.json", ["a-b/x.json", "a/x.json"]),
        ("**/x.json", ["a-b/x.json", "a/x.json"]),
        ("a/**", ["a/b/y.JSONL", "a/x.json", "a/x.json.bak", "a/z.ndjson.gz", "a/z.yaml"]),
        ("?/z.*", ["a/z.ndjson.gz", "a/z.yaml"]),
        ("odd[[]1].json", ["odd[1].json"]),
    ],
)
def test_found(name: str, expected: list[str]) -> None:
    """A file is itself; a folder its files of JSON at every depth; a pattern every file that matches; all in order."""
    assert _found(name) == expected


def test_pattern_from_the_root(tmp_path: Path) -> None:
    """A pattern may begin with the root."""
    assert _found(f"{tmp_path}/*/x.json") == [f"{tmp_path}/a-b/x.json", f"{tmp_path}/a/x.json"]


@pytest.mark.parametrize("ending", SUFFIXES)
def test_endings(ending: str) -> None:
    """Of a folder, files are taken by their ending."""
    Path("empty", f"one{ending}").touch()
    assert _found("empty") == [f"empty/one{ending}"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty", "no JSON or JSON Lines file in this folder"),
        ("*.txt", "no file matches this pattern"),
        ("emp*", "no file matches this pattern"),
    ],
)
def test_nothing(name: str, reason: str) -> None:
    """A folder without JSON, and a pattern that matches no file, is an error that names it."""
    fault = _fault(name)
    assert (fault.filename, fault.strerror) == (name, reason)


def test_links() -> None:
    """A link to a file is taken like a file; one to a folder is not followed, so that there is no end to fear."""
    Path("empty/file.json").symlink_to("../a/x.json")
    Path("empty/loop").symlink_to("..", target_is_directory=True)
    Path("empty/broken.json").symlink_to("nowhere")
    assert _found("empty") == ["empty/broken.json", "empty/file.json"]


@pytest.mark.parametrize("ignored", [".git", ".hidden", "node_modules", "site-packages", "__pycache__"])
def test_ignored_folders(ignored: str) -> None:
    """A folder that is hidden, or holds the files of others by convention, is not searched, but can be named."""
    Path("empty", ignored, "deeper").mkdir(parents=True)
    Path("empty", ignored, "deeper", "x.json").touch()
    assert isinstance(_fault("empty"), FileNotFoundError)
    assert _found(f"empty/{ignored}") == [f"empty/{ignored}/deeper/x.json"]


@pytest.mark.skipif(os.name != "posix", reason="named pipes are those of POSIX")
def test_pipes() -> None:
    """A search finds no pipe, which could be read forever; one that is named is read."""
    os.mkfifo("a/pipe.json")
    assert "a/pipe.json" not in _found("a") + _found("a/*.json")
    assert _found("a/pipe.json") == ["a/pipe.json"]


@pytest.mark.parametrize(
    ("name", "pattern", "expected"),
    [
        ("a", "x.json", ["a/b/y.JSONL", "a/z.ndjson.gz"]),
        ("a", "*.json*", ["a/b/y.JSONL", "a/z.ndjson.gz"]),
        ("a", "b", ["a/x.json", "a/z.ndjson.gz"]),
        ("a", "b/", ["a/x.json", "a/z.ndjson.gz"]),
        ("a", "b/*.JSONL", ["a/x.json", "a/z.ndjson.gz"]),
        ("a", "c/*", ["a/b/y.JSONL", "a/x.json", "a/z.ndjson.gz"]),
        ("**/x.json", "a-*", ["a/x.json"]),
        ("a/x.json", "x.*", []),
        ("a/x.json", "a", []),
        ("a", "a", []),
    ],
)
def test_exclude(name: str, pattern: str, expected: list[str]) -> None:
    """Files and folders that match are left out, however they are found."""
    assert [*find_files(name, ["nothing", pattern])] == expected


@pytest.mark.parametrize("pattern", ["", "/", "."])
def test_exclude_nothing(pattern: str) -> None:
    """A pattern that can match no file is a usage error."""
    assert run_cli("check", "a", "--exclude", pattern).exit_code == 2


def test_exclude_of_the_command() -> None:
    """The option can be given several times."""
    run = run_cli("check", "a", "--exclude", "b", "--exclude", "*.gz", "--format", "json")
    assert [document["path"] for document in json.loads(run.stdout)["documents"]] == ["a/x.json"]


def test_folder_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be searched is an error, and hides nothing of the others."""
    scandir = os.scandir

    def guarded(path: str) -> object:
        if os.fspath(path) == "a/b":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    fault, *found = find_files("a")
    assert isinstance(fault, PermissionError)
    assert (fault.filename, found) == ("a/b", ["a/x.json", "a/z.ndjson.gz"])

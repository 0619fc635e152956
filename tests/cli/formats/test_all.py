"""The formats for programs say of each run what the text says, in the words of those who read them."""

from __future__ import annotations

import gzip
import json
import os
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

import ftschema
from ftschema import fixtures
from ftschema.cli.formats.base import FORMATS
from ftschema.core.text import printable
from support.commands import run_cli, timeless
from support.helpers import sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

_JOB = fixtures.payload(1, status="succeeded")
_GOOD = json.dumps(_JOB)
_BAD = json.dumps({**_JOB, "seed": True, "model": 5})
_ODD = json.dumps({**_JOB, "result_files": ["file-1", "file-2"]})
_MANY = json.dumps({**_JOB, "result_files": [*range(130)]})
_FORMATS = [*FORMATS]


@pytest.fixture(autouse=True)
def _files(write: Callable[[str, str | bytes], str]) -> None:
    """Make files of every kind."""
    write("a.json", _BAD)
    write("b.jsonl", f"{_GOOD}\n\n{_BAD}\n{_ODD}\n{{\n")
    write("c.json.gz", gzip.compress(_BAD.encode()))
    write("good.json", _GOOD)
    write("many.json", _MANY)


def _lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_jsonl() -> None:
    """Each faulty document is one line: its place, and its report as `Report.as_dict` has it."""
    result = run_cli("check", "a.json", "b.jsonl", "missing.json", "--lifecycle", "--format", "jsonl")
    assert result.exit_code == 3
    assert result.stderr == "missing.json: cannot be read: No such file or directory\n"
    lines = Path("b.jsonl").read_bytes().split(b"\n")
    expected = [{"path": "a.json", "line": None, "pointer": "", **ftschema.check_text(_BAD.encode()).as_dict()}]
    for number in (3, 4, 5):
        (found,) = [one for one in ftschema.check_lines(lines, lifecycle=True) if one.number == number]
        expected.append({"path": "b.jsonl", "line": number, "pointer": "", **found.report.as_dict()})
    assert _lines_of(result) == expected


def test_json() -> None:
    """One document holds what `jsonl` has, the files that cannot be read, and the counts."""
    arguments = ("a.json", "b.jsonl", "missing.json", "good.json", "--lifecycle")
    found = json.loads(run_cli("check", *arguments, "--format", "json").stdout)
    assert found == {
        "contract": "observed",
        "documents": _lines_of(run_cli("check", *arguments, "--format", "jsonl")),
        "unreadable": [{"path": "missing.json", "reason": "No such file or directory"}],
        "summary": {
            "checked": 6,
            "invalid": 3,
            "problems": 6,
            "shown": 6,
            "unreadable": 1,
            "interrupted": False,
        },
    }


def test_json_of_nothing() -> None:
    """A run that finds nothing is a document too."""
    found = json.loads(run_cli("check", "good.json", "--format", "json").stdout)
    assert (found["documents"], found["unreadable"], found["summary"]["checked"]) == ([], [], 1)


def _unescaped(text: str) -> str:
    """Return what the runner of GitHub makes of an escaped value: the percent sign is the last."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def _commands(output: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the workflow commands: name, properties, message."""
    found = []
    for line in output.splitlines():
        if match := re.fullmatch(r"::(\w+)(?: ([^:]*))?::(.*)", line):
            pairs = [pair.partition("=") for pair in (match[2] or "").split(",") if pair]
            found.append((match[1], {key: _unescaped(value) for key, _, value in pairs}, _unescaped(match[3])))
    return found


def test_github() -> None:
    """Each problem is a command with the file, line and column where it is, a title, and the severity."""
    result = run_cli("check", "a.json", "b.jsonl", "missing.json", "--lifecycle", "--format", "github")
    found = _commands(result.stdout)
    seed = _BAD.index("true", _BAD.index('"seed"')) + 1
    places = [(name, got.get("file"), got.get("line"), got.get("title")) for name, got, _ in found]
    assert places == [
        ("error", "a.json", "1", "type"),
        ("error", "a.json", "1", "type"),
        ("error", "b.jsonl", "3", "type"),
        ("error", "b.jsonl", "3", "type"),
        ("warning", "b.jsonl", "4", "succeeded-has-one-result-file"),
        ("error", "b.jsonl", "5", "json-syntax"),
        ("error", "missing.json", None, None),
    ]
    assert str(seed) in {got["col"] for _, got, _ in found[:2]}
    assert "/seed: expected an integer or null, found true" in {message for _, _, message in found}
    assert found[-1][2] == "cannot be read: No such file or directory"
    assert result.stdout.splitlines()[-1].startswith("5 jobs checked")


def test_github_ranges() -> None:
    """A command has the range of the value; its columns only if that is on one line, as GitHub requires."""
    text = json.dumps({**_JOB, "seed": True, "status": [1, 2]}, indent=1)
    Path("long.json").write_text(text, encoding="utf-8")
    Path("cut.json").write_text('{"a": [', encoding="utf-8")
    found = _commands(run_cli("check", "long.json", "cut.json", "--format", "github").stdout)
    ranges = [{key: got[key] for key in ("line", "col", "endLine", "endColumn") if key in got} for _, got, _ in found]
    lines = text.split("\n")
    seed, status = (lines.index(next(line for line in lines if key in line)) + 1 for key in ('"seed"', '"status"'))
    assert sorted(ranges, key=str) == sorted(
        [
            {"line": str(seed), "endLine": str(seed), "col": "10", "endColumn": "14"},
            {"line": str(status), "endLine": str(status + 3)},
            {"line": "1", "col": "8"},
        ],
        key=str,
    )


@pytest.mark.parametrize("name", ["a,b: 100%.json", "a\nb.json", "::error::.json", "é 日本.json"], ids=ascii)
def test_github_escapes(name: str) -> None:
    """No name of a file, and no text of a job, ends a command or begins another one."""
    job = {**_JOB, "metadata": {"100%25\r\n::error::, x": 5}}
    Path(name).write_text(json.dumps(job), encoding="utf-8")
    result = run_cli("check", f"./{name}", "--format", "github")
    assert len(result.stdout.split("\n")) == 3
    [(kind, properties, message)] = _commands(result.stdout)
    assert (kind, properties["file"], properties["title"]) == ("error", printable(f"./{name}"), "type")
    assert message == r"/metadata/100%25\r\n::error::, x: expected a string, found 5"


@cache
def _every_class() -> list[str]:
    """Return the first and the last character of each category and direction of Unicode, and all that are invisible."""
    classes: dict[tuple[str, str], list[str]] = {}
    for code in range(0x11_0000):
        character = chr(code)
        classes.setdefault((unicodedata.category(character), unicodedata.bidirectional(character)), []).append(
            character
        )
    formats = {
        character for (kind, _), found in classes.items() if kind in {"Cc", "Cf", "Zl", "Zp"} for character in found
    }
    return sorted(formats | {one for found in classes.values() for one in (found[0], found[-1])})


def _messages(value: Any) -> Iterator[str]:
    """Yield what is for people in a value that was read from JSON; pointers and names of files are data."""
    if isinstance(value, list):
        for item in value:
            yield from _messages(item)
    elif isinstance(value, dict):
        for key, member in value.items():
            if isinstance(member, str) and key in {"message", "text", "hint", "reason"}:
                yield member
            else:
                yield from _messages(member)


def _odd_files() -> None:
    """Make files with each of these characters as a value, in a key, in a text that is not JSON, and in a name."""
    Path("odd").mkdir()
    texts = ["".join(_every_class()[at : at + 15]) for at in range(0, len(_every_class()), 15)]
    jobs = [{**_JOB, "status": text, "metadata": {text: 5}, "seed": text} for text in texts]
    broken = [f'{{"{text}'.encode(errors="surrogatepass").replace(b"\n", b" ") for text in texts]
    Path("odd/jobs.jsonl").write_bytes(b"\n".join([*(json.dumps(job).encode() for job in jobs), *broken]))
    for text in texts:
        name = re.sub("[\0/]", "", text).encode(errors="surrogatepass")
        Path("odd", f"{os.fsdecode(name)}.json").write_bytes(b"{")


@pytest.mark.parametrize("form", _FORMATS)
def test_every_class_of_characters(form: str) -> None:
    """Whatever characters are in a job, in a text or in the name of a file, no format prints one that is invisible."""
    _odd_files()
    result = run_cli("check", "odd", "\x1b\u202e.json", "--format", form)
    assert result.exit_code == 3
    for output in (result.stdout, result.stderr):
        assert {character for character in output if not character.isprintable()} <= {"\n"}
    if form in {"json", "jsonl", "sarif"}:
        texts = result.stdout.splitlines() if form == "jsonl" else [result.stdout]
        shown = [line for text in texts for message in _messages(json.loads(text)) for line in message.split("\n")]
        assert len(shown) > 100
        assert all(map(str.isprintable, shown))
    elif form == "junit":
        ET.fromstring(result.stdout)  # noqa: S314  # it is our own


@pytest.mark.parametrize("arguments", ["identify", "identify --format json", "convert --from observed --to dart"])
def test_every_class_in_other_commands(arguments: str) -> None:
    """The other commands print no invisible character either; what they print as JSON is the same JSON."""
    job = {**_JOB, **{f"{character}{number}": 1 for number, character in enumerate(_every_class())}, "seed": "\u202e"}
    for given in (job, {**job, "seed": 1}):
        drop = ["--drop-unknown"] if given["seed"] == 1 and arguments.startswith("convert") else []
        result = run_cli(*arguments.split(), *drop, data=json.dumps(given))
        for output in (result.stdout, result.stderr):
            assert {character for character in output if not character.isprintable()} <= {"\n"}
    result = run_cli(
        "convert", "--from", "observed", "--to", "observed", data=json.dumps(_JOB | {"\u202e\x7f\ue000": "\x9b"})
    )
    assert json.loads(result.stdout)["\u202e\x7f\ue000"] == "\x9b"


def test_misuse_with_control_characters() -> None:
    """What a usage error repeats from the command line is escaped too."""
    for arguments in (["--\x1b[31m"], ["check", "--\x1b[31m"], ["\x1b[31m"], ["identify", "a", "\x1b[31m"]):
        result = run_cli(*arguments)
        assert result.exit_code == 2
        assert "\x1b" not in result.output
    assert run_cli().output.startswith("Usage: ")


def test_github_standard_input() -> None:
    """What is piped in has no file, and what is left out is counted."""
    found = _commands(run_cli("check", "-", "--format", "github", data=_MANY).stdout)
    assert len(found) == 101
    assert all("file" not in properties for _, properties, _ in found)
    assert found[-1] == ("notice", {}, "… and 30 more problems")


@pytest.mark.parametrize(
    ("severity", "text", "status", "shown"),
    [
        (None, _ODD, 0, 1),
        ("warning", _ODD, 1, 1),
        ("error", _ODD, 0, 0),
        ("error", _BAD, 1, 2),
        ("warning", _BAD, 1, 2),
        ("error", "{", 3, 1),
    ],
)
def test_severity(severity: str | None, text: str, status: int, shown: int) -> None:
    """The severity is the least that is shown and fails the run; without it warnings are shown and do not."""
    options = ["--severity", severity] if severity else []
    result = run_cli("check", "-", "--lifecycle", *options, data=text)
    *problems, summary = result.stdout.splitlines()
    assert (result.exit_code, len(problems)) == (status, shown)
    assert summary.endswith(f"{int(status > 0)} invalid, {shown} problem{'' if shown == 1 else 's'}")


@pytest.mark.parametrize(("most", "shown"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (9, 5)])
@pytest.mark.parametrize("form", ["text", "json"])
def test_max_problems(form: str, most: int, shown: int) -> None:
    """No more problems are shown than that, and all are counted."""
    result = run_cli("check", "a.json", "b.jsonl", "--max-problems", str(most), "--format", form)
    assert result.exit_code == 3
    if form == "json":
        found = json.loads(result.stdout)
        assert sum(len(document["problems"]) for document in found["documents"]) == shown
        assert not any(document["ok"] for document in found["documents"])
        assert (found["summary"]["problems"], found["summary"]["shown"]) == (5, shown)
    else:
        *lines, summary = result.stdout.splitlines()
        assert sum(re.match(r"\S+:\d+:\d+: ", line) is not None for line in lines) == shown
        assert (f"{shown} of 5 problems shown" in lines) is (shown < 5)
        assert summary.endswith("2 valid, 3 invalid, 5 problems")


@pytest.mark.parametrize("form", _FORMATS)
def test_quiet(form: str) -> None:
    """A quiet run says nothing but what cannot be read."""
    result = run_cli("check", "a.json", "missing.json", "--quiet", "--format", form)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "missing.json: cannot be read: No such file or directory\n"
    assert run_cli("check", "a.json", "--quiet").exit_code == 1
    assert run_cli("check", "good.json", "-q").exit_code == 0


@pytest.mark.parametrize("form", _FORMATS)
def test_output(form: str) -> None:
    """A file gets what the standard output would, which has the summary then, and nothing of a quiet run."""
    arguments = ("a.json", "b.jsonl", "--lifecycle", "--format", form)
    printed = run_cli("check", *arguments)
    written = run_cli("check", *arguments, "-o", "out")
    assert timeless(Path("out").read_text(encoding="utf-8")) == timeless(printed.stdout)
    assert (written.exit_code, written.stdout) == (
        3,
        "5 jobs checked against observed: 2 valid, 3 invalid, 6 problems\n",
    )
    assert run_cli("check", *arguments, "-o", "quiet", "-q").stdout == ""
    assert timeless(Path("quiet").read_text(encoding="utf-8")) == timeless(printed.stdout)


@pytest.mark.parametrize(("output", "reason"), [("none/out", "No such file or directory"), (".", "Is a directory")])
def test_output_that_cannot_be_written(output: str, reason: str) -> None:
    """An output that cannot be written ends the run with the reason."""
    result = run_cli("check", "a.json", "-o", output)
    assert (result.exit_code, result.stderr) == (3, f"{output}: cannot be written: {reason}\n")


@pytest.mark.parametrize("named", [["a.json"], ["."], ["missing", "*.json"]])
def test_output_over_input(named: list[str]) -> None:
    """A file that is checked is never written over."""
    result = run_cli("check", *named, "-o", "./a.json")
    assert result.exit_code == 2
    assert "would overwrite" in result.stderr
    assert Path("a.json").read_text(encoding="utf-8") == _BAD


@pytest.mark.parametrize("form", sample(_FORMATS, "json"))
def test_same_on_several_processes(form: str) -> None:
    """Each format is the same on several processes, the source lines of the page too."""
    Path("long.jsonl").write_text(f"{_GOOD}\n{_BAD}\n\n{_ODD}\n" * 300, encoding="utf-8")
    one, two = (run_cli("check", "long.jsonl", "--lifecycle", "--format", form, "--jobs", jobs) for jobs in ("1", "2"))
    assert (one.exit_code, timeless(one.stdout)) == (two.exit_code, timeless(two.stdout))


@pytest.mark.parametrize("form", _FORMATS)
def test_hint(form: str) -> None:
    """Where a payload seems to be something else, each format says what, once."""
    hint = "this looks like an event of a job, which ftschema.event checks; retrieve the job itself"
    assert run_cli("check", "-", "--format", form, data='{"object": "fine_tuning.job.event"}').stdout.count(hint) == 1

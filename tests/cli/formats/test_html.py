"""The format `html` is one page that a browser shows by itself, and that nothing in a job can change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ftschema
from ftschema import fixtures
from ftschema.cli.formats import html
from support.commands import run_cli

if TYPE_CHECKING:
    from collections.abc import Callable

_REQUIRED = "FTSCHEMA_REQUIRE_CHROMIUM"

_JOB = fixtures.payload(1, status="succeeded")
_BAD = json.dumps({**_JOB, "seed": True, "result_files": [1, "a", 2]}, indent=2)
_ODD = json.dumps({**_JOB, "result_files": ["file-1", "file-2"]})
_EVIL = '</script></pre><img src="http://evil.test/x" onerror=alert(1)><script>document.title="evil"</script>&amp;'
# As RFC 6901 has it.
_IN_POINTER = _EVIL.replace("/", "~1")


class _Page(HTMLParser):
    """What a page holds: its elements, what they link to, and its text by class of the element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[tuple[str, str | None]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [(name, value) for name, value in attrs if name in {"src", "href"} or name.startswith("on")]
        if tag not in {"meta", "wbr"}:
            self._open.append(dict(attrs).get("class") or tag)
            self.texts.setdefault(self._open[-1], []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert tag not in {"meta", "wbr"}
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in {*self._open}:
            self.texts[name][-1] += data


@pytest.fixture(autouse=True)
def _files(write: Callable[[str, str | bytes], str]) -> None:
    write("bad.json", _BAD)
    write("jobs.jsonl", f"{json.dumps(_JOB)}\n{_ODD}\n{{")


def _html(*arguments: str) -> str:
    return run_cli("check", "--format", "html", *arguments).stdout


def test_page() -> None:
    """The page has the counts by code, by field and by file, and each problem with the place marked in its line."""
    page = _Page(_html("bad.json", "jobs.jsonl", "missing.json", "--lifecycle"))
    assert page.texts["h1"] == ["Not all valid"]
    assert page.texts["dl"] == ["checked4valid2invalid2problems5unreadable1"]
    assert sorted(page.texts["tr"]) == sorted(
        [
            *("type3", "succeeded-has-one-result-file1", "json-syntax1"),
            *("/seed1", "/result_files/*2", "/result_files1", "(root)1"),
            *("bad.json3", "jobs.jsonl2"),
        ]
    )
    assert sorted(page.texts["mark"]) == sorted(["true", "1", "2", "[", " "])
    assert page.texts["unreadable"][1:] == ["\nmissing.json cannot be read: No such file or directory\n"]
    lines = _BAD.split("\n")
    at = next(number for number, line in enumerate(lines, 1) if '"seed"' in line)
    assert f"{at}{lines[at - 1]}" in page.texts["pre"]
    assert f"bad.json:{at}:{lines[at - 1].index('true') + 1}" in page.texts["place"]


def test_missing_keys() -> None:
    """A key that is missing is a field of its own, in the spelling of the contract and at every depth."""
    for name in ftschema.contracts():
        required = ftschema.schema(name)["required"]
        Path("job.json").write_text("{}", encoding="utf-8")
        page = _Page(_html("job.json", "--contract", name))
        assert {row for row in page.texts["tr"] if row.startswith("/")} <= {f"/{key}1" for key in required}
        assert not any(row.startswith("(root)") for row in page.texts["tr"])
    Path("job.json").write_text(json.dumps({**_JOB, "integrations": [{"type": "wandb"}] * 2}), encoding="utf-8")
    assert "/integrations/*/wandb2" in _Page(_html("job.json")).texts["tr"]


def test_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says when it was made, by which version and by which command."""
    monkeypatch.setattr(sys, "argv", ["/bin/ftschema", "check", "a <b>.json", "--format", "html", "\x1b"])
    page = _Page(_html("bad.json"))
    assert page.texts["footer"][0].endswith(
        f"ftschema {version('ftschema')}: ftschema check 'a <b>.json' --format html '\\u001b'"
    )
    made = datetime.strptime(page.texts["time"][0], "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    assert datetime.now(UTC) - made < timedelta(days=1)


def test_valid() -> None:
    """A run without problems is a page too."""
    Path("good.json").write_text(json.dumps(_JOB), encoding="utf-8")
    page = _Page(_html("good.json"))
    assert page.texts["h1"] == ["All valid"]
    assert not {"table", "ol", "ul"} & page.tags


def _write_evil(name: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    job = {**_JOB, "metadata": {_EVIL: 5}, "seed": _EVIL, "status": f"'\" {_EVIL}"}
    Path(name).write_text(json.dumps(job), encoding="utf-8")


def test_nothing_is_run() -> None:
    """Nothing in a job or in the name of a file becomes a part of the page, which asks for nothing from elsewhere."""
    name = _EVIL.replace("/", "_") + ".json"
    _write_evil(name)
    text = _html(name, "bad.json", f"{_EVIL}")
    page = _Page(text)
    assert not page.tags & {"script", "img", "link", "iframe", "base", "form", "a"}
    assert page.links == []
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert f"/metadata/{_IN_POINTER}" in page.texts["pointer"]


def test_many_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the page holds the most problems, no more and no notes are added, and the rest is counted."""
    monkeypatch.setattr(html, "_MOST_PROBLEMS", 1)
    page = _Page(_html("bad.json", "--max-problems", "2"))
    assert len(page.texts["mark"]) == 1
    assert page.texts["more"] == ["2 more problems not shown"]
    assert "note" not in page.texts


@pytest.mark.slow
def test_long_run() -> None:
    """A page holds a thousand problems, and says how many more there are; its tables count all that were shown."""
    jobs = [json.dumps({**_JOB, "metadata": {f"k{at:05}": at}}) for at in range(11_000)]
    Path("many.jsonl").write_text("\n".join(jobs), encoding="utf-8")
    page = _Page(_html("many.jsonl"))
    assert len(page.texts["mark"]) == 1_000
    assert page.texts["more"] == ["10,000 more problems not shown"]
    # The names of 10,000 fields are kept.
    assert any(row.startswith("(other fields)1,000") for row in page.texts["tr"])
    assert any("9,989 more" in row for row in page.texts["tr"])


def _chromium(*options: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        reason = "chromium is not installed"
        if os.environ.get(_REQUIRED):
            pytest.fail(f"{reason} ({_REQUIRED} is set)")
        pytest.skip(reason)
    command = [found, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={Path.cwd()}/profile", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)


@pytest.mark.slow
def test_in_a_browser() -> None:
    """A browser shows the page: the problems in view, the evil ones as text, none of their scripts run."""
    _write_evil("evil.json")
    Path("page.html").write_text(_html("bad.json", "jobs.jsonl", "evil.json", "missing.json"), encoding="utf-8")
    run = _chromium("--dump-dom", f"file://{Path.cwd()}/page.html")
    page = _Page(run.stdout)
    assert page.texts["title"][0].startswith("ftschema: 5 jobs checked")
    assert not page.tags & {"script", "img"}
    assert "true" in page.texts["mark"]
    assert f"/metadata/{_IN_POINTER}" in page.texts["pointer"]
    for name, size in (("wide.png", "1200,900"), ("narrow.png", "400,900")):
        _chromium(
            "--hide-scrollbars", f"--window-size={size}", f"--screenshot={name}", f"file://{Path.cwd()}/page.html"
        )
        # A page on which nothing is drawn takes a few hundred bytes.
        assert Path(name).read_bytes().startswith(b"\x89PNG")
        assert Path(name).stat().st_size > 10_000


def test_style_is_packaged() -> None:
    """The style sheet lies beside the module, wherever the package is installed."""
    code = "from importlib.resources import files; print((files('ftschema.cli.formats') / 'html.css').is_file())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "True\n"

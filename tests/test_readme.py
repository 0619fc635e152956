"""The README tells the truth."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

import ftschema
from ftschema.catalogue import entry
from ftschema.cli import main
from ftschema.lifecycle import RULES

_ROOT = Path(__file__).parents[1]
_README = _ROOT / "README.md"

pytestmark = pytest.mark.skipif(not _README.exists(), reason="these tests stand apart from the project")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", _README.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_two_lines() -> None:
    """The first block holds the two commands, and the files that they name are there."""
    lines = _blocks("sh")[0].splitlines()
    assert len(lines) == 2
    files = re.findall(r"tests/\S+", lines[0])
    assert files
    assert all((_ROOT / name).exists() for name in files)


def test_first_line_prints_this(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the README shows below the commands is what the first one prints."""
    monkeypatch.chdir(_ROOT)
    files = re.findall(r"tests/\S+", _blocks("sh")[0].splitlines()[0].partition("||")[0])
    run = CliRunner().invoke(main, ["check", *files])
    assert run.exit_code == 1
    assert run.output == _blocks("text")[0]


def test_contracts_are_listed() -> None:
    """The table of contracts is the catalogue's."""
    rows = [f"| `{name}` | {entry(name).about} |" for name in ftschema.contracts()]
    assert "\n".join(rows) in _README.read_text(encoding="utf-8")


def test_rules_are_listed() -> None:
    """The table of rules is the package's."""
    rows = [f"| `{rule.id}` | {rule.requires} | {rule.severity} |" for rule in RULES]
    assert "\n".join(rows) in _README.read_text(encoding="utf-8")


def test_codes_are_listed() -> None:
    """Every code that the package can give is explained."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(ftschema.__file__).parent.glob("*.py"))
    codes = set(re.findall(r'"(json-[a-z-]+)"', source))
    assert len(codes) > 10
    assert all(f"`{code}`" in _README.read_text(encoding="utf-8") for code in codes)


def test_keywords_are_listed() -> None:
    """Every keyword that a schema can report is in the table of codes."""
    text = _README.read_text(encoding="utf-8")
    asserting = {"type", "required", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "minItems", "maxItems"}
    asserting |= {"maxLength", "minProperties", "maxProperties"}
    used = {
        keyword for name in ftschema.contracts() for keyword in re.findall(r"'(\w+)': ", str(ftschema.schema(name)))
    }
    assert asserting <= used
    assert all(f"`{keyword}`" in text for keyword in asserting)


def test_links_lead_somewhere() -> None:
    """Every link into the project leads to a file or folder."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", _README.read_text(encoding="utf-8"))
    assert links
    assert all((_ROOT / link).exists() for link in links)


def test_length() -> None:
    """The README stays one page: 400 lines at most."""
    assert len(_README.read_text(encoding="utf-8").splitlines()) <= 400


def test_changes() -> None:
    """The newest entry of the changes is the version of the package."""
    assert f"|---|---|\n| {version('ftschema')} |" in _README.read_text(encoding="utf-8")

"""The pages tell the truth: the README, and those of the package and of the schemas."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from click import Context

import ftschema
from ftschema import fixtures
from ftschema.cli.main import main
from ftschema.schemas.catalogue import entry
from ftschema.schemas.rules import RULES
from pages import tables
from support.rows import for_each

_ROOT = Path(__file__).parents[2]
_README = _ROOT / "README.md"
_PACKAGE = _ROOT / "ftschema" / "README.md"
_PAGES = (*tables.PAGES, *sorted((_ROOT / ".github").glob("*.md")))

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


def test_first_line_is_shown() -> None:
    """The picture below the commands is of the first of them; test_session.py holds that it tells the truth."""
    files = re.findall(r"tests/\S+", _blocks("sh")[0].splitlines()[0].partition("||")[0])
    picture = (_ROOT / "tests" / "examples" / "session.svg").read_text(encoding="utf-8")
    assert f"<title>ftschema check {' '.join(files)}; ftschema explain" in picture


@for_each("page", tables.PAGES)
def test_tables(page: Path) -> None:
    """The tables of a page are those that the script generates from the source."""
    text = page.read_text(encoding="utf-8")
    assert tables.written(text) == text, "run PYTHONPATH=tests python -m pages.tables"


def test_every_table_is_shown() -> None:
    """Each table is in one page only, with a row for each rule, contract, function, type and command."""
    text = "".join(page.read_text(encoding="utf-8") for page in tables.PAGES)
    assert all(text.count(f"<!-- {name} -->") == 1 for name in tables.TABLES)
    assert all(f"\n| `{rule.id}` | {rule.requires} | {rule.severity} |\n" in text for rule in RULES)
    assert all(f"| {entry(name).about} |" in text for name in ftschema.contracts())
    # The constants are explained where they are used.
    names = {*ftschema.__all__} - {"ABSENT", "Absent", "PROBLEM_COLUMNS"}
    assert not {name for name in names if f"\n| `{name}" not in text}
    assert all(f"\n| `ftschema {name} " in text for name in main.list_commands(Context(main)))


def test_codes_are_listed() -> None:
    """Every code that the package can give is explained."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(ftschema.__file__).parent.rglob("*.py"))
    codes = set(re.findall(r'"(json-[a-z-]+)"', source))
    assert len(codes) > 10
    assert all(f"`{code}`" in _PACKAGE.read_text(encoding="utf-8") for code in codes)


def test_keywords_are_listed() -> None:
    """Every keyword that a schema can report is in the table of codes."""
    text = _PACKAGE.read_text(encoding="utf-8")
    asserting = {"type", "required", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "minItems", "maxItems"}
    asserting |= {"maxLength", "maxProperties"}
    used = {
        keyword for name in ftschema.contracts() for keyword in re.findall(r"'(\w+)': ", str(ftschema.schema(name)))
    }
    assert asserting <= used
    assert all(f"`{keyword}`" in text for keyword in asserting)


def test_services() -> None:
    """What is shown of a service stands in it, but for the text that says what it does."""
    shown = next(block for block in _blocks("python") if "problem_responses" in block)
    source = (_ROOT / "tests" / "examples" / "fastapi_service.py").read_text(encoding="utf-8")
    bare = re.sub(r'    "{3}.*\n', "", source)
    assert shown in bare


@for_each("contract", ftschema.contracts())
def test_schema_key(contract: ftschema.ContractName) -> None:
    """A job may name the schema that an editor checks it with."""
    assert ftschema.is_valid({"$schema": "./observed.json"} | fixtures.payload(1, contract=contract), contract)


@for_each("page", _PAGES)
def test_commands_exist(page: Path) -> None:
    """Every command that a page names is one."""
    named = set(re.findall(r"`ftschema ([a-z]+)[ `]", page.read_text(encoding="utf-8")))
    assert named <= {*main.list_commands(Context(main))}


@for_each("page", _PAGES)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link into the project leads to a file or folder, and to a heading of it if it names one."""
    for link in re.findall(r"\]\((?!https?:)([^)]+)", page.read_text(encoding="utf-8")):
        file, _, heading = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.*)", target.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert heading in {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}, link


def test_length() -> None:
    """The README stays one page: less than 300 lines."""
    assert len(_README.read_text(encoding="utf-8").splitlines()) < 300


def test_changes() -> None:
    """The newest release in the changelog is the version of the package."""
    text = (_ROOT / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased, newest, *_ = re.findall(r"^## (\S+)", text, flags=re.MULTILINE)
    assert unreleased == "Unreleased"
    assert newest == version("ftschema")

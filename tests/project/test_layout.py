"""Imports go down the layers only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import ftschema

_PACKAGE = Path(ftschema.__file__).parent

# From the ground up; a module may import those of the rows above it here, and none of its own row.
LAYERS = (
    (
        "_resources",
        "codes",
        "instants",
        "likeness",
        "lock",
        "mistakes",
        "part",
        "pointer",
        "samples",
        "spelling",
        "wording",
    ),
    ("advising", "batches", "coherence", "excerpts", "files", "folders", "graders", "jsonlines", "report"),
    ("details", "encoding", "errors", "formats", "jsondata", "model"),
    ("catalogue", "locating", "repairing"),
    ("ways",),
    ("suggesting",),
    ("findings", "lifecycle", "shape", "syntax"),
    ("breaking", "carets", "drawing", "jsontext", "meanings", "mixups", "parallel", "records", "renaming"),
    (
        "building",
        "filling",
        "linewise",
        "format_github",
        "format_html",
        "format_json",
        "format_junit",
        "format_sarif",
        "format_text",
    ),
    ("checking", "composing"),
    (
        "converters",
        "converting",
        "identifying",
        "mending",
        "openai_class",
        "phrasing",
        "placing",
        "planning",
        "tabling",
        "verbs",
    ),
    ("comparing", "defects", "places", "tracing"),
    ("differing", "fixtures", "strategies"),
    ("illustrating",),
    ("explaining",),
    ("__init__", "cli_repair", "cli_shared", "hypothesis_plugin", "pytest_plugin"),
    ("cli_contracts", "cli_explain", "cli_generate", "cli_payloads", "cli_run"),
    ("cli_check",),
    ("cli",),
    ("__main__",),
)
_LEVELS = {module: level for level, row in enumerate(LAYERS) for module in row}


def _imports(module: str) -> set[str]:
    """Return the modules of the package that a module imports, wherever in it and for whatever reason."""
    tree = ast.parse((_PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "ftschema":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ftschema."):
            found.add((node.module or "").removeprefix("ftschema."))
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("ftschema.") for alias in node.names if alias.name.startswith("ftschema")}
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{module} has a relative import"
    return found


def test_every_module_has_a_layer() -> None:
    """The table of layers names each module of the package, once, and no other."""
    modules = sorted(path.stem for path in _PACKAGE.glob("*.py"))
    assert sorted(module for row in LAYERS for module in row) == modules


@pytest.mark.parametrize("module", _LEVELS)
def test_imports_point_down(module: str) -> None:
    """A module imports only modules of lower layers, type checking and late imports included."""
    upward = {name for name in _imports(module) if _LEVELS[name] >= _LEVELS[module]}
    assert not upward


def test_imports_are_found() -> None:
    """The search for imports finds those there are."""
    assert {"pointer", "report", "ways", "wording"} <= _imports("findings")
    assert {"building", "jsondata", "lifecycle"} <= _imports("checking")


def test_import_is_light() -> None:
    """Importing the package loads neither the explaining engine, nor the command line, nor Hypothesis."""
    heavy = ("jsonschema", "click", "hypothesis", "pytest")
    code = f"import sys, ftschema; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_network_is_never_used() -> None:
    """No module of the package imports what could reach the network."""
    for module in _LEVELS:
        names = {
            # Of urllib, `parse` takes addresses apart and reaches none.
            name if name == "urllib.parse" else name.split(".")[0]
            for node in ast.walk(ast.parse((_PACKAGE / f"{module}.py").read_text(encoding="utf-8")))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert not names & {"socket", "http", "urllib", "requests", "httpx", "ssl", "asyncio"}, module

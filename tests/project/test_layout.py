"""Folders of the package import only folders above them; the files beside them are public."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import ftschema

_PACKAGE = Path(ftschema.__file__).parent
_MAP = Path(__file__).parents[2] / "ftschema" / "README.md"

# From the ground up; a folder may import those before it. The public files may import all up to `analysis`, and only
# `adapters` and `cli` may import them.
ROOMS = ("core", "jsontext", "schemas", "model", "validation", "generation", "analysis", "public", "adapters", "cli")
_PUBLIC = {"converters", "coverage", "defects", "fixtures", "strategies"}
_STARTS = {"__init__", "__main__"}


def _modules() -> dict[str, ast.Module]:
    """Return the modules of the package by their names below it, parsed."""
    return {
        ".".join(path.relative_to(_PACKAGE).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
        for path in _PACKAGE.rglob("*.py")
    }


def _imports(tree: ast.Module) -> set[str]:
    """Return all that a module imports, wherever in it and for whatever reason, by names from the top."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"from {'.' * node.level}{node.module or ''}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _room(name: str) -> str:
    first = name.split(".", maxsplit=1)[0]
    return "public" if first in _PUBLIC or first not in ROOMS else first


def test_imports_point_up_the_list() -> None:
    """A folder imports only folders before it in the list, type checking and late imports included."""
    assert not {
        f"{module} imports {name}"
        for module, tree in _modules().items()
        if module not in _STARTS
        for name in _imports(tree)
        if name.startswith("ftschema.")
        and ROOMS.index(_room(name.removeprefix("ftschema."))) > ROOMS.index(_room(module))
    }


@pytest.mark.skipif(not _MAP.exists(), reason="these tests stand apart from the project")
def test_map() -> None:
    """The map of the package lists the folders in this order."""
    rooms = re.findall(r"^\| \[(\w+)/\]", _MAP.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert rooms == [room for room in ROOMS if room != "public"]


def test_public_files() -> None:
    """The files at the top are the public ones."""
    assert {path.stem for path in _PACKAGE.glob("*.py")} == _PUBLIC | _STARTS


def test_folders_are_small() -> None:
    """No folder has more than a dozen modules, and each is in the list."""
    sizes = Counter(path.parent for path in _PACKAGE.rglob("*.py") if path.stem != "__init__")
    assert max(sizes.values()) <= 12
    assert {path.relative_to(_PACKAGE).parts[0] for path in sizes if path != _PACKAGE} == {*ROOMS} - {"public"}


def test_imports_are_found() -> None:
    """The search for imports finds those there are."""
    modules = _modules()
    assert {"ftschema.core.pointer.join", "ftschema.core.report.Problem"} <= _imports(modules["validation.engine"])
    assert {"ftschema.model.structure.root_hooks", "ftschema.model.kinds.job.FineTuningJob"} <= _imports(
        modules["validation.contract"]
    )


def test_import_is_light() -> None:
    """Importing the package loads neither the explaining engine, nor the command line, nor Hypothesis."""
    heavy = ("jsonschema", "click", "hypothesis", "pytest")
    code = f"import sys, ftschema; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_network_is_never_used() -> None:
    """No module of the package imports what could reach the network."""
    network = {"socket", "http", "urllib", "requests", "httpx", "ssl", "asyncio"}
    for module, tree in _modules().items():
        # Of urllib, `parse` takes addresses apart and reaches none.
        names = {name for name in _imports(tree) if not name.startswith("urllib.parse")}
        assert not {name.split(".")[0] for name in names} & network, module

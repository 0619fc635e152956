"""The names of the package are there when they are asked for, and cost nothing before."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import ftschema
from support.data import corpus
from support.rows import for_each

_GUIDE = Path(__file__).parents[2] / "ftschema" / "README.md"


def test_every_name() -> None:
    """`dir()` lists the public names and modules, and each of them can be had."""
    names = dir(ftschema)
    assert {*ftschema.__all__, "converters", "coverage", "defects", "fixtures", "strategies"} == {*names}
    assert all(getattr(ftschema, name) is not None for name in names)
    assert sorted(ftschema.__all__, key=lambda name: (name.islower(), name)) == ftschema.__all__


def test_unknown_name() -> None:
    """Another name is an attribute that there is not."""
    name = "nothing"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(ftschema, name)


def test_stub() -> None:
    """Type checkers are told of each public name, as it is, and of the module that it is loaded from."""
    stub = ast.parse(Path(ftschema.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    imports = [
        (alias.name, alias.asname, node.module)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    exports = vars(ftschema)["_EXPORTS"]
    names = [(name, name, f"ftschema.{module}") for module, names in exports.items() for name in names]
    modules = [(name, name, "ftschema") for name in {*dir(ftschema)} - {*ftschema.__all__}]
    assert sorted(imports) == sorted(names + modules)


@for_each(
    ("code", "unused"),
    [
        ("import ftschema", ("attrs", "jsonschema_rs", "msgspec", "cattrs", "click", "hypothesis")),
        (
            f"import ftschema; assert ftschema.is_valid({corpus()[0].payload})",
            ("cattrs", "jsonschema_rs", "ftschema.model.kinds.job"),
        ),
        (
            "import ftschema; ftschema.is_valid({})",
            ("cattrs", "jsonschema", "click", "ftschema.jsontext.workers", "hypothesis"),
        ),
        ("import ftschema; ftschema.check_text('{}')", ("cattrs", "jsonschema", "click", "ftschema.jsontext.workers")),
        (
            "import ftschema; ftschema.problem_responses(); ftschema.Of(); ftschema.Method",
            ("pydantic", "fastapi", "starlette", "flask", "django"),
        ),
        ("import ftschema.cli.main", ("hypothesis", "jsonschema", "ftschema.fixtures", "ftschema.analysis.diff")),
        (
            "import ftschema.cli.main; ftschema.cli.main.main(['check', '/dev/null', '-q'], standalone_mode=False)",
            (
                "cattrs",
                "jsonschema",
                "wcwidth",
                "ftschema.cli.formats.carets",
                "ftschema.schemas.rules",
                "ftschema.jsontext.workers",
            ),
        ),
    ],
    ids=["import", "a valid job", "is_valid", "check_text", "services", "command line", "check"],
)
def test_what_is_loaded(code: str, unused: tuple[str, ...]) -> None:
    """What a use does not need is not loaded for it."""
    script = f"import sys; {code}; print([name for name in {unused} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_version() -> None:
    """`__version__` is that of the installed distribution."""
    assert ftschema.__version__ == version("ftschema")


@for_each("name", [name for name in ftschema.__all__ if hasattr(ftschema.Contract, name)])
def test_help(name: str) -> None:
    """`help` of a function that is also a method says all that the method says, and that there is one."""
    function, method = (inspect.getdoc(getattr(home, name)) or "" for home in (ftschema, ftschema.Contract))
    assert "; see" not in function
    assert method.partition("\n\n")[2] in function
    assert f"has the method `{name}`" in function
    assert re.search(r"^\S", function.split("\n")[-1])


@pytest.mark.skipif(not _GUIDE.exists(), reason="these tests stand apart from the project")
def test_methods() -> None:
    """The functions that take `contract` are the methods of a contract, except for those that the guide names."""
    takes = {
        name
        for name in ftschema.__all__
        if inspect.isfunction(function := getattr(ftschema, name))
        and "contract" in inspect.signature(function).parameters
    }
    methods = {name for name in takes if hasattr(ftschema.Contract, name)}
    guide = _GUIDE.read_text(encoding="utf-8")
    [others] = re.findall(r"is also a method of `ftschema.contract\(name\)`, except ([^.]*)\.", guide)
    assert takes - methods == {*re.findall(r"`(\w+)`", others)}
    for name in methods - {"schema"}:
        function, method = (inspect.signature(getattr(home, name)) for home in (ftschema, ftschema.Contract))
        assert {*function.parameters} - {"contract"} == {*method.parameters} - {"self"}


def test_without_hypothesis() -> None:
    """Without Hypothesis the error about `strategies` says how to install it; all else works."""
    script = (
        "import sys; sys.modules['hypothesis'] = None; import ftschema; ftschema.fixtures.payload(1)\n"
        "try: ftschema.strategies\nexcept ImportError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "this needs the package hypothesis: pip install 'ftschema[hypothesis]'\n"

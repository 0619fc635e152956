"""The names of the package are there when they are asked for, and cost nothing before."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ftschema
from support.cases import corpus


def test_every_name() -> None:
    """`dir()` lists the public names and modules, and each of them can be had."""
    names = dir(ftschema)
    assert {*ftschema.__all__, "converters", "defects", "fixtures", "strategies"} == {*names}
    assert all(getattr(ftschema, name) is not None for name in names)
    assert sorted(ftschema.__all__, key=lambda name: (name.islower(), name)) == ftschema.__all__


def test_unknown_name() -> None:
    """Another name is an attribute that there is not."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ftschema.nothing


@pytest.mark.parametrize(
    ("code", "unused"),
    [
        ("import ftschema", ("attrs", "jsonschema_rs", "msgspec", "cattrs", "click", "hypothesis")),
        (
            f"import ftschema; assert ftschema.is_valid({corpus()[0].payload})",
            ("cattrs", "jsonschema_rs", "ftschema.model.job"),
        ),
        (
            "import ftschema; ftschema.is_valid({})",
            ("cattrs", "jsonschema", "click", "ftschema.jsontext.workers", "hypothesis"),
        ),
        ("import ftschema; ftschema.check_text('{}')", ("cattrs", "jsonschema", "click", "ftschema.jsontext.workers")),
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
    ids=["import", "a valid job", "is_valid", "check_text", "command line", "check"],
)
def test_what_is_loaded(code: str, unused: tuple[str, ...]) -> None:
    """What a use does not need is not loaded for it."""
    script = f"import sys; {code}; print([name for name in {unused} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"

"""With `--hide-values`, nothing that is in a job is printed, in any format."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ftschema import fixtures
from ftschema.cli.checker import FileChecker
from ftschema.cli.formats.base import FORMATS
from ftschema.cli.formats.text import Text
from ftschema.cli.output import Output
from ftschema.cli.run import Run
from ftschema.validation.contract import contract
from support.commands import run_cli
from support.marked import SECRET, marked_text
from support.rows import for_each

if TYPE_CHECKING:
    from click.testing import Result

pytestmark = pytest.mark.usefixtures("secret_files")

_FILES = ("lines.jsonl", "page.json", "names.json", "broken.json", "bom.json", "repr.txt", "bad_repr.txt", "fine.json")


@pytest.fixture
def secret_files(folder: Path) -> None:
    """Write files that have a secret in many places."""
    jobs = [marked_text(fixtures.payload(seed), random.Random(seed)) for seed in range(30)]
    (folder / "lines.jsonl").write_bytes("\n".join(jobs).encode(errors="surrogatepass"))
    job = fixtures.payload(1)
    broken = job | {"status": SECRET, "metadata": {SECRET: 5}, "seed": "1"}
    (folder / "page.json").write_text(json.dumps({"object": "list", "data": [job, broken]}), encoding="utf-8")
    (folder / "names.json").write_text(json.dumps({SECRET: broken, f"411{SECRET}": job}, indent=1), encoding="utf-8")
    (folder / "broken.json").write_text(f'{{"id": "{SECRET}", {SECRET}}}', encoding="utf-8")
    (folder / "bom.json").write_text("\ufeff" + json.dumps(broken), encoding="utf-8")
    (folder / "repr.txt").write_text(f"FineTuningJob(id='{SECRET}', status='{SECRET}', {SECRET}=1)", encoding="utf-8")
    (folder / "bad_repr.txt").write_text(f"FineTuningJob(id={SECRET}('a'))", encoding="utf-8")
    (folder / "fine.json").write_text(json.dumps({"a": {SECRET: job}, "b": job}), encoding="utf-8")


def _has_secret(result: Result) -> bool:
    return SECRET in f"{result.stdout}{result.stderr}".lower()


def _check(*arguments: str) -> Result:
    return run_cli("check", *_FILES, "--lifecycle", "--unknown", "warn", *arguments)


@for_each("name", FORMATS)
def test_no_format_has_a_secret(name: str) -> None:
    """Each format has the same problems, and none of the secrets."""
    shown, hidden = (_check("--format", name, *options) for options in ((), ("--hide-values",)))
    assert _has_secret(shown)
    assert not _has_secret(hidden)
    assert hidden.exit_code == shown.exit_code == 3
    if name == "jsonl":
        kept = ("path", "line", "ok", "omitted", "hint")
        lines = ([json.loads(line) for line in one.stdout.splitlines()] for one in (shown, hidden))
        before, after = ([({key: one[key] for key in kept}, len(one["problems"])) for one in some] for some in lines)
        assert before == after


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable hides too; it does not keep `--repair` from knowing the values."""
    monkeypatch.setenv("FTSCHEMA_SHOW_VALUES", "0")
    result = run_cli("check", "page.json", "--repair", "new.json")
    assert not _has_secret(result)
    assert "1 problem repaired in new.json" in result.stderr
    assert json.loads(Path("new.json").read_bytes())["data"][1]["seed"] == 1


@pytest.mark.parametrize("show", [True, False])
def test_terminal(show: bool) -> None:  # noqa: FBT001
    """On a terminal, the lines of a file are shown below the problems, unless values are hidden."""
    written: list[str] = []
    checker = FileChecker(contract=contract())
    Run(checker=checker, output_format=Text(Output(written.append, width=80), "observed"), show_values=show).check_all(
        ["page.json", "broken.json"]
    )
    assert (SECRET in "".join(written)) is show
    assert any(" | " in text for text in written) is show


def test_other_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other commands hide by the option or, where they have none, by the environment variable."""
    broken = Path("broken.json").read_text(encoding="utf-8")
    job = json.dumps(fixtures.payload(1) | {"status": SECRET, "metadata": {SECRET: 5}})
    unknown = json.dumps(fixtures.payload(1) | {SECRET: {SECRET: 1}})
    convert = ("convert", "--from", "observed", "--to", "dart", "--drop-unknown")
    for command, data in ((convert, job), (convert, unknown), (("normalize",), broken), (("identify",), job)):
        shown, hidden = run_cli(*command, data=data), run_cli(*command, "--hide-values", data=data)
        assert _has_secret(shown)
        assert not _has_secret(hidden)
        assert shown.exit_code == hidden.exit_code
    assert not _has_secret(run_cli("identify", "--hide-values", data=broken))
    Path("unknown.json").write_text(unknown, encoding="utf-8")
    monkeypatch.setenv("FTSCHEMA_SHOW_VALUES", "0")
    result = run_cli("anonymize", "broken.json", "unknown.json", "-o", "new", "--key", "k")
    assert not _has_secret(result)
    assert "replaced keys that no contract declares (--keep KEY keeps one): " in result.stderr

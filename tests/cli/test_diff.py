"""The command `diff`: a line for each difference of two contracts."""

from __future__ import annotations

import json

import pytest

import ftschema
from support.commands import run_cli
from support.rows import for_each

_CONTRACTS = ftschema.contracts()


@pytest.mark.parametrize(("left", "right"), [("2025-03-11", "2026-05-13"), ("dart", "observed"), ("azure", "rust")])
def test_diff(left: ftschema.ContractName, right: ftschema.ContractName) -> None:
    """The table has a line for each difference, and the run ends with 1."""
    result = run_cli("diff", left, right)
    assert (result.exit_code, result.stderr) == (1, "")
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["pointer", "code", left, right]
    found = ftschema.diff(left, right)
    pointer, code = head.index("code"), head.index(f" {left} ") + 1
    side = head.rindex(right)
    assert [
        (line[:pointer].rstrip(), line[pointer:code].rstrip(), line[code:side].rstrip(), line[side:]) for line in lines
    ] == [(change.pointer or "(root)", change.code, change.left, change.right) for change in found]


def test_as_text() -> None:
    """A step from one specification to the next reads like this, in the library too."""
    for pair in (("2025-03-11", "2026-05-13"), ("observed", "observed")):
        assert run_cli("diff", *pair).stdout == f"{ftschema.diff(*pair)}\n"
    assert run_cli("diff", "2025-03-11", "2026-05-13").stdout == (
        "pointer                      code      2025-03-11         2026-05-13\n"
        "/hyperparameters/batch_size  null      integer or string  integer, string or null\n"
        "/method/type                 required  optional           required\n"
        "/method/reinforcement        name      not declared       object\n"
        '/method/type                 enum      not allowed        "reinforcement"\n'
    )


def test_as_markdown() -> None:
    """With --format markdown there is a table for release notes."""
    result = run_cli("diff", "2024-04-09", "2024-04-30", "--format", "markdown")
    assert result.exit_code == 1
    assert result.stdout == (
        "| pointer | code | 2024-04-09 | 2024-04-30 |\n"
        "|---|---|---|---|\n"
        "| `/estimated_finish` | name | not declared | integer or null |\n"
    )


@pytest.mark.parametrize(("left", "right"), [("observed", "azure"), ("dart", "powershell"), ("dart", "dart")])
def test_as_json(left: ftschema.ContractName, right: ftschema.ContractName) -> None:
    """With --format json there is all that the library gives, the witnesses too."""
    result = run_cli("diff", "--format", "json", left, right)
    assert result.exit_code == (left != right)
    assert json.loads(result.stdout_bytes) == ftschema.diff(left, right).as_dict()


@for_each("contract", _CONTRACTS)
def test_of_equals(contract: ftschema.ContractName) -> None:
    """A contract and itself accept the same payloads, and the run ends with 0."""
    result = run_cli("diff", contract, contract)
    assert (result.exit_code, result.output) == (0, f"{contract} and {contract} accept the same payloads\n")

"""The commands `contracts` and `schema`: the list of the contracts, and the file of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ftschema
from support.commands import run_cli

if TYPE_CHECKING:
    from ftschema.schemas.catalogue import Form

_ROOT = Path(__file__).parents[2]
_CONTRACTS = ftschema.contracts()


@pytest.mark.parametrize("contract", _CONTRACTS)
def test_schema(contract: ftschema.ContractName) -> None:
    """The schema is printed to the byte as its file has it."""
    result = run_cli("schema", contract)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout_bytes) == ftschema.schema(contract)
    plain = run_cli("schema", contract, "--form", "plain").stdout_bytes
    folders = (_ROOT / "schemas" / name for name in ("", "published", "sdk", "plain"))
    files = [path for folder in folders for path in folder.glob(f"{contract}.json")]
    if not files:
        pytest.skip("these tests stand apart from the project")
    texts = {path.parent.name == "plain": path.read_bytes() for path in files}
    assert texts == {False: result.stdout_bytes, True: plain}


@pytest.mark.parametrize("form", ["plain", "openapi", "draft-07"])
def test_form(form: Form) -> None:
    """Each form is printed as the library returns it."""
    result = run_cli("schema", "azure", "--form", form)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout_bytes) == ftschema.schema("azure", form)
    assert result.stdout.startswith("{\n  ")
    assert result.stdout.endswith("}\n")


def test_contracts() -> None:
    """Each contract has a line: name, what it says, how many keys a job has, spelling, where it comes from."""
    result = run_cli("contracts")
    assert (result.exit_code, result.stderr) == (0, "")
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["name", "about", "fields", "spelling", "source"]
    starts = [head.index(name) for name in head.split()]
    rows = [
        [line[start:end].rstrip() for start, end in zip(starts, [*starts[1:], None], strict=True)] for line in lines
    ]
    assert [row[0] for row in rows] == [*_CONTRACTS]
    for name, about, fields, spelling, source in rows:
        keys = ftschema.contract(name).schema()["properties"]
        assert about == ftschema.contract(name).about
        assert int(fields) == len(keys)
        assert {"wire": "created_at", "camel": "createdAt", "pascal": "CreatedAt"}[spelling] in keys
        assert source


def test_as_json() -> None:
    """With --format json the same is data."""
    result = run_cli("contracts", "--format", "json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout_bytes)
    assert [row["name"] for row in rows] == [*_CONTRACTS]
    for row in rows:
        assert [*row] == ["name", "about", "fields", "spelling", "source"]
        assert row["fields"] == len(ftschema.schema(row["name"])["properties"])
    text = run_cli("contracts").stdout
    assert all(f"{row['about']}  " in text and row["source"] in text for row in rows)

"""Threads that make the first calls of a process together get what one thread gets, and the process lives."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ftschema
from ftschema import fixtures
from ftschema.model import structure
from support.first_use import CALLS
from support.helpers import sample

_CONTRACTS = ftschema.contracts()
_TESTS = Path(__file__).parents[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes are forks")
@pytest.mark.parametrize(
    ("contract", "calls"),
    sample(
        # Four other contracts share the calls.
        [
            ("2023-10-05", "0:4"),
            *((name, ":" if name in {"observed", "azure"} else f"{n % 4}:4") for n, name in enumerate(_CONTRACTS)),
        ],
        ("2023-10-05", "0:4"),
    ),
)
def test_first_calls(contract: ftschema.ContractName, calls: str) -> None:
    """No verb and no generator of any contract fails where eight threads call it first, all at once."""
    command = [sys.executable, "-m", "support.first_use", contract, calls]
    paths = os.pathsep.join([str(_TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_every_verb() -> None:
    """Each function of the package that reads a contract is among the calls."""
    called = {name.split(",")[0] for name in CALLS}
    without_contract = {
        "add_problem_handler",
        "anonymize",
        "contract",
        "contracts",
        "diff",
        "from_openai",
        "from_repr",
        "to_openai",
        "problem_details",
        "problem_middleware",
        "problem_responses",
        "problem_rows",
    }
    functions = {name for name in ftschema.__all__ if inspect.isfunction(getattr(ftschema, name))}
    without_contract |= {"check_history", "kind"}
    assert functions - called == without_contract | {"repaired", "schema"}


def test_hooks_of_a_converter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new converter has its hooks, because a hook resolves the annotations of its class, which threads share."""
    converter = inspect.unwrap(structure.structuring_converter)("observed")
    monkeypatch.setattr(structure, "_structure_hook", None)
    payload = fixtures.payload(1, method="supervised")
    assert converter.structure(payload, ftschema.FineTuningJob) == ftschema.structure(payload)

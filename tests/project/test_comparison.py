"""The table of the README that compares ways of checking a job is true."""

from __future__ import annotations

import json

import ftschema
from pages.comparison import CHECKERS, FAULTS, SOUND, Fault, table
from support.rows import for_each

_each_fault = for_each("fault", FAULTS, ids=[fault.name for fault in FAULTS])


def test_sound() -> None:
    """The job that is broken is a job in every respect."""
    assert not ftschema.check(SOUND, lifecycle=True).problems


@_each_fault
@for_each("checker", CHECKERS)
def test_only_the_fault(fault: Fault, checker: str) -> None:
    """Without the fault the job is taken by each, so that what is found is the fault."""
    assert fault.text != fault.sound
    assert CHECKERS[checker](fault.sound, fault.language)


@_each_fault
def test_found(fault: Fault) -> None:
    """We find each fault, and none of the others finds all; what our schema misses is no matter of a schema."""
    verdicts = {name: not accepts(fault.text, fault.language) for name, accepts in CHECKERS.items()}
    assert verdicts["ftschema"]
    assert verdicts["our schema alone"] >= verdicts["the specification"]
    report = ftschema.check_text(fault.text, lifecycle=True)
    if not verdicts["our schema alone"] and not fault.language:
        assert all("-" in problem.code for problem in report)


def test_rows() -> None:
    """The table has a row for each fault and one for the captured jobs, of which we take all."""
    head, _, *rows = table()
    assert head == f"| | {' | '.join(CHECKERS)} |"
    for fault, row in zip(FAULTS, rows, strict=False):
        verdicts = [not accepts(fault.text, fault.language) for accepts in CHECKERS.values()]
        assert row == f"| {fault.name} | {' | '.join('**found**' if found else 'missed' for found in verdicts)} |"
    last = [cell.strip() for cell in rows[len(FAULTS)].strip("|").split("|")]
    assert last[0].startswith(f"accepted, of {last[1]} ")
    assert int(last[1]) > 2 * max(map(int, last[2:4]))


def test_names() -> None:
    """Each fault has a name of its own, and is JSON for Python's json at the least."""
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 12
    for fault in FAULTS:
        json.loads(fault.text)

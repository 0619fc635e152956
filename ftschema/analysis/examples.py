"""Examples of what a contract accepts and rejects: generated with fixed seeds, and checked by the contract itself."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.analysis.conversion import convert
from ftschema.core.pointer import follow, join, split
from ftschema.core.text import shorten
from ftschema.generation.defects import catalogue, draw_defect
from ftschema.generation.objects import make_consistent, object_generator
from ftschema.generation.placement import base_job, ensure_path, set_value
from ftschema.generation.plans import plan, seeded
from ftschema.generation.values import type_generator
from ftschema.schemas.catalogue import entry, names
from ftschema.schemas.rule_tests import StatusRule
from ftschema.schemas.rules import MEANINGS
from ftschema.schemas.spelling import spelled
from ftschema.schemas.translate import from_wire, pointer_from_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.analysis.locations import Location
    from ftschema.core.literals import ContractName
    from ftschema.core.report import Problem
    from ftschema.generation.defects import Kind
    from ftschema.schemas.rules import Rule
    from ftschema.schemas.spelling import Spelling

# Twice as many as the location with the most failed attempts needs.
_TRIALS = 120
_LONGEST_SHOWN = 200


@frozen
class Example:
    """An input and the verdict on it.

    Attributes:
        shown: The part that matters: a value as JSON, or in words what is wrong with the job.
        given: The whole input: a payload; for a `json-…` code a text, or a value that is not JSON.
        problem: The problem that the check reports; None if the input is valid.
    """

    shown: str
    # May contain itself, or be too large to be written.
    given: Any = field(hash=False, repr=False)
    problem: Problem | None = None


def valid_at(contract: ContractName, location: Location) -> Example:
    """Return a consistent job with a value at a location that is neither null nor empty.

    The seeds are fixed, so it is a matter of the tests that every location has such a job among the first ones.
    """
    generated = (_job_with(contract, location, trial) for trial in range(_TRIALS))
    return next(
        Example(_shown(value), payload)
        for payload, value in generated
        if value not in (None, [], {}) and not _contract(contract).check(payload, lifecycle=True).problems
    )


def _job_with(contract: ContractName, location: Location, trial: int) -> tuple[dict[str, Any], Any]:
    """Generate a job with a value at a location; return both."""
    chooser = seeded("explain", location.wire, trial)
    access = location.accesses[trial % len(location.accesses)]
    payload = base_job(contract, access.route, access.key, chooser)
    holder, path = ensure_path(payload, access.route, contract, chooser)
    if isinstance(holder, list) and holder:
        # The items of a page are jobs, which satisfy the rules.
        path.append(0)
    elif access.key is not None:
        exists = isinstance(holder, dict) and access.key in holder
        generate = type_generator(access.field.types[-1], access.key, contract)
        path.append(set_value(holder, access.key, holder[access.key] if exists else generate(chooser), chooser))
    make_consistent(contract, payload)
    translated = from_wire(contract, payload)
    return translated, follow(translated, split(pointer_from_wire(contract, join(path))))


def invalid_at(contract: ContractName, location: Location) -> Example | None:
    """Return a job with one defect at a location, preferably not a wrong type; None if any value is valid there."""
    kinds = [kind for kind in catalogue(contract) if kind.pointer == location.pointer and not kind.lifecycle]
    kinds.sort(key=lambda kind: kind.code == "type")
    return _defective(kinds[0]) if kinds else None


def invalid_by(contract: ContractName, code: str) -> Example | None:
    """Return a job with one defect of a code, a keyword or a rule; None if the contract has no such defect."""
    return next((_defective(kind) for kind in catalogue(contract) if kind.code == code), None)


def _defective(kind: Kind) -> Example:
    defect = draw_defect(kind, seeded("explain", str(kind)))
    [problem] = _contract(kind.contract).check(defect.payload, lifecycle=defect.lifecycle, show_values=True)
    text = f'violates "{MEANINGS[kind.code]}"' if kind.lifecycle else defect.description
    return Example(shorten(text, _LONGEST_SHOWN), defect.payload, problem)


def valid_by_rule(contract: ContractName, rule: Rule) -> Example:
    """Return a consistent job of the status, and if possible of the method, that a rule is about."""
    jobs = object_generator(contract)
    if rule.counterexample:
        status, method = rule.counterexample.status, rule.counterexample.method
    else:
        status, method = next(status for status in jobs.statuses if status in _statuses(rule)), None
    methods = (method,) if method in jobs.methods else (None,)
    payload = from_wire(contract, jobs.consistent_job(seeded("explain", rule.id), status, methods, {}))
    return Example(f'a consistent job with status "{status}"', payload)


def _statuses(rule: Rule) -> tuple[str, ...]:
    return rule.test.statuses if isinstance(rule.test, StatusRule) else ()


def invalid_json(contract: ContractName, code: str) -> Example:
    """Return a text, or a value, that is not JSON for the reason of a code."""
    given = _NOT_JSON[code]()
    chosen = _contract(contract)
    verb: Any = chosen.check_text if isinstance(given, str | bytes) else chosen.check
    report = verb(given, show_values=True)
    return Example(_IN_WORDS.get(code) or shorten(repr(given), _LONGEST_SHOWN), given, report.problems[0])


def ambiguous_key_example(contract: ContractName) -> Example | None:
    """Return a job with a key that another contract would take for one of its own; None if all spell it alike."""
    other: Spelling = "wire" if entry(contract).spelling == "camel" else "camel"
    target = next((name for name in names(contract) if entry(name).spelling == other), None)
    if target is None:
        return None
    key = spelled("created_at", other)
    payload = plan(contract, {}, coherent=True).draw(seeded("explain")) | {key: 5}
    report = convert(payload, contract, target, show_values=True).report
    problem = next(problem for problem in report if problem.code == "ambiguous-key")
    return Example(f"the key {key} in a job that is converted to {target}", payload, problem)


def unknown_key_example(contract: ContractName) -> Example:
    """Return a job with a key that its contract does not declare."""
    payload = plan(contract, {}, coherent=True).draw(seeded("explain")) | {"nEpoch": 5}
    report = _contract(contract).check(payload, unknown="warn", show_values=True)
    problem = next(problem for problem in report if problem.pointer == "/nEpoch")
    return Example("the key nEpoch in a job", payload, problem)


def _shown(value: Any) -> str:
    return shorten(json.dumps(value, ensure_ascii=False), _LONGEST_SHOWN)


def _containing_itself() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def _huge() -> list[Any]:
    """Return nested arrays that take little memory, but more than ten million values when they are written."""
    return [[[None] * 1_000] * 1_000] * 11


_NOT_JSON: Mapping[str, Callable[[], object]] = {
    "json-syntax": partial(str, '{"id": "ftjob-abc123",}'),
    "json-not-an-object": partial(str, '"succeeded"'),
    "json-empty": partial(str, " \n"),
    "json-encoding": partial(bytes, b'{"id": "\xff"}'),
    "json-bom": partial(str, '\ufeff{"id": "ftjob-abc123"}'),
    "json-duplicate-key": partial(str, '{"id": "ftjob-abc123", "id": "ftjob-def456"}'),
    "json-number": partial(str, '{"seed": NaN}'),
    "json-surrogate": partial(str, r'{"id": "\ud83d"}'),
    "json-depth": partial(str, "[" * 201 + "]" * 201),
    "json-cycle": _containing_itself,
    "json-size": _huge,
    "json-type": partial(dict, {"result_files": ("file-abc123",)}),
    "json-key": partial(dict, {1: "ftjob-abc123"}),
}
_IN_WORDS = {"json-size": "an array of 11 arrays of 1,000 arrays of 1,000 nulls"}

"""Examples that show what a contract accepts and refuses: drawn by fixed seeds, and judged by the contract itself."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.analysis.conversion import convert
from ftschema.core.pointer import join, split
from ftschema.core.text import clip
from ftschema.generation.defects import catalogue, draw_defect
from ftschema.generation.jobs import composer, settle
from ftschema.generation.placement import base, put, reached
from ftschema.generation.plans import plan, seeded
from ftschema.generation.values import form_drawer
from ftschema.schemas.catalogue import entry, names
from ftschema.schemas.rule_tests import ByStatus
from ftschema.schemas.spelling import spelled
from ftschema.schemas.translate import from_wire, pointer_from_wire
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.analysis.places import Place
    from ftschema.core.report import Problem
    from ftschema.generation.defects import Kind
    from ftschema.schemas.rules import Rule
    from ftschema.schemas.spelling import Spelling

# Twice as many as the place needs that takes most.
_TRIALS = 24
_LONGEST_SHOWN = 200


@frozen
class Example:
    """Something that a contract was asked about, and what it said.

    Attributes:
        shown: What to look at, short: a value as JSON, or what is wrong with the job in words.
        given: The whole of what was checked: a payload; for a `json-…` code a text, or a value that is not JSON.
        problem: What the check found; None where all is well.
    """

    shown: str
    # May contain itself, or be huge when it is written.
    given: Any = field(hash=False, repr=False)
    problem: Problem | None = None


def right_at(contract: str, place: Place) -> Example:
    """Return a coherent job that holds something at a place, and neither null nor what is empty.

    That each place has one among so many draws is a matter of the tests: what is drawn depends on nothing else.
    """
    drawn = (_drawn(contract, place, trial) for trial in range(_TRIALS))
    return next(
        Example(_shown(value), payload)
        for payload, value in drawn
        if value not in (None, [], {}) and not _contract(contract).check(payload, lifecycle=True).problems
    )


def _drawn(contract: str, place: Place, trial: int) -> tuple[dict[str, Any], Any]:
    """Draw a job that holds something at a place, and return it with what it holds there."""
    source = seeded("explain", place.wire, trial)
    way = place.ways[trial % len(place.ways)]
    payload = base(contract, way.route, way.key, source)
    holder, path = reached(payload, way.route, contract, source)
    if way.key is not None:
        is_there = isinstance(holder, dict) and way.key in holder
        value = holder[way.key] if is_there else form_drawer(way.shape[-1], way.key, contract)(source)
        path.append(put(holder, way.key, value, source))
    settle(payload)
    value = spelled = from_wire(contract, payload)
    for key in split(pointer_from_wire(contract, join(path))):
        value = value[int(key) if isinstance(value, list) else key]
    return spelled, value


def wrong_at(contract: str, place: Place) -> Example | None:
    """Return a job with one fault at a place, rather of its value than of its type; None where nothing is refused."""
    kinds = [kind for kind in catalogue(contract) if kind.pointer == place.pointer and not kind.lifecycle]
    kinds.sort(key=lambda kind: kind.code == "type")
    return _defective(kinds[0]) if kinds else None


def wrong_by(contract: str, code: str) -> Example | None:
    """Return a job with one fault of a code, a keyword or a rule; None where the contract cannot be broken so."""
    return next((_defective(kind) for kind in catalogue(contract) if kind.code == code), None)


def _defective(kind: Kind) -> Example:
    defect = draw_defect(kind, seeded("explain", str(kind)))
    [problem] = _contract(kind.contract).check(defect.payload, lifecycle=defect.lifecycle)
    return Example(clip(defect.description, _LONGEST_SHOWN), defect.payload, problem)


def right_by_rule(contract: str, rule: Rule) -> Example:
    """Return a coherent job of the status, and as far as there is one of the method, that a rule is about."""
    jobs = composer(contract)
    if rule.example:
        status, method = rule.example.status, rule.example.method
    else:
        status, method = next(status for status in jobs.statuses if status in _statuses(rule)), None
    methods = (method,) if method in jobs.methods else (None,)
    payload = from_wire(contract, jobs.coherent_job(seeded("explain", rule.id), status, methods, {}))
    return Example(f"a coherent job that is {status}", payload)


def _statuses(rule: Rule) -> tuple[str, ...]:
    return rule.test.statuses if isinstance(rule.test, ByStatus) else ()


def wrong_json(contract: str, code: str) -> Example:
    """Return a text, or a value, that is no JSON for the reason of a code."""
    given = _NO_JSON[code]()
    chosen = _contract(contract)
    report = chosen.check_text(given) if isinstance(given, str | bytes) else chosen.check(given)
    return Example(_IN_WORDS.get(code) or clip(repr(given), _LONGEST_SHOWN), given, report.problems[0])


def wrong_conversion(contract: str) -> Example:
    """Return a job with a key that another contract takes for one of its own."""
    other: Spelling = "wire" if entry(contract).spelling == "camel" else "camel"
    target = next(name for name in names() if entry(name).spelling == other)
    stranger = spelled("created_at", other)
    payload = plan(contract, {}, coherent=True).draw(seeded("explain")) | {stranger: 5}
    report = convert(payload, contract, target).report
    problem = next(problem for problem in report if problem.code == "ambiguous-key")
    return Example(f"the key {stranger} in a job that becomes one of {target}", payload, problem)


def _shown(value: Any) -> str:
    return clip(json.dumps(value, ensure_ascii=False), _LONGEST_SHOWN)


def _containing_itself() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def _huge() -> list[Any]:
    """Return lists of lists: few in memory, and more than ten million when they are written."""
    value: list[Any] = []
    for _ in range(24):
        value = [value, value]
    return value


_NO_JSON: Mapping[str, Callable[[], object]] = {
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
_IN_WORDS = {"json-size": "a list of two lists of two lists, and so on, 24 times"}

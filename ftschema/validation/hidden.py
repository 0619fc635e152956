"""Reports that hold nothing of a payload: no value, no key of a map, no key that the contract does not declare.

In a pointer, the keys that the contract declares and the indices stay, and any other key becomes `*`. A message is made
from the code and from what the contract expects. Hints stay, because they are fixed sentences.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from ftschema.core.absent import ABSENT
from ftschema.core.codes import KEYWORDS
from ftschema.core.pointer import join, split
from ftschema.core.report import MISSING, JobReport, changed, has_problems
from ftschema.core.text import format_value
from ftschema.schemas.catalogue import DEFAULT, entry, every_name
from ftschema.schemas.json_types import ArrayType, MapType, ObjectType
from ftschema.schemas.phrases import LIMITS, TYPE_NAMES, any_of, limit
from ftschema.schemas.reader import parts, root_type
from ftschema.schemas.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from ftschema.core.literals import Code, ContractName
    from ftschema.core.report import Problem, Report
    from ftschema.schemas.json_types import Types

VARIABLE: Final = "FTSCHEMA_SHOW_VALUES"
"""The environment variable that decides where the caller does not: values are shown if it is 1, empty or not set."""

HIDDEN: Final = "*"
"""The step of a pointer that replaces a key that may be secret."""

# The codes whose problems still say the JSON type of the value.
_OF_TYPES: Final = frozenset({"type", "enum", "const", "json-not-an-object"})
_TYPES: Final = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}

_MESSAGES: Final[dict[Code, str]] = {
    "json-encoding": "expected UTF-8, found other bytes",
    "json-duplicate-key": "expected each key once, found one again",
    "json-number": "expected a finite number of at most 4,300 digits",
    "json-surrogate": "expected Unicode text, found a lone surrogate",
    "additionalProperties": "unexpected key",
    "unknown-key": "unknown key",
    "ambiguous-key": "dropped a key that would mean another key in the target contract",
}
# Their messages and data have nothing of the payload.
_HARMLESS: Final = frozenset(
    {"json-empty", "json-bom", "json-depth", "json-cycle", "json-size", "json-type", "json-key"}
)

# The codes for which what was expected is said by the contract, or by JSON. Rules compare a value with another one.
_FROM_CONTRACT: Final = frozenset(
    {*KEYWORDS, *_HARMLESS, "json-not-an-object", "json-syntax", "json-encoding", "json-number"}
)

# A payload has fewer items: a longer number is a key where an array was expected.
_LONGEST_INDEX: Final = 7


def shows(show_values: bool | None) -> bool:  # noqa: FBT001  # as the verbs have it
    """Return whether values are shown: as the caller says, or else as the environment says.

    Raises:
        TypeError: The caller says neither.
    """
    if show_values is None:
        try:
            # `get` takes twice as long.
            return os.environ[VARIABLE] in {"", "1"}
        except KeyError:
            return True
    if type(show_values) is not bool:
        raise TypeError(f"expected show_values as bool or None, found {type(show_values).__name__}")
    return show_values


def shown(report: Report, *, show_values: bool | None = None, part: str | None = None) -> Report:
    """Return a report of a job, or of a part of one, without what is in the payload unless values are shown."""
    return report if not has_problems(report) or shows(show_values) else _hidden(report, part)


def shown_jobs(
    jobs: tuple[JobReport, ...], payload: Any, *, at: str | None, show_values: bool | None
) -> tuple[JobReport, ...]:
    """Return the reports of the jobs in a text in the same way.

    Args:
        jobs: The reports.
        payload: The JSON data in which the pointers of the jobs lead to them; None if it is not known.
        at: The pointer that the caller gave, whose steps are not secret.
        show_values: As for `shown`.
    """
    if shows(show_values):
        return jobs
    named = {"data", *split(at or "")}
    return tuple(_hidden_job(job, join(_outer_steps(job.pointer, payload, named))) for job in jobs)


def _outer_steps(pointer: str, payload: Any, named: Collection[str]) -> Iterator[str]:
    for step in split(pointer):
        if isinstance(payload, list):
            yield step
            payload = payload[int(step)]
        else:
            yield step if step in named else HIDDEN
            payload = payload.get(step) if isinstance(payload, dict) else None


def _hidden_job(job: JobReport, pointer: str) -> JobReport:
    return JobReport(pointer, _hidden(job.report, None, job.pointer, pointer))


def _hidden(report: Report, part: str | None, above: str = "", instead: str = "") -> Report:
    """Return a report without what is in the payload; the pointer above the job is replaced."""

    def change(problems: Sequence[Problem]) -> list[Problem]:
        return [
            evolve(
                problem,
                pointer=instead + hidden_pointer(report.contract, problem.pointer.removeprefix(above), part),
                message=_message(problem),
                repair=None,
                expected=problem.expected if problem.code in _FROM_CONTRACT else None,
                found=_found(problem),
            )
            for problem in problems
        ]

    return changed(report, change)


def _found(problem: Problem) -> Any:
    if problem.code in _HARMLESS:
        return problem.found
    return {"type": _type_of(problem.found)} if problem.code in _OF_TYPES and problem.found is not ABSENT else ABSENT


def _type_of(found: Any) -> str:
    return str(found["type"]) if isinstance(found, dict) else _TYPES[type(found)]


def _message(problem: Problem) -> str:
    code, expected = problem.code, problem.expected
    fixed = problem.message if code in _HARMLESS else _MESSAGES.get(code)
    if fixed is not None:
        return fixed
    if code in _OF_TYPES and problem.found is not ABSENT:
        words = any_of([*map(format_value, expected["values"]), *(TYPE_NAMES[name] for name in expected["types"])])
        return f"expected {words}, found {TYPE_NAMES[_type_of(problem.found)]}"
    if code in LIMITS:
        return f"expected {limit(code, expected)}"
    if code == "required":
        return f"{MISSING} {format_value(expected)}"
    # Most problems are none of these.
    if code == "json-syntax":
        from ftschema.jsontext.syntax import IN_WORDS  # noqa: PLC0415

        return f"expected {IN_WORDS[tuple(expected)]}, found something else"
    from ftschema.schemas.rules import MEANINGS  # noqa: PLC0415

    return MEANINGS[code]


def hidden_pointer(contract: str, pointer: str, part: str | None = None) -> str:
    """Return a pointer in a job of a contract, or in a part of one, with `*` for each key that may be secret."""
    # The class of the SDK has no contract; its names are those of the wire.
    name: ContractName = next((known for known in every_name() if known == contract), DEFAULT)
    spelling = entry(name).spelling
    types: Types = (root_type(name) if part is None else parts(name)[part],)
    path = []
    for step in split(pointer):
        objects = [
            one.properties[key]
            for one in types
            if isinstance(one, ObjectType)
            for key in one.properties
            if spelled(key, spelling) == step
        ]
        arrays = [one.items for one in types if isinstance(one, ArrayType) and _is_index(step)]
        maps = [one.values for one in types if isinstance(one, MapType)]
        path.append(step if objects or arrays else HIDDEN)
        types = tuple(below for field in objects or arrays or maps for below in field.types)
    return join(path)


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) <= _LONGEST_INDEX

"""Payloads, and texts, with the certain repairs of their reports."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ftschema.core.pointer import follow, split
from ftschema.jsontext.data import deep_copy, is_json
from ftschema.jsontext.decode import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftschema.core.report import JobReport, Operation, Report
    from ftschema.validation.contract import Contract


def repaired(payload: Any, report: Report) -> Any:
    """Return a copy of a payload with every `repair` of its report; all else, order included, is as it was.

    What is not JSON data has no repairs, and is returned itself.

    Args:
        payload: The payload that was checked; it stays as it is.
        report: What was found in it, by a check of the payload or of its text.

    Raises:
        ValueError: The report is about another payload, in which a place to repair is not there.
    """
    if not is_json(payload):
        return payload
    result = deep_copy(payload)
    for problem in report:
        for operation in problem.repair or ():
            _apply(operation, result)
    return result


def _apply(operation: Operation, payload: Any) -> None:
    """Apply one of the operations that repairs are made of, in place; those have an object or array above them."""
    *above, last = split(operation["path"])
    try:
        container = payload
        for step in above:
            container = _member(container, step)
        if operation["op"] == "move":
            _rename(container, split(operation["from"])[-1], last)
        elif operation["op"] == "add":
            container[last] = operation["value"]
        else:
            _member(container, last)
            container[int(last) if isinstance(container, list) else last] = operation["value"]
    except (LookupError, TypeError, ValueError):
        raise ValueError(f"the report is of another payload: {operation} finds no place in this one") from None


def _member(container: Any, step: str) -> Any:
    return container[int(step) if isinstance(container, list) else step]


def _rename(members: dict[str, Any], old: str, new: str) -> None:
    """Give a key another name, in place and where it stands."""
    pairs = [(new if key == old else key, member) for key, member in members.items()]
    del members[old]
    members.clear()
    members.update(pairs)


_INDENT: Final = re.compile(rb"\s*[\[{][ \t]*\r?\n([ \t]+)")
_SPACE: Final = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s')


def mended(text: bytes, jobs: Sequence[JobReport], contract: Contract, *, lifecycle: bool) -> tuple[bytes, int]:
    """Return a text with the certain repairs of its jobs, and the number of problems that they repair.

    A text without any is returned unchanged. Otherwise the indent, the spaces and the end of the text are kept.

    Args:
        text: One JSON document in UTF-8.
        jobs: What `check_jobs` returned for it.
        contract: The contract that it was checked against.
        lifecycle: Whether the rules across fields were checked too.
    """
    repairable = [job for job in jobs if any(problem.repair is not None for problem in job.report)]
    if not repairable:
        return text, 0
    number = 0
    # Where the text is one job, that is the member to replace too.
    document = {"": decode(text).payload}
    for job in repairable:
        *above, last = ["", *split(job.pointer)]
        container = follow(document, above)
        key = int(last) if isinstance(container, list) else last
        container[key], repairs = _mended_job(container[key], contract, lifecycle=lifecycle)
        number += repairs
    return _written(document[""], like=text), number


def _mended_job(payload: Any, contract: Contract, *, lifecycle: bool) -> tuple[Any, int]:
    number = 0
    while True:
        # A repair may reveal another problem that can be repaired: the rules are checked once the schema is satisfied,
        # and a report has a hundred problems at most. It causes no problem, so that there is an end.
        report = contract.check(payload, lifecycle=lifecycle)
        repairs = sum(problem.repair is not None for problem in report)
        if not repairs:
            return payload, number
        payload = repaired(payload, report)
        number += repairs


def _written(payload: Any, like: bytes) -> bytes:
    indent = _INDENT.match(like)
    colon = ": " if indent or _SPACE.match(like) else ":"
    comma = "," if indent or colon == ":" else ", "
    text = json.dumps(payload, ensure_ascii=False, indent=indent and indent[1].decode(), separators=(comma, colon))
    end = b"\r\n" if b"\r\n" in like.rstrip() else b"\n"
    return text.encode().replace(b"\n", end) + like[len(like.rstrip()) :]

"""Apply the repairs of a report to a payload, or to a text, whose formatting is kept."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import evolve

from ftschema.core.errors import expect_type
from ftschema.core.pointer import follow, split
from ftschema.core.report import Report
from ftschema.jsontext.data import deep_copy, is_json
from ftschema.jsontext.decode import decode
from ftschema.jsontext.tokens import STRING
from ftschema.validation.engine import MOST_COUNTED, violations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftschema.core.literals import ContractName
    from ftschema.core.report import JobReport, Operation
    from ftschema.validation.contract import Contract
    from ftschema.validation.dispatch import Dispatcher


def repaired(payload: Any, report: Report) -> Any:
    """Return a copy of a payload with every repair of its report applied; everything else, order included, is kept.

    A value that is not JSON data has no repairs and is returned itself.

    Args:
        payload: The payload that was checked; it is not changed.
        report: The report of the payload or of its text.

    Raises:
        TypeError: The report is not a `Report`.
        ValueError: The report belongs to another payload, in which a value to repair does not exist.
    """
    expect_type("report", report, Report)
    if not is_json(payload):
        return payload
    result = deep_copy(payload)
    for problem in report:
        for operation in problem.repair or ():
            _apply(operation, result)
    return result


def _apply(operation: Operation, payload: Any) -> None:
    """Apply an operation of a repair, in place; repairs only change members of an object and items of an array."""
    *above, last = split(operation["path"])
    try:
        container = follow(payload, above)
        if operation["op"] == "move":
            _rename(container, split(operation["from"])[-1], last)
        elif operation["op"] == "add":
            container[last] = operation["value"]
        else:
            follow(container, [last])
            container[int(last) if isinstance(container, list) else last] = operation["value"]
    except (LookupError, TypeError, ValueError):
        pointer = operation.get("from", operation["path"])
        raise ValueError(f"the report belongs to another payload: {pointer} does not exist in this one") from None


def _rename(members: dict[str, Any], old: str, new: str) -> None:
    """Rename a key, in place and without changing the order."""
    pairs = [(new if key == old else key, member) for key, member in members.items()]
    del members[old]
    members.clear()
    members.update(pairs)


# The indentation of the second line, and a space behind the first colon.
_INDENT: Final = re.compile(rb"\s*[\[{][ \t]*\r?\n([ \t]+)")
_SPACE: Final = re.compile(rf"\s*\{{\s*{STRING}\s*:\s".encode())


def repaired_text(
    text: bytes, jobs: Sequence[JobReport], contract: Contract[Any] | Dispatcher, *, lifecycle: bool
) -> tuple[bytes, int]:
    """Return a text with the certain repairs of its jobs, and the number of problems that they repair.

    A text without any is returned unchanged. Otherwise the indent, the spaces and the end of the text are kept. A byte
    order mark is removed, which counts as a repair.

    Args:
        text: One JSON document in UTF-8.
        jobs: What `check_jobs` returned for it.
        contract: The contract that it was checked against, or what chose one for each of them.
        lifecycle: Whether the rules across fields were checked too.
    """
    repairable = [job for job in jobs if any(problem.repair is not None for problem in job.report)]
    number = int(text.startswith(BOM_UTF8))
    text = text.removeprefix(BOM_UTF8)
    if not repairable:
        return text, number
    # So that a text which is one job is a member to replace, too.
    document = {"": decode(text).payload}
    for job in repairable:
        *above, last = ["", *split(job.pointer)]
        container = follow(document, above)
        key = int(last) if isinstance(container, list) else last
        container[key], repairs = _repaired_job(container[key], contract, lifecycle=lifecycle)
        number += repairs
    return _encode_like(document[""], text), number


def _repaired_job(payload: Any, contract: Contract[Any] | Dispatcher, *, lifecycle: bool) -> tuple[Any, int]:
    number = 0
    while True:
        # A repair may reveal a problem that can be repaired too: the rules are checked only if the payload is valid by
        # the schema. A repair causes no problem, so this ends.
        report = contract.check(payload, lifecycle=lifecycle, show_values=True)
        if not any(problem.repair for problem in report):
            return payload, number
        if report.omitted:
            problems, _ = violations(cast("ContractName", report.contract), payload, most=MOST_COUNTED)
            report = evolve(report, problems=tuple(problems))
        payload = repaired(payload, report)
        number += sum(problem.repair is not None for problem in report)


def _encode_like(payload: Any, original: bytes) -> bytes:
    """Return JSON data as text with the indentation, the spaces and the line breaks of another text."""
    indent = _INDENT.match(original)
    colon = ": " if indent or _SPACE.match(original) else ":"
    comma = "," if indent or colon == ":" else ", "
    text = json.dumps(payload, ensure_ascii=False, indent=indent and indent[1].decode(), separators=(comma, colon))
    end = b"\r\n" if b"\r\n" in original.rstrip() else b"\n"
    return text.encode().replace(b"\n", end) + original[len(original.rstrip()) :]

"""Problems as table rows, for data frames and for distributed engines such as Dask."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, cast

from ftschema.jsontext.decode import MAX_SIZE, decode
from ftschema.schemas.catalogue import DEFAULT, entry
from ftschema.schemas.spelling import spelled
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ftschema.core.report import LineReport
    from ftschema.validation.contract import Contract

    _Line = str | bytes | tuple[str | bytes, str]


PROBLEM_COLUMNS: Final[Mapping[str, type]] = {
    "file": str,
    "line": int,
    "column": int,
    "pointer": str,
    "code": str,
    "severity": str,
    "message": str,
    "job_id": str,
}
"""The columns of `problem_rows`, and the types of their values; `file`, `column` and `job_id` may be null."""


def problem_rows(
    lines: Iterable[_Line],
    contract: str | Contract = DEFAULT,
    *,
    lifecycle: bool = False,
    max_size: int = MAX_SIZE,
) -> list[dict[str, Any]]:
    """Return a row for each problem in JSON Lines, with the keys of `PROBLEM_COLUMNS`.

    `polars.DataFrame(rows, schema=PROBLEM_COLUMNS)` and `pandas.DataFrame(rows, columns=[*PROBLEM_COLUMNS])` have all
    columns even if there are no problems.

    Args:
        lines: Lines, or pairs of a line and its file, as from `dask.bag.read_text(…, include_path=True)`. The lines of
            each file are numbered from 1.
        contract: The contract, or its name.
        lifecycle: Whether to check the lifecycle rules too.
        max_size: How many bytes, or characters of a `str`, a line may have, as in `check_text`.

    Raises:
        UnknownContractError: The contract does not exist.
    """
    chosen = _contract(contract)
    pairs = (line if isinstance(line, tuple) else (line, None) for line in lines)
    id_key = spelled("id", entry(chosen.name).spelling)
    return [
        {"file": file, "line": line.number, "column": problem.column, "pointer": problem.pointer}
        | {"code": problem.code, "severity": problem.severity, "message": problem.message, "job_id": job_id}
        for file, group in groupby(pairs, key=lambda pair: pair[1])
        for line in chosen.check_lines(_texts(group), lifecycle=lifecycle, max_size=max_size)
        for job_id in ([_job_id(line, id_key)] if line.report.problems else [])
        for problem in line.report
    ]


def _job_id(line: LineReport, key: str) -> str | None:
    """Return the id of the job in a line, if the line is JSON and has one."""
    payload = decode(line.text).payload if line.report.is_json else None
    found = payload.get(key) if isinstance(payload, dict) else None
    return found if isinstance(found, str) else None


def _texts(pairs: Iterable[tuple[Any, Any]]) -> Iterator[str | bytes]:
    return (cast("str | bytes", line) for line, _ in pairs)

"""Problems as table rows, for data frames and for distributed engines such as Dask."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import define

from ftschema.core.text import shorten
from ftschema.jsontext.decode import MAX_SIZE, decode, find_other_format
from ftschema.jsontext.lines import lines_of
from ftschema.schemas.catalogue import DEFAULT, entry
from ftschema.schemas.spelling import spelled
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ftschema.core.literals import ContractName
    from ftschema.core.report import LineReport
    from ftschema.validation.contract import Contract

    _Line = str | bytes | tuple[str | bytes, str]


_BLOCK: Final = 1 << 20

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
    lines: Iterable[_Line] | str | bytes,
    contract: ContractName | Contract[Any] = DEFAULT,
    *,
    lifecycle: bool = False,
    max_size: int = MAX_SIZE,
    show_values: bool | None = None,
) -> list[dict[str, Any]]:
    """Return a row for each problem in JSON Lines, with the keys of `PROBLEM_COLUMNS`.

    `polars.DataFrame(rows, schema=PROBLEM_COLUMNS)` and `pandas.DataFrame(rows, columns=[*PROBLEM_COLUMNS])` have all
    columns even if there are no problems.

    Args:
        lines: Lines, or pairs of a line and its file, as from `dask.bag.read_text(…, include_path=True)`. The lines of
            each file are numbered from 1, so none may be left out: pass no `blocksize` to `read_text`.
        contract: The contract, or its name.
        lifecycle: Whether to check the lifecycle rules too.
        max_size: How many bytes, or characters of a `str`, a line may have, as in `check_text`.
        show_values: As in `check`. If not, `job_id` is None in each row.

    Raises:
        UnknownContractError: The contract does not exist.
        ValueError: A file, on this machine and not compressed, has more lines.
    """
    chosen = _contract(contract)
    pairs = (line if isinstance(line, tuple) else (line, None) for line in lines_of(lines, max_size))
    id_key = spelled("id", entry(chosen.name).spelling)
    rows: list[dict[str, Any]] = []
    for file, group in groupby(pairs, key=lambda pair: pair[1]):
        texts = _Counted(line for line, _ in group)
        rows += (
            {"file": file, "line": line.number, "column": problem.column, "pointer": problem.pointer}
            | {"code": problem.code, "severity": problem.severity, "message": problem.message, "job_id": job_id}
            for line in chosen.check_lines(texts, lifecycle=lifecycle, max_size=max_size, show_values=show_values)
            for job_id in ([_job_id(line, id_key)] if line.report.problems else [])
            for problem in line.report
        )
        _refuse_part(file, texts.number)
    return rows


@define
class _Counted:
    """Lines that are counted as they are read."""

    _lines: Iterable[Any]
    number: int = 0

    def __iter__(self) -> Iterator[Any]:
        for line in self._lines:
            self.number += 1
            yield line


def _refuse_part(file: object, number: int) -> None:
    """Raise an error if a file has more lines, because those before a part of it cannot be counted."""
    if not isinstance(file, str) or not Path(file).is_file():
        return
    with Path(file).open("rb") as stream:
        if find_other_format(stream.read(_BLOCK)):
            # It is compressed.
            return
        stream.seek(0)
        lines = sum(block.count(b"\n") for block in iter(partial(stream.read, _BLOCK), b""))
    if number < lines:
        message = f"{shorten(file, 200)} has {lines:,} lines, found only {number:,}"
        raise ValueError(f"{message}: a file must not be split, as dask.bag.read_text does with a blocksize")


def _job_id(line: LineReport, key: str) -> str | None:
    """Return the id of the job in a line, if the line is known, is JSON and has one."""
    payload = decode(line.text).payload if line.report.is_json and line.text is not None else None
    found = payload.get(key) if isinstance(payload, dict) else None
    return found if isinstance(found, str) else None

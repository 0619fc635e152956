"""Problems as table rows, for data frames and for distributed engines such as Dask."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from ftschema.jsontext.decode import MAX_SIZE
from ftschema.schemas.catalogue import DEFAULT
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftschema.validation.contract import Contract

    _Line = str | bytes | tuple[str | bytes, str]


def problem_rows(
    lines: Iterable[_Line],
    contract: str | Contract = DEFAULT,
    *,
    lifecycle: bool = False,
    max_size: int = MAX_SIZE,
) -> list[dict[str, Any]]:
    """Return a row for each problem in JSON Lines: file, line, column, pointer, code, severity, message.

    All rows have the same keys, so `pandas.DataFrame` and `polars.DataFrame` accept the list.

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
    return [
        {"file": file, "line": line.number, "column": problem.column, "pointer": problem.pointer}
        | {"code": problem.code, "severity": problem.severity, "message": problem.message}
        for file, group in groupby(pairs, key=lambda pair: pair[1])
        for line in chosen.check_lines(_texts(group), lifecycle=lifecycle, max_size=max_size)
        for problem in line.report
    ]


def _texts(pairs: Iterable[tuple[Any, Any]]) -> Iterator[str | bytes]:
    return (cast("str | bytes", line) for line, _ in pairs)

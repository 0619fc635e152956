"""Problems as rows of a table, for data frames and for engines that spread files over machines."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from ftschema.schemas.catalogue import DEFAULT
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftschema.validation.contract import Contract

    _Line = str | bytes | tuple[str | bytes, str]


def problem_rows(
    lines: Iterable[_Line], contract: str | Contract = DEFAULT, *, lifecycle: bool = False
) -> list[dict[str, Any]]:
    """Return a row for each problem of JSON Lines: file, line, column, pointer, code, severity, message.

    Every row has the same keys, so that `pandas.DataFrame` and `polars.DataFrame` take the rows as they are.

    Args:
        lines: Lines, or pairs of a line and its file, as `dask.bag.read_text(…, include_path=True)` gives them. The
            lines of a file are counted from 1.
        contract: The contract, or its name.
        lifecycle: Whether the rules across fields are checked too.

    Raises:
        UnknownContractError: There is no such contract.
    """
    chosen = _contract(contract)
    pairs = (line if isinstance(line, tuple) else (line, None) for line in lines)
    return [
        {"file": file, "line": line.number, "column": problem.column, "pointer": problem.pointer}
        | {"code": problem.code, "severity": problem.severity, "message": problem.message}
        for file, run in groupby(pairs, key=lambda pair: pair[1])
        for line in chosen.check_lines(_texts(run), lifecycle=lifecycle)
        for problem in line.report
    ]


def _texts(pairs: Iterable[tuple[Any, Any]]) -> Iterator[str | bytes]:
    return (cast("str | bytes", line) for line, _ in pairs)

"""The command `generate`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import click
from attrs import asdict

from ftschema import fixtures
from ftschema.cli.options import contract_option, format_option, output_option
from ftschema.cli.output import write_lines
from ftschema.core.errors import CannotCombineError
from ftschema.core.text import plural
from ftschema.generation.wire import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.literals import ContractName

# This number of jobs takes a second or more.
_LONG_RUN = 20_000
# The number of jobs between two updates of the progress.
_STEP = 1_000


@click.command()
@click.option("-n", "--number", type=click.IntRange(min=0), default=1, show_default=True, help="Number of jobs.")
@click.option("--seed", default="0", show_default=True, help="The same seed gives the same bytes on every machine.")
@contract_option
@click.option("--status", help="Generate only jobs with this status.")
@click.option("--style", type=click.Choice(get_args(Style)), help="Jobs as they were captured, or all that is allowed.")
@click.option("--era", metavar="MONTH", help="The era of the captures, such as 2025-06 or latest.  [default: any]")
@click.option("--invalid", is_flag=True, help="Generate invalid jobs with exactly one known defect each.")
@click.option("--labels", is_flag=True, help="With --invalid: add the defect's pointer, code and description.")
@format_option("jsonl", "json", help="One job a line, or one document: a job, or an array of several.")
@output_option("Write the jobs to this file.")
def generate(  # noqa: PLR0913  # one parameter for each option
    *,
    number: int,
    seed: str,
    name: ContractName,
    status: str | None,
    style: Style | None,
    era: str | None,
    invalid: bool,
    labels: bool,
    output_format: str,
    output: str,
) -> None:
    """Generate jobs for tests.

    The jobs are valid and satisfy the lifecycle rules, or with --invalid have one known defect each.

    \b
    Examples:
      ftschema generate -n 100 --status failed > failed.jsonl
      ftschema generate -n 20 --contract azure --era latest
      ftschema generate -n 500 --invalid --labels -o defects.jsonl
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    if labels and not invalid:
        raise click.UsageError("--labels requires --invalid.")
    if (style or era) and invalid:
        raise click.UsageError("--style and --era cannot be used with --invalid.")
    if status is not None and invalid:
        raise click.UsageError("--status cannot be used with --invalid: a defect may change the status.")
    if invalid:
        defects = fixtures.defects(number, seed, contract=name)
        rows: Iterator[dict[str, Any]] = (
            asdict(defect, recurse=False) if labels else defect.payload for defect in defects
        )
    else:
        fixed: dict[str, Any] = {} if status is None else {"status": status}
        try:
            rows = fixtures.payloads(number, seed, contract=name, style=style, era=era, **fixed)
        except CannotCombineError as error:
            raise click.UsageError(str(error).replace("\n", " ")) from None
    write_lines(output, _encoded(_with_progress(rows, number), output_format, single=number == 1))


def _encoded(rows: Iterator[dict[str, Any]], output_format: str, *, single: bool) -> Iterator[bytes]:
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in rows)
    if output_format == "jsonl" or single:
        yield from (line + b"\n" for line in lines)
        return
    yield b"["
    for position, line in enumerate(lines):
        yield (b",\n" if position else b"\n") + line
    yield b"\n]\n"


def _with_progress(rows: Iterator[dict[str, Any]], number: int) -> Iterator[dict[str, Any]]:
    """Yield the rows, and show the progress of a long run on a terminal."""
    if number < _LONG_RUN:
        yield from rows
        return
    from ftschema.cli.progress import progress  # noqa: PLC0415  # most runs are short

    done = 0
    with progress("generate", number, lambda _: plural(done, "job")) as line:
        for done, row in enumerate(rows, 1):
            yield row
            if line and done % _STEP == 0:
                line.show(done)

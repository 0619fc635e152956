"""The command `generate`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click
from attrs import asdict

from ftschema import fixtures
from ftschema.cli.shared import contract_option, write_lines
from ftschema.core.errors import CannotCombineError

if TYPE_CHECKING:
    from collections.abc import Iterator

# As many jobs take a second or more.
_LONG_RUN = 20_000


@click.command()
@click.option("-n", "--number", type=click.IntRange(min=0), default=1, show_default=True, help="How many jobs.")
@click.option("--seed", default="0", show_default=True, help="The same seed gives the same bytes, on every machine.")
@contract_option
@click.option("--status", help="Jobs of this status only.")
@click.option("--invalid", is_flag=True, help="Break each job by exactly one known fault.")
@click.option("--labels", is_flag=True, help="With --invalid: say the fault's pointer, code and description.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "json"]),
    default="jsonl",
    show_default=True,
    help="A job a line, or one document: the job, or a list of several.",
)
@click.option("-o", "--output", type=click.Path(allow_dash=True), default="-", help="The file to write.")
def generate(  # noqa: PLR0913  # one parameter for each option
    *, number: int, seed: str, name: str, status: str | None, invalid: bool, labels: bool, form: str, output: str
) -> None:
    """Make jobs for tests: valid and coherent ones, or such with one known fault.

    \b
    Examples:
      ftschema generate -n 100 --status failed > failed.jsonl
      ftschema generate -n 500 --invalid --labels -o faults.jsonl
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    if labels and not invalid:
        raise click.UsageError("--labels says what --invalid broke: use both, or neither.")
    if status is not None and invalid:
        raise click.UsageError("--status is for valid jobs: a fault may change the status.")
    rows = _generated(number, seed, name, status, invalid=invalid, labels=labels)
    write_lines(output, _written(_with_progress(rows, number), form, single=number == 1))


def _generated(  # noqa: PLR0913  # the options of generate
    number: int, seed: str, name: str, status: str | None, *, invalid: bool, labels: bool
) -> Iterator[dict[str, Any]]:
    if not invalid:
        fixed: dict[str, Any] = {} if status is None else {"status": status}
        try:
            return fixtures.payloads(number, seed, contract=name, **fixed)
        except CannotCombineError as error:
            raise click.UsageError(str(error)) from None
    broken = fixtures.defects(number, seed, contract=name)
    return (asdict(defect, recurse=False) if labels else defect.payload for defect in broken)


def _written(rows: Iterator[dict[str, Any]], form: str, *, single: bool) -> Iterator[bytes]:
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in rows)
    if form == "jsonl" or single:
        yield from (line + b"\n" for line in lines)
        return
    yield b"["
    for position, line in enumerate(lines):
        yield (b",\n" if position else b"\n") + line
    yield b"\n]\n"


def _with_progress(rows: Iterator[dict[str, Any]], number: int) -> Iterator[dict[str, Any]]:
    """Show a bar on a terminal while a long run goes on."""
    if number < _LONG_RUN or not (sys.stderr and sys.stderr.isatty()):
        yield from rows
        return
    with click.progressbar(rows, length=number, label="jobs", file=sys.stderr, update_min_steps=1_000) as bar:
        yield from bar

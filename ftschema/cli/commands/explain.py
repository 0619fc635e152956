"""The command `explain`."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from ftschema.analysis.explain import explain as _explain
from ftschema.cli.options import contract_option, format_option
from ftschema.cli.output import write_json
from ftschema.core.errors import UnknownSubjectError
from ftschema.core.pointer import ROOT, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.analysis.explain import Explanation

# How many places of a keyword are listed; the JSON has all of them.
_MOST_PLACES = 12
# The width of the headings, and the minimum width of the text beside them.
_INDENT = 10
_NARROWEST = 40


@click.command()
@click.argument("subject", metavar="CODE | /POINTER")
@contract_option
@format_option("text", "json")
def explain(subject: str, name: str, output_format: str) -> None:
    """Explain a problem code, or a place in a job.

    Shows what is required there, since when and why, with examples. The pointer of the job itself is (root).

    \b
    Examples:
      ftschema explain /hyperparameters/n_epochs
      ftschema explain /createdAt --contract dart
      ftschema explain succeeded-has-result-file

    \b
    Exit status:
      0  success
      2  usage error: the code or the place does not exist
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    try:
        explanation = _explain("" if subject == ROOT else subject, name)
    except UnknownSubjectError as error:
        raise click.UsageError(f"{error}") from None
    if output_format == "json":
        write_json(explanation.as_dict())
        return
    # Programs that read the text get lines that are not wrapped.
    width = shutil.get_terminal_size().columns if sys.stdout and sys.stdout.isatty() else None
    click.secho(f"{display(explanation.subject)} in {explanation.contract}", bold=True)
    for heading, lines in _sections(explanation):
        rows = [row for line in lines for row in _wrapped(line, width)]
        for number, row in enumerate(rows):
            click.echo(f"{'' if number else heading:{_INDENT}}{row}")


def _wrapped(line: str, width: int | None) -> list[str]:
    """Return a line in rows that fit beside the headings on a terminal of that width."""
    if width is None:
        return [line]
    return textwrap.wrap(line, max(width - _INDENT, _NARROWEST), break_long_words=False, break_on_hyphens=False)


def _sections(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    """Yield each heading, and its lines."""
    yield "about", [explanation.about]
    yield "note" if explanation.kind == "rule" else "expects", [*explanation.requirements]
    yield "severity", [explanation.severity] if explanation.severity else []
    more = len(explanation.places) - _MOST_PLACES
    places = [*map(display, explanation.places[:_MOST_PLACES])]
    yield "where", [*places, *([f"… and {more} more"] if more > 0 else [])]
    if explanation.kind == "place":
        yield "since", _history(explanation)
    yield "why", [f"{note.pointer}: {note.text}" if note.pointer else note.text for note in explanation.why]
    if explanation.right:
        yield "valid", [explanation.right.shown]
    if explanation.wrong:
        yield "invalid", [explanation.wrong.shown, str(explanation.wrong.problem)]


def _history(explanation: Explanation) -> list[str]:
    since = explanation.since
    first = f"specification of {since}" if since else "not in any published specification"
    return [first, *(f"{past.date}: {past.code}: {past.before} → {past.after}" for past in explanation.changes)]

"""The command `explain`."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from ftschema.analysis.explain import explain as _explain
from ftschema.cli.shared import contract_option, write_json
from ftschema.core.errors import UnknownSubjectError
from ftschema.core.pointer import ROOT, called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.analysis.explain import Explanation

# So many of the places of a keyword are listed; the JSON has them all.
_MOST_PLACES = 12
# The room for headings, and what is left for text at the least.
_INDENT = 8
_NARROWEST = 40


@click.command()
@click.argument("subject", metavar="CODE | /POINTER")
@contract_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(subject: str, name: str, form: str) -> None:
    """Explain the code of a problem, or a place of the job: what is asked there, since when, and why.

    The whole job is "(root)", as in the output of check.

    \b
    Examples:
      ftschema explain /hyperparameters/n_epochs
      ftschema explain /createdAt --contract dart
      ftschema explain succeeded-has-result-file
    \b
    Exit status:
      0  all is well
      2  the command was misused: there is no such place or code
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    try:
        found = _explain("" if subject == ROOT else subject, name)
    except UnknownSubjectError as error:
        raise click.UsageError(f"{error}") from None
    if form == "json":
        write_json(found.as_dict())
        return
    # What is read by a program keeps its lines whole.
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.secho(f"{called(found.subject)} in {found.contract}", bold=True)
    for head, lines in _paragraphs(found):
        broken = [row for line in lines for row in _broken(line, width)]
        for number, row in enumerate(broken):
            click.echo(f"{'' if number else head:{_INDENT}}{row}")


def _broken(line: str, width: int | None) -> list[str]:
    """Return a line as the rows that a terminal of some width has room for beside the headings."""
    if width is None:
        return [line]
    return textwrap.wrap(line, max(width - _INDENT, _NARROWEST), break_long_words=False, break_on_hyphens=False)


def _paragraphs(found: Explanation) -> Iterator[tuple[str, list[str]]]:
    """Yield what is printed: a heading, and its lines."""
    yield "is", [found.about]
    yield "asked", [*found.asks, *([f"severity: {found.severity}"] if found.severity else [])]
    more = len(found.places) - _MOST_PLACES
    yield "where", [*map(called, found.places[:_MOST_PLACES]), *([f"… and {more} more"] if more > 0 else [])]
    if found.kind == "place":
        yield "since", _past(found)
    yield "why", [f"{note.pointer}: {note.text}" if note.pointer else note.text for note in found.why]
    if found.right:
        yield "right", [found.right.shown]
    if found.wrong:
        yield "wrong", [found.wrong.shown, str(found.wrong.problem)]


def _past(found: Explanation) -> list[str]:
    first = f"specification of {found.since}" if found.since else "in no published specification"
    return [first, *(f"{past.date}: {past.code}: {past.before} → {past.after}" for past in found.changes)]

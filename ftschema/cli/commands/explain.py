"""The command `explain`."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from ftschema.analysis.explain import explain as _explain
from ftschema.analysis.explanation import INDENT, sections, title
from ftschema.cli.options import contract_option, format_option
from ftschema.cli.output import write_json
from ftschema.core.errors import UnknownSubjectError

if TYPE_CHECKING:
    from ftschema.core.literals import ContractName

# The minimum width of the text beside the headings.
_NARROWEST = 40


@click.command()
@click.argument("subject", metavar="CODE | /POINTER")
@contract_option
@format_option("text", "json")
def explain(subject: str, name: ContractName, output_format: str) -> None:
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
        explanation = _explain(subject, name)
    except UnknownSubjectError as error:
        raise click.UsageError(f"{error}") from None
    if output_format == "json":
        write_json(explanation.as_dict())
        return
    if not sys.stdout or not sys.stdout.isatty():
        # Programs that read the text get lines that are not wrapped.
        click.echo(explanation)
        return
    width = shutil.get_terminal_size().columns
    click.secho(title(explanation), bold=True)
    for heading, lines in sections(explanation):
        for number, row in enumerate(row for line in lines for row in _wrapped(line, width)):
            click.echo(f"{'' if number else heading:{INDENT}}{row}")


def _wrapped(line: str, width: int) -> list[str]:
    """Return a line in rows that fit beside the headings on a terminal of that width."""
    return textwrap.wrap(line, max(width - INDENT, _NARROWEST), break_long_words=False, break_on_hyphens=False)

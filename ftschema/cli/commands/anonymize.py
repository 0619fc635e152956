"""The command `anonymize`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftschema.analysis.anonymize import Anonymizer
from ftschema.cli.copies import refuse_losses, targets
from ftschema.cli.files import find_files, printable_name
from ftschema.cli.input import first_problem, is_json_lines, read, report_unreadable
from ftschema.cli.options import max_size_option
from ftschema.cli.output import Exit, report_unwritable
from ftschema.cli.writer import NewFile
from ftschema.core.text import plural, printable
from ftschema.jsontext.decode import decode
from ftschema.jsontext.lines import WHITE_SPACE
from ftschema.validation.hidden import shows

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command()
@click.argument("paths", metavar="PATH | -...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("-o", "--output", metavar="DIR", required=True, help="Write the copies to this folder.")
@click.option(
    "--key",
    envvar="FTSCHEMA_KEY",
    show_envvar=True,
    required=True,
    help="A secret; the same key gives the same pseudonyms in every run.",
)
@click.option("--keep", metavar="KEY", multiple=True, help="Keep this key, which no contract declares; repeatable.")
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
@max_size_option
@click.pass_context
def anonymize(  # noqa: PLR0913  # one parameter for each option
    context: click.Context,
    *,
    paths: tuple[str, ...],
    output: str,
    key: str,
    keep: tuple[str, ...],
    overwrite: bool,
    max_size: int,
) -> None:
    """Write copies of captured jobs that can be published.

    Ids, names, texts, tokens and times are replaced, the same value by the same pseudonym in every file. Keys,
    absences, types, statuses and the layout of the files are kept, and so are the distances between times. Keys that no
    contract declares are replaced, and listed on the standard error.

    A PATH is a file, a folder, a pattern, or - for the standard input. The files contain JSON or JSON Lines, and jobs,
    pages, arrays or wrappers of jobs; compressed files have uncompressed copies. Ids in the names of files are replaced
    too.

    \b
    Examples:
      FTSCHEMA_KEY=… ftschema anonymize recordings/ -o tests/recordings
      ftschema anonymize reply.json -o tests --key … --keep gpu_hours

    \b
    Exit status:
      0  all copies are written
      2  usage error
      3  a file cannot be read or is not JSON, and has no copy
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    if not key:
        raise click.UsageError("The key must not be empty.")
    run = _Run(Anonymizer(key, keep), max_size)
    found = [file for path in paths for file in find_files(path)]
    for error in found:
        if isinstance(error, OSError):
            run.refuse(error.filename, error)
    ids = run.anonymizer.pseudonyms.ids
    copies = targets([file for file in found if isinstance(file, str)], output)
    copies = {file: str(Path(output, ids(str(Path(copy).relative_to(output))))) for file, copy in copies.items()}
    refuse_losses(copies, output, overwrite=overwrite)
    for file, copy in copies.items():
        run.write(file, copy, output)
    click.echo(f"{plural(run.written, 'file')} written to {printable_name(output)}", err=True)
    undeclared = run.anonymizer.undeclared
    if undeclared:
        names = ", ".join(map(printable, undeclared)) if shows(None) else f"{len(undeclared):,}"
        click.echo(f"replaced keys that no contract declares (--keep KEY keeps one): {names}", err=True)
    context.exit(run.exit)


class _Run:
    def __init__(self, anonymizer: Anonymizer, max_size: int) -> None:
        self.anonymizer = anonymizer
        self.max_size = max_size
        self.written = 0
        self.exit = Exit.VALID

    def refuse(self, path: str, error: Exception) -> None:
        """Report that a file cannot be read."""
        report_unreadable(path, error)
        self.exit = Exit.UNREADABLE

    def write(self, path: str, copy: str, folder: str) -> None:
        """Write the copy of a file, if the file is JSON or JSON Lines throughout."""
        data = read(path, self.max_size)
        pieces = None if data is None else self._anonymized(path, data)
        if pieces is None:
            self.exit = Exit.UNREADABLE
            return
        try:
            with NewFile(copy, folder, guarded=True) as file:
                file.write(b"\n".join(pieces))
        except OSError as error:
            report_unwritable(error)
            self.exit = Exit.UNREADABLE
        else:
            self.written += 1

    def _anonymized(self, path: str, data: bytes) -> list[bytes] | None:
        """Return the anonymized lines of JSON Lines, or the document; None, after a message, if one is not JSON."""
        lines = data.split(b"\n") if is_json_lines(data) else [data]
        pieces = list(self._pieces(path, lines))
        return pieces if len(pieces) == len(lines) else None

    def _pieces(self, path: str, lines: list[bytes]) -> Iterator[bytes]:
        for number, line in enumerate(lines, 1):
            if len(lines) > 1 and not line.strip(WHITE_SPACE):
                yield line
                continue
            decoded = decode(line)
            if decoded.problems:
                place = f"{printable_name(path)}:{number}" if len(lines) > 1 else printable_name(path)
                click.echo(f"{place}: {first_problem(decoded)}", err=True)
            else:
                yield self.anonymizer.anonymize_text(decoded.text, decoded.payload).encode()

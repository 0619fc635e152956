"""The command `check`."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ftschema.cli.files import files_of, shown
from ftschema.cli.formats.base import Format, Sink
from ftschema.cli.run import Run
from ftschema.cli.shared import Exit, cannot_write, contract_option, given, may_colour
from ftschema.core.text import count
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.cli.repair import Mender
    from ftschema.validation.contract import Contract

# Each format, with its module, which is imported once it is asked for, and its class.
_FORMATS: Final = {
    "text": ("text", "Text"),
    "json": ("json", "Json"),
    "jsonl": ("json", "JsonLines"),
    "github": ("github", "GitHub"),
    "sarif": ("sarif", "Sarif"),
    "junit": ("junit", "JUnit"),
    "html": ("html", "Html"),
}


@click.command()
@click.argument("paths", metavar="[PATH | -]...", nargs=-1, type=click.Path(allow_dash=True))
@contract_option
@click.option("--lifecycle", is_flag=True, help="Check the rules across fields too.")
@click.option(
    "--severity",
    type=click.Choice(["error", "warning"]),
    help="The least that is shown and makes a job invalid. [default: warnings are shown, and do not]",
)
@click.option("--lines", is_flag=True, help="Take each line for a job, whatever the file looks like.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="How many processes to use.")
@click.option("--format", "form", type=click.Choice([*_FORMATS]), default="text", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(allow_dash=True), default="-", help="The file to write; the summary is printed."
)
@click.option("--max-problems", "most", type=click.IntRange(min=0), help="Show so many problems, and count the others.")
@click.option(
    "--repair", metavar="PATH", help="Write mended copies there: to a file, or for several files into a folder."
)
@click.option("--overwrite", is_flag=True, help="Let --repair write over files, those that are checked too.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but what cannot be read: the exit status says it all.")
@click.pass_context
def check(  # noqa: PLR0913  # one parameter for each option
    context: click.Context,
    *,
    paths: tuple[str, ...],
    name: str,
    lifecycle: bool,
    severity: str | None,
    lines: bool,
    jobs: int,
    form: str,
    output: str,
    most: int | None,
    repair: str | None,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Check jobs in files, folders and patterns, or in the standard input for - or no path.

    A file holds one JSON document or JSON Lines, and may be compressed by gzip or Zstandard. Of a folder those files
    are taken that end in .json, .jsonl or .ndjson, or in one of these and .gz or .zst. Each problem is one line: path,
    line, column, code, place, message; the place of a document itself is (root). Where it is certain what was meant,
    --repair writes it; all else in a copy is as it was, but for blank lines between jobs.

    \b
    Examples:
      ftschema check job.json
      ftschema check jobs/ 'archive/**/*.jsonl.gz' --lifecycle --jobs 4
      curl … | ftschema check --contract azure -
      ftschema check jobs/ --format html -o report.html
      ftschema check jobs/ --repair mended/
    \b
    Exit status:
      0  all jobs are valid
      1  some job is not
      2  the command was misused
      3  some file cannot be read, or is not JSON; the highest applies
      130  the run was interrupted; 141: who read the output has gone
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    files = [file for path in paths or (given(None),) for file in (files_of(path) if path != "-" else [path])]
    _refuse_to_overwrite(files, output)
    contract = _contract(name)
    mender = _mender(files, repair, contract, lifecycle=lifecycle, overwrite=overwrite)
    try:
        with _opened(output, form, quiet=quiet) as writer:
            run = Run(
                contract=contract,
                form=writer,
                lifecycle=lifecycle,
                lines=lines,
                jobs=jobs,
                severity=severity,
                most=most,
                progress=not quiet,
                mender=mender,
            )
            _go(run, files)
        if output != "-" and not quiet:
            click.echo(run.totals.summary())
        if mender and not quiet:
            click.echo(f"{count(mender.mends, 'problem')} mended in {shown(str(repair))}", err=True)
    except BrokenPipeError:
        click.echo("stopped: who read the output has gone", err=True)
        # Else Python would try to write the rest, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        context.exit(Exit.UNWANTED)
    except OSError as error:
        cannot_write(error.filename or output, error.strerror or str(error))
    context.exit(run.exit)


def _go(run: Run, files: list[str | OSError]) -> None:
    run.form.begin(run.contract.name)
    try:
        for file in files:
            if isinstance(file, OSError):
                run.fail(file.filename, file)
            else:
                run.check(file)
    except KeyboardInterrupt:
        click.echo("interrupted; this is what was found so far:", err=True)
        run.totals.interrupted = True
        run.exit = Exit.INTERRUPTED
    run.form.end(run.totals)


def _mender(
    files: list[str | OSError], repair: str | None, contract: Contract, *, lifecycle: bool, overwrite: bool
) -> Mender | None:
    if repair is None:
        if overwrite:
            raise click.UsageError("--overwrite goes with --repair.")
        return None
    from ftschema.cli.repair import Mender, targets  # noqa: PLC0415  # most runs only check

    readable = [file for file in files if isinstance(file, str)]
    return Mender(targets(readable, repair, overwrite=overwrite), contract, lifecycle)


def _refuse_to_overwrite(files: list[str | OSError], output: str) -> None:
    """End the run if what it writes would be read by it too: a job would be lost, or the run would have no end."""
    try:
        written = Path(output).stat() if output != "-" else os.fstat(sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):
        # There is no such file yet, or no standard output.
        return
    for file in files:
        if isinstance(file, str) and stat.S_ISREG(written.st_mode) and _is(file, written):
            raise click.UsageError(f"The output would be written over {shown(file)}, which is to be checked.")


def _is(file: str, other: os.stat_result) -> bool:
    try:
        return os.path.samestat(Path(file).stat(), other)
    except (OSError, ValueError):
        # It is not there, or no file can have that name.
        return False


@contextmanager
def _opened(output: str, form: str, *, quiet: bool) -> Iterator[Format]:
    """Open what the output goes to, and give what writes it."""
    module, kind = _FORMATS[form]
    if output != "-":
        with Path(output).open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            yield getattr(import_module(f"ftschema.cli.formats.{module}"), kind)(Sink(file.write))
    elif quiet or sys.stdout is None:
        yield Format(Sink(str))
    else:
        if form not in {"text", "github"} and isinstance(sys.stdout, TextIOWrapper):
            # What is read by a program is UTF-8, whatever the terminal is.
            sys.stdout.reconfigure(encoding="utf-8")
        sink = Sink(sys.stdout.write, colour=may_colour(sys.stdout), width=_width() if sys.stdout.isatty() else None)
        yield getattr(import_module(f"ftschema.cli.formats.{module}"), kind)(sink)
        sys.stdout.flush()


def _width() -> int:
    from shutil import get_terminal_size  # noqa: PLC0415  # a check in a pipe or a hook shall start at once

    return get_terminal_size().columns

"""The command `check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftschema.cli.checker import FileChecker
from ftschema.cli.files import find_files, printable_name
from ftschema.cli.formats.base import FORMATS, Format, format_class
from ftschema.cli.options import (
    contract_option,
    format_option,
    input_path,
    max_size_option,
    output_option,
    show_values_option,
    size_option,
)
from ftschema.cli.output import open_output, refuse_overwriting
from ftschema.cli.run import Run
from ftschema.core.errors import UnknownContractError
from ftschema.core.text import plural
from ftschema.jsontext.decode import MAX_SIZE
from ftschema.schemas.catalogue import DEFAULT, KINDS, names, prefix_of
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from ftschema.cli.repair import Repairer
    from ftschema.validation.contract import Contract, Unknown
    from ftschema.validation.dispatch import Dispatcher


def _checked_patterns(_: click.Context, __: click.Parameter, patterns: tuple[str, ...]) -> tuple[str, ...]:
    if not all(Path(pattern).name for pattern in patterns):
        raise click.BadParameter("A pattern ends with the name of a file or a folder.")
    return patterns


@click.command()
@click.argument("paths", metavar="[PATH | -]...", nargs=-1, type=click.Path(allow_dash=True))
@contract_option
@click.option(
    "--kind",
    type=click.Choice([*KINDS, "auto"]),
    default="job",
    show_default=True,
    help="The kind of the objects; auto takes each for what it is.",
)
@click.option("--lifecycle", is_flag=True, help="Check the lifecycle rules too.")
@click.option(
    "--severity",
    type=click.Choice(["error", "warning"]),
    help="Lowest severity to show and fail on. [default: show warnings, fail on errors]",
)
@click.option("--lines", is_flag=True, help="Treat each line as a job, whatever the file looks like.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Number of processes.")
@click.option(
    "--unknown",
    type=click.Choice(["allow", "warn"]),
    default="allow",
    show_default=True,
    help="Whether to warn of keys that the contract does not declare.",
)
@click.option("--partial", is_flag=True, help="Accept missing keys, as test doubles and excerpts have.")
@click.option("--at", metavar="POINTER", help="JSON Pointer of the jobs in each document; * is every key or index.")
@format_option(*FORMATS)
@output_option("Write the results to this file, and print only the summary.")
@click.option("--max-problems", type=click.IntRange(min=0), help="Show at most this many problems; count the rest.")
@click.option("--repair", metavar="PATH", help="Write repaired copies to this file, or to this folder if several.")
@click.option("--overwrite", is_flag=True, help="Let --repair replace existing files, even the checked ones.")
@click.option("-q", "--quiet", is_flag=True, help="Print only unreadable files; use the exit status.")
@show_values_option
@max_size_option
@size_option("--max-line", MAX_SIZE, "Refuse a longer line of JSON Lines; the file may have any size.")
@click.option(
    "--exclude",
    metavar="PATTERN",
    multiple=True,
    callback=_checked_patterns,
    help="Leave out files and folders, by a pattern such as 'draft*' or 'old/*.json'.",
)
@click.pass_context
def check(  # noqa: PLR0913  # one parameter for each option
    context: click.Context,
    *,
    paths: tuple[str, ...],
    exclude: tuple[str, ...],
    name: str,
    kind: str,
    lifecycle: bool,
    severity: str | None,
    lines: bool,
    jobs: int,
    unknown: Unknown,
    partial: bool,
    at: str | None,
    output_format: str,
    output: str,
    max_problems: int | None,
    repair: str | None,
    overwrite: bool,
    quiet: bool,
    show_values: bool,
    max_size: int,
    max_line: int,
) -> None:
    """Check jobs in files, folders or the standard input.

    A PATH is a file, a folder, a pattern, or - for the standard input, which is also the default. A file contains one
    JSON document or JSON Lines, and may be compressed with gzip or Zstandard. In a folder, the files that end in .json,
    .jsonl or .ndjson are checked, also with .gz or .zst after it. Hidden files and folders are left out, and
    folders called node_modules, site-packages or __pycache__.

    A document is one job, a page or an array of jobs, an object with jobs by name, or a wrapper around one of these;
    each job counts. Use --at for jobs at any other place. The repr of an SDK object, as print() shows it, is read too.

    With --kind the same holds for events, requests and so on. A page is one object with --kind page and --kind auto;
    the latter says what it takes each document for.

    Each problem is printed on one line: path, line, column, code, JSON Pointer, message. The pointer of the document
    itself is (root).

    With --repair, problems are corrected if it is certain what was meant. The rest of the copy is unchanged, but blank
    lines between jobs are dropped. A file that is repaired in place keeps its mode and owner, and is not written if
    nothing was repaired.

    \b
    Examples:
      ftschema check job.json
      ftschema check jobs/ 'archive/**/*.jsonl.gz' --lifecycle --jobs 4
      curl … | ftschema check --contract azure -
      ftschema check jobs/ --format html -o report.html
      ftschema check jobs/ --repair repaired/

    \b
    Exit status:
      0    all jobs are valid
      1    a job is invalid
      2    usage error
      3    a file cannot be read or is not JSON
      130  interrupted
      141  the output pipe was closed
    If several apply, the highest is used.
    """  # noqa: D301  # click keeps the lines after the character \b as they are
    if at and not at.startswith("/"):
        raise click.BadParameter("A JSON Pointer begins with /.", param_hint="--at")
    named = paths or (input_path(None),)
    files = [file for path in named for file in find_files(path, exclude)]
    readable = [file for file in files if isinstance(file, str)]
    refuse_overwriting(readable, output)
    checker = FileChecker(
        contract=_chosen(kind, name),
        lifecycle=lifecycle,
        lines=lines,
        processes=jobs,
        at=at,
        partial=partial,
        unknown=unknown,
        keep_text=repair is not None,
        max_size=max_size,
        max_line=max_line,
        says_kinds=kind == "auto" and not quiet,
    )
    repairer = _repairer(readable, output, repair, checker, overwrite=overwrite)
    write = Format if quiet and output == "-" else format_class(output_format)
    with open_output(output, write.encoding) as destination:
        run = Run(
            checker=checker,
            output_format=write(destination, checker.contract.name),
            severity=severity,
            max_problems=max_problems,
            show_values=show_values,
            progress=not quiet,
            repairer=repairer,
        )
        run.check_all(files)
    if output != "-" and not quiet:
        click.echo(run.totals.summary())
    if repairer and not quiet:
        repaired = plural(repairer.repaired, "problem")
        click.echo(f"{repaired} repaired in {printable_name(str(repair))}", err=True)
    context.exit(run.exit)


def _chosen(kind: str, name: str) -> Contract[Any] | Dispatcher:
    """Return the contract of a kind, or what chooses one for each payload."""
    try:
        return _dispatcher(kind, name) if kind in {"page", "auto"} else _of_kind(kind, name)
    except UnknownContractError as error:
        raise click.BadParameter(str(error), param_hint="--contract") from None


def _of_kind(kind: str, name: str) -> Contract[Any]:
    start = prefix_of(kind)
    known = [full.removeprefix(start) for full in names(start)]
    if name == DEFAULT and name not in known:
        name = known[0]
    return _contract(start + name.removeprefix(start))


def _dispatcher(kind: str, name: str) -> Dispatcher:
    # Most runs check jobs.
    from ftschema.validation.dispatch import Dispatcher  # noqa: PLC0415
    from ftschema.validation.kind import page  # noqa: PLC0415

    if kind == "page":
        page.contract(name)
    elif "/" in name:
        raise click.BadParameter(f"{name} is of one kind; with --kind auto, take a name such as azure.")
    return Dispatcher(kind, None if name == DEFAULT else name, or_default="/" not in name)


def _repairer(
    files: list[str], output: str, repair: str | None, checker: FileChecker, *, overwrite: bool
) -> Repairer | None:
    if repair is None:
        if overwrite:
            raise click.UsageError("--overwrite requires --repair.")
        return None
    from ftschema.cli.repair import Repairer  # noqa: PLC0415  # most runs only check

    repairer = Repairer.of(files, repair, checker, overwrite=overwrite)
    refuse_overwriting([repair, *repairer.targets.values()], output)
    return repairer

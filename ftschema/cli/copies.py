"""The paths of the changed copies of files, and a check that no file would be lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftschema.cli.files import printable_name
from ftschema.cli.writer import is_inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def targets(files: Sequence[str], folder: str) -> dict[str, str]:
    """Return the paths of the copies in a folder: the relative paths of the files, without suffixes of compression."""
    # Without `..` in a path, which would lead out of the folder; a link keeps its name.
    absolute = {file: Path(os.path.abspath(file)) for file in files if file != "-"}  # noqa: PTH100
    base = Path(os.path.commonpath([path.parent for path in absolute.values()])) if absolute else Path()
    names = {file: _uncompressed(path.relative_to(base)) for file, path in absolute.items()}
    return {file: str(Path(folder, names.get(file, "stdin.json"))) for file in files}


def _uncompressed(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in {".gz", ".zst"} else path


def refuse_losses(copies: Mapping[str, str], folder: str | None, *, overwrite: bool) -> None:
    """Raise a usage error if a file would be lost.

    Args:
        copies: The path of the copy of each file.
        folder: The folder that must contain the copies; None if they may be anywhere.
        overwrite: Whether copies may replace existing files.

    Raises:
        click.UsageError: A copy would be outside of the folder, two files would have the same copy, or a copy exists
            and must not be replaced.
    """
    file_of: dict[str, str] = {}
    for file, path in copies.items():
        name = printable_name(path)
        if folder is not None and not is_inside(path, folder):
            raise click.UsageError(f"{name} is a link to a file outside of {printable_name(folder)}.")
        other = file_of.setdefault(os.path.realpath(path), file)
        if other != file:
            both = f"{printable_name(other)} and {printable_name(file)}"
            raise click.UsageError(f"{both} would have the same copy: {name}.")
        if os.path.lexists(path) and not overwrite:
            raise click.UsageError(f"{name} exists; use --overwrite to replace it.")

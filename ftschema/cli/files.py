"""The files that a path, a folder or a pattern stands for, and their names for display."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ftschema.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LINES_SUFFIXES: Final = tuple(f"{kind}{packed}" for kind in (".jsonl", ".ndjson") for packed in ("", ".gz", ".zst"))
"""Suffixes of files of JSON Lines."""

SUFFIXES: Final = (".json", ".json.gz", ".json.zst", *LINES_SUFFIXES)
"""Suffixes of the files that are taken from a folder."""


def display_name(path: str) -> str:
    """Return the name of a file as Unicode text; `-` is the standard input."""
    return "<stdin>" if path == "-" else os.fsencode(path).decode(errors="replace")


def printable_name(path: str) -> str:
    """Return the name of a file on one line, with the characters escaped that a terminal would interpret."""
    return printable(display_name(path))


_IGNORED: Final = frozenset({"__pycache__", "node_modules", "site-packages"})
"""Folders that are not searched, besides hidden ones, because they hold the files of others."""


def find_files(name: str, exclude: Sequence[str] = ()) -> Iterator[str | OSError]:
    """Yield the files that a name stands for, in order, and an error where a search fails or finds nothing.

    The name is `-`, the standard input; a file, whether it exists or not; a folder, which is searched for JSON files at
    every depth, without those that are hidden or in folders that are ignored, and without following links to folders;
    or a pattern, in which `**` matches any number of folders. A search finds neither pipes nor devices, which could be
    read forever. The `filename` of an error is the folder or the pattern.

    Args:
        name: The name.
        exclude: Patterns for names of files and folders, or for the last parts of their paths, that are left out.
    """
    if name == "-":
        yield name
        return
    if _is_excluded(name, exclude):
        return
    if Path(name).is_dir():
        yield from _in_folder(name, exclude)
    elif os.path.lexists(name):
        yield name
    else:
        yield from _matching(name, exclude)


def _is_excluded(name: str, exclude: Sequence[str]) -> bool:
    """Return whether a path, or a folder above it, matches one of the patterns."""
    return bool(exclude) and any(_matches(path, exclude) for path in (Path(name), *Path(name).parents))


def _matches(path: Path, exclude: Sequence[str]) -> bool:
    return any(path.match(pattern) for pattern in exclude)


def _may_be_read(path: Path) -> bool:
    # A link that leads nowhere is told of when it is read.
    return path.is_file() or not path.exists()


def _in_folder(folder: str, exclude: Sequence[str]) -> Iterator[str | OSError]:
    errors: list[OSError] = []
    paths = []
    for place, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = [
            name
            for name in folders
            if not (name.startswith(".") or name in _IGNORED or _matches(Path(place, name), exclude))
        ]
        found = (Path(place, name) for name in names if name.lower().endswith(SUFFIXES) and not name.startswith("."))
        paths += [path for path in found if not _matches(path, exclude) and _may_be_read(path)]
    yield from errors
    # By folders, not by characters: the files of `a` come before those of `a-b`.
    yield from map(str, sorted(paths, key=lambda path: path.parts))
    if not (paths or errors):
        yield FileNotFoundError(None, "no JSON or JSON Lines file in this folder", folder)


def _matching(pattern: str, exclude: Sequence[str]) -> Iterator[str | OSError]:
    from glob import glob, has_magic  # noqa: PLC0415  # most runs name files

    if not has_magic(pattern):
        yield pattern
        return
    matches = sorted(glob(pattern, recursive=True))  # noqa: PTH207  # a Path takes no pattern that begins with a root
    paths = [path for path in matches if _may_be_read(Path(path)) and not _is_excluded(path, exclude)]
    yield from paths
    if not paths:
        yield FileNotFoundError(None, "no file matches this pattern", pattern)

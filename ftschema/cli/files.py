"""The files that a path, a folder or a pattern stands for, and their names for display."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ftschema.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES: Final = tuple(f"{kind}{packed}" for kind in (".json", ".jsonl", ".ndjson") for packed in ("", ".gz", ".zst"))
"""Suffixes of the files that are taken from a folder."""


def display_name(path: str) -> str:
    """Return the name of a file as Unicode text; `-` is the standard input."""
    return "<stdin>" if path == "-" else os.fsencode(path).decode(errors="replace")


def printable_name(path: str) -> str:
    """Return the name of a file on one line, with the characters escaped that a terminal would interpret."""
    return printable(display_name(path))


def find_files(name: str) -> Iterator[str | OSError]:
    """Yield the files that a name stands for, in order, and an error where a search fails or finds nothing.

    The name is a file, whether it exists or not; a folder, which is searched for JSON files at every depth without
    following links to folders; or a pattern, in which `**` matches any number of folders. The `filename` of an error
    is the folder or the pattern.
    """
    if Path(name).is_dir():
        yield from _in_folder(name)
    elif os.path.lexists(name):
        yield name
    else:
        yield from _matching(name)


def _in_folder(folder: str) -> Iterator[str | OSError]:
    errors: list[OSError] = []
    paths = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=errors.append)
        for name in names
        if name.lower().endswith(SUFFIXES)
    ]
    yield from errors
    # By folders, not by characters: the files of `a` come before those of `a-b`.
    yield from map(str, sorted(paths, key=lambda path: path.parts))
    if not (paths or errors):
        yield FileNotFoundError(None, "no JSON or JSON Lines file in this folder", folder)


def _matching(pattern: str) -> Iterator[str | OSError]:
    from glob import glob, has_magic  # noqa: PLC0415  # most runs name files

    if not has_magic(pattern):
        yield pattern
        return
    matches = sorted(glob(pattern, recursive=True))  # noqa: PTH207  # a Path takes no pattern that begins with a root
    paths = [path for path in matches if not Path(path).is_dir()]
    yield from paths
    if not paths:
        yield FileNotFoundError(None, "no file matches this pattern", pattern)

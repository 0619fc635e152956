"""Which files are meant where a folder or a pattern is named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDINGS: Final = tuple(f"{kind}{packed}" for kind in (".json", ".jsonl", ".ndjson") for packed in ("", ".gz", ".zst"))
"""How the names of the files end that are taken from a folder."""


def files_of(name: str) -> Iterator[str | OSError]:
    """Yield the files that a name stands for, in order, and an error for what cannot be searched or holds none.

    The name is that of a file, whether it is there or not; of a folder, whose files of JSON are taken at every depth
    (links to folders are not followed); or a pattern of files, where `**` is any number of folders. Each error has
    the name of its place as `filename`.
    """
    if Path(name).is_dir():
        yield from _inside(name)
    elif os.path.lexists(name):
        yield name
    else:
        yield from _matching(name)


def _inside(folder: str) -> Iterator[str | OSError]:
    errors: list[OSError] = []
    found = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=errors.append)
        for name in names
        if name.lower().endswith(ENDINGS)
    ]
    yield from errors
    # By folders, not by characters: what is in `a` stands before what is in `a-b`.
    yield from map(str, sorted(found, key=lambda path: path.parts))
    if not (found or errors):
        yield FileNotFoundError(None, "no file of JSON or JSON Lines in this folder", folder)


def _matching(pattern: str) -> Iterator[str | OSError]:
    from glob import glob, has_magic  # noqa: PLC0415  # most runs name files

    if not has_magic(pattern):
        yield pattern
        return
    matches = sorted(glob(pattern, recursive=True))  # noqa: PTH207  # a Path takes no pattern that begins with a root
    found = [path for path in matches if not Path(path).is_dir()]
    yield from found
    if not found:
        yield FileNotFoundError(None, "no file matches this pattern", pattern)

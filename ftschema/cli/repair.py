"""Where `check --repair` writes what it mends: beside what was checked, and over nothing unless it is told to."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Self

import click
from attrs import define, field

from ftschema.cli.files import shown
from ftschema.validation.repair import mended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftschema.core.report import Report
    from ftschema.validation.contract import Contract


def targets(files: Sequence[str], repair: str, *, overwrite: bool) -> dict[str, Path]:
    """Return where the mended copy of each file goes: to a file, or for several files to a folder.

    In a folder the copies lie as the files do, without the endings of compressed ones.

    Raises:
        click.UsageError: Something is there already, and may not be written over.
    """
    if len(files) == 1 and not (repair.endswith(os.sep) or Path(repair).is_dir()):
        found = {files[0]: Path(repair)}
    else:
        named = [Path(file).absolute() for file in files if file != "-"]
        ground = Path(os.path.commonpath([path.parent for path in named])) if named else Path()
        names = {file: _plain(Path(file).absolute().relative_to(ground)) for file in files if file != "-"}
        found = {file: Path(repair, names.get(file, "stdin.json")) for file in files}
    file_of: dict[Path, str] = {}
    for file, path in found.items():
        if path in file_of:
            raise click.UsageError(f"{shown(file_of[path])} and {shown(file)} would be mended into one file.")
        file_of[path] = file
        if path.exists() and not overwrite:
            raise click.UsageError(f"{shown(str(path))} is there already; --overwrite lets --repair write over it.")
    return found


def _plain(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in {".gz", ".zst"} else path


@define
class Mender:
    """Writes mended copies of what is checked.

    Attributes:
        targets: Where each file's copy goes.
        contract: What the jobs are checked against.
        lifecycle: Whether the rules across fields are checked too.
        mends: How many problems were mended.
    """

    targets: dict[str, Path]
    contract: Contract
    lifecycle: bool
    mends: int = field(default=0, init=False)

    def copy(self, file: str) -> Copy:
        """Return what takes the jobs of a file one by one; the copy is there once all of them were taken."""
        return Copy(self, self.targets[file])

    def mended(self, text: bytes, report: Report) -> bytes:
        """Return the text of a job without the problems that have a certain repair, and count those."""
        text, mends = mended(text, report, self.contract, lifecycle=self.lifecycle)
        self.mends += mends
        return text


@define
class Copy:
    """The mended copy of a file, written beside its place first; it is put there if it is `whole`.

    An OSError of its methods has the name of the place.
    """

    mender: Mender
    target: Path
    whole: bool = field(default=True, init=False)
    _stream: Any = field(default=None, init=False)

    def __enter__(self) -> Self:
        with _named(self.target):
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._stream = NamedTemporaryFile(  # it is closed when this is left
                dir=self.target.parent, prefix=f".{self.target.name}.", delete=False
            )
        return self

    def add(self, line: int | None, text: bytes, report: Report) -> None:
        """Write a job of the file, and a line feed behind it where it has a line of its own."""
        with _named(self.target):
            self._stream.write(self.mender.mended(text, report) + (b"" if line is None else b"\n"))

    def __exit__(self, kind: object, *_: object) -> None:
        written = Path(self._stream.name)
        try:
            with _named(self.target):
                self._stream.close()
                if self.whole and kind is None:
                    written.chmod(0o666 & ~_umask())
                    written.replace(self.target)
        finally:
            written.unlink(missing_ok=True)


@contextmanager
def _named(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(place)) from error


def _umask() -> int:
    # It can only be read by setting it.
    mask = os.umask(0)
    os.umask(mask)
    return mask

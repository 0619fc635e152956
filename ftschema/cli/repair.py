"""Write the repaired copies of `check --repair`; existing files are only replaced with `--overwrite`."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from attrs import define, field

from ftschema.cli.copies import refuse_losses, targets
from ftschema.cli.output import identity
from ftschema.cli.writer import NewFile
from ftschema.validation.repair import repaired_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ftschema.cli.checker import CheckedText, FileChecker


@define
class Repairer:
    """Writes repaired copies of the files that are checked.

    Attributes:
        targets: The path of each file's copy.
        folder: The folder that must contain the copies; None if there is one file.
        checker: Checks the files.
        repaired: Number of problems that were repaired.
    """

    targets: dict[str, str]
    folder: str | None
    checker: FileChecker
    repaired: int = field(default=0, init=False)

    @classmethod
    def of(cls, files: Sequence[str], repair: str, checker: FileChecker, *, overwrite: bool) -> Self:
        """Return the repairer that writes the copy of one file to a path, or those of several to a folder.

        In a folder, the copies have the relative paths of the files, without the suffixes of compression.

        Raises:
            click.UsageError: A copy would be outside of the folder, two files would have the same copy, or a copy
                exists and must not be replaced.
        """
        if len(files) == 1 and not (repair.endswith(os.sep) or Path(repair).is_dir()):
            self = cls({files[0]: repair}, None, checker)
        else:
            self = cls(targets(files, repair), repair, checker)
        refuse_losses(self.targets, self.folder, overwrite=overwrite)
        return self

    def copy(self, file: str) -> RepairedCopy:
        """Return the copy of a file; its jobs are written by `RepairedCopy.record`."""
        try:
            # A copy of a private file is private.
            mode = Path(file).stat().st_mode & 0o666
        except (OSError, ValueError):
            # It is the standard input, or cannot be read.
            mode = 0o666
        return RepairedCopy(self, file, NewFile(self.targets[file], self.folder, guarded=True, mode=mode))


@define
class RepairedCopy:
    """The repaired copy of a file; a file that is repaired in place is not touched if nothing was repaired.

    Attributes:
        repairer: Knows how the file is checked.
        file: The file.
        new: The copy.
        complete: Whether the file was read to its end.
        repaired: Number of problems that were repaired.
        error: Why the copy cannot be written; None if it can.
    """

    repairer: Repairer
    file: str
    new: NewFile
    complete: bool = field(default=True, init=False)
    repaired: int = field(default=0, init=False)
    error: OSError | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        with self._errors_are_kept():
            self.new.__enter__()
        return self

    def record(self, texts: Iterable[CheckedText]) -> Iterator[CheckedText]:
        """Yield the texts of the file unchanged, after writing each to the copy with its repairs."""
        checker = self.repairer.checker
        for checked in texts:
            text, number = repaired_text(checked.text, checked.jobs, checker.contract, lifecycle=checker.lifecycle)
            self.repaired += number
            if self.error is None:
                with self._errors_are_kept():
                    self.new.write(text + (b"" if checked.line is None else b"\n"))
            yield checked

    def __exit__(self, *error: object) -> None:
        unchanged = self.repaired == 0 and identity(self.new.path) == identity(self.file)
        self.new.complete = self.complete and self.error is None and not unchanged
        with self._errors_are_kept():
            self.new.__exit__(*error)
        if unchanged:
            self.error = None
        if self.new.complete and self.error is None:
            self.repairer.repaired += self.repaired

    @contextmanager
    def _errors_are_kept(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.error = error

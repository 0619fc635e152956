"""Write the repaired copies of `check --repair`; existing files are only replaced with `--overwrite`."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Self

import click
from attrs import define, field

from ftschema.cli.files import printable_name
from ftschema.validation.repair import repaired_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ftschema.cli.checker import CheckedText
    from ftschema.validation.contract import Contract


def targets(files: Sequence[str], repair: str, *, overwrite: bool) -> dict[str, Path]:
    """Return the path of the repaired copy of each file: the path itself for one file, or paths inside a folder.

    In a folder, the copies have the relative paths of the files, without the suffixes of compression.

    Raises:
        click.UsageError: Two files would have the same copy, or the copy exists and must not be replaced.
    """
    if len(files) == 1 and not (repair.endswith(os.sep) or Path(repair).is_dir()):
        paths = {files[0]: Path(repair)}
    else:
        absolute = {file: Path(file).absolute() for file in files if file != "-"}
        base = Path(os.path.commonpath([path.parent for path in absolute.values()])) if absolute else Path()
        names = {file: _uncompressed(path.relative_to(base)) for file, path in absolute.items()}
        paths = {file: Path(repair, names.get(file, "stdin.json")) for file in files}
    file_of: dict[Path, str] = {}
    for file, path in paths.items():
        if path in file_of:
            both = f"{printable_name(file_of[path])} and {printable_name(file)}"
            raise click.UsageError(f"{both} would have the same repaired copy: {printable_name(str(path))}.")
        file_of[path] = file
        if path.exists() and not overwrite:
            raise click.UsageError(f"{printable_name(str(path))} exists; use --overwrite to replace it.")
    return paths


def _uncompressed(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in {".gz", ".zst"} else path


@define
class Repairer:
    """Writes repaired copies of the files that are checked.

    Attributes:
        targets: The path of each file's copy.
        contract: The contract of the jobs.
        lifecycle: Whether the lifecycle rules are checked too.
        repaired: Number of problems that were repaired.
    """

    targets: dict[str, Path]
    contract: Contract
    lifecycle: bool
    repaired: int = field(default=0, init=False)

    def copy(self, file: str) -> RepairedCopy:
        """Return the copy of a file; its jobs are written by `RepairedCopy.record`."""
        return RepairedCopy(self, self.targets[file])

    def repair(self, checked: CheckedText) -> bytes:
        """Return a text with the repairs of its jobs applied, and count them."""
        text, number = repaired_text(checked.text, checked.jobs, self.contract, lifecycle=self.lifecycle)
        self.repaired += number
        return text


@define
class RepairedCopy:
    """The repaired copy of a file: a temporary file that is renamed to the target at the end, if it is complete.

    An OSError of its methods has the target as `filename`.
    """

    repairer: Repairer
    target: Path
    complete: bool = field(default=True, init=False)
    _stream: Any = field(default=None, init=False)

    def __enter__(self) -> Self:
        with _errors_name(self.target):
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._stream = NamedTemporaryFile(  # closed in __exit__
                dir=self.target.parent, prefix=f".{self.target.name}.", delete=False
            )
        return self

    def record(self, texts: Iterable[CheckedText]) -> Iterator[CheckedText]:
        """Yield the texts of the file unchanged, after writing each to the copy with its repairs."""
        for text in texts:
            with _errors_name(self.target):
                self._stream.write(self.repairer.repair(text) + (b"" if text.line is None else b"\n"))
            yield text

    def __exit__(self, kind: object, *_: object) -> None:
        temporary = Path(self._stream.name)
        try:
            with _errors_name(self.target):
                self._stream.close()
                if self.complete and kind is None:
                    temporary.chmod(0o666 & ~_umask())
                    temporary.replace(self.target)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _errors_name(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _umask() -> int:
    # The mask can only be read by setting it.
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""Write a file whole or not at all: under another name beside it, and renamed when all is written.

Facts: rename(2) replaces a file in one step, by another file. So a link is followed first, the mode, the owner and the
attributes of the old file are copied, and a file that has other hard links is refused, since those would keep the old
content. The atomic files of click replace the target after an error too, and keep only its mode.
"""

from __future__ import annotations

import errno
import os
import signal
import stat
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Iterator

# The signals that would end the process without a chance to remove a file.
_ENDING: Final = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
# Names of streams that are open already, even if they lead to files.
_STREAMS: Final = ("/dev/std", "/dev/fd/", "/proc/")


@define
class NewFile:
    """A file that is written in a `with` statement, and replaces the old one at its end if there was no error.

    What is not a regular file, such as a pipe or a device, is written directly. An OSError of the methods has the path
    as `filename`.

    Attributes:
        path: The file.
        inside: The folder that must contain the file when all links are followed; None if it may be anywhere.
        guarded: Whether to make the folders of the file, and to leave a file alone that changed in the meantime.
        mode: The mode of a file that is not there yet; the umask takes rights away from it.
        complete: Whether the file replaces the old one.
    """

    path: str
    inside: str | None = None
    guarded: bool = False
    mode: int = 0o666
    complete: bool = field(default=True, init=False)
    _open: ExitStack = field(factory=ExitStack, init=False)
    _stream: Any = field(default=None, init=False)
    _temporary: Path | None = field(default=None, init=False)
    _before: Any = field(default=None, init=False)

    def __enter__(self) -> Self:
        with _errors_name(self.path), ExitStack() as stack:
            self._before = _look(self.path, self.inside)
            if self._before.is_stream and not self.guarded:
                self._stream = stack.enter_context(Path(self.path).open("wb"))
            else:
                self._open_beside(self._before, stack)
            self._open = stack.pop_all()
        return self

    def _open_beside(self, target: _Target, stack: ExitStack) -> None:
        if target.is_stream:
            raise OSError(errno.EINVAL, "it is not a regular file")
        if target.links > 1:
            raise OSError(errno.EMLINK, f"it has {target.links} hard links, which would have different contents")
        if target.status is not None and not os.access(target.real, os.W_OK):
            # A rename would not ask.
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        folder = Path(target.real).parent
        if self.guarded:
            folder.mkdir(parents=True, exist_ok=True)
        # A short name, because that of the target may be as long as names can be.
        self._temporary = temporary = folder / f".ftschema-{os.urandom(8).hex()}.tmp"
        stack.enter_context(_removed_by_signals(temporary))
        stack.callback(temporary.unlink, missing_ok=True)
        # Until it has the rights of the old file, no one else may open it.
        mode = self.mode if target.status is None else 0o600
        opener = partial(os.open, mode=mode)
        self._stream = stack.enter_context(open(temporary, "xb", opener=opener))  # noqa: SIM115  # closed by the stack
        if target.status is not None:
            _copy_rights(target.real, target.status, temporary)

    def write(self, data: bytes) -> None:
        """Write bytes."""
        try:
            self._stream.write(data)
        except OSError as error:
            raise _named(error, self.path) from error

    def __exit__(self, kind: object, *_: object) -> None:
        with _errors_name(self.path), self._open:
            if kind is not None or not self.complete:
                return
            self._stream.flush()
            if self._temporary is None:
                return
            if self._before.status is not None:
                # If the power fails, there must be the old file or the new one.
                os.fsync(self._stream.fileno())
            self._stream.close()
            if self.guarded and _look(self.path, self.inside).identity != self._before.identity:
                raise OSError(errno.EBUSY, "it was changed in the meantime")
            self._temporary.replace(self._before.real)


class _Target(NamedTuple):
    """The file that is at a path, if there is one."""

    real: str
    status: os.stat_result | None
    is_stream: bool

    @property
    def links(self) -> int:
        return 1 if self.status is None else self.status.st_nlink

    @property
    def identity(self) -> object:
        """A value that stays the same until somebody writes the file, or another one comes to its path."""
        found = self.status
        return found and (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _look(path: str, inside: str | None) -> _Target:
    real = os.path.realpath(path)
    if inside is not None and not is_inside(path, inside):
        raise OSError(errno.EPERM, f"it is not inside {inside}")
    try:
        status = Path(path).stat()
    except FileNotFoundError:
        return _Target(real, None, is_stream=False)
    return _Target(real, status, not stat.S_ISREG(status.st_mode) or path.startswith(_STREAMS))


def is_inside(path: str, folder: str) -> bool:
    """Return whether a file is, or would be, inside a folder when all links are followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _copy_rights(old: str, status: os.stat_result, new: Path) -> None:
    """Give a file the owner, the mode and the attributes of another one."""
    import shutil  # noqa: PLC0415  # only what is replaced needs it

    mine = new.stat()
    if (mine.st_uid, mine.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.chown(new, status.st_uid, status.st_gid)
        except PermissionError:
            raise PermissionError(errno.EPERM, "its owner or group could not be kept") from None
    # After the owner, whose change takes rights away. The times are set too, and change when the file is written.
    shutil.copystat(old, new)


@contextmanager
def _removed_by_signals(file: Path) -> Iterator[None]:
    """Remove a file if a signal ends the process meanwhile; then the signal does what it did before."""
    owner = os.getpid()

    def remove(number: int, _: object) -> None:
        # A process that was forked meanwhile has this handler too.
        if os.getpid() == owner:
            file.unlink(missing_ok=True)
        signal.signal(number, before[number])
        signal.raise_signal(number)

    before = {number: signal.getsignal(number) for number in _ENDING}
    before = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, remove)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _errors_name(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _named(error, path) from error


def _named(error: OSError, path: str) -> OSError:
    return OSError(error.errno, error.strerror or str(error), path)

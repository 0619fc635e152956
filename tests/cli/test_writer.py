"""A file is written whole or not at all, and stays what it was: its mode, its owner, its links."""

from __future__ import annotations

import os
import signal
import stat
import threading
from pathlib import Path

import pytest

from ftschema.cli import writer
from ftschema.cli.writer import NewFile

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="modes, owners, links and signals are those of POSIX"),
    pytest.mark.usefixtures("folder"),
]


def _write(path: str, data: bytes = b"new", **options: object) -> None:
    with NewFile(path, **options) as file:  # type: ignore[arg-type]  # options are those of the test
        file.write(data)


def _names(folder: str = ".") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_new_file() -> None:
    """A new file has the rights of any new file, and nothing else is left in its folder."""
    _write("file")
    Path("other").touch()
    assert Path("file").read_bytes() == b"new"
    assert Path("file").stat().st_mode == Path("other").stat().st_mode
    assert _names() == ["file", "other"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_mode(mode: int) -> None:
    """A file that is replaced keeps its mode, and is private until it is complete."""
    Path("file").write_bytes(b"old")
    Path("file").chmod(mode)
    with NewFile("file") as file:
        file.write(b"new")
        (temporary,) = Path().glob(".*")
        assert stat.S_IMODE(temporary.stat().st_mode) == mode
        assert Path("file").read_bytes() == b"old"
    assert (stat.S_IMODE(Path("file").stat().st_mode), Path("file").read_bytes()) == (mode, b"new")


def test_replacement(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file is private until it has the rights of the old one, and is on the disk before it has its name."""
    Path("file").write_bytes(b"old")
    done: list[object] = []

    def copied(real: str, _: object, temporary: Path) -> None:
        done.append((Path(real).name, stat.S_IMODE(temporary.stat().st_mode)))

    monkeypatch.setattr(writer, "_copy_rights", copied)
    monkeypatch.setattr(os, "fsync", lambda _: done.append(Path("file").read_bytes()))
    _write("file")
    assert done == [("file", 0o600), b"old"]


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the system has no names for streams")
def test_stream() -> None:
    """A stream that is open already is written itself, even if it leads to a file."""
    with Path("file").open("wb") as file:
        _write(f"/dev/fd/{file.fileno()}")
        assert os.fstat(file.fileno()).st_nlink == 1
        assert os.path.samestat(os.fstat(file.fileno()), Path("file").stat())
    assert Path("file").read_bytes() == b"new"


def test_write_protection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be written is not replaced, even if its folder may be written."""
    Path("file").write_bytes(b"old")
    # Root may write everything.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK or Path(path).name != "file")
    with pytest.raises(PermissionError, match="Permission denied: 'file'"):
        _write("file")
    assert (_names(), Path("file").read_bytes()) == (["file"], b"old")


def test_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is replaced keeps its owner and group; one that cannot keep them is not replaced."""
    Path("file").write_bytes(b"old")
    real = Path("file").stat()
    asked: list[tuple[int, int]] = []

    def another_user(path: Path) -> os.stat_result:
        status = os.stat(path)  # noqa: PTH116  # the method is replaced
        return os.stat_result([*status[:4], status.st_uid + path.name.startswith("."), *status[5:]])

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as patched:
        # Only root can give a file away.
        patched.setattr(Path, "stat", another_user)
        patched.setattr(os, "chown", lambda _, uid, gid: asked.append((uid, gid)))
        _write("file")
        patched.setattr(os, "chown", refused)
        with pytest.raises(PermissionError, match="its owner or group could not be kept: 'file'"):
            _write("file", b"newer")
    assert asked == [(real.st_uid, real.st_gid)]
    assert (Path("file").read_bytes(), _names()) == (b"new", ["file"])


def test_link() -> None:
    """A link stays one; what it leads to is written."""
    Path("folder").mkdir()
    Path("folder/file").write_bytes(b"old")
    for name in ("file", "later"):
        Path(name).symlink_to(f"folder/{name}")
        _write(name)
        assert Path(name).is_symlink()
        assert Path("folder", name).read_bytes() == b"new"
    assert _names("folder") == ["file", "later"]


def test_hard_links() -> None:
    """A file that has other hard links is not replaced, which would leave them with the old content."""
    Path("file").write_bytes(b"old")
    Path("other").hardlink_to("file")
    with pytest.raises(OSError, match="it has 2 hard links"):
        _write("file")
    assert Path("other").samefile("file")
    assert _names() == ["file", "other"]


@pytest.mark.parametrize("length", [1, 250, 255])
def test_long_name(length: int) -> None:
    """A name may be as long as the file system allows."""
    _write("n" * length)
    _write("n" * length, b"newer")
    assert (_names(), Path("n" * length).read_bytes()) == (["n" * length], b"newer")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
@pytest.mark.parametrize("old", [b"old", None])
def test_error(error: type[BaseException], old: bytes | None) -> None:
    """After an error the old file is there, or none, and no other one."""
    if old is not None:
        Path("file").write_bytes(old)
    before = _names()

    def _fail() -> None:
        with NewFile("file") as file:
            file.write(b"new")
            raise error

    with pytest.raises(error):
        _fail()
    assert _names() == before
    assert old is None or Path("file").read_bytes() == old


def test_not_complete() -> None:
    """A file that is not complete is not kept."""
    with NewFile("file") as file:
        file.write(b"new")
        file.complete = False
    assert _names() == []


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("forked", [False, True])
def test_signals(monkeypatch: pytest.MonkeyPatch, name: str, *, forked: bool) -> None:
    """A signal that ends the process removes what is not complete, in the process that writes it and in no other."""
    number = getattr(signal, name)
    seen = []
    before = signal.signal(number, lambda *_: seen.append(_names()))
    try:
        with NewFile("outer") as outer, NewFile("inner") as inner:
            assert len(_names()) == 2
            if forked:
                monkeypatch.setattr(os, "getpid", lambda: 0)
            signal.raise_signal(number)
            outer.complete = inner.complete = False
        assert seen == [[*seen[0]]]
        assert len(seen[0]) == (2 if forked else 0)
    finally:
        signal.signal(number, before)


def test_ignored_signal() -> None:
    """A signal that is ignored, as below nohup, stays so."""
    ended = signal.getsignal(signal.SIGTERM)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with NewFile("file") as file:
            signal.raise_signal(signal.SIGHUP)
            file.write(b"new")
            assert signal.getsignal(signal.SIGTERM) != ended
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) == ended
    finally:
        signal.signal(signal.SIGHUP, before)
    assert Path("file").read_bytes() == b"new"


def test_pipe() -> None:
    """A pipe is written directly, and is still one; what is guarded must be a regular file."""
    os.mkfifo("pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_bytes()))
    reader.start()
    _write("pipe")
    reader.join()
    assert got == [b"new"]
    assert Path("pipe").is_fifo()
    with pytest.raises(OSError, match="it is not a regular file"):
        _write("pipe", guarded=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
@pytest.mark.parametrize("size", [1, 1_000_000])
def test_full(size: int) -> None:
    """A disk that is full is an error that names the file, whenever it is found out."""
    with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
        _write("/dev/full", b"x" * size)


def test_guarded() -> None:
    """What is guarded gets its folders, and leaves a file alone that came or changed while it was written."""
    _write("new/folder/file", guarded=True)

    def _write_while_another_does(name: str) -> None:
        with NewFile(name, guarded=True) as file:
            file.write(b"newer")
            Path(name).write_bytes(b"mine, longer")

    for name in ("new/folder/file", "later"):
        with pytest.raises(OSError, match=f"it was changed in the meantime: '{name}'"):
            _write_while_another_does(name)
        assert Path(name).read_bytes() == b"mine, longer"
    assert (_names("new/folder"), _names()) == (["file"], ["later", "new"])


def test_inside() -> None:
    """A file that would be outside of its folder is refused, also if a link came while it was written."""
    Path("out").mkdir()
    Path("elsewhere").mkdir()
    Path("out/link").symlink_to("../elsewhere")

    def _write_while_a_link_comes() -> None:
        with NewFile("out/a/file", "out", guarded=True) as file:
            file.write(b"new")
            Path("out/a").rename("out/b")
            Path("out/a").symlink_to("../elsewhere")

    for name in ("out/../file", "out/link/file", "file"):
        with pytest.raises(OSError, match="it is not inside out"):
            _write(name, inside="out", guarded=True)
    with pytest.raises(OSError, match="it is not inside out"):
        _write_while_a_link_comes()
    assert _names("elsewhere") == []
    _write("out/c/file", inside="out", guarded=True)
    assert Path("out/c/file").read_bytes() == b"new"

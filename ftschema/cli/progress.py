"""A line on a terminal that says how far a long run is.

It never takes more than one row. The bar of click does at most widths: nothing limits its label and its text.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Self

import click
from attrs import define, field

from ftschema.cli.formats.carets import cut

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


def progress(label: str, total: int, status: Callable[[float], str]) -> AbstractContextManager[ProgressLine | None]:
    """Return a line on the standard error for a run that begins now; None in its place if that is not a terminal.

    Args:
        label: What is worked on.
        total: The size of the work, in any unit; more than none.
        status: Returns a sentence on the work so far, given the seconds since the beginning.
    """
    return ProgressLine(label, total, status) if sys.stderr and sys.stderr.isatty() else nullcontext()


@define
class ProgressLine:
    """The line; it is erased at the end of a `with` statement."""

    label: str
    total: int
    status: Callable[[float], str]
    _start: float = field(factory=time.monotonic, init=False)

    def __enter__(self) -> Self:
        return self

    def show(self, done: int) -> None:
        """Show the line, given the size of the work that is done."""
        # The last column stays free, because some terminals wrap when it is written.
        width = (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1
        seconds = max(time.monotonic() - self._start, 0.001)
        # The file may have grown.
        done = min(done, self.total)
        minutes, rest = divmod(round(seconds * (self.total - done) / max(done, 1)), 60)
        label = cut(self.label, width // 3)
        text = f"{label}: {done / self.total:.0%}, {minutes}:{rest:02} left, {self.status(seconds)}"
        click.echo(f"\r{cut(text, width)}\x1b[K", nl=False, err=True)

    def erase(self) -> None:
        """Erase the line, so that something else can be printed."""
        click.echo("\r\x1b[K", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        self.erase()

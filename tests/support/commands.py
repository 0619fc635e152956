"""Runs of the command: in this process, and in one of its own."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from ftschema.cli.main import main

if TYPE_CHECKING:
    from click.testing import Result


def run_cli(*arguments: object, data: Any = None, env: dict[str, str] | None = None) -> Result:
    """Return what a run in this process gave, after making sure that it did not end by an error of its own."""
    result = CliRunner().invoke(main, [*map(str, arguments)], input=data, env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def run_process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Return what a run in a process of its own gave."""
    command = [sys.executable, "-m", "ftschema", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, **options)


def timeless(text: str) -> str:
    """Return the output of a format without times, which differ from run to run."""
    return re.sub(r' time(stamp)?="[^"]*"|<time .*?</time>', "", text)


class Terminal(io.BytesIO):
    """A standard input at which somebody may type."""

    def isatty(self) -> bool:
        """Return that it is a terminal."""
        return True

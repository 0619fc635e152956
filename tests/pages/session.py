"""A terminal session as an SVG picture: the output of commands on a real terminal.

`PYTHONPATH=tests python -m pages.session` writes the picture of the README.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "tests" / "examples" / "session.svg"
COMMANDS = (
    ("ftschema", "check", "tests/examples/replies.jsonl", "tests/examples/faulty.json"),
    ("ftschema", "explain", "/hyperparameters/n_epochs"),
)
COLUMNS = 100

_CELL, _LINE, _MARGIN = 8.4, 19, 14
_PAPER, _INK = "#1d2021", "#ebdbb2"
# An escape sequence of a terminal. The picture shows colors and weights.
_SEQUENCE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])")
_STYLES = {
    "1": "font-weight:bold",
    "2": "opacity:.7",
    "3": "font-style:italic",
    "4": "text-decoration:underline",
    **{
        f"{kind}{number}": f"fill:{color}"
        for kind in "39"
        for number, color in enumerate(
            ("#928374", "#fb4934", "#b8bb26", "#fabd2f", "#83a598", "#d3869b", "#8ec07c", "#ebdbb2")
        )
    },
}

# A run of characters of one style, and the runs of a line.
Run = tuple[str, tuple[str, ...]]
Row = tuple[Run, ...]


def printed(command: Sequence[str]) -> str:
    """Return the output of a command of this environment on a terminal, escape sequences included."""
    inside, outside = pty.openpty()
    termios.tcsetwinsize(outside, (50, COLUMNS))
    plain = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    environment = {**plain, "TERM": "xterm-256color", "PYTHONUTF8": "1"}
    program = [sys.executable, "-m", *command]
    with subprocess.Popen(program, cwd=ROOT, stdin=outside, stdout=outside, stderr=outside, env=environment):
        os.close(outside)
        chunks = []
        while chunk := _read(inside):
            chunks.append(chunk)
    os.close(inside)
    return b"".join(chunks).decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux reports the closed other end as an error.
        return b""


def rows(text: str) -> list[Row]:
    """Return the rows of a text on a terminal of `COLUMNS` columns."""
    wrapped: list[Row] = []
    styles: tuple[str, ...] = ()
    for line in text.removesuffix("\n").split("\n"):
        runs: list[Run] = []
        position = 0
        for sequence in _SEQUENCE.finditer(line):
            runs.append((line[position : sequence.start()], styles))
            position = sequence.end()
            if sequence[2] == "m":
                styles = _styled(styles, sequence[1])
        runs.append((line[position:], styles))
        wrapped += _wrapped([run for run in runs if run[0]])
    return wrapped


def _styled(styles: tuple[str, ...], codes: str) -> tuple[str, ...]:
    for code in codes.split(";"):
        if code in _STYLES:
            styles = (*styles, _STYLES[code])
        elif code in {"", "0"}:
            styles = ()
    return styles


def _wrapped(runs: list[Run]) -> Iterator[Row]:
    characters = [(character, styles) for text, styles in runs for character in text]
    for start in range(0, max(len(characters), 1), COLUMNS):
        row: list[Run] = []
        for character, styles in characters[start : start + COLUMNS]:
            if row and row[-1][1] == styles:
                row[-1] = (row[-1][0] + character, styles)
            else:
                row.append((character, styles))
        yield tuple(row)


def session() -> list[Row]:
    """Return the rows of the whole session: each command after a prompt, and its output."""
    shown: list[Row] = []
    for command in COMMANDS:
        shown += [(("$ ", (_STYLES["32"],)), (" ".join(command), (_STYLES["1"],))), *rows(printed(command)), ()]
    return shown[:-1]


def picture(shown: Sequence[Row]) -> str:
    """Return rows of a terminal as SVG."""
    width, height = round(COLUMNS * _CELL) + 2 * _MARGIN, len(shown) * _LINE + 2 * _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
        f"<title>{escape('; '.join(' '.join(command) for command in COMMANDS))}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{_PAPER}"/>',
        f'<g fill="{_INK}" font-family="ui-monospace,Menlo,Consolas,monospace" font-size="14" xml:space="preserve">',
    ]
    for number, row in enumerate(shown):
        runs = "".join(_drawn(text, styles) for text, styles in row)
        length = round(sum(len(text) for text, _ in row) * _CELL, 1)
        place = f'x="{_MARGIN}" y="{_MARGIN + (number + 0.75) * _LINE:g}"'
        lines.append(f'<text {place} textLength="{length:g}">{runs}</text>' if row else f"<text {place}/>")
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _drawn(text: str, styles: tuple[str, ...]) -> str:
    # Two spaces would be one, in a picture that a page shows.
    shown = escape(text, quote=False).replace(" ", "\N{NO-BREAK SPACE}")
    return f'<tspan style="{";".join(styles)}">{shown}</tspan>' if styles else shown


if __name__ == "__main__":
    PICTURE.write_text(picture(session()), encoding="utf-8")

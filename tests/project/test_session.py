"""The picture of a terminal session shows what the commands print."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("termios", reason="a terminal of POSIX is needed")
session = pytest.importorskip("pages.session")

_SVG = "{http://www.w3.org/2000/svg}"
_here = pytest.mark.skipif(not (session.ROOT / "README.md").exists(), reason="these tests stand apart from the project")


@_here
def test_picture() -> None:
    """The picture is what the script makes of the commands now."""
    assert session.PICTURE.read_text(encoding="utf-8") == session.picture(session.session())


@_here
def test_text() -> None:
    """Read as text, the picture has each command after a prompt, and all that it prints on a terminal."""
    drawn = ["".join(row.itertext()) for row in ET.parse(session.PICTURE).iter(f"{_SVG}text")]  # noqa: S314  # our own
    shown = "".join(drawn).replace("\N{NO-BREAK SPACE}", " ")
    for command in session.COMMANDS:
        text = re.sub(r"\x1b\[[0-9;]*m", "", session.printed(command))
        assert f"$ {' '.join(command)}{text}".replace("\n", "") in shown


def test_light() -> None:
    """The picture is one small file: no script, and nothing that is fetched."""
    text = session.PICTURE.read_text(encoding="utf-8")
    assert len(text) < 20_000
    assert "href" not in text
    assert {one.tag.removeprefix(_SVG) for one in ET.fromstring(text).iter()} <= {  # noqa: S314  # our own
        *("svg", "title", "rect", "g", "text", "tspan")
    }


def test_styles() -> None:
    """Colours and weights are kept until they are reset, over the end of a line and of a row."""
    bold, red = "font-weight:bold", "fill:#fb4934"
    assert session.rows("a\x1b[1mb\x1b[31mc\n\x1b[0md\x1b[K") == [
        (("a", ()), ("b", (bold,)), ("c", (bold, red))),
        (("d", ()),),
    ]
    long = session.rows(f"\x1b[1m{'x' * (session.COLUMNS + 1)}\x1b[m\n\ny\n")
    assert long == [(("x" * session.COLUMNS, (bold,)),), (("x", (bold,)),), (), (("y", ()),)]

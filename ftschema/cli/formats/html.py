"""The format `html`: a self-contained page, for a browser or an e-mail.

The page makes no network requests and runs no scripts, and its Content-Security-Policy forbids both.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections import Counter
from datetime import UTC, datetime
from html import escape
from importlib import resources
from importlib.metadata import version
from typing import TYPE_CHECKING

from attrs import define, field

from ftschema.cli.files import display_name
from ftschema.cli.formats.base import Format
from ftschema.cli.formats.excerpt import Excerpt, excerpt
from ftschema.core.pointer import display
from ftschema.core.report import MISSING
from ftschema.core.text import plural, printable
from ftschema.schemas.rules import meaning

if TYPE_CHECKING:
    from ftschema.cli.formats.base import CheckedDocument, Totals
    from ftschema.core.report import Problem

# The most problems on the page, which keeps browsers fast; the most rows of a table; the most fields that are counted.
_MOST_PROBLEMS, _ROWS, _FIELDS = 1_000, 12, 10_000
# How many bytes of the source line are shown before a problem, and from its offset on.
_BEFORE, _AFTER = 60, 240
_INDEX = re.compile(r"/\d+(?=/|$)")
# The problem has the pointer of the object.
_MISSING = re.compile(rf'{MISSING} "(\w+)"')


@define
class Html(Format):
    """A page with the verdict, the counts by code, field and file, and the problems in their source lines."""

    _codes: Counter[str] = field(factory=Counter, init=False)
    _fields: Counter[str] = field(factory=Counter, init=False)
    _files: Counter[str] = field(factory=Counter, init=False)
    _items: list[str] = field(factory=list, init=False)
    _listed: int = field(default=0, init=False)
    _unreadable: list[str] = field(factory=list, init=False)

    def add(self, document: CheckedDocument) -> None:
        for problem in document.report:
            self._codes[problem.code] += 1
            # Metadata may have millions of different keys.
            name = _field(problem)
            self._fields[name if name in self._fields or len(self._fields) < _FIELDS else "(other fields)"] += 1
            if self._listed < _MOST_PROBLEMS:
                self._listed += 1
                self._items.append(_item(document, problem))
        if self._listed < _MOST_PROBLEMS:
            self._items += [_note(document, note) for note in document.notes()]
        self._files[display_name(document.path)] += len(document.report.problems) + document.report.omitted

    def add_unreadable(self, path: str, reason: str) -> None:
        self._unreadable.append(f"<li><code>{_text(display_name(path))}</code> cannot be read: {_text(reason)}</li>\n")

    def end(self, totals: Totals) -> None:
        style = (resources.files("ftschema.cli.formats") / "html.css").read_text(encoding="utf-8")
        write = self.output.write
        write(
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>ftschema: {_text(totals.summary())}</title>\n<style>\n{style}</style></head>\n<body>\n"
        )
        write(_verdict(totals))
        if self._unreadable:
            files = "".join(self._unreadable)
            write(f'<section><h2>Unreadable files</h2><ul class="unreadable">\n{files}</ul></section>\n')
        if self._codes:
            write('<div class="tables">\n')
            write(_table("By code", self._codes, titles={code: meaning(code) for code in self._codes}))
            write(_table("By field", self._fields))
            write(_table("Files with most problems", self._files))
            write("</div>\n<section><h2>Problems</h2>\n<ol>\n")
            for item in self._items:
                write(item)
            write("</ol>\n")
            if totals.problems > self._listed:
                write(f'<p class="more">{plural(totals.problems - self._listed, "more problem")} not shown</p>\n')
            write("</section>\n")
        write(f"<footer><p>{_text(totals.summary())}</p>\n{_origin()}</footer>\n</body></html>\n")


def _text(text: str) -> str:
    """Return a text as HTML."""
    return escape(printable(text))


def _field(problem: Problem) -> str:
    """Return the field that is counted: any item of an array, and the key that is missing, not the object."""
    missing = _MISSING.match(problem.message)
    pointer = f"{problem.pointer}/{missing[1]}" if missing else problem.pointer
    return display(_INDEX.sub("/*", pointer))


def _origin() -> str:
    """Return when, by what and how the page was made."""
    command = shlex.join(["ftschema", *sys.argv[1:]])
    now = datetime.now(UTC)
    date = f'<time datetime="{now.isoformat(timespec="seconds")}">{now:%Y-%m-%d %H:%M} UTC</time>'
    return f"<p>{date}, ftschema {version('ftschema')}: <code>{_text(command)}</code></p>"


def _verdict(totals: Totals) -> str:
    fine = not (totals.invalid or totals.unreadable or totals.interrupted)
    word = "Interrupted" if totals.interrupted else "All valid" if fine else "Not all valid"
    rows = [
        ("checked", totals.checked),
        ("valid", totals.checked - totals.invalid),
        ("invalid", totals.invalid),
        ("problems", totals.problems),
        ("unreadable", totals.unreadable),
    ]
    cells = "".join(f'<div class="{name}"><dt>{name}</dt><dd>{number:,}</dd></div>' for name, number in rows)
    about = f"fine_tuning.job objects against the contract <b>{_text(totals.contract)}</b>"
    return f'<header class="{"fine" if fine else "bad"}"><h1>{word}</h1><p>{about}</p><dl>{cells}</dl></header>\n'


def _table(title: str, counts: Counter[str], titles: dict[str, str] | None = None) -> str:
    rows = []
    [(_, most)] = counts.most_common(1)
    for name, number in counts.most_common(_ROWS):
        hint = f' title="{_text(titles[name])}"' if titles else ""
        bar = f'<div class="bar"><div style="width: {100 * number / most:.1f}%"></div></div>'
        rows.append(f"<tr><th{hint}><code>{_breakable(name)}</code></th><td>{number:,}</td><td>{bar}</td></tr>\n")
    if len(counts) > _ROWS:
        rest = counts.total() - sum(number for _, number in counts.most_common(_ROWS))
        rows.append(f"<tr><th>{len(counts) - _ROWS:,} more</th><td>{rest:,}</td><td></td></tr>\n")
    return f"<section><h2>{title}</h2><table>\n{''.join(rows)}</table></section>\n"


def _item(document: CheckedDocument, problem: Problem) -> str:
    source = ""
    if problem.offset is not None and document.text is not None:
        source = _source(excerpt(document.text, problem.offset, _BEFORE, _AFTER), problem.line)
    return (
        f'<li class="{problem.severity}"><p><span class="code">{_text(problem.code)}</span> '
        f'<code class="pointer">{_breakable(display(problem.pointer))}</code> '
        f'<span class="place">{_text(document.place(problem))}</span></p>\n'
        f"<p>{_text(problem.message)}</p>{source}</li>\n"
    )


def _note(document: CheckedDocument, note: str) -> str:
    place = _text(document.place())
    return f'<li class="note"><p><span class="place">{place}</span>{_text(note)}</p></li>\n'


def _breakable(pointer: str) -> str:
    return _text(pointer).replace("/", "/<wbr>")


def _source(part: Excerpt, line: int | None) -> str:
    marked = f"{_text(part.before)}<mark>{_text(part.marked) or ' '}</mark>{_text(part.after)}"
    return f'\n<pre><span class="number">{line}</span>{marked}</pre>'

"""The format `html`: one page of a run that needs nothing else, for a browser or an e-mail.

It asks for nothing over the network and runs no script, and tells the browser to allow neither.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from attrs import define, field

from ftschema.cli.files import shown
from ftschema.cli.formats.base import Format
from ftschema.cli.formats.excerpt import Excerpt, excerpt
from ftschema.core.pointer import called
from ftschema.core.text import count, printable
from ftschema.schemas.rules import meaning

if TYPE_CHECKING:
    from ftschema.cli.formats.base import Document, Totals
    from ftschema.core.report import Problem

# How many problems are on the page, each with its source; a browser stays quick. How many rows a table has, and how
# many different fields are counted.
_FAULTS, _ROWS, _FIELDS = 1_000, 12, 10_000
# How many bytes of a source line are shown before a place and from there on.
_BEFORE, _AFTER = 60, 240
_INDEX = re.compile(r"/\d+(?=/|$)")


@define
class Html(Format):
    """A page: the verdict, counts by code, by field and by file, and the problems in their source lines."""

    wants_text: bool = field(default=True, init=False)
    _codes: Counter[str] = field(factory=Counter, init=False)
    _fields: Counter[str] = field(factory=Counter, init=False)
    _files: Counter[str] = field(factory=Counter, init=False)
    _faults: list[str] = field(factory=list, init=False)
    _listed: int = field(default=0, init=False)
    _unreadable: list[str] = field(factory=list, init=False)

    def add(self, document: Document) -> None:
        for problem in document.report:
            self._codes[problem.code] += 1
            # A key may be anything, and there may be millions of them.
            place = called(_INDEX.sub("/*", problem.pointer))
            self._fields[place if place in self._fields or len(self._fields) < _FIELDS else "(other fields)"] += 1
            if self._listed < _FAULTS:
                self._listed += 1
                self._faults.append(_fault(document, problem))
        if self._listed < _FAULTS:
            self._faults += [_note(document, note) for note in document.notes()]
        self._files[shown(document.path)] += len(document.report.problems) + document.report.omitted

    def add_unreadable(self, path: str, reason: str) -> None:
        self._unreadable.append(f"<li><code>{escape(shown(path))}</code> cannot be read: {escape(reason)}</li>\n")

    def end(self, totals: Totals) -> None:
        style = (files("ftschema.cli.formats") / "html.css").read_text(encoding="utf-8")
        write = self.sink.write
        write(
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>ftschema: {escape(totals.summary())}</title>\n<style>\n{style}</style></head>\n<body>\n"
        )
        write(_verdict(totals))
        if self._unreadable:
            write(f'<section><h2>Not read</h2><ul class="unreadable">\n{"".join(self._unreadable)}</ul></section>\n')
        if self._codes:
            write('<div class="tables">\n')
            write(_table("By code", self._codes, titles={code: meaning(code) for code in self._codes}))
            write(_table("By field", self._fields))
            write(_table("Worst files", self._files))
            write("</div>\n<section><h2>Problems</h2>\n<ol>\n")
            for fault in self._faults:
                write(fault)
            write("</ol>\n")
            if totals.problems > self._listed:
                write(f'<p class="more">{count(totals.problems - self._listed, "more problem")} not shown</p>\n')
            write("</section>\n")
        write(f"<footer>{escape(totals.summary())}</footer>\n</body></html>\n")


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
    about = f"fine_tuning.job objects against the contract <b>{escape(totals.contract)}</b>"
    return f'<header class="{"fine" if fine else "bad"}"><h1>{word}</h1><p>{about}</p><dl>{cells}</dl></header>\n'


def _table(title: str, counts: Counter[str], titles: dict[str, str] | None = None) -> str:
    rows = []
    [(_, most)] = counts.most_common(1)
    for name, number in counts.most_common(_ROWS):
        hint = f' title="{escape(titles[name])}"' if titles else ""
        bar = f'<div class="bar"><div style="width: {100 * number / most:.1f}%"></div></div>'
        rows.append(f"<tr><th{hint}><code>{_breakable(name)}</code></th><td>{number:,}</td><td>{bar}</td></tr>\n")
    if len(counts) > _ROWS:
        rest = counts.total() - sum(number for _, number in counts.most_common(_ROWS))
        rows.append(f"<tr><th>{len(counts) - _ROWS:,} more</th><td>{rest:,}</td><td></td></tr>\n")
    return f"<section><h2>{title}</h2><table>\n{''.join(rows)}</table></section>\n"


def _fault(document: Document, problem: Problem) -> str:
    place = _place(document, problem.line or document.line, problem.column)
    source = (
        "" if problem.offset is None else _source(excerpt(document.text, problem.offset, _BEFORE, _AFTER), problem.line)
    )
    return (
        f'<li class="{problem.severity}"><p><span class="code">{escape(problem.code)}</span> '
        f'<code class="pointer">{_breakable(called(problem.pointer))}</code> '
        f'<span class="place">{escape(place)}</span></p>\n<p>{escape(problem.message)}</p>{source}</li>\n'
    )


def _note(document: Document, note: str) -> str:
    place = _place(document, document.line)
    return f'<li class="note"><p><span class="place">{escape(place)}</span>{escape(printable(note))}</p></li>\n'


def _place(document: Document, *numbers: int | None) -> str:
    return ":".join([shown(document.path), *(str(number) for number in numbers if number)])


def _breakable(pointer: str) -> str:
    return escape(pointer).replace("/", "/<wbr>")


def _source(found: Excerpt, line: int | None) -> str:
    marked = f"{escape(found.before)}<mark>{escape(found.marked) or ' '}</mark>{escape(found.after)}"
    return f'\n<pre><span class="number">{line}</span>{marked}</pre>'

"""The page of a coverage report: every location of a contract, with its features in green or red.

The page makes no network requests and runs no scripts, and its Content-Security-Policy forbids both.
"""

from __future__ import annotations

from html import escape
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING

from ftschema.analysis.features import by_kind
from ftschema.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from ftschema.analysis.features import Feature
    from ftschema.core.literals import ContractName


def page(
    contract: ContractName,
    summary: str,
    features: Sequence[Feature],
    covered: Collection[Feature],
    calls: Mapping[Feature, str],
) -> str:
    """Return the page of some features, with the calls that cover what was missed."""
    style = (resources.files("ftschema.analysis") / "coverage_page.css").read_text(encoding="utf-8")
    head = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Coverage of {_text(contract)}</title>\n<style>\n{style}</style></head>\n<body>\n"
    )
    rows = (_location(pointer, list(found), covered, calls) for pointer, found in groupby(features, _pointer))
    header = f"<header><h1>Coverage of {_text(contract)}</h1><p>{_text(summary)}</p></header>\n"
    return f"{head}{header}{''.join(_kinds(features, covered))}<main>\n{''.join(rows)}</main>\n</body></html>\n"


def _kinds(features: Sequence[Feature], covered: Collection[Feature]) -> Iterator[str]:
    yield "<table>\n<tr><th>kind</th><th>features</th><th>missed</th><th>cover</th></tr>\n"
    for kind, found in {**by_kind(features), "total": list(features)}.items():
        if found:
            missed = sum(one not in covered for one in found)
            share = 100 * (len(found) - missed) // len(found)
            yield f"<tr><th>{kind}</th><td>{len(found)}</td><td>{missed}</td><td>{share}%</td></tr>\n"
    yield "</table>\n"


def _pointer(feature: Feature) -> str:
    return "Rules" if feature.kind == "rule" else feature.pointer or "The whole job"


def _location(
    pointer: str, found: Sequence[Feature], covered: Collection[Feature], calls: Mapping[Feature, str]
) -> str:
    missed = [one for one in found if one not in covered]
    marks = " ".join(f'<span class="{"hit" if one in covered else "miss"}">{_text(one.word)}</span>' for one in found)
    lines = "".join(
        f"<dt>{_text(one.word)}</dt><dd><code>{_text(calls[one])}</code></dd>\n" for one in missed if one in calls
    )
    more = f"<details><summary>calls</summary><dl>\n{lines}</dl></details>" if lines else ""
    state = "hit" if not missed else "miss" if len(missed) == len(found) else "part"
    depth = max(pointer.count("/") - 1, 0)
    return f'<section class="{state}" style="--depth: {depth}"><h2>{_text(pointer)}</h2> {marks}{more}</section>\n'


def _text(text: str) -> str:
    """Return a text as HTML."""
    return escape(printable(text))

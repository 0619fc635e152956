"""The measurements, as a table for the README and as a plot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARKS = "<!-- measured -->", "<!-- end -->"


def table(ratios: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table of ratios, in Markdown."""
    yield "| call | compared with | our time / its time: least, median | µs | the least, otherwise |"
    yield "|---|---|---|---|---|"
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in ratios:
        groups.setdefault(row["what"], []).append(row)
    for what, (row, *others) in groups.items():
        note = f" ({row['note']})" if row["note"] else ""
        more = "; ".join(f"{_different(other, row)} {_short(other['least'])}" for other in others)
        first = f"{row['variation']} " if row.get("variation") else ""
        yield (
            f"| `{what}` | {row['against']}{note} | {first}{_short(row['least'])}, {_short(row['median'])} | "
            f"{_short(row['microseconds'])} | {more} |"
        )


def _different(row: dict[str, Any], first: dict[str, Any]) -> str:
    """Return how a row differs from the first one of its call."""
    names = [row.get("variation", ""), row["against"] if row["against"] != first["against"] else ""]
    return " / ".join(filter(None, names))


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"  # two digits are enough


def written(readme: str, ratios: list[dict[str, Any]]) -> str:
    """Return the README with the table in its place."""
    lines = "\n".join([_MARKS[0], *table(ratios), _MARKS[1]])
    return re.sub(f"{_MARKS[0]}.*?{_MARKS[1]}", lambda _: lines, readme, flags=re.DOTALL)


def plot(ratios: list[dict[str, Any]], growth: list[dict[str, Any]], path: Path) -> None:
    """Draw the ratios with their bars and aims, and the growth of cost, as SVG."""
    import matplotlib as mpl  # noqa: PLC0415  # the tests need the table only
    from matplotlib import pyplot as plt  # noqa: PLC0415

    mpl.rcParams.update({"svg.hashsalt": "ftschema", "svg.fonttype": "none"})
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 11), layout="constrained")
    rows = ratios[::-1]
    names = [f"{row['what']} / {row['against']}: {row.get('variation', '')}".rstrip(": ") for row in rows]
    left.barh(names, [row["least"] for row in rows], color="#4c72b0")
    places = range(len(rows))
    left.plot([row["bar"] for row in rows], places, "|", color="#c44e52", markersize=14, label="bar")
    left.plot([row["aim"] for row in rows], places, "|", color="#55a868", markersize=14, label="aim")
    left.set(xscale="log", xlabel="times as long")
    left.legend()
    for what in dict.fromkeys(row["what"] for row in growth):
        points = [row for row in growth if row["what"] == what]
        right.plot([row["size"] for row in points], [row["microseconds"] for row in points], "o-", label=what)
    right.set(xscale="log", yscale="log", xlabel="how many", ylabel="µs")
    right.legend()
    figure.savefig(path, metadata={"Date": None})

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
    yield "| call | compared with | our time / its time: least, median | µs |"
    yield "|---|---|---|---|"
    for row in ratios:
        note = f" ({row['note']})" if row["note"] else ""
        yield (
            f"| `{row['what']}` | {row['against']}{note} | {_short(row['least'])}, {_short(row['median'])} | "
            f"{_short(row['microseconds'])} |"
        )


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
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    rows = ratios[::-1]
    left.barh([f"{row['what']} / {row['against']}" for row in rows], [row["least"] for row in rows], color="#4c72b0")
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

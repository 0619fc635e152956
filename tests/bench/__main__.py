"""Measures everything, and writes what the README and the plot show: `PYTHONPATH=tests python -m bench`.

With `--guard` it writes nothing, but compares the ratios in memory with those of the results, and names what is slower.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from math import inf
from pathlib import Path
from typing import Any

from attrs import asdict

from bench import growth, rows, shown

# Medians of many rounds that take turns differ by a tenth from run to run.
_MARGIN = 1.4
_HERE = Path(__file__).parent
_README = _HERE.parents[1] / "README.md"
_PEERS = (
    *("attrs", "cattrs", "check-jsonschema", "fastjsonschema", "hypothesis", "jsonschema", "jsonschema-rs"),
    *("msgspec", "openai", "orjson", "polyfactory", "pydantic"),
)


def main(rounds: int) -> None:
    """Measure, write the results, and say them."""
    ratios = []
    for ratio in rows.ratios(rounds):
        ratios.append(asdict(ratio))
        mark = "aim" if ratio.least <= ratio.aim else "bar" if ratio.least <= ratio.bar else "over the bar"
        print(f"{ratio.what:28} {ratio.against:34} {ratio.least:8.3g} {ratio.median:8.3g}  {mark}")  # noqa: T201
    grown = [asdict(one) for one in growth.growth()]
    results = {
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PEERS},
        "ratios": ratios,
        "growth": grown,
    }
    (_HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    _README.write_text(shown.written(_README.read_text(encoding="utf-8"), ratios), encoding="utf-8")
    shown.plot(ratios, grown, _HERE / "results.svg")


def guard(rounds: int, known: list[dict[str, Any]]) -> int:
    """Say which ratios are larger than the known ones by more than the margin, and return how many."""
    before = {(row["what"], row["against"], row.get("variation", "")): row["median"] for row in known}
    slower = 0
    for ratio in rows.in_memory(rounds):
        name = ratio.what, ratio.against, ratio.variation
        if ratio.median > _MARGIN * before.get(name, inf):
            slower += 1
            print(f"{': '.join(filter(None, name))}: {before[name]:.3g} before, {ratio.median:.3g} now")  # noqa: T201
    return slower


if __name__ == "__main__":
    number = next((int(one) for one in sys.argv[1:] if one.isdigit()), 0)
    if "--guard" in sys.argv:
        known = json.loads((_HERE / "results.json").read_text(encoding="utf-8"))["ratios"]
        sys.exit(guard(number or 101, known) > 0)
    main(number or 25)

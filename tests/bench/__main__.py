"""Measures everything, and writes what the README and the plot show: `PYTHONPATH=tests python -m bench`."""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from attrs import asdict

from bench import growth, rows, shown

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


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)

"""Valid jobs that reach every branch of the newest published structure between them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_suffix(".json")


def bases() -> dict[str, Any]:
    """Return the jobs by name, fresh on every call."""
    jobs: dict[str, Any] = json.loads(_FILE.read_bytes())
    return jobs

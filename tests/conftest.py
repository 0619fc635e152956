"""Hypothesis profiles, and the fixtures of several rooms.

`HYPOTHESIS_PROFILE` chooses how many examples a property gets: `fast` (the default), `ci` or `proof`.
"""

from __future__ import annotations

import os

from hypothesis import settings

# No profile has a deadline: a test that is slow on a busy machine does not break a promise.
for name, number in (("fast", 20), ("ci", 100), ("proof", 1_000)):
    settings.register_profile(name, max_examples=number, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

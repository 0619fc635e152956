"""The words of a fine-tuning job that more than one module needs: its statuses, methods and groups of keys.

All are names of the wire. Schemas may allow fewer words, or more.
"""

from __future__ import annotations

from typing import Final

JOB_OBJECT: Final = "fine_tuning.job"
"""The `object` of a job; those of its events and checkpoints begin with it."""

WAITING: Final = ("created", "pending", "validating_files", "queued", "running")
"""Statuses of a job that has not ended, in the order in which a job may have them."""
ENDED_EARLY: Final = ("failed", "cancelled")
UNFINISHED: Final = (*WAITING, *ENDED_EARLY)
TERMINAL: Final = ("succeeded", *ENDED_EARLY)
"""Statuses in which a job stays; the usual one first."""
USUAL_STATUSES: Final = ("validating_files", "queued", "running", *TERMINAL)
"""The statuses that OpenAI's API sends now."""

METHODS: Final = ("supervised", "dpo", "reinforcement")
"""The types of a method; each is also the key of the method's settings."""

SETTINGS: Final = ("n_epochs", "batch_size", "learning_rate_multiplier")
"""The hyperparameters that a job may have both at the top level and in its method."""

ERROR_KEYS: Final = ("code", "message", "param")
"""The keys of the error of a failed job."""

TIME_KEYS: Final = ("created_at", "finished_at", "estimated_finish", "updated_at")
"""The keys of a job that hold times."""

"""The statuses, methods and groups of keys that several modules need, and the habits of each vendor.

All are names of the wire. A contract may allow fewer or more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

JOB_OBJECT: Final = "fine_tuning.job"
"""The `object` of a job; those of its events and checkpoints begin with it."""

BEFORE_TRAINING: Final = ("created", "pending", "validating_files", "queued")
WAITING: Final = (*BEFORE_TRAINING, "running")
"""Statuses of a job that has not ended, in the order in which a job may have them."""
ENDED_EARLY: Final = ("failed", "cancelled")
UNFINISHED: Final = (*WAITING, *ENDED_EARLY)
PAUSED: Final = ("pausing", "paused", "resuming")
"""Statuses of a job that waits to go on. No captured job has them, so that no rule is based on them."""
TERMINAL: Final = ("succeeded", *ENDED_EARLY)
"""Statuses in which a job stays; the usual one first."""
USUAL_STATUSES: Final = ("validating_files", "queued", "running", *TERMINAL)
"""The statuses that OpenAI's API sends now."""

STATUSES: Final = (*WAITING, *PAUSED, *TERMINAL)
"""The statuses of all contracts."""

STATUS_WORDS: Final = {
    **dict.fromkeys(("completed", "complete", "finished", "done", "success", "successful"), "succeeded"),
    **dict.fromkeys(("inprogress", "processing", "training", "started", "active"), "running"),
    **dict.fromkeys(("canceled", "aborted"), "cancelled"),
    **dict.fromkeys(("error", "errored", "failure"), "failed"),
    **dict.fromkeys(("waiting", "submitted", "notrunning"), "queued"),
    **dict.fromkeys(("validating", "validatingfile"), "validating_files"),
}
"""Words of other services and of people for the statuses, in lower case and without separators."""

METHODS: Final = ("supervised", "dpo", "reinforcement")
"""The types of a method; each is also the key of the method's settings."""

SETTINGS: Final = ("n_epochs", "batch_size", "learning_rate_multiplier")
"""The hyperparameters that a job may have both at the top level and in its method."""

ERROR_KEYS: Final = ("code", "message", "param")
"""The keys of the error of a failed job."""

WIRE_ORDER: Final = (
    *("object", "id", "model", "created_at", "finished_at", "fine_tuned_model", "organization_id", "result_files"),
    *("status", "validation_file", "training_file", "hyperparameters", "trained_tokens", "error"),
    *("user_provided_suffix", "seed", "estimated_finish", "integrations", "metadata", "usage_metrics"),
    *("shared_with_openai", "eval_id", "method"),
)
"""The keys of a job in the order in which OpenAI's API sends them (all 40 captures that no client library sorted)."""

TIME_KEYS: Final = ("created_at", "finished_at", "estimated_finish", "updated_at")
"""The keys of a job that hold times."""


@frozen(eq=False)
class Vendor:
    """The habits of one vendor, as far as generated jobs follow them.

    Attributes:
        hexadecimal_ids: Whether ids end in 32 hexadecimal digits, and not in a few letters and digits.
        model_name: The name of a trained model, from the whole `model`, its `base` and an `id`.
        omits_unset: Whether keys that have no value yet are absent, and not null.
        histories: By the last status of a job, the statuses that may come before it, the simplest history first. A
            second `running` in a row is the evaluation of the trained model.
        pause: The statuses between two times of `running` if a job is paused.
        resolves_auto: Whether "auto" becomes a number once the files of a job are validated.
    """

    hexadecimal_ids: bool
    model_name: str
    omits_unset: bool
    histories: Mapping[str, tuple[tuple[str, ...], ...]]
    pause: tuple[str, ...]
    resolves_auto: bool


# Live jobs were seen in all of these statuses; a job fails while its files are validated (9 of 9 captures) or later,
# and can be cancelled at any time.
OPENAI: Final = Vendor(
    hexadecimal_ids=False,
    model_name="ft:{base}:org::{id}",
    omits_unset=False,
    histories={
        "succeeded": (
            ("validating_files", "queued", "running"),
            ("validating_files", "running"),
            # A live job of 2026-03 ran for minutes with a finish time and without a model.
            ("validating_files", "queued", "running", "running"),
            ("validating_files", "running", "running"),
        ),
        "failed": (("validating_files",), ("validating_files", "queued", "running")),
        "cancelled": (("validating_files",), ("validating_files", "queued"), ("validating_files", "queued", "running")),
    },
    # Statuses of the reference of 2026-11; no paused job was captured.
    pause=("pausing", "paused"),
    # "auto" in a creation reply, numbers 35 seconds later while the files were still validated (2025-06); numbers on
    # all 9 live jobs that are queued or running.
    resolves_auto=True,
)
# The first status is `pending` in 15 of 32 captures. Keys without a value are absent in all 17 raw ones.
AZURE: Final = Vendor(
    hexadecimal_ids=True,
    model_name="{model}.ft-{id}",
    omits_unset=True,
    histories={
        "succeeded": (("pending", "running"),),
        "failed": (("pending",), ("pending", "running")),
        "cancelled": (("pending",), ("pending", "running")),
    },
    # Statuses that Microsoft's own tool knows (2026-08); no paused job was captured.
    pause=("pausing", "paused", "resuming"),
    resolves_auto=False,
)

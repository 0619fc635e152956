"""The words that type checkers know, so that `job.status == "faild"` and `check(payload, "azur")` are errors.

Tests hold them to the tables and the schemas.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

ContractName: TypeAlias = Literal[
    "observed",
    "azure",
    "2023-10-05",
    "2023-11-06",
    "2024-04-09",
    "2024-04-30",
    "2024-12-18",
    "2025-03-11",
    "2026-05-13",
    "2026-07-15",
    "2026-11-10",
    "rust",
    "powershell",
    "dart",
    "typescript-2023",
    "typescript-2024",
]
"""The name of a contract."""

Status: TypeAlias = Literal[
    "created",
    "validating_files",
    "pending",
    "queued",
    "running",
    "pausing",
    "paused",
    "resuming",
    "succeeded",
    "failed",
    "cancelled",
]
"""A status of a job, by any contract that lists the statuses."""

Severity: TypeAlias = Literal["error", "warning"]
"""The severity of a problem; a warning leaves a report `ok`."""

Code: TypeAlias = Literal[
    "type",
    "required",
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "maxProperties",
    "additionalProperties",
    "ambiguous-key",
    "unknown-key",
    "json-syntax",
    "json-not-an-object",
    "json-empty",
    "json-encoding",
    "json-bom",
    "json-duplicate-key",
    "json-number",
    "json-surrogate",
    "json-depth",
    "json-cycle",
    "json-size",
    "json-type",
    "json-key",
    "succeeded-has-model",
    "unfinished-has-no-model",
    "succeeded-has-tokens",
    "unfinished-has-no-tokens",
    "succeeded-has-finish-time",
    "waiting-has-no-finish-time",
    "ended-early-has-no-finish-time",
    "succeeded-has-result-file",
    "succeeded-has-one-result-file",
    "unfinished-has-no-result-file",
    "failed-has-error",
    "only-failed-has-error",
    "finish-not-before-creation",
    "update-not-before-creation",
    "estimate-not-before-creation",
    "times-in-seconds",
    "method-has-its-member",
    "method-has-no-other-member",
    "hyperparameters-match-method",
    "supervised-has-hyperparameters",
    "only-supervised-has-hyperparameters",
    "succeeded-has-numbers",
    "wandb-run-is-the-job",
    "range-has-two-numbers",
    "model-is-not-a-job-id",
    "created-is-of-2023",
    "page-is-newest-first",
    "page-names-its-ends",
    "checkpoint-step-is-that-of-metrics",
    "checkpoint-step-is-that-of-name",
    "metrics-event-has-step",
    "error-event-has-code",
    "suffix-is-plain",
    "history-is-of-one-job",
    "history-is-within-the-job",
    "last-checkpoint-is-the-model",
    "ended-job-has-closing-event",
]
"""The code of a problem."""

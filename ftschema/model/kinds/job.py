"""The classes of a job and its parts. They have the data of a valid payload, under its wire names.

A field is `ABSENT` if the payload lacks the key, and None if the value is null. Keys that the contract does not declare
are kept in `extra`. Integers written as `3.0` stay `3.0`. Nothing in a job can be changed, not even in its maps and
lists. The classes do not validate; to check a job that you built, use `ftschema.check(ftschema.unstructure(job))`.
A subclass may add methods, written as a plain class, but not fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ftschema.core.absent import ABSENT, Absent
from ftschema.core.literals import Status
from ftschema.model.base import classes_in, extra_field, map_field, model_class
from ftschema.model.kinds import graders
from ftschema.model.kinds.graders import Grader


@model_class(kw_only=True)
class JobError:
    """Why the job failed; all fields are absent or null if it has not failed.

    Such an error is false, so that `if job.error:` is true for a failed job only: the API sends `{}`, or an object of
    nulls, for jobs that did not fail.
    """

    code: str | Absent | None = ABSENT
    message: str | Absent | None = ABSENT
    param: str | Absent | None = ABSENT
    error: Any = map_field()
    extra: Mapping[str, Any] = extra_field()

    def __bool__(self) -> bool:
        """Return whether a field or an unknown key has a value."""
        values = (self.code, self.message, self.param, self.error, *self.extra.values())
        return any(value is not None and value is not ABSENT for value in values)


@model_class(kw_only=True)
class Hyperparameters:
    """Settings of supervised training, at the top level of the job: numbers, or `auto` (-1 on Azure)."""

    n_epochs: int | str | Absent | None = ABSENT
    batch_size: int | str | Absent | None = ABSENT
    learning_rate_multiplier: float | str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class SupervisedHyperparameters:
    """Settings of supervised training."""

    n_epochs: int | str | Absent | None = ABSENT
    batch_size: int | str | Absent | None = ABSENT
    learning_rate_multiplier: float | str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class DpoHyperparameters:
    """Settings of direct preference optimization."""

    beta: float | str | Absent | None = ABSENT
    n_epochs: int | str | Absent | None = ABSENT
    batch_size: int | str | Absent | None = ABSENT
    learning_rate_multiplier: float | str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class ReinforcementHyperparameters:
    """Settings of reinforcement training."""

    n_epochs: int | str | Absent | None = ABSENT
    batch_size: int | str | Absent | None = ABSENT
    learning_rate_multiplier: float | str | Absent | None = ABSENT
    reasoning_effort: str | Absent | None = ABSENT
    compute_multiplier: float | str | Absent | None = ABSENT
    eval_interval: int | str | Absent | None = ABSENT
    eval_samples: int | str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class SupervisedMethod:
    """Details of supervised training."""

    hyperparameters: SupervisedHyperparameters | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class DpoMethod:
    """Details of direct preference optimization."""

    hyperparameters: DpoHyperparameters | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class ReinforcementMethod:
    """Details of reinforcement training."""

    grader: Grader
    hyperparameters: ReinforcementHyperparameters | Absent | None = ABSENT
    response_format: Mapping[str, Any] | Absent | None = map_field()
    tools: tuple[Mapping[str, Any], ...] | Absent | None = map_field()
    max_episode_steps: int | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class Method:
    """The training method; the field named by `type` has its details."""

    type: str | Absent = ABSENT
    supervised: SupervisedMethod | Absent | None = ABSENT
    dpo: DpoMethod | Absent | None = ABSENT
    reinforcement: ReinforcementMethod | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class WandbIntegration:
    """Settings for Weights & Biases; `run_id` is the id of the job."""

    project: str
    name: str | Absent | None = ABSENT
    entity: str | Absent | None = ABSENT
    tags: tuple[str, ...] | Absent | None = ABSENT
    run_id: str | Absent = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class Integration:
    """An external service that receives the progress of the job; only Weights & Biases so far."""

    type: str = "wandb"
    wandb: WandbIntegration
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class FineTuningJob:
    """A fine-tuning job.

    Times are seconds since 1970-01-01 UTC. `updated_at`, `suffix` and `trainingType` come from Azure only.
    """

    id: str
    object: str = "fine_tuning.job"
    created_at: int
    status: Status
    model: str
    fine_tuned_model: str | Absent | None = ABSENT
    finished_at: int | Absent | None = ABSENT
    estimated_finish: int | Absent | None = ABSENT
    trained_tokens: int | Absent | None = ABSENT
    training_file: str
    validation_file: str | Absent | None = ABSENT
    result_files: tuple[str, ...] | Absent | None = ABSENT
    organization_id: str | Absent | None = ABSENT
    hyperparameters: Hyperparameters | Absent | None = ABSENT
    error: JobError | Absent | None = map_field()
    seed: int | Absent | None = ABSENT
    integrations: tuple[Integration, ...] | Absent | None = ABSENT
    method: Method | Absent | None = ABSENT
    metadata: Mapping[str, str] | Absent | None = map_field()
    user_provided_suffix: str | Absent | None = ABSENT
    shared_with_openai: bool | Absent = ABSENT
    usage_metrics: Any = map_field()
    eval_id: Any = map_field()
    internal_worker_backend: Any = map_field()
    internal_peashooter_execution: Any = map_field()
    train_experiment_id: Any = map_field()
    eval_experiment_id: Any = map_field()
    updated_at: int | Absent = ABSENT
    suffix: str | Absent = ABSENT
    trainingType: str | Absent = ABSENT  # noqa: N815  # the wire's own spelling
    extra: Mapping[str, Any] = extra_field()


PARTS: Final = classes_in(vars(graders), globals())
"""The classes of a job and of its parts, by name."""

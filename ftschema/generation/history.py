"""Generate the events and the checkpoints of a job, as its server shows them at each step of a trace.

The messages, their order and the keys of their data are those of captured events; `schemas/event` has the evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from ftschema.core.errors import CannotCombineError
from ftschema.core.text import format_value
from ftschema.generation import samples
from ftschema.schemas.catalogue import entry
from ftschema.schemas.vocabulary import BEFORE_TRAINING, JOB_OBJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftschema.core.literals import ContractName
    from ftschema.generation.values import Chooser

# How far a job is; between the third and the fourth are the steps of its training.
_CREATED, _VALIDATED, _STARTED, _TRAINED, _ENDED = range(5)

# How long the training of a job takes that has no finish time.
_USUAL_SECONDS: Final = 600
# How long the evaluation of a model took in a live job of 2026-03.
_EVALUATION_SECONDS: Final = 720
_MOST_STEPS: Final = 40
_USUAL_EPOCHS: Final = 3
# Events of Azure are at every tenth step.
_AZURE_STEPS: Final = 10
# The default limit of a page of events.
_PAGE: Final = 20
# Far from small multiples of a power of two, so that ids in a row have no letters in common.
_PRIME: Final = 104_729
# A job keeps the checkpoints of its last epochs.
_CHECKPOINTS: Final = 3
# Since 2023-11, live events have the total number of steps, and data that is empty and not null.
_TOTAL_STEPS_SINCE: Final = 1_698_796_800
# The specification has had checkpoints since 2024-04-09; live ones have had the type of their metrics since 2025-08.
_CHECKPOINTS_SINCE: Final = 1_712_620_800
_TYPE_OF_METRICS_SINCE: Final = 1_754_006_400


@frozen
class TraceStep:
    """The job, its events and its checkpoints as a server shows them at one moment.

    Attributes:
        job: The payload of the job.
        events: The payload of a page of its events, the newest first.
        checkpoints: The payload of a page of its checkpoints, the newest first.
    """

    job: dict[str, Any]
    events: dict[str, Any]
    checkpoints: dict[str, Any]


def require_captured_history(contract: ContractName) -> None:
    """Raise an error if a contract describes a server whose events and checkpoints were not captured.

    Raises:
        CannotCombineError: It does.
    """
    if contract not in {"observed", "azure"}:
        must = 'a full trace must be of the contract "observed" or "azure"'
        raise CannotCombineError(f"{must}, found {format_value(contract)}")


def full_trace(contract: ContractName, trace: tuple[dict[str, Any], ...], chooser: Chooser) -> tuple[TraceStep, ...]:
    """Return the steps of a trace with the events and the checkpoints of each."""
    progress = [*_progress(trace)]
    training = _training(contract, trace, chooser)
    # A job that ended early got no further than in the step before.
    reached = _ENDED if trace[-1]["status"] == "succeeded" else progress[-2]
    events = [event for event in _events(training, trace) if event.progress <= reached]
    events += _failure(training, events)
    payloads = [training.event(number, event) for number, event in enumerate(events)]
    checkpoints = training.checkpoints() if reached == _ENDED else []
    steps = []
    for job, so_far in zip(trace, progress, strict=True):
        seen = sum(event.progress <= so_far for event in events)
        steps.append(TraceStep(job, training.page(payloads[:seen]), training.page_of_checkpoints(checkpoints, so_far)))
    return tuple(steps)


def _progress(trace: tuple[dict[str, Any], ...]) -> Iterator[float]:
    """Yield how far the job is at each step."""
    *steps, _ = trace
    number = sum(map(_is_training, steps))
    seen = 0
    for step in steps:
        if _is_training(step):
            seen += 1
            yield _STARTED + seen / (number + 1)
        elif step["status"] in BEFORE_TRAINING:
            yield _VALIDATED if step["status"] == "queued" else _CREATED
        else:
            yield _TRAINED
    yield _ENDED


def _is_training(job: dict[str, Any]) -> bool:
    return job["status"] not in BEFORE_TRAINING and job.get("finished_at") is None


@frozen
class _Event:
    """An event: how far its job is when it happens, when that is, and what it says."""

    progress: float
    time: int
    message: str
    data: dict[str, Any] | None = field(factory=dict)
    type: str = "message"
    level: str = "info"


@frozen
class _Training:
    """The training of a job.

    Attributes:
        job: The job when it has ended.
        is_azure: Whether the server is Azure's.
        start: When the training starts.
        end: When it ends.
        epochs: The number of epochs.
        per_epoch: The number of steps with an event in each epoch.
        loss: The loss of the first step.
        number: A number that determines the ids.
    """

    job: dict[str, Any]
    is_azure: bool
    start: int
    end: int
    epochs: int
    per_epoch: int
    loss: float
    number: int

    @property
    def events(self) -> int:
        """The number of events with metrics."""
        return self.epochs * self.per_epoch

    def time(self, event: int) -> int:
        """Return when an event with metrics happens; they are numbered from 1."""
        return self.start + (self.end - self.start) * event // self.events

    def step(self, event: int) -> int:
        """Return the training step of an event with metrics."""
        return event * (_AZURE_STEPS if self.is_azure else 1)

    def metrics(self, event: int) -> dict[str, Any]:
        """Return the metrics of an event, all seven."""
        loss = round(self.loss * 0.9**event, 4)
        accuracy = round(1 / (1 + loss), 4)
        return {
            "step": self.step(event),
            "train_loss": loss,
            "train_mean_token_accuracy": accuracy,
            "valid_loss": round(loss * 1.1, 4),
            "valid_mean_token_accuracy": round(accuracy * 0.9, 4),
            "full_valid_loss": round(loss * 1.2, 4),
            "full_valid_mean_token_accuracy": round(accuracy * 0.8, 4),
        }

    def id(self, prefix: str, number: int) -> str:
        """Return the id of an event or a checkpoint."""
        return prefix + self._letters(number, 32 if self.is_azure else 24)

    def _letters(self, number: int, length: int) -> str:
        """Return letters that look random, other ones for each number."""
        return samples.letters(length, hexadecimal=self.is_azure)((self.number + number * _PRIME) % samples.IDS)

    def event(self, number: int, event: _Event) -> dict[str, Any]:
        """Return the payload of an event."""
        nothing = self.is_azure and not event.data
        is_null = not event.data and self.job["created_at"] < _TOTAL_STEPS_SINCE
        return {
            "object": f"{JOB_OBJECT}.event",
            "id": self.id("ftevent-", number),
            "created_at": event.time,
            "level": event.level,
            "message": event.message,
            **({} if nothing else {"data": None if is_null else event.data}),
            "type": event.type,
        }

    def checkpoints(self) -> list[dict[str, Any]]:
        """Return the payloads of the checkpoints, the newest first."""
        if self.job["created_at"] < _CHECKPOINTS_SINCE:
            return []
        last = range(self.epochs, max(0, self.epochs - _CHECKPOINTS), -1)
        return [self._checkpoint(epoch) for epoch in last]

    def _checkpoint(self, epoch: int) -> dict[str, Any]:
        event = epoch * self.per_epoch
        return {
            "object": f"{JOB_OBJECT}.checkpoint",
            "id": self.id("ftchkpt-" if self.is_azure else "ftckpt_", epoch),
            "created_at": self.time(event),
            "fine_tuned_model_checkpoint": self.model(epoch),
            "fine_tuning_job_id": self.job["id"],
            "metrics": self._metrics_of_checkpoint(event),
            "step_number": self.step(event),
        }

    def model(self, epoch: int) -> str:
        """Return the name of the model that an epoch ends with."""
        model: str = self.job["fine_tuned_model"]
        if epoch == self.epochs:
            return model
        if not self.is_azure:
            # Each checkpoint has letters of its own.
            model = f"{model.rpartition(':')[0] or model}:{self._letters(epoch, 8)}"
        return f"{model}:ckpt-step-{self.step(epoch * self.per_epoch)}"

    def _metrics_of_checkpoint(self, event: int) -> dict[str, Any]:
        metrics = self.metrics(event)
        if self.is_azure:
            return metrics
        if self.is_reinforcement:
            return {"step": metrics["step"]}
        shown = {key: value for key, value in metrics.items() if self._is_shown(key, full=False)}
        return shown | ({"type": "supervised"} if self.job["created_at"] >= _TYPE_OF_METRICS_SINCE else {})

    def _is_shown(self, metric: str, *, full: bool) -> bool:
        """Return whether a live job has a metric: those of a validation file are only of jobs that have one."""
        if not metric.startswith(("valid", "full")):
            return True
        return self.job.get("validation_file") is not None and (full or metric.startswith("valid"))

    @property
    def is_reinforcement(self) -> bool:
        """Whether a grader scores the samples, so that there is no loss."""
        return (self.job.get("method") or {}).get("type") == "reinforcement"

    def live_event(self, event: int) -> _Event:
        """Return an event with the metrics of a step, as OpenAI sends it."""
        metrics, total = self.metrics(event), self.step(self.events)
        message = f"Step {metrics['step']}/{total}: "
        progress = _STARTED + event / (self.events + 1)
        if self.is_reinforcement:
            reward = metrics["train_mean_token_accuracy"]
            data = _nested(metrics["step"], total, reward)
            return _Event(progress, self.time(event), f"{message}train mean reward={reward:.2f}", data, "metrics")
        shown = {key: metrics[key] for key in metrics if self._is_shown(key, full=event % self.per_epoch == 0)}
        if self.job["created_at"] >= _TOTAL_STEPS_SINCE:
            shown["total_steps"] = total
        losses = (("training", "train_loss"), ("validation", "valid_loss"), ("full validation", "full_valid_loss"))
        message += ", ".join(f"{name} loss={shown[key]:.2f}" for name, key in losses if key in shown)
        return _Event(progress, self.time(event), message, shown, "metrics")

    def azure_event(self, event: int) -> _Event:
        """Return an event with the metrics of a step, as Azure sends it."""
        metrics = self.metrics(event)
        message = f"Step {metrics['step']}: training loss={metrics['train_loss']}"
        return _Event(_STARTED + event / (self.events + 1), self.time(event), message, metrics, "metrics")

    def page(self, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return a page of the newest events."""
        return {"object": "list", "data": [*events[::-1][:_PAGE]], "has_more": len(events) > _PAGE}

    def page_of_checkpoints(self, checkpoints: list[dict[str, Any]], progress: float) -> dict[str, Any]:
        """Return a page of checkpoints, which has none before the end of the training."""
        data = [*checkpoints] if progress >= _TRAINED else []
        page = {"object": "list", "data": data, "has_more": False}
        ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
        return page if self.is_azure else page | ends


def _training(contract: ContractName, trace: tuple[dict[str, Any], ...], chooser: Chooser) -> _Training:
    job = trace[-1]
    created, finished = int(job["created_at"]), job.get("finished_at")
    end = created + _USUAL_SECONDS if finished is None else int(finished)
    wanted = (job.get("hyperparameters") or {}).get("n_epochs")
    epochs = int(wanted) if isinstance(wanted, int | float) and wanted >= 1 else _USUAL_EPOCHS
    return _Training(
        job=job,
        is_azure=entry(contract).vendor.hexadecimal_ids,
        start=created + (end - created) // 5,
        end=end,
        epochs=epochs,
        per_epoch=min(2 + chooser(5), max(1, _MOST_STEPS // epochs)),
        loss=1 + chooser(200) / 100,
        number=1 + chooser(samples.IDS),
    )


def _nested(step: int, total: int, reward: float) -> dict[str, Any]:
    """Return the metrics of a step of reinforcement training."""
    return {
        "step": step,
        "total_steps": total,
        "train_mean_reward": reward,
        "usage": {"graders": [], "samples": {"train_reasoning_tokens_count": 1024.0}},
        "errors": {"graders": []},
        "scores": {"graders": [], "train_reward_mean": reward},
        "timing": {"step": {"sampling": 12.5, "training": 30.5}, "graders": []},
        "model_graders_token_usage": {},
    }


def _events(training: _Training, trace: tuple[dict[str, Any], ...]) -> Iterator[_Event]:
    """Yield the events of a job that succeeds, the oldest first."""
    yield from (_azure_events if training.is_azure else _live_events)(training, trace)


def _live_events(training: _Training, trace: tuple[dict[str, Any], ...]) -> Iterator[_Event]:
    job, created = training.job, int(training.job["created_at"])
    files = f"training file: {job['training_file']}"
    if job.get("validation_file") is not None:
        files += f" and validation file: {job['validation_file']}"
    yield _Event(_CREATED, created, f"Created fine-tuning job: {job['id']}")
    yield _Event(_CREATED, created, f"Validating {files}")
    validated = created + (training.start - created) // 2
    yield _Event(_VALIDATED, validated, "Files validated, moving job to queued state")
    yield _Event(_STARTED, training.start, "Fine-tuning job started", None)
    yield from (training.live_event(event) for event in range(1, training.events + 1))
    if job["status"] != "succeeded":
        return
    end = training.end
    for checkpoint in training.checkpoints()[:0:-1]:
        step, name = checkpoint["step_number"], checkpoint["fine_tuned_model_checkpoint"]
        yield _Event(_TRAINED, end, f"Checkpoint created at step {step} with Snapshot ID: {name}")
    if any(_is_evaluated(step) for step in trace):
        yield _Event(_TRAINED, end, "Evaluating model against our usage policies")
        end += _EVALUATION_SECONDS
        passed = f"Moderation checks for snapshot {job['fine_tuned_model']} passed."
        yield _Event(_ENDED, end, passed, type="moderation_checks")
    yield _Event(_ENDED, end, f"New fine-tuned model created: {job['fine_tuned_model']}")
    yield _Event(_ENDED, end, "The job has successfully completed")


def _is_evaluated(job: dict[str, Any]) -> bool:
    return job["status"] == "running" and job.get("finished_at") is not None


def _azure_events(training: _Training, _: tuple[dict[str, Any], ...]) -> Iterator[_Event]:
    job, end = training.job, training.end
    yield _Event(_CREATED, int(job["created_at"]), "Job enqueued. Waiting for jobs ahead to complete.")
    yield _Event(_STARTED, training.start, "Job started.")
    yield from (training.azure_event(event) for event in range(1, training.events + 1))
    if job["status"] != "succeeded":
        return
    yield _Event(_ENDED, end, "Job succeeded.")
    yield _Event(_ENDED, end, "Postprocessing started.")
    yield _Event(_ENDED, end, "Model Evaluation Passed.")
    yield from (_Event(_ENDED, end, f"Completed results file: {file}") for file in job["result_files"])
    yield _Event(_ENDED, end, f"Training tokens billed: {job['trained_tokens']}")


def _failure(training: _Training, events: list[_Event]) -> Iterator[_Event]:
    """Yield the event of a failed job that has its error."""
    error = training.job.get("error") or {}
    if training.job["status"] == "failed":
        data = {"error_code": error.get("code"), "error_param": error.get("param")}
        message = str(error.get("message"))
        yield _Event(_ENDED, events[-1].time + 1, message, None if training.is_azure else data, level="error")

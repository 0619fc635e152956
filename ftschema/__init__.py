"""The contract of OpenAI's `fine_tuning.job` object that holds in practice.

The names below are loaded from their modules when they are first used: a test run that has the pytest plugin, and
uses nothing of it, pays for nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Type checkers read `__init__.pyi`, which a test holds to this table.
_EXPORTS = {
    "core.absent": ("ABSENT", "Absent"),
    "core.errors": (
        "CannotCombineError",
        "InvalidJobError",
        "InvalidPayloadError",
        "UnknownContractError",
        "UnknownSubjectError",
        "WorkerDiedError",
    ),
    "core.literals": ("Code", "ContractName", "Severity", "Status"),
    "core.report": ("JobReport", "LineReport", "Position", "Problem", "Report"),
    "model.kinds.graders": (
        "AudioData",
        "EndpointGrader",
        "EvalItem",
        "InputAudio",
        "InputImage",
        "InputText",
        "LabelModelGrader",
        "MultiGrader",
        "OutputText",
        "PromptCacheBreakpoint",
        "PythonGrader",
        "SamplingParams",
        "ScoreModelGrader",
        "StringCheckGrader",
        "TextSimilarityGrader",
    ),
    "model.kinds.job": (
        "DpoHyperparameters",
        "DpoMethod",
        "FineTuningJob",
        "Hyperparameters",
        "Integration",
        "JobError",
        "Method",
        "ReinforcementHyperparameters",
        "ReinforcementMethod",
        "SupervisedHyperparameters",
        "SupervisedMethod",
        "WandbIntegration",
    ),
    "model.kinds.checkpoint": ("CheckpointMetrics", "FineTuningCheckpoint"),
    "model.kinds.error": ("ApiError", "ErrorBody"),
    "model.kinds.event": ("EventData", "FineTuningEvent"),
    "model.kinds.page": ("Page",),
    "model.kinds.permission": ("CheckpointPermission",),
    "model.kinds.request": ("FineTuningRequest",),
    "model.kinds.webhook": ("WebhookData", "WebhookEvent"),
    "validation.contract": (
        "Contract",
        "check",
        "check_jobs",
        "check_lines",
        "check_text",
        "contract",
        "contracts",
        "dumps",
        "is_valid",
        "loads",
        "schema",
        "structure",
        "unstructure",
        "validate",
    ),
    "validation.kind": (
        "Kind",
        "check_history",
        "checkpoint",
        "error",
        "event",
        "job",
        "page",
        "permission",
        "request",
        "webhook",
    ),
    "validation.recognition": ("kind",),
    "validation.repair": ("repaired",),
    "generation.defects": ("Defect",),
    "generation.history": ("TraceStep",),
    "analysis.anonymize": ("anonymize",),
    "analysis.conversion": ("Conversion", "convert"),
    "analysis.diff": ("Change", "ContractDiff", "diff"),
    "analysis.examples": ("Example",),
    "analysis.explain": ("explain",),
    "analysis.explanation": ("Explanation",),
    "analysis.identify": ("identify",),
    "analysis.normalization": ("Assumption", "Normalized", "normalize"),
    "adapters.openai": ("from_openai", "to_openai"),
    "adapters.openai_repr": ("from_repr",),
    "adapters.problem_details": ("problem_details",),
    "adapters.pydantic": ("Of",),
    "adapters.rows": ("PROBLEM_COLUMNS", "problem_rows"),
    "adapters.web": ("add_problem_handler", "problem_middleware", "problem_responses"),
}
_HOMES = {name: module for module, names in _EXPORTS.items() for name in names}
_MODULES = ("converters", "coverage", "defects", "fixtures", "strategies")

__all__ = sorted(_HOMES, key=lambda name: (name.islower(), name))  # noqa: PLE0605  # each is written once, above


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"ftschema.{name}")
    if name == "__version__":
        return import_module("importlib.metadata").version("ftschema")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"ftschema.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, *_MODULES]

"""The contract of OpenAI's `fine_tuning.job` object that holds in practice.

The names below are loaded from their modules when they are first used: a test run that has the pytest plugin, and
uses nothing of it, pays for nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftschema import converters as converters
    from ftschema import defects as defects
    from ftschema import fixtures as fixtures
    from ftschema import strategies as strategies
    from ftschema.adapters.openai import from_openai, to_openai
    from ftschema.adapters.problem_details import problem_details
    from ftschema.adapters.rows import problem_rows
    from ftschema.analysis.conversion import Conversion, convert
    from ftschema.analysis.diff import Change, ContractDiff, diff
    from ftschema.analysis.examples import Example
    from ftschema.analysis.explain import Explanation, explain
    from ftschema.analysis.identify import identify
    from ftschema.core.errors import (
        CannotCombineError,
        InvalidJobError,
        UnknownContractError,
        UnknownSubjectError,
        WorkerDiedError,
    )
    from ftschema.core.report import LineReport, Problem, Report
    from ftschema.generation.defects import Defect
    from ftschema.model.base import ABSENT, Absent
    from ftschema.model.graders import (
        AudioData,
        EndpointGrader,
        EvalItem,
        InputAudio,
        InputImage,
        InputText,
        LabelModelGrader,
        MultiGrader,
        OutputText,
        PromptCacheBreakpoint,
        PythonGrader,
        SamplingParams,
        ScoreModelGrader,
        StringCheckGrader,
        TextSimilarityGrader,
    )
    from ftschema.model.job import (
        DpoHyperparameters,
        DpoMethod,
        FineTuningJob,
        Hyperparameters,
        Integration,
        JobError,
        Method,
        ReinforcementHyperparameters,
        ReinforcementMethod,
        SupervisedHyperparameters,
        SupervisedMethod,
        WandbIntegration,
    )
    from ftschema.validation.contract import (
        Contract,
        check,
        check_lines,
        check_text,
        contract,
        contracts,
        dumps,
        is_valid,
        loads,
        schema,
        structure,
        unstructure,
        validate,
    )
    from ftschema.validation.repair import repaired

__all__ = [
    "ABSENT",
    "Absent",
    "AudioData",
    "CannotCombineError",
    "Change",
    "Contract",
    "ContractDiff",
    "Conversion",
    "Defect",
    "DpoHyperparameters",
    "DpoMethod",
    "EndpointGrader",
    "EvalItem",
    "Example",
    "Explanation",
    "FineTuningJob",
    "Hyperparameters",
    "InputAudio",
    "InputImage",
    "InputText",
    "Integration",
    "InvalidJobError",
    "JobError",
    "LabelModelGrader",
    "LineReport",
    "Method",
    "MultiGrader",
    "OutputText",
    "Problem",
    "PromptCacheBreakpoint",
    "PythonGrader",
    "ReinforcementHyperparameters",
    "ReinforcementMethod",
    "Report",
    "SamplingParams",
    "ScoreModelGrader",
    "StringCheckGrader",
    "SupervisedHyperparameters",
    "SupervisedMethod",
    "TextSimilarityGrader",
    "UnknownContractError",
    "UnknownSubjectError",
    "WandbIntegration",
    "WorkerDiedError",
    "check",
    "check_lines",
    "check_text",
    "contract",
    "contracts",
    "convert",
    "diff",
    "dumps",
    "explain",
    "from_openai",
    "identify",
    "is_valid",
    "loads",
    "problem_details",
    "problem_rows",
    "repaired",
    "schema",
    "structure",
    "to_openai",
    "unstructure",
    "validate",
]

_HOMES = {
    "validation.contract": (
        "Contract",
        "check",
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
    "analysis.conversion": ("Conversion", "convert"),
    "generation.defects": ("Defect",),
    "analysis.diff": ("Change", "ContractDiff", "diff"),
    "core.errors": (
        "CannotCombineError",
        "InvalidJobError",
        "UnknownContractError",
        "UnknownSubjectError",
        "WorkerDiedError",
    ),
    "analysis.explain": ("Explanation", "explain"),
    "analysis.identify": ("identify",),
    "analysis.examples": ("Example",),
    "adapters.openai": ("from_openai", "to_openai"),
    "model.graders": (
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
    "model.job": (
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
    "model.base": ("ABSENT", "Absent"),
    "validation.repair": ("repaired",),
    "core.report": ("LineReport", "Problem", "Report"),
    "adapters.rows": ("problem_rows",),
    "adapters.problem_details": ("problem_details",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


_MODULES = ("converters", "defects", "fixtures", "strategies")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"ftschema.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"ftschema.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, *_MODULES]

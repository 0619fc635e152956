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
    from ftschema.checking import Contract, contract, contracts
    from ftschema.converting import Conversion, convert
    from ftschema.defects import Defect
    from ftschema.details import problem_details
    from ftschema.differing import Change, ContractDiff, diff
    from ftschema.errors import (
        CannotCombineError,
        InvalidJobError,
        UnknownContractError,
        UnknownSubjectError,
        WorkerDiedError,
    )
    from ftschema.explaining import Explanation, explain
    from ftschema.graders import (
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
    from ftschema.identifying import identify
    from ftschema.illustrating import Example
    from ftschema.model import (
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
    from ftschema.openai_class import from_openai, to_openai
    from ftschema.part import ABSENT, Absent
    from ftschema.repairing import repaired
    from ftschema.report import LineReport, Problem, Report
    from ftschema.tabling import problem_rows
    from ftschema.verbs import (
        check,
        check_lines,
        check_text,
        dumps,
        is_valid,
        loads,
        schema,
        structure,
        unstructure,
        validate,
    )

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
    "verbs": (
        "check",
        "check_lines",
        "check_text",
        "dumps",
        "is_valid",
        "loads",
        "schema",
        "structure",
        "unstructure",
        "validate",
    ),
    "checking": ("Contract", "contract", "contracts"),
    "converting": ("Conversion", "convert"),
    "defects": ("Defect",),
    "differing": ("Change", "ContractDiff", "diff"),
    "errors": (
        "CannotCombineError",
        "InvalidJobError",
        "UnknownContractError",
        "UnknownSubjectError",
        "WorkerDiedError",
    ),
    "explaining": ("Explanation", "explain"),
    "identifying": ("identify",),
    "illustrating": ("Example",),
    "openai_class": ("from_openai", "to_openai"),
    "graders": (
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
    "model": (
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
    "part": ("ABSENT", "Absent"),
    "repairing": ("repaired",),
    "report": ("LineReport", "Problem", "Report"),
    "tabling": ("problem_rows",),
    "details": ("problem_details",),
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

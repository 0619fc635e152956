"""The plain form of a contract, as a document of OpenAPI 3.1 and in draft-07."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# The names of the published document; of what it writes in place, names after the object that it is in.
_COMPONENTS: Final = {
    "AudioData": "InputAudioData",
    "DpoHyperparameters": "FineTuneDPOHyperparameters",
    "DpoMethod": "FineTuneDPOMethod",
    "EndpointGrader": "GraderEndpoint",
    "Hyperparameters": "FineTuningJobHyperparameters",
    "InputImage": "EvalItemInputImage",
    "InputText": "InputTextContent",
    "Integration": "FineTuningIntegration",
    "JobError": "FineTuningJobError",
    "LabelModelGrader": "GraderLabelModel",
    "Method": "FineTuneMethod",
    "MultiGrader": "GraderMulti",
    "OutputText": "EvalItemContentOutputText",
    "PromptCacheBreakpoint": "PromptCacheBreakpointConfig",
    "PythonGrader": "GraderPython",
    "ReinforcementHyperparameters": "FineTuneReinforcementHyperparameters",
    "ReinforcementMethod": "FineTuneReinforcementMethod",
    "SamplingParams": "GraderScoreModelSamplingParams",
    "ScoreModelGrader": "GraderScoreModel",
    "StringCheckGrader": "GraderStringCheck",
    "SupervisedHyperparameters": "FineTuneSupervisedHyperparameters",
    "SupervisedMethod": "FineTuneSupervisedMethod",
    "TextSimilarityGrader": "GraderTextSimilarity",
    "WandbIntegration": "FineTuningIntegrationWandb",
}


_HOME: Final = "#/components/schemas/"


def openapi(plain: dict[str, Any], contract: str) -> dict[str, Any]:
    """Return a document of OpenAPI 3.1 with the object and its parts as components."""

    def change(schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            return schema | {"$ref": _HOME + _component(_target(schema))}
        if "discriminator" in schema:
            key = schema["discriminator"]["propertyName"]
            # Without the mapping, a tag would be taken for the name of a component.
            mapping = {components[_target(one)]["properties"][key]["const"]: one["$ref"] for one in schema["oneOf"]}
            return schema | {"discriminator": {"propertyName": key, "mapping": mapping}}
        return schema

    root = {key: value for key, value in plain.items() if not key.startswith("$")}
    components = {_component(one["title"]): one for one in (root, *plain.get("$defs", {}).values())}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"The contract {contract} of ftschema", "version": contract},
        "paths": {},
        "components": {
            "schemas": {name: _changed(one, change) | {"title": name} for name, one in sorted(components.items())}
        },
    }


def draft_07(plain: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of draft-07, in which whatever is beside a `$ref` is ignored."""

    def change(schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in schema:
            return schema
        reference = {"$ref": f"#/definitions/{_target(schema)}"}
        others = {key: value for key, value in schema.items() if key != "$ref"}
        return others | {"allOf": [reference]} if others else reference

    changed: dict[str, Any] = _changed(plain, change)
    definitions = changed.pop("$defs", None)
    return changed | {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": plain["$id"].removesuffix("plain") + "draft-07",
        **({"definitions": definitions} if definitions else {}),
    }


def _component(name: str) -> str:
    return _COMPONENTS.get(name, name)


def _target(schema: dict[str, Any]) -> str:
    """Return the name at the end of the reference of a schema."""
    name: str = schema["$ref"].rpartition("/")[2]
    return name


def _changed(node: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Return a copy of a tree in which a function has changed each object, the inner ones first."""
    if isinstance(node, list):
        return [_changed(one, change) for one in node]
    if not isinstance(node, dict):
        return node
    return change({key: _changed(value, change) for key, value in node.items()})

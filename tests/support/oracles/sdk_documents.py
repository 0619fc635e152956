"""What the five documents of generated SDKs say of a job: their facts, read off them row by row.

A row says null by its type (`Option`), by its text ("will be null"), or not at all; then the specification that was
published in the document's time says it. Below the job the documents name classes and show no more of them, so that
their structure is that of the time too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from ftschema.core.literals import ContractName

_By: TypeAlias = Literal["type", "text", "published"]


@frozen
class Row:
    """One row of a document.

    Attributes:
        name: The property, as the document spells it.
        wire: The same on the wire.
        type: `string`, `integer`, `list of strings`, `map of strings`, `one of WORDS`, a class, or `list of` a class.
        required: Whether the document does not call it optional.
        null: What says that the value may be null.
    """

    name: str
    wire: str
    type: str
    required: bool = True
    null: tuple[_By, ...] = ()


@frozen
class Document:
    """One document.

    Attributes:
        published: The specification of its time.
        width: The lowest and the highest integer of its language.
        classes: How it spells the names below the job: as on the wire, like classes or like variables.
        rows: Its table, in its order.
    """

    published: str
    width: tuple[int, int]
    spelling: Literal["wire", "pascal", "camel"]
    rows: tuple[Row, ...]

    @property
    def names(self) -> dict[str, str]:
        """The document's names by those of the wire, of the job and of all below it."""
        nested = {
            wire: {"wire": wire, "pascal": pascal, "camel": camel}[self.spelling] for wire, pascal, camel in NESTED
        }
        return nested | {row.wire: row.name for row in self.rows}


_INT32 = (-2_147_483_648, 2_147_483_647)
_INT64 = (-9_223_372_036_854_775_808, 9_223_372_036_854_775_807)
_SAFE = (-9_007_199_254_740_991, 9_007_199_254_740_991)

DOCUMENTS = {
    "rust": Document(
        "2025-03-11",
        _INT32,
        "wire",
        (
            Row("id", "id", "string"),
            Row("created_at", "created_at", "integer"),
            Row("error", "error", "JobError", null=("type", "published")),
            Row("fine_tuned_model", "fine_tuned_model", "string", null=("type", "text", "published")),
            Row("finished_at", "finished_at", "integer", null=("type", "text", "published")),
            Row("hyperparameters", "hyperparameters", "Hyperparameters"),
            Row("model", "model", "string"),
            Row("object", "object", "string"),
            Row("organization_id", "organization_id", "string"),
            Row("result_files", "result_files", "list of strings"),
            Row("status", "status", "string"),
            Row("trained_tokens", "trained_tokens", "integer", null=("type", "text", "published")),
            Row("training_file", "training_file", "string"),
            Row("validation_file", "validation_file", "string", null=("type", "published")),
            Row("integrations", "integrations", "list of Integration", required=False, null=("type", "published")),
            Row("seed", "seed", "integer"),
            Row("estimated_finish", "estimated_finish", "integer", required=False, null=("type", "text", "published")),
            Row("method", "method", "Method", required=False, null=("type",)),
            Row("metadata", "metadata", "map of strings", required=False, null=("type", "published")),
        ),
    ),
    "powershell": Document(
        "2024-04-09",
        _INT32,
        "pascal",
        (
            Row("Id", "id", "string"),
            Row("CreatedAt", "created_at", "integer"),
            Row("VarError", "error", "JobError", null=("published",)),
            Row("FineTunedModel", "fine_tuned_model", "string", null=("text", "published")),
            Row("FinishedAt", "finished_at", "integer", null=("text", "published")),
            Row("Hyperparameters", "hyperparameters", "Hyperparameters"),
            Row("Model", "model", "string"),
            Row("Object", "object", "string"),
            Row("OrganizationId", "organization_id", "string"),
            Row("ResultFiles", "result_files", "list of strings"),
            Row("Status", "status", "string"),
            Row("TrainedTokens", "trained_tokens", "integer", null=("text", "published")),
            Row("TrainingFile", "training_file", "string"),
            Row("ValidationFile", "validation_file", "string", null=("published",)),
            Row("Integrations", "integrations", "list of Integration", required=False, null=("published",)),
            Row("Seed", "seed", "integer"),
        ),
    ),
    "dart": Document(
        "2025-03-11",
        _INT64,
        "camel",
        (
            Row("id", "id", "string"),
            Row("createdAt", "created_at", "integer"),
            Row("error", "error", "JobError", null=("published",)),
            Row("fineTunedModel", "fine_tuned_model", "string", null=("text", "published")),
            Row("finishedAt", "finished_at", "integer", null=("text", "published")),
            Row("hyperparameters", "hyperparameters", "Hyperparameters"),
            Row("model", "model", "string"),
            Row("object", "object", "string"),
            Row("organizationId", "organization_id", "string"),
            Row("resultFiles", "result_files", "list of strings"),
            Row("status", "status", "string"),
            Row("trainedTokens", "trained_tokens", "integer", null=("text", "published")),
            Row("trainingFile", "training_file", "string"),
            Row("validationFile", "validation_file", "string", null=("published",)),
            Row("integrations", "integrations", "list of Integration", required=False, null=("published",)),
            Row("seed", "seed", "integer"),
            Row("estimatedFinish", "estimated_finish", "integer", required=False, null=("text", "published")),
            Row("method", "method", "Method", required=False),
            Row("metadata", "metadata", "map of strings", required=False, null=("published",)),
        ),
    ),
    "typescript-2023": Document(
        "2023-10-05",
        _SAFE,
        "camel",
        (
            Row("createdAt", "created_at", "integer"),
            Row("error", "error", "JobError", null=("published",)),
            Row("fineTunedModel", "fine_tuned_model", "string", null=("text", "published")),
            Row("finishedAt", "finished_at", "integer", null=("text", "published")),
            Row("hyperparameters", "hyperparameters", "Hyperparameters"),
            Row("id", "id", "string"),
            Row("model", "model", "string"),
            Row("object", "object", "string"),
            Row("organizationId", "organization_id", "string"),
            Row("resultFiles", "result_files", "list of strings"),
            Row("status", "status", "string"),
            Row("trainedTokens", "trained_tokens", "integer", null=("text", "published")),
            Row("trainingFile", "training_file", "string"),
            Row("validationFile", "validation_file", "string", null=("published",)),
        ),
    ),
    "typescript-2024": Document(
        "2024-04-30",
        _SAFE,
        "camel",
        (
            Row("id", "id", "string"),
            Row("createdAt", "created_at", "integer"),
            Row("error", "error", "JobError", null=("published",)),
            Row("fineTunedModel", "fine_tuned_model", "string", null=("text", "published")),
            Row("finishedAt", "finished_at", "integer", null=("text", "published")),
            Row("hyperparameters", "hyperparameters", "Hyperparameters"),
            Row("model", "model", "string"),
            Row("object", "object", "one of OBJECTS"),
            Row("organizationId", "organization_id", "string"),
            Row("resultFiles", "result_files", "list of strings"),
            Row("status", "status", "one of STATUSES"),
            Row("trainedTokens", "trained_tokens", "integer", null=("text", "published")),
            Row("trainingFile", "training_file", "string"),
            Row("validationFile", "validation_file", "string", null=("published",)),
            Row("integrations", "integrations", "list of Integration", required=False, null=("published",)),
            Row("seed", "seed", "integer"),
            Row("estimatedFinish", "estimated_finish", "integer", required=False, null=("text", "published")),
        ),
    ),
}

WORDS = {
    "one of OBJECTS": ("fine_tuning.job",),
    "one of STATUSES": ("validating_files", "queued", "running", "succeeded", "failed", "cancelled"),
}

# The names below the job: on the wire, in PowerShell, and in Dart and TypeScript.
NESTED = (
    ("code", "Code", "code"),
    ("message", "Message", "message"),
    ("param", "Param", "param"),
    ("n_epochs", "NEpochs", "nEpochs"),
    ("batch_size", "BatchSize", "batchSize"),
    ("learning_rate_multiplier", "LearningRateMultiplier", "learningRateMultiplier"),
    ("beta", "Beta", "beta"),
    ("type", "Type", "type"),
    ("supervised", "Supervised", "supervised"),
    ("dpo", "Dpo", "dpo"),
    ("wandb", "Wandb", "wandb"),
    ("project", "Project", "project"),
    ("name", "Name", "name"),
    ("entity", "Entity", "entity"),
    ("tags", "Tags", "tags"),
)

# The example that the document of TypeScript in 2024 prints.
EXAMPLE_OF_2024: dict[str, Any] = {
    "id": "<id>",
    "createdAt": 652103,
    "error": {"code": "<value>", "message": "<value>", "param": "<value>"},
    "fineTunedModel": "<value>",
    "finishedAt": 431418,
    "hyperparameters": {"nEpochs": 367562},
    "model": "Expedition",
    "object": "fine_tuning.job",
    "organizationId": "<id>",
    "resultFiles": ["file-abc123"],
    "status": "cancelled",
    "trainedTokens": 806194,
    "trainingFile": "<value>",
    "validationFile": "<value>",
    "integrations": [{"type": "wandb", "wandb": {"project": "my-wandb-project", "tags": ["custom-tag"]}}],
    "seed": 703889,
}

# What below these keys is the caller's own, or of parts that no document has.
_LEFT_ALONE = frozenset({"metadata", "graders", "headers", "grader", "response_format"})


def in_names_of(contract: ContractName, value: Any) -> Any:
    """Return a payload of the wire as a contract spells it, by the tables above; the same object where it is the same.

    Keys are renamed wherever they stand, which is right for a job and near it.
    """
    if contract not in DOCUMENTS or DOCUMENTS[contract].spelling == "wire":
        return value
    return _renamed(_names(contract), value)


def in_wire_names(contract: ContractName, value: Any) -> Any:
    """Return a payload of a contract in the names of the wire, by the same tables."""
    if contract not in DOCUMENTS or DOCUMENTS[contract].spelling == "wire":
        return value
    return _renamed(_wire_names(contract), value)


def pointer_in_names_of(contract: ContractName, pointer: str) -> str:
    """Return a pointer into a payload of the wire as one into the same payload of a contract."""
    if contract not in DOCUMENTS:
        return pointer
    names = DOCUMENTS[contract].names
    steps = pointer.split("/")
    known = next((number for number, step in enumerate(steps) if step in _LEFT_ALONE), len(steps))
    return "/".join([*(names.get(step, step) for step in steps[:known]), *steps[known:]])


@cache
def _names(contract: ContractName) -> dict[str, str]:
    return DOCUMENTS[contract].names


@cache
def _wire_names(contract: ContractName) -> dict[str, str]:
    return {name: wire for wire, name in _names(contract).items()}


def _renamed(names: dict[str, str], value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(names, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        names.get(key, key): member if key in _LEFT_ALONE else _renamed(names, member) for key, member in value.items()
    }

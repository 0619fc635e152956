"""Realistic values for the strings and integers of a job: ids, names, texts, times.

They look like those of captured jobs. The simplest comes first, because a failing example shrinks to it.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from ftschema.schemas.vocabulary import JOB_OBJECT, USUAL_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.schemas.vocabulary import Vendor

MODELS: Final = (
    "gpt-4o-mini-2024-07-18",
    "gpt-3.5-turbo-0125",
    "gpt-4.1-nano-2025-04-14",
    "o4-mini-2025-04-16",
    "davinci-002",
)

# Strings by key. Those of other keys are from `ANY_TEXT`.
TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "object": (JOB_OBJECT,),
    "status": USUAL_STATUSES,
    "model": MODELS,
    "organization_id": ("org-abc123", "org-Zc8fC5bKk2WtVvGg1rN0dT4s", "org-"),
    "user_provided_suffix": ("suffix", "support-bot", "v2.1_final"),
    "suffix": ("suffix", "support-bot"),
    "trainingType": ("globalStandard", "developerTier"),
    "code": ("invalid_training_file", "deleted_training_file", "invalid_n_examples"),
    "message": ("The file is not valid.", "There are 3 examples, and 10 are needed.", "Zeile 3: ungültig 😀"),
    "param": ("training_file", "validation_file"),
    "project": ("project", "my-wandb-project"),
    "entity": ("team",),
    "tags": ("tag", "nightly", "created_at"),
    "name": ("grader", "Style and tone"),
    "source": (
        "def grade(sample, item):\n    return 1.0\n",
        "import json\n\n\ndef grade(sample, item):\n    return 0.5\n",
    ),
    "image_tag": ("2025-05-08",),
    "input": ("{{sample.output_text}}", "{{ sample.output_json.answer }}"),
    "reference": ("{{item.answer}}", "yes"),
    "calculate_output": ("accuracy", "(accuracy + style) / 2"),
    "url": ("https://example.com/grade",),
    "image_url": ("https://example.com/image.png", "data:image/png;base64,iVBORw0KGgo="),
    "detail": ("auto", "low", "high"),
    "data": ("UklGRg==",),
    "text": ("Grade the answer.", "Is {{sample.output_text}} right?"),
    "content": ("Grade the answer.", "Is {{sample.output_text}} right?"),
    "labels": ("good", "bad"),
    "passing_labels": ("good",),
}
# Strings by kind and key, where they differ from those of a job.
TEXTS_OF_KINDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "event": {
        "message": (
            "Fine-tuning job started",
            "Created fine-tuning job: ftjob-abc123",
            "Step 1/10: training loss=1.14",
            "The job has successfully completed",
        ),
    },
}
ANY_TEXT: Final = ("a", "", "text with spaces", "é😀", "null", "1", 'quote " and \\ backslash\n')

# Keys of the maps that callers fill, by the key of the map.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "metadata": ("purpose", "created_at", "team", "n_epochs", "Zweck"),
    "graders": ("accuracy", "style", "type", "name"),
    "headers": ("Authorization", "X-Functions-Key", "type"),
}

# Keys that are in no contract, and values for them.
UNKNOWN_KEYS: Final = ("later_key", "internal_route", "camelCase", "/~", "")
ANY_VALUES: Final[tuple[Any, ...]] = (
    None,
    0,
    "text",
    [],
    {},
    True,
    1.5,
    2**63,
    [None, {"a": [1, 1.0, "é"]}],
    {"type": 5},
)
# Objects whose keys no contract describes, by key.
OBJECTS: Final[Mapping[str, tuple[dict[str, Any], ...]]] = {
    "response_format": (
        {"type": "text"},
        {
            "type": "json_schema",
            "json_schema": {"name": "n", "strict": True, "schema": {"type": "object", "required": ["created_at"]}},
        },
        {},
    ),
    "tools": (
        {"name": "search", "server_url": "https://example.com/tools"},
        {"name": "get_by_id", "server_url": "https://example.com/tools", "headers": {"X-Functions-Key": "****"}},
        {},
    ),
}

# Start and span of the usual integers, by key.
INTEGERS: Final[Mapping[str, tuple[int, int]]] = {
    "seed": (0, 2**31),
    "n_epochs": (1, 10),
    "batch_size": (1, 10),
    "trained_tokens": (1_000, 400_000_000),
    "eval_interval": (1, 10),
    "eval_samples": (1, 10),
    "max_episode_steps": (1, 20),
}

FIRST_TIME: Final = 1_700_000_000
TIME_SPAN: Final = 72_000_000
LAST_TIME: Final = 2_000_000_000
"""Later than any generated time."""

# When the status `created` was in use.
CREATED_TIME: Final = 1_692_700_000
CREATED_SPAN: Final = 1_900_000

IDS: Final = 2**30
"""The number of ids of each kind."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_HEX = "0123456789abcdef"


@cache
def _pool(alphabet: str) -> str:
    letters, state = [], 1
    for _ in range(1 << 15):
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        letters.append(alphabet[(state >> 33) % len(alphabet)])
    # Twice, so that what begins near the end goes on.
    return "".join(letters) * 2


@cache
def letters(length: int, *, hexadecimal: bool) -> Callable[[int], str]:
    """Return the function that makes letters and digits from a number below `IDS`; they look random."""
    pool, half = _pool(_HEX if hexadecimal else _ALPHABET), length // 2
    rest = length - half

    def make(number: int) -> str:
        first, second = number & 0x7FFF, number >> 15
        return pool[first : first + half] + pool[second : second + rest]

    return make


def _suffix(number: int, length: int, vendor: Vendor) -> str:
    """Return the last part of an id; the one for 0 is the shortest."""
    if number == 0:
        return "abc123"
    return letters(32 if vendor.hexadecimal_ids else length, hexadecimal=vendor.hexadecimal_ids)(number)


def job_id(number: int, vendor: Vendor) -> str:
    """Return the id of a job."""
    return f"ftjob-{_suffix(number, 24, vendor)}"


def file_id(number: int, vendor: Vendor) -> str:
    """Return the id of a file."""
    return f"file-{_suffix(number, 22, vendor)}"


def trained_model(model: str, number: int, vendor: Vendor) -> str:
    """Return the name of the model that a job trains from another."""
    base = model.removeprefix("ft:").partition(":")[0]
    suffix = letters(32, hexadecimal=True)(number) if vendor.hexadecimal_ids else _suffix(number, 8, vendor)
    return vendor.model_name.format(model=model, base=base, id=suffix)


def _prefixed(prefix: str, on_azure: str = "") -> Callable[[int, Vendor], str]:
    """Return the function that makes ids with a prefix."""

    def make(number: int, vendor: Vendor) -> str:
        return (on_azure if on_azure and vendor.hexadecimal_ids else prefix) + _suffix(number, 24, vendor)

    return make


other_id: Final = _prefixed("id-")
"""Returns the id of an object of any other kind."""

# The functions that make ids, by key.
ID_KEYS: Final[Mapping[str, Callable[[int, Vendor], str]]] = {
    "id": job_id,
    "training_file": file_id,
    "validation_file": file_id,
    "result_files": file_id,
    "fine_tuned_model": partial(trained_model, MODELS[0]),
    "fine_tuned_model_checkpoint": partial(trained_model, MODELS[0]),
    "fine_tuning_job_id": job_id,
    "project_id": _prefixed("proj_"),
}
# The function that makes the `id` of an object that is not a job, by its kind.
IDS_OF_KINDS: Final[Mapping[str, Callable[[int, Vendor], str]]] = {
    "event": _prefixed("ftevent-"),
    "checkpoint": _prefixed("ftckpt_", "ftchkpt-"),
    "permission": _prefixed("cp_"),
    "webhook": _prefixed("evt_"),
}

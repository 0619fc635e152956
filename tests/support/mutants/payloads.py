"""Payloads at the edge of validity: a job and a few edits, each of which may or may not break it.

An edit is informed by the place it is made at: a number that has bounds meets its bounds, a word of a closed set
meets the other words of the set and words that look like them. The tables below are data about jobs; nothing here knows
a schema, so no verdict is assumed.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

Path = tuple[str | int, ...]

# Members that hold a word of a closed set, with words of that set at any date or server, and strangers.
_WORDS: dict[str, tuple[str, ...]] = {
    "object": ("fine_tuning.job", "fine-tune"),
    "status": (
        *("validating_files", "queued", "running", "succeeded", "failed", "cancelled"),
        *("created", "pausing", "paused", "resuming", "pending"),
    ),
    "type": (
        *("supervised", "dpo", "reinforcement", "wandb", "message"),
        *("string_check", "text_similarity", "python", "score_model", "label_model", "multi", "endpoint"),
        *("input_text", "output_text", "input_image", "input_audio"),
    ),
    "operation": ("eq", "ne", "like", "ilike", "gt"),
    "evaluation_metric": (
        *("cosine", "fuzzy_match", "bleu", "gleu", "meteor"),
        *("rouge_1", "rouge_2", "rouge_3", "rouge_4", "rouge_5", "rouge_l", "rouge_6"),
    ),
    "reasoning_effort": ("none", "minimal", "low", "medium", "high", "xhigh", "max", "default"),
    "role": ("user", "assistant", "system", "developer", "tool"),
    "format": ("mp3", "wav", "flac"),
    "mode": ("explicit", "implicit"),
}

# Members whose numbers have bounds in some contract; where a word stands for a number, it is this one.
_BOUNDED = {
    *("n_epochs", "batch_size", "learning_rate_multiplier", "beta"),
    *("compute_multiplier", "eval_interval", "eval_samples", "max_completions_tokens"),
}
_STAND_IN = "auto"

_BOUNDS: tuple[float, ...] = (
    *(-1, 0, 1, 2, 10, 11, 50, 51, 256, 257, 10**30),
    *(0.0, -0.0, 5e-324, 1e-05, 1.0000001e-05, 0.5, 1.0, 2.0, 2.0000001, 3.0, 10.0000001, 50.5, 1e300),
)
_NUMBERS: tuple[float, ...] = (-1, 0, 0.5, 1.0, 3, 2**31, 2**63, 10**30, 1e300)

# One of each JSON type, and those that a careless reader takes for another type.
_TYPES: tuple[Any, ...] = (None, True, False, 0, 1.0, 0.5, "", "3", _STAND_IN, [], {}, [None], {"key": None})

# Keys that a container may have: `_additions` puts in those that are missing.
_MEMBERS: dict[str, tuple[str, ...]] = {
    "": ("seed", "estimated_finish", "integrations", "method", "metadata", "error"),
    "hyperparameters": (*sorted(_BOUNDED), "reasoning_effort"),
    "method": ("type", "supervised", "dpo", "reinforcement"),
    "supervised": ("hyperparameters",),
    "dpo": ("hyperparameters",),
    "reinforcement": ("hyperparameters", "grader", "response_format"),
    "grader": ("image_tag", "sampling_params", "range", "graders", "calculate_output"),
    "graders": ("image_tag", "sampling_params", "range"),
    "sampling_params": ("seed", "top_p", "temperature", "max_completions_tokens", "reasoning_effort"),
    "input": ("type", "name"),
    "content": ("detail", "prompt_cache_breakpoint", "text"),
    "wandb": ("name", "entity", "tags", "run_id"),
    "error": ("error",),
}

# Lengths at the limits of lists and of metadata, in characters of one and of two UTF-16 units.
_LIST_LENGTHS = (5, 6)
_PAIRS = (16, 17)
_KEY_LENGTHS = (64, 65)
_VALUE_LENGTHS = (512, 513)
_CHARACTERS = ("x", "\N{KEY}")

_GONE = object()


class Edit(NamedTuple):
    """One change to one place of a document; `str` gives it as an operation of RFC 6902."""

    op: Literal["add", "replace", "remove", "rename"]
    path: Path
    value: Any = None

    def __str__(self) -> str:
        operation = {"op": self.op, "path": _pointer(self.path)}
        if self.op == "rename":
            operation = {"op": "move", "from": _pointer(self.path)}
            operation["path"] = _pointer((*self.path[:-1], self.value))
        elif self.op != "remove":
            operation["value"] = self.value
        return json.dumps(operation)


class Mutant(NamedTuple):
    """An edited copy of a payload, and the edits that made it.

    The copy shares what was not edited with the payload, and must not be changed.
    """

    payload: Any
    edits: tuple[Edit, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.edits))}]"


def neighbours(payload: Any) -> Iterator[Mutant]:
    """Yield every payload that is one edit away, in the order of the document."""
    for edit in _edits(json.dumps(payload)):
        yield _mutant(payload, [edit])


def mutants(payload: Any, rng: random.Random, n: int) -> Iterator[Mutant]:
    """Yield n payloads that are one to three edits away, chosen by `rng`."""
    choices = _edits(json.dumps(payload))
    for _ in range(n):
        yield _mutant(payload, rng.sample(choices, rng.choice((1, 2, 2, 3))))


def edits(payload: Any) -> Iterator[Edit]:
    """Yield every edit of a payload that this module knows, in the order of the document."""
    for path, value in _places(payload, ()):
        for other in _replacements(path, value):
            yield Edit("replace", path, other)
        if path:
            yield Edit("remove", path)
        if path and isinstance(path[-1], str):
            for name in _misspellings(path[-1]):
                yield Edit("rename", path, name)
        for key, other in _additions(path, value):
            yield Edit("add", (*path, key), other)


# Many tests start from the same payloads.
@lru_cache(maxsize=512)
def _edits(text: str) -> tuple[Edit, ...]:
    return tuple(edits(json.loads(text)))


def _places(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield every place of a document with what stands there, the document itself first."""
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from _places(member, (*path, key))


def _replacements(path: Path, value: Any) -> Iterator[Any]:
    """Yield what else could stand at a place, each once."""
    seen = {_identity(value)}
    for other in _candidates(path, value):
        identity = _identity(other)
        if identity not in seen:
            seen.add(identity)
            yield other


def _candidates(path: Path, value: Any) -> Iterator[Any]:
    name = _name(path)
    yield from _TYPES
    yield from _WORDS.get(name, ())
    if name in _BOUNDED:
        yield from _BOUNDS
        yield from _misspellings(_STAND_IN)
    elif isinstance(value, (int, float)):
        yield from _NUMBERS
    if name in _WORDS and isinstance(value, str):
        yield from _misspellings(value)
    if name == "metadata":
        yield from ({f"key-{number}": "value" for number in range(pairs)} for pairs in _PAIRS)
    if "metadata" in path[-2:-1]:
        yield from _strings(_VALUE_LENGTHS)
    # The forms that graders take on the wire: one, a list, a map; elsewhere, a value that was wrapped by mistake.
    yield [value]
    yield {"first": value}
    if isinstance(value, dict):
        yield [value, value]
        yield {"type": value}
        yield {"name": value}
    if isinstance(value, list) and value:
        yield from ([value[0]] * length for length in _LIST_LENGTHS)
        yield value[0]


def _additions(path: Path, value: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield what could be put into a container, with the key to put it at."""
    if isinstance(value, list):
        for other in _TYPES:
            yield len(value), other
    if not isinstance(value, dict):
        return
    name = _name(path)
    yield "surprise", {"deep": [None, 0.5]}
    yield "", None
    yield "a/b~c", "3"
    for key in _MEMBERS.get(name, ()):
        if key not in value:
            for other in _TYPES:
                yield key, other
    if name == "metadata":
        for key in _strings(_KEY_LENGTHS):
            yield key, "value"


def _misspellings(word: str) -> tuple[str, ...]:
    first, *rest = word.split("_")
    forms = (
        word.upper(),
        word.capitalize(),
        word + "s",
        word[:-1],
        f" {word}",
        "".join([first, *map(str.title, rest)]),
    )
    return tuple(dict.fromkeys(form for form in forms if form != word))


def _strings(lengths: tuple[int, ...]) -> Iterator[str]:
    return (character * length for character in _CHARACTERS for length in lengths)


def _name(path: Path) -> str:
    """Return the name of the member that a place is, or is a list item of."""
    return next((key for key in reversed(path) if isinstance(key, str)), "")


def _identity(value: Any) -> str:
    """Return a text that tells 1, 1.0 and True apart."""
    return json.dumps(value, sort_keys=True)


def _pointer(path: Path) -> str:
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)


def _mutant(payload: Any, chosen: list[Edit]) -> Mutant:
    applied = []
    for edit in chosen:
        edited = _edited(payload, edit, edit.path)
        if edited is not _GONE:
            payload = edited
            applied.append(edit)
    return Mutant(payload, tuple(applied))


def _edited(value: Any, edit: Edit, path: Path) -> Any:
    """Return a value with an edit at a path below it; only what lies on the path is copied.

    An edit whose place is gone makes nothing, which is `_GONE`.
    """
    if not path:
        return edit.value
    key, *below = path
    is_new = edit.op == "add" and not below
    if is_new and isinstance(value, list) and isinstance(key, int) and key <= len(value):
        return [*value[:key], edit.value, *value[key:]]
    if not (_holds(value, key) or (is_new and isinstance(value, dict) and isinstance(key, str))):
        return _GONE
    copied = value.copy()
    if below:
        member = _edited(value[key], edit, tuple(below))
        if member is _GONE:
            return _GONE
        copied[key] = member
    elif edit.op in {"add", "replace"}:
        copied[key] = edit.value
    else:
        member = copied.pop(key)
        if edit.op == "rename":
            copied[edit.value] = member
    return copied


def _holds(container: Any, key: str | int) -> bool:
    if isinstance(key, int):
        return isinstance(container, list) and key < len(container)
    return isinstance(container, dict) and key in container

"""One shape for jobs of every server and year: the keys of the newest reference, all present.

Facts, from captured replies: Azure leaves out what has no value, and writes -1 for `auto`; the API has sent four forms
of "no error"; dumps by the SDK have null for absent keys; Go programs write zero values for null; gateways and servers
that imitate the API have their own words for statuses, and other notations of times. What a server does not tell is
never invented: it becomes null, an empty list, or the empty text where a text is required.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, frozen

from ftschema.analysis.conversion import convert
from ftschema.core.absent import ABSENT
from ftschema.core.errors import InvalidJobError
from ftschema.core.pointer import display, follow, join
from ftschema.core.report import LONGEST_POINTER
from ftschema.core.text import normalize as bare_word
from ftschema.core.text import same_ignoring_case, shorten
from ftschema.core.times import TOO_LATE, epoch_seconds, parse_iso8601
from ftschema.jsontext.data import deep_copy, is_json
from ftschema.schemas.catalogue import DEFAULT, entry, names
from ftschema.schemas.json_types import AnyType, ArrayType, MapType, NullType, ObjectType
from ftschema.schemas.reader import root_type
from ftschema.schemas.vocabulary import ERROR_KEYS, JOB_OBJECT, METHODS, SETTINGS, STATUS_WORDS, TIME_KEYS
from ftschema.validation.contract import contract as _contract
from ftschema.validation.hidden import hidden_pointer, shows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.literals import ContractName
    from ftschema.schemas.json_types import Types
    from ftschema.validation.contract import Contract

_REFERENCE: Final = "2026-11-10"
# Captured from servers that imitate the API; `fine-tune` was also the object of an API with other keys.
_OBJECTS: Final = frozenset({"fine-tune", "fine-tune.job", "fine_tuning_job", "finetune"})
_STATUSES: Final = ("validating_files", "queued", "running", "pausing", "paused", "succeeded", "failed", "cancelled")
# The API wrote `created` until September 2023. On Azure, `pending` means queued, and a resumed job does not run yet.
_OTHER_STATUSES: Final = STATUS_WORDS | {"created": "validating_files", "pending": "queued", "resuming": "paused"}
_METHOD_WORDS: Final = {"sft": "supervised", "rft": "reinforcement"}
# The first job with a `method` was created on 2024-11-01; before there was only supervised training.
_FIRST_METHOD: Final = 1_730_419_200
# Keys of other servers, with the key of the API that has the same meaning.
_OTHER_KEYS: Final = {
    "completed_at": "finished_at",
    "estimated_completion": "estimated_finish",
    "suffix": "user_provided_suffix",
    "training_files": "training_file",
    "validation_files": "validation_file",
}
# What cannot be left open.
_INDISPENSABLE: Final = frozenset({"id", "object", "created_at", "status", "model", "training_file"})
_EMPTY: Final[dict[str, tuple[Any, str]]] = {
    "result_files": ([], "absent or null; an empty list says that no files are known"),
    "integrations": ([], "absent or null; an empty list says that there are none"),
    "organization_id": (
        "",
        "absent or null, as on Azure; the empty text, which other servers send, says that it is unknown",
    ),
}
_NUMBERS: Final = frozenset({int, float})
_TEXTS: Final = ("fine_tuned_model", "validation_file", "user_provided_suffix")


@frozen
class Assumption:
    """A change that `normalize` made.

    Attributes:
        pointer: JSON Pointer of the value in the result; for what was removed, of the value in the payload.
        reason: What was changed, and why.
    """

    pointer: str
    reason: str

    def __str__(self) -> str:
        """Return `pointer: reason`."""
        return f"{display(shorten(self.pointer, LONGEST_POINTER))}: {self.reason}"


@frozen
class Normalized:
    """The result of `normalize`.

    Attributes:
        payload: The payload in normal form. It shares no mutable object with the source.
        assumed: The changes that were made, each with its reason.
    """

    payload: dict[str, Any] = field(hash=False)
    assumed: tuple[Assumption, ...] = ()

    def __str__(self) -> str:
        """Return a line for each change; the payload is not shown."""
        return "\n".join(map(str, self.assumed)) or "nothing to change"


def normalize(
    payload: Any, source: ContractName | Contract | None = None, *, show_values: bool | None = None
) -> Normalized:
    """Return a job of any server and year in one shape, with the changes that were made.

    The result is valid for `observed`, and has every key of the newest reference. `error` is null, or has `code`,
    `message` and `param`; `result_files` and `integrations` are lists; other keys are null if nothing is known, and
    `organization_id`, which the contract requires, is the empty text. Other keys of the payload are kept.

    Args:
        payload: A payload from OpenAI, Azure, the SDK, a generated client, or a server that imitates the API.
        source: The contract for which the payload is valid, or its name; None recognizes it.
        show_values: As in `check`, for the report of the error and the pointers of `assumed`.

    Raises:
        InvalidJobError: The payload is not valid for the source, or does not tell what a job needs. Its report is that
            of `observed` on the payload as far as it was normalized.
        UnknownContractError: There is no such contract.
    """
    observed = _contract(DEFAULT)
    if source is not None:
        _contract(source).validate(payload, show_values=show_values)
    elif not isinstance(payload, dict) or not is_json(payload):
        raise InvalidJobError(observed.check(payload, show_values=show_values))
    contract = _other_spelling(payload) if source is None else _contract(source).name
    work = _Work(deep_copy(payload))
    if contract is not None and entry(contract).spelling != "wire":
        work = _Work(convert(payload, contract, DEFAULT).payload)
        work.note((), f"the keys have the names of the API, not those of {contract}")
    work.run()
    observed.validate(work.job, show_values=show_values)
    assumed = work.assumed
    if not shows(show_values):
        assumed = [evolve(one, pointer=hidden_pointer(DEFAULT, one.pointer)) for one in assumed]
    return Normalized(work.job, tuple(assumed))


def _other_spelling(payload: dict[str, Any]) -> ContractName | None:
    """Return the client whose job a payload is, if its keys are not those of the wire."""
    others = [] if "created_at" in payload else [name for name in names() if entry(name).spelling != "wire"]
    return next((name for name in others if _contract(name).is_valid(payload)), None)


@frozen
class _Work:
    """A job that is being normalized, and what was assumed so far."""

    job: dict[str, Any]
    assumed: list[Assumption] = field(factory=list)

    def note(self, path: tuple[str | int, ...], reason: str) -> None:
        self.assumed.append(Assumption(join(path), reason))

    def set(self, key: str, value: Any, reason: str) -> None:
        self.job[key] = value
        self.note((key,), reason)

    def run(self) -> None:
        """Take all steps; each leaves alone what it does not understand."""
        self.rename_keys()
        self.recognize_object()
        self.convert_times()
        self.translate_status()
        self.fix_zeros()
        self.fix_error()
        self.fix_method()
        self.fix_settings()
        self.fix_integrations()
        for contract in (_REFERENCE, DEFAULT):
            for null in [*_null_for_absent(self.job, (root_type(contract),), ())]:
                del follow(self.job, null[:-1])[null[-1]]
                self.note(null, "removed null, which stands for an absent key here, as in dumps by the SDK")
        self.infer_method()
        self.fill()

    def rename_keys(self) -> None:
        for other, key in _OTHER_KEYS.items():
            value = self.job.get(other)
            if isinstance(value, list):
                value = value[0] if len(value) == 1 else None
                value = value.get("file_id") if isinstance(value, dict) else value
            if value is not None and self.job.get(key) is None and (key in TIME_KEYS or isinstance(value, str)):
                del self.job[other]
                self.note((other,), f"renamed to {key}, as the API calls it")
                self.set(key, value, f"the value of {other}")

    def recognize_object(self) -> None:
        found = self.job.get("object", "fine-tune")
        if isinstance(found, str) and found in _OBJECTS and {"id", "status", "training_file"} <= self.job.keys():
            self.set("object", JOB_OBJECT, "other servers have another word, or none, for the object of the API")

    def convert_times(self) -> None:
        for key in TIME_KEYS:
            seconds = _seconds(self.job.get(key))
            if seconds is not None:
                self.set(key, seconds, "the same time in seconds since 1970")

    def translate_status(self) -> None:
        status = self.job.get("status")
        if isinstance(status, str) and status not in _STATUSES:
            known = same_ignoring_case(status, _STATUSES)
            word = known or _OTHER_STATUSES.get(bare_word(status))
            if word and word != status:
                self.set("status", word, "the status of the API with the same meaning")

    def fix_zeros(self) -> None:
        for key in ("finished_at", "estimated_finish"):
            value: Any = self.job.get(key)
            if type(value) in _NUMBERS and value <= 0:
                self.set(key, None, "a time that is not after 1970 stands for null, as Go and .NET programs write it")
        tokens = self.job.get("trained_tokens")
        if type(tokens) in _NUMBERS and tokens == 0 and self.job.get("status") != "succeeded":
            self.set("trained_tokens", None, "0 stands for null: the API counts tokens when the job has succeeded")
        for key in _TEXTS:
            if self.job.get(key) == "":
                self.set(key, None, "the empty text stands for null, as Go programs write it")

    def fix_error(self) -> None:
        error = self.job.get("error")
        if isinstance(error, str) and error:
            self.set("error", dict.fromkeys(ERROR_KEYS) | {"message": error}, "the text is the message of the error")
        elif error == "" or (isinstance(error, dict) and all(value is None for value in error.values())):
            self.set("error", None, "an error without content is null")
        elif isinstance(error, dict):
            for key in ERROR_KEYS:
                if key not in error:
                    error[key] = None
                    self.note(("error", key), "absent; an error has this key, and null says that nothing is known")

    def fix_method(self) -> None:
        method = self.job.get("method")
        if isinstance(method, str):
            method = {"type": method}
            self.set("method", method, "the text is the type of the method")
        word = method.get("type") if isinstance(method, dict) else None
        if not isinstance(method, dict) or not isinstance(word, str):
            return
        if word in _METHOD_WORDS:
            word = method["type"] = _METHOD_WORDS[word]
            self.note(("method", "type"), "the type of the API with the same meaning")
        if word in METHODS and isinstance(method.get("hyperparameters"), dict) and method.get(word) is None:
            method[word] = {"hyperparameters": method.pop("hyperparameters")}
            self.note(("method",), f"the settings are in {word}")

    def settings(self) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
        """Yield the hyperparameters at the top level and in the method, with their paths."""
        paths = [("hyperparameters",), *(("method", name, "hyperparameters") for name in METHODS)]
        for path in paths:
            value: Any = self.job
            for key in path:
                value = value.get(key) if isinstance(value, dict) else None
            if isinstance(value, dict):
                yield path, value

    def fix_settings(self) -> None:
        for path, settings, key in ((*place, key) for place in self.settings() for key in SETTINGS):
            value = settings.get(key)
            if value == -1 and key != "learning_rate_multiplier":
                settings[key] = "auto"
                self.note((*path, key), "-1 is what Azure writes for auto")
            elif type(value) in _NUMBERS and value == 0:
                del settings[key]
                self.note((*path, key), "removed 0, with which no training is possible: the server does not tell")

    def fix_integrations(self) -> None:
        integrations = self.job.get("integrations")
        for index, one in enumerate(integrations if isinstance(integrations, list) else ()):
            if isinstance(one, dict) and "wandb" not in one and isinstance(one.get("project"), str):
                settings = {key: one.pop(key) for key in [*one] if key != "type"}
                one["wandb"] = settings
                self.note(("integrations", index), "the settings are in wandb")

    def infer_method(self) -> None:
        job = self.job
        method, top, created = job.get("method"), job.get("hyperparameters"), job.get("created_at")
        # What other servers trained is unknown.
        of_openai = str(job.get("organization_id")).startswith("org-")
        if (
            of_openai
            and method is None
            and isinstance(top, dict)
            and isinstance(created, int)
            and created < _FIRST_METHOD
        ):
            # Inside a method, no setting is null.
            settings = {key: deep_copy(value) for key, value in top.items() if value is not None}
            self.set(
                "method",
                {"type": "supervised", "supervised": {"hyperparameters": settings}},
                "before November 2024, OpenAI had only supervised training",
            )
        if top is None and isinstance(method, dict) and method.get("type") == "supervised":
            inner = next((value for path, value in self.settings() if path[1:2] == ("supervised",)), None)
            if inner is not None:
                self.set(
                    "hyperparameters", deep_copy(inner), "supervised jobs have their settings at the top level too"
                )

    def fill(self) -> None:
        """Put the keys of the reference in its order, and add those that are absent; the others follow."""
        known = dict(self.job)
        self.job.clear()
        for key in root_type(_REFERENCE).properties:
            value = known.pop(key, ABSENT)
            if (value is ABSENT or value is None) and key not in _INDISPENSABLE:
                empty, reason = _EMPTY.get(key, (None, "absent; null says that nothing is known"))
                if value != empty:
                    self.set(key, deep_copy(empty), reason)
                    continue
            if value is not ABSENT:
                self.job[key] = value
        self.job.update(known)


def _seconds(value: Any) -> int | None:
    """Return a time in ISO 8601, milliseconds or the like in seconds since 1970; None if it is not one of these."""
    if isinstance(value, str):
        time = parse_iso8601(value)
        if time is None or time.notation != "an ISO 8601 time":
            # Without a time zone, the time is not certain.
            return None
        return int(datetime.fromisoformat(value).timestamp())
    if isinstance(value, int | float) and value >= TOO_LATE:
        rounded = (epoch_seconds(value - value % unit) for unit in (10**3, 10**6, 10**9))
        return next((seconds for seconds in rounded if seconds is not None), None)
    return None


def _null_for_absent(value: Any, types: Types, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of the keys that are null, and that the types allow to be absent but not null."""
    for json_type in types:
        if isinstance(json_type, ObjectType) and json_type.matches(value):
            for key, declared in json_type.properties.items():
                inner = value.get(key, ABSENT)
                nullable = any(isinstance(one, NullType | AnyType) for one in declared.types)
                if inner is None and not nullable and key not in json_type.required:
                    yield (*path, key)
                else:
                    yield from _null_for_absent(inner, declared.types, (*path, key))
        elif isinstance(json_type, ArrayType | MapType) and json_type.matches(value):
            [(_, below)] = json_type.children()
            for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
                yield from _null_for_absent(inner, below.types, (*path, step))

"""Draw jobs as the live API and Azure send them, from archetypes of captured jobs.

An archetype has the keys of a capture, their order, absences, nulls, types, words and settings. What identified the job
is a placeholder, such as `{letters22}` for 22 letters and digits; times are seconds after the creation, and a seed of 0
is any seed. `tests/pages/archetypes.py` makes the file.
"""

from __future__ import annotations

import json
import re
from calendar import timegm
from functools import cache, cached_property
from pathlib import Path
from time import strptime
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from attrs import field, frozen

from ftschema.core.absent import ABSENT
from ftschema.core.errors import CannotCombineError
from ftschema.core.text import format_value
from ftschema.generation import samples
from ftschema.generation.jobs import creation_times, make_consistent, resolve_auto
from ftschema.generation.values import choose
from ftschema.jsontext.data import deep_copy
from ftschema.schemas.catalogue import entry
from ftschema.schemas.vocabulary import ENDED_EARLY, METHODS, TIME_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ftschema.core.literals import ContractName
    from ftschema.generation.values import Chooser

Style: TypeAlias = Literal["wire", "edges"]
"""Whether jobs look like captured ones, or reach all that the contract allows."""

LATEST: Final = "latest"
"""The name of the newest era, in the form of the wire."""

_FILE = Path(__file__).with_name("archetypes.json")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_PLACEHOLDER = re.compile(r"\{([a-z]+)(\d*)\}")
# The length of a month that every month has.
_SPAN = 28 * 86_400
_SLUGS = ("personal", "acme", "example-lab")
_SUFFIXES = ("support-bot", "my-suffix", "triage", "v2-final")
_MESSAGES = {
    "invalid_training_file": "The training file is not valid: line 3 has no key messages.",
    "deleted_training_file": "The training file was deleted.",
    "invalid_n_examples": "The training file has 8 examples; at least 10 are needed.",
}
"""The errors of failed jobs, by their codes, the most frequent first."""
# Texts by key, the simplest first.
_TEXTS = {
    "project": ("my-wandb-project", "fine-tuning"),
    "name": ("grader", "accuracy"),
    "source": ("def grade(sample, item):\n    return 1.0\n", "def grade(sample, item):\n    return 0.5\n"),
    "url": ("https://example.com/grade", "https://example.com/score"),
}
# What a job has that ends, if its archetype has not ended: seconds and tokens.
_USUAL_SECONDS = 1_800
_USUAL_TOKENS = 50_000


@frozen(slots=False)
class Archetype:
    """The form of a captured job.

    Attributes:
        contract: The contract of the captures.
        era: The first month of a time in which jobs had the same keys.
        month: The month in which the captured job was created.
        dump: Whether it was captured as a dump of the SDK, in which null may stand for an absent key.
        count: The number of captures with this form.
        job: The job, with placeholders.
    """

    contract: ContractName
    era: str
    month: str
    dump: bool
    count: int
    job: dict[str, Any] = field(hash=False)

    @cached_property
    def status(self) -> str:
        """The status of the job."""
        return str(self.job["status"])

    @cached_property
    def method(self) -> str | None:
        """The type of the job's method, or None."""
        method = self.job.get("method")
        return method["type"] if method else None

    @cached_property
    def is_azure(self) -> bool:
        """Whether the ids are those of Azure."""
        return entry(self.contract).vendor.hexadecimal_ids

    @cached_property
    def start(self) -> int:
        """The first second of the month."""
        return timegm(strptime(self.month, "%Y-%m"))

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The models of captures of the same month and method, that of the archetype first."""
        alike = (one for one in archetypes(self.contract) if (one.month, one.method) == (self.month, self.method))
        return tuple(dict.fromkeys([self.job["model"], *(one.job["model"] for one in alike)]))

    @cached_property
    def fill(self) -> Callable[[_Filler], dict[str, Any]]:
        """Returns the job with its placeholders filled."""
        job: Callable[[_Filler], dict[str, Any]] = _of_members(self.job, "")
        return job


@cache
def archetypes(contract: ContractName) -> tuple[Archetype, ...]:
    """Return the archetypes of a contract, each as often as it was captured, the newest first."""
    every = (Archetype(**row) for row in json.loads(_FILE.read_text(encoding="utf-8")))
    return tuple(one for one in every if one.contract == contract for _ in range(one.count))[::-1]


@cache
def archetypes_of(contract: ContractName, era: str | None) -> tuple[Archetype, ...]:
    """Return the archetypes of an era, or all.

    Raises:
        CannotCombineError: There are none.
    """
    every = archetypes(contract)
    if not every:
        raise CannotCombineError(f"no job of the contract {format_value(contract)} was captured; it has no era")
    if era is None:
        return every
    if era == LATEST:
        newest = tuple(one for one in every if one.era == every[0].era)
        raw = tuple(one for one in newest if not one.dump)
        return raw or tuple(map(_as_sent, newest))
    if not _MONTH.fullmatch(era) or era < every[-1].era:
        must = f'"{LATEST}" or a month since {every[-1].era}, such as "{every[0].era}"'
        raise CannotCombineError(f"the era must be {must}, found {format_value(era)}")
    first = max(one.era for one in every if one.era <= era)
    return tuple(one for one in every if one.era == first)


def _as_sent(archetype: Archetype) -> Archetype:
    """Return the archetype of a dump without the nulls that only dumps of these months have."""
    job = deep_copy(archetype.job)
    job["error"] = {key: value for key, value in job["error"].items() if value is not None}
    job["method"] = {key: value for key, value in job["method"].items() if key not in METHODS or value is not None}
    return Archetype(archetype.contract, archetype.era, archetype.month, dump=False, count=archetype.count, job=job)


def draw_captured(archetype: Archetype, chooser: Chooser, fixed: Mapping[str, Any], status: str) -> dict[str, Any]:
    """Return a job of an archetype with fixed values, and perhaps with another status."""
    filler = _Filler(archetype, chooser, fixed)
    job = filler.job()
    if status != archetype.status:
        filler.change_status(job, status)
    if fixed:
        job.update((key, deep_copy(value)) for key, value in fixed.items())
        if not fixed.keys().isdisjoint({"hyperparameters", "method"}):
            make_consistent(job, fixed)
    return job


class _Filler:
    """Values for the placeholders of one job."""

    def __init__(self, archetype: Archetype, chooser: Chooser, fixed: Mapping[str, Any]) -> None:
        self.archetype = archetype
        self.chooser = chooser
        # What several places of the job have.
        self.shared = {"slug": choose(_SLUGS, chooser), "suffix": choose(_SUFFIXES, chooser)}
        self.shared["job"] = fixed.get("id") or self.text("ftjob-" + self._letters(24))
        model = fixed.get("model") or self.text(choose(archetype.models, chooser))
        self.shared["model"] = model
        self.shared["base"] = model if archetype.is_azure else model.removeprefix("ft:").partition(":")[0]
        self._created = _creation_time(archetype, fixed, chooser)
        # How much more the job does than that of the archetype, in percent.
        self._more = chooser(101)

    def _letters(self, length: int) -> str:
        return "{hex32}" if self.archetype.is_azure else f"{{letters{length}}}"

    def text(self, template: str) -> str:
        """Return a text with its placeholders filled."""
        return str(_of_text(template, "")(self))

    def job(self) -> dict[str, Any]:
        """Return the job."""
        job = self.archetype.fill(self)
        job["created_at"] = self._created
        job["model"] = self.shared["model"]
        for key in TIME_KEYS[1:]:
            if job.get(key) is not None:
                job[key] = self._later(job[key])
        if job.get("trained_tokens") is not None:
            job["trained_tokens"] = self._more_than(job["trained_tokens"])
        if job.get("seed") == 0:
            job["seed"] = self.chooser(2**31)
        return job

    def _more_than(self, number: int) -> int:
        return number * (100 + self._more) // 100

    def _later(self, seconds: int) -> int:
        return int(self._created) + self._more_than(seconds)

    def change_status(self, job: dict[str, Any], status: str) -> None:
        """Change a job that has not failed to another status, with what its server then sets and unsets."""
        contract = self.archetype.contract
        before, job["status"] = job["status"], status
        if before == "succeeded":
            _unset_results(job, self.archetype)
        if status == "succeeded":
            suffix = "-{suffix}" if self.archetype.is_azure else "{suffix}"
            has_suffix = job.get("suffix") or job.get("user_provided_suffix")
            name = "{base}.ft-{hex32}" if self.archetype.is_azure else "ft:{base}:{slug}:"
            name += suffix if has_suffix else ""
            job["fine_tuned_model"] = self.text(name if self.archetype.is_azure else name + ":{letters8}")
            job["result_files"] = [self.text("file-" + self._letters(22))]
            job["finished_at"] = self._later(_USUAL_SECONDS)
            job["trained_tokens"] = self._more_than(_USUAL_TOKENS)
        if status not in {"created", "validating_files", *ENDED_EARLY} and entry(contract).vendor.resolves_auto:
            resolve_auto(job)
        if status == "failed":
            code, message = choose(tuple(_MESSAGES.items()), self.chooser)
            job["error"] = {"code": code, "message": message, "param": "training_file"}


_Fill: TypeAlias = "Callable[[_Filler], Any]"
"""Returns a value of an archetype with its placeholders filled. Archetypes become such functions when first drawn."""


def _of_members(value: Any, key: str) -> _Fill:
    """Return the function that copies an object or array, and fills the placeholders of its members."""
    members: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    fills = [(at, fill) for at, member in members if (fill := _of_value(member, at if isinstance(at, str) else key))]
    if not fills:
        return lambda _: value.copy()

    def fill_members(filler: _Filler) -> Any:
        made = value.copy()
        for at, fill in fills:
            made[at] = fill(filler)
        return made

    return fill_members


def _of_value(value: Any, key: str) -> _Fill | None:
    """Return the function that fills the placeholders of the value at a key, or None if all jobs have the same."""
    if isinstance(value, dict | list):
        return _of_members(value, key)
    return _of_text(value, key) if isinstance(value, str) and "{" in value else None


@cache
def _of_text(template: str, key: str) -> _Fill:
    """Return the function that fills the placeholders of a text."""
    # Texts, names and lengths in turn.
    parts = _PLACEHOLDER.split(template)
    pattern = "%s".join(part.replace("%", "%%") for part in parts[::3])
    fills = [
        _of_placeholder(name, int(length or 0), key) for name, length in zip(parts[1::3], parts[2::3], strict=True)
    ]
    if len(fills) == 1:
        [only] = fills
        return lambda filler: pattern % only(filler)
    return lambda filler: pattern % tuple([fill(filler) for fill in fills])


def _of_placeholder(name: str, length: int, key: str) -> _Fill:
    if name == "text":
        return lambda filler: choose(_TEXTS[key], filler.chooser)
    if name == "message":
        return lambda filler: _MESSAGES[filler.archetype.job["error"]["code"]]
    if name not in {"letters", "hex"}:
        return lambda filler: filler.shared[name]

    letters = samples.letters(length, hexadecimal=name == "hex")
    # The simplest ids are those of the vendors' documents.
    return lambda filler: letters(number) if (number := filler.chooser(samples.IDS)) else "abc123"


def _unset_results(job: dict[str, Any], archetype: Archetype) -> None:
    """Unset what only a succeeded job has, as its server does."""
    for key in ("fine_tuned_model", "finished_at", "trained_tokens", "result_files"):
        if entry(archetype.contract).vendor.omits_unset and not archetype.dump:
            job.pop(key, None)
        else:
            job[key] = [] if key == "result_files" and job[key] is not None else None


def unset_error(captures: tuple[Archetype, ...]) -> Any:
    """Return the error of captured jobs that have not failed, or `ABSENT`."""
    return next(one.job.get("error", ABSENT) for one in captures if one.status != "failed")


def _creation_time(archetype: Archetype, fixed: Mapping[str, Any], chooser: Chooser) -> Any:
    """Return the fixed time, one before other fixed times, or one in the month of the archetype."""
    if "created_at" in fixed:
        return fixed["created_at"]
    start, span = archetype.start, _SPAN
    if fixed and any(fixed.get(key) is not None for key in TIME_KEYS):
        start, span = creation_times(archetype.status, fixed)
    return start + chooser(span)

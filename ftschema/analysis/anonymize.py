"""Make captured jobs safe to share: keep what programs depend on, and replace what tells whose jobs they are.

What is kept is in one table, `KEPT`. Whatever is not recognized is replaced: keys and values that no contract declares,
keys of maps, and words that a contract does not list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ftschema.analysis.pseudonyms import Pseudonyms
from ftschema.core.errors import InvalidJobError
from ftschema.core.text import type_name
from ftschema.generation.samples import TEXTS
from ftschema.jsontext.data import is_json
from ftschema.jsontext.tokens import TOKEN
from ftschema.schemas.catalogue import names
from ftschema.schemas.json_types import ArrayType, EnumType, JsonType, MapType, ObjectType
from ftschema.schemas.reader import root_type
from ftschema.schemas.rule_tests import END_OF_CREATED
from ftschema.schemas.spelling import SPELLINGS, spelled, wire_name
from ftschema.schemas.vocabulary import JOB_OBJECT, TIME_KEYS
from ftschema.validation.contract import check
from ftschema.validation.recognition import BY_OBJECT, is_error, is_request, is_webhook, items_of, kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from ftschema.schemas.json_types import Types

KEPT: Final = (
    ("keys that a contract declares, of pages, and those named by `keep`", "`created_at`, `has_more`"),
    ("words that a contract lists, and the usual words of errors", "`succeeded`, `auto`, `invalid_training_file`"),
    ("the words of messages that rules refer to", "`Created fine-tuning job: `"),
    ("`null`, `true`, `false`, and numbers of up to three digits", "`-1`, `0.1`, `256`"),
    ("the kind of each number, and its number of digits", "`5049` becomes `7310`, `2.0` stays `2.0`"),
    ("the distances between times; all move by the same one to four weeks", "`created_at`, `2025-03-11T09:30:00Z`"),
    ("the first words of ids and URLs, names of base models, and numbers of steps", "`ftjob-`, `ft:gpt-4o-mini-…`"),
    ("length, punctuation, white space, and case of strings", "`banking_intent` becomes `kqwzmrt_hbxvye`"),
    ("order and number of everything", ""),
)
"""The list of everything that `anonymize` keeps, with examples; a table of the documentation shows it."""

# The contracts in which every key and every word of the others is declared.
_CONTRACTS: Final = ("observed", "azure")
# Keys outside of jobs: of pages and usual wrappers, of events, checkpoints and errors.
_OUTER_KEYS: Final = frozenset(
    (
        *("object", "data", "has_more", "first_id", "last_id", "job", "jobs", "fine_tuning_job", "fine_tuning_jobs"),
        *("request", "response", "result", "results", "items", "body", "status", "status_code", "payload"),
        *("id", "created_at", "level", "message", "type", "error", "code", "param", "step", "step_number", "metrics"),
        *("fine_tuning_job_id", "fine_tuned_model_checkpoint", "event", "events", "checkpoint", "checkpoints", "page"),
        *("pages", "interactions", "headers", "method", "uri", "url", "string", "encoding", "recorded_at"),
    )
)
# What replies to refused requests were captured with; the last refuses any job since 2026.
_REPLY_CODES: Final = ("fine_tune_not_found", "rate_limit_exceeded", "mismatched_project", "training_not_available")
# Words that decide what programs do, though a contract allows any string.
_WORDS: Final = {
    "object": frozenset((*BY_OBJECT, "list")),
    "level": frozenset(("info", "warn", "warning", "error")),
    "type": frozenset(("invalid_request_error",)),
    "code": frozenset((*TEXTS["code"], *_REPLY_CODES)),
    "param": frozenset((*TEXTS["param"], "model", "fine_tune_id")),
    **{key: frozenset(map(str.lower, TEXTS[key])) for key in ("trainingType", "detail")},
}
# What follows is of the user: the id of a job.
_MESSAGE: Final = re.compile(r"Created fine-tun(?:ing job|e): |The job has successfully completed\Z")
# A job without the right `object` has an id and this many other required keys.
_FEWEST_KEYS: Final = 2

_OUTSIDE: Final[Types] = (JsonType(),)
"""Stands for the type of what contains jobs."""


def anonymize(payload: Any, *, key: str, keep: Collection[str] = ()) -> Any:
    """Return a copy of JSON data with every id, name, text and time replaced, so that it can be published.

    The same value has the same pseudonym in every payload that is anonymized with the same key. What is kept is listed
    in the README of the package.

    Args:
        payload: A job of any contract, valid or not; a page, an array or a wrapper of jobs; or an object of another
            kind.
        key: A secret. Without it no one can make or undo pseudonyms; with the same key the result is the same.
        keep: Further keys of objects to keep, which no contract declares. Their values are replaced.

    Raises:
        InvalidJobError: The payload is not JSON data.
        ValueError: The key is empty.
    """
    return Anonymizer(key, keep).anonymize(payload)


class Anonymizer:
    """Anonymizes payloads and texts by one key.

    Attributes:
        undeclared: The keys that were replaced because no contract declares them, so that they can be reported.
        pseudonyms: Makes the pseudonyms.
    """

    def __init__(self, key: str, keep: Collection[str] = ()) -> None:
        if not isinstance(key, str):
            raise TypeError(f"the key must be a str, not {type(key).__name__}")
        if not key:
            raise ValueError("the key must not be empty")
        if isinstance(keep, str) or not isinstance(keep, Iterable):
            raise TypeError(f"keep must be a collection of keys, not {type_name(type(keep))}")
        self.pseudonyms: Pseudonyms = Pseudonyms(key)
        self.undeclared: dict[str, None] = {}
        self._keep = frozenset(keep)

    def anonymize(self, payload: Any) -> Any:
        """Return the anonymized copy of a payload.

        Raises:
            InvalidJobError: The payload is not JSON data.
        """
        if not is_json(payload):
            raise InvalidJobError(check(payload))
        # A part of a job, or a broken one, is anonymized as a job.
        is_outside = isinstance(payload, list) or _contains_known(payload)
        types = _types_of_other(payload) or (_OUTSIDE if is_outside else _job_types())
        return self._replaced(payload, types, "", ())

    def anonymize_text(self, text: str, payload: Any) -> str:
        """Return the text of a payload anonymized; its white space stays, and so do the numbers that are kept."""
        new = self.anonymize(payload)
        tokens, ascii_tokens = (
            iter(TOKEN.findall(json.dumps(new, ensure_ascii=is_ascii))) for is_ascii in (False, True)
        )

        def replace(match: re.Match[str]) -> str:
            old, token, ascii_token = match[0], next(tokens), next(ascii_tokens)
            if old[0] in '{}[],:"':
                return str(ascii_token if old.isascii() else token)
            return old if json.loads(old) == json.loads(token) else str(token)

        return TOKEN.sub(replace, text)

    def _replaced(self, value: Any, types: Types, key: str, edges: tuple[int, ...]) -> Any:
        """Return the pseudonym of a value.

        Args:
            value: The value.
            types: The types that contracts declare for it; empty for anything, and `_OUTSIDE` outside of jobs.
            key: The key of the value, or of the array that it is an item of, as on the wire.
            edges: The times that a time must stay on the same side of.
        """
        if isinstance(value, dict):
            return self._object(value, types)
        if isinstance(value, list):
            below = _below(types, ArrayType)
            beside_jobs = types == _OUTSIDE and any(map(_is_job, value))
            if types == _OUTSIDE:
                below = _job_types() if beside_jobs else _OUTSIDE
            return [
                self._replaced(item, (beside_jobs and _types_of_other(item)) or below, key, edges) for item in value
            ]
        if value is None or isinstance(value, bool) or (isinstance(value, str) and _is_word(value, types, key)):
            return value
        if isinstance(value, str):
            return self._string(value, types, key)
        if key in TIME_KEYS or key.endswith("_at"):
            return self.pseudonyms.time(value, edges)
        return self.pseudonyms.number(value)

    def _string(self, value: str, types: Types, key: str) -> str:
        if types and key == "message" and (words := _MESSAGE.match(value)):
            return words[0] + self.pseudonyms.text(value[words.end() :])
        # A formula refers to graders by their names.
        return self.pseudonyms.name(value) if key == "calculate_output" else self.pseudonyms.text(value)

    def _object(self, value: dict[str, Any], types: Types) -> dict[str, Any]:
        # A rule refers to a date in jobs of this status.
        edges = (END_OF_CREATED,) if "created" in (value.get("status"), value.get("Status")) else ()
        properties: dict[str, tuple[str, Types]] = {}
        others: Types = ()
        is_map = beside_jobs = False
        if types == _OUTSIDE:
            own = _job_types() if _is_job(value) else _types_of_other(value)
            if own:
                return self._object(value, own)
            beside_jobs = all(isinstance(one, dict) for one in value.values()) and any(map(_is_job, value.values()))
            others = _job_types() if beside_jobs else _OUTSIDE
            properties = {key: (key, _OUTSIDE) for key in value if key in _OUTER_KEYS}
        else:
            properties = _properties(types, *_tag(value))
            is_map = not properties
            others = _below(types, MapType) if is_map else ()
        replaced: dict[str, Any] = {}
        for key, member in value.items():
            name, below = properties.get(key, (_wire(key), others))
            new = key
            if key not in properties and key not in self._keep:
                new = self.pseudonyms.text(key)
                # Not the name of another key that is, or could be, there.
                while new in properties or new in replaced:
                    new = self.pseudonyms.text(new)
                if not is_map:
                    self.undeclared[key] = None
            own = _types_of_other(member) if beside_jobs else ()
            replaced[new] = self._replaced(member, own or below, name, edges)
        return replaced


@cache
def _types_of(prefix: str) -> Types:
    """Return the types of the objects of a kind."""
    return tuple(map(root_type, names(prefix)))


def _types_of_other(value: object) -> Types:
    """Return the types of an object of another kind than the job, or none; a page of jobs is what contains jobs."""
    found = kind(value)
    if found in {None, "job"} or _contains_job(value):
        return ()
    return _types_of(f"page/{items_of(value)}/" if found == "page" else f"{found}/")


@cache
def _job_types() -> Types:
    return tuple(map(root_type, _CONTRACTS))


@cache
def _names() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Return, in each spelling, the keys `object` and `id` and the other keys that every job must have."""
    required = frozenset.intersection(*(frozenset(root_type(contract).required) for contract in _CONTRACTS))
    return tuple(
        (
            spelled("object", spelling),
            spelled("id", spelling),
            frozenset(spelled(key, spelling) for key in required) - {spelled("id", spelling)},
        )
        for spelling in SPELLINGS
    )


def _is_job(value: object) -> bool:
    """Return whether a value looks like a job of any contract."""
    if not isinstance(value, dict):
        return False
    return any(
        value.get(kind) == JOB_OBJECT
        or (kind not in value and own in value and len(keys & value.keys()) >= _FEWEST_KEYS)
        for kind, own, keys in _names()
    )


def _contains_job(value: object) -> bool:
    return _is_job(value) or any(map(_contains_job, _members(value)))


def _contains_known(value: object) -> bool:
    """Return whether a value is, or contains, a job or another object that says what it is."""
    if isinstance(value, dict) and str(value.get("object")) in _WORDS["object"]:
        return True
    is_known = any(test(value) for test in (_is_job, is_error, is_request, is_webhook))
    return is_known or any(map(_contains_known, _members(value)))


def _members(value: object) -> Collection[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _wire(key: str) -> str:
    return wire_name(key, "camel")


def _tag(value: dict[str, Any]) -> tuple[str | None, bool]:
    """Return the `type` of an object, and whether it is an object even where a map is allowed: one without names."""
    tag = value.get("type", value.get("Type", {}))
    return tag if isinstance(tag, str) else None, not isinstance(tag, dict)


@cache
def _properties(types: Types, tag: str | None, is_object: bool) -> dict[str, tuple[str, Types]]:  # noqa: FBT001  # cached
    """Return the properties of an object that may have some types, in every spelling: the wire name, and the types.

    There are none if it is a map. A `type` that no contract lists may be that of any of the objects.
    """
    objects = [one for one in types if isinstance(one, ObjectType)]
    chosen = [one for one in objects if one.tag in (None, tag)]
    if not chosen and (is_object or not any(isinstance(one, MapType) for one in types)):
        chosen = objects
    names = dict.fromkeys(name for one in chosen for name in one.properties)
    merged = {
        name: tuple(
            dict.fromkeys(below for one in chosen if name in one.properties for below in one.properties[name].types)
        )
        for name in names
    }
    return {spelled(name, spelling): (name, below) for name, below in merged.items() for spelling in SPELLINGS}


@cache
def _below(types: Types, cls: type[ArrayType | MapType]) -> Types:
    """Return the types of the items of an array, or of the values of a map, that may have some types."""
    return tuple(
        dict.fromkeys(
            below for one in types if isinstance(one, cls) for _, child in one.children() for below in child.types
        )
    )


def _is_word(text: str, types: Types, key: str) -> bool:
    """Return whether a string is one of those that a contract lists for it, in any case."""
    word = text.lower()
    if word == "auto" or (types and word in _WORDS.get(key, ())):
        return True
    return any(word in one.values for one in types if isinstance(one, EnumType))

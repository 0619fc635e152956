"""The tables of kinds and contracts: the names of contracts, their files, and what each describes.

The name of a contract is the path of its file below `schemas/`, as in `event/azure`; those of the job have none of
their kind.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, get_args

from attrs import evolve, frozen

from ftschema.core.errors import UnknownContractError
from ftschema.schemas.vocabulary import AZURE, JOB_OBJECT, OPENAI, Vendor

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ftschema.core.literals import ContractName
    from ftschema.schemas.spelling import Spelling

Form: TypeAlias = Literal["default", "plain", "openapi", "draft-07"]
"""A way to write a contract down. All forms of a contract have the same verdicts."""

FORMS: Final[tuple[Form, ...]] = get_args(Form)

# A wheel carries the files inside the package; a checkout, editable or not, has them beside it.
# The packaged home comes first, so that an installed wheel never looks at a stranger's `schemas`.
_FOLDERS = (Path(__file__).parents[1] / "_schemas", Path(__file__).parents[2] / "schemas")


@frozen
class KindEntry:
    """One kind of object.

    Attributes:
        name: The name.
        root: The class of its objects; the definitions of its contracts are the classes of their parts.
        about: What such an object is, in a few words.
        object: The value of its key `object`; None if it does not have the key, or shares the value with others.
        keys: Keys by which it is told from the other kinds, if `object` is missing or wrong.
    """

    name: str
    root: str
    about: str
    object: str | None = None
    keys: tuple[str, ...] = ()


KINDS: Final[dict[str, KindEntry]] = {
    kind.name: kind
    for kind in (
        KindEntry("job", "FineTuningJob", "a job", JOB_OBJECT, ("status", "training_file")),
        KindEntry("event", "FineTuningEvent", "an event of a job", f"{JOB_OBJECT}.event", ("level", "message")),
        KindEntry(
            "checkpoint",
            "FineTuningCheckpoint",
            "a checkpoint of a job",
            f"{JOB_OBJECT}.checkpoint",
            ("step_number", "fine_tuned_model_checkpoint"),
        ),
        KindEntry(
            "permission",
            "CheckpointPermission",
            "a permission to use a checkpoint",
            "checkpoint.permission",
            ("project_id",),
        ),
        KindEntry("page", "Page", "a page of a list"),
        KindEntry("request", "FineTuningRequest", "a request to create a job"),
        KindEntry("error", "ErrorBody", "the API's reply to a request that failed"),
        KindEntry("webhook", "WebhookEvent", "a webhook event about a job"),
    )
}


@frozen
class Entry:
    """One contract.

    Attributes:
        name: The name, with its kind in front if that is not the job.
        file: The path of the schema below `schemas/`.
        about: The content, in a few words.
        source: The evidence or document behind it.
        spelling: The spelling of its keys.
        vendor: The vendor whose jobs it describes.
        needs_reference: Whether jsonschema alone must validate it. jsonschema-rs 0.60 takes the float -2^63 to be less
            than the integer -2^63, which is the minimum of the 64-bit contract.
        kind: The kind of the objects that it describes.
        items: The contract of the items of a page.
    """

    name: ContractName
    file: str
    about: str
    source: str
    spelling: Spelling = "wire"
    vendor: Vendor = OPENAI
    needs_reference: bool = False
    kind: KindEntry = KINDS["job"]
    items: ContractName | None = None

    @property
    def is_job(self) -> bool:
        """Whether its objects are jobs."""
        return self.kind.name == "job"


_DOCUMENT: Final = "the published OpenAPI document of that date"


def _of_kind(kind: str, name: str, about: str, source: str = _DOCUMENT, vendor: Vendor = OPENAI) -> Entry:
    full = cast("ContractName", f"{kind}/{name}")
    return Entry(full, f"{full}.json", about, source, vendor=vendor, kind=KINDS[kind.partition("/")[0]])


def _published(date: ContractName, about: str, source: str = _DOCUMENT) -> Entry:
    return Entry(date, f"published/{date}.json", about, source)


def _sdk(name: ContractName, about: str, spelling: Spelling, *, needs_reference: bool = False) -> Entry:
    source = "the document of a generated client"
    return Entry(name, f"sdk/{name}.json", about, source, spelling, needs_reference=needs_reference)


_ENTRIES: Final[dict[ContractName, Entry]] = {
    entry.name: entry
    for entry in (
        Entry(
            "observed",
            "observed.json",
            "what the live API has sent, including dumps by its Python SDK",
            "143 captured replies, 2023-08 to 2026-03",
        ),
        Entry(
            "azure",
            "azure.json",
            "what Azure OpenAI has sent, including dumps by the same SDK",
            "34 captured replies, 2023 to 2025",
            vendor=AZURE,
        ),
        _published("2023-10-05", "the first published specification of the object"),
        _published("2023-11-06", "object and status become enums"),
        _published("2024-04-09", "adds seed and integrations"),
        _published("2024-04-30", "adds estimated_finish"),
        _published("2024-12-18", "adds method (supervised, dpo); opens hyperparameters"),
        _published("2025-03-11", "adds metadata"),
        _published("2026-05-13", "adds reinforcement and its graders; method.type is required"),
        _published("2026-07-15", "adds the reasoning effort max and prompt cache breakpoints"),
        _published(
            "2026-11-10",
            "adds pausing and paused; seed may be null; the graders of a multi grader are a map",
            "a translation of the published API reference, and a mirror page of that date",
        ),
        _sdk("rust", "the job in Rust: integers of 32 bits", "wire"),
        _sdk("powershell", "the job in PowerShell: integers of 32 bits", "pascal"),
        _sdk("dart", "the job in Dart: integers of 64 bits", "camel", needs_reference=True),
        _sdk("typescript-2023", "the job in TypeScript of 2023: integers up to 2^53", "camel"),
        _sdk("typescript-2024", "the job in TypeScript of 2024: the same, with enums", "camel"),
        _of_kind(
            "event",
            "observed",
            "what the live API has sent, including dumps by its Python SDK",
            "41 captured events, 2023-08 to 2026-03",
        ),
        _of_kind("event", "azure", "what Azure OpenAI has sent", "12 captured dumps, 2024 and 2025", AZURE),
        _of_kind("event", "2023-09-02", "the first published specification of an event with an id"),
        _of_kind("event", "2023-11-06", "object becomes an enum"),
        _of_kind("event", "2024-12-18", "adds type and data"),
        _of_kind(
            "checkpoint",
            "observed",
            "what the live API has sent: 3 or 5 metrics",
            "11 captured replies, 2024-05 to 2025-09",
        ),
        _of_kind(
            "checkpoint", "azure", "what Azure OpenAI has sent: 7 metrics", "6 captured dumps, 2024 and 2025", AZURE
        ),
        _of_kind("checkpoint", "2024-04-10", "the published specification of a checkpoint"),
        _of_kind("permission", "2025-03-22", "the published specification of a permission; no capture is known"),
        _of_kind(
            "request",
            "observed",
            "what the live API has accepted; closed",
            "18 captured requests and the refusals of the API, 2023-08 to 2025-12",
        ),
        _of_kind(
            "request",
            "azure",
            "what Azure OpenAI has accepted: trainingType, a suffix of 40 characters",
            "6 captured requests, 2025",
            AZURE,
        ),
        _of_kind("request", "2023-08-31", "the first published specification of a request"),
        _of_kind("request", "2023-11-06", "adds batch_size and learning_rate_multiplier"),
        _of_kind("request", "2024-04-09", "adds seed and integrations"),
        _of_kind("request", "2024-09-13", "a suffix has up to 64 characters"),
        _of_kind("request", "2024-12-18", "adds method (supervised, dpo)"),
        _of_kind("request", "2025-03-11", "adds metadata"),
        _of_kind("request", "2026-05-13", "adds reinforcement and its graders; method.type is required"),
        _of_kind("request", "2026-07-15", "adds the reasoning effort max and prompt cache breakpoints"),
        _of_kind("error", "observed", "the body of an error reply", "15 captured bodies, 2023-03 to 2026-01"),
        _of_kind("error", "azure", "the same on Azure: a code and a message", "3 captured bodies, 2024", AZURE),
        _of_kind("webhook", "2026-05-13", "the published specification of a webhook event; no capture is known"),
    )
}


def _pages(items: str, *envelopes: str) -> Iterator[Entry]:
    """Yield the contracts of pages of a kind of items: one for each change of the page or of its items.

    Each has the schema of the page, and that of the items, that was the newest then.
    """
    prefix = "" if items == "job" else f"{items}/"
    of_items = {entry.name.removeprefix(prefix): entry for entry in _ENTRIES.values() if entry.kind.name == items}
    dates = sorted({name for name in (*of_items, *envelopes) if name[0].isdigit()})
    for name in (*(name for name in envelopes if name not in dates), *dates):
        item = of_items[str(newest(of_items, name))]
        about = f"a page of a list of {items}s: {item.about}"
        made = _of_kind(f"page/{items}", name, about, item.source, item.vendor)
        yield evolve(made, file=f"page/{items}/{newest(envelopes, name)}.json", items=item.name)


def newest(names: Collection[str], name: str) -> str | None:
    """Return a name if it is one of several, or else the last date before it; None if there is none."""
    dates = (known for known in names if known[0].isdigit() and known < name) if name[:1].isdigit() else ()
    return name if name in names else max(dates, default=None)


PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "job": ("observed", "azure", "2023-10-05", "2023-11-06"),
    "event": ("observed", "azure", "2023-09-02", "2023-11-06", "2025-02-10"),
    "checkpoint": ("observed", "azure", "2024-04-10"),
    "permission": ("2025-03-22",),
}
"""The kinds of items that pages have, each with the names of the schemas of such a page."""

_ENTRIES.update((entry.name, entry) for items, envelopes in PAGES.items() for entry in _pages(items, *envelopes))

DEFAULT: Final[ContractName] = next(iter(_ENTRIES.values())).name


@cache
def names(like: str = DEFAULT) -> tuple[ContractName, ...]:
    """Return the name of every contract that has the same prefix as a name: of its kind, the default first."""
    kind = prefix(like)
    return tuple(name for name in _ENTRIES if prefix(name) == kind)


def every_name() -> tuple[ContractName, ...]:
    """Return the name of every contract of every kind."""
    return tuple(_ENTRIES)


def prefix(name: str) -> str:
    """Return the start of the names of all contracts of a kind, such as `event/`; that of the job is empty."""
    return name[: name.rfind("/") + 1]


def prefix_of(kind: str) -> str:
    """Return the start of the names of all contracts of a kind, or of pages of a kind of items, as in `page/event`."""
    return "" if kind == "job" else f"{kind}/"


def entry(name: object) -> Entry:
    """Return the entry of a contract.

    Raises:
        UnknownContractError: There is no such contract.
    """
    if isinstance(name, str) and (found := _ENTRIES.get(cast("ContractName", name))):
        return found
    kinds = (prefix(name), f"{name.partition('/')[0]}/") if isinstance(name, str) else ()
    near = (tuple(known for known in _ENTRIES if known.startswith(kind)) for kind in kinds if kind)
    raise UnknownContractError(name, next(filter(None, near), names()))


def read_text(name: str, form: Form = "default") -> str:
    """Return a form of a contract as text; for the first two forms, exactly as in its file."""
    if form in {"openapi", "draft-07"} or entry(name).items:
        return json.dumps(read_schema(name, form), ensure_ascii=False, indent=2) + "\n"
    return _read_file(entry(name), form)


def _read_file(entry: Entry, form: Form) -> str:
    folder = next(folder for folder in _FOLDERS if folder.is_dir())
    # The plain form of a page is beside that of others, although the file of the page itself may be older.
    file = entry.file if form == "default" else f"plain/{entry.file if entry.items else entry.name + '.json'}"
    return (folder / file).read_text(encoding="utf-8")


def read_schema(name: str, form: Form = "default") -> dict[str, Any]:
    """Return a fresh copy of a form of a contract.

    Raises:
        ValueError: There is no such form.
    """
    if form not in FORMS:
        raise ValueError(f"expected one of the forms {', '.join(FORMS)}, found {form!r}")
    if form in {"openapi", "draft-07"}:
        # Other programs need these forms, and no verdict does.
        from ftschema.schemas.forms import draft_07, openapi  # noqa: PLC0415

        plain = read_schema(name, "plain")
        return openapi(plain, name) if form == "openapi" else draft_07(plain)
    found = entry(name)
    schema: dict[str, Any] = json.loads(_read_file(found, form))
    if found.items:
        item = read_schema(found.items, form)
        root = entry(found.items).kind.root
        definitions = item.pop("$defs", {})
        schema["$id"] = ":".join(("urn:ftschema", *name.split("/"), *(["plain"] if form == "plain" else [])))
        described = {"description": item["description"]} if form == "plain" else {}
        schema["properties"]["data"]["items"] = {**described, "$ref": f"#/$defs/{root}"}
        own = {key: value for key, value in item.items() if key not in {"$id", "$schema"}}
        schema["$defs"] = {root: own} | definitions
    return schema

"""The tables of kinds and contracts: the names of contracts, their files, and what each describes.

The name of a contract is the path of its file below `schemas/`, as in `event/azure`; those of the job have none of
their kind.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, get_args

from attrs import frozen

from ftschema.core.errors import UnknownContractError
from ftschema.schemas.vocabulary import AZURE, JOB_OBJECT, OPENAI, Vendor

if TYPE_CHECKING:
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
    """

    name: str
    root: str
    about: str
    object: str | None = None


KINDS: Final[dict[str, KindEntry]] = {
    kind.name: kind
    for kind in (
        KindEntry("job", "FineTuningJob", "a job", JOB_OBJECT),
        KindEntry("permission", "CheckpointPermission", "a permission to use a checkpoint", "checkpoint.permission"),
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
    """

    name: ContractName
    file: str
    about: str
    source: str
    spelling: Spelling = "wire"
    vendor: Vendor = OPENAI
    needs_reference: bool = False
    kind: KindEntry = KINDS["job"]


_DOCUMENT: Final = "the published OpenAPI document of that date"


def _of_kind(kind: str, name: str, about: str, source: str, vendor: Vendor = OPENAI) -> Entry:
    full = cast("ContractName", f"{kind}/{name}")
    return Entry(full, f"{full}.json", about, source, vendor=vendor, kind=KINDS[kind])


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
        _of_kind("permission", "2025-03-22", "the first published specification of the object", _DOCUMENT),
    )
}

DEFAULT: Final[ContractName] = next(iter(_ENTRIES.values())).name


def names(like: str = DEFAULT) -> tuple[ContractName, ...]:
    """Return the name of every contract that has the same prefix as a name: of its kind, the default first."""
    kind = prefix(like)
    return tuple(name for name in _ENTRIES if prefix(name) == kind)


def every_name() -> tuple[ContractName, ...]:
    """Return the name of every contract of every kind."""
    return tuple(_ENTRIES)


def prefix(name: str) -> str:
    """Return what is in front of the names of all contracts of a kind; nothing for those of the job."""
    return name[: name.rfind("/") + 1]


def entry(name: object) -> Entry:
    """Return the entry of a contract.

    Raises:
        UnknownContractError: There is no such contract.
    """
    if isinstance(name, str) and (found := _ENTRIES.get(cast("ContractName", name))):
        return found
    kind = prefix(name) if isinstance(name, str) else ""
    raise UnknownContractError(name, tuple(known for known in _ENTRIES if prefix(known) == kind) or names())


def read_text(name: str, form: Form = "default") -> str:
    """Return a form of a contract as text; for the first two forms, exactly as in its file."""
    if form in {"openapi", "draft-07"}:
        return json.dumps(read_schema(name, form), ensure_ascii=False, indent=2) + "\n"
    folder = next(folder for folder in _FOLDERS if folder.is_dir())
    file = entry(name).file if form == "default" else f"plain/{entry(name).name}.json"
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
    schema: dict[str, Any] = json.loads(read_text(name, form))
    return schema

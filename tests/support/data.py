"""The data below tests/, read: cases, the jobs they edit, the corpus, and the texts that are JSON or not."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import jsonpatch
from attrs import frozen
from jsonschema import Draft202012Validator

import ftschema
from ftschema.core.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema import ValidationError

_TESTS = Path(__file__).parents[1]
_PACKAGE = Path(ftschema.__file__).parent

SCHEMAS = next(folder for folder in (_PACKAGE / "_schemas", _PACKAGE.parent / "schemas") if folder.is_dir())
"""The folder with the schema files of the package, which a wheel has inside."""

_FOLDER = _TESTS / "cases"
_PUBLISHED_JOBS = Path(__file__).with_name("published_jobs.json")
_NOT_SUBJECTS = {"bases.json", "case.schema.json"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

DART_JOB: dict[str, Any] = {
    "id": "ftjob-1",
    "createdAt": 1734433855,
    "error": None,
    "fineTunedModel": "ft:gpt-4o-mini-2024-07-18:org::abc123",
    "finishedAt": 1734434000,
    "hyperparameters": {"nEpochs": 3, "batchSize": 1, "learningRateMultiplier": 1.8},
    "model": "gpt-4o-mini-2024-07-18",
    "object": "fine_tuning.job",
    "organizationId": "org-",
    "resultFiles": ["file-1"],
    "status": "succeeded",
    "trainedTokens": 5049,
    "trainingFile": "file-2",
    "validationFile": "file-3",
    "seed": 42,
    "metadata": {"createdAt": "x"},
}
"""A job in the names of Dart; the metadata is data of the caller, with a name of Dart in it."""


@frozen(kw_only=True)
class Case:
    """What one contract says of one payload.

    Attributes:
        subject: The file it stands in, without the ending.
        description: What the payload shows.
        contract: Name of the contract.
        payload: A whole job, or one part of it; shared between cases, so it must not be changed.
        part: The definition of the contract that the payload is checked against; None for a whole job.
        valid: The verdict.
        problems: Pointer and JSON Schema keyword of every problem, in the order of the document.
        source: Where the fact comes from.
    """

    subject: str
    description: str
    contract: ftschema.ContractName
    payload: Any
    part: str | None
    valid: bool
    problems: tuple[tuple[str, str], ...]
    source: str

    def __str__(self) -> str:
        """Return what a test is called by."""
        part = f"{self.part}-" if self.part else ""
        return f"{self.subject}-{part}{self.description}-{self.contract}"


@frozen(kw_only=True)
class CorpusJob:
    """A synthetic twin of a captured job.

    Attributes:
        name: Its number in the survey.
        kind: Who sent it: `live`, `azure`, `compat` (a look-alike server), `doc` or `mock`.
        form: `raw` as on the wire; `repr` and `sdk-dump` as the official Python SDK prints it.
        month: When the job was created, where it is known.
        payload: The job; it must not be changed.
    """

    name: str
    kind: str
    form: str
    month: str
    payload: dict[str, Any]

    def __str__(self) -> str:
        """Return what a test is called by."""
        return f"{self.kind}-{self.form}-{self.name}"


def read(path: Path) -> Any:
    """Return the data of a JSON file."""
    return json.loads(path.read_bytes())


def subject_files() -> list[Path]:
    """Return the files that hold cases."""
    return [path for path in sorted(_FOLDER.glob("*.json")) if path.name not in _NOT_SUBJECTS]


def case_bases() -> dict[str, Any]:
    """Return the payloads that cases edit, by name, each with its description."""
    named: dict[str, Any] = read(_FOLDER / "bases.json")
    return named


def case_schema() -> dict[str, Any]:
    """Return the schema of the files."""
    schema: dict[str, Any] = read(_FOLDER / "case.schema.json")
    return schema


def contracts_of(ranges: list[str | dict[str, str]]) -> list[ftschema.ContractName]:
    """Return the contracts that names and ranges of dates stand for."""
    names: list[ftschema.ContractName] = []
    for item in ranges:
        if isinstance(item, str):
            names.append(ftschema.contract(item).name)
        else:
            dates = [name for name in ftschema.contracts() if _DATE.fullmatch(name)]
            names += [date for date in dates if item.get("since", "") <= date <= item.get("until", date)]
    return names


@cache
def cases() -> list[Case]:
    """Return every case of every file, once for each contract it holds for."""
    payloads = {name: base["payload"] for name, base in case_bases().items()}
    return [
        Case(
            subject=path.stem,
            description=case["description"],
            contract=contract,
            payload=payload,
            part=case.get("part"),
            valid=case["valid"],
            problems=tuple((problem["pointer"], problem["code"]) for problem in case.get("problems", ())),
            source=case["source"],
        )
        for path in subject_files()
        for case in read(path)["cases"]
        for payload in [_payload(case, payloads)]
        for contract in contracts_of(case["contracts"])
    ]


@cache
def corpus() -> list[CorpusJob]:
    """Return the corpus, in the order of the two surveys."""
    return [CorpusJob(**job) for name in ("jobs", "second-survey") for job in read(_TESTS / "corpus" / f"{name}.json")]


def _payload(case: dict[str, Any], payloads: dict[str, Any]) -> Any:
    if "payload" in case:
        return case["payload"]
    return jsonpatch.apply_patch(payloads[case["base"]], case.get("edit", []))


def part_of(schema: dict[str, Any], part: str | None) -> dict[str, Any]:
    """Return the schema of one part of a job, or the schema itself for a whole job."""
    return schema if part is None else {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}


def reference_problems(schema: dict[str, Any], payload: Any) -> tuple[tuple[str, str], ...]:
    """Return pointer and keyword of each problem that the reference implementation finds, in the document's order."""
    found = [
        ((*error.absolute_path, *key), str(error.validator))
        for error in Draft202012Validator(schema).iter_errors(payload)
        for key in _unexpected_keys(error)
    ]
    return tuple((join(path), code) for path, code in sorted(found, key=lambda one: _place(payload, one[0])))


def _unexpected_keys(error: ValidationError) -> Iterable[tuple[str, ...]]:
    """Return each key that a closed object may not have, which is one problem; an empty path for any other error."""
    if error.validator != "additionalProperties":
        return [()]
    instance, schema = cast("tuple[dict[str, Any], dict[str, Any]]", (error.instance, error.schema))
    return [(key,) for key in instance if key not in schema["properties"]]


def _place(value: Any, path: Iterable[str | int]) -> list[int]:
    """Return where a path leads, as something that sorts in the document's order."""
    place = []
    for step in path:
        place.append(step if isinstance(step, int) else list(value).index(step))
        value = value[step]
    return place


def published_jobs() -> dict[str, Any]:
    """Return valid jobs that reach every branch of the newest published structure between them, by name.

    They are fresh on every call.
    """
    jobs: dict[str, Any] = read(_PUBLISHED_JOBS)
    return jobs


@frozen
class TextCase:
    """One text of tests/texts, and what is said of it.

    Attributes:
        about: What it is, in words.
        text: The text; bytes where it is no Unicode text, or its encoding matters.
        said: The other members of its row.
    """

    about: str
    text: str | bytes
    said: dict[str, Any]

    @property
    def forms(self) -> list[str | bytes]:
        """Return the text as it is, and a str as bytes too, unless it has no UTF-8 or the two differ by a mark."""
        text = self.text
        if isinstance(text, bytes) or any("\ud800" <= letter <= "\udfff" or letter == "\ufeff" for letter in text):
            return [text]
        return [text, text.encode()]


@cache
def texts(name: str) -> dict[str, TextCase]:
    """Return the cases of a file by what they are about; a `text` stands there `times` times, with as many an `end`."""
    rows = json.loads((_TESTS / "texts" / f"{name}.json").read_text(encoding="utf-8"))
    cases = {}
    for row in rows:
        about = row.pop("about", None) or row["what"]
        times = row.pop("times", 1)
        text = bytes.fromhex(row.pop("hex")) if "hex" in row else row.pop("text") * times + row.pop("end", "") * times
        assert about not in cases, about
        cases[about] = TextCase(about, text, row)
    return cases

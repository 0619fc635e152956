"""The comparisons: what is timed against what, and how far apart the two may be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastjsonschema
import jsonschema
import jsonschema_rs
import orjson
from hypothesis import given, settings
from openai.types.fine_tuning import FineTuningJob as ClientJob
from polyfactory.factories.pydantic_factory import ModelFactory

import ftschema
from bench.peers import CLIENT_NOTE, LIVE, NEAREST, NEAREST_TEXTS, PLAIN, TEXTS, PlainJob
from bench.timing import Ratio, compare, seconds
from ftschema import fixtures, strategies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SCHEMA = ftschema.schema()
# What the API sends once it has a key that no contract knows.
_NEW = {"new_key": {"a": [1, "b"]}}
_LATER = [payload | _NEW for payload in LIVE]
_BROKEN = [payload | {"status": "stopped"} for payload in LIVE]
_LINES = [line + b"\n" for line in TEXTS] * 40
# An installed package has its bytecode; here the first of each comparison's runs writes it.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_DRAWS = 200
_COPIES = 200


def _each(work: Callable[[Any], object], items: list[Any]) -> Callable[[], object]:
    def run() -> None:
        for item in items:
            work(item)

    return run


def _in_memory() -> Iterator[tuple[str, str, Callable[[], object], Callable[[], object], int, float, float, str]]:
    """Yield what is timed against what, for how many payloads, with the bar and the aim."""
    number = len(LIVE)
    rust, reference = jsonschema_rs.Draft202012Validator(_SCHEMA), jsonschema.Draft202012Validator(_SCHEMA)
    compiled = fastjsonschema.compile({**_SCHEMA, "$schema": "http://json-schema.org/draft-07/schema#"})
    valid = _each(ftschema.is_valid, LIVE)
    yield (
        "is_valid",
        "jsonschema-rs",
        valid,
        _each(rust.is_valid, LIVE),
        number,
        3,
        1.5,
        "accepts values that are not JSON",
    )
    yield ("is_valid", "fastjsonschema", valid, _each(compiled, LIVE), number, 1, 0.5, "as draft 7")
    yield ("is_valid", "jsonschema", valid, _each(reference.is_valid, LIVE), number, 1 / 60, 1 / 120, "compiled once")
    jobs = [ClientJob.model_validate(payload) for payload in NEAREST]
    ours = [ftschema.structure(payload) for payload in NEAREST]
    yield (
        *("loads", "openai: model_validate_json", _each(ftschema.loads, NEAREST_TEXTS)),
        *(_each(ClientJob.model_validate_json, NEAREST_TEXTS), number, 1.0, 0.7, CLIENT_NOTE),
    )
    yield (
        *("dumps", "openai: model_dump_json", _each(ftschema.dumps, ours)),
        *(_each(ClientJob.model_dump_json, jobs), number, 0.6, 0.35, CLIENT_NOTE),
    )
    yield (
        *("is_valid, an unknown key", "jsonschema-rs", _each(ftschema.is_valid, _LATER)),
        *(_each(rust.is_valid, _LATER), number, 3, 2.2, ""),
    )
    later_texts = [json.dumps(payload).encode() for payload in _LATER]
    yield (
        *("loads, an unknown key", "loads without it", _each(ftschema.loads, later_texts)),
        *(_each(ftschema.loads, TEXTS), number, 1.8, 1.3, ""),
    )
    later = [ftschema.structure(payload | _NEW) for payload in NEAREST]
    later_client = [ClientJob.model_validate(payload | _NEW) for payload in NEAREST]
    yield (
        *("dumps, an unknown key", "openai: model_dump_json", _each(ftschema.dumps, later)),
        *(_each(ClientJob.model_dump_json, later_client), number, 0.8, 0.4, ""),
    )
    yield (
        *("check, one fault", "jsonschema: list(iter_errors)", _each(ftschema.check, _BROKEN)),
        *(_each(lambda payload: list(reference.iter_errors(payload)), _BROKEN), number, 0.25, 0.05, ""),
    )
    yield (
        *("structure", "cattrs, unchecked", _each(ftschema.structure, LIVE)),
        *(
            _each(lambda payload: PLAIN.structure(payload, PlainJob), LIVE),
            number,
            1.3,
            0.8,
            "attrs classes written by hand",
        ),
    )
    yield (
        *("check_lines", "orjson.loads a line", lambda: sum(1 for _ in ftschema.check_lines(_LINES))),
        *(_each(orjson.loads, _LINES), len(_LINES), 1 / 0.35, 1 / 0.6, "no check at all"),
    )
    factory = ModelFactory.create_factory(ClientJob)
    yield (
        *("fixtures.payloads", "polyfactory of openai's class", lambda: list(fixtures.payloads(_DRAWS, seed=1))),
        *(lambda: [factory.build().model_dump() for _ in range(_DRAWS)], _DRAWS, 1, 0.5, "most are not possible jobs"),
    )


def _drawn() -> None:
    @given(strategies.payloads())
    @settings(max_examples=_DRAWS, database=None)
    def run(payload: dict[str, Any]) -> None:
        assert payload

    run()


def _read(path: Path, jobs: int) -> Callable[[], object]:
    def run() -> None:
        with path.open("rb") as file:
            for _ in ftschema.check_lines(file, jobs=jobs):
                pass

    return run


def _processes(rounds: int) -> Ratio:
    """Return the ratio of two processes to one, over a file."""
    number = len(_LINES) * _COPIES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "jobs.jsonl")
        path.write_bytes(b"".join(_LINES) * _COPIES)
        least, middle, time = compare(_read(path, 2), _read(path, 1), rounds)
    return Ratio(
        "check_lines, 2 processes", "1 process", least, middle, time / number * 1e6, 1 / 1.7, 1 / 1.9, "a file"
    )


def ratios(rounds: int) -> Iterator[Ratio]:
    """Yield the ratios, each measured as it is asked for."""
    for what, against, ours, theirs, number, bar, aim, note in _in_memory():
        least, middle, time = compare(ours, theirs, rounds)
        yield Ratio(what, against, least, middle, time / number * 1e6, bar, aim, note)
    yield _processes(max(3, rounds // 5))
    yield from _commands(max(5, rounds // 2))
    _drawn()
    each = min(seconds(_drawn) for _ in range(3)) / _DRAWS
    yield Ratio("strategies.payloads", "5 ms each", each / 0.005, each / 0.005, each * 1e6, 1, 0.4)


def _commands(rounds: int) -> Iterator[Ratio]:
    """Yield the ratios of whole processes."""
    with tempfile.TemporaryDirectory() as folder:
        job, contract = Path(folder, "job.json"), Path(folder, "contract.json")
        job.write_text(json.dumps(LIVE[0]))
        contract.write_text(json.dumps(_SCHEMA))

        def command(*arguments: str) -> Callable[[], object]:
            return lambda: subprocess.run(
                [sys.executable, *arguments], check=True, capture_output=True, env=_ENVIRONMENT
            )

        check = command("-m", "ftschema", "check", str(job))
        other = command("-m", "check_jsonschema", "--schemafile", str(contract), str(job))
        least, middle, time = compare(check, other, rounds)
        yield Ratio("ftschema check FILE", "check-jsonschema", least, middle, time * 1e6, 1 / 2, 1 / 4, "cold")
        bare, ours = command("-c", "pass"), command("-c", "import ftschema; ftschema.is_valid")
        only = command("-c", "import ftschema")
        bare()
        ours()
        for what, work in (("import ftschema", only), ("import ftschema, is_valid", ours)):
            extra = min(seconds(work) for _ in range(rounds)) - min(seconds(bare) for _ in range(rounds))
            share = extra / 0.06
            yield Ratio(what, "60 ms more than Python alone", share, share, extra * 1e6, 1, 35 / 60)

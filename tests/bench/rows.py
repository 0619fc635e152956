"""The comparisons: what is timed against what, and how far apart the two may be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastjsonschema
import jsonschema
import jsonschema_rs
import msgspec
import orjson
from attrs import frozen
from hypothesis import given, settings
from openai.types.fine_tuning import FineTuningJob as ClientJob
from polyfactory.factories.pydantic_factory import ModelFactory

import ftschema
from bench.peers import CLIENT_NOTE, LIVE, NEAREST, NEAREST_TEXTS, PLAIN, TEXTS, PlainJob, nearest
from bench.timing import Ratio, compare, seconds
from ftschema import fixtures, strategies
from ftschema.model.records import struct_type
from support.data import corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SCHEMA = ftschema.schema()
_NUMBER = len(LIVE)
# What the API sends once it has a key that no contract knows.
_NEW = {"new_key": {"a": [1, "b"]}}
_LATER = [payload | _NEW for payload in LIVE]
_LINES = [line + b"\n" for line in TEXTS] * 40
# An installed package has its bytecode; here the first of each comparison's runs writes it.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_DRAWS = 200
_COPIES = 200


@frozen
class _Comparison:
    """Two things that are timed, each for a number of payloads; see `Ratio` for the other attributes."""

    what: str
    against: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    number: int
    bar: float
    aim: float
    note: str = ""
    variation: str = ""


def _each(work: Callable[[Any], object], items: list[Any]) -> Callable[[], object]:
    def run() -> None:
        for item in items:
            work(item)

    return run


def _with_method(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}, "later": 1}}


def _reinforcement() -> list[dict[str, Any]]:
    """Return jobs with one grader and with a map of graders, which are larger than others."""
    generated = fixtures.payloads(600, "bench")
    found = [job for job in generated if (job.get("method") or {}).get("type") == "reinforcement"]
    return [*(job for job in LIVE if '"reinforcement": {' in json.dumps(job)), *found][:20]


def _with_faults(payload: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a job with that many faults, each of another value."""
    members: dict[str, Any] = {
        "status": "stopped",
        "created_at": "soon",
        "model": 5,
        "seed": "7",
        "training_file": None,
    }
    broken = payload | dict([*members.items()][:number])
    return broken if number <= len(members) else broken | {"result_files": [*range(number - len(members))]}


def _verdicts() -> Iterator[_Comparison]:
    """Yield the comparisons of `is_valid` with three validators, and with the fastest for other payloads."""
    rust, reference = jsonschema_rs.Draft202012Validator(_SCHEMA), jsonschema.Draft202012Validator(_SCHEMA)
    azure = jsonschema_rs.Draft202012Validator(ftschema.schema("azure"))
    compiled = fastjsonschema.compile({**_SCHEMA, "$schema": "http://json-schema.org/draft-07/schema#"})
    note = "accepts values that are not JSON"
    variations = {
        "": LIVE,
        "generated jobs": [*fixtures.payloads(_NUMBER, "bench")],
        "an unknown key": _LATER,
        "one in `method`": [_with_method(payload) for payload in LIVE],
        "`3.0`": [payload | {"created_at": float(payload["created_at"])} for payload in LIVE],
        "`usage_metrics` an object": [payload | {"usage_metrics": {"a": 1}} for payload in LIVE],
        "reinforcement": _reinforcement(),
    }
    for variation, payloads in variations.items():
        bar, aim = (3, 2.2) if variation not in {"", "generated jobs"} else (2.2, 1.5)
        pair = _each(ftschema.is_valid, payloads), _each(rust.is_valid, payloads)
        yield _Comparison("is_valid", "jsonschema-rs", *pair, len(payloads), bar, aim, note, variation)
    captured = [job.payload for job in corpus() if job.kind == "azure" and ": -1" in json.dumps(job.payload)]
    pair = _each(lambda payload: ftschema.is_valid(payload, "azure"), captured), _each(azure.is_valid, captured)
    yield _Comparison("is_valid", "jsonschema-rs", *pair, len(captured), 3, 2.2, note, "-1 of Azure")
    ours = _each(ftschema.is_valid, LIVE)
    yield _Comparison("is_valid", "fastjsonschema", ours, _each(compiled, LIVE), _NUMBER, 1, 0.5, "as draft 7")
    other = _each(reference.is_valid, LIVE)
    yield _Comparison("is_valid", "jsonschema", ours, other, _NUMBER, 1 / 60, 1 / 120, "compiled once")


def _texts() -> Iterator[_Comparison]:
    """Yield the comparisons of what reads and writes texts."""
    client = _each(ClientJob.model_validate_json, NEAREST_TEXTS)
    ours = _each(ftschema.loads, NEAREST_TEXTS)
    yield _Comparison("loads", "openai: model_validate_json", ours, client, _NUMBER, 1.0, 0.7, CLIENT_NOTE)
    later = _each(ftschema.loads, [json.dumps(payload).encode() for payload in _LATER])
    yield _Comparison(
        "loads", "without it", later, _each(ftschema.loads, TEXTS), _NUMBER, 1.8, 1.3, "", "an unknown key"
    )
    texts = [json.dumps(payload).encode() for payload in _reinforcement()]
    typed = msgspec.json.Decoder(struct_type("observed", wide=True)).decode
    pair = _each(ftschema.loads, texts), _each(typed, texts)
    yield _Comparison("loads", "msgspec, typed structs", *pair, len(texts), 5, 3.5, "", "reinforcement")
    variations: dict[str, tuple[list[dict[str, Any]], int | None]] = {
        "": (NEAREST, None),
        "an unknown key": ([payload | _NEW for payload in NEAREST], None),
        "reinforcement": ([nearest(payload) for payload in _reinforcement()], None),
        "indent=2": (NEAREST, 2),
    }
    for variation, (payloads, indent) in variations.items():
        jobs = [ftschema.structure(payload) for payload in payloads]
        theirs = _each(ClientJob.model_dump_json, [ClientJob.model_validate(payload) for payload in payloads])
        ours = _each(partial(ftschema.dumps, indent=indent), jobs)
        bar, aim = (0.8, 0.4) if variation else (0.6, 0.35)
        note = CLIENT_NOTE
        yield _Comparison("dumps", "openai: model_dump_json", ours, theirs, len(jobs), bar, aim, note, variation)
    lines = _each(orjson.loads, _LINES)
    number = len(_LINES)
    ours = _checked_lines(_LINES)
    yield _Comparison("check_lines", "orjson.loads a line", ours, lines, number, 1 / 0.35, 1 / 0.6, "no check at all")
    faulty = [json.dumps(_with_faults(payload, 1)).encode() for payload in LIVE] * 4
    clean, number = _checked_lines(TEXTS * 4), len(TEXTS) * 4
    variation = "every line faulty"
    yield _Comparison("check_lines", "clean", _checked_lines(faulty), clean, number, 12, 6, "", variation)
    rules = _checked_lines(TEXTS * 4, lifecycle=True)
    yield _Comparison("check_lines", "without", rules, clean, number, 3, 2, "", "lifecycle=True")


def _checked_lines(lines: list[bytes], **options: Any) -> Callable[[], object]:
    return lambda: sum(len(line.report.problems) for line in ftschema.check_lines(lines, **options))


def _reports() -> Iterator[_Comparison]:
    """Yield the comparisons of reports of faults, and of the rules."""
    rust = jsonschema_rs.Draft202012Validator(_SCHEMA)

    def errors(payload: Any) -> object:
        return list(rust.iter_errors(payload))

    against = "jsonschema-rs: list(iter_errors)"
    for number, bar, aim in ((1, 5, 3), (5, 4, 2.5), (20, 3, 2)):
        broken = [_with_faults(payload, number) for payload in LIVE]
        ours = _each(lambda payload: ftschema.check(payload).problems, broken)
        variation = "1 fault" if number == 1 else f"{number} faults"
        theirs = _each(errors, broken)
        yield _Comparison("check", against, ours, theirs, _NUMBER, bar, aim, "", variation)
    broken = [_with_faults(payload, 1) for payload in LIVE]
    pair = _each(lambda payload: ftschema.check(payload).ok, broken), _each(errors, broken)
    yield _Comparison("check", against, *pair, _NUMBER, 2.5, 1.5, "", "only `.ok`")
    long = [json.dumps({"later": ["x" * 90] * 100} | payload | {"status": "stopped"}) for payload in LIVE[:10]]
    ours = _each(lambda text: ftschema.check_text(text).problems, long)
    theirs = _each(lambda text: errors(json.loads(text)), long)
    yield _Comparison(
        "check_text", f"json.loads, {against}", ours, theirs, len(long), 6, 3, "", "a fault at the end of 10 kB"
    )
    ours = _each(partial(ftschema.check, lifecycle=True), LIVE)
    yield _Comparison("check", "without", ours, _each(ftschema.check, LIVE), _NUMBER, 2.5, 1.6, "", "lifecycle=True")
    contracts: tuple[ftschema.ContractName, ...] = ("dart", "powershell", "typescript-2024")
    for contract in contracts:
        payloads = [*fixtures.payloads(_NUMBER, "bench", contract=contract)]
        theirs = _each(jsonschema_rs.Draft202012Validator(ftschema.schema(contract)).is_valid, payloads)
        ours = _each(partial(ftschema.check, contract=contract, lifecycle=True), payloads)
        variation = f"{contract}, lifecycle=True"
        yield _Comparison("check", "jsonschema-rs", ours, theirs, _NUMBER, 12, 8, "", variation)


def _in_memory() -> Iterator[_Comparison]:
    """Yield what is timed against what, for how many payloads, with the bar and the aim."""
    yield from _verdicts()
    yield from _texts()
    yield from _reports()
    ours, theirs = _each(ftschema.structure, LIVE), _each(lambda payload: PLAIN.structure(payload, PlainJob), LIVE)
    note = "attrs classes written by hand"
    yield _Comparison("structure", "cattrs, unchecked", ours, theirs, _NUMBER, 1.3, 0.8, note)
    ours, theirs = partial(_drawn_payloads, _DRAWS), partial(_built, ModelFactory.create_factory(ClientJob), _DRAWS)
    note = "most are not possible jobs"
    yield _Comparison("fixtures.payloads", "polyfactory of openai's class", ours, theirs, _DRAWS, 1, 0.5, note)


def _built(factory: Any, number: int) -> object:
    return [factory.build().model_dump() for _ in range(number)]


def _drawn_payloads(number: int) -> object:
    return [*fixtures.payloads(number, seed=1)]


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


def in_memory(rounds: int) -> Iterator[Ratio]:
    """Yield the ratios that need no other process, each measured as it is asked for."""
    for one in _in_memory():
        least, middle, time = compare(one.ours, one.theirs, rounds)
        yield Ratio(
            *(one.what, one.against, least, middle, time / one.number * 1e6, one.bar, one.aim, one.note, one.variation)
        )


def ratios(rounds: int) -> Iterator[Ratio]:
    """Yield the ratios, each measured as it is asked for."""
    yield from in_memory(rounds)
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
        first = command("-c", f"import json, ftschema; ftschema.is_valid(json.loads({json.dumps(LIVE[0])!r}))")
        least, middle, time = compare(first, command("-c", "import attrs"), rounds)
        yield Ratio("import ftschema, first is_valid", "import attrs", least, middle, time * 1e6, 2.2, 1.5)
        bare, ours = command("-c", "pass"), command("-c", "import ftschema; ftschema.is_valid")
        only = command("-c", "import ftschema")
        bare()
        ours()
        for what, work in (("import ftschema", only), ("import ftschema, is_valid", ours)):
            extra = min(seconds(work) for _ in range(rounds)) - min(seconds(bare) for _ in range(rounds))
            share = extra / 0.06
            yield Ratio(what, "60 ms more than Python alone", share, share, extra * 1e6, 1, 35 / 60)

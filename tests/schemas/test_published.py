"""The published contracts against the published structures: other words, the same verdicts."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema
import jsonschema_rs
import pytest
from jsonschema.validators import extend

import ftschema
from support.data import part_of, published_jobs
from support.declared import declared_part
from support.helpers import at, sample
from support.mutants.payloads import Mutant, mutants, neighbours
from support.oracles.published import published_dates, published_oracle, published_schema, published_structure
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Schema = dict[str, Any]
# Pointer of a subschema, one of its keywords, and what the keyword said of a value.
Finding = tuple[str, str, bool]

NEWEST = published_dates()[-1]
# Before this date `object` and `status` were open strings.
FIRST_CLOSED = "2023-11-06"
RANDOM_MUTANTS_PER_BASE = 120
_ALL_TYPES = {"object", "array", "string", "number", "boolean", "null"}

_KEYWORDS: dict[str, Callable[..., Iterable[Any] | None]] = jsonschema.Draft202012Validator.VALIDATORS


@cache
def _contract(name: ftschema.ContractName) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(ftschema.schema(name))


def _bases(date: ftschema.ContractName) -> list[Any]:
    """Return the jobs that are valid at that date, as they are and without the names that it does not declare."""
    schema = ftschema.schema(date)
    valid = [payload for payload in published_jobs().values() if published_oracle(date).is_valid(payload)]
    forms = [form for payload in valid for form in (payload, declared_part(schema, payload, schema))]
    return list({json.dumps(form): form for form in forms}.values())


def _mutants(date: ftschema.ContractName) -> Iterator[Mutant]:
    """Yield every job that is one edit away from a valid one, then random ones further off."""
    for number, payload in enumerate(_bases(date)):
        yield from neighbours(payload)
        rng = random.Random(f"{date} {number}")
        yield from mutants(payload, rng, RANDOM_MUTANTS_PER_BASE)


def _subschemas(schema: Schema, pointer: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield a schema and every schema in it, each with its pointer."""
    yield pointer, schema
    for keyword, value in schema.items():
        where = f"{pointer}/{keyword}"
        if keyword in {"properties", "$defs"}:
            for name, part in value.items():
                yield from _subschemas(part, f"{where}/{name}")
        elif keyword in {"allOf", "anyOf", "oneOf"}:
            for number, part in enumerate(value):
                yield from _subschemas(part, f"{where}/{number}")
        elif keyword in {"items", "additionalProperties", "propertyNames", "if", "then", "else"}:
            yield from _subschemas(value, where)


def _possible(schema: Schema) -> set[Finding]:
    """Return both verdicts of every asserting keyword of a schema, and of every alternative."""
    return {
        (pointer, keyword, verdict)
        for pointer, part in _subschemas(schema)
        for keyword in (*part, *(["alternative"] if _is_alternative(pointer) else []))
        if keyword in _KEYWORDS or keyword == "alternative"
        for verdict in (True, False)
    }


def _is_alternative(pointer: str) -> bool:
    return pointer.split("/")[-2:-1] in (["anyOf"], ["oneOf"])


def _unreached(schema: Schema, payloads: Iterable[Any]) -> set[Finding]:
    """Return the verdicts that no keyword of the schema gave on these payloads."""
    pointers = {id(part): pointer for pointer, part in _subschemas(schema)}
    unreached = _possible(schema)

    def watched(keyword: str) -> Callable[..., Iterable[Any]]:
        def watch(validator: Any, value: Any, instance: Any, part: Schema) -> Iterable[Any]:
            problems = list(_KEYWORDS[keyword](validator, value, instance, part) or ())
            verdict = not problems
            if keyword == "if":
                verdict = validator.evolve(schema=value).is_valid(instance)
            if keyword in {"anyOf", "oneOf"}:
                # The engine stops at the first that fits; each has to be asked.
                for alternative in value:
                    both = {(pointers[id(alternative)], "alternative", verdict) for verdict in (True, False)}
                    if both & unreached:
                        fits = validator.evolve(schema=alternative).is_valid(instance)
                        unreached.discard((pointers[id(alternative)], "alternative", fits))
            unreached.discard((pointers[id(part)], keyword, verdict))
            return problems

        return watch

    watching = {keyword: watched(keyword) for keyword in _KEYWORDS}
    engine = extend(jsonschema.Draft202012Validator, watching)(schema)  # type: ignore[no-untyped-call]  # it has no types
    for payload in payloads:
        list(engine.iter_errors(payload))
        if not unreached:
            break
    return unreached


@cache
def _witnesses(date: ftschema.ContractName) -> list[Any]:
    """Return the valid jobs, then one mutant for each set of faults: watching is slow, and others show no more."""
    witnesses = _bases(date)
    seen = set()
    for mutant in _mutants(date):
        faults = frozenset(
            (tuple(error.instance_path), tuple(error.schema_path))
            for error in _contract(date).iter_errors(mutant.payload)
        )
        if faults not in seen:
            seen.add(faults)
            witnesses.append(mutant.payload)
    return witnesses


def _implied(schema: Schema) -> set[Finding]:
    """Return the refusals that cannot happen, because an `if` on the way has already asked the same.

    A definition such as PythonGrader is whole in itself, with its own `type`, so that it can be used alone. In the
    contract it is applied only where an `if` has seen that very `type`, and its own word for it can't fail. This holds
    for an assertion when each way to it passes an `if` that makes the same assertion of the same place.
    """
    ways: dict[str, list[set[str]]] = {}
    _walk(schema, "", set(), ways)
    return {
        (pointer + below, keyword, False)
        for pointer, known in ways.items()
        for below, keyword, fact in _assertions(at(schema, pointer))
        if all(fact in facts for facts in known)
    }


def _never_refusing(schema: Schema) -> set[Finding]:
    """Return the refusals that cannot happen, because a subschema accepts every value.

    It does so without a keyword that asserts anything, and with an alternative that does so.
    """
    return {
        (pointer, keyword, False)
        for pointer, part in _subschemas(schema)
        if _accepts_all(part, schema)
        for keyword in (*part, *(["alternative"] if _is_alternative(pointer) else []))
        if keyword in _KEYWORDS or keyword == "alternative"
    }


def _accepts_all(part: Schema, root: Schema) -> bool:
    alternatives = [one for keyword in ("anyOf", "oneOf") for one in part.get(keyword, ())]
    if alternatives:
        return any(_accepts_all(one, root) for one in alternatives)
    if "$ref" in part:
        return _accepts_all(at(root, part["$ref"].removeprefix("#")), root)
    if "type" in part and not {*part["type"]} >= _ALL_TYPES:
        return False
    return part.keys() & _KEYWORDS.keys() <= {"type", "properties"} and all(
        _accepts_all(member, root) for member in part.get("properties", {}).values()
    )


def _walk(root: Schema, pointer: str, known: set[str], ways: dict[str, list[set[str]]]) -> None:
    """Gather, for each subschema, what is known of the value every time that the subschema is applied to one."""
    schema = at(root, pointer)
    ways.setdefault(pointer, []).append(known)
    if "$ref" in schema:
        _walk(root, schema["$ref"].removeprefix("#"), known, ways)
    for number in range(len(schema.get("allOf", ()))):
        _walk(root, f"{pointer}/allOf/{number}", known, ways)
    if "if" in schema:
        _walk(root, f"{pointer}/if", known, ways)
        _walk(root, f"{pointer}/then", known | {fact for *_, fact in _assertions(schema["if"])}, ways)
    for name in schema.get("properties", ()):
        _walk(root, f"{pointer}/properties/{name}", set(), ways)
    for keyword in {"items", "additionalProperties"} & schema.keys():
        _walk(root, f"{pointer}/{keyword}", set(), ways)


def _assertions(schema: Schema) -> Iterator[tuple[str, str, str]]:
    """Yield pointer, keyword and a text of the whole of every assertion in a schema."""
    for pointer, part in _subschemas(schema):
        for keyword, value in part.items():
            if not isinstance(value, dict):
                yield pointer, keyword, json.dumps([pointer, keyword, value])


@for_each("date", published_dates())
def test_structure_is_whole(date: ftschema.ContractName) -> None:
    """Each kept structure names its date, has a job, and holds exactly what the job refers to."""
    structure = published_structure(date)
    schemas = structure["schemas"]
    reached, ahead = set(), ["FineTuningJob"]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schemas[name]))
    assert structure["revision"] == date
    assert reached == set(schemas)


def test_dates() -> None:
    """There is a published contract for every structure that is kept, and no other."""
    dated = [name for name in ftschema.contracts() if name[0].isdigit()]
    assert tuple(dated) == published_dates()


@for_each("name", published_jobs())
def test_base_is_valid(name: ftschema.ContractName) -> None:
    """The jobs that mutants start from are valid for a published structure of 2026."""
    assert any(published_oracle(date).is_valid(published_jobs()[name]) for date in published_dates() if date >= "2026")


@pytest.mark.parametrize("date", sample(published_dates(), "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_verdicts(date: ftschema.ContractName) -> None:
    """A published contract accepts exactly what the published structure accepts."""
    contract, oracle = _contract(date), published_oracle(date)
    accepted = refused = 0
    for mutant in _mutants(date):
        verdict = contract.is_valid(mutant.payload)
        assert verdict == oracle.is_valid(mutant.payload), f"{mutant}: {date} says {verdict}: {mutant.payload}"
        accepted += verdict
        refused += not verdict
    assert accepted >= 2_000
    assert refused >= 5_000


@pytest.mark.parametrize(
    "date", sample([date for date in published_dates() if date >= FIRST_CLOSED], rest=pytest.mark.proof), scope="module"
)
def test_observed_accepts(date: ftschema.ContractName) -> None:
    """What a published contract accepts and has a name for in every part, `observed` accepts.

    The exception is `error`: since 2026-11-10 the reference allows any value there, because its generator writes an
    untyped alternative. Every captured job has an object with strings and nulls, or null, so `observed` refuses others.
    """
    schema, contract, observed = ftschema.schema(date), _contract(date), _contract("observed")
    observed_error = jsonschema_rs.Draft202012Validator(part_of(ftschema.schema("observed"), "JobError"))
    for mutant in islice(_mutants(date), 0, None, 2):
        if contract.is_valid(mutant.payload):
            payload = declared_part(schema, mutant.payload, schema)
            if not observed_error.is_valid(payload["error"]):
                continue
            assert contract.is_valid(payload), f"{mutant}: not without its undeclared names"
            assert observed.is_valid(payload), f"{mutant}: {payload}"


def test_declared_part() -> None:
    """Only names that a contract declares count as declared, in lists, below references and behind conditions too."""
    schema = ftschema.contract(NEWEST).schema()
    grader = {"type": "python", "name": "n", "source": "s", "image_tag": "t"}
    output = {"type": "output_text", "text": "b"}
    message = {"role": "user", "content": ["a", output]}
    judge = {"type": "score_model", "name": "n", "model": "m", "input": [message]}
    for part in (grader, judge):
        method = {"type": "reinforcement", "reinforcement": {"grader": part}}
        job = {**published_jobs()["minimal"], "metadata": {"any": "name"}, "method": method}
        assert declared_part(schema, job, schema) == job
        for place in (job, method, part, message, output):
            assert declared_part(schema, _replaced(job, place, {**place, "image_url": 1}), schema) == job


def _replaced(document: Any, old: Any, new: Any) -> Any:
    """Return a document with one part replaced wherever it stands."""
    if document is old:
        return new
    if isinstance(document, dict):
        return {name: _replaced(member, old, new) for name, member in document.items()}
    if isinstance(document, list):
        return [_replaced(item, old, new) for item in document]
    return document


@pytest.mark.parametrize("date", sample(published_dates(), "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_every_keyword_decides(date: ftschema.ContractName) -> None:
    """Every keyword of a published contract accepts and refuses something, but for what an `if` asked before it."""
    schema = ftschema.schema(date)
    assert _unreached(schema, _witnesses(date)) == _implied(schema) | _never_refusing(schema)


@pytest.mark.parametrize("date", sample(published_dates(), "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_every_alternative_decides(date: ftschema.ContractName) -> None:
    """Every keyword and every alternative of a published structure accepts and refuses something here.

    An empty alternative, which the newest structure has for the error, accepts every value.
    """
    schema = published_schema(date)
    assert _unreached(schema, _witnesses(date)) == _never_refusing(schema)


def test_never_refusing() -> None:
    """Only the error of the newest contract and of its structure accepts every value."""
    below = {
        date: {pointer for pointer, *_ in _never_refusing(ftschema.contract(date).schema())}
        for date in published_dates()
    }
    assert below == {date: set() for date in published_dates()} | {NEWEST: {"/properties/error", "/$defs/JobError"}}
    error = "/$defs/FineTuningJob/properties/error"
    assert _never_refusing(published_schema(NEWEST)) == {
        (error, "anyOf", False),
        (f"{error}/anyOf/1", "alternative", False),
    }

"""The schemas in JavaScript: ajv gives our verdicts and our places, so a schema file that is copied is all one needs.

Facts, tried with ajv 8.20: beside each leaf it reports the `if` and the `propertyNames` that led there, which only sum
up. JavaScript reads every number as a double: a large integer is rounded, but stays an integer, and only the bounds of
64 bits in the schema of Dart are so large that they are rounded as well; an integer beyond the largest double becomes
Infinity, which is no number in strict mode.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import pytest
from attrs import frozen
from jsonschema_rs import Draft202012Validator

import ftschema
from ftschema import fixtures
from ftschema.core.pointer import join
from ftschema.schemas.catalogue import every_name
from ftschema.validation.engine import validator_for
from support.data import cases, corpus, part_of, published_jobs, reference_problems
from support.helpers import VARIED_CONTRACTS, sample
from support.kinds import bases, kind_cases
from support.mutants.payloads import mutants
from support.oracles.sdk_documents import in_names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_SCRIPT = Path(__file__).parents[1] / "javascript" / "verdicts.cjs"
_README = Path(__file__).parents[2] / "schemas" / "README.md"
_MODULE = "ajv/dist/2020"
_REQUIRED = "FTSCHEMA_REQUIRE_AJV"

_MUTANTS = 1_000
# An entry of these says that another one, which is reported too, was not met.
_SUMMARIES = {"if", "propertyNames"}
_LEAVES = {
    *("const", "enum", "exclusiveMinimum", "maxItems", "maxLength", "maxProperties"),
    *("maximum", "minItems", "minimum", "required", "type"),
}

# Where a copy of the schema of `observed` is changed, and what then stands there.
_CHANGES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "a type less": (("properties", "finished_at", "type"), "integer"),
    "a bound moved": (("$defs", "batch_size", "allOf", 1, "then", "maximum"), 257),
    "a keyword replaced": (("properties", "object", "then"), {"enum": ["fine_tuning.job"]}),
    "a keyword unknown": (("properties", "id", "maxLenght"), 64),
    "a keyword without its type": (("properties", "id"), {"maxLength": 64}),
}


class _Subject(NamedTuple):
    """A payload, and where it comes from."""

    name: str
    payload: Any


@frozen(kw_only=True)
class _Question:
    """A schema and payloads for it.

    Attributes:
        contract: The contract whose schema it is, or was made from.
        part: The definition of a part of a job; None for a whole job.
        change: What was changed in the schema; None where nothing was.
        schema: The schema.
        subjects: The payloads.
    """

    contract: ftschema.ContractName
    part: str | None = None
    change: str | None = None
    schema: dict[str, Any]
    subjects: list[_Subject]


@frozen(kw_only=True)
class _Answer:
    """What ajv says to a question.

    Attributes:
        refused: Why it does not compile the schema; None where it does.
        logged: What it wrote to the console.
        verdicts: For each payload whether it is valid, and a pair of instancePath and keyword for each entry.
    """

    refused: str | None
    logged: list[str]
    verdicts: list[Any]


_Answers = list[tuple[_Question, _Answer]]

# Modules that node did not find, and in what words: it takes a while to say so.
_MISSING: dict[str, str] = {}


@cache
def _jobs() -> list[_Subject]:
    """Return what every contract is asked about, in the names of the wire."""
    subjects = [_Subject(str(job), job.payload) for job in corpus()]
    jobs = published_jobs()
    for number, (name, payload) in enumerate(jobs.items()):
        # As many mutants of each job, as far as the sum allows.
        count = _MUTANTS * (number + 1) // len(jobs) - _MUTANTS * number // len(jobs)
        rng = random.Random(name)
        subjects += [_Subject(f"mutant of {name} {mutant}", mutant.payload) for mutant in mutants(payload, rng, count)]
    return subjects


def _questions(contract: ftschema.ContractName) -> Iterator[_Question]:
    """Yield what ajv is asked of a contract and of its parts."""
    subjects: dict[str | None, list[_Subject]] = {
        None: [_Subject(job.name, in_names_of(contract, job.payload)) for job in _jobs()]
    }
    for case in cases():
        if case.contract == contract:
            subjects.setdefault(case.part, []).append(_Subject(str(case), case.payload))
    for part, asked in subjects.items():
        yield _Question(contract=contract, part=part, schema=part_of(ftschema.schema(contract), part), subjects=asked)


def _changed_questions() -> Iterator[_Question]:
    """Yield what ajv is asked of the schema of `observed` with each of the changes."""
    subjects = [_Subject(str(job), job.payload) for job in corpus()]
    subjects += [
        _Subject(str(case), case.payload) for case in cases() if case.contract == "observed" and case.part is None
    ]
    for change in _CHANGES:
        yield _Question(contract="observed", change=change, schema=_changed(change), subjects=subjects)


def _changed(change: str) -> dict[str, Any]:
    (*parents, key), value = _CHANGES[change]
    schema = ftschema.schema("observed")
    node: Any = schema
    for step in parents:
        node = node[step]
    node[key] = value
    return schema


def _ask(questions: list[_Question], folder: Path, module: str = _MODULE) -> _Answers:
    """Return each question with ajv's answer, all from one process; skip the test where there is no ajv."""
    node = shutil.which("node")
    if node is None:
        _do_without("node is not installed")
    if module in _MISSING:
        _do_without(_MISSING[module])
    # Most payloads stand in many questions; each is written once.
    payloads = {id(subject.payload): subject.payload for question in questions for subject in question.subjects}
    positions = {identity: position for position, identity in enumerate(payloads)}
    asked = [
        {"schema": question.schema, "payloads": [positions[id(subject.payload)] for subject in question.subjects]}
        for question in questions
    ]
    file = folder / "questions.json"
    file.write_text(json.dumps({"payloads": list(payloads.values()), "questions": asked}), encoding="utf-8")
    command = [node, str(_SCRIPT), str(file), module]
    run = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr.decode()
    answers = json.loads(run.stdout)
    if answers is None:
        _MISSING[module] = (
            f"node finds no {module}: install ajv above the working directory, or name its folder in NODE_PATH"
        )
        _do_without(_MISSING[module])
    return list(zip(questions, [_Answer(**answer) for answer in answers], strict=True))


def _do_without(reason: str) -> NoReturn:
    if os.environ.get(_REQUIRED):
        pytest.fail(f"{reason} ({_REQUIRED} is set)")
    pytest.skip(reason)


def _leaves(entries: list[list[str]]) -> list[tuple[str, str]]:
    return sorted((path, keyword) for path, keyword in entries if keyword not in _SUMMARIES)


def _accepted(question: _Question) -> list[bool]:
    return [validator_for(question.contract, question.part)(subject.payload) for subject in question.subjects]


def _differences(question: _Question, answer: _Answer) -> Iterator[str]:
    """Yield each payload of which ajv says something else than we do, by the schema without its change.

    The fast engine finds the payloads that may differ; the reference decides.
    """
    schema = part_of(ftschema.schema(question.contract), question.part)
    engine = Draft202012Validator(schema)
    for subject, (valid, entries) in zip(question.subjects, answer.verdicts, strict=True):
        payload = _as_read(subject.payload)
        verdict = validator_for(question.contract, question.part)(payload)
        theirs = valid, _leaves(entries)
        if theirs != (verdict, _problems(engine, payload)):
            ours = verdict, sorted(reference_problems(schema, payload))
            if theirs != ours:
                yield f"{subject.name}: ajv says {theirs}, we say {ours}"


def _problems(engine: Draft202012Validator, payload: Any) -> list[tuple[str, str]]:
    """Return pointer and keyword of each problem that the fast engine finds."""
    return sorted((join(error.instance_path), str(error.schema_path[-1])) for error in engine.iter_errors(payload))


def _as_read(value: Any) -> Any:
    """Return a payload as JavaScript reads it, for which integers just beyond 64 bits are those at their ends."""
    if isinstance(value, dict):
        return {key: _as_read(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_as_read(item) for item in value]
    if isinstance(value, int | float) and 0 <= abs(value) - 2**63 <= 1024:
        return max(-(2**63), min(value, 2**63 - 1))
    return value


def _of_change(answers: _Answers, change: str) -> tuple[_Question, _Answer]:
    return next(pair for pair in answers if pair[0].change == change)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], _Answers]:
    """Return a function that returns what ajv says of all that it is asked of a contract."""

    @cache
    def _answers(contract: ftschema.ContractName) -> _Answers:
        return _ask([*_questions(contract)], tmp_path_factory.mktemp("ajv"))

    return _answers


@pytest.fixture(scope="module")
def changed_answers(tmp_path_factory: pytest.TempPathFactory) -> _Answers:
    """Return what ajv says of the changed schemas."""
    return _ask([*_changed_questions()], tmp_path_factory.mktemp("ajv"))


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "2023-10-05", rest=pytest.mark.proof))
def test_contract(answers: Callable[[str], _Answers], contract: ftschema.ContractName) -> None:
    """Each schema compiles in strict mode without a warning, and has our verdicts and our problems.

    So do the definitions that are used by themselves. Each contract is tried on all jobs and all its cases, and neither
    verdict is rare.
    """
    complaints = [(answer.refused, answer.logged) for _, answer in answers(contract)]
    assert complaints == [(None, [])] * len(complaints)
    assert complaints
    assert [line for pair in answers(contract) for line in _differences(*pair)] == []
    questions = [question for question, _ in answers(contract)]
    assert len(_jobs()) == 157 + _MUTANTS
    assert sum(len(question.subjects) for question in questions) == len(_jobs()) + sum(
        case.contract == contract for case in cases()
    )
    verdicts = [valid for _, answer in answers(contract) for valid, _ in answer.verdicts]
    assert min(verdicts.count(True), verdicts.count(False)) > 100


@pytest.mark.slow
def test_kinds(tmp_path: Path) -> None:
    """The schemas of the other kinds compile in strict mode too, and have our verdicts and our problems."""
    questions = [
        _Question(contract=contract, schema=ftschema.schema(contract), subjects=[*_subjects(contract)])
        for contract in every_name()
        if "/" in contract
    ]
    answers = _ask(questions, tmp_path)
    assert len(answers) > 30
    for question, answer in answers:
        assert (answer.refused, answer.logged) == (None, []), question.contract
        assert list(_differences(question, answer)) == []
        assert {valid for valid, _ in answer.verdicts} == {True, False}


def _subjects(contract: str) -> Iterator[_Subject]:
    """Yield the cases of a contract that is not of the job, and mutants of the payloads that they edit."""
    kind, _, name = contract.rpartition("/")
    yield from (_Subject(str(case), case.payload) for case in kind_cases(kind) if case.contract == name)
    for base, payload in bases(kind).items():
        for mutant in mutants(payload, random.Random(base), 5):
            yield _Subject(f"mutant of {base} {mutant}", mutant.payload)


@pytest.mark.proof
def test_keywords(answers: Callable[[str], _Answers]) -> None:
    """Every code that the README lists for schemas is met, and nothing but these and the two that sum up."""
    met = {
        keyword
        for contract in VARIED_CONTRACTS
        for _, answer in answers(contract)
        for _, entries in answer.verdicts
        for _, keyword in entries
    }
    assert met == _LEAVES | _SUMMARIES
    # The other contracts have no keyword that these have not.
    assert _keywords(map(ftschema.schema, ftschema.contracts())) == _keywords(map(ftschema.schema, VARIED_CONTRACTS))


def _keywords(schemas: Iterable[Any]) -> set[str]:
    """Return the keywords of schemas, and of those in them."""
    found: set[str] = set()
    for schema in schemas:
        for keyword, value in schema.items() if isinstance(schema, dict) else ():
            by_name = keyword in {"properties", "$defs"}
            found |= {keyword} | _keywords(value.values() if by_name else value if isinstance(value, list) else [value])
    return found


@pytest.mark.parametrize("change", ["a type less", "a bound moved"])
def test_other_verdict_is_noticed(changed_answers: _Answers, change: str) -> None:
    """A schema that accepts more or less than the contract does not pass."""
    question, answer = _of_change(changed_answers, change)
    assert [valid for valid, _ in answer.verdicts] != _accepted(question)
    assert list(_differences(question, answer))


def test_other_places_are_noticed(changed_answers: _Answers) -> None:
    """Nor does one with the same verdicts that names another keyword."""
    question, answer = _of_change(changed_answers, "a keyword replaced")
    assert [valid for valid, _ in answer.verdicts] == _accepted(question)
    assert list(_differences(question, answer))


@pytest.mark.parametrize("change", ["a keyword unknown", "a keyword without its type"])
def test_strict_mode(changed_answers: _Answers, change: str) -> None:
    """A keyword that does nothing, or only for a type that is not named, is refused."""
    assert "strict mode" in str(_of_change(changed_answers, change)[1].refused)


def test_number_too_large_for_javascript(tmp_path: Path) -> None:
    """The one difference: an integer beyond the largest double is an integer here and Infinity in JavaScript."""
    subjects = [_Subject(str(number), {**corpus()[0].payload, "seed": number}) for number in (2**1023, 2**1024)]
    schema = ftschema.schema("observed")
    [(question, answer)] = _ask([_Question(contract="observed", schema=schema, subjects=subjects)], tmp_path)
    assert answer.verdicts == [[True, []], [False, [["/seed", "type"]]]]
    assert _accepted(question) == [True, True]


@pytest.mark.parametrize(
    ("contract", "numbers", "theirs", "ours"),
    [
        (
            "dart",
            (2**63 - 1, 2**63, 2**63 + 1024, 2**63 + 1025),
            (True, True, True, False),
            (True, False, False, False),
        ),
        ("dart", (-(2**63), -(2**63) - 1, -(2**63) - 1025), (True, True, False), (True, False, False)),
        ("typescript-2024", (2**53 - 1, 2**53, 2**53 + 1, -(2**53)), (True, False, False, False), None),
        ("rust", (2**31 - 1, 2**31, -(2**31), -(2**31) - 1), (True, False, True, False), None),
    ],
)
def test_widths(
    tmp_path: Path,
    contract: ftschema.ContractName,
    numbers: tuple[int, ...],
    theirs: tuple[bool, ...],
    ours: tuple[bool, ...] | None,
) -> None:
    """JavaScript tells the bounds of 32 bits and its own from their neighbours, but not those of 64 bits."""
    schema, job = ftschema.schema(contract), fixtures.payload(1, contract=contract)
    subjects = [_Subject(str(number), job | {"seed": number}) for number in numbers]
    [(question, answer)] = _ask([_Question(contract=contract, schema=schema, subjects=subjects)], tmp_path)
    assert tuple(valid for valid, _ in answer.verdicts) == theirs
    assert tuple(_accepted(question)) == (ours or theirs)


@pytest.mark.skipif(not _README.exists(), reason="these tests stand apart from the project")
def test_readme() -> None:
    """The page of the schemas tells JavaScript programs to make ajv as it is made here."""
    options = "new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });"
    assert options in _SCRIPT.read_text(encoding="utf-8")
    readme = _README.read_text(encoding="utf-8")
    assert options in readme
    assert f'require("{_MODULE}").default' in readme


def test_warning_is_noticed(tmp_path: Path) -> None:
    """What is written to the console while a schema is compiled comes out with the answer."""
    module = tmp_path / "noisy.cjs"
    methods = "compile() { console.warn('strict', 'mode'); return () => true; } removeSchema() {}"
    module.write_text(f"exports.default = class {{ {methods} }};", encoding="utf-8")
    question = _Question(contract="observed", schema={}, subjects=[_Subject("null", None)])
    [(_, answer)] = _ask([question], tmp_path, str(module))
    assert answer == _Answer(refused=None, logged=["strict mode"], verdicts=[[True, []]])


@pytest.mark.parametrize(
    ("path", "reason"),
    [("", "node is not installed"), (os.environ.get("PATH", ""), "node is not installed|node finds no such-module")],
    ids=["no-node", "no-ajv"],
)
def test_without_ajv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str, reason: str) -> None:
    """Where node or ajv is missing these tests are skipped and say why; where they are demanded they fail."""
    monkeypatch.setenv("PATH", path)
    monkeypatch.delenv(_REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match=reason):
        _ask([], tmp_path, "such-module")
    monkeypatch.setenv(_REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match=reason):
        _ask([], tmp_path, "such-module")

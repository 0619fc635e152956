"""Explanations agree with the contracts, and so do their examples."""

from __future__ import annotations

import json
import pickle
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import strategies
from ftschema.analysis.locations import find, locations
from ftschema.cli.main import main
from ftschema.core import codes
from ftschema.generation.defects import catalogue
from ftschema.schemas.catalogue import every_name
from ftschema.schemas.rules import RULES
from support.commands import run_cli
from support.helpers import SOME_CONTRACTS, sample
from support.rows import for_each

_CONTRACTS = ftschema.contracts()
_DATES = [name for name in _CONTRACTS if name[:2] == "20"]
_CODES = (*codes.KEYWORDS, *codes.JSON, *codes.CONVERSION, *codes.UNKNOWN, *(rule.id for rule in RULES))
_each_contract = pytest.mark.parametrize("contract", sample(_CONTRACTS, *SOME_CONTRACTS))


def _run(*arguments: str) -> tuple[int, str]:
    run = run_cli("explain", *arguments)
    return run.exit_code, run.output


def _at(payload: Any, pointer: str) -> list[Any]:
    """Return the values at a pointer, with `*` for any item or key."""
    found = [payload]
    for step in pointer.split("/")[1:]:
        inside: list[Any] = []
        for value in found:
            if step == "*":
                inside += value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
            elif isinstance(value, dict) and step in value:
                inside.append(value[step])
        found = inside
    return found


def _pattern(pointer: str) -> str:
    return re.escape(pointer).replace(r"\*", "[^/]*")


# ---------------------------------------------------------------- places


@pytest.mark.parametrize("contract", sample(every_name(), "observed", "powershell", "page/job/2024-04-09"))
def test_every_place(contract: ftschema.ContractName) -> None:
    """Every location has a valid example with a value there, and an invalid one with exactly one problem there."""
    lawless = []
    for pointer in locations(contract):
        found = ftschema.explain(pointer, contract)
        assert (found.subject, found.kind, found.contract) == (pointer, "place", contract)
        assert found.about
        assert found.requirements
        assert json.loads(json.dumps(found.as_dict()))["subject"] == pointer
        assert found.right
        assert not ftschema.check(found.right.given, contract, lifecycle=True).problems
        assert _at(found.right.given, pointer)
        if found.wrong is None:
            assert found.requirements[0] in {"anything", "an object or anything"}
            lawless.append(pointer)
        else:
            problem = found.wrong.problem
            assert ftschema.check(found.wrong.given, contract).problems == (problem,)
            assert problem
            assert re.fullmatch(_pattern(pointer), problem.pointer)
    assert len(lawless) < 10


@given(st.data())
def test_what_check_says(data: st.DataObject) -> None:
    """Every pointer and every code that a check can report is explained, in the same contract."""
    contract = data.draw(st.sampled_from(_CONTRACTS))
    defect = data.draw(strategies.defects(contract=contract))
    assert ftschema.explain(defect.code, contract).subject == defect.code
    place = ftschema.explain(defect.pointer, contract)
    assert re.fullmatch(_pattern(place.subject), defect.pointer)


@pytest.mark.parametrize("contract", sample(_CONTRACTS, "observed", "powershell"))
def test_prose(contract: ftschema.ContractName) -> None:
    """Together the explanations have every comment of the schema, with its location, the nearest first."""
    schema = ftschema.schema(contract)
    found = [ftschema.explain(pointer, contract) for pointer in locations(contract)]
    assert {note.text for one in found for note in one.why} == {*_texts(schema, "$comment")}
    assert {one.about for one in found} <= {*_texts(schema, "description")}
    assert all(f"{one.subject}/".startswith(f"{note.pointer}/") for one in found for note in one.why)
    depths = [[note.pointer.count("/") for note in one.why] for one in found]
    assert all(depth == sorted(depth, reverse=True) for depth in depths)


def _texts(node: Any, word: str) -> list[str]:
    found = []
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        found += [inner] if key == word and isinstance(inner, str) else _texts(inner, word)
    return found


def test_asked() -> None:
    """The requirements are in words: types, values, limits, and whether the key is required."""
    for pointer, asks in {
        "": ("an object", "required keys: id, object, created_at,"),
        "/hyperparameters/n_epochs": ('"auto", an integer of at least 1 and at most 50 or null', "optional"),
        "/hyperparameters/learning_rate_multiplier": ('"auto", a number of more than 0 or null', "optional"),
        "/status": ('"created", "validating_files", "queued", "running", "pausing", "paused",', "required"),
        "/metadata": ("a map of at most 16 keys, each of at most 64 characters or null", "optional"),
        "/metadata/*": ("a string of at most 512 characters",),
        "/method/reinforcement/grader/graders/*/input/*/content": ("a string, an object with", "required"),
        "/integrations": ("an array of at most 5 items or null", "optional"),
        "/shared_with_openai": ("true or false", "optional"),
        "/method/reinforcement/grader/type": ('"string_check", "text_similarity", "python"', "required"),
        "/method/reinforcement/grader/input": ("a string or an array", "required"),
        "/method/reinforcement/grader/graders": ('an object with type "string_check", an object', "required"),
    }.items():
        found = ftschema.explain(pointer).requirements
        assert len(found) == len(asks) + (pointer.count("/") == -1)
        assert all(text.startswith(start) for text, start in zip(found, asks, strict=True)), found
    azure = ftschema.explain("/hyperparameters/n_epochs", "azure").requirements
    assert azure[0] == '"auto", an integer of at least 1 and at most 50, -1 or null'


def test_required_by_some() -> None:
    """A key that only some objects of a union require is neither "required" nor "optional"."""
    found = {one for place in locations("observed") for one in ftschema.explain(place).requirements}
    assert {"required", "optional"} <= found
    assert ftschema.explain("/method/reinforcement/grader/graders/type").requirements[1] == "required"


def test_since() -> None:
    """`since` is the first published specification that has a location, and `changes` are those of `diff`."""
    diffs = {after: ftschema.diff(before, after) for before, after in pairwise(_DATES)}
    for pointer in locations(_DATES[-1]):
        found = ftschema.explain(pointer, _DATES[-1])
        having = [date for date in _DATES if pointer in locations(date)]
        assert having[0] == found.since
        expected = [
            (date, change.code, change.left, change.right)
            for date in having[1:]
            for change in diffs[date]
            if change.pointer == pointer
        ]
        assert [(past.date, past.code, past.before, past.after) for past in found.changes] == expected


def test_known_history() -> None:
    """The known history of some fields is reported, in every spelling."""
    assert ftschema.explain("/seed").since == "2024-04-09"
    assert ftschema.explain("/method/type").changes[0].date == "2026-05-13"
    assert ftschema.explain("/shared_with_openai").since is None
    for contract, pointer in (("dart", "/hyperparameters/nEpochs"), ("powershell", "/Hyperparameters/NEpochs")):
        assert [past.date for past in ftschema.explain(pointer, ftschema.contract(contract)).changes] == ["2024-12-18"]


@for_each(
    ("given", "meant"),
    [
        ("/result_files/0", "/result_files/*"),
        ("/result_files/*", "/result_files/*"),
        ("/result_files/first", None),
        ("/metadata/any~1name~0", "/metadata/*"),
        ("/metadata/0", "/metadata/*"),
        ("/integrations/3/wandb/tags/12", "/integrations/*/wandb/tags/*"),
        ("/method/reinforcement/grader/graders/python/source", "/method/reinforcement/grader/graders/*/source"),
        ("/method/reinforcement/grader/graders/source", "/method/reinforcement/grader/graders/source"),
        ("/usage_metrics/more", None),
        ("/", None),
    ],
)
def test_find(given: str, meant: str | None) -> None:
    """An index stands for any item and a name for any key of a map, but a declared key for itself."""
    place = find("observed", given)
    assert (place.pointer if place else None) == meant


def test_undeclared() -> None:
    """A location that only other contracts declare is explained with their names and its description."""
    found = ftschema.explain("/integrations/0/wandb/run_id", "2025-03-11")
    assert found.subject == "/integrations/*/wandb/run_id"
    assert found.about == ftschema.explain("/integrations/*/wandb/run_id").about
    assert found.requirements == (
        "anything: this contract does not declare the key",
        "declared by observed, azure",
    )
    assert (found.contract, found.right, found.wrong) == ("2025-03-11", None, None)
    assert ftschema.explain("/trainingType").requirements[1] == "declared by azure"
    mixed = ftschema.explain("/Integrations/0/Wandb/run_id", "powershell")
    assert (mixed.subject, mixed.requirements) == ("/Integrations/*/Wandb/run_id", found.requirements)


# ---------------------------------------------------------------- codes


def _hold_code(code: str, contract: ftschema.ContractName) -> None:
    found = ftschema.explain(code, contract)
    assert (found.subject, found.contract) == (code, contract)
    assert found.about
    json.dumps(found.as_dict())
    if found.right:
        assert not ftschema.check(found.right.given, contract, lifecycle=True).problems
    can_be = any(kind.code == code for kind in catalogue(contract)) or found.kind in {"json", "conversion", "unknown"}
    assert bool(found.wrong) is can_be
    if found.wrong:
        assert found.wrong.problem
        assert (found.wrong.problem.code, found.wrong.problem.severity) == (code, found.severity)
    if found.wrong and found.kind in {"keyword", "rule"}:
        report = ftschema.check(found.wrong.given, contract, lifecycle=found.kind == "rule")
        assert report.problems == (found.wrong.problem,)


@_each_contract
def test_every_code(contract: ftschema.ContractName, subtests: pytest.Subtests) -> None:
    """Every code that a contract can report has an invalid example with this code alone, and a valid one."""
    for code in _CODES:
        with subtests.test(code=code):
            _hold_code(code, contract)


@for_each("rule", RULES)
def test_rule(rule: Any) -> None:
    """A rule is explained by its sentence, evidence and severity, or as not applying to the contract."""
    for contract in _CONTRACTS:
        found = ftschema.explain(rule.id, contract)
        assert (found.about, found.severity, found.why[0].text) == (
            rule.requires,
            rule.severity_for(contract),
            rule.evidence,
        )
        assert ("does not apply to this contract" in found.requirements) is not rule.holds_for(contract)
        assert bool(found.right) is rule.holds_for(contract)


@_each_contract
def test_keyword_places(contract: ftschema.ContractName) -> None:
    """`places` lists every location at which a value can violate a keyword."""
    for keyword in codes.KEYWORDS:
        asking = {kind.pointer for kind in catalogue(contract) if kind.code == keyword}
        assert {*ftschema.explain(keyword, contract).places} == asking


def test_all_codes() -> None:
    """The tables of codes list every code in the source and in the contracts, and no other."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(ftschema.__file__).parent.rglob("*.py")
        if path.stem not in {"codes", "examples"}
    )
    assert {*re.findall(r'"(json-[a-z-]+)"', source)} == {*codes.JSON}
    assert {*re.findall(r'"(ambiguous-[a-z-]+)"', source)} == {*codes.CONVERSION}
    found = {kind.code for name in every_name() for kind in catalogue(name) if not kind.lifecycle}
    assert found == {*codes.KEYWORDS}
    assert len({*_CODES}) == len(_CODES)


# ---------------------------------------------------------------- unknown subjects


@for_each(
    ("subject", "contract", "nearest"),
    [
        ("/statsu", "observed", "/status"),
        ("/created_at", "dart", "/createdAt"),
        ("/error", "powershell", "/VarError"),
        ("/n_epochs", "observed", "/hyperparameters/n_epochs"),
        ("created_at", "observed", "/created_at"),
        ("requird", "observed", "required"),
        ("suceeded-has-tokens", "observed", "succeeded-has-tokens"),
        ("json-bomb", "observed", "json-bom"),
        ("suceeded", "observed", "/status"),
        ("running", "observed", "/status"),
        ("sucess", "observed", "/status"),
        ("/sucess", "observed", "/status"),
        ("completed", "azure", "/status"),
        ("#/statsu", "observed", "/status"),
        ("/id/extra", "observed", None),
        ("#statusses", "observed", None),
        ("/qqqq", "observed", None),
        ("", None, None),
    ],
)
def test_nearest(subject: str, contract: ftschema.ContractName | None, nearest: str | None) -> None:
    """An unknown code or pointer raises an error with the most similar one; the empty pointer always exists."""
    if contract is None:
        assert ftschema.explain(subject).subject == subject
        return
    with pytest.raises(ftschema.UnknownSubjectError) as caught:
        ftschema.explain(subject, contract)
    assert (caught.value.subject, caught.value.nearest) == (subject, nearest)
    code, output = _run(subject, "--contract", contract)
    assert code == 2
    assert (f"Did you mean {nearest}?" in output) is (nearest is not None)


@for_each(
    ("written", "pointer"),
    [
        ("(root)", ""),
        ("#", ""),
        ("#/id", "/id"),
        ("#/metadata/a%20b%7E1", "/metadata/a b~1"),
        ("#/created%5Fat", "/created_at"),
    ],
)
def test_forms_of_pointers(written: str, pointer: str) -> None:
    """A pointer is also known in the form that people are shown, and in the form of `problem_details`."""
    assert ftschema.explain(written) == ftschema.explain(pointer)


@_each_contract
def test_extra(contract: ftschema.ContractName) -> None:
    """`extra` of an object, which only the classes have, is explained at every object."""
    objects = [pointer for pointer, location in locations(contract).items() if location.is_object]
    assert objects
    for pointer in objects:
        if f"{pointer}/*" in locations(contract):
            # In a map any key is declared.
            continue
        found = ftschema.explain(f"{pointer}/extra", contract)
        assert (found.subject, found.kind) == (f"{pointer}/extra", "place")
        assert "does not declare" in found.about
    assert ftschema.explain("/metadata/extra").subject == "/metadata/*"


@pytest.mark.parametrize("subject", [None, 5, ["/id"]])
def test_no_text(subject: Any) -> None:
    """A subject that is not a string raises the same error."""
    with pytest.raises(ftschema.UnknownSubjectError, match=f"found {type(subject).__name__}"):
        ftschema.explain(subject)


@given(st.text(), st.sampled_from(_CONTRACTS))
def test_any_text(subject: str, contract: ftschema.ContractName) -> None:
    """Any text is explained or rejected in a short message, also with a slash in front."""
    for one in (subject, f"/{subject}"):
        code, output = _run("--contract", contract, "--", one)
        assert code in {0, 2}
        assert len(output) < 4_000


def test_values() -> None:
    """Explanations and the error are values: equal to their copies by pickle."""
    for subject in ("/status", "enum", "json-bom", "succeeded-has-tokens"):
        found = ftschema.explain(subject)
        assert pickle.loads(pickle.dumps(found)) == found == ftschema.explain(subject)
    error = ftschema.UnknownSubjectError("/statsu", "observed", "/status")
    assert pickle.loads(pickle.dumps(error)) == error
    assert str(error) == "contract 'observed' has no location /statsu. Did you mean /status?"


# ---------------------------------------------------------------- the command


@_each_contract
def test_command(contract: ftschema.ContractName) -> None:
    """The command prints everything about a location or code, and as JSON the same as `as_dict`."""
    for subject in [*codes.KEYWORDS, "json-bom", *locations(contract)][:: 3 + len(locations(contract)) // 10]:
        found = ftschema.explain(subject, contract)
        code, output = _run(subject or "(root)", "--contract", contract)
        assert code == 0
        assert output == f"{found}\n"
        assert output.startswith(f"{subject or '(root)'} in {contract}\nabout     {found.about}\n")
        for part in (*found.requirements, *(note.text for note in found.why)):
            assert part in output
        for example in (found.right, found.wrong):
            assert example is None or example.shown in output
        assert json.loads(_run(subject or "(root)", "--contract", contract, "--format", "json")[1]) == json.loads(
            json.dumps(found.as_dict())
        )


def test_width(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal, lines are wrapped between words."""
    whole = _run("/hyperparameters/n_epochs")[1]
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(["explain", "/hyperparameters/n_epochs"], color=False, standalone_mode=False)
    rows = capsys.readouterr().out
    assert rows.split() == whole.split()
    assert max(map(len, rows.splitlines())) <= 60


def test_many_places() -> None:
    """If there are many locations, some are listed and the others counted."""
    number = len(ftschema.explain("type").places)
    code, output = _run("type")
    assert code == 0
    assert f"… and {number - 12} more" in output
    assert "more" not in _run("maxProperties")[1]


def test_old_name() -> None:
    """`asks` is the old name of `requirements`; it warns, and the JSON keeps it."""
    found = ftschema.explain("/status")
    with pytest.warns(DeprecationWarning, match="requirements"):
        assert found.asks == found.requirements
    assert found.as_dict()["asks"] == found.requirements

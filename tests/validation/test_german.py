"""Messages in another language are made from the code of a problem, and from what it expected and found, alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import ABSENT, fixtures
from ftschema.schemas.rules import MEANINGS
from support.helpers import SOME_CONTRACTS
from support.rows import for_each
from support.strategies import near_jobs

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPES = {
    "array": "eine Liste",
    "boolean": "true oder false",
    "integer": "eine ganze Zahl",
    "null": "null",
    "number": "eine Zahl",
    "object": "ein Objekt",
    "string": "ein Text",
}
_MARKS = {
    "document": "ein JSON-Dokument",
    "value": "ein Wert",
    "key": "ein Name",
    "character": "ein Zeichen",
    "end": "das Ende",
    "repr": "ein Objekt des SDK",
}
_UNITS = {"string": "Zeichen", "array": "Elemente", "object": "Namen"}


def _one_of(values: list[str]) -> str:
    *others, last = values
    return f"{', '.join(others)} oder {last}" if others else last


def _quoted(value: Any) -> str:
    if value is ABSENT:
        return "nichts"
    if isinstance(value, dict):
        length = f" ({value['length']} {_UNITS[value['type']]})" if "length" in value else ""
        start = f", „{value['start']}…“" if "start" in value else ""
        return f"{_TYPES[value['type']]}{length}{start}"
    return f"„{value}“" if isinstance(value, str) else json.dumps(value)


def _choice(expected: Any, found: Any) -> str:
    allowed = [*map(_quoted, expected["values"]), *(_TYPES[name] for name in expected["types"])]
    return f"erwartet: {_one_of(allowed)}, gefunden: {_quoted(found)}"


def _limit(words: str, noun: str = "") -> Callable[[Any, Any], str]:
    return lambda expected, found: f"{words} {expected}{noun} erwartet, {found} gefunden"


def _rule(sentence: str) -> Callable[[Any, Any], str]:
    return lambda _, found: f"{sentence}; gefunden: {_quoted(found)}"


def _syntax(expected: Any, found: Any) -> str:
    return f"erwartet: {_one_of([_MARKS.get(one, one) for one in expected])}, gefunden: {found or 'das Ende'}"


def _number(expected: Any, found: Any) -> str:
    return f"höchstens {expected} Ziffern erwartet" if found is ABSENT else f"endliche Zahl erwartet, {found} gefunden"


_GERMAN: dict[str, Callable[[Any, Any], str]] = {
    "type": _choice,
    "enum": _choice,
    "const": _choice,
    "json-not-an-object": _choice,
    "required": lambda expected, _: f"es fehlt „{expected}“",
    "minimum": _limit("mindestens"),
    "exclusiveMinimum": _limit("mehr als"),
    "maximum": _limit("höchstens"),
    "minItems": _limit("mindestens", " Elemente"),
    "maxItems": _limit("höchstens", " Elemente"),
    "minLength": _limit("mindestens", " Zeichen"),
    "maxLength": _limit("höchstens", " Zeichen"),
    "maxProperties": _limit("höchstens", " Namen"),
    "additionalProperties": lambda _, found: f"{_quoted(found)} ist nicht erlaubt",
    "ambiguous-key": lambda _, found: f"{_quoted(found)} hätte im Ziel eine andere Bedeutung",
    "unknown-key": lambda expected, found: f"{_quoted(found)} ist unbekannt{expected and f'; gemeint: {expected}'}",
    "json-syntax": _syntax,
    "json-empty": lambda _, __: "der Text ist leer",
    "json-encoding": lambda expected, found: f"{expected} erwartet, gefunden: {found}",
    "json-bom": lambda _, __: "vor dem JSON steht eine Bytereihenfolge-Marke",
    "json-duplicate-key": lambda _, found: f"{_quoted(found)} kommt zweimal vor",
    "json-number": _number,
    "json-surrogate": lambda _, found: f"halbes Zeichen in {_quoted(found)}",
    "json-depth": lambda expected, _: f"höchstens {expected} Ebenen erwartet",
    "json-cycle": lambda _, __: "der Wert enthält sich selbst",
    "json-size": lambda expected, _: f"zu groß; erlaubt sind {expected}",
    "json-type": lambda _, found: f"kein JSON, sondern ein Wert der Klasse {found}",
    "json-key": lambda _, found: f"kein Text als Name, sondern ein Wert der Klasse {found}",
    "succeeded-has-model": _rule("ein erfolgreicher Job nennt sein Modell"),
    "unfinished-has-no-model": _rule("ein Job ohne Erfolg nennt kein Modell"),
    "succeeded-has-tokens": _rule("ein erfolgreicher Job zählt seine Token"),
    "unfinished-has-no-tokens": _rule("ein Job ohne Erfolg zählt keine Token"),
    "succeeded-has-finish-time": _rule("ein erfolgreicher Job hat ein Ende"),
    "waiting-has-no-finish-time": _rule("ein wartender Job hat kein Ende"),
    "ended-early-has-no-finish-time": _rule("ein abgebrochener Job hat kein Ende"),
    "succeeded-has-result-file": _rule("ein erfolgreicher Job hat ein Ergebnis"),
    "succeeded-has-one-result-file": _rule("ein erfolgreicher Job hat genau ein Ergebnis"),
    "unfinished-has-no-result-file": _rule("ein Job ohne Erfolg hat kein Ergebnis"),
    "failed-has-error": _rule("ein gescheiterter Job hat einen Fehler"),
    "only-failed-has-error": _rule("nur ein gescheiterter Job hat einen Fehler"),
    "finish-not-before-creation": lambda expected, found: f"Ende {found} liegt vor dem Beginn {expected}",
    "update-not-before-creation": lambda expected, found: f"Änderung {found} liegt vor dem Beginn {expected}",
    "estimate-not-before-creation": lambda expected, found: f"Schätzung {found} liegt vor dem Beginn {expected}",
    "times-in-seconds": lambda _, found: f"{found} ist keine Zeit in Sekunden",
    "method-has-its-member": _rule("die Methode hat ein Objekt unter ihrem Namen"),
    "method-has-no-other-member": _rule("die Methode hat nichts unter anderen Namen"),
    "hyperparameters-match-method": _choice,
    "supervised-has-hyperparameters": _rule("ein überwachter Job hat Einstellungen"),
    "only-supervised-has-hyperparameters": _rule("nur ein überwachter Job hat Einstellungen"),
    "succeeded-has-numbers": _rule("ein erfolgreicher Job nennt die Zahlen des Trainings"),
    "wandb-run-is-the-job": _choice,
    "range-has-two-numbers": _rule("ein Bereich hat zwei Zahlen"),
    "model-is-not-a-job-id": _rule("ein Modell heißt nicht wie ein Job"),
    "created-is-of-2023": _rule("nur Jobs von 2023 haben diesen Status"),
    "suffix-is-plain": _rule("eine Endung hat nur einfache Zeichen"),
    "page-is-newest-first": lambda expected, found: f"{found} ist neuer als {expected} davor",
    "page-names-its-ends": _choice,
    "checkpoint-step-is-that-of-metrics": _choice,
    "checkpoint-step-is-that-of-name": _rule("der Name endet mit dem Schritt"),
    "metrics-event-has-step": _rule("das Ereignis nennt den Schritt"),
    "error-event-has-code": _rule("das Ereignis nennt einen Code"),
    "history-is-of-one-job": _choice,
    "history-is-within-the-job": lambda expected, found: f"{found} liegt außerhalb von {expected}",
    "last-checkpoint-is-the-model": _choice,
    "ended-job-has-closing-event": lambda _, __: "ein beendeter Job hat ein letztes Ereignis",
}


def _german(code: str, expected: Any, found: Any) -> str:
    return _GERMAN[code](expected, found)


def _in_german(problem: ftschema.Problem) -> str:
    return _german(problem.code, problem.expected, problem.found)


def _without_example() -> list[ftschema.Problem]:
    """Return problems with the codes that `explain` has no example for."""
    kinds: dict[str, Any] = {
        name: fixtures.payload(1, contract=ftschema.contract(f"{name}/observed")) for name in ("request", *_PARTS)
    }
    job = fixtures.payload(1, status="succeeded")
    event = kinds["event"] | {"message": "Created fine-tuning job: ftjob-other", "created_at": 1}
    checkpoint = kinds["checkpoint"] | {"fine_tuned_model_checkpoint": "ft:other"}
    history = ftschema.check_history(job, events=[event], checkpoints=[checkpoint])
    page = {"object": "list", "data": [event, event | {"created_at": 100}], "has_more": False}
    return [
        *ftschema.request.check(kinds["request"] | {"modell": "m"}),
        *ftschema.page.check(page, lifecycle=True),
        *history,
    ]


_PARTS = ("event", "checkpoint")
_KINDS = {
    "minLength": "request",
    "suffix-": "request",
    "page-names-": "page/job",
    "checkpoint-": "checkpoint",
    "metrics-event-": "event",
    "error-event-": "event",
}


def test_the_table_is_complete() -> None:
    """The table has each code."""
    assert _GERMAN.keys() == MEANINGS.keys()


@pytest.mark.slow
def test_every_code() -> None:
    """The example of each code has a sentence."""
    others = {problem.code: _in_german(problem) for problem in _without_example()}
    assert others["additionalProperties"] == "„modell“ ist nicht erlaubt"
    for code in _GERMAN.keys() - others.keys():
        kind = next((kind for start, kind in _KINDS.items() if code.startswith(start)), None)
        names: Any = (f"{kind}/observed", f"{kind}/azure") if kind else ("observed", "azure", "2023-10-05")
        examples = (ftschema.explain(code, name).wrong for name in names)
        problems = (example.problem for example in examples if example is not None)
        assert _in_german(next(problem for problem in problems if problem is not None and problem.code == code))


_JOB = fixtures.payload(1, status="running")


@for_each(
    ("change", "sentence"),
    [
        ({"seed": True}, "erwartet: eine ganze Zahl oder null, gefunden: true"),
        ({"seed": "x" * 99}, f"erwartet: eine ganze Zahl oder null, gefunden: ein Text (99 Zeichen), „{'x' * 60}…“"),
        ({"result_files": {}}, "erwartet: eine Liste, gefunden: ein Objekt (0 Namen)"),
        ({"hyperparameters": {"n_epochs": "x"}}, "erwartet: „auto“, eine ganze Zahl oder null, gefunden: „x“"),
        ({"metadata": {"a": "b" * 513}}, "höchstens 512 Zeichen erwartet, 513 gefunden"),
        ({"metadata": {"a" * 65: "b"}}, "höchstens 64 Zeichen erwartet, 65 gefunden"),
        ({"fine_tuned_model": "m"}, "ein Job ohne Erfolg nennt kein Modell; gefunden: „m“"),
        ({"finished_at": 1}, f"Ende 1 liegt vor dem Beginn {_JOB['created_at']}"),
    ],
)
def test_sentences(change: dict[str, Any], sentence: str) -> None:
    """What was expected and found is all there, as in the English message."""
    assert sentence in map(_in_german, ftschema.check(_JOB | change, lifecycle=True))


@given(st.data(), st.sampled_from(SOME_CONTRACTS))
def test_any_job(data: st.DataObject, contract: ftschema.ContractName) -> None:
    """Every problem of any job has its sentence."""
    for problem in ftschema.check(data.draw(near_jobs(contract)), contract, lifecycle=True, unknown="warn"):
        assert _in_german(problem)


@for_each("text", ["", "[1,", "{1}", '{"a": 1 "b"}', '{"a": "\\x"}', '{"a": "b', "nul", "{} {}", "[1 2]", "{,}"])
def test_syntax(text: str) -> None:
    """What syntax was expected is data, too."""
    assert [_in_german(problem) for problem in ftschema.check_text(text)]

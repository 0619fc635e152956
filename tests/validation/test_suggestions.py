"""A message says in plain words what was expected, what was found, and what was probably meant."""

from __future__ import annotations

from typing import Any

import pytest

import ftschema
from ftschema import defects, fixtures
from ftschema.schemas.vocabulary import STATUS_WORDS
from support.data import case_bases
from support.helpers import sample
from support.rows import for_each

_JOB: dict[str, Any] = case_bases()["job"]["payload"]
_WORDS = '"created", "validating_files", "queued", "running", "pausing", "paused", "succeeded", "failed" or "cancelled"'


def _edited(edit: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in (_JOB | edit).items() if value is not ...}


@pytest.mark.parametrize("contract", sample(ftschema.contracts(), "observed", "powershell"))
def test_every_message(contract: ftschema.ContractName) -> None:
    """The message of every kind of defect says what is required and what was found, in one short line."""
    for defect in fixtures.defects(len(defects.catalogue(contract)), seed=2, contract=contract):
        [problem] = ftschema.check(defect.payload, contract, lifecycle=defect.lifecycle)
        required, _, found = problem.message.partition(", found ")
        assert required.startswith(("expected ", "must ", "missing required key "))
        assert found or required.startswith("missing required key ")
        assert problem.message.isprintable()
        assert len(problem.message) < 400


@for_each(
    ("edit", "message"),
    [
        ({"status": "canceled"}, f'expected {_WORDS}, found "canceled"; did you mean "cancelled"?'),
        ({"status": " Queued"}, f'expected {_WORDS}, found " Queued"; did you mean "queued"?'),
        ({"status": "stopped"}, f'expected {_WORDS}, found "stopped"'),
        ({"status": True}, f"expected {_WORDS}, found true"),
        ({"seed": "7"}, 'expected an integer or null, found "7", a number in quotes; did you mean 7?'),
        ({"seed": "7.5"}, 'expected an integer or null, found "7.5", a number in quotes'),
        ({"seed": "null"}, 'expected an integer or null, found "null", null in quotes; did you mean null?'),
        ({"seed": "seven"}, 'expected an integer or null, found "seven"'),
        (
            {"shared_with_openai": "true"},
            'expected a boolean, found "true", a boolean in quotes; did you mean true?',
        ),
        ({"hyperparameters": "{}"}, 'expected an object or null, found "{}", JSON in quotes'),
        (
            {"created_at": "2023-08-21T23:36:54Z"},
            (
                'expected an integer, found "2023-08-21T23:36:54Z", an ISO 8601 time, not seconds since 1970; '
                "did you mean 1692661014?"
            ),
        ),
        (
            {"created_at": "2023-08-21 23:36:54"},
            (
                'expected an integer, found "2023-08-21 23:36:54", an ISO 8601 time without a time zone, '
                "not seconds since 1970"
            ),
        ),
        (
            {"created_at": "1692661014001"},
            (
                'expected an integer, found "1692661014001", in quotes and as large as milliseconds, '
                "not seconds since 1970"
            ),
        ),
        (
            {"created_at": 1_692_661_014_000},
            "must be seconds since 1970, found 1692661014000, which looks like milliseconds; did you mean 1692661014?",
        ),
        ({"created_at": 10**18}, f"must be seconds since 1970, found {10**18}, which looks like milliseconds"),
        ({"id": ..., "ID": "x"}, 'missing required key "id", found "ID" instead'),
        (
            {"training_file": ..., "trainingfiles": "x"},
            'missing required key "training_file", found "trainingfiles" instead',
        ),
        ({"id": ..., "job": "x"}, 'missing required key "id"'),
        # These keys mean something else.
        (
            {"fine_tuned_model": ..., "finished_at": None},
            'missing required key "fine_tuned_model"',
        ),
        ({"id": ..., "eval_id": "x"}, 'missing required key "id"'),
        (
            {"object": ...},
            'missing required key "object"; its only valid value is "fine_tuning.job"',
        ),
        (
            {"metadata": {"k" * 65: "v"}},
            f'expected keys of at most 64 characters, found one of 65 in "{"k" * 60}…"',
        ),
        ({"metadata": {"k": "v" * 513}}, f'expected at most 512 characters, found 513 in "{"v" * 60}…"'),
    ],
)
def test_message(edit: dict[str, Any], message: str) -> None:
    """A message names the likeliest meaning, if there is one, and what a value looks like."""
    [problem] = ftschema.check(_edited(edit), lifecycle=True)
    assert problem.message == message


@pytest.mark.parametrize("contract", ["observed", "azure", "2026-07-15"])
def test_words_for_statuses(contract: ftschema.ContractName) -> None:
    """What others call a status, in any spelling or slightly misspelt, is taken for the status of that meaning."""
    for status, words in {
        "succeeded": ("completed", "complete", "finished", "Done", "success", "SUCCESS", "sucess", "complted"),
        "running": ("in_progress", "IN PROGRESS", "processing", "training", "inprogres", "rnning"),
        "cancelled": ("canceled", "Canceled", "cancel"),
        "failed": ("error", "ERROR", "failure", "fail"),
        "queued": ("waiting", "queue"),
    }.items():
        for word in words:
            [problem] = ftschema.check(_JOB | {"status": word}, contract)
            assert problem.message.endswith(f'; did you mean "{status}"?'), word
            assert problem.repair is None
    for word, status in STATUS_WORDS.items():
        for problem in ftschema.check(_JOB | {"status": word}, contract):
            assert problem.message.endswith(f'; did you mean "{status}"?'), word


@pytest.mark.parametrize(("length", "meant"), [(200, "; did you mean 5?"), (201, '…"')])
def test_long_text(length: int, meant: str) -> None:
    """A text that is longer than any number or time is not read."""
    [problem] = ftschema.check(_JOB | {"seed": "5".rjust(length)})
    assert problem.message.endswith(meant)


@pytest.mark.parametrize(("size", "end"), [(100, 'did you mean "seed"?'), (101, '"sed"')])
def test_many_keys_of_a_closed_object(size: int, end: str) -> None:
    """An object with very many keys is not searched for what an unknown one was meant to be."""
    request = {"model": "m", "training_file": "f", "sed": 1} | {f"k{key}": 0 for key in range(size - 3)}
    [message] = [problem.message for problem in ftschema.request.check(request) if problem.pointer == "/sed"]
    assert message.endswith(end)


@pytest.mark.parametrize(("size", "end"), [(100, ', found "ID" instead'), (101, '"id"')])
def test_largest_object(size: int, end: str) -> None:
    """An object of more than a hundred keys is not searched for a misspelled one."""
    payload = _edited({"id": ..., "ID": _JOB["id"]})
    payload |= {f"new {number}": 0 for number in range(size - len(payload))}
    [problem] = ftschema.check(payload)
    assert problem.message.endswith(end)


def test_each_long_key() -> None:
    """Where several keys are too long, each is named, in the order of the document, whichever engine looks."""
    keys = ["b" * 65, "short", "a" * 70]
    payload = _edited({"metadata": dict.fromkeys(keys, "v")})
    report = ftschema.check(payload)
    assert [(problem.code, problem.message[-63:-60]) for problem in report] == [
        ("maxLength", '"bb'),
        ("maxLength", '"aa'),
    ]
    # An empty key sends the fast engine's findings to the reference implementation.
    payload["metadata"][""] = 5
    assert [problem.message for problem in ftschema.check(payload)][:2] == [problem.message for problem in report]

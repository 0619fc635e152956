"""A partial job may lack keys; all that it has is checked."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import strategies
from support.commands import run_cli
from support.rows import for_each


def _without(draw: st.DrawFn, value: Any) -> Any:
    """Return JSON data without some of the keys of its objects; maps of the caller's and unions keep theirs."""
    if isinstance(value, list):
        return [_without(draw, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _without(draw, member) for key, member in value.items() if key == "type" or draw(st.booleans())}


@st.composite
def _partial(draw: st.DrawFn) -> Any:
    payload = draw(strategies.payloads())
    top = {key: member for key, member in payload.items() if draw(st.booleans())}
    return {key: _without(draw, top[key]) if key in {"hyperparameters", "integrations"} else top[key] for key in top}


@given(_partial())
def test_any_excerpt(payload: dict[str, Any]) -> None:
    """A job without some of its keys has no problem with the schema, and none of the rules' errors."""
    assert ftschema.check(payload, partial=True).problems == ()
    report = ftschema.check(payload, lifecycle=True, partial=True)
    assert report.ok, report


@given(st.data())
def test_what_is_there(data: st.DataObject) -> None:
    """The problems of a partial check are those of a check without the missing keys, in a job whose schema has some."""
    defect = data.draw(strategies.defects())
    problems = ftschema.check(defect.payload, lifecycle=defect.lifecycle, partial=True).problems
    expected = ftschema.check(defect.payload, lifecycle=defect.lifecycle).problems
    kept = [
        problem for problem in expected if problem.code != "required" and "missing required key" not in problem.message
    ]
    assert [*problems] == kept


@for_each(
    ("payload", "codes"),
    [
        ({}, []),
        ({"id": "ftjob-bad", "status": "failed", "error": {"code": "invalid_training_file", "message": "m"}}, []),
        ({"status": "faild"}, ["enum"]),
        ({"status": "failed", "finished_at": 1790000030, "created_at": 1790000000}, ["ended-early-has-no-finish-time"]),
        ({"status": "succeeded", "fine_tuned_model": None}, ["succeeded-has-model"]),
        ({"fine_tuned_model": None, "finished_at": 1, "created_at": 2}, ["finish-not-before-creation"]),
        ({"method": {"type": "dpo"}}, []),
        ({"method": {"type": "dpo", "dpo": None}}, ["method-has-its-member"]),
        ({"integrations": [{"type": "wandb", "wandb": {"run_id": "x"}}]}, []),
        ({"integrations": [{"type": "wand"}]}, ["const"]),
        (5, ["type"]),
        ({"a": float("nan")}, ["json-number"]),
    ],
)
def test_examples(payload: Any, codes: list[str]) -> None:
    """Rules apply as far as their keys are there."""
    assert [problem.code for problem in ftschema.check(payload, lifecycle=True, partial=True)] == codes


def test_text_and_command() -> None:
    """`check_jobs` and `--partial` do the same for texts, JSON Lines and pages."""
    jobs = [{"id": "ftjob-1", "object": "fine_tuning.job"}, {"object": "fine_tuning.job", "status": 5}]
    page = json.dumps({"object": "list", "data": jobs})
    assert [one.report.ok for one in ftschema.check_jobs(page, partial=True)] == [True, False]
    for text in (page, "\n".join(map(json.dumps, jobs))):
        result = run_cli("check", "-", "--partial", data=text)
        assert result.exit_code == 1
        assert "2 jobs checked against observed: 1 valid, 1 invalid, 1 problem" in result.stdout

"""Jobs from the repr of the SDK's objects: all that it shows, nothing evaluated, and a problem for any other text."""

from __future__ import annotations

import ast
import pickle
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import ftschema
from ftschema import strategies
from ftschema.adapters.openai_repr import payload_from_repr
from ftschema.validation.hints import is_repr
from support.rows import for_each

openai = pytest.importorskip("openai")

_TWO = [{"id": "ftjob-1"}, {"id": "ftjob-2"}]


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


@given(strategies.payloads())
def test_all_that_is_printed(payload: dict[str, Any]) -> None:
    """The payload has each key that the SDK prints, with its value; a key that the reply did not have is None."""
    obj = ftschema.to_openai(ftschema.structure(payload))
    # An unknown key need not be a name.
    assume(_is_expression(repr(obj)))
    assert payload_from_repr(repr(obj)) == obj.model_dump(warnings=False)


def test_job() -> None:
    """A job in a repr is structured, whatever white space is around it."""
    text = "\n  FineTuningJob(id='ftjob-abc123', created_at=1700000000, error=Error(code=None, message=None),\n"
    text += " fine_tuned_model=None, finished_at=None, model='gpt-4o-mini-2024-07-18', object='fine_tuning.job',"
    text += " organization_id='org-123', result_files=[], status='queued', trained_tokens=None, seed=42,"
    text += " training_file='file-1', validation_file=None, metadata={'a': 'b'}, _request_id='req_1')\n"
    job = ftschema.from_repr(text)
    assert (job.status, job.seed, job.metadata) == ("queued", 42, {"a": "b"})
    assert "_request_id" not in job.extra


def test_page() -> None:
    """A page of jobs is read as well, and so is the form of the SDK before 1.0."""
    text = "SyncCursorPage[FineTuningJob](data=[FineTuningJob(id='ftjob-1', n=-1)], object='list', has_more=False)"
    assert payload_from_repr(text) == {"data": [{"id": "ftjob-1", "n": -1}], "object": "list", "has_more": False}
    assert payload_from_repr("[FineTuningJob(id='ftjob-1'), FineTuningJob(id='ftjob-2')]\n") == _TWO
    before = '<FineTuningJob fine_tuning.job id=ftjob-1 at 0x7f> JSON: {\n  "id": "ftjob-1"\n}'
    assert payload_from_repr(before) == {"id": "ftjob-1"}


def test_printed_in_a_loop() -> None:
    """Reprs one after the other are read as a list; with anything else between them, the text is not a repr."""
    jobs = "\nFineTuningJob(id='ftjob-1')\n\nFineTuningJob(\n  id='ftjob-2')\n"
    assert payload_from_repr(jobs) == _TWO
    assert payload_from_repr("FineTuningJob(id='ftjob-1');") == _TWO[0]
    for rest in ("FineTuningJob(id=", "x = 1\n", "done with 2 jobs\n"):
        with pytest.raises(ftschema.InvalidJobError, match="found text that is not"):
            ftschema.from_repr(jobs + rest)


@for_each(
    ("text", "line", "column"),
    [
        ("FineTuningJob(id=__import__('os').system('x'))", 1, 18),
        ("FineTuningJob(id='ftjob-1', x=[\n 1, print])", 2, 5),
        ("FineTuningJob(name='é', id=b'x')", 1, 28),
        ("FineTuningJob(id='x')\nFineTuningJob(id=b'x')", 2, 18),
        ("FineTuningJob(id=b'x')\nFineTuningJob(id='x')", 1, 18),
        ("FineTuningJob(id=<Status.QUEUED: 'queued'>)", 1, 18),
        ("FineTuningJob(id='x', created_at=datetime.datetime(2024, 7, 1))", 1, 34),
        ("FineTuningJob(id='x', **{'a': 1})", 1, 1),
        ("FineTuningJob(id={**other})", 1, 18),
        ("FineTuningJob(id={1: 2})", 1, 19),
        ("FineTuningJob(id=1j)", 1, 18),
        ("FineTuningJob(id='x', id='y')", 1, 1),
        ("FineTuningJob(id='x'", None, None),
        ("FineTuningJob(id='x', 3)", None, None),
        ('<FineTuningJob id=1> JSON: {"a": }', None, None),
        ("FineTuningJob(id=" + "[" * 100_000, None, None),
        ("FineTuningJob(id=" + "-" * 100_000 + "1)", None, None),
        ("FineTuningJob(id='\0')", None, None),
        ("FineTuningJob(id=" + "9" * 5_000 + ")", None, None),
        ("hello", None, None),
        ("", None, None),
    ],
)
def test_another_text(text: str, line: int | None, column: int | None) -> None:
    """A text that is not such a repr is one `json-syntax` problem, at the position where it goes wrong."""
    with pytest.raises(ftschema.InvalidJobError) as caught:
        ftschema.from_repr(text)
    [problem] = caught.value.report.problems
    assert problem.code == "json-syntax"
    assert len(problem.message) < 300
    if line is not None:
        assert (problem.line, problem.column) == (line, column)
    assert pickle.loads(pickle.dumps(caught.value)) == caught.value


@given(st.text())
def test_any_text(text: str) -> None:
    """No text raises anything else, as such or as the value in a repr."""
    for one in (text, f"FineTuningJob(id={text})"):
        try:
            ftschema.from_repr(one)
        except ftschema.InvalidJobError:
            assert not ftschema.is_valid(one)


def test_other_types() -> None:
    """What is not a str is a TypeError."""
    with pytest.raises(TypeError, match="found bytes"):
        ftschema.from_repr(b"FineTuningJob(id='x')")  # type: ignore[arg-type]


def test_is_repr() -> None:
    """JSON is not taken for a repr."""
    assert is_repr("FineTuningJob(id='x')")
    assert not is_repr('["FineTuningJob(id=1)"]')
    assert not is_repr('{"id": "FineTuningJob(id=1)"}')

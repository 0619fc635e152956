"""A report with `show_values=False` holds nothing that is in the payload."""

from __future__ import annotations

import json
import pickle
import random
import traceback
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import ftschema
from ftschema import FineTuningJob, InvalidPayloadError, Of, converters, fixtures
from ftschema.validation.hidden import hidden_pointer
from support.helpers import SOME_CONTRACTS
from support.marked import SECRET, marked, marked_text
from support.rows import for_each
from support.strategies import near_jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_JOB = fixtures.payload(1, status="running", metadata={"a": "b"})
_SEEDS = st.integers(0, 2**32)


def _told(report: ftschema.Report) -> Iterator[object]:
    """Yield all that a report can be made into."""
    yield from (str(report), repr(report), report.as_dict(), report.as_output(), report.as_output("list"))
    yield from (pickle.dumps(report), [problem.keyword for problem in report], [problem.found for problem in report])
    if not report.ok:
        yield ftschema.problem_details(report)


def _raised(call: Callable[[], object]) -> Iterator[object]:
    """Yield all that an error tells of a report, if a call raises one."""
    try:
        call()
    except InvalidPayloadError as error:
        yield from (*traceback.format_exception(error), repr(error), pickle.dumps(error))
        yield from _told(error.report)
    except ValidationError as error:
        yield from (str(error), repr(error), error.json(), error.errors(include_url=False))


def _of_payload(payload: Any, contract: ftschema.ContractName, **options: Any) -> Iterator[object]:
    """Yield what every verb tells of a payload."""
    yield from _told(ftschema.check(payload, contract, lifecycle=True, unknown="warn", **options))
    yield from _told(ftschema.check(payload, contract, partial=True, **options))
    target: ftschema.ContractName = "dart" if contract == "observed" else "observed"
    annotated = Annotated[FineTuningJob, Of(contract, lifecycle=True, **options)]
    for call in (
        partial(ftschema.validate, payload, contract, **options),
        partial(ftschema.structure, payload, contract, lifecycle=True, **options),
        partial(converters.make_converter(contract, **options).structure, payload, FineTuningJob),
        partial(TypeAdapter(annotated).validate_python, payload),
        partial(ftschema.convert, payload, contract, target, **options),
        partial(ftschema.normalize, payload, **options),
    ):
        yield from _raised(call)
    if ftschema.is_valid(payload, contract):
        conversion = ftschema.convert(payload, contract, target, keep_unknown=False, **options)
        yield from (str(conversion), conversion.dropped, *_told(conversion.report))


def _of_text(text: str | bytes, contract: ftschema.ContractName, **options: Any) -> Iterator[object]:
    """Yield what every verb tells of a text."""
    yield from _told(ftschema.check_text(text, contract, lifecycle=True, unknown="warn", **options))
    yield from _raised(partial(ftschema.loads, text, contract, **options))
    for job in ftschema.check_jobs(text, contract, lifecycle=True, **options):
        yield from (str(job), repr(job), *_told(job.report))
    for line in ftschema.check_lines([text], contract, unknown="warn", **options):
        yield from (str(line), repr(line), *_told(line.report))
    yield ftschema.problem_rows([text], contract, lifecycle=True, **options)


def _has_secret(told: object) -> bool:
    return SECRET in (told.decode("latin-1") if isinstance(told, bytes) else f"{told}\n{told!r}").lower()


@given(st.data(), st.sampled_from(SOME_CONTRACTS), _SEEDS)
def test_secrets_in_payloads(data: st.DataObject, contract: ftschema.ContractName, seed: int) -> None:
    """A secret anywhere in a payload, as a value or as a key, is in nothing that a verb tells."""
    payload = marked(data.draw(near_jobs(contract)), random.Random(seed))
    assert not any(map(_has_secret, _of_payload(payload, contract, show_values=False)))


@given(st.data(), st.sampled_from(SOME_CONTRACTS), _SEEDS, st.booleans())
def test_secrets_in_texts(data: st.DataObject, contract: ftschema.ContractName, seed: int, as_page: bool) -> None:  # noqa: FBT001
    """A secret anywhere in a text, JSON or not, one job or several by name, is in nothing that a verb tells."""
    chance = random.Random(seed)
    text = marked_text(data.draw(near_jobs(contract)), chance)
    if as_page:
        text = f'{{"{SECRET}": {text}, "4111{SECRET}": {text}}}'
    form = text.encode(errors="surrogatepass") if chance.random() < 0.5 else text
    assert not any(map(_has_secret, _of_text(form, contract, show_values=False)))


_KINDS = [ftschema.event, ftschema.checkpoint, ftschema.permission, ftschema.page, ftschema.request, ftschema.error]


@for_each("kind", [*_KINDS, ftschema.webhook])
def test_secrets_in_other_kinds(kind: ftschema.Kind[Any]) -> None:
    """The verbs of each kind of object hide values too."""
    base = fixtures.payload(1, contract=kind.contract().name)

    def told(*, show: bool) -> Iterator[object]:
        for seed in range(20):
            payload = marked(base, random.Random(seed))
            text = marked_text(base, random.Random(seed))
            yield from _told(kind.check(payload, unknown="warn", show_values=show))
            yield from _told(kind.check_text(text, unknown="warn", show_values=show))
            yield from _raised(partial(kind.validate, payload, show_values=show))
            yield from _raised(partial(kind.structure, payload, show_values=show))
            yield from _raised(partial(kind.loads, text, show_values=show))
            yield from map(repr, kind.check_lines([text], show_values=show))

    assert any(map(_has_secret, told(show=True)))
    assert not any(map(_has_secret, told(show=False)))


def test_a_history() -> None:
    """A history hides values, and still says where each problem is."""
    event, checkpoint = (
        fixtures.payload(1, contract=ftschema.contract(f"{name}/observed")) for name in ("event", "checkpoint")
    )
    job = fixtures.payload(1, status="succeeded")
    event |= {"message": f"Created fine-tuning job: ftjob-{SECRET}", "created_at": 1}
    checkpoint |= {"fine_tuning_job_id": f"ftjob-{SECRET}"}
    broken = job | {"metadata": {SECRET: SECRET * 60}}
    for one, events, checkpoints in (
        (job, [event], {"object": "list", "has_more": False, "data": [checkpoint]}),
        (broken, [{}], [checkpoint | {"step_number": SECRET}]),
    ):
        shown, hidden = (
            ftschema.check_history(one, events=events, checkpoints=checkpoints, show_values=show)
            for show in (True, False)
        )
        assert any(map(_has_secret, _told(shown)))
        assert not any(map(_has_secret, _told(hidden)))
        assert [problem.pointer for problem in hidden] == [problem.pointer.replace(SECRET, "*") for problem in shown]


_SECRET_JOBS: dict[str, Any] = {
    "a value": _JOB | {"status": SECRET},
    "a long value": _JOB | {"status": SECRET * 100},
    "a value by a rule": _JOB | {"fine_tuned_model": SECRET},
    "two values": _JOB | {"integrations": [{"type": "wandb", "wandb": {"project": "p", "run_id": SECRET}}]},
    "a key of a map": _JOB | {"metadata": {SECRET: 5}},
    "a long key of a map": _JOB | {"metadata": {SECRET * 10: "v"}},
    "an unknown key": _JOB | {SECRET: 1},
    "below an unknown key": _JOB | {SECRET: {SECRET: float("nan")}},
    "a surrogate": _JOB | {"metadata": {"a": f"{SECRET}\ud800", f"{SECRET}\udfff": "b"}},
}


@for_each("payload", _SECRET_JOBS.values(), ids=_SECRET_JOBS)
def test_secrets_are_shown_unless_hidden(payload: Any) -> None:
    """What is hidden would be there: the same verbs tell the secret if values are shown, which is the default."""
    report = ftschema.check(payload, lifecycle=True, unknown="warn")
    hidden = ftschema.check(payload, lifecycle=True, unknown="warn", show_values=False)
    assert any(map(_has_secret, _told(report)))
    assert not any(map(_has_secret, _told(hidden)))
    assert [(one.code, one.severity) for one in hidden] == [(one.code, one.severity) for one in report]
    assert report == ftschema.check(payload, lifecycle=True, unknown="warn", show_values=True)


def test_unread_reports() -> None:
    """Nothing is in the copy of a report that travels before it was read, as from a worker process."""
    payload = _SECRET_JOBS["a value"]
    unread = ftschema.check(payload, show_values=False)
    [line] = ftschema.check_lines([json.dumps(payload)], show_values=False)
    [job] = ftschema.check_jobs(json.dumps({"a": payload}), show_values=False)
    error = InvalidPayloadError(ftschema.check_text(json.dumps(payload), show_values=False))
    for one in (unread, line, job, error):
        assert not _has_secret(pickle.dumps(one))


def test_positions_stay() -> None:
    """A hidden report still says where each problem is, and what was expected there."""
    text = json.dumps(_JOB | {"status": SECRET, "metadata": {SECRET: 5}, "seed": True})
    shown, hidden = ftschema.check_text(text), ftschema.check_text(text, show_values=False)
    assert [(one.line, one.column, one.offset, one.end) for one in hidden] == [
        (one.line, one.column, one.offset, one.end) for one in shown
    ]
    said = {one.pointer: one.message for one in hidden}
    assert said["/seed"] == "expected an integer or null, found a boolean"
    assert said["/metadata/*"] == "expected a string, found an integer"
    assert said["/status"].startswith('expected "created", "validating_files", ')
    assert said["/status"].endswith(' or "cancelled", found a string')
    assert all(one.repair is None for one in hidden)


_MESSAGES: dict[str, tuple[Any, str]] = {
    "required": ({}, 'missing required key "id"'),
    "minimum": (_JOB | {"hyperparameters": {"n_epochs": -5}}, "expected at least 1"),
    "maxLength": (_JOB | {"metadata": {"a": "b" * 600}}, "expected at most 512 characters"),
    "unfinished-has-no-model": (
        _JOB | {"fine_tuned_model": "m"},
        "a job that has not succeeded names no model, not even a failed or cancelled one",
    ),
    "unknown-key": (_JOB | {"nEpochs": 1}, "unknown key"),
    "json-type": (_JOB | {"seed": {1}}, "expected JSON data, found a Python value of type set"),
    "json-number": (_JOB | {"seed": float("nan")}, "expected a finite number of at most 4,300 digits"),
    "json-syntax": ('{"id" 1}', "expected a colon, found something else"),
    "json-duplicate-key": ('{"id": 1, "id": 2}', "expected each key once, found one again"),
    "json-encoding": (b'{"id": "\xff"}', "expected UTF-8, found other bytes"),
    "json-empty": ("", "expected a JSON document, found an empty text"),
    "json-not-an-object": ("[5]", "expected an object, found an array"),
}


@for_each(("code", "given", "message"), [(code, *case) for code, case in _MESSAGES.items()], ids=_MESSAGES)
def test_messages(code: str, given: Any, message: str) -> None:
    """A message says what is expected, and of what was found at most its JSON type."""
    verb: Any = ftschema.check_text if isinstance(given, str | bytes) else ftschema.check
    report = verb(
        given, "azure" if code == "minimum" else "observed", unknown="warn", lifecycle=True, show_values=False
    )
    assert (report.problems[0].code, report.problems[0].message) == (code, message)
    # A type is said only where the message says it.
    assert report.problems[0].found in (ftschema.ABSENT, "") or code in {"json-not-an-object", "json-type"}


@pytest.mark.parametrize(
    ("value", "is_shown"), [(None, True), ("", True), ("1", True), ("0", False), ("no", False), ("false", False)]
)
def test_environment(monkeypatch: pytest.MonkeyPatch, value: str | None, is_shown: bool) -> None:  # noqa: FBT001
    """The environment variable decides where the caller does not, and hides by any value but 1."""
    monkeypatch.delenv("FTSCHEMA_SHOW_VALUES", raising=False)
    if value is not None:
        monkeypatch.setenv("FTSCHEMA_SHOW_VALUES", value)
    payload = _SECRET_JOBS["a value"]
    text = json.dumps(payload)
    told = [*_of_payload(payload, "observed"), *_of_text(text, "observed")]
    assert any(map(_has_secret, told)) is is_shown
    for show in (True, False):
        assert any(map(_has_secret, _told(ftschema.check(payload, show_values=show)))) is show


def test_a_wrong_type() -> None:
    """Only a bool is taken: the text "0" would be true."""
    wrong: Any = "0"
    with pytest.raises(TypeError, match="expected show_values as bool or None, found str"):
        ftschema.check({}, show_values=wrong)


def test_what_is_no_report_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no secrets of the caller is the same, whatever the environment says."""

    def told() -> list[object]:
        defect = next(fixtures.defects(1, seed=3, code="times-in-seconds"))
        return [
            defect,
            ftschema.explain("json-syntax").wrong,
            ftschema.explain("ambiguous-key").wrong,
            ftschema.explain("unknown-key").wrong,
            ftschema.explain("enum").wrong,
            ftschema.diff("dart", "rust").changes[:3],
            ftschema.repaired(
                _JOB | {"status": "Running"}, ftschema.check(_JOB | {"status": "Running"}, show_values=True)
            ),
        ]

    before = told()
    monkeypatch.setenv("FTSCHEMA_SHOW_VALUES", "0")
    assert told() == before


def test_paths_of_arrays() -> None:
    """Indices stay, as they are no keys; a number that is a key does not."""
    payload = _JOB | {"result_files": ["a", 5], "integrations": [{"type": "wandb", "wandb": {"project": 5}}]}
    hidden = ftschema.check(payload, show_values=False)
    assert [problem.pointer for problem in hidden] == ["/result_files/1", "/integrations/0/wandb/project"]
    numbers = {"411": float("nan")}
    hidden = ftschema.check(_JOB | {"metadata": numbers, "result_files": {"12345678": float("nan")}}, show_values=False)
    assert [problem.pointer for problem in hidden] == ["/result_files/*", "/metadata/*"]
    errors: Any = []
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[FineTuningJob, Of(show_values=False)]).validate_python(payload | {"metadata": {"411": 5}})
    errors = caught.value.errors()
    assert [one["loc"] for one in errors] == [
        ("result_files", 1),
        ("integrations", 0, "wandb", "project"),
        ("metadata", "*"),
    ]
    assert [one["input"] for one in errors] == [None, None, None]


@for_each(("step", "shown"), [("0", "0"), ("1234567", "1234567"), ("12345678", "*"), ("a", "*")])
def test_index(step: str, shown: str) -> None:
    """The index of an item stays; a key, or a number that is too long for an index, does not."""
    assert hidden_pointer("observed", f"/result_files/{step}") == f"/result_files/{shown}"


def test_names_of_jobs() -> None:
    """Jobs by name lose their names; those of a page keep their numbers, and steps of the caller are not secret."""
    broken = _JOB | {"seed": True}
    page = {"object": "list", "data": [_JOB, broken]}
    by_name = {"411": broken, "b": _JOB}

    def pointers(data: Any, at: str | None = None) -> list[tuple[str, list[str]]]:
        jobs = ftschema.check_jobs(json.dumps(data), at=at, show_values=False)
        return [(job.pointer, [problem.pointer for problem in job.report]) for job in jobs]

    assert pointers(page) == [("/data/0", []), ("/data/1", ["/data/1/seed"])]
    assert pointers(by_name) == [("/*", ["/*/seed"]), ("/*", [])]
    assert pointers({"mine": [{"x": broken}]}, "/mine/*/x") == [("/mine/0/x", ["/mine/0/x/seed"])]


def test_parts_and_the_sdk() -> None:
    """Reports of a part of a job, of its repr and by the class of the SDK hide values too."""
    pytest.importorskip("openai")
    job = ftschema.structure(_JOB | {"metadata": {"a": SECRET}, "hyperparameters": {"n_epochs": "auto"}, SECRET: 1})
    method = {"type": "dpo", "dpo": {"hyperparameters": {"beta": SECRET, SECRET: 1}}}
    converter = converters.make_converter(show_values=False)
    told = [
        *_raised(partial(converter.structure, method, ftschema.Method)),
        *_raised(partial(ftschema.from_repr, f"FineTuningJob(id='{SECRET}', status={SECRET})", show_values=False)),
        *_raised(partial(ftschema.from_repr, f"{SECRET}", show_values=False)),
        *_raised(partial(ftschema.from_repr, f"FineTuningJob(id='{SECRET}', status=5)", show_values=False)),
        *_raised(partial(ftschema.to_openai, job, strict=True, show_values=False)),
    ]
    assert sum("not a valid" in str(one) for one in told) == 5
    assert not any(map(_has_secret, told))


def test_normalized() -> None:
    """The changes of `normalize` have no names of the caller."""
    grader = {"type": "python", "name": "g", "source": "s", "image_tag": None}
    multi = {"type": "multi", "name": "m", "calculate_output": "x", "graders": {SECRET: grader}}
    payload = _JOB | {"method": {"type": "reinforcement", "reinforcement": {"grader": multi}}}
    shown, hidden = (ftschema.normalize(payload, show_values=show) for show in (True, False))
    assert _has_secret(str(shown))
    assert not _has_secret(str(hidden))
    assert hidden.payload == shown.payload

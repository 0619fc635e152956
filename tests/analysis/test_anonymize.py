"""Anonymized jobs: what is replaced, what is kept, and what stays the same about them."""

from __future__ import annotations

import json
import re
from itertools import product
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema import fixtures, strategies
from ftschema.analysis.anonymize import KEPT, Anonymizer
from ftschema.analysis.pseudonyms import Pseudonyms
from ftschema.core.pointer import split
from ftschema.jsontext.tokens import TOKEN
from ftschema.schemas.json_types import EnumType, NumberType, ObjectType
from ftschema.schemas.reader import parts
from ftschema.schemas.spelling import SPELLINGS
from support.data import corpus
from support.helpers import sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "a key"
PSEUDONYMS = Pseudonyms(KEY)
MARKER, NUMBER = "Qz7Xj", 918_273_645
JOB: dict[str, Any] = {
    "id": "ftjob-abc123XYZ",
    "object": "fine_tuning.job",
    "created_at": 1_734_433_855,
    "status": "succeeded",
    "model": "gpt-4o-mini-2024-07-18",
    "fine_tuned_model": "ft:gpt-4o-mini-2024-07-18:acme:banking-intent:AbCd1234",
    "finished_at": 1_734_434_000,
    "trained_tokens": 5_049,
    "training_file": "file-T1",
    "validation_file": None,
    "result_files": ["file-R1"],
    "organization_id": "org-acme",
    "hyperparameters": {"n_epochs": 3, "batch_size": "auto", "learning_rate_multiplier": 1.8},
    "user_provided_suffix": "banking_intent",
    "metadata": {"team": "search", "job": "ftjob-abc123XYZ"},
}


def anonymized(payload: Any, **options: Any) -> Any:
    """Return a payload anonymized with the key of these tests."""
    return ftschema.anonymize(payload, key=KEY, **options)


# ---------------------------------------------------------------- nothing survives


FORMS = (
    MARKER,
    f"ftjob-{MARKER}",
    f"ft:gpt-4o-mini-2024-07-18:{MARKER}:{MARKER}:ckpt-step-{NUMBER}",
    f"ft:{MARKER}",
    f"gpt-4o-mini-2024-07-18.ft-{MARKER}",
    f"gpt-4o-{MARKER}",
    f"https://{MARKER}.example/{MARKER}?key={MARKER}#{NUMBER}",
    f"the file file-{MARKER} of org-{MARKER} is\nnot valid: {MARKER}, {NUMBER}",
    f"data:image/png;base64,{MARKER}==",
    f"{NUMBER}",
    f"{MARKER.lower()}_{MARKER.upper()}",
    f"é{MARKER}漢",
    f"2025-03-11 {MARKER}",
    f"auto{MARKER}",
)


@st.composite
def marked(draw: st.DrawFn, value: Any) -> Any:
    """Draw a copy of a value with markers for some strings and numbers, and in the keys of some objects."""
    if isinstance(value, dict):
        marks = {key: draw(marked(member)) for key, member in value.items()}
        if draw(st.booleans()):
            marks |= {draw(st.sampled_from(FORMS)): draw(st.sampled_from((MARKER, NUMBER, [{MARKER: NUMBER}])))}
        return marks
    if isinstance(value, list):
        return [draw(marked(item)) for item in value]
    if value is None or isinstance(value, bool) or draw(st.booleans()):
        return value
    return draw(st.sampled_from(FORMS if isinstance(value, str) else (NUMBER, -NUMBER, NUMBER + 0.25, float(NUMBER))))


@given(st.data())
def test_no_marker_survives(data: st.DataObject) -> None:
    """Nothing of what is put into a job survives: in values, metadata, unknown keys, and in what holds the job."""
    contract = data.draw(st.sampled_from(("observed", "azure", "2026-11-10", "powershell")))
    payload = data.draw(strategies.payloads(contract=ftschema.contract(contract)).flatmap(marked))
    wrapped = data.draw(
        st.sampled_from((payload, [payload], {"data": [payload, MARKER]}, {MARKER: payload, "a": MARKER}))
    )
    text = json.dumps(anonymized(wrapped), ensure_ascii=False)
    assert MARKER.lower() not in text.lower()
    assert str(NUMBER) not in text


@for_each("form", FORMS)
def test_no_form_of_marker_survives(form: str) -> None:
    """Each form of the marker is replaced in a string of any use, in a key, and in a key outside of jobs."""
    known = JOB | {"status": form, "fine_tuned_model": form, "error": {"code": form, "message": form, form: form}}
    for payload in (form, known, {form: [known]}, JOB | {"metadata": {form: form}, form: {form: form}}):
        text = json.dumps(anonymized(payload), ensure_ascii=False)
        assert MARKER.lower() not in text.lower()
        assert str(NUMBER) not in text


def test_words_in_any_case() -> None:
    """The words of the API are kept, also those of Azure."""
    words = {"trainingType": "globalStandard", "status": "Running"}
    assert words.items() <= anonymized(JOB | words).items()


def test_replaced_values() -> None:
    """Ids, names, times, tokens and the whole of metadata are replaced; the rest is as it was."""
    new = anonymized(JOB)
    assert list(new) == list(JOB)
    same = {key for key in JOB if new[key] == JOB[key]}
    assert same == {"object", "status", "model", "validation_file", "hyperparameters"}
    assert {*new["metadata"], *new["metadata"].values()}.isdisjoint({*JOB["metadata"], *JOB["metadata"].values()})


# ---------------------------------------------------------------- what stays the same


def problems(payload: Any, contract: ftschema.ContractName) -> list[tuple[str, int, str]]:
    """Return the problems of a payload with its schema and its rules, without the names in their pointers."""
    report = ftschema.check(payload, contract, lifecycle=True)
    return [(problem.code, len(split(problem.pointer)), problem.severity) for problem in report]


@pytest.mark.parametrize("contract", sample(ftschema.contracts(), "observed", "azure", "2023-10-05", "dart", "rust"))
def test_problems_are_the_same(contract: ftschema.ContractName) -> None:
    """Valid jobs stay valid, and invalid ones and those that violate rules keep exactly their problems."""
    payloads = [
        *fixtures.payloads(4, contract=contract),
        *fixtures.payloads(10, contract=contract, coherent=False),
        *(defect.payload for defect in fixtures.defects(12, contract=contract)),
    ]
    for payload in payloads:
        assert problems(anonymized(payload), contract) == problems(payload, contract), payload


def test_problems_of_the_corpus_are_the_same() -> None:
    """Modeled captures of every origin keep exactly their problems, and their shape."""
    for job in corpus():
        new = anonymized(job.payload)
        assert problems(new, "observed") == problems(job.payload, "observed"), job.payload
        assert shape(new) == shape(job.payload)


def shape(value: Any) -> Any:
    """Return the types of a value and all values in it, and the lengths of its strings."""
    if isinstance(value, dict):
        return [(len(key), shape(member)) for key, member in value.items()]
    if isinstance(value, list):
        return list(map(shape, value))
    return len(value) if isinstance(value, str) else type(value)


def test_declared_everywhere() -> None:
    """The two contracts whose keys and words are kept declare those of every contract."""
    known = {
        pair for contract in ("observed", "azure") for part in parts(contract).values() for pair in _declared(part)
    }
    for contract in ftschema.contracts():
        for name, part in parts(contract).items():
            assert known.issuperset(_declared(part)), name


def _declared(part: ObjectType) -> Iterator[tuple[str, str]]:
    for key, field in part.properties.items():
        yield key, ""
        yield from ((key, value) for one in field.types if isinstance(one, EnumType) for value in one.values)


def test_no_other_limits() -> None:
    """Every limit of a number in a contract is one that pseudonyms do not cross."""
    known = (2**31, 2**53, 2**63)
    for contract in ftschema.contracts():
        for part in parts(contract).values():
            for field in part.properties.values():
                for one in field.types:
                    for limit in one.limits.values() if isinstance(one, NumberType) else ():
                        assert abs(limit) < 1_000 or {int(abs(limit)), int(abs(limit)) + 1}.intersection(known)


# ---------------------------------------------------------------- references


def test_references_stay_references() -> None:
    """The parts of a model's name, run ids and ids in messages have the pseudonyms of what they refer to."""
    job = JOB | {
        "integrations": [{"type": "wandb", "wandb": {"project": "p", "run_id": JOB["id"]}}],
        "error": {"code": None, "message": f"The job {JOB['id']} cannot read file-T1, and will not be retried."},
    }
    new = anonymized(job)
    prefix, base, organization, suffix, _ = new["fine_tuned_model"].split(":")
    assert (prefix, base) == ("ft", JOB["model"])
    assert new["organization_id"] == f"org-{organization}"
    assert new["user_provided_suffix"] == suffix.replace("-", "_")
    assert new["integrations"][0]["wandb"]["run_id"] == new["id"] == list(new["metadata"].values())[1]
    assert new["id"] in new["error"]["message"]
    assert new["training_file"] in new["error"]["message"]


def test_references_to_graders() -> None:
    """The formula of a multi grader refers to its graders by their pseudonyms, however long it is."""
    graders = {f"style{letter}": {"type": "string_check"} for letter in "abcd"}
    grader = {"type": "multi", "graders": graders, "calculate_output": " + ".join(graders)}
    new = anonymized(JOB | {"method": {"type": "reinforcement", "reinforcement": {"grader": grader}}})
    new_grader = new["method"]["reinforcement"]["grader"]
    assert new_grader["calculate_output"] == " + ".join(new_grader["graders"])
    assert [one["type"] for one in new_grader["graders"].values()] == ["string_check"] * 4


def test_references_on_azure() -> None:
    """The name of a model on Azure holds the pseudonym of the job's id, which stays hexadecimal."""
    ident = "0123456789abcdef0123456789abcdef"
    new = anonymized({"id": f"ftjob-{ident}", "object": "fine_tuning.job", "fine_tuned_model": f"gpt-4o.ft-{ident}-a1"})
    assert re.fullmatch("ftjob-[0-9a-f]{32}", new["id"])
    assert new["fine_tuned_model"].startswith(f"gpt-4o.ft-{new['id'].removeprefix('ftjob-')}-")


def test_checkpoints() -> None:
    """The number in the name of a checkpoint is the pseudonym of the number of its step; a small one is kept."""
    name = PSEUDONYMS.name("ft:gpt-4o-mini-2024-07-18:acme::abc:ckpt-step-12345")
    assert name.endswith(f":ckpt-step-{PSEUDONYMS.integer(12_345)}")
    assert PSEUDONYMS.name("ft:davinci-002:acme::abc:ckpt-step-90").endswith(":ckpt-step-90")


def test_the_same_on_every_machine() -> None:
    """A key makes the same pseudonyms in every version and on every machine, and another key makes others."""
    new = anonymized(JOB)
    assert (new["id"], new["created_at"], new["trained_tokens"]) == ("ftjob-yih093RXY", 1_732_865_461, 4_233)
    assert anonymized(JOB) == new
    assert ftschema.anonymize(JOB, key="another")["id"] != new["id"]


@for_each("pattern", [("ab", ascii_lowercase), ("0a3", "0123456789"), ("é", "àéüñ"), ("face", "afgz")])
def test_pseudonyms_differ(pattern: tuple[str, str]) -> None:
    """Different strings have different pseudonyms, so that no key of an object is lost."""
    originals = ["".join(letters) for letters in product(pattern[1], repeat=len(pattern[0]))]
    assert len({PSEUDONYMS.text(text) for text in originals}) == len(originals)


@pytest.mark.parametrize("words", [3, 12])
def test_layout_of_texts(words: int) -> None:
    """Names and prose keep length, case, digits, punctuation and white space."""
    text = " ".join(["Über-Wörter: 42% (漢字, 한글) ЖУК\t©"] * words)
    new = PSEUDONYMS.text(text)
    assert len(new) == len(text)
    classes = (str.isspace, str.isdecimal, lambda one: one in "-%(,)©:", lambda one: "A" <= one <= "Z", str.isascii)
    for old, changed in zip(text, new, strict=True):
        assert [is_one(old) for is_one in classes] == [is_one(changed) for is_one in classes]


def test_prose_is_replaced_as_a_whole() -> None:
    """A word has another pseudonym in another text, so that common words cannot be counted."""
    first, second = (PSEUDONYMS.text(f"the file has {number} examples and the job needs more") for number in "34")
    assert set(first.split()).isdisjoint(second.split())
    assert len(set(first.split())) == len(first.split())


# ---------------------------------------------------------------- numbers and times


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70))
def test_numbers_keep_their_kind(number: float) -> None:
    """A number keeps its JSON type, sign and digits, and stays on its side of the limits of integers."""
    new = PSEUDONYMS.number(number)
    assert type(new) is type(number)
    assert (new < 0, new == 0) == (number < 0, number == 0)
    if isinstance(number, int):
        assert len(str(new)) == len(str(number))
        for limit in (-(2**63), -(2**53), -(2**53) + 1, -(2**31), 2**31, 2**53, 2**63):
            assert (new < limit) == (number < limit)
        if abs(number) < 2**53:
            assert PSEUDONYMS.number(float(number)) == new


@for_each("limit", [-(2**63), -(2**53), -(2**53) + 1, -(2**31), 2**31, 2**53, 2**63])
def test_limits_of_integers(limit: int) -> None:
    """The integers next to a limit stay on their side of it, and are not the same afterwards."""
    for number in range(limit - 3, limit + 4):
        assert (PSEUDONYMS.integer(number) < limit) == (number < limit)
        assert (PSEUDONYMS.integer(number) == number) == (number == -(2**53))


@for_each("number", [0, -1, 256, 999, -(2**53), 0.1, 1.8, 2.0, 1e-07, 0.001, -0.0, 1e300])
def test_short_numbers_are_kept(number: float) -> None:
    """Numbers of up to three digits are kept: settings, -1 for "auto", 0 for no time."""
    assert repr(PSEUDONYMS.number(number)) == repr(number)


@for_each("number", [1_000, 1234.5, 1.2345, 1.2345e-05, 123_456.0, -9876, 1.2345e300])
def test_longer_numbers_are_replaced(number: float) -> None:
    """Numbers of more digits are replaced."""
    assert PSEUDONYMS.number(number) != number


def test_times_keep_their_distances() -> None:
    """All times move by the same shift, in whatever unit and notation, and in keys that no contract declares."""
    page = [
        JOB
        | {"created_at": 1_734_433_855_000, "estimated_finish": 1_734_433_855.0, "updated_at": "2024-12-17T11:10:55Z"},
        JOB | {"deletedAt": 1_734_433_856, "metadata": {"day": "2024-12-17", "at": "2024-12-17 11:10+01:00"}},
    ]
    first, second = anonymized(page, keep={"deletedAt"})
    shift = 1_734_433_855 - second["created_at"]
    assert 7 * 86_400 <= shift < 28 * 86_400
    assert second["finished_at"] - second["created_at"] == 145
    assert first["created_at"] == second["created_at"] * 1_000
    assert repr(first["estimated_finish"]) == f"{second['created_at']}.0"
    assert second["deletedAt"] == second["created_at"] + 1
    day, clock = second["metadata"].values()
    assert re.fullmatch(r"2024-1[12]-\d\d", day)
    assert re.fullmatch(r"2024-1[12]-\d\d \d\d:\d\d\+01:00", clock)


@for_each("time", [2**31 - 1, 2**31, 10**11 - 1, 10**11, 2**53, 2**63, -(2**31), 1_696_118_400, 1_000])
def test_times_stay_on_their_side(time: int) -> None:
    """No time crosses a limit, or a date that a rule refers to."""
    for limit in (-(2**31), 2**31, 10**11, 2**53, 2**63, 1_696_118_400):
        assert (PSEUDONYMS.time(time, (1_696_118_400,)) < limit) == (time < limit)
    assert PSEUDONYMS.time(time) != time


def test_other_times() -> None:
    """What is no time in a key for times is a number; the first days of the calendar are a text."""
    assert PSEUDONYMS.time(0) == 0
    assert PSEUDONYMS.time(1_734_433_855.5) == PSEUDONYMS.number(1_734_433_855.5)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", PSEUDONYMS.text("0001-01-02"))


# ---------------------------------------------------------------- what holds jobs


def test_containers() -> None:
    """Jobs are found in pages, arrays, objects of jobs by name, and wrappers of these, at any depth."""
    new = anonymized(JOB)
    page = {"object": "list", "data": [JOB, {"id": "x"}], "has_more": False, "first_id": JOB["id"]}
    assert anonymized(page) == {"object": "list", "data": [new, {"id": PSEUDONYMS.text("x")}], "has_more": False,
                                "first_id": new["id"]}  # fmt: skip
    assert anonymized([JOB, None]) == [new, None]
    assert anonymized({JOB["id"]: JOB, "b": {"seed": 5}}) == {new["id"]: new, PSEUDONYMS.text("b"): {"seed": 5}}
    assert anonymized({"response": {"body": page}})["response"]["body"]["data"][0] == new
    assert anonymized({"seed": 5}) == {"seed": 5}
    assert anonymized("text") == PSEUDONYMS.text("text")
    without_object = {key: value for key, value in JOB.items() if key != "object"}
    assert anonymized({"x": [without_object]})[PSEUDONYMS.text("x")][0]["created_at"] == new["created_at"]


def test_recordings() -> None:
    """The usual keys of a recording are kept, also beside a job."""
    reply = {"status": {"code": 200}, "body": JOB, "headers": {}}
    new = anonymized({"interactions": [{"request": {"method": "GET", "headers": {}}, "response": reply}]})
    assert new["interactions"][0]["response"] == reply | {"body": anonymized(JOB)}
    assert list(new["interactions"][0]["request"]) == ["method", "headers"]


def test_pages_of_events() -> None:
    """Events and pages without jobs keep their own keys, and ids in messages and names are those of the jobs."""
    event = {"object": "fine_tuning.job.event", "created_at": 1_734_433_855, "level": "warn", "message": JOB["id"]}
    new = anonymized(event)
    assert new == {**event, "created_at": anonymized(JOB)["created_at"], "message": anonymized(JOB)["id"]}
    assert anonymized({"object": "list", "data": [event]}) == {"object": "list", "data": [new]}
    assert anonymized({"object": ["list"]}) != {"object": ["list"]}


_EVENT = {
    "object": "fine_tuning.job.event",
    "id": "ftevent-abc",
    "created_at": 1_734_433_855,
    "level": "info",
    "message": f"Created fine-tuning job: {JOB['id']}",
    "type": "moderation_checks",
    "data": {"train_loss": 0.5},
}
_ERROR = {"message": "Not allowed", "type": "invalid_request_error", "param": None, "code": "training_not_available"}


@pytest.mark.parametrize(
    "value",
    [_EVENT, {"error": _ERROR}, {"model": "gpt-4.1", "training_file": "file-1", "seed": 5}],
    ids=["event", "error", "request"],
)
def test_objects_of_other_kinds(value: dict[str, Any]) -> None:
    """An event, an error or a request is the same in an array, a page, a wrapper, and beside a job."""
    new = anonymized(value)
    assert [*new] == [*value]
    assert new == value | {
        key: new[key] for key in ("id", "created_at", "message", "error", "training_file") if key in value
    }
    assert new.get("error", _ERROR) == _ERROR | {"message": new.get("error", _ERROR)["message"]}
    assert anonymized([value, value]) == [new, new]
    assert anonymized([JOB, value]) == [anonymized(JOB), new]
    assert anonymized({"events": [value], "has_more": False}) == {"events": [new], "has_more": False}
    assert anonymized({"body": value, "job": JOB}) == {"body": new, "job": anonymized(JOB)}


def test_histories_are_the_same() -> None:
    """The events and checkpoints of a job are still those of the job, and have no further problems."""
    for seed in range(4):
        step = fixtures.trace(seed, full=True)[-1]
        new = anonymized([step.job, step.events, step.checkpoints])
        report = ftschema.check_history(new[0], events=new[1]["data"], checkpoints=new[2]["data"])
        assert report.problems == ()


def test_ids_in_short_messages() -> None:
    """An id in a short text, or in the path of a URL, has the pseudonym of the id."""
    new = anonymized(JOB)
    for text in ("job {}", "https://example.com/v1/jobs/{}?after=1", "of\t{}, which failed", "Retry {} now"):
        for one in ("id", "fine_tuned_model"):
            assert new[one] in anonymized(JOB | {"metadata": {"a": text.format(JOB[one])}})["metadata"].popitem()[1]


def test_keys() -> None:
    """Keys of every spelling are kept; others are replaced and recorded, unless they are to be kept."""
    assert len(SPELLINGS) == 3
    anonymizer = Anonymizer(KEY, {"gpu_hours"})
    new = anonymizer.anonymize({"Id": "a", "createdAt": 1, "n_epochs": 1, "gpu_hours": {"inner": 1}})
    assert list(new) == ["Id", "createdAt", PSEUDONYMS.text("n_epochs"), "gpu_hours"]
    assert list(new["gpu_hours"]) == [PSEUDONYMS.text("inner")]
    assert list(anonymizer.undeclared) == ["n_epochs"]


def test_no_key_is_taken_twice() -> None:
    """The pseudonym of an undeclared key is not the name of a declared one."""
    [unlucky] = [word for word in map("".join, product(ascii_lowercase, repeat=2)) if PSEUDONYMS.text(word) == "id"]
    new = anonymized({"id": "a", unlucky: "b"} | JOB)
    assert len(new) == len(JOB) + 1
    assert new["id"] == anonymized(JOB)["id"]


def test_unknown_type_of_grader() -> None:
    """A grader of an unknown type keeps the keys that any grader has."""
    grader = {"type": "other", "name": "mine", "secret": 1}
    new = anonymized(JOB | {"method": {"type": "reinforcement", "reinforcement": {"grader": grader}}})
    assert list(new["method"]["reinforcement"]["grader"])[:2] == ["type", "name"]


# ---------------------------------------------------------------- texts


@given(strategies.payloads(), st.sampled_from((None, 1, 4)), st.booleans())
def test_texts_keep_their_layout(payload: dict[str, Any], indent: int | None, ascii_only: bool) -> None:  # noqa: FBT001
    """A text is the anonymized payload in the white space, the escapes and the notations of the original."""
    text = json.dumps(payload, indent=indent, ensure_ascii=ascii_only) + "\n"
    new = Anonymizer(KEY).anonymize_text(text, payload)
    assert json.loads(new) == anonymized(payload)
    assert TOKEN.sub("", new) == TOKEN.sub("", text)
    assert new.isascii() or not ascii_only


def test_notation_of_kept_numbers() -> None:
    """A number that is kept is written as before."""
    assert Anonymizer(KEY).anonymize_text('{"seed": 1.50E1}', {"seed": 15.0}) == '{"seed": 1.50E1}'


# ---------------------------------------------------------------- wrong calls


def test_wrong_keys() -> None:
    """A key of another type, an empty one, and a single key to keep are refused."""
    with pytest.raises(TypeError, match="the key must be a str, not bytes"):
        ftschema.anonymize({}, key=b"k")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the key must not be empty"):
        ftschema.anonymize({}, key="")
    with pytest.raises(TypeError, match="keep must be a collection of keys"):
        anonymized({}, keep="gpu_hours")


def test_not_json() -> None:
    """What is not JSON data is refused with a report."""
    with pytest.raises(ftschema.InvalidJobError) as caught:
        anonymized({"seed": float("nan")})
    assert caught.value.report.problems[0].code == "json-number"


def test_kept() -> None:
    """The table of what is kept says each thing once."""
    assert len({row[0] for row in KEPT}) == len(KEPT)

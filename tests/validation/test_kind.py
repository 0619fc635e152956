"""Every kind of object has the verbs of the job, and each verb keeps its promise for every contract of the kind."""

from __future__ import annotations

import json
import pickle
from typing import Any

import attrs
import pytest

import ftschema
from ftschema import converters, defects, fixtures
from ftschema.core.errors import CannotCombineError
from ftschema.generation.captures import draw_like_captured
from ftschema.generation.defects import draw_defect
from ftschema.generation.plans import Plan, seeded
from ftschema.model.classes import classes, root_class
from ftschema.schemas.catalogue import KINDS, entry, every_name, names
from ftschema.schemas.reader import parts
from support.data import reference_problems
from support.helpers import same, sample
from support.rows import for_each

_KINDS: dict[str, Any] = {name: getattr(ftschema, name) for name in KINDS}
_OTHERS = [name for name in every_name() if name not in names()]
_FAST = ("event/observed", "checkpoint/azure", "request/observed", "webhook/2026-05-13", "page/event/azure")
_EVENTS: Any = "event/observed"
_REQUESTS: Any = "request/observed"
_PERMISSION = {"id": "cp_1", "object": "checkpoint.permission", "created_at": 1, "project_id": "proj_1"}
_EVENT = {
    "id": "ftevent-1",
    "object": "fine_tuning.job.event",
    "created_at": 1,
    "level": "info",
    "message": "Step 1/2",
    "type": "metrics",
    "data": {"step": 1, "train_loss": 0.5},
}


def _page(*items: Any) -> dict[str, Any]:
    return {"object": "list", "data": [*items], "has_more": False}


@for_each("name", _KINDS)
def test_one_class(name: str) -> None:
    """Every kind is an object of one class, the same in each process, and knows its contracts."""
    kind = _KINDS[name]
    assert type(kind) is ftschema.Kind
    assert pickle.loads(pickle.dumps(kind)) is kind
    assert kind.name == name
    for contract in kind.contracts():
        found: Any = kind.contract(contract)
        assert entry(found.name).kind.name == name
        assert kind.contract(found.name) is found
    assert kind.contract() is kind.contract(kind.contracts()[0])
    assert kind.contract(kind.contract()) is kind.contract()
    other = ftschema.event if kind is ftschema.job else ftschema.job
    for another in (other.contract(), "event/azure" if kind is ftschema.job else "nope/azure"):
        with pytest.raises(ftschema.UnknownContractError, match=kind.contracts()[0]):
            kind.check({}, another)
    for wrong, text in (("nope", kind.contracts()[0]), (5, "found int")):
        with pytest.raises(ftschema.UnknownContractError, match=text):
            kind.contract(wrong)


def test_every_contract_belongs_to_a_kind() -> None:
    """The names of all contracts are those of the kinds."""
    assert {name for kind in _KINDS.values() for name in kind.contracts()} == {
        name.rpartition("/")[2] for name in every_name()
    }


@pytest.mark.parametrize("contract", sample(_OTHERS, *_FAST))
def test_verbs(contract: ftschema.ContractName) -> None:
    """Payloads of every contract are accepted, read and written without a loss, with and without unknown keys."""
    chosen = ftschema.contract(contract)
    schema = chosen.schema()
    for payload in fixtures.payloads(12, "kinds", contract=contract):
        text = json.dumps(payload)
        assert chosen.check(payload, lifecycle=True).ok, chosen.check(payload, lifecycle=True)
        assert chosen.is_valid(payload)
        assert chosen.check_text(text).ok
        assert reference_problems(schema, payload) == ()
        made = chosen.loads(text)
        assert type(made) is root_class(contract)
        assert made == chosen.structure(payload)
        assert pickle.loads(pickle.dumps(made)) == made
        assert same(chosen.unstructure(made), payload)
        assert same(json.loads(chosen.dumps(made)), payload)
        assert ftschema.kind(payload) == entry(contract).kind.name
    assert [report.number for report in chosen.check_lines(f"{text}\n{{}}\n") if not report.report.ok] == [2]


@pytest.mark.parametrize("contract", sample(_OTHERS, *_FAST[:3]))
def test_one_fault_one_problem(contract: ftschema.ContractName) -> None:
    """Each kind of defect of every contract is found where it is, and nothing else is."""
    for kind in defects.catalogue(contract):
        defect = draw_defect(kind, seeded("kinds", str(kind)))
        report = ftschema.contract(contract).check(defect.payload, lifecycle=defect.lifecycle)
        assert [(problem.pointer, problem.code) for problem in report] == [(defect.pointer, defect.code)], defect


@pytest.mark.parametrize("contract", sample(_OTHERS, *_FAST))
def test_classes_are_the_definitions(contract: ftschema.ContractName) -> None:
    """Each object of a contract has a class with a field for every key, which is required where the class needs it."""
    for name, part in parts(contract).items():
        cls = classes(contract)[name]
        fields = {field.name: field for field in attrs.fields(cls)}
        assert cls.__doc__
        assert part.properties.keys() <= fields.keys() - {"extra"}
        needed = {name for name, field in fields.items() if field.default is not ftschema.ABSENT} - {"extra"}
        assert needed <= {*part.required}


@for_each("name", _KINDS)
def test_another_kind(name: str) -> None:
    """The verbs of a kind are those of its contracts, and refuse an object of another kind."""
    kind, payload = _KINDS[name], _PERMISSION if name == "job" else fixtures.payload(1)
    report = kind.check(payload)
    assert (report.ok, report.kind) == (False, name)
    assert kind.check_text(json.dumps(payload)).kind == name
    assert not kind.is_valid(payload)
    for verb, given in ((kind.structure, payload), (kind.loads, json.dumps(payload))):
        with pytest.raises(ftschema.InvalidPayloadError):
            verb(given)


def test_errors_have_a_base() -> None:
    """An invalid payload raises `InvalidPayloadError`, and an invalid job its subclass `InvalidJobError`."""
    with pytest.raises(ftschema.InvalidPayloadError, match="not valid for contract 'event/observed'") as caught:
        ftschema.event.validate({})
    assert not isinstance(caught.value, ftschema.InvalidJobError)
    assert caught.value.report.kind == "event"
    with pytest.raises(ftschema.InvalidJobError) as job:
        ftschema.job.loads("{}")
    assert isinstance(job.value, ftschema.InvalidPayloadError)
    with pytest.raises(TypeError, match="expected an ErrorBody, found str"):
        ftschema.error.dumps("x")  # type: ignore[arg-type]  # that it is refused is the promise


@for_each("verb", ["check", "is_valid", "structure", "validate"])
def test_the_top_level_is_the_job(verb: str) -> None:
    """The functions of the package are those of `ftschema.job`."""
    payload = fixtures.payload(1)
    assert getattr(ftschema, verb)(payload) == getattr(ftschema.job, verb)(payload)
    assert ftschema.job.contracts() == ftschema.contracts()


def test_schema_and_explanations() -> None:
    """A kind has the schemas of its contracts, and explains their locations."""
    assert ftschema.event.schema("azure") == ftschema.schema("event/azure")  # type: ignore[arg-type]  # a full name
    assert "Severity" in str(ftschema.event.explain("/level"))
    assert "event/2024-12-18" in str(ftschema.event.explain("/data"))
    assert ftschema.page.explain("/data/3/level", "event/azure").subject == "/data/*/level"


@for_each(
    ("payload", "kind"),
    [
        ({"object": "fine_tuning.job"}, "job"),
        ({"status": "failed", "training_file": "file-1"}, "job"),
        (_EVENT, "event"),
        ({"level": "info", "message": "m"}, "event"),
        ({"object": "list", "data": []}, "page"),
        ({"data": [], "has_more": False}, "page"),
        ({"data": []}, None),
        ({"error": {"message": "m"}, "status": 401}, "error"),
        ({"error": {"message": "m"}, "status": "failed"}, None),
        ({"model": "m", "training_file": "f"}, "request"),
        ({"type": "fine_tuning.job.failed", "data": {}}, "webhook"),
        (_PERMISSION, "permission"),
        ({"object": 5}, None),
        ([], None),
        (None, None),
    ],
)
def test_kind(payload: Any, kind: str | None) -> None:
    """`kind` says of which kind a payload is, valid or not: what it says of itself, or else by its keys."""
    assert ftschema.kind(payload) == kind


def test_a_page_is_that_of_its_items() -> None:
    """A page is checked by the contract of its items, and one broken item hides no other."""
    broken = {**_EVENT, "level": "bad"}
    text = json.dumps(_page(_EVENT, broken, {**_EVENT, "created_at": None}), indent=1)
    report = ftschema.page.check_text(text)
    assert report.contract == "page/event/observed"
    assert [(problem.pointer, problem.code) for problem in report] == [
        ("/data/1/level", "enum"),
        ("/data/2/created_at", "type"),
    ]
    assert [problem.line for problem in report] == [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if '"level": "bad"' in line or '"created_at": null' in line
    ]
    assert ftschema.page.check(json.loads(text)) == ftschema.page.contract("event/observed").check(json.loads(text))


@for_each("object", ["fine_tuning.job", "event", None, 5])
def test_a_wrong_object_is_one_problem(object: Any) -> None:  # noqa: A002  # as the key is called
    """An item that says that it is something else is that one problem, even if it is alone."""
    payload = _page({**_EVENT, "object": object}, 5)
    for report in (ftschema.page.check(payload), ftschema.page.check_text(json.dumps(payload))):
        assert [problem.pointer for problem in report] == ["/data/0/object", "/data/1"]
    with pytest.raises(ftschema.InvalidPayloadError, match="/data/0/object"):
        ftschema.page.loads(json.dumps(payload))
    # What stands in front of the items says nothing of them.
    text = json.dumps({"note": {"object": "checkpoint.permission"}} | _page(_EVENT))
    assert ftschema.page.check_text(text).ok
    assert ftschema.page.loads(text) == ftschema.page.structure(json.loads(text))


def test_pages_are_typed() -> None:
    """The items of a page are objects of their class."""
    page = ftschema.page.loads(json.dumps(_page(_EVENT)))
    assert isinstance(page, ftschema.Page)
    assert [type(item) for item in page.data] == [ftschema.FineTuningEvent]
    assert page.data[0].data.train_loss == 0.5
    assert page == ftschema.page.structure(_page(_EVENT))
    assert same(ftschema.page.unstructure(page), _page(_EVENT))
    assert ftschema.permission.loads(json.dumps(_PERMISSION)).project_id == "proj_1"
    assert str(ftschema.Page[ftschema.FineTuningEvent]).endswith("Page[ftschema.model.kinds.event.FineTuningEvent]")


def test_contracts_of_pages() -> None:
    """A date stands for the newest contract until then; a name may say the kind of the items."""
    assert ftschema.page.check(_page(_EVENT), "2025-03-11").contract == "page/event/2025-02-10"
    assert ftschema.page.check(_page(_PERMISSION)).contract == "page/permission/2025-03-22"
    assert ftschema.page.check(_page(_EVENT), "permission/2025-03-22").contract == "page/permission/2025-03-22"
    assert ftschema.page.check(_page()).contract == "page/job/observed"
    assert ftschema.page.check(5).contract == "page/job/observed"
    chosen = ftschema.page.contract("event/azure")
    assert ftschema.page.check_text("{}", chosen).contract == "page/event/azure"
    for name in ("nope", "observed", "2020-01-01"):
        with pytest.raises(ftschema.UnknownContractError, match="2025-03-22"):
            ftschema.page.check(_page(_PERMISSION), name)
    with pytest.raises(ftschema.UnknownContractError, match="expected the name of a contract, found int"):
        ftschema.page.check(_page(), 5)  # type: ignore[arg-type]  # that it is refused is the promise


def test_lines_of_pages() -> None:
    """Each line may be a page of other items; lines that are too long or are not JSON are reported as such."""
    lines = [json.dumps(_page(_EVENT)), "", json.dumps(_page(_PERMISSION)), "{", '"' + "x" * 600 + '"']
    reports = list(ftschema.page.check_lines("\n".join(lines), max_size=500))
    assert [(report.number, [problem.code for problem in report.report]) for report in reports] == [
        (1, []),
        (3, []),
        (4, ["json-syntax"]),
        (5, ["json-size"]),
    ]
    with pytest.raises(TypeError):
        ftschema.page.check_text(5)  # type: ignore[arg-type]  # that it is refused is the promise


def test_requests_are_closed() -> None:
    """A request may not have unknown keys; each is a problem at the key, with the key that was meant."""
    request: dict[str, Any] = {"model": "m", "training_file": "f", "hyperparameters": {"nepochs": 3, "other": 1}}
    first, second = ftschema.request.check(request)
    assert (first.pointer, first.code) == ("/hyperparameters/nepochs", "additionalProperties")
    assert first.message == 'unexpected key "nepochs"; did you mean "n_epochs"?'
    assert (second.pointer, second.message) == ("/hyperparameters/other", 'unexpected key "other"')
    request = {"model": "m", "trainingFile": "f", "x": 0} | {f"key {number}": 0 for number in range(100)}
    missing, *others = ftschema.request.check(request)
    assert missing.code == "required"
    assert {problem.repair for problem in others} == {None}


def test_keys_one_level_too_high() -> None:
    """A key that belongs inside another object has its place as the suggestion."""
    [problem] = ftschema.request.check({"model": "m", "training_file": "f", "nEpochs": 3})
    assert problem.message == 'unexpected key "nEpochs"; did you mean "/hyperparameters/n_epochs"?'
    assert problem.repair is None


def test_misspelled_keys_of_requests_are_repaired() -> None:
    """A key that differs from a declared one in its spelling only is renamed, once."""
    request = {"model": "m", "trainingFile": "f", "hyperparameters": {"nEpochs": 3, "other": 1}, "Seed": "no"}
    report = ftschema.request.check(request)
    assert ftschema.repaired(request, report) == {
        "model": "m",
        "training_file": "f",
        "hyperparameters": {"n_epochs": 3, "other": 1},
        "Seed": "no",
    }
    twice = {"model": "m", "training_file": "f", "hyperparameters": {"nEpochs": 3, "nepochs": 1}}
    assert ftschema.repaired(twice, ftschema.request.check(twice)) == twice


def test_large_requests() -> None:
    """The unknown keys of a large request are found one by one as well."""
    request = {"model": "m" * 60_000, "training_file": "f", "hyperparameters": {"a": 1, "b": 2}}
    assert [problem.pointer for problem in ftschema.request.check(request)] == [
        "/hyperparameters/a",
        "/hyperparameters/b",
    ]
    request["hyperparameters"] = {"n_epochs": 0}
    assert [problem.pointer for problem in ftschema.request.check(request)] == ["/hyperparameters/n_epochs"]


def test_events_without_data_are_false() -> None:
    """The data of an event is true if it says something."""
    forms: tuple[dict[str, Any], ...] = (
        {},
        {"data": None},
        {"data": {}},
        {"data": {"error_code": None}},
        {"data": {"x": None}},
    )
    bare = {key: value for key, value in _EVENT.items() if key != "data"}
    assert [bool(ftschema.event.structure(bare | form).data) for form in forms] == [False] * 5
    assert ftschema.event.structure(bare | {"data": {"x": 1}}).data
    assert ftschema.event.structure(_EVENT).data


def test_fixed_values() -> None:
    """Generated objects have the values that the caller fixed, or there is an error."""
    for payload in fixtures.payloads(5, contract=_EVENTS, level="error", coherent=False):
        assert payload["level"] == "error"
    assert fixtures.payload(1, contract=_REQUESTS, suffix=None)["suffix"] is None
    with pytest.raises(CannotCombineError, match="cannot generate an event of a job for contract"):
        fixtures.payload(1, contract=_EVENTS, level="bad")
    with pytest.raises(CannotCombineError, match="a trace is of a job; contract"):
        fixtures.trace(1, contract=_EVENTS)
    with pytest.raises(CannotCombineError, match='has no key "nope"'):
        fixtures.payload(1, contract=_EVENTS, nope=1)


def test_hints_name_the_kind() -> None:
    """A payload of another kind has a hint that names the kind; one that is only broken has none."""
    report = ftschema.event.check(_PERMISSION)
    assert report.hint == "this looks like a permission to use a checkpoint; ftschema.permission checks it"
    assert ftschema.event.check({"object": "fine_tuning.job.event"}).hint is None
    report = ftschema.request.check({"model": "m", "training_file": "f", "trainingType": "Standard"})
    assert str(report.hint).startswith("contract request/azure accepts it")


def test_other_functions_take_every_kind() -> None:
    """Problem details and converters are those of the kind."""
    details = ftschema.problem_details(ftschema.event.check({}))
    assert (details["type"], details["title"]) == ("urn:ftschema:invalid-event", "Not a valid event")
    converter = converters.make_converter(ftschema.event.contract("azure"))
    payload = fixtures.payload(1, contract=ftschema.event.contract("azure"))
    event = converter.structure(payload, ftschema.FineTuningEvent)
    assert event == ftschema.event.structure(payload, "azure")
    assert same(converter.unstructure(event), payload)
    with pytest.raises(ExceptionGroup) as caught:
        converter.structure([payload, {}], list[ftschema.FineTuningEvent])
    assert isinstance(caught.value.exceptions[0], ftschema.InvalidPayloadError)


@for_each(
    "contract",
    [
        *("page/job/observed", "page/checkpoint/observed", "error/observed", "error/azure", "request/azure"),
        "permission/2025-03-22",
    ],
)
def test_fixtures(contract: Any) -> None:
    """A seed gives an object of any kind, which is valid by the schema and by the rules."""
    for seed in range(3):
        payload = fixtures.payload(seed, contract=contract)
        assert ftschema.contract(contract).check(payload, lifecycle=True).problems == ()
        assert ftschema.kind(payload) == entry(contract).kind.name
        assert same(fixtures.payload(seed, contract=contract), payload)
    assert ftschema.contract(contract).is_valid(fixtures.example(contract=contract), lifecycle=True)


def test_ids() -> None:
    """A webhook event names a job, and keeps the job that the caller fixed."""
    name: Any = "webhook/2026-05-13"
    assert fixtures.payload(1, contract=name)["data"]["id"].startswith("ftjob-")
    assert fixtures.payload(1, contract=name, data={"id": "mine"})["data"] == {"id": "mine"}


def test_kinds_without_captures() -> None:
    """Objects of a kind for which no style is written are drawn like those of any contract."""
    name: Any = "permission/2025-03-22"
    assert draw_like_captured(name, seeded(1)) is None
    plan = Plan(ftschema.contract(name), coherent=True, fixed={}, methods={"": (None,)}, like_captured=True)
    assert ftschema.permission.is_valid(plan.draw(seeded(1)))


def test_identify() -> None:
    """The contracts that accept an object are found among those of its kind."""
    names: tuple[str, ...] = ftschema.identify(_EVENT | {"type": "moderation_checks"})
    assert names[0] == "event/observed"
    assert set(ftschema.identify(_page(_EVENT))) >= {"page/event/observed", "page/event/2023-11-06"}
    assert ftschema.identify(_PERMISSION) == ("permission/2025-03-22",)
    assert ftschema.identify({}) == ()


def test_differences_of_closed_objects() -> None:
    """`diff` shows the keys that only one of two contracts refuses."""
    changes = ftschema.diff(ftschema.request.contract("azure"), ftschema.request.contract("observed"))
    found = [(change.pointer, change.code, change.left, change.right) for change in changes]
    assert ("/hyperparameters/*", "additionalProperties", "any other key", "no other key") in found
    assert ("/trainingType", "name", "integer or string", "not allowed") in found
    assert found[-1] == ("/*", "additionalProperties", "any other key", "no other key")
    for change in changes:
        assert ftschema.contract(change.accepted_by).is_valid(change.witness)
    assert "no others" in str(ftschema.request.explain("/hyperparameters"))


@pytest.mark.parametrize("contract", sample(_OTHERS, *_FAST))
def test_anonymized(contract: ftschema.ContractName) -> None:
    """An anonymized object of any kind is still one of its kind, and valid."""
    payloads = [*fixtures.payloads(5, contract=contract)]
    anonymized = [ftschema.anonymize(payload, key="secret") for payload in payloads]
    assert anonymized != payloads
    for payload, new in zip(payloads, anonymized, strict=True):
        assert ftschema.contract(contract).check(new).problems == ()
        assert ftschema.kind(new) == ftschema.kind(payload)


def test_explanations_of_codes() -> None:
    """A code is explained with its places in the kind, and with no example of another kind."""
    found = ftschema.request.explain("additionalProperties")
    assert found.requirements == ()
    assert "/hyperparameters/nepochs" in found.places
    assert ftschema.event.explain("ambiguous-key").wrong is None

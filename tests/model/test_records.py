"""What fits the record of a contract is a job of the contract, and the record holds all of it."""

from __future__ import annotations

import json
import random
from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum, IntEnum
from math import inf, nan
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import ftschema
from ftschema import fixtures
from ftschema.jsontext.data import containers, find_non_json, has_json_types, is_json, keys_and_depth_are_json
from ftschema.jsontext.decode import decode, decode_struct
from ftschema.model.fill import encoder, model_from_struct
from ftschema.model.fill import struct_type as fillable
from ftschema.model.records import StructBuilder, converter, decoder, struct_type, type_like
from ftschema.model.structure import structuring_converter
from ftschema.schemas.json_types import Field, JsonType, NumberType, ObjectType, StringType
from ftschema.schemas.translate import undeclared
from ftschema.validation.fast_path import FastPath, fast_path
from support.data import corpus
from support.helpers import VARIED_CONTRACTS, examples, same, sample
from support.mutants.payloads import mutants
from support.oracles.sdk_documents import in_names_of
from support.rows import for_each
from support.strategies import known, near_jobs, payloads_of

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACTS = ftschema.contracts()
_DECODE = decoder(struct_type("observed"))
_WIRE = [name for name in CONTRACTS if "created_at" in ftschema.schema(name)["properties"]]


def made_of(json_type: JsonType) -> type[msgspec.Struct]:
    """Return the struct of a part with one key."""
    return StructBuilder("wire").build(ObjectType("Part", ("key",), {"key": Field((json_type,))}))


def _holds(payload: Any, contract: ftschema.ContractName) -> bool:
    """Return whether a payload fits; what does is valid by the reference, as a value and as a text, and whole."""
    [fits, fills] = (_held(payload, contract, of) for of in (struct_type(contract), fillable(contract)))
    assert fits <= fills
    assert fits <= _held_wide(payload, contract)
    if fast_path(contract).proves(payload):
        assert is_json(payload)
        assert not [*Draft202012Validator(ftschema.schema(contract)).iter_errors(payload)]
    else:
        assert not fits
    return fills


def _held_wide(payload: Any, contract: ftschema.ContractName) -> bool:
    """Return whether a payload fits the wide struct, as a value and as a text; what does is valid by the reference."""
    if not is_json(payload):
        return False
    path = fast_path(contract)
    proved, job = path.proves_text(json.dumps(payload)), path.structure_json(payload)
    if proved or job:
        assert not [*Draft202012Validator(ftschema.schema(contract)).iter_errors(payload)]
    if job:
        assert same(ftschema.unstructure(job, contract), payload)
    return proved or job is not None


def _held(payload: Any, contract: ftschema.ContractName, of: type[msgspec.Struct]) -> bool:
    if not is_json(payload):
        return False
    held = converter(of)(payload)
    if held:
        assert not [*Draft202012Validator(ftschema.schema(contract)).iter_errors(payload)]
        assert json.dumps(msgspec.to_builtins(held), sort_keys=True) == json.dumps(payload, sort_keys=True)
    read = decode_struct(decoder(of), json.dumps(payload))
    assert read == held
    return bool(held)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "powershell"))
def test_valid_jobs(contract: ftschema.ContractName) -> None:
    """Valid jobs are proved, as payloads and as texts, and objects are made of those without unknown keys."""
    path = FastPath(contract)
    for payload in fixtures.payloads(10, contract=contract):
        assert path.proves(payload) or any(undeclared(contract, payload))
        if not ftschema.check(payload, contract, unknown="warn").problems:
            text = json.dumps(payload)
            assert path.proves_text(text)
            assert path.loads(text) == ftschema.structure(payload, contract)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed"))
def test_mutants(contract: ftschema.ContractName) -> None:
    """No edit of a valid payload fits and is invalid."""
    choose = random.Random(5)
    for payload, _ in known(contract)[::2]:
        for mutant in mutants(payload, choose, 12):
            _holds(in_names_of(contract, mutant.payload), contract)
    assert sum(_holds(payload, contract) for payload in payloads_of(contract))


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "azure", "powershell"))
def test_faults(contract: ftschema.ContractName) -> None:
    """No fault of the schema fits, and those of the lifecycle are not the record's to know."""
    for defect in fixtures.defects(200, "records", contract=contract):
        assert not _holds(defect.payload, contract) or defect.lifecycle


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "azure", "powershell"))
@given(data=st.data())
@examples(1)
def test_near_jobs(contract: ftschema.ContractName, data: st.DataObject) -> None:
    """Nor does what only looks like a job."""
    _holds(data.draw(near_jobs(contract)), contract)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "azure", "powershell"))
def test_built_jobs(contract: ftschema.ContractName) -> None:
    """What is built of a record is what is built of its payload."""
    build, slowly = model_from_struct(contract), structuring_converter(contract)
    fits = 0
    for payload in [*payloads_of(contract), *fixtures.payloads(300, "records", contract=contract)]:
        held = converter(fillable(contract))(payload)
        if held:
            fits += 1
            job = slowly.structure(payload, ftschema.FineTuningJob)
            built = build(held)
            assert built == job
            assert hash(built) == hash(job)
            assert repr(built) == repr(job)
            assert same(ftschema.unstructure(built, contract), ftschema.unstructure(job, contract))
    assert fits > 20


@pytest.mark.parametrize(("kind", "contract"), [("live", "observed"), ("azure", "azure")])
def test_captured_payloads(kind: str, contract: ftschema.ContractName) -> None:
    """All captured payloads fit, and so they do with a key that no contract knows."""
    for job in corpus():
        if job.kind == kind:
            assert _holds(job.payload, contract), job.name
            assert not _holds(job.payload | {"new_key": {"a": [1, "b"]}}, contract)
            assert _held_wide(job.payload | {"new_key": {"a": [1, "b"]}}, contract)


def test_order_of_the_wire() -> None:
    """Structs have their fields in the order of the keys in live jobs that no client library has sorted."""
    unsorted = [[*job.payload] for job in corpus() if job.kind == "live" and next(iter(job.payload)) == "object"]
    assert len(unsorted) > 30
    fields = struct_type("observed").__struct_fields__
    assert all(keys == sorted(keys, key=fields.index) for keys in unsorted)


_CHANGED: tuple[tuple[ftschema.ContractName, dict[str, Any]], ...] = (
    ("observed", {"created_at": 3.0, "seed": 1e300, "trained_tokens": -0.0}),
    ("observed", {"usage_metrics": {"a": [{"b": None}]}, "eval_id": [1], "error": {"error": 5}}),
    ("azure", {"hyperparameters": {"n_epochs": -1, "batch_size": -1}}),
)


@pytest.mark.parametrize(("contract", "change"), _CHANGED, ids=str)
def test_unusual_values(contract: ftschema.ContractName, change: dict[str, Any]) -> None:
    """Values that few jobs have are proved valid, too."""
    payload = fixtures.payload(1, contract=contract) | change
    assert _holds(payload, contract)
    path = FastPath(contract)
    assert any(path.proves(payload) for _ in range(10))
    assert encoder(contract)(ftschema.structure(payload, contract))


@pytest.mark.parametrize("levels", [50, 150, 5_000])
def test_deep_values(levels: int) -> None:
    """A value of any type that is nested deep is left to the stages."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    payload = _JOB | {"usage_metrics": value}
    assert ftschema.is_valid(payload) == is_json(payload) == (levels < 200)
    text = f'{json.dumps(_JOB)[:-1]}, "usage_metrics": {"[" * levels}1{"]" * levels}}}'
    assert ftschema.check_text(text).ok == (levels < 200)
    assert (decode_struct(decoder(fillable("observed")), text) is not None) == (levels < 100)


class _Text(str):
    __slots__ = ()


class _Word(str, Enum):  # noqa: UP042  # it is what older code has
    NAME = "name"


class _Number(IntEnum):
    ONE = 1


class _Fraction(float):
    pass


class _Items(list[Any]):
    pass


_JOB: dict[str, Any] = {
    "id": "ftjob-1",
    "object": "fine_tuning.job",
    "created_at": 1_735_689_600,
    "status": "queued",
    "model": "gpt-4o-mini-2024-07-18",
    **dict.fromkeys(("fine_tuned_model", "finished_at", "trained_tokens", "validation_file")),
    "training_file": "file-1",
    "result_files": [],
    "organization_id": "org-1",
    "hyperparameters": {"n_epochs": 3, "learning_rate_multiplier": 0.1},
    "seed": 1,
    "metadata": {"key": "value"},
}
_NO_JSON = {
    "a text of a subclass": {"model": _Text("gpt-4o-mini")},
    "a word of an enum": {"model": _Word.NAME},
    "a key of a subclass": {"metadata": {_Text("key"): "value"}},
    "a key of the job of a subclass": {_Text("later"): 1},
    "a key that is a number": {1: 1},
    "a key of a map that is a number": {"metadata": {1: "value"}},
    "an enum of integers": {"seed": _Number.ONE},
    "a subclass of float": {"hyperparameters": {"learning_rate_multiplier": _Fraction(2.5)}},
    "a decimal": {"hyperparameters": {"learning_rate_multiplier": Decimal(2)}},
    "no number": {"hyperparameters": {"learning_rate_multiplier": nan}},
    "an infinity": {"hyperparameters": {"learning_rate_multiplier": inf}},
    "too many digits": {"seed": 10**4300},
    "half a pair in a text": {"model": "\ud800"},
    "half a pair in a key": {"\ud800": 1},
    "half a pair in a key of a map": {"metadata": {"\ud800": "value"}},
    "half a pair in a list": {"result_files": ["\ud800"]},
    "a tuple": {"result_files": ("file-1",)},
    "a set": {"result_files": {"file-1"}},
    "a subclass of list": {"result_files": _Items(["file-1"])},
    "a dict of another kind": {"hyperparameters": OrderedDict(n_epochs=3)},
    "a mapping": {"metadata": OrderedDict(key="value")},
    "bytes": {"model": b"gpt-4o-mini"},
    "a number as a key where any value is allowed": {"usage_metrics": {1: 1}},
    "half a pair below an unknown key": {"later": {"\ud800": 1}},
    "a key of a subclass below an unknown key": {"later": [{_Text("key"): 1}]},
}


@for_each("change", _NO_JSON.values(), ids=_NO_JSON)
def test_no_json(change: dict[Any, Any]) -> None:
    """A Python value that JSON does not have never fits, whatever msgspec would take it for."""
    assert fast_path("observed").proves(_JOB)
    payload = _JOB | change
    assert not fast_path("observed").proves(payload)
    assert not is_json(payload)
    assert not ftschema.is_valid(payload)


@for_each("levels", range(196, 203))
@for_each("last", [{}, [], None, "", {"": []}])
def test_levels(levels: int, last: Any) -> None:
    """Scanned values are JSON data only if they nest no deeper than is allowed."""
    value = last
    for level in range(levels):
        value = [value] if level % 2 else {"key": value}
    payload = {"later": value}
    found = containers(payload)
    assert found
    assert not keys_and_depth_are_json(found) or not find_non_json(payload, 1)[0]
    assert is_json(payload) == (not find_non_json(payload, 1)[0])
    assert ftschema.is_valid(_JOB | payload) == is_json(_JOB | payload)


def test_shared_parts() -> None:
    """A payload that would be endless when written is given up soon."""
    tags = ["tag"] * 900
    integration = {"type": "wandb", "wandb": {"project": "name", "tags": tags}}
    assert fast_path("observed").proves(_JOB | {"integrations": [integration]})
    payload = _JOB | {"integrations": [integration] * 2_000}
    assert not fast_path("observed").proves(payload)
    assert containers(payload) is None


class _Endless(Mapping[str, Any]):
    """A mapping that raises an error when it is read, which msgspec does with the mappings that it converts."""

    def __getitem__(self, key: str) -> Any:
        raise LookupError(key)

    def __iter__(self) -> Iterator[str]:
        raise OSError

    def __len__(self) -> int:
        return 1


@pytest.mark.parametrize("payload", [_Endless(), _JOB | {"hyperparameters": _Endless()}], ids=["whole", "inside"])
def test_mappings_that_raise_errors(payload: Any) -> None:
    """A value that is not JSON data is refused, whatever it does."""
    assert not ftschema.is_valid(payload)
    assert ftschema.check(payload).problems[0].code == "json-type"


def test_large_integers() -> None:
    """Integers that msgspec has no bounds for are left to the stages."""
    payload = _JOB | {"seed": 2**63}
    assert not fast_path("observed").proves(payload)
    assert ftschema.is_valid(payload)


def test_keys_that_come_again() -> None:
    """Unknown keys that many payloads have are known at last, in any part, and their values must be JSON data."""
    path = FastPath("observed")
    payload = _JOB | {"later": {"a": [1]}, "method": {"type": "supervised", "later": 1, "née": None}}
    assert [path.proves(payload) for _ in range(12)] == [False] * 9 + [True] * 3
    for change in ({"later": 5}, {"method": {"later": "text"}}, {"later": None}, {}):
        assert path.proves(_JOB | change)
    for value in ({1: 1}, {"\ud800": 1}, nan, 10**4300, (), _Text("text")):
        assert not path.proves(_JOB | {"later": value})
        assert not path.proves(_JOB | {"method": {"later": {"a": value}}})
    assert not path.proves(_JOB | {"later": 1, "seed": "1"})


def test_keys_that_come_again_in_maps() -> None:
    """Unknown keys that many payloads have in the values of a map are known at last, too."""
    path = FastPath("observed")
    inner: dict[str, Any] = {"type": "python", "name": "a", "source": "b", "later": {"c": 1}}
    grader = {"type": "multi", "name": "a", "calculate_output": "a", "graders": {"a": inner}}
    payload = _JOB | {"method": {"type": "reinforcement", "reinforcement": {"grader": grader}}}
    assert [path.proves(payload) for _ in range(11)][-2:] == [True, True]
    inner["later"] = {1: 1}
    assert not path.proves(payload)


def test_values_that_change() -> None:
    """Once the values of such a key are of other types, these become known too, whatever they are."""
    path = FastPath("observed")
    values: list[Any] = [
        *("text", 1.0, [1, None], {"a": 1}, {"b": {"c": [True]}}, {"b": 1}, [[{}]], {"a": {"b": {"c": {"d": {}}}}}),
        *([0] * 500, dict.fromkeys("abcdefghi"), {"a" * 101: 1}, 2**63),
    ]
    for value in values:
        payload = _JOB | {"later": value}
        assert [path.proves(payload) for _ in range(22)][-11:] == [True] * 11
        # A fault elsewhere does not change what is known.
        assert not any(path.proves(payload | {"seed": "1"}) for _ in range(20))
    assert all(path.proves(_JOB | {"later": value}) for value in values)


_JSON = st.recursive(
    st.integers(-(2**63), 2**63 - 1) | st.none() | st.booleans() | st.text() | st.floats(-1e308, 1e308),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=10),
    max_leaves=20,
)
_NO_JSON_VALUES = st.sampled_from(
    [
        *(_Text("key"), _Word.NAME, _Number.ONE, _Fraction(2.5), Decimal(2), nan, inf, 10**4300, "\ud800", b"key"),
        *((), {"key"}, _Items([1]), OrderedDict(key=1), _Endless(), {1: 1}, {_Text("key"): 1}, {"\ud800": 1}),
    ]
)


@given(change=st.dictionaries(st.text(), _JSON, max_size=4))
@examples(1)
def test_any_keys(change: dict[str, Any]) -> None:
    """Whatever an unknown key is, it raises no error, and only valid jobs are proved valid."""
    path = FastPath("observed")
    for payload in (_JOB | change, _JOB | {"method": {"type": "dpo", "dpo": {"hyperparameters": None}, **change}}):
        if any(path.proves(payload) for _ in range(11)):
            assert not [*Draft202012Validator(ftschema.schema()).iter_errors(payload)]


def _near(value: Any) -> st.SearchStrategy[Any]:
    """Return values that differ from one in some of its members."""
    others = st.just(value) | _NO_JSON_VALUES | _JSON
    if isinstance(value, dict):
        return others | st.fixed_dictionaries({key: _near(member) for key, member in value.items()})
    if isinstance(value, list):
        return others | st.tuples(*map(_near, value)).map(list)
    return others


@given(value=_JSON, data=st.data())
@examples(2)
def test_types_like_a_value(value: Any, data: st.DataObject) -> None:
    """A type made like a value takes it, and none of the values near it that JSON does not have."""
    kind = type_like(value)
    assert type_like(value, kind) is kind
    payload = {"key": data.draw(_near(value))}
    try:
        msgspec.convert(payload, msgspec.defstruct("Part", [("key", kind)]))
    except Exception:  # noqa: BLE001  # as in `proves`
        return
    assert is_json(payload) == has_json_types(payload)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "powershell"))
def test_texts_with_keys_that_come_again(contract: ftschema.ContractName) -> None:
    """Texts with such keys become the same jobs as their payloads, unless a key is repeated."""
    path = FastPath(contract)
    payload = fixtures.payload(1, contract=contract)
    first, *_ = payload
    part = next(key for key, member in payload.items() if isinstance(member, dict) and member)
    # A known key of the job is an unknown one of the part.
    below = {part: {**payload[part], first: 1}}
    changes: list[dict[str, Any]] = [
        *(below, below | {"later": 1}, {"later": 5}, {"new": "\u003a", "later": [[]]}, {"other": 1, "new": 1}),
        *({"later": {"a": [1, ":"]}, "new": None}, {}),
    ]
    for change in changes * 8:
        text = json.dumps(payload | change)
        job = path.loads(text) or path.structure_json(json.loads(text))
        assert job == ftschema.structure(json.loads(text), contract)
        assert same(ftschema.unstructure(job, contract), json.loads(text))
        assert same(json.loads(ftschema.dumps(job, contract)), json.loads(text))
        for key in ("later", first, "new"):
            assert path.loads(f'{text[:-1]}, "{key}": {{":": 1}}, "{key}": 1, "later": 2}}') is None
        for deep in (60, 120, 5_000):
            job = path.loads(f'{text[:-1]}, "new": {"[" * deep}{"]" * deep}}}')
            assert job is None or deep < 200


def test_keys_that_do_not_come_again() -> None:
    """Few keys become known, none that is long or hostile, and none where the contract refuses all but its own."""
    path = FastPath("observed")
    for number in range(300):
        path.proves(_JOB | {f"later_{number}": 1})
    assert sum(path.proves(_JOB | {f"later_{number}": 1}) for number in range(300)) == 8
    for key in ("later" * 50, '"', "\\", "\x00", "\x1f", "\n"):
        path = FastPath("observed")
        payload = _JOB | {key: 1, "later": 1}
        assert not any(path.proves(payload) for _ in range(30))
        assert all(path.loads(json.dumps(payload)) or path.structure_json(payload) for _ in range(30))
    path = FastPath("observed")
    assert [path.proves(_JOB | {"": 1, "\x7f \u2028": 1}) for _ in range(10)][-1]
    assert not any(path.proves(_JOB | {f"later_{number}": 1 for number in range(9)}) for _ in range(30))
    closed = StructBuilder("wire", also={"later": str}).build(ObjectType("Part", (), {}, closed=True))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"later": 1}, closed)


@pytest.mark.parametrize(
    ("before", "after"),
    [('"seed"', '"seed": 1, "seed"'), ('"seed"', '"se\\u0065d": 1, "seed"'), ('"key"', '"key": "\\u003a", "key"')],
)
def test_repeated_keys(before: str, after: str) -> None:
    """A text that repeats a key does not fit, even if a colon more in a string hides the one that is missing."""
    text = json.dumps(_JOB)
    assert decode_struct(_DECODE, text) is not None
    assert decode_struct(_DECODE, text.replace(before, after, 1)) is None
    assert decode(text.replace(before, after, 1)).problems


@for_each("contract", _WIRE)
def test_written_at_once(contract: ftschema.ContractName) -> None:
    """A job that came from a record is written at once, as it is written step by step."""
    at_once, encode_unchanged = 0, encoder(contract)
    for payload in [*payloads_of(contract), *fixtures.payloads(100, "written", contract=contract)]:
        job = ftschema.structure(payload, contract)
        text = encode_unchanged(job)
        if text is not None:
            at_once += 1
            assert text == ftschema.dumps(evolve(job), contract)
            assert encode_unchanged(evolve(job)) is None
    assert at_once > 10


def test_unknown_keys_are_written_at_once() -> None:
    """So is a job that has unknown keys, also in its parts."""
    payload = {**_JOB, "new": {"a": [1]}, "method": {"type": "supervised", "later": None}}
    job = ftschema.structure(payload)
    text = encoder("observed")(job)
    assert text is not None
    assert text == ftschema.dumps(evolve(job))
    assert same(json.loads(text), ftschema.unstructure(job))


@pytest.mark.parametrize(
    "json_type",
    [NumberType(True, 2**63), NumberType(True, None, None, -(2**63) - 1)],
)
def test_types_that_msgspec_lacks(json_type: JsonType) -> None:
    """Where msgspec has no type for what a contract allows, nothing fits."""
    cls = made_of(json_type)
    for value in (2**63, -(2**63) - 1, 0, None, {}, {"key": "value"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"key": value}, cls)


@pytest.mark.parametrize(
    ("json_type", "fitting", "other"),
    [
        (NumberType(False, 2**53 + 1), 2.0**53 + 2, 2.0**53),
        (NumberType(False, None, None, 2**53 + 3), 2.0**53 + 2, 2.0**53 + 4),
    ],
)
def test_bounds_that_no_float_has(json_type: JsonType, fitting: float, other: float) -> None:
    """A bound between two floats is that of the float inside, not of the nearest one."""
    cls = made_of(json_type)
    assert msgspec.to_builtins(msgspec.convert({"key": fitting}, cls))["key"] == fitting
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"key": other}, cls)


class _WithPattern(StringType):
    """A string with a limit that the fast path does not know."""

    @property
    def limits(self) -> dict[str, float]:
        return {"pattern": 1}


def test_unknown_limit() -> None:
    """A type with a limit that the fast path does not know is left to the validators."""
    msgspec.convert({"key": "value"}, made_of(StringType()))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"key": "value"}, made_of(_WithPattern()))


def _fits(number: float, cls: type[msgspec.Struct]) -> bool:
    try:
        return bool(msgspec.json.decode(b'{"key": %s}' % json.dumps(number).encode(), type=cls))
    except msgspec.ValidationError:
        return False


@for_each("lowest", [-(2**70), -(2**63), -1, 0.5, 2**53 + 1, None])
@for_each("above", [None, 3, 3.5])
@for_each("highest", [7, 7.5, 2**63 - 1, 2**70, None])
def test_bounds(lowest: float | None, above: float | None, highest: float | None) -> None:
    """A number that fits lies within its bounds, whole or not, and however large it is."""
    cls, whole = (made_of(NumberType(integer, lowest, above, highest)) for integer in (False, True))
    numbers = [
        sign * number for number in (0, 0.25, 1, 3, 3.25, 4, 7, 7.25, 8, 2**63 - 1, 2**63, 2**71) for sign in (1, -1)
    ]
    for number in [*numbers, *map(float, numbers)]:
        within = (
            (lowest is None or number >= lowest)
            and (above is None or number > above)
            and (highest is None or number <= highest)
        )
        fits = _fits(number, cls)
        assert fits <= within
        assert _fits(number, whole) <= (within and number == int(number))
        assert fits == within or abs(number) >= 2**63 or None not in (lowest, above)


def test_no_extra_keys() -> None:
    """Jobs that came from a record have an empty map of unknown keys each."""
    one, other = ftschema.structure(_JOB), ftschema.structure(_JOB)
    assert one.extra == other.extra == {}
    assert one == evolve(one)


def test_texts_with_unknown_keys() -> None:
    """A text with an unknown key is decoded to the same job after any other text, and faulty texts are refused."""
    texts = [json.dumps(_JOB), json.dumps(_JOB | {"later": {"a": [1]}}), "{", json.dumps(_JOB)[:-1] + ', "x"', "5"]
    texts += [
        f'{json.dumps(_JOB)[:-1]}, "later": {deep}}}' for deep in ("[" * 199 + "]" * 199, "[" * 9_999 + "]" * 9_999)
    ]
    texts.append(f'{json.dumps(_JOB)[:-1]}, "id": "1", "later": 1}}')
    path = FastPath("observed")
    for first in texts:
        for text in (texts[1], first, first.encode(), first):
            job = path.loads(text)
            payload = None if decode(text).problems else decode(text).payload
            assert job is None or same(ftschema.unstructure(job), payload)
            assert job is None or is_json(payload)
            _ = payload is None or path.structure_json(payload)
    assert path.loads(texts[1]) == ftschema.structure(json.loads(texts[1]))
    assert path.loads(5) is None

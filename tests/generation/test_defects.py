"""Defects are labeled as `check` reports them, and every assertion of a contract has one."""

from __future__ import annotations

import json
import math
import pickle
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given, settings
from jsonschema import Draft202012Validator

import ftschema
from ftschema import fixtures, strategies
from ftschema.generation import defects as defects_module
from ftschema.generation import jobs
from ftschema.generation.defects import Defect, Kind, catalogue, draw_defect
from ftschema.generation.invalid_values import invalid_values
from ftschema.generation.plans import seeded
from ftschema.schemas import rules
from ftschema.schemas.expectations import STRING
from ftschema.schemas.json_types import Field, MapType, StringType
from ftschema.schemas.rule_tests import StatusRule
from ftschema.schemas.rules import RULES, Rule
from support.helpers import VARIED_CONTRACTS, at, examples, sample, smallest
from support.oracles.sdk_documents import in_names_of, in_wire_names, pointer_in_names_of
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTRACTS = ftschema.contracts()
_each_contract = pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "azure", "2023-10-05"), scope="module")

# ---------------------------------------------------------------- the assertions of a schema, read without the package

_ASSERTIONS = {
    *("type", "required", "enum", "const", "minimum", "maximum", "exclusiveMinimum"),
    *("maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
}
# What asserts nothing by itself. A keyword that is in none of these must be judged before it is used.
_SILENT = {"$schema", "$id", "$defs", "$comment", "title", "description", "if"}
_ALL_TYPES = {"object", "array", "string", "number", "boolean", "null"}
_STEPS = {"then": "", "else": "", "propertyNames": "", "items": "/*", "additionalProperties": "/*"}


def _asked(root: dict[str, Any], node: dict[str, Any], pointer: str) -> Iterator[tuple[str, str, Any]]:
    """Yield every assertion that a schema may apply: pointer, keyword, argument; `*` is any item or name.

    A list of every type asserts nothing.
    """
    for keyword, argument in node.items():
        if keyword == "type" and set(argument) >= _ALL_TYPES:
            continue
        if keyword in _ASSERTIONS:
            yield pointer, keyword, argument
        else:
            for member, step in _inner(root, keyword, argument):
                yield from _asked(root, member, pointer + step)


def _inner(root: dict[str, Any], keyword: str, argument: Any) -> list[tuple[dict[str, Any], str]]:
    """Return the schemas that a keyword applies, each with the step from the value to where it applies."""
    if keyword == "$ref":
        return [(root["$defs"][argument.rpartition("/")[2]], "")]
    if keyword == "allOf":
        return [(branch, "") for branch in argument]
    if keyword == "properties":
        return [(member, f"/{key}") for key, member in argument.items()]
    if keyword in _STEPS:
        return [(argument, _STEPS[keyword])]
    assert keyword in _SILENT, keyword
    return []


@cache
def _assertions(contract: ftschema.ContractName) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return the arguments of every assertion of a contract, by pointer and keyword."""
    schema = ftschema.schema(contract)
    found: dict[tuple[str, str], list[Any]] = {}
    for pointer, keyword, argument in _asked(schema, schema, ""):
        if argument != []:
            found.setdefault((pointer, keyword), []).append(argument)
    # A discriminator is an enum in the union and a const in its branch; what is wrong meets the union only.
    return {
        (pointer, keyword): tuple(arguments)
        for (pointer, keyword), arguments in found.items()
        if not (keyword == "const" and (pointer, "enum") in found)
    }


# ---------------------------------------------------------------- generated defects


@cache
def _every(contract: ftschema.ContractName) -> tuple[tuple[Kind, Defect], ...]:
    """Return a defect of each variant of each kind, and some more of each kind."""
    drawn: list[tuple[Kind, Defect]] = []
    for kind in catalogue(contract):
        ways = [evolve(kind, variants=(way,)) for way in kind.variants]
        drawn += [(kind, draw_defect(way, seeded(kind, number))) for number, way in enumerate(ways)]
        drawn += [(kind, draw_defect(kind, seeded(seed))) for seed in range(3)]
    return tuple(drawn)


@cache
def _drawn_by_hypothesis(contract: ftschema.ContractName, number: int) -> tuple[Defect, ...]:
    found: list[Defect] = []

    @settings(max_examples=number, derandomize=True, database=None)
    @given(strategies.defects(contract=contract))
    def collect(defect: Defect) -> None:
        found.append(defect)

    collect()
    return tuple(found)


def _assert_true(defect: Defect, contract: ftschema.ContractName) -> None:
    """Assert that the label of a defect is all that `check` finds."""
    found = [(p.pointer, p.code) for p in ftschema.check(defect.payload, contract, lifecycle=True)]
    assert found == [(defect.pointer, defect.code)], defect.description
    assert ftschema.is_valid(defect.payload, contract) is defect.lifecycle


def _is_below(pointer: str, template: str) -> bool:
    return re.fullmatch(re.escape(template).replace(r"\*", "[^/]*"), pointer) is not None


@cache
def _wrong(contract: ftschema.ContractName) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return the invalid values that were generated for each kind of schema defect, by pointer and code."""
    found: dict[tuple[str, str], list[Any]] = {}
    for kind, defect in _every(contract):
        if not kind.lifecycle:
            found.setdefault((kind.pointer, kind.code), []).append(at(defect.payload, defect.pointer))
    return {key: tuple(values) for key, values in found.items()}


# ---------------------------------------------------------------- the truth of the label


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_every_label_is_true(contract: ftschema.ContractName) -> None:
    """Each defect causes exactly one problem, with the pointer and the code of its label."""
    for kind, defect in _every(contract):
        _assert_true(defect, contract)
        assert (defect.code, defect.lifecycle) == (kind.code, kind.lifecycle)
        assert _is_below(defect.pointer, kind.pointer)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_drawn_labels_are_true(contract: ftschema.ContractName) -> None:
    """The labels of defects that Hypothesis generates are correct."""
    for defect in _drawn_by_hypothesis(contract, 400 if contract == "observed" else 100):
        _assert_true(defect, contract)


@_each_contract
def test_labels_by_jsonschema(contract: ftschema.ContractName) -> None:
    """A plain JSON Schema validator rejects schema defects and accepts lifecycle defects."""
    validator = Draft202012Validator(ftschema.schema(contract))
    for kind in catalogue(contract)[:: 4 if contract == "observed" else 8]:
        assert validator.is_valid(draw_defect(kind, seeded("plain")).payload) is kind.lifecycle, str(kind)
    for kind in catalogue(contract):
        if kind.lifecycle:
            assert validator.is_valid(draw_defect(kind, seeded("plain")).payload), str(kind)


# ---------------------------------------------------------------- the spread


def _kind_of(defect: Defect, contract: ftschema.ContractName) -> tuple[str, str]:
    return next(
        (kind.pointer, kind.code)
        for kind in catalogue(contract)
        if kind.code == defect.code and _is_below(defect.pointer, kind.pointer)
    )


@pytest.mark.parametrize("source", sample(["strategies", "fixtures"], rest=pytest.mark.proof))
def test_spread(source: str) -> None:
    """Of 1,500 defects there are at least 80 kinds, none of them more than 6%."""
    drawn = _drawn_by_hypothesis("observed", 1_500) if source == "strategies" else tuple(fixtures.defects(1_500))
    assert len(drawn) == 1_500
    kinds = {place: _kind_of(defect, "observed") for defect in drawn for place in [(defect.pointer, defect.code)]}
    tally = Counter(kinds[defect.pointer, defect.code] for defect in drawn)
    assert len(tally) >= 80
    assert max(tally.values()) <= 90
    assert any(defect.lifecycle for defect in drawn)


@_each_contract
def test_base_jobs_differ(contract: ftschema.ContractName) -> None:
    """The jobs of a kind vary: ids, statuses and times differ."""
    for place in ("/model", "/finished_at"):
        pointer = pointer_in_names_of(contract, place)
        defects = fixtures.defects(40, contract=contract, pointer=pointer, code="type")
        drawn = [in_wire_names(contract, defect.payload) for defect in defects]
        for key, fewest in (("id", 30), ("created_at", 30), ("status", 4)):
            assert len({str(payload[key]) for payload in drawn}) >= fewest, (place, key)


def test_any_item_is_broken() -> None:
    """The defective item of an array is not always the first one."""
    drawn = fixtures.defects(60, pointer="/integrations/*")
    assert len({defect.pointer for defect in drawn}) > 2


_FREE = re.compile(r".*/hyperparameters/[^/]+|/integrations/\*/wandb/(name|entity|tags|run_id)|/(seed|metadata)")


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "2023-10-05"), scope="module")
def test_nothing_else_is_wrong(contract: ftschema.ContractName) -> None:
    """Once its defect is removed, a job satisfies the lifecycle rules: there is no second defect."""
    for kind, defect in _every(contract):
        # Keys that a coherent job may always lack.
        if _FREE.fullmatch(kind.pointer) and not kind.lifecycle:
            *above, key = defect.pointer.split("/")[1:]
            payload = json.loads(json.dumps(defect.payload))
            container: Any = payload
            for step in above:
                container = container[int(step) if isinstance(container, list) else step]
            del container[key]
            report = ftschema.check(payload, contract)
            if report.ok:
                assert not ftschema.check(payload, contract, lifecycle=True).problems, defect.description


# ---------------------------------------------------------------- derived from the schema and the table


@_each_contract
def test_every_assertion_is_broken(contract: ftschema.ContractName) -> None:
    """The kinds of a contract are exactly the assertions of its schema, at every location."""
    kinds = {(kind.pointer, kind.code) for kind in catalogue(contract) if not kind.lifecycle}
    asked = {place for place in _assertions(contract) if place != ("", "type")}
    assert kinds == asked


@_each_contract
def test_every_declared_key_has_a_wrong_type(contract: ftschema.ContractName) -> None:
    """Each constrained key has a defect for every JSON type that it does not allow."""
    schema = ftschema.schema(contract)
    for key, member in schema["properties"].items():
        # An error of the newest specification may be anything.
        if not set(member) <= _SILENT and (contract, key) != ("2026-11-10", "error"):
            wrong = [
                value
                for (place, code), values in _wrong(contract).items()
                for value in values
                if (place, code) in {(f"/{key}", "type"), (f"/{key}", "const")}
            ]
            assert wrong, key
    for (place, keyword), arguments in _assertions(contract).items():
        if keyword == "type" and place:
            allowed = {name for types in arguments for name in ([types] if isinstance(types, str) else types)}
            allowed |= {"integer"} if "number" in allowed else set()
            for name, values in _by_type(_wrong(contract)[place, "type"]).items():
                assert bool(values) is (name not in allowed) or len(arguments) > 1, (place, name)


def _by_type(values: tuple[Any, ...]) -> dict[str, list[Any]]:
    """Return values by JSON type; numbers are those with a fraction."""
    types = {
        "null": type(None), "boolean": bool, "integer": int, "number": float, "string": str, "array": list,
        "object": dict,
    }  # fmt: skip
    return {name: [value for value in values if type(value) is kind] for name, kind in types.items()}


@_each_contract
def test_every_required_key_is_missing_somewhere(contract: ftschema.ContractName) -> None:
    """Each required key has a defect that removes it, and no other problem is reported."""
    missing = {
        (kind.pointer, json.loads(defect.description.partition(" lacks the key ")[2]))
        for kind, defect in _every(contract)
        if kind.code == "required"
    }
    asked = _assertions(contract).items()
    assert missing == {(p, name) for (p, k), lists in asked if k == "required" for names in lists for name in names}
    for kind, defect in _every(contract):
        if kind.code == "required":
            key = json.loads(defect.description.partition(" lacks the key ")[2])
            assert key not in at(defect.payload, defect.pointer)


def _breakable_rules(contract: ftschema.ContractName) -> set[str]:
    """Return the rules that hold for a contract and that a payload can violate that is valid for its schema."""
    declared = in_wire_names(contract, dict.fromkeys(ftschema.schema(contract)["properties"]))
    # A contract that does not declare a key lets it be anything; a rule ignores it then.
    rules = {rule.id for rule in RULES if rule.holds_for(contract) and getattr(rule.test, "key", "id") in declared}
    job = in_wire_names(contract, fixtures.payload(0, contract=contract))

    def is_valid(payload: dict[str, Any]) -> bool:
        return ftschema.is_valid(in_names_of(contract, payload), contract)

    without = {key: value for key, value in job.items() if key != "hyperparameters"}
    if not is_valid(without) and not is_valid({**job, "hyperparameters": None}):
        # The schema asks for the object itself.
        rules.discard("supervised-has-hyperparameters")
    if not is_valid({**job, "created_at": 1_700_000_000_000}):
        # An integer of 32 bits has no room for milliseconds.
        rules.discard("times-in-seconds")
    return rules


@_each_contract
def test_every_rule_is_broken(contract: ftschema.ContractName) -> None:
    """Each lifecycle rule that a valid payload can violate has a defect, and every rule has one in some contract."""
    assert {kind.code for kind in catalogue(contract) if kind.lifecycle} == _breakable_rules(contract)


def test_every_rule_of_the_live_api_is_broken() -> None:
    """In the default contract every rule has a defect, also rules on keys that only Azure has."""
    broken = {kind.code for kind in catalogue() if kind.lifecycle}
    assert broken == {rule.id for rule in RULES if rule.holds_for("observed")}


@pytest.fixture
def _fresh() -> Iterator[None]:
    """Clear the caches that depend on the table of rules, before and after a test that changes it."""
    # There is no other way.
    caches: tuple[Any, ...] = (defects_module._catalogue, jobs.narrowed_types, rules._rules_for)  # noqa: SLF001
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


def _with_rule(monkeypatch: pytest.MonkeyPatch, rule: Rule) -> None:
    for module in (rules, jobs, defects_module):
        monkeypatch.setattr(module, "RULES", (*RULES, rule))


@pytest.mark.usefixtures("_fresh")
def test_a_new_rule_brings_its_defects(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is added to the table as data has defects without further code."""
    new = StatusRule(("queued", "running"), "validation_file", STRING)
    _with_rule(monkeypatch, Rule(id="new", requires="waiting jobs are validated", evidence="none", test=new))
    kinds = [kind for kind in catalogue() if kind.code == "new"]
    assert [(kind.pointer, kind.lifecycle) for kind in kinds] == [("/validation_file", True)]
    for seed in range(10):
        defect = draw_defect(kinds[0], seeded(seed))
        _assert_true(defect, "observed")
        assert defect.payload["status"] in new.statuses


@pytest.mark.usefixtures("_fresh")
def test_a_rule_without_example_has_no_defects(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is code needs a counterexample: without one it has no defect, and the test above fails."""
    rule = Rule(id="new", requires="nothing at all is asked", evidence="none", test=lambda _: iter(()))
    _with_rule(monkeypatch, rule)
    broken = {kind.code for kind in catalogue() if kind.lifecycle}
    assert {other.id for other in rules.RULES if other.holds_for("observed")} - broken == {"new"}


# ---------------------------------------------------------------- what there must be


@_each_contract
def test_bool_for_int_and_fractions(contract: ftschema.ContractName) -> None:
    """Each number has a defect with a boolean, and each integer one with a fraction."""
    numbers = 0
    for (place, keyword), arguments in _assertions(contract).items():
        for types in arguments if keyword == "type" else ():
            if {"integer", "number"} & {*([types] if isinstance(types, str) else types)}:
                numbers += 1
                wrong = _wrong(contract)[place, "type"]
                assert any(value is True for value in wrong) or "boolean" in types, place
                fractions = [value for value in wrong if isinstance(value, float) and not value.is_integer()]
                assert bool(fractions) is ("number" not in types), place
    assert numbers >= 3


@_each_contract
def test_string_numbers(contract: ftschema.ContractName) -> None:
    """Each number has a defect with a number in quotes, also if the schema allows some strings."""
    for (place, keyword), arguments in _assertions(contract).items():
        for types in arguments if keyword == "type" else ():
            if {"integer", "number"} & {*([types] if isinstance(types, str) else types)}:
                wrong = [
                    value for code in ("type", "const", "enum") for value in _wrong(contract).get((place, code), ())
                ]
                assert any(isinstance(value, str) and value.isdigit() for value in wrong), place


@_each_contract
def test_bounds(contract: ftschema.ContractName) -> None:
    """Each limit has defects with the next integer, the next float if it may be one, and a distant number."""
    for (place, keyword), bounds in _assertions(contract).items():
        if keyword in {"minimum", "maximum", "exclusiveMinimum"}:
            wrong = _wrong(contract)[place, keyword]
            fractions = any("number" in types for types in _assertions(contract)[place, "type"])
            for bound in bounds:
                outside = {abs(value - bound) for value in wrong}
                # A bound that is excluded is itself the next number outside.
                assert outside & ({0} if keyword == "exclusiveMinimum" else {1}), (place, keyword)
                if fractions and keyword != "exclusiveMinimum":
                    assert any(value != bound == math.nextafter(value, bound) for value in wrong), (place, keyword)
            assert any(abs(value) >= 10**6 for value in wrong), (place, keyword)


@_each_contract
def test_sizes(contract: ftschema.ContractName) -> None:
    """Each limit of a length or count has a defect that exceeds it by one."""
    for (place, keyword), limits in _assertions(contract).items():
        if keyword in {"maxItems", "maxProperties", "maxLength", "minItems", "minProperties"}:
            step = 1 if keyword.startswith("max") else -1
            for value in _wrong(contract)[place, keyword]:
                # The names of a map are too long at the map.
                [size] = (
                    {len(name) for name in value} if (keyword, type(value)) == ("maxLength", dict) else [len(value)]
                )
                assert size - step in limits, (place, keyword)


@_each_contract
def test_words(contract: ftschema.ContractName) -> None:
    """Each enum has defects with a typo and with the wrong case."""
    sets = 0
    for (place, keyword), arguments in _assertions(contract).items():
        if keyword in {"enum", "const"}:
            sets += 1
            words = {word for argument in arguments for word in (argument if keyword == "enum" else [argument])}
            wrong = _wrong(contract)[place, keyword]
            assert not words & {*wrong}
            assert any(value.lower() in words for value in wrong), place
            assert any(value[:-1] in words and value[-1].isalpha() for value in wrong), place
    assert sets >= 1


@_each_contract
def test_words_of_a_neighbour(contract: ftschema.ContractName) -> None:
    """Each enum of several values has a defect with a value of another enum."""
    sets = {place: {*arguments[0]} for (place, code), arguments in _assertions(contract).items() if code == "enum"}
    for place, words in sets.items():
        others = {word for other in sets.values() for word in other} - words
        assert others & {*_wrong(contract)[place, "enum"]} or not others, place


# ---------------------------------------------------------------- choosing


@for_each(
    "asked",
    [
        {"code": "enum"},
        {"code": "times-in-seconds"},
        {"pointer": ""},
        {"pointer": "/integrations/*/wandb"},
        {"pointer": "/metadata", "code": "maxProperties"},
        {"contract": "azure", "code": "required"},
        {"contract": ftschema.contract("2023-10-05"), "pointer": "/hyperparameters/n_epochs", "code": "minimum"},
    ],
)
def test_chosen(asked: dict[str, Any]) -> None:
    """Defects can be limited to a code, a location, or both."""

    @examples(0.3, derandomize=True, database=None)
    @given(strategies.defects(**asked))
    def drawn(defect: Defect) -> None:
        contract = asked.get("contract", "observed")
        _assert_true(defect, ftschema.contract(contract).name)
        assert asked.get("code", defect.code) == defect.code
        assert _is_below(defect.pointer, asked.get("pointer", defect.pointer))

    drawn()
    defects = list(fixtures.defects(30, **asked))
    for defect in defects:
        assert asked.get("code", defect.code) == defect.code
        assert _is_below(defect.pointer, asked.get("pointer", defect.pointer))
    assert len({str(defect.payload.get("id")) for defect in defects}) > 1


@pytest.mark.parametrize("asked", [{"code": "no-code"}, {"pointer": "/no/place"}, {"code": "enum", "pointer": "/seed"}])
def test_nothing_to_choose(asked: dict[str, Any]) -> None:
    """A code or location without defects raises an error at once, which names it."""
    for make in (lambda: fixtures.defects(1, **asked), lambda: strategies.defects(**asked)):
        with pytest.raises(ftschema.CannotCombineError, match=re.escape(next(iter(asked.values())))) as raised:
            make()
        assert "observed" in str(raised.value)


def test_unknown_contract() -> None:
    """An unknown contract raises an error at once, by every entry point."""
    for make in (
        catalogue,
        lambda name: fixtures.defects(1, contract=name),
        lambda name: strategies.defects(contract=name),
    ):
        with pytest.raises(ftschema.UnknownContractError, match="Did you mean 'azure'"):
            make("azur")  # type: ignore[arg-type]  # the name is wrong on purpose


def test_number_and_seed() -> None:
    """The requested number of defects is generated, the same for the same seed."""
    assert list(fixtures.defects(0)) == []
    first = list(fixtures.defects(20, seed=1))
    assert len(first) == 20
    assert first == list(fixtures.defects(20, seed=1))
    assert first != list(fixtures.defects(20, seed=2))


# ---------------------------------------------------------------- kinds and defects as values


def test_each_kind_can_be_requested() -> None:
    """The catalogue is a finite list, and a defect of each of its kinds can be requested."""
    for kind in catalogue():
        drawn = next(fixtures.defects(1, pointer=kind.pointer, code=kind.code))
        assert (drawn.code, drawn.lifecycle) == (kind.code, kind.lifecycle)
        assert _is_below(drawn.pointer, kind.pointer)


@_each_contract
def test_kinds_are_values(contract: ftschema.ContractName) -> None:
    """Kinds have short unique names, are values, and name their contract."""
    kinds = catalogue(contract)
    assert kinds == catalogue(ftschema.contract(contract))
    assert len({*kinds}) == len({str(kind) for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert kind.contract == contract
        assert str(kind).isascii()
        assert str(kind).isprintable()
        assert kind.code in str(kind)
        assert kind.pointer in str(kind)
        assert len(repr(kind)) < 300
    # First those of the schema.
    assert [kind.lifecycle for kind in kinds] == sorted(kind.lifecycle for kind in kinds)
    assert {*kinds}.isdisjoint(catalogue("azure" if contract == "observed" else "observed"))


def test_defects_are_values() -> None:
    """Defects are values: comparable, hashable, picklable and immutable."""
    [defect] = fixtures.defects(1, code="enum")
    [same] = fixtures.defects(1, code="enum")
    [other] = fixtures.defects(1, "other", code="enum")
    assert defect == same
    assert defect != other
    assert {defect, same} == {defect}
    assert pickle.loads(pickle.dumps(defect)) == defect
    with pytest.raises(FrozenInstanceError):
        defect.code = "type"  # type: ignore[misc]  # it is tried
    assert isinstance(defect, ftschema.Defect)


def test_payloads_are_the_callers() -> None:
    """Changing the payload of one defect does not change another."""
    before = pickle.dumps([draw_defect(kind, seeded(1)) for kind in catalogue()])
    for kind in catalogue():
        _spoil(draw_defect(kind, seeded(1)).payload)
    assert [draw_defect(kind, seeded(1)) for kind in catalogue()] == pickle.loads(before)


def _spoil(value: Any) -> None:
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _spoil(member)
    if isinstance(value, dict | list):
        value.clear()


@_each_contract
def test_descriptions(contract: ftschema.ContractName) -> None:
    """A description is one short line with the location, or the rule that is violated."""
    requires = {rule.id: rule.requires for rule in RULES}
    for kind, defect in _every(contract):
        assert 5 < len(defect.description) < 300
        assert defect.description.isprintable()
        named = requires[kind.code] if kind.lifecycle else defect.pointer or "the job"
        assert named in defect.description, str(kind)


@for_each("contract", [name for name in _CONTRACTS if (("/metadata", "maxLength") in _assertions(name))])
def test_descriptions_of_lengths(contract: ftschema.ContractName) -> None:
    """If a value is too long, the description says how long it is."""
    for defect in fixtures.defects(20, contract=contract, code="maxLength"):
        assert re.search(r"\blong|characters|51[23]|6[45]", defect.description.removeprefix(defect.pointer)), (
            defect.description
        )


@pytest.mark.slow
def test_shrinks_to_a_plain_job() -> None:
    """The simplest defect of a kind is the simplest job with this defect."""
    defect = smallest(strategies.defects(pointer="/seed", code="type"))
    _assert_true(defect, "observed")
    assert defect.payload.keys() == {*ftschema.schema()["required"], "seed"}


def test_rule_without_its_key() -> None:
    """A rule about a key that a contract does not declare has no counterexamples there."""
    assert jobs.counterexamples("2023-10-05", StatusRule(("queued",), "user_provided_suffix", STRING)) == []


def test_map_that_must_not_be_empty() -> None:
    """An empty map is an invalid value of a type with a minimum, which no contract has today."""
    json_type = MapType(Field((StringType(),)), min_properties=1)
    assert ({}, "minProperties") in [(one.value, one.code) for one in invalid_values((json_type,))]

"""Reports in the output formats of JSON Schema are valid by their published schemas, and their locations are right."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

import ftschema
from ftschema import fixtures
from ftschema.converters import make_converter
from ftschema.core.pointer import follow, split
from support.data import cases, read
from support.helpers import VARIED_CONTRACTS, sample
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Iterator

# As published with draft 2020-12, and as it is in the repository of the specification now.
_SCHEMAS = Path(__file__).parents[1] / "support" / "oracles" / "output"
_BASIC = Draft202012Validator(read(_SCHEMAS / "2020-12.json") | {"$ref": "#/$defs/basic"})
_LIST = Draft202012Validator({"$ref": "#/$defs/list", "$defs": read(_SCHEMAS / "next.json")["$defs"]})


def _invalid(contract: ftschema.ContractName) -> Iterator[Any]:
    """Yield the invalid cases of a contract."""
    yield from (one.payload for one in cases() if one.contract == contract and one.part is None and not one.valid)


def _assert_output(report: ftschema.Report) -> None:
    basic, listed = report.as_output(), report.as_output("list")
    assert json.loads(json.dumps([basic, listed])) == [basic, listed]
    _BASIC.validate(basic)
    _LIST.validate(listed)
    assert basic["valid"] == listed["valid"] == report.ok
    errors = [(one.pointer, one.message) for one in report if one.severity == "error"]
    assert [(unit["instanceLocation"], unit["error"]) for unit in basic.get("errors", ())] == errors
    assert len(basic.get("annotations", ())) == len(report.problems) - len(errors)
    assert [unit["instanceLocation"] for unit in listed["details"]] == [one.pointer for one in report]
    # A unit is about the schema that has the keyword.
    schemas = [one.keyword[1].rpartition("/")[0] if one.keyword else f"urn:ftschema:code:{one.code}" for one in report]
    assert [unit["schemaLocation"] for unit in listed["details"]] == schemas
    said = [unit.get("errors", unit.get("annotations")) for unit in listed["details"]]
    assert said == [{one.code: one.message} for one in report]


def test_published_schemas() -> None:
    """Both formats are valid by the published schemas, have each problem, and are JSON data."""
    rules = [ftschema.check(defect.payload, lifecycle=True) for defect in fixtures.defects(30)]
    texts = [ftschema.check_text(text) for text in ("", "{", '{"id": 1, "id": 2}', "[]")]
    reports = [*map(ftschema.check, [*_invalid("observed")][::4]), *rules, *texts]
    assert {report.ok for report in reports} == {True, False}
    for report in chain(reports, [ftschema.check(fixtures.payload(1))]):
        _assert_output(report)


def test_published_schemas_refuse() -> None:
    """The published schemas notice a unit without its location, or without the error that it is about."""
    basic, listed = ftschema.check([]).as_output(), ftschema.check([]).as_output("list")
    del basic["errors"]
    del listed["details"][0]["schemaLocation"]
    assert not _BASIC.is_valid(basic)
    assert not _LIST.is_valid(listed)


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "powershell"))
def test_locations(contract: ftschema.ContractName) -> None:
    """By both of its locations one finds the violated keyword in the schema, and the faulty value in the payload."""
    schema = ftschema.schema(contract)
    for payload in _invalid(contract):
        report = ftschema.check(payload, contract)
        for problem, unit in zip(report, report.as_output()["errors"], strict=True):
            address, _, pointer = unit["absoluteKeywordLocation"].partition("#")
            assert address == schema["$id"]
            assert _evaluated(schema, split(unit["keywordLocation"])) == follow(schema, split(pointer))
            assert split(unit["keywordLocation"])[-1] == split(pointer)[-1] == problem.code
            follow(payload, split(unit["instanceLocation"]))


def _evaluated(root: Any, path: list[str]) -> Any:
    """Return the value at an evaluation path; after `$ref` it goes on in the definition."""
    value = root
    for step in path:
        value = follow(root, split(value[step])) if step == "$ref" else follow(value, [step])
    return value


def test_rules_have_addresses() -> None:
    """A problem that is not about the schema has the address of its code, and a warning is an annotation."""
    job = fixtures.payload(1, status="succeeded") | {"estimated_finish": 1}
    [unit] = ftschema.check(job, lifecycle=True).as_output()["annotations"]
    assert unit["absoluteKeywordLocation"] == "urn:ftschema:code:estimate-not-before-creation"
    assert (unit["valid"], unit["keywordLocation"]) == (True, "")


def test_location_in_a_part() -> None:
    """In a part of a job that is checked by itself the locations are those of its definition."""
    with pytest.raises(ftschema.InvalidJobError) as caught:
        make_converter().structure({"n_epochs": 0}, ftschema.Hyperparameters)
    [unit] = caught.value.report.as_output()["errors"]
    assert unit["keywordLocation"] == "/$ref/properties/n_epochs/$ref/allOf/1/then/minimum"
    assert unit["absoluteKeywordLocation"] == "urn:ftschema:observed#/$defs/n_epochs/allOf/1/then/minimum"


def test_locations_are_not_compared() -> None:
    """A problem equals one without the location of its keyword, and has no such key as data."""
    [problem] = ftschema.check([]).problems
    assert problem.keyword == ("/type", "urn:ftschema:observed#/type")
    assert problem == ftschema.Problem(problem.pointer, problem.code, problem.message)
    assert "keyword" not in ftschema.check([]).as_dict()["problems"][0]


@for_each("name", ["", "flag", None, []])
def test_unknown_format(name: Any) -> None:
    """An unknown format raises an error that lists the known ones."""
    with pytest.raises(ValueError, match="basic, list"):
        ftschema.check({}).as_output(name)

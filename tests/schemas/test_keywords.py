"""Every keyword in every schema earns its place: change any one of them, and a case notices."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache, cached_property
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

import ftschema
from support.data import cases, corpus, part_of, reference_problems
from support.helpers import sample
from support.mutants.schemas import mutants

_PROBLEMS = tuple[tuple[str, str], ...]


class _Judge:
    """The cases and the corpus, as what one contract must say of them."""

    def __init__(self, contract: ftschema.ContractName) -> None:
        self.schema = ftschema.schema(contract)
        references: dict[str | None, set[str]] = {
            name: set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(node)))
            for name, node in (*self.schema["$defs"].items(), (None, _without_definitions(self.schema)))
        }
        self.reached = {name: _reached(references, name) for name in references}
        # By part, None for whole jobs: the payloads with all that is wrong with each.
        self.facts: dict[str | None, list[tuple[Any, _PROBLEMS]]] = defaultdict(list)
        kinds = {"observed": "live", "azure": "azure"}
        self.facts[None] += [(job.payload, ()) for job in corpus() if job.kind == kinds.get(contract)]
        for case in cases():
            if case.contract == contract:
                self.facts[case.part].append((case.payload, case.problems))

    @cached_property
    def complaints(self) -> dict[str | None, list[list[str]]]:
        """What the fast engine says of each payload without any change."""
        return {
            part: [_complaints(engine, payload) for payload, _ in facts]
            for part, facts in self.facts.items()
            for engine in [self._fast(self.schema, part)]
        }

    def notices(self, schema: Any, pointer: str = "") -> bool:
        """Return whether a schema gives any payload another verdict, or other problems, than the contract.

        Args:
            schema: The schema.
            pointer: Where it was changed, if in one place; the payloads of that part are the first to be asked, and
                those of parts that do not apply it are not asked.
        """
        engines: dict[str | None, Draft202012Validator] = {}
        changed = pointer.split("/")[2] if pointer.startswith("/$defs/") else None
        parts = [part for part in self.facts if not pointer or changed in self.reached[part]]
        for part in sorted(parts, key=lambda part: part != changed):
            engines[part] = self._fast(schema, part)
            if any(engines[part].is_valid(payload) is bool(problems) for payload, problems in self.facts[part]):
                return True
        return any(
            # The fast engine finds the payload that may show the difference; the reference decides.
            _complaints(engines[part], payload) != before
            and reference_problems(part_of(schema, part), payload) != problems
            for part in parts
            for (payload, problems), before in zip(self.facts[part], self.complaints[part], strict=True)
            if problems
        )

    def _fast(self, schema: Any, part: str | None) -> Draft202012Validator:
        """Return an engine for a part of a schema, without the definitions that it does not apply."""
        applied = self.reached[part]
        definitions = {name: node for name, node in schema["$defs"].items() if name in applied}
        return Draft202012Validator(part_of({**schema, "$defs": definitions}, part))


def _reached(references: dict[str | None, set[str]], part: str | None) -> set[str | None]:
    """Return a part of a schema and all that it applies, by the parts that each names."""
    reached: set[str | None] = set()
    ahead = [part]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += references[name]
    return reached


@cache
def _judge(contract: ftschema.ContractName) -> _Judge:
    return _Judge(contract)


def _without_definitions(schema: Any) -> Any:
    return {keyword: value for keyword, value in schema.items() if keyword != "$defs"}


def _complaints(engine: Draft202012Validator, payload: Any) -> list[str]:
    return sorted(f"{error.instance_path} {error.schema_path[-1]}" for error in engine.iter_errors(payload))


@pytest.mark.parametrize("contract", sample(ftschema.contracts(), "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_every_keyword_is_noticed(contract: ftschema.ContractName) -> None:
    """Drop, weaken or tighten any single keyword of a schema: some case or captured job tells it from the original."""
    judge = _judge(contract)
    every = {str(mutant): mutant for mutant in mutants(judge.schema)}
    assert len(every) > 100
    assert not [name for name, mutant in every.items() if not judge.notices(mutant.schema, mutant.pointer)]


@pytest.mark.parametrize("contract", sample(ftschema.contracts(), "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_unchanged_schema(contract: ftschema.ContractName) -> None:
    """Without a change nothing is noticed."""
    judge = _judge(contract)
    assert not judge.notices(judge.schema)


def test_mutants() -> None:
    """A schema is changed at every keyword that can refuse a value, in every way that is known."""
    schema = {
        "title": "left alone",
        "type": "object",
        "required": ["a", "b"],
        "properties": {
            "a": {"$ref": "#/$defs/n"},
            "free": {"description": "asks nothing"},
            "any": {"$ref": "#/$defs/any"},
        },
        "$defs": {
            "any": {"properties": {"free": {"description": "asks nothing"}}},
            "n": {"type": ["integer", "null"], "if": {"type": "integer"}, "then": {"maximum": 5}},
        },
        "allOf": [{"not": {"enum": [1, 2]}}],
    }
    assert sorted(map(str, mutants(schema))) == [
        "/$defs/n/if dropped",
        "/$defs/n/if/type 'number' for 'integer'",
        "/$defs/n/if/type dropped",
        "/$defs/n/then dropped",
        "/$defs/n/then/maximum 4 for 5",
        "/$defs/n/then/maximum 6 for 5",
        "/$defs/n/then/maximum dropped",
        "/$defs/n/type 'number' for 'integer'",
        "/$defs/n/type dropped",
        "/$defs/n/type without 'integer'",
        "/$defs/n/type without 'null'",
        "/allOf without member 0",
        "/allOf/0/not dropped",
        "/allOf/0/not/enum dropped",
        "/allOf/0/not/enum without 1",
        "/allOf/0/not/enum without 2",
        "/properties without 'a'",
        "/properties/a/$ref dropped",
        "/required without 'a'",
        "/required without 'b'",
        "/type dropped",
        "/type with 'null'",
    ]


def test_mutants_share_nothing_that_changed() -> None:
    """Each mutant differs from its schema, which stays as it was."""
    schema = ftschema.schema("observed")
    assert all(mutant.schema != schema for mutant in mutants(schema))
    assert schema == ftschema.schema("observed")


def test_unknown_keyword() -> None:
    """A keyword that the changes do not know is named, not passed over."""
    with pytest.raises(NotImplementedError, match="oneOf"):
        list(mutants({"properties": {"a": {"oneOf": []}}}))

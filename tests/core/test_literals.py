"""The words that type checkers know are those of the tables and the schemas."""

from __future__ import annotations

import re
from typing import get_args

import ftschema
from ftschema.core.report import Problem
from ftschema.schemas.json_types import EnumType
from ftschema.schemas.reader import root_type
from ftschema.schemas.rules import MEANINGS, RULES
from ftschema.schemas.vocabulary import STATUS_WORDS


def test_contracts() -> None:
    """The names of contracts, in their order."""
    assert get_args(ftschema.ContractName) == ftschema.contracts()


def test_codes() -> None:
    """Every code that has a meaning, those of the rules included."""
    assert get_args(ftschema.Code) == tuple(MEANINGS)
    assert {rule.id for rule in RULES} <= {*get_args(ftschema.Code)}


def test_severities() -> None:
    """Both severities; the rules use them."""
    assert {rule.severity_for(name) for rule in RULES for name in ftschema.contracts()} == {
        *get_args(ftschema.Severity)
    }
    assert Problem("", "type", "").severity in get_args(ftschema.Severity)


def test_statuses() -> None:
    """Every status that a contract lists, and no other."""
    listed = {
        value
        for name in ftschema.contracts()
        for one in root_type(name).properties["status"].types
        if isinstance(one, EnumType)
        for value in one.values
    }
    assert {*get_args(ftschema.Status)} == listed
    assert {*STATUS_WORDS.values()} <= listed
    assert all(re.fullmatch("[a-z]+", word) for word in STATUS_WORDS)

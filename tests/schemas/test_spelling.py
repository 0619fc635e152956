"""Names are translated between the wire and each spelling without loss, and no two are confused."""

from __future__ import annotations

import inspect
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema.schemas.spelling import Spelling, spelled, wire_name
from support.oracles.sdk_documents import DOCUMENTS, NESTED
from support.rows import for_each

SPELLINGS: tuple[Spelling, ...] = get_args(Spelling)
_each_spelling = pytest.mark.parametrize("spelling", SPELLINGS)

# The fields of each class, by the name of the class.
FIELDS = {
    name: tuple(field for field in attrs.fields_dict(cls) if field != "extra")
    for name, cls in inspect.getmembers(ftschema, attrs.has)
    if cls.__module__ in {"ftschema.model.kinds.job", "ftschema.model.kinds.graders"}
}
NAMES = sorted({field for names in FIELDS.values() for field in names})

# Words of lower-case letters and digits, joined by single underscores: what a name of the specification looks like. A
# word may not begin with a digit, which has no capital to be told by.
_words = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
# `VarError` means `error` in PowerShell, so that a field could not be named `var_error` there.
names = st.lists(_words, min_size=1, max_size=5).map("_".join).filter(lambda name: name != "var_error")


@for_each(
    ("name", "pascal", "camel"),
    [
        *NESTED,
        *((row.wire, row.name, None) for row in DOCUMENTS["powershell"].rows),
        *((row.wire, None, row.name) for row in DOCUMENTS["dart"].rows),
        ("error", "VarError", "error"),
        ("reasoning_effort", "ReasoningEffort", "reasoningEffort"),
        ("trainingType", "TrainingType", "trainingType"),
    ],
)
def test_examples(name: str, pascal: str | None, camel: str | None) -> None:
    """Names are spelled as in the SDK documents."""
    assert spelled(name, "wire") == name
    assert pascal in {None, spelled(name, "pascal")}
    assert camel in {None, spelled(name, "camel")}


def test_fields_are_found() -> None:
    """The names used in this file are those of every class."""
    assert {"FineTuningJob", "Hyperparameters", "MultiGrader", "SamplingParams", "WandbIntegration"} <= FIELDS.keys()
    assert {"id", "n_epochs", "error", "calculate_output", "max_completions_tokens", "project"} <= {*NAMES}
    assert len(NAMES) > 75


@_each_spelling
def test_there_and_back(spelling: Spelling) -> None:
    """Translating the spelling of a field back gives the field's wire name."""
    assert {name: wire_name(spelled(name, spelling), spelling) for name in NAMES} == {name: name for name in NAMES}


@_each_spelling
def test_no_two_names_are_one(spelling: Spelling) -> None:
    """No two fields have the same spelling."""
    assert len({spelled(name, spelling) for name in NAMES}) == len(NAMES)


@for_each("contract", ftschema.contracts())
def test_names_of_contracts(contract: ftschema.ContractName) -> None:
    """Every key that a contract declares is the spelling of a field of the part's class."""
    schema = ftschema.schema(contract)
    spelling: Spelling = DOCUMENTS[contract].spelling if contract in DOCUMENTS else "wire"
    for part, definition in {"FineTuningJob": schema, **schema["$defs"]}.items():
        if part in FIELDS:
            spellings = {spelled(name, spelling): name for name in FIELDS[part]}
            for key in definition["properties"]:
                assert wire_name(key, spelling) == spellings[key]


@given(name=names, spelling=st.sampled_from(SPELLINGS))
def test_any_name(name: str, spelling: Spelling) -> None:
    """Any name of lower-case words is translated back correctly, also that of a future field."""
    assert wire_name(spelled(name, spelling), spelling) == name


@given(one=names, other=names, spelling=st.sampled_from(SPELLINGS))
def test_any_two_names(one: str, other: str, spelling: Spelling) -> None:
    """Two different names have different spellings."""
    assert (spelled(one, spelling) == spelled(other, spelling)) is (one == other)


def test_the_one_exception() -> None:
    """Only the Pascal spelling renames `error`; in camel case `varError` is an ordinary name."""
    assert wire_name("VarError", "pascal") == "error"
    assert wire_name("varError", "camel") == "var_error"
    assert [name for name in NAMES if spelled(name, "pascal").lower() != name.replace("_", "").lower()] == ["error"]

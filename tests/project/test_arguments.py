"""An argument of a wrong type is an error that names it, in every public function."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

import ftschema
from ftschema import converters, coverage, defects, fixtures, strategies

if TYPE_CHECKING:
    from collections.abc import Callable

_JOB = fixtures.payload(1)
_OBJECT = ftschema.structure(_JOB)
_REPORT = ftschema.check(_JOB | {"seed": True})


class _Other:
    """A value of a type that no function expects."""

    def __repr__(self) -> str:
        return "Other()"


# What each parameter is given while another one is tried.
_RIGHT: dict[str, Any] = {
    "app": None,
    "cls": ftschema.Method,
    "converter": converters.make_converter(),
    "get_response": print,
    "job": _OBJECT,
    "key": "k",
    "left": "azure",
    "lines": [b"{}"],
    "number": 1,
    "obj": None,
    "payload": _JOB | {"seed": True},
    "report": _REPORT,
    "right": "azure",
    "seed": 1,
    "source": "observed",
    "subject": "type",
    "target": "azure",
    "text": "{}",
    "wanted": (),
}
# Any value is true or false, and any value is a payload, a seed or what follows in a chain of handlers.
_ANYTHING = {"coherent", "get_response", "keep_unknown", "lifecycle", "partial", "payload", "seed", "strict"}

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    f"{home.__name__}.{name}": function
    for home, names in (
        (ftschema, ftschema.__all__),
        (fixtures, ("payload", "example", "job", "payloads", "trace", "defects")),
        (strategies, ("payloads", "jobs", "traces", "part_of", "defects")),
        (defects, ("catalogue",)),
        (converters, ("make_converter", "configure_converter")),
        (coverage, ("calls", "see", "measure")),
    )
    for name in names
    if inspect.isfunction(function := getattr(home, name))
}
_CASES = [
    (name, parameter.name)
    for name, function in _FUNCTIONS.items()
    for parameter in inspect.signature(function).parameters.values()
    if parameter.name not in _ANYTHING and parameter.kind is not parameter.VAR_KEYWORD
]


def _call(function: Callable[..., Any], tried: str, value: object) -> object:
    """Call a function with one argument of a wrong type."""
    positional, named = [], {}
    for parameter in inspect.signature(function).parameters.values():
        given = value if parameter.name == tried else _RIGHT.get(parameter.name, parameter.default)
        if parameter.kind is parameter.POSITIONAL_ONLY:
            positional.append(given)
        elif parameter.kind is not parameter.VAR_KEYWORD:
            named[parameter.name] = given
    result = function(*positional, **named)
    if hasattr(result, "__enter__"):
        result.__enter__()
    return list(result) if isinstance(result, Iterator) else result


@pytest.mark.parametrize("value", [_Other(), [_Other()]], ids=["object", "list"])
def test_a_wrong_type(value: object, subtests: pytest.Subtests) -> None:
    """It is raised on purpose, and its message tells what was found."""
    for name, parameter in _CASES:
        with subtests.test(name=name, parameter=parameter):
            raised: Exception | None = None
            try:
                _call(_FUNCTIONS[name], parameter, value)
            except (TypeError, LookupError, ValueError) as error:
                raised = error
            if raised is not None:
                frame = inspect.getinnerframes(raised.__traceback__)[-1]  # type: ignore[arg-type]  # it was raised
                assert linecache.getline(frame.filename, frame.lineno).strip().startswith("raise"), frame
                assert "/ftschema/" in frame.filename


@pytest.mark.parametrize("home", [ftschema, ftschema.Contract, ftschema.Kind], ids=["function", "Contract", "Kind"])
def test_who_can_hide(home: object) -> None:
    """Each verb that tells of the problems of a payload can be told not to show its values."""
    every = {*vars(home), *getattr(home, "__all__", ())}
    signatures = {
        name: inspect.signature(verb) for name in every if inspect.isfunction(verb := getattr(home, name, None))
    }
    told = {"Report", "Conversion", "Normalized", "FineTuningJob"}
    tells = {
        name
        for name, signature in signatures.items()
        if "lifecycle" in signature.parameters or signature.return_annotation in told
    }
    assert {name for name in tells if "show_values" not in signatures[name].parameters} == {"is_valid"}

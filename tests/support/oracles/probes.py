"""For each row of the five documents, values just inside and just outside of it, with what is wrong with them.

Read off the documents' table and the specification of their time, never off a schema. Values and pointers are in the
names of the wire here, and come out in those of the document.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from attrs import frozen

from support.oracles.sdk_documents import DOCUMENTS, WORDS, in_names_of, pointer_in_names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ftschema.core.literals import ContractName
    from support.oracles.sdk_documents import Document, Row

_Problems = tuple[tuple[str, str], ...]


@frozen
class Probe:
    """A member of a job, and all that is wrong with it: pointers into the job, with codes."""

    member: dict[str, Any]
    problems: _Problems


# One value of each JSON type; 0.5 is no integer, and "3" no number.
SAMPLES: tuple[tuple[str, Any], ...] = (
    ("null", None),
    ("boolean", True),
    ("boolean", False),
    ("integer", 3),
    ("number", 0.5),
    ("string", "3"),
    ("array", []),
    ("object", {}),
)

# By highest integer: the last whole float in the width, and the next ones beyond both ends of it. Doubles lie 1,024
# and 2,048 apart where 64 bits end.
_EDGES: dict[int, tuple[float, float, float]] = {
    2_147_483_647: (2_147_483_647.0, -2_147_483_649.0, 2_147_483_648.0),
    9_007_199_254_740_991: (9_007_199_254_740_991.0, -9_007_199_254_740_992.0, 9_007_199_254_740_992.0),
    9_223_372_036_854_775_807: (
        9_223_372_036_854_774_784.0,
        -9_223_372_036_854_777_856.0,
        9_223_372_036_854_775_808.0,
    ),
}

# Statuses of other times and servers, and words that look like one.
_STRANGE_STATUSES = ("created", "pending", "paused", "Running", " running", "RUNNING", "canceled", "")

_ERROR = {"code": "c", "message": "m", "param": "p"}
_SETTINGS = {"n_epochs": "auto", "batch_size": 4, "learning_rate_multiplier": 0.5}
_WANDB = {"type": "wandb", "wandb": {"project": "p", "name": "n", "entity": "e", "tags": ["a", ""]}}


def probes(contract: ContractName, row: Row) -> Iterator[Probe]:
    """Yield the probes of a row."""
    document = DOCUMENTS[contract]
    for value, problems in (*_of_types(row), *_OF[row.type](document)):
        member = in_names_of(contract, {row.wire: value})
        spelled = ((pointer_in_names_of(contract, f"/{row.wire}{pointer}"), code) for pointer, code in problems)
        yield Probe(member, tuple(spelled))


def _of_types(row: Row) -> Iterator[tuple[Any, _Problems]]:
    """Yield the samples of the types that a row has not, and null where it has."""
    json_types = {"string": "string", "integer": "integer"}
    if row.type.startswith(("one of", "list of")):
        json_type = "string" if row.type in WORDS else "array"
    else:
        json_type = json_types.get(row.type, "object")
    for name, sample in SAMPLES:
        if name == "null" and row.null:
            yield sample, ()
        elif name != json_type:
            yield sample, (("", "type"),)


def _fits(base: Any, pointer: str, values: Iterable[Any]) -> Iterator[tuple[Any, _Problems]]:
    """Yield a valid value with each of some others at a place in it, which fit there."""
    return ((_with(base, pointer, value), ()) for value in values)


def _faults(base: Any, pointer: str, **values: Iterable[Any]) -> Iterator[tuple[Any, _Problems]]:
    """Yield a valid value with each of some others at a place in it, which have the code as their one problem."""
    return ((_with(base, pointer, value), ((pointer, code),)) for code, wrong in values.items() for value in wrong)


def _with(base: Any, pointer: str, value: Any) -> Any:
    if not pointer:
        return value
    changed = deepcopy(base)
    *parents, key = pointer.split("/")[1:]
    holder = changed
    for step in parents:
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
    if isinstance(holder, list):
        holder[int(key)] = value
    else:
        holder[key] = value
    return changed


def _strings(_: Document) -> Iterator[tuple[Any, _Problems]]:
    yield from _fits("", "", ("", "x", "null", "fine_tuning.job", "é😀", "x" * 10_000, *_STRANGE_STATUSES))


def _integers(document: Document) -> Iterator[tuple[Any, _Problems]]:
    lowest, highest = document.width
    last, before, after = _EDGES[highest]
    yield from _fits(0, "", (0, -1, 3.0, lowest, highest, lowest + 1, highest - 1, last))
    yield from _faults(0, "", minimum=(lowest - 1, -(10**30), before, -1e300), type=(3.5, -0.5, 2_147_483_647.5))
    yield from _faults(0, "", maximum=(highest + 1, 10**30, after, 1e300))


def _lists_of_strings(_: Document) -> Iterator[tuple[Any, _Problems]]:
    yield from _fits([], "", ([], ["a"], ["a", ""], ["a"] * 1_000))
    yield from _faults(["a", "b"], "/1", type=[sample for name, sample in SAMPLES if name != "string"])
    yield [5, "a", None], (("/0", "type"), ("/2", "type"))


def _maps_of_strings(_: Document) -> Iterator[tuple[Any, _Problems]]:
    yield from _fits({}, "", ({}, {"a": ""}, {"": "a"}, {"created_at": "a", "createdAt": "b"}, {"k" * 65: "v" * 513}))
    yield from _fits({}, "", [{f"key {number}": "value" for number in range(17)}])
    yield from _faults({"a": "b"}, "/created_at", type=[sample for name, sample in SAMPLES if name != "string"])


def _objects(_: Document) -> Iterator[tuple[Any, _Problems]]:
    yield from _fits("", "", WORDS["one of OBJECTS"])
    yield from _faults("", "", const=("fine-tune", "fine_tuning.job ", "Fine_tuning.job", "3", ""))


def _statuses(_: Document) -> Iterator[tuple[Any, _Problems]]:
    yield from _fits("", "", WORDS["one of STATUSES"])
    yield from _faults("", "", enum=("3", *_STRANGE_STATUSES))


def _errors(_: Document) -> Iterator[tuple[Any, _Problems]]:
    yield from _fits({}, "", (_ERROR, {**_ERROR, "param": None}, {**_ERROR, "later": 5, "error": [5]}))
    yield from _faults({}, "", required=[{key: "x" for key in _ERROR if key != missing} for missing in _ERROR])
    yield {}, (("", "required"),) * 3
    for key in _ERROR:
        yield from _faults(_ERROR, f"/{key}", type=(5, True, [], {}))
    yield from _faults(_ERROR, "/code", type=[None])
    yield from _faults(_ERROR, "/message", type=[None])


def _of_integer(document: Document, base: Any, pointer: str) -> Iterator[tuple[Any, _Problems]]:
    """Yield the probes of a setting that is an integer or `auto`."""
    lowest, highest = document.width
    yield from _fits(base, pointer, ("auto", 3, 1.0, 0, -7, 367_562, lowest, highest))
    yield from _faults(base, pointer, type=(None, True, 0.5, [], {}), const=("3", "Auto", ""))
    yield from _faults(base, pointer, minimum=(lowest - 1, -1e300), maximum=(highest + 1, 1e300))


def _of_number(_: Document, base: Any, pointer: str) -> Iterator[tuple[Any, _Problems]]:
    """Yield the probes of a setting that is a number or `auto`."""
    yield from _fits(base, pointer, ("auto", 3, 0.5, 0, -1.5, 2**70, 1e300))
    yield from _faults(base, pointer, type=(None, True, [], {}), const=("0.5", "AUTO", ""))


_SETTINGS_OF: dict[str, Callable[[Document, Any, str], Iterator[tuple[Any, _Problems]]]] = {
    "n_epochs": _of_integer,
    "batch_size": _of_integer,
    "learning_rate_multiplier": _of_number,
}


def _hyperparameters(document: Document) -> Iterator[tuple[Any, _Problems]]:
    yield from _of_integer(document, {"later": None}, "/n_epochs")
    if document.published < "2024-12-18":
        yield from _faults({}, "", required=({}, {"batch_size": 1}))
        # The other settings came later: until then their names are names like any other.
        yield from _fits({}, "", [{"n_epochs": 1, "batch_size": "three", "learning_rate_multiplier": None}])
        return
    yield from _fits({}, "", ({}, {"later": 1}, _SETTINGS, {"beta": "high"}))
    for key, of_setting in _SETTINGS_OF.items():
        yield from of_setting(document, _SETTINGS, f"/{key}")


def _methods(document: Document) -> Iterator[tuple[Any, _Problems]]:
    yield from _fits({}, "", ({}, {"later": None}, {"type": "supervised"}, {"type": "dpo", "supervised": {}}))
    # Reinforcement came later: a name like any other, and a type that there is not.
    yield from _fits({"type": "dpo"}, "/reinforcement", (5, None, {"grader": {}}))
    yield from _faults({}, "/type", enum=("reinforcement", "sft", "DPO", ""), type=(None, True, 3, [], {}))
    for kind, settings in (("supervised", _SETTINGS_OF), ("dpo", _SETTINGS_OF | {"beta": _of_number})):
        yield from _fits({}, f"/{kind}", ({}, {"later": 5}))
        yield from _faults({}, f"/{kind}", type=(None, True, 3, "3", []))
        yield from _fits({}, f"/{kind}/hyperparameters", ({}, _SETTINGS, {"later": 5}))
        yield from _faults({}, f"/{kind}/hyperparameters", type=(None, True, 3, "auto", []))
        for key, of_setting in settings.items():
            yield from of_setting(document, {"type": kind}, f"/{kind}/hyperparameters/{key}")
    yield from _fits({}, "/supervised/hyperparameters/beta", ("high", None))


def _integrations(_: Document) -> Iterator[tuple[Any, _Problems]]:
    yield from _fits([], "", ([], [_WANDB], [_WANDB] * 6, [{**_WANDB, "later": 5}]))
    yield from _faults([_WANDB, _WANDB], "/1", type=(None, True, 3, "wandb", []), required=({"type": "wandb"},))
    yield from _faults([_WANDB], "/0", required=({"wandb": {"project": "p"}},))
    yield [{}], (("/0", "required"),) * 2
    yield from _faults([_WANDB], "/0/type", type=(None, True, 3, [], {}), const=("", "mlflow", "WandB"))
    yield from _fits([_WANDB], "/0/wandb", ({"project": ""}, {"project": "p", "run_id": 5}))
    yield from _faults([_WANDB], "/0/wandb", type=(None, True, 3, "p", []), required=({}, {"name": "n"}))
    yield from _faults([_WANDB], "/0/wandb/project", type=(None, True, 3, [], {}))
    for key in ("name", "entity"):
        yield from _fits([_WANDB], f"/0/wandb/{key}", (None, ""))
        yield from _faults([_WANDB], f"/0/wandb/{key}", type=(True, 3, [], {}))
    yield from _fits([_WANDB], "/0/wandb/tags", ([], ["type", "n_epochs"]))
    yield from _faults([_WANDB], "/0/wandb/tags", type=(None, True, 3, "a", {}))
    yield from _faults([_WANDB], "/0/wandb/tags/1", type=(None, True, 3, [], {}))


_OF: dict[str, Callable[[Document], Iterator[tuple[Any, _Problems]]]] = {
    "string": _strings,
    "integer": _integers,
    "list of strings": _lists_of_strings,
    "list of Integration": _integrations,
    "map of strings": _maps_of_strings,
    "one of OBJECTS": _objects,
    "one of STATUSES": _statuses,
    "JobError": _errors,
    "Hyperparameters": _hyperparameters,
    "Method": _methods,
}

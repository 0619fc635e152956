"""What a problem's message says beyond what was expected and found, and its repair where one is certain.

A repair is offered only when the contract accepts what it puts in place. Where a key decides what else an object must
hold, the whole object has to be accepted, so that no repair uncovers another fault.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from ftschema.core.pointer import join
from ftschema.core.text import show
from ftschema.schemas.catalogue import entry
from ftschema.schemas.paths import Way, acceptor_at, allowed, asked, decides, declared, leading
from ftschema.schemas.spelling import wire_name
from ftschema.validation.advising import Advice, Place, advise, advise_key

if TYPE_CHECKING:
    from ftschema.core.report import Operation

    _Suggestion: TypeAlias = tuple[str, tuple[Operation, ...] | None]

_NOTHING: _Suggestion = ("", None)


# Without slots a frozen object is made in half the time.
@frozen(slots=False)
class Fault:
    """A place that does not meet its schema.

    Attributes:
        contract: Name of the contract.
        part: The part of a job that is checked; None for a whole job.
        path: Where it is in the payload.
        way: Where the keyword that is not met is in the schema.
        value: What stands there.
        above: The object or array that it stands in.
        key: The key that is missing or faulty, where it is one.
    """

    contract: str
    part: str | None
    path: tuple[str | int, ...]
    way: Way
    value: Any
    above: Any
    key: str | None = None

    def accepts(self, way: Way, value: Any) -> bool:
        """Return whether a value may stand where a way leads."""
        return acceptor_at(self.contract, self.part, way)(value)

    def decides(self, way: Way) -> bool:
        """Return whether a key of the object where a way leads decides what else the object must hold."""
        return decides(self.contract, self.part, way)


def suggest(fault: Fault) -> _Suggestion:
    """Return what the message of a problem ends with, and its repair."""
    match fault.way[-1]:
        case "required":
            return _of_key(fault, str(fault.key))
        case "type" | "enum" | "const" | "maximum":
            return _of_value(fault)
    return _NOTHING


def _of_value(fault: Fault) -> _Suggestion:
    way, place = _place(fault.contract, fault.part, fault.way)
    advice = advise(place, fault.value)
    if advice.certain and not (fault.accepts(way, advice.meant) and _fits(fault, way, advice.meant)):
        return advice.seen, None
    repair = ({"op": "replace", "path": join(fault.path), "value": advice.meant},) if advice.certain else None
    return _said(advice), repair


@cache
def _place(contract: str, part: str | None, way: Way) -> tuple[Way, Place]:
    """Return the way to the place of a keyword, and what is allowed there."""
    way = leading(way)
    key = str(way[-1]) if way[-2:-1] == ("properties",) else ""
    return way, Place(wire_name(key, entry(contract).spelling), *allowed(contract, part, way))


def _said(advice: Advice) -> str:
    return advice.seen + ("" if advice.meant is ... else f"; did you mean {show(advice.meant)}?")


def _fits(fault: Fault, way: Way, value: Any) -> bool:
    """Return whether the object above is accepted with a new value, where that value decides what else it holds."""
    above, last = way[:-2], way[-2:]
    if last[:1] != ("properties",) or not fault.decides(above):
        return True
    return fault.accepts(leading(above), fault.above | {last[1]: value})


def _of_key(fault: Fault, key: str) -> _Suggestion:
    ground = fault.way[:-1]
    target = (*ground, "properties", key)
    name = wire_name(key, entry(fault.contract).spelling)
    advice = advise_key(name, key, fault.value, declared(fault.contract, fault.part, ground))
    if advice is None:
        return _of_only_value(fault, key, target)
    said = f", but with {show(advice.key)}"
    if not advice.certain or not fault.accepts(target, fault.value[advice.key]):
        return said, None
    if fault.decides(ground):
        renamed = {(key if other == advice.key else other): member for other, member in fault.value.items()}
        if not fault.accepts(leading(ground), renamed):
            return said, None
    return said, ({"op": "move", "from": join([*fault.path, advice.key]), "path": join([*fault.path, key])},)


def _of_only_value(fault: Fault, key: str, target: Way) -> _Suggestion:
    """Return what is said of a key that can have one value only, which is certain where no other key is missing."""
    required, _ = asked(fault.contract, fault.part, fault.way)
    types, words = allowed(fault.contract, fault.part, target)
    if types != ("string",) or len(words) != 1 or sum(other not in fault.value for other in required) > 1:
        return _NOTHING
    addition = {"op": "add", "path": join([*fault.path, key]), "value": words[0]}
    return f"; it can only be {show(words[0])}", (addition,)

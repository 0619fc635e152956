"""Jobs as records of msgspec: what fits the record of a contract is valid, and is seen to be in one step.

A record is read off the shape of a contract. Where msgspec has no type for what a schema allows it allows less: a map
in the place of a part, `3.0` for an integer, -1 beside a bound, a key that nobody knew. So it never says no for good;
what does not fit is for the engines to decide.

Facts, each held by a test: of text, msgspec takes an integer neither from `1.0` nor from `true`, compares integers of
any length with bounds, and counts lengths in code points. Of Python values it takes Decimal, subclasses, tuples and
more for what they resemble, so it must see JSON data only.
"""

from __future__ import annotations

from contextlib import suppress
from functools import reduce
from math import ceil, floor
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import msgspec
from attrs import Factory, frozen

from ftschema.core.absent import ABSENT, Absent
from ftschema.core.lock import build_once
from ftschema.jsontext.data import SURROGATE, are_whole, looked_through
from ftschema.schemas.catalogue import entry
from ftschema.schemas.shape import Flag, Items, Members, Number, Pairs, Text, Words, job_shape
from ftschema.schemas.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.schemas.shape import Form, Shape
    from ftschema.schemas.spelling import Spelling

# What nothing fits.
_NOTHING = Annotated[int, msgspec.Meta(ge=1, le=0)]
# The bounds of msgspec have 64 bits.
_LEAST, _MOST = -(2**63), 2**63 - 1


@build_once
def record(contract: str) -> type[msgspec.Struct]:
    """Return the class of the records of a contract's jobs."""
    return used(Maker(entry(contract).spelling).record(job_shape(contract), maps=True))


def used(record: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return a class of records once msgspec has used it, and all classes below it, for the first time.

    Must be called under the lock of `build_once`, before another thread can see the class.
    """
    with suppress(msgspec.ValidationError):
        msgspec.json.Decoder(record).decode(b"{}")
    return record


@build_once
def reader(record: type[msgspec.Struct]) -> Callable[[bytes], Any]:
    """Return what reads a text as a record, or raises `msgspec.MsgspecError` where it does not fit."""
    return msgspec.json.Decoder(record).decode


def fitter(contract: str, record: type[msgspec.Struct]) -> Callable[[Any], Any]:
    """Return what makes a record of a payload, which shares nothing that can change.

    It gives False for a payload that does not fit but is JSON data, None for one of which neither is quickly seen.
    """
    convert = msgspec.convert
    maps = [
        name for name, shape in job_shape(contract).members.items() if any(isinstance(form, Pairs) for form in shape)
    ]

    def fitted(payload: Any) -> Any:
        if type(payload) is not dict or not (parts := looked_through(payload.values())):
            return None
        try:
            made = convert(payload, record)
        except (msgspec.ValidationError, UnicodeError):
            # A key that is no Unicode text cannot even be named.
            return False if are_whole(parts) else None
        # The other keys are those of the record.
        for name in maps:
            pairs = getattr(made, name)
            if pairs and not all(type(key) is str and not SURROGATE.search(key) for key in pairs):
                return None
        return made

    return fitted


@frozen
class Maker:
    """Makes the records of a contract, one for each of its parts.

    Their fields have the names of the wire; the one for a `type` that tells parts apart is the tag of the record.

    Attributes:
        spelling: How the contract spells its names.
        layouts: By the names of the parts, what the records are to have the layout of.
        made: The records by the names of the parts.
    """

    spelling: Spelling
    layouts: Mapping[str, type[msgspec.Struct]] = Factory(dict)
    made: dict[str, type[msgspec.Struct]] = Factory(dict)

    def record(self, form: Members, *, maps: bool = False) -> type[msgspec.Struct]:
        """Return the record of a part; whether it may have `maps`, whose keys msgspec does not prove to be texts."""
        if form.part not in self.made:
            names = [name for name in form.members if not (form.tag and name == "type")]
            base = self.layouts.get(form.part)
            # What the layout has besides is filled, and never read.
            others = [name for name in base.__struct_fields__ if name not in names] if base else []
            self.made[form.part] = msgspec.defstruct(
                form.part,
                [self._field(form, name, maps=maps) for name in names]
                + [(name, _NOTHING | Absent, (name == "type" and form.tag) or ABSENT) for name in others],
                bases=(base or msgspec.Struct,),
                kw_only=True,
                forbid_unknown_fields=True,
                # The tag, which is written as such, is the default of its field.
                omit_defaults=form.tag is not None,
                # A record holds texts, numbers, and records below it: it is in no cycle. What takes a class lies as
                # objects of the class that are made by hand, which may be in one.
                gc=base is not None,
                rename={name: spelled(name, self.spelling) for name in names} | ({"type": " type"} if form.tag else {}),
                tag_field="type" if form.tag else None,
                tag=form.tag,
            )
        return self.made[form.part]

    def _field(self, form: Members, name: str, *, maps: bool) -> tuple[str, Any] | tuple[str, Any, Any]:
        kind = self._type(form.members[name], maps=maps)
        return (name, kind) if name in form.required else (name, kind | Absent, ABSENT)

    def _type(self, shape: Shape, *, maps: bool = False) -> Any:
        forms = [form for form in shape if maps or not isinstance(form, Pairs)]
        return reduce(or_, [kind for form in forms for kind in self._types(form)] or [_NOTHING])

    def _types(self, form: Form) -> tuple[Any, ...]:  # noqa: PLR0911  # one a form
        match form:
            case Flag():
                return (bool,)
            case Words(words):
                return (Literal[words],)
            case Text(longest):
                return (_bounded(str, max_length=longest),)
            case Number(lowest=float() | int(), above=float() | int()):
                # msgspec takes one lower bound, and no contract has two.
                return (_NOTHING,)
            case Number(whole, lowest, above, highest):
                integer = _integer(lowest, above, highest)
                return (integer,) if whole else (integer, _bounded(float, ge=lowest, gt=above, le=highest))
            case Items(item, fewest, most):
                items = tuple.__class_getitem__((self._type(item), ...))
                return (_bounded(items, min_length=fewest or None, max_length=most),)
            case Pairs(value, fewest, most, longest_key):
                pairs = dict.__class_getitem__((_bounded(str, max_length=longest_key), self._type(value)))
                return (_bounded(pairs, min_length=fewest or None, max_length=most),)
            case Members():
                return (self.record(form),)
        # What nothing is asked of has only ever been null.
        return (None,)


def _bounded(kind: Any, **bounds: float | None) -> Any:
    asked = {name: bound for name, bound in bounds.items() if bound is not None}
    return Annotated[kind, msgspec.Meta(**cast("Any", asked))] if asked else kind


def _integer(lowest: float | None, above: float | None, highest: float | None) -> Any:
    """Return the type of the whole numbers from `lowest`, or from more than `above`, to `highest`."""
    least = floor(above) + 1 if above is not None else ceil(lowest) if lowest is not None else None
    most = None if highest is None else floor(highest)
    if (least or 0) > _MOST or (most or 0) < _LEAST:
        return _NOTHING
    return _bounded(
        int, ge=None if least is None else max(least, _LEAST), le=None if most is None else min(most, _MOST)
    )

"""Which contract a payload keeps to, and which of those that it keeps to says most about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ftschema.jsontext.data import copied
from ftschema.validation.contract import contract as _contract
from ftschema.validation.contract import contracts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.report import Report

# What each value of a payload is changed to, to see which contracts notice. No number is beyond the width of an integer
# somewhere: clients with narrow integers would seem narrower than the documents that they were made from.
_CHANGES: Final[tuple[Any, ...]] = (None, True, -1, 0, 0.5, 10**9, "other", [], ["other"], {}, {"other": []})
# The places that are changed; a payload of a job has about fifty.
_MOST_PLACES: Final = 200


def identify(payload: object) -> tuple[str, ...]:
    """Return the names of the contracts that accept a payload, the narrowest first.

    A contract is narrower than another when it accepts fewer payloads like this one: of those with one key taken away,
    or one value changed. Contracts that accept as many stand with the later in `contracts()` first.
    """
    return tuple(report.contract for report in verdicts(payload) if report.ok)


def verdicts(payload: object) -> tuple[Report, ...]:
    """Return what each contract says of a payload, the best match first.

    First come the contracts that accept it, the narrowest first; then the others, those with the fewest problems
    first.
    """
    reports = [_contract(name).check(payload) for name in reversed(contracts())]
    accepting = [report for report in reports if report.ok]
    room = dict.fromkeys((report.contract for report in accepting), 0)
    if len(accepting) > 1:
        for other in _alike(payload):
            for name in room:
                room[name] += _contract(name).is_valid(other)
    others = [report for report in reports if not report.ok]
    accepting.sort(key=lambda report: room[report.contract])
    others.sort(key=lambda report: len(report.problems) + report.omitted)
    return (*accepting, *others)


def _alike(payload: Any) -> Iterator[Any]:
    """Yield a payload with one key taken away or one value changed, everywhere."""
    mutant = copied(payload)
    for container, key in list(_places(mutant))[:_MOST_PLACES]:
        original = container[key]
        for change in _CHANGES:
            container[key] = copied(change)
            yield mutant
        if isinstance(container, dict):
            # The order of keys means nothing to a contract, so the key may come back last.
            del container[key]
            yield mutant
        container[key] = original


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    below = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, member in below:
        yield value, key
        yield from _places(member)

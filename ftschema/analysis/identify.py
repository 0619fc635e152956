"""Find the contracts that accept a payload, the most specific first."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ftschema.core.literals import ContractName  # noqa: TC001  # for `typing.get_type_hints`
from ftschema.jsontext.data import deep_copy, is_json
from ftschema.jsontext.decode import encode
from ftschema.schemas.catalogue import names, prefix_of
from ftschema.validation.contract import contract as _contract
from ftschema.validation.engine import validator_for
from ftschema.validation.recognition import items_of, kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.core.report import Report

# The values that replace each value of a payload, to see which contracts reject the change. No integer is too
# large for a client: a client would seem more specific than the document that it was generated from.
_CHANGES: Final[tuple[Any, ...]] = (None, True, -1, 0, 0.5, 10**9, "other", [], ["other"], {}, {"other": []})
# How many values are changed at most; a job has about fifty.
_MOST_CHANGED: Final = 200
# How many bytes of JSON all payloads with one changed value may have, so that a large payload takes no minutes.
_MOST_BYTES: Final = 4_000_000


def identify(payload: object) -> tuple[ContractName, ...]:
    """Return the names of the contracts of its kind that accept a payload, the most specific first.

    A contract is more specific than another if it accepts fewer variants of the payload: those with one key removed or
    one value changed; for a large payload, only some of these. Of contracts that accept the same number, the one that
    is later in `contracts()` comes first.
    """
    return tuple(
        _most_specific_first([name for name in _of_its_kind(payload) if _contract(name).is_valid(payload)], payload)
    )


def verdicts(payload: object, *, show_values: bool | None = None) -> tuple[Report, ...]:
    """Return the report of each contract of its kind on a payload, the best match first.

    The contracts that accept it come first, the most specific first; then the others, by their number of problems.
    """
    reports = {name: _contract(name).check(payload, show_values=show_values) for name in _of_its_kind(payload)}
    accepting = [name for name, report in reports.items() if report.ok]
    others = [report for report in reversed(reports.values()) if not report.ok]
    others.sort(key=lambda report: len(report.problems) + report.omitted)
    return (*(reports[name] for name in _most_specific_first(accepting, payload)), *others)


def _of_its_kind(payload: object) -> tuple[ContractName, ...]:
    """Return the names of the contracts for the kind of a payload; those of the job if it is of no kind."""
    found = kind(payload) or "job"
    return names(prefix_of(f"page/{items_of(payload)}" if found == "page" else found))


def _most_specific_first(accepting: list[ContractName], payload: object) -> list[ContractName]:
    """Return the names of the contracts that accept a payload, given in the order of `contracts()`."""
    accepted = dict.fromkeys(reversed(accepting), 0)
    if len(accepting) > 1:
        accept = {name: validator_for(name) for name in accepted}
        # Looked at once, not again for each contract.
        for variant in filter(is_json, _variants(payload)):
            for name in accepted:
                accepted[name] += accept[name](variant)
    return sorted(accepted, key=accepted.__getitem__)


def _variants(payload: Any) -> Iterator[Any]:
    """Yield the payload with each key removed and each value changed in turn; the same object every time."""
    variant = deep_copy(payload)
    most = min(_MOST_CHANGED, _MOST_BYTES // len(encode(variant)))
    for container, key in list(islice(_values(variant), most)):
        original = container[key]
        for change in _CHANGES:
            container[key] = deep_copy(change)
            yield variant
        if isinstance(container, dict):
            # The key comes back last: the order of keys does not matter to a contract.
            del container[key]
            yield variant
        container[key] = original


def _values(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each value inside an object or array by the container that holds it, and its key or index there."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield value, key
        yield from _values(member)

"""A payload of one contract, turned into what another contract calls the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.core.pointer import join
from ftschema.core.report import Problem, limited
from ftschema.core.text import show
from ftschema.schemas.catalogue import entry
from ftschema.schemas.reader import job_type
from ftschema.schemas.translate import Translator
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from ftschema.core.report import Report
    from ftschema.validation.contract import Contract


@frozen
class Conversion:
    """What became of a payload.

    Attributes:
        payload: The payload in the names of the target; it shares nothing that can change with the source.
        report: What is wrong with it by the target. First in it come keys of the source that the target would take
            for another key (`ambiguous-key`, at their place in the source); they are dropped.
        dropped: JSON Pointers, in the source, of what has no place in the result.
    """

    payload: dict[str, Any] = field(hash=False)
    report: Report
    dropped: tuple[str, ...] = ()


def convert(
    payload: dict[str, Any], source: str | Contract, target: str | Contract, *, keep_unknown: bool = True
) -> Conversion:
    """Return a payload of one contract as another holds it.

    Names are translated where both contracts declare them, at every depth. The caller's own data stays as it is: keys
    of metadata and of maps of graders, tags, response formats. Converted back, the payload is the same as before
    whenever nothing was dropped.

    Args:
        payload: A payload that is valid for the source.
        source: The contract that it keeps to, or its name.
        target: The contract that is asked for, or its name.
        keep_unknown: Whether keys that the source or the target does not declare stay, as they are.

    Raises:
        InvalidJobError: The payload is not valid for the source.
        UnknownContractError: There is no such contract.
    """
    before, after = _contract(source), _contract(target)
    before.validate(payload)
    translator = Translator(entry(before.name).spelling, entry(after.name).spelling, keep_unknown)
    converted = translator.translate(payload, (job_type(before.name),), (job_type(after.name),), ())
    report = after.check(converted)
    unclear = tuple(_ambiguous(path, after.name) for path in translator.ambiguous)
    found = limited(after.name, unclear + report.problems, report.omitted, report.hint)
    return Conversion(converted, found, tuple(map(join, translator.dropped)))


def _ambiguous(path: tuple[str | int, ...], target: str) -> Problem:
    message = f"expected keys of one meaning each, found {show(path[-1])}, which is another key of {target}"
    return Problem(join(path), "ambiguous-key", message)

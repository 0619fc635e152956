"""Convert a payload of one contract to the names of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ftschema.core.pointer import join
from ftschema.core.report import LONGEST_POINTER, Problem, Report
from ftschema.core.text import format_value, shorten
from ftschema.schemas.catalogue import entry
from ftschema.schemas.reader import root_type
from ftschema.schemas.translate import Translator
from ftschema.validation.contract import contract as _contract
from ftschema.validation.hidden import hidden_pointer, shown, shows

if TYPE_CHECKING:
    from ftschema.core.literals import ContractName
    from ftschema.validation.contract import Contract


@frozen
class Conversion:
    """The result of `convert`.

    Attributes:
        payload: The payload in the names of the target. It shares no mutable object with the source.
        report: The problems that the target finds in it. First come the keys of the source that would mean another key
            in the target (`ambiguous-key`, with their pointer in the source); these were dropped.
        dropped: JSON Pointers, in the source, of the values that were dropped.
    """

    payload: dict[str, Any] = field(hash=False)
    report: Report
    dropped: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return a line for each value that was dropped, and the report; the payload is not shown."""
        return "\n".join(
            [*(f"{shorten(pointer, LONGEST_POINTER)}: dropped" for pointer in self.dropped), str(self.report)]
        )


def convert(
    payload: dict[str, Any],
    source: ContractName | Contract,
    target: ContractName | Contract,
    *,
    keep_unknown: bool = True,
    show_values: bool | None = None,
) -> Conversion:
    """Convert a payload of one contract to the names of another.

    A name is translated, at any depth, if both contracts declare it. The caller's own data is not changed: the keys of
    metadata and of maps of graders, tags, response formats. Unless something was dropped, converting the result back
    gives the original payload.

    Args:
        payload: A payload that is valid for the source.
        source: The contract of the payload, or its name.
        target: The contract to convert to, or its name.
        keep_unknown: Whether to keep keys that the source or the target does not declare, unchanged.
        show_values: As in `check`, for the report and `dropped`.

    Raises:
        InvalidJobError: The payload is not valid for the source.
        UnknownContractError: There is no such contract.
    """
    before, after = _contract(source), _contract(target)
    before.validate(payload, show_values=show_values)
    translator = Translator(entry(before.name).spelling, entry(after.name).spelling, keep_unknown)
    converted = translator.translate(payload, (root_type(before.name),), (root_type(after.name),), ())
    ambiguous = Report.of(before.name, [_ambiguous_key(path, after.name) for path in translator.ambiguous])
    dropped = [join(path) for path in translator.dropped]
    if not shows(show_values):
        dropped = [hidden_pointer(before.name, pointer) for pointer in dropped]
    first, report = shown(ambiguous, show_values=show_values), after.check(converted, show_values=show_values)
    problems = first.problems + report.problems
    complete = Report.of(after.name, problems, first.omitted + report.omitted, report.hint)
    return Conversion(converted, complete, tuple(dropped))


def _ambiguous_key(path: tuple[str | int, ...], target: str) -> Problem:
    message = f"dropped the key {format_value(path[-1])}: it would mean another key in {target}"
    return Problem(join(path), "ambiguous-key", message, found=path[-1])

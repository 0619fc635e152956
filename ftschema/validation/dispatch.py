"""Choose the contract of a payload by what it is: by its kind, and for a page by the kind of its items."""

from __future__ import annotations

import re
from functools import cache
from functools import partial as partial_call
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from ftschema.core.errors import InvalidPayloadError
from ftschema.core.report import JobReport, Report, in_line
from ftschema.jsontext.decode import decode
from ftschema.jsontext.lines import LineChecker, line_reports
from ftschema.schemas.catalogue import DEFAULT, KINDS, PAGES, names, newest, prefix, prefix_of
from ftschema.validation.contract import contract
from ftschema.validation.hidden import shown_jobs, shows
from ftschema.validation.pipeline import not_an_object, reports_in
from ftschema.validation.recognition import BY_OBJECT, items_of, kind
from ftschema.validation.unpack import find_jobs, select

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftschema.core.report import LineReport
    from ftschema.validation.contract import Contract, Unknown

# The items of a page are at its beginning; a service that reads valid pages decodes each once.
_BEGINNING: Final = 4_096
_ITEM: Final = re.compile(
    rf'"object"\s{{0,9}}:\s{{0,9}}"({"|".join(re.escape(KINDS[name].object or "") for name in PAGES)})"'
)


def page_contract(name: object, items: str) -> Contract[Any]:
    """Return the contract for pages of a kind of items.

    Args:
        name: A name, perhaps with a kind of items in front, as in `event/azure`; None for the default. A date stands
            for the last change until then.
        items: The kind of the items, if the name does not say it.

    Raises:
        UnknownContractError: There is no such contract.
    """
    if not isinstance(name, str | None):
        return contract(name)  # type: ignore[arg-type]  # it raises the error
    return _page_contract(name, items)


@cache
def _page_contract(name: str | None, items: str) -> Contract[Any]:
    if name and "/" in name:
        return contract(f"page/{name.removeprefix('page/')}")
    known = {full.removeprefix(prefix(full)): full for full in names(f"page/{items}/")}
    if name is None:
        return contract(next(iter(known.values())))
    return contract(f"page/{items}/{newest(known, name) or name}")


def _nearest(kind: str, name: str | None) -> str:
    """Return the full name of a contract of a kind, or of the default if the kind has none of that name."""
    start = prefix_of(kind)
    known = [full.removeprefix(start) for full in names(start)]
    return start + ((newest(known, name) if name else None) or known[0])


@frozen
class Dispatcher:
    """Checks payloads that may be of several kinds, each against the contract of its kind.

    Attributes:
        kind: `page`, for pages of any items; or `auto`, for payloads of any kind.
        contract: The name of the contract, without a kind; None for the default of each kind.
        or_default: Whether pages of items that have no contract of that name are checked by their default, as are
            payloads of other kinds.
    """

    kind: str
    contract: str | None = None
    or_default: bool = False

    @property
    def name(self) -> str:
        """The contract of the reports of valid payloads."""
        return self.contract or DEFAULT

    def for_payload(self, payload: Any) -> Contract[Any]:
        """Return the contract for a payload."""
        found = "page" if self.kind == "page" else kind(payload) or "job"
        if found == "page":
            return self._for_page(items_of(payload))
        return contract(_nearest(found, self.contract))

    def _for_page(self, items: str) -> Contract[Any]:
        if self.or_default:
            return contract(_nearest(f"page/{items}", self.contract))
        return page_contract(self.contract, items)

    def guess(self, text: Any, max_size: int) -> Contract[Any]:
        """Return the contract that is probably the one for a text: for a page, that of its first item."""
        beginning = text[:_BEGINNING] if isinstance(text, str | bytes) else ""
        found = _ITEM.search(beginning if isinstance(beginning, str) else beginning.decode("latin-1"))
        if self.kind == "page" and found:
            return self._for_page(BY_OBJECT[found[1]])
        return self.for_text(text, max_size)

    def for_text(self, text: Any, max_size: int) -> Contract[Any]:
        """Return the contract for a text."""
        decoded = decode(text, max_size)
        return self.for_payload(None if decoded.problems else decoded.payload)

    def check(
        self,
        payload: Any,
        *,
        lifecycle: bool = False,
        partial: bool = False,
        unknown: Unknown = "allow",
        show_values: bool | None = None,
    ) -> Report:
        """Return the report of a payload."""
        return self.for_payload(payload).check(
            payload, lifecycle=lifecycle, partial=partial, unknown=unknown, show_values=show_values
        )

    def check_jobs(  # noqa: PLR0913  # one parameter for each option
        self,
        text: str | bytes,
        *,
        at: str | None,
        lifecycle: bool,
        partial: bool,
        unknown: Unknown,
        max_size: int,
        show_values: bool | None,
    ) -> tuple[JobReport, ...]:
        """Return a report for each object in a JSON text: one object, an array, or a wrapper of objects."""
        decoded = decode(text, max_size)
        if decoded.problems:
            return contract(self.name).check_jobs(text, max_size=max_size, show_values=show_values)

        def check(payload: Any) -> Report:
            report = self.check(payload, lifecycle=lifecycle, partial=partial, unknown=unknown, show_values=True)
            return report if isinstance(payload, dict) else not_an_object(report)

        found = self._found(decoded.payload) if at is None else select(decoded.payload, at)
        return shown_jobs(reports_in(decoded, found, check), decoded.payload, at=at, show_values=show_values)

    def _found(self, payload: Any) -> Iterable[tuple[tuple[str | int, ...], Any]]:
        if isinstance(payload, list) and payload:
            return (((index,), item) for index, item in enumerate(payload))
        return [((), payload)] if self.kind != "auto" or kind(payload) else find_jobs(payload, DEFAULT)

    def check_text(
        self, text: str | bytes, *, lifecycle: bool, unknown: Unknown, max_size: int, show_values: bool | None
    ) -> Report:
        """Return the report of a text."""

        def check(chosen: Contract[Any]) -> Report:
            return chosen.check_text(
                text, lifecycle=lifecycle, unknown=unknown, max_size=max_size, show_values=show_values
            )

        guessed = self.guess(text, max_size)
        report = check(guessed)
        chosen = self.for_text(text, max_size) if report.problems else guessed
        return report if chosen is guessed else check(chosen)

    def loads(self, text: str | bytes, *, lifecycle: bool, max_size: int, show_values: bool | None) -> Any:
        """Return the object of a text."""

        def load(chosen: Contract[Any]) -> Any:
            return chosen.loads(text, lifecycle=lifecycle, max_size=max_size, show_values=show_values)

        guessed = self.guess(text, max_size)
        try:
            return load(guessed)
        except InvalidPayloadError:
            chosen = self.for_text(text, max_size)
            if chosen is guessed:
                raise
        return load(chosen)

    def _check_line(self, text: str | bytes, number: int, **options: Any) -> Report:
        return in_line(self.check_text(text, **options), number)

    def check_lines(  # noqa: PLR0913  # one parameter for each option
        self,
        lines: Iterable[str | bytes] | str | bytes,
        *,
        lifecycle: bool,
        unknown: Unknown,
        jobs: int,
        max_size: int,
        show_values: bool | None,
    ) -> Iterator[LineReport]:
        """Return an iterator over the reports of the lines of JSON Lines."""
        show = shows(show_values)
        report = partial_call(
            self._check_line, lifecycle=lifecycle, unknown=unknown, max_size=max_size, show_values=show
        )
        return line_reports(LineChecker(None, report, max_size, keep_text=show), Report(self.name), lines, jobs)

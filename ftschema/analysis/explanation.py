"""`Explanation`: what `explain` returns, as data and as text."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import asdict, evolve, frozen

from ftschema.core.pointer import display
from ftschema.core.report import is_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftschema.analysis.examples import Example
    from ftschema.core.literals import ContractName

INDENT: Final = 10
"""The width of the headings, with the space after them."""

# How many places of a keyword are shown; `Explanation.places` has all of them.
_MOST_PLACES = 12


@frozen
class Note:
    """A comment of the schema, or the evidence for a rule, and the location that it is about."""

    pointer: str
    text: str


@frozen
class Past:
    """One thing that a published specification changed at a location; see `ftschema.diff` for the words."""

    date: str
    code: str
    before: str
    after: str


@frozen(kw_only=True)
class Explanation:
    """The explanation of a location of a contract, or of a problem code.

    Attributes:
        subject: The location in the names of the contract, with `*` for any item of an array or any key of a map; or
            the code.
        kind: `place` for a location; for a code `keyword` (of JSON Schema), `rule` (of the lifecycle), `json`,
            `conversion` or `unknown`.
        contract: Name of the contract.
        about: A description in one sentence.
        requirements: What the contract requires, each in a few words.
        severity: `error` or `warning`, of the problems with a code; None for a location.
        places: The locations to which a keyword applies.
        since: The first published specification that has the location; None if none has it, and for a code.
        changes: The changes that later specifications made there.
        why: The evidence, each note with the location that it is about, the nearest location first.
        right: Something that is accepted; None for a `json` code, and if the code does not apply to the contract.
        wrong: Something that is rejected, with the problem; None if nothing is.
    """

    subject: str
    kind: Literal["place", "keyword", "rule", "json", "conversion", "unknown"]
    contract: ContractName
    about: str
    requirements: tuple[str, ...] = ()
    severity: Literal["error", "warning"] | None = None
    places: tuple[str, ...] = ()
    since: str | None = None
    changes: tuple[Past, ...] = ()
    why: tuple[Note, ...] = ()
    right: Example | None = None
    wrong: Example | None = None

    @property
    def asks(self) -> tuple[str, ...]:
        """The old name of `requirements`, which warns."""
        warnings.warn("Explanation.asks is now called requirements", DeprecationWarning, stacklevel=2)
        return self.requirements

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON data; the input of a `json` example is null, as it may not be JSON."""
        shown = evolve(self, wrong=evolve(self.wrong, given=None)) if self.kind == "json" and self.wrong else self
        # The key keeps its old name.
        return {"asks" if key == "requirements" else key: value for key, value in asdict(shown, filter=is_data).items()}

    def __str__(self) -> str:
        """Return the explanation as the command `explain` prints it."""
        rows = [
            f"{'' if number else heading:{INDENT}}{line}"
            for heading, lines in sections(self)
            for number, line in enumerate(lines)
        ]
        return "\n".join([title(self), *rows])


def title(explanation: Explanation) -> str:
    """Return the first line of an explanation."""
    return f"{display(explanation.subject)} in {explanation.contract}"


def sections(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    """Yield each heading of an explanation, and the lines beside it."""
    yield "about", [explanation.about]
    yield "note" if explanation.kind == "rule" else "expects", [*explanation.requirements]
    yield "severity", [explanation.severity] if explanation.severity else []
    more = len(explanation.places) - _MOST_PLACES
    places = [*map(display, explanation.places[:_MOST_PLACES])]
    yield "where", [*places, *([f"… and {more} more"] if more > 0 else [])]
    if explanation.kind == "place":
        yield "since", _history(explanation)
    yield "why", [f"{note.pointer}: {note.text}" if note.pointer else note.text for note in explanation.why]
    if explanation.right:
        yield "valid", [explanation.right.shown]
    if explanation.wrong:
        yield "invalid", [explanation.wrong.shown, str(explanation.wrong.problem)]


def _history(explanation: Explanation) -> list[str]:
    since = explanation.since
    first = f"specification of {since}" if since else "not in any published specification"
    return [first, *(f"{past.date}: {past.code}: {past.before} → {past.after}" for past in explanation.changes)]

"""The exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftschema.core.text import clip, closest

if TYPE_CHECKING:
    from ftschema.core.report import Report


class _Comparable(Exception):  # noqa: N818  # what errors share, none by itself
    """An error that equals another of its class with the same contents, so that it survives a pool of workers."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.args == self.args

    def __hash__(self) -> int:
        return hash(self.args)


class UnknownContractError(_Comparable, LookupError):
    """There is no contract of that name.

    Attributes:
        name: What was asked for.
        known: The names that there are, the default first.
    """

    def __init__(self, name: object, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known

    def __str__(self) -> str:
        asked = clip(repr(self.name), 60) if isinstance(self.name, str) else f"for a {type(self.name).__name__}"
        near = closest(self.name, self.known) if isinstance(self.name, str) else None
        hint = f"did you mean {near!r}? " if near else ""
        return f"no contract {asked}; {hint}there are {', '.join(self.known)}"


class UnknownSubjectError(_Comparable, LookupError):
    """There is nothing of that name to explain.

    Attributes:
        subject: What was asked for: a code, or a pointer.
        contract: The contract that was asked.
        nearest: The most similar one that there is; None where none is similar.
    """

    def __init__(self, subject: object, contract: str, nearest: str | None) -> None:
        super().__init__(subject, contract, nearest)
        self.subject = subject
        self.contract = contract
        self.nearest = nearest

    def __str__(self) -> str:
        asked = clip(str(self.subject), 100) if isinstance(self.subject, str) else f"a {type(self.subject).__name__}"
        kind = "place" if asked.startswith("/") else "code"
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"the contract {self.contract} has no {kind} {asked}{hint}"


class InvalidJobError(_Comparable, ValueError):
    """A payload, or a text, is not a job of its contract.

    Attributes:
        report: What is wrong with it, and where.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        """Return the report below a headline, in less than 4,000 characters."""
        return f"not a fine_tuning.job of the contract {self.report.contract}:\n{self.report}"


class WorkerDiedError(_Comparable, RuntimeError):
    """Worker processes died again and again over the same work, for want of memory perhaps.

    Attributes:
        times: How often in a row.
    """

    def __init__(self, times: int) -> None:
        super().__init__(times)
        self.times = times

    def __str__(self) -> str:
        return f"worker processes died {self.times} times in a row over the same work"


class CannotCombineError(ValueError):
    """The parts that were fixed leave nothing that a job could be; the text says why."""

"""The exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftschema.core.text import closest, shorten, type_name

if TYPE_CHECKING:
    from ftschema.core.report import Report


def expect_type(name: str, value: object, *kinds: type) -> None:
    """Raise an error that names an argument, if its value has none of some types; no number is expected to be a bool.

    Raises:
        TypeError: It has none of them.
    """
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        words = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)
        raise TypeError(f"expected {name} as {words}, found {type_name(type(value))}")


class _Comparable(Exception):  # noqa: N818  # a base, never raised itself
    """An error that equals another of its class with the same arguments, so that it survives a pool of workers."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.args == self.args

    def __hash__(self) -> int:
        return hash(self.args)


class UnknownContractError(_Comparable, LookupError):
    """There is no contract of that name.

    Attributes:
        name: The unknown name.
        known: The names of all contracts, the default first.
    """

    def __init__(self, name: object, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known

    def __str__(self) -> str:
        known = f"Known: {', '.join(self.known)}"
        if not isinstance(self.name, str):
            return f"expected the name of a contract, found {type(self.name).__name__}. {known}"
        near = closest(self.name, self.known)
        hint = f"Did you mean {near!r}? " if near else ""
        return f"unknown contract {shorten(repr(self.name), 60)}. {hint}{known}"


class UnknownSubjectError(_Comparable, LookupError):
    """There is nothing of that name to explain.

    Attributes:
        subject: The unknown subject: a code, or a pointer.
        contract: The contract to which the subject does not belong.
        nearest: The most similar known subject; None if none is similar.
    """

    def __init__(self, subject: object, contract: str, nearest: str | None) -> None:
        super().__init__(subject, contract, nearest)
        self.subject = subject
        self.contract = contract
        self.nearest = nearest

    def __str__(self) -> str:
        if not isinstance(self.subject, str):
            return f"expected a code or a JSON Pointer, found {type(self.subject).__name__}"
        subject = shorten(self.subject, 100)
        kind = "location" if subject.startswith(("/", "#")) else "code"
        hint = f". Did you mean {self.nearest}?" if self.nearest else ""
        return f"contract {self.contract!r} has no {kind} {subject}{hint}"


class InvalidPayloadError(_Comparable, ValueError):
    """A payload, or a text, is not valid for its contract.

    Attributes:
        report: The problems, and where they are.
    """

    def __init__(self, report: Report) -> None:
        # The base class has the arguments already.
        self.report = report

    def __str__(self) -> str:
        """Return a headline and the report, in less than 4,000 characters."""
        return f"not valid for contract {self.report.contract!r}:\n{self.report}"


class InvalidJobError(InvalidPayloadError):
    """A payload, or a text, is not a valid job of its contract.

    Attributes:
        report: The problems, and where they are.
    """

    def __str__(self) -> str:
        """Return a headline and the report, in less than 4,000 characters."""
        return f"not a valid fine_tuning.job for contract {self.report.contract!r}:\n{self.report}"


def invalid(report: Report) -> InvalidPayloadError:
    """Return the error about an invalid payload."""
    # As `Report.kind`, which takes longer.
    return InvalidPayloadError(report) if "/" in report.contract else InvalidJobError(report)


class WorkerDiedError(_Comparable, RuntimeError):
    """Worker processes died again and again over the same work, perhaps because memory ran out.

    Attributes:
        times: How often in a row.
    """

    def __init__(self, times: int) -> None:
        super().__init__(times)
        self.times = times

    def __str__(self) -> str:
        return f"worker processes died {self.times} times in a row over the same work"


class CannotCombineError(ValueError):
    """No job can have the values that the caller fixed; the message says why."""

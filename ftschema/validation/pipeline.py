"""The stages of a check: decode, validate, rules, locate.

A stage runs only if those before it found no problem, so that one fault is reported once. Payloads that the fast path
proves valid need only the rules; the rest comes here. Imported at first need, because most valid jobs never need it.
"""

from __future__ import annotations

from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
from attrs import evolve

from ftschema.core.pointer import join
from ftschema.core.report import MOST_PROBLEMS, JobReport, Problem, Report, below, changed, has_problems, later
from ftschema.jsontext.data import find_non_json, is_json, is_json_of_size
from ftschema.jsontext.decode import decode_again, encode
from ftschema.schemas.catalogue import entry
from ftschema.schemas.paths import required_keys
from ftschema.validation.engine import validator_for, violations
from ftschema.validation.hints import look_alike_hint, python_hint, text_hint, whole_hint, zero_hint
from ftschema.validation.suggestions import unknown_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ftschema.core.literals import ContractName
    from ftschema.jsontext.decode import Decoded


# The most faulty jobs, and characters of the pointers, of a text: a megabyte may have 300,000, below a key of any
# length.
_MOST_INVALID, _LONGEST_POINTERS = 25_000, 10_000_000
# A longer text, or a larger payload, is not kept until the problems are read.
_LONGEST_KEPT = 100_000
_TOO_MANY_INVALID = Problem(
    "",
    "json-size",
    f"expected at most {_MOST_INVALID:,} faulty jobs in a text; those after them were not checked",
    expected=_MOST_INVALID,
)


class Pipeline:
    """The stages for one contract, or for its definition of one part of a job.

    Attributes:
        accepts: Whether JSON data is valid by the schema.
    """

    def __init__(self, contract: ContractName, part: str | None = None) -> None:
        self._contract = contract
        self._part = part
        self._valid = Report(contract)
        self._required = required_keys(contract, None, ())
        self.accepts: Callable[[Any], bool] = validator_for(contract, part)

    def check(self, payload: object, *, partial: bool = False) -> Report:
        """Return the report of a payload: is it JSON data, and is it valid by the schema?

        Args:
            payload: The payload.
            partial: Whether keys may be missing.
        """
        is_small = is_json_of_size(payload, _LONGEST_KEPT)
        if not (is_small or is_json(payload)):
            return Report.of(self._contract, *find_non_json(payload, MOST_PROBLEMS), python_hint(payload))
        return self._validate(payload, partial=partial, is_small=is_small)

    def check_decoded(
        self, decoded: Decoded, *, lifecycle: bool, unknown: bool = False, line: int | None = None
    ) -> Report:
        """Return the report of a decoded text; each problem has its place in the text.

        Args:
            decoded: The text.
            lifecycle: Whether the rules are checked too.
            unknown: Whether unknown keys are reported.
            line: The line of all positions, if the text is one of JSON Lines.
        """
        text = _Text(self, decoded.text, decoded.is_bytes, line)
        if decoded.problems:
            hint = text_hint(decoded.text)
            return Report.of(self._contract, text.located(decoded.problems), decoded.omitted, hint)
        return self._check_job(decoded.payload, text, lifecycle=lifecycle, unknown=unknown)

    def check_jobs(
        self, decoded: Decoded, *, at: str | None, lifecycle: bool, partial: bool, unknown: bool
    ) -> tuple[JobReport, ...]:
        """Return the reports of the jobs in a decoded text; each problem has its place in the text.

        Args:
            decoded: The text.
            at: JSON Pointer of the jobs, with `*` for any key or index; None finds them.
            lifecycle: Whether the rules are checked too.
            partial: Whether keys may be missing.
            unknown: Whether unknown keys are reported.
        """
        if decoded.problems:
            return (JobReport("", self.check_decoded(decoded, lifecycle=lifecycle)),)
        # Most texts are one job.
        from ftschema.validation.unpack import find_jobs, select  # noqa: PLC0415

        jobs = find_jobs(decoded.payload, self._contract) if at is None else select(decoded.payload, at)

        def check(job: Any) -> Report:
            return self._check_job(job, lifecycle=lifecycle, partial=partial, unknown=unknown)

        return reports_in(decoded, jobs, check)

    def _check_job(
        self, payload: Any, text: _Text | None = None, *, lifecycle: bool, partial: bool = False, unknown: bool
    ) -> Report:
        report = self._validate(payload, text, partial=partial)
        if not isinstance(payload, dict):
            return not_an_object(report)
        if has_problems(report) or not (lifecycle or unknown):
            return report
        report = self.check_valid(payload, lifecycle=lifecycle, partial=partial, unknown=unknown)
        return changed(report, text.located) if text else report

    def _validate(self, payload: Any, text: _Text | None = None, *, partial: bool, is_small: bool = False) -> Report:
        """Return the report of JSON data by the schema, with places if it is from a text."""
        if self.accepts(payload):
            return self._valid
        if partial:
            suggestions = self._look_alike(payload) is None
            problems, omitted = violations(self._contract, payload, self._part, partial=True, suggestions=suggestions)
            return Report.of(self._contract, problems, omitted, self.hint(payload, problems) if problems else None)
        if is_small:
            return later(self._contract, _Copy(self, msgspec.to_builtins(payload)))
        text = text or _Text(self, encode(payload))
        if len(text.text) <= _LONGEST_KEPT:
            return later(self._contract, text)
        problems, omitted = self.violations(payload, text.text)
        return Report.of(self._contract, text.located(problems), omitted, self.hint(payload, problems))

    def violations(self, payload: Any, text: str | bytes) -> tuple[list[Problem], int]:
        """Return the problems of JSON data that is invalid, and the number of those left out."""
        suggestions = self._look_alike(payload) is None
        return violations(self._contract, payload, self._part, suggestions=suggestions, text=text)

    def hint(self, payload: Any, problems: Sequence[Problem]) -> str | None:
        """Return the hint about JSON data that has these problems."""
        look_alike = self._look_alike(payload)
        if look_alike is None and self._is_whole(payload):
            return whole_hint(self._contract, payload, problems)
        return look_alike

    def _look_alike(self, payload: Any) -> str | None:
        """Return the hint that a payload is something else; it then has no suggestions and no repairs."""
        # A part of a job is not taken for something else, nor is what has the keys of a job.
        if self._part is not None or (isinstance(payload, dict) and payload.keys() >= self._required):
            return None
        return look_alike_hint(self._contract, payload)

    def _is_whole(self, payload: Any) -> bool:
        return self._part is None and isinstance(payload, dict)

    def check_valid(self, payload: dict[str, Any], *, lifecycle: bool, partial: bool, unknown: bool) -> Report:
        """Return the report of a payload that is valid by the schema: by the rules across its fields, and its keys.

        If it is partial, a rule that needs a missing key does not apply.
        """
        report = self._valid if not lifecycle or self.obeys(payload) else self._check_rules(payload, partial=partial)
        if not unknown:
            return report
        warnings, omitted = unknown_keys(self._contract, payload)
        return Report.of(self._contract, (*report.problems, *warnings), report.omitted + omitted, report.hint)

    @cached_property
    def obeys(self) -> Callable[[dict[str, Any]], bool]:
        """The function that tells whether a payload that is valid by the schema violates no rule."""
        # Most checks apply no rules.
        from ftschema.schemas.rules import rule_checker  # noqa: PLC0415
        from ftschema.schemas.translate import wire_reader  # noqa: PLC0415

        obeys, read = rule_checker(self._contract), wire_reader(self._contract)
        return obeys if entry(self._contract).spelling == "wire" else lambda payload: obeys(read(payload))

    def _check_rules(self, payload: dict[str, Any], *, partial: bool) -> Report:
        from ftschema.schemas.rules import rule_problems  # noqa: PLC0415  # as above
        from ftschema.schemas.translate import pointer_from_wire, to_wire  # noqa: PLC0415

        problems = []
        for problem in rule_problems(self._contract, to_wire(self._contract, payload), partial=partial):
            # Rules use the names of the wire.
            pointer = pointer_from_wire(self._contract, problem.pointer)
            # The repair of a rule replaces the value that violates it.
            repair = problem.repair and tuple(operation | {"path": pointer} for operation in problem.repair)
            problems.append(evolve(problem, pointer=pointer, repair=repair))
        # Of a partial job, only a rule that does not apply may be violated.
        return Report.of(self._contract, problems, hint=zero_hint(payload)) if problems else self._valid


# Structs, because they are made in a quarter of the time of a tuple with names.
class _Copy(msgspec.Struct, gc=False):
    """A copy of an invalid payload, which is not changed until its problems are read.

    Attributes:
        pipeline: What finds the problems.
        payload: The copy; its strings are those of the payload.
    """

    pipeline: Pipeline
    payload: Any

    def problems(self) -> tuple[Sequence[Problem], int]:
        return self.pipeline.violations(self.payload, encode(self.payload))

    def hint(self, problems: Sequence[Problem]) -> str | None:
        return self.pipeline.hint(self.payload, problems)


class _Text(msgspec.Struct, gc=False):
    """An invalid payload as text, which it is from, or in which it cannot be changed until its problems are read.

    Attributes:
        pipeline: What finds the problems.
        text: The text.
        in_bytes: Whether offsets count bytes; None if the problems have no places.
        line: The line of all places, if the text is one of JSON Lines.
    """

    pipeline: Pipeline
    text: str | bytes
    in_bytes: bool | None = None
    line: int | None = None

    def problems(self) -> tuple[Sequence[Problem], int]:
        problems, omitted = self.pipeline.violations(decode_again(self.text), self.text)
        return self.located(problems), omitted

    def located(self, problems: Sequence[Problem]) -> Sequence[Problem]:
        """Return problems with their places."""
        if self.in_bytes is None:
            return problems
        return _located()(problems, self.text, in_bytes=self.in_bytes, line=self.line)

    def hint(self, problems: Sequence[Problem]) -> str | None:
        return self.pipeline.hint(decode_again(self.text), problems)


# Valid texts do not need it, and an import takes a tenth of the time of a check, even of a module that is loaded.
@cache
def _located() -> Callable[..., tuple[Problem, ...]]:
    from ftschema.jsontext.locate import located  # noqa: PLC0415

    return located


def reports_in(
    decoded: Decoded, found: Iterable[tuple[tuple[str | int, ...], Any]], check: Callable[[Any], Report]
) -> tuple[JobReport, ...]:
    """Return the reports of values that were found in a decoded text; each problem has its place in the text."""
    reports: list[tuple[str, Report]] = []
    invalid, room = 0, _LONGEST_POINTERS
    for path, value in found:
        report = check(value)
        if invalid == _MOST_INVALID or room < 0:
            reports.append(("", Report(report.contract, (_TOO_MANY_INVALID,))))
            break
        pointer = join(path)
        invalid += has_problems(report)
        room -= len(pointer) * (1 + len(report.problems))
        reports.append((pointer, report))
    problems = [below(pointer, problem) for pointer, report in reports for problem in report]
    places = iter(_located()(problems, decoded.text, in_bytes=decoded.is_bytes))
    return tuple(
        JobReport(pointer, evolve(report, problems=tuple(islice(places, len(report.problems)))))
        for pointer, report in reports
    )


def not_an_object(report: Report) -> Report:
    """Return the report of another value than an object as that of a text."""

    def of_text(problem: Problem) -> Problem:
        return evolve(problem, code="json-not-an-object") if problem.code == "type" else problem

    return changed(report, lambda problems: [*map(of_text, problems)])

"""A contract and what it can do with payloads, texts and jobs, as methods and as functions.

A check has stages: the text, whether the payload is JSON data, the schema, the lifecycle. Each runs only when the one
before it found nothing, so that one fault is reported once.
"""

from __future__ import annotations

import json
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any, cast

from attrs import evolve, frozen

from ftschema.core.errors import InvalidJobError, UnknownContractError
from ftschema.core.report import MOST_PROBLEMS, LineReport, Problem, Report, cycle_report, limited
from ftschema.jsontext import data as jsondata
from ftschema.jsontext import decode as jsontext
from ftschema.model import records
from ftschema.schemas import catalogue

# Modules that a first `is_valid` does not need are imported where they are: a service that starts, a command line and a
# test run that has the pytest plugin pay for what they use.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ftschema.model.job import FineTuningJob


@frozen(slots=False)
class Contract:
    """What a `fine_tuning.job` has to be, under a name; made by `ftschema.contract(name)`.

    Attributes:
        name: Name of the contract.
        about: What it says, in half a sentence.
    """

    name: str
    about: str

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name, so that a contract is one object in each process."""
        return contract, (self.name,)

    def schema(self) -> dict[str, Any]:
        """Return a fresh copy of the JSON Schema (draft 2020-12)."""
        return catalogue.read_schema(self.name)

    def is_valid(self, payload: object) -> bool:
        """Return whether a payload is JSON data and keeps to the contract; never raises for bad data."""
        record = self._fitted(payload)
        if record:
            return True
        return (record is False or jsondata.is_json(payload)) and self._accepts(payload)

    @cached_property
    def _fitted(self) -> Callable[[Any], Any]:
        return records.fitter(self.name, records.record(self.name))

    @cached_property
    def _read(self) -> Callable[[bytes], Any]:
        return records.reader(records.record(self.name))

    @cached_property
    def _accepts(self) -> Callable[[Any], bool]:
        # Most valid jobs fit their record, and need no engine.
        from ftschema.validation import engine

        return engine.acceptor(self.name)

    def check(self, payload: Any, *, lifecycle: bool = False) -> Report:
        """Return what is wrong with a payload; never raises for bad data.

        Args:
            payload: Parsed JSON, as `json.loads` makes it; anything else is reported as such.
            lifecycle: Whether the rules across fields are checked too, once the schema is met.
        """
        record = self._fitted(payload)
        if not record:
            report = checked(self.name, payload, is_json=record is False)
            if report.problems:
                return report
        if not lifecycle:
            return self._nothing
        return limited(self.name, _broken_rules(self.name, payload))

    def validate(self, payload: object, *, lifecycle: bool = False) -> None:
        """Return nothing when a payload keeps to the contract.

        Raises:
            InvalidJobError: It does not; warnings do not count.
        """
        report = self.check(payload, lifecycle=lifecycle)
        if not report.ok:
            raise InvalidJobError(report)

    def structure(self, payload: object) -> FineTuningJob:
        """Return the job that a payload holds; the two share nothing that can change.

        Raises:
            InvalidJobError: The payload does not keep to the contract.
        """
        fit, fill = self._fit_and_fill
        record = fit(payload)
        if record:
            return fill(record)
        report = checked(self.name, payload, is_json=record is False)
        if report.problems:
            raise InvalidJobError(report)
        return self._structured(payload)

    @cached_property
    def _fit_and_fill(self) -> tuple[Callable[[Any], Any], Callable[[Any], FineTuningJob]]:
        from ftschema.model import fill

        return records.fitter(self.name, fill.record(self.name)), fill.filler(self.name)

    @cached_property
    def _structured(self) -> Callable[[Any], FineTuningJob]:
        from ftschema.model import structure
        from ftschema.model.job import FineTuningJob

        return cast("Callable[[Any], FineTuningJob]", structure.builder(self.name).get_structure_hook(FineTuningJob))

    def unstructure(self, job: FineTuningJob) -> dict[str, Any]:
        """Return the payload of a job: the same keys and values that it was made from, fields first.

        A job that was built by hand is not checked.

        Raises:
            InvalidJobError: The job contains itself; possible only when built by hand.
            TypeError: It is no `FineTuningJob`.
            ValueError: A key in `extra` is one that the contract names, and its field is set too.
        """
        try:
            return self._unstructured(job)
        except RecursionError:
            raise InvalidJobError(cycle_report(self.name)) from None

    @cached_property
    def _unstructured(self) -> Callable[[FineTuningJob], dict[str, Any]]:
        from ftschema.model import structure
        from ftschema.model.job import FineTuningJob

        hook = structure.builder(self.name).get_unstructure_hook(FineTuningJob)

        def unstructured(job: FineTuningJob) -> dict[str, Any]:
            if not isinstance(job, FineTuningJob):
                raise TypeError(f"expected a FineTuningJob, found {type(job).__name__}")
            payload: dict[str, Any] = hook(job)
            return payload

        return unstructured

    def loads(self, text: str | bytes) -> FineTuningJob:
        """Return the job that a JSON text holds.

        Raises:
            InvalidJobError: The text is not JSON, or its payload does not keep to the contract.
        """
        read, fill = self._read_and_fill
        record = jsontext.quick_as(read, text)
        if record is not ...:
            return fill(record)
        payload = jsontext.quick(text)
        if payload is ... or not self._accepts(payload):
            decoded = jsontext.decode(text)
            if decoded.problems or not self.is_valid(decoded.payload):
                raise InvalidJobError(self.check_text(text))
            payload = decoded.payload
        return self._structured(payload)

    @cached_property
    def _read_and_fill(self) -> tuple[Callable[[bytes], Any], Callable[[Any], FineTuningJob]]:
        from ftschema.model import fill

        return records.reader(fill.record(self.name)), fill.filler(self.name)

    def dumps(self, job: FineTuningJob, *, indent: int | None = None) -> bytes:
        """Return a job as JSON text in UTF-8.

        Args:
            job: The job, made by `structure` or `loads`, or built by hand.
            indent: Spaces for each level; None writes one line.

        Raises:
            InvalidJobError: It holds what JSON has no form for, such as NaN; possible only when built by hand.
            TypeError: It is no `FineTuningJob`.
        """
        text = self._written(job) if indent is None else None
        if text is not None:
            return text
        payload = self.unstructure(job)
        if not jsondata.is_json(payload):
            raise InvalidJobError(self.check(payload))
        if indent is None:
            return jsontext.encode(payload)
        return json.dumps(payload, ensure_ascii=False, indent=indent).encode()

    @cached_property
    def _written(self) -> Callable[[FineTuningJob], bytes | None]:
        from ftschema.model import fill

        return fill.written if catalogue.entry(self.name).spelling == "wire" else lambda _: None

    def check_text(self, text: str | bytes, *, lifecycle: bool = False) -> Report:
        """Return what is wrong with a JSON text or its payload, and where in the text; never raises for bad data.

        Args:
            text: One JSON document; bytes are UTF-8, and offsets count them then.
            lifecycle: As in `check`.
        """
        if self._is_fine(text, lifecycle=lifecycle):
            return self._nothing
        return self._looked_into(text, lifecycle=lifecycle)

    def _looked_into(self, text: str | bytes, *, lifecycle: bool) -> Report:
        """Return the report of a text that is not quickly seen to be fine."""
        decoded = jsontext.decode(text)
        report = limited(self.name, decoded.problems)
        if not report.problems:
            report = self.check(decoded.payload, lifecycle=lifecycle)
            if not isinstance(decoded.payload, dict):
                report = evolve(report, problems=tuple(map(_no_object, report)))
        if not report.problems:
            return report
        from ftschema.jsontext.locate import located

        in_bytes = not isinstance(text, str)
        return evolve(report, problems=located(report.problems, decoded.text, in_bytes=in_bytes))

    def _is_fine(self, text: str | bytes, *, lifecycle: bool) -> bool:
        """Return whether it is quickly seen that nothing is wrong with a text."""
        if not lifecycle and jsontext.quick_as(self._read, text) is not ...:
            return True
        payload = jsontext.quick(text)
        return payload is not ... and self._accepts(payload) and not (lifecycle and _broken_rules(self.name, payload))

    def _unclear(self, texts: list[str | bytes], *, lifecycle: bool) -> list[int]:
        """Return the places of the texts of which it is not quickly seen that nothing is wrong with them."""
        places = range(len(texts)) if lifecycle else jsontext.unread(self._read, texts)
        return [place for place in places if not self._is_fine(texts[place], lifecycle=lifecycle)]

    @cached_property
    def _nothing(self) -> Report:
        return Report(self.name)

    def check_lines(
        self, lines: Iterable[str | bytes] | str | bytes, *, lifecycle: bool = False, jobs: int = 1
    ) -> Iterator[LineReport]:
        """Return an iterator over what is wrong with each line of JSON Lines, in order; few are in memory at a time.

        Args:
            lines: A file, open for text or bytes, or any other lines; or all of them as one text. A plain file is read
                some lines ahead, what may have to wait for its lines is not.
            lifecycle: As in `check`.
            jobs: How many processes to use; they read an uncompressed file, open for bytes, by themselves. When one
                dies, this is logged as a warning and its lines are checked again.

        Raises:
            WorkerDiedError: Processes died again and again over the same lines.
        """
        from ftschema.jsontext.lines import Look, line_reports

        look = Look(
            partial(self._is_fine, lifecycle=lifecycle),
            partial(self._unclear, lifecycle=lifecycle),
            partial(self._looked_into, lifecycle=lifecycle),
        )
        return line_reports(look, self._nothing, lines, jobs)


def checked(contract: str, payload: object, part: str | None = None, *, is_json: bool = False) -> Report:
    """Return what is wrong with a payload by a contract's schema, or by its definition of one part of a job.

    Whether it is JSON data is looked at too, if that is not known.
    """
    if not (is_json or jsondata.is_json(payload)):
        return limited(contract, *jsondata.faults(payload, MOST_PROBLEMS))
    from ftschema.validation import engine

    if engine.acceptor(contract, part)(payload):
        return Report(contract)
    found, omitted = engine.findings(contract, payload, MOST_PROBLEMS, part)
    if part is not None:
        return limited(contract, found, omitted)
    from ftschema.validation.hints import explained

    found, hint = explained(contract, payload, found)
    return limited(contract, found, omitted, hint)


def _no_object(problem: Problem) -> Problem:
    return evolve(problem, code="json-not-an-object") if problem.code == "type" else problem


def _broken_rules(contract: str, payload: dict[str, Any]) -> list[Problem]:
    """Return the rules that an accepted payload breaks; they are written in the names of the wire."""
    from ftschema.schemas.rules import rule_problems
    from ftschema.schemas.translate import pointer_from_wire, to_wire

    found = []
    for problem in rule_problems(contract, to_wire(contract, payload)):
        place = pointer_from_wire(contract, problem.pointer)
        # A rule's repair is of the very value that breaks it.
        repair = problem.repair and tuple(operation | {"path": place} for operation in problem.repair)
        found.append(evolve(problem, pointer=place, repair=repair))
    return found


@cache
def _made(name: str) -> Contract:
    entry = catalogue.entry(name)
    return Contract(entry.name, entry.about)


def contract(name: str | Contract = catalogue.DEFAULT) -> Contract:
    """Return the contract of that name, always the same object; a contract is returned as it is.

    Raises:
        UnknownContractError: There is none; the error lists the names.
    """
    if isinstance(name, Contract):
        return name
    try:
        return _made(name)
    except TypeError:
        # It has no hash.
        raise UnknownContractError(name, contracts()) from None


def contracts() -> tuple[str, ...]:
    """Return the name of every contract, the default first."""
    return catalogue.names()


# ---------------------------------------------------------------- the methods as functions

# Their argument `contract` hides the function of that name.
_contract = contract


def schema(contract: str | Contract = catalogue.DEFAULT) -> dict[str, Any]:
    """Return a fresh copy of the JSON Schema (draft 2020-12) of a contract; see `Contract.schema`."""
    return _contract(contract).schema()


def is_valid(payload: object, contract: str | Contract = catalogue.DEFAULT) -> bool:
    """Return whether a payload keeps to a contract; see `Contract.is_valid`."""
    return _contract(contract).is_valid(payload)


def check(payload: object, contract: str | Contract = catalogue.DEFAULT, *, lifecycle: bool = False) -> Report:
    """Return what is wrong with a payload; see `Contract.check`."""
    return _contract(contract).check(payload, lifecycle=lifecycle)


def validate(payload: object, contract: str | Contract = catalogue.DEFAULT, *, lifecycle: bool = False) -> None:
    """Raise `InvalidJobError` for a payload that does not keep to a contract; see `Contract.validate`."""
    _contract(contract).validate(payload, lifecycle=lifecycle)


def structure(payload: object, contract: str | Contract = catalogue.DEFAULT) -> FineTuningJob:
    """Return the job that a payload holds, or raise `InvalidJobError`; see `Contract.structure`."""
    return _contract(contract).structure(payload)


def unstructure(job: FineTuningJob, contract: str | Contract = catalogue.DEFAULT) -> dict[str, Any]:
    """Return the payload of a job; see `Contract.unstructure`."""
    return _contract(contract).unstructure(job)


def loads(text: str | bytes, contract: str | Contract = catalogue.DEFAULT) -> FineTuningJob:
    """Return the job that a JSON text holds, or raise `InvalidJobError`; see `Contract.loads`."""
    return _contract(contract).loads(text)


def dumps(job: FineTuningJob, contract: str | Contract = catalogue.DEFAULT, *, indent: int | None = None) -> bytes:
    """Return a job as JSON text in UTF-8; see `Contract.dumps`."""
    return _contract(contract).dumps(job, indent=indent)


def check_text(text: str | bytes, contract: str | Contract = catalogue.DEFAULT, *, lifecycle: bool = False) -> Report:
    """Return what is wrong with a JSON text or its payload; see `Contract.check_text`."""
    return _contract(contract).check_text(text, lifecycle=lifecycle)


def check_lines(
    lines: Iterable[str | bytes] | str | bytes,
    contract: str | Contract = catalogue.DEFAULT,
    *,
    lifecycle: bool = False,
    jobs: int = 1,
) -> Iterator[LineReport]:
    """Yield what is wrong with each line of JSON Lines; see `Contract.check_lines`."""
    return _contract(contract).check_lines(lines, lifecycle=lifecycle, jobs=jobs)

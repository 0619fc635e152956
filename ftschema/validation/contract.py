"""`Contract`: its methods check payloads and texts and read and write objects; the functions below call them by name.

Each method tries the fast path first, which proves most valid payloads valid (`validation.fast_path`). What it cannot
prove goes through the stages of a check (`validation.pipeline`).
"""

from __future__ import annotations

from functools import cache, cached_property, partial
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar

from attrs import frozen

from ftschema.core.errors import UnknownContractError, expect_type, invalid
from ftschema.core.literals import ContractName  # noqa: TC001  # for `typing.get_type_hints`
from ftschema.core.report import JobReport, LineReport, Report, cycle_report, has_problems
from ftschema.jsontext.data import is_json
from ftschema.jsontext.decode import MAX_SIZE, decode, encode, indented, is_longer
from ftschema.schemas import catalogue
from ftschema.validation.fast_path import FastPath, fast_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from typing_extensions import TypeVar as TypeVarWithDefault

    from ftschema.model.kinds.job import FineTuningJob
    from ftschema.schemas.catalogue import Form
    from ftschema.validation.pipeline import Pipeline

    # To a type checker, `Contract` alone is a contract of the job.
    Model = TypeVarWithDefault("Model", default=FineTuningJob)
else:
    Model = TypeVar("Model")

Unknown: TypeAlias = Literal["allow", "warn"]
"""The treatment of keys that a contract does not declare."""


@frozen(slots=False)
class Contract(Generic[Model]):
    """A named definition of one kind of object; get one with `ftschema.contract(name)`.

    Attributes:
        name: Name of the contract; in front of it the kind, if that is not the job: `event/observed`.
        about: What it describes, in a phrase.
    """

    name: ContractName
    about: str

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name, so that a contract is one object in each process."""
        return contract, (self.name,)

    @cached_property
    def _fast(self) -> FastPath:
        return fast_path(self.name)

    # Modules that most calls do not need are imported at first need: a service that starts, a command line and a test
    # run that has the pytest plugin pay only for what they use.

    @cached_property
    def _pipeline(self) -> Pipeline:
        from ftschema.validation.pipeline import Pipeline  # noqa: PLC0415

        return Pipeline(self.name)

    @cached_property
    def _hooks(self) -> tuple[Callable[[Any], Model], Callable[[Model], dict[str, Any]]]:
        """The functions that structure and unstructure objects, with cattrs."""
        from ftschema.model.structure import root_hooks  # noqa: PLC0415

        return root_hooks(self.name)

    @cached_property
    def _valid(self) -> Report:
        return Report(self.name)

    def schema(self, form: Form = "default") -> dict[str, Any]:
        """Return a fresh copy of the JSON Schema (draft 2020-12), or of another form of it.

        Args:
            form: `default` reports each error at the value that is wrong. `plain` has the same verdicts and no `if`,
                for generators of code and data; `openapi` is a document of OpenAPI 3.1 with the plain form as
                components, and `draft-07` is the plain form in that draft.
        """
        return catalogue.read_schema(self.name, form)

    def is_valid(self, payload: object, *, lifecycle: bool = False) -> bool:
        """Return whether a payload is valid JSON data by the contract; never raises for bad data.

        Args:
            payload: The payload.
            lifecycle: As in `check`.
        """
        if lifecycle:
            return self.check(payload, lifecycle=True, show_values=True).ok
        return self._fast.proves(payload) or (is_json(payload) and self._pipeline.accepts(payload))

    def check(
        self,
        payload: Any,
        *,
        lifecycle: bool = False,
        partial: bool = False,
        unknown: Unknown = "allow",
        show_values: bool | None = None,
    ) -> Report:
        """Return a report of the problems of a payload; never raises for bad data.

        Args:
            payload: Parsed JSON, as `json.loads` returns it; anything else is reported as such.
            lifecycle: Whether the rules across fields are checked too, if the payload is valid by the schema.
            partial: Whether keys may be missing, as in test doubles and excerpts. Present keys are checked; a rule that
                needs a missing key does not apply.
            unknown: What to do with keys that the contract does not declare, if the payload is valid by the schema:
                `allow` them, or `warn` of each, with the key that was perhaps meant.
            show_values: Whether the report may hold what is in the payload. If not, it says what was expected, and
                where; no value, no repair, and `*` for each key that the contract does not declare. None: yes, unless
                the environment variable FTSCHEMA_SHOW_VALUES is 0.

        Raises:
            TypeError: `show_values` is none of these.
            ValueError: `unknown` is neither of these.
        """
        warn = _warns(unknown)
        fast = self._fast
        if fast.expects_fault or not fast.proves(payload):
            report = self._pipeline.check(payload, partial=partial)
            fast.expects_fault = has_problems(report)
            if fast.expects_fault:
                return _shown(report, show_values)
        if not (warn or (lifecycle and not self._pipeline.obeys(payload))):
            return self._valid
        report = self._pipeline.check_valid(payload, lifecycle=lifecycle, partial=partial, unknown=warn)
        return _shown(report, show_values)

    def validate(self, payload: object, *, lifecycle: bool = False, show_values: bool | None = None) -> None:
        """Raise an error if a payload is invalid.

        Args:
            payload: The payload.
            lifecycle: As in `check`.
            show_values: As in `check`, for the report of the error.

        Raises:
            InvalidJobError: The payload is invalid; warnings do not count.
        """
        report = self.check(payload, lifecycle=lifecycle, show_values=show_values)
        if not report.ok:
            raise invalid(report)

    def structure(self, payload: Any, *, lifecycle: bool = False, show_values: bool | None = None) -> Model:
        """Return the job of a payload; the two share nothing mutable.

        Args:
            payload: The payload.
            lifecycle: As in `check`.
            show_values: As in `check`, for the report of the error.

        Raises:
            InvalidJobError: The payload is invalid; warnings do not count.
        """
        job: Model | None = self._fast.structure(payload)
        if job is None:
            report = self._pipeline.check(payload)
            if has_problems(report):
                raise invalid(_shown(report, show_values))
        if lifecycle:
            report = self._pipeline.check_valid(payload, lifecycle=True, partial=False, unknown=False)
            if not report.ok:
                raise invalid(_shown(report, show_values))
        if job is not None:
            return job
        structure, _ = self._hooks
        return structure(payload)

    def unstructure(self, job: Model) -> dict[str, Any]:
        """Return the payload of a job: the keys and values that it was made from, fields first.

        A job that was built by hand is not checked.

        Raises:
            InvalidJobError: The job contains itself; possible only if it was built by hand.
            TypeError: It is not a `FineTuningJob`.
            ValueError: A key in `extra` is also the key of a field that is set.
        """
        _, unstructure = self._hooks
        try:
            return unstructure(job)
        except RecursionError:
            raise invalid(cycle_report(self.name)) from None

    def loads(
        self,
        text: str | bytes,
        *,
        lifecycle: bool = False,
        max_size: int = MAX_SIZE,
        show_values: bool | None = None,
    ) -> Model:
        """Return the job of a JSON text.

        Args:
            text: One JSON document, as for `check_text`.
            lifecycle: As in `check`.
            max_size: As for `check_text`.
            show_values: As in `check`, for the report of the error.

        Raises:
            InvalidJobError: The text is not JSON, or its payload is invalid; warnings do not count.
            TypeError: It is neither `str` nor bytes.
        """
        job: Model | None = None if lifecycle or is_longer(text, max_size) else self._fast.loads(text)
        if job is not None:
            return job
        decoded = decode(text, max_size)
        if not decoded.problems:
            job = self._fast.structure_json(decoded.payload)
        if job is None or lifecycle:
            report = self._pipeline.check_decoded(decoded, lifecycle=lifecycle)
            if not report.ok:
                raise invalid(_shown(report, show_values))
        structure, _ = self._hooks
        return structure(decoded.payload) if job is None else job

    def dumps(self, job: Model, *, indent: int | None = None) -> bytes:
        """Return a job as JSON text in UTF-8.

        Args:
            job: The job, made by `structure` or `loads`, or built by hand.
            indent: Spaces per level; None writes one line.

        Raises:
            InvalidJobError: The job has a value that JSON does not have, such as NaN; possible only if it was built
                by hand.
            TypeError: It is not a `FineTuningJob`.
        """
        text = self._fast.dumps(job)
        if text is None:
            payload = self.unstructure(job)
            if not is_json(payload):
                raise invalid(self.check(payload))
            text = encode(payload)
        if indent is None:
            return text
        if type(indent) is not int:
            expect_type("indent", indent, int)
        return indented(text, indent)

    def check_text(
        self,
        text: str | bytes,
        *,
        lifecycle: bool = False,
        unknown: Unknown = "allow",
        max_size: int = MAX_SIZE,
        show_values: bool | None = None,
    ) -> Report:
        """Return a report of the problems of a JSON text or its payload, with their positions in the text.

        It never raises for bad data.

        Args:
            text: One JSON document; bytes are UTF-8, and then offsets count bytes.
            lifecycle: As in `check`.
            unknown: As in `check`.
            max_size: How many bytes, or characters of a `str`, the text may have. A longer one is not decoded; its
                report has the problem `json-size`.
            show_values: As in `check`.

        Raises:
            TypeError: The text is neither `str` nor bytes.
            ValueError: `unknown` is neither `allow` nor `warn`.
        """
        warn = _warns(unknown)
        # A text that is proved valid has no unknown keys.
        if not (lifecycle or is_longer(text, max_size)) and self._fast.proves_text(text):
            return self._valid
        return self._full_report(text, lifecycle=lifecycle, unknown=warn, max_size=max_size, show_values=show_values)

    def check_jobs(  # noqa: PLR0913  # one parameter for each option
        self,
        text: str | bytes,
        *,
        at: str | None = None,
        lifecycle: bool = False,
        partial: bool = False,
        unknown: Unknown = "allow",
        max_size: int = MAX_SIZE,
        show_values: bool | None = None,
    ) -> tuple[JobReport, ...]:
        """Return a report for each job in a JSON text: one job, a page, an array, jobs by name, or a wrapper of these.

        Never raises for bad data. A text in which no job is recognized is checked as one job, and so is one that is not
        JSON.

        Args:
            text: One JSON document, as for `check_text`.
            at: JSON Pointer of the jobs, in which `*` is every item or every key, as in `/results/*/job`. If there is
                nothing at the pointer, there are no reports.
            lifecycle: As in `check`.
            partial: As in `check`.
            unknown: As in `check`.
            max_size: As in `check_text`.
            show_values: As in `check`. If not, the pointers of the jobs have `*` for the names of jobs.

        Raises:
            TypeError: The text is neither `str` nor bytes, or `at` is not a `str`.
            ValueError: `at` is not a JSON Pointer, or `unknown` is neither `allow` nor `warn`.
        """
        warn = _warns(unknown)
        expect_type("at", at, str, type(None))
        if at and not at.startswith("/"):
            raise ValueError(f"expected a JSON Pointer, empty or with / in front, found {at!r}")
        if at is None and not (lifecycle or is_longer(text, max_size)) and self._fast.proves_text(text):
            return (JobReport("", self._valid),)
        decoded = decode(text, max_size)
        reports = self._pipeline.check_jobs(decoded, at=at, lifecycle=lifecycle, partial=partial, unknown=warn)
        if show_values is True:
            return reports
        from ftschema.validation.hidden import shown_jobs  # noqa: PLC0415

        return shown_jobs(reports, decoded.payload, at=at, show_values=show_values)

    def check_lines(  # noqa: PLR0913  # as above
        self,
        lines: Iterable[str | bytes] | str | bytes,
        *,
        lifecycle: bool = False,
        unknown: Unknown = "allow",
        jobs: int = 1,
        max_size: int = MAX_SIZE,
        show_values: bool | None = None,
    ) -> Iterator[LineReport]:
        """Return an iterator over the reports of the lines of JSON Lines, in order; few are in memory at a time.

        Args:
            lines: A file, open for text or bytes, or any other lines; or all of them as one text. Some lines of a plain
                file are read ahead; if reading ahead could block, none are.
            lifecycle: As in `check`.
            unknown: As in `check`.
            jobs: How many processes to use. They read an uncompressed file that is open for bytes themselves. If one
                dies, a warning is logged and its lines are checked again.
            max_size: How many bytes, or characters of a `str`, a line may have, as in `check_text`. Of a longer line in
                a file only the beginning is in memory.
            show_values: As in `check`. If not, the reports do not have the text of the line.

        Raises:
            TypeError: The lines, or one of them, are neither `str` nor bytes.
            ValueError: `jobs` is less than 1, `unknown` is neither `allow` nor `warn`, or a file seems to have no end:
                a line of a gigabyte, or a million blank lines in a row.
            WorkerDiedError: Processes died again and again over the same lines.
        """
        from ftschema.jsontext.lines import LineChecker, line_reports  # noqa: PLC0415
        from ftschema.validation.hidden import shows  # noqa: PLC0415

        # Worker processes may be started before the environment changes.
        show = shows(show_values)
        full_report = partial(
            self._full_report, lifecycle=lifecycle, unknown=_warns(unknown), max_size=max_size, show_values=show
        )
        fast = (None if unknown == "warn" else _Lifecycle(self)) if lifecycle else self._fast
        checker = LineChecker(fast, full_report, max_size, keep_text=show)
        return line_reports(checker, self._valid, lines, jobs)

    def _full_report(  # noqa: PLR0913  # as above
        self,
        text: str | bytes,
        line: int | None = None,
        *,
        lifecycle: bool,
        unknown: bool,
        max_size: int,
        show_values: bool | None,
    ) -> Report:
        """Return the report of a text that is not proved valid, which may be a line of JSON Lines."""
        decoded = decode(text, max_size)
        report = self._pipeline.check_decoded(decoded, lifecycle=lifecycle, unknown=unknown, line=line)
        return _shown(report, show_values)


@frozen
class _Lifecycle:
    """The fast path of a contract with its rules; it decodes a text once."""

    contract: Contract[Any]

    def proves_text(self, text: str | bytes) -> bool:
        return not self.undecided([text])

    def undecided(self, texts: list[str | bytes]) -> list[int]:
        contract = self.contract
        return contract._fast.undecided_by_rules(texts, contract._pipeline.obeys)  # noqa: SLF001  # of this module


def _shown(report: Report, show_values: bool | None) -> Report:  # noqa: FBT001  # as the verbs have it
    """Return a report without what is in the payload, unless values are shown."""
    if show_values is True or not has_problems(report):
        return report
    return _hide()(report, show_values=show_values)


# An import takes a tenth of the time of a check, even of a module that is loaded.
@cache
def _hide() -> Callable[..., Report]:
    from ftschema.validation.hidden import shown  # noqa: PLC0415

    return shown


def _warns(unknown: Unknown) -> bool:
    """Return whether unknown keys are reported."""
    if unknown == "allow":
        return False
    if unknown != "warn":
        raise ValueError(f'expected unknown to be "allow" or "warn", found {unknown!r}')
    return True


@cache
def _made(name: str) -> Contract:
    entry = catalogue.entry(name)
    return Contract(entry.name, entry.about)


def contract(name: str | Contract = catalogue.DEFAULT) -> Contract:
    """Return the contract of that name, always the same object; a contract is returned unchanged.

    Other functions take a `ContractName`, so that type checkers find misspelled names; this one takes any `str`. Pass a
    name from a configuration through it: `check(payload, contract(name))`.

    Raises:
        UnknownContractError: There is no such contract; the error lists the names.
    """
    if type(name) is not str and isinstance(name, Contract):
        return name
    try:
        return _made(name)
    except TypeError:
        # It has no hash.
        raise UnknownContractError(name, contracts()) from None


def contracts() -> tuple[ContractName, ...]:
    """Return the name of every contract, the default first."""
    return catalogue.names()


# ---------------------------------------------------------------- the methods as functions

# Their argument `contract` hides the function of that name.
_contract = contract

_F = TypeVar("_F", bound="Callable[..., Any]")


def _documented(function: _F) -> _F:
    """Give a function the documentation of its method, for `help`."""
    summary, _, _ = (function.__doc__ or "").partition("; see")
    _, _, details = cleandoc(getattr(Contract, function.__name__).__doc__ or "").partition("\n\n")
    end = f"The contract is a name, or an object of `Contract`, which has the method `{function.__name__}`."
    function.__doc__ = "\n\n".join(filter(None, [f"{summary.rstrip('.')}.", details, end]))
    return function


@_documented
def schema(contract: ContractName | Contract[Any] = catalogue.DEFAULT, form: Form = "default") -> dict[str, Any]:
    """Return a fresh copy of the JSON Schema of a contract, in one of its forms; see `Contract.schema`."""
    return _contract(contract).schema(form)


@_documented
def is_valid(
    payload: object, contract: ContractName | Contract[Any] = catalogue.DEFAULT, *, lifecycle: bool = False
) -> bool:
    """Return whether a payload is valid; see `Contract.is_valid`."""
    return _contract(contract).is_valid(payload, lifecycle=lifecycle)


@_documented
def check(  # noqa: PLR0913  # one parameter for each option
    payload: object,
    contract: ContractName | Contract[Any] = catalogue.DEFAULT,
    *,
    lifecycle: bool = False,
    partial: bool = False,
    unknown: Unknown = "allow",
    show_values: bool | None = None,
) -> Report:
    """Return a report of the problems of a payload; see `Contract.check`."""
    return _contract(contract).check(
        payload, lifecycle=lifecycle, partial=partial, unknown=unknown, show_values=show_values
    )


@_documented
def validate(
    payload: object,
    contract: ContractName | Contract[Any] = catalogue.DEFAULT,
    *,
    lifecycle: bool = False,
    show_values: bool | None = None,
) -> None:
    """Raise `InvalidJobError` if a payload is invalid; see `Contract.validate`."""
    _contract(contract).validate(payload, lifecycle=lifecycle, show_values=show_values)


@_documented
def structure(
    payload: object,
    contract: ContractName | Contract = catalogue.DEFAULT,
    *,
    lifecycle: bool = False,
    show_values: bool | None = None,
) -> FineTuningJob:
    """Return the job of a payload, or raise `InvalidJobError`; see `Contract.structure`."""
    return _contract(contract).structure(payload, lifecycle=lifecycle, show_values=show_values)


@_documented
def unstructure(job: FineTuningJob, contract: ContractName | Contract = catalogue.DEFAULT) -> dict[str, Any]:
    """Return the payload of a job; see `Contract.unstructure`."""
    return _contract(contract).unstructure(job)


@_documented
def loads(
    text: str | bytes,
    contract: ContractName | Contract = catalogue.DEFAULT,
    *,
    lifecycle: bool = False,
    max_size: int = MAX_SIZE,
    show_values: bool | None = None,
) -> FineTuningJob:
    """Return the job of a JSON text, or raise `InvalidJobError`; see `Contract.loads`."""
    return _contract(contract).loads(text, lifecycle=lifecycle, max_size=max_size, show_values=show_values)


@_documented
def dumps(
    job: FineTuningJob, contract: ContractName | Contract = catalogue.DEFAULT, *, indent: int | None = None
) -> bytes:
    """Return a job as JSON text in UTF-8; see `Contract.dumps`."""
    return _contract(contract).dumps(job, indent=indent)


@_documented
def check_text(  # noqa: PLR0913  # one parameter for each option
    text: str | bytes,
    contract: ContractName | Contract[Any] = catalogue.DEFAULT,
    *,
    lifecycle: bool = False,
    unknown: Unknown = "allow",
    max_size: int = MAX_SIZE,
    show_values: bool | None = None,
) -> Report:
    """Return a report of the problems of a JSON text or its payload; see `Contract.check_text`."""
    return _contract(contract).check_text(
        text, lifecycle=lifecycle, unknown=unknown, max_size=max_size, show_values=show_values
    )


@_documented
def check_jobs(  # noqa: PLR0913  # one parameter for each option
    text: str | bytes,
    contract: ContractName | Contract[Any] = catalogue.DEFAULT,
    *,
    at: str | None = None,
    lifecycle: bool = False,
    partial: bool = False,
    unknown: Unknown = "allow",
    max_size: int = MAX_SIZE,
    show_values: bool | None = None,
) -> tuple[JobReport, ...]:
    """Return a report for each job in a JSON text, which may be a page or an array; see `Contract.check_jobs`."""
    return _contract(contract).check_jobs(
        text,
        at=at,
        lifecycle=lifecycle,
        partial=partial,
        unknown=unknown,
        max_size=max_size,
        show_values=show_values,
    )


@_documented
def check_lines(  # noqa: PLR0913  # one parameter for each option
    lines: Iterable[str | bytes] | str | bytes,
    contract: ContractName | Contract[Any] = catalogue.DEFAULT,
    *,
    lifecycle: bool = False,
    unknown: Unknown = "allow",
    jobs: int = 1,
    max_size: int = MAX_SIZE,
    show_values: bool | None = None,
) -> Iterator[LineReport]:
    """Yield a report for each line of JSON Lines; see `Contract.check_lines`."""
    return _contract(contract).check_lines(
        lines, lifecycle=lifecycle, unknown=unknown, jobs=jobs, max_size=max_size, show_values=show_values
    )

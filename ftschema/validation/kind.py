"""`Kind`: the verbs for one kind of object, which choose the contract by its name and call its method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from attrs import evolve, frozen

from ftschema.core.errors import UnknownContractError
from ftschema.core.report import Report, below
from ftschema.jsontext.decode import MAX_SIZE
from ftschema.schemas.catalogue import DEFAULT, KINDS, PAGES, entry, names, prefix_of
from ftschema.validation.contract import Contract, Model
from ftschema.validation.contract import contract as _contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import TypeVar as TypeVarWithDefault

    import ftschema
    from ftschema.core.literals import ContractName
    from ftschema.core.report import LineReport, Problem
    from ftschema.model.kinds.checkpoint import FineTuningCheckpoint
    from ftschema.model.kinds.error import ErrorBody
    from ftschema.model.kinds.event import FineTuningEvent
    from ftschema.model.kinds.job import FineTuningJob
    from ftschema.model.kinds.page import Page
    from ftschema.model.kinds.permission import CheckpointPermission
    from ftschema.model.kinds.request import FineTuningRequest
    from ftschema.model.kinds.webhook import WebhookEvent
    from ftschema.schemas.catalogue import Form
    from ftschema.validation.contract import Unknown
    from ftschema.validation.dispatch import Dispatcher

    Name = TypeVarWithDefault("Name", bound=str, default=str)
else:
    Name = TypeVar("Name")


@frozen
class Kind(Generic[Model, Name]):
    """A kind of object, such as `ftschema.event`, with the verbs that check, read, write and explain it.

    Each verb does what the method of `Contract` does. The contract is one of `contracts()`, perhaps with the kind in
    front, an object of `Contract`, or None for the first of them. That of a page is chosen by its items too.

    Attributes:
        name: The name of the kind.
        about: What such an object is, in a few words.
    """

    name: str
    about: str

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name, so that a kind is one object in each process."""
        return _named, (self.name,)

    def contracts(self) -> tuple[Name, ...]:
        """Return the name of every contract of the kind, the default first."""
        if not self._is_page:
            return tuple(cast("Name", name.removeprefix(self._prefix)) for name in names(self._prefix))
        # Pages of different items have different dates.
        known = {name.rpartition("/")[2] for items in PAGES for name in names(f"page/{items}/")}
        return tuple(
            cast("list[Name]", sorted(known, key=lambda name: ({"observed": 0, "azure": 1}.get(name, 2), name)))
        )

    def contract(self, name: Name | Contract[Model] | None = None) -> Contract[Model]:
        """Return the contract of that name, always the same object; a contract is returned unchanged.

        That of a page may have the kind of the items in front, as in `event/azure`; without it, it is of jobs if it
        can be.

        Raises:
            UnknownContractError: The kind has no such contract.
        """
        if self._is_page and not isinstance(name, Contract):
            from ftschema.validation.dispatch import page_contract  # noqa: PLC0415  # only pages need it

            having = (items for items in PAGES if f"page/{items}/{name}" in names(f"page/{items}/"))
            return page_contract(name, next(having, "job"))
        return self._chosen(name, None)

    @property
    def _prefix(self) -> str:
        return prefix_of(self.name)

    @property
    def _is_page(self) -> bool:
        return self.name == "page"

    def _chosen(self, name: Name | Contract[Model] | None, payload: Any) -> Contract[Model]:
        """Return the contract of a name for a payload."""
        if dispatcher := self._dispatcher(name):
            return dispatcher.for_payload(payload)
        full: Any = name
        if name is None:
            full = names(self._prefix)[0]
        elif isinstance(name, str):
            full = self._prefix + name.removeprefix(self._prefix)
        found = _contract(full)
        if entry(found.name).kind.name != self.name:
            raise UnknownContractError(found.name, self.contracts())
        return cast("Contract[Model]", found)

    def _for_text(self, name: Name | Contract[Model] | None) -> Contract[Model] | Dispatcher:
        """Return the contract of a name, or what chooses one for each text."""
        return self._dispatcher(name) or self._chosen(name, None)

    def _dispatcher(self, name: Name | Contract[Model] | None) -> Dispatcher | None:
        """Return the object that chooses the contract by the items of a page; None if the name says it."""
        if not self._is_page or isinstance(name, Contract):
            return None
        # Only pages need it.
        from ftschema.validation.dispatch import Dispatcher  # noqa: PLC0415

        return Dispatcher(self.name, name)

    def schema(self, contract: Name | Contract[Model] | None = None, form: Form = "default") -> dict[str, Any]:
        """Return a fresh copy of the JSON Schema of a contract, in one of its forms."""
        return self.contract(contract).schema(form)

    def is_valid(
        self, payload: object, contract: Name | Contract[Model] | None = None, *, lifecycle: bool = False
    ) -> bool:
        """Return whether a payload is valid; never raises for bad data."""
        return self._chosen(contract, payload).is_valid(payload, lifecycle=lifecycle)

    def check(  # noqa: PLR0913  # one parameter for each option
        self,
        payload: object,
        contract: Name | Contract[Model] | None = None,
        *,
        lifecycle: bool = False,
        partial: bool = False,
        unknown: Unknown = "allow",
        show_values: bool | None = None,
    ) -> Report:
        """Return a report of the problems of a payload; never raises for bad data."""
        return self._chosen(contract, payload).check(
            payload, lifecycle=lifecycle, partial=partial, unknown=unknown, show_values=show_values
        )

    def validate(
        self,
        payload: object,
        contract: Name | Contract[Model] | None = None,
        *,
        lifecycle: bool = False,
        show_values: bool | None = None,
    ) -> None:
        """Raise `InvalidPayloadError` if a payload is invalid."""
        self._chosen(contract, payload).validate(payload, lifecycle=lifecycle, show_values=show_values)

    def structure(
        self,
        payload: object,
        contract: Name | Contract[Model] | None = None,
        *,
        lifecycle: bool = False,
        show_values: bool | None = None,
    ) -> Model:
        """Return the object of a payload, or raise `InvalidPayloadError`."""
        return self._chosen(contract, payload).structure(payload, lifecycle=lifecycle, show_values=show_values)

    def unstructure(self, made: Model, contract: Name | Contract[Model] | None = None) -> dict[str, Any]:
        """Return the payload of an object."""
        return self.contract(contract).unstructure(made)

    def loads(
        self,
        text: str | bytes,
        contract: Name | Contract[Model] | None = None,
        *,
        lifecycle: bool = False,
        max_size: int = MAX_SIZE,
        show_values: bool | None = None,
    ) -> Model:
        """Return the object of a JSON text, or raise `InvalidPayloadError`."""
        made: Model = self._for_text(contract).loads(
            text, lifecycle=lifecycle, max_size=max_size, show_values=show_values
        )
        return made

    def dumps(self, made: Model, contract: Name | Contract[Model] | None = None, *, indent: int | None = None) -> bytes:
        """Return an object as JSON text in UTF-8."""
        return self.contract(contract).dumps(made, indent=indent)

    def check_text(  # noqa: PLR0913  # one parameter for each option
        self,
        text: str | bytes,
        contract: Name | Contract[Model] | None = None,
        *,
        lifecycle: bool = False,
        unknown: Unknown = "allow",
        max_size: int = MAX_SIZE,
        show_values: bool | None = None,
    ) -> Report:
        """Return a report of the problems of a JSON text or its payload, with their positions in the text."""
        return self._for_text(contract).check_text(
            text, lifecycle=lifecycle, unknown=unknown, max_size=max_size, show_values=show_values
        )

    def check_lines(  # noqa: PLR0913  # one parameter for each option
        self,
        lines: Iterable[str | bytes] | str | bytes,
        contract: Name | Contract[Model] | None = None,
        *,
        lifecycle: bool = False,
        unknown: Unknown = "allow",
        jobs: int = 1,
        max_size: int = MAX_SIZE,
        show_values: bool | None = None,
    ) -> Iterator[LineReport]:
        """Return an iterator over the reports of the lines of JSON Lines, in order."""
        return self._for_text(contract).check_lines(
            lines, lifecycle=lifecycle, unknown=unknown, jobs=jobs, max_size=max_size, show_values=show_values
        )

    def explain(self, subject: str, contract: Name | Contract[Model] | None = None) -> ftschema.Explanation:
        """Explain a location of a contract, or a problem code."""
        # The public name, because what explains is below this room.
        import ftschema  # noqa: PLC0415

        return ftschema.explain(subject, cast("Any", self.contract(contract)))


def _of(name: str) -> Kind[Any, Any]:
    return Kind(name, KINDS[name].about)


job: Final[Kind[FineTuningJob, ContractName]] = _of("job")
event: Final[Kind[FineTuningEvent, str]] = _of("event")
checkpoint: Final[Kind[FineTuningCheckpoint, str]] = _of("checkpoint")
permission: Final[Kind[CheckpointPermission, str]] = _of("permission")
page: Final[Kind[Page[Any], str]] = _of("page")
request: Final[Kind[FineTuningRequest, str]] = _of("request")
error: Final[Kind[ErrorBody, str]] = _of("error")
webhook: Final[Kind[WebhookEvent, str]] = _of("webhook")


def _named(name: str) -> Kind[Any, Any]:
    """Return the kind of a name, always the same object."""
    kind: Kind[Any, Any] = globals()[name]
    return kind


def check_history(
    job: Any,
    *,
    events: Any = (),
    checkpoints: Any = (),
    contract: ContractName | Contract = DEFAULT,
    show_values: bool | None = None,
) -> Report:
    """Return a report of the problems of a job, of its events and checkpoints, and of what they say of one another.

    Each must be valid by itself, before they are compared by the rules about a history: they are of one job and within
    its time, the last checkpoint of a succeeded job is its model, and a job that has ended has an event that says so.
    Pointers begin with `/job`, `/events` or `/checkpoints`.

    Args:
        job: The payload of the job.
        events: Its events: the payload of a page, or a list of payloads. Give the newest page, or all.
        checkpoints: Its checkpoints, in the same way.
        contract: The contract of the job, `observed` or `azure`; the others have the same name.
        show_values: As in `check`.

    Raises:
        UnknownContractError: There is no such contract, or none for events and checkpoints.
    """
    # Few programs check histories.
    from ftschema.schemas.rules import history_problems  # noqa: PLC0415
    from ftschema.validation.hidden import shown  # noqa: PLC0415

    chosen = _contract(contract)
    history = {"job": job, "events": events, "checkpoints": checkpoints}
    problems = [
        *(below("/job", problem) for problem in chosen.check(job, show_values=show_values)),
        *_of_items("/events", events, f"event/{chosen.name}", show_values=show_values),
        *_of_items("/checkpoints", checkpoints, f"checkpoint/{chosen.name}", show_values=show_values),
    ]
    if problems:
        return Report.of(chosen.name, problems)
    found = Report.of(chosen.name, history_problems(chosen.name, history))
    # Their pointers have only keys that the contracts declare, but not all of them below a job.
    told = zip(shown(found, show_values=show_values), found, strict=True)
    return evolve(found, problems=tuple(evolve(one, pointer=whole.pointer) for one, whole in told))


def _of_items(pointer: str, found: Any, contract: str, *, show_values: bool | None) -> Iterator[Problem]:
    """Yield the problems of a page of items, or of a list of them, of a contract."""
    of_item, of_page = _contract(contract), _contract(f"page/{contract}")
    if isinstance(found, list | tuple):
        checked = [(of_item, f"{pointer}/{index}", item) for index, item in enumerate(found)]
    else:
        checked = [(of_page, pointer, found)]
    for chosen, above, value in checked:
        yield from (below(above, problem) for problem in chosen.check(value, show_values=show_values))

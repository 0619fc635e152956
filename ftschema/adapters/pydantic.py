"""Jobs and their parts as fields of pydantic models, and so as bodies and responses of FastAPI.

The contract decides, and pydantic gets each problem as one of its errors. The classes of the model get their schema
from `Of` when pydantic needs it; nothing else imports this module.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import evolve, field, frozen

from ftschema.converters import make_converter
from ftschema.core.absent import ABSENT
from ftschema.core.errors import InvalidPayloadError, invalid
from ftschema.core.literals import ContractName  # noqa: TC001  # for `typing.get_type_hints`
from ftschema.core.lock import build_once
from ftschema.core.pointer import split
from ftschema.core.report import Problem, Report
from ftschema.core.text import as_unicode
from ftschema.jsontext.data import is_json
from ftschema.model.base import construct
from ftschema.model.classes import classes, root_class
from ftschema.schemas.catalogue import DEFAULT, KINDS, entry, names, prefix
from ftschema.schemas.phrases import one_of
from ftschema.schemas.reader import parts
from ftschema.validation.contract import contract as _contract
from ftschema.validation.hidden import HIDDEN, shown, shows

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema, ValidationError

    from ftschema.validation.contract import Contract

# What names a document of its own.
_LEFT_OUT: Final = frozenset({"$schema", "$id", "$defs"})
_REF: Final = "#/$defs/"
# The word for an option in the name of a component.
_OPTION: Final = {None: (), True: ("shown",), False: ("hidden",)}


def _name(contract: ContractName | Contract[Any]) -> ContractName:
    return _contract(contract).name


@frozen
class Of:
    """Chooses the contract of a job, or of a part, in a pydantic model: `Annotated[FineTuningJob, Of("azure")]`.

    Without it, jobs are those of `observed`, and lifecycle rules are not checked. Objects of other kinds, except for
    pages, have the first contract of their kind, or that of the name: `Annotated[FineTuningEvent, Of("azure")]`.

    Attributes:
        contract: The name of the contract.
        lifecycle: Whether the lifecycle rules are checked too; only for a whole job.
        show_values: Whether errors may hold what is in the payload, as in `check`; if not, their `input` is None.
    """

    contract: ContractName = field(default=DEFAULT, converter=_name)
    lifecycle: bool = field(default=False, kw_only=True)
    show_values: bool | None = field(default=None, kw_only=True)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema by which pydantic validates and serializes a class of the model."""
        contract, part = _found(self.contract, source)
        if part is None:
            root = root_class(contract).__name__
            raise TypeError(
                f"Of(…) belongs to {root} or to a class of its parts, not to {source!r}; "
                f"write Annotated[{root}, Of(…)] | None, or list[Annotated[{root}, Of(…)]]"
            )
        if part not in parts(contract):
            raise LookupError(f"the contract {contract} has no {part}")
        if self.lifecycle and part != root_class(contract).__name__:
            raise TypeError(f"lifecycle rules are about a whole {entry(contract).kind.name}, not about its {part}")
        return handler.generate_schema(_Field(evolve(self, contract=contract), source, part))


def _found(contract: ContractName, source: Any) -> tuple[ContractName, str | None]:
    """Return the contract of a class, and the name of the part that it is; None if it belongs to no contract.

    A contract of jobs stands for that of the same name of any other kind too, and the default one for the first.
    """
    others = [
        name
        for kind in KINDS
        if kind not in {"job", "page"}
        for name in names(f"{kind}/")
        if name == f"{kind}/{contract}" or (contract == DEFAULT and name == names(f"{kind}/")[0])
    ]
    for name in (contract, *others):
        for part, cls in classes(name).items():
            if isinstance(source, type) and issubclass(source, cls):
                return name, part
    return contract, None


@frozen
class _Field:
    """A class of the model in a contract, as pydantic sees it.

    Attributes:
        of: The contract, and whether its rules apply.
        cls: The class, or a subclass of it.
        part: The name of the class of the model.
    """

    of: Of
    cls: type
    part: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema  # noqa: PLC0415

        # pydantic names a component of OpenAPI by the last word before the colon, and by more if that is ambiguous.
        contract = self.of.contract
        suffix = "" if contract == names(contract)[0] else f"_{contract.removeprefix(prefix(contract))}"
        options = [*["lifecycle"] * self.of.lifecycle, *_OPTION[self.of.show_values]]
        words = (self.cls.__module__, *options, self.cls.__qualname__ + suffix)
        of = evolve(self.of, lifecycle=False)
        inner = [
            handler.generate_schema(_Field(of, classes(contract)[name], name))
            for name in _json_schema(contract, self.part)[1]
        ]
        return core_schema.no_info_plain_validator_function(
            self._validate,
            ref=f"{'.'.join(words)}:{id(self.cls)}",
            # Nothing is validated by it: it keeps the parts inside this one among the definitions.
            json_schema_input_schema=core_schema.tuple_schema(inner),
            serialization=core_schema.plain_serializer_function_ser_schema(self._serialize),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        description, inner = _json_schema(self.of.contract, self.part)
        items = handler(schema["json_schema_input_schema"]).get("prefixItems", ())
        refs = [item["$ref"] for item in items]
        return _replace_refs(description, dict(zip(inner, refs, strict=True)).__getitem__)

    def _validate(self, value: Any) -> Any:
        """Return the object of a payload; an object is checked too, and returned unchanged."""
        structure, unstructure = _hooks(self.of.contract, self.part)
        show = shows(self.of.show_values)
        is_object = isinstance(value, self.cls)
        payload = unstructure(value) if is_object else value
        if payload is None:
            # Schemas allow null for some parts, but it has no object.
            raise _validation_error(Report(self.of.contract, (_NULL,)), payload, self.part, show_values=show)
        try:
            if self.of.lifecycle:
                _contract(self.of.contract).validate(payload, lifecycle=True, show_values=True)
            made = structure(payload)
        except InvalidPayloadError as error:
            raise _validation_error(error.report, payload, self.part, show_values=show) from None
        if is_object:
            return value
        return made if type(made) is self.cls else construct(self.cls, made.__reduce__()[1][1])

    def _serialize(self, value: Any) -> dict[str, Any]:
        """Return the payload of an object: absent keys are absent, and it is JSON data."""
        _, unstructure = _hooks(self.of.contract, self.part)
        payload = unstructure(value)
        if not is_json(payload):
            # pydantic would write NaN as null.
            raise invalid(_contract(self.of.contract).check(payload, show_values=self.of.show_values))
        return payload


_NULL: Final = Problem("", "type", "expected an object, found null", expected=one_of((), ["object"]), found=None)


@build_once
def _hooks(contract: ContractName, part: str) -> tuple[Callable[[Any], Any], Callable[[Any], dict[str, Any]]]:
    """Return the functions that structure and unstructure a part; the first raises an error with values."""
    chosen, cls = _contract(contract), classes(contract)[part]
    if cls is root_class(contract):
        return partial(chosen.structure, show_values=True), chosen.unstructure
    converter = make_converter(chosen, show_values=True)
    return lambda payload: converter.structure(payload, cls), converter.unstructure


def _validation_error(report: Report, payload: Any, part: str, *, show_values: bool) -> ValidationError:
    """Return the error of pydantic that has each problem of a report as one of its errors.

    Its `ctx` has what else a report says, so that `adapters.web` can answer with problem details. The message comes
    last in it: pydantic replaces `{name}` in a text by each value of `ctx` in turn.
    """
    from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError  # noqa: PLC0415

    errors = []
    places = [_place(problem.pointer, payload) for problem in report]
    if not show_values:
        report = shown(report, show_values=False, part=part)
        places = [(_hidden_place(loc, one.pointer), None) for (loc, _), one in zip(places, report, strict=True)]
    for problem, (loc, found) in zip(report, places, strict=True):
        if problem.severity == "error":
            if not report.is_json:
                # What no JSON has, such as NaN, cannot be in the reply of a service either.
                found = None  # noqa: PLW2901  # as above
            context = {
                "contract": report.contract,
                "pointer": as_unicode(problem.pointer),
                **({} if report.hint is None else {"hint": report.hint}),
                **({} if problem.repair is None else {"repair": [*problem.repair]}),
                "expected": problem.expected,
                **({} if problem.found is ABSENT else {"found": problem.found}),
                "message": problem.message,
            }
            kind = PydanticCustomError(problem.code, "{message}", context)
            errors.append(InitErrorDetails(type=kind, loc=loc, input=found))
    return ValidationError.from_exception_data(entry(cast("ContractName", report.contract)).kind.root, errors)


def _place(pointer: str, payload: Any) -> tuple[tuple[str | int, ...], Any]:
    """Return the path of a pointer, with numbers for indices, and the value there."""
    path: list[str | int] = []
    value = payload
    for step in split(pointer):
        path.append(int(step) if isinstance(value, list | tuple) else step)
        value = value[path[-1]]
    # pydantic takes no halves of surrogate pairs.
    return tuple(step if isinstance(step, int) else as_unicode(step) for step in path), value


def _hidden_place(loc: tuple[str | int, ...], pointer: str) -> tuple[str | int, ...]:
    """Return a path with the steps of a pointer that hides some of them."""
    return tuple(
        int(step) if isinstance(old, int) and step != HIDDEN else step
        for old, step in zip(loc, split(pointer), strict=True)
    )


@build_once
def _json_schema(contract: ContractName, part: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the JSON Schema of a part in the plain form, and the names of the parts that it refers to."""
    whole = _contract(contract).schema(form="plain")
    described = whole if part == root_class(contract).__name__ else whole["$defs"][part]
    schema = {key: value for key, value in described.items() if key not in _LEFT_OUT} | {"title": part}
    found: dict[str, str] = {}
    _replace_refs(schema, lambda name: found.setdefault(name, name))
    return schema, tuple(found)


def _replace_refs(schema: Any, rename: Callable[[str], str]) -> Any:
    """Return a copy of a schema in which each reference to a part is what a function returns for its name."""
    if isinstance(schema, dict):
        return {key: _replace_refs(value, rename) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_replace_refs(item, rename) for item in schema]
    if isinstance(schema, str) and schema.startswith(_REF):
        return rename(schema.removeprefix(_REF))
    return schema

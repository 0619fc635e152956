"""cattrs converters that check, for services that structure their own classes with jobs inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cattrs import BaseConverter, Converter

from ftschema.core.errors import expect_type, invalid
from ftschema.core.literals import ContractName  # noqa: TC001  # for `typing.get_type_hints`
from ftschema.model.classes import classes, root_class
from ftschema.model.structure import structuring_converter, unstructure_hook
from ftschema.schemas.catalogue import DEFAULT, entry
from ftschema.schemas.reader import parts
from ftschema.validation.contract import Contract
from ftschema.validation.contract import contract as _contract
from ftschema.validation.hidden import shown
from ftschema.validation.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable


def make_converter(contract: ContractName | Contract[Any] = DEFAULT, *, show_values: bool | None = None) -> Converter:
    """Return a cattrs converter that structures checked jobs, and parts of jobs, and unstructures them.

    Args:
        contract: The contract, or its name.
        show_values: As in `check`, for the reports of errors.

    Raises:
        UnknownContractError: There is no such contract.
    """
    converter = Converter()
    configure_converter(converter, contract, show_values=show_values)
    return converter


def configure_converter(
    converter: Converter, contract: ContractName | Contract[Any] = DEFAULT, *, show_values: bool | None = None
) -> None:
    """Teach a cattrs converter the classes of the model, wherever they are in your own classes.

    What is structured is checked first: a faulty job raises `InvalidJobError`, inside the exception group of cattrs
    where the converter has detailed validation. A part of a job (`Method`, `JobError`, a grader) is checked against
    its definition in the contract; in a contract that has none, structuring it raises `LookupError`.

    Args:
        converter: The converter.
        contract: The contract, or its name.
        show_values: As in `check`, for the reports of errors.

    Raises:
        TypeError: It is not a converter of cattrs.
        UnknownContractError: There is no such contract.
    """
    expect_type("converter", converter, BaseConverter)
    chosen = _contract(contract)
    defined = parts(chosen.name)
    unbuild = unstructure_hook(entry(chosen.name).spelling)
    for cls in classes(chosen.name).values():
        hook = (
            _part_hook(chosen, cls, show_values=show_values) if cls.__name__ in defined else _no_such_part(chosen, cls)
        )
        converter.register_structure_hook(cls, hook)
        converter.register_unstructure_hook(cls, unbuild)
    converter.register_structure_hook(
        root_class(chosen.name), lambda payload, _: chosen.structure(payload, show_values=show_values)
    )


def _part_hook(contract: Contract, cls: type, *, show_values: bool | None) -> Callable[[Any, Any], Any]:
    def structure(payload: Any, _: Any) -> Any:
        report = Pipeline(contract.name, cls.__name__).check(payload)
        if not report.ok:
            raise invalid(shown(report, show_values=show_values, part=cls.__name__))
        return structuring_converter(contract.name).structure(payload, cls)

    return structure


def _no_such_part(contract: Contract, cls: type) -> Callable[[Any, Any], Any]:
    def structure(_: Any, __: Any) -> Any:
        raise LookupError(f"the contract {contract.name} has no {cls.__name__}")

    return structure

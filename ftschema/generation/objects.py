"""Generate objects of the other kinds, and make them satisfy their rules."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from ftschema.generation import jobs
from ftschema.generation.values import type_generator
from ftschema.jsontext.data import deep_copy
from ftschema.schemas.catalogue import entry
from ftschema.schemas.reader import root_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftschema.core.literals import ContractName
    from ftschema.generation.jobs import JobGenerator
    from ftschema.generation.values import Chooser, Generator

_NO_VALUES: Final[Mapping[str, Any]] = MappingProxyType({})


@frozen
class ObjectGenerator:
    """Generates the objects of a contract that is not of the job: they have neither a status nor a method.

    Attributes:
        contract: Name of the contract.
    """

    contract: ContractName

    @property
    def statuses(self) -> tuple[str, ...]:
        """One status that stands for none, so that code for jobs has one to choose."""
        return ("",)

    @property
    def methods(self) -> tuple[str | None, ...]:
        """No method."""
        return (None,)

    def valid_job(self, chooser: Chooser, fixed: Mapping[str, Any]) -> dict[str, Any]:
        """Generate an object that is valid for the contract, but may violate its rules."""
        made: dict[str, Any] = _valid_object(self.contract, frozenset(fixed))(chooser)
        return made | {key: deep_copy(value) for key, value in fixed.items()}

    def consistent_job(
        self, chooser: Chooser, _: str, __: tuple[str | None, ...], fixed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Generate an object that satisfies the rules."""
        made = self.valid_job(chooser, fixed)
        make_consistent(self.contract, made, fixed)
        return made


@cache
def _valid_object(contract: ContractName, fixed: frozenset[str]) -> Generator:
    root = root_type(contract)
    properties = {key: field for key, field in root.properties.items() if key not in fixed}
    return type_generator(evolve(root, properties=properties), "", contract)


_STEPS: Final[Mapping[str, Callable[[dict[str, Any], Mapping[str, Any]], None]]] = {"job": jobs.make_consistent}
"""By kind: what makes an object satisfy the rules, without changing its fixed values."""


def make_consistent(contract: ContractName, made: dict[str, Any], fixed: Mapping[str, Any] = _NO_VALUES) -> None:
    """Change an object so that it satisfies the rules that relate parts which were generated separately."""
    if step := _STEPS.get(entry(contract).kind.name):
        step(made, fixed)


def object_generator(contract: ContractName) -> JobGenerator | ObjectGenerator:
    """Return the generator of the objects of a contract."""
    is_job = entry(contract).kind.name == "job"
    return jobs.job_generator(contract) if is_job else ObjectGenerator(contract)

"""Generate objects of the other kinds, and make them satisfy their rules."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import evolve, frozen

from ftschema.generation import jobs
from ftschema.generation.values import choose, type_generator
from ftschema.jsontext.data import deep_copy
from ftschema.schemas.catalogue import entry
from ftschema.schemas.reader import parts, root_type
from ftschema.schemas.rule_tests import NOT_IN_SUFFIX, STEP_IN_NAME
from ftschema.schemas.vocabulary import AZURE

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
        if entry(self.contract).items:
            # Some contracts allow any string.
            made["object"] = "list"
        return made | {key: deep_copy(value) for key, value in fixed.items()}

    def consistent_job(
        self, chooser: Chooser, _: str, __: tuple[str | None, ...], fixed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Generate an object that satisfies the rules."""
        made = self.valid_job(chooser, fixed)
        if entry(self.contract).items and "data" not in fixed:
            made["data"] = [self.item(chooser) for _ in made["data"]]
        make_consistent(self.contract, made, fixed)
        return made

    def item(self, chooser: Chooser) -> dict[str, Any]:
        """Generate an item of a page, which satisfies the rules of its kind."""
        generator = object_generator(cast("ContractName", entry(self.contract).items))
        return generator.consistent_job(chooser, choose(generator.statuses, chooser), generator.methods, {})


@cache
def _valid_object(contract: ContractName, fixed: frozenset[str]) -> Generator:
    root = root_type(contract)
    properties = {key: field for key, field in root.properties.items() if key not in fixed}
    return type_generator(evolve(root, properties=properties), "", contract)


def _job(_: ContractName, job: dict[str, Any], fixed: Mapping[str, Any]) -> None:
    jobs.make_consistent(job, fixed)


def _page(_: ContractName, page: dict[str, Any], fixed: Mapping[str, Any]) -> None:
    items = page["data"]
    if "data" not in fixed:
        items.sort(key=lambda item: item["created_at"], reverse=True)
    for key, index in (("first_id", 0), ("last_id", -1)):
        if page.get(key) is not None and key not in fixed:
            page[key] = items[index]["id"] if items else None


def _checkpoint(_: ContractName, checkpoint: dict[str, Any], fixed: Mapping[str, Any]) -> None:
    metrics = checkpoint["metrics"]
    if "step_number" not in fixed and metrics.get("step") is not None:
        checkpoint["step_number"] = abs(int(metrics["step"]))
    step = checkpoint["step_number"]
    if "metrics" not in fixed and metrics.get("step") is not None:
        metrics["step"] = step
    if "fine_tuned_model_checkpoint" not in fixed:
        name = checkpoint["fine_tuned_model_checkpoint"]
        checkpoint["fine_tuned_model_checkpoint"] = STEP_IN_NAME.sub(f":ckpt-step-{step}", name)


def _event(contract: ContractName, event: dict[str, Any], fixed: Mapping[str, Any]) -> None:
    declared = parts(contract)["EventData"].properties if "data" in root_type(contract).properties else {}
    for key, value, harmless, needed, simplest in (
        ("type", "metrics", "message", "step", 1),
        ("level", "error", "info", "error_code", "invalid_training_file"),
    ):
        data = event.get("data") or {}
        if needed not in declared or event.get(key) != value or data.get(needed) is not None:
            continue
        if "data" not in fixed:
            event["data"] = data | {needed: simplest}
        elif key not in fixed:
            event[key] = harmless


def _request(contract: ContractName, request: dict[str, Any], fixed: Mapping[str, Any]) -> None:
    if "method" not in fixed:
        jobs.complete_ranges(request)
    if entry(contract).vendor is AZURE and request.get("suffix") and "suffix" not in fixed:
        request["suffix"] = NOT_IN_SUFFIX.sub("-", request["suffix"])


def _webhook(_: ContractName, webhook: dict[str, Any], fixed: Mapping[str, Any]) -> None:
    if "data" not in fixed:
        # The id is of a job, not of the webhook.
        webhook["data"]["id"] = f"ftjob-{webhook['data']['id'].partition('_')[2]}"


_STEPS: Final[Mapping[str, Callable[[ContractName, dict[str, Any], Mapping[str, Any]], None]]] = {
    "job": _job,
    "page": _page,
    "checkpoint": _checkpoint,
    "event": _event,
    "request": _request,
    "webhook": _webhook,
}
"""By kind: what makes an object satisfy the rules, without changing its fixed values."""


def make_consistent(contract: ContractName, made: dict[str, Any], fixed: Mapping[str, Any] = _NO_VALUES) -> None:
    """Change an object so that it satisfies the rules that relate parts which were generated separately."""
    if step := _STEPS.get(entry(contract).kind.name):
        step(contract, made, fixed)


def object_generator(contract: ContractName) -> JobGenerator | ObjectGenerator:
    """Return the generator of the objects of a contract."""
    return jobs.job_generator(contract) if entry(contract).is_job else ObjectGenerator(contract)

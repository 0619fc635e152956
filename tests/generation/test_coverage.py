"""A thousand draws of the strategies are all valid and coherent, and reach all that a contract names."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import jsonschema_rs
import pytest
from attrs import has
from hypothesis import given, seed, settings
from hypothesis.statistics import collector

import ftschema
from ftschema import strategies
from ftschema.model.kinds import graders
from ftschema.model.kinds import job as model
from ftschema.schemas.json_types import ArrayType, EnumType, JsonType, MapType, NullType, ObjectType
from ftschema.schemas.reader import parts, root_type
from ftschema.schemas.vocabulary import USUAL_STATUSES
from support import coverage
from support.helpers import VARIED_CONTRACTS, sample
from support.oracles.published import published_dates, published_oracle
from support.oracles.sdk_documents import in_wire_names

if TYPE_CHECKING:
    from collections.abc import Iterable

# The tests of a contract run one after another (by the scope of the parameter), so that a process draws its jobs once.
CONTRACTS = VARIED_CONTRACTS
PARTS = tuple(cls for module in (graders, model) for cls in vars(module).values() if has(cls))
DRAWS = 1_000
# Less is promised of what is drawn without coherence.
INCOHERENT_DRAWS = 200
# A share of 4%.
FEWEST = 40

_Row = tuple[str, ...]


def _drawn(
    contract: ftschema.ContractName, *, coherent: bool = True, seeded: int | None = None
) -> tuple[dict[str, Any], ...]:
    """Return what Hypothesis draws with its own settings, after making sure that none of it was rejected."""
    return _drawn_once(contract, coherent, seeded)


@cache
def _drawn_once(contract: ftschema.ContractName, coherent: bool, seeded: int | None) -> tuple[dict[str, Any], ...]:  # noqa: FBT001
    drawn: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    number = DRAWS if coherent else INCOHERENT_DRAWS

    @given(strategies.payloads(contract=contract, coherent=coherent))
    @settings(max_examples=number, database=None, derandomize=True)
    def run(payload: dict[str, Any]) -> None:
        drawn.append(payload)

    if seeded is not None:
        run = seed(seeded)(run)
    with collector.with_value(found.append):  # type: ignore[arg-type]  # it is annotated as None
        run()
    # Besides these there are `overrun`: attempts that Hypothesis itself cuts short, to begin with small examples.
    outcomes = Counter(case["status"] for case in found[0]["generate-phase"]["test-cases"])
    assert (len(drawn), outcomes["valid"], outcomes["invalid"]) == (number, number, 0)
    return tuple(drawn)


@cache
def _drawn_on_wire(contract: ftschema.ContractName, *, coherent: bool = True) -> tuple[dict[str, Any], ...]:
    """Return the same in the names of the wire."""
    return tuple(in_wire_names(contract, payload) for payload in _drawn(contract, coherent=coherent))


# ---------------------------------------------------------------- valid and coherent


@pytest.mark.parametrize(
    ("contract", "coherent"),
    sample(
        [*((name, True) for name in CONTRACTS), ("observed", False), ("powershell", False)],
        ("2023-10-05", True),
        rest=pytest.mark.proof,
    ),
)
def test_valid_by_construction(contract: ftschema.ContractName, coherent: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Each draw is valid for both engines and the published structure, and none was rejected."""
    schema = ftschema.schema(contract)
    fast = jsonschema_rs.Draft202012Validator(schema)
    slow = jsonschema.Draft202012Validator(schema)
    drawn = _drawn(contract, coherent=coherent)
    for payload in drawn:
        assert fast.is_valid(payload), payload
        assert contract not in published_dates() or published_oracle(contract).is_valid(payload), payload
    for payload in drawn[::50]:
        assert slow.is_valid(payload), payload


@pytest.mark.parametrize("contract", sample(CONTRACTS, "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_coherent(contract: ftschema.ContractName) -> None:
    """No draw breaks a rule of the lifecycle, not even one that only warns."""
    for payload in _drawn(contract):
        assert ftschema.check(payload, contract, lifecycle=True).problems == (), payload


@pytest.mark.parametrize("contract", sample(CONTRACTS, rest=pytest.mark.proof), scope="module")
def test_incoherent(contract: ftschema.ContractName) -> None:
    """With coherence off, jobs are drawn that succeeded without a model, or finished before they were created."""
    drawn = _drawn_on_wire(contract, coherent=False)
    assert any(job["status"] == "succeeded" and job.get("fine_tuned_model") is None for job in drawn)
    assert any((job.get("finished_at") or job["created_at"]) < job["created_at"] for job in drawn)
    assert any(ftschema.check(job, contract, lifecycle=True).ok for job in _drawn(contract, coherent=False))


# ---------------------------------------------------------------- spread


def _missing(expected: set[_Row], reached: set[_Row]) -> list[_Row]:
    assert expected
    return sorted(expected - reached)


def _missing_rows(contract: ftschema.ContractName, drawn: Iterable[dict[str, Any]]) -> list[_Row]:
    expected = coverage.rows(contract) - coverage.against_rules(contract)
    assert expected
    return sorted(coverage.unreached(contract, expected, drawn))


def _with_parts(*names: str) -> list[str]:
    """Return the contracts that know all of these parts."""
    return [contract for contract in CONTRACTS if set(names) <= parts(contract).keys()]


@pytest.mark.parametrize("contract", sample(CONTRACTS, "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_every_row_is_reached(contract: ftschema.ContractName) -> None:
    """In 1,000 draws every form, word, bound and length of every key is reached, and a later key in every part.

    What Hypothesis draws depends on the modules that are loaded, so two rows may wait for the next 1,000.
    """
    missing = _missing_rows(contract, _drawn(contract))
    assert len(missing) <= 2
    if missing:
        assert _missing_rows(contract, [*_drawn(contract), *_drawn(contract, seeded=1)]) == []


@pytest.mark.proof
def test_every_row_is_reached_by_another_seed() -> None:
    """With another seed, too, 1,000 draws miss two rows at most."""
    assert len(_missing_rows("observed", _drawn("observed", seeded=1))) <= 2


@pytest.mark.parametrize("contract", sample(CONTRACTS, "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_statuses(contract: ftschema.ContractName) -> None:
    """Every status is reached, none in less than 4% of the draws."""
    [status] = root_type(contract).properties["status"].types
    statuses = status.values if isinstance(status, EnumType) else USUAL_STATUSES
    assert set(statuses) >= set(USUAL_STATUSES)
    counted = Counter(job["status"] for job in _drawn_on_wire(contract))
    assert {status: counted[status] for status in statuses if counted[status] < FEWEST} == {}


@pytest.mark.parametrize("contract", sample(_with_parts("Method"), rest=pytest.mark.proof), scope="module")
def test_methods(contract: ftschema.ContractName) -> None:
    """Every type of method is reached, and jobs without one, none in less than 4% of the draws."""
    [types] = parts(contract)["Method"].properties["type"].types
    assert isinstance(types, EnumType)
    counted = Counter((job.get("method") or {}).get("type") for job in _drawn_on_wire(contract))
    assert {kind: counted[kind] for kind in (None, *types.values) if counted[kind] < FEWEST} == {}


@pytest.mark.parametrize("contract", sample(_with_parts("MultiGrader"), rest=pytest.mark.proof), scope="module")
def test_graders(contract: ftschema.ContractName) -> None:
    """Every grader is reached below the method and inside a multi grader, which is a map, a list, or holds just one."""
    top = parts(contract)["ReinforcementMethod"].properties["grader"].types
    graders_of_multi = parts(contract)["MultiGrader"].properties["graders"].types
    inside: list[JsonType] = []
    for one in graders_of_multi:
        inside += [one] if isinstance(one, ObjectType) else [inner for _, f in one.children() for inner in f.types]
    expected: set[_Row] = {("top", str(one.tag)) for one in top if isinstance(one, ObjectType)}
    expected |= {("inside", str(one.tag)) for one in inside if isinstance(one, ObjectType)}
    names: dict[type[JsonType], str] = {ObjectType: "one", MapType: "map", ArrayType: "list"}
    expected |= {("multi", names[type(one)]) for one in graders_of_multi}
    reached: set[_Row] = set()
    for above, part, value in (visit for payload in _drawn(contract) for visit in coverage.visits(contract, payload)):
        if part.tag and part.name.endswith("Grader"):
            reached.add(("inside" if "MultiGrader" in above else "top", part.tag))
        if part.tag == "multi":
            graders = value["graders"]
            is_one = isinstance(graders, dict) and isinstance(graders.get("type"), str)
            reached.add(("multi", "one" if is_one else "map" if isinstance(graders, dict) else "list"))
    assert len(expected) > 10
    assert _missing(expected, reached) == []


@pytest.mark.parametrize("contract", sample(_with_parts("Integration"), rest=pytest.mark.proof), scope="module")
def test_integrations(contract: ftschema.ContractName) -> None:
    """Integrations are reached absent, null, empty, with Weights & Biases, and as many as there may be."""
    drawn = [job.get("integrations", ...) for job in _drawn_on_wire(contract)]
    assert ... in drawn or "integrations" in root_type(contract).required
    assert None in drawn
    lists = [integrations for integrations in drawn if isinstance(integrations, list)]
    limited = "maxItems" in ftschema.schema(contract)["properties"].get("integrations", {})
    assert {0, 1, 5 if limited else 2} <= {len(integrations) for integrations in lists}
    if "run_id" in parts(contract)["WandbIntegration"].properties:
        assert any("run_id" in integration["wandb"] for integrations in lists for integration in integrations)


@pytest.mark.parametrize("contract", sample(CONTRACTS, "2023-10-05", rest=pytest.mark.proof), scope="module")
def test_errors(contract: ftschema.ContractName) -> None:
    """Errors are reached absent, null, empty and full, with a `param` and without, as far as the contract has them."""
    part = parts(contract)["JobError"]
    job = root_type(contract)
    errors = [payload.get("error", ...) for payload in _drawn_on_wire(contract)]
    objects = [error for error in errors if isinstance(error, dict)]
    assert ... in errors or "error" in job.required
    assert None in errors or NullType() not in job.properties["error"].types
    assert {} in errors or part.required
    full = [error for error in objects if error.get("code") is not None and error.get("message") is not None]
    assert any(error.get("param") is not None for error in full)
    # The usual error of a live job has no param.
    assert any(error.get("param", ...) is None for error in full)


@pytest.mark.parametrize(
    "contract",
    sample(
        [name for name in CONTRACTS if "maxProperties" in ftschema.schema(name)["properties"].get("metadata", {})],
        rest=pytest.mark.proof,
    ),
    scope="module",
)
def test_metadata(contract: ftschema.ContractName) -> None:
    """Metadata is reached empty, with 16 pairs, with a key of 64 characters, and with a value of 512."""
    drawn = [job["metadata"] for job in _drawn_on_wire(contract) if job.get("metadata") is not None]
    assert {0, 1, 16} <= {len(metadata) for metadata in drawn}
    assert max(len(key) for metadata in drawn for key in metadata) == 64
    assert max(len(value) for metadata in drawn for value in metadata.values()) == 512

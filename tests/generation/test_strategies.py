"""What the strategies draw keeps what is fixed, and shrinks to what one would write."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from attrs import has
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

import ftschema
from ftschema import strategies
from ftschema.model.kinds import graders
from ftschema.model.kinds import job as model
from ftschema.schemas.reader import root_type
from support.helpers import VARIED_CONTRACTS, examples, sample, smallest
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = tuple(cls for module in (graders, model) for cls in vars(module).values() if has(cls))
DRAWS = 1_000
# A share of 4%.
FEWEST = 40

# ---------------------------------------------------------------- fixed parts


def _few(strategy: st.SearchStrategy[Any], check: Callable[[Any], None], **options: Any) -> None:
    @given(strategy)
    @examples(0.6, database=None, derandomize=True, **options)
    def run(drawn: Any) -> None:
        check(drawn)

    run()


@for_each("coherent", [True, False])
@for_each(
    "fixed",
    [
        {"status": "failed"},
        {"method": "dpo"},
        {"status": "succeeded", "method": "reinforcement"},
        {"finished_at": 1_760_000_000},
        {"created_at": 1_760_000_000},
        {"created_at": 1_760_000_000, "finished_at": 1_760_000_000},
        {"estimated_finish": 0},
        {"hyperparameters": {"n_epochs": 4}},
        {"hyperparameters": {"n_epochs": "auto"}},
        {"hyperparameters": {"n_epochs": 4}, "method": "supervised", "status": "running"},
        {"method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 7}}}},
        {"method": None, "metadata": {"a": "b"}},
        {"error": {}},
        {"id": "ftjob-mine", "integrations": [{"type": "wandb", "wandb": {"project": "p", "run_id": "ftjob-mine"}}]},
    ],
)
def test_fixed_parts(fixed: dict[str, Any], coherent: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Fixed parts are as given in every draw, and the rest is coherent with them unless that is not asked for."""

    def check(payload: dict[str, Any]) -> None:
        for key, value in fixed.items():
            assert (payload[key]["type"] if key == "method" and isinstance(value, str) else payload[key]) == value
        assert ftschema.check(payload, lifecycle=coherent).problems == ()

    _few(strategies.payloads(coherent=coherent, **fixed), check)


def test_strategies_as_values() -> None:
    """A strategy as a value is drawn from anew for each job, and the rest is coherent with what it gave."""
    seen: set[tuple[Any, ...]] = set()

    def check(payload: dict[str, Any]) -> None:
        assert ftschema.check(payload, lifecycle=True).problems == ()
        assert payload["model"] == "mine"
        assert payload["seed"] in range(6)
        seen.add((payload["status"], payload["method"]["type"]))

    statuses, methods = st.sampled_from(["failed", "succeeded"]), st.sampled_from(["dpo", "supervised"])
    _few(strategies.payloads(status=statuses, method=methods, seed=st.integers(0, 5), model="mine"), check)
    assert len(seen) == 4


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"status": "running", "fine_tuned_model": "ft:x"}, "unfinished-has-no-model"),
    ({"status": "failed", "error": None}, "failed-has-error"),
    ({"status": "succeeded", "created_at": 1_700_000_000, "finished_at": 5}, "finish-not-before-creation"),
    ({"created_at": 1_700_000_000, "finished_at": 5}, "finish-not-before-creation"),
    ({"method": "supervised", "hyperparameters": None}, "supervised-has-hyperparameters"),
    ({"colour": "red"}, 'no key "colour"'),
    ({"method": "magic"}, 'no method "magic"'),
    ({"status": "resuming"}, "/status: enum"),
    ({"status": 5}, "/status: type"),
    ({"model": None}, "/model: type"),
    ({"method": 5}, "/method: type"),
    ({"method": {"type": "dpo"}}, "method-has-its-member"),
    ({"metadata": {"a": 1}}, "/metadata/a: type"),
    ({"seed": float("nan")}, "/seed: json-number"),
    ({"seed": {1}}, "/seed: json-type"),
    ({"metadata": {1: "a"}}, "json-key"),
]


@for_each(("fixed", "why"), IMPOSSIBLE)
def test_impossible_parts(fixed: dict[str, Any], why: str) -> None:
    """What cannot be combined raises a `ValueError` when the strategy is made, and says why."""
    for ask in (strategies.payloads, strategies.jobs):
        with pytest.raises(ftschema.CannotCombineError, match=why) as caught:
            ask(**fixed)
        assert isinstance(caught.value, ValueError)


def test_impossible_strategies() -> None:
    """Where a part is a strategy, a draw that cannot be combined is rejected; the other parts are tried at once."""
    running = strategies.payloads(status=st.just("running"), fine_tuned_model="ft:x")
    with pytest.raises(Unsatisfiable):
        find(running, lambda _: True, settings=settings(database=None))
    with pytest.raises(ftschema.CannotCombineError, match="unfinished-has-no-model"):
        strategies.payloads(status="running", fine_tuned_model="ft:x", seed=st.integers(0, 5))


SOMETIMES_POSSIBLE: list[dict[str, Any]] = [
    {"metadata": st.dictionaries(st.sampled_from(["a", "k" * 65]), st.text())},
    {"finished_at": st.integers(0, 2_000_000_000)},
    {"created_at": st.just(1_700_000_000), "finished_at": st.integers(1_600_000_000, 1_800_000_000)},
    {"status": st.text(max_size=1) | st.sampled_from(["failed", "queued"])},
    {"fine_tuned_model": st.none() | st.just("ft:x"), "error": st.none() | st.just({})},
    {"status": st.just("failed"), "result_files": st.lists(st.just("file-x"), max_size=1)},
    {"model": st.sampled_from(["ftjob-x", "gpt-4o"])},
]


@pytest.mark.parametrize(
    ("draw", "drawn"),
    sample(
        [
            *((strategies.payloads, drawn) for drawn in SOMETIMES_POSSIBLE),
            *((draw, drawn) for draw in (strategies.jobs, strategies.traces) for drawn in SOMETIMES_POSSIBLE),
        ],
        *((strategies.payloads, drawn) for drawn in (SOMETIMES_POSSIBLE[0], *SOMETIMES_POSSIBLE[3:])),
        (strategies.traces, SOMETIMES_POSSIBLE[-1]),
    ),
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
def test_some_draws_are_impossible(draw: Callable[..., st.SearchStrategy[Any]], drawn: dict[str, Any]) -> None:
    """What is drawn for a part stays as it is, or is rejected; it never makes a job incoherent, nor raises."""

    def check(one: Any) -> None:
        last = one[-1] if isinstance(one, tuple) else one
        payload = last if isinstance(last, dict) else ftschema.unstructure(last)
        # A job whose only problems are warnings is made where no job is without one.
        assert ftschema.check(payload, lifecycle=True).ok
        assert drawn.keys() <= payload.keys()

    _few(draw(**drawn), check, suppress_health_check=[HealthCheck.filter_too_much])


@for_each(
    ("strategy", "call"),
    [
        (strategies.payloads(), "payloads()"),
        (strategies.payloads(contract="azure", coherent=False), "payloads(coherent=False, contract='azure')"),
        (strategies.payloads(seed=st.integers(), model="mine"), "payloads(model='mine', seed=integers())"),
        (strategies.jobs(status="failed"), "builds(structure, payloads(status='failed'))"),
        (strategies.traces(contract=ftschema.contract("rust")), "traces(contract='rust')"),
        (strategies.defects(code="type", pointer="/id"), "defects(code='type', pointer='/id')"),
    ],
    ids=["payloads", "arguments", "values", "jobs", "traces", "defects"],
)
def test_repr(strategy: st.SearchStrategy[Any], call: str) -> None:
    """The repr of a strategy is the call that made it."""
    assert repr(strategy) == call


@pytest.mark.parametrize("contract", sample(["observed", "powershell"], "powershell"))
def test_failing_job_is_printed_as_code(contract: ftschema.ContractName) -> None:
    """What Hypothesis prints of a failing job makes the same job again."""
    failed = []

    @given(strategies.jobs(contract=contract))
    @settings(database=None, derandomize=True, max_examples=1, phases=[Phase.generate], print_blob=False)
    def run(job: ftschema.FineTuningJob) -> None:
        failed.append(job)
        raise AssertionError

    with pytest.raises(AssertionError) as caught:
        run()
    printed = "\n".join(caught.value.__notes__).partition("job=")[2].rpartition(",")[0]
    names = {name: getattr(ftschema, name) for name in ftschema.__all__}
    assert eval(printed, names) == failed[-1]  # noqa: S307  # it is ours


@for_each("fixed", [{"metadata": {"a": "b"}}, {"metadata": st.just({"a": "b"})}], ids=["value", "drawn"])
@for_each("coherent", [True, False])
def test_fixed_values_are_not_shared(fixed: dict[str, Any], coherent: bool) -> None:  # noqa: FBT001  # a parameter
    """What a test does to one drawn payload is not seen in the next, nor in the value that was given."""

    def check(payload: dict[str, Any]) -> None:
        assert payload["metadata"] == {"a": "b"}
        payload["metadata"]["a"] = "changed"

    _few(strategies.payloads(coherent=coherent, **fixed), check)


def test_unknown_contract() -> None:
    """A name that is no contract raises when the strategy is made."""
    for ask in (strategies.payloads, strategies.jobs, strategies.traces, strategies.defects):
        with pytest.raises(ftschema.UnknownContractError):
            ask(contract="none")  # type: ignore[arg-type, call-overload]  # the name is wrong on purpose


# ---------------------------------------------------------------- what it shrinks to

# What a careful person would write; the tests below add what a status or a method needs.
BY_HAND: dict[str, Any] = {
    "id": "ftjob-abc123",
    "object": "fine_tuning.job",
    "created_at": 1_700_000_000,
    "status": "validating_files",
    "model": "gpt-4o-mini-2024-07-18",
    "fine_tuned_model": None,
    "finished_at": None,
    "trained_tokens": None,
    "training_file": "file-abc123",
    "validation_file": None,
    "result_files": [],
    "organization_id": "org-abc123",
}
ERROR = {"code": "invalid_training_file", "message": "The file is not valid.", "param": "training_file"}
STRING_CHECK = {
    "type": "string_check",
    "name": "grader",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
STATUSES: dict[str, dict[str, Any]] = {
    "created": {"created_at": 1_692_700_000},
    "validating_files": {},
    "queued": {},
    "running": {},
    "succeeded": {
        "fine_tuned_model": "ft:gpt-4o-mini-2024-07-18:org::abc123",
        "finished_at": 1_700_000_000,
        "trained_tokens": 1_000,
        "result_files": ["file-abc123"],
    },
    "failed": {"error": ERROR},
    "cancelled": {},
}
METHODS: dict[str, dict[str, Any]] = {
    "supervised": {"hyperparameters": {}, "method": {"type": "supervised", "supervised": {}}},
    "dpo": {"method": {"type": "dpo", "dpo": {}}},
    "reinforcement": {"method": {"type": "reinforcement", "reinforcement": {"grader": STRING_CHECK}}},
}
OPTIONAL = [key for key in root_type("observed").properties if key not in root_type("observed").required]
# Something for each key that a job may lack, but for the error, the method and its settings, which are above.
HELD: dict[str, Any] = {
    "estimated_finish": 1_700_000_000,
    "seed": 1,
    "integrations": [{"type": "wandb", "wandb": {"project": "project"}}],
    "metadata": {"purpose": "a"},
    "user_provided_suffix": "suffix",
    "shared_with_openai": True,
    "usage_metrics": "text",
    "eval_id": "text",
    "internal_worker_backend": "text",
    "internal_peashooter_execution": "text",
    "train_experiment_id": "text",
    "eval_experiment_id": "text",
}
GRADERS: dict[str, dict[str, Any]] = {
    "string_check": STRING_CHECK,
    "text_similarity": {
        "type": "text_similarity",
        "name": "grader",
        "input": "{{sample.output_text}}",
        "reference": "{{item.answer}}",
        "evaluation_metric": "cosine",
    },
    "score_model": {"type": "score_model", "name": "grader", "model": "gpt-4o-mini-2024-07-18", "input": []},
}
# What later publications require besides.
DATED = BY_HAND | {"hyperparameters": {}, "error": None, "seed": 0}
AZURE = {key: BY_HAND[key] for key in ("id", "object", "created_at", "status", "model", "training_file")}


@pytest.mark.parametrize("status", sample(STATUSES))
def test_smallest_of_a_status(status: str) -> None:
    """The smallest job of each status is what one would write by hand, whether the status was fixed or looked for."""
    expected = BY_HAND | {"status": status} | STATUSES[status]
    assert smallest(strategies.payloads(status=status)) == expected
    if status in {"created", "failed", "running"}:
        assert smallest(strategies.payloads(), lambda job: job["status"] == status) == expected


@pytest.mark.parametrize("method", sample(METHODS))
def test_smallest_of_a_method(method: str) -> None:
    """The smallest job of each method is what one would write by hand, whether it was fixed or looked for."""
    expected = BY_HAND | METHODS[method]
    assert smallest(strategies.payloads(method=method)) == expected
    assert smallest(strategies.payloads(), lambda job: (job.get("method") or {}).get("type") == method) == expected


# One of each kind of value, and those that a status or a method needs.
@pytest.mark.parametrize("key", sample(key for key in OPTIONAL if HELD.get(key) != "text" or key == "eval_id"))
def test_smallest_of_a_key(key: str) -> None:
    """The smallest job that has a key it may lack is the plain one and that key, null where it may be."""
    expected = [BY_HAND | {key: False if key == "shared_with_openai" else None}]
    if key == "error":
        # The one key that a status demands: once a failed job was found, no step to another leaves it an error.
        expected.append(BY_HAND | {"status": "failed"} | STATUSES["failed"])
    assert smallest(strategies.payloads(), lambda job: key in job) in expected


@pytest.mark.parametrize("key", sample(key for key in HELD if HELD[key] != "text" or key == "eval_id"))
def test_smallest_that_holds_something(key: str) -> None:
    """The smallest job that holds something in a key it may lack is the plain one and that, as one would write it."""
    assert smallest(strategies.payloads(), lambda job: job.get(key)) == BY_HAND | {key: HELD[key]}


def test_held() -> None:
    """Each key that a job may lack is looked for with something in it, or is part of what a status or method needs."""
    assert {*HELD, "error", "hyperparameters", "method"} == {*OPTIONAL}


@pytest.mark.parametrize("kind", sample(GRADERS))
def test_smallest_of_a_grader(kind: str) -> None:
    """The smallest job with a grader of a type is the plain one with what that grader needs."""

    def has_grader(job: dict[str, Any]) -> bool:
        details = (job.get("method") or {}).get("reinforcement") or {}
        return bool(details.get("grader", {}).get("type") == kind)

    method = {"type": "reinforcement", "reinforcement": {"grader": GRADERS[kind]}}
    assert smallest(strategies.payloads(), has_grader) == BY_HAND | {"method": method}


@pytest.mark.parametrize(
    ("contract", "settings_of"),
    sample([("2024-04-09", {"n_epochs": "auto"}), ("2024-12-18", {}), ("2025-03-11", {})]),
)
def test_smallest_of_a_date(contract: ftschema.ContractName, settings_of: dict[str, Any]) -> None:
    """The smallest job of a dated contract has what that contract requires, in its plainest form."""
    drawn = strategies.payloads(contract=contract)
    expected = DATED | {"hyperparameters": settings_of}
    assert smallest(drawn) == expected
    assert smallest(drawn, lambda job: job["status"] == "failed") == expected | {"status": "failed", "error": ERROR}


@pytest.mark.parametrize("status", sample(["pending", "failed"]))
def test_smallest_of_azure(status: str) -> None:
    """The smallest job of Azure leaves out all that Azure may leave out."""
    expected = AZURE | {"status": status} | STATUSES.get(status, {})
    assert smallest(strategies.payloads(contract="azure", status=status)) == expected


_SMALLEST_DEFECTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"code": "maximum", "pointer": "/hyperparameters/n_epochs"},
        BY_HAND | {"hyperparameters": {"n_epochs": 51}},
    ),
    ({"code": "required", "pointer": ""}, {key: value for key, value in BY_HAND.items() if key != "id"}),
    ({"code": "type", "pointer": "/created_at"}, BY_HAND | {"created_at": None}),
    ({"code": "enum", "pointer": "/status"}, BY_HAND | {"status": "createdx"}),
    ({"code": "succeeded-has-model"}, BY_HAND | {"status": "succeeded", **STATUSES["succeeded"]}),
]


@pytest.mark.parametrize(
    ("asked", "expected"),
    sample(_SMALLEST_DEFECTS, _SMALLEST_DEFECTS[-1]),
    ids=lambda value: str(value.get("code")),
)
def test_smallest_defects(asked: dict[str, Any], expected: dict[str, Any]) -> None:
    """The smallest defect is the plain job with one thing wrong."""
    defect = smallest(strategies.defects(**asked))
    if asked["code"] == "succeeded-has-model":
        expected = expected | {"fine_tuned_model": None}
    assert defect.payload == expected
    assert (defect.code, defect.pointer) == (asked["code"], asked.get("pointer", "/fine_tuned_model"))


@pytest.mark.slow
def test_smallest_defect_of_a_code() -> None:
    """Without a place, too, a defect shrinks to a plain job, with a number just outside its range."""
    defect = smallest(strategies.defects(code="maximum"))
    assert defect.pointer == "/hyperparameters/n_epochs"
    assert defect.payload == BY_HAND | {"hyperparameters": {"n_epochs": 51}}


# ---------------------------------------------------------------- jobs and their parts


@pytest.mark.parametrize("contract", sample(VARIED_CONTRACTS, "observed", "powershell"))
@pytest.mark.parametrize("coherent", [True, False])
def test_jobs(contract: ftschema.ContractName, coherent: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """`jobs` gives what `payloads` gives, as structured by the contract."""

    def check(job: ftschema.FineTuningJob) -> None:
        payload = ftschema.unstructure(job, contract)
        assert job == ftschema.structure(payload, contract)
        assert ftschema.check(payload, contract, lifecycle=coherent).problems == ()
        assert job.status == "failed"

    _few(strategies.jobs(contract=ftschema.contract(contract), coherent=coherent, status="failed"), check)


@pytest.mark.slow
def test_jobs_are_payloads() -> None:
    """For the same choices `jobs` gives the payload of `payloads`."""
    payload, job = smallest(strategies.payloads(status="failed")), smallest(strategies.jobs(status="failed"))
    assert job == ftschema.structure(payload)


@for_each("cls", PARTS)
def test_from_type(cls: type) -> None:
    """`from_type` of each class gives valid parts of that class."""
    converter = ftschema.converters.make_converter()
    drawn = []

    def check(one: Any) -> None:
        assert type(one) is cls
        assert converter.structure(converter.unstructure(one), cls) == one
        drawn.append(one)

    _few(st.from_type(cls), check)
    assert any(one != drawn[0] for one in drawn)


@pytest.mark.parametrize("name", sample(["FineTuningJob", "MultiGrader"]))
def test_from_type_with_nothing_imported(name: str) -> None:
    """With Hypothesis and the package installed, `from_type` knows the classes without a further import."""
    code = (
        "from hypothesis import Phase, find, settings, strategies as st; import ftschema, sys;"
        "assert 'ftschema.strategies' not in sys.modules;"
        "options = settings(database=None, phases=[Phase.generate]);"
        f"one = find(st.from_type(ftschema.{name}), lambda _: True, settings=options);"
        "print(type(one).__name__)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == name

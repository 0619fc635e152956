"""The pytest plugin: a job by a seed that a failure names, and no cost where it is not used."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import ftschema
from ftschema import fixtures
from support.helpers import sample

pytest_plugins = ["pytester"]

# The plugin by the name of its entry point, and no other plugin.
_ALONE = ("-p", "no:cacheprovider", "-p", "ftschema")
_SEED = re.compile(r"generated with \S+?seed=(\S+)")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load no plugin but those that a test names; pytest prints more on a build server, which `CI` tells it."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)


def _run(pytester: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    """Run a file of tests."""
    pytester.makepyfile(test_it=source)
    return pytester.runpytest_inprocess(*_ALONE, *arguments)


def _written(pytester: pytest.Pytester, name: str = "job.json") -> Any:
    return json.loads((pytester.path / name).read_text(encoding="utf-8"))


# Tests that write the job they were given, so that it can be looked at from here.
_WRITERS = """
    import json, pathlib, pytest, ftschema

    def write(name, value):
        pathlib.Path(name).write_text(json.dumps(value), encoding="utf-8")
"""


def test_fixtures_give_one_job(pytester: pytest.Pytester) -> None:
    """The two fixtures give the same job, valid and coherent, as a payload and as an object."""
    run = _run(
        pytester,
        _WRITERS
        + """
    def test_both(fine_tuning_job, fine_tuning_job_payload):
        assert isinstance(fine_tuning_job, ftschema.FineTuningJob)
        assert ftschema.unstructure(fine_tuning_job) == fine_tuning_job_payload
        write("both.json", fine_tuning_job_payload)

    def test_one(fine_tuning_job):
        write("job.json", ftschema.unstructure(fine_tuning_job))

    def test_other(fine_tuning_job_payload):
        write("payload.json", fine_tuning_job_payload)
        fine_tuning_job_payload.clear()

    def test_other_again(fine_tuning_job_payload):
        assert fine_tuning_job_payload
    """,
    )
    run.assert_outcomes(passed=4)
    payload = _written(pytester, "both.json")
    assert payload == _written(pytester, "job.json") == _written(pytester, "payload.json") == fixtures.payload("0")
    assert not ftschema.check(payload, lifecycle=True).problems


def test_marker(pytester: pytest.Pytester) -> None:
    """The marker sets the seed, the contract, the coherence and fixed parts, for both fixtures."""
    run = _run(
        pytester,
        _WRITERS
        + """
    @pytest.mark.fine_tuning_job(ftschema_seed=7, contract="azure", status="failed")
    def test_azure(fine_tuning_job, fine_tuning_job_payload):
        assert fine_tuning_job.status == "failed"
        assert ftschema.unstructure(fine_tuning_job, "azure") == fine_tuning_job_payload
        write("azure.json", fine_tuning_job_payload)

    @pytest.mark.fine_tuning_job(method="dpo", status="succeeded")
    def test_dpo(fine_tuning_job_payload):
        write("dpo.json", fine_tuning_job_payload)

    @pytest.mark.fine_tuning_job(ftschema_seed="any text", coherent=False)
    def test_odd(fine_tuning_job_payload):
        write("odd.json", fine_tuning_job_payload)

    @pytest.mark.fine_tuning_job(contract="2023-10-05")
    class TestClass:
        def test_outer(self, fine_tuning_job_payload):
            write("outer.json", fine_tuning_job_payload)

        @pytest.mark.fine_tuning_job(ftschema_seed=8)
        def test_inner(self, fine_tuning_job_payload):
            write("inner.json", fine_tuning_job_payload)

    @pytest.mark.parametrize("status", [
        pytest.param(status, marks=pytest.mark.fine_tuning_job(status=status)) for status in ("queued", "running")
    ])
    def test_each(fine_tuning_job, status):
        assert fine_tuning_job.status == status
    """,
        "--ftschema-seed=5",
    )
    run.assert_outcomes(passed=7)
    assert _written(pytester, "azure.json") == fixtures.payload(7, contract="azure", status="failed")
    assert _written(pytester, "dpo.json") == fixtures.payload(5, method="dpo", status="succeeded")
    assert _written(pytester, "odd.json") == fixtures.payload("any text", coherent=False)
    assert _written(pytester, "outer.json") == fixtures.payload(5, contract="2023-10-05")
    assert _written(pytester, "inner.json") == fixtures.payload(8, contract="2023-10-05")


@pytest.mark.slow
def test_markers_of_a_module_a_class_and_a_test(pytester: pytest.Pytester) -> None:
    """Markers add up, and where they give the same argument, the test's comes before its class's and its module's."""
    run = _run(
        pytester,
        _WRITERS
        + """
    pytestmark = pytest.mark.fine_tuning_job(ftschema_seed=7, status="failed", contract="azure")

    def test_module(fine_tuning_job, fine_tuning_job_payload):
        assert ftschema.unstructure(fine_tuning_job, "azure") == fine_tuning_job_payload
        write("module.json", fine_tuning_job_payload)

    @pytest.mark.fine_tuning_job(model="mine", status="running")
    class TestClass:
        def test_class(self, fine_tuning_job_payload):
            write("class.json", fine_tuning_job_payload)

        @pytest.mark.fine_tuning_job(status="queued", contract="2024-12-18")
        def test_test(self, fine_tuning_job, fine_tuning_job_payload):
            assert ftschema.unstructure(fine_tuning_job, "2024-12-18") == fine_tuning_job_payload
            write("test.json", fine_tuning_job_payload)

        @pytest.mark.fine_tuning_job(ftschema_seed=8)
        @pytest.mark.fine_tuning_job(suffix="short")
        def test_two(self, fine_tuning_job_payload):
            write("two.json", fine_tuning_job_payload)

        @pytest.mark.parametrize("seed", [pytest.param(9, marks=pytest.mark.fine_tuning_job(ftschema_seed=9))])
        def test_parameter(self, fine_tuning_job_payload, seed):
            write("parameter.json", fine_tuning_job_payload)

        @pytest.mark.fine_tuning_job(ftschema_seed=10)
        def test_fails(self, fine_tuning_job):
            assert 0

    def test_module_again(fine_tuning_job_payload):
        write("again.json", fine_tuning_job_payload)
    """,
        "--ftschema-seed=5",
    )
    run.assert_outcomes(passed=6, failed=1)
    assert _SEED.findall(run.stdout.str()) == ["10"]
    module: dict[str, Any] = {"contract": "azure", "status": "failed"}
    of_class = module | {"status": "running", "model": "mine"}
    of_test = of_class | {"contract": "2024-12-18", "status": "queued"}
    assert _written(pytester, "module.json") == fixtures.payload(7, **module)
    assert _written(pytester, "again.json") == fixtures.payload(7, **module)
    assert _written(pytester, "class.json") == fixtures.payload(7, **of_class)
    assert _written(pytester, "test.json") == fixtures.payload(7, **of_test)
    assert _written(pytester, "two.json") == fixtures.payload(8, **of_class, suffix="short")
    assert _written(pytester, "parameter.json") == fixtures.payload(9, **of_class)


def test_any_marker_may_be_wrong(pytester: pytest.Pytester) -> None:
    """A marker that does not name its arguments is an error of each test that it holds for, wherever it stands."""
    run = _run(
        pytester,
        """
    import pytest

    pytestmark = pytest.mark.fine_tuning_job(7)

    @pytest.mark.fine_tuning_job(ftschema_seed=7)
    def test_job(fine_tuning_job):
        pass

    def test_without():
        pass
    """,
    )
    run.assert_outcomes(passed=1, errors=1)
    run.stdout.fnmatch_lines(["the marker fine_tuning_job takes keyword arguments only*"])


def test_seed_of_all_tests(pytester: pytest.Pytester) -> None:
    """`--ftschema-seed` sets the seed of the tests without one of their own: the same job for the same seed."""
    source = (
        _WRITERS
        + """
    def test_free(fine_tuning_job_payload):
        write("free.json", fine_tuning_job_payload)

    @pytest.mark.fine_tuning_job(ftschema_seed=7)
    def test_set(fine_tuning_job_payload):
        write("set.json", fine_tuning_job_payload)
    """
    )
    for arguments, seed in (([], 0), (["--ftschema-seed=11"], 11), (["--ftschema-seed", "a text"], "a text")):
        _run(pytester, source, *arguments).assert_outcomes(passed=2)
        assert _written(pytester, "free.json") == fixtures.payload(seed)
        assert _written(pytester, "set.json") == fixtures.payload(7)


_FAILING = (
    _WRITERS
    + """
    def test_free(fine_tuning_job):
        write("free.json", ftschema.unstructure(fine_tuning_job))
        assert fine_tuning_job.status == "no such status"
"""
)


def test_a_failure_names_its_seed(pytester: pytest.Pytester) -> None:
    """A failing test prints its seed, and with that seed the same job comes again."""
    run = _run(pytester, _FAILING, "--ftschema-seed=4711")
    run.assert_outcomes(failed=1)
    first = _written(pytester, "free.json")
    [seed] = _SEED.findall(run.stdout.str())
    assert seed == "4711"
    _run(pytester, _FAILING, f"--ftschema-seed={seed}").assert_outcomes(failed=1)
    assert _written(pytester, "free.json") == first != fixtures.payload(0)


@pytest.mark.slow
def test_who_names_a_seed(pytester: pytest.Pytester) -> None:
    """The seed stands below failures, in whatever phase, of tests that used a fixture, and below nothing else."""
    run = _run(
        pytester,
        """
    import pytest

    def test_passes(fine_tuning_job):
        pass

    def test_fails_without():
        assert 0

    def test_skips(fine_tuning_job):
        pytest.skip()

    @pytest.mark.xfail
    def test_fails_as_expected(fine_tuning_job):
        assert 0

    @pytest.mark.fine_tuning_job(ftschema_seed=21)
    def test_fails(fine_tuning_job):
        assert 0

    @pytest.mark.fine_tuning_job(ftschema_seed=22)
    def test_fails_with_payload(fine_tuning_job_payload):
        assert 0

    @pytest.fixture
    def service(fine_tuning_job):
        yield
        assert 0

    @pytest.mark.fine_tuning_job(ftschema_seed=23)
    def test_fails_at_the_end(service):
        pass
    """,
        "-rA",
    )
    run.assert_outcomes(passed=2, failed=3, errors=1, skipped=1, xfailed=1)
    assert _SEED.findall(run.stdout.str()) == ["23", "21", "22"]
    assert len(re.findall("-+ ftschema -+", run.stdout.str())) == 3


@pytest.mark.slow
def test_passing_tests_print_nothing(pytester: pytest.Pytester) -> None:
    """A passing test that used the fixtures prints nothing of them, whatever is reported."""
    source = "def test_it(fine_tuning_job): pass"
    run = _run(pytester, source, "-rA", "-vv")
    run.assert_outcomes(passed=1)
    body = run.stdout.str().partition("collected")[2]
    assert "seed" not in body
    assert "ftschema" not in body


@pytest.mark.slow
def test_strict_markers_know_the_marker(pytester: pytest.Pytester) -> None:
    """The marker is known where unknown markers are errors, and `--markers` explains it."""
    source = """
    import pytest

    @pytest.mark.fine_tuning_job(status="queued")
    def test_it(fine_tuning_job):
        assert fine_tuning_job.status == "queued"
    """
    _run(pytester, source, "--strict-markers", "-W", "error").assert_outcomes(passed=1)
    run = pytester.runpytest_inprocess(*_ALONE, "--markers")
    run.stdout.fnmatch_lines(["@pytest.mark.fine_tuning_job(ftschema_seed=*, contract=*, coherent=*"])


@pytest.mark.slow
def test_fixtures_and_option_are_listed(pytester: pytest.Pytester) -> None:
    """The lists of pytest have the fixtures with what they give, and the option with what it sets."""
    run = pytester.runpytest_inprocess(*_ALONE, "--fixtures")
    run.stdout.fnmatch_lines(["fine_tuning_job_payload -- *", "    Return the payload of a valid and consistent job*"])
    run.stdout.fnmatch_lines(["fine_tuning_job -- *"])
    run = pytester.runpytest_inprocess(*_ALONE, "--help")
    run.stdout.re_match_lines([r"\s+--ftschema-seed=\S+", ".*seed of the fixtures.*"])


# ---------------------------------------------------------------- what it costs


def _run_alone(pytester: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    """Run a file of tests in a process of its own, which has imported nothing yet."""
    pytester.makepyfile(test_it=source)
    return pytester.runpytest_subprocess(*_ALONE, *arguments)


_LOADED = """
    import json, pathlib, sys

    OURS = ("ftschema", "attr", "attrs", "cattrs", "jsonschema", "jsonschema_rs", "hypothesis", "click")

    def write_loaded(name):
        loaded = sorted(module for module in sys.modules if module.split(".")[0] in OURS)
        pathlib.Path(name).write_text(json.dumps(loaded))
"""


@pytest.mark.parametrize(
    "arguments", sample([((),), (("--strict-markers", "-rA"),), (("--markers",),)], ((),)), ids=str
)
def test_unused_it_loads_nothing(pytester: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    """A run that uses nothing of the plugin loads the plugin and the package's front, and none that they need."""
    pytester.makeconftest(_LOADED + "    def pytest_unconfigure(): write_loaded('loaded.json')")
    run = _run_alone(pytester, "def test_it(): pass", *arguments)
    assert run.ret == 0
    assert _written(pytester, "loaded.json") == ["ftschema", "ftschema.adapters", "ftschema.adapters.pytest_plugin"]


@pytest.mark.slow
def test_used_it_loads_no_hypothesis(pytester: pytest.Pytester) -> None:
    """A run that uses the fixtures, and fails, loads neither Hypothesis, nor the strategies, nor the command line."""
    pytester.makeconftest(_LOADED + "    def pytest_unconfigure(): write_loaded('loaded.json')")
    run = _run_alone(pytester, "def test_it(fine_tuning_job): assert 0")
    run.assert_outcomes(failed=1)
    loaded = _written(pytester, "loaded.json")
    assert {"ftschema.fixtures", "ftschema.model.kinds.job"} <= {*loaded}
    assert not {"hypothesis", "click", "jsonschema", "ftschema.strategies", "ftschema.cli.main"} & {*loaded}


@pytest.mark.slow
def test_without_hypothesis_installed(pytester: pytest.Pytester) -> None:
    """The fixtures work where Hypothesis is not installed."""
    pytester.makeconftest("import sys; sys.modules['hypothesis'] = None")
    _run_alone(pytester, "def test_it(fine_tuning_job): assert fine_tuning_job.id").assert_outcomes(passed=1)


@pytest.mark.slow
def test_hypothesis_knows_the_classes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """`from_type` makes jobs and parts with nothing of the strategies imported, where all plugins are loaded."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    source = """
    import sys, ftschema
    from hypothesis import given, settings, strategies as st

    assert "ftschema.strategies" not in sys.modules

    @settings(max_examples=5, database=None, deadline=None)
    @given(st.from_type(ftschema.FineTuningJob), st.from_type(ftschema.PythonGrader))
    def test_it(job, grader):
        assert not ftschema.check(ftschema.unstructure(job), lifecycle=True).problems
        assert isinstance(grader, ftschema.PythonGrader)
    """
    pytester.makepyfile(test_it=source)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


# ---------------------------------------------------------------- misuse


_IMPOSSIBLE = [
    ('status="no status"', 'cannot be used: cannot generate a job for contract "observed" with this status:'),
    ("no_key=1", 'cannot be used: contract "observed" has no key "no_key"'),
    ('contract="2023-10-05", method="dpo"', 'cannot be used: contract "2023-10-05" has no key "method"'),
    ('status="running", fine_tuned_model="ft:x"', "cannot be used: cannot generate a job for contract *"),
    ('contract="azur"', "cannot be used: unknown contract 'azur'. Did you mean 'azure'*"),
    ("7", "takes keyword arguments only, such as ftschema_seed=7"),
]


@pytest.mark.parametrize(("marker", "said"), sample(_IMPOSSIBLE, *_IMPOSSIBLE[-2:]))
def test_an_impossible_marker(pytester: pytest.Pytester, marker: str, said: str) -> None:
    """A marker that no job can meet is an error of the test that has it; the message says why, and is all there is."""
    source = f"""
    import pytest

    @pytest.mark.fine_tuning_job({marker})
    def test_it(fine_tuning_job):
        pass
    """
    run = _run(pytester, source)
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines([f"the marker fine_tuning_job {said}"])
    assert len([line for line in run.stdout.lines if line]) < 14


def test_seed_of_the_job(pytester: pytest.Pytester) -> None:
    """With `ftschema_seed` the job's own `seed` can be fixed; alone, `seed` is its old name, with a warning."""
    source = (
        _WRITERS
        + """
    @pytest.mark.fine_tuning_job(ftschema_seed=7, seed=42)
    def test_both(fine_tuning_job_payload):
        write("both.json", fine_tuning_job_payload)

    @pytest.mark.fine_tuning_job(seed=42)
    def test_old(fine_tuning_job_payload):
        write("old.json", fine_tuning_job_payload)
        assert 0
    """
    )
    run = _run(pytester, source)
    run.assert_outcomes(passed=1, failed=1, warnings=1)
    run.stdout.fnmatch_lines(["generated with seed=42 of the marker fine_tuning_job", "*write ftschema_seed=*"])
    fixed: dict[str, Any] = {"seed": 42}
    assert _written(pytester, "both.json") == fixtures.payload(7, **fixed)
    assert _written(pytester, "old.json") == fixtures.payload(42)


@pytest.mark.slow
def test_processes(pytester: pytest.Pytester) -> None:
    """In the processes of pytest-xdist, too, the option is followed and a failure names the seed."""
    run = _run(pytester, _FAILING, "-p", "xdist", "-n", "1", "--ftschema-seed=11")
    run.assert_outcomes(failed=1)
    assert _SEED.findall(run.stdout.str()) == ["11"]
    assert _written(pytester, "free.json") == fixtures.payload(11)


def test_a_small_service(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's tests use the fixtures in fixtures of their own, in folders, and with a marker for a module.

    Nothing but the installation makes pytest load the plugin.
    """
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture
        def reply(fine_tuning_job_payload):
            return {"job": fine_tuning_job_payload}
        """
    )
    folder = pytester.mkpydir("service")
    (folder / "test_service.py").write_text(
        "import pytest\n"
        'pytestmark = pytest.mark.fine_tuning_job(status="succeeded", ftschema_seed=3)\n'
        "def test_reply(reply, fine_tuning_job):\n"
        '    assert reply["job"]["id"] == fine_tuning_job.id\n'
        '    assert reply["job"]["fine_tuned_model"]\n',
        encoding="utf-8",
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)

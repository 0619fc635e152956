"""`pytest --ftschema-coverage`: what a test run covers, also in several processes."""

from __future__ import annotations

import json

import pytest

pytest_plugins = ["pytester"]

_TESTS = """
    import pytest, ftschema
    from ftschema import fixtures

    @pytest.mark.parametrize("status", ["queued", "failed"])
    def test_status(status):
        assert ftschema.is_valid(fixtures.payload(1, contract="2023-11-06", status=status), "2023-11-06")

    @pytest.mark.fine_tuning_job(contract="2023-11-06", status="cancelled")
    def test_fixture(fine_tuning_job_payload):
        ftschema.coverage.see({**fine_tuning_job_payload, "status": "running"})
"""
_OPTIONS = ("--ftschema-coverage-contract", "2023-11-06", "-p", "no:cacheprovider", "-p", "no:randomly")


def _run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(test_it=_TESTS)
    return pytester.runpytest_inprocess(*_OPTIONS, *arguments)


def _statuses(pytester: pytest.Pytester, name: str = "report.json") -> set[str]:
    data = json.loads((pytester.path / name).read_text(encoding="utf-8"))
    return {row["word"] for row in data["features"] if row["kind"] == "status" and row["covered"]}


def test_report(pytester: pytest.Pytester) -> None:
    """A run prints a table of what its payloads cover, and writes all details as JSON."""
    run = _run(pytester, "--ftschema-coverage=report.json", "--ftschema-coverage-fail-under=10")
    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(
        ["*ftschema coverage*", "kind *", 'status * "validating_files", "succeeded"', "6 payloads *"]
    )
    assert _statuses(pytester) == {'"queued"', '"failed"', '"cancelled"', '"running"'}
    assert [path.name for path in pytester.path.iterdir() if "report" in path.name] == ["report.json"]


@pytest.mark.parametrize(("name", "start"), [("report.html", "<!doctype html>"), ("report.txt", "kind ")])
def test_formats(pytester: pytest.Pytester, name: str, start: str) -> None:
    """The ending of the file decides about its format."""
    _run(pytester, f"--ftschema-coverage={name}")
    assert (pytester.path / name).read_text(encoding="utf-8").startswith(start)


def test_threshold(pytester: pytest.Pytester) -> None:
    """A run whose payloads cover too little fails, and so does one whose report cannot be written."""
    run = _run(pytester, "--ftschema-coverage=none/report.json", "--ftschema-coverage-fail-under=99.5")
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(["none/report.json: cannot be written: *", "* is less than the 99.5% of *"])


def test_no_coverage(pytester: pytest.Pytester) -> None:
    """A run that is not measured prints nothing of it, and neither does one that runs no tests."""
    assert "ftschema coverage" not in _run(pytester).stdout.str()
    assert "ftschema coverage" in _run(pytester, "--ftschema-coverage").stdout.str()
    assert "ftschema coverage" not in _run(pytester, "--ftschema-coverage", "--markers").stdout.str()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ftschema-coverage=test_it.py",), "name a report, not tests"),
        (("--ftschema-coverage", "."), "name a report, not tests"),
        (("--ftschema-coverage", "--ftschema-coverage-contract=azur"), "unknown contract"),
    ],
)
def test_misuse(pytester: pytest.Pytester, arguments: tuple[str, ...], message: str) -> None:
    """Tests in the place of the file, and unknown contracts, are usage errors."""
    run = _run(pytester, *arguments)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert message in run.stderr.str()


def test_measurements_of_workers(pytester: pytest.Pytester) -> None:
    """A worker hands its measurement over instead of a report; the controller adds those of all that did not crash."""
    pytester.makeconftest("""
        from types import SimpleNamespace

        def pytest_configure(config):
            config.workeroutput = {}

        def pytest_unconfigure(config):
            measurement = config.workeroutput["ftschema_coverage"]
            [plugin] = [one for one in config.pluginmanager.get_plugins() if type(one).__name__ == "CoveragePlugin"]
            plugin.pytest_testnodedown(SimpleNamespace(workeroutput={"ftschema_coverage": measurement}))
            plugin.pytest_testnodedown(SimpleNamespace())
            print("payloads:", measurement["payloads"], plugin.coverage.payloads)
    """)
    run = _run(pytester, "--ftschema-coverage")
    run.stdout.fnmatch_lines(["payloads: 6 12"])
    assert "ftschema coverage" not in run.stdout.str()


@pytest.mark.slow
def test_workers(pytester: pytest.Pytester) -> None:
    """With pytest-xdist the measurements of all workers are added up."""
    pytest.importorskip("xdist")
    run = _run(pytester, "-n", "2", "--ftschema-coverage=report.json")
    run.stdout.fnmatch_lines(["6 payloads covered *"])
    assert _statuses(pytester) == {'"queued"', '"failed"', '"cancelled"', '"running"'}

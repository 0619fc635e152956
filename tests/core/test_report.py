"""Problems, reports and errors are values: they compare, travel, and read well whatever they hold."""

from __future__ import annotations

import copy
import json
import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from attrs import evolve, fields
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

import ftschema
from ftschema.core import text as text_module
from ftschema.core.pointer import join
from ftschema.core.report import fitting, in_line
from ftschema.jsontext import data as jsondata
from support.data import corpus
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

_JOB: dict[str, Any] = next(job.payload for job in corpus() if job.kind == "live" and job.form == "raw")

_ERROR = ftschema.Problem("/seed", "type", "expected an integer, found true")
_WARNING = ftschema.Problem("/method", "method-has-no-other-member", "expected less", "warning")
_PLACED = ftschema.Problem("/a~1b/0", "json-number", "found nan", line=3, column=7, offset=41)
_ROOT = ftschema.Problem("", "required", 'missing required key "id"')
_MENDED = ftschema.Problem("/a", "enum", "m", repair=({"op": "replace", "path": "/a", "value": "b"},))
_REPORT = ftschema.Report("observed", (_ERROR, _WARNING, _PLACED), 7)
_HINTED = ftschema.Report("observed", (_ERROR, _MENDED), hint="this looks like a list")
_UNKNOWN = ftschema.UnknownContractError("obsrved", ("observed", "azure"))

_VALUES: dict[str, Any] = {
    "problem": _PLACED,
    "problem with a repair": _MENDED,
    "report": _REPORT,
    "report with a hint": _HINTED,
    "empty report": ftschema.Report("azure"),
    "InvalidJobError": ftschema.InvalidJobError(_REPORT),
}

# Any character at all, those that terminals act on and those that UTF-8 does not have among them.
_TEXT = st.text(st.characters() | st.sampled_from("\x00\x1b\n\r\x7f\x9b\u2028\u202e\ud800\udfff\U000e0001'\"\\~/"))
_LONG = st.builds(lambda text, times: text * times, _TEXT, st.sampled_from([1, 10, 1_000]))
_PROBLEMS = st.builds(
    ftschema.Problem, _LONG, st.sampled_from(["type", "json-cycle"]), _LONG, st.sampled_from(["error", "warning"])
)


def _is_one_line(text: str) -> bool:
    return text.isprintable() and bool(text.encode())


_TRIPS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "oldest pickle": lambda value: pickle.loads(pickle.dumps(value, 0)),
}


@for_each("trip", _TRIPS.values(), ids=_TRIPS)
@for_each("value", _VALUES.values(), ids=_VALUES)
def test_travels(value: Any, trip: Callable[[Any], Any]) -> None:
    """A copy, by pickle too, is equal to its original and says the same."""
    back = trip(value)
    assert type(back) is type(value)
    assert back == value
    assert hash(back) == hash(value)
    assert (str(back), repr(back)) == (str(value), repr(value))


@for_each("trip", _TRIPS.values(), ids=_TRIPS)
def test_unknown_contract_travels(trip: Callable[[Any], Any]) -> None:
    """A copy of an error about an unknown contract, by pickle too, still knows what it is about."""
    back = trip(_UNKNOWN)
    assert type(back) is ftschema.UnknownContractError
    assert (back.name, back.known, str(back)) == (_UNKNOWN.name, _UNKNOWN.known, str(_UNKNOWN))


def test_unknown_contract_compares() -> None:
    """Errors about unknown contracts are equal when they are about the same, as the other exceptions are."""
    assert copy.copy(_UNKNOWN) == _UNKNOWN
    assert ftschema.UnknownContractError("obsrved", ("azure",)) != _UNKNOWN


@pytest.mark.parametrize("kind", [ftschema.Problem, ftschema.Report])
def test_types_are_known(kind: type[Any]) -> None:
    """Libraries that read annotations at run time find the types of all attributes."""
    assert get_type_hints(kind).keys() == {attribute.name for attribute in fields(kind)}


def test_line_report() -> None:
    """The report of a line cannot be changed; it compares by its parts, and survives a pool of workers."""
    report = ftschema.LineReport(2, ftschema.Report("observed"))
    assert get_type_hints(ftschema.LineReport).keys() == {"number", "report", "text"}
    assert pickle.loads(pickle.dumps(report)) == report == ftschema.LineReport(2, ftschema.Report("observed"))
    assert report != ftschema.LineReport(3, ftschema.Report("observed"))
    assert report != ftschema.LineReport(2, ftschema.Report("observed"), "{}")
    with pytest.raises(AttributeError):
        report.number = 3  # type: ignore[misc]


def test_problem_differs() -> None:
    """Problems differ as soon as one attribute does."""
    one = ftschema.Problem("/a", "type", "m")
    others = [
        ftschema.Problem("/b", "type", "m"),
        ftschema.Problem("/a", "enum", "m"),
        ftschema.Problem("/a", "type", "n"),
        ftschema.Problem("/a", "type", "m", "warning"),
        ftschema.Problem("/a", "type", "m", line=1),
        ftschema.Problem("/a", "type", "m", column=1),
        ftschema.Problem("/a", "type", "m", offset=1),
        ftschema.Problem("/a", "type", "m", repair=()),
    ]
    assert one not in others
    assert len({one, ftschema.Problem("/a", "type", "m"), *others}) == 9


def test_report_differs() -> None:
    """Reports differ by contract, problems, how many more there are, and hint."""
    reports = {
        ftschema.Report("observed"),
        ftschema.Report("azure"),
        ftschema.Report("observed", (_ERROR,)),
        ftschema.Report("observed", (_ERROR,), 1),
        ftschema.Report("observed", (_ERROR,), hint="h"),
        ftschema.Report("observed", (_ERROR,)),
    }
    assert len(reports) == 5


def test_error_differs() -> None:
    """Errors are equal when their reports are, and no error is equal to another kind of exception."""
    report = ftschema.Report("observed", (_ERROR,))
    assert ftschema.InvalidJobError(report) == ftschema.InvalidJobError(copy.deepcopy(report))
    assert ftschema.InvalidJobError(report) != ftschema.InvalidJobError(_REPORT)
    assert ftschema.InvalidJobError(report) != ValueError(report)
    assert isinstance(ftschema.InvalidJobError(report), ValueError)
    assert isinstance(_UNKNOWN, LookupError)


@pytest.mark.parametrize(("value", "name"), [(_ERROR, "pointer"), (_REPORT, "problems")])
def test_frozen(value: object, name: str) -> None:
    """Nobody can change what a check has found."""
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, "")


@for_each(
    ("problems", "ok"),
    [((), True), ((_WARNING,), True), ((_WARNING, _WARNING), True), ((_ERROR,), False), ((_WARNING, _ERROR), False)],
)
def test_ok(problems: tuple[ftschema.Problem, ...], *, ok: bool) -> None:
    """A report without errors is fine, warnings or not."""
    assert ftschema.Report("observed", problems).ok is ok


def test_iteration() -> None:
    """A report iterates over its problems, as often as one likes."""
    assert list(_REPORT) == list(_REPORT) == [_ERROR, _WARNING, _PLACED]
    assert list(ftschema.Report("observed")) == []


@for_each(
    ("problem", "text"),
    [
        (_ERROR, "/seed: type: expected an integer, found true"),
        (_ROOT, '(root): required: missing required key "id"'),
        (_WARNING, "/method: method-has-no-other-member: warning: expected less"),
        (_PLACED, "/a~1b/0: json-number: found nan (line 3, column 7)"),
        (ftschema.Problem("/", "type", "m"), "/: type: m"),
        (ftschema.Problem("/é😀", "type", "m"), "/é😀: type: m"),
        (ftschema.Problem("/a\x1b[31m\n\ud800", "type", "m"), r"/a\u001b[31m\n\ud800: type: m"),
        (ftschema.Problem("/" + "a" * 500, "type", "m"), f"/{'a' * 198}…: type: m"),
    ],
)
def test_problem_text(problem: ftschema.Problem, text: str) -> None:
    """A problem reads as one line: place, code, message; its place can be read on any terminal."""
    assert str(problem) == text


@given(_LONG)
def test_any_pointer(pointer: str) -> None:
    """Any pointer is shown in one short line that a terminal and UTF-8 can take."""
    text = str(ftschema.Problem(pointer, "type", "m"))
    assert _is_one_line(text)
    assert len(text) < 2_100


@for_each(
    ("report", "text"),
    [
        (ftschema.Report("azure"), "valid for contract 'azure'"),
        (ftschema.Report("azure", (_ROOT, _WARNING)), f"{_ROOT}\n{_WARNING}"),
        (_REPORT, f"{_ERROR}\n{_WARNING}\n{_PLACED}\n… and 7 more"),
        (ftschema.Report("azure", (_ERROR,) * 100, 199_900), "\n".join([str(_ERROR)] * 80 + ["… and 199,920 more"])),
        (ftschema.Report("azure", (ftschema.Problem("", "type", "m" * 5_000),)), "… and 1 more"),
        (_HINTED, f"{_ERROR}\n{_MENDED}\nhint: this looks like a list"),
        (ftschema.Report("azure", (_ERROR,), 3, "h\n"), f"{_ERROR}\n… and 3 more\nhint: h\\n"),
    ],
    ids=["valid", "all", "omitted", "many", "long message", "hint", "hint below more"],
)
def test_report_text(report: ftschema.Report, text: str) -> None:
    """A report reads as one line a problem, says how many more there are, and ends with its hint."""
    assert str(report) == text


@given(st.lists(_PROBLEMS, max_size=100), st.integers(0, 10**9), st.none() | _LONG)
def test_short(problems: list[ftschema.Problem], omitted: int, hint: str | None) -> None:
    """No report and no error takes 4,000 characters as text, however many problems it has and however long they are."""
    report = ftschema.Report("observed", tuple(problems), omitted, hint)
    assert len(str(report)) < 4_000
    assert len(str(ftschema.InvalidJobError(report))) < 4_000


def test_missing_keys_share_a_line() -> None:
    """The missing keys of one object are one line; those with advice, and those of another object, are not joined."""
    payload = {"error": {}, "ID": "x", "integrations": [{"type": "wandb", "wandb": {}}, {}]}
    report = ftschema.check(payload, "2026-07-15")
    lines = str(report).split("\n")
    assert lines[:3] == [
        '(root): required: missing required key "id", found "ID" instead',
        (
            "(root): required: missing required keys: object, created_at, status, model, fine_tuned_model, "
            "finished_at, trained_tokens, training_file, validation_file, result_files, organization_id, "
            "hyperparameters, seed"
        ),
        "/error: required: missing required keys: code, message, param",
    ]
    assert sum(problem.code == "required" for problem in report) == 14 + 3 + 1 + 2
    assert str(ftschema.Report("azure", (_ROOT, _ROOT, _WARNING), 4)) == (
        f"(root): required: missing required keys: id, id\n{_WARNING}\n… and 4 more"
    )
    long = tuple(ftschema.Problem(f"/{number}", "required", _ROOT.message) for number in range(100) for _ in "ab")
    shown = str(ftschema.Report("azure", long)).split("\n")
    assert shown[-1] == f"… and {2 * (100 - len(shown) + 1)} more"
    assert len(shown) < 100


def test_missing_keys_of_texts_share_a_line() -> None:
    """The keys that an object of a text lacks have one place, which the line says."""
    assert str(ftschema.check_text('{"id": "x"}', "2023-10-05")).endswith("hyperparameters, error (line 1, column 1)")


def test_a_report_is_neither_true_nor_false() -> None:
    """A report as a condition is an error that says what to ask instead, because it could mean either."""
    for report in (ftschema.check(_JOB), ftschema.check({}), _REPORT):
        with pytest.raises(TypeError, match=r"report\.ok"):
            bool(report)


def test_line_report_text() -> None:
    """The report of a line reads as its report, and names the line where that does not."""
    valid, invalid = ftschema.check_lines([json.dumps(_JOB), '{"id": 5}'])
    assert str(valid) == "line 1: valid for contract 'observed'"
    assert str(invalid) == str(invalid.report)
    assert "(line 2, column 8)" in str(invalid)


def test_job_report_text() -> None:
    """The report of a job in a text reads as its report, and names the job where that does not."""
    valid, invalid = ftschema.check_jobs(json.dumps([_JOB, _JOB | {"id": 5}]))
    assert str(valid) == "/0: valid for contract 'observed'"
    assert str(invalid) == str(invalid.report)
    assert "/1/id" in str(invalid)


def test_error_text() -> None:
    """An error reads as a headline with the report below it."""
    error = ftschema.InvalidJobError(ftschema.Report("azure", (_ROOT, _WARNING)))
    assert str(error) == f"not a valid fine_tuning.job for contract 'azure':\n{_ROOT}\n{_WARNING}"


# Where the text of a stranger gets into a report; no name of a status or a method begins with a question mark.
_PUTS: dict[str, Callable[[str], Any]] = {
    "value": lambda text: {**_JOB, "status": f"?{text}"},
    "key of a number": lambda text: {**_JOB, "metadata": {text: 5}},
    "key of no JSON": lambda text: {**_JOB, "new": {text: math.nan}},
    "value in a method": lambda text: {**_JOB, "method": {"type": f"?{text}"}},
}


@pytest.mark.parametrize("put", _PUTS.values(), ids=_PUTS)
@given(text=_LONG)
def test_any_text_in_a_payload(put: Callable[[str], Any], text: str) -> None:
    """Whatever text a payload brings along, each line about it is short, printable, and goes through UTF-8 and JSON."""
    report = ftschema.check(put(text))
    assert not report.ok
    assert all(map(_is_one_line, str(report).split("\n")))
    assert len(str(report)) < 4_000
    for problem in report:
        assert _is_one_line(problem.message)
        assert len(problem.message) < 1_000
    assert json.loads(json.dumps(report.as_dict(), ensure_ascii=False).encode()) == report.as_dict()


def test_as_dict() -> None:
    """As JSON data a report has everything that it has as an object."""
    assert _REPORT.as_dict() == {
        "ok": False,
        "contract": "observed",
        "problems": [
            {
                "pointer": problem.pointer,
                "code": problem.code,
                "message": problem.message,
                "severity": problem.severity,
                "line": problem.line,
                "column": problem.column,
                "offset": problem.offset,
                "repair": None,
                "expected": None,
                "end": None,
            }
            for problem in (_ERROR, _WARNING, _PLACED)
        ],
        "omitted": 7,
        "hint": None,
    }
    assert jsondata.is_json(_REPORT.as_dict())
    nothing = {"ok": True, "contract": "azure", "problems": [], "omitted": 0, "hint": None}
    assert ftschema.Report("azure").as_dict() == nothing


def test_as_dict_of_data() -> None:
    """What was expected and found is data, and so are the positions; what there is not is left out."""
    text = '{"seed": true, "id": null, "id": 5}'
    [problem] = ftschema.check_text(text).as_dict()["problems"]
    assert {key: problem[key] for key in ("expected", "found", "end", "first")} == {
        "expected": None,
        "found": "id",
        "end": {"line": 1, "column": 32, "offset": 31},
        "first": {"line": 1, "column": 16, "offset": 15},
    }
    seed, missing = ftschema.check(_JOB | {"seed": True}), ftschema.check({})
    data = seed.as_dict()["problems"][0]
    assert (data["expected"], data["found"]) == ({"values": [], "types": ["integer", "null"]}, True)
    assert (type(data["expected"]), type(data["expected"]["types"])) == (dict, list)
    assert missing.problems[0].found is ftschema.ABSENT
    assert "found" not in missing.as_dict()["problems"][0]
    with pytest.raises(TypeError, match="cannot be changed"):
        seed.problems[0].expected["types"].append("string")


def test_in_a_line() -> None:
    """A report of a line gets its number; a problem without a position stays without one."""
    [line] = ftschema.check_text('{"a": 1, "a": 2}').problems
    moved, same = in_line(ftschema.Report("observed", (line, _ERROR)), 7)
    assert line.end is not None
    assert line.first is not None
    assert (moved.line, moved.column, moved.end) == (7, 10, evolve(line.end, line=7))
    assert moved.first == evolve(line.first, line=7)
    assert same is _ERROR


def test_found_is_short() -> None:
    """A long value is described, not repeated."""
    long: dict[str, Any] = {"seed": "x" * 1_000, "status": [1] * 500, "model": {"a": 1, "b": 2}, "id": 10**400}
    found = {one.pointer: one.found for one in ftschema.check(_JOB | long)}
    assert found == {
        "/seed": {"type": "string", "length": 1_000, "start": "x" * 60},
        "/status": {"type": "array", "length": 500},
        "/model": {"type": "object", "length": 2},
        "/id": {"type": "integer"},
    }


def test_as_dict_of_repairs() -> None:
    """Hints and repairs are part of it, as JSON data that shares nothing with the report."""
    data = _HINTED.as_dict()
    assert data["hint"] == "this looks like a list"
    assert data["problems"][1]["repair"] == [{"op": "replace", "path": "/a", "value": "b"}]
    assert jsondata.is_json(data)
    data["problems"][1]["repair"][0]["value"] = "c"
    assert _HINTED.problems[1].repair == ({"op": "replace", "path": "/a", "value": "b"},)


@for_each(
    ("name", "text"),
    [
        ("obsrved", "unknown contract 'obsrved'. Did you mean 'observed'? Known: observed, azure"),
        ("openai", "unknown contract 'openai'. Known: observed, azure"),
        (None, "expected the name of a contract, found NoneType. Known: observed, azure"),
        (["azure"], "expected the name of a contract, found list. Known: observed, azure"),
        ("a\x1b[31m\n\ud800", r"unknown contract 'a\x1b[31m\n\ud800'. Known: observed, azure"),
        ("x" * 5_000, f"unknown contract '{'x' * 58}…. Known: observed, azure"),
    ],
    ids=["near", "far", "null", "list", "hostile", "long"],
)
def test_unknown_contract_text(name: object, text: str) -> None:
    """An error about an unknown contract names those there are, and the one that is nearly meant."""
    assert str(ftschema.UnknownContractError(name, ("observed", "azure"))) == text


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("/" + "x" * 99, f"contract 'azure' has no location /{'x' * 99}"),
        ("x" * 101, f"contract 'azure' has no code {'x' * 99}…"),
    ],
    ids=["location", "long"],
)
def test_unknown_subject_text(subject: str, text: str) -> None:
    """An error about an unknown subject says what it was taken for, and shows at most a hundred characters of it."""
    assert str(ftschema.UnknownSubjectError(subject, "azure", None)) == text


def test_errors_of_named_arguments() -> None:
    """An error is the same whether its arguments are named or not, also after a pickle."""
    for named, plain in (
        (ftschema.UnknownContractError(name="x", known=("a",)), ftschema.UnknownContractError("x", ("a",))),
        (
            ftschema.UnknownSubjectError(subject="x", contract="azure", nearest=None),
            ftschema.UnknownSubjectError("x", "azure", None),
        ),
    ):
        assert named == pickle.loads(pickle.dumps(named)) == plain


@pytest.mark.parametrize(("number", "end"), [(36, ""), (37, "\n… and 1 more")])
def test_full_text(number: int, end: str) -> None:
    """The text of a report has the problems that fit into it, to the last character."""
    problem = ftschema.Problem("/seed", "type", "m" * 86)
    assert len(str(problem)) == 99
    text = str(ftschema.Report("observed", (problem,) * number))
    assert text == "\n".join([str(problem)] * 36) + end


@for_each(("length", "number"), [(0, 9), (1_000, 3), (1_500, 2), (9_000, 1)])
def test_fitting(length: int, number: int) -> None:
    """Problems are kept until their pointers are longer than a thousand characters for each that is allowed."""
    problem = ftschema.Problem("x" * length, "type", "m")
    assert len(fitting([problem] * 9, 2)) == number


@for_each("name", ["obsrved", "", "OBSERVED", None, 5, ["observed"], b"observed", "2026-07-16"])
def test_unknown_contract(name: Any) -> None:
    """A verb that is asked for a contract that there is not raises an error that lists the contracts."""
    for ask in (
        lambda: ftschema.contract(name),
        lambda: ftschema.schema(name),
        lambda: ftschema.is_valid(_JOB, name),
        lambda: ftschema.check(_JOB, name),
        lambda: ftschema.check_text("{}", name),
    ):
        with pytest.raises(ftschema.UnknownContractError) as caught:
            ask()
        assert (caught.value.name, caught.value.known) == (name, ftschema.contracts())


@for_each(
    ("path", "pointer"),
    [
        ([], ""),
        (["foo"], "/foo"),
        (["foo", 0], "/foo/0"),
        ([""], "/"),
        (["a/b"], "/a~1b"),
        (["c%d"], "/c%d"),
        (["e^f"], "/e^f"),
        (["g|h"], "/g|h"),
        (["i\\j"], "/i\\j"),
        (['k"l'], '/k"l'),
        ([" "], "/ "),
        (["m~n"], "/m~0n"),
        (["~1"], "/~01"),
        (["", "", 0], "///0"),
    ],
)
def test_pointer(path: list[str | int], pointer: str) -> None:
    """A path is written as RFC 6901 writes it in section 5, and a literal ~1 stays one."""
    assert join(path) == pointer


@given(st.lists(st.text() | st.integers(0)))
def test_pointer_leads_back(path: list[str | int]) -> None:
    """The steps of a pointer, read as RFC 6901 says, are the path that it was made of."""
    steps = join(path).split("/")[1:]
    assert [step.replace("~1", "/").replace("~0", "~") for step in steps] == list(map(str, path))


@for_each(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (5, "5"),
        (1.0, "1.0"),
        (10**30 - 1, "9" * 30),
        (10**30, "an integer of more than 30 digits"),
        (1 - 10**30, "-" + "9" * 30),
        (-(10**30), "an integer of more than 30 digits"),
        (10**5_000, "an integer of more than 30 digits"),
        ("", '""'),
        ('a"é😀', '"a\\"é😀"'),
        ("\x1b\n\ud800", r'"\u001b\n\ud800"'),
        ("x" * 60, f'"{"x" * 60}"'),
        ("x" * 61, f'"{"x" * 60}…"'),
        ({}, "an empty object"),
        ({"a": 1}, "an object with 1 key"),
        (dict.fromkeys(map(str, range(2_000))), "an object with 2,000 keys"),
        ([], "an empty array"),
        ([[]], "an array of 1 item"),
        ([0] * 2_000, "an array of 2,000 items"),
    ],
)
def test_show(value: Any, shown: str) -> None:
    """A value is shown as JSON, or described where that would be long."""
    assert text_module.format_value(value) == shown


@given(_LONG | st.integers() | st.floats() | st.lists(_TEXT) | st.dictionaries(_TEXT, _TEXT))
def test_show_any(value: Any) -> None:
    """Whatever a value is, it is shown in one short printable line."""
    shown = text_module.format_value(value)
    assert _is_one_line(shown)
    assert len(shown) < 800


@given(st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters='"\\')))
def test_show_text(value: str) -> None:
    """Of a text that can be printed as it is, about 60 characters are shown, and whether these are all."""
    shown = text_module.format_value(value)
    assert len(shown) <= 63
    assert shown == (f'"{value}"' if len(value) <= 60 else f'"{value[:60]}…"')


@given(_LONG, st.integers(1, 300))
def test_clip(text: str, longest: int) -> None:
    """A clipped text can be printed, has what was printable as it was, and says that something is missing."""
    clipped = text_module.shorten(text, longest)
    assert _is_one_line(clipped) or not clipped
    assert len(clipped) <= 12 * longest
    if text.isprintable():
        assert clipped == (text if len(text) <= longest else f"{text[: longest - 1]}…")


@for_each(
    ("phrases", "text"),
    [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c"), (["x" * 300], "x" * 239 + "…")],
    ids=["one", "two", "three", "long"],
)
def test_either(phrases: list[str], text: str) -> None:
    """Alternatives read as a sentence has them, and end somewhere."""
    assert text_module.join_or(iter(phrases)) == text


@given(st.lists(st.text(), min_size=1))
def test_either_any(phrases: list[str]) -> None:
    """However many alternatives there are, they make one line."""
    text = text_module.join_or(phrases)
    assert _is_one_line(text) or not text
    assert len(text) <= 2_400


@for_each(
    ("number", "text"), [(0, "0 keys"), (1, "1 key"), (2, "2 keys"), (1_000, "1,000 keys"), (200_000, "200,000 keys")]
)
def test_count(number: int, text: str) -> None:
    """Numbers of things are written as people write them."""
    assert text_module.plural(number, "key") == text


@for_each("new", [{}, [[0]] * 200, "x" * 200_000], ids=["small", "many arrays", "long"])
def test_deferred_problems(new: Any) -> None:
    """Problems that are made when they are read are those of the payload that was checked, in any thread."""
    payload = _JOB | {"status": "stopped", "hyperparameters": {"n_epochs": "many"}, "new": new}
    expected = repr(ftschema.check(payload))
    report = ftschema.check(payload)
    payload["hyperparameters"]["n_epochs"] = 3
    payload["seed"] = "changed"
    payload["status"] = "succeeded"
    assert not report.ok
    with ThreadPoolExecutor(8) as pool:
        assert {*pool.map(repr, [report] * 64)} == {expected}
    with pytest.raises(AttributeError):
        _ = report.other  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError):
        report.problems = ()  # type: ignore[misc]


@for_each("trip", _TRIPS.values(), ids=_TRIPS)
@for_each(
    "text",
    [
        "5",
        "[]",
        "{}",
        '{"object": "list", "data": []}',
        json.dumps(_JOB | {"seed": "7", "model": 5}),
        f'{{"a": -{"9" * 4_300}}}',
    ],
)
def test_deferred_reports_travel(text: str, trip: Callable[[Any], Any]) -> None:
    """A report whose problems were not read is equal to one whose problems were, however it is compared or copied."""
    checks: list[Callable[[], ftschema.Report]] = [
        lambda: ftschema.check(json.loads(text)),
        lambda: ftschema.check_text(text),
        lambda: ftschema.check_text(text, show_values=False),
        lambda: next(ftschema.check_lines([text])).report,
    ]
    for check in checks:
        read = check()
        assert len(read.problems) > 0
        assert check() == read == check()
        assert check() == check()
        assert trip(check()) == read
        assert hash(check()) == hash(read)
        assert (check().hint, check().omitted, str(check())) == (read.hint, read.omitted, str(read))

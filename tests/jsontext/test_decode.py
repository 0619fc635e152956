"""Text that is not the JSON of a job gets a report that says why, never a traceback."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import math
import re
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from openai.types.fine_tuning import FineTuningJob

import ftschema
from ftschema.jsontext import decode as decoding
from support.data import corpus, texts
from support.helpers import examples
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftschema import Code

_JOB: dict[str, Any] = next(job.payload for job in corpus() if job.kind == "live" and job.form == "raw")
_TEXT = json.dumps(_JOB)
_MANY = 200_000

# Text with a value, or a key, that JSON has no form for: where, code, and what the message says of it.
_NO_DATA: dict[str, tuple[str, str, str, str]] = {
    "NaN": ('{"a": NaN}', "/a", "json-number", "found NaN"),
    "NaN alone": ("NaN", "", "json-number", "found NaN"),
    "Infinity": ('{"a": [Infinity]}', "/a/0", "json-number", "found Infinity"),
    "-Infinity": ('{"a": -Infinity}', "/a", "json-number", "found -Infinity"),
    "1e999": ('{"a": 1e999}', "/a", "json-number", "found Infinity"),
    "-1e999": ('{"a": {"b": -1e999}}', "/a/b", "json-number", "found -Infinity"),
    "5,000 digits": (f'{{"a": {"1" * 5_000}}}', "/a", "json-number", "expected at most 4,300 digits"),
    "4,301 digits": (f'{{"a": {"9" * 4_301}}}', "/a", "json-number", "expected at most 4,300 digits"),
    "-5,000 digits": (f'{{"a": -{"1" * 5_000}}}', "/a", "json-number", "expected at most 4,300 digits"),
    "the first half of a pair": (r'{"a": "x\ud800"}', "/a", "json-surrogate", r"\ud800"),
    "the second half of a pair": (r'{"a": ["\udc00"]}', "/a/0", "json-surrogate", r"\udc00"),
    "a pair the wrong way round": (r'{"a": "\ude00\ud83d"}', "/a", "json-surrogate", r"\ude00\ud83d"),
    "half a pair in a key": (r'{"a": {"\ud800": 1}}', "/a", "json-surrogate", "in the key"),
}

# Keys that stand twice in one object: the pointers, in the order of the document.
_REPEATED: dict[str, tuple[str, list[str]]] = {
    "at the top": ('{"a": 1, "a": 1}', ["/a"]),
    "three times": ('{"a": 1, "a": 2, "a": 3}', ["/a"]),
    "several": ('{"a": 1, "b": 2, "c": 3, "a": 4, "b": 5}', ["/a", "/b"]),
    "nested": ('{"a": {"b": {"c": 1, "c": 2}}}', ["/a/b/c"]),
    "in lists": ('[{"a": 1}, [{"a": 1, "a": 2}], {"b": 1, "b": 2}]', ["/1/0/a", "/2/b"]),
    "escaped": (r'{"id": 1, "\u0069d": 2}', ["/id"]),
    "with a slash and a tilde": ('{"a/b~c": 1, "a/b~c": 2}', ["/a~1b~0c"]),
    "empty": ('{"": 1, "": 2}', ["/"]),
    "in an object and then in its parent": ('{"a": {"x": 1, "x": 2}, "b": 1, "b": 2}', ["/a/x", "/b"]),
    "in an object and then inside": ('{"a": 1, "a": 2, "b": {"x": 1, "x": 2}}', ["/a", "/b/x"]),
    "inside a value that is replaced": ('{"a": {"x": 1, "x": 2}, "a": 1}', ["/a"]),
    "inside a value that replaces": ('{"a": 1, "a": {"x": 1, "x": 2}}', ["/a", "/a/x"]),
    "in objects that are equal": ('[{"x": 1, "x": 2}, {"x": 2}, {"x": 1, "x": 2}]', ["/0/x", "/2/x"]),
}


def _refusal(text: Any) -> ftschema.Report:
    """Return the report of a text that is no job, which `loads` raises too."""
    report = ftschema.check_text(text)
    with pytest.raises(ftschema.InvalidJobError) as caught:
        ftschema.loads(text)
    assert caught.value.report == report
    assert not report.ok
    for shown in (str(report), str(caught.value)):
        assert len(shown) < 4_000
        assert shown.replace("\n", "").isprintable()
    return report


def _only(report: ftschema.Report) -> ftschema.Problem:
    (problem,) = report.problems
    assert not report.omitted
    return problem


def test_not_json(subtests: pytest.Subtests) -> None:
    """What is not JSON is one problem, short and printable, which `loads` raises too."""
    for about, case in texts("faults").items():
        with subtests.test(about=about):
            for text in case.forms:
                problem = _only(_refusal(text))
                assert problem.pointer == "" or problem.code == "json-depth"


@for_each(
    ("text", "offset"),
    [
        ("[" * _MANY, 200),
        ("[" * _MANY + "]" * _MANY, 200),
        ('{"a":' * _MANY, 1_000),
        ('{"a":' * _MANY + "1" + "}" * _MANY, 1_000),
        ("[1, " * 150 + '{"é": ' * _MANY, 900),
    ],
    ids=["open arrays", "arrays", "open objects", "objects", "objects in arrays"],
)
def test_too_deep_to_read(text: str, offset: int) -> None:
    """Where a text nests too deep to be read, the place is that of the 201st level, closed or not."""
    problem = _only(_refusal(text))
    assert (problem.pointer, problem.code, problem.offset) == ("", "json-depth", offset)
    assert problem.message == "expected at most 200 levels of nesting, found more"


def test_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python itself has no room to read the levels that are allowed, the report says so."""

    def full(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(decoding, "_decode", full)
    [problem] = decoding.decode('{"a": [1]}').problems
    assert (problem.pointer, problem.code, problem.offset) == ("", "json-depth", 0)


@for_each(("text", "pointer", "code", "reason"), _NO_DATA.values(), ids=_NO_DATA)
def test_no_json_data(text: str, pointer: str, code: str, reason: str) -> None:
    """A number or a string that JSON has no form for is reported at its place."""
    for form in (text, text.encode()):
        problem = _only(_refusal(form))
        assert (problem.pointer, problem.code) == (pointer, code)
        assert reason in problem.message


def test_half_a_pair_as_it_is() -> None:
    """Half a surrogate pair is reported when it stands in a `str` without an escape too, which bytes cannot hold."""
    problem = _only(_refusal('{"a": "\ud800"}'))
    assert (problem.pointer, problem.code) == ("/a", "json-surrogate")


@for_each(("text", "pointers"), _REPEATED.values(), ids=_REPEATED)
def test_repeated_key(text: str, pointers: list[str]) -> None:
    """A key that stands twice in an object is an error at its place, in the order of the document."""
    found = [(problem.pointer, problem.code) for problem in _refusal(text)]
    assert found == [(pointer, "json-duplicate-key") for pointer in pointers]


def test_repeated_key_of_a_job() -> None:
    """A repeated key spoils a valid job even where both values are the same."""
    problem = _only(_refusal(f'{_TEXT[:-1]}, "id": {json.dumps(_JOB["id"])}}}'))
    at = len(_TEXT) + 1
    message = f'expected each key once, found "id" again; first at column {_TEXT.index(chr(34) + "id") + 1}'
    expected = ftschema.Problem("/id", "json-duplicate-key", message)
    assert problem == evolve(expected, line=1, column=at + 1, offset=at)


def test_many_repeated_keys() -> None:
    """Of thousands of repeated keys 100 are reported and the rest are counted."""
    report = _refusal("{" + ", ".join(f'"{key}": 1' for key in [*range(3_000)] * 2) + "}")
    assert [problem.pointer for problem in report] == [f"/{key}" for key in range(100)]
    assert report.omitted == 2_900


@pytest.mark.parametrize("text", [r'{"\ud800": 1, "\ud800": 2}', r'{"\ud800": {"a": 1, "a": 2}}'])
def test_repeated_key_with_half_a_pair(text: str) -> None:
    """A report about a repeated key can be sent on as JSON in UTF-8 even where a key has half a surrogate pair."""
    report = _refusal(text)
    assert json.dumps(report.as_dict(), ensure_ascii=False).encode()


def test_truncated() -> None:
    """Wherever the text of a job ends too early, the one problem is that it is not JSON."""
    for length in range(len(_TEXT)):
        problem = _only(_refusal(_TEXT[:length]))
        assert problem.code == ("json-syntax" if length else "json-empty"), length


_TAKE_TEXT = [ftschema.check_text, ftschema.loads, ftschema.check_jobs]


@for_each("verb", _TAKE_TEXT)
@for_each(
    ("value", "found"),
    [
        (None, "NoneType"),
        (5, "int"),
        ({}, "dict; check and structure take a payload"),
        ([_TEXT], "list; check and structure take a payload"),
        (ftschema.ABSENT, "ftschema.Absent"),
        (Path("job.json"), f"pathlib.{type(Path()).__name__}; pass its read_bytes()"),
        (io.StringIO(_TEXT), "_io.StringIO; pass its read()"),
        (FineTuningJob.model_construct(), "openai.FineTuningJob; from_openai takes an object of the SDK"),
    ],
)
def test_no_text(verb: Callable[[Any], object], value: object, found: str) -> None:
    """What is not text at all is a slip of the programmer, not an invalid job."""
    with pytest.raises(TypeError, match=f"^{re.escape(f'expected JSON text as str or bytes, found {found}')}$"):
        verb(value)


@for_each("verb", _TAKE_TEXT)
@for_each("kind", [str, bytes, bytearray, memoryview])
def test_max_size(verb: Callable[..., Any], kind: type) -> None:
    """A text that is longer than allowed has one problem and is not decoded; one that is as long is checked."""
    text: Any = _TEXT if kind is str else kind(_TEXT.encode())
    assert verb(text, max_size=len(text)) == verb(text)
    with patch.object(decoding, "_decode", side_effect=AssertionError):
        try:
            found = verb(text, max_size=len(text) - 1)
        except ftschema.InvalidJobError as error:
            found = error.report
    [problem] = found[0].report if isinstance(found, tuple) else found
    unit = "characters" if kind is str else "bytes"
    assert (problem.pointer, problem.code) == ("", "json-size")
    assert problem.message == f"expected at most {len(text) - 1:,} {unit}, found more"
    assert (problem.line, problem.column, problem.offset) == (1, 1, 0)


@pytest.mark.parametrize("verb", _TAKE_TEXT)
def test_max_size_of_another_type(verb: Callable[..., Any]) -> None:
    """A size that is not a number is a slip of the programmer."""
    with pytest.raises(TypeError, match="expected max_size as int, found str"):
        verb(_TEXT, max_size="5")


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text with more values than JSON data may have is refused, whatever size it may have."""
    for name in ("jsontext.data.LARGEST", "jsontext.data._MOST_VALUES", "jsontext.decode._LONGEST_FAST"):
        monkeypatch.setattr(f"ftschema.{name}", 5)
    [problem] = decoding.decode("[1,1,1,1,1,1,1,1]").problems
    assert (problem.pointer, problem.code, problem.expected) == ("", "json-size", 5)


def test_default_of_max_size() -> None:
    """A text of ten megabytes is decoded, and a longer one is not."""
    assert ftschema.check_text(_TEXT + " " * (10_000_000 - len(_TEXT))).ok
    assert _only(_refusal(" " * 10_000_001)).code == "json-size"


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("job.json", _TEXT)
    return file.getvalue()


@for_each(
    ("data", "found"),
    [
        (lzma.compress(b"{}"), "data compressed by xz"),
        (bz2.compress(b"{}"), "data compressed by bzip2"),
        (gzip.compress(b"{}"), "data compressed by gzip"),
        (_zip(), "a zip archive"),
        (tarfile.TarInfo("job.json").tobuf(), "a tar archive"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
    ],
)
def test_other_formats(data: bytes, found: str) -> None:
    """Data that is no text is called by its name."""
    problem = _only(ftschema.check_text(data))
    assert (problem.code, problem.message) == ("json-encoding", f"expected UTF-8, found {found}")


@given(st.text('\0\x01 5a[{"', max_size=6))
def test_null_characters(text: str) -> None:
    """A text with NUL is one thing, as `str` and as bytes."""
    one, other = ftschema.check_text(text), ftschema.check_text(text.encode())
    assert one == other
    lines = [[found.report for found in ftschema.check_lines([line])] for line in (text, text.encode())]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes(kind: type) -> None:
    """Each kind of bytes is read, and holds the same job as the text does."""
    text: Any = kind(_TEXT.encode())
    assert ftschema.check_text(text).ok
    assert ftschema.loads(text) == ftschema.loads(_TEXT)


@pytest.mark.parametrize("sign", ["", "-"])
def test_long_integer(sign: str) -> None:
    """An integer of 4,300 digits is fine, and survives the trip through `loads` and `dumps`."""
    text = f'{_TEXT[:-1]}, "long": {sign}{"9" * 4_300}}}'
    assert ftschema.check_text(text).ok
    assert json.loads(ftschema.dumps(ftschema.loads(text))) == json.loads(text)


@pytest.mark.parametrize(("opening", "closing", "step"), [("[", "]", "/0"), ('{"a":', "}", "/a")])
def test_nesting(opening: str, closing: str, step: str) -> None:
    """200 levels of nesting are fine, the job itself among them; the 201st is reported where it begins."""
    fine, deep = (f'{_TEXT[:-1]}, "deep": {opening * levels}1{closing * levels}}}' for levels in (199, 200))
    assert ftschema.check_text(fine).ok
    assert json.loads(ftschema.dumps(ftschema.loads(fine))) == json.loads(fine)
    problem = _only(_refusal(deep))
    assert (problem.pointer, problem.code) == ("/deep" + step * 199, "json-depth")


@for_each("text", [r'"\ud83d\ude00"', '"😀"', r'"\ud800\udc00"', r'"\udbff\udfff"', r'"\u0000"', '"\u2028\x7f"'])
def test_odd_text(text: str) -> None:
    """Whole surrogate pairs, and characters that are only odd, are text like any other, in keys too."""
    whole = f'{_TEXT[:-1]}, "odd": {{{text}: {text}}}}}'
    assert ftschema.check_text(whole).ok
    assert json.loads(ftschema.dumps(ftschema.loads(whole))) == json.loads(whole)


_TEXTS = st.sampled_from([json.dumps(job.payload, ensure_ascii=False) for job in corpus() if job.kind == "live"])
_SLICES = st.text(max_size=8) | st.sampled_from(
    ["{", "}", "[", "]", ",", ":", '"', "\\", "\\ud800", "\ud800", "-", "0", "1e999", "NaN", "null", "\n", '"id": 1,']
)


@st.composite
def _mutants(draw: st.DrawFn) -> str | bytes:
    """Return the text of a valid job with a slice deleted, inserted or replaced."""
    text = draw(_TEXTS)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(start + 12, len(text))))
    mutant = text[:start] + draw(_SLICES) + text[end:]
    return mutant.encode(errors="surrogatepass") if draw(st.booleans()) else mutant


@examples(4)
@given(st.text(st.characters()) | st.binary() | _mutants())
def test_any_text(text: str | bytes) -> None:
    """`loads` succeeds exactly when `check_text` finds nothing, and raises nothing but `InvalidJobError`."""
    report = ftschema.check_text(text)
    if report.ok:
        assert ftschema.check(ftschema.unstructure(ftschema.loads(text))).ok
    else:
        assert _refusal(text) == report


@given(_TEXTS, _SLICES)
def test_text_inside_a_string(text: str, slice_: str) -> None:
    """What only looks like syntax is text inside a string: the job stays valid and the string stays whole."""
    whole = f'{text[:-1]}, "added": {json.dumps(slice_, ensure_ascii=False)}}}'
    if "\ud800" in slice_:
        assert _only(_refusal(whole)).pointer == "/added"
    else:
        assert ftschema.unstructure(ftschema.loads(whole))["added"] == slice_


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["\ud800", "auto"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just("\udfff"), inner, max_size=4),
    max_leaves=12,
)
_KEYS = st.sampled_from([*_JOB, "unknown"])


_IN_A_TEXT: dict[Code, Code] = {"type": "json-not-an-object"}


@examples(2)
@given(_VALUES, _KEYS)
def test_text_and_value(value: Any, key: str) -> None:
    """The text of a value gets the same report as the value, at the top and in each place of a job, and knows where.

    What is no object has another code in a text.
    """
    for payload in (value, {**_JOB, key: value}):
        report = ftschema.check_text(json.dumps(payload))
        assert all(problem.offset is not None for problem in report)
        placeless = tuple(evolve(problem, line=None, column=None, offset=None) for problem in report)
        expected = ftschema.check(payload)
        if not isinstance(payload, dict):
            problems = tuple(evolve(problem, code=_IN_A_TEXT.get(problem.code, problem.code)) for problem in expected)
            expected = evolve(expected, problems=problems)
        assert evolve(report, problems=placeless) == expected


def test_numbers_stay() -> None:
    """Numbers come out of a text as what they were written as."""
    text = f'{_TEXT[:-1]}, "n": [1, 1.0, 1e2, -0.0, 18446744073709551617, 0.1]}}'
    numbers = ftschema.loads(text).extra["n"]
    assert list(map(repr, numbers)) == ["1", "1.0", "100.0", "-0.0", "18446744073709551617", "0.1"]
    assert math.copysign(1, numbers[3]) == -1


def test_fewer_digits() -> None:
    """An integer that this Python was told not to read is reported like one that none reads."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        [problem] = ftschema.check_text('{"seed": ' + "1" * 700 + "}")
    finally:
        sys.set_int_max_str_digits(limit)
    assert (problem.pointer, problem.code) == ("/seed", "json-number")

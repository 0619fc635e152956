"""What is JSON here is what other readers take for JSON, but for the differences that are listed."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

import ftschema
from ftschema.jsontext.data import is_json
from ftschema.jsontext.decode import decode
from support.data import corpus, texts
from support.helpers import examples
from support.rows import for_each
from support.strategies import Layout, values

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

_DIFFERENCES = texts("differences")
_VERDICTS = texts("verdicts") | {f"fault: {about}": case for about, case in texts("faults").items()}
_LISTED = {tuple(case.said[reader] for reader in ("code", "json", "orjson")) for case in _DIFFERENCES.values()}


def _codes(text: str | bytes) -> list[str]:
    """Return the codes of what makes a text no JSON; none where it is, whether it holds a job or not."""
    report = ftschema.check_text(text)
    return [] if report.is_json else [problem.code for problem in report]


def _reads(read: Callable[[Any], Any], text: str | bytes) -> bool:
    try:
        read(text)
    except (ValueError, RecursionError):
        return False
    return True


def _agree_or_are_listed(text: str | bytes) -> None:
    codes: list[str | None] = [*_codes(text)]
    others = (_reads(json.loads, text), _reads(orjson.loads, text))
    # Nothing is looked for below the 200th level, where there may be more that some readers refuse.
    if others != (not codes, not codes) and "json-depth" not in codes:
        assert any((code, *others) in _LISTED for code in codes or [None]), (codes, others)


def _agrees_with_itself(text: str | bytes) -> None:
    """Make sure that what has no problems is decoded to JSON data, the same as by `json`."""
    decoded = decode(text)
    if not decoded.problems:
        assert repr(decoded.payload) == repr(json.loads(text))
        assert is_json(decoded.payload)


def test_cases(subtests: pytest.Subtests) -> None:
    """Each text of tests/texts is told as its row says, and by the other readers too, or the difference is listed."""
    for about, case in _VERDICTS.items():
        with subtests.test(about=about):
            for text in case.forms:
                assert {*_codes(text)} == {case.said["code"]} - {None}
                _agree_or_are_listed(text)
                _agrees_with_itself(text)


def test_rfc(subtests: pytest.Subtests) -> None:
    """What RFC 8259 says must be read is read, and what it forbids is not, but for keys that stand twice."""
    for about, case in texts("verdicts").items():
        with subtests.test(about=about):
            if case.said["rfc"] == "must read":
                assert case.said["code"] in {None, "json-duplicate-key"}
            if case.said["rfc"] == "must not read":
                assert case.said["code"] is not None


@for_each("about", _DIFFERENCES)
def test_differences(about: str) -> None:
    """Each listed difference is one."""
    text, said = _DIFFERENCES[about].text, _DIFFERENCES[about].said
    assert {*_codes(text)} == {said["code"]} - {None}
    assert (_reads(json.loads, text), _reads(orjson.loads, text)) == (said["json"], said["orjson"])
    assert not (said["code"] is None) == said["json"] == said["orjson"]


_CHARACTERS = (
    st.sampled_from("{}[],:\"'\\/#+-._0123456789eExNInatfu \t\n\r\f\x00\x1f\x7f\u00a0\u2028\ufeff\ud800é😀")
    | st.characters()
)
_JOBS = st.sampled_from([json.dumps(job.payload, ensure_ascii=False) for job in corpus()])
_WRITTEN = st.builds(lambda value, seed: Layout(random.Random(seed)).text(value), values, st.integers(0, 2**32))
_SMALL = st.sampled_from([case.text for case in texts("verdicts").values() if isinstance(case.text, str)])


@examples(5)
@given(_JOBS | _WRITTEN | _SMALL, st.data())
def test_one_character(text: str, data: st.DataObject) -> None:
    """A text in which one character is lost, new, changed or doubled is told alike by all, or the difference listed."""
    at = data.draw(st.integers(0, len(text)))
    kept = data.draw(st.integers(0, 1))
    changed = text[:at] + data.draw(_CHARACTERS | st.just("") | st.just(text[at : at + 1] * 2)) + text[at + kept :]
    for form in (changed, changed.encode("utf-8", "surrogatepass")):
        _agree_or_are_listed(form)
        _agrees_with_itself(form)


@examples(3)
@given(_JOBS | _WRITTEN, st.data())
def test_one_byte(text: str, data: st.DataObject) -> None:
    """The same holds for bytes, of any encoding, in which one byte is lost, new or changed."""
    encoding = data.draw(
        st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be", "latin-1"])
    )
    whole = text.encode(encoding, "replace")
    at = data.draw(st.integers(0, len(whole)))
    changed = whole[:at] + data.draw(st.binary(max_size=1)) + whole[at + data.draw(st.integers(0, 1)) :]
    _agree_or_are_listed(changed)
    _agrees_with_itself(changed)


@examples(5)
@given(st.text(st.characters(), max_size=12) | st.binary(max_size=12))
@example(b"\x000")
@example(b"0\x00")
def test_any_text(text: str | bytes) -> None:
    """The same holds for what is hardly ever JSON."""
    _agree_or_are_listed(text)
    _agrees_with_itself(text)

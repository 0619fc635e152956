"""A text is decoded to what `json` decodes it to, or has a problem."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftschema import ABSENT
from ftschema.jsontext.data import is_json
from ftschema.jsontext.decode import decode, decode_struct, undecided
from ftschema.model.records import decoder, struct_type
from support.data import corpus
from support.helpers import examples
from support.rows import for_each
from support.strategies import values

if TYPE_CHECKING:
    from collections.abc import Callable

# What texts are made of, right and wrong: numbers in all forms, words, strings, brackets, white space, marks.
_PIECES = (
    *("0", "-0", "-0.0", "1.0", "1E5", "1e-400", "1e400", "01", "1.", ".5", "+1", "-", "0x1", "1_0", "1e", "9" * 400),
    *("18446744073709551616", "-9223372036854775809", "123456789012345678901234567890.5", "5e-324", "NaN", "Infinity"),
    *("true", "false", "null", "True", "nul", "undefined", '"a"', '"b"', '""', '"é"', '"😀"', '"a": ', '"b":', "'a'"),
    *('"\\""', '"\\\\"', '"\\\\\\""', '"\\u0022"', '"\\u005c"', '"\\u005C\\u0022"', '"\\u0061":'),
    *('"\\n"', '"\\u0061"', '"\\ud800"', '"\\x"', '"\t"', '"\x7f"', '"\x00"', '"\u2028"', "{", "}", "[", "]", ",", ":"),
    *(" ", "\n", "\r", "\t", "\x0c", "\u00a0", "\ufeff", "//", "#", "\ud800"),
)
_texts = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=12).map("".join),
    st.builds(
        lambda value, ascii_, indent: json.dumps(value, ensure_ascii=ascii_, indent=indent),
        values,
        st.booleans(),
        st.sampled_from([None, 1]),
    ),
    # Keys that may be repeated, at every level.
    st.recursive(
        st.sampled_from(["1", '"x"', "null"]),
        lambda inner: st.lists(
            st.tuples(st.sampled_from(['"a"', '"b"', '"é"', '"\\u0061"', '"\\\\"', '"\\""']), inner), max_size=3
        ).map(lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"),
    ),
)


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON data, down to the types, signs and order of keys."""
    return repr(one) == repr(other)


def _reference(text: str | bytes) -> Any:
    """Return what `json` decodes a text to if it is JSON as strictly as RFC 8259 has it, else `ABSENT`."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key is repeated")
        return dict(pairs)

    try:
        payload = json.loads(text if isinstance(text, str) else text.decode(), object_pairs_hook=members)
    except (ValueError, RecursionError):
        return ABSENT
    return payload if is_json(payload) else ABSENT


def _hold(text: str | bytes) -> None:
    decoded, payload = decode(text), _reference(text)
    if decoded.problems:
        assert payload is ABSENT
    else:
        assert _same(decoded.payload, payload)


@examples(10)
@given(_texts)
def test_any_text(text: str) -> None:
    """What is read quickly is JSON without a fault, and the very same data; as str and as bytes."""
    _hold(text)
    _hold(text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=40))
def test_any_bytes(data: bytes) -> None:
    """Bytes that are no UTF-8 are left to the careful reading."""
    _hold(data)
    _hold(b'{"a": "' + data + b'"}')


@given(st.sampled_from([json.dumps(job.payload).encode() for job in corpus()]), st.integers(0, 2**32))
def test_damaged_jobs(text: bytes, seed: int) -> None:
    """Nor does a byte that was lost, doubled or changed pass unseen."""
    choose = random.Random(seed)
    at = choose.randrange(len(text))
    _hold(text[:at] + choose.choice([b"", text[at : at + 1] * 2, bytes([choose.randrange(256)])]) + text[at + 1 :])


@for_each("number", range(0, len(corpus()), 5))
def test_usual_texts(number: int) -> None:
    """A job is decoded, as str and as bytes, with and without escapes."""
    payload = corpus()[number].payload
    for text in (json.dumps(payload, ensure_ascii=False), json.dumps(payload, indent=1)):
        assert all(_same(decode(form).payload, payload) for form in (text, text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}',
        '{"a": {"b": 1, "b": 2}}',
        '[{"a": "", "a": ""}]',
        r'{"a": "\u003a"}',
        r'{"a": "\u003A", "a": "::"}',
        r'{"a": 1, "a": "\u003a"}',
        r'{"a": null, "a": "\u003A"}',
        "[" * 200 + "]" * 200,
        "[" * 201 + "]" * 201,
        "[" + "[]," * 300 + "1]",
        '{"a":' * 201 + "1" + "}" * 201,
        "[" * 100_000,
        *(pytest.param("[" + "1," * 600_000 + end, marks=pytest.mark.slow) for end in ("1]", '{"a": 1, "a": 1}]')),
        "9" * 5_000,
    ],
    ids=lambda text: f"{text[:20]} of {len(text)}",
)
def test_undecided_texts(text: str) -> None:
    """So are texts that need more than one look: repeated keys, depth, size, long integers and escaped colons."""
    _hold(text)
    _hold(text.encode())


_READ = decoder(struct_type("observed"))
_JOBS = [
    json.dumps(job.payload, ensure_ascii=False)
    for job in corpus()
    if decode_struct(_READ, json.dumps(job.payload)) is not None
]
_JOB = _JOBS[0]
_ONES = st.one_of(
    st.sampled_from(_JOBS),
    # A colon more in an escape, a member more that is repeated, and both.
    st.sampled_from([_JOB[:-1] + end for end in ("", ', "id": "1"}', ', "id": "\\u003a"}', "},", "}\n" + _JOB)]),
    st.sampled_from([_JOB.replace('"id"', key, 1) for key in ('"id": "1", "id"', '"\\u0069d"', '"id": ":", "id"')]),
    st.sampled_from([_JOBS[1].replace(":", "\\u003a"), _JOBS[2].replace("ft:", "ft\\u003a")]),
    st.builds(lambda text, at: text[:at], st.sampled_from(_JOBS), st.integers(0, 300)),
    st.builds(lambda text, at: text[at:], st.sampled_from(_JOBS), st.integers(0, 300)),
    _texts,
)


@examples(10)
@given(
    st.lists(
        _ONES | _ONES.map(lambda text: text.encode(errors="replace")) | st.sampled_from([None, 5, bytearray(b"{}")])
    )
)
def test_several_at_once(texts: list[Any]) -> None:
    """Of several texts the same are proved as one by one, and each of those is JSON."""
    indexes = undecided(_READ, texts)
    assert indexes == [index for index, text in enumerate(texts) if decode_struct(_READ, text) is None]
    for index, text in enumerate(texts):
        assert index in indexes or decode(text).problems == ()


@pytest.mark.parametrize("kind", [str, str.encode])
def test_one_in_disorder(kind: Callable[[str], Any]) -> None:
    """A text that is undecided leaves the others proved, whether it cannot be decoded or repeats a key."""
    for wrong in ("", "{", "5", "{}", '{"id": "\\ud800"}'):
        jobs = [*_JOBS[:20], wrong, *_JOBS[20:]]
        assert undecided(_READ, [*map(kind, jobs)]) == [20]
    assert undecided(_READ, [*map(kind, _JOBS)]) == []
    assert undecided(_READ, []) == []
    assert undecided(_READ, [kind(_JOBS[0]), kind(_JOBS[0][:-1] + ', "id": "1"}')]) == [1]
    assert undecided(_READ, [kind(_JOBS[0])] * 3_000) == []


@pytest.mark.parametrize("kind", [str, str.encode])
def test_long_text(kind: Callable[[str], Any]) -> None:
    """A text is proved only if it is too short to hold more values than a payload may have."""
    short, long = kind(_JOB.ljust(1_000_000)), kind(_JOB.ljust(1_000_001))
    assert decode_struct(_READ, short) is not None
    assert decode_struct(_READ, long) is None
    assert undecided(_READ, [long]) == [0]
    assert undecided(_READ, [short, long, short]) == [1]

"""The stages of a check: how often a text is decoded, and that the fast path never changes a verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, field

import ftschema
from ftschema import Contract, fixtures
from ftschema.jsontext import decode as decoding
from ftschema.model import records
from ftschema.validation import contract as contracts
from ftschema.validation.fast_path import FastPath
from support.data import corpus, texts
from support.rows import for_each

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXT = json.dumps(next(job.payload for job in corpus() if job.kind == "live"))
# Faults in addition to a value of the wrong type, at which the struct decoder stops before it comes to them.
_TWO_FAULTS = {
    "cut off": '{"id": 5, ' + _TEXT[1:-1],
    "repeated": '{"id": 5, ' + _TEXT[1:],
    "not a number": f'{_TEXT[:-1]}, "id": 5, "later": NaN}}',
    "half a pair": f'{_TEXT[:-1]}, "later": "\\ud800"}}',
    "too deep": f'{_TEXT[:-1]}, "later": {"[" * 300}{"]" * 300}}}',
    "a list": "[5,",
    "unknown and repeated": f'{_TEXT[:-1]}, "later": 1, "later": 2}}',
}
_TEXTS: dict[str, Any] = {
    **{f"fault: {about}": case.forms[0] for about, case in texts("faults").items()},
    **{
        f"defect: {defect.pointer} {defect.code}": json.dumps(defect.payload)
        for defect in fixtures.defects(300, "decodes")
    },
    **_TWO_FAULTS,
}


@define
class _Count:
    """Calls of anything that decodes a text to values."""

    calls: int = 0
    contract: Contract = field(factory=lambda: Contract("observed", "counted"))

    def counted(self, decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def call(text: Any) -> Any:
            self.calls += 1
            return decode(text)

        return call


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> _Count:
    """Count the calls of every decoder there is."""
    count, struct_decoder = _Count(), records.decoder
    monkeypatch.setattr(records, "decoder", lambda struct: count.counted(struct_decoder(struct)))
    monkeypatch.setattr(contracts, "fast_path", FastPath)
    monkeypatch.setattr(decoding, "_decode", count.counted(decoding._decode))  # noqa: SLF001
    return count


def _loads(contract: Contract, text: Any, *, lifecycle: bool = False) -> object:
    try:
        return contract.loads(text, lifecycle=lifecycle)
    except ftschema.InvalidJobError as error:
        return error.report


_CALLS: dict[str, Callable[[Contract, Any], object]] = {
    "loads": _loads,
    "loads, lifecycle": lambda contract, text: _loads(contract, text, lifecycle=True),
    "check_text": lambda contract, text: contract.check_text(text),
    "check_text, lifecycle": lambda contract, text: contract.check_text(text, lifecycle=True),
    "check_lines": lambda contract, text: [*contract.check_lines([text])],
    "check_lines, one by one": lambda contract, text: [*contract.check_lines(iter([text]))],
    "check_lines, lifecycle": lambda contract, text: [*contract.check_lines([text], lifecycle=True)],
}


@pytest.mark.parametrize("call", _CALLS)
def test_decoded_twice_at_most(call: str, count: _Count) -> None:
    """A text is decoded at most twice, whatever is wrong with it, and a text that the fast path proves only once."""
    often = []
    for about, text in _TEXTS.items():
        count.calls = 0
        _CALLS[call](count.contract, text)
        if count.calls > 2:
            often.append((about, count.calls))
    assert often == []
    count.calls = 0
    _CALLS[call](count.contract, _TEXT)
    assert count.calls == 1


_CHANGES: list[dict[str, Any]] = [
    {},
    {"result_files": []},
    {"hyperparameters": ftschema.ABSENT},
    {"status": "x"},
    {"method": {"type": "dpo", "dpo": 5}},
]


@for_each("changes", _CHANGES)
def test_every_verb_takes_lifecycle(changes: dict[str, Any]) -> None:
    """Each verb that judges a job or its text gives one verdict with `lifecycle=True`; warnings do not count."""
    payload = fixtures.payload(seed=1, status="succeeded", method="supervised") | changes
    payload = {key: value for key, value in payload.items() if value is not ftschema.ABSENT}
    text = json.dumps(payload)
    report = ftschema.check(payload, lifecycle=True)
    assert report.ok is (not changes)
    assert ftschema.is_valid(payload, lifecycle=True) is report.ok
    assert ftschema.check_text(text, lifecycle=True).ok is report.ok
    verbs: dict[Callable[..., Any], object] = {
        ftschema.validate: payload,
        ftschema.structure: payload,
        ftschema.loads: text,
    }
    for verb, given in verbs.items():
        if report.ok:
            verb(given, lifecycle=True)
        else:
            with pytest.raises(ftschema.InvalidJobError) as caught:
                verb(given, lifecycle=True)
            assert [(p.pointer, p.code) for p in caught.value.report] == [(p.pointer, p.code) for p in report]


def test_jobs_that_obey_the_rules() -> None:
    """With `lifecycle=True` the job is the same."""
    payload = fixtures.payload(seed=1)
    text = json.dumps(payload)
    assert ftschema.loads(text, lifecycle=True) == ftschema.loads(text)
    assert ftschema.structure(payload, lifecycle=True) == ftschema.structure(payload)

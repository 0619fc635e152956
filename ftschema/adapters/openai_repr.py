"""Jobs from the printed form of the official Python SDK's objects, `FineTuningJob(id='ftjob-…', …)`.

Facts: half of the jobs that people post in public have this form. It is the repr of a pydantic model, so every value is
a literal or a call with keywords; it shows each field that the class declares, so that None may stand for a key that
the reply did not have. The SDK before 1.0 printed `<FineTuningJob fine_tuning.job id=… at 0x…> JSON: {…}`. A loop over
a page prints one job after the other.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Final

from ftschema.core.errors import InvalidJobError
from ftschema.core.report import Problem, Report
from ftschema.core.text import format_value
from ftschema.jsontext.decode import decode
from ftschema.schemas.catalogue import DEFAULT
from ftschema.validation.contract import contract as _contract
from ftschema.validation.hidden import shown
from ftschema.validation.hints import is_repr

if TYPE_CHECKING:
    from ftschema.core.literals import ContractName
    from ftschema.model.kinds.job import FineTuningJob
    from ftschema.validation.contract import Contract

_BEFORE_1_0: Final = re.compile(r"\s*<[^<>]{1,500}> JSON: (?=\{)")

_EXPECTED: Final = "expected the repr of an SDK object, such as FineTuningJob(id='ftjob-…')"

# A job takes 2 kB and a page of a hundred 200 kB; the parser of Python needs a hundred times that in memory.
_MAX_CHARACTERS: Final = 2_000_000


def from_repr(
    text: str, contract: ContractName | Contract = DEFAULT, *, show_values: bool | None = None
) -> FineTuningJob:
    """Return the job in the repr of an SDK object, such as `FineTuningJob(id='ftjob-…', status='queued', …)`.

    A field that is None stays None, because the repr does not tell an absent key from null. Nothing is evaluated.

    Args:
        text: The repr, as `print(job)` or a log shows it.
        contract: The contract that the job must be valid for.
        show_values: As in `check`, for the report of the error.

    Raises:
        InvalidJobError: The text is not such a repr, or its payload is not valid for the contract.
        TypeError: The text is not a str.
        UnknownContractError: There is no such contract.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected the repr of an SDK object as a str, found {type(text).__name__}")
    chosen = _contract(contract)
    try:
        payload = payload_from_repr(text)
    except ReprError as error:
        report = Report(chosen.name, (error.problem,))
        raise InvalidJobError(shown(report, show_values=show_values)) from None
    return chosen.structure(payload, show_values=show_values)


class ReprError(ValueError):
    """A text is not the repr of an SDK object; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def payload_from_repr(text: str) -> Any:
    """Return the payload in the repr of an SDK object: a call becomes an object of its keywords.

    Of several reprs, each at the start of a line, it is the list of their payloads.

    Raises:
        ReprError: The text is not such a repr.
    """
    if before_1_0 := _BEFORE_1_0.match(text):
        decoded = decode(text[before_1_0.end() :])
        if decoded.problems:
            raise ReprError(decoded.problems[0])
        return decoded.payload
    if not is_repr(text) or len(text) > _MAX_CHARACTERS:
        raise ReprError(_problem(f"{_EXPECTED}, found {format_value(text)}"))
    try:
        return _value(_parsed(text))
    except SyntaxError as error:
        raise ReprError(_problem(f"{_EXPECTED}, found text that is not", error.lineno, error.offset)) from None
    except (RecursionError, MemoryError, ValueError):
        raise ReprError(_problem(f"{_EXPECTED}, found one that Python cannot read")) from None
    except _UnexpectedError as error:
        # The column of a node counts bytes.
        before = f"\n{text}".split("\n")[error.node.lineno - 1].encode()[: error.node.col_offset]
        column = len(before.decode(errors="ignore")) + 1
        message = f"expected {error.expected}, found {error.found}"
        raise ReprError(_problem(message, error.node.lineno, column)) from None


def _parsed(text: str) -> ast.expr:
    """Return a repr as an expression, several as that of a list; each begins in the line after its own."""
    try:
        # In parentheses a line may begin with blanks.
        return ast.parse(f"(\n{text}\n)", mode="eval").body
    except SyntaxError:
        several = _expressions(f"\n{text}")
        if not several:
            raise
        return several[0] if len(several) == 1 else ast.List(elts=several)


def _expressions(text: str) -> list[ast.expr]:
    """Return the expressions in a text that has nothing else, or none."""
    try:
        statements = ast.parse(text).body
    except SyntaxError:
        return []
    expressions = [one.value for one in statements if isinstance(one, ast.Expr)]
    return expressions if len(expressions) == len(statements) else []


class _UnexpectedError(Exception):
    def __init__(self, node: ast.expr, expected: str = "", found: str = "") -> None:
        super().__init__(node)
        self.node = node
        self.expected = expected or "a literal, a list, a dict or a call with keywords"
        self.found = found or f"a Python expression of type {type(node).__name__}"


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=str() | int() | float() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            # None among the keys is `**other`.
            return _object([(_key(key, node), value) for key, value in zip(keys, values, strict=True)], node)
        case ast.Call(func=ast.Name() | ast.Subscript(value=ast.Name()), args=[], keywords=keywords):
            # What begins with an underscore is the SDK's own, as `_request_id`.
            named = [(_name(keyword, node), keyword.value) for keyword in keywords]
            return _object([(name, value) for name, value in named if not name.startswith("_")], node)
    raise _UnexpectedError(node)


def _object(members: list[tuple[str, ast.expr]], node: ast.expr) -> dict[str, Any]:
    payload = {name: _value(value) for name, value in members}
    if len(payload) < len(members):
        raise _UnexpectedError(node, "each key once", "one again")
    return payload


def _key(key: ast.expr | None, node: ast.expr) -> str:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value
    raise _UnexpectedError(key or node)


def _name(keyword: ast.keyword, node: ast.expr) -> str:
    if keyword.arg is None:
        raise _UnexpectedError(node)
    return keyword.arg


def _problem(message: str, line: int | None = None, column: int | None = None) -> Problem:
    """Return the problem at a position that Python's parser gives, which counts the line before the text."""
    if not line or line == 1 or not column:
        return Problem("", "json-syntax", message, expected=["repr"])
    return Problem("", "json-syntax", message, line=line - 1, column=column, expected=["repr"])

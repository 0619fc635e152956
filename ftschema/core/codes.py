"""The codes of problems and their meanings, except for the lifecycle rules."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

KEYWORDS: Final = MappingProxyType(
    {
        "type": "wrong JSON type; 3.0 counts as an integer, true is not a number",
        "required": "a required key is missing; the pointer is that of the object that lacks it",
        "enum": "not one of the allowed values",
        "const": "not the only allowed value",
        "minimum": "a number below the minimum",
        "maximum": "a number above the maximum",
        "exclusiveMinimum": "a number that is not above the exclusive minimum",
        "minItems": "an array with too few items",
        "maxItems": "an array with too many items",
        "minLength": "a string with too few characters",
        "maxLength": "a string, or a key of a map, with too many characters",
        "maxProperties": "a map with too many keys",
        "additionalProperties": "a key that is not allowed; only requests refuse unknown keys",
    }
)
"""The keywords of JSON Schema that the contracts use to refuse a value."""

CONVERSION: Final = MappingProxyType(
    {"ambiguous-key": "`convert` leaves out a key that would have another meaning in the target contract"}
)
"""The codes that only `convert` reports."""

UNKNOWN: Final = MappingProxyType(
    {"unknown-key": 'a key that the contract does not declare, which is valid; listed with `unknown="warn"` only'}
)
"""The code of the warnings about unknown keys."""

JSON: Final = MappingProxyType(
    {
        "json-syntax": "the text is not JSON; the message says what was expected and names the mistake",
        "json-not-an-object": "the text is JSON, but not an object; for the value itself `check` reports `type`",
        "json-empty": "the text is empty or has only white space",
        "json-encoding": "the bytes are not UTF-8",
        "json-bom": "the text begins with a byte order mark",
        "json-duplicate-key": "an object has the same key twice, so two parsers may read different jobs",
        "json-number": "NaN, an infinity, a number such as 1e999, or an integer with more than 4,300 digits",
        "json-surrogate": "half of a surrogate pair, which is not Unicode text",
        "json-depth": "more than 200 levels of nesting",
        "json-cycle": "a value that contains itself",
        "json-size": "more than 10,000,000 values, a text longer than `max_size`, or more than 25,000 faulty jobs in a "
        "text",
        "json-type": "a Python value of a type that json.loads never returns: a tuple, bytes or Decimal, or a "
        "subclass of its types, such as OrderedDict or a str enum",
        "json-key": "a dict key that is not exactly a `str`",
    }
)
"""The codes of texts that are not JSON and of values that are not JSON data."""

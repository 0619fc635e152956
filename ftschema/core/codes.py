"""Every code that a problem may have, but for the rules of the lifecycle: what is wrong then."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

KEYWORDS: Final = MappingProxyType(
    {
        "type": "another JSON type than is asked for; 3.0 is an integer, and true is no number",
        "required": "a key is missing; the place is the object that lacks it",
        "enum": "none of the words that may stand here",
        "const": "not the one word that may stand here",
        "minimum": "a number below the least",
        "maximum": "a number above the greatest",
        "exclusiveMinimum": "a number that is not above the limit",
        "minItems": "a list of too few items",
        "maxItems": "a list of too many items",
        "maxLength": "a text, or a key of a map, of too many characters",
        "minProperties": "a map of too few keys",
        "maxProperties": "a map of too many keys",
    }
)
"""The keywords of JSON Schema that the contracts use to refuse a value."""

CONVERSION: Final = MappingProxyType(
    {"ambiguous-key": "in a conversion: a key that the target would take for another, so that it was left out"}
)
"""What `convert` adds."""

JSON: Final = MappingProxyType(
    {
        "json-syntax": "the text is not JSON; the message says what was expected, and names the mistake",
        "json-not-an-object": "the text is JSON, but no object; `check` of the same value says `type`",
        "json-empty": "the text is empty, or white space only",
        "json-encoding": "the bytes are not UTF-8",
        "json-bom": "the text begins with a byte order mark",
        "json-duplicate-key": "a key stands twice in one object, so that two readers may see two jobs",
        "json-number": "NaN, an infinity, a number like 1e999, or an integer of more than 4,300 digits",
        "json-surrogate": "half a surrogate pair, which is no Unicode text",
        "json-depth": "more than 200 levels of nesting",
        "json-cycle": "a value that contains itself",
        "json-size": "more than 10,000,000 values",
        "json-type": "a Python value that JSON does not have: only the types count that json.loads makes, so no tuple, "
        "bytes or Decimal, and no subclass such as OrderedDict or a str enum",
        "json-key": "a key that is no str, or is of a subclass of str",
    }
)
"""What is no JSON text, or no JSON data."""

"""Payloads and texts in which a secret is put somewhere: into a value, a key, or text that is not JSON."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

SECRET = "zq7secretqz"  # noqa: S105  # it is in the tests only
"""No schema, no message and no job of the tests has this text."""

# What is put in: alone, at the start of a long text, deep inside, and where JSON allows nothing.
_VALUES: tuple[Any, ...] = (
    *(SECRET, SECRET.upper(), f" {SECRET}", SECRET * 100, f"ftjob-{SECRET}", f'{{"{SECRET}": 1}}', f"{SECRET}\ud800"),
    *(
        {SECRET: SECRET},
        [SECRET],
        {"type": SECRET},
        {"code": SECRET},
        {SECRET: float("nan")},
        [[{SECRET: float("inf")}]],
    ),
    *({SECRET: (SECRET,)}, {SECRET * 10: 1}, {f"{SECRET}\ud800": 1}, {SECRET: {1: SECRET}}, {SECRET: 10**5000}),
)
_MISSPELLED = {"id": f"id{SECRET}", "status": f"status_{SECRET}"}


def containers(value: Any) -> Iterator[Any]:
    """Yield each object and array in a payload."""
    if isinstance(value, dict | list):
        yield value
        for member in value.values() if isinstance(value, dict) else value:
            yield from containers(member)


def marked(payload: Any, chance: random.Random) -> Any:
    """Return a copy of a payload with the secret somewhere in it, and perhaps one more fault."""
    copy = deepcopy(payload)
    container = chance.choice([*containers(copy)] or [{}])
    value = deepcopy(chance.choice(_VALUES))
    if isinstance(container, list):
        container.insert(chance.randint(0, len(container)), value)
    elif container and chance.random() < 0.5:
        container[chance.choice([*container])] = value
    else:
        key = chance.choice([SECRET, f"created_at{SECRET}", *container])
        container[_MISSPELLED.get(key, SECRET)] = container.pop(key, value)
    if isinstance(copy, dict) and chance.random() < 0.5:
        copy["seed"] = value
    return copy


def marked_text(payload: Any, chance: random.Random) -> str:
    """Return the text of such a payload, perhaps with the secret as text that is not JSON."""
    try:
        text = json.dumps(marked(payload, chance), ensure_ascii=False)
    except (TypeError, ValueError):
        text = json.dumps(payload)
    if chance.random() < 0.5:
        return text
    at = chance.randint(0, len(text))
    piece = chance.choice(
        (SECRET, f"'{SECRET}'", f'"{SECRET}', f'"{SECRET}": 1, "{SECRET}": 2,', f"\\{SECRET}", f"{SECRET}(")
    )
    return f"{text[:at]}{piece}{text[at:]}"

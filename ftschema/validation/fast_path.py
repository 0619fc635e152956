"""The fast path: proves with msgspec alone that most valid payloads and texts are valid.

Every answer is "valid" or "unknown", never "invalid": True or False, an object or None. What is unknown is left to the
stages of `validation.pipeline`, which decide. The structs behind it are stricter than the schema (`model.records`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ftschema.core.lock import build_once
from ftschema.jsontext.decode import decode_struct, undecided
from ftschema.model import records
from ftschema.schemas.catalogue import entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftschema.core.literals import ContractName
    from ftschema.jsontext.data import Values


class FastPath:
    """The fast path of one contract; what reads and writes objects is built at the first use of one."""

    def __init__(self, contract: ContractName) -> None:
        struct = records.struct_type(contract)
        self._contract = contract
        self._convert = records.converter(contract, struct)
        self._decode = records.decoder(struct)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name, so that a worker process builds its own."""
        return fast_path, (self._contract,)

    def proves(self, payload: object, values: Values | None) -> bool:
        """Return True if a payload is proved valid; False means "unknown".

        Args:
            payload: The payload.
            values: What `scan_values` returns for it.
        """
        return self._convert(payload, values) is not None

    def proves_text(self, text: object) -> bool:
        """Return True if a text is proved to be valid; False means "unknown"."""
        return decode_struct(self._decode, text) is not None

    def undecided(self, texts: list[str | bytes]) -> list[int]:
        """Return the indexes of the texts that `proves_text` could not prove valid; faster than one by one."""
        return undecided(self._decode, texts)

    def structure(self, payload: object, values: Values | None) -> Any:
        """Return the object of a payload that is proved valid; None means "unknown"."""
        convert, _, to_object, _ = self._objects
        struct = convert(payload, values)
        return None if struct is None else to_object(struct)

    def loads(self, text: object) -> Any:
        """Return the object of a text that is proved valid; None means "unknown"."""
        _, decode, to_object, _ = self._objects
        struct = decode_struct(decode, text)
        return None if struct is None else to_object(struct)

    def dumps(self, made: object) -> bytes | None:
        """Return an object as text if it is known that nothing in it changed since it was valid, or else None."""
        return self._objects.encode(made)

    @cached_property
    def _objects(self) -> _Objects:
        # A first `is_valid` does not need the classes.
        from ftschema.model import fill  # noqa: PLC0415

        struct = fill.struct_type(self._contract)
        return _Objects(
            records.converter(self._contract, struct),
            records.decoder(struct),
            fill.model_from_struct(self._contract),
            # In another spelling the names of the fields are not those of the text.
            fill.encoder(self._contract) if entry(self._contract).spelling == "wire" else _unknown,
        )


class _Objects(NamedTuple):
    """The functions of the fast path for objects; their structs have the memory layout of the classes."""

    convert: Callable[[Any, Values | None], Any]
    decode: Callable[[bytes], Any]
    to_object: Callable[[Any], Any]
    encode: Callable[[Any], bytes | None]


def _unknown(_: object) -> None:
    """Answer "unknown"."""


@build_once
def fast_path(contract: ContractName) -> FastPath:
    """Return the fast path of a contract, always the same object."""
    return FastPath(contract)

"""The fast path: proves with msgspec alone that most valid payloads and texts are valid.

Every answer is "valid" or "unknown", never "invalid": True or False, an object or None. What is unknown is left to the
stages of `validation.pipeline`, which decide. The structs behind it are stricter than the schema (`model.records`).
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from msgspec import convert

from ftschema.core.lock import build_once
from ftschema.jsontext.data import deep_copy, keys_and_depth_are_json
from ftschema.jsontext.decode import decode_plain, decode_struct, undecided, undecided_payloads
from ftschema.model import records
from ftschema.schemas.catalogue import entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftschema.core.literals import ContractName
    from ftschema.jsontext.data import Values

    _Convert: TypeAlias = Callable[[Any, Values | None], Any]


def _unchanged(value: Any) -> Any:
    return value


# For how many payloads after one that has unknown keys.
_SKIPPED = 10


class FastPath:
    """The fast path of one contract; what reads and writes objects is built at the first use of one."""

    def __init__(self, contract: ContractName) -> None:
        self._contract = contract
        self._convert = records.converter(
            records.struct_type(contract), reads=False, on_unknown_key=self._on_unknown_key
        )
        # A server that sends a new key sends it in every job. Then the narrow structs are not tried at first: by the
        # verdicts for some payloads, by the others until one has no unknown keys.
        self._skips = 0
        self._expects_unknown_keys = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name, so that a worker process builds its own."""
        return fast_path, (self._contract,)

    def proves(self, payload: object, values: Values | None) -> bool:
        """Return True if a payload is proved valid; False means "unknown".

        Args:
            payload: The payload.
            values: What `scan_values` returns for it.
        """
        if self._skips:
            self._skips -= 1
            return self._proves_wide(payload, values)
        return bool(self._convert(payload, values))

    def _proves_wide(self, payload: object, values: Values | None) -> bool:
        convert, _ = self._wide
        # msgspec has checked the keys of the job itself.
        return values is not None and convert(payload, values) is not None and keys_and_depth_are_json(values, 1)

    def _on_unknown_key(self, payload: object, values: Values) -> bool:
        if not self._proves_wide(payload, values):
            return False
        self._skips = _SKIPPED
        return True

    def proves_text(self, text: object) -> bool:
        """Return True if a text is proved to be valid; False means "unknown"."""
        _, decode = self._wide
        return decode_struct(decode, text) is not None

    def undecided(self, texts: list[str | bytes]) -> list[int]:
        """Return the indexes of the texts that `proves_text` could not prove valid; faster than one by one."""
        _, decode = self._wide
        return undecided(decode, texts)

    def undecided_by_rules(self, texts: list[str | bytes], obeys: Callable[[Any], bool]) -> list[int]:
        """Return the indexes that `undecided` returns, and those of the texts whose payloads violate a rule."""
        struct_type = records.struct_type(self._contract, wide=True)
        failed, payloads = undecided_payloads(partial(convert, type=struct_type), texts)
        return [index for index, payload in enumerate(payloads) if index in failed or not obeys(payload)]

    def structure(self, payload: object, values: Values | None) -> Any:
        """Return the object of a payload that is proved valid; None means "unknown"."""
        if not self._expects_unknown_keys:
            objects = self._objects
            struct = objects.convert(payload, values)
            if struct is not None:
                return objects.to_object(struct)
        if values and keys_and_depth_are_json(values, 1):
            return self.structure_json(payload, deep_copy)
        return None

    def structure_json(self, payload: object, copy: Callable[[Any], Any] = _unchanged) -> Any:
        """Return the object of JSON data that is proved valid, with its unknown keys; None means "unknown".

        Args:
            payload: The payload, which is JSON data.
            copy: Copies what the object has of it; not needed if nothing else has the payload.
        """
        convert, to_object, keep_unknown_keys = self._wide_objects
        struct = convert(payload, [])
        if struct is None:
            return None
        made = to_object(struct)
        self._expects_unknown_keys = keep_unknown_keys(made, payload, copy)
        return made

    def loads(self, text: object) -> Any:
        """Return the object of a text that is proved valid; None means "unknown"."""
        if self._expects_unknown_keys:
            return self.structure_json(decode_plain(text))
        objects = self._objects
        struct = decode_struct(objects.decode, text)
        return None if struct is None else objects.to_object(struct)

    def dumps(self, made: object) -> bytes | None:
        """Return an object as text if it is known that nothing in it changed since it was valid, or else None."""
        return self._objects.encode(made)

    @cached_property
    def _wide(self) -> tuple[_Convert, Callable[[bytes], Any]]:
        """The functions that convert and decode to the struct that drops unknown keys."""
        struct = records.struct_type(self._contract, wide=True)
        return records.converter(struct, reads=False), records.decoder(struct)

    @cached_property
    def _wide_objects(self) -> tuple[_Convert, Callable[[Any], Any], Callable[..., bool]]:
        """The functions that convert JSON data, make it an object, and keep its unknown keys."""
        from ftschema.model import fill  # noqa: PLC0415  # as below

        struct = fill.struct_type(self._contract, wide=True)
        to_object = fill.model_from_struct(self._contract, wide=True)
        return records.converter(struct, reads=True), to_object, fill.keep_unknown_keys(self._contract)

    @cached_property
    def _objects(self) -> _Objects:
        # A first `is_valid` does not need the classes.
        from ftschema.model import fill  # noqa: PLC0415

        struct = fill.struct_type(self._contract)
        return _Objects(
            records.converter(struct, reads=True),
            records.decoder(struct),
            fill.model_from_struct(self._contract),
            # In another spelling the names of the fields are not those of the text.
            fill.encoder(self._contract) if entry(self._contract).spelling == "wire" else _unknown,
        )


class _Objects(NamedTuple):
    """The functions of the fast path for objects; their structs have the memory layout of the classes."""

    convert: _Convert
    decode: Callable[[bytes], Any]
    to_object: Callable[[Any], Any]
    encode: Callable[[Any], bytes | None]


def _unknown(_: object) -> None:
    """Answer "unknown"."""


@build_once
def fast_path(contract: ContractName) -> FastPath:
    """Return the fast path of a contract, always the same object."""
    return FastPath(contract)

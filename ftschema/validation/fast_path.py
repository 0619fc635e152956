"""The fast path: proves with msgspec alone that most valid payloads and texts are valid.

Every answer is "valid" or "unknown", never "invalid": True or False, an object or None. What is unknown is left to the
stages of `validation.pipeline`, which decide. The structs behind it are stricter than the schema (`model.records`).
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from msgspec import ValidationError, convert

from ftschema.core.lock import build_once
from ftschema.jsontext.data import containers, deep_copy, has_json_types, is_json, keys_and_depth_are_json
from ftschema.jsontext.decode import decode_plain, decode_struct, decode_with_members, undecided, undecided_payloads
from ftschema.model import records
from ftschema.schemas.catalogue import entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftschema.core.literals import ContractName

    _Hook: TypeAlias = Callable[[Any], Any]


def _unchanged(value: Any) -> Any:
    return value


# The start of the message of msgspec. Another one costs time only.
_UNKNOWN_KEY: Final = "Object contains unknown field"
# After this number of payloads with unknown keys a struct with these keys is made, which takes as long as 1,000 checks.
_SOME = 10


class FastPath:
    """The fast path of one contract; what reads and writes objects is built at the first use of one.

    Attributes:
        expects_fault: Whether the payload checked before was faulty, so that the next one probably is, too, and need
            not be tried here.
    """

    def __init__(self, contract: ContractName) -> None:
        self.expects_fault = False
        self._contract = contract
        self._narrow = records.struct_type(contract)
        # A server that sends a new key sends it in every job, so it becomes known. Until then, and for keys of parts,
        # the structs that become objects are not tried again before an object has no unknown keys: `_expected` is what
        # `keep_unknown_keys` returned for the object before.
        self._added: dict[str, Any] = {}
        self._of_any_value = records.keys_of_any_value(contract)
        self._unknown = 0
        self._expected = 0

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by name, so that a worker process builds its own."""
        return fast_path, (self._contract,)

    def proves(self, payload: Any) -> bool:
        """Return True if a payload is proved valid; False means "unknown"."""
        if type(payload) is not dict:
            return False
        try:
            # In this order, because msgspec finds most faults. It checks the keys, too.
            convert(payload, self._narrow)
        except ValidationError as error:
            return self._is_of_unspecified(str(error)) and self._adds_keys(payload) and self.proves(payload)
        except Exception:  # noqa: BLE001  # of a value that is not JSON data, msgspec calls methods
            return False
        return has_json_types(payload)

    def _is_of_unspecified(self, message: str) -> bool:
        """Return whether an error of msgspec is about an unknown key, or the value of a key that may have any."""
        if message.startswith(_UNKNOWN_KEY):
            return True
        return any(f".{key}" in message for key in (*self._of_any_value, *self._added))

    def _adds_keys(self, payload: Any) -> bool:
        """Add the unspecified keys of every tenth payload, with types of their values; return whether any is new."""
        self._unknown += 1
        if self._unknown % _SOME or not is_json(payload):
            return False
        from ftschema.schemas.translate import unspecified  # noqa: PLC0415  # most jobs have no unknown key

        found = [*unspecified(self._contract, payload)]
        added = dict(self._added)
        if not records.can_be_fields(added | dict(found)):
            return False
        for key, value in found:
            added[key] = records.type_like(value, added.get(key, records.SCALAR))
        if added == self._added:
            return False
        self._narrow = records.struct_type(self._contract, also=tuple(added.items()))
        self._added = added
        return True

    def proves_text(self, text: object) -> bool:
        """Return True if a text is proved to be valid; False means "unknown"."""
        return decode_struct(self._decode, text) is not None

    def undecided(self, texts: list[str | bytes]) -> list[int]:
        """Return the indexes of the texts that `proves_text` could not prove valid; faster than one by one."""
        return undecided(self._decode, texts)

    def undecided_by_rules(self, texts: list[str | bytes], obeys: Callable[[Any], bool]) -> list[int]:
        """Return the indexes that `undecided` returns, and those of the texts whose payloads violate a rule."""
        struct_type = records.struct_type(self._contract, wide=True)
        failed, payloads = undecided_payloads(partial(convert, type=struct_type), texts)
        return [index for index, payload in enumerate(payloads) if index in failed or not obeys(payload)]

    def structure(self, payload: Any) -> Any:
        """Return the object of a payload that is proved valid; None means "unknown"."""
        found = containers(payload)
        if found is None:
            return None
        if not self._expected:
            objects = self._objects
            struct = objects.convert(payload)
            if struct is not None:
                return objects.to_object(struct)
        return self.structure_json(payload, deep_copy) if keys_and_depth_are_json(found, 1) else None

    def structure_json(self, payload: Any, copy: _Hook = _unchanged) -> Any:
        """Return the object of JSON data that is proved valid, with its unknown keys; None means "unknown".

        Args:
            payload: The payload, which is JSON data.
            copy: Copies what the object has of it; not needed if nothing else has the payload.
        """
        convert, to_object, keep_unknown_keys = self._wide_objects
        struct = convert(payload)
        if struct is None:
            return None
        made = to_object(struct)
        self._expected = keep_unknown_keys(made, payload, copy)
        return made

    def loads(self, text: object) -> Any:
        """Return the object of a text that is proved valid; None means "unknown"."""
        if self._expected:
            return self._loads_unknown_keys(text)
        objects = self._objects
        struct = decode_struct(objects.decode, text)
        return None if struct is None else objects.to_object(struct)

    def _loads_unknown_keys(self, text: object) -> Any:
        if self._expected == 1 and self._added:
            decode, to_object, add_unknown_keys = self._wide_texts
            found = decode_with_members(decode, records.decoder_of_members(self._contract, tuple(self._added)), text)
            if found is not None:
                struct, unknown = found
                made = to_object(struct)
                if unknown:
                    add_unknown_keys(made, unknown)
                self._expected = bool(unknown)
                return made
        payload = decode_plain(text)
        made = self.structure_json(payload)
        if made is not None and self._expected == 1:
            self._adds_keys(payload)
        return made

    @cached_property
    def dumps(self) -> Callable[[object], bytes | None]:
        """The function that returns an object as text if nothing in it changed since it was valid, or else None."""
        return self._objects.encode

    @cached_property
    def _decode(self) -> Callable[[bytes], Any]:
        """The function that decodes a text to the struct that drops unknown keys."""
        return records.decoder(records.struct_type(self._contract, wide=True))

    @cached_property
    def _wide_objects(self) -> tuple[_Hook, _Hook, Callable[..., int]]:
        """The functions that convert JSON data, make it an object, and keep its unknown keys."""
        from ftschema.model import fill  # noqa: PLC0415  # as below

        struct = fill.struct_type(self._contract, wide=True)
        to_object = fill.model_from_struct(self._contract, wide=True)
        return records.converter(struct), to_object, fill.keep_unknown_keys(self._contract)

    @cached_property
    def _wide_texts(self) -> tuple[Callable[[bytes], Any], _Hook, Callable[[Any, dict[str, Any]], None]]:
        """The functions that decode a text without its unknown keys, make it an object, and add such keys."""
        from ftschema.model import fill  # noqa: PLC0415  # as below

        decode = records.decoder(fill.struct_type(self._contract, wide=True))
        return decode, fill.model_from_struct(self._contract, wide=True), fill.add_unknown_keys(self._contract)

    @cached_property
    def _objects(self) -> _Objects:
        # A first `is_valid` does not need the classes.
        from ftschema.model import fill  # noqa: PLC0415

        struct = fill.struct_type(self._contract)
        return _Objects(
            records.converter(struct),
            records.decoder(struct),
            fill.model_from_struct(self._contract),
            # In another spelling the names of the fields are not those of the text.
            fill.encoder(self._contract) if entry(self._contract).spelling == "wire" else _unknown,
        )


class _Objects(NamedTuple):
    """The functions of the fast path for objects; their structs have the memory layout of the classes."""

    convert: _Hook
    decode: Callable[[bytes], Any]
    to_object: _Hook
    encode: Callable[[Any], bytes | None]


def _unknown(_: object) -> None:
    """Answer "unknown"."""


@build_once
def fast_path(contract: ContractName) -> FastPath:
    """Return the fast path of a contract, always the same object."""
    return FastPath(contract)

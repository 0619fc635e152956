"""Runs first calls of many threads, each in a process of its own that has never used the package.

`python -m support.first_use CONTRACT START:STEP` prints a line for each process that died or in which threads disagree;
`1:4` tries every fourth call after the first, and `:` tries all. The processes are forks of one that has only imported
the dependencies, so that hundreds of them take seconds.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

# Imported here, so that not every process has to; nothing of them has met a class of the package.
import attrs  # noqa: F401
import cattrs  # noqa: F401
import jsonschema  # noqa: F401
import jsonschema_rs  # noqa: F401
import msgspec  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftschema.core.literals import ContractName

_THREADS = 8
_Call: TypeAlias = "Callable[[dict[str, Any], ContractName], Any]"


def _named(name: str, **options: Any) -> _Call:
    def call(payload: dict[str, Any], contract: ContractName) -> Any:
        import ftschema  # noqa: PLC0415  # to import it is part of the first call

        return getattr(ftschema, name)(payload, contract, **options)

    return call


def _on_text(name: str) -> _Call:
    return lambda payload, contract: _named(name)(json.dumps(payload), contract)  # type: ignore[arg-type]


def _on_job(name: str) -> _Call:
    return lambda payload, contract: _named(name)(_named("structure")(payload, contract), contract)


def _broken(call: _Call) -> _Call:
    return lambda payload, contract: call(payload | {"object": 3, "status": "Failed"}, contract)


def _lines(payload: dict[str, Any], contract: ContractName) -> Any:
    import ftschema  # noqa: PLC0415

    return [*ftschema.check_lines([json.dumps(payload)] * 3 + ["{}"], contract)]


def _convert(payload: dict[str, Any], contract: ContractName) -> Any:
    import ftschema  # noqa: PLC0415

    return ftschema.convert(payload, contract, "observed")


def _identify(payload: dict[str, Any], _: str) -> Any:
    import ftschema  # noqa: PLC0415

    return ftschema.identify(payload)


def _explain(_: dict[str, Any], contract: ContractName) -> Any:
    import ftschema  # noqa: PLC0415

    return ftschema.explain("type", contract)


def _normalize(_: dict[str, Any], __: str) -> Any:
    import ftschema  # noqa: PLC0415

    # Not every job of another contract has a normal form.
    return ftschema.normalize(ftschema.fixtures.payload(seed=1))


def _converter(payload: dict[str, Any], contract: ContractName) -> Any:
    import ftschema  # noqa: PLC0415

    converter = ftschema.converters.make_converter(contract)
    return converter.unstructure(converter.structure(payload, ftschema.FineTuningJob))


def _fixture(name: str) -> _Call:
    def call(_: dict[str, Any], contract: ContractName) -> Any:
        import ftschema  # noqa: PLC0415

        made = getattr(ftschema.fixtures, name)
        return [*made(3, contract=contract)] if name in {"payloads", "defects"} else made(3, contract=contract)

    return call


def _strategy(name: str) -> _Call:
    def call(_: dict[str, Any], contract: ContractName) -> Any:
        # Its entry point imports the package.
        import hypothesis  # noqa: PLC0415

        import ftschema  # noqa: PLC0415

        quiet = hypothesis.settings(database=None, max_examples=1, phases=[hypothesis.Phase.generate])
        drawn = getattr(ftschema.strategies, name)(contract=contract)
        return hypothesis.find(drawn, lambda _: True, settings=quiet) is not None

    return call


def _unknown_keys(payload: dict[str, Any], contract: ContractName) -> Any:
    import ftschema  # noqa: PLC0415

    # Of many payloads, because the fast path learns such keys.
    later = [payload | {"later": number} for number in range(12)]
    verdicts = [ftschema.is_valid(one, contract) for one in later]
    return verdicts, [ftschema.loads(json.dumps(one), contract) for one in later]


CALLS: dict[str, _Call] = {
    "is_valid": _named("is_valid"),
    "is_valid, unknown keys": _unknown_keys,
    "check": _named("check"),
    "check, broken": _broken(_named("check")),
    "check, lifecycle": _named("check", lifecycle=True),
    "validate": _named("validate"),
    "structure": _named("structure"),
    "unstructure": _on_job("unstructure"),
    "dumps": _on_job("dumps"),
    "loads": _on_text("loads"),
    "check_text": _on_text("check_text"),
    "check_text, broken": _broken(_on_text("check_text")),
    "check_jobs": _on_text("check_jobs"),
    "check_lines": _lines,
    "convert": _convert,
    "identify": _identify,
    "explain": _explain,
    "normalize": _normalize,
    "make_converter": _converter,
    **{f"fixtures.{name}": _fixture(name) for name in ("payload", "job", "payloads", "trace", "defects")},
    **{f"strategies.{name}": _strategy(name) for name in ("payloads", "jobs", "traces", "defects")},
}


def main(contract: ContractName, calls: str) -> None:
    """Run the calls with a contract, and print which processes failed, and how."""
    payload: dict[str, Any] = json.loads(_in_fork(lambda: json.dumps(_payload(contract)).encode()))
    start, step = (int(number or standard) for number, standard in zip(calls.split(":"), (0, 1), strict=True))
    for name, call in list(CALLS.items())[start::step]:
        failure = _in_fork(partial(_together, call, payload, contract))
        if failure:
            sys.stdout.write(f"{name}, {contract}: {failure.decode()}\n")


def _payload(contract: ContractName) -> dict[str, Any]:
    import ftschema  # noqa: PLC0415

    return ftschema.fixtures.payload(seed=1, contract=contract)


def _in_fork(work: Callable[[], bytes]) -> bytes:
    """Return what a function returns in a child process, or how that died."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            pipe.write(work())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        result = pipe.read()
    _, status = os.waitpid(child, 0)
    return result if status == 0 else f"ended with {os.waitstatus_to_exitcode(status)}".encode()


def _together(call: _Call, payload: dict[str, Any], contract: ContractName) -> bytes:
    """Return nothing if all threads get the same result at once, else what they get."""
    if "ftschema" in sys.modules:
        return b"the package was imported before"
    sys.setswitchinterval(1e-6)
    gate = threading.Barrier(_THREADS)
    results: list[Any] = []

    def work() -> None:
        gate.wait()
        try:
            results.append(call(payload, contract))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a failure
            results.append(error)

    threads = [threading.Thread(target=work) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same = not isinstance(results[0], Exception) and all(result == results[0] for result in results)
    return b"" if same else repr([result for result in results if result != results[0]] or results[0])[:300].encode()


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]  # the package, which knows the names, is not imported yet

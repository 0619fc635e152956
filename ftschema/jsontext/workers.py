"""Do the same work in several processes: results come in order, few at a time, and survive the death of a process."""

from __future__ import annotations

import logging
import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import Factory, define

from ftschema.core.errors import WorkerDiedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from multiprocessing.context import BaseContext

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# How many items wait for each process, so that none is idle while the caller uses a result.
_AHEAD = 3
# How often in a row the processes may die before the work itself is taken for the cause.
_DEATHS = 3

# The seconds after which a process looks whether its parent is alive.
_LOOK_AFTER = 1

_log = logging.getLogger(__name__)


@define
class _Task:
    item: Any
    future: Future[Any] | None = None


def in_order(work: Callable[[_Item], _Result], items: Iterable[_Item], processes: int) -> Iterator[_Result]:
    """Yield the result of a module-level function for each item, in the order of the items.

    If a process dies, a warning is logged, and the work whose results were not yielded yet is done again.

    Raises:
        WorkerDiedError: Processes died again and again.
    """
    source = iter(items)
    waiting: deque[_Task] = deque()
    context = _Context()
    pool = _pool(processes, context)
    deaths = 0
    try:
        while True:
            waiting.extend(_Task(item) for item in islice(source, processes * _AHEAD - len(waiting)))
            if not waiting:
                return
            try:
                for task in waiting:
                    task.future = task.future or pool.submit(work, task.item)
                result = waiting[0].future.result()  # type: ignore[union-attr]  # it was set above
            except BrokenProcessPool:
                deaths += 1
                if deaths == _DEATHS:
                    raise WorkerDiedError(deaths) from None
                _log.warning("a worker process died; its work is done again")
                pool.shutdown(cancel_futures=True)
                pool = _pool(processes, context)
                waiting = deque(_Task(task.item) for task in waiting)
                continue
            deaths = 0
            waiting.popleft()
            yield result
    except GeneratorExit:
        # The work that was begun is soon done. A process that is killed before it has read its input leaves the pool
        # waiting forever in early versions of Python 3.11.
        waiting.clear()
        raise
    finally:
        if waiting:
            # An interrupt may leave a pool waiting for itself; the results of its work are not needed.
            context.kill()
        pool.shutdown(cancel_futures=True)


@define
class _Context:
    """The context of multiprocessing, which remembers the processes that it created."""

    _context: BaseContext = Factory(get_context)
    _made: list[Any] = Factory(list)

    def Process(self, *args: Any, **kwargs: Any) -> Any:  # noqa: N802  # as a pool calls it
        process = getattr(self._context, "Process")(*args, **kwargs)  # noqa: B009  # which contexts have, but no type
        self._made.append(process)
        return process

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def kill(self) -> None:
        for process in self._made:
            process.kill()


def _pool(processes: int, context: _Context) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, cast("Any", context), initializer=_prepare)


def _prepare() -> None:
    """Prepare a worker process."""
    # An interrupt reaches every process of a terminal; only the one that collects the results handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent has ended, even if that was killed: it would wait for work forever."""
    parent: Any = parent_process()
    number = os.getppid()
    # A process that the parent started besides may keep the pipe open by which its end is noticed.
    while parent.is_alive() and os.getppid() == number:
        parent.join(_LOOK_AFTER)
    os._exit(1)

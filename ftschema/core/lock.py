"""One lock for what is built at first use, so that threads that start together build it once.

Facts: msgspec (0.19 to 0.22) analyzes a struct class at its first use. A second thread that uses the class before that
has finished reads an incomplete result, and the process dies of a segmentation fault. What is built with msgspec is
therefore built, and used once, under this lock before other threads can see it.
"""

from __future__ import annotations

import os
from functools import cache, wraps
from threading import RLock
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_T = TypeVar("_T")

# One lock for all: building one thing may build another, and two locks could wait for each other. No module calls a
# function under it while the module is imported, because that function could wait for the lock of an import.
_LOCK = RLock()

if hasattr(os, "register_at_fork"):  # pragma: no branch  # Windows cannot fork
    # So a forked child inherits neither a lock held by another thread nor something half built.
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


def build_once(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Cache the results of a function like `functools.cache`, but call it in one thread at a time.

    Every thread gets the same object.
    """
    cached = cache(function)

    @wraps(function)
    def locked(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        with _LOCK:
            return cached(*args, **kwargs)  # type: ignore[arg-type]  # the arguments are names and types

    return locked

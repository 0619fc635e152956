"""One lock for what is built at first use, so that threads that start together do not build it at the same time.

Facts: msgspec (0.19 to 0.22) learns a struct class at its first use, and a second thread that uses the class before
that is finished reads half of it: the process dies of a segmentation fault. What is built with msgspec is therefore
built, and used once, under this lock, and other threads see it only then.
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

# One lock for all: what is built uses other things that are built, and two locks could wait for each other. No module
# of the package calls a function under it while it is imported, because that could wait for the lock of an import.
_LOCK = RLock()

if hasattr(os, "register_at_fork"):  # pragma: no branch  # Windows cannot fork
    # A child inherits neither a lock that another thread holds nor something half built.
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


def build_once(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a function keep its results as `functools.cache` does, and let one thread at a time into it.

    Each result is the same object for every thread.
    """
    cached = cache(function)

    @wraps(function)
    def locked(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        with _LOCK:
            return cached(*args, **kwargs)  # type: ignore[arg-type]  # what a contract is called by has a hash

    return locked

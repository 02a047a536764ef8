"""Inner loops in machine code."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile a function on its first call; the machine code is kept beside the module for the next process.

    Only arrays, numbers and named tuples of them come in. The lock of Python is let go while it runs.
    """
    return cast(Loop, numba.njit(cache=True, nogil=True)(loop))


def lean(loop: Loop) -> Loop:
    """As :func:`compiled`, for what makes no arrays: references to those handed in are not counted.

    Counting them took half the time of a search, as a tuple holds dozens of arrays.
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
    return cast(Loop, numba.njit(**options)(loop))


def inlined(loop: Loop) -> Loop:
    """Compile a function into whatever calls it: handing it tuples of arrays would cost more than what it does."""
    return cast(Loop, numba.njit(nogil=True, inline="always")(loop))

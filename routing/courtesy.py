"""Good manners of a process that searches: it leaves the processor to whoever answers people, and outlives nobody."""

import os
import threading
import time

NICENESS = 10
"""By how much the priority of a searching process is lowered: it works as fast as ever where nobody else wants to."""

LOOK_S = 2.0
"""How often a searching process looks whether the one that began it is still there."""


def step_back() -> None:
    """Lower the priority of this process, where the system knows such a thing."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def end_with_parent() -> None:
    """Have this process end once the one that began it is gone, however that ended: nobody wants its answers then."""
    threading.Thread(target=_watch, args=(os.getppid(),), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os._exit(1)

"""Good manners of a process that searches: it leaves the processor to whoever answers people."""

import os

NICENESS = 10
"""By how much the priority of a searching process is lowered: it works as fast as ever where nobody else wants to."""


def step_back() -> None:
    """Lower the priority of this process, where the system knows such a thing."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)

"""What can go wrong in the routing room, each with a message that says what, where and how to mend it."""


class RoutingError(Exception):
    """The base of every error that this room raises on purpose."""


class InvalidProblem(RoutingError, ValueError):
    """A day that makes no sense as given: a window that closes before it opens, a stop given twice."""


class TravelError(RoutingError):
    """A travel provider gave no usable matrix: wrong shape, negative times, no answer."""


class SolverDied(RoutingError):
    """A solving process ended without an answer (killed, out of memory)."""

"""Problems and solutions in the JSON of VROOM 1.14, an open engine for the same problems (its docs/API.md)."""

from routing.vroom.drawing import has_map, sheets
from routing.vroom.solve import Solved, solve_document

__all__ = ["Solved", "has_map", "sheets", "solve_document"]

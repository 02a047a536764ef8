"""How long and how far it is between places: the providers of travel matrices."""

from routing.travel.cached import Cached
from routing.travel.departure import OnDay, ways_of
from routing.travel.fallback import Fallback
from routing.travel.great_circle import GreatCircle
from routing.travel.matrix import NO_WAY_S, Line, Roads, TravelMatrix, TravelProvider, TravelTable
from routing.travel.osrm import Osrm
from routing.travel.shelf import Shelf
from routing.travel.valhalla import Valhalla

__all__ = [
    "NO_WAY_S",
    "Cached",
    "Fallback",
    "GreatCircle",
    "Line",
    "OnDay",
    "Osrm",
    "Roads",
    "Shelf",
    "TravelMatrix",
    "TravelProvider",
    "TravelTable",
    "Valhalla",
    "ways_of",
]

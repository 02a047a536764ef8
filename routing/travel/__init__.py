"""How long and how far it is between places: the providers of travel matrices."""

from routing.travel.great_circle import GreatCircle
from routing.travel.matrix import NO_WAY_S, TravelMatrix, TravelProvider

__all__ = ["NO_WAY_S", "GreatCircle", "TravelMatrix", "TravelProvider"]

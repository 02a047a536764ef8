"""How reps drive, put together from the settings."""

from __future__ import annotations

from pathlib import Path

from fieldsales.config import Settings
from fieldsales.driving.rules import Driving
from routing.travel import Cached, Fallback, GreatCircle, Osrm, Roads, Shelf, Valhalla

CACHE = "travel.sqlite3"
"""The file in the data folder that remembers driving times."""

NO_CACHE = "off"


def driving_of(settings: Settings) -> Driving:
    """Return how reps drive. Asks nobody yet: a road router that is missing shows when a day is planned."""
    return Driving(settings.circuity, settings.speed_kmh, settings.solve_seconds, roads_of(settings))


def roads_of(settings: Settings) -> Roads:
    """Return the provider of travel times: remembered ways first, then the router, the great circle where it fails."""
    estimate = GreatCircle(settings.circuity, settings.speed_kmh)
    router = router_of(settings)
    return estimate if router is None else Fallback(_remembering(router, settings), estimate)


def router_of(settings: Settings) -> Roads | None:
    """Return the bare road router of the settings; None where no streets are asked for."""
    if settings.travel == "osrm":
        return Osrm(settings.osrm_url, settings.osrm_profile, settings.osrm_table_size, settings.travel_timeout)
    if settings.travel == "valhalla":
        return Valhalla(settings.roads_dir, settings.travel_timeout)
    return None


def _remembering(router: Roads, settings: Settings) -> Roads:
    if settings.travel_cache == NO_CACHE:
        return router
    file = Path(settings.travel_cache) if settings.travel_cache else settings.data_dir / CACHE
    return Cached(router, Shelf(file, settings.travel_cache_ways, settings.travel_cache_days))

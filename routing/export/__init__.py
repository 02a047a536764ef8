"""A route for other programs: GeoJSON for maps, links for the apps that lead the rep there."""

from routing.export.geojson import route_geojson
from routing.export.navigation import NavigationLinks, navigation_links

__all__ = ["NavigationLinks", "navigation_links", "route_geojson"]

"""A route for other programs: a page, GPX, GeoJSON for maps, links for the apps that lead the rep there."""

from routing.export.geojson import route_geojson
from routing.export.gpx import route_gpx
from routing.export.navigation import NavigationLinks, navigation_links
from routing.export.page import PAGE_POLICY, route_page
from routing.export.sheet import DaySheet, SheetAside, SheetBreak, SheetVisit, sheet_of, team_sheets

__all__ = [
    "PAGE_POLICY",
    "DaySheet",
    "NavigationLinks",
    "SheetAside",
    "SheetBreak",
    "SheetVisit",
    "navigation_links",
    "route_geojson",
    "route_gpx",
    "route_page",
    "sheet_of",
    "team_sheets",
]

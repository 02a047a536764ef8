"""Links that open a navigation app at a customer's door."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from routing.problem import Point


@dataclass(frozen=True, slots=True)
class NavigationLinks:
    """One destination for each family of apps.

    Attributes:
        geo: A ``geo:`` URI (RFC 5870), for whichever map the phone prefers.
        google: Google Maps URLs, directions by car.
        apple: Apple Map Links, directions by car.
        amap: 高德地图 (Amap) URI API, route planning by car.
    """

    geo: str
    google: str
    apple: str
    amap: str


def navigation_links(to: Point, name: str = "") -> NavigationLinks:
    """Links to drive to ``to``, a WGS-84 position like every one of ours.

    Amap draws on the shifted datum GCJ-02 inside China, so its link says ``coordinate=wgs84`` and leaves the shift
    to Amap, which knows it exactly. ``name`` is shown at the destination where the app's link has room for it.
    """
    lat, lon = _degrees(to.lat), _degrees(to.lon)
    google = {"api": "1", "destination": f"{lat},{lon}", "travelmode": "driving"}
    apple = {"daddr": f"{lat},{lon}", "dirflg": "d"}
    label = name.replace(",", " ").strip()
    amap = {
        "to": f"{lon},{lat},{label}" if label else f"{lon},{lat}",
        "mode": "car",
        "coordinate": "wgs84",
        "src": "fieldsales",
        "callnative": "1",
    }
    return NavigationLinks(
        geo=f"geo:{lat},{lon}",
        google=f"https://www.google.com/maps/dir/?{_query(google)}",
        apple=f"https://maps.apple.com/?{_query(apple)}",
        amap=f"https://uri.amap.com/navigation?{_query(amap)}",
    )


def _degrees(value: float) -> str:
    """Six decimals without an exponent; never "-0", which RFC 5870 forbids."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _query(parameters: dict[str, str]) -> str:
    return urlencode(parameters, quote_via=quote, safe=",")

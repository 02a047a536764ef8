"""The demo city drawn as GeoJSON (RFC 7946), so that the console has a map without internet."""

import json
from collections.abc import Iterator
from typing import Any

from fieldsales.demo.city import City
from fieldsales.demo.places import Position


def city_geojson(city: City) -> str:
    """Return water, parks and streets as a FeatureCollection; `kind` says how to draw each."""
    return json.dumps({"type": "FeatureCollection", "features": list(_features(city))}, ensure_ascii=False)


def _features(city: City) -> Iterator[dict[str, Any]]:
    for area in city.areas:
        ring = [_point(each) for each in (*area.outline, area.outline[0])]
        yield _feature(area.name, str(area.kind), {"type": "Polygon", "coordinates": [ring]})
    for street in city.streets:
        line = [_point(each) for each in street.path]
        yield _feature(street.name, str(street.kind), {"type": "LineString", "coordinates": line})


def _feature(name: str, kind: str, geometry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name, "kind": kind}, "geometry": geometry}


def _point(position: Position) -> tuple[float, float]:
    return position.longitude, position.latitude

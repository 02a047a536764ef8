"""What a map of the field is drawn on: tiles by setting, or the streets in a file of the operator's or the demo's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, send_file

from api.guard import EVERYBODY
from api.map.schemas import MapGroundSchema
from api.openapi import Resource
from api.packing.answers import pack_file
from api.settings import settings
from fieldsales.errors import NotFound

GEOJSON = "application/geo+json"
STREETS = "streets.geojson"

map_ = Resource("map", __name__, url_prefix="/api/v1/map", description="What a map is drawn on")


class NoStreets(NotFound):
    """The operator has put no file `streets.geojson` into the data folder."""

    code = "map.no_streets"
    title = "There are no streets to draw"


@map_.on("GET", "", roles=EVERYBODY, gives=MapGroundSchema)
def read_ground() -> dict[str, Any]:
    """What a map is drawn on"""
    return {
        "tiles": settings().map_tiles or None,
        "attribution": settings().map_attribution,
        "streets": f"/api/v1/map/{STREETS}" if _streets().is_file() else None,
    }


@map_.on("GET", f"/{STREETS}", roles=EVERYBODY, media_type=GEOJSON, problems=[404])
def read_streets() -> Response:
    """Streets to draw, as GeoJSON

    A FeatureCollection of lines with `kind` (how broad) and polygons of `kind` water or park.
    """
    if not _streets().is_file():
        raise NoStreets("No streets are known here.", mend=f"Put {STREETS} into the data folder, or set tiles.")
    answer = send_file(_streets().absolute(), mimetype=GEOJSON, conditional=True)
    if answer.status_code == 200:
        pack_file(answer, _streets().absolute())
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _streets() -> Path:
    return settings().data_dir / STREETS

"""A day as it was driven: who was visited in what order, for how long, and what lay between; as GeoJSON and GPX 1.1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as Xml

from fieldsales.evidence.rules import Fix, Spot
from fieldsales.stays.rules import stays

NAMESPACE = "http://www.topografix.com/GPX/1/1"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Halt:
    """A visit (with the customer's name), or a stay of which no visit was told (name None).

    `gap_s` is the time since the halt before ended; None for the first, negative where two visits overlap.
    """

    since: datetime
    until: datetime
    spot: Spot | None
    name: str | None
    gap_s: float | None = None

    @property
    def seconds(self) -> float:
        """How long."""
        return (self.until - self.since).total_seconds()


def halts(visits: Sequence[Halt], track: Sequence[Fix]) -> list[Halt]:
    """Return the visits of a day and the stays that belong to none of them, in order, with the gaps between."""
    others = [
        Halt(stay.since, stay.until, stay.spot, None)
        for stay in stays(track)
        if not any(visit.since < stay.until and stay.since < visit.until for visit in visits)
    ]
    found: list[Halt] = []
    for each in sorted([*visits, *others], key=lambda halt: (halt.since, halt.until)):
        gap = (each.since - found[-1].until).total_seconds() if found else None
        found.append(Halt(each.since, each.until, each.spot, each.name, gap))
    return found


def as_geojson(found: Sequence[Halt], track: Sequence[Fix]) -> dict[str, Any]:
    """Return a FeatureCollection (RFC 7946): each halt as a point with its number, and the track as a line."""
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [halt.spot[1], halt.spot[0]]} if halt.spot else None,
            "properties": {
                "kind": "stay" if halt.name is None else "visit",
                "number": number,
                "name": halt.name,
                "since": halt.since.isoformat(),
                "until": halt.until.isoformat(),
                "seconds": round(halt.seconds),
                "gap_s": None if halt.gap_s is None else round(halt.gap_s),
            },
        }
        for number, halt in enumerate(found, 1)
    ]
    if len(track) > 1:
        line = {"type": "LineString", "coordinates": [[fix.longitude, fix.latitude] for fix in track]}
        features.append({"type": "Feature", "geometry": line, "properties": {"kind": "track"}})
    return {"type": "FeatureCollection", "features": features}


def as_gpx(title: str, found: Sequence[Halt], track: Sequence[Fix]) -> bytes:
    """Return GPX 1.1: a waypoint for each halt, and the track with its times."""
    Xml.register_namespace("", NAMESPACE)
    root = Xml.Element(f"{{{NAMESPACE}}}gpx", {"version": "1.1", "creator": "fieldsales"})
    for number, halt in enumerate(found, 1):
        if halt.spot is not None:
            point = _point(root, "wpt", halt.spot, halt.since)
            _text(point, "name", f"{number} {halt.name or 'stay'}")
            _text(point, "desc", f"{halt.seconds / 60:.0f} minutes")
    if track:
        line = Xml.SubElement(root, f"{{{NAMESPACE}}}trk")
        _text(line, "name", title)
        segment = Xml.SubElement(line, f"{{{NAMESPACE}}}trkseg")
        for fix in track:
            _point(segment, "trkpt", fix.spot, fix.at)
    told: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return told


def _point(parent: Xml.Element, tag: str, spot: Spot, at: datetime) -> Xml.Element:
    point = Xml.SubElement(parent, f"{{{NAMESPACE}}}{tag}", {"lat": f"{spot[0]:.6f}", "lon": f"{spot[1]:.6f}"})
    _text(point, "time", f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    return point


def _text(parent: Xml.Element, tag: str, text: str) -> None:
    Xml.SubElement(parent, f"{{{NAMESPACE}}}{tag}").text = _NOT_XML.sub("", text)

"""A day as GPX 1.1 (https://www.topografix.com/GPX/1/1/), for navigation devices and apps."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from routing.export.sheet import DaySheet, SheetVisit
from routing.problem import Point

NAMESPACE = "http://www.topografix.com/GPX/1/1"
SCHEMA = "http://www.topografix.com/GPX/1/1/gpx.xsd"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold."""


def route_gpx(sheets: Iterable[DaySheet]) -> bytes:
    """A GPX document of one or several days.

    Each day is a route (``rte``) from its start over the visits to its end. Visits not made are waypoints (``wpt``) of
    the type of their kind. Where streets are known, the line to drive is a track (``trk``) with a segment for each way.
    """
    Xml.register_namespace("", NAMESPACE)
    attributes = {
        "version": "1.1",
        "creator": "fieldsales",
        f"{{{INSTANCE}}}schemaLocation": f"{NAMESPACE} {SCHEMA}",
    }
    root = Xml.Element(_name("gpx"), attributes)
    days = list(sheets)
    for sheet in days:
        for aside in sheet.aside:
            if aside.at is not None:
                _point(root, "wpt", aside.at, None, {"name": aside.name, "desc": aside.reason, "type": aside.kind})
    for sheet in days:
        if sheet.visits:
            _route(root, sheet)
    for sheet in days:
        if sheet.visits and sheet.by_street:
            _track(root, sheet)
    Xml.indent(root)
    told: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return told


def _route(root: Xml.Element, sheet: DaySheet) -> None:
    route = _texts(Xml.SubElement(root, _name("rte")), {"name": _title(sheet), "desc": " ".join(sheet.warnings)})
    begins, ends = sheet.span or (None, None)
    if sheet.start is not None:
        _point(route, "rtept", sheet.start, begins, {"name": "Start", "type": "start"})
    for number, visit in enumerate(sheet.visits, start=1):
        if visit.at is not None:
            told = {"name": f"{number}. {visit.name}", "desc": _about(visit), "type": "visit"}
            _point(route, "rtept", visit.at, visit.arrives, told)
    if sheet.end is not None:
        _point(route, "rtept", sheet.end, ends, {"name": "End", "type": "end"})


def _track(root: Xml.Element, sheet: DaySheet) -> None:
    track = _texts(Xml.SubElement(root, _name("trk")), {"name": _title(sheet)})
    for leg in sheet.legs:
        segment = Xml.SubElement(track, _name("trkseg"))
        for spot in leg:
            _point(segment, "trkpt", spot, None, {})


def _point(parent: Xml.Element, tag: str, at: Point, time: datetime | None, texts: dict[str, str]) -> None:
    point = Xml.SubElement(parent, _name(tag), {"lat": f"{at.lat:.6f}", "lon": f"{_longitude(at.lon):.6f}"})
    moment = f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if time is not None and time.tzinfo is not None else ""
    _texts(point, {"time": moment} | texts)


def _longitude(lon: float) -> float:
    """The schema has longitudes from -180 up to, not including, 180."""
    return -180.0 if round(lon, 6) >= 180 else lon


def _texts(parent: Xml.Element, texts: dict[str, str]) -> Xml.Element:
    """Children in the order given, which must be that of the schema; empty ones are left away."""
    for tag, text in texts.items():
        if text:
            Xml.SubElement(parent, _name(tag)).text = NOT_XML.sub("", text)
    return parent


def _about(visit: SheetVisit) -> str:
    return ". ".join(filter(None, (f"{visit.begins:%H:%M}–{visit.leaves:%H:%M}", visit.note.rstrip("."))))


def _title(sheet: DaySheet) -> str:
    return ", ".join(filter(None, (sheet.rep, sheet.title))) or "Route"


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"

"""What a row of a customer list means.

What a visit cannot do without (a reference, a name, a position that exists on earth) makes the row rejected if it is
wrong; what it can do without (a phone number, opening hours) is left out and flagged.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldsales.barcodes import gln
from fieldsales.errors import Invalid
from fieldsales.hours import check_hours
from fieldsales.imports.columns.rules import Field, Writes
from fieldsales.phones import e164
from fieldsales.tabular.values import BadValue, parse_number, parse_truth, parse_whole

FIELDS = (
    Field(
        "reference",
        "the customer's number in the other system",
        (
            *(
                "store",
                "storenumber",
                "storeno",
                "storeid",
                "customerno",
                "customernumber",
                "customercode",
                "customerid",
            ),
            *(
                "accountno",
                "accountnumber",
                "account",
                "outlet",
                "outletid",
                "outletcode",
                "code",
                "no",
                "number",
                "id",
            ),
            *(
                "kundennummer",
                "kundennr",
                "κωδικός",
                "客户编号",
                "客户编码",
                "客户代码",
                "客戶編號",
                "客戶代碼",
                "编号",
                "編號",
            ),
        ),
        required=True,
    ),
    Field(
        "name",
        "what it is called",
        (
            *("customername", "storename", "outletname", "accountname", "shopname", "shop", "customer", "company"),
            *("kunde", "firma", "επωνυμία", "客户名称", "客户", "客戶名稱", "客戶", "名称", "名稱", "店名"),
        ),
        required=True,
    ),
    Field(
        "territory", "code of the territory that it belongs to", ("territorycode", "area", "district", "区域", "區域")
    ),
    Field("category", "kind of shop", ("channel", "storetype", "type", "segment", "类别", "類別", "类型", "類型")),
    Field("address", "street and number", ("street", "addressline1", "streetaddress", "strasse", "straße", "地址")),
    Field("city", "town", ("town", "locality", "ort", "stadt", "城市")),
    Field("postal_code", "post code", ("zip", "zipcode", "postcode", "plz", "邮编", "郵遞區號", "郵編")),
    Field("latitude", "degrees north, WGS-84", ("lat", "gpslat", "geolat", "纬度", "緯度", "y")),
    Field(
        "longitude", "degrees east, WGS-84", ("lon", "lng", "long", "gpslon", "gpslng", "geolon", "经度", "經度", "x")
    ),
    Field(
        "phone",
        "phone number",
        ("telephone", "tel", "phonenumber", "mobile", "telefon", "电话", "電話", "手机", "手機"),
    ),
    Field(
        "opening_hours",
        "OpenStreetMap syntax, such as Mo-Fr 08:00-18:00",
        ("hours", "openinghours", "营业时间", "營業時間"),
    ),
    Field("service_minutes", "usual length of a visit", ("visitminutes", "servicetime"), writes=Writes.NUMBER),
    Field("active", "whether it still buys", ("status", "storestatus", "customerstatus", "enabled", "状态", "狀態")),
    Field("gln", "GS1 Global Location Number", ("globallocationnumber",)),
)

NO_POSITION = "no_position"
POSITION_FLAGS = frozenset({NO_POSITION, "position_zero", "position_incomplete", "position_swapped"})
_FLAG_OF = {"phone": "phone_invalid", "opening_hours": "opening_hours_invalid", "gln": "gln_invalid"}
_LONGEST = {"reference": 80, "name": 200, "category": 80, "address": 300, "city": 120, "postal_code": 20}


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as a file has it. `values` holds the columns of our table that the row fills, by name."""

    reference: str
    values: dict[str, object]
    territory: str | None = None
    gln: str | None = None
    flags: frozenset[str] = field(default_factory=frozenset)


def read_customer(cells: Mapping[str, str], mark: str | None, region: str) -> CustomerRow:
    """Read the cells of a row, by field; `region` is the country of phone numbers that name none.

    A blank cell says nothing about its field. Raises `BadValue`.
    """
    texts = {name: tidy(text) for name, text in cells.items()}
    for name in ("reference", "name"):
        if not texts.get(name):
            raise BadValue(f"{name}.missing", f"the {name} is empty")
    for name, longest in _LONGEST.items():
        if len(texts.get(name, "")) > longest:
            raise BadValue(f"{name}.too_long", f"the {name} has more than {longest} characters")
    values: dict[str, object] = {name: texts[name] for name in _LONGEST if name != "reference" and texts.get(name)}
    if texts.get("active"):
        values["active"] = parse_truth(texts["active"])
    if texts.get("service_minutes"):
        values["service_minutes"] = _minutes(texts["service_minutes"], mark)
    position, flags = read_position(texts.get("latitude", ""), texts.get("longitude", ""))
    values |= position
    checked, number = _checked(texts, region, flags)
    return CustomerRow(texts["reference"], values | checked, texts.get("territory") or None, number, frozenset(flags))


def merged(before: Mapping[str, Any], customer: CustomerRow, filled: Collection[str]) -> dict[str, Any]:
    """Return the columns of a customer after a row of a file, whose header fills the fields `filled`.

    What the row says nothing about stays as it was, and so do flags about what the file cannot know.
    """
    after = {name: value for name, value in before.items() if name != "id"} | customer.values
    told = {flag for name, flag in _FLAG_OF.items() if name in filled}
    flags = set(before["flags"]) - told | customer.flags & told
    if "latitude" in customer.values or after["latitude"] is None:
        flags = flags - POSITION_FLAGS | customer.flags & POSITION_FLAGS
    after["flags"] = sorted(flags)
    return after


def tidy(text: str) -> str:
    """Return a text on one line, without blanks around it."""
    return " ".join(text.split())


def _minutes(text: str, mark: str | None) -> int:
    minutes = parse_whole(text, mark)
    if not 1 <= minutes <= 600:
        raise BadValue("service_minutes.out_of_range", f"a visit of {text} minutes is not between 1 and 600")
    return minutes


def _checked(texts: Mapping[str, str], region: str, flags: set[str]) -> tuple[dict[str, object], str | None]:
    checks = {"phone": lambda text: e164(text, region), "opening_hours": check_hours, "gln": gln}
    found: dict[str, str] = {}
    for name, flag in _FLAG_OF.items():
        if texts.get(name):
            try:
                found[name] = checks[name](texts[name])
            except Invalid:
                flags.add(flag)
    if len(found.get("opening_hours", "")) > 255:
        del found["opening_hours"]
        flags.add("opening_hours_invalid")
    number = found.pop("gln", None)
    return dict(found), number


def read_position(latitude: str, longitude: str) -> tuple[dict[str, object], set[str]]:
    """Return latitude and longitude in degrees, if there are any, and what is odd about them.

    A latitude beyond 90° with a longitude that could be one means that the two were swapped; they are put right. Both
    zero is a point in the Gulf of Guinea where databases keep what they do not know: no position. Raises `BadValue`.
    """
    if not latitude or not longitude:
        flags = {NO_POSITION, "position_incomplete"} if latitude or longitude else {NO_POSITION}
        return {}, flags
    north, east = _degrees("latitude", latitude), _degrees("longitude", longitude)
    if north == east == 0:
        return {}, {NO_POSITION, "position_zero"}
    flags = set()
    if 90 < abs(north) <= 180 and abs(east) <= 90:
        north, east = east, north
        flags.add("position_swapped")
    for name, degrees, most in (("latitude", north, 90), ("longitude", east, 180)):
        if abs(degrees) > most:
            raise BadValue("position.out_of_range", f"{name} {degrees:g} is not between -{most} and {most}")
    return {"latitude": north, "longitude": east}, flags


def _degrees(name: str, text: str) -> float:
    decimal = text.replace("−", "-").replace("°", "").strip()
    decimal = decimal.replace(",", ".") if decimal.count(",") == 1 and "." not in decimal else decimal
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)", decimal, re.ASCII):
        raise BadValue("position.invalid", f"{name} “{text}” is not a number of degrees")
    return float(parse_number(decimal, "."))

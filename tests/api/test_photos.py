"""Photos as people look at them: in scope, upright and bare, and what they tell a supervisor."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Engine
from worlds import web as webs
from worlds.phone import TestPhone
from worlds.pictures import jpeg, read, shelf, written
from worlds.web import Web

from fieldsales.storage import Version, open_storage
from sync.batch import Phone
from sync.files import Files

PHOTO = jpeg(1)


@pytest.fixture
def web(engine: Engine, tmp_path: Any) -> Web:
    """The town, which keeps photos in a folder of the test's own."""
    return webs.build(engine, data_dir=tmp_path / "data")


def taken(exif: dict[int, Any] | None = None, gps: dict[int, Any] | None = None, seed: int = 1) -> bytes:
    """A photo with what a camera writes into it."""
    found = Image.Exif()
    found.get_ifd(0x8769).update({0x9003: "2026:03:02 13:50:00", 0x9011: "+02:00"} if exif is None else exif)
    found.get_ifd(0x8825).update(gps or {})
    found[0x010F], found[0x0110] = "Acme\x00", "Phone 3"
    return jpeg(seed, exif=found)


def photograph(web: Web, picture: bytes = PHOTO, shop: str = "Bakery", login: str = "anna") -> str:
    """Take a photo at a shop and send it, bytes and all; return its id."""
    engine, folder = web.engine, web.app.extensions["fieldsales-settings"].data_dir
    who = Phone(web.people[login], getattr(web, login).tokens.device_id)
    app = TestPhone(who, f"phone-of-{login}", web.now)
    visit = app.check_in(web.customers[shop])["data"]["visit_id"]
    photo = app.photo(visit, hashlib.sha256(picture).hexdigest(), len(picture))["data"]["photo_id"]
    assert {each.status for each in app.deliver(engine)} == {"applied"}
    uploads = Files(engine, open_storage("", folder), folder / "uploads", 10_000_000)
    begun = uploads.create(who.user_id, uuid.UUID(photo), len(picture), web.now)
    if not begun.complete:
        uploads.append(who.user_id, begun.id, 0, [picture], web.now)
    return str(photo)


def test_a_photo_is_shown_upright_bare_and_small(web: Web) -> None:
    photo = photograph(web, taken())
    seen, small = web.anna.get(f"/api/v1/photos/{photo}"), web.anna.get(f"/api/v1/photos/{photo}/thumbnail")
    for answer, side in ((seen, 640), (small, 320)):
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, max-age=3600"
        assert read(answer.data).width == side
        assert b"Acme" not in answer.data


def test_a_photo_that_was_seen_does_not_travel_again(web: Web) -> None:
    path = f"/api/v1/photos/{photograph(web)}"
    tag = web.anna.get(path).headers["ETag"]
    again = web.anna.ask("GET", path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert web.anna.ask("GET", f"{path}/thumbnail", headers={"If-None-Match": tag}).status_code == 200
    assert web.ben.ask("GET", path, headers={"If-None-Match": tag}).status_code == 404


def test_only_those_in_scope_see_a_photo(web: Web) -> None:
    path = f"/api/v1/photos/{photograph(web)}"
    for login, status in {"anna": 200, "sara": 200, "max": 200, "root": 200, "ben": 404}.items():
        for version in ("", "/thumbnail"):
            assert getattr(web, login).get(path + version).status_code == status, login
    web.max.put(f"/api/v1/customers/{web.customers['Bakery']}/owner", {"rep_id": str(web.people["ben"])})
    assert web.ben.get(path).status_code == 200, "the customer is Ben's now"
    assert web.anna.get(path).status_code == 200, "the visit stays Anna's"


def test_the_original_is_for_leaders_byte_for_byte(web: Web) -> None:
    picture = taken()
    path = f"/api/v1/photos/{photograph(web, picture)}/original"
    answer = web.sara.get(path)
    assert (answer.data, answer.mimetype) == (picture, "image/jpeg")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert web.anna.get(path).json["code"] == "access.role"


def test_what_the_camera_wrote_is_a_supervisors_to_read_and_no_phones(web: Web) -> None:
    photo = photograph(web, taken())
    facts = web.sara.get(f"/api/v1/photos/{photo}/facts").json
    told = {"taken_at": "2026-03-02T13:50:00+02:00", "make": "Acme", "model": "Phone 3"}
    assert facts["exif"] == told
    assert (facts["width"], facts["height"], facts["flags"], facts["lookalikes"]) == (640, 480, [], [])
    assert web.anna.get(f"/api/v1/photos/{photo}/facts").status_code == 403
    assert "Acme" not in web.anna.get("/sync/v1/changes").text


def test_a_photo_that_is_still_on_the_phone_is_awaited(web: Web) -> None:
    app = TestPhone(Phone(web.people["anna"], web.anna.tokens.device_id), "phone-of-anna", web.now)
    visit = app.check_in(web.customers["Bakery"])["data"]["visit_id"]
    photo = app.photo(visit)["data"]["photo_id"]
    app.deliver(web.engine)
    assert web.anna.get(f"/api/v1/photos/{photo}").json["code"] == "photo.bytes_awaited"
    assert web.sara.get(f"/api/v1/photos/{photo}/facts").json["stored_at"] is None


def test_what_is_shown_is_made_anew_if_it_is_missing(web: Web) -> None:
    photo = photograph(web)
    folder = web.app.extensions["fieldsales-settings"].data_dir / "photos"
    for made in folder.rglob("*.*"):
        made.unlink()
    assert read(web.anna.get(f"/api/v1/photos/{photo}/thumbnail").data).width == 320
    assert open_storage("", folder.parent).exists(hashlib.sha256(PHOTO).hexdigest(), Version.SHOWN)


def test_the_same_picture_re_encoded_in_another_visit_is_flagged_where_it_came_later(web: Web) -> None:
    first = photograph(web)
    again = photograph(web, written(shelf(1).resize((480, 360)), "JPEG", quality=60), shop="Corner")
    other = photograph(web, jpeg(2), shop="Dairy")
    facts = {photo: web.sara.get(f"/api/v1/photos/{photo}/facts").json for photo in (first, again, other)}
    assert [facts[photo]["flags"] for photo in (first, again, other)] == [[], ["photo_reused"], []]
    [found] = facts[again]["lookalikes"]
    assert (found["photo_id"], found["same_bytes"]) == (first, False)
    assert found["customer_id"] == str(web.customers["Bakery"])
    assert found["bits_apart"] <= 7
    visits = [row["document"] for row in web.anna.get("/sync/v1/changes").json["changes"] if row["entity"] == "visit"]
    assert {visit["customer_id"]: "photo_reused" in visit["flags"] for visit in visits} == {
        str(web.customers["Bakery"]): False,
        str(web.customers["Corner"]): True,
        str(web.customers["Dairy"]): False,
    }


def test_lookalikes_outside_of_the_scope_are_only_counted(web: Web) -> None:
    photograph(web, jpeg(1, quality=60), shop="Fish", login="ben")
    mine = photograph(web)
    facts = web.sara.get(f"/api/v1/photos/{mine}/facts").json
    assert [each["rep_id"] for each in facts["lookalikes"]] == [str(web.people["ben"])]
    assert facts["hidden_lookalikes"] == 0
    north = web.territories["north"]
    assert web.root.patch(f"/api/v1/people/{web.people['sara']}", {"territory_id": str(north)}).status_code == 200
    narrow = web.log_in("sara").get(f"/api/v1/photos/{mine}/facts").json
    assert (narrow["lookalikes"], narrow["hidden_lookalikes"]) == ([], 1)


@pytest.mark.parametrize(
    ("exif", "gps", "flag"),
    [
        ({0x9003: "2026:02:20 13:50:00"}, {}, "photo_earlier"),
        ({}, {1: "N", 2: (40.0, 38.0, 0.0), 3: "E", 4: (22.0, 57.0, 0.0)}, "photo_elsewhere"),
    ],
)
def test_a_camera_that_was_elsewhere_or_long_before_is_flagged(web: Web, exif: Any, gps: Any, flag: str) -> None:
    photo = photograph(web, taken(exif, gps))
    assert web.sara.get(f"/api/v1/photos/{photo}/facts").json["flags"] == [flag]

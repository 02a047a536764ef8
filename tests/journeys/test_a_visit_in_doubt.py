"""A visit that was told from elsewhere: what was missing, who looks at it, what the rep says, and the decision."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import requests
from sqlalchemy import select
from worlds.pictures import shelf, written

from fieldsales.accesses.models import TrackAccess
from fieldsales.audit.models import AuditEntry
from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.integrity.service import judge_due

ASKED = {
    "radius_m": 150,
    "otherwise": {},
    "cases": [
        {
            "tiers": ["B"],
            "asked": {
                "check_in": ["position", "storefront_photo"],
                "check_out": ["summary", "survey"],
                "least_minutes": 5,
                "off_plan": "asked",
            },
        }
    ],
}


@pytest.fixture
def field(town: Any) -> Any:
    """The policy asks for something, and Anna has her phone."""
    town.boss, town.sara = town.desk("max"), town.desk("sara")
    town.anna = town.phone("anna")
    town.bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    town.dairy = next(each for each in town.anna.all("customer") if each["name"] == "Dairy")
    return town


def judge(field: Any) -> int:
    with transaction(field.engine) as session:
        return judge_due(session, field.clock())


def sent(field: Any) -> dict[str, Any]:
    last = field.anna.outbox[-1]["id"]
    field.anna.send()
    field.clock.pass_minutes(1)
    found: dict[str, Any] = field.anna.outcomes[last]
    return found


def photograph(field: Any, visit: uuid.UUID, seed: int, kind: str = "storefront") -> str:
    photo = field.anna.photograph(visit, written(shelf(seed, (200, 150)), "PNG"))
    field.anna.outbox[-1]["data"]["kind"] = kind
    sent(field)
    field.anna.upload(1 << 16)
    return str(photo)


def evidence(field: Any, visit: uuid.UUID) -> dict[str, Any]:
    found: dict[str, Any] = field.sara("GET", f"/api/v1/visits/{visit}/evidence")
    return found


def test_what_is_missing_is_named_on_the_phone_and_what_arrives_later_completes_the_visit(field: Any) -> None:
    field.boss("PUT", "/api/v1/policies/visits", json={"body": ASKED})
    visit = field.anna.check_in(field.bakery)
    told = sent(field)
    assert (told["status"], told["result"]["missing"]) == ("applied", ["storefront_photo"])
    assert "off_plan" in told["flags"]
    field.clock.pass_minutes(1)
    field.anna.check_out(visit, field.bakery, "")
    told = sent(field)
    assert told["status"] == "applied"
    assert told["result"]["missing"] == ["storefront_photo", "summary", "survey", "time_in_store"]
    photograph(field, visit, 1)
    field.anna.summarize(visit, cause_code="closed")
    sent(field)
    survey = new_id()
    answers = [{"question": "facings", "number": 4}, {"question": "promotion", "yes": False}]
    data = {"survey_id": str(survey), "visit_id": str(visit), "form": "shelf", "answers": answers}
    field.anna.do("visit.survey", ("survey", survey), data)
    assert sent(field)["status"] == "applied"
    assert evidence(field, visit)["missing"] == ["time_in_store"]


def test_where_nobody_set_a_policy_nothing_is_missing(field: Any) -> None:
    visit = field.anna.check_in(field.bakery)
    assert "missing" not in sent(field)["result"]
    assert evidence(field, visit)["missing"] == ["check_out"]


def test_an_honest_visit_has_a_good_score_and_does_not_wait_for_anybody(field: Any) -> None:
    visit = field.anna.check_in(field.bakery, metres_off=20)
    sent(field)
    field.clock.pass_minutes(20)
    field.anna.check_out(visit, field.bakery, "All fine.")
    sent(field)
    assert evidence(field, visit)["visit"]["score"] is None
    assert judge(field) == 1
    assert evidence(field, visit)["visit"]["score"] == 100
    assert field.sara("GET", "/api/v1/visits/doubtful")["items"] == []


def test_a_doubtful_visit_is_looked_at_answered_and_decided(field: Any) -> None:
    visit = field.anna.check_in(field.bakery, metres_off=3000)
    sent(field)
    judge(field)
    [line] = field.sara("GET", "/api/v1/visits/doubtful")["items"]
    assert (line["visit_id"], line["rep"], line["customer"]) == (str(visit), "Anna", "Bakery")
    assert line["signals"][0]["code"] == "far_from_customer"
    assert "2995 m from the customer" in line["signals"][0]["says"]
    assert len(field.sara("GET", "/api/v1/visits?doubtful=true")["items"]) == 1
    assert field.sara("GET", "/api/v1/visits?doubtful=false")["items"] == []
    own = field.desk("anna")
    assert own("GET", f"/api/v1/visits/{visit}/evidence")["visit"]["score"] == line["score"]
    own("POST", f"/api/v1/visits/{visit}/comments", status=201, json={"text": "They moved across the river."})
    own("POST", f"/api/v1/visits/{visit}/decision", status=403, json={"decision": "honest"})
    field.sara("POST", f"/api/v1/visits/{visit}/decision", status=422, json={"decision": "fake"})
    told = field.sara("POST", f"/api/v1/visits/{visit}/decision", json={"decision": "honest", "note": "They did."})
    assert told["visit"]["decision"] == "honest"
    assert [each["text"] for each in told["comments"]] == ["They moved across the river."]
    assert field.sara("GET", "/api/v1/visits/doubtful")["items"] == []
    with reading(field.engine) as session:
        actions = set(session.scalars(select(AuditEntry.action)))
    assert {"visit.decide", "visit.comment"} <= actions


def test_a_decision_stays_when_the_policy_changes_and_the_score_does_not(field: Any) -> None:
    visit = field.anna.check_in(field.bakery, metres_off=3000)
    sent(field)
    judge(field)
    before = evidence(field, visit)["visit"]["score"]
    field.sara("POST", f"/api/v1/visits/{visit}/decision", json={"decision": "unclear", "note": "Ask again."})
    body = field.boss("GET", "/api/v1/policies/integrity")["body"]
    body["points"]["far_from_customer"] = 1
    field.boss("PUT", "/api/v1/policies/integrity", json={"body": body, "note": "nobody minds"})
    assert judge(field) == 1
    assert judge(field) == 0
    after = evidence(field, visit)["visit"]
    assert after["score"] > before
    assert (after["decision"], after["decided_score"]) == ("unclear", before)


def test_a_market_hall_gets_a_radius_of_its_own(field: Any) -> None:
    field.sara("PUT", f"/api/v1/customers/{field.bakery['id']}/geofence", json={"radius_m": 3500})
    field.anna.check_in(field.bakery, metres_off=3000)
    assert "far_from_customer" not in sent(field)["flags"]
    judge(field)
    assert field.sara("GET", "/api/v1/visits/doubtful")["items"] == []
    field.sara("PUT", f"/api/v1/customers/{field.bakery['id']}/geofence", json={"radius_m": None})
    field.anna.check_in(field.bakery, metres_off=3000)
    assert "far_from_customer" in sent(field)["flags"]


def test_a_photo_that_comes_later_changes_the_score(field: Any) -> None:
    picture = written(shelf(7, (200, 150)), "PNG")
    first, second = (field.anna.check_in(shop) for shop in (field.bakery, field.dairy))
    sent(field)
    judge(field)
    before = evidence(field, second)["visit"]["score"]
    for visit in (first, second):
        field.anna.photograph(visit, picture)
        sent(field)
        field.anna.upload(1 << 16)
    assert judge(field) == 2
    found = evidence(field, second)["visit"]
    assert found["score"] < before
    assert "photo_reused" in [signal["code"] for signal in found["signals"]]
    assert "photo_reused" not in [signal["code"] for signal in evidence(field, first)["visit"]["signals"]]


def test_a_track_that_comes_later_changes_the_score(field: Any) -> None:
    visit = field.anna.check_in(field.bakery, metres_off=20)
    sent(field)
    field.clock.pass_minutes(15)
    field.anna.check_out(visit, field.bakery, "Fine.")
    sent(field)
    judge(field)
    assert evidence(field, visit)["visit"]["score"] == 100
    points = [{"ago_ms": minute * 60_000, "lat": 38.35, "lon": 21.80, "accuracy_m": 10.0} for minute in range(40)]
    field.anna.track(points)
    sent(field)
    assert judge(field) == 1
    assert evidence(field, visit)["visit"]["doubtful"]


def test_two_reps_on_one_phone_are_told(field: Any) -> None:
    visits = []
    for minute, login in enumerate(("ben", "anna", "ben")):
        phone = field.phone(login, installation="one-phone")
        phone.seq = minute * 100
        shop = next(each for each in phone.all("customer") if each["latitude"])
        visits.append(phone.check_in(shop))
        phone.send()
        field.clock.pass_minutes(20)
    judge(field)
    codes = [signal["code"] for signal in evidence(field, visits[1])["visit"]["signals"]]
    assert "shared_device" in codes


def test_a_supervisor_sees_nobody_elses_people_and_a_rep_only_the_own_visits(field: Any) -> None:
    visit = field.anna.check_in(field.bakery, metres_off=3000)
    sent(field)
    ben = field.desk("ben")
    assert ben("GET", "/api/v1/visits")["items"] == []
    ben("GET", f"/api/v1/visits/{visit}/evidence", status=404)
    ben("POST", f"/api/v1/visits/{visit}/comments", status=404, json={"text": "Hm."})
    assert requests.get(field.base + "/api/v1/visits", timeout=10).status_code == 401


def test_a_day_is_shown_as_it_was_and_who_looked_is_written_down(field: Any) -> None:
    visit = field.anna.check_in(field.bakery, metres_off=20)
    sent(field)
    field.clock.pass_minutes(9)
    field.anna.check_out(visit, field.bakery, "Fine.")
    sent(field)
    path = f"/api/v1/reps/{field.world.anna.id}/days/2026-03-02/driven"
    [told] = field.sara("GET", f"{path}.geojson")["features"]
    assert (told["properties"]["name"], told["properties"]["seconds"]) == ("Bakery", 600)
    field.desk("ben")("GET", f"{path}.geojson", status=404)
    gpx = requests.get(f"{field.base}{path}.gpx", headers={"Authorization": f"Bearer {field.sara.token}"}, timeout=10)
    assert b"Bakery" in gpx.content
    with reading(field.engine) as session:
        looks = [(each.reader_id, each.route, each.times) for each in session.scalars(select(TrackAccess))]
    assert sorted(looks) == [
        (field.world.sara.id, "driven.geojson", 1),
        (field.world.sara.id, "driven.gpx", 1),
    ]

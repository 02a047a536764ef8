"""People, territories and devices over HTTP."""

from __future__ import annotations

from worlds.web import Web


def test_a_supervisor_lists_the_team_and_a_rep_may_not(web: Web) -> None:
    listed = web.sara.get("/api/v1/people", role="rep").json
    assert [person["login"] for person in listed["items"]] == ["anna", "ben"]
    assert listed["next"] is None
    refused = web.anna.get("/api/v1/people")
    assert (refused.status_code, refused.json["code"]) == (403, "access.role")


def test_a_list_is_walked_page_by_page(web: Web) -> None:
    seen, after = [], None
    while True:
        page = web.root.get("/api/v1/people", limit=2, **({"after": after} if after else {})).json
        seen += [person["login"] for person in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == ["anna", "ben", "max", "root", "sara"]


def test_a_manager_adds_a_rep_who_can_work(web: Web) -> None:
    north = str(web.territories["north"])
    body = {"login": "carl", "name": "Carl", "role": "rep", "territory_id": north, "password": "correct horse"}
    added = web.max.post("/api/v1/people", body)
    assert (added.status_code, added.json["login"], added.json["active"]) == (201, "carl", True)
    assert "password" not in added.text
    assert web.max.post("/api/v1/people", body).json["code"] == "people.login_taken"
    hours = {
        "start_latitude": 38.2, "start_longitude": 21.7, "shift_from": "09:00", "shift_to": "17:00",
        "lunch_from": "12:00", "lunch_to": "13:00", "lunch_minutes": 30,
    }  # fmt: skip
    with_zone = hours | {"shift_from": "09:00:00+02:00"}
    assert web.max.put(f"/api/v1/people/{added.json['id']}/work-pattern", with_zone).status_code == 422
    told = web.max.put(f"/api/v1/people/{added.json['id']}/work-pattern", hours).json["work_pattern"]
    assert (told["shift_from"], told["weekdays"]) == ("09:00:00", "MO,TU,WE,TH,FR")


def test_a_weak_password_comes_back_as_a_rule_not_as_text(web: Web) -> None:
    body = {"login": "carl", "name": "Carl", "role": "admin", "password": "carl-carl"}
    answer = web.root.post("/api/v1/people", body)
    assert (answer.status_code, answer.json["code"]) == (422, "people.weak_password")
    assert "carl-carl" not in answer.text


def test_patch_changes_only_what_is_named(web: Web) -> None:
    path = f"/api/v1/people/{web.people['ben']}"
    before = web.max.get(path).json
    after = web.max.patch(path, {"name": "Benjamin"}).json
    assert after == before | {"name": "Benjamin"}
    assert web.max.patch(path, {}).json == after
    assert web.max.patch(path, {"login": "other"}).json["errors"] == [
        {"in": "json", "pointer": "/login", "message": "Unknown field."}
    ]
    assert web.max.patch(path, {"active": "yes"}).status_code == 422


def test_who_is_switched_off_is_out_at_once(web: Web) -> None:
    ben = web.ben
    assert web.max.patch(f"/api/v1/people/{web.people['ben']}", {"active": False}).json["active"] is False
    assert ben.get("/api/v1/me").json["code"] == "auth.account_closed"


def test_a_person_out_of_scope_does_not_exist(web: Web) -> None:
    answer = web.anna.get(f"/api/v1/people/{web.people['ben']}")
    assert (answer.status_code, answer.json["code"]) == (404, "people.not_found")
    assert web.anna.get(f"/api/v1/people/{web.people['anna']}").json["login"] == "anna"


def test_territories_are_added_below_ones_own(web: Web) -> None:
    body = {"code": "harbour", "name": "Harbour", "time_zone": "Europe/Athens", "region": "GR", "currency": "EUR"}
    added = web.max.post("/api/v1/territories", body | {"parent_id": str(web.territories["south"])})
    assert added.status_code == 201
    assert [area["code"] for area in web.ben.get("/api/v1/territories").json["items"]] == ["harbour", "south"]
    for wrong, code in (
        ({"time_zone": "Mars/Base"}, "time_zone.unknown"),
        ({"currency": "XXY"}, "money.unknown_currency"),
        ({"region": "gr"}, "territory.bad_region"),
        ({}, "territory.code_taken"),
    ):
        assert web.max.post("/api/v1/territories", body | wrong).json["code"] == code


def test_devices_are_listed_in_scope(web: Web) -> None:
    assert web.anna.tokens.device_id != web.ben.tokens.device_id
    assert len(web.anna.get("/api/v1/devices").json["items"]) == 1
    assert {device["installation"] for device in web.sara.get("/api/v1/devices").json["items"]} == {
        "phone-of-anna",
        "phone-of-ben",
        "phone-of-sara",
    }

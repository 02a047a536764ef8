"""A day under way is planned again: through real HTTP, with a phone in the field, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from fieldsales.db.session import transaction
from fieldsales.people.models import User, WorkPattern
from fieldsales.planning.models import PlannedVisit
from migrations.tables import metadata

TUESDAY = "2026-03-03"
MORNING = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
"""08:00 in town."""


@pytest.fixture
def town(town: Any) -> Any:
    """The town on Tuesday morning, planned."""
    town.desk("max")("POST", "/api/v1/plans/generate", json={"day": TUESDAY})
    town.clock.now = MORNING
    return town


def replan(person: Any, status: int = 200, rep: str = "me", **wish: Any) -> Any:
    return person("POST", f"/api/v1/reps/{rep}/days/{TUESDAY}/replan", json=wish, status=status)


def day_of(person: Any, rep: str = "me") -> Any:
    return person("GET", f"/api/v1/reps/{rep}/days/{TUESDAY}")


def names(day: Any) -> list[str]:
    return [each["customer"]["name"] for each in day["stops"]]


def by_name(answer: Any) -> dict[str, Any]:
    return {each["name"]: each for each in answer["changes"]}


def everything(engine: Any) -> dict[str, list[Any]]:
    """Every row of every table, but for the sightings of devices, which any request may note."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in metadata.sorted_tables
            if table.name not in {"device", "refresh_token"}
        }


def visit_first(town: Any, phone: Any, *, minutes: int = 20, leave: bool = True) -> str:
    """The rep makes the first visit of the day; returns the customer's name."""
    _, _, customer = phone.day(TUESDAY)[0]
    town.clock.pass_minutes(60)
    visit = phone.check_in(customer)
    town.clock.pass_minutes(minutes)
    if leave:
        phone.check_out(visit, customer, "All well")
    phone.send()
    return str(customer["name"])


def test_what_was_made_stays_and_the_phone_gets_the_new_order(town: Any) -> None:
    annas, leader, phone = town.desk("anna"), town.desk("sara"), town.phone("anna")
    before = day_of(annas)
    first = visit_first(town, phone)
    second, last = names(before)[1], names(before)[2]
    with transaction(town.engine) as session:
        session.get(WorkPattern, town.world.anna.id).lunch_minutes = 0
    dropped = next(each["planned"]["id"] for each in before["stops"] if each["customer"]["name"] == second)
    answer = replan(
        leader, rep=str(town.world.anna.id), reason="The owner called",
        drop=[{"planned_visit_id": dropped, "code": "customer_asked"}],
    )  # fmt: skip
    told = by_name(answer)
    assert (told[first]["what"], told[second]["what"], told[last]["what"]) == ("made", "dropped", "stays")
    assert (told[last]["place_before"], told[last]["place_after"], answer["moved"]) == (3, 2, 0)
    after = day_of(annas)
    assert names(after) == [first, last]
    for name in ("arrival_at", "departure_at", "travel_s", "distance_m"):
        assert after["stops"][0]["stop"][name] == before["stops"][0]["stop"][name], "it stays as it was planned"
    assert after["stops"][1]["stop"]["arrival_at"] >= town.clock.now.isoformat()[:19]
    assert [each["planned"]["skip_code"] for each in after["skipped"]] == ["customer_asked"]
    phone.receive()
    assert [customer["name"] for _, _, customer in phone.day(TUESDAY)] == [first, last]
    steps = annas("GET", f"/api/v1/planned-visits/{dropped}/history")["steps"]
    assert (steps[-1]["kind"], steps[-1]["by_name"], steps[-1]["reason"]) == ("skipped", "Sara", "The owner called")


def test_an_urgent_customer_comes_in_and_a_late_day_leaves_out_what_does_not_fit(town: Any) -> None:
    annas, phone = town.desk("anna"), town.phone("anna")
    corner = next(each for each in day_of(annas)["stops"] if each["customer"]["name"] == "Corner")["planned"]
    annas("POST", f"/api/v1/planned-visits/{corner['id']}/skip", json={"code": "closed", "version": corner["version"]})
    assert "Corner" not in names(day_of(annas))
    visit_first(town, phone)
    answer = replan(annas, urgent=[str(town.world.customers["Corner"].id)], reason="Their fridge broke")
    assert (by_name(answer)["Corner"]["what"], answer["moved"]) == ("added", 0)
    assert "Corner" in names(day_of(annas))
    steps = annas("GET", f"/api/v1/planned-visits/{corner['id']}/history")["steps"]
    assert (steps[-1]["kind"], steps[-1]["by_name"], steps[-1]["reason"]) == ("added", "Anna", "Their fridge broke")

    town.clock.now = datetime(2026, 3, 3, 14, 38, tzinfo=UTC)
    late = replan(annas, reason="A puncture")
    left = [each for each in late["changes"] if each["what"] == "left_out"]
    assert left
    assert all(each["code"] and each["reason"] for each in left)
    day = day_of(annas)
    assert {each["customer"]["name"] for each in day["left_out"]} == {each["name"] for each in left}
    steps = annas("GET", f"/api/v1/planned-visits/{left[0]['planned_visit_id']}/history")["steps"]
    assert (steps[-1]["kind"], steps[-1]["by_name"]) == ("left_out", "Anna")
    assert steps[-1]["reason"].startswith("A puncture (replanned at 16:38: ")


def test_what_if_leaves_no_trace_and_says_what_the_plan_then_does(town: Any) -> None:
    annas, phone = town.desk("anna"), town.phone("anna")
    visit_first(town, phone, leave=False)
    ahead = names(day_of(annas))[1:]
    other = next(each["planned"]["id"] for each in day_of(annas)["stops"] if each["customer"]["name"] == ahead[0])
    before = everything(town.engine)
    for wish in (
        {"late_minutes": 40},
        {"shift_ends": "20:00:00"},
        {"drop": [{"planned_visit_id": other}]},
        {"late_minutes": 500},
        {"fill": True, "position": {"latitude": 38.2, "longitude": 21.7}},
    ):
        asked = replan(annas, dry_run=True, **wish)
        assert asked["dry_run"]
    assert everything(town.engine) == before
    asked, done = replan(annas, dry_run=True, late_minutes=500), replan(annas, late_minutes=500)
    assert {each["what"] for each in asked["changes"]} == {"made", "left_out"}
    assert {**asked, "dry_run": False} == done
    assert day_of(annas)["stops"][0]["customer"]["name"] not in ahead


def test_where_nothing_changed_nothing_is_touched(town: Any) -> None:
    annas, phone = town.desk("anna"), town.phone("anna")
    visit_first(town, phone)
    answer = replan(annas)
    assert (answer["stands"], answer["moved"]) == (True, 0)
    again = replan(annas)
    assert [(each["name"], each["arrival_after"]) for each in again["changes"]] == [
        (each["name"], each["arrival_after"]) for each in answer["changes"]
    ]


def test_a_locked_visit_keeps_its_place(town: Any) -> None:
    annas = town.desk("anna")
    stops = day_of(annas)["stops"]
    last = stops[-1]["planned"]["id"]
    answer = replan(annas, locks=[{"planned_visit_id": last}], dry_run=True, fill=True)
    [held] = [each for each in answer["changes"] if each["planned_visit_id"] == last]
    assert (held["place_before"], held["place_after"]) == (len(stops), len(stops))


def test_whoever_may_not_see_the_rep_learns_nothing_and_nobody_drops_what_was_made(town: Any) -> None:
    annas, bens, phone = town.desk("anna"), town.desk("ben"), town.phone("anna")
    assert replan(bens, 404, rep=str(town.world.anna.id))["code"] == "people.not_found"
    first = visit_first(town, phone)
    made = next(each["planned"]["id"] for each in day_of(annas)["stops"] if each["customer"]["name"] == first)
    assert replan(annas, 409, drop=[{"planned_visit_id": made}])["code"] == "plan.visit_made"
    assert replan(annas, 422, locks=[{"planned_visit_id": made}])["code"] == "replan.invalid"
    foreign = str(town.world.customers["Fish"].id)
    assert replan(annas, 404, urgent=[foreign])["code"] == "customer.not_found"
    assert replan(annas, 422, drop=[{"planned_visit_id": made}, {"planned_visit_id": made}])["code"] == (
        "request.invalid_fields"
    )
    assert replan(annas, 422, shift_ends="07:00:00")["code"] == "replan.invalid"
    town.clock.now = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
    assert replan(town.desk("anna"), 409)["code"] == "plan.day_over"


def test_a_rep_without_a_working_day_is_told_so(town: Any) -> None:
    with transaction(town.engine) as session:
        session.delete(session.get(WorkPattern, town.world.ben.id))
        assert session.get(User, town.world.ben.id) is not None
    answer = replan(town.desk("max"), 409, rep=str(town.world.ben.id))
    assert (answer["code"], "working pattern" in answer["detail"]) == ("replan.no_working_day", True)


def test_a_day_that_changes_while_it_is_replanned_is_replanned_anew(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the search and the writing a leader skips a visit: it is not brought back."""
    from api.replans import routes  # noqa: PLC0415

    annas, leader, real = town.desk("anna"), town.desk("sara"), routes.find
    last = day_of(annas)["stops"][-1]["planned"]
    raced: list[bool] = []

    def find(*given: Any) -> Any:
        found = real(*given)
        if not raced:
            raced.append(True)
            body = {"code": "closed", "version": last["version"]}
            leader("POST", f"/api/v1/planned-visits/{last['id']}/skip?replan=false", json=body)
        return found

    monkeypatch.setattr(routes, "find", find)
    answer = replan(annas, fill=True)
    assert last["id"] not in {each["planned_visit_id"] for each in answer["changes"] if each["what"] != "dropped"}
    with transaction(town.engine) as session:
        statuses = session.scalars(select(PlannedVisit.status).where(PlannedVisit.skip_code == "closed")).all()
    assert len(statuses) == 1

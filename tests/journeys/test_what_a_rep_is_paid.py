"""A journey: a scheme is tried, adopted and run; the rep reads the slip line by line, disputes one, and is answered."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import requests
from worlds.paid_town import body
from worlds.served_town import PASSWORD

from fieldsales.db.session import transaction
from fieldsales.people.models import Role
from fieldsales.people.service import add_person, set_password

APRIL_NOON_MINUTES = 40 * 24 * 60
SCHEME = body(
    {
        "name": "sales",
        "basis": "amount",
        "tiers": {"steps": [{"from": 0, "rate_bp": 200}, {"from": 2_000, "rate_bp": 400}]},
    },
    {"name": "soap", "basis": "quantity", "minor_per_1000": 10_000, "only": {"products": ["soap"]}},
)


@pytest.fixture
def paid(town: Any) -> Any:
    """Anna sold three soaps and a rice in March; by now it is April, and the scheme is adopted."""
    town.anna = town.phone("anna")
    town.boss, town.sara = town.desk("max"), town.desk("sara")
    bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    wares = {each["sku"]: each for each in town.anna.all("product")}
    visit = town.anna.check_in(bakery)
    town.anna.order(visit, bakery, [(wares["soap"], 3), (wares["rice"], 1)])
    town.anna.send()
    assert {each["status"] for each in town.anna.outcomes.values()} == {"applied"}
    town.clock.pass_minutes(APRIL_NOON_MINUTES)
    town.rep, town.boss, town.sara = (town.desk(login) for login in ("anna", "max", "sara"))
    new = {"code": "field", "effective_from": "2026-03-01", "body": SCHEME}
    town.scheme = town.boss("POST", "/api/v1/schemes", status=201, json=new)
    return town


def closed(paid: Any, month: str = "2026-03-15") -> dict[str, Any]:
    made = paid.boss("POST", "/api/v1/pay-runs", status=201, json={"scheme": "field", "month": month})
    found: dict[str, Any] = paid.boss("POST", f"/api/v1/pay-runs/{made['run']['id']}/close")
    return found


def test_a_scheme_is_tried_beside_the_one_that_holds(paid: Any) -> None:
    other = body({"name": "sales", "basis": "amount", "rate_bp": 100})
    wanted = {"first": "2026-03-01", "months": 2, "codes": ["field"], "candidates": [{"label": "flat", "body": other}]}
    field, flat = paid.boss("POST", "/api/v1/schemes/simulate", json=wanted)["outcomes"]
    amount = 1_250 * 95 // 100 + 3 * 189  # tier B pays 5 % less
    assert [each["rep"] for each in flat["reps"]] == ["Anna"]
    assert (flat["label"], flat["amount_minor"]) == ("flat", round(amount / 100))
    assert field["amount_minor"] > flat["amount_minor"]
    assert [each["lines"] for each in field["months"]] == [2, 0]
    assert paid.boss("GET", "/api/v1/pay-runs")["items"] == []
    tried = {"scheme": "field", "month": "2026-03-01", "dry_run": True}
    told = paid.boss("POST", "/api/v1/pay-runs", status=201, json=tried)
    assert told["run"]["amount_minor"] == field["amount_minor"]
    assert paid.boss("GET", "/api/v1/pay-runs")["items"] == []


def test_a_line_is_explained_to_its_last_order_line(paid: Any) -> None:
    run = closed(paid)
    address = f"/api/v1/pay-runs/{run['run']['id']}"
    mine = paid.rep("GET", f"{address}/lines")["items"]
    assert sum(each["amount_minor"] for each in mine) == paid.rep("GET", address)["slips"][0]["amount_minor"]
    soap = next(each for each in mine if each["rule"] == "soap")
    told = paid.rep("GET", f"{address}/lines/{soap['id']}/explain")
    [part] = told["parts"]
    assert (part["sku"], part["pieces"], part["basis"], part["amount_minor"]) == ("soap", 3, 3_000, 30)
    assert (told["source"]["taken_by"], told["customer"], told["rule"]["minor_per_1000"]) == ("Anna", "Bakery", 10_000)
    sales = next(each for each in mine if each["rule"] == "sales")
    parts = paid.rep("GET", f"{address}/lines/{sales['id']}/explain")["parts"]
    assert sum(each["amount_minor"] for each in parts) == sales["amount_minor"]
    assert paid.boss("GET", f"{address}/check") == {"faults": []}


def test_a_slip_is_a_file_whose_rows_add_up(paid: Any) -> None:
    run = closed(paid)["run"]
    answer = requests.get(
        f"{paid.base}/api/v1/pay-runs/{run['id']}/slips.csv",
        headers={"Authorization": f"Bearer {paid.rep.token}"},
        timeout=30,
    )
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["sku"] for row in rows} == {"soap", "rice"}
    assert round(100 * sum(float(row["amount"]) for row in rows)) == run["amount_minor"]
    book = requests.get(
        f"{paid.base}/api/v1/pay-runs/{run['id']}/slips.xlsx",
        headers={"Authorization": f"Bearer {paid.boss.token}"},
        timeout=30,
    )
    assert book.content[:2] == b"PK"


def test_each_sees_the_own_pay_and_supervisors_what_the_policy_lets_them(paid: Any) -> None:
    made = paid.boss("POST", "/api/v1/pay-runs", status=201, json={"scheme": "field", "month": "2026-03-01"})["run"]
    address = f"/api/v1/pay-runs/{made['id']}"
    paid.rep("GET", address, status=404)  # not closed yet
    paid.boss("POST", f"{address}/close")
    ben = paid.desk("ben")
    ben_sees = ben("GET", address)
    assert [each["amount_minor"] for each in ben_sees["slips"]] == [0]
    assert ben_sees["run"]["amount_minor"] == 0
    assert ben("GET", f"{address}/lines")["items"] == []
    line = paid.rep("GET", f"{address}/lines")["items"][0]
    ben("GET", f"{address}/lines/{line['id']}/explain", status=404)
    assert paid.sara("GET", address)["slips"] == []
    assert paid.sara("GET", f"{address}/lines")["items"] == []
    policy = {"supervisors_see_slips": True, "dispute_days": 60}
    paid.boss("PUT", "/api/v1/policies/pay", json={"body": policy})
    assert {each["rep"] for each in paid.sara("GET", address)["slips"]} == {"Anna", "Ben"}
    paid.rep("POST", "/api/v1/pay-runs", status=403, json={"scheme": "field", "month": "2026-03-01"})


def test_a_rep_disputes_a_line_and_the_correction_takes_a_second_person(paid: Any) -> None:
    run = closed(paid)["run"]
    line = paid.rep("GET", f"/api/v1/pay-runs/{run['id']}/lines")["items"][0]
    said = {"line_id": line["id"], "reason": "I sold more than that."}
    raised = paid.rep("POST", "/api/v1/pay-disputes", status=201, json=said)
    paid.rep("POST", "/api/v1/pay-disputes", status=409, json=said)
    paid.desk("ben")("POST", "/api/v1/pay-disputes", status=404, json=said)
    [waiting] = paid.boss("GET", "/api/v1/pay-disputes?state=open")["items"]
    assert (waiting["id"], waiting["run_id"]) == (raised["id"], run["id"])
    answer = {"uphold": True, "answer": "Four soaps were handed over.", "correction_minor": 10}
    answered = paid.boss("POST", f"/api/v1/pay-disputes/{raised['id']}/answer", json=answer)
    paid.boss("POST", f"/api/v1/pay-disputes/{raised['id']}/answer", status=409, json=answer)
    assert paid.rep("GET", "/api/v1/pay-disputes")["items"][0]["answer"] == "Four soaps were handed over."
    [asked] = paid.boss("GET", "/api/v1/approvals?state=open")["items"]
    assert (asked["kind"], asked["correction_id"]) == ("commission", answered["correction_id"])
    own = paid.boss("POST", f"/api/v1/approvals/{asked['id']}", status=403, json={"grant": True})
    assert own["code"] == "approval.own_request"
    assert run_april(paid)["run"]["amount_minor"] == 0  # nobody granted it yet
    second(paid)("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True})
    again = run_april(paid)
    [mended] = paid.boss("GET", f"/api/v1/pay-runs/{again['run']['id']}/lines?kind=correction")["items"]
    assert mended["amount_minor"] == again["run"]["amount_minor"] == 10
    told = paid.boss("GET", f"/api/v1/pay-runs/{again['run']['id']}/lines/{mended['id']}/explain")
    assert told["source"]["reason"] == "Four soaps were handed over."
    assert told["because"][0]["line_id"] == line["id"]


def run_april(paid: Any) -> dict[str, Any]:
    wanted = {"scheme": "field", "month": "2026-04-01"}
    found: dict[str, Any] = paid.boss("POST", "/api/v1/pay-runs", status=201, json=wanted)
    return found


def second(paid: Any) -> Any:
    """A second manager."""
    with transaction(paid.engine) as session:
        mia = add_person(session, login="mia", name="Mia", role=Role.MANAGER, now=paid.clock.now)
        set_password(session, mia.id, PASSWORD, now=paid.clock.now)
    return paid.desk("mia")

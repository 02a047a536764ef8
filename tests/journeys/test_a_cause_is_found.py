"""A journey from an anomaly to its cause: found by a rep at the door, or by a leader on the telephone."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.db.session import reading, transaction


def open_at(town: Any, shop: str, day: date = date(2026, 3, 2)) -> uuid.UUID:
    """A customer's churn risk, opened on a day."""
    with transaction(town.engine) as session:
        found = Anomaly(
            customer_id=town.world.customers[shop].id, kind=AnomalyKind.CHURN_RISK, opened_on=day, seen_on=day,
            reason="No order for 40 days", evidence={}, at_risk_minor=900, probability=0.8,
        )  # fmt: skip
        session.add(found)
        session.flush()
        return found.id


def stands(town: Any, anomaly_id: uuid.UUID) -> tuple[str | None, uuid.UUID | None]:
    """What is known of the cause of an anomaly, and who said it."""
    with reading(town.engine) as session:
        anomaly = session.get_one(Anomaly, anomaly_id)
        return anomaly.cause_code, anomaly.cause_by


def test_a_cause_told_on_a_visit_closes_what_was_open_there(town: Any) -> None:
    anna = town.phone("anna")
    bakery, fish = open_at(town, "Bakery"), open_at(town, "Fish")
    customer = next(each for each in anna.all("customer") if each["name"] == "Bakery")
    anna.summarize(anna.check_in(customer), cause_code="competitor")
    anna.send()
    assert stands(town, bakery) == ("competitor", town.world.anna.id)
    assert stands(town, fish) == (None, None)
    listed = town.desk("sara")("GET", "/api/v1/anomalies")["items"]
    assert [(each["customer_name"], each["probability"]) for each in listed] == [("Fish", 0.8)]


def test_a_visit_before_it_was_opened_says_nothing_of_it(town: Any) -> None:
    anna = town.phone("anna")
    bakery = open_at(town, "Bakery", date(2026, 3, 5))
    customer = next(each for each in anna.all("customer") if each["name"] == "Bakery")
    anna.summarize(anna.check_in(customer), cause_code="competitor")
    anna.send()
    assert stands(town, bakery) == (None, None)


def test_a_leader_closes_it_once_and_a_stranger_never(town: Any) -> None:
    bakery = open_at(town, "Bakery")
    path, sara = f"/api/v1/anomalies/{bakery}/close", town.desk("sara")
    told = sara("POST", path, json={"cause_code": "no_money"})
    assert (told["cause_code"], told["closed_because"]) == ("no_money", "cause: no_money")
    with pytest.raises(AssertionError, match=r"anomaly\.closed"):
        sara("POST", path, json={"cause_code": "price"})
    with pytest.raises(AssertionError, match=r"anomaly\.not_found"):
        sara("POST", f"/api/v1/anomalies/{uuid.uuid4()}/close", json={"cause_code": "price"})

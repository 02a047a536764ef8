"""From holding out to the answer: a manager sets it, the night draws, the supervisor is passed over, and it is told."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from fieldsales.db.session import transaction
from fieldsales.holdout.rules import lot_number
from fieldsales.orders.models import Order, Origin

MONDAY, TUESDAY = date(2026, 3, 2), "2026-03-03"
SILENT = ("Bakery", "Fish")
DAY = 24 * 60


@pytest.fixture
def silent(town: Any) -> Any:
    """Everybody orders weekly but Bakery and Fish, who stopped 40 days ago."""
    with transaction(town.engine) as session:
        for name, customer in town.world.customers.items():
            for ago in range(40 if name in SILENT else 5, 600, 7):
                order = Order(customer_id=customer.id, origin=Origin.IMPORT, ordered_on=MONDAY - timedelta(days=ago))
                order.currency, order.amount_minor = "EUR", 20_000
                session.add(order)
    return town


def salt_that_holds(town: Any, held: str, other: str) -> str:
    """A salt by which the lots of Monday hold one shop out of two."""
    ids = [town.world.customers[name].id for name in (held, other)]
    numbers = ((str(salt), *(lot_number(str(salt), who, MONDAY) for who in ids)) for salt in count())
    return next(salt for salt, first, second in numbers if first < 0.2 <= second)


def test_a_share_is_held_out_and_what_visits_achieved_is_told_when_its_time_has_come(silent: Any) -> None:
    boss, leader = silent.desk("max"), silent.desk("sara")
    lots = {"share_bp": 2000, "salt": salt_that_holds(silent, "Bakery", "Fish")}
    boss("PUT", "/api/v1/holdout", json={"holdout": lots, "note": "to see whether visits help"})
    leader("POST", "/api/v1/plans/generate", json={"day": TUESDAY, "with_anomalies": True})

    found = {each["customer_name"]: each for each in leader("GET", "/api/v1/anomalies")["items"]}
    assert {name: each["held_until"] for name, each in found.items()} == {"Bakery": "2026-03-30", "Fish": None}
    wanted = {"anomaly_ids": [each["id"] for each in found.values()], "day": TUESDAY}
    planned = leader("POST", "/api/v1/anomalies/plan", json=wanted, status=201)
    assert [visit["customer_id"] for visit in planned["visits"]] == [str(silent.world.customers["Fish"].id)]
    assert [each["customer_name"] for each in planned["held_out"]] == ["Bakery"]

    bens = silent.phone("ben")
    [to_fish] = [visit for visit in bens.all("planned_visit") if visit["source"] == "anomaly"]
    assert "churn risk" in to_fish["reason"]
    told = [visit["reason"] for visit in silent.phone("anna").all("planned_visit")]
    assert told
    assert not any("churn risk" in reason for reason in told), "a rep does not hear of what is held out"

    silent.clock.pass_minutes(DAY)
    [row] = experiment(silent.desk("sara"))
    assert (row["treated"], row["control"], row["running"]) == (0, 0, 2)
    silent.clock.pass_minutes(27 * DAY)
    [row] = experiment(silent.desk("sara"))
    assert (row["treated"], row["control"], row["running"]) == (1, 1, 0)
    assert (row["treated_not_kept"], row["control_not_kept"]) == (1, 0)
    assert {effect["verdict"] for effect in row["effects"]} == {"too_few"}
    assert "too few to tell" in row["sentence"]


def test_a_released_customer_is_visited_and_still_counts_as_held_out(silent: Any) -> None:
    boss, leader = silent.desk("max"), silent.desk("sara")
    lots = {"share_bp": 2000, "salt": salt_that_holds(silent, "Bakery", "Fish")}
    boss("PUT", "/api/v1/holdout", json={"holdout": lots, "note": "to see whether visits help"})
    leader("POST", "/api/v1/plans/generate", json={"day": TUESDAY})
    [bakery] = [each["id"] for each in leader("GET", "/api/v1/anomalies")["items"] if each["held_until"]]
    leader("POST", f"/api/v1/anomalies/{bakery}/release", json={"reason": "The owner called."})
    planned = leader("POST", "/api/v1/anomalies/plan", json={"anomaly_ids": [bakery], "day": TUESDAY}, status=201)
    assert len(planned["visits"]) == 1
    silent.clock.pass_minutes(28 * DAY)
    [row] = experiment(silent.desk("sara"))
    assert (row["control"], row["control_not_kept"]) == (1, 1)


def experiment(desk: Any) -> list[Any]:
    return [row for row in desk("GET", "/api/v1/uplift")["rows"] if row["design"] == "experiment"]

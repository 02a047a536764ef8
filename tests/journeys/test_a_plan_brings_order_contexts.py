"""Who is planned over HTTP has on the phone what the rep wants to know before an order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fieldsales.contexts.models import OrderContext
from fieldsales.db.session import reading


def days_of(town: Any) -> dict[str, str]:
    with reading(town.engine) as session:
        return {str(each.customer_id): each.made_on.isoformat() for each in session.scalars(select(OrderContext))}


def test_planning_over_http_brings_the_contexts_of_the_day_to_the_phone(town: Any) -> None:
    anna, boss = town.phone("anna"), town.desk("max")
    assert anna.all("order_context") == []
    boss("POST", "/api/v1/plans/generate", json={"day": "2026-03-03"})
    anna.receive()
    planned = {each["customer_id"] for each in anna.all("planned_visit") if each["day"] == "2026-03-03"}
    assert planned
    assert {each["customer_id"] for each in anna.all("order_context")} == planned
    boss("POST", "/api/v1/plans/generate", json={"day": "2026-03-04"})
    later = days_of(town)
    assert {later[each] for each in planned} == {"2026-03-03"}

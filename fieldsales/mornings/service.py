"""What the orders up to a morning say: read once, and asked of the rules. Writes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from fieldsales.anomalies.queries import explained, lots_of, open_anomalies
from fieldsales.anomalies.rules import HISTORY_DAYS, Finding, find_anomalies
from fieldsales.cases.rules import Alarm, TierVisit
from fieldsales.history.queries import buying_history
from fieldsales.history.rules import History, usual_weekdays
from fieldsales.tiers.rules import WINDOW_DAYS, TierGiven
from fieldsales.tiers.service import assess_tiers, terms_on


@dataclass(frozen=True, slots=True)
class Morning:
    """What the orders up to a day say: tiers, habits and anomalies, and what each tier means."""

    given: Mapping[uuid.UUID, str]
    visits: Mapping[str, TierVisit]
    lowest: str
    weekdays: Mapping[uuid.UUID, int | None]
    last_orders: Mapping[uuid.UUID, date]
    alarms: Mapping[uuid.UUID, Alarm]
    tiers: tuple[TierGiven, ...]
    findings: tuple[Finding, ...]

    def tier_of(self, customer_id: uuid.UUID) -> TierVisit:
        """Return what the tier of a customer means; the lowest where none is given."""
        return self.visits[self.given.get(customer_id, self.lowest)]


def read_morning(session: Session, day: date, planned: date) -> Morning:
    """What the orders up to a day say; who is due on the planned day is by the policies that hold then."""
    history = buying_history(session, day - timedelta(days=HISTORY_DAYS), day)
    now, then = terms_on(session, day), terms_on(session, planned)
    given = assess_tiers(session, day, terms=now, history=history)
    coming = given if now == then else assess_tiers(session, day, terms=then, history=history)
    found = find_anomalies(history, day)
    return Morning(
        given={each.customer_id: each.tier for each in coming},
        visits={
            each.tier: TierVisit(each.tier, each.cadence, each.service_minutes, each.visit_value)
            for each in then.ladder.tiers
        },
        lowest=then.ladder.tiers[-1].tier,
        weekdays=_habits(history, day),
        last_orders=_last_orders(history, day),
        alarms=_alarms(session, found, day, planned),
        tiers=tuple(given),
        findings=tuple(found),
    )


def _habits(history: History, day: date) -> dict[uuid.UUID, int | None]:
    return dict(zip(history.customers, usual_weekdays(history, day - timedelta(days=WINDOW_DAYS), day), strict=True))


def _last_orders(history: History, day: date) -> dict[uuid.UUID, date]:
    ordinals = zip(history.customers, history.last_order(day).tolist(), strict=True)
    return {who: date.fromordinal(ordinal) for who, ordinal in ordinals if ordinal}


def _alarms(session: Session, found: Iterable[Finding], day: date, planned: date) -> dict[uuid.UUID, Alarm]:
    """One alarm for each customer, the one with the most money behind it, dated by when it was opened.

    Nothing is told of customers who are held out on the planned day, or a visit for the tier would become another.
    """
    standing = {(anomaly.customer_id, anomaly.kind): anomaly for anomaly in open_anomalies(session)}
    known_causes = explained(session, day)
    seen = [
        each
        for each in found
        if (kind := (each.customer_id, each.kind)) in standing or (each.raised and kind not in known_causes)
    ]
    lots = lots_of(session, (each for each in seen if (each.customer_id, each.kind) not in standing), day)
    held = {who for (who, _), anomaly in standing.items() if anomaly.held_on(planned)}
    held |= {who for who, lot in lots.items() if lot.held_out and lot.until is not None and planned < lot.until}
    alarms: dict[uuid.UUID, Alarm] = {}
    for finding in sorted(seen, key=lambda finding: finding.at_risk_minor):
        known = standing.get((finding.customer_id, finding.kind))
        if finding.customer_id not in held:
            opened = known.opened_on if known else day
            alarms[finding.customer_id] = Alarm(finding.kind, opened, finding.reason)
    return alarms

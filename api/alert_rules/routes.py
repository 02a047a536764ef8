"""Rules of alerts: made, tried, reviewed and ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from api.alert_rules.schemas import AlertRuleSchema, AlertRulesSchema, RuleReviewSchema, RuleTriedSchema, ToldRuleSchema
from api.database import session
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.clock import local_day
from fieldsales.findings.queries import condition_of, find, threshold_told
from fieldsales.people.queries import names_of_people
from fieldsales.readings.rules import measured
from fieldsales.watches import service
from fieldsales.watches.models import Watch
from fieldsales.watches.queries import require_watch, watches_visible_to, zone_of
from fieldsales.watches.service import Draft

MOST_TOLD = 100

alert_rules = Resource(
    "alert rules", __name__, url_prefix="/api/v1/alert-rules", description="What is watched, and who is told"
)
_EXAMPLE = {
    "name": "No order in a week",
    "measure": "orders",
    "grain": "customer",
    "window": "last_days",
    "days": 7,
    "condition": {"kind": "absence"},
    "owner_id": "019cae57-e8b5-7300-8000-000000000001",
    "review_on": "2026-09-01",
    "mails": ["sara@harbour.example"],
    "quiet_from": "20:00",
    "quiet_to": "07:00",
}


@alert_rules.on("GET", "", roles=LEADERS, gives=AlertRulesSchema)
def list_rules() -> dict[str, Any]:
    """The rules of my territories that have not ended, by name; a review that is overdue says so"""
    return {"rules": _told(watches_visible_to(session(), actor()))}


@alert_rules.on(
    "POST",
    "",
    roles=LEADERS,
    takes=AlertRuleSchema,
    gives=ToldRuleSchema,
    status=201,
    problems=[403, 404, 422],
    example=_EXAMPLE,
)
def add_rule(body: Draft) -> dict[str, Any]:
    """Make a rule, of one of my territories or, if I see all of them, of all"""
    return _told([service.add_watch(session(), body, by=actor(), now=now())])[0]


@alert_rules.on(
    "POST",
    "/dry-run",
    roles=LEADERS,
    takes=AlertRuleSchema,
    gives=RuleTriedSchema,
    problems=[403, 404, 422],
    example=_EXAMPLE,
)
def try_rule(body: Draft) -> dict[str, Any]:
    """What a rule would find now; makes nothing and tells nobody"""
    found = find(session(), service.draft_watch(session(), body, by=actor(), now=now()), now())
    return {"subjects": found.subjects, "found": len(found.causes), "first": found.causes[:MOST_TOLD]}


@alert_rules.on("GET", "/<uuid:rule_id>", roles=LEADERS, gives=ToldRuleSchema, problems=[404])
def read_rule(rule_id: uuid.UUID) -> dict[str, Any]:
    """One rule"""
    return _told([require_watch(session(), actor(), rule_id)])[0]


@alert_rules.on(
    "PUT", "/<uuid:rule_id>", roles=LEADERS, takes=AlertRuleSchema, gives=ToldRuleSchema, problems=[403, 404, 422]
)
def change_rule(body: Draft, rule_id: uuid.UUID) -> dict[str, Any]:
    """Write a rule anew; it is looked at with the next round"""
    return _told([service.change_watch(session(), rule_id, body, by=actor(), now=now())])[0]


@alert_rules.on(
    "POST",
    "/<uuid:rule_id>/review",
    roles=LEADERS,
    takes=RuleReviewSchema,
    gives=ToldRuleSchema,
    problems=[404, 422],
)
def review_rule(body: dict[str, Any], rule_id: uuid.UUID) -> dict[str, Any]:
    """Say that a rule is still right, until another day of review"""
    return _told([service.review_watch(session(), rule_id, **body, by=actor(), now=now())])[0]


@alert_rules.on("DELETE", "/<uuid:rule_id>", roles=LEADERS, status=204, problems=[404])
def end_rule(rule_id: uuid.UUID) -> None:
    """End a rule; what it left open is resolved with the next round"""
    service.end_watch(session(), rule_id, by=actor(), now=now())


def _told(found: Sequence[Watch]) -> list[dict[str, Any]]:
    names = names_of_people(session(), {each.owner_id for each in found})
    return [_columns(each) | {"owner_name": names.get(each.owner_id, "?")} for each in found]


def _columns(watch: Watch) -> dict[str, Any]:
    plain = {column.key: getattr(watch, column.key) for column in Watch.__table__.columns}
    walls = {name: f"{plain[name]:%H:%M}" if plain[name] else None for name in ("quiet_from", "quiet_to", "digest_at")}
    today = local_day(now(), zone_of(session(), watch.territory_id))
    return (
        plain
        | walls
        | {
            "title": measured(watch.measure).title,
            "says": threshold_told(watch),
            "condition": condition_of(watch),
            "review_overdue": watch.review_on < today,
        }
    )

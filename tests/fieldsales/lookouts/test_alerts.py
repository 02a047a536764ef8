"""Rules that look for reasons: once for each cause, not in quiet hours, not of whom is muted. On either database."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.alerts.models import Alert, AlertMessage, AlertState, MessageState
from fieldsales.alerts.queries import count_open, visible_alerts
from fieldsales.alerts.service import acknowledge, deliver_due
from fieldsales.audit.models import AuditEntry
from fieldsales.errors import FieldsalesError
from fieldsales.findings.queries import find
from fieldsales.letters.models import Letter
from fieldsales.lookouts.service import Seen, clean_up, escalate_due, evaluate, evaluate_next, tell_reviews
from fieldsales.mutes.rules import MuteInvalid
from fieldsales.mutes.service import add_mute, end_mute
from fieldsales.news.queries import alerts_since
from fieldsales.orders.rules import Draft as Order
from fieldsales.orders.rules import Line
from fieldsales.orders.service import Taken, place_order
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.readings.rules import Reading
from fieldsales.spans.rules import Compared
from fieldsales.targets.rules import Subject, period
from fieldsales.targets.service import set_target
from fieldsales.watches.models import Watch
from fieldsales.watches.rules import (
    Condition,
    Grain,
    Kind,
    NotYourWatch,
    WatchInvalid,
    WatchNotFound,
    Window,
    judge,
    window_days,
)
from fieldsales.watches.service import Draft, Step, add_watch, change_watch, draft_watch, end_watch, review_watch
from fieldsales.webhooks.models import WebhookDelivery
from fieldsales.webhooks.service import add_webhook

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
"""A Monday, two in the afternoon in Athens."""
TODAY = NOW.date()
NIGHT = NOW.replace(hour=21)
SEVEN = datetime(2026, 3, 17, 5, tzinfo=UTC)
BASE = "https://house.example"
ANNAS_BOSS = "sara@town.example"


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town."""
    return small_town.build(session)


def actor(session: Session, login: str) -> Actor:
    person = session.scalars(select(User).where(User.login == login)).one()
    return Actor(person.id, person.role, person.territory_id)


def sell(session: Session, town: SmallTown, customer: str, pieces: int, day: date) -> None:
    shop = town.customers[customer]
    rep = town.anna if customer in ("Bakery", "Corner", "Dairy") else town.ben
    draft = Order(uuid.uuid4(), shop.id, "EUR", (Line(town.products["coffee"].id, pieces, 589),), None)
    place_order(session, draft, Taken(rep.id, datetime(day.year, day.month, day.day, 9, tzinfo=UTC)))
    session.flush()


def few_orders(session: Session, **other: Any) -> Draft:
    """Customers with no order in seven days."""
    draft = Draft(
        name="No order in a week",
        measure="orders",
        grain=Grain.CUSTOMER,
        window=Window.LAST_DAYS,
        days=7,
        condition=Condition(Kind.ABSENCE),
        owner_id=actor(session, "sara").user_id,
        review_on=date(2026, 9, 1),
        mails=(ANNAS_BOSS,),
    )
    return replace(draft, **other)


def made(session: Session, **other: Any) -> Watch:
    return add_watch(session, few_orders(session, **other), by=None, now=NOW)


def titles(session: Session, state: AlertState = AlertState.OPEN) -> list[str]:
    found = session.scalars(select(Alert).where(Alert.state == state).order_by(Alert.title))
    return [each.title.split(":")[0] for each in found]


def letters(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_a_cause_is_told_once_until_it_is_gone_and_then_anew(session: Session, town: SmallTown) -> None:
    for name in ("Corner", "Dairy", "Fish", "Grocer", "Hotel"):
        sell(session, town, name, 1, TODAY - timedelta(days=2))
    watch = made(session)
    assert evaluate(session, watch, NOW) == Seen(6, 1, 1, 0, 0)
    assert evaluate(session, watch, NOW + timedelta(hours=1)) == Seen(6, 1, 0, 0, 0)
    assert deliver_due(session, NOW, BASE).letters == 1
    assert not deliver_due(session, NOW + timedelta(hours=1), BASE)
    sell(session, town, "Bakery", 1, TODAY)
    tomorrow = NOW + timedelta(days=1)
    assert evaluate(session, watch, tomorrow) == Seen(6, 0, 0, 1, 0)
    assert (titles(session), titles(session, AlertState.RESOLVED)) == ([], ["Bakery"])
    later = NOW + timedelta(days=8)
    assert evaluate(session, watch, later).opened == 6
    assert deliver_due(session, later, BASE).letters == 1
    assert len(letters(session)) == 2


def test_the_database_itself_refuses_a_second_open_alert_of_a_cause(session: Session, town: SmallTown) -> None:
    watch = made(session)
    evaluate(session, watch, NOW)
    first = session.scalars(select(Alert)).first()
    assert first is not None
    names = ("cause", "severity", "title", "zone", "facts", "latest", "opened_at", "seen_at")
    session.add(Alert(**{name: getattr(first, name) for name in names}))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_letter_explains_itself(session: Session, town: SmallTown) -> None:
    sell(session, town, "Bakery", 10, TODAY - timedelta(days=10))
    sell(session, town, "Bakery", 2, TODAY - timedelta(days=3))
    watch = made(
        session,
        name="Sales fall",
        measure="sales_amount",
        currency="EUR",
        condition=Condition(Kind.CHANGE, "falls", 3000, 1000),
        compared=Compared.PREVIOUS,
    )
    assert evaluate(session, watch, NOW).opened == 1
    deliver_due(session, NOW, BASE)
    [letter] = letters(session)
    alert = session.scalars(select(Alert)).one()
    assert letter.subject == "Warning: Bakery: Sales 11.78 EUR (falls by 30.0 % or more)"
    for line in (
        "Measure: Sales",
        "Formula: Amounts of sales less",
        "Value: 11.78 EUR",
        "Threshold: falls by 30.0 % or more",
        "Period: 2026-03-09 – 2026-03-15",
        "Before: 58.90 EUR (2026-03-02 – 2026-03-08)",
        "What changed: −80.0 % against 2026-03-02 – 2026-03-08",
        "Rule: Sales fall (Sara)",
        f"{BASE}/console/#/alerts/{alert.id}",
        f"{BASE}/console/#/customers/{town.customers['Bakery'].id}",
    ):
        assert line in letter.text
    facts = alert.facts
    assert (facts["value"], facts["before"], facts["changed_bp"], facts["threshold"]) == (1178, 5890, -8000, 3000)


def test_a_rule_that_speaks_chinese_writes_so(session: Session, town: SmallTown) -> None:
    watch = made(session, language="zh")
    evaluate(session, watch, NOW)
    deliver_due(session, NOW, BASE)
    [letter] = letters(session)
    assert letter.subject.startswith("6 条预警:Bakery")
    assert "阈值: 完全没有" in letter.text


def test_what_happens_in_quiet_hours_is_sent_after_them(session: Session, town: SmallTown) -> None:
    watch = made(session, quiet_from=time(20), quiet_to=time(7))
    evaluate(session, watch, NIGHT)
    assert len(titles(session)) == 6
    assert not deliver_due(session, NIGHT, BASE)
    assert not deliver_due(session, SEVEN - timedelta(seconds=1), BASE)
    assert deliver_due(session, SEVEN, BASE).letters == 1


def test_what_was_due_before_quiet_hours_and_is_late_waits_until_they_end(session: Session, town: SmallTown) -> None:
    watch = made(session, quiet_from=time(20), quiet_to=time(7))
    evaluate(session, watch, NOW)
    assert deliver_due(session, NIGHT, BASE).put_off == 6
    assert deliver_due(session, SEVEN, BASE).letters == 1


def test_a_digest_gathers_a_day_in_one_letter(session: Session, town: SmallTown) -> None:
    digest = {"digest_at": time(18), "mails": (ANNAS_BOSS, "max@town.example")}
    one, other = (
        made(session, **digest),
        made(session, name="No sale", measure="sales_amount", currency="EUR", **digest),
    )
    evaluate(session, one, NOW)
    evaluate(session, other, NOW + timedelta(hours=2))
    six = NOW.replace(hour=16)
    assert not deliver_due(session, six - timedelta(minutes=1), BASE)
    assert deliver_due(session, six, BASE).letters == 2
    assert [each.subject.split(":")[0] for each in letters(session)] == ["12 alerts"] * 2


def test_nobody_hears_of_a_muted_customer_until_the_mute_ends(session: Session, town: SmallTown) -> None:
    for name in ("Dairy", "Fish", "Grocer", "Hotel"):
        sell(session, town, name, 1, TODAY - timedelta(days=1))
    watch = made(session)
    bakery = town.customers["Bakery"].id
    mute = add_mute(session, "The river.", TODAY, customer_id=bakery, by=actor(session, "sara"), now=NOW)
    assert mute.ends_at == datetime(2026, 3, 16, 22, tzinfo=UTC)
    assert evaluate(session, watch, NOW) == Seen(6, 2, 1, 0, 1)
    assert titles(session) == ["Corner"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "mute.add")).one()
    assert (entry.actor_id, entry.facts["reason"]) == (actor(session, "sara").user_id, "The river.")
    assert evaluate(session, watch, mute.ends_at).opened == 1


def test_a_letter_that_waits_is_held_back_by_a_mute_and_dropped_if_resolved_meanwhile(
    session: Session, town: SmallTown
) -> None:
    watch = made(session)
    evaluate(session, watch, NOW)
    mute = add_mute(session, "Flood.", TODAY, territory_id=town.town.id, by=None, now=NOW)
    assert deliver_due(session, NOW, BASE).put_off == 6
    sell(session, town, "Bakery", 1, TODAY)
    evaluate(session, watch, NOW + timedelta(days=1))
    told = deliver_due(session, mute.ends_at, BASE)
    assert (told.letters, told.dropped) == (1, 1)
    assert letters(session)[0].subject.startswith("5 alerts")


def test_a_mute_that_is_ended_early_lets_letters_go_at_once(session: Session, town: SmallTown) -> None:
    evaluate(session, made(session), NOW)
    mute = add_mute(session, "Flood.", TODAY, territory_id=town.north.id, by=None, now=NOW)
    assert deliver_due(session, NOW, BASE).put_off == 3
    end_mute(session, mute.id, by=actor(session, "sara"), now=NOW + timedelta(hours=1))
    assert deliver_due(session, NOW + timedelta(hours=1), BASE).letters == 1


@pytest.mark.parametrize("off", [-1, 95])
def test_a_mute_ends_some_day_and_has_a_reason(session: Session, town: SmallTown, off: int) -> None:
    bakery = town.customers["Bakery"].id
    with pytest.raises(MuteInvalid):
        add_mute(session, "Flood.", TODAY + timedelta(days=off), customer_id=bakery, by=None, now=NOW)
    with pytest.raises(MuteInvalid):
        add_mute(session, " ", TODAY, customer_id=bakery, by=None, now=NOW)
    with pytest.raises(MuteInvalid):
        add_mute(session, "Flood.", TODAY, by=None, now=NOW)


def test_a_partners_webhook_is_told_and_muted_by_itself(session: Session, town: SmallTown) -> None:
    hook = add_webhook(
        session, "https://erp.example/hook", ["alert"], from_the_beginning=False, private=False, by=None, now=NOW
    )
    watch = made(session, mails=(), webhooks=(hook.id,), territory_id=town.north.id)
    evaluate(session, watch, NOW)
    mute = add_mute(session, "Their system is down.", TODAY, webhook_id=hook.id, by=actor(session, "max"), now=NOW)
    assert deliver_due(session, NOW, BASE).put_off == 3
    assert deliver_due(session, mute.ends_at, BASE).webhooks == 3
    sent = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.sequence)).all()
    assert [(each.topic, each.sequence) for each in sent] == [("alert", 1), ("alert", 2), ("alert", 3)]
    assert '"threshold"' in sent[0].body


def test_what_nobody_acknowledges_is_escalated_step_by_step(session: Session, town: SmallTown) -> None:
    steps = (Step(60, ("max@town.example",)), Step(240, ("olga@town.example",)))
    evaluate(session, made(session, escalation=steps), NOW)
    deliver_due(session, NOW, BASE)
    assert escalate_due(session, NOW + timedelta(minutes=59)) == 0
    bakery = session.scalars(select(Alert).where(Alert.title.like("Bakery%"))).one()
    acknowledge(session, bakery.id, note="I am there.", by=actor(session, "sara"), now=NOW + timedelta(minutes=30))
    hour = NOW + timedelta(hours=1)
    assert escalate_due(session, hour) == 5
    assert escalate_due(session, hour) == 0
    assert deliver_due(session, hour, BASE).letters == 1
    assert letters(session)[-1].recipient == "max@town.example"
    assert "step 1 of the escalation" in letters(session)[-1].text
    assert escalate_due(session, NOW + timedelta(hours=4)) == 5
    assert escalate_due(session, NOW + timedelta(days=4)) == 0


def test_the_owner_is_told_once_that_a_review_is_overdue(session: Session, town: SmallTown) -> None:
    watch = made(session, review_on=date(2026, 3, 20), owner_mail="sara@town.example", mails=())
    assert tell_reviews(session, datetime(2026, 3, 20, 21, tzinfo=UTC)) == 0
    late = datetime(2026, 3, 20, 22, 30, tzinfo=UTC)
    assert (tell_reviews(session, late), tell_reviews(session, late)) == (1, 0)
    evaluate(session, watch, late)
    assert deliver_due(session, late, BASE).letters == 1
    [letter] = letters(session)
    assert letter.recipient == "sara@town.example"
    assert letter.subject.endswith("was to be reviewed on 2026-03-20")
    review_watch(session, watch.id, date(2026, 9, 1), "Still right.", by=actor(session, "max"), now=late)
    tell_reviews(session, late)
    assert len(titles(session, AlertState.RESOLVED)) == 1


def test_the_projected_end_of_a_target_is_watched(session: Session, town: SmallTown) -> None:
    sell(session, town, "Bakery", 2, date(2026, 3, 3))
    sell(session, town, "Fish", 20, date(2026, 3, 3))
    for rep in (town.anna, town.ben):
        subject = Subject(rep_id=rep.id)
        set_target(session, subject, "sales_amount", 10_000, period("2026-03"), currency="EUR", by=None, now=NOW)
    watch = made(
        session, measure="sales_amount", currency="EUR", grain=Grain.REP, condition=Condition(Kind.TARGET, value=9000)
    )
    assert evaluate(session, watch, NOW).opened == 1
    alert = session.scalars(select(Alert)).one()
    assert alert.title.startswith("Anna: Sales is going to end at 22.")
    assert alert.facts["forecast"]["method"] == "working_days"


def test_territories_are_read_with_all_below_them_and_reps_by_who_sold(session: Session, town: SmallTown) -> None:
    sell(session, town, "Bakery", 2, TODAY - timedelta(days=1))
    for grain, found in ((Grain.TERRITORY, ["South"]), (Grain.REP, ["Ben"]), (Grain.WHOLE, [])):
        draft = few_orders(session, grain=grain)
        causes = find(session, draft_watch(session, draft, by=None, now=NOW), NOW).causes
        assert [each.about.name for each in causes] == found


def test_who_leads_a_part_sees_its_alerts_only_and_margins_are_for_managers(session: Session, town: SmallTown) -> None:
    evaluate(session, made(session), NOW)
    margin = made(
        session,
        measure="gross_margin",
        currency="EUR",
        grain=Grain.WHOLE,
        condition=Condition(Kind.THRESHOLD, "below", 100),
        territory_id=town.town.id,
    )
    assert evaluate(session, margin, NOW).opened == 1
    town.sara.territory_id = town.north.id
    session.flush()
    assert count_open(session, actor(session, "sara")) == 3
    town.sara.territory_id = town.town.id
    session.flush()
    assert count_open(session, actor(session, "sara")) == 6
    assert count_open(session, actor(session, "max")) == 7
    assert all(not each.confidential for each in session.scalars(visible_alerts(actor(session, "sara"))))


def test_each_rule_comes_round_in_its_own_time(session: Session, town: SmallTown) -> None:
    made(session, every_minutes=60)
    made(session, name="Often", every_minutes=10)
    first, second = evaluate_next(session, NOW), evaluate_next(session, NOW)
    assert first is not None
    assert second is not None
    assert evaluate_next(session, NOW) is None
    again = evaluate_next(session, NOW + timedelta(minutes=10))
    assert again is not None
    assert again[0].name == "Often"
    assert again[0].last["subjects"] == 6


def test_a_rule_that_ends_leaves_nothing_open_and_one_that_changed_is_looked_at_anew(
    session: Session, town: SmallTown
) -> None:
    watch = made(session)
    evaluate(session, watch, NOW)
    change_watch(session, watch.id, few_orders(session, territory_id=town.south.id), by=actor(session, "max"), now=NOW)
    assert evaluate(session, watch, NOW) == Seen(3, 3, 0, 3, 0)
    end_watch(session, watch.id, by=None, now=NOW)
    assert clean_up(session, NOW) == 3
    with pytest.raises(WatchNotFound):
        review_watch(session, watch.id, date(2026, 9, 1), "", by=None, now=NOW)


def test_a_rule_that_cannot_be_looked_at_says_why_and_changes_nothing(session: Session, town: SmallTown) -> None:
    watch = made(session)
    evaluate(session, watch, NOW)
    watch.measure = "gone"
    assert "gone" in (evaluate(session, watch, NOW).wrong or "")
    assert len(titles(session)) == 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"review_on": date(2026, 3, 16)},
        {"review_on": date(2029, 1, 1)},
        {"days": None},
        {"measure": "strike_rate"},
        {"currency": "EUR"},
        {"measure": "nothing"},
        {"grain": Grain.PRODUCT},
        {"mails": ("nobody",)},
        {"quiet_from": time(20)},
        {"compared": Compared.PREVIOUS},
        {"condition": Condition(Kind.CHANGE, "falls", 1000)},
        {"escalation": (Step(60), Step(60))},
        {"webhooks": (uuid.UUID(int=1),)},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(session: Session, town: SmallTown, wrong: dict[str, Any]) -> None:
    with pytest.raises(FieldsalesError):
        made(session, **wrong)
    assert session.scalars(select(Watch)).all() == []


def test_a_rep_owns_no_rule_and_a_supervisor_makes_none_over_all(session: Session, town: SmallTown) -> None:
    with pytest.raises(WatchInvalid):
        made(session, owner_id=town.anna.id)
    town.sara.territory_id = town.north.id
    session.flush()
    with pytest.raises(NotYourWatch):
        add_watch(session, few_orders(session), by=actor(session, "sara"), now=NOW)


@pytest.mark.parametrize(
    ("condition", "reading", "found"),
    [
        (Condition(Kind.THRESHOLD, "below", 5), Reading(5), False),
        (Condition(Kind.THRESHOLD, "below", 5), Reading(4), True),
        (Condition(Kind.THRESHOLD, "below", 5), Reading(None), False),
        (Condition(Kind.THRESHOLD, "above", 5), Reading(6), True),
        (Condition(Kind.CHANGE, "falls", 5000), Reading(5, 10), True),
        (Condition(Kind.CHANGE, "falls", 5000), Reading(6, 10), False),
        (Condition(Kind.CHANGE, "falls", 5000, 11), Reading(0, 10), False),
        (Condition(Kind.CHANGE, "falls", 5000), Reading(0, 0), False),
        (Condition(Kind.CHANGE, "rises", 5000), Reading(15, 10), True),
        (Condition(Kind.ABSENCE), Reading(0, 0), True),
        (Condition(Kind.ABSENCE, least=1), Reading(0, 0), False),
        (Condition(Kind.ABSENCE, least=1), Reading(0, 1), True),
    ],
)
def test_a_reason_is_judged(condition: Condition, reading: Reading, found: bool) -> None:
    assert (judge(condition, reading) is not None) is found


def test_windows_end_where_they_say() -> None:
    assert window_days(Window.LAST_DAYS, 7, TODAY) == (date(2026, 3, 9), date(2026, 3, 15))
    assert window_days(Window.TODAY, None, TODAY) == (TODAY, TODAY)
    assert window_days(Window.MONTH_TO_DATE, None, TODAY) == (date(2026, 3, 1), TODAY)
    assert window_days(Window.LAST_MONTH, None, TODAY) == (date(2026, 2, 1), date(2026, 2, 28))


def test_messages_are_kept_with_what_became_of_them(session: Session, town: SmallTown) -> None:
    evaluate(session, made(session, territory_id=town.north.id), NOW)
    deliver_due(session, NOW, BASE)
    found = session.scalars(select(AlertMessage)).all()
    assert {each.state for each in found} == {MessageState.HANDED}
    assert {each.letter_id for each in found} == {letters(session)[0].id}


def test_news_tell_a_new_alert_once_to_whom_it_concerns(session: Session, town: SmallTown) -> None:
    evaluate(session, made(session), NOW)
    town.sara.territory_id = town.north.id
    session.flush()
    sara, since = actor(session, "sara"), NOW - timedelta(minutes=5)
    told = alerts_since(session, sara, since, ())
    assert sorted(str(each.facts["title"]).split(":")[0] for each in told.values()) == ["Bakery", "Corner", "Dairy"]
    assert {each.what for each in told.values()} == {"alert"}
    assert alerts_since(session, sara, since, told.keys()) == {}
    assert alerts_since(session, sara, NOW + timedelta(minutes=5), ()) == {}

"""Key accounts are given out for many at once, told before, kept in the books, and end by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import NOON, SmallTown

from fieldsales.accounts.queries import Account, AccountFilter, accounts_visible_to
from fieldsales.accounts.rules import Change, KeyAccountInvalid, Terms, TooManyKeyAccounts, due_from
from fieldsales.accounts.service import assign, end, end_expired
from fieldsales.audit.models import AuditEntry
from fieldsales.cadence.rules import Cadence
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.db.base import new_id
from fieldsales.db.paging import PageWanted
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, Source
from fieldsales.recurrence.rules import CadenceNotUnderstood
from fieldsales.visits.models import Visit

TODAY = NOON.date()
WEEKLY = Terms(rrule="FREQ=WEEKLY", priority=1)


@pytest.fixture
def town(session: Session) -> SmallTown:
    """The small town, on either database."""
    return small_town.build(session)


def give(
    session: Session, town: SmallTown, terms: Terms = WEEKLY, names: str = "Bakery Fish", **more: Any
) -> list[Change]:
    ids = [town.customers[name].id for name in names.split()]
    found = assign(session, ids, [town.anna.id, town.ben.id], terms, now=NOON, **more)
    return [row.change for row in found.rows]


def listed(session: Session, actor: Actor | None = None, **only: Any) -> list[Account]:
    return list(accounts_visible_to(session, actor, PageWanted(), AccountFilter(**only), TODAY).items)


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.at, AuditEntry.id)))


def test_giving_out_is_told_done_and_done_once(session: Session, town: SmallTown) -> None:
    assert give(session, town, dry_run=True) == [Change.NEW] * 4
    assert listed(session) == []
    assert give(session, town) == [Change.NEW] * 4
    assert actions(session) == ["customer.assign_key_account"] * 4
    assert give(session, town) == [Change.SAME] * 4
    assert give(session, town, replace(WEEKLY, priority=2), dry_run=True) == [Change.CHANGED] * 4
    assert {each.priority for each in listed(session)} == {1}
    assert give(session, town, replace(WEEKLY, priority=2)) == [Change.CHANGED] * 4
    assert {each.priority for each in listed(session)} == {2}
    assert actions(session)[4:] == ["customer.change_key_account"] * 4


def test_those_who_are_not_named_keep_their_terms(session: Session, town: SmallTown) -> None:
    give(session, town)
    fish = [town.customers["Fish"].id]
    assign(session, fish, [town.ben.id], Terms(priority=5), now=NOON)
    [account] = [each for each in listed(session) if each.customer.name == "Fish"]
    assert [(each.rep_name, each.assignment.priority) for each in account.holders] == [("Anna", 1), ("Ben", 5)]
    assert account.priority == 1


def test_a_switched_off_customer_and_one_out_of_scope_are_refused_and_the_rest_is_done(
    session: Session, town: SmallTown
) -> None:
    town.customers["Bakery"].active = False
    session.flush()
    north = Actor(town.max.id, Role.MANAGER, town.north.id)
    ids = [town.customers[name].id for name in ("Bakery", "Fish", "Dairy")]
    found = assign(session, ids, [town.anna.id], WEEKLY, now=NOON, by=north)
    assert [(row.change, row.code) for row in found.rows] == [
        (Change.REFUSED, "customer.not_found"),
        (Change.REFUSED, "customer.not_found"),
        (Change.NEW, None),
    ]
    assert found.counts == {"refused": 2, "new": 1}


def test_too_many_at_once_are_refused(session: Session, town: SmallTown) -> None:
    with pytest.raises(TooManyKeyAccounts):
        assign(session, [new_id() for _ in range(2001)], [town.anna.id], WEEKLY, now=NOON)


@pytest.mark.parametrize(
    ("terms", "wrong"),
    [
        ({"priority": 0}, KeyAccountInvalid),
        ({"minimum_gap_days": 3}, KeyAccountInvalid),
        ({"from_on": TODAY, "until_on": TODAY - timedelta(days=1)}, KeyAccountInvalid),
        ({"rrule": "FREQ=WEEKLY;COUNT=3"}, CadenceNotUnderstood),
    ],
)
def test_terms_that_contradict_themselves_are_refused(terms: dict[str, Any], wrong: type[Exception]) -> None:
    with pytest.raises(wrong):
        Terms(**terms)


def test_the_turn_goes_to_whoever_was_never_there_then_to_whoever_was_longest_ago(
    session: Session, town: SmallTown
) -> None:
    give(session, town, names="Bakery")
    bakery = town.customers["Bakery"].id
    turns = []
    for rep, ago in ((town.anna, 9), (town.ben, 5), (town.anna, 2)):
        session.add(Visit(id=new_id(), customer_id=bakery, rep_id=rep.id, day=TODAY - timedelta(days=ago)))
        session.flush()
        [account] = listed(session)
        turns.append((account.turn_rep_id == town.anna.id, account.due_on))
    assert turns == [(False, TODAY), (True, TODAY + timedelta(days=2)), (False, TODAY + timedelta(days=5))]
    assert [(each.rep_name, each.turn) for each in listed(session)[0].holders] == [("Anna", False), ("Ben", True)]


def test_who_is_on_the_plan_next_has_the_turn(session: Session, town: SmallTown) -> None:
    give(session, town, names="Bakery")
    tomorrow = TODAY + timedelta(days=1)
    session.add(
        PlannedVisit(
            rep_id=town.ben.id, customer_id=town.customers["Bakery"].id, day=tomorrow, source=Source.MANUAL,
            reason="please", value=1,
        )
    )  # fmt: skip
    session.flush()
    [account] = listed(session)
    assert (account.turn_rep_id, [each.planned_on for each in account.holders]) == (town.ben.id, [None, tomorrow])


def test_a_list_is_narrowed_and_of_whom_one_may_see(session: Session, town: SmallTown) -> None:
    give(session, town)
    assign(session, [town.customers["Grocer"].id], [town.ben.id], Terms(together=True), now=NOON)
    anna = Actor(town.anna.id, Role.REP, town.north.id)
    assert [each.customer.name for each in listed(session, anna)] == ["Bakery", "Fish"]
    assert [each.customer.name for each in listed(session, rep_id=town.ben.id)] == ["Bakery", "Fish", "Grocer"]
    assert [each.customer.name for each in listed(session, priority=3)] == ["Grocer"]
    assert [each.customer.name for each in listed(session, together=True)] == ["Grocer"]
    assert [each.customer.name for each in listed(session, search="ish")] == ["Fish"]
    assert [each.customer.name for each in listed(session, territory_id=town.north.id)] == ["Bakery"]


def test_a_list_costs_the_same_however_long(session: Session, town: SmallTown) -> None:
    give(session, town, names="Bakery Fish Dairy Corner")
    counted: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *call: counted.append(call[2]))
    few = []
    for limit in (1, 4):
        session.expire_all()
        counted.clear()
        accounts_visible_to(session, None, PageWanted(limit=limit), AccountFilter(), TODAY)
        few.append(len(counted))
    assert few[0] == few[1]


def test_an_account_ends_when_its_last_day_is_over_where_the_customer_is(session: Session, town: SmallTown) -> None:
    give(session, town, replace(WEEKLY, until_on=TODAY))
    late = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
    assert end_expired(session, late) == 0
    after = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert end_expired(session, after, [town.ben.id]) == 2
    assert end_expired(session, after) == 2
    assert end_expired(session, after) == 0
    ended = session.scalars(select(Assignment.ended_at).where(Assignment.kind == AssignmentKind.KEY_ACCOUNT))
    assert set(ended) == {datetime(2026, 3, 2, 22, 0, tzinfo=UTC)}


def test_ending_is_told_done_and_done_once(session: Session, town: SmallTown) -> None:
    give(session, town)
    ids = [town.customers[name].id for name in ("Bakery", "Fish")]
    assert end(session, ids, now=NOON, dry_run=True).counts == {"ended": 4}
    assert end(session, ids, [town.ben.id], now=NOON).counts == {"ended": 2}
    assert end(session, ids, [town.ben.id], now=NOON).counts == {"same": 2}
    assert end(session, ids, now=NOON).counts == {"ended": 2}
    assert listed(session) == []


def test_an_account_is_due_at_once_and_then_by_its_cadence() -> None:
    weekly, start = Cadence("FREQ=WEEKLY", 4), date(2026, 3, 2)
    assert due_from(weekly, None, start) == start
    assert due_from(weekly, date(2026, 3, 1), start) == date(2026, 3, 8)
    assert due_from(weekly, date(2026, 1, 1), start) == start

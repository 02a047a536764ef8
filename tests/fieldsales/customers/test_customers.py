"""Which customers a person sees, and keeping them and their assignments right."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.small_town import SmallTown

from fieldsales.audit.models import AuditEntry
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.customers.queries import (
    CustomerFilter,
    CustomerNotFound,
    NotYourCustomer,
    customer_card,
    find_customers,
    require_customer_in_scope,
)
from fieldsales.customers.rules import HalfPosition
from fieldsales.customers.service import assign_key_account, change_customer, end_key_account, set_owner
from fieldsales.db.paging import PageWanted
from fieldsales.hours import HoursNotUnderstood
from fieldsales.people.models import Role, User
from fieldsales.people.queries import PersonNotFound
from fieldsales.people.rules import Actor
from fieldsales.phones import BadPhone

NOW = small_town.NOON


def acting(person: User) -> Actor:
    return Actor(person.id, person.role, person.territory_id)


def names(session: Session, actor: Actor, **only: object) -> list[str]:
    page = find_customers(session, actor, PageWanted(), CustomerFilter(**only))  # type: ignore[arg-type]
    return [card.customer.name for card in page.items]


def north_supervisor(world: SmallTown) -> Actor:
    return Actor(world.sara.id, Role.SUPERVISOR, world.north.id)


def test_a_rep_sees_the_own_customers_and_no_other(session: Session) -> None:
    world = small_town.build(session)
    assert names(session, acting(world.anna)) == ["Bakery", "Corner", "Dairy"]
    with pytest.raises(CustomerNotFound):
        require_customer_in_scope(session, acting(world.anna), world.customers["Fish"].id)


def test_supervisors_see_their_territories_and_managers_all(session: Session) -> None:
    world = small_town.build(session)
    assert len(names(session, acting(world.sara))) == len(names(session, acting(world.max))) == 6
    assert names(session, north_supervisor(world)) == ["Bakery", "Corner", "Dairy"]


def test_a_supervisor_sees_a_key_account_across_the_border_while_a_rep_of_the_team_has_it(session: Session) -> None:
    world = small_town.build(session)
    fish = world.customers["Fish"].id
    assign_key_account(session, fish, [world.anna.id], now=NOW)
    assert "Fish" in names(session, north_supervisor(world))
    assert "Fish" in names(session, acting(world.anna))
    end_key_account(session, fish, now=NOW)
    assert "Fish" not in names(session, north_supervisor(world))


def test_customers_are_found_by_name_address_city_or_reference(session: Session) -> None:
    world = small_town.build(session)
    boss = acting(world.max)
    world.customers["Fish"].address = "100% Main_Street 1"
    session.flush()
    assert names(session, boss, search="aker") == ["Bakery"]
    assert names(session, boss, search="C-Dairy") == ["Dairy"]
    assert names(session, boss, search="MAIN_STREET") == ["Fish"]
    assert names(session, boss, search="%") == ["Fish"]
    assert names(session, boss, search="MainXStreet") == []


def test_filters_narrow_the_list(session: Session) -> None:
    world = small_town.build(session)
    boss = acting(world.max)
    world.customers["Fish"].active = False
    world.customers["Dairy"].tier = "A"
    session.flush()
    assert names(session, boss, has_position=False) == ["Hotel"]
    assert names(session, boss, tier="A") == ["Dairy"]
    assert names(session, boss, rep_id=world.ben.id) == ["Grocer", "Hotel"]
    assert names(session, boss, territory_id=world.south.id, active=None) == ["Fish", "Grocer", "Hotel"]
    assert names(session, boss, active=False) == ["Fish"]


def test_a_page_of_customers_costs_the_same_however_long(session: Session) -> None:
    world = small_town.build(session)
    session.expire_all()
    counted: list[str] = []
    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda *call: counted.append(call[2]))
    find_customers(session, acting(world.max), PageWanted(limit=2))
    few = len(counted)
    counted.clear()
    session.expire_all()
    find_customers(session, acting(world.max), PageWanted(limit=6))
    assert len(counted) == few


def test_a_changed_customer_is_tidied(session: Session) -> None:
    world = small_town.build(session)
    world.customers["Hotel"].flags = ["gln_invalid", "no_position", "phone_invalid", "position_zero"]
    hotel = change_customer(
        session,
        world.customers["Hotel"].id,
        {"phone": "2610 123456", "latitude": 38.25, "longitude": 21.73, "opening_hours": " Mo-Fr 09:00-17:00 "},
        now=NOW,
        by=acting(world.sara),
    )
    assert (hotel.phone, hotel.flags, hotel.opening_hours) == ("+302610123456", ["gln_invalid"], "Mo-Fr 09:00-17:00")
    lost = change_customer(session, hotel.id, {"latitude": None, "longitude": None}, now=NOW)
    assert lost.flags == ["gln_invalid", "no_position"]


def test_a_change_to_the_same_is_no_change(session: Session) -> None:
    world = small_town.build(session)
    bakery = world.customers["Bakery"]
    version = bakery.version
    change_customer(session, bakery.id, {"name": "Bakery"}, now=NOW)
    assert bakery.version == version
    assert session.scalars(select(AuditEntry)).all() == []


def test_broken_values_are_refused_by_name(session: Session) -> None:
    world = small_town.build(session)
    bakery = world.customers["Bakery"].id
    with pytest.raises(BadPhone):
        change_customer(session, bakery, {"phone": "call me"}, now=NOW)
    with pytest.raises(HoursNotUnderstood):
        change_customer(session, bakery, {"opening_hours": "all day"}, now=NOW)
    with pytest.raises(HalfPosition):
        change_customer(session, bakery, {"latitude": None}, now=NOW)
    with pytest.raises(CustomerNotFound):
        change_customer(session, bakery, {"name": "Mine"}, now=NOW, by=acting(world.ben))


def test_a_customer_has_one_owner_at_a_time(session: Session) -> None:
    world = small_town.build(session)
    bakery = world.customers["Bakery"].id
    set_owner(session, bakery, world.ben.id, now=NOW, by=acting(world.sara))
    assert customer_card(session, None, bakery).owner_id == world.ben.id
    again = set_owner(session, bakery, world.ben.id, now=NOW)
    history = session.scalars(select(Assignment).where(Assignment.customer_id == bakery)).all()
    assert len(history) == 2
    assert again in history
    assert set_owner(session, bakery, None, now=NOW) is None
    assert customer_card(session, None, bakery).owner_id is None


def test_nobody_gives_a_customer_to_a_rep_out_of_scope(session: Session) -> None:
    world = small_town.build(session)
    with pytest.raises(PersonNotFound):
        set_owner(session, world.customers["Bakery"].id, world.ben.id, now=NOW, by=north_supervisor(world))
    with pytest.raises(PersonNotFound):
        set_owner(session, world.customers["Bakery"].id, world.sara.id, now=NOW)


def test_a_key_account_may_have_several_reps_beside_its_owner(session: Session) -> None:
    world = small_town.build(session)
    bakery, both = world.customers["Bakery"].id, [world.anna.id, world.ben.id]
    given = assign_key_account(session, bakery, both, instruction="Ask for Eleni", now=NOW, by=acting(world.max))
    assert {each.rep_id for each in given} == set(both)
    again = assign_key_account(session, bakery, both, instruction="Ask for Nikos", now=NOW)
    assert {each.id for each in again} == {each.id for each in given}
    card = customer_card(session, None, bakery)
    assert (card.owner_id, len(card.key_account)) == (world.anna.id, 2)
    assert {each.instruction for each in card.key_account} == {"Ask for Nikos"}
    left = end_key_account(session, bakery, [world.anna.id], now=NOW)
    assert [each.rep_id for each in left] == [world.ben.id]
    assert end_key_account(session, bakery, now=NOW) == []
    kinds = {each.kind for each in customer_card(session, None, bakery).assignments}
    assert kinds == {AssignmentKind.OWNER}


def test_a_key_account_across_the_border_is_seen_but_stays_the_other_territorys(session: Session) -> None:
    """Otherwise one key account would let the neighbours take the customer over."""
    world = small_town.build(session)
    fish, anna = world.customers["Fish"].id, world.anna.id
    assign_key_account(session, fish, [anna], now=NOW, by=acting(world.max))
    north = north_supervisor(world)
    assert require_customer_in_scope(session, north, fish)
    with pytest.raises(NotYourCustomer):
        set_owner(session, fish, anna, now=NOW, by=north)
    with pytest.raises(NotYourCustomer):
        change_customer(session, fish, {"territory_id": world.north.id}, now=NOW, by=north)

"""Who is compared with whom, and what is said of it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import small_town
from worlds.counting import who
from worlds.resulting import sold
from worlds.small_town import NOON

from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.peers.queries import compare
from fieldsales.peers.rules import Profile, differs, overlap, sentence, stand
from fieldsales.people.models import Role, User
from fieldsales.people.queries import PersonNotFound
from fieldsales.registry.rules import MEASURES, MeasureNotForYou

STRIKE, SALES = MEASURES["strike_rate"], MEASURES["sales_amount"]
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def profile(currency: str = "EUR", kiosks: float = 0.5, spread: float | None = 3, days: int = 400) -> Profile:
    return Profile(uuid.uuid4(), currency, {"kiosk": kiosks, "shop": 1 - kiosks}, spread, days)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (profile(), None),
        (profile(kiosks=0.8), None),
        (profile(kiosks=1), "segments"),
        (profile(spread=5), "territory"),
        (profile(spread=None), "territory"),
        (profile(days=179), "tenure"),
        (profile(days=730), "tenure"),
        (profile("USD", kiosks=1), "currency"),
    ],
)
def test_direct_peers_are_alike_in_all_that_matters(other, reason):
    assert differs(profile(), other) == reason


def test_the_overlap_of_two_mixes_by_hand():
    assert overlap({"a": 0.5, "b": 0.5}, {"a": 0.2, "c": 0.8}) == pytest.approx(0.2)


def test_few_peers_are_no_comparison():
    found = stand(0.5, [0.1, 0.2, 0.3], [], STRIKE)
    assert (found.median, found.rank) == (None, None)
    assert sentence(found) == "too few to compare: 3 peers"
    assert sentence(stand(0.5, [0.1], [], STRIKE)) == "too few to compare: 1 peer"


def test_median_quartiles_and_rank_by_hand():
    weeks = [[{"sold": value}] * 6 for value in (45, 10, 20, 30, 40, 50)]
    found = stand(270.0, [60, 120, 180, 240, 300], weeks, SALES)
    assert (found.lower, found.median, found.upper, found.rank) == (120, 180, 240, 2)
    assert (found.low, found.high) == (2, 2), "every week is the same: the rank is certain"
    assert sentence(found).startswith("above three quarters of the peers, rank 2 of 6 (2 to 2")


def test_a_rank_that_hangs_on_single_weeks_has_a_wide_interval():
    rep = [{"productive": 9 * (at % 2), "calls": 10} for at in range(8)]
    peers = [[{"productive": 4 + (at + rank) % 3, "calls": 10} for at in range(8)] for rank in range(6)]
    found = stand(0.45, [0.5] * 6, [rep, *peers], STRIKE)
    assert found.low is not None
    assert found.low <= 2
    assert found.high >= 6
    assert stand(0.45, [0.5] * 6, [rep[:3], *(each[:3] for each in peers)], STRIKE).low is None


@given(st.lists(st.integers(0, 99), min_size=5, max_size=12), st.integers(0, 99), st.integers(4, 9))
def test_a_rank_lies_within_what_is_possible(values, mine, many):
    weeks = [[{"sold": value}] * many for value in (mine, *values)]
    found = stand(mine, values, weeks, SALES)
    assert found.rank == found.low == found.high
    assert 1 <= found.rank <= len(values) + 1
    assert [found.lower, found.median, found.upper] == quantiles(values, n=4, method="inclusive")


@pytest.fixture
def seven(session):
    """The small town, and six more reps like Anna, each with a shop that buys the more the later the rep came."""
    town = small_town.build(session)
    town.reps = []
    for number in range(6):
        name = f"rep{number}"
        rep = User(login=name, name=name, role=Role.REP, territory_id=town.north.id, created_at=NOON)
        like = town.customers["Bakery"]
        shop = Customer(name=name, territory_id=town.north.id, category="shop", latitude=like.latitude,
                        longitude=like.longitude, created_at=NOON, updated_at=NOON)  # fmt: skip
        session.add_all([rep, shop])
        session.flush()
        session.add(Assignment(customer_id=shop.id, rep_id=rep.id, kind=AssignmentKind.OWNER, assigned_at=NOON))
        town.customers[name] = shop
        town.reps.append(rep)
        for week in range(5):
            sold(session, town, number + 1, day=date(2026, 3, 1) + timedelta(7 * week), rep=rep, shop=name)
    for week in range(5):
        sold(session, town, 4, day=date(2026, 3, 1) + timedelta(7 * week))
    session.flush()
    return town


def test_a_rep_is_ranked_among_those_who_are_alike_and_nobody_else(session, seven):
    found = compare(session, seven.anna.id, "sales_amount", MARCH, actor=None, now=NOON)
    assert (found.standing.peers, found.standing.rank, found.standing.median) == (6, 3, 50 * 5 * 3.5)
    assert {each.name for each in found.peers} == {f"rep{number}" for number in range(6)}
    assert sum(found.left_out.values()) == 0 or set(found.left_out) <= {"territory", "segments"}
    seven.reps[0].created_at = NOON - timedelta(1000)
    session.flush()
    found = compare(session, seven.anna.id, "sales_amount", MARCH, actor=None, now=NOON)
    assert (found.standing.peers, found.left_out["tenure"]) == (5, 1)


def test_a_rep_sees_where_the_rep_stands_and_not_who_the_others_are(session, seven):
    found = compare(session, seven.anna.id, "sales_amount", MARCH, actor=who(seven.anna), now=NOON)
    assert (found.standing.rank, found.peers) == (3, ())
    with pytest.raises(PersonNotFound):
        compare(session, seven.ben.id, "sales_amount", MARCH, actor=who(seven.anna), now=NOON)
    with pytest.raises(MeasureNotForYou):
        compare(session, seven.anna.id, "gross_margin", MARCH, actor=who(seven.sara), now=NOON)


def test_what_is_no_sum_has_a_rank_without_an_interval(session, seven):
    found = compare(session, seven.anna.id, "numeric_distribution", MARCH, actor=None, now=NOON)
    assert found.standing.rank is not None
    assert found.standing.low is None
    assert "cannot be told" in found.sentence

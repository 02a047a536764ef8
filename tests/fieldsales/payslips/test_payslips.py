"""Sources become cents on slips: the splits add up, and the order in which things are told changes nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.commission.rules import MILLI, Scheme, half_up
from fieldsales.earnings.rules import Article, Line, Source, SourceKind
from fieldsales.payslips.rules import Slip, earn
from fieldsales.schemes.rules import read_scheme

ANNA, BEN, CARA = (uuid.UUID(int=number) for number in (1, 2, 3))
LOGINS = {ANNA: "anna", BEN: "ben", CARA: "cara"}
WATER = Article("water", "spring", "drinks", 30)
SOAP = Article("soap", "clean", "home", None)
DAY = date(2026, 3, 2)

lines = st.lists(
    st.tuples(st.integers(1, 500), st.integers(0, 100), st.integers(0, 100_000), st.sampled_from([WATER, SOAP])),
    min_size=1,
    max_size=4,
)
weights = st.dictionaries(st.sampled_from([ANNA, BEN, CARA]), st.integers(1, 5), min_size=1).map(
    lambda found: tuple(sorted(found.items()))
)


def source(number: int, told: Any, who: Any, kind: SourceKind = SourceKind.ORDER, **more: Any) -> Source:
    made = tuple(
        Line(at, units, units - units * gone // 100, net, article, net // units, net // units + 1)
        for at, (units, gone, net, article) in enumerate(told, start=1)
    )
    return Source(kind, uuid.UUID(int=1000 + number), DAY + timedelta(number % 28), uuid.UUID(int=9), who, made, **more)


sources = st.lists(st.tuples(lines, weights), max_size=8).map(
    lambda found: [source(number, *each) for number, each in enumerate(found)]
)

SCHEME = read_scheme(
    {
        "currency": "EUR",
        "cap_minor": 5_000,
        "rules": [
            {
                "name": "sales",
                "basis": "amount",
                "tiers": {"steps": [{"from": 0, "rate_bp": 150}, {"from": 90_000, "rate_bp": 333}]},
                "accelerator": {"times_bp": 12_500, "from": 150_000},
                "cap_minor": 3_000,
            },
            {"name": "pieces", "basis": "quantity", "minor_per_1000": 777, "only": {"brands": ["Spring"]}},
            {"name": "margin", "basis": "margin", "rate_bp": 500, "except": {"categories": ["home"]}},
            {
                "name": "price",
                "basis": "unit_price",
                "bands": {"of": "list", "steps": [{"from": 0, "rate_bp": 0}, {"from": 9_900, "rate_bp": 100}]},
            },
        ],
    }
)


def flat(**told: Any) -> Scheme:
    return read_scheme({"currency": "EUR", "rules": [{"name": "r", "basis": "amount", "rate_bp": 1000} | told]})


@given(sources, st.randoms())
def test_the_order_of_events_changes_nothing(found: list[Source], chance: Any) -> None:
    there = list(found)
    chance.shuffle(there)
    assert earn(SCHEME, found, LOGINS) == earn(SCHEME, there, LOGINS)


@given(sources)
def test_what_reps_share_adds_up_to_the_line_to_the_cent(found: list[Source]) -> None:
    shared: dict[tuple[str, uuid.UUID, int], int] = defaultdict(int)
    for slip in earn(SCHEME, found, LOGINS).values():
        for entry in slip.entries:
            for part in entry.parts:
                shared[entry.rule, entry.source_id, part.line_no] += part.basis
    for each in found:
        for line in each.lines:
            net = half_up(Fraction(line.net_minor * line.left, line.units))
            assert shared["sales", each.id, line.line_no] == net
            assert shared["pieces", each.id, line.line_no] == (line.left * MILLI if line.article is WATER else 0)
            assert shared["margin", each.id, line.line_no] == (net - 30 * line.left if line.article is WATER else 0)


@given(sources)
def test_a_slip_is_the_sum_of_its_lines_and_no_line_is_a_cent_off(found: list[Source]) -> None:
    for slip in earn(SCHEME, found, LOGINS).values():
        exact = sum((each.path.paid for each in slip.rules), Fraction(0))
        assert slip.amount_minor == half_up(exact) <= 5_000
        assert slip.amount_minor == sum(each.amount_minor for each in slip.rules)
        paths = {each.rule.name: each.path for each in slip.rules}
        for entry in slip.entries:
            assert entry.amount_minor == sum(part.amount_minor for part in entry.parts)
            for part in entry.parts:
                rate = Fraction(part.rate or 0, 10_000) if entry.rule == "price" else 1
                assert abs(part.amount_minor - part.basis * paths[entry.rule].multiplier * rate) < 1


@given(sources)
def test_one_rate_pays_the_same_however_a_sale_is_shared(found: list[Source]) -> None:
    def total(slips: dict[uuid.UUID, Slip]) -> int:
        return sum(each.path.basis for slip in slips.values() for each in slip.rules)

    alone = [
        source(
            number,
            [(line.units, 100 - 100 * line.left // line.units, line.net_minor, WATER) for line in each.lines],
            ((ANNA, 1),),
        )
        for number, each in enumerate(found)
    ]
    again = [
        source(
            number,
            [(line.units, 100 - 100 * line.left // line.units, line.net_minor, WATER) for line in each.lines],
            each.weights,
        )
        for number, each in enumerate(found)
    ]
    assert total(earn(flat(), alone, LOGINS)) == total(earn(flat(), again, LOGINS))


def test_a_rule_chooses_by_product_brand_category_tier_segment_and_channel() -> None:
    sale = source(1, [(10, 0, 1_000, WATER), (10, 0, 500, SOAP)], ((ANNA, 1),), tier="a", segment="cafe", channel="van")

    def paid(**told: Any) -> int:
        return earn(flat(**told), [sale], LOGINS)[ANNA].amount_minor

    assert paid() == 150
    assert paid(only={"products": ["WATER"]}) == paid(only={"brands": ["spring"]}) == 100
    assert paid(only={"categories": ["home"]}) == paid(**{"except": {"brands": ["Spring"]}}) == 50
    assert paid(only={"tiers": ["A"], "segments": ["Cafe"], "channels": ["van"]}) == 150
    assert paid(only={"tiers": ["B"]}) == paid(**{"except": {"channels": ["van"]}}) == 0


def test_lines_of_unknown_cost_are_no_margin_and_are_counted() -> None:
    sale = source(1, [(10, 0, 1_000, WATER), (10, 0, 500, SOAP)], ((ANNA, 1),))
    slip = earn(flat(basis="margin"), [sale], LOGINS)[ANNA]
    assert (slip.amount_minor, slip.rules[0].without_cost) == (70, 1)


def test_money_earns_for_who_took_it_or_for_who_sold() -> None:
    money = source(1, [(1_000, 0, 1_000, None)], ((ANNA, 1),), SourceKind.PAYMENT, sellers=((BEN, 1),))
    taken, sold = (earn(flat(basis="collections", earned_by=who), [money], LOGINS) for who in ("collector", "seller"))
    assert (taken[ANNA].amount_minor, taken[BEN].amount_minor) == (100, 0)
    assert (sold[ANNA].amount_minor, sold[BEN].amount_minor) == (0, 100)


def test_who_is_not_paid_by_the_scheme_leaves_the_own_share_to_nobody() -> None:
    scheme = read_scheme(
        {"currency": "EUR", "reps": ["anna"], "rules": [{"name": "r", "basis": "amount", "rate_bp": 1000}]}
    )
    slips = earn(scheme, [source(1, [(10, 0, 1_000, WATER)], ((ANNA, 1), (BEN, 1)))], LOGINS)
    assert {who: slip.amount_minor for who, slip in slips.items()} == {ANNA: 50}

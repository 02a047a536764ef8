"""A scheme that contradicts itself is refused with where and how to mend it; versions take each other's place."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session
from worlds import small_town
from worlds.paid_town import APRIL, MARCH, MAY, body, who
from worlds.small_town import NOON, SmallTown

from fieldsales.policies.rules import PolicyHoldsForAll, PolicyInvalid
from fieldsales.schemes.queries import scheme_on, schemes_on
from fieldsales.schemes.rules import EXAMPLE, SchemeInForce, SchemeInvalid, SchemeNotFound, SchemeTooEarly, read_scheme
from fieldsales.schemes.service import put_scheme, withdraw_scheme


def rule(**told: Any) -> dict[str, Any]:
    return {"name": "r", "basis": "amount", "rate_bp": 100} | told


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ([rule(), rule()], "/rules"),
        ([{"name": "r", "basis": "amount"}], "/rules/0"),
        ([rule(minor_per_1000=5)], "/rules/0"),
        ([rule(basis="quantity")], "/rules/0/rate_bp"),
        ([rule(basis="unit_price")], "/rules/0/rate_bp"),
        ([{"name": "r", "basis": "amount", "bands": {"steps": [{"from": 0, "rate_bp": 1}]}}], "/rules/0/bands"),
        ([{"name": "r", "basis": "amount", "tiers": {"steps": [{"from": 5, "rate_bp": 1}]}}], "/rules/0/tiers/steps"),
        (
            [{"name": "r", "basis": "quantity", "tiers": {"steps": [{"from": 0, "rate_bp": 1}]}}],
            "/rules/0/tiers/steps/0",
        ),
        ([rule(accelerator={"times_bp": 20_000, "of_target_bp": 10_000})], "/rules/0/target"),
        ([rule(basis="collections", only={"brands": ["x"]})], "/rules/0/only"),
        ([rule(earned_by="seller")], "/rules/0/earned_by"),
    ],
)
def test_a_contradiction_is_told_with_its_place(told: Any, where: str) -> None:
    with pytest.raises(SchemeInvalid) as refused:
        read_scheme(body(*told))
    assert refused.value.facts["errors"][0]["pointer"] == where
    assert refused.value.mend


def test_a_fraction_is_no_rate_and_an_unknown_field_no_rule() -> None:
    for wrong in (rule(rate_bp=2.5), rule(ratebp=2), rule(accelerator={"times_bp": 20_000})):
        with pytest.raises(PolicyInvalid):
            read_scheme(body(wrong))


def test_the_example_is_a_scheme() -> None:
    assert read_scheme(EXAMPLE).rules[0].steps[1].rate == 200


@pytest.fixture
def world(session: Session) -> SmallTown:
    return small_town.build(session)


def test_the_version_that_began_last_pays_a_month(session: Session, world: SmallTown) -> None:
    first = put_scheme(session, "field", body(), effective_from=MARCH, now=NOON)
    assert put_scheme(session, "field", body(), effective_from=MARCH, now=NOON) is first
    second = put_scheme(session, "field", body(rule()), effective_from=APRIL, ends_on=APRIL, now=NOON)
    assert (scheme_on(session, "field", MARCH), scheme_on(session, "field", APRIL)) == (first, second)
    assert (schemes_on(session, APRIL), schemes_on(session, MAY)) == ([second], [])
    with pytest.raises(SchemeNotFound):
        scheme_on(session, "field", MAY)
    withdraw_scheme(session, second, now=NOON, by=who(world.max))
    assert scheme_on(session, "field", MAY) is first


def test_what_cannot_begin_or_end_is_refused(session: Session, world: SmallTown) -> None:
    with pytest.raises(SchemeTooEarly):
        put_scheme(session, "field", body(), effective_from=MARCH.replace(day=2), now=NOON)
    with pytest.raises(SchemeTooEarly):
        put_scheme(session, "field", body(), effective_from=MARCH, paid_until=MARCH, now=NOON)
    with pytest.raises(SchemeInvalid) as refused:
        put_scheme(session, "field", body(reps=["anna", "nobody"]), effective_from=MARCH, now=NOON)
    assert refused.value.facts["logins"] == ["nobody"]
    version = put_scheme(session, "field", body(), effective_from=MARCH, now=NOON)
    with pytest.raises(SchemeInForce):
        withdraw_scheme(session, version, now=NOON, by=None, is_used=True)
    world.max.territory_id = world.north.id
    session.flush()
    mine = who(world.sara)
    mine = type(mine)(world.max.id, mine.role, world.north.id)
    with pytest.raises(PolicyHoldsForAll):
        put_scheme(session, "field", body(), effective_from=APRIL, now=NOON, by=mine)

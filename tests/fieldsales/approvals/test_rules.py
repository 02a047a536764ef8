"""Who must agree, who may, and what persons make of a request."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.approvals.models import ApprovalKind, ApprovalState
from fieldsales.approvals.rules import (
    APPROVALS,
    Approving,
    OwnRequest,
    Said,
    Sold,
    VotedBefore,
    check_may_vote,
    kinds_of,
    margin,
    verdict,
)
from fieldsales.policies.rules import PolicyInvalid

ANNA, SARA, MAX = (uuid.uuid4() for _ in range(3))
VOTES = st.lists(st.builds(Said, st.sampled_from([SARA, MAX, None]), st.booleans()), max_size=5)


@given(VOTES, st.integers(1, 2))
def test_nothing_is_granted_by_fewer_persons_than_needed_or_against_one(votes: list[Said], needed: int) -> None:
    state = verdict(votes, needed)
    granted = state is ApprovalState.GRANTED
    assert granted == (all(each.grant for each in votes) and len({each.by for each in votes}) >= needed)
    assert (state is ApprovalState.REFUSED) == any(not each.grant for each in votes)


def test_nobody_decides_about_the_own_request_and_nobody_twice() -> None:
    with pytest.raises(OwnRequest):
        check_may_vote([], ANNA, ANNA)
    with pytest.raises(VotedBefore):
        check_may_vote([Said(SARA, grant=True)], ANNA, SARA)
    check_may_vote([Said(SARA, grant=True)], ANNA, MAX)


def test_two_persons_are_needed_above_the_threshold_of_the_currency() -> None:
    policy = Approving({"EUR": 1000}, 24)
    assert [policy.needed("EUR", amount) for amount in (999, 1000, 1001)] == [1, 1, 2]
    assert policy.needed("USD", 10**9) == 1
    with pytest.raises(PolicyInvalid):
        APPROVALS.read({"two_persons_above": {"euro": 1}, "expires_hours": 0})


def test_every_breach_that_needs_a_person_is_a_reason() -> None:
    problem = {"code": "order.check_in_needed", "breaches": [{"code": "order.discount_beyond_policy"}]}
    assert kinds_of(problem) == [ApprovalKind.DISCOUNT]
    assert kinds_of({"code": "mutation.waiting"}) == []


def test_the_margin_leaves_out_what_has_no_known_cost() -> None:
    lines = [Sold(1000, 600), Sold(500, 500), Sold(9999, None)]
    assert margin(lines) == {"net_minor": 1500, "cost_minor": 1100, "margin_bp": 2667, "lines_without_cost": 1}
    assert margin([])["margin_bp"] is None

"""What is bought together is proposed, and what a customer has is not."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.companions.rules import LEAST_CUSTOMERS, learn, propose

PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), min_size=1, max_size=80)


def by_hand(pairs, customer):
    """The scores of a customer in plain Python, by the definition."""
    buyers = {}
    for who, what in pairs:
        buyers.setdefault(what, set()).add(who)
    has = {what for who, what in pairs if who == customer}
    return {
        product: sum(
            len(buyers[product] & buyers[own]) / math.sqrt(len(buyers[product]) * len(buyers[own])) for own in has
        )
        for product in buyers
        if product not in has and len(buyers[product]) >= LEAST_CUSTOMERS
    }


@given(PAIRS)
def test_scores_are_those_of_the_definition_and_the_best_come_first(pairs):
    known = learn([who for who, _ in pairs], [what for _, what in pairs])
    customers = sorted({who for who, _ in pairs})
    for customer, found in propose(known, customers, 10).items():
        expected = by_hand(pairs, customer)
        assert {each.product for each in found} == {product for product, score in expected.items() if score > 0}
        for each in found:
            assert math.isclose(each.score, expected[each.product], abs_tol=0.002)
            assert (customer, each.because_of) in pairs
        assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_coffee_goes_with_filters():
    coffee, filters, soap = 0, 1, 2
    pairs = [(who, what) for who in range(4) for what in (coffee, filters)] + [(4, coffee), (5, soap), (6, soap)]
    known = learn([who for who, _ in pairs], [what for _, what in pairs])
    [proposal] = propose(known, [4], 3)[4]
    assert (proposal.product, proposal.because_of, proposal.customers) == (filters, coffee, 4)


def test_who_is_not_known_gets_nothing():
    assert propose(learn([0], [0]), [99], 3) == {99: []}

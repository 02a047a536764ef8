"""The order of precedence and the stacking of promotions, case by case; docs/pricing.md writes both down."""

from __future__ import annotations

from typing import Any

import pytest

from fieldsales.precedence.rules import Buyer
from fieldsales.pricebooks.rules import NO_TERMS, Terms, read_book, read_terms, version_of
from fieldsales.pricing.rules import AmountTooLarge, LinesInvalid, PricedOrder, QuantityInvalid, Wanted, price_order
from fieldsales.promotions.rules import PromotionInvalid, read_promotion

PEN, INK = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


def document(*promotions: dict[str, Any], **changed: Any) -> dict[str, Any]:
    item = {"sku": "pen", "price_minor": 100, "units": {"each": 1, "case": 12}, "tax_class": None}
    pen = item | {"tier_prices": {"A": 90}, "breaks": [{"min": 24, "discount_bp": 500}, {"min": 60, "price_minor": 70}]}
    named = [{"name": each["code"], **each} for each in promotions]
    for each in named:
        read_promotion(each)
    return {
        "currency": "EUR",
        "step_minor": 1,
        "tax_included": False,
        "tax_rates": {"standard": 2400},
        "tier_discounts": {"B": 333},
        "products": {PEN: pen, INK: item | {"sku": "ink", "price_minor": 250}},
        "promotions": named,
    } | changed


def terms(**contract: Any) -> Terms:
    return read_terms({"contracts": [{"reference": "K", "product_id": PEN, "price_minor": 95} | contract]})


def priced(book: dict[str, Any], *lines: tuple[str, int], tier: str | None = None, **more: Any) -> PricedOrder:
    buyer = Buyer("customer", tier, more.get("terms", NO_TERMS), more.get("day", "2026-03-02"))
    return price_order(read_book(book), buyer, [Wanted(at, *line) for at, line in enumerate(lines, 1)])


@pytest.mark.parametrize(
    ("tier", "pieces", "codes", "amount"),
    [
        (None, 1, "list", 100),
        ("A", 1, "list tier_price", 90),
        ("B", 1, "list tier_discount", 97),
        (None, 24, "list break", 24 * 95),
        ("A", 24, "list tier_price break", 24 * 86),  # 85.5, half up
        ("A", 60, "list tier_price break", 60 * 70),
    ],
)
def test_tier_and_breaks_come_one_upon_the_other(tier: str | None, pieces: int, codes: str, amount: int) -> None:
    [line] = priced(document(), (PEN, pieces), tier=tier).lines
    assert [step["code"] for step in line.steps if step["code"] != "goods"] == codes.split()
    assert line.amount_minor == amount


def test_a_contract_stands_before_everything_even_where_it_is_dearer() -> None:
    [line] = priced(document(), (PEN, 60), tier="A", terms=terms()).lines
    assert ([step["code"] for step in line.steps], line.amount_minor) == (["contract", "goods"], 60 * 95)


def test_a_contract_holds_on_both_ends_of_its_days_and_from_its_quantity_on() -> None:
    agreed = terms(**{"from": "2026-03-01", "until": "2026-03-31", "min": 10})
    for day, pieces, amount in (
        ("2026-02-28", 10, 1000),
        ("2026-03-01", 10, 950),
        ("2026-03-31", 10, 950),
        ("2026-04-01", 10, 1000),
        ("2026-03-01", 9, 900),
    ):
        assert priced(document(), (PEN, pieces), terms=agreed, day=day).total_minor == amount


def test_a_price_for_a_case_is_rounded_once_over_the_line() -> None:
    agreed = terms(price_minor=1000, per=12)
    assert priced(document(), (PEN, 12), terms=agreed).total_minor == 1000
    assert priced(document(), (PEN, 5), terms=agreed).total_minor == 417  # 416.67


def test_a_break_counts_the_pieces_of_all_lines_of_the_product() -> None:
    assert priced(document(), (PEN, 12), (PEN, 12)).total_minor == 24 * 95


TEN = {"code": "TEN", "kind": "percent", "discount_bp": 1000}
FIVE = {"code": "FIVE", "kind": "percent", "discount_bp": 500}


def test_promotions_come_by_priority_then_code_each_on_what_is_left() -> None:
    [line] = priced(document(TEN, FIVE), (INK, 4)).lines
    assert [step.get("promotion") for step in line.steps if step["code"] == "promotion"] == ["FIVE", "TEN"]
    assert line.amount_minor == 855
    [line] = priced(document(TEN | {"priority": 1}, FIVE), (INK, 4)).lines
    assert [step.get("promotion") for step in line.steps if step["code"] == "promotion"] == ["TEN", "FIVE"]


def test_of_a_group_one_touches_a_line_and_who_will_not_combine_stays_alone() -> None:
    group = {"group": "spring"}
    assert priced(document(TEN | group, FIVE | group), (INK, 4)).total_minor == 950
    alone = {"combinable": False}
    assert priced(document(TEN, FIVE | alone), (INK, 4)).total_minor == 950
    assert priced(document(TEN | alone, FIVE), (INK, 4)).total_minor == 950


def test_a_group_is_looked_at_line_by_line() -> None:
    ink, pen = ({"group": "g", "products": {"ids": [each]}} for each in (INK, PEN))
    assert priced(document(TEN | ink, FIVE | pen), (INK, 4), (PEN, 10)).total_minor == 900 + 950


def test_contract_prices_are_promoted_only_where_the_promotion_says_so() -> None:
    assert priced(document(TEN), (PEN, 10), terms=terms()).total_minor == 950
    assert priced(document(TEN | {"on_contracts": True}), (PEN, 10), terms=terms()).total_minor == 855


def test_a_bundle_costs_its_price_for_each_whole_set() -> None:
    parts = [{"product_id": PEN, "quantity": 2}, {"product_id": INK, "quantity": 1}]
    bundle = {"code": "SET", "kind": "bundle", "parts": parts, "price_minor": 400}
    assert priced(document(bundle), (PEN, 5), (INK, 2)).total_minor == 2 * 400 + 100
    assert priced(document(bundle | {"most": 1}), (PEN, 5), (INK, 2)).total_minor == 400 + 300 + 250
    assert priced(document(bundle), (PEN, 5)).total_minor == 500
    assert priced(document(bundle | {"price_minor": 999}), (PEN, 2), (INK, 1)).total_minor == 450


def test_a_threshold_is_shared_out_to_the_cent() -> None:
    big = {"code": "BIG", "kind": "threshold", "steps": [{"min_amount_minor": 500, "off_minor": 100}]}
    found = priced(document(big), (PEN, 1), (PEN, 2), (INK, 1))
    assert [line.amount_minor for line in found.lines] == [82, 164, 204]  # 18.18, 36.36 and 45.45 off
    assert found.total_minor == 450
    assert priced(document(big), (PEN, 1)).total_minor == 100


def test_goods_are_given_by_product_or_as_another_and_name_their_cause() -> None:
    own = {"code": "4FOR3", "kind": "free_goods", "buy": 3, "give": 1}
    free = [line for line in priced(document(own), (PEN, 7), (INK, 2)).lines if line.promotion]
    assert [(line.product_id, line.quantity, line.because_of) for line in free] == [(PEN, 2, (1,))]
    free = [line for line in priced(document(own | {"product_id": INK}), (PEN, 4), (INK, 2)).lines if line.promotion]
    assert [(line.product_id, line.quantity, line.because_of) for line in free] == [(INK, 2, (1, 2))]


def test_the_tax_of_a_class_is_made_of_its_sum_and_the_lines_share_it() -> None:
    book = document()
    for item in book["products"].values():
        item |= {"tax_class": "standard", "price_minor": 3}
    on_top = priced(book, (PEN, 1), (INK, 1))
    assert (on_top.tax_minor, on_top.total_minor) == (1, 7)  # 1.44; by line it would be 0.72 twice, 2 in all
    inside = priced(book | {"tax_included": True}, (PEN, 10), (INK, 10))
    assert (inside.tax_minor, inside.total_minor, inside.taxes[0].base_minor) == (12, 60, 48)


def test_what_is_paid_is_rounded_to_what_there_are_coins_for() -> None:
    found = priced(document(step_minor=5), (INK, 1), (PEN, 1), tier="B")
    assert (found.total_minor, found.payable_minor, found.rounding_minor) == (339, 340, 1)


def test_an_order_that_no_phone_could_count_is_refused() -> None:
    book = document()
    book["products"][INK]["price_minor"] = 10**12
    with pytest.raises(AmountTooLarge):
        priced(book, (INK, 10**6))
    with pytest.raises(LinesInvalid):
        priced(book)


def test_the_version_of_a_document_does_not_depend_on_the_order_of_its_keys() -> None:
    book = document(TEN)
    assert version_of(book) == version_of(dict(reversed(book.items())))
    assert version_of(book) != version_of(book | {"step_minor": 5})


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"kind": "gift"}, "no kind"),
        ({"discount_bp": 0}, "/discount_bp"),
        ({"discount_bp": 10_001}, "/discount_bp"),
        ({"discont_bp": 5}, "discont_bp"),
        ({"from": "2026-02-30"}, "no day"),
        ({"from": "2026-03-02", "until": "2026-03-01"}, "before it begins"),
        ({"kind": "bundle"}, "discount_bp|parts"),
        ({"code": "a b"}, "/code"),
    ],
)
def test_a_promotion_with_a_fault_is_told_what_is_wrong(fault: dict[str, Any], told: str) -> None:
    with pytest.raises(PromotionInvalid, match=told):
        read_promotion({"name": "Ten", **TEN, **fault})


def test_no_promotion_gives_more_pieces_than_a_line_may_have() -> None:
    flood = {"code": "FLOOD", "kind": "free_goods", "buy": 1, "give": 1_000_000}
    assert priced(document(flood), (PEN, 1)).lines[-1].pieces == 1_000_000
    with pytest.raises(QuantityInvalid):
        priced(document(flood), (PEN, 2))

"""The price list."""

from dataclasses import replace
from datetime import date

import pytest
from stdnum import ean

from fieldsales.demo.city import City


def test_every_barcode_is_valid_and_of_nobody(city: City) -> None:
    """200 to 299 is kept for use within a company, in the unit's code and inside the case's."""
    for product in city.products:
        assert ean.is_valid(product.gtin)
        assert len(product.gtin) == 13
        assert ean.is_valid(product.case_gtin)
        assert len(product.case_gtin) == 14
        assert product.gtin.startswith("2")
        assert product.case_gtin[1:13] == product.gtin[:12]


def test_codes_and_names_are_unique(city: City) -> None:
    for field in ("sku", "name", "gtin", "case_gtin"):
        assert len({getattr(product, field) for product in city.products}) == len(city.products)


def test_margins_are_those_of_a_distributor(city: City) -> None:
    for product in city.products:
        margin = 1 - product.cost_minor / product.price_minor
        assert 0.15 < margin < 0.40, product.name


def test_prices_rise_with_the_new_year(city: City) -> None:
    product = replace(city.products[0], price_minor=1000, cost_minor=700)
    today = date(2025, 11, 24)
    assert product.price_in(2025, today) == 1000
    assert product.price_in(2024, today) == 971
    assert product.price_in(2023, today) == 943


def test_a_product_sold_below_cost_is_refused(city: City) -> None:
    product = city.products[0]
    with pytest.raises(ValueError, match=product.sku):
        replace(product, cost_minor=product.price_minor)

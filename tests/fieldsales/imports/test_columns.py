"""Which column fills which field."""

from __future__ import annotations

import pytest

from fieldsales.errors import FieldsalesError
from fieldsales.imports.columns.rules import match_columns
from fieldsales.imports.customers.rules import FIELDS as CUSTOMERS
from fieldsales.imports.orders.rules import FIELDS as ORDERS
from fieldsales.imports.orders.rules import are_lines
from fieldsales.imports.products.rules import FIELDS as PRODUCTS


def matched(fields, columns, given=None, saved=None) -> dict[str, tuple[str, str]]:
    return {
        match.field: (match.column, match.why) for match in match_columns(fields, columns, given or {}, saved or {})
    }


def guessed(fields, columns) -> dict[str, str]:
    return {field: column for field, (column, _) in matched(fields, columns).items()}


def test_obvious_columns_are_guessed():
    columns = ["Store", "Name", "Store Status", "Address", "State", "Zip Code", "latitude", "longitude", "City"]
    assert guessed(CUSTOMERS, columns) == {
        "reference": "Store",
        "name": "Name",
        "address": "Address",
        "city": "City",
        "postal_code": "Zip Code",
        "latitude": "latitude",
        "longitude": "longitude",
        "active": "Store Status",
    }


def test_spelling_of_headers_does_not_matter():
    assert guessed(PRODUCTS, ["ITEM_NUMBER", " item  description", "List-Price", "ＵＰＣ"]) == {
        "sku": "ITEM_NUMBER",
        "name": " item  description",
        "price": "List-Price",
        "gtin": "ＵＰＣ",
    }


def test_headers_in_other_languages_are_guessed():
    assert set(guessed(ORDERS, ["订单日期", "客户编号", "商品编码", "数量", "金额"])) == {
        "date",
        "customer",
        "product",
        "quantity",
        "amount",
    }


def test_a_column_fills_one_field():
    assert guessed(CUSTOMERS, ["Customer", "Customer No"]) == {"reference": "Customer No", "name": "Customer"}


def test_what_is_given_goes_before_what_is_saved_and_that_before_guesses():
    columns = ["code", "name", "name2", "city", "town"]
    found = matched(CUSTOMERS, columns, given={"name": "name2"}, saved={"name": "name", "city": "town"})
    assert found == {
        "reference": ("code", "guessed"),
        "name": ("name2", "given"),
        "city": ("town", "saved"),
    }


def test_a_field_can_be_left_unfilled():
    assert "city" not in matched(CUSTOMERS, ["code", "name", "city"], given={"city": ""})


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ({"latitud": "Lat"}, "import.unknown_field", "Did you mean latitude"),
        ({"latitude": "Lat"}, "import.column_missing", "no column “Lat” for latitude. It has: code, name"),
        ({"name": ""}, "import.column_missing", "--map name=COLUMN"),
    ],
)
def test_a_mapping_that_does_not_fit_says_what_would(given, code, says):
    with pytest.raises(FieldsalesError, match=says) as refused:
        matched(CUSTOMERS, ["code", "name"], given=given)
    assert refused.value.code == code


def test_a_product_column_makes_an_order_history_one_of_lines():
    assert are_lines({"product": "", "quantity": "", "unit_price": ""})
    assert not are_lines({"amount": ""})
    with pytest.raises(FieldsalesError, match="quantity"):
        are_lines({"product": "", "amount": ""})
    with pytest.raises(FieldsalesError, match="amount"):
        are_lines({})

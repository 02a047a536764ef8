"""An order as UBL 2.1 `Order` (ISO/IEC 19845): element by element in the order that the schema asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree

from fieldsales.errors import Invalid
from fieldsales.money import exponent
from fieldsales.receipts.rules import Item, Party, Receipt, TaxRow

ORDER = "urn:oasis:names:specification:ubl:schema:xsd:Order-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
UNITS = {"each": "C62", "case": "CS", "inner": "PK"}
"""Units of measure as UN/ECE Recommendation 20 and 21 code them; any other is told by the piece (C62)."""
PIECE = "C62"
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotAnOrder(Invalid):
    """UBL has orders for what is sold, by line, and stands: no returns, gifts or cancelled orders."""

    code = "ubl.not_an_order"
    title = "That is no order in UBL's sense"


@dataclass(frozen=True, slots=True)
class Element:
    """An element before it is written: its name with the prefix, its text or what it holds, and its attributes."""

    name: str
    holds: str | tuple[Element, ...]
    attributes: tuple[tuple[str, str], ...] = ()


def ubl_order(receipt: Receipt) -> bytes:
    """Return a sale as a UBL 2.1 Order, UTF-8. Amounts are exclusive of tax but for `PayableAmount`.

    Raises `NotAnOrder`.
    """
    if receipt.kind != "sale":
        raise NotAnOrder(f"A {receipt.kind} is no order in UBL.", mend="Export it as CSV.", kind=receipt.kind)
    if receipt.state != "placed" or not receipt.items:
        why = "has no known lines" if receipt.state == "placed" else f"is {receipt.state}"
        raise NotAnOrder(f"The order {why}.", mend="Export it as CSV.", state=receipt.state)
    for prefix, namespace in (("", ORDER), ("cac", CAC), ("cbc", CBC)):
        ElementTree.register_namespace(prefix, namespace)
    root = ElementTree.Element(f"{{{ORDER}}}Order")
    for element in _order(receipt):
        _write(root, element)
    ElementTree.indent(root)
    found: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return found


def _write(parent: ElementTree.Element, element: Element) -> None:
    prefix, _, name = element.name.partition(":")
    written = ElementTree.SubElement(parent, f"{{{CAC if prefix == 'cac' else CBC}}}{name}", dict(element.attributes))
    if isinstance(element.holds, str):
        written.text = _NOT_XML.sub("", element.holds)
        return
    for each in element.holds:
        _write(written, each)


def _order(receipt: Receipt) -> Iterator[Element]:
    yield Element("cbc:UBLVersionID", "2.1")
    yield Element("cbc:ID", receipt.number)
    yield Element("cbc:UUID", str(receipt.order_id))
    yield Element("cbc:IssueDate", receipt.day.isoformat())
    if receipt.time:
        yield Element("cbc:IssueTime", f"{receipt.time}:00")
    yield Element("cbc:DocumentCurrencyCode", receipt.currency)
    yield Element("cbc:LineCountNumeric", str(len(receipt.items)))
    yield Element("cac:BuyerCustomerParty", (_party(receipt.customer),))
    yield Element("cac:SellerSupplierParty", (_party(receipt.seller),))
    if receipt.tax_minor is not None:
        parts = tuple(_subtotal(each, receipt.currency) for each in receipt.taxes)
        yield Element("cac:TaxTotal", (_amount("cbc:TaxAmount", receipt.tax_minor, receipt.currency), *parts))
    net = receipt.total_minor - (receipt.tax_minor or 0)
    yield Element(
        "cac:AnticipatedMonetaryTotal",
        (
            _amount("cbc:LineExtensionAmount", net, receipt.currency),
            _amount("cbc:TaxExclusiveAmount", net, receipt.currency),
            _amount("cbc:TaxInclusiveAmount", receipt.total_minor, receipt.currency),
            _amount("cbc:PayableAmount", receipt.total_minor, receipt.currency),
        ),
    )
    for item in receipt.items:
        yield Element("cac:OrderLine", (Element("cac:LineItem", tuple(_line(item, receipt.currency))),))


def _line(item: Item, currency: str) -> Iterator[Element]:
    unit = UNITS.get(item.unit)
    quantity = item.quantity if unit else item.pieces
    net = item.amount_minor - (item.tax_minor or 0)
    yield Element("cbc:ID", str(item.number))
    yield Element("cbc:Quantity", str(quantity), (("unitCode", unit or PIECE),))
    yield _amount("cbc:LineExtensionAmount", net, currency)
    if item.tax_minor is not None:
        yield _amount("cbc:TotalTaxAmount", item.tax_minor, currency)
    price = Decimal(net).scaleb(-exponent(currency)) / quantity if quantity else Decimal(0)
    told = f"{round(price, exponent(currency) + 4):f}"
    yield Element(
        "cac:Price",
        (
            Element("cbc:PriceAmount", told, (("currencyID", currency),)),
            Element("cbc:BaseQuantity", "1", (("unitCode", unit or PIECE),)),
        ),
    )
    yield Element(
        "cac:Item",
        (
            Element("cbc:Name", item.name),
            Element("cac:SellersItemIdentification", (Element("cbc:ID", item.sku),)),
            *(() if item.rate_bp is None else (_category("cac:ClassifiedTaxCategory", item.rate_bp),)),
        ),
    )


def _subtotal(row: TaxRow, currency: str) -> Element:
    return Element(
        "cac:TaxSubtotal",
        (
            _amount("cbc:TaxableAmount", row.net_minor, currency),
            _amount("cbc:TaxAmount", row.tax_minor, currency),
            _category("cac:TaxCategory", row.rate_bp),
        ),
    )


def _category(name: str, rate_bp: int) -> Element:
    """A rate as UN/ECE 5305 codes it: S is a rate, Z is zero."""
    scheme = Element("cac:TaxScheme", (Element("cbc:ID", "VAT"),))
    percent = Element("cbc:Percent", f"{Decimal(rate_bp) / 100:f}")
    return Element(name, (Element("cbc:ID", "S" if rate_bp else "Z"), percent, scheme))


def _amount(name: str, minor: int, currency: str) -> Element:
    digits = exponent(currency)
    return Element(name, f"{Decimal(minor).scaleb(-digits):.{digits}f}", (("currencyID", currency),))


def _party(party: Party) -> Element:
    holds = []
    if party.number:
        holds.append(Element("cac:PartyIdentification", (Element("cbc:ID", party.number),)))
    holds.append(Element("cac:PartyName", (Element("cbc:Name", party.name),)))
    lines = tuple(Element("cac:AddressLine", (Element("cbc:Line", line),)) for line in party.address)
    if lines:
        holds.append(Element("cac:PostalAddress", lines))
    return Element("cac:Party", tuple(holds))

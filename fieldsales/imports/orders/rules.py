"""What a row of an order history means: a line of an order, or all that a customer bought on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from fieldsales.imports.columns.rules import ColumnMissing, Field, Writes
from fieldsales.imports.writing.rules import Writing
from fieldsales.tabular.values import BadValue, parse_date, parse_number, parse_whole

FIELDS = (
    Field(
        "date",
        "day of the order",
        (
            *("orderdate", "invoicedate", "day", "salesdate", "documentdate", "datum", "bestelldatum", "ημερομηνία"),
            *("订单日期", "下单日期", "日期", "訂單日期"),
        ),
        required=True,
        writes=Writes.DATE,
    ),
    Field(
        "customer",
        "the customer's number in the other system",
        (
            *(
                "customerno",
                "customernumber",
                "customercode",
                "customerid",
                "store",
                "storenumber",
                "storeno",
                "storeid",
            ),
            *(
                "account",
                "accountno",
                "outlet",
                "outletid",
                "outletcode",
                "client",
                "kundennummer",
                "kundennr",
                "kunde",
            ),
            *("客户编号", "客户编码", "客户代码", "客户", "客戶編號", "客戶代碼", "客戶"),
        ),
        required=True,
    ),
    Field(
        "order",
        "number of the order or invoice",
        (
            *("ordernumber", "orderno", "orderid", "invoice", "invoiceno", "invoicenumber", "invoiceid", "documentno"),
            *("invoiceitemnumber", "auftrag", "auftragsnummer", "rechnungsnummer", "belegnummer", "订单号", "订单编号"),
            *("单号", "訂單號", "訂單編號", "單號"),
        ),
    ),
    Field(
        "product",
        "the article's number in the other system",
        (
            *("sku", "item", "itemnumber", "itemno", "itemcode", "productcode", "productid", "productno", "article"),
            *(
                "articleno",
                "stockcode",
                "artikelnummer",
                "artikel",
                "商品编号",
                "商品编码",
                "产品编号",
                "货号",
                "商品編號",
            ),
        ),
    ),
    Field(
        "quantity",
        "units of it",
        ("qty", "units", "pieces", "bottles", "bottlessold", "menge", "anzahl", "ποσότητα", "数量", "數量"),
        writes=Writes.NUMBER,
    ),
    Field(
        "unit_price",
        "price of one unit",
        ("price", "unitprice", "salesprice", "einzelpreis", "preis", "单价", "單價"),
        writes=Writes.NUMBER,
    ),
    Field(
        "amount",
        "what was charged",
        (
            *(
                "total",
                "totalamount",
                "linetotal",
                "ordertotal",
                "sales",
                "salesamount",
                "revenue",
                "value",
                "netamount",
            ),
            *("dollars", "saledollars", "euro", "betrag", "umsatz", "αξία", "金额", "金額", "总额", "總額"),
        ),
        writes=Writes.NUMBER,
    ),
)

EARLIEST = date(1980, 1, 1)
_MOST_UNITS = 10**9
_DEAREST = 10**15
_LONGEST_NUMBER = 80


class Line(NamedTuple):
    """What a line of a stored order says; prices in minor units."""

    product_id: UUID
    quantity: int
    unit_price: int
    amount: int


class LineRow(NamedTuple):
    """A line of an order, as a file has it; prices in minor units."""

    customer: str
    number: str
    day: date
    product: str
    quantity: int
    unit_price: int
    amount: int


class TotalRow(NamedTuple):
    """What a customer bought on a day (`number` is then made from the day) or by one order; in minor units."""

    customer: str
    number: str
    day: date
    amount: int


def are_lines(fields: Mapping[str, object]) -> bool:
    """Tell whether a file with these fields has order lines; without a product, totals. Raises `ColumnMissing`."""
    lines = "product" in fields
    needed = [{"quantity"}, {"amount", "unit_price"}] if lines else [{"amount"}]
    for choice in needed:
        if not choice & fields.keys():
            raise ColumnMissing(
                f"{'Order lines need' if lines else 'Totals need'} a column for {' or '.join(sorted(choice))}.",
                mend=f"Say --map {min(choice)}=COLUMN.",
            )
    return lines


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of an order history are read: where they stand, how they are written, and up to which day."""

    positions: Mapping[str, int]
    writing: Writing
    digits: int
    today: date

    def line(self, cells: list[str]) -> LineRow:
        """Read an order line. Without an order number, the lines of a customer's day are one order.

        Raises `BadValue`.
        """
        at, mark = self.positions, self.writing.mark
        customer, number, day = self._head(cells, "")
        product = cells[at["product"]].strip()
        if not product:
            raise BadValue("product.missing", "the product is empty")
        quantity = _whole(cells[at["quantity"]], mark)
        unit_text = cells[at["unit_price"]] if "unit_price" in at else ""
        amount_text = cells[at["amount"]] if "amount" in at else ""
        if amount_text:
            amount = _minor(amount_text, mark, self.digits)
            unit_price = _minor(unit_text, mark, self.digits) if unit_text else _rounded(Decimal(amount) / quantity)
        else:
            unit_price = _minor(unit_text, mark, self.digits)
            amount = _rounded(parse_number(unit_text, mark) * quantity * 10**self.digits)
        if quantity < 0 < amount:
            raise BadValue("amount.sign", f"{quantity} units came back and yet {amount_text or amount} was charged")
        return LineRow(customer, number, day, product, quantity, unit_price, amount)

    def total(self, cells: list[str]) -> TotalRow:
        """Read a total; a negative one is a return. Raises `BadValue`."""
        customer, number, day = self._head(cells, "total ")
        return TotalRow(customer, number, day, _minor(cells[self.positions["amount"]], self.writing.mark, self.digits))

    def is_late(self, day: date) -> bool:
        """Tell whether a day has not come yet anywhere on earth."""
        return day > self.today + timedelta(days=1)

    def _head(self, cells: list[str], prefix: str) -> tuple[str, str, date]:
        at = self.positions
        customer = cells[at["customer"]].strip()
        if not customer:
            raise BadValue("customer.missing", "the customer is empty")
        day = parse_date(cells[at["date"]], self.writing.order)
        if not EARLIEST <= day <= self.today + timedelta(days=366):
            raise BadValue("date.out_of_range", f"{day} is not between {EARLIEST} and a year from now")
        if "order" not in at:
            return customer, prefix + day.isoformat(), day
        number = cells[at["order"]].strip()
        if not number:
            raise BadValue("order.missing", "the order number is empty")
        if len(number) > _LONGEST_NUMBER:
            raise BadValue("order.too_long", f"the order number has more than {_LONGEST_NUMBER} characters")
        return customer, number, day


@lru_cache(maxsize=1 << 12)
def _whole(text: str, mark: str | None) -> int:
    quantity = parse_whole(text, mark)
    if quantity == 0 or abs(quantity) > _MOST_UNITS:
        raise BadValue("quantity.out_of_range", f"a quantity of {quantity} cannot be")
    return quantity


@lru_cache(maxsize=1 << 16)
def _minor(text: str, mark: str | None, digits: int) -> int:
    minor = _rounded(parse_number(text, mark) * 10**digits)
    if abs(minor) > _DEAREST:
        raise BadValue("amount.out_of_range", f"an amount of {text.strip()} cannot be")
    return minor


def _rounded(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))

"""What a row of an order history means: a line of an order, or all that a customer bought on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from fieldsales.imports.columns.rules import ColumnMissing, Field, Writes
from fieldsales.imports.writing.rules import Writing
from fieldsales.tabular.values import BadValue, parse_date, parse_number, parse_whole, plain_minor

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
                "cust",
                "custno",
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

OF_TOTALS = frozenset({"date", "customer", "order", "amount"})
"""The fields of totals; the others speak of lines."""
EARLIEST = date(1980, 1, 1)
TOTAL_OF = "total "
"""Begins the number of a total by day, which has none of its own: lines of the same day are another order."""
_MOST_UNITS = 10**9
DEAREST = 10**15
_LONGEST_NUMBER = 80


Line = tuple[str, int, int, int]
"""What a line of an order says: the product's id as hex, quantity, unit price and amount in minor units."""


LineRow = tuple[str, str, date, str, int, int, int]
"""A line of an order as a file has it: customer, order number, day, product, quantity, unit price, amount."""


TotalRow = tuple[str, str, date, int]
"""What a customer bought on a day, or by one order: customer, number, day, amount."""


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


class Reading:
    """How the cells of an order history are read.

    Values repeat from row to row, so that each is read once and remembered; a bounded number of them.

    Parameters
    ----------
    positions : where the column of each field stands.
    digits : decimal digits of the minor unit of the currency.
    today : no order is from later than a year after.

    `customer_at` and `product_at` tell where these stand (-1: nowhere). `day` reads a date, `writing` tells how.
    """

    def __init__(self, positions: Mapping[str, int], writing: Writing, digits: int, today: date) -> None:
        self.customer_at, self._date_at = positions["customer"], positions["date"]
        self._number_at, self.product_at = positions.get("order"), positions.get("product", -1)
        self._quantity_at = positions.get("quantity", -1)
        self._unit_price_at, self._amount_at = positions.get("unit_price"), positions.get("amount")
        self.writing = writing
        self.digits = digits
        self._today = today
        self._tomorrow = today + timedelta(days=1)
        self._latest = today + timedelta(days=366)
        self.day = lru_cache(maxsize=1 << 13)(self._read_day)
        self._quantity = lru_cache(maxsize=1 << 12)(self._read_quantity)
        self._minor = lru_cache(maxsize=1 << 14)(self._read_minor)

    def elsewhere(self, positions: Mapping[str, int]) -> Reading:
        """Return a reading of the same writing with its fields at other positions."""
        return Reading(positions, self.writing, self.digits, self._today)

    def line(self, cells: list[str]) -> LineRow:
        """Read an order line. Without an order number, the lines of a customer's day are one order.

        Raises `BadValue`.
        """
        customer, number, day = self._head(cells, "")
        product = cells[self.product_at].strip()
        if not product:
            raise BadValue("product.missing", "the product is empty")
        quantity = self._quantity(cells[self._quantity_at])
        amount_text = "" if self._amount_at is None else cells[self._amount_at]
        unit_text = "" if self._unit_price_at is None else cells[self._unit_price_at]
        if amount_text:
            amount = self._minor(amount_text)
            unit_price = self._minor(unit_text) if unit_text else _shared(amount, quantity)
        else:
            unit_price = self._minor(unit_text)
            amount = self._times(unit_text, quantity)
        if quantity < 0 < amount:
            raise BadValue("amount.sign", f"{quantity} units came back and yet {amount_text or unit_text} was charged")
        return customer, number, day, product, quantity, unit_price, amount

    def total(self, cells: list[str]) -> TotalRow:
        """Read a total; a negative one is a return. Raises `BadValue`."""
        amount = self._minor("" if self._amount_at is None else cells[self._amount_at])
        return (*self._head(cells, TOTAL_OF), amount)

    def is_late(self, day: date) -> bool:
        """Tell whether a day has not come yet anywhere on earth."""
        return day > self._tomorrow

    def _head(self, cells: list[str], prefix: str) -> tuple[str, str, date]:
        day = self.day(cells[self._date_at])
        customer = cells[self.customer_at].strip()
        if not customer:
            raise BadValue("customer.missing", "the customer is empty")
        if self._number_at is None:
            return customer, prefix + day.isoformat(), day
        number = cells[self._number_at].strip()
        if not number:
            raise BadValue("order.missing", "the order number is empty")
        if len(number) > _LONGEST_NUMBER:
            raise BadValue("order.too_long", f"the order number has more than {_LONGEST_NUMBER} characters")
        return customer, number, day

    def _read_day(self, text: str) -> date:
        day = parse_date(text, self.writing.order)
        if not EARLIEST <= day <= self._latest:
            raise BadValue("date.out_of_range", f"{day} is not between {EARLIEST} and a year from now")
        return day

    def _read_quantity(self, text: str) -> int:
        quantity = parse_whole(text, self.writing.mark)
        if quantity == 0 or abs(quantity) > _MOST_UNITS:
            raise BadValue("quantity.out_of_range", f"a quantity of {text.strip()} cannot be")
        return quantity

    def _read_minor(self, text: str) -> int:
        plain = plain_minor(text, self.digits) if self.writing.mark == "." else None
        return self._times(text, 1) if plain is None or abs(plain) > DEAREST else plain

    def _times(self, text: str, quantity: int) -> int:
        try:
            amount = (parse_number(text, self.writing.mark) * quantity).scaleb(self.digits)
            minor = int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        except InvalidOperation:  # more digits than Decimal works with
            minor = DEAREST + 1
        if abs(minor) > DEAREST:
            raise BadValue("amount.out_of_range", f"an amount of {text.strip()} cannot be")
        return minor


def _shared(amount: int, quantity: int) -> int:
    """Return an amount divided by a quantity, half a unit rounded away from zero."""
    if not amount % quantity:
        return amount // quantity
    whole, rest = divmod(abs(amount), abs(quantity))
    whole += 2 * rest >= abs(quantity)
    return whole if (amount < 0) == (quantity < 0) else -whole

"""What stands in the columns of an export, and how its amounts are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from fieldsales.errors import Invalid
from fieldsales.money import exponent

Cell = str | int | float | Decimal | date | None
"""`date` is also a moment, `int` also yes or no."""
MOST_DAYS = 366

ORDER_COLUMNS = (
    *("order_id", "reference", "kind", "state", "ordered_on", "ordered_at", "customer_id", "customer_reference"),
    *("customer", "rep", "against_id", "amends_id", "reason", "line", "sku", "product", "unit", "unit_quantity"),
    *("pieces", "condition", "promotion", "currency", "unit_price", "discount", "tax", "amount", "order_amount"),
)
PAYMENT_COLUMNS = (
    *("payment_id", "paid_on", "paid_at", "method", "reference", "customer_id", "customer_reference", "customer"),
    *("rep", "visit_id", "currency", "amount"),
)
INVOICE_COLUMNS = (
    *("invoice_id", "reference", "order_id", "issued_on", "due_on", "customer_id", "customer_reference", "customer"),
    *("currency", "tax", "amount", "open", "written_off"),
)
POSTING_COLUMNS = (
    *("posting_id", "entry_id", "cause", "source_id", "day", "at", "customer_id", "customer_reference", "customer"),
    *("rep", "debit", "credit", "currency", "amount"),
)


class PeriodInvalid(Invalid):
    """An export, or a measure, is of a first and a last day, both included, at most 366 days."""

    code = "export.period_invalid"
    title = "That period cannot be told"


def check_period(first: date, last: date) -> None:
    """Raise `PeriodInvalid` for days that are the wrong way round, or too many."""
    if not timedelta(0) <= last - first < timedelta(MOST_DAYS):
        raise PeriodInvalid(
            f"{first} to {last} cannot be told.", mend=f"Give 1 to {MOST_DAYS} days, the first one first."
        )


def major(minor: int | None, currency: str) -> Decimal | None:
    """Return an amount in major units with all the digits of its currency: 1250 EUR cents are 12.50."""
    return None if minor is None else Decimal(minor).scaleb(-exponent(currency))


def as_texts(row: Sequence[Cell]) -> list[str]:
    """Return the cells of a row as CSV has them: nothing for nothing, a point before decimals, ISO days and moments."""
    return [_text(cell) for cell in row]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)

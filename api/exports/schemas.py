"""Of which period an export is."""

from __future__ import annotations

from marshmallow import fields

from api.schema import day
from fieldsales.orders.models import OrderKind
from sync.wire import Strict


class PeriodQuery(Strict):
    """The first and the last day, both included; at most 366 days."""

    first = day(required=True, data_key="from")
    last = day(required=True, data_key="to")


class OrderPeriodQuery(PeriodQuery):
    """The same; only one kind of order."""

    kind = fields.Enum(OrderKind, by_value=True)

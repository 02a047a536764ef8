"""What a mutation is about may still be on its way: then it waits for that instead of being refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from fieldsales.customers.queries import CustomerNotFound
from fieldsales.orders.queries import OrderNotFound
from fieldsales.visits.service import VisitUnknown
from sync.handlers.context import NotHereYet


@contextmanager
def waiting_for_it() -> Iterator[None]:
    """Turn the errors over a customer, a visit or an order that is not known into `NotHereYet`."""
    try:
        yield
    except CustomerNotFound as unknown:
        raise NotHereYet("customer", uuid.UUID(unknown.facts["customer_id"])) from unknown
    except VisitUnknown as unknown:
        raise NotHereYet("visit", uuid.UUID(unknown.facts["visit_id"])) from unknown
    except OrderNotFound as unknown:
        raise NotHereYet("order", uuid.UUID(unknown.facts["order_id"])) from unknown

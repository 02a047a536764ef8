"""What ids are called, for a list that tells only ids and goes to people who know names."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Customer
from fieldsales.people.models import Territory, User
from fieldsales.warehouses.models import Warehouse


class Subject(StrEnum):
    """What an id may be of."""

    CUSTOMER = "customer"
    PERSON = "person"
    PRODUCT = "product"
    TERRITORY = "territory"
    WAREHOUSE = "warehouse"


_NAMES: dict[Subject, tuple[InstrumentedAttribute[uuid.UUID], InstrumentedAttribute[str]]] = {
    Subject.CUSTOMER: (Customer.id, Customer.name),
    Subject.PERSON: (User.id, User.name),
    Subject.PRODUCT: (Product.id, Product.name),
    Subject.TERRITORY: (Territory.id, Territory.name),
    Subject.WAREHOUSE: (Warehouse.id, Warehouse.name),
}


def names_of(session: Session, subject: Subject, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of some ids; who asks must have been told the ids already, as names are in no scope here."""
    key, name = _NAMES[subject]
    found: Any = session.execute(select(key, name).where(key.in_(ids)))
    return dict(found.all())

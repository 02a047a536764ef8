"""Which rows of the facts count."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from fieldsales.registry.rules import Dimension


@dataclass(frozen=True, slots=True)
class Only:
    """Which rows count; what is None or empty does not matter. Territories include those below them."""

    reps: tuple[uuid.UUID, ...] = ()
    territory: uuid.UUID | None = None
    customers: tuple[uuid.UUID, ...] = ()
    products: tuple[uuid.UUID, ...] = ()
    segment: str | None = None
    tier: str | None = None
    brand: str | None = None
    category: str | None = None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions that are narrowed, which every measure asked must have."""
        told = {
            Dimension.REP: self.reps,
            Dimension.TERRITORY: self.territory,
            Dimension.CUSTOMER: self.customers,
            Dimension.PRODUCT: self.products,
            Dimension.SEGMENT: self.segment,
            Dimension.TIER: self.tier,
            Dimension.BRAND: self.brand,
            Dimension.CATEGORY: self.category,
        }
        return tuple(dimension for dimension, value in told.items() if value)

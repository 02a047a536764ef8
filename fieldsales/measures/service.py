"""Measuring how customers buy and pay. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from fieldsales.history.rules import History, Ints
from fieldsales.measures.queries import likeness, margins, payments
from fieldsales.measures.rules import (
    YEAR,
    Component,
    Floats,
    Measures,
    credit,
    growth,
    margin,
    potential,
)


def measure(session: Session, history: History, day: date, wanted: frozenset[Component]) -> Measures:
    """Return the measures that are wanted of every customer of a history, on the morning of a day.

    The history goes back `rules.LONGEST` where growth is wanted, a year otherwise. What is not wanted is not read.
    """
    since = day - YEAR
    revenue, orders = history.revenue(since, day), history.order_days(since, day)
    found: dict[Component, tuple[Floats, Mapping[str, Ints]]] = {
        Component.REVENUE: (revenue.astype(np.float64), {"minor": revenue}),
        Component.FREQUENCY: (orders.astype(np.float64), {"days": orders}),
    }
    if Component.MARGIN in wanted:
        found[Component.MARGIN] = margin(revenue, *margins(session, history, since, day))
    if Component.GROWTH in wanted:
        found[Component.GROWTH] = growth(history, day)
    if Component.POTENTIAL in wanted:
        found[Component.POTENTIAL] = potential(revenue, likeness(session, history))
    if Component.CREDIT in wanted:
        found[Component.CREDIT] = credit(payments(session, history, since, day), revenue)
    return Measures(
        history.customers,
        history.currencies,
        orders > 0,
        {component: values for component, (values, _) in found.items()},
        {component: numbers for component, (_, numbers) in found.items()},
    )

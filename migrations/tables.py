"""Every table of every room, so that `metadata` is whole."""

from __future__ import annotations

from importlib import import_module

from fieldsales.db.base import Base

ROOMS = (
    "fieldsales.anomalies",
    "fieldsales.audit",
    "fieldsales.catalog",
    "fieldsales.changes",
    "fieldsales.customers",
    "fieldsales.imports",
    "fieldsales.orders",
    "fieldsales.people",
    "fieldsales.planning",
    "fieldsales.visits",
    "sync",
)

for room in ROOMS:
    import_module(f"{room}.models")

metadata = Base.metadata

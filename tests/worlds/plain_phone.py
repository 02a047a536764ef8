"""A phone with the client in plain Python, and a rep who works with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
from fieldsales_phone import Phone, new_id
from worlds import pictures
from worlds.served_town import ServedTown

HERE = {"lat": 38.2641, "lon": 21.7321, "accuracy_m": 8.0}


def open_phone(folder: Path, town: ServedTown, network: requests.Session | None = None) -> Phone:
    """Open the app, as after a crash: whatever it knows is in its file."""
    return Phone(folder / "anna.sqlite3", town.base, network)


def check_in(phone: Phone, customer: dict[str, Any]) -> str:
    """Visit a customer; return the visit's id."""
    visit = new_id()
    phone.do("visit.check_in", ("visit", visit), {"visit_id": visit, "customer_id": customer["id"], "position": HERE})
    return visit


def sell(phone: Phone, visit: str, customer: dict[str, Any], quantity: int, share: float = 0.95) -> int:
    """Sell coffee at a share of its list price; return the amount."""
    [product] = [each for each in phone.all("product") if each["sku"] == "coffee"]
    order, price = new_id(), round(product["price_minor"] * share)
    line = {"product_id": product["id"], "quantity": quantity, "unit_price_minor": price}
    data = {"order_id": order, "visit_id": visit, "customer_id": customer["id"], "currency": "EUR", "lines": [line]}
    phone.do("order.submit", ("order", order), data | {"total_minor": quantity * price})
    return quantity * price


def work_at(phone: Phone, customer: dict[str, Any], shade: int) -> int:
    """Visit a customer: sell, take money and a picture; return the amount."""
    visit, payment = check_in(phone, customer), new_id()
    amount = sell(phone, visit, customer, shade)
    about = {"visit_id": visit, "customer_id": customer["id"]}
    paid = about | {"payment_id": payment, "method": "cash", "currency": "EUR", "amount_minor": amount}
    phone.do("payment.collect", ("payment", payment), paid)
    phone.photograph(visit, pictures.jpeg(shade, (64, 48)), content_type="image/jpeg")
    phone.do("visit.check_out", ("visit", visit), {"visit_id": visit, "position": HERE, "summary": "all fine"})
    return amount

"""Receipts for tests: one in each language, and any that hypothesis can think of."""

from __future__ import annotations

import uuid
from datetime import date

from hypothesis import strategies as st

from fieldsales.labels.rules import LANGUAGES
from fieldsales.receipts.rules import Discount, Item, Paid, Party, Receipt, receipt_code

ORDER = uuid.UUID("01955601-0000-7000-8000-0123456789ab")
DAY = date(2026, 3, 2)
WORDS = {
    "en": ("Harbour Trading Ltd", "Corner Café", "Ground coffee, dark roast, 500 g valve bag", "Sparkling water"),
    "zh": ("海港贸易有限公司", "街角便利店（中山路店）", "深度烘焙研磨咖啡粉 500克 真空袋装", "矿泉水"),
    "el": ("Εμπορική Λιμένος ΑΕ", "Καφενείο «Η Γωνία»", "Ελληνικός καφές σκούρο καβούρδισμα 500 γρ", "Νερό μεταλλικό"),
    "id": ("PT Pelabuhan Niaga", "Warung Pojok Ibu Sri", "Kopi bubuk sangrai gelap kemasan 500 g", "Air mineral"),
}
CURRENCIES = {"en": "USD", "zh": "CNY", "el": "EUR", "id": "IDR"}


def receipt_in(language: str, copy: int = 0) -> Receipt:
    """A sale with a discount, tax on top, free goods and two payments."""
    seller, customer, coffee, water = WORDS[language]
    currency = CURRENCIES[language]
    off = (Discount("SPRING", -7440, 500),)
    items = (
        Item(1, coffee, "coffee", "case", 20, 240, 7440, 148_800, 175_286, 33_926, off, rate_bp=2400),
        Item(2, water, "water", "each", 12, 12, 50, 600, 600, None),
        Item(3, water, "water", "each", 2, 2, 0, 0, 0, 0, free=True),
    )
    total = sum(item.amount_minor for item in items)
    return Receipt(
        order_id=ORDER,
        kind="sale",
        state="placed",
        number="56789-A1B2C",
        day=DAY,
        time="14:05",
        language=language,
        currency=currency,
        seller=Party(seller, ("Quay 1, 26 221",), "EL123456789"),
        customer=Party(customer, ("12 Main Street",), "C-1"),
        rep="Anna",
        items=items,
        tax_minor=33_926,
        total_minor=total,
        payments=(Paid("cash", 100_000), Paid("cheque", 50_000, "No. 7")),
        qr=receipt_code(ORDER, DAY, total, currency),
        copy=copy,
    )


_TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("咖啡收据你好，。カフェ한국ΑΒΓάέήÀéñłżÇ€ \t\n\x1b\x1d\x00\u200b\u0301"),
    ),
    min_size=1,
    max_size=70,
)
_MONEY = st.integers(-(10**13), 10**13)


@st.composite
def any_receipt(draw: st.DrawFn) -> Receipt:
    """A receipt with names in any letters, control characters too, and amounts of any size."""
    language, currency = draw(st.sampled_from(sorted(LANGUAGES))), draw(st.sampled_from(("EUR", "JPY", "KWD", "IDR")))
    items = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        goods, tax = draw(_MONEY), draw(st.integers(0, 10**9))
        offs = tuple(
            Discount(draw(_TEXTS), -draw(st.integers(1, 10**9)), draw(st.none() | st.integers(1, 10_000)))
            for _ in range(draw(st.integers(0, 2)))
        )
        amount = goods + sum(each.amount_minor for each in offs) + draw(st.sampled_from((0, tax)))
        rate = draw(st.sampled_from((None, 0, 700, 2400)))
        unit, quantity = draw(st.sampled_from(("each", "case", "Stück"))), draw(st.integers(1, 10**6))
        items.append(
            Item(
                number,
                draw(_TEXTS),
                "sku",
                unit,
                quantity,
                quantity,
                abs(goods),
                goods,
                amount,
                tax,
                offs,
                rate_bp=rate,
            )
        )
    total = sum(each.amount_minor for each in items)
    payments = tuple(Paid("cash", draw(st.integers(1, 10**13))) for _ in range(draw(st.integers(0, 2))))
    return Receipt(
        order_id=ORDER,
        kind=draw(st.sampled_from(("sale", "return", "gift"))),
        state=draw(st.sampled_from(("placed", "amended", "cancelled"))),
        number=draw(st.just("56789-A1B2C") | st.text(st.characters(codec="ascii"), min_size=1, max_size=20)),
        day=DAY,
        time=None,
        language=language,
        currency=currency,
        seller=Party(draw(_TEXTS), (draw(_TEXTS),)),
        customer=Party(draw(_TEXTS)),
        rep=draw(_TEXTS),
        items=tuple(items),
        tax_minor=None,
        total_minor=total,
        payments=payments,
        qr=receipt_code(ORDER, DAY, total, currency),
        copy=draw(st.integers(0, 2)),
    )

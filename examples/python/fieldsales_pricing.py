"""Price an order on the phone: the price book and the customer's terms in, every line with its steps out.

One file without dependencies, written from docs/pricing.md; it shares no code with the server. Money is in whole minor
units. `price_order(book, buyer, lines)` takes the documents as they were pulled.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import Any

Doc = dict[str, Any]
LINE_KINDS = ("percent", "amount", "bundle")


def rounded(value: Fraction) -> int:
    """Round half up."""
    return int((value + Fraction(1, 2)).__floor__())


def share_out(total: int, weights: list[int]) -> list[int]:
    """Share a total out to the cent; the largest remainders get what is left, of equals the first."""
    if not sum(weights):
        return [0 for _ in weights]
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    shares = [value.__floor__() for value in exact]
    order = sorted(range(len(weights)), key=lambda at: shares[at] - exact[at])
    for at in order[: total - sum(shares)]:
        shares[at] += 1
    return shares


def within(each: Doc, day: str) -> bool:
    """Whether a day is within both ends of something's dates."""
    return (each.get("from") or "") <= day <= (each.get("until") or "9999")


def price_of(book: Doc, buyer: Doc, product_id: str, pieces: int) -> tuple[Fraction, list[str]]:
    """Return what a piece costs, and by which steps."""
    agreed = [
        each
        for each in (buyer.get("terms") or {"contracts": []})["contracts"]
        if each["product_id"] == product_id and within(each, buyer["day"]) and each.get("min", 1) <= pieces
    ]
    if agreed:
        agreed.sort(key=lambda each: each["reference"])
        best = max(agreed, key=lambda each: (each.get("min", 1), each.get("from") or ""))
        return Fraction(best["price_minor"], best.get("per", 1)), ["contract"]
    item, tier = book["products"][product_id], buyer["tier"]
    price, codes = Fraction(item["price_minor"]), ["list"]
    off = book["tier_discounts"].get(tier, 0)
    if tier in item.get("tier_prices", {}):
        price, codes = Fraction(item["tier_prices"][tier]), ["list", "tier_price"]
    elif off:
        price, codes = Fraction(rounded(price * (10_000 - off) / 10_000)), ["list", "tier_discount"]
    reached = [
        Fraction(each["price_minor"], each.get("per", 1))
        if each.get("price_minor") is not None
        else Fraction(rounded(price * (10_000 - each["discount_bp"]) / 10_000))
        for each in item.get("breaks", [])
        if each["min"] <= pieces and each.get("tier") in (None, tier)
    ]
    if reached and min(reached) < price:
        return min(reached), [*codes, "break"]
    return price, codes


class Line:
    """A line while it is being priced."""

    def __init__(self, book: Doc, told: Doc) -> None:
        self.number: int = told["line"]
        self.product_id: str = told["product_id"]
        self.item: Doc = book["products"][self.product_id]
        self.pieces: int = told["quantity"] * self.item["units"][told.get("unit", "each")]
        self.by_hand: int = told.get("discount_bp", 0)
        self.amount, self.tax = 0, 0
        self.codes: list[str] = []
        self.promotions: list[Doc] = []

    def open_to(self, promotion: Doc) -> bool:
        """Whether a promotion may still touch the line."""
        wanted = promotion.get("products")
        meant = wanted is None or (
            self.product_id in wanted.get("ids", [])
            or self.item.get("category") in wanted.get("categories", [])
            or self.item.get("brand") in wanted.get("brands", [])
        )
        alone = not promotion.get("combinable", True) or any(not p.get("combinable", True) for p in self.promotions)
        rival = any(p.get("group") and p["group"] == promotion.get("group") for p in self.promotions)
        contract = "contract" in self.codes and not promotion.get("on_contracts", False)
        return meant and not contract and not rival and not (alone and self.promotions)


def heaps(lines: list[Line]) -> dict[str, list[Line]]:
    """Return the lines by product."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.product_id, []).append(line)
    return found


def pieces_of(lines: list[Line]) -> int:
    """Return how many pieces lines have together."""
    return sum(line.pieces for line in lines)


def amounts_of(lines: list[Line]) -> list[int]:
    """Return what each line costs so far."""
    return [line.amount for line in lines]


def taken_off(promotion: Doc, lines: list[Line]) -> list[tuple[Line, int]]:
    """Return what a promotion takes off each line."""
    kind, whole = promotion["kind"], sum(amounts_of(lines))
    if pieces_of(lines) < promotion.get("min_quantity", 1) or whole < promotion.get("min_amount_minor", 0):
        return []
    if kind == "percent":
        return [(line, rounded(Fraction(line.amount * promotion["discount_bp"], 10_000))) for line in lines]
    if kind == "amount":
        return [cut for heap in heaps(lines).values() for cut in per_pieces(promotion, heap)]
    if kind == "bundle":
        return bundled(promotion, heaps(lines))
    steps = [each for each in promotion["steps"] if each["min_amount_minor"] <= whole]
    if not steps:
        return []
    step = max(steps, key=lambda each: each["min_amount_minor"])
    off = (
        min(step["off_minor"], whole) if "off_minor" in step else rounded(Fraction(whole * step["discount_bp"], 10_000))
    )
    return list(zip(lines, share_out(off, amounts_of(lines)), strict=True))


def per_pieces(promotion: Doc, heap: list[Line]) -> list[tuple[Line, int]]:
    """Return what so much off for each so many pieces comes to, never more than the goods cost."""
    off = min(pieces_of(heap) // promotion.get("per", 1) * promotion["off_minor"], sum(amounts_of(heap)))
    return list(zip(heap, share_out(off, amounts_of(heap)), strict=True))


def bundled(promotion: Doc, by_product: dict[str, list[Line]]) -> list[tuple[Line, int]]:
    """Return what a bundle takes off the lines of its parts."""
    parts = [(by_product.get(part["product_id"], []), part["quantity"]) for part in promotion["parts"]]
    sets = min(pieces_of(heap) // count for heap, count in parts)
    sets = min(sets, promotion.get("most") or sets)
    if not sets:
        return []
    worth = [rounded(Fraction(sum(amounts_of(heap)) * count * sets, pieces_of(heap))) for heap, count in parts]
    if promotion.get("price_minor") is not None:
        off = max(0, sum(worth) - sets * promotion["price_minor"])
    else:
        off = rounded(Fraction(sum(worth) * promotion["discount_bp"], 10_000))
    cuts = zip(parts, share_out(off, worth), strict=True)
    return [cut for (heap, _), share in cuts for cut in zip(heap, share_out(share, amounts_of(heap)), strict=True)]


def apply(promotion: Doc, lines: list[Line], code: str) -> None:
    """Take a promotion off the lines that it may touch."""
    open_lines = [line for line in lines if line.open_to(promotion)]
    for line, off in taken_off(promotion, open_lines) if open_lines else []:
        if off:
            line.amount -= off
            line.codes.append(code)
            line.promotions.append(promotion)


def gifts(promotion: Doc, lines: list[Line]) -> list[Doc]:
    """Return the goods that a promotion gives."""
    open_lines = [line for line in lines if line.open_to(promotion)]
    own = promotion.get("product_id")
    found = []
    for product_id, heap in sorted((heaps(open_lines) if own is None else {own: open_lines}).items()):
        times = pieces_of(heap) // promotion["buy"]
        times = min(times, promotion.get("most") or times)
        if times:
            because = sorted(line.number for line in heap)
            found.append(
                {"product_id": product_id, "pieces": times * promotion["give"], "promotion": promotion["code"]}
                | {"amount_minor": 0, "tax_minor": 0, "codes": ["list", "free"], "because_of": because}
            )
            for line in heap:
                line.promotions.append(promotion)
    return found


def tax(book: Doc, lines: list[Line]) -> None:
    """Put the tax of each class on its lines."""
    taxed = sorted((line for line in lines if line.item.get("tax_class")), key=lambda line: line.item["tax_class"])
    for name, group in groupby(taxed, key=lambda line: line.item["tax_class"]):
        of_class, rate = list(group), book["tax_rates"][name]
        base = sum(amounts_of(of_class))
        whole = rounded(Fraction(base * rate, 10_000 + rate if book["tax_included"] else 10_000))
        for line, share in zip(of_class, share_out(whole, amounts_of(of_class)), strict=True):
            line.tax = share
            line.codes.append("tax")


def price_order(book: Doc, buyer: Doc, told: list[Doc]) -> Doc:
    """Price an order for a buyer: `customer_id`, `tier` or None, `day` as text, `terms` (the document, or None)."""
    order = sorted(
        told,
        key=lambda e: (e["product_id"], e.get("unit", "each"), e["quantity"], e.get("discount_bp", 0), e["line"]),
    )
    lines = [Line(book, each) for each in order]
    for product_id, heap in heaps(lines).items():
        price, codes = price_of(book, buyer, product_id, pieces_of(heap))
        for line in heap:
            line.amount, line.codes = rounded(line.pieces * price), [*codes, "goods"]
    running = [
        each
        for each in sorted(book["promotions"], key=lambda each: (each.get("priority", 100), each["code"]))
        if within(each, buyer["day"])
        and (each.get("tiers") is None or buyer["tier"] in each["tiers"])
        and (each.get("customers") is None or buyer["customer_id"] in each["customers"])
    ]
    for promotion in (each for each in running if each["kind"] in LINE_KINDS):
        apply(promotion, lines, "promotion")
    free = [gift for each in running if each["kind"] == "free_goods" for gift in gifts(each, lines)]
    for line in lines:
        off = rounded(Fraction(line.amount * line.by_hand, 10_000))
        line.amount -= off
        line.codes += ["by_hand"] if off else []
    for promotion in (each for each in running if each["kind"] == "threshold"):
        apply(promotion, lines, "order_promotion")
    tax(book, lines)
    return summed(book, lines, [each for each in free if each["product_id"] in book["products"]])


def summed(book: Doc, lines: list[Line], free: list[Doc]) -> Doc:
    """Return the order as it is told: lines by number, free goods after them, and the totals."""
    paid = [
        {
            "line": line.number,
            "product_id": line.product_id,
            "pieces": line.pieces,
            "amount_minor": line.amount + (0 if book["tax_included"] else line.tax),
            "tax_minor": line.tax,
            "codes": line.codes,
            "promotion": None,
            "because_of": [],
        }
        for line in sorted(lines, key=lambda line: line.number)
    ]
    total = sum(each["amount_minor"] for each in paid)
    step = book["step_minor"]
    return {
        "lines": [*paid, *({"line": paid[-1]["line"] + at, **each} for at, each in enumerate(free, start=1))],
        "total_minor": total,
        "payable_minor": rounded(Fraction(total, step)) * step,
    }

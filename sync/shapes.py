"""What a phone holds of each entity, and whether its user may; `docs/sync-protocol.md` describes it for clients."""

from __future__ import annotations

from collections.abc import Mapping

from sync.shape import Shape
from sync.told.customers import ASSIGNMENT, CUSTOMER, NOTE, ORDER_CONTEXT
from sync.told.goods import AGREEMENT, PRICE_BOOK, PRODUCT, STOCK_LEVEL, TIER_DISCOUNT, TIER_PRICE, VAN_STOCK, WAREHOUSE
from sync.told.money import APPROVAL, INVOICE, PAYMENT, SETTLEMENT
from sync.told.orders import DELIVERY, GIFT_BUDGET, ORDER
from sync.told.plans import PLANNED_VISIT, ROUTE
from sync.told.visits import CAUSE_LIST, VISIT
from sync.told.work import MUTATION

SHAPES: Mapping[str, Shape] = {
    "agreement": AGREEMENT,
    "approval": APPROVAL,
    "assignment": ASSIGNMENT,
    "cause_list": CAUSE_LIST,
    "customer": CUSTOMER,
    "delivery": DELIVERY,
    "gift_budget": GIFT_BUDGET,
    "invoice": INVOICE,
    "mutation": MUTATION,
    "note": NOTE,
    "order": ORDER,
    "order_context": ORDER_CONTEXT,
    "payment": PAYMENT,
    "planned_visit": PLANNED_VISIT,
    "price_book": PRICE_BOOK,
    "product": PRODUCT,
    "route": ROUTE,
    "settlement": SETTLEMENT,
    "stock_level": STOCK_LEVEL,
    "tier_discount": TIER_DISCOUNT,
    "tier_price": TIER_PRICE,
    "van_stock": VAN_STOCK,
    "visit": VISIT,
    "warehouse": WAREHOUSE,
}

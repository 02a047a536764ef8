"""What things cost: asked for, agreed, promoted, tried before it is set."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import BOSSES, EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.prices.feed_schemas import FiledPricesSchema, PriceFeedSchema
from api.prices.schemas import (
    AgreementSchema,
    AgreementTrialQuery,
    BookVersionsSchema,
    ContractPriceSchema,
    ContractPricesSchema,
    ContractQuery,
    NewPromotionSchema,
    PricedOrderSchema,
    PriceTrialSchema,
    ProductPricingSchema,
    PromotionsSchema,
    PromotionTrialQuery,
    PromotionVersionSchema,
    QuoteSchema,
)
from api.settings import now
from fieldsales.customers.queries import require_customer_in_scope
from fieldsales.pricebooks import queries as books
from fieldsales.pricebooks import service as pricebooks
from fieldsales.pricebooks.models import ContractPrice
from fieldsales.pricebooks.rules import Break
from fieldsales.pricebooks.service import Agreement
from fieldsales.pricefeeds.service import file_prices
from fieldsales.pricing.rules import PricedOrder, Wanted
from fieldsales.promotions import queries, service
from fieldsales.promotions.models import PromotionVersion
from fieldsales.quotes.rules import Trial
from fieldsales.quotes.service import quote, try_agreement, try_promotion

prices = Resource("prices", __name__, url_prefix="/api/v1/prices", description="What an order costs, and why")
promotions = Resource("promotions", __name__, url_prefix="/api/v1/promotions", description="What is promoted, to whom")
contracts = Resource(
    "contract_prices", __name__, url_prefix="/api/v1/contract-prices", description="What is agreed with one customer"
)


@prices.on("POST", "/quote", roles=EVERYBODY, takes=QuoteSchema, gives=PricedOrderSchema, problems=[404, 422])
def quote_order(body: dict[str, Any]) -> PricedOrder:
    """What an order would cost a customer, line by line; nothing is saved"""
    wanted = [Wanted(**line | {"product_id": str(line["product_id"])}) for line in body["lines"]]
    return quote(session(), body["customer_id"], body["currency"], wanted, now=now(), by=actor())


@prices.on("GET", "/books", roles=EVERYBODY, gives=BookVersionsSchema)
def list_books() -> dict[str, Any]:
    """The versions of the price books that hold; phones pull them whole as `price_book`"""
    return {"price_books": books.current_books(session())}


@prices.on("POST", "/publish", roles=BOSSES, gives=BookVersionsSchema)
def publish() -> dict[str, Any]:
    """Publish the price books in which something has changed, by an import or because a policy has begun"""
    return {"price_books": pricebooks.publish_books(session(), now=now())}


@prices.on("POST", "/import", roles=BOSSES, takes=PriceFeedSchema, gives=FiledPricesSchema, problems=[403])
def import_prices(body: dict[str, Any]) -> dict[str, Any]:
    """Take over prices and promotions of another system, each from its day on

    Idempotent by what a row is about and its day; of two versions the higher one stands, whenever it comes. A row that
    cannot be used is told with its code, and the others are done. What holds now is published at once.
    """
    taken = file_prices(session(), [*body["prices"], *body["promotions"]], by=actor(), now=now())
    many = len(body["prices"])
    return {
        "prices": taken.rows[:many],
        "promotions": taken.rows[many:],
        "price_books": taken.price_books,
        "terms": taken.terms,
    }


@prices.on(
    "PUT",
    "/products/<uuid:product_id>",
    roles=BOSSES,
    takes=ProductPricingSchema,
    gives=BookVersionsSchema,
    problems=[403, 404, 422],
)
def price_product(body: dict[str, Any], product_id: uuid.UUID) -> dict[str, Any]:
    """Set a product's list price, tax class, units or quantity breaks; the price books that are new are told"""
    if "breaks" in body:
        body["breaks"] = [Break(**each) for each in body["breaks"]]
    pricebooks.set_pricing(session(), product_id, **body, now=now(), by=actor())
    return publish()


@promotions.on("GET", "", roles=EVERYBODY, gives=PromotionsSchema)
def list_promotions() -> dict[str, Any]:
    """The promotions that stand"""
    return {"promotions": queries.standing_promotions(session())}


@promotions.on("GET", "/<string:code>", roles=LEADERS, gives=PromotionsSchema, problems=[404])
def list_promotion_versions(code: str) -> dict[str, Any]:
    """Every version of a promotion, the latest first"""
    return {"promotions": queries.promotion_versions(session(), code)}


@promotions.on("POST", "", roles=BOSSES, takes=NewPromotionSchema, gives=PromotionVersionSchema, problems=[403, 422])
def put_promotion(body: dict[str, Any]) -> PromotionVersion:
    """Set a promotion; it takes the place of the one of its code

    Nothing is edited: the former version stays readable, and orders priced by it stay explained. Phones learn of it
    with the next price book, which is published at once.
    """
    version = service.put_promotion(session(), body["body"], note=body["note"], now=now(), by=actor())
    pricebooks.publish_books(session(), now=now())
    return version


@promotions.on("POST", "/dry-run", roles=BOSSES, takes=PromotionTrialQuery, gives=PriceTrialSchema, problems=[404, 422])
def try_out_promotion(body: dict[str, Any]) -> Trial:
    """What the last orders would cost under a promotion, before it is set"""
    return try_promotion(session(), body["body"], body["currency"], body["orders"], now=now(), by=actor())


@promotions.on("DELETE", "/<string:code>", roles=BOSSES, gives=PromotionVersionSchema, problems=[403, 404])
def withdraw_promotion(code: str) -> PromotionVersion:
    """Take a promotion back"""
    version = service.withdraw_promotion(session(), code, now=now(), by=actor())
    pricebooks.publish_books(session(), now=now())
    return version


@contracts.on("GET", "", roles=EVERYBODY, query=ContractQuery, gives=ContractPricesSchema, problems=[404])
def list_contract_prices(query: dict[str, Any]) -> dict[str, Any]:
    """What is agreed with a customer"""
    customer = require_customer_in_scope(session(), actor(), query["customer_id"])
    return {"contract_prices": books.contracts_with(session(), customer.id)}


@contracts.on("POST", "", roles=BOSSES, takes=AgreementSchema, gives=ContractPriceSchema, problems=[404, 422])
def agree_on_price(body: dict[str, Any]) -> ContractPrice:
    """Agree on a price with a customer; the same reference, product and quantity again takes its place"""
    found = pricebooks.agree(session(), Agreement(**body), now=now(), by=actor())
    pricebooks.publish_terms(session(), found.customer_id, now=now())
    return found


@contracts.on("POST", "/dry-run", roles=BOSSES, takes=AgreementTrialQuery, gives=PriceTrialSchema, problems=[404, 422])
def try_out_price(body: dict[str, Any]) -> Trial:
    """What the customer's last orders would cost under a contract price, before it is agreed"""
    orders = body.pop("orders")
    return try_agreement(session(), Agreement(**body), orders, now=now(), by=actor())


@contracts.on("DELETE", "/<uuid:contract_id>", roles=BOSSES, gives=ContractPriceSchema, problems=[404])
def end_contract_price(contract_id: uuid.UUID) -> ContractPrice:
    """End what was agreed; orders priced by it stay as they are"""
    found = books.require_contract(session(), contract_id)
    pricebooks.withdraw_contract(session(), found, now=now(), by=actor())
    pricebooks.publish_terms(session(), found.customer_id, now=now())
    return found

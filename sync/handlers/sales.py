"""Orders that a phone priced by a price book: version 2 of `order.submit`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from marshmallow import fields, validate

from fieldsales.amendments.service import NotASale
from fieldsales.errors import Invalid, NeedsDecision
from fieldsales.orders.models import Supply
from fieldsales.orders.service import Taken
from fieldsales.pricebooks.queries import BookNotFound
from fieldsales.sales.rules import Basis, Told, ToldLine
from fieldsales.sales.service import sell
from fieldsales.selling.rules import AgainstPolicy
from fieldsales.supplies.rules import SHORT
from fieldsales.units.rules import EACH
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.credit import follow_up
from sync.handlers.missing import waiting_for_it
from sync.wire import LARGEST_WHOLE, Strict, whole, words

KINDS = {"sale": Supply.DELIVERY, "van_sale": Supply.VAN, "pre_order": Supply.LATER}
"""What phones call it, and where the goods come from."""


class KeptToCorrect(NeedsDecision):
    """The order has a fault that a person can correct: it is kept with the code of the fault, and nothing is lost."""

    code = "order.to_correct"
    title = "The order must be corrected"

    def __init__(self, fault: Invalid | BookNotFound) -> None:
        super().__init__(fault.detail, mend=fault.mend, **fault.facts)
        vars(self)["code"], vars(self)["title"] = fault.code, fault.title


class BasisSchema(Strict):
    """What the phone priced by: versions of the price book and the customer's terms, its tier, and the day there."""

    book = words(64, required=True)
    terms = words(64, load_default=None, allow_none=True)
    tier = words(8, load_default=None, allow_none=True)
    day = fields.Date(required=True)


class ToldLineSchema(Strict):
    """A line as the customer was told it; amounts in minor units. `promotion` is that which gave the goods."""

    line = whole(1, 100_000, required=True)
    product_id = fields.UUID(required=True)
    unit = words(20, load_default=EACH)
    quantity = whole(-LARGEST_WHOLE, required=True)
    discount_bp = whole(-LARGEST_WHOLE, load_default=0)
    amount_minor = whole(-LARGEST_WHOLE, required=True)
    tax_minor = whole(-LARGEST_WHOLE, load_default=0)
    promotion = words(40, load_default=None, allow_none=True)


class PricedSubmitSchema(Strict):
    """`order.submit`, version 2: what each line costs with its tax, and what it was priced by.

    The goods of a `van_sale` left the rep's own van at once; a `pre_order` says on which day they are wanted.
    """

    order_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    basis = fields.Nested(BasisSchema, required=True)
    lines = fields.List(fields.Nested(ToldLineSchema), required=True)
    total_minor = whole(-LARGEST_WHOLE, required=True)
    kind = fields.String(load_default="sale", validate=validate.OneOf([*KINDS]))
    wanted_on = fields.Date(load_default=None, allow_none=True)


@contextmanager
def kept_to_correct() -> Iterator[None]:
    """Keep what has a fault, instead of refusing it; what the policy refuses is refused."""
    try:
        yield
    except (AgainstPolicy, NotASale):
        raise
    except (Invalid, BookNotFound) as fault:
        raise KeptToCorrect(fault) from fault


def priced(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return data with its basis and its lines as values. Raises what these raise for what cannot be."""
    lines = tuple(ToldLine(**line) for line in data["lines"])
    return {**data, "basis": Basis(**data["basis"]), "lines": lines}


def _submit(context: Context, data: dict[str, Any]) -> Applied:
    taken = Taken(context.rep_id, context.at, context.clock_flags, context.approved)
    with kept_to_correct(), waiting_for_it():
        supply = KINDS[data.pop("kind")]
        order = sell(context.session, Told(**priced(data), supply=supply), taken, kind=str(supply))
    follow_up(context, order)
    result = {
        "order_id": str(order.id),
        "ordered_on": order.ordered_on.isoformat(),
        "currency": order.currency,
        "amount_minor": order.amount_minor,
        "tax_minor": order.tax_minor,
    }
    return Applied(result, tuple(order.flags), review=SHORT in order.flags)


SUBMIT = Handler(PricedSubmitSchema(), ("order", "order_id"), _submit)

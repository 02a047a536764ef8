"""Stock as it is told, and what is done with goods."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import PageQuery, day, page_of
from fieldsales.counts.models import CountState
from fieldsales.loads.rules import Errand
from fieldsales.stock.models import Condition, StockCause
from fieldsales.stock.rules import MOST_PIECES
from sync.wire import Flag, Strict, whole, words

MOST_ROWS = 1000


class InPlaceSchema(Schema):
    """What there is of a product in one condition: on hand, promised to orders (`reserved`), and `free`."""

    product_id = fields.UUID(required=True, attribute="product.id")
    sku = fields.String(required=True, attribute="product.sku")
    name = fields.String(required=True, attribute="product.name")
    condition = fields.String(required=True, attribute="balance.condition")
    on_hand = fields.Integer(required=True, attribute="balance.on_hand")
    reserved = fields.Integer(required=True, attribute="balance.reserved")
    free = fields.Integer(required=True)
    settled_at = fields.DateTime(required=True, allow_none=True, attribute="balance.settled_at")
    expected_on = fields.Date(required=True, allow_none=True, attribute="balance.expected_on")
    expected_units = fields.Integer(required=True, allow_none=True, attribute="balance.expected_units")


class StockQuery(PageQuery):
    """Of which place; `text` is looked for in number and name."""

    warehouse = fields.UUID(required=True)
    text = words(80)
    negative = fields.Boolean(load_default=False, metadata={"description": "only what is below 0"})


class StockMoveSchema(Schema):
    """Pieces that left one place for another (null: the world outside). Never changed."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    cause = fields.String(required=True)
    source_id = fields.UUID(required=True, allow_none=True)
    day = fields.Date(required=True)
    at = fields.DateTime(required=True)
    product_id = fields.UUID(required=True)
    quantity = fields.Integer(required=True)
    condition = fields.String(required=True)
    from_id = fields.UUID(required=True, allow_none=True)
    to_id = fields.UUID(required=True, allow_none=True)
    rep_id = fields.UUID(required=True, allow_none=True)


class MoveQuery(PageQuery):
    """Which moves; all filters must apply."""

    warehouse = fields.UUID()
    product = fields.UUID()
    cause = fields.Enum(StockCause, by_value=True)
    day = day()


class PiecesSchema(Strict):
    """A product and how many pieces."""

    product_id = fields.UUID(required=True)
    pieces = whole(1, MOST_PIECES, required=True)


class ErrandSchema(Strict):
    """What is moved between which places. The same `id` again moves nothing."""

    id = fields.UUID(load_default=None, allow_none=True)
    errand = fields.Enum(Errand, by_value=True, required=True)
    from_id = fields.UUID(load_default=None, allow_none=True)
    to_id = fields.UUID(load_default=None, allow_none=True)
    condition = fields.Enum(Condition, by_value=True, load_default=Condition.SELLABLE)
    lines = fields.List(fields.Nested(PiecesSchema), required=True, validate=validate.Length(min=1, max=MOST_ROWS))
    dry_run = Flag(load_default=False)


class StockMovedSchema(Schema):
    """The entry in the books."""

    entry_id = fields.UUID(required=True)
    dry_run = fields.Boolean(required=True)


class ShortageSchema(Schema):
    """What is below 0 somewhere, and the moves that it was made of, the last one first."""

    warehouse_id = fields.UUID(required=True, attribute="place.balance.warehouse_id")
    product_id = fields.UUID(required=True, attribute="place.product.id")
    sku = fields.String(required=True, attribute="place.product.sku")
    on_hand = fields.Integer(required=True, attribute="place.balance.on_hand")
    moves = fields.List(fields.Nested(StockMoveSchema), required=True)


class ShortagesSchema(Schema):
    """All that is below 0; a count settles it."""

    shortages = fields.List(fields.Nested(ShortageSchema), required=True)


class ReservationSchema(Schema):
    """What a line of an order was promised; `lacking` pieces are on back-order, expected on `expected_on` if known."""

    id = fields.UUID(required=True)
    order_id = fields.UUID(required=True)
    line_no = fields.Integer(required=True)
    warehouse_id = fields.UUID(required=True)
    product_id = fields.UUID(required=True)
    wanted = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    issued = fields.Integer(required=True)
    lacking = fields.Integer(required=True)
    asked_at = fields.DateTime(required=True)
    expected_on = fields.Date(required=True, allow_none=True)
    ended_at = fields.DateTime(required=True, allow_none=True)


class ReservationQuery(PageQuery):
    """Which promises; with `lacking` only back-orders."""

    warehouse = fields.UUID()
    order = fields.UUID()
    product = fields.UUID()
    lacking = fields.Boolean(load_default=False)


class ProposedSchema(Schema):
    """A product that the customers of the day are due to buy, how much, and how much of it to load."""

    product_id = fields.UUID(required=True)
    customers = fields.Integer(required=True)
    expected = fields.Integer(required=True)
    in_van = fields.Integer(required=True)
    to_load = fields.Integer(required=True)
    lacking = fields.Integer(required=True)


class ProposalQuery(Strict):
    """For which van and which day."""

    van = fields.UUID(required=True)
    day = day(required=True)


class LoadProposalSchema(Schema):
    """What to load, from which house; nothing is moved."""

    van_id = fields.UUID(required=True)
    from_id = fields.UUID(required=True, allow_none=True)
    day = fields.Date(required=True)
    lines = fields.List(fields.Nested(ProposedSchema), required=True)


class CountLineSchema(Schema):
    """What the books had, and what was counted (null: not yet)."""

    product_id = fields.UUID(required=True)
    condition = fields.String(required=True)
    expected = fields.Integer(required=True)
    counted = fields.Integer(required=True, allow_none=True)


class CountSchema(Schema):
    """A count sheet."""

    id = fields.UUID(required=True)
    warehouse_id = fields.UUID(required=True)
    state = fields.String(required=True)
    started_at = fields.DateTime(required=True)
    started_by = fields.UUID(required=True, allow_none=True)
    counted_at = fields.DateTime(required=True, allow_none=True)
    counted_by = fields.UUID(required=True, allow_none=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    note = fields.String(required=True)
    lines = fields.List(fields.Nested(CountLineSchema), required=True)


class CountQuery(PageQuery):
    """Which counts."""

    state = fields.Enum(CountState, by_value=True)


class NewCountSchema(Strict):
    """Where to count, and what (null: all that the books have there)."""

    warehouse_id = fields.UUID(required=True)
    products = fields.List(fields.UUID(), load_default=None, allow_none=True, validate=validate.Length(1, MOST_ROWS))
    note = words(500, 0, load_default="")


class CountedSchema(Strict):
    """A product in a condition, and how many pieces there are."""

    product_id = fields.UUID(required=True)
    condition = fields.Enum(Condition, by_value=True, load_default=Condition.SELLABLE)
    counted = whole(0, MOST_PIECES, required=True)


class EnteredSchema(Strict):
    """What was counted."""

    lines = fields.List(fields.Nested(CountedSchema), required=True, validate=validate.Length(min=1, max=MOST_ROWS))


class EndSchema(Strict):
    """When the counting ended (null: just now)."""

    counted_at = fields.AwareDateTime(load_default=None, allow_none=True)


class TellRowSchema(Strict):
    """How many pieces of a product there were, and what is expected to come in."""

    sku = words(80, required=True)
    pieces = whole(-MOST_PIECES, MOST_PIECES, required=True)
    expected_on = day(load_default=None, allow_none=True)
    expected_pieces = whole(0, MOST_PIECES, load_default=None, allow_none=True)


class TellingSchema(Strict):
    """Stock as another system knows it, by its own `reference`. The warehouse is named by code or by its name there."""

    reference = words(80, required=True)
    warehouse = words(80, required=True)
    as_of = fields.AwareDateTime(required=True)
    rows = fields.List(fields.Nested(TellRowSchema), required=True, validate=validate.Length(min=1, max=10_000))


class ToldStockSchema(Schema):
    """What became of one row: `corrected`, `same`, `older` (changed nothing), or `refused` with its code."""

    sku = fields.String(required=True)
    fate = fields.String(required=True)
    before = fields.Integer(required=True, allow_none=True)
    after = fields.Integer(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)


class ToldStockRowsSchema(Schema):
    """What became of each row, in their order."""

    rows = fields.List(fields.Nested(ToldStockSchema), required=True)


InPlacePageSchema = page_of(InPlaceSchema)
StockMovePageSchema = page_of(StockMoveSchema)
ReservationPageSchema = page_of(ReservationSchema)
CountPageSchema = page_of(CountSchema)

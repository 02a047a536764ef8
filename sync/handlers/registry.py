"""Every mutation that this server understands, by type and version."""

from __future__ import annotations

from collections.abc import Mapping

from sync.handlers import (
    amendments,
    customers,
    deliveries,
    exchanges,
    gifts,
    notes,
    orders,
    payments,
    photos,
    refunds,
    returns,
    sales,
    settlements,
    summaries,
    surveys,
    tracking,
    tracks,
    visits,
)
from sync.handlers.context import Handler

HANDLERS: Mapping[tuple[str, int], Handler] = {
    ("visit.check_in", 1): visits.CHECK_IN,
    ("visit.check_out", 1): visits.CHECK_OUT,
    ("photo.attach", 1): photos.ATTACH,
    ("visit.summarize", 1): summaries.SUMMARIZE,
    ("visit.survey", 1): surveys.SURVEY,
    ("order.submit", 1): orders.SUBMIT,
    ("order.submit", 2): sales.SUBMIT,
    ("order.amend", 1): amendments.AMEND,
    ("order.amend", 2): amendments.AMEND_PRICED,
    ("order.cancel", 1): amendments.CANCEL,
    ("return.submit", 1): returns.SUBMIT,
    ("return.submit", 2): refunds.SUBMIT,
    ("exchange.submit", 1): exchanges.SUBMIT,
    ("exchange.cancel", 1): exchanges.CANCEL,
    ("gift.submit", 1): gifts.SUBMIT,
    ("payment.collect", 1): payments.COLLECT,
    ("delivery.report", 1): deliveries.REPORT,
    ("settlement.sign", 1): settlements.SIGN,
    ("note.add", 1): notes.ADD,
    ("track.points", 1): tracks.POINTS,
    ("tracking.answer", 1): tracking.ANSWER,
    ("customer.propose", 1): customers.PROPOSE,
    ("customer.update", 1): customers.UPDATE,
}

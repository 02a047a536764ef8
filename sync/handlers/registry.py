"""Every mutation that this server understands, by type and version."""

from __future__ import annotations

from collections.abc import Mapping

from sync.handlers import orders, photos, visits
from sync.handlers.context import Handler

HANDLERS: Mapping[tuple[str, int], Handler] = {
    ("visit.check_in", 1): visits.CHECK_IN,
    ("visit.check_out", 1): visits.CHECK_OUT,
    ("photo.attach", 1): photos.ATTACH,
    ("order.submit", 1): orders.SUBMIT,
}

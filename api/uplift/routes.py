"""Did it help? What customers bought after visits, beside what they would have bought anyway."""

from __future__ import annotations

from api.database import session
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.settings import now
from api.uplift.schemas import UpliftQuery, UpliftSchema
from fieldsales.uplift.queries import uplift_seen_by
from fieldsales.uplift.rules import Uplift, Wanted

uplift = Resource("uplift", __name__, url_prefix="/api/v1/uplift", description="What visits achieved")


@uplift.on("GET", "", roles=LEADERS, query=UpliftQuery, gives=UpliftSchema, rows="rows.effects", problems=[422])
def read_uplift(query: Wanted) -> Uplift:
    """What visits achieved, each source beside its control, with 95 % intervals

    Of the customers whom I may see, by default over the last year. Experiments compare by lot; observations do not, and
    say so. docs/uplift.md tells what may be concluded.
    """
    return uplift_seen_by(session(), actor(), query, now())

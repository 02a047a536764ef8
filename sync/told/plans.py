"""What a phone holds of the days that were planned for its user."""

from __future__ import annotations

from fieldsales.planning.models import PlannedVisit, Route, RouteStop
from sync.shape import Children, Shape, own

PLANNED_VISIT = Shape(
    columns=(
        PlannedVisit.id,
        PlannedVisit.customer_id,
        PlannedVisit.day,
        PlannedVisit.source,
        PlannedVisit.reason,
        PlannedVisit.value,
        PlannedVisit.status,
        PlannedVisit.left_out_code,
        PlannedVisit.left_out_reason,
        PlannedVisit.skip_code,
        PlannedVisit.skip_reason,
        PlannedVisit.version,
        PlannedVisit.asks_cause,
        PlannedVisit.promotion,
    ),
    visible=own(PlannedVisit.rep_id),
)

ROUTE = Shape(
    columns=(
        Route.id,
        Route.day,
        Route.starts_at,
        Route.ends_at,
        Route.lunch_at,
        Route.lunch_minutes,
        Route.travel_s,
        Route.wait_s,
        Route.service_s,
        Route.distance_m,
        Route.home_travel_s,
        Route.home_distance_m,
    ),
    visible=own(Route.rep_id),
    children=(
        Children(
            "stops",
            RouteStop.route_id,
            (
                RouteStop.position,
                RouteStop.planned_visit_id,
                RouteStop.arrival_at,
                RouteStop.wait_s,
                RouteStop.service_s,
                RouteStop.departure_at,
                RouteStop.travel_s,
                RouteStop.distance_m,
            ),
            order=(RouteStop.position,),
        ),
    ),
)

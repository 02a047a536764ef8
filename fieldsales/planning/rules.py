"""What stands against a visit on a day."""

from __future__ import annotations

from fieldsales.errors import Conflict, Invalid, NotFound


class DayOver(Conflict):
    """Plans are made for today and for days to come."""

    code = "plan.day_over"
    title = "That day is over"


class NotServed(Invalid):
    """A visit is planned only for a rep who serves the customer."""

    code = "plan.not_served"
    title = "The rep does not serve this customer"


class AlreadyPlanned(Conflict):
    """One rep a day goes to a customer: no two meet at a door."""

    code = "plan.already_planned"
    title = "Another rep visits this customer that day"


class AnomalyNotOpen(NotFound):
    """There is no such anomaly, or it is closed."""

    code = "anomaly.not_open"
    title = "There is no such open anomaly"

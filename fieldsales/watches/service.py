"""Making rules, reviewing and ending them."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.alerts.models import Severity
from fieldsales.audit.service import record
from fieldsales.mail import tidy_address
from fieldsales.people.models import Role
from fieldsales.people.queries import covers_everything, require_person_in_scope, require_territory_in_scope
from fieldsales.people.rules import Actor
from fieldsales.readings.rules import check_currency, is_sum, measured
from fieldsales.registry.rules import Dimension, Measure, check_askable, check_told
from fieldsales.spans.rules import Compared
from fieldsales.watches.models import Watch
from fieldsales.watches.queries import require_watch
from fieldsales.watches.rules import Condition, Grain, Kind, NotYourWatch, WatchInvalid, Window, check_window
from fieldsales.webhooks.queries import require_webhook

LONGEST_REVIEW = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to tell where nobody has acknowledged an alert after so many minutes."""

    after_minutes: int
    mails: tuple[str, ...] = ()
    webhooks: tuple[uuid.UUID, ...] = ()

    def told(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        webhooks = [str(each) for each in self.webhooks]
        return {"after_minutes": self.after_minutes, "mails": list(self.mails), "webhooks": webhooks}


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as somebody writes it; what each field means stands at `models.Watch`."""

    name: str
    measure: str
    grain: Grain
    window: Window
    condition: Condition
    owner_id: uuid.UUID
    review_on: date
    days: int | None = None
    currency: str | None = None
    territory_id: uuid.UUID | None = None
    brand: str | None = None
    category: str | None = None
    tier: str | None = None
    compared: Compared | None = None
    severity: Severity = Severity.WARNING
    owner_mail: str | None = None
    mails: tuple[str, ...] = ()
    webhooks: tuple[uuid.UUID, ...] = ()
    quiet_from: time | None = None
    quiet_to: time | None = None
    digest_at: time | None = None
    language: str = "en"
    escalation: tuple[Step, ...] = field(default_factory=tuple)
    every_minutes: int = 60

    def columns(self) -> dict[str, Any]:
        """Return the columns of the table."""
        plain = {name: value for name, value in asdict(self).items() if name not in ("condition", "escalation")}
        return plain | {
            "kind": self.condition.kind,
            "op": self.condition.op,
            "value": self.condition.value,
            "least": self.condition.least,
            "compared": str(self.compared) if self.compared else None,
            "mails": [tidy_address(each) for each in self.mails],
            "owner_mail": tidy_address(self.owner_mail) if self.owner_mail else None,
            "webhooks": [str(each) for each in self.webhooks],
            "escalation": [each.told() for each in self.escalation],
        }


def draft_watch(session: Session, draft: Draft, *, by: Actor | None, now: datetime) -> Watch:
    """Return a rule that is checked and in no session yet, to try it.

    Raises `WatchInvalid`, `NotYourWatch`, `MeasureUnknown`, `NotAskable`, `BadAddress`, and what looking up its
    territory, owner and webhooks raises.
    """
    _check(session, draft, by, now)
    made_by = by.user_id if by else None
    return Watch(**draft.columns(), next_at=now, made_by=made_by, made_at=now)


def add_watch(session: Session, draft: Draft, *, by: Actor | None, now: datetime) -> Watch:
    """Make a rule; it is looked at with the next round. Raises what `draft_watch` raises."""
    watch = draft_watch(session, draft, by=by, now=now)
    session.add(watch)
    session.flush()
    _note(session, "alert_rule.add", watch, by, now, name=watch.name, measure=watch.measure)
    return watch


def change_watch(session: Session, watch_id: uuid.UUID, draft: Draft, *, by: Actor | None, now: datetime) -> Watch:
    """Write a rule anew. Its open alerts stay open as long as the new rule finds them. Raises what `add_watch` does."""
    watch = require_watch(session, by, watch_id)
    _check(session, draft, by, now)
    columns = draft.columns()
    changed = sorted(name for name, value in columns.items() if getattr(watch, name) != value)
    for name, value in columns.items():
        setattr(watch, name, value)
    watch.next_at = now
    session.flush()
    _note(session, "alert_rule.change", watch, by, now, changed=changed)
    return watch


def review_watch(
    session: Session, watch_id: uuid.UUID, review_on: date, note: str, *, by: Actor | None, now: datetime
) -> Watch:
    """Say that a rule is still right, until another day of review. Raises `WatchNotFound`, `WatchInvalid`."""
    watch = require_watch(session, by, watch_id)
    _check_review(review_on, now)
    before, watch.review_on = watch.review_on, review_on
    session.flush()
    _note(session, "alert_rule.review", watch, by, now, before=str(before), after=str(review_on), note=note)
    return watch


def end_watch(session: Session, watch_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Watch:
    """End a rule; `lookouts` resolves what it left open. Raises `WatchNotFound`."""
    watch = require_watch(session, by, watch_id)
    watch.ended_at = watch.next_at = now
    session.flush()
    _note(session, "alert_rule.end", watch, by, now, name=watch.name)
    return watch


def _check(session: Session, draft: Draft, by: Actor | None, now: datetime) -> None:
    measure = measured(draft.measure)
    check_told(measure, by.role if by else None)
    check_currency(measure, draft.currency)
    check_window(draft.window, draft.days)
    _check_scope(session, draft, by)
    _check_measure(draft, measure)
    _check_review(draft.review_on, now)
    owner = require_person_in_scope(session, by, draft.owner_id)
    if owner.role is Role.REP or not owner.active:
        raise WatchInvalid(f"{owner.name} cannot own a rule.", mend="Name a supervisor or a manager.", field="owner_id")
    for each in (*draft.webhooks, *(one for step in draft.escalation for one in step.webhooks)):
        if "alert" not in require_webhook(session, each).topics:
            raise WatchInvalid(f"The webhook {each} is told no alerts.", mend="Make one with the topic “alert”.")
    if (draft.quiet_from is None) != (draft.quiet_to is None):
        raise WatchInvalid("Quiet hours have a beginning and an end.", mend="Give both.", field="quiet_to")
    waits = [each.after_minutes for each in draft.escalation]
    if waits != sorted(set(waits)) or any(each <= 0 for each in waits):
        raise WatchInvalid("Steps of escalation come one after the other.", mend="Give each more minutes.")
    for address in (one for step in draft.escalation for one in step.mails):
        tidy_address(address)


def _check_scope(session: Session, draft: Draft, by: Actor | None) -> None:
    if draft.territory_id is not None:
        require_territory_in_scope(session, by, draft.territory_id)
    elif not covers_everything(session, by):
        raise NotYourWatch("The rule is over all territories.", mend="Name one of yours.", field="territory_id")


def _check_measure(draft: Draft, measure: Measure) -> None:
    if draft.condition.kind is Kind.TARGET:
        return
    if draft.grain is not Grain.WHOLE:
        check_askable(measure, [Dimension(draft.grain)])
    filters = {Dimension.BRAND: draft.brand, Dimension.CATEGORY: draft.category, Dimension.TIER: draft.tier}
    check_askable(measure, [each for each, value in filters.items() if value is not None])
    if draft.condition.needs_before != (draft.compared is not None):
        raise WatchInvalid("Against which period?", mend="A change, or “least”, needs “compared”; nothing else does.")
    if draft.condition.kind is Kind.ABSENCE and not is_sum(measure):
        raise WatchInvalid(f"{measure.code} cannot be absent.", mend="Choose a sum, such as orders.", field="measure")


def _check_review(review_on: date, now: datetime) -> None:
    if not now.date() < review_on <= now.date() + LONGEST_REVIEW:
        raise WatchInvalid(f"{review_on} is no day of review.", mend="Choose one within two years.", field="review_on")


def _note(session: Session, action: str, watch: Watch, by: Actor | None, now: datetime, **facts: object) -> None:
    record(session, action, ("watch", watch.id), actor_id=by.user_id if by else None, now=now, **facts)

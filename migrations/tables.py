"""Every table of every room, so that `metadata` is whole."""
# ruff: noqa: F401 -- imported so that their tables exist

from __future__ import annotations

import fieldsales.accesses.models
import fieldsales.adjustments.models
import fieldsales.alerts.models
import fieldsales.anomalies.models
import fieldsales.approvals.models
import fieldsales.arrangements.models
import fieldsales.attempts.models
import fieldsales.audit.models
import fieldsales.budgets.models
import fieldsales.calendars.models
import fieldsales.catalog.models
import fieldsales.changes.models
import fieldsales.conduct.models
import fieldsales.contexts.models
import fieldsales.counts.models
import fieldsales.covers.models
import fieldsales.credits.models
import fieldsales.customers.models
import fieldsales.deliveries.models
import fieldsales.disputes.models
import fieldsales.feeds.models
import fieldsales.imports.models
import fieldsales.intakes.models
import fieldsales.integrity.models
import fieldsales.invoices.models
import fieldsales.jobs.models
import fieldsales.journeys.models
import fieldsales.ledger.models
import fieldsales.letters.models
import fieldsales.mailings.models
import fieldsales.mutes.models
import fieldsales.notes.models
import fieldsales.notices.models
import fieldsales.orders.models
import fieldsales.overrides.models
import fieldsales.payruns.models
import fieldsales.people.models
import fieldsales.pictures.models
import fieldsales.planning.models
import fieldsales.policies.models
import fieldsales.pricebooks.models
import fieldsales.privacy.models
import fieldsales.promotions.models
import fieldsales.receipts.models
import fieldsales.receivables.models
import fieldsales.reservations.models
import fieldsales.rollups.models
import fieldsales.schemes.models
import fieldsales.searches.models
import fieldsales.settlements.models
import fieldsales.snapshots.models
import fieldsales.steps.models
import fieldsales.stock.models
import fieldsales.surveys.models
import fieldsales.targets.models
import fieldsales.tiers.models
import fieldsales.trackers.models
import fieldsales.tracks.models
import fieldsales.units.models
import fieldsales.visits.models
import fieldsales.warehouses.models
import fieldsales.watches.models
import fieldsales.webhooks.models
import sync.models
from fieldsales.db.base import Base

metadata = Base.metadata

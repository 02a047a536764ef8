"""The composition root: everything that the server is made of, put together in one place."""

from __future__ import annotations

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

import migrations.tables  # noqa: F401 -- a table may refer to one that no route imports
from api.accounts.routes import accounts
from api.alert_rules.routes import alert_rules
from api.alerts.routes import alerts
from api.anomalies.routes import anomalies
from api.approvals.routes import approvals
from api.arrangements.routes import arrangements
from api.auth import browser  # noqa: F401 -- routes of `auth`
from api.auth.routes import auth
from api.causes.routes import causes
from api.chores import add_chores
from api.console.routes import console
from api.converters import document_converters, fill_in_me, install_converters
from api.covers.routes import covers
from api.customers.routes import customers
from api.database import connect
from api.days.files import roadbooks
from api.days.routes import days
from api.days_off.routes import days_off
from api.deliveries.routes import deliveries
from api.devices.routes import devices
from api.documentation.routes import serve_documentation
from api.edge import Edge, add_headers, name_request
from api.edits.routes import planned_visits
from api.events.routes import events
from api.exports.routes import exports
from api.feeds.routes import calendars, reps_calendars
from api.gift_budgets.routes import gift_budgets
from api.guard import enforce
from api.health import health
from api.holdout.routes import holdout
from api.imports.routes import files_to_import
from api.imports.runner import install_imports
from api.invoices.routes import invoices
from api.jobs.routes import jobs
from api.journeys.routes import journeys
from api.limits import limit_guesses
from api.map.routes import map_
from api.metrics.routes import metrics
from api.mutes.routes import mutes
from api.openapi import document
from api.outings.routes import outings
from api.packing.answers import pack_answers
from api.pay_corrections.routes import pay_corrections
from api.pay_disputes.routes import pay_disputes
from api.pay_runs.routes import pay_runs
from api.payments.routes import payments
from api.people.routes import me, people
from api.photos.routes import photos
from api.picking.routes import picking
from api.planner import install_planner
from api.plans.routes import plans
from api.policies.routes import policies
from api.prices.routes import contracts, prices, promotions
from api.problems import handle_problems
from api.products.routes import products
from api.receipts.routes import receipts
from api.receivables.routes import receivables
from api.replans.routes import replan_day  # noqa: F401 -- a route of `days`
from api.reports.routes import reports, subscriptions
from api.results.routes import measures, results
from api.review.routes import review
from api.schemes.routes import schemes
from api.searches.routes import route_searches
from api.searches.runner import install_searches
from api.settings import furnish
from api.settlements.routes import settlements
from api.stock.counts import counts
from api.stock.routes import stock, stock_feed
from api.sync.bootstrap import bootstrap
from api.sync.changes import changes
from api.sync.files import receive_files, uploads
from api.sync.hand_in import hand_in
from api.sync.limits import limits
from api.sync.routes import offline
from api.sync.rxdb import rxdb
from api.sync.sightings import install_sightings
from api.sync.stream import install_streams, stream
from api.sync.versions import install_versions
from api.sync.watermelon import watermelon
from api.targets.routes import targets
from api.team.routes import team
from api.territories.routes import territories
from api.tiers.routes import tiers
from api.tokens import install_tokens
from api.trackers.routes import my_trackers, reps_trackers, trackers
from api.tracking.routes import my_tracking, tracking
from api.uplift.routes import uplift
from api.visits.routes import geofences, visits
from api.warehouses.routes import warehouses
from api.webhooks.routes import webhooks
from fieldsales.clock import Clock, utc_now
from fieldsales.config import Settings
from fieldsales.db.engine import make_engine

RESOURCES = (
    auth,
    me,
    people,
    territories,
    devices,
    customers,
    accounts,
    tiers,
    arrangements,
    products,
    prices,
    promotions,
    contracts,
    warehouses,
    stock,
    counts,
    stock_feed,
    receivables,
    invoices,
    payments,
    approvals,
    settlements,
    schemes,
    pay_runs,
    pay_disputes,
    pay_corrections,
    deliveries,
    picking,
    visits,
    geofences,
    outings,
    my_tracking,
    tracking,
    my_trackers,
    reps_trackers,
    trackers,
    receipts,
    exports,
    files_to_import,
    webhooks,
    jobs,
    policies,
    gift_budgets,
    holdout,
    anomalies,
    causes,
    uplift,
    targets,
    alerts,
    alert_rules,
    mutes,
    results,
    measures,
    plans,
    route_searches,
    journeys,
    days_off,
    covers,
    planned_visits,
    days,
    roadbooks,
    reps_calendars,
    calendars,
    team,
    reports,
    subscriptions,
    events,
    map_,
    offline,
    changes,
    bootstrap,
    limits,
    rxdb,
    stream,
    uploads,
    photos,
    review,
    hand_in,
    watermelon,
)


class PlainJson(DefaultJSONProvider):
    """Fields in the order of their schema, and names of shops in their own script."""

    sort_keys = False
    ensure_ascii = False


def create_app(settings: Settings, *, engine: Engine | None = None, clock: Clock = utc_now) -> Flask:
    """Return the server as a WSGI application.

    Raises `BadSetting` if the settings cannot be served with. The database need not answer yet.
    """
    add_chores()
    app = Edge(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_mb * 1024 * 1024
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.json = PlainJson(app)
    furnish(app, settings, clock)
    engine = engine or make_engine(settings.database_url)
    connect(app, engine)
    install_planner(app, settings, engine)
    install_searches(app, settings, engine, clock)
    install_imports(app, settings, engine, clock)
    install_streams(app, settings, engine)
    install_tokens(app, settings)
    handle_problems(app)
    app.before_request(name_request)
    pack_answers(app)
    app.before_request(enforce)
    app.before_request(fill_in_me)
    install_converters(app)
    app.after_request(add_headers)
    api = document(app)
    document_converters(api)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    app.register_blueprint(health)
    app.register_blueprint(metrics)
    serve_documentation(app, api)
    app.register_blueprint(console)
    receive_files(app)
    install_sightings(app)
    install_versions(app, settings)
    limit_guesses(
        app,
        settings,
        logging_in=("auth.log_in", "auth.log_in_browser"),
        changing="me.change_my_password",
        handing_in="hand_in.hand_in_work",
        tracking=("trackers.take_from_owntracks", "trackers.take_from_traccar", "trackers.take_from_osmand"),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app

"""The composition root: everything that the server is made of, put together in one place."""

from __future__ import annotations

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

import migrations.tables  # noqa: F401 -- a table may refer to one that no route imports
from api.anomalies.routes import anomalies
from api.auth.routes import auth
from api.converters import document_converters, fill_in_me, install_converters
from api.customers.routes import customers
from api.database import connect
from api.days.routes import days
from api.devices.routes import devices
from api.documentation.routes import serve_documentation
from api.edge import Edge, add_headers, name_request
from api.guard import enforce
from api.health import health
from api.limits import limit_guesses
from api.openapi import document
from api.people.routes import me, people
from api.planner import install_planner
from api.plans.routes import plans
from api.policies.routes import policies
from api.problems import handle_problems
from api.products.routes import products
from api.settings import furnish
from api.sync.files import photos, receive_files
from api.sync.routes import offline
from api.team.routes import team
from api.territories.routes import territories
from api.tokens import install_tokens
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
    products,
    policies,
    anomalies,
    plans,
    days,
    team,
    offline,
    photos,
)


class PlainJson(DefaultJSONProvider):
    """Fields in the order of their schema, and names of shops in their own script."""

    sort_keys = False
    ensure_ascii = False


def create_app(settings: Settings, *, engine: Engine | None = None, clock: Clock = utc_now) -> Flask:
    """Return the server as a WSGI application.

    Raises `BadSetting` if the settings cannot be served with. The database need not answer yet.
    """
    app = Edge(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_mb * 1024 * 1024
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.json = PlainJson(app)
    furnish(app, settings, clock)
    engine = engine or make_engine(settings.database_url)
    connect(app, engine)
    install_planner(app, settings, engine)
    install_tokens(app, settings)
    handle_problems(app)
    app.before_request(name_request)
    app.before_request(enforce)
    app.before_request(fill_in_me)
    install_converters(app)
    app.after_request(add_headers)
    api = document(app)
    document_converters(api)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    app.register_blueprint(health)
    serve_documentation(app, api)
    receive_files(app)
    limit_guesses(app, settings, logging_in="auth.log_in", changing="me.change_my_password")
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app

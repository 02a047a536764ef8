"""The OpenAPI document, a page to browse it with, and the list of errors: all served from this machine."""

from __future__ import annotations

from pathlib import Path

import swagger_ui_bundle
from flask import Blueprint, Flask, Response, current_app, redirect, render_template, send_from_directory, url_for
from werkzeug.wrappers import Response as PlainResponse

from api.catalogue import loaded_errors
from api.guard import public
from api.openapi import Documentation
from fieldsales.registry.rules import MEASURES

_ASSETS = Path(swagger_ui_bundle.swagger_ui_path)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_EXTENSION = "fieldsales-documentation"
pages = Blueprint("documentation", __name__, template_folder="templates", static_folder=None)


def serve_documentation(app: Flask, api: Documentation) -> None:
    """Serve the documentation that is gathered once somebody asks for it."""
    app.extensions[_EXTENSION] = api
    app.register_blueprint(pages)


@pages.get("/")
@public
def start() -> PlainResponse:
    """Send a person who only knows the server's name to the documentation."""
    return redirect(url_for("documentation.browse"))


@pages.get("/openapi.json")
@public
def openapi() -> Response:
    """Return the OpenAPI 3 document."""
    api: Documentation = current_app.extensions[_EXTENSION]
    return Response(api.written, mimetype="application/json")


@pages.get("/docs")
@public
def browse() -> Response:
    """Show the documentation in Swagger UI."""
    return _page("docs.html")


@pages.get("/docs/errors")
@public
def errors() -> Response:
    """Show every error; problem+json's `type` points here."""
    return _page("errors.html", entries=loaded_errors())


@pages.get("/docs/measures")
@public
def measures() -> Response:
    """Show every measure of results as it is defined."""
    return _page("measures.html", measures=MEASURES.values())


@pages.get("/docs/assets/<path:name>")
@public
def asset(name: str) -> Response:
    """Return a file of Swagger UI, or of ours."""
    own = Path(__file__).parent / "static"
    found = send_from_directory(own if (own / name).is_file() else _ASSETS, name)
    found.headers["Cache-Control"] = "public, max-age=3600"
    return found


def _page(template: str, **values: object) -> Response:
    return Response(render_template(template, **values), headers={"Content-Security-Policy": _POLICY})

"""Serving the console: one page, its script and style, under a strict policy.

The files are made by `make` from the folder `console/` and lie in `site/`. The page holds no data and no secret; what
it shows it asks of the public API, as the person who logs in.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, send_from_directory
from werkzeug.wrappers import Response as PlainResponse

from api.guard import public
from api.packing.answers import pack_file
from api.settings import settings
from fieldsales.errors import Unavailable

SITE = Path(__file__).parent / "site"
console = Blueprint("console", __name__, url_prefix="/console")


class NotBuilt(Unavailable):
    """The console's files were not made yet. `make console` makes them; it needs Node 20."""

    code = "console.not_built"
    title = "The console was not built"


@console.get("")
@public
def lead_in() -> PlainResponse:
    """Send a person who left the stroke out to the page."""
    return redirect("/console/")


@console.get("/")
@public
def page() -> Response:
    """Show the page; which of its views is named behind the `#`."""
    if not (SITE / "index.html").is_file():
        raise NotBuilt("The console's files are not there.", mend="Run make console, then load this page again.")
    answer = send_from_directory(SITE, "index.html")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Content-Security-Policy"] = policy(settings().map_tiles)
    return answer


@console.get("/<path:name>")
@public
def asset(name: str) -> Response:
    """Return a file; those in `assets/` are named after what they hold, and never change."""
    answer = send_from_directory(SITE, name, conditional=False)
    pack_file(answer, SITE / name)
    lasting = name.startswith("assets/")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
    return answer


def policy(tiles: str) -> str:
    """Return the content security policy: our own files only, and pictures of the server that makes map tiles."""
    at = urlsplit(tiles.replace("{s}.", "*."))
    elsewhere = f" {at.scheme}://{at.netloc}" if at.netloc else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
        f"img-src 'self' blob: data:{elsewhere}; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    )

"""What this server takes and gives, so that a phone need not find out by being refused."""

from __future__ import annotations

from flask import Response

from api.guard import EVERYBODY
from api.openapi import Resource
from api.packing.bodies import FREE_BYTES, LARGEST_RATIO
from api.packing.codings import CODINGS
from api.settings import settings
from api.sync import tus
from api.sync.caller import json_answer
from api.sync.changes import LINES
from api.sync.schemas import LimitsSchema
from sync.batch import MOST_MUTATIONS, SCHEMA
from sync.envelope import MOST_AFTER
from sync.handlers.registry import HANDLERS
from sync.pull import LARGEST_PAGE, PAGE
from sync.shapes import SHAPES
from sync.stamps import FORMAT

limits = Resource("limits", __name__, url_prefix="/sync/v1", description="What this server takes and gives")
_MB = 1024 * 1024


@limits.on("GET", "", roles=EVERYBODY, gives=LimitsSchema)
def read_limits() -> Response:
    """What this server takes and gives

    Versions, limits, encodings, and the mutations and entities that it knows.
    """
    return json_answer(
        {
            "schemas": [SCHEMA],
            "mutations": {
                "most_in_a_batch": MOST_MUTATIONS,
                "most_after": MOST_AFTER,
                "types": [{"type": kind, "v": version} for kind, version in sorted(HANDLERS)],
            },
            "body": {
                "most_bytes": settings().max_body_mb * _MB,
                "encodings": [*CODINGS, "identity"],
                "largest_ratio": LARGEST_RATIO,
                "free_of_ratio_bytes": FREE_BYTES,
            },
            "changes": {
                "page": PAGE,
                "largest_page": LARGEST_PAGE,
                "types": ["application/json", LINES],
                "entities": sorted(SHAPES),
            },
            "bootstrap": {"format": FORMAT},
            "files": {
                "most_bytes": settings().max_upload_mb * _MB,
                "tus_version": tus.VERSION,
                "tus_extensions": tus.EXTENSIONS.split(","),
            },
        }
    )

"""Photos to look at: as people are shown them, small, and for leaders as they came, with what the camera wrote."""

from __future__ import annotations

import uuid

from flask import Response, request

from api.database import session
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.photos.schemas import PhotoFactsSchema
from api.sync.files import files
from fieldsales.photos.queries import PhotoFacts, photo_facts, photo_in_scope
from fieldsales.photos.service import view
from fieldsales.storage import Version
from sync.pictures import CONTENT_TYPES

JPEG = "image/jpeg"
_SECONDS_KEPT = 3600
photos = Resource("photos", __name__, url_prefix="/api/v1/photos", description="What was photographed on visits")


@photos.on("GET", "/<uuid:photo_id>", roles=EVERYBODY, status=200, problems=[404, 503])
def see_photo(photo_id: uuid.UUID) -> Response:
    """A photo, as JPEG

    Upright, at most 2048 pixels wide and high, without what the camera wrote into it.
    """
    return _shown(photo_id, Version.SHOWN)


@photos.on("GET", "/<uuid:photo_id>/thumbnail", roles=EVERYBODY, status=200, problems=[404, 503])
def see_thumbnail(photo_id: uuid.UUID) -> Response:
    """A photo, as a JPEG of at most 320 pixels wide and high"""
    return _shown(photo_id, Version.THUMBNAIL)


@photos.on("GET", "/<uuid:photo_id>/original", roles=LEADERS, status=200, problems=[404, 503])
def download_original(photo_id: uuid.UUID) -> Response:
    """A photo's bytes as the phone sent them, EXIF and all"""
    return _shown(photo_id, Version.ORIGINAL)


@photos.on("GET", "/<uuid:photo_id>/facts", roles=LEADERS, gives=PhotoFactsSchema, problems=[404])
def read_photo_facts(photo_id: uuid.UUID) -> PhotoFacts:
    """What is known of a photo

    What the camera wrote, and in which other visits the same picture was shown.
    """
    return photo_facts(session(), actor(), photo_id)


def _shown(photo_id: uuid.UUID, version: Version) -> Response:
    photo, _ = photo_in_scope(session(), actor(), photo_id)
    original = version is Version.ORIGINAL
    response = Response(mimetype=photo.content_type if original else JPEG)
    response.set_etag(f"{photo.sha256}.{version}" if photo.stored_at else "none")
    if photo.stored_at is None or not request.if_none_match.contains(response.get_etag()[0] or ""):
        response.data = view(files().storage, photo, version)
    response.cache_control.private, response.cache_control.max_age = True, _SECONDS_KEPT
    response.vary.add("Authorization")
    if original:
        name = f"{photo.id}{CONTENT_TYPES[photo.content_type]}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.make_conditional(request)
    return response

"""How a list is taken along."""

from __future__ import annotations

from marshmallow import fields, validate

from fieldsales.headings.rules import LANGUAGES
from sync.wire import Strict, words

FORMATS = ("csv", "xlsx")


class TableQuery(Strict):
    """The whole list as a file: `after` and `limit` say nothing then."""

    format = fields.String(
        validate=validate.OneOf(FORMATS),
        metadata={"description": "all pages as one file; `Accept: text/csv` asks for the same"},
    )
    language = fields.String(
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "headings of a file for people; without it, the names of the fields"},
    )
    time_zone = words(
        64, load_default="UTC", metadata={"description": "the clock that a file's moments go by", "example": "UTC"}
    )

"""Files to import: how they are handed over, told and worked on."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import PageQuery, page_of
from fieldsales.imports.columns.rules import Writes
from fieldsales.imports.models import ImportKind
from fieldsales.imports.service import MARKS
from fieldsales.intakes.models import IntakeState
from sync.wire import Flag, Strict, words

_CODE = {"example": "number.invalid"}


class FileNameQuery(Strict):
    """What the file is called; its ending must say what it is. `encoding` where it is not recognised."""

    name = words(255, required=True, metadata={"example": "shops.csv"})
    encoding = words(40, metadata={"example": "cp1252"})


class FileReadingSchema(Strict):
    """How the file is to be read, where that is not recognised."""

    encoding = words(40, metadata={"example": "gb18030"})
    delimiter = words(1, metadata={"example": ";"})
    sheet = words(120)


class ImportWantedSchema(FileReadingSchema):
    """What the rows are, which column fills which field, and what is taken for granted.

    A field that `columns` leaves out is filled by the obvious column; "" leaves it unfilled. `mapping` names a saved
    mapping to begin with, `save_mapping` one to keep this under once it is imported.
    """

    dry_run = Flag(load_default=False)
    kind = fields.Enum(ImportKind, by_value=True, required=True)
    columns = fields.Dict(
        keys=words(40), values=words(200, 0), load_default=dict, metadata={"example": {"reference": "Store", "gln": ""}}
    )
    mapping = words(80)
    save_mapping = words(80)
    system = words(40, metadata={"description": "whose numbers the references are; erp"})
    territory = words(40, metadata={"description": "code of where customers belong whose row names none"})
    currency = words(3, 3, metadata={"description": "of prices; that of the territories", "example": "EUR"})
    decimal = fields.String(validate=validate.OneOf(tuple(MARKS)))
    dates = fields.String(validate=validate.OneOf(("dmy", "mdy")))


class SampleRowSchema(Schema):
    """A row of the file as it stands, its cells cut to 80 characters."""

    line = fields.Integer(required=True)
    cells = fields.List(fields.String(), required=True)


class ImportProposalSchema(Schema):
    """What the file could be: the obvious column of each field, and the fields that lack one."""

    kind = fields.String(validate=validate.OneOf([str(kind) for kind in ImportKind]), required=True)
    columns = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    missing = fields.List(fields.String(), required=True)


class FileLookSchema(Schema):
    """What the file looks like. The first proposal is the likeliest; `mended` says that it is a rejects file.

    `given` is what was said about reading it, to be said again when it is imported.
    """

    encoding = fields.String(allow_none=True)
    delimiter = fields.String(allow_none=True)
    sheet = fields.String(allow_none=True)
    sheets = fields.List(fields.String(), required=True)
    mended = fields.Boolean(required=True)
    given = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    columns = fields.List(fields.String(), required=True)
    sample = fields.List(fields.Nested(SampleRowSchema), required=True)
    proposals = fields.List(fields.Nested(ImportProposalSchema), required=True)


class ImportReasonSchema(Schema):
    """How many rows were rejected or flagged for a reason, and the first lines where."""

    code = fields.String(required=True, metadata=_CODE)
    count = fields.Integer(required=True)
    lines = fields.List(fields.Integer(), required=True)


class RejectedRowSchema(Schema):
    """A rejected row: its line, why, and the field and the cell that this is about, if one is."""

    line = fields.Integer(required=True)
    code = fields.String(required=True, metadata=_CODE)
    detail = fields.String(required=True)
    field = fields.String(allow_none=True)
    cell = fields.String(allow_none=True)


class ImportReportSchema(Schema):
    """What became of the rows, or would. `new`, `changed` and `unchanged` count `things`, the others rows.

    `shown` are the first rejected rows; the file of rejects holds all. What is flagged is imported all the same.
    """

    things = fields.String(required=True, metadata={"example": "customers"})
    holds = fields.String(required=True, metadata={"example": "order lines"})
    read = fields.Integer(required=True)
    new = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    lines = fields.Integer(required=True)
    rejects = fields.Integer(required=True)
    seconds = fields.Float(required=True)
    rejected = fields.List(fields.Nested(ImportReasonSchema), required=True)
    flagged = fields.List(fields.Nested(ImportReasonSchema), required=True)
    shown = fields.List(fields.Nested(RejectedRowSchema), required=True)


class ImportProblemSchema(Schema):
    """Why nothing was imported, by the code of `docs/errors.md`."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    detail = fields.String(required=True)
    mend = fields.String(allow_none=True)


class ImportProgressSchema(Schema):
    """How far the work is: bytes of `size` that were read, rows, and rejected ones among them."""

    bytes = fields.Integer()
    size = fields.Integer()
    rows = fields.Integer()
    rejects = fields.Integer()


class ImportRunSchema(Schema):
    """A file that was imported; `by` is null where that was in the terminal."""

    id = fields.UUID(required=True)
    kind = fields.Enum(ImportKind, by_value=True, required=True)
    file_name = fields.String(required=True)
    started_at = fields.DateTime(required=True)
    finished_at = fields.DateTime(allow_none=True)
    by = fields.String(allow_none=True)
    read = fields.Integer(required=True)
    new = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    rejects = fields.Integer(required=True)


ImportRunPageSchema = page_of(ImportRunSchema)


class ImportAskedSchema(Schema):
    """How the file was last to be imported."""

    columns = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    options = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ImportFileSchema(Schema):
    """A file that was handed over, and how it stands.

    `imported_before` is the last import of the same bytes. `has_rejects` tells whether there is a file of rejects.
    """

    id = fields.UUID(required=True)
    file_name = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    handed_in_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)
    state = fields.Enum(IntakeState, by_value=True, required=True)
    kind = fields.Enum(ImportKind, by_value=True, allow_none=True)
    dry_run = fields.Boolean(allow_none=True)
    asked = fields.Nested(ImportAskedSchema, allow_none=True)
    begun_at = fields.DateTime(allow_none=True)
    ended_at = fields.DateTime(allow_none=True)
    about = fields.Nested(FileLookSchema, required=True)
    progress = fields.Nested(ImportProgressSchema, allow_none=True)
    report = fields.Nested(ImportReportSchema, allow_none=True)
    problem = fields.Nested(ImportProblemSchema, allow_none=True)
    has_rejects = fields.Boolean(required=True)
    imported_before = fields.Nested(ImportRunSchema, allow_none=True)


class ImportFilesSchema(Schema):
    """One's own files that are still kept, the last one first."""

    files = fields.List(fields.Nested(ImportFileSchema), required=True)


class ImportFieldSchema(Schema):
    """A field that a column can fill, and what it means."""

    name = fields.String(required=True)
    about = fields.String(required=True)
    required = fields.Boolean(required=True)
    writes = fields.Enum(Writes, by_value=True, required=True)


class ImportKindSchema(Schema):
    """What the rows of a file can be, and the fields of such rows."""

    kind = fields.Enum(ImportKind, by_value=True, required=True)
    fields_ = fields.List(fields.Nested(ImportFieldSchema), required=True, data_key="fields")


class ImportKindsSchema(Schema):
    """All kinds of files, and the most bytes that one may have as it is sent."""

    kinds = fields.List(fields.Nested(ImportKindSchema), required=True)
    most_bytes = fields.Integer(required=True)
    keep_hours = fields.Integer(required=True)


class ImportMappingSchema(Schema):
    """Columns and options that somebody saved; the terminal knows them too."""

    kind = fields.Enum(ImportKind, by_value=True, required=True)
    name = fields.String(required=True)
    columns = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    options = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    updated_at = fields.DateTime(required=True)


class ImportMappingsSchema(Schema):
    """All saved mappings."""

    mappings = fields.List(fields.Nested(ImportMappingSchema), required=True)


class ImportRunQuery(PageQuery):
    """Which page of what was imported, the last first."""

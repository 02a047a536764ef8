"""What can be wrong with a file as a whole. Faults of single rows are in `faults.py`."""

from __future__ import annotations

from fieldsales.errors import Invalid, NotFound


class FileMissing(NotFound):
    """There is no such file, or it cannot be opened."""

    code = "file.missing"
    title = "The file cannot be opened"


class NotATable(Invalid):
    """The file is not the table that it claims to be."""

    code = "file.not_a_table"
    title = "The file is not a table"


class Damaged(Invalid):
    """A compressed file ends early or its checksum is wrong."""

    code = "file.damaged"
    title = "The file is damaged"


class TooBig(Invalid):
    """The file unpacks to more than anybody would send, as a zip bomb does."""

    code = "file.too_big"
    title = "The file is too big"


class UnknownEncoding(Invalid):
    """The bytes are text in none of the encodings that we recognise, or in one that does not exist."""

    code = "file.encoding"
    title = "The encoding of the file is not known"


class BadDelimiter(Invalid):
    """What was named as delimiter cannot be one."""

    code = "file.delimiter"
    title = "The delimiter cannot be used"


class BadHeader(Invalid):
    """The first row does not name the columns, or names two of them alike."""

    code = "file.header"
    title = "The header of the file cannot be used"


class NoSuchSheet(Invalid):
    """The workbook has no sheet of that name."""

    code = "file.no_such_sheet"
    title = "There is no such sheet"

"""Barcodes: GTIN and GLN as text, their check digits verified (GS1 General Specifications, section 7.9).

A spreadsheet takes a barcode for a number and drops its leading zeros. A zero on the left changes no check digit, so
that the zeros can be put back and the number verified after. The only module that knows python-stdnum.
"""

from __future__ import annotations

import re

from stdnum import ean

from fieldsales.errors import Invalid

_LENGTHS = {7: 8, 8: 8, 9: 12, 10: 12, 11: 12, 12: 12, 13: 13, 14: 14}
"""From the digits that are left to those of the standard that they belong to: GTIN-8, -12 (UPC-A), -13, -14."""


class BadBarcode(Invalid):
    """A number that is no GTIN or GLN."""

    code = "barcode.invalid"
    title = "This is no barcode"


def gtin(text: str) -> str:
    """Return a GTIN of 8, 12, 13 or 14 digits, with the zeros that a spreadsheet dropped put back.

    Raises `BadBarcode` if it is too short or long to be told, holds anything but digits, or its check digit is wrong.
    """
    digits = _digits(text)
    if len(digits) not in _LENGTHS:
        raise BadBarcode(
            f"“{text}” has {len(digits)} digits; a barcode has 8, 12, 13 or 14.", mend="Type it as printed.", found=text
        )
    return _verified(digits.zfill(_LENGTHS[len(digits)]), text)


def gln(text: str) -> str:
    """Return a GLN of 13 digits, zeros put back. Raises `BadBarcode`."""
    digits = _digits(text)
    if not 10 <= len(digits) <= 13:
        raise BadBarcode(f"“{text}” has {len(digits)} digits; a GLN has 13.", mend="Type it as printed.", found=text)
    return _verified(digits.zfill(13), text)


def _digits(text: str) -> str:
    digits = re.sub(r"[\s-]|\.0+$", "", text)
    if not (digits.isascii() and digits.isdecimal()):
        raise BadBarcode(
            f"“{text}” is no barcode.", mend="Keep barcodes as text: a spreadsheet rounds long numbers.", found=text
        )
    return digits


def _verified(digits: str, text: str) -> str:
    if not digits.strip("0"):
        raise BadBarcode(f"“{text}” is all zeros.", mend="Leave the barcode empty if there is none.", found=text)
    if digits[-1] != (right := ean.calc_check_digit(digits[:-1])):
        raise BadBarcode(
            f"The check digit of “{text}” is {digits[-1]}, it should be {right}.",
            mend="Scan it again or type it as printed.",
            found=text,
        )
    return digits

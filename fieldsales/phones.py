"""Phone numbers in E.164, such as +302610123456. The only module that knows the `phonenumbers` library."""

from __future__ import annotations

import phonenumbers

from fieldsales.errors import Invalid


class BadPhone(Invalid):
    """A text that is no phone number of its country."""

    code = "phone.invalid"
    title = "This is no phone number"


def e164(text: str, region: str) -> str:
    """Return a number in E.164; `region` (ISO 3166) is the country of one without a country code.

    Raises `BadPhone` if no number of that length exists there; whether it is in service, nobody can tell.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as wrong:
        raise BadPhone(f"“{text}” is no phone number.", mend="Write it as +30 2610 123456.", found=text) from wrong
    if not phonenumbers.is_possible_number(number):
        raise BadPhone(
            f"“{text}” is no phone number of {region}.", mend="Write it as +30 2610 123456.", found=text, region=region
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

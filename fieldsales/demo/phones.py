"""Telephone numbers that ring nowhere.

ARCEP, the French regulator, keeps 04 65 71 00 00 to 99 99 for films and novels. Its mobile range of the same kind
(06 39 98) is not known to the `phonenumbers` library, which calls it invalid, so everybody has a land line.
"""

STAFF = 9900
"""Our own people's numbers start here; those below are for shops."""


def phone(number: int) -> str:
    """The E.164 form of one of the 10,000 numbers; raises ValueError beyond them."""
    if not 0 <= number <= 9999:
        raise ValueError(f"there are only numbers 0 to 9999, not {number}")
    return f"+3346571{number:04d}"

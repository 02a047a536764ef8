"""Phone numbers are kept as the whole world dials them."""

from __future__ import annotations

import pytest

from fieldsales.phones import BadPhone, e164


@pytest.mark.parametrize(
    ("text", "region"),
    [("2610 123456", "GR"), ("+30 2610-123456", "US"), ("0030 2610 123456", "DE"), ("(2610) 123456", "GR")],
)
def test_a_number_is_completed_with_its_country(text, region):
    assert e164(text, region) == "+302610123456"


@pytest.mark.parametrize("text", ["", "none", "12", "+999 1", "1" * 30])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(BadPhone):
        e164(text, "GR")

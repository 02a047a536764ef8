"""The town that these tests walk through."""

from datetime import date

import pytest

from fieldsales.demo.city import City, build_city
from fieldsales.demo.orders import Order

AS_OF = date(2025, 11, 24)


@pytest.fixture(scope="package")
def city() -> City:
    """The default town on a Monday in November."""
    return build_city(seed=7, as_of=AS_OF)


@pytest.fixture(scope="package")
def village() -> City:
    """A small one, for what needs no crowd."""
    return build_city(seed=3, as_of=AS_OF, shops=50, reps=2)


@pytest.fixture(scope="package")
def orders(city: City) -> list[Order]:
    """All that the town ordered in two years."""
    return list(city.orders())

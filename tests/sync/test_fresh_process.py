"""What a server process knows that imported nothing but the application."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import api.app
from sqlalchemy.orm import configure_mappers
from fieldsales.db.base import Base
from fieldsales.orders.models import Order
from sqlalchemy import insert
configure_mappers()
for table in Base.metadata.tables.values():
    for key in table.foreign_keys:
        key.column  # raises where the table referred to was never imported
insert(Order).compile()
print(len(Base.metadata.sorted_tables))
"""


def test_every_table_that_an_order_hangs_from_is_known_to_the_application_alone():
    """Pytest has imported every model by now; a fresh server has not."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20

"""`python -m migrations "why"` writes the next migration from what the models have that the database has not."""

from __future__ import annotations

import sys

from alembic import command

from fieldsales.config import Settings
from fieldsales.db.engine import make_engine
from migrations import alembic_config

if len(sys.argv) != 2:
    sys.exit('usage: python -m migrations "say what changes"')
command.revision(alembic_config(make_engine(Settings.from_environment().database_url)), sys.argv[1], autogenerate=True)

"""For WSGI servers: `gunicorn --worker-class gthread --threads 32 api.wsgi:app`."""

from __future__ import annotations

from api.app import create_app
from fieldsales.config import Settings

app = create_app(Settings.from_environment())

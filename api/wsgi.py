"""For WSGI servers: `api.wsgi:app`. How gunicorn best serves it stands in `api/gunicorn.py`.

Of the threads, as many as `FIELDSALES_MOST_STREAMS` says may be taken by phones that listen for news.
"""

from __future__ import annotations

from api.app import create_app
from api.sync.stream import end_streams_on_signals
from fieldsales.config import Settings

app = create_app(Settings.from_environment())
end_streams_on_signals(app)

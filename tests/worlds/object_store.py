"""A bucket in a server that speaks S3, as an operator would set it up."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from moto.server import ThreadedMotoServer

ADDRESS = "s3://photos/of-reps"


@contextmanager
def bucket() -> Iterator[tuple[ThreadedMotoServer, dict[str, str]]]:
    """Serve a bucket; give the server and the environment that leads there."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    base = f"http://{host}:{port}"
    try:
        requests.post(f"{base}/moto-api/reset", timeout=10)
        assert requests.put(f"{base}/photos", timeout=10).ok
        yield (
            server,
            {
                "AWS_ENDPOINT_URL": base,
                "AWS_ALLOW_HTTP": "true",
                "AWS_ACCESS_KEY_ID": "reps",
                "AWS_SECRET_ACCESS_KEY": "secret",
                "AWS_REGION": "eu-central-1",
            },
        )
    finally:
        server.stop()
